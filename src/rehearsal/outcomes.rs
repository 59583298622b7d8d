//! How a step can end: one row per word.

use super::fields::Field;

macro_rules! outcomes {
    ($($(#[doc = $doc:literal])+ $outcome:ident = $text:literal $(with $detail:ident)?;)*) => {
        /// How a step ended.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Outcome {
            $($(#[doc = $doc])+ $outcome,)*
        }

        impl Outcome {
            pub(super) const ALL: &[Self] = &[$(Self::$outcome,)*];

            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$outcome => $text,)* }
            }

            pub(super) const fn about(self) -> &'static str {
                match self { $(Self::$outcome => concat!($($doc),+),)* }
            }

            /// What stands after the colon in `rejected: wrong`.
            pub(super) fn detail(self) -> Option<Field> {
                match self { $(Self::$outcome => None $(.or(Some(Field::$detail)))?,)* }
            }
        }
    };
}

outcomes! {
    /// In, and nothing was asked, since no second factor is required.
    /// Fields: `reason`, `assurance`, `first_use`, `cookie`, `decided_by`.
    NotRequired = "not_required" with Reason;
    /// In, and nothing was asked, since the device is remembered.
    /// Fields: `until`, `assurance`, `first_use`, `cookie`.
    Trusted = "trusted";
    /// In, and nothing was asked, since the same thing was opened on this device a short while ago.
    /// Fields: `until`, `assurance`, `cookie`.
    Granted = "granted";
    /// In, by a proof from elsewhere that the policy accepts.
    /// Fields: `assurance`.
    Asserted = "asserted";
    /// In without a second factor, in an emergency.
    /// Fields: `until`, `assurance`.
    Emergency = "emergency";
    /// In, by a second factor that was proved just now.
    /// Fields: `method`, `until`, `assurance`, `first_use`, `cookie`, and `recovery_codes` after an enrolment.
    Verified = "verified" with Method;
    /// Asked for a second factor.
    /// Fields: `methods`, `to`, `expires_at`, `resend_at`, `attempts_left`, `code_out`, `first_use`, `decided_by`, and
    /// `challenge` when it has a name.
    Challenge = "challenge";
    /// Must first set up an authenticator, or enter a first contact.
    /// Fields: `methods`, `first_contact`, `expires_at`, `text`, `says`, `first_use`, `decided_by`.
    Enrol = "enrol";
    /// Somebody else must approve the emergency first.
    /// Fields: `expires_at`.
    AwaitsApproval = "awaits_approval";
    /// Let into one appointment, by a code that staff read out.
    /// Fields: `admits`, `opens`, `until`, `assurance`.
    Admitted = "admitted";
    /// Not let in.
    /// Fields: `reason`, `exact_reason`, `text`, `says`, `retry_at`.
    Blocked = "blocked" with Reason;
    /// The answer was not accepted.
    /// Fields: `reason`, `text`, `says`, `retry_at`, `attempts_left`, and `newest` for an older code.
    Rejected = "rejected" with Reason;
    /// A code was handed over.
    /// Fields: `method`, `to`, `expires_at`, `resend_at`.
    Sent = "sent" with Method;
    /// A code is out already; nothing was sent.
    /// Fields: as for `sent`.
    Already = "already" with Method;
    /// Nobody knows whether the code left.
    /// Fields: as for `sent`.
    Uncertain = "uncertain" with Method;
    /// Nothing was sent or changed.
    /// Fields: `reason`, `exact_reason`, `text`, `says`, `retry_at`; `locked_by` for a layer; for a decision
    /// `refusal`, `locked_by`, `waived_by`, `version`.
    Refused = "refused" with Reason;
    /// It is done.
    /// Fields: what the word is about, such as `count` or `authenticators`.
    Done = "done";
    /// There was nothing to do.
    Nothing = "nothing";
    /// Nothing stands in the way.
    /// Fields: `required`, `methods`, `problems`, `channels`; for a practice `people`, `ready_people`, `not_ready`.
    Ready = "ready";
    /// Something stands in the way.
    /// Fields: as for `ready`.
    NotReady = "not_ready";
    /// A second factor is required.
    /// Fields: `decided_by`, `reference`, `methods`, `to`, `settings`.
    Required = "required";
    /// No second factor is required.
    /// Fields: as for `required`.
    Off = "off";
    /// The audit trail is as it was written.
    /// Fields: `count`, how many entries.
    Intact = "intact";
    /// Somebody has changed the audit trail.
    /// Fields: `count`, how many entries up to there.
    Tampered = "tampered";
    /// No answer was reached, so nobody gets in.
    Error = "error" with Error;
    /// The step could not be taken at all: no challenge was open, no such code had been sent.
    Impossible = "impossible";
}

impl Outcome {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.as_str() == text)
    }
}
