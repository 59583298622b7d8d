//! What a host says when somebody wants something opened.

use alloc::string::String;
use core::time::Duration;

use zeroize::Zeroizing;

use super::Assertion;
use crate::contact::Channel;
use crate::ids::Subject;
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// How far in the future a first factor may lie: the clocks of two servers are never quite alike.
const FIRST_FACTOR_TOLERANCE: Duration = Duration::from_secs(5);

/// That the host has checked a first factor, and when. The library starts after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstFactor {
    passed_at: Timestamp,
}

impl FirstFactor {
    /// The person proved a first factor at this instant: the right password was given, the link was opened.
    ///
    /// # Security
    /// This is the host's word. A time that is not that of the proof makes a stale password count.
    #[must_use]
    pub const fn passed_at(at: Timestamp) -> Self {
        Self { passed_at: at }
    }

    pub(super) fn is_fresh(self, now: Timestamp, age: Duration) -> bool {
        is_fresh(self.passed_at, now, age)
    }
}

/// Whether something that was proved at an instant still counts: not from the future, and not older than that.
pub(super) fn is_fresh(proved_at: Timestamp, now: Timestamp, age: Duration) -> bool {
    proved_at <= now.saturating_add(FIRST_FACTOR_TOLERANCE) && now.since(proved_at) < age
}

/// A request to get something opened.
///
/// ```
/// use medfactor::flow::{Begin, FirstFactor};
/// use medfactor::ids::Subject;
/// use medfactor::purpose::Purpose;
/// use medfactor::time::Timestamp;
///
/// let rex = Subject::parse("harbour-clinic", "u-1042")?;
/// let now = Timestamp::from_unix_seconds(1_790_000_000)?;
/// let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(now))
///     .device(Some("v1.1.00.."))   // what the browser sent, if anything
///     .session("pre-sign-in session 5f1c");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// There is no request without a first factor:
///
/// ```compile_fail,E0061
/// # use medfactor::{flow::Begin, ids::Subject, purpose::Purpose};
/// # let rex = Subject::parse("harbour-clinic", "u-1042").unwrap();
/// let request = Begin::new(&rex, Purpose::sign_in());
/// ```
#[derive(Clone)]
pub struct Begin {
    pub(crate) subject: Subject,
    pub(crate) purpose: Purpose,
    pub(super) first_factor: FirstFactor,
    /// A bearer secret while it lives.
    pub(super) device: Option<Zeroizing<String>>,
    pub(super) session: Option<String>,
    pub(super) shared_device: bool,
    pub(super) link: Option<Channel>,
    pub(super) contacts: Option<String>,
    pub(super) assertion: Option<Assertion>,
}

impl Begin {
    /// `subject`, who has just proved a first factor, wants `purpose` opened.
    #[must_use]
    pub fn new(subject: &Subject, purpose: Purpose, first_factor: FirstFactor) -> Self {
        Self {
            subject: subject.clone(),
            purpose,
            first_factor,
            device: None,
            session: None,
            shared_device: false,
            link: None,
            contacts: None,
            assertion: None,
        }
    }

    /// The device token the browser sent, found with [`DeviceCookie::find`](crate::trust::DeviceCookie::find).
    /// Anything else than a genuine token of this person is as good as none.
    #[must_use]
    pub fn device(self, token: Option<&str>) -> Self {
        Self {
            device: token.map(|token| Zeroizing::new(token.into())),
            ..self
        }
    }

    /// The host's reference to the browser's session before sign-in. With it, asking again gives the same
    /// challenge only to the same browser; without it, to every browser that has no device token.
    #[must_use]
    pub fn session(self, reference: &str) -> Self {
        Self {
            session: Some(reference.into()),
            ..self
        }
    }

    /// The device is one that the public can use; by default it is then not remembered.
    #[must_use]
    pub fn shared_device(self) -> Self {
        Self {
            shared_device: true,
            ..self
        }
    }

    /// The person followed a link that was sent by this channel. What the policy says of
    /// [`ChannelSeparation`](crate::policy::ChannelSeparation) then holds for the code.
    #[must_use]
    pub fn link(self, channel: Channel) -> Self {
        Self {
            link: Some(channel),
            ..self
        }
    }

    /// The version of the person's contacts that the link carries
    /// ([`Verifier::contact_version`](crate::verifier::Verifier::contact_version)). A policy with
    /// [`ContactBinding::Snapshot`](crate::policy::ContactBinding::Snapshot) asks for it.
    #[must_use]
    pub fn contacts(self, version: &str) -> Self {
        Self {
            contacts: Some(version.chars().take(128).collect()),
            ..self
        }
    }

    /// A second factor was proved elsewhere. Whether that counts is the policy's business.
    #[must_use]
    pub fn asserted(self, assertion: Assertion) -> Self {
        Self {
            assertion: Some(assertion),
            ..self
        }
    }

    /// Whom the request is about.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }
}

impl core::fmt::Debug for Begin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Begin")
            .field("subject", &self.subject)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}
