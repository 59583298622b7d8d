use alloc::vec::Vec;

use super::{DestinationRecord, HeadsRecord, PracticeRecord, RecordError, SealRecord, SubjectRecord};
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
            Self::Seal(record) => record.encode(),
            Self::SealedHeads(record) => record.encode(),
        }
    }

    /// From when the record may be dropped; `None` for never.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Destination(record) => record.deadline(),
            Self::SealedHeads(record) => Some(record.deadline()),
            Self::Subject(_) | Self::Practice(_) | Self::Seal(_) => None,
        }
    }
}
