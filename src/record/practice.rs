use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use crate::audit::Link;
use crate::time::Timestamp;

/// What a practice decided for itself. Read at every sign-in of its people, written only when somebody decides.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct PracticeRecord {
    /// The latest instant at which this record was written: time does not go back behind it.
    #[n(0)]
    pub(crate) latest: Option<Timestamp>,
    /// The head of the chain of the practice's own entries; none before the first.
    #[n(4)]
    pub(crate) chain: Option<Link>,
}

impl PracticeRecord {
    /// Reads what a store returned.
    ///
    /// # Errors
    /// [`RecordError`] when the bytes are not such a record; the caller denies.
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
