//! Tying what is told about access codes into the chains of those it is about.

use alloc::vec::Vec;

use crate::audit::{Chain, Entry, append};
use crate::ids::Subject;
use crate::keys::KeyRing;
use crate::record::{Record, RecordKey};

/// What was decided about access codes. Its entries belong to the chains of the people they are about, and of the
/// practice where nobody is known; load the [`heads`](Self::heads) and tie them with [`linked`](Self::linked).
#[derive(Debug)]
#[must_use = "the answer holds only once the records and the entries are committed"]
pub struct AccessDecision<T> {
    pub(super) records: Vec<(RecordKey, Record)>,
    pub(super) entries: Vec<Entry>,
    pub(super) answer: T,
}

/// The outcome of a call about access codes: an answer, and what must be committed before anyone hears it.
#[derive(Debug)]
#[must_use = "the answer holds only once the records and the entries are committed"]
#[non_exhaustive]
pub struct AccessStep<T> {
    /// The records that changed, each over the version that was loaded, or new where there was none.
    pub records: Vec<(RecordKey, Record)>,
    /// The entries that tell of it, each tied to the one before it: store every field as it is, in this order.
    /// Without any, nothing has changed and nothing is to be written.
    pub entries: Vec<Entry>,
    /// The answer.
    pub answer: T,
}

impl<T> AccessDecision<T> {
    /// The records that hold the heads of the chains its entries belong to, each once.
    #[must_use]
    pub fn heads(&self) -> Vec<RecordKey> {
        let mut keys = Vec::new();
        for entry in &self.entries {
            let key = holder(entry);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The step, given those of the heads that are stored; the others begin here.
    pub fn linked(self, keys: &KeyRing, stored: Vec<(RecordKey, Record)>) -> AccessStep<T> {
        let mut holders = stored;
        let mut entries = self.entries;
        for entry in &mut entries {
            let key = holder(entry);
            let place = holders.iter().position(|(known, _)| *known == key);
            let mut record = match place {
                Some(place) => holders.swap_remove(place).1,
                None => empty(&key),
            };
            let chain = Chain::of(entry);
            let at = entry.at;
            let slot = core::slice::from_mut(entry);
            match &mut record {
                Record::Subject(record) => {
                    record.latest = record.latest.max(Some(at));
                    append(keys, &chain, &mut record.chain, slot);
                }
                Record::Practice(record) => {
                    record.latest = record.latest.max(Some(at));
                    append(keys, &chain, &mut record.chain, slot);
                }
                _ => {}
            }
            holders.push((key, record));
        }
        let mut records = self.records;
        records.extend(holders);
        AccessStep {
            records,
            entries,
            answer: self.answer,
        }
    }
}

/// The record that holds the head of the chain an entry belongs to.
fn holder(entry: &Entry) -> RecordKey {
    match &entry.subject {
        Some(subject) => RecordKey::Subject(Subject::new(entry.practice.clone(), subject.clone())),
        None => RecordKey::Practice(entry.practice.clone()),
    }
}

fn empty(key: &RecordKey) -> Record {
    match key {
        RecordKey::Practice(_) => Record::Practice(Default::default()),
        _ => Record::Subject(Default::default()),
    }
}
