use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use crate::time::Timestamp;

/// What is known of one destination of a practice: whether its owner wants messages, and when it got some.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct DestinationRecord {
    /// Since when its owner wants no messages.
    #[n(0)]
    pub(crate) opted_out_at: Option<Timestamp>,
    /// When messages were reserved for it, oldest first; as many as any policy may count.
    #[n(1)]
    pub(crate) sends: Vec<Timestamp>,
}

impl DestinationRecord {
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
