use alloc::vec::Vec;

use super::{
    AccessCodeRecord, DestinationRecord, HeadsRecord, MissesRecord, ObjectRecord, PracticeRecord,
    RecordError, SealRecord, SourcesRecord, SubjectRecord,
};
use crate::time::Timestamp;

/// Any record, as a step changes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "made to be encoded at once")]
pub enum Record {
    /// Of one subject.
    Subject(SubjectRecord),
    /// Of one destination.
    Destination(DestinationRecord),
    /// Of one practice.
    Practice(PracticeRecord),
    /// Of one appointment and its participants.
    Object(ObjectRecord),
    /// Of one access code.
    AccessCode(AccessCodeRecord),
    /// Of some sources of wrong access codes.
    Sources(SourcesRecord),
    /// Of some of a practice's wrong access codes.
    Misses(MissesRecord),
    /// The newest seal of one practice.
    Seal(SealRecord),
    /// Some of the heads in one seal.
    SealedHeads(HeadsRecord),
}

impl Record {
    /// The bytes to store.
    ///
    /// # Errors
    /// [`RecordError::Large`] past the bound of a record.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        match self {
            Self::Subject(record) => record.encode(),
            Self::Destination(record) => record.encode(),
            Self::Practice(record) => record.encode(),
            Self::Object(record) => record.encode(),
            Self::AccessCode(record) => record.encode(),
            Self::Sources(record) => record.encode(),
            Self::Misses(record) => record.encode(),
            Self::Seal(record) => record.encode(),
            Self::SealedHeads(record) => record.encode(),
        }
    }

    /// From when the record may be dropped; `None` for never.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Destination(record) => record.deadline(),
            Self::Object(record) => Some(record.deadline()),
            Self::AccessCode(record) => Some(record.deadline()),
            Self::Sources(record) => Some(record.deadline()),
            Self::Misses(record) => Some(record.deadline()),
            Self::SealedHeads(record) => Some(record.deadline()),
            Self::Subject(_) | Self::Practice(_) | Self::Seal(_) => None,
        }
    }
}
