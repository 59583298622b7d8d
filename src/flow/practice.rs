//! Calls about a practice as a whole: what it decided, what the owners of its contacts want.

use alloc::vec::Vec;

use super::{FlowError, Scene};
use crate::audit::{self, Actor, Chain, Entry, Event};
use crate::directory::Practice;
use crate::entropy::Entropy;
use crate::ids::{EntryId, PracticeId};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::record::{PracticeRecord, Record, RecordKey};
use crate::time::Timestamp;

/// Everything that holds at the moment of a call about a practice, besides what is stored.
#[derive(Clone, Copy, Debug)]
pub struct PracticeScene<'a> {
    /// Which practice the call is about.
    pub id: &'a PracticeId,
    /// What the directory says of it, now; `None` when it knows no such practice.
    pub practice: Option<&'a Practice>,
    /// What the practice decided for itself; `None` when nothing is stored.
    pub decided: Option<&'a PracticeRecord>,
    /// The policy of the installation.
    pub policy: &'a Policy,
    /// The keys of the installation.
    pub keys: &'a KeyRing,
    /// Where randomness comes from.
    pub entropy: &'a dyn Entropy,
    /// The one instant of this call.
    pub now: Timestamp,
    /// Who makes the call.
    pub actor: &'a Actor,
}

impl Scene<'_> {
    /// The practice this subject belongs to, at the same moment.
    #[must_use]
    pub const fn of_practice(&self) -> PracticeScene<'_> {
        PracticeScene {
            id: self.subject.practice(),
            practice: self.practice,
            decided: self.decided,
            policy: self.policy,
            keys: self.keys,
            entropy: self.entropy,
            now: self.now,
            actor: self.actor,
        }
    }
}

/// The outcome of a call about a practice: an answer, and what must be committed before anyone hears it.
#[derive(Debug)]
#[must_use = "the answer holds only once the record and the entries are committed"]
#[non_exhaustive]
pub struct PracticeStep<T> {
    /// The practice's record as it must be from now on.
    pub practice: PracticeRecord,
    /// The other records that changed with it.
    pub others: Vec<(RecordKey, Record)>,
    /// The entries that tell of it.
    pub entries: Vec<Entry>,
    /// The answer.
    pub answer: T,
}

pub(super) struct PracticeWork<'a> {
    pub(super) scene: &'a PracticeScene<'a>,
    pub(super) record: PracticeRecord,
    pub(super) entries: Vec<Entry>,
    /// The instant of the call, never before the record's own.
    pub(super) now: Timestamp,
    /// Whether the clock is so far behind the record that nothing may be opened by it.
    pub(super) is_behind: bool,
}

impl<'a> PracticeWork<'a> {
    /// Opens the record. Where the clock is behind it, time stands still at the record's own: what only closes, such as
    /// a withdrawal or a STOP, must be heard by any clock, and what opens asks [`is_behind`](Self::is_behind).
    pub(super) fn open(scene: &'a PracticeScene<'a>, record: Option<PracticeRecord>) -> Self {
        let mut record = record.unwrap_or_default();
        let is_behind = super::work::instant(record.latest, scene.now).is_err();
        let now = record.latest.map_or(scene.now, |latest| latest.max(scene.now));
        record.latest = Some(now);
        Self {
            scene,
            record,
            entries: Vec::new(),
            now,
            is_behind,
        }
    }

    /// Adds an entry about the practice and gives it to be filled in.
    pub(super) fn tell(&mut self, event: Event) -> Result<&mut Entry, FlowError> {
        let id = EntryId::draw(self.scene.entropy)?;
        let mut entry = Entry::new(id, self.now, self.scene.id.clone(), event);
        entry.actor = self.scene.actor.clone();
        self.entries.push(entry);
        // The entry just pushed is there; the error is for the compiler, not for anyone's eyes.
        self.entries.last_mut().ok_or(FlowError::Entropy)
    }

    /// The step, with every entry tied to the one before it. The only place that does so for a practice: nothing
    /// may touch an entry afterwards, and none may name a person, whose chain lives in another record.
    pub(super) fn close<T>(mut self, answer: T) -> PracticeStep<T> {
        let chain = Chain::from(self.scene.id);
        audit::append(self.scene.keys, &chain, &mut self.record.chain, &mut self.entries);
        PracticeStep {
            practice: self.record,
            others: Vec::new(),
            entries: self.entries,
            answer,
        }
    }
}
