use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use crate::policy::DestinationWindow;
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
    /// Since when the carrier says that nothing can arrive there.
    #[n(2)]
    pub(crate) suppressed_at: Option<Timestamp>,
}

impl DestinationRecord {
    /// Reads what a store returned.
    ///
    /// # Errors
    /// [`RecordError`] when the bytes are not such a record.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        codec::read(bytes)
    }

    /// From when the record may be dropped: once no policy can count its messages any more; `None` for never,
    /// since its owner's word is kept for good.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let last = self.sends.last().copied().unwrap_or(Timestamp::MIN);
        let is_kept = self.opted_out_at.is_some() || self.suppressed_at.is_some();
        (!is_kept).then(|| last.saturating_add(DestinationWindow::MAX.get()))
    }

    /// The bytes to store.
    ///
    /// # Errors
    /// [`RecordError::Large`] past the bound of a record.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        codec::write(self)
    }
}
