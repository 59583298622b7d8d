use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound;
use std::sync::{Mutex, MutexGuard};

use super::{Change, Commit, Store, StoreError, StoreErrorKind, Versioned};
use crate::audit::{Entry, EntryPage, EntryQuery};
use crate::ids::PracticeId;
use crate::record::RecordKey;
use crate::time::Timestamp;

/// Keeps everything in memory, within bounds: for tests, examples and trying things out.
///
/// What it holds is gone with the process, and so are the guesses it counted, so nothing in production may
/// stand on it. At its bounds it refuses with [`StoreErrorKind::Full`] and drops nothing: a flood of other
/// subjects cannot push out somebody's counters.
///
/// ```
/// use medfactor::store::MemoryStore;
///
/// let store = MemoryStore::new();
/// let small = MemoryStore::with_capacity(1_000, 10_000);
/// # assert_eq!((store.records(), small.records()), (0, 0));
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    max_records: usize,
    max_entries: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<RecordKey, Stored>,
    deadlines: BTreeSet<(Timestamp, RecordKey)>,
    entries: Vec<Entry>,
    last_version: u64,
}

#[derive(Debug)]
struct Stored {
    record: Versioned,
    deadline: Option<Timestamp>,
}

impl MemoryStore {
    /// Room for 100 000 records and a million entries.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(100_000, 1_000_000)
    }

    /// Room for so many records and entries.
    #[must_use]
    pub fn with_capacity(records: usize, entries: usize) -> Self {
        Self {
            max_records: records,
            max_entries: entries,
            state: Mutex::default(),
        }
    }

    /// How many records it holds.
    #[must_use]
    pub fn records(&self) -> usize {
        self.lock("count").map_or(0, |state| state.records.len())
    }

    /// All stored bytes: what a thief of the database would hold. For tests that look for secrets in them.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn dump(&self) -> Vec<Vec<u8>> {
        self.lock("dump").map_or_else(
            |_| Vec::new(),
            |state| {
                state
                    .records
                    .values()
                    .map(|stored| stored.record.bytes.clone())
                    .collect()
            },
        )
    }

    /// The keys of all records: for tests that look for one of a kind.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn keys(&self) -> Vec<RecordKey> {
        self.lock("keys")
            .map_or_else(|_| Vec::new(), |state| state.records.keys().cloned().collect())
    }

    /// Puts bytes in place of a record, as a broken disk would. For tests of what happens then.
    #[cfg(feature = "testing")]
    pub fn corrupt(&self, key: &RecordKey, bytes: Vec<u8>) {
        if let Ok(mut state) = self.lock("corrupt")
            && let Some(stored) = state.records.get_mut(key)
        {
            stored.record.bytes = bytes;
        }
    }

    /// Takes a record away, as somebody would who can write to the database. For tests of what happens then.
    #[cfg(feature = "testing")]
    pub fn remove(&self, key: &RecordKey) {
        if let Ok(mut state) = self.lock("remove") {
            state.records.remove(key);
            state.deadlines.retain(|(_, due)| due != key);
        }
    }

    /// Changes the entries, as somebody would who can write to the database. For tests of what is found.
    #[cfg(feature = "testing")]
    pub fn tamper(&self, change: impl FnOnce(&mut Vec<Entry>)) {
        if let Ok(mut state) = self.lock("tamper") {
            change(&mut state.entries);
        }
    }

    fn lock(&self, operation: &'static str) -> Result<MutexGuard<'_, State>, StoreError> {
        // A panic while the lock was held leaves a state nobody vouches for.
        self.state
            .lock()
            .map_err(|_| StoreError::new(StoreErrorKind::Unavailable, operation))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryStore {
    async fn load(&self, keys: &[RecordKey]) -> Result<Vec<Option<Versioned>>, StoreError> {
        let state = self.lock("load")?;
        Ok(keys
            .iter()
            .map(|key| state.records.get(key).map(|stored| stored.record.clone()))
            .collect())
    }

    async fn commit(&self, change: &Change) -> Result<Commit, StoreError> {
        let mut state = self.lock("commit")?;
        let stands = |write: &super::Write| {
            state.records.get(&write.key).map(|stored| stored.record.version) == write.expected
        };
        if !change.writes.iter().all(stands) {
            return Ok(Commit::Conflict);
        }
        let new = change
            .writes
            .iter()
            .filter(|write| write.expected.is_none())
            .count();
        if state.records.len().saturating_add(new) > self.max_records
            || state.entries.len().saturating_add(change.entries.len()) > self.max_entries
        {
            return Err(StoreError::new(StoreErrorKind::Full, "commit"));
        }
        for write in &change.writes {
            state.put(write);
        }
        state.entries.extend(change.entries.iter().cloned());
        Ok(Commit::Committed)
    }

    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage, StoreError> {
        let state = self.lock("read entries")?;
        // A cursor is the place of the last entry of a page; a sign in front says in which order.
        let sign = if query.is_newest_first() { '-' } else { '+' };
        let last = match query
            .cursor()
            .map(|cursor| cursor.strip_prefix(sign).map(str::parse::<usize>))
        {
            None => None,
            Some(Some(Ok(place))) => Some(place),
            Some(_) => return Err(StoreError::new(StoreErrorKind::Query, "read entries")),
        };
        let matching = |(_, entry): &(usize, &Entry)| query.matches(entry);
        let limit = query.page_size().saturating_add(1);
        let entries = state.entries.iter().enumerate();
        let mut page: Vec<(usize, &Entry)> = if query.is_newest_first() {
            let end = last.unwrap_or(state.entries.len());
            entries.take(end).rev().filter(matching).take(limit).collect()
        } else {
            let start = last.map_or(0, |last| last.saturating_add(1));
            entries.skip(start).filter(matching).take(limit).collect()
        };
        // One more than a page holds tells that there is another page.
        let is_more = page.len() == limit;
        page.truncate(query.page_size());
        let next = page
            .last()
            .filter(|_| is_more)
            .map(|(last, _)| alloc::format!("{sign}{last}"));
        Ok(EntryPage::new(
            page.into_iter().map(|(_, entry)| entry.clone()).collect(),
            next,
        ))
    }

    async fn list(
        &self,
        practice: &PracticeId,
        kind: &str,
        after: Option<&RecordKey>,
        limit: usize,
    ) -> Result<Vec<(RecordKey, Versioned)>, StoreError> {
        let state = self.lock("list")?;
        // Keys are ordered by kind, then practice, then name.
        let is_asked = |key: &RecordKey| key.kind() == kind && key.practice() == practice;
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(state
            .records
            .range((start, Bound::Unbounded))
            .skip_while(|(key, _)| !is_asked(key))
            .take_while(|(key, _)| is_asked(key))
            .take(limit)
            .map(|(key, stored)| (key.clone(), stored.record.clone()))
            .collect())
    }

    async fn purge(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut state = self.lock("purge")?;
        let due: Vec<_> = state
            .deadlines
            .iter()
            .take_while(|(deadline, _)| *deadline <= now)
            .take(limit)
            .cloned()
            .collect();
        for due in &due {
            state.deadlines.remove(due);
            state.records.remove(&due.1);
        }
        Ok(due.len())
    }
}

impl State {
    fn put(&mut self, write: &super::Write) {
        // Counted over all keys, so that a record that was dropped and made anew never has an old version.
        self.last_version = self.last_version.saturating_add(1);
        let record = Versioned::new(self.last_version, write.bytes.clone());
        let stored = Stored {
            record,
            deadline: write.deadline,
        };
        if let Some(old) = self.records.insert(write.key.clone(), stored)
            && let Some(deadline) = old.deadline
        {
            self.deadlines.remove(&(deadline, write.key.clone()));
        }
        if let Some(deadline) = write.deadline {
            self.deadlines.insert((deadline, write.key.clone()));
        }
    }
}
