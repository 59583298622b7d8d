use alloc::sync::Arc;
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use crate::audit::Link;
use crate::policy::{Layer, Waiver};
use crate::time::Timestamp;

/// What a practice decided for itself: its settings, and the waivers granted to it. Read at every sign-in of its
/// people, written only when somebody decides.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct PracticeRecord {
    /// The latest instant at which this record was written: time does not go back behind it.
    #[n(0)]
    pub(crate) latest: Option<Timestamp>,
    /// How often settings were saved: whoever saves says which version they looked at.
    #[n(1)]
    pub(crate) settings_version: u64,
    #[cbor(n(2), with = "shared")]
    pub(crate) layers: Vec<Arc<Layer>>,
    #[n(3)]
    pub(crate) waivers: Vec<Waiver>,
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

/// Layers are shared in memory and plain in the record.
mod shared {
    use super::{Arc, Layer, Vec};
    use minicbor::{Decode, Decoder, Encode, Encoder};

    pub(super) fn encode<C, W: minicbor::encode::Write>(
        layers: &[Arc<Layer>],
        e: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(u64::try_from(layers.len()).unwrap_or(u64::MAX))?;
        layers.iter().try_for_each(|layer| layer.encode(e, context))
    }

    pub(super) fn decode<'b, C>(
        d: &mut Decoder<'b>,
        context: &mut C,
    ) -> Result<Vec<Arc<Layer>>, minicbor::decode::Error> {
        Ok(Vec::<Layer>::decode(d, context)?
            .into_iter()
            .map(Arc::new)
            .collect())
    }
}
