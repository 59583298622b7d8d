//! Why not, for the page and for staff.

use alloc::string::String;

use crate::audit::Reason;
use crate::code::Reference;
use crate::message::Text;
use crate::time::Timestamp;

/// Something was refused: nothing is opened, sent or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub(super) reason: Reason,
    pub(super) exact: Reason,
    pub(super) text: Text,
    pub(super) retry_at: Option<Timestamp>,
}

impl Refusal {
    pub(crate) const fn new(reason: Reason) -> Self {
        Self {
            reason,
            exact: reason,
            text: text_for(reason),
            retry_at: None,
        }
    }

    pub(super) fn until(self, retry_at: Timestamp) -> Self {
        Self {
            retry_at: Some(retry_at),
            ..self
        }
    }

    /// The reason, for staff and logs and not for the page: every contact that cannot be used is
    /// [`Reason::NoUsableContact`].
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The reason exactly, as the audit trail has it: what is the matter with the contact.
    #[must_use]
    pub const fn exact_reason(&self) -> Reason {
        self.exact
    }

    /// What the person may read.
    #[must_use]
    pub const fn public_text(&self) -> Text {
        self.text
    }

    /// From when it makes sense to try again, if waiting helps.
    #[must_use]
    pub const fn retry_at(&self) -> Option<Timestamp> {
        self.retry_at
    }
}

/// An answer was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub(super) reason: Reason,
    pub(super) text: Text,
    pub(super) retry_at: Option<Timestamp>,
    pub(super) attempts_left: Option<u32>,
    pub(super) newest: Option<Reference>,
}

impl Rejection {
    pub(crate) const fn new(reason: Reason) -> Self {
        Self {
            reason,
            text: text_for(reason),
            retry_at: None,
            attempts_left: None,
            newest: None,
        }
    }

    /// The same text for every reason: for a page that anybody can open.
    pub(super) const fn of_stranger(reason: Reason) -> Self {
        Self {
            text: Text::CodeInvalid,
            ..Self::new(reason)
        }
    }

    pub(super) fn until(self, retry_at: Timestamp) -> Self {
        Self {
            retry_at: Some(retry_at),
            text: Text::TooManyTries,
            ..self
        }
    }

    /// The exact reason: for staff and logs, not for the page.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// What the person may read, by key.
    #[must_use]
    pub const fn public_text(&self) -> Text {
        self.text
    }

    /// The English text with its reference filled in.
    #[must_use]
    pub fn english(&self) -> String {
        let reference = self
            .newest
            .map(|reference| alloc::format!("{reference}"))
            .unwrap_or_default();
        self.text.english().replace("{reference}", &reference)
    }

    /// From when it makes sense to try again, if waiting helps.
    #[must_use]
    pub const fn retry_at(&self) -> Option<Timestamp> {
        self.retry_at
    }

    /// How many wrong answers the challenge still takes; `None` when that is not the question.
    #[must_use]
    pub const fn attempts_left(&self) -> Option<u32> {
        self.attempts_left
    }

    /// The reference of the newest code, when an older one was typed.
    #[must_use]
    pub const fn newest_reference(&self) -> Option<Reference> {
        self.newest
    }
}

/// The public text for a reason: several reasons share one text, so that the page is no oracle.
pub(super) const fn text_for(reason: Reason) -> Text {
    match reason {
        Reason::CodeExpired | Reason::ChallengeExpired => Text::CodeExpired,
        Reason::Superseded => Text::CodeSuperseded,
        Reason::AlreadyUsed => Text::CodeAlreadyUsed,
        Reason::Throttled | Reason::ChallengeDead => Text::TooManyTries,
        Reason::Locked | Reason::MethodsDisabled => Text::Locked,
        Reason::Cooldown
        | Reason::ChallengeSendLimit
        | Reason::SubjectSendLimit
        | Reason::DestinationSendLimit => Text::SendLimit,
        Reason::FirstFactorStale | Reason::ProofNotFresh => Text::SignInAgain,
        // One sentence for every kind of contact that cannot be used: what exactly is missing is nobody's business
        // but the practice's (row E15).
        Reason::NoUsableContact
        | Reason::MalformedContact
        | Reason::StaleContact
        | Reason::Landline
        | Reason::UnprovenContact
        | Reason::OptedOut
        | Reason::BadDestination
        | Reason::SingleChannel
        | Reason::NumberRisk
        | Reason::NotEntitled => Text::NoContactPatient,
        Reason::Malformed | Reason::Wrong | Reason::Revoked | Reason::UnknownChallenge => Text::CodeInvalid,
        _ => Text::Unavailable,
    }
}
