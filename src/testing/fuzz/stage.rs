use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use crate::audit::Actor;
use crate::contact::{Channel, Destination};
use crate::delivery::Handover;
use crate::directory::{Person, Practice};
use crate::flow::{
    self, Answer, Authority, Begin, DestinationState, FirstFactor, FlowError, Managed, Remember, Reservation,
    Ruling, Scene, Signal, Step, Ticket, Verdict, Why,
};
use crate::ids::{ChallengeId, DeliveryId, DeviceId, Subject};
use crate::keys::KeyRing;
use crate::method::{AuthenticatorKind, Method};
use crate::policy::{Layer, Methods, Policy, Population, Requirement, Scope};
use crate::purpose::Purpose;
use crate::record::{DestinationRecord, SubjectRecord};
use crate::testing::{Clinic, SeededEntropy, SharedStore};
use crate::time::Timestamp;
use crate::trust::{RememberMode, TrustRule, TrustWindow};

/// One of every length there is, a recovery code, and things that are none.
const WRONG: [&str; 10] = [
    "0000",
    "00000",
    "000000",
    "0123456",
    "01234567",
    "012345678",
    "0123456789",
    "000000000000000000000000",
    "",
    "!",
];

/// How many challenges and devices of a record are played with; more only cost time.
const SOME: usize = 2;

/// Everything a call needs, the same every time. Whoever is asked must pass a second factor by any method, and
/// a device is trusted for an hour.
pub(super) struct Stage {
    subject: Subject,
    person: Person,
    practice: Practice,
    policy: Policy,
    keys: KeyRing,
    entropy: SeededEntropy,
    now: Timestamp,
    actor: Actor,
}

impl Stage {
    /// The stage of `rex`, so many seconds after a [`Clinic`] opens.
    pub(super) fn at(seconds: u64) -> Self {
        Self::of("rex", seconds)
    }

    pub(super) fn of(id: &str, seconds: u64) -> Self {
        let Some(stage) = Self::build(id, seconds) else {
            unreachable!("all parts of the stage are valid")
        };
        stage
    }

    fn build(id: &str, seconds: u64) -> Option<Self> {
        let subject = Subject::parse(Clinic::<SharedStore>::PRACTICE, id).ok()?;
        let hour = TrustWindow::new(Duration::from_secs(3600)).ok()?;
        let layer = Layer::new(Scope::Vendor)
            .requirement(Requirement::Required)
            .methods(Methods::new(Method::ALL))
            .trust(TrustRule::Rolling(hour))
            .remember(RememberMode::Always);
        Some(Self {
            person: Person::new(subject.clone(), Population::Staff)
                .account_name(format!("{id}@clinic.example"))
                .destination(Destination::sms("+12125550142").ok()?)
                .destination(Destination::email("rex@clinic.example").ok()?),
            subject,
            practice: Practice::new("Harbour Clinic"),
            policy: Policy::new().layer(layer),
            keys: Clinic::<SharedStore>::keys().ok()?,
            entropy: SeededEntropy::new(7),
            now: Timestamp::from_unix_seconds(1_781_514_000)
                .ok()?
                .saturating_add(Duration::from_secs(seconds)),
            actor: Actor::Subject,
        })
    }

    pub(super) const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether a text that looks like a ticket is none of ours.
    pub(super) fn refuses(&self, ticket: &Ticket) -> bool {
        ticket.open(&self.keys).is_err()
    }

    /// Whether a device that presents this is trusted.
    pub(super) fn trusts(&self, record: &SubjectRecord, presented: &str) -> bool {
        let request = self.request(Purpose::sign_in()).device(Some(presented));
        let step = flow::begin(
            &self.scene(),
            Some(record.clone()),
            &self.destinations(),
            &request,
        );
        match kept(step) {
            Some(Ruling::Pass(pass)) => matches!(pass.why(), Why::Trusted { .. }),
            _ => false,
        }
    }

