use alloc::string::String;
use core::fmt;
use core::fmt::Write;

use crate::ids::{PracticeId, Subject, SubjectId};
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
    /// The newest seal over the audit trail of a practice.
    Seal(PracticeId),
    /// Some of the heads in one seal of a practice, by the seal and the number of the page.
    SealedHeads(PracticeId, String),
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

    pub(crate) fn sealed_heads(practice: &PracticeId, series: &[u8; 16], page: u32) -> Self {
        let mut text = String::with_capacity(43);
        for byte in series {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = write!(text, ".{page:010}");
        Self::SealedHeads(practice.clone(), text)
    }

    /// The key of these parts, for a store to answer [`Store::list`](crate::store::Store::list) with; `None` when
    /// they are not those of a key.
    ///
    /// ```
    /// use medfactor::ids::PracticeId;
    /// use medfactor::record::RecordKey;
    ///
    /// let practice = PracticeId::new("harbour-clinic")?;
    /// let key = RecordKey::from_parts(&practice, "subject", "u-1042").expect("a key");
    /// assert_eq!((key.kind(), key.name()), ("subject", "u-1042"));
    /// assert!(RecordKey::from_parts(&practice, "practice", "u-1042").is_none());
    /// # Ok::<(), medfactor::ids::IdError>(())
    /// ```
    #[must_use]
    pub fn from_parts(practice: &PracticeId, kind: &str, name: &str) -> Option<Self> {
        let practice = practice.clone();
        match (kind, name) {
            (_, "") => match kind {
                "practice" => Some(Self::Practice(practice)),
                "seal" => Some(Self::Seal(practice)),
                _ => None,
            },
            ("subject", id) => Some(Self::Subject(Subject::new(practice, SubjectId::new(id).ok()?))),
            ("destination", fingerprint) => Some(Self::Destination(practice, fingerprint.into())),
            ("object", purpose) => Some(Self::Object(practice, purpose.into())),
            ("access_code", fingerprint) => Some(Self::AccessCode(practice, fingerprint.into())),
            ("sources", part) => Some(Self::Sources(practice, part.into())),
            ("misses", part) => Some(Self::Misses(practice, part.into())),
            ("sealed_heads", page) => Some(Self::SealedHeads(practice, page.into())),
            _ => None,
        }
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
            | Self::Misses(practice, _)
            | Self::Seal(practice)
            | Self::SealedHeads(practice, _) => practice,
        }
    }

    /// `subject`, `practice`, `destination`, `object`, `access_code`, `sources`, `misses`, `seal` or `sealed_heads`: the
    /// kind, for a column or a key prefix.
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
            Self::Seal(_) => "seal",
            Self::SealedHeads(..) => "sealed_heads",
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
            | Self::Misses(_, name)
            | Self::SealedHeads(_, name) => name,
            Self::Practice(_) | Self::Seal(_) => "",
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
