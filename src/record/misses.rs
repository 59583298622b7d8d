//! Wrong access codes, counted twice: for each source, and for the practice. A right one writes none of these.

use alloc::vec::Vec;
use core::time::Duration;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use crate::policy::AccessTriesWindow;
use crate::time::Timestamp;

/// The time over which a practice's misses count.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// The misses of some sources: those whose fingerprints begin alike. There are so many of these records and no
/// more, however many sources an attacker has.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct SourcesRecord {
    #[n(0)]
    pub(crate) sources: Vec<SourceRecord>,
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct SourceRecord {
    /// The source's keyed fingerprint.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub(crate) tag: [u8; 32],
    /// When it missed, oldest first; as many as any policy may count.
    #[n(1)]
    pub(crate) misses: Vec<Timestamp>,
}

impl SourcesRecord {
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

    /// From when the record may be dropped: once no policy can count its misses any more.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        let newest = self
            .sources
            .iter()
            .filter_map(|source| source.misses.last())
            .max();
        newest
            .copied()
            .unwrap_or(Timestamp::MIN)
            .saturating_add(AccessTriesWindow::MAX.get())
    }
}

/// One part of a practice's misses. Which part a miss is counted in follows from its source, so that a flood from
/// many sources does not queue for one record.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct MissesRecord {
    /// Minutes since 1970 and how many misses there were in each, oldest first; an hour of them.
    #[n(0)]
    pub(crate) minutes: Vec<(u64, u32)>,
    /// When the alarm was raised last.
    #[n(1)]
    pub(crate) alarm_at: Option<Timestamp>,
}

impl MissesRecord {
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

    /// From when the record may be dropped: once none of its misses and no alarm of its counts any more.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        let minute = self.minutes.last().map_or(0, |(minute, _)| *minute);
        let seconds = minute.saturating_add(1).saturating_mul(60);
        let counted = Timestamp::from_unix_seconds(seconds).unwrap_or(Timestamp::MAX);
        counted
            .max(self.alarm_at.unwrap_or(Timestamp::MIN))
            .saturating_add(HOUR)
    }
}
