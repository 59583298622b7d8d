use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use alloc::vec::Vec;

use crate::audit::{EntryPage, EntryQuery};
use crate::ids::PracticeId;
use crate::record::RecordKey;
use crate::store::{Change, Commit, Store, StoreError, StoreErrorKind, Versioned};
use crate::time::Timestamp;

/// What goes wrong, each in so many of 256 calls; 255 means in every one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Faults {
    /// `load` fails.
    pub load: u8,
    /// `commit` fails and nothing is written.
    pub commit: u8,
    /// `commit` writes everything and then fails: the answer was lost on its way.
    pub lost_answer: u8,
    /// `commit` reports a conflict although there is none.
    pub conflict: u8,
}

/// A store around another one that fails and conflicts as it is told, the same way for the same seed, and counts
/// how often it is asked.
#[derive(Debug)]
pub struct FaultyStore<S> {
    inner: S,
    faults: AtomicU64,
    random: AtomicU64,
    loads: AtomicUsize,
    commits: AtomicUsize,
}

impl<S> FaultyStore<S> {
    /// Nothing goes wrong until [`set`](Self::set) says so.
    pub const fn new(inner: S, seed: u64) -> Self {
        Self {
            inner,
            faults: AtomicU64::new(0),
            random: AtomicU64::new(seed),
            loads: AtomicUsize::new(0),
            commits: AtomicUsize::new(0),
        }
    }

    /// From now on this goes wrong.
    pub fn set(&self, faults: Faults) {
        let packed = u32::from_be_bytes([faults.load, faults.commit, faults.lost_answer, faults.conflict]);
        self.faults.store(u64::from(packed), Ordering::SeqCst);
    }

    /// How many loads and commits it was asked for so far.
    pub fn round_trips(&self) -> (usize, usize) {
        (
            self.loads.load(Ordering::SeqCst),
            self.commits.load(Ordering::SeqCst),
        )
    }

    /// The store inside.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    fn faults(&self) -> Faults {
        let packed = u32::try_from(self.faults.load(Ordering::SeqCst)).unwrap_or(0);
        let [load, commit, lost_answer, conflict] = packed.to_be_bytes();
        Faults {
            load,
            commit,
            lost_answer,
            conflict,
        }
    }

    /// Whether a fault of this likelihood happens now (splitmix64, good enough to vary what fails).
    fn happens(&self, likelihood: u8) -> bool {
        let mut z = self.random.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [byte, ..] = (z ^ (z >> 31)).to_be_bytes();
        byte < likelihood || likelihood == u8::MAX
    }
}

impl<S: Store> Store for FaultyStore<S> {
    async fn load(&self, keys: &[RecordKey]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        if self.happens(self.faults().load) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "load"));
        }
        self.inner.load(keys).await
    }

    async fn commit(&self, change: &Change) -> Result<Commit, StoreError> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        let faults = self.faults();
        if self.happens(faults.commit) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "commit"));
        }
        if self.happens(faults.conflict) {
            return Ok(Commit::Conflict);
        }
        let commit = self.inner.commit(change).await?;
        if self.happens(faults.lost_answer) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "commit"));
        }
        Ok(commit)
    }

    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage, StoreError> {
        self.inner.entries(query).await
    }

    async fn list(
        &self,
        practice: &PracticeId,
        kind: &str,
        after: Option<&RecordKey>,
        limit: usize,
    ) -> Result<Vec<(RecordKey, Versioned)>, StoreError> {
        self.inner.list(practice, kind, after, limit).await
    }

    async fn purge(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.inner.purge(now, limit).await
    }
}
