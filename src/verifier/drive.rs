//! Load, decide, commit; again if somebody else was faster.

use alloc::vec::Vec;

use super::{Error, ErrorKind, Verifier};
use crate::audit::Actor;
use crate::contact::Channel;
use crate::delivery::Delivery;
use crate::directory::{Directory, Person, Practice};
use crate::flow::{DestinationState, FlowError, Scene, Step};
use crate::ids::Subject;
use crate::policy::DestinationWindow;
use crate::record::{DestinationRecord, RecordKey, SubjectRecord};
use crate::store::{Change, Commit, Store, Versioned, Write};
use crate::time::Timestamp;

/// How often a call starts over because the record changed under it. Each conflict means that another call on
/// the same subject got through, so this many must have before anyone is turned away.
const MAX_CONFLICTS: usize = 64;

/// How long a destination's record is kept after its last message, which is as long as any policy may count it;
/// opt-outs are kept for good.
const DESTINATION_MEMORY: core::time::Duration = DestinationWindow::MAX.get();

/// What the directory says, and when it was asked.
pub(super) struct Facts {
    pub(super) now: Timestamp,
    pub(super) person: Option<Person>,
    pub(super) practice: Option<Practice>,
}

/// What is stored, and at which versions.
pub(super) struct Loaded {
    pub(super) subject: Option<SubjectRecord>,
    pub(super) destinations: Vec<DestinationState>,
    versions: Vec<(RecordKey, Option<u64>)>,
}

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// One call about one subject: everything is decided by `decide`, and nobody hears the answer before it is
    /// committed.
    pub(super) async fn drive<T>(
        &self,
        subject: &Subject,
        actor: &Actor,
        decide: impl Fn(&Scene<'_>, Option<SubjectRecord>, &[DestinationState]) -> Result<Step<T>, FlowError>,
    ) -> Result<T, Error> {
        let facts = self.facts(subject).await?;
        for _ in 0..MAX_CONFLICTS {
            let loaded = self.load(subject, facts.person.as_ref()).await?;
            let Loaded {
                subject: record,
                destinations,
                versions,
            } = loaded;
            let step = decide(&self.scene(subject, actor, &facts), record, &destinations)?;
            if step.entries.is_empty() {
                // Nothing happened that is worth telling, so nothing is written: no change without an entry.
                return Ok(step.answer);
            }
            let change = change(subject, &versions, &step)?;
            match self.store.commit(&change).await? {
                Commit::Committed => return Ok(step.answer),
                Commit::Conflict => {}
            }
        }
        Err(Error::new(ErrorKind::Contention))
    }

    /// One look at a subject that changes nothing.
    pub(super) async fn look<T>(
        &self,
        subject: &Subject,
        see: impl Fn(&Scene<'_>, Option<SubjectRecord>, &[DestinationState]) -> Result<T, FlowError>,
    ) -> Result<T, Error> {
        let facts = self.facts(subject).await?;
        let loaded = self.load(subject, facts.person.as_ref()).await?;
        let scene = self.scene(subject, &Actor::Library, &facts);
        Ok(see(&scene, loaded.subject, &loaded.destinations)?)
    }

    pub(super) fn scene<'a>(&'a self, subject: &'a Subject, actor: &'a Actor, facts: &'a Facts) -> Scene<'a> {
        Scene {
            subject,
            person: facts.person.as_ref(),
            practice: facts.practice.as_ref(),
            policy: &self.policy,
            keys: &self.keys,
            entropy: self.entropy.as_ref(),
            now: facts.now,
            actor,
        }
    }

    async fn facts(&self, subject: &Subject) -> Result<Facts, Error> {
        let now = self.clock.now()?;
        let person = self.directory.person(subject).await?;
        let practice = self.directory.practice(subject.practice()).await?;
        // Somebody else's file under this name is nobody's.
        Ok(Facts {
            now,
            person: person.filter(|person| person.subject() == subject),
            practice,
        })
    }

    /// The subject and all its destinations, in one round trip.
    pub(super) async fn load(&self, subject: &Subject, person: Option<&Person>) -> Result<Loaded, Error> {
        let mut keys = Vec::from([RecordKey::Subject(subject.clone())]);
        let mut channels = Vec::new();
        for channel in Channel::ALL {
            if let Some(destination) = person.and_then(|person| person.destination_by(channel)) {
                let own = DestinationState::keys(&self.keys, subject.practice(), destination);
                channels.push((channel, own.len()));
                keys.extend(own);
            }
        }
        let found = self.store.load(&keys).await?;
        let mut versions = Vec::with_capacity(keys.len());
        let mut rows = keys.into_iter().zip(found);
        let mut note = |(key, row): (RecordKey, Option<Versioned>)| {
            versions.push((key.clone(), row.as_ref().map(|row| row.version)));
            (key, row)
        };
        let subject = match rows.next().map(&mut note) {
            Some((_, Some(row))) => Some(SubjectRecord::decode(&row.bytes)?),
            _ => None,
        };
        let mut destinations = Vec::with_capacity(channels.len());
        for (channel, count) in channels {
            let mut records = Vec::with_capacity(count);
            for (key, row) in rows.by_ref().take(count).map(&mut note) {
                let record = row.map(|row| DestinationRecord::decode(&row.bytes)).transpose()?;
                records.push((key, record.unwrap_or_default()));
            }
            destinations.push(DestinationState::new(channel, records));
        }
        Ok(Loaded {
            subject,
            destinations,
            versions,
        })
    }
}

/// Everything a step changed, to be committed as one.
fn change<T>(
    subject: &Subject,
    versions: &[(RecordKey, Option<u64>)],
    step: &Step<T>,
) -> Result<Change, Error> {
    let key = RecordKey::Subject(subject.clone());
    let expected = version(versions, &key);
    let write = Write::new(key, expected, step.subject.encode()?, step.subject.deadline());
    let mut writes = Vec::from([write]);
    if let Some((key, record)) = &step.destination {
        writes.push(write_destination(key, version(versions, key), record)?);
    }
    Ok(Change::new(writes, step.entries.clone()))
}

fn version(versions: &[(RecordKey, Option<u64>)], key: &RecordKey) -> Option<u64> {
    versions
        .iter()
        .find(|(known, _)| known == key)
        .and_then(|(_, version)| *version)
}

pub(super) fn write_destination(
    key: &RecordKey,
    expected: Option<u64>,
    record: &DestinationRecord,
) -> Result<Write, Error> {
    let last = record.sends.last().copied().unwrap_or(Timestamp::MIN);
    let deadline = record
        .opted_out_at
        .is_none()
        .then(|| last.saturating_add(DESTINATION_MEMORY));
    Ok(Write::new(key.clone(), expected, record.encode()?, deadline))
}
