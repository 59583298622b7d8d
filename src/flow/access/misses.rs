//! How many wrong access codes there were: from one source, and at the practice.

use alloc::vec::Vec;
use core::time::Duration;

use super::{AccessWork, Found, Lookup};
use crate::audit::{Actor, Event};
use crate::flow::FlowError;
use crate::flow::destination::full_until;
use crate::policy::{AccessTries, AccessTriesWindow, Effective};
use crate::record::{HOUR, MissesRecord, Record, SourceRecord, SourcesRecord};
use crate::time::Timestamp;

/// Into how many records a practice's misses are split. Each call reads all of them and a miss writes one.
pub(super) const PARTS: u8 = 8;

/// How many sources one record holds; with 256 records for each key that is more than a practice's limit lets miss
/// in the default window. Where they are full all the same, a source that is not yet among them waits.
const MAX_SOURCES: usize = 64;

/// How many misses one source is remembered by: as many as any policy may count.
const MAX_MISSES: usize = AccessTries::MAX.get() as usize;

/// Until when this source has to wait; `None` when it may try.
pub(super) fn source_waits_until(
    lookup: &Lookup,
    found: &Found,
    effective: &Effective,
    now: Timestamp,
) -> Option<Timestamp> {
    let window = effective.access_tries_window().get();
    let mut misses: Vec<Timestamp> = Vec::new();
    for (source, record) in lookup.sources.iter().zip(&found.sources) {
        let sources = record.iter().flat_map(|record| &record.sources);
        for known in sources.filter(|known| known.tag == source.tag) {
            misses.extend_from_slice(&known.misses);
        }
    }
    if misses.is_empty() {
        let full = found.sources.first()?.as_ref()?;
        return no_room_until(&full.sources, now, window);
    }
    misses.sort_unstable();
    full_until(&misses, now, u32::from(effective.access_tries().get()), window)
}

/// When one of the sources in a full record is forgotten.
fn no_room_until(sources: &[SourceRecord], now: Timestamp, window: Duration) -> Option<Timestamp> {
    let ends = sources.iter().filter_map(|source| source.misses.last());
    let mut ends: Vec<Timestamp> = ends.map(|last| last.saturating_add(window)).collect();
    ends.retain(|end| now < *end);
    let is_full = ends.len() >= MAX_SOURCES;
    ends.into_iter().min().filter(|_| is_full)
}

/// How many misses the practice had within the hour, by minutes that have begun.
pub(super) fn misses_in_an_hour(found: &Found, now: Timestamp) -> u32 {
    let records = found.misses.iter().flatten();
    let counts = records
        .flat_map(|record| &record.minutes)
        .filter(|(at, _)| counts(*at, now));
    counts.fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

/// When the oldest minute that counts does so no more, which need not be enough; then the next answer says so.
pub(super) fn practice_waits_until(found: &Found, now: Timestamp) -> Timestamp {
    let minutes = found.misses.iter().flatten().flat_map(|record| &record.minutes);
    let oldest = minutes.map(|(at, _)| *at).filter(|at| counts(*at, now)).min();
    let ends = oldest.unwrap_or_else(|| minute(now)).saturating_add(MINUTES);
    Timestamp::from_unix_seconds(ends.saturating_mul(60)).unwrap_or(Timestamp::MAX)
}

impl AccessWork<'_> {
    /// Puts an attempt that was right into one order with those of its source that were not.
    pub(super) fn touch_source(&mut self, lookup: &Lookup, found: &Found) {
        if let Some(source) = lookup.sources.first() {
            let record = found.sources.first().cloned().flatten().unwrap_or_default();
            self.records.push((source.key.clone(), Record::Sources(record)));
        }
    }

    /// Counts one miss, for its source and for the practice, and raises the alarm where there were too many.
    pub(super) fn count_miss(
        &mut self,
        lookup: &Lookup,
        found: &Found,
        effective: &Effective,
    ) -> Result<(), FlowError> {
        let now = self.now;
        if let Some(source) = lookup.sources.first() {
            let record = found.sources.first().cloned().flatten().unwrap_or_default();
            let record = with_miss(record, source.tag, now, effective.access_tries_window().get());
            self.records.push((source.key.clone(), Record::Sources(record)));
        }
        let total = misses_in_an_hour(found, now).saturating_add(1);
        let alarmed = |record: &MissesRecord| record.alarm_at.is_some_and(|at| now < at.saturating_add(HOUR));
        let is_new = !found.misses.iter().flatten().any(alarmed);
        let raise = is_new && total >= effective.access_alarm().get();
        let place = lookup.part;
        if let Some(key) = lookup.misses.get(place) {
            let mut record = found.misses.get(place).cloned().flatten().unwrap_or_default();
            count(&mut record, now);
            if raise {
                record.alarm_at = Some(now);
            }
            self.records.push((key.clone(), Record::Misses(record)));
        }
        if raise {
            let entry = self.tell(Event::GuessingSuspected, None)?;
            entry.actor = Actor::Library;
            entry.count = Some(total);
        }
        Ok(())
    }
}

