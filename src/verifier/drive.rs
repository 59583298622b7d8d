//! Load, decide, commit; again if somebody else was faster.

use alloc::vec::Vec;

use super::{Error, ErrorKind, Verifier};
use crate::audit::Actor;
use crate::contact::Channel;
use crate::delivery::{Delivery, Handover, Notice};
use crate::directory::{Directory, Person, Practice};
use crate::flow::{self, DestinationState, FlowError, PracticeScene, PracticeStep, Scene, Step};
use crate::ids::{PracticeId, Subject};
use crate::record::{DestinationRecord, PracticeRecord, Record, RecordError, RecordKey, SubjectRecord};
use crate::store::{Change, Commit, Store, Versioned, Write};
use crate::time::Timestamp;

/// How often a call starts over because the record changed under it. Each conflict means that another call on
/// the same subject got through, so this many must have before anyone is turned away.
pub(super) const MAX_CONFLICTS: usize = 64;

/// What the directory says, and when it was asked.
pub(super) struct Facts {
    pub(super) now: Timestamp,
    pub(super) person: Option<Person>,
    pub(super) practice: Option<Practice>,
}

/// Records and the versions they had.
pub(super) struct Rows(Vec<(RecordKey, Option<Versioned>)>);

impl Rows {
    /// What is stored under a key, read.
    pub(super) fn read<T>(
        &self,
        key: &RecordKey,
        decode: impl Fn(&[u8]) -> Result<T, RecordError>,
    ) -> Result<Option<T>, RecordError> {
        let row = self.0.iter().find(|(known, _)| known == key);
        let row = row.and_then(|(_, row)| row.as_ref());
        row.map(|row| decode(&row.bytes)).transpose()
    }

    fn version(&self, key: &RecordKey) -> Option<u64> {
        let row = self.0.iter().find(|(known, _)| known == key)?;
        row.1.as_ref().map(|row| row.version)
    }

    /// Whether a key was asked for.
    pub(super) fn has(&self, key: &RecordKey) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }

    /// Whether nothing was found at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, row)| row.is_none())
    }

    /// These and those.
    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// A record to write over what was read.
    pub(super) fn write(&self, key: RecordKey, record: &Record) -> Result<Write, RecordError> {
        let expected = self.version(&key);
        Ok(Write::new(key, expected, record.encode()?, record.deadline()))
    }
}

