//! What is stored about the places a subject is reached at.

use alloc::vec::Vec;
use core::time::Duration;

use crate::contact::{Channel, Destination};
use crate::ids::PracticeId;
use crate::keys::{Fingerprint, KeyRing, Message, Use};
use crate::record::{DestinationRecord, Record, RecordKey};
use crate::time::Timestamp;

/// What is stored about one destination of a subject, under each key of the ring.
#[derive(Clone, Debug)]
pub struct DestinationState {
    channel: Channel,
    /// The current key first.
    records: Vec<(RecordKey, DestinationRecord)>,
}

impl DestinationState {
    /// The keys to load for a destination: one for each key of the ring, the current one first.
    #[must_use]
    pub fn keys(ring: &KeyRing, practice: &PracticeId, destination: &Destination) -> Vec<RecordKey> {
        let message = destination_message(practice, destination);
        ring.fingerprints(Use::Destination, &message)
            .map(|f| RecordKey::destination(practice, &f))
            .collect()
    }

    /// What was found under those keys, in the same order.
    #[must_use]
    pub const fn new(channel: Channel, records: Vec<(RecordKey, DestinationRecord)>) -> Self {
        Self { channel, records }
    }

    pub(crate) const fn channel(&self) -> Channel {
        self.channel
    }

    pub(super) fn is_opted_out(&self) -> bool {
        self.records
            .iter()
            .any(|(_, record)| record.opted_out_at.is_some())
    }

    pub(super) fn is_suppressed(&self) -> bool {
        self.records
            .iter()
            .any(|(_, record)| record.suppressed_at.is_some())
    }

    /// The earliest instant at which fewer than `limit` messages lie within `window`; `None` when that is so now.
    pub(super) fn full_until(&self, now: Timestamp, limit: u32, window: Duration) -> Option<Timestamp> {
        let mut sends: Vec<Timestamp> = self
            .records
            .iter()
            .flat_map(|(_, record)| record.sends.iter().copied())
            .collect();
        sends.sort_unstable();
        full_until(&sends, now, limit, window)
    }

    /// The record under the current key, changed.
    pub(super) fn write(self, change: impl FnOnce(&mut DestinationRecord)) -> Option<(RecordKey, Record)> {
        let (key, mut record) = self.records.into_iter().next()?;
        change(&mut record);
        Some((key, Record::Destination(record)))
    }

    /// Every record, changed.
    pub(super) fn write_all(self, change: impl Fn(&mut DestinationRecord)) -> Vec<(RecordKey, Record)> {
        let changed = |(key, mut record)| {
            change(&mut record);
            (key, Record::Destination(record))
        };
        self.records.into_iter().map(changed).collect()
    }
}

fn destination_message(practice: &PracticeId, destination: &Destination) -> Message {
    Message::new()
        .part(practice.as_str().as_bytes())
        .part(destination.channel().as_str().as_bytes())
        .part(destination.expose().as_bytes())
}

/// The earliest instant at which fewer than `limit` of these instants (oldest first) lie within `window`;
/// `None` when that is so now.
pub(super) fn full_until(
    instants: &[Timestamp],
    now: Timestamp,
    limit: u32,
    window: Duration,
) -> Option<Timestamp> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let oldest_that_counts = instants.iter().rev().nth(limit.checked_sub(1)?)?;
    Some(oldest_that_counts.saturating_add(window)).filter(|until| now < *until)
}

pub(super) fn destination_fingerprint(
    keys: &KeyRing,
    practice: &PracticeId,
    destination: &Destination,
) -> Fingerprint {
    keys.fingerprint(Use::Destination, &destination_message(practice, destination))
}

/// Whether a fingerprint is that of a destination.
pub(super) fn is_that_of(
    keys: &KeyRing,
    practice: &PracticeId,
    fingerprint: &Fingerprint,
    destination: &Destination,
) -> bool {
    keys.matches(
        fingerprint,
        Use::Destination,
        &destination_message(practice, destination),
    )
    .into()
}
