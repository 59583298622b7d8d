//! Access codes: opened, revealed and ended by staff, redeemed by whoever knocks.

use alloc::vec::Vec;

use super::drive::{MAX_CONFLICTS, Rows};
use super::{Error, ErrorKind, Verifier};
use crate::audit::{Actor, Reason};
use crate::delivery::Delivery;
use crate::directory::{Directory, Practice};
use crate::flow::access::{
    self, AccessAttempt, AccessCodeDraft, AccessDecision, Appointment, Found, Known, Lookup, Redemption,
    Revealed, StoredObject, Window,
};
use crate::flow::{FlowError, Managed, PracticeScene, Rejection};
use crate::ids::{PracticeId, Subject, SubjectId};
use crate::purpose::Purpose;
use crate::record::{
    AccessCodeRecord, MissesRecord, ObjectRecord, PracticeRecord, Record, RecordError, RecordKey,
    SourcesRecord, SubjectRecord,
};
use crate::store::{Change, Commit, Store};
use crate::time::Timestamp;

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Opens an appointment to access codes, or adds the participants that are new; [`access::open_access`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it is open. Say it again.
    pub async fn open_access(
        &self,
        practice: &PracticeId,
        appointment: &Appointment,
        actor: &Actor,
    ) -> Result<Managed<Window>, Error> {
        self.drive_object(practice, appointment.purpose(), None, actor, |scene, stored| {
            access::open_access(scene, stored.object, appointment)
        })
        .await
    }

    /// Shows a participant's access code to the member of staff who reads it out, and whom to ring;
    /// [`access::reveal_access_code`]. By default a code that was read out before stops working.
    ///
    /// # Security
    /// Whether this actor may see it is decided before the call. Show it to nobody else, and keep it nowhere.
    ///
    /// # Errors
    /// [`Error`]: nothing was shown, and it is not known whether the code before still works. Reveal another.
    pub async fn reveal_access_code(
        &self,
        subject: &Subject,
        purpose: &Purpose,
        actor: &Actor,
    ) -> Result<Managed<Revealed>, Error> {
        let (now, practice) = self.facts_of(subject.practice()).await?;
        let person = self.directory.person(subject).await?;
        for _ in 0..MAX_CONFLICTS {
            let (mut rows, stored) = self
                .stored_object(subject.practice(), purpose, Some(subject.id()))
                .await?;
            let decided = decided(&rows, subject.practice())?;
            let scene = PracticeScene {
                decided: decided.as_ref(),
                ..self.practice_scene(subject.practice(), practice.as_ref(), actor, now)
            };
            let draft = AccessCodeDraft::draw(&scene, purpose)?;
            let places = self.rows(draft.keys().to_vec()).await?;
            if !places.is_empty() {
                // Somebody has these digits. It happens once in some ten thousand draws.
                continue;
            }
            rows.extend(places);
            let step = access::reveal_access_code(&scene, subject, purpose, person.as_ref(), stored, draft)?;
            if let Some(answer) = self.keep(rows, step).await? {
                return Ok(answer);
            }
        }
        Err(Error::new(ErrorKind::Contention))
    }

    /// Cancels an appointment: all its access codes are void at once; [`access::cancel_object`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether they are void. Say it again.
    pub async fn cancel_object(
        &self,
        practice: &PracticeId,
        purpose: &Purpose,
        actor: &Actor,
    ) -> Result<Managed<usize>, Error> {
        self.drive_object(practice, purpose, None, actor, |scene, stored| {
            access::cancel_object(scene, purpose, stored)
        })
        .await
    }

    /// Removes one participant: their access code is void at once; [`access::remove_participant`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it is void. Say it again; `not_found` then means that it is.
    pub async fn remove_participant(
        &self,
        subject: &Subject,
        purpose: &Purpose,
        actor: &Actor,
    ) -> Result<Managed<()>, Error> {
        let of = Some(subject.id());
        self.drive_object(subject.practice(), purpose, of, actor, |scene, stored| {
            access::remove_participant(scene, purpose, subject.id(), stored)
        })
        .await
    }

    /// Moves an appointment: its access codes stay and work at the new time only; [`access::reschedule`].
    ///
    /// # Errors
    /// [`Error`]: it is not known which time holds. Say it again.
    pub async fn reschedule(
        &self,
        practice: &PracticeId,
        purpose: &Purpose,
        start: Timestamp,
        end: Timestamp,
        actor: &Actor,
    ) -> Result<Managed<Window>, Error> {
        self.drive_object(practice, purpose, None, actor, |scene, stored| {
            access::reschedule(scene, purpose, start, end, stored)
        })
        .await
    }

    /// Judges an access code that somebody nobody knows has typed; [`access::redeem`]. Two loads and one commit,
    /// whatever is wrong with a code; for one that works, the directory is asked for the person as well.
    ///
    /// # Errors
    /// [`Error`]: no answer was reached; let nobody in.
    pub async fn redeem(&self, attempt: &AccessAttempt) -> Result<Redemption, Error> {
        let Ok(lookup) = attempt.lookup(&self.keys) else {
            return Ok(Redemption::Rejected(Rejection::new(Reason::Malformed)));
        };
        let (now, practice) = self.facts_of(&attempt.practice).await?;
        for _ in 0..MAX_CONFLICTS {
            let (mut rows, found) = self.found(&attempt.practice, &lookup).await?;
            let decided = decided(&rows, &attempt.practice)?;
            let scene = PracticeScene {
                decided: decided.as_ref(),
                ..self.practice_scene(&attempt.practice, practice.as_ref(), &Actor::Subject, now)
            };
            // Asked for whatever was typed: who watches the time learns nothing of a code that no longer opens.
            let key = RecordKey::Subject(found.owner(&attempt.practice)?);
            rows.extend(self.rows(Vec::from([key.clone()])).await?);
            let known = match access::find_owner(&scene, attempt, &lookup, &found)? {
                Some(owner) => {
                    let person = self.directory.person(&owner).await?;
                    Some(Known::new(person, rows.read(&key, SubjectRecord::decode)?))
                }
                None => None,
            };
            let step = access::redeem(&scene, attempt, &lookup, &found, known.as_ref())?;
            if let Some(answer) = self.keep(rows, step).await? {
                return Ok(answer);
            }
        }
        Err(Error::new(ErrorKind::Contention))
    }

    async fn drive_object<T>(
        &self,
        practice: &PracticeId,
        purpose: &Purpose,
        of: Option<&SubjectId>,
        actor: &Actor,
        decide: impl Fn(&PracticeScene<'_>, StoredObject) -> Result<AccessDecision<T>, FlowError>,
    ) -> Result<T, Error> {
        let (now, profile) = self.facts_of(practice).await?;
        for _ in 0..MAX_CONFLICTS {
            let (rows, stored) = self.stored_object(practice, purpose, of).await?;
            let decided = decided(&rows, practice)?;
            let scene = PracticeScene {
                decided: decided.as_ref(),
                ..self.practice_scene(practice, profile.as_ref(), actor, now)
            };
            if let Some(answer) = self.keep(rows, decide(&scene, stored)?).await? {
                return Ok(answer);
            }
        }
        Err(Error::new(ErrorKind::Contention))
    }

    /// Ties the entries to their chains and commits; `None` when somebody else was faster.
    async fn keep<T>(&self, mut rows: Rows, decision: AccessDecision<T>) -> Result<Option<T>, Error> {
        let heads = decision.heads();
        let unknown = heads
            .iter()
            .filter(|key| !rows.has(key))
            .cloned()
            .collect::<Vec<_>>();
        if !unknown.is_empty() {
            rows.extend(self.rows(unknown).await?);
        }
        let mut stored = Vec::with_capacity(heads.len());
        for key in heads {
            let record = match &key {
                RecordKey::Practice(_) => rows.read(&key, PracticeRecord::decode)?.map(Record::Practice),
                _ => rows.read(&key, SubjectRecord::decode)?.map(Record::Subject),
            };
            stored.extend(record.map(|record| (key, record)));
        }
        let step = decision.linked(&self.keys, stored);
        if step.entries.is_empty() {
            return Ok(Some(step.answer));
        }
        let mut writes = Vec::with_capacity(step.records.len());
        for (key, record) in step.records {
            writes.push(rows.write(key, &record)?);
        }
        match self.store.commit(&Change::new(writes, step.entries)).await? {
            Commit::Committed => Ok(Some(step.answer)),
            Commit::Conflict => Ok(None),
        }
    }

    async fn facts_of(&self, practice: &PracticeId) -> Result<(Timestamp, Option<Practice>), Error> {
        let now = self.clock.now()?;
        Ok((now, self.directory.practice(practice).await?))
    }

    fn practice_scene<'a>(
        &'a self,
        id: &'a PracticeId,
        practice: Option<&'a Practice>,
        actor: &'a Actor,
        now: Timestamp,
    ) -> PracticeScene<'a> {
        PracticeScene {
            id,
            practice,
            decided: None,
            policy: &self.policy,
            keys: &self.keys,
            entropy: self.entropy.as_ref(),
            now,
            actor,
        }
    }

    /// The appointment, then the codes it names: of one participant, or of all.
    async fn stored_object(
        &self,
        practice: &PracticeId,
        purpose: &Purpose,
        of: Option<&SubjectId>,
    ) -> Result<(Rows, StoredObject), Error> {
        let key = StoredObject::key(practice, purpose);
        let own = RecordKey::Practice(practice.clone());
        let mut rows = self.rows(Vec::from([key.clone(), own])).await?;
        let object = rows.read(&key, ObjectRecord::decode)?;
        let keys = object
            .as_ref()
            .map(|object| object.code_keys(practice, of))
            .unwrap_or_default();
        let mut codes = Vec::with_capacity(keys.len());
        if !keys.is_empty() {
            let found = self.rows(keys.clone()).await?;
            for key in &keys {
                codes.extend(found.read(key, AccessCodeRecord::decode)?);
            }
            rows.extend(found);
        }
        Ok((rows, StoredObject::new(object, codes)))
    }

    async fn found(&self, practice: &PracticeId, lookup: &Lookup) -> Result<(Rows, Found), Error> {
        let codes = lookup.codes().iter();
        let all = codes.chain(lookup.sources()).chain(lookup.misses()).cloned();
        let own = core::iter::once(RecordKey::Practice(practice.clone()));
        let rows = self.rows(all.chain(own).collect()).await?;
        let found = Found::new(
            read_all(&rows, lookup.codes().iter(), AccessCodeRecord::decode)?,
            read_all(&rows, lookup.sources(), SourcesRecord::decode)?,
            read_all(&rows, lookup.misses().iter(), MissesRecord::decode)?,
        );
        Ok((rows, found))
    }
}

/// What the practice decided for itself.
fn decided(rows: &Rows, practice: &PracticeId) -> Result<Option<PracticeRecord>, RecordError> {
    rows.read(&RecordKey::Practice(practice.clone()), PracticeRecord::decode)
}

fn read_all<'a, T>(
    rows: &Rows,
    keys: impl Iterator<Item = &'a RecordKey>,
    decode: impl Fn(&[u8]) -> Result<T, RecordError>,
) -> Result<Vec<Option<T>>, RecordError> {
    keys.map(|key| rows.read(key, &decode)).collect()
}
