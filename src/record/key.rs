use alloc::string::String;
use core::fmt;
use core::fmt::Write;

use crate::ids::{PracticeId, Subject};
use crate::keys::Fingerprint;
use crate::purpose::Purpose;

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
    /// One appointment and who takes part in it, by its purpose with the object: at most 257 bytes.
    Object(PracticeId, String),
    /// One access code, by its keyed fingerprint in hexadecimal.
    AccessCode(PracticeId, String),
    /// The wrong access codes of some sources, by the number of a key and the byte their fingerprints begin with.
    Sources(PracticeId, String),
    /// A part of a practice's wrong access codes, by its number.
    Misses(PracticeId, String),
}

impl RecordKey {
    pub(crate) fn destination(practice: &PracticeId, fingerprint: &Fingerprint) -> Self {
        Self::Destination(practice.clone(), hexadecimal(fingerprint))
    }

    pub(crate) fn access_code(practice: &PracticeId, fingerprint: &Fingerprint) -> Self {
        Self::AccessCode(practice.clone(), hexadecimal(fingerprint))
    }

    pub(crate) fn object(practice: &PracticeId, purpose: &Purpose) -> Self {
        Self::Object(practice.clone(), alloc::format!("{purpose}"))
    }

    /// The practice the record belongs to.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        match self {
            Self::Subject(subject) => subject.practice(),
            Self::Practice(practice)
            | Self::Destination(practice, _)
            | Self::Object(practice, _)
            | Self::AccessCode(practice, _)
            | Self::Sources(practice, _)
            | Self::Misses(practice, _) => practice,
        }
    }

    /// `subject`, `practice`, `destination`, `object`, `access_code`, `sources` or `misses`: the kind, for a column or
    /// a key prefix.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Subject(_) => "subject",
            Self::Destination(..) => "destination",
            Self::Practice(_) => "practice",
            Self::Object(..) => "object",
            Self::AccessCode(..) => "access_code",
            Self::Sources(..) => "sources",
            Self::Misses(..) => "misses",
        }
    }

    /// The name within practice and kind, for a column or a key suffix.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Subject(subject) => subject.id().as_str(),
            Self::Destination(_, name)
            | Self::Object(_, name)
            | Self::AccessCode(_, name)
            | Self::Sources(_, name)
            | Self::Misses(_, name) => name,
            Self::Practice(_) => "",
        }
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({}, {})", self.practice().as_str(), self.kind())
    }
}

/// The number of the key and the tag: `1.09af..`.
fn hexadecimal(fingerprint: &Fingerprint) -> String {
    let mut text = String::with_capacity(80);
    // Writing to a String does not fail.
    let _ = write!(text, "{}.", fingerprint.key().number());
    for byte in fingerprint.tag() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