fn with_miss(mut record: SourcesRecord, tag: [u8; 32], now: Timestamp, window: Duration) -> SourcesRecord {
    let within = |longest: Duration| {
        move |source: &SourceRecord| {
            let last = source.misses.last();
            last.is_some_and(|last| now < last.saturating_add(longest))
        }
    };
    record.sources.retain(within(AccessTriesWindow::MAX.get()));
    if record.sources.len() >= MAX_SOURCES {
        record.sources.retain(within(window));
    }
    match record.sources.iter_mut().find(|source| source.tag == tag) {
        Some(source) => {
            source.misses.push(now);
            source.misses.sort_unstable();
            let superfluous = source.misses.len().saturating_sub(MAX_MISSES);
            source.misses.drain(..superfluous);
        }
        None => record.sources.push(SourceRecord {
            tag,
            misses: [now].into(),
        }),
    }
    record
}

fn count(record: &mut MissesRecord, now: Timestamp) {
    let this = minute(now);
    record.minutes.retain(|(at, _)| counts(*at, now));
    match record.minutes.iter_mut().find(|(at, _)| *at == this) {
        Some((_, count)) => *count = count.saturating_add(1),
        None => {
            record.minutes.push((this, 1));
            record.minutes.sort_unstable();
        }
    }
}

const MINUTES: u64 = 60;

const fn minute(at: Timestamp) -> u64 {
    at.unix_seconds() / 60
}

/// A minute counts until an hour after it began. One that is still to come, written by a clock that ran ahead,
/// counts too: what was guessed was guessed.
fn counts(at: u64, now: Timestamp) -> bool {
    minute(now) < at.saturating_add(MINUTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(1_790_000_000_u64.saturating_add(seconds)).unwrap()
    }

    #[test]
    fn a_flood_from_many_sources_fills_a_record_and_then_new_ones_wait() {
        let window = AccessTriesWindow::DEFAULT.get();
        let mut record = SourcesRecord::default();
        for source in 0..64 {
            assert_eq!(no_room_until(&record.sources, at(1), window), None);
            record = with_miss(record, [source; 32], at(0), window);
        }
        assert_eq!(no_room_until(&record.sources, at(1), window), Some(at(600)));
        assert_eq!(no_room_until(&record.sources, at(600), window), None);
        // Those whose misses are over give way.
        let record = with_miss(record, [99; 32], at(600), window);
        assert_eq!(record.sources.len(), 1);
    }

    #[test]
    fn one_source_is_remembered_by_fifty_misses_and_an_hour_by_sixty_minutes() {
        let window = AccessTriesWindow::DEFAULT.get();
        let (mut sources, mut misses) = (SourcesRecord::default(), MissesRecord::default());
        for second in 0..500 {
            sources = with_miss(sources, [1; 32], at(second * 30), window);
            count(&mut misses, at(second * 30));
        }
        assert_eq!(sources.sources[0].misses.len(), 50);
        assert!(misses.minutes.len() <= 61, "{}", misses.minutes.len());
        assert!(sources.encode().unwrap().len() < 1_000);
    }
}
