//! The core: what is known, what is asked, what time it is, and out comes a [`Step`].
//!
//! No I/O and no waiting. Each function takes a [`Scene`] and the subject's record and returns the answer
//! together with the changed record and the audit entries that tell of it. **The answer must not leave before
//! all of that is committed**, together or not at all; the [`Verifier`](crate::verifier::Verifier) does that.
//! A host that must use its own rows and transactions does it itself, and has to know: a transaction that
//! rolls back also takes back a counted guess, so an answer that was refused must be committed all the same.
//!
//! ```
//! use medfactor::audit::Actor;
//! use medfactor::directory::{Person, Practice};
//! use medfactor::entropy::OsEntropy;
//! use medfactor::flow::{self, Begin, FirstFactor, Ruling, Scene};
//! use medfactor::ids::Subject;
//! use medfactor::keys::{KeyId, KeyRing};
//! use medfactor::policy::{Policy, Population};
//! use medfactor::purpose::Purpose;
//! use medfactor::record::SubjectRecord;
//! use medfactor::time::{Clock, SystemClock};
//!
//! let rex = Subject::parse("harbour", "u-1042")?;
//! let person = Person::new(rex.clone(), Population::Staff);
//! let (practice, now) = (Practice::new("Harbour Clinic"), SystemClock::new().now()?);
//! let scene = Scene {
//!     subject: &rex,
//!     person: Some(&person),
//!     practice: Some(&practice),
//!     decided: None,
//!     policy: &Policy::new(),
//!     keys: &KeyRing::new(KeyId::new(1), *b"thirty-two bytes, for this demo.")?,
//!     entropy: &OsEntropy::new(),
//!     now,
//!     actor: &Actor::Subject,
//! };
//!
//! // BEGIN; SELECT bytes FROM second_factor WHERE id = .. FOR UPDATE;
//! let stored: Option<Vec<u8>> = None;
//! let record = stored.map(|bytes| SubjectRecord::decode(&bytes)).transpose()?;
//! let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(now));
//! let step = flow::begin(&scene, record, &[], &request)?;
//! // UPDATE second_factor SET bytes = ..; INSERT INTO audit ..; COMMIT;
//! let (row, entries) = (step.subject.encode()?, step.entries);
//! assert!(!row.is_empty() && !entries.is_empty());
//! // Only now may anyone hear the answer: required, and nothing enrolled yet.
//! assert!(matches!(step.answer, Ruling::Enrol(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod access;
mod answers;
mod assertion;
mod authority;
mod begin;
mod bypass;
mod consent;
mod decide;
mod deliveries;
mod destination;
mod devices;
mod emergency;
mod enrol;
mod evaluate;
mod first_contact;
mod grants;
mod manage;
mod notices;
mod offers;
mod once;
mod outcome;
mod practice;
mod reach;
mod readiness;
mod recovery;
mod refusals;
mod request;
mod reserve;
mod seal;
mod settle;
mod signals;
mod staff;
mod submit;
mod ticket;
mod work;

use alloc::vec::Vec;

use crate::audit::{Actor, Entry};
use crate::delivery::Notice;
use crate::directory::{Person, Practice};
use crate::entropy::{Entropy, EntropyError};
use crate::ids::Subject;
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::record::{PracticeRecord, Record, RecordKey, SubjectRecord};
use crate::time::Timestamp;

pub use answers::{
    Assurance, Challenge, EnrolFirst, Offer, Pass, Remember, Ruling, SentCodeInfo, Verdict, Why,
};
pub use assertion::{Assertion, AssertionKind};
pub use authority::{Authority, Managed};
pub use begin::begin;
pub use bypass::{BypassCode, issue_bypass_code};
pub use consent::{Consent, set_consent};
pub use decide::{
    Decision, DecisionRefused, PracticeSettings, grant_waiver, refuse_decision, save_settings,
    withdraw_waiver,
};
pub use deliveries::{Communication, communications, note_delivery};
pub use destination::DestinationState;
pub use devices::{DeviceSummary, devices, forget_all_devices, forget_device};
pub use emergency::{Emergency, approve_emergency, break_glass};
pub use enrol::{Enrolled, NewAuthenticator, begin_enrolment, confirm_enrolment};
pub use first_contact::enter_first_contact;
pub use manage::{AuthenticatorSummary, authenticators, remove_authenticator, rename_authenticator};
pub use notices::note_notices;
pub use once::{Once, verify_once};
pub use practice::{PracticeScene, PracticeStep};
pub use reach::ContactVersion;
pub use readiness::{Foresight, Problem, Readiness, explain, readiness, will_require};
pub use recovery::{RecoveryCodes, make_recovery_codes};
pub use refusals::{Refusal, Rejection};
pub use request::{Begin, FirstFactor};
pub use reserve::{Reservation, reserve, reserve_for};
pub(crate) use seal::{Folded, seal};
pub use settle::{Sending, settle};
pub use signals::{Signal, signal};
pub use staff::{acknowledge_first_use, reset_authenticators, unlock};
pub use submit::{Answer, cancel, submit};
pub use ticket::{Ticket, TicketError};

/// Everything that holds at the moment of a call, besides what is stored.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// Whom the call is about.
    pub subject: &'a Subject,
    /// What the directory says of that person, now; `None` when it knows no such person.
    pub person: Option<&'a Person>,
    /// What the directory says of the practice, now; `None` when it knows no such practice.
    pub practice: Option<&'a Practice>,
    /// What the practice decided for itself; `None` when nothing is stored.
    pub decided: Option<&'a PracticeRecord>,
    /// The policy of the installation.
    pub policy: &'a Policy,
    /// The keys of the installation.
    pub keys: &'a KeyRing,
    /// Where randomness comes from.
    pub entropy: &'a dyn Entropy,
    /// The one instant of this call.
    pub now: Timestamp,
    /// Who makes the call.
    pub actor: &'a Actor,
}

/// The outcome of one call: an answer, and what must be committed before anyone hears it.
#[derive(Debug)]
#[must_use = "the answer holds only once the record and the entries are committed"]
#[non_exhaustive]
pub struct Step<T> {
    /// The subject's record as it must be from now on.
    pub subject: SubjectRecord,
    /// The other records that changed with it.
    pub others: Vec<(RecordKey, Record)>,
    /// The entries that tell of it, each tied to the one before it: store every field as it is, in this order.
    pub entries: Vec<Entry>,
    /// What the person is to be told once all that is committed: hand each to
    /// [`Delivery::notify`](crate::delivery::Delivery::notify), and note what did not leave with [`note_notices`].
    pub notices: Vec<Notice>,
    /// How many secrets were compared: the same for a right answer and a wrong one, and zero where nothing may
    /// be guessed any more.
    pub comparisons: usize,
    /// The answer.
    pub answer: T,
}

/// No answer was reached, so the caller denies. A wrong code is never an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// The clock shows an instant more than two minutes before one that is already recorded. Nothing is
    /// decided by a clock that cannot be right; staff can unlock the subject once it is.
    #[error("the clock is behind what has been recorded")]
    ClockBehind,
    /// The source of randomness failed.
    #[error("the source of randomness failed")]
    Entropy,
    /// The practice's brand or the person's account name cannot stand in a Key URI: empty, or far too long.
    #[error("the brand or the account name cannot stand in a key uri")]
    Name,
    /// The ticket is not one of this installation.
    #[error("the ticket is not genuine")]
    Ticket,
}

impl From<EntropyError> for FlowError {
    fn from(_: EntropyError) -> Self {
        Self::Entropy
    }
}
