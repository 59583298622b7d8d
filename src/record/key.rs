use alloc::string::String;
use core::fmt;
use core::fmt::Write;

use crate::ids::{PracticeId, Subject, SubjectId};
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
    /// The newest seal over the audit trail of a practice.
    Seal(PracticeId),
    /// Some of the heads in one seal of a practice, by the seal and the number of the page.
    SealedHeads(PracticeId, String),
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
            ("sealed_heads", page) => Some(Self::SealedHeads(practice, page.into())),
            _ => None,
        }
    }

    /// The practice the record belongs to.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        match self {
            Self::Subject(subject) => subject.practice(),
            Self::Destination(practice, _)
            | Self::Practice(practice)
            | Self::Seal(practice)
            | Self::SealedHeads(practice, _) => practice,
        }
    }

    /// `subject`, `destination`, `practice`, `seal` or `sealed_heads`: the kind, for a column or a key prefix.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Subject(_) => "subject",
            Self::Destination(..) => "destination",
            Self::Practice(_) => "practice",
            Self::Seal(_) => "seal",
            Self::SealedHeads(..) => "sealed_heads",
        }
    }

    /// The name within practice and kind, for a column or a key suffix.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Subject(subject) => subject.id().as_str(),
            Self::Destination(_, name) | Self::SealedHeads(_, name) => name,
            Self::Practice(_) | Self::Seal(_) => "",
        }
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({}, {})", self.practice().as_str(), self.kind())
    }
}
