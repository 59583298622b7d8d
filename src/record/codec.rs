//! One byte of format, then CBOR. What is not understood wholly is refused, never guessed.

use alloc::vec::Vec;

use minicbor::{Decode, Encode};

/// The format this version writes, and the newest it reads.
pub const FORMAT: u8 = 1;

/// The largest stored record: far above what the bounds of a policy allow, far below what hurts a store.
pub const MAX_RECORD_BYTES: usize = 256 * 1024;

/// Why stored bytes are not a record. The record counts as unreadable and the caller denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not what the format demands: cut, changed or of another kind.
    #[error("the stored record is corrupt")]
    Corrupt,
    /// Written by a newer version of the library, whose rules this one does not know.
    #[error("the stored record is of a newer format")]
    Format,
    /// Larger than [`MAX_RECORD_BYTES`].
    #[error("the stored record is too large")]
    Large,
}

pub(super) fn write<T: Encode<()>>(record: &T) -> Result<Vec<u8>, RecordError> {
    let mut bytes = Vec::with_capacity(512);
    bytes.push(FORMAT);
    minicbor::encode(record, &mut bytes).map_err(|_| RecordError::Corrupt)?;
    if bytes.len() > MAX_RECORD_BYTES {
        Err(RecordError::Large)
    } else {
        Ok(bytes)
    }
}

pub(super) fn read<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, RecordError> {
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(RecordError::Large);
    }
    match bytes.split_first() {
        None | Some((0, _)) => Err(RecordError::Corrupt),
        Some((&format, _)) if format > FORMAT => Err(RecordError::Format),
        Some((_, body)) => {
            let mut decoder = minicbor::Decoder::new(body);
            let record = decoder.decode().map_err(|_| RecordError::Corrupt)?;
            // Bytes behind the record are bytes nobody has read.
            if decoder.position() == body.len() {
                Ok(record)
            } else {
                Err(RecordError::Corrupt)
            }
        }
    }
}