/// What is stored about one subject and its practice.
pub(super) struct Loaded {
    pub(super) subject: Option<SubjectRecord>,
    pub(super) decided: Option<PracticeRecord>,
    pub(super) destinations: Vec<DestinationState>,
    rows: Rows,
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
        let (answer, notices) = self.settle(subject, actor, &facts, decide).await?;
        let mut outcomes = Vec::new();
        for notice in notices {
            match self.delivery.notify(&notice).await {
                Handover::Accepted { .. } => {}
                other => outcomes.push((notice, other)),
            }
        }
        if !outcomes.is_empty() {
            // The answer stands: it is committed. A notice whose outcome cannot be noted was still tried.
            let note = |scene: &Scene<'_>, record, _: &[DestinationState]| {
                flow::note_notices(scene, record, &outcomes)
            };
            let _ = self.settle(subject, &Actor::Library, &facts, note).await;
        }
        Ok(answer)
    }

    /// Decides and commits; what is left to do is to tell the person.
    async fn settle<T>(
        &self,
        subject: &Subject,
        actor: &Actor,
        facts: &Facts,
        decide: impl Fn(&Scene<'_>, Option<SubjectRecord>, &[DestinationState]) -> Result<Step<T>, FlowError>,
    ) -> Result<(T, Vec<Notice>), Error> {
        for _ in 0..MAX_CONFLICTS {
            let mut loaded = self.load(subject, facts.person.as_ref()).await?;
            let record = loaded.subject.take();
            let scene = self.scene(subject, actor, facts, loaded.decided.as_ref());
            let step = decide(&scene, record, &loaded.destinations)?;
            if step.entries.is_empty() {
                // Nothing happened that is worth telling, so nothing is written: no change without an entry.
                return Ok((step.answer, Vec::new()));
            }
            let own = Record::Subject(step.subject);
            let mut writes = Vec::from([loaded.rows.write(RecordKey::Subject(subject.clone()), &own)?]);
            for (key, record) in step.others {
                writes.push(loaded.rows.write(key, &record)?);
            }
            match self.store.commit(&Change::new(writes, step.entries)).await? {
                Commit::Committed => return Ok((step.answer, step.notices)),
                Commit::Conflict => {}
            }
        }
        Err(Error::new(ErrorKind::Contention))
    }

    /// One call about one practice, and about what is stored under `keys`.
    pub(super) async fn drive_practice<T>(
        &self,
        practice: &PracticeId,
        actor: &Actor,
        keys: &[RecordKey],
        decide: impl Fn(&PracticeScene<'_>, Option<PracticeRecord>, &Rows) -> Result<PracticeStep<T>, Error>,
    ) -> Result<T, Error> {
        let now = self.clock.now()?;
        let profile = self.directory.practice(practice).await?;
        let scene = PracticeScene {
            id: practice,
            practice: profile.as_ref(),
            // The record is what the call is about; it is handed over by itself.
            decided: None,
            policy: &self.policy,
            keys: &self.keys,
            entropy: self.entropy.as_ref(),
            now,
            actor,
        };
        let own = RecordKey::Practice(practice.clone());
        for _ in 0..MAX_CONFLICTS {
            let mut all = Vec::from([own.clone()]);
            all.extend_from_slice(keys);
            let rows = self.rows(all).await?;
            let record = rows.read(&own, PracticeRecord::decode)?;
            let step = decide(&scene, record, &rows)?;
            if step.entries.is_empty() {
                return Ok(step.answer);
            }
            let mut writes = Vec::from([rows.write(own.clone(), &Record::Practice(step.practice))?]);
            for (key, record) in step.others {
                writes.push(rows.write(key, &record)?);
            }
            match self.store.commit(&Change::new(writes, step.entries)).await? {
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
        let scene = self.scene(subject, &Actor::Library, &facts, loaded.decided.as_ref());
        Ok(see(&scene, loaded.subject, &loaded.destinations)?)
    }

    pub(super) fn scene<'a>(
        &'a self,
        subject: &'a Subject,
        actor: &'a Actor,
        facts: &'a Facts,
        decided: Option<&'a PracticeRecord>,
    ) -> Scene<'a> {
        Scene {
            subject,
            person: facts.person.as_ref(),
            practice: facts.practice.as_ref(),
            decided,
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

    /// The subject, its practice and all its destinations, in one round trip.
    pub(super) async fn load(&self, subject: &Subject, person: Option<&Person>) -> Result<Loaded, Error> {
        let own = RecordKey::Subject(subject.clone());
        let practice = RecordKey::Practice(subject.practice().clone());
        let mut keys = Vec::from([own.clone(), practice.clone()]);
        let mut channels = Vec::new();
        for channel in Channel::ALL {
            if let Some(destination) = person.and_then(|person| person.destination_by(channel)) {
                let own = DestinationState::keys(&self.keys, subject.practice(), destination);
                keys.extend(own.iter().cloned());
                channels.push((channel, own));
            }
        }
        let rows = self.rows(keys).await?;
        let mut destinations = Vec::with_capacity(channels.len());
        for (channel, keys) in channels {
            destinations.push(destination_state(&rows, channel, keys)?);
        }
        Ok(Loaded {
            subject: rows.read(&own, SubjectRecord::decode)?,
            decided: rows.read(&practice, PracticeRecord::decode)?,
            destinations,
            rows,
        })
    }

    pub(super) async fn rows(&self, keys: Vec<RecordKey>) -> Result<Rows, Error> {
        let found = self.store.load(&keys).await?;
        Ok(Rows(keys.into_iter().zip(found).collect()))
    }
}

pub(super) fn destination_state(
    rows: &Rows,
    channel: Channel,
    keys: Vec<RecordKey>,
) -> Result<DestinationState, RecordError> {
    let mut records = Vec::with_capacity(keys.len());
    for key in keys {
        let record = rows.read(&key, DestinationRecord::decode)?;
        records.push((key, record.unwrap_or_default()));
    }
    Ok(DestinationState::new(channel, records))
}
