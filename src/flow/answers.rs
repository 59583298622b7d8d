//! What the host gets to know, and what the person may be told.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{AssertionKind, Refusal, Rejection, Ticket};
use crate::audit::Reason;
use crate::code::Reference;
use crate::contact::Channel;
use crate::ids::{ChallengeId, DeviceId, Subject};
use crate::message::Text;
use crate::method::Method;
use crate::purpose::Purpose;
use crate::time::Timestamp;
use crate::trust::DeviceCookie;

/// What [`begin`](super::begin) rules. No case may be overlooked, so the compiler asks for all four.
#[derive(Debug)]
#[must_use = "a ruling that nobody reads protects nothing"]
pub enum Ruling {
    /// Go on: nothing more is asked, for the reason it names.
    Pass(Pass),
    /// Ask for a second factor.
    Challenge(Challenge),
    /// A second factor is required and there is none yet: let the person enrol, and nothing else.
    Enrol(EnrolFirst),
    /// Neither: show the text and stop.
    Blocked(Refusal),
}

/// What [`submit`](super::submit) answers.
#[derive(Debug)]
#[must_use = "a verdict that nobody reads protects nothing"]
pub enum Verdict {
    /// Go on.
    Pass(Pass),
    /// Not that way.
    Rejected(Rejection),
}

/// The proof that the policy is satisfied for one subject and purpose.
///
/// Only the library makes one, after the state behind it is committed. It cannot be copied, stored or
/// made up; take it by value where a session is raised, and a session can be raised only once and only so.
///
/// ```compile_fail,E0599
/// fn twice(pass: medfactor::flow::Pass) -> (medfactor::flow::Pass, medfactor::flow::Pass) {
///     (pass.clone(), pass)
/// }
/// ```
///
/// ```compile_fail,E0451
/// fn forged(pass: medfactor::flow::Pass) -> medfactor::flow::Pass {
///     medfactor::flow::Pass { first_use: false, ..pass }
/// }
/// ```
#[derive(Debug)]
#[must_use = "a pass is worth nothing until a session is raised with it"]
pub struct Pass {
    pub(super) subject: Subject,
    pub(super) purpose: Purpose,
    pub(super) at: Timestamp,
    pub(super) why: Why,
    pub(super) challenge: Option<ChallengeId>,
    pub(super) device: Option<DeviceId>,
    pub(super) device_cookie: Option<Box<DeviceCookie>>,
    pub(super) trusted_until: Option<Timestamp>,
    pub(super) epoch: u32,
    pub(super) first_use: bool,
}

impl Pass {
    /// The person.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What it opens; nothing else.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// When it was given.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Why it was given.
    #[must_use]
    pub const fn why(&self) -> Why {
        self.why
    }

    /// What it is worth.
    #[must_use]
    pub const fn assurance(&self) -> Assurance {
        match self.why {
            Why::NotRequired(_) | Why::Emergency { .. } => Assurance::FirstFactor,
            Why::Verified(Method::BypassCode) => Assurance::StaffVouched,
            Why::Asserted { assurance, .. } => assurance,
            Why::Trusted { .. } | Why::Granted { .. } => Assurance::RememberedDevice,
            Why::Verified(Method::Sms | Method::Email) => Assurance::RestrictedSecondFactor,
            Why::Verified(Method::Totp | Method::RecoveryCode) => Assurance::SecondFactor,
        }
    }

    /// The method that was proved, if one was.
    #[must_use]
    pub const fn method(&self) -> Option<Method> {
        match self.why {
            Why::Verified(method) => Some(method),
            _ => None,
        }
    }

    /// The challenge that was passed, if there was one: for the host's own log.
    #[must_use]
    pub const fn challenge(&self) -> Option<ChallengeId> {
        self.challenge
    }

    /// The device it was given to, if it is recognised.
    #[must_use]
    pub const fn device(&self) -> Option<DeviceId> {
        self.device
    }

    /// The cookie to set with the answer. Set it whenever there is one: the token before it is void now.
    #[must_use]
    pub fn device_cookie(&self) -> Option<&DeviceCookie> {
        self.device_cookie.as_deref()
    }

    /// Until when the device stands in for the second factor for this purpose, or opens this object again, as things
    /// stand; `None` when it does not. The policy may bring the end forward.
    #[must_use]
    pub const fn trusted_until(&self) -> Option<Timestamp> {
        self.trusted_until
    }

    /// Whether the person meets a required second factor for the first time, until the host acknowledges it.
    #[must_use]
    pub const fn first_use(&self) -> bool {
        self.first_use
    }
}

/// Why a pass was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The policy asks for nothing here, for this reason.
    NotRequired(Reason),
    /// The device is remembered until then.
    Trusted {
        /// The end of trust as things stand; the policy may bring it forward.
        until: Timestamp,
    },
    /// A second factor was proved for this very object a short while ago, on this device (row W24).
    Granted {
        /// The end of the grant as things stand; the policy may bring it forward.
        until: Timestamp,
    },
    /// A second factor was proved elsewhere, by the host's word, which also says what it is worth.
    Asserted {
        /// Where.
        kind: AssertionKind,
        /// What it is worth.
        assurance: Assurance,
    },
    /// An emergency: nothing was proved but the first factor. End the session then.
    Emergency {
        /// Until when the pass is good.
        until: Timestamp,
    },
    /// A second factor was proved just now.
    Verified(Method),
}