    /// Every kind of call on a record from anywhere.
    pub(super) fn play(&self, record: &SubjectRecord) {
        self.begin_without_a_token(record);
        let known = record.challenges.iter().rev().map(|known| known.id);
        for challenge in known.chain([ChallengeId::from_bytes([0; 16])]).take(SOME) {
            self.answer_wrongly(record, challenge);
            self.send(record, challenge);
        }
        self.confirm_wrongly(record);
        self.manage(record);
    }

    /// Begins with tokens that are none, for both purposes.
    pub(super) fn begin_without_a_token(&self, record: &SubjectRecord) {
        let mut tokens = Vec::from([None]);
        for device in record.devices.iter().take(SOME) {
            let zeros = "0".repeat(64);
            tokens.push(Some(format!("v1.1.{}.{}.{zeros}", device.id, device.generation)));
        }
        for purpose in [Purpose::sign_in(), Purpose::manage_authenticators()] {
            for token in &tokens {
                let request = self.request(purpose.clone()).device(token.as_deref());
                let step = flow::begin(
                    &self.scene(),
                    Some(record.clone()),
                    &self.destinations(),
                    &request,
                );
                match kept(step) {
                    // Everybody is asked, nobody has grace, and everybody has a contact to prove themselves with.
                    Some(Ruling::Pass(pass)) => unreachable!("passed: {:?}", pass.why()),
                    Some(Ruling::Challenge(open)) => assert!(!open.methods().is_empty()),
                    Some(Ruling::Enrol(_) | Ruling::Blocked(_)) | None => {}
                }
            }
        }
    }

    /// Records hold no code that can be read, so none that is typed blindly is right.
    fn answer_wrongly(&self, record: &SubjectRecord, challenge: ChallengeId) {
        for typed in WRONG {
            let answer = Answer::new(typed).remember(Remember::Yes);
            let step = flow::submit(&self.scene(), Some(record.clone()), challenge, &answer);
            assert!(!matches!(kept(step), Some(Verdict::Pass(_))));
        }
    }

    fn send(&self, record: &SubjectRecord, challenge: ChallengeId) {
        let (scene, states) = (self.scene(), self.destinations());
        for (channel, again) in [(Channel::Sms, true), (Channel::Email, false)] {
            let step = flow::reserve(&scene, Some(record.clone()), &states, challenge, channel, again);
            let Ok(step) = step else { continue };
            let reserved = step.subject.clone();
            let Some(Reservation::Send(message)) = kept(Ok(step)) else {
                continue;
            };
            let handover = Handover::Accepted { provider_id: None };
            let settled = flow::settle(&scene, Some(reserved), None, message.id(), &handover);
            let _ = kept(settled);
        }
        let _ = kept(flow::cancel(&scene, Some(record.clone()), challenge));
    }

    /// A wrong code makes no authenticator active, whatever is pending.
    fn confirm_wrongly(&self, record: &SubjectRecord) {
        let scene = self.scene();
        let waiting = record.pending.as_ref().and_then(|pending| pending.challenge);
        let challenge = waiting.unwrap_or_else(|| ChallengeId::from_bytes([0; 16]));
        let Ok(ticket) = Ticket::seal(&self.keys, &self.entropy, &self.subject, challenge) else {
            return;
        };
        let authority = Authority::EnrolFirst(&ticket);
        for typed in WRONG {
            let step =
                flow::confirm_enrolment(&scene, Some(record.clone()), &authority, typed, Remember::Yes);
            assert!(!matches!(kept(step), Some(Managed::Done(_))));
        }
        let kind = AuthenticatorKind::Phone;
        let _ = kept(flow::begin_enrolment(
            &scene,
            Some(record.clone()),
            &authority,
            "phone",
            kind,
        ));
    }

