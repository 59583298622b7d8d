//! A store that writes down what it was asked and what it said.

use std::sync::Mutex;

use medfactor::audit::{EntryPage, EntryQuery};
use medfactor::ids::PracticeId;
use medfactor::record::RecordKey;
use medfactor::store::{Change, Commit, MemoryStore, Store, StoreError, Versioned};
use medfactor::testing::FaultyStore;
use medfactor::time::Timestamp;

/// What the verifier talks to: what it was told, then the faults, then what was really written.
pub(crate) type Stack = Watch<FaultyStore<Watch<MemoryStore>>>;

pub(crate) fn stack(seed: u64) -> Stack {
    Watch::new(FaultyStore::new(Watch::new(MemoryStore::new()), seed))
}

#[derive(Debug)]
pub(crate) struct Watch<S> {
    inner: S,
    seen: Mutex<Vec<(Change, Told)>>,
}

/// How a commit was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Committed,
    Conflict,
    Failed,
}

impl<S> Watch<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self {
            inner,
            seen: Mutex::default(),
        }
    }

    pub(crate) fn inner(&self) -> &S {
        &self.inner
    }

    /// The commits since the last call.
    pub(crate) fn take(&self) -> Vec<(Change, Told)> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl<S: Store> Store for Watch<S> {
    async fn load(&self, keys: &[RecordKey]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.inner.load(keys).await
    }

    async fn commit(&self, change: &Change) -> Result<Commit, StoreError> {
        let answer = self.inner.commit(change).await;
        let told = match &answer {
            Ok(Commit::Committed) => Told::Committed,
            Ok(Commit::Conflict) => Told::Conflict,
            Err(_) => Told::Failed,
        };
        self.seen.lock().unwrap().push((change.clone(), told));
        answer
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