/// What a pass is worth, from least to most. Nothing typed by hand resists phishing (NIST SP 800-63B-4 3.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Assurance {
    /// A code that staff read out over the telephone ([`Admission`](super::access::Admission)): no factor at all, so no
    /// [`Pass`] is ever worth so little.
    StaffRelayed,
    /// The first factor alone.
    FirstFactor,
    /// The first factor, and the word of staff who have identified the person.
    StaffVouched,
    /// The first factor, on a device that proved a second one earlier.
    RememberedDevice,
    /// A second factor over the telephone network, which NIST restricts (SP 800-63B-4 3.2.9), or by e-mail,
    /// which it does not accept (3.1.3.1).
    RestrictedSecondFactor,
    /// A second factor that the person holds.
    SecondFactor,
    /// A second factor that no false page can pass on, such as a passkey; the library itself checks none.
    PhishingResistant,
}

impl Assurance {
    /// The stable name, in snake case: `first_factor`, `second_factor` and so on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StaffRelayed => "staff_relayed",
            Self::FirstFactor => "first_factor",
            Self::StaffVouched => "staff_vouched",
            Self::RememberedDevice => "remembered_device",
            Self::RestrictedSecondFactor => "restricted_second_factor",
            Self::SecondFactor => "second_factor",
            Self::PhishingResistant => "phishing_resistant",
        }
    }
}

/// Whether the person wants this device remembered. What comes of it is the policy's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remember {
    /// Asked for.
    Yes,
    /// Not asked for.
    #[default]
    No,
}

/// One method a person can choose, and where its code would go.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// The method.
    pub method: Method,
    /// The masked destination, for methods that send something.
    pub destination: Option<String>,
}

/// A second factor is asked for.
#[derive(Clone, Debug)]
pub struct Challenge {
    pub(super) id: ChallengeId,
    pub(super) ticket: Ticket,
    pub(super) purpose: Purpose,
    pub(super) offers: Vec<Offer>,
    pub(super) expires_at: Timestamp,
    pub(super) attempts_left: u32,
    pub(super) sent: Option<SentCodeInfo>,
    pub(super) first_use: bool,
}

impl Challenge {
    /// Names the challenge; asking again while it lives gives the same one.
    #[must_use]
    pub const fn id(&self) -> ChallengeId {
        self.id
    }

    /// The handle for the next calls.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// The methods to choose from, the policy's favourite first. Never empty.
    #[must_use]
    pub fn methods(&self) -> &[Offer] {
        &self.offers
    }

    /// When it ends, whatever is sent meanwhile.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// How many wrong answers it still takes.
    #[must_use]
    pub const fn attempts_left(&self) -> u32 {
        self.attempts_left
    }

    /// The newest code that is out, if one is.
    #[must_use]
    pub const fn sent(&self) -> Option<&SentCodeInfo> {
        self.sent.as_ref()
    }

    /// From when the next message by the same channel may be asked for; at once when nothing was sent.
    #[must_use]
    pub fn resend_at(&self) -> Option<Timestamp> {
        self.sent.as_ref().map(|sent| sent.resend_at)
    }

    /// Whether the person meets a required second factor for the first time, until the host acknowledges it.
    #[must_use]
    pub const fn first_use(&self) -> bool {
        self.first_use
    }
}

/// What a page may show of a code that is out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentCodeInfo {
    /// How it went.
    pub method: Method,
    /// Where it went, masked.
    pub destination: String,
    /// The three letters that stand in the message too.
    pub reference: Reference,
    /// When the code ends: a true countdown.
    pub expires_at: Timestamp,
    /// From when another may be asked for.
    pub resend_at: Timestamp,
}

/// A second factor must first be enrolled. Until then the person may do nothing else.
#[derive(Clone, Debug)]
pub struct EnrolFirst {
    pub(super) id: ChallengeId,
    pub(super) ticket: Ticket,
    pub(super) methods: Vec<Method>,
    pub(super) contacts: Vec<Channel>,
    pub(super) expires_at: Timestamp,
    pub(super) first_use: bool,
}

impl EnrolFirst {
    /// Names the sign-in that waits.
    #[must_use]
    pub const fn id(&self) -> ChallengeId {
        self.id
    }

    /// The handle for enrolment; confirming the enrolment finishes the same sign-in.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// What can be enrolled.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// By which channels the person may enter a first contact of their own; mostly none. See
    /// [`enter_first_contact`](super::enter_first_contact).
    #[must_use]
    pub fn first_contact(&self) -> &[Channel] {
        &self.contacts
    }

    /// Until when.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The text to show.
    #[must_use]
    pub const fn public_text(&self) -> Text {
        Text::EnrolFirst
    }

    /// Whether the person meets a required second factor for the first time, until the host acknowledges it.
    #[must_use]
    pub const fn first_use(&self) -> bool {
        self.first_use
    }
}
