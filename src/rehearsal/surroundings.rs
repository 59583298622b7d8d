//! What stands around the verifier in a rehearsal: a store that fails on demand, and a carrier.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};
use core::time::Duration;
use std::sync::Mutex;

use zeroize::Zeroizing;

use crate::audit::{EntryPage, EntryQuery};
use crate::contact::Destination;
use crate::delivery::{CodeMessage, Delivery, Handover, NotSent, Notice, NoticeKind};
use crate::ids::{DeliveryId, PracticeId};
use crate::record::RecordKey;
use crate::store::{Change, Commit, Store, StoreError, StoreErrorKind, Versioned};
use crate::testing::ManualClock;
use crate::time::Timestamp;

/// How a store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Failure {
    Nothing = 0,
    Load = 1,
    Commit = 2,
    /// What was asked for happens, and the answer is lost.
    Answer = 3,
}

/// A store that fails while it is told to. The audit trail can always be read, for the report.
#[derive(Debug)]
pub(super) struct FailingStore<S> {
    inner: S,
    failure: AtomicU8,
}

impl<S> FailingStore<S> {
    pub(super) const fn new(inner: S) -> Self {
        Self {
            inner,
            failure: AtomicU8::new(Failure::Nothing as u8),
        }
    }

    pub(super) fn set(&self, failure: Failure) {
        self.failure.store(failure as u8, Ordering::SeqCst);
    }

    fn fails(&self, failure: Failure) -> bool {
        self.failure.load(Ordering::SeqCst) == failure as u8
    }
}

impl<S: Store> Store for FailingStore<S> {
    async fn load(&self, keys: &[RecordKey]) -> Result<Vec<Option<Versioned>>, StoreError> {
        if self.fails(Failure::Load) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "load"));
        }
        self.inner.load(keys).await
    }

    async fn commit(&self, change: &Change) -> Result<Commit, StoreError> {
        if self.fails(Failure::Commit) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "commit"));
        }
        let commit = self.inner.commit(change).await?;
        if matches!(commit, Commit::Committed) && self.fails(Failure::Answer) {
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

/// A message the carrier was given.
#[derive(Clone)]
pub(super) struct Posted {
    pub(super) id: DeliveryId,
    pub(super) destination: Destination,
    pub(super) code: Zeroizing<String>,
    pub(super) reference: String,
    pub(super) text: Zeroizing<String>,
    /// Until when it opens, as the message says it.
    pub(super) until: String,
}

impl Posted {
    /// How often the text holds the code as a word of its own.
    pub(super) fn count_of_code(&self) -> usize {
        let words = self.text.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(|word| *word == self.code.as_str()).count()
    }
}

/// A carrier that keeps what it is given and answers as it is told to.
pub(super) struct Post {
    clock: ManualClock,
    state: Mutex<State>,
}

struct State {
    messages: Vec<Posted>,
    /// What each notice tells of, and where it went, masked.
    notices: Vec<(NoticeKind, String)>,
    answer: String,
    /// Whether that answer is for notices too.
    for_notices: bool,
    takes: Duration,
}

impl State {
    fn handover(&self, provider_id: Option<String>) -> Handover {
        match self.answer.as_str() {
            "bad_destination" => Handover::NotSent(NotSent::BadDestination),
            "opted_out" => Handover::NotSent(NotSent::OptedOut),
            "no_credit" => Handover::NotSent(NotSent::NoCredit),
            "unavailable" => Handover::NotSent(NotSent::Unavailable),
            "unknown" => Handover::Unknown,
            _ => Handover::Accepted { provider_id },
        }
    }
}

impl Post {
    pub(super) fn new(clock: ManualClock) -> Arc<Self> {
        let state = State {
            messages: Vec::new(),
            notices: Vec::new(),
            answer: "accepted".into(),
            for_notices: false,
            takes: Duration::ZERO,
        };
        Arc::new(Self {
            clock,
            state: Mutex::new(state),
        })
    }

    pub(super) fn answers(&self, answer: &str, for_notices: bool, takes: Duration) {
        if let Ok(mut state) = self.state.lock() {
            state.answer = answer.into();
            state.for_notices = for_notices;
            state.takes = takes;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.state.lock().map_or(0, |state| state.messages.len())
    }

    /// The messages after the first `count`.
    pub(super) fn since(&self, count: usize) -> Vec<Posted> {
        let state = self.state.lock();
        state.map_or_else(
            |_| Vec::new(),
            |state| state.messages.iter().skip(count).cloned().collect(),
        )
    }

    pub(super) fn all(&self) -> Vec<Posted> {
        self.since(0)
    }

    pub(super) fn count_notices(&self) -> usize {
        self.state.lock().map_or(0, |state| state.notices.len())
    }

    /// The notices after the first `count`.
    pub(super) fn notices_since(&self, count: usize) -> Vec<(NoticeKind, String)> {
        let state = self.state.lock();
        state.map_or_else(
            |_| Vec::new(),
            |state| state.notices.iter().skip(count).cloned().collect(),
        )
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post(..)")
    }
}

impl Delivery for Post {
    async fn deliver(&self, message: &CodeMessage) -> Handover {
        let Ok(mut state) = self.state.lock() else {
            return Handover::Unknown;
        };
        state.messages.push(Posted {
            id: message.id(),
            destination: message.destination().clone(),
            code: Zeroizing::new(message.code().expose().into()),
            reference: message.reference().to_string(),
            text: message.text(),
            until: message.expires_local(),
        });
        let number = state.messages.len();
        if !state.takes.is_zero() {
            self.clock.forward(state.takes);
        }
        state.handover(Some(alloc::format!("posted-{number}")))
    }

    async fn notify(&self, notice: &Notice) -> Handover {
        let Ok(mut state) = self.state.lock() else {
            return Handover::Unknown;
        };
        state.notices.push((notice.kind(), notice.destination().masked()));
        if state.for_notices {
            return state.handover(None);
        }
        Handover::Accepted { provider_id: None }
    }
}
