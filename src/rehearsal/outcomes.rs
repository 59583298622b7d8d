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
    NotRequired = "not_required" with Reason;
    /// In, and nothing was asked, since the device is remembered.
    Trusted = "trusted";
    /// In, by a second factor that was proved just now.
    Verified = "verified" with Method;
    /// Asked for a second factor.
    Challenge = "challenge";
    /// Must first set up an authenticator.
    Enrol = "enrol";
    /// Not let in.
    Blocked = "blocked" with Reason;
    /// The answer was not accepted.
    Rejected = "rejected" with Reason;
    /// A code was handed over.
    Sent = "sent" with Method;
    /// A code is out already; nothing was sent.
    Already = "already" with Method;
    /// Nobody knows whether the code left.
    Uncertain = "uncertain" with Method;
    /// Nothing was sent or changed.
    Refused = "refused" with Reason;
    /// It is done.
    Done = "done";
    /// There was nothing to do.
    Nothing = "nothing";
    /// Nothing stands in the way.
    Ready = "ready";
    /// Something stands in the way.
    NotReady = "not_ready";
    /// A second factor is required.
    Required = "required";
    /// No second factor is required.
    Off = "off";
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
