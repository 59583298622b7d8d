use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use super::{AuthenticatorApp, FaultyStore, ManualClock, SeededEntropy};
use crate::audit::{Entry, EntryQuery, Event};
use crate::contact::{Channel, ContactError, Destination};
use crate::delivery::CapturingDelivery;
use crate::directory::{MemoryDirectory, Person, Practice};
use crate::flow::{
    Authority, Begin, Challenge, FirstFactor, Managed, Pass, Rejection, Remember, Ruling, Sending, Verdict,
};
use crate::ids::{IdError, PracticeId, Subject};
use crate::keys::{KeyId, KeyRing, KeyRingError};
use crate::method::AuthenticatorKind;
use crate::policy::{Policy, Population};
use crate::purpose::Purpose;
use crate::store::{MemoryStore, Store};
use crate::time::{Timestamp, Zone};
use crate::verifier::{BuildError, Error, Verifier};

/// The store of a [`Clinic`].
pub type SharedStore = Arc<FaultyStore<MemoryStore>>;

/// The verifier of a [`Clinic`].
pub type ClinicVerifier<S = SharedStore> = Verifier<S, Arc<CapturingDelivery>, Arc<MemoryDirectory>>;

/// One practice `t1` with everything it needs: a real verifier, and a hand on all that surrounds it.
///
/// It starts at 2026-06-15T09:00:00Z, ten in the morning in London, with the brand `Harbour Clinic`.
///
/// ```
/// use medfactor::flow::Remember;
/// use medfactor::policy::{Layer, Policy, Requirement, Scope};
/// use medfactor::method::Method;
/// use medfactor::testing::{Clinic, Unexpected};
///
/// let policy = Policy::new()
///     .layer(Layer::new(Scope::Vendor).requirement(Requirement::Required).methods([Method::Sms]));
/// let clinic = Clinic::new(policy)?;
/// let rex = clinic.staff("rex", Some("+12125550142"), None)?;
/// pollster::block_on(async {
///     let challenge = clinic.challenge(&rex, None).await?;
///     let code = clinic.send_sms(&challenge).await?;
///     let pass = clinic.submit(&challenge, &code, Remember::No).await?.expect("the right code");
///     assert_eq!(pass.method(), Some(Method::Sms));
///     Ok::<(), Unexpected>(())
/// })?;
/// # Ok::<(), Unexpected>(())
/// ```
#[derive(Debug)]
pub struct Clinic<S = SharedStore> {
    /// The clock everything goes by.
    pub clock: ManualClock,
    /// Where all randomness comes from.
    pub entropy: SeededEntropy,
    /// The store.
    pub store: S,
    /// The messages that were sent.
    pub outbox: Arc<CapturingDelivery>,
    /// The people and practices.
    pub directory: Arc<MemoryDirectory>,
    /// The verifier.
    pub verifier: ClinicVerifier<S>,
}

/// Something else happened than the test takes for granted.
#[derive(Debug, thiserror::Error)]
#[error("unexpected: {0}")]
pub struct Unexpected(String);

