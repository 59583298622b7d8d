use alloc::vec::Vec;
use core::time::Duration;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use crate::audit::{Leaf, Seal};
use crate::time::Timestamp;

/// How long the heads in a seal are kept: as long as entries have to be (six years, 45 CFR 164.316(b)(2)(i)), and
/// one year in reserve.
const HEADS_MEMORY: Duration = Duration::from_secs(7 * 366 * 24 * 3600);

/// The newest seal of a practice.
#[derive(Clone, Debug, Encode, Decode)]
pub struct SealRecord {
    #[n(0)]
    pub(crate) newest: Seal,
}

impl SealRecord {
    /// Reads what a store returned.
    ///
    /// # Errors
    /// [`RecordError`] when the bytes are not such a record.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        codec::read(bytes)
    }

    /// The bytes to store.
    ///
    /// # Errors
    /// [`RecordError::Large`] past the bound of a record.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        codec::write(self)
    }
}

/// Some of the heads in one seal, in the order of their subjects.
#[derive(Clone, Debug, Encode, Decode)]
pub struct HeadsRecord {
    #[n(0)]
    pub(crate) at: Timestamp,
    #[n(1)]
    pub(crate) leaves: Vec<Leaf>,
}

impl HeadsRecord {
    /// How many heads a record holds. The longest takes 180 bytes, so it stays below the bound of a record.
    pub const MAX_HEADS: usize = 1000;

    /// Reads what a store returned.
    ///
    /// # Errors
    /// [`RecordError`] when the bytes are not such a record.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        codec::read(bytes)
    }

    /// From when the record may be dropped. The seal it belongs to can then no longer be verified.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        self.at.saturating_add(HEADS_MEMORY)
    }

    /// The bytes to store.
    ///
    /// # Errors
    /// [`RecordError::Large`] past the bound of a record.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        codec::write(self)
    }
}