    fn manage(&self, record: &SubjectRecord) {
        let (scene, sign_in) = (self.scene(), Purpose::sign_in());
        let held = || Some(record.clone());
        let _ = flow::devices(record, self.now);
        let _ = flow::authenticators(record);
        let _ = flow::communications(record);
        let _ = flow::readiness(&scene, held(), &self.destinations(), &sign_in);
        let _ = flow::explain(&scene, held(), &self.destinations(), &sign_in);
        let _ = kept(flow::forget_device(&scene, held(), DeviceId::from_bytes([0; 16])));
        let _ = kept(flow::forget_all_devices(&scene, held()));
        let _ = kept(flow::unlock(&scene, held(), "fuzz"));
        let _ = kept(flow::reset_authenticators(&scene, held(), "fuzz"));
        let _ = kept(flow::acknowledge_first_use(&scene, held()));
        let known = record.deliveries.first().map(|log| log.id);
        let delivery = known.unwrap_or_else(|| DeliveryId::from_bytes([0; 16]));
        let _ = kept(flow::settle(&scene, held(), None, delivery, &Handover::Unknown));
        for signal in [
            Signal::PasswordChanged { keep: None },
            Signal::ContactChanged(Channel::Sms),
            Signal::RoleChanged,
            Signal::Offboarded,
            Signal::Reinstated,
        ] {
            let _ = kept(flow::signal(&scene, held(), signal));
        }
    }

    /// A record with one trusted device, and the tokens it got: the second one 60 seconds after the first.
    pub(super) fn trusted_device(&self) -> (SubjectRecord, [String; 2]) {
        let Some(device) = self.trust_a_device() else {
            unreachable!("the stage grants trust")
        };
        device
    }

    fn trust_a_device(&self) -> Option<(SubjectRecord, [String; 2])> {
        let (scene, states) = (self.scene(), self.destinations());
        let step = flow::begin(&scene, None, &states, &self.request(Purpose::sign_in())).ok()?;
        let Ruling::Challenge(challenge) = step.answer else {
            return None;
        };
        let (id, channel) = (challenge.id(), Channel::Sms);
        let step = flow::reserve(&scene, Some(step.subject), &states, id, channel, false).ok()?;
        let Reservation::Send(message) = step.answer else {
            return None;
        };
        let answer = Answer::new(message.code().expose());
        let step = flow::submit(&scene, Some(step.subject), id, &answer).ok()?;
        let Verdict::Pass(pass) = step.answer else {
            return None;
        };
        let first = pass.device_cookie()?.value().to_string();

        let later = Self::at(60);
        let request = later.request(Purpose::sign_in()).device(Some(&first));
        let step = flow::begin(&later.scene(), Some(step.subject), &states, &request).ok()?;
        let Ruling::Pass(pass) = step.answer else {
            return None;
        };
        let newest = pass.device_cookie()?.value().to_string();
        Some((step.subject, [first, newest]))
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            subject: &self.subject,
            person: Some(&self.person),
            practice: Some(&self.practice),
            decided: None,
            policy: &self.policy,
            keys: &self.keys,
            entropy: &self.entropy,
            now: self.now,
            actor: &self.actor,
        }
    }

    fn request(&self, purpose: Purpose) -> Begin {
        Begin::new(&self.subject, purpose, FirstFactor::passed_at(self.now))
    }

    /// Nothing has been sent to anyone so far.
    fn destinations(&self) -> Vec<DestinationState> {
        let state = |channel| {
            let destination = self.person.destination_by(channel)?;
            let keys = DestinationState::keys(&self.keys, self.subject.practice(), destination);
            let records = keys.into_iter().map(|key| (key, DestinationRecord::default()));
            Some(DestinationState::new(channel, records.collect()))
        };
        [Channel::Sms, Channel::Email]
            .into_iter()
            .filter_map(state)
            .collect()
    }
}

/// The answer of a step whose record can be stored and read back as it is; `None` for an error.
fn kept<T>(step: Result<Step<T>, FlowError>) -> Option<T> {
    let step = step.ok()?;
    // A record at its bound may grow past it; the store is then never asked, and the caller denies.
    if let Ok(bytes) = step.subject.encode() {
        let again = SubjectRecord::decode(&bytes).and_then(|record| record.encode());
        assert_eq!(again.ok(), Some(bytes));
    }
    Some(step.answer)
}