impl From<Error> for Unexpected {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

macro_rules! unexpected_from {
    ($($error:ty),*) => {
        $(impl From<$error> for Unexpected {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

unexpected_from!(
    BuildError,
    ContactError,
    IdError,
    KeyRingError,
    crate::otp::KeyUriError,
    crate::store::StoreError,
    crate::time::TimestampError
);

impl Clinic {
    /// A clinic under this policy, on a store in memory.
    ///
    /// # Errors
    /// [`Unexpected`] never, but for a bug.
    pub fn new(policy: Policy) -> Result<Self, Unexpected> {
        Self::on(Arc::new(FaultyStore::new(MemoryStore::new(), 1)), policy)
    }
}

impl<S: Store + Clone> Clinic<S> {
    /// The name of the practice.
    pub const PRACTICE: &'static str = "t1";

    /// A clinic under this policy, on this store.
    ///
    /// # Errors
    /// [`Unexpected`] never, but for a bug.
    pub fn on(store: S, policy: Policy) -> Result<Self, Unexpected> {
        let clock = ManualClock::at(Timestamp::from_unix_seconds(1_781_514_000)?);
        let entropy = SeededEntropy::new(1);
        let outbox = Arc::new(CapturingDelivery::new());
        let directory = Arc::new(MemoryDirectory::new());
        directory.put_practice(PracticeId::new(Self::PRACTICE)?, Practice::new("Harbour Clinic"));
        let verifier = Verifier::builder(policy, Self::keys()?)
            .store(store.clone())
            .delivery(Arc::clone(&outbox))
            .directory(Arc::clone(&directory))
            .clock(clock.clone())
            .entropy(entropy.clone())
            .build()?;
        Ok(Self {
            clock,
            entropy,
            store,
            outbox,
            directory,
            verifier,
        })
    }

    /// The keys of the clinic.
    ///
    /// # Errors
    /// [`Unexpected`] never, but for a bug.
    pub fn keys() -> Result<KeyRing, Unexpected> {
        Ok(KeyRing::new(KeyId::new(1), *b"the clinic's key, for tests only")?)
    }

    /// A second verifier over the same store, as another process would have it, under this policy.
    ///
    /// # Errors
    /// [`Unexpected`] never, but for a bug.
    pub fn another_verifier(&self, policy: Policy, keys: KeyRing) -> Result<ClinicVerifier<S>, Unexpected> {
        Ok(Verifier::builder(policy, keys)
            .store(self.store.clone())
            .delivery(Arc::clone(&self.outbox))
            .directory(Arc::clone(&self.directory))
            .clock(self.clock.clone())
            .entropy(self.entropy.clone())
            .build()?)
    }

    /// Puts the practice at this zone; until then it has none.
    ///
    /// # Errors
    /// [`Unexpected`] never, but for a bug.
    pub fn zone(&self, zone: Zone) -> Result<(), Unexpected> {
        let practice = Practice::new("Harbour Clinic").zone(zone);
        self.directory
            .put_practice(PracticeId::new(Self::PRACTICE)?, practice);
        Ok(())
    }

    /// Puts a member of staff into the directory.
    ///
    /// # Errors
    /// [`Unexpected`] when the name, number or address is none.
    pub fn staff(&self, id: &str, sms: Option<&str>, email: Option<&str>) -> Result<Subject, Unexpected> {
        let subject = Subject::parse(Self::PRACTICE, id)?;
        let mut person = Person::new(subject.clone(), Population::Staff)
            .account_name(alloc::format!("{id}@clinic.example"));
        if let Some(number) = sms {
            person = person.destination(Destination::sms(number)?);
        }
        if let Some(address) = email {
            person = person.destination(Destination::email(address)?);
        }
        self.directory.put_person(person);
        Ok(subject)
    }

    /// A request to sign in, with a first factor five seconds old.
    #[must_use]
    pub fn request(&self, subject: &Subject, purpose: Purpose, device: Option<&str>) -> Begin {
        let passed_at = self.clock.read().saturating_sub(Duration::from_secs(5));
        Begin::new(subject, purpose, FirstFactor::passed_at(passed_at)).device(device)
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`Unexpected`] when no ruling was reached.
    pub async fn begin(&self, subject: &Subject, device: Option<&str>) -> Result<Ruling, Unexpected> {
        Ok(self
            .verifier
            .begin(self.request(subject, Purpose::sign_in(), device))
            .await?)
    }

    /// Begins a sign-in that must lead to a challenge.
    ///
    /// # Errors
    /// [`Unexpected`] when it does not.
    pub async fn challenge(&self, subject: &Subject, device: Option<&str>) -> Result<Challenge, Unexpected> {
        match self.begin(subject, device).await? {
            Ruling::Challenge(challenge) => Ok(challenge),
            other => Err(Unexpected(alloc::format!("{other:?} instead of a challenge"))),
        }
    }

    /// Has a code sent by SMS and reads it.
    ///
    /// # Errors
    /// [`Unexpected`] when none was sent.
    pub async fn send_sms(&self, challenge: &Challenge) -> Result<String, Unexpected> {
        self.send(challenge, Channel::Sms).await
    }

    /// Has a code sent and reads it.
    ///
    /// # Errors
    /// [`Unexpected`] when none was sent.
    pub async fn send(&self, challenge: &Challenge, channel: Channel) -> Result<String, Unexpected> {
        match self.verifier.send(challenge.ticket(), channel).await? {
            Sending::Sent(_) => self.newest_code(),
            other => Err(Unexpected(alloc::format!("{other:?} instead of a message"))),
        }
    }

    /// The code in the newest message.
    ///
    /// # Errors
    /// [`Unexpected`] when there is no message.
    pub fn newest_code(&self) -> Result<String, Unexpected> {
        let message = self
            .outbox
            .last()
            .ok_or_else(|| Unexpected("no message".into()))?;
        Ok(message.code)
    }

    /// Answers a challenge.
    ///
    /// # Errors
    /// [`Unexpected`] when no verdict was reached.
    pub async fn submit(
        &self,
        challenge: &Challenge,
        typed: &str,
        remember: Remember,
    ) -> Result<Result<Pass, Rejection>, Unexpected> {
        match self.verifier.submit(challenge.ticket(), typed, remember).await? {
            Verdict::Pass(pass) => Ok(Ok(pass)),
            Verdict::Rejected(rejection) => Ok(Err(rejection)),
        }
    }

    /// Enrols a first authenticator for somebody who has no factor yet, and moves the clock past the step that
    /// was spent by it.
    ///
    /// # Errors
    /// [`Unexpected`] when that is refused.
    pub async fn enrol(&self, subject: &Subject, name: &str) -> Result<AuthenticatorApp, Unexpected> {
        self.enrol_kind(subject, name, AuthenticatorKind::Phone).await
    }

    /// The same for an authenticator of this kind.
    ///
    /// # Errors
    /// [`Unexpected`] when that is refused.
    pub async fn enrol_kind(
        &self,
        subject: &Subject,
        name: &str,
        kind: AuthenticatorKind,
    ) -> Result<AuthenticatorApp, Unexpected> {
        let request = self.request(subject, Purpose::manage_authenticators(), None);
        let Ruling::Enrol(enrol) = self.verifier.begin(request).await? else {
            return Err(Unexpected("there is a factor already".into()));
        };
        let authority = Authority::EnrolFirst(enrol.ticket());
        let Managed::Done(new) = self.verifier.begin_enrolment(authority, name, kind).await? else {
            return Err(Unexpected("enrolment was refused".into()));
        };
        let app = AuthenticatorApp::scan(new.key_uri())?;
        let code = app.code(self.clock.read());
        let Managed::Done(_) = self
            .verifier
            .confirm_enrolment(authority, &code, Remember::No)
            .await?
        else {
            return Err(Unexpected("the code was refused".into()));
        };
        self.clock.forward(Duration::from_secs(30));
        Ok(app)
    }

    /// All entries about a person, oldest first.
    ///
    /// # Errors
    /// [`Unexpected`] when the store fails.
    pub async fn history(&self, subject: &Subject) -> Result<Vec<Entry>, Unexpected> {
        let query = EntryQuery::subject(subject).limit(EntryQuery::MAX_PAGE);
        Ok(self.verifier.history(&query).await?.entries)
    }

    /// The events about a person, oldest first.
    ///
    /// # Errors
    /// [`Unexpected`] when the store fails.
    pub async fn events(&self, subject: &Subject) -> Result<Vec<Event>, Unexpected> {
        Ok(self
            .history(subject)
            .await?
            .iter()
            .map(|entry| entry.event)
            .collect())
    }
}
