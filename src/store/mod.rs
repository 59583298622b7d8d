//! Where records and audit entries are kept.

#[cfg(feature = "std")]
mod memory;

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug};
use core::future::Future;

use crate::audit::{Entry, EntryPage, EntryQuery};
use crate::ids::PracticeId;
use crate::record::RecordKey;
use crate::time::Timestamp;

#[cfg(feature = "std")]
pub use memory::MemoryStore;

/// Keeps records and audit entries: versioned bytes by key, changed by compare-and-swap.
///
/// Every rule of the library is decided before a store is asked; a store only has to keep its promises. Each
/// method says which, and what an attacker gains where one is broken. `testing` hosts run their own stores
/// through the same tests as the store in memory.
///
/// The futures are cancelled by dropping them; a `commit` that was dropped may or may not have happened, and
/// the next `load` tells.
pub trait Store: Debug + Send + Sync {
    /// Reads several records, each with the version it had, in the order of `keys`; `None` where there is none.
    ///
    /// One round trip. Each record is read whole; a record committed before the call was made is seen.
    /// *If broken:* a stale answer costs a conflict at the commit, nothing more.
    ///
    /// # Errors
    /// [`StoreError`] when the answer is not known; the caller denies.
    fn load(
        &self,
        keys: &[RecordKey],
    ) -> impl Future<Output = Result<Vec<Option<Versioned>>, StoreError>> + Send;

    /// Writes all records and all entries of `change` if every version still stands, otherwise nothing.
    ///
    /// Atomic, and durable when it returns. Never retried by the store. It stands alone: it takes part in no
    /// transaction of the host's that could be rolled back.
    /// *If broken:* a code opens twice (not atomic), guesses are not counted (lost or rolled back), things
    /// happen without a trace (entries apart).
    ///
    /// # Errors
    /// [`StoreError`] when it is not known whether the change was made; the caller denies. A version that no
    /// longer stands is no error but [`Commit::Conflict`].
    fn commit(&self, change: &Change) -> impl Future<Output = Result<Commit, StoreError>> + Send;

    /// Reads entries as `query` says ([`EntryQuery::matches`]), oldest commit first, entries of one commit in
    /// the order they were given, each with every field as it was given: the chains vouch for all of them. All of it
    /// the other way round where the query says [`newest_first`](EntryQuery::newest_first).
    ///
    /// # Errors
    /// [`StoreError`] when the answer is not known, with kind [`StoreErrorKind::Query`] for a cursor that is
    /// not one of this store's.
    fn entries(&self, query: &EntryQuery) -> impl Future<Output = Result<EntryPage, StoreError>> + Send;

    /// Lists the records of one practice and kind ([`RecordKey::kind`]) in the order of their keys, those behind
    /// `after`, at most `limit` of them and fewer only when there are no more.
    ///
    /// The order is that of the bytes of [`RecordKey::name`], and always the same. A record committed before the
    /// call was made is seen; one that is written meanwhile may be seen as of before or after. Never asked while
    /// somebody signs in.
    /// *If broken:* a seal leaves somebody out, whose trail can then be removed without a trace.
    ///
    /// # Errors
    /// [`StoreError`] when the answer is not known.
    fn list(
        &self,
        practice: &PracticeId,
        kind: &str,
        after: Option<&RecordKey>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(RecordKey, Versioned)>, StoreError>> + Send;

    /// Drops at most `limit` records whose deadline is at or before `now`, and says how many. Entries stay.
    ///
    /// *If broken:* dropping a record too early forgets guesses, opt-outs and spent codes.
    ///
    /// # Errors
    /// [`StoreError`]; what was dropped until then stays dropped.
    fn purge(&self, now: Timestamp, limit: usize) -> impl Future<Output = Result<usize, StoreError>> + Send;
}

/// A record as it is stored: bytes, and a number that changes with every write.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versioned {
    /// The version; never used twice for one key.
    pub version: u64,
    /// The encoded record.
    pub bytes: Vec<u8>,
}

impl Versioned {
    /// A stored record, for a store to answer with.
    #[must_use]
    pub const fn new(version: u64, bytes: Vec<u8>) -> Self {
        Self { version, bytes }
    }
}

impl Debug for Versioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Versioned({}, {} bytes)", self.version, self.bytes.len())
    }
}

/// Everything one step changes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Change {
    /// The records to write, each key at most once.
    pub writes: Vec<Write>,
    /// The entries that tell of it.
    pub entries: Vec<Entry>,
}

impl Change {
    /// A change of these records, told by these entries.
    #[must_use]
    pub const fn new(writes: Vec<Write>, entries: Vec<Entry>) -> Self {
        Self { writes, entries }
    }
}

/// One record to write.
#[derive(Clone)]
#[non_exhaustive]
pub struct Write {
    /// Which record.
    pub key: RecordKey,
    /// The version it must still have; `None` when it must not exist yet.
    pub expected: Option<u64>,
    /// The new bytes.
    pub bytes: Vec<u8>,
    /// From when [`Store::purge`] may drop it; `None` for never.
    pub deadline: Option<Timestamp>,
}

impl Write {
    /// A record to write.
    #[must_use]
    pub const fn new(
        key: RecordKey,
        expected: Option<u64>,
        bytes: Vec<u8>,
        deadline: Option<Timestamp>,
    ) -> Self {
        Self {
            key,
            expected,
            bytes,
            deadline,
        }
    }
}

impl Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Write({:?}, expected {:?}, {} bytes)",
            self.key,
            self.expected,
            self.bytes.len()
        )
    }
}

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// Everything is written.
    Committed,
    /// Somebody else wrote first; nothing is written.
    Conflict,
}

/// What kind of trouble a store is in, and so what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// No room is left. Nothing was written and nothing was dropped to make room.
    Full,
    /// The query cannot be answered by this store, for instance a cursor of another.
    Query,
    /// It cannot be reached or did not answer; a commit may have happened.
    Unavailable,
}

/// A store could not answer. It says nothing of what was stored.
#[derive(Debug, thiserror::Error)]
#[error("the store could not {operation}")]
pub struct StoreError {
    kind: StoreErrorKind,
    operation: &'static str,
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

impl StoreError {
    /// Trouble of this kind in `operation` (`load`, `commit`, `read entries`, `list`, `purge`).
    #[must_use]
    pub const fn new(kind: StoreErrorKind, operation: &'static str) -> Self {
        Self {
            kind,
            operation,
            source: None,
        }
    }

    /// With what caused it.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// What kind of trouble.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn load(
        &self,
        keys: &[RecordKey],
    ) -> impl Future<Output = Result<Vec<Option<Versioned>>, StoreError>> + Send {
        (**self).load(keys)
    }

    fn commit(&self, change: &Change) -> impl Future<Output = Result<Commit, StoreError>> + Send {
        (**self).commit(change)
    }

    fn entries(&self, query: &EntryQuery) -> impl Future<Output = Result<EntryPage, StoreError>> + Send {
        (**self).entries(query)
    }

    fn list(
        &self,
        practice: &PracticeId,
        kind: &str,
        after: Option<&RecordKey>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(RecordKey, Versioned)>, StoreError>> + Send {
        (**self).list(practice, kind, after, limit)
    }

    fn purge(&self, now: Timestamp, limit: usize) -> impl Future<Output = Result<usize, StoreError>> + Send {
        (**self).purge(now, limit)
    }
}
