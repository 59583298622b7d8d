use alloc::string::String;
use core::fmt;
use core::fmt::Write;

use crate::ids::{PracticeId, Subject};
use crate::keys::Fingerprint;

/// What a record is about. Every key names its practice, so nothing of one practice is found under another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordKey {
    /// All that is known of one subject.
    Subject(Subject),
    /// What a practice decided for itself.
    Practice(PracticeId),
    /// What is known of one destination, by its keyed fingerprint in hexadecimal.
    Destination(PracticeId, String),
}

impl RecordKey {
    pub(crate) fn destination(practice: &PracticeId, fingerprint: &Fingerprint) -> Self {
        let mut text = String::with_capacity(80);
        // Writing to a String does not fail.
        let _ = write!(text, "{}.", fingerprint.key().number());
        for byte in fingerprint.tag() {
            let _ = write!(text, "{byte:02x}");
        }
        Self::Destination(practice.clone(), text)
    }

    /// The practice the record belongs to.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        match self {
            Self::Subject(subject) => subject.practice(),
            Self::Destination(practice, _) | Self::Practice(practice) => practice,
        }
    }

    /// `subject`, `destination` or `practice`: the kind, for a column or a key prefix.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Subject(_) => "subject",
            Self::Destination(..) => "destination",
            Self::Practice(_) => "practice",
        }
    }

    /// The name within practice and kind, for a column or a key suffix.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Subject(subject) => subject.id().as_str(),
            Self::Destination(_, fingerprint) => fingerprint,
            Self::Practice(_) => "",
        }
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({}, {})", self.practice().as_str(), self.kind())
    }
}
