//! What the host tells, and what staff ask and do.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::drive::{Facts, destination_state};
use super::{Error, Verifier};
use crate::audit::{Actor, EntryPage, EntryQuery};
use crate::contact::Destination;
use crate::delivery::{Delivery, Report};
use crate::directory::Directory;
use crate::flow::{
    self, Communication, Consent, ContactVersion, DestinationState, Foresight, Offer, Problem, Readiness,
    Scene, Signal,
};
use crate::ids::{DeliveryId, PracticeId, Subject, SubjectId};
use crate::policy::Explanation;
use crate::purpose::Purpose;
use crate::store::Store;
use crate::time::Timestamp;

/// The largest page of [`Verifier::practice_readiness`].
const MAX_PEOPLE: usize = 500;

/// What would be asked of a subject, and why: for staff, without any effect.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Requirements {
    /// Each rule in force, its value and the layer that decided it.
    pub explanation: Explanation,
    /// The methods that would be offered, with masked destinations.
    pub methods: Vec<Offer>,
}

/// One page of a practice's people who could not get in without help, and the counts over that page.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PracticeReadiness {
    /// How many people were looked at.
    pub people: usize,
    /// How many of them are ready.
    pub ready: usize,
    /// How many have each problem.
    pub problems: BTreeMap<Problem, usize>,
    /// Those who are not ready, in the directory's order.
    pub not_ready: Vec<Readiness>,
    /// Where to go on; `None` when this was the last page.
    pub next: Option<SubjectId>,
}

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Takes note of something that happened to a subject; [`Signal`] says what follows.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was noted. Say it again.
    pub async fn signal(&self, subject: &Subject, signal: Signal<'_>, actor: &Actor) -> Result<(), Error> {
        self.drive(subject, actor, |scene, record, _| {
            flow::signal(scene, record, signal)
        })
        .await
    }

    /// Lifts every lock of a subject; [`flow::unlock`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the locks are lifted.
    pub async fn unlock(&self, subject: &Subject, actor: &Actor, why: &str) -> Result<(), Error> {
        self.drive(subject, actor, |scene, record, _| {
            flow::unlock(scene, record, why)
        })
        .await
    }

    /// Removes all authenticators and recovery codes of a subject; [`flow::reset_authenticators`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether they are gone.
    pub async fn reset_authenticators(
        &self,
        subject: &Subject,
        actor: &Actor,
        why: &str,
    ) -> Result<(), Error> {
        self.drive(subject, actor, |scene, record, _| {
            flow::reset_authenticators(scene, record, why)
        })
        .await
    }

    /// Notes that the host has dealt with the subject's first use of a required second factor.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was noted.
    pub async fn acknowledge_first_use(&self, subject: &Subject, actor: &Actor) -> Result<(), Error> {
        self.drive(subject, actor, |scene, record, _| {
            flow::acknowledge_first_use(scene, record)
        })
        .await
    }

    /// What would be asked of a subject now, which rule says so, and where a code would go. Nothing changes.
    ///
    /// # Errors
    /// [`Error`]: the answer is not known.
    pub async fn explain(&self, subject: &Subject, purpose: &Purpose) -> Result<Requirements, Error> {
        self.look(subject, |scene, record, destinations| {
            flow::explain(scene, record, destinations, purpose)
                .map(|(explanation, methods)| Requirements { explanation, methods })
        })
        .await
    }

    /// Whether a second factor will be asked of a subject at the instant `at`, and how: for a note in a reminder
    /// (row W18). Nothing changes and no code is made.
    ///
    /// # Errors
    /// [`Error`]: the answer is not known.
    pub async fn will_require(
        &self,
        subject: &Subject,
        purpose: &Purpose,
        at: Timestamp,
    ) -> Result<Foresight, Error> {
        self.look(subject, |scene, record, destinations| {
            let ahead = Scene {
                now: at.max(scene.now),
                ..scene.clone()
            };
            flow::will_require(&ahead, record, destinations, purpose)
        })
        .await
    }

    /// The version of the contacts that are on file for a subject, for a link to carry; [`ContactVersion`].
    ///
    /// # Errors
    /// [`Error`]: the version is not known.
    pub async fn contact_version(&self, subject: &Subject) -> Result<ContactVersion, Error> {
        let person = self.directory.person(subject).await?;
        let person = person.filter(|person| person.subject() == subject);
        Ok(ContactVersion::of(&self.keys, subject, person.as_ref()))
    }

    /// Whether one subject could get `purpose` opened. Nothing changes.
    ///
    /// # Errors
    /// [`Error`]: the answer is not known.
    pub async fn readiness(&self, subject: &Subject, purpose: &Purpose) -> Result<Readiness, Error> {
        self.look(subject, |scene, record, destinations| {
            flow::readiness(scene, record, destinations, purpose)
        })
        .await
    }

    /// The people of a practice who could not get `purpose` opened, page by page: at most `limit` people (up to
    /// 500) are looked at, those after `after`.
    ///
    /// # Errors
    /// [`Error`]: the answer is not known.
    pub async fn practice_readiness(
        &self,
        practice: &PracticeId,
        purpose: &Purpose,
        after: Option<&SubjectId>,
        limit: usize,
    ) -> Result<PracticeReadiness, Error> {
        let limit = limit.clamp(1, MAX_PEOPLE);
        let now = self.clock.now()?;
        let profile = self.directory.practice(practice).await?;
        let people = self.directory.people(practice, after, limit).await?;
        let mut page = PracticeReadiness::default();
        for person in &people {
            let loaded = self.load(person.subject(), Some(person)).await?;
            let facts = Facts {
                now,
                person: Some(person.clone()),
                practice: profile.clone(),
            };
            let scene = self.scene(person.subject(), &Actor::Library, &facts, loaded.decided.as_ref());
            let readiness = flow::readiness(&scene, loaded.subject, &loaded.destinations, purpose)?;
            page.people = page.people.saturating_add(1);
            if readiness.is_ready() {
                page.ready = page.ready.saturating_add(1);
                continue;
            }
            for problem in &readiness.problems {
                let count = page.problems.entry(problem.clone()).or_default();
                *count = count.saturating_add(1);
            }
            page.not_ready.push(readiness);
        }
        if people.len() >= limit {
            page.next = people.last().map(|person| person.subject().id().clone());
        }
        Ok(page)
    }

    /// The audit trail, page by page.
    ///
    /// # Errors
    /// [`Error`]: the entries are not known.
    pub async fn history(&self, query: &EntryQuery) -> Result<EntryPage, Error> {
        Ok(self.store.entries(query).await?)
    }

    /// The newest messages of a subject and what became of them.
    ///
    /// # Errors
    /// [`Error`]: the list is not known.
    pub async fn communications(&self, subject: &Subject) -> Result<Vec<Communication>, Error> {
        self.look(subject, |_, record, _| {
            Ok(flow::communications(&record.unwrap_or_default()))
        })
        .await
    }

    /// Notes what a carrier says of a message, from a callback the host has authenticated;
    /// [`flow::note_delivery`]. The answer says whether it was news.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was noted.
    pub async fn note_delivery(
        &self,
        subject: &Subject,
        delivery: DeliveryId,
        report: &Report,
    ) -> Result<bool, Error> {
        let actor = Actor::host("delivery report");
        self.drive(subject, &actor, |scene, record, destinations| {
            flow::note_delivery(scene, record, destinations, delivery, report)
        })
        .await
    }

    /// Notes that the owner of a destination wants no messages, or wants them again: a `STOP` or `START` that
    /// the host received and authenticated. Nothing is ever sent because of it.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was noted.
    pub async fn set_consent(
        &self,
        practice: &PracticeId,
        destination: &Destination,
        consent: Consent,
        actor: &Actor,
    ) -> Result<(), Error> {
        let keys = DestinationState::keys(&self.keys, practice, destination);
        self.drive_practice(practice, actor, &keys, |scene, record, rows| {
            let state = destination_state(rows, destination.channel(), keys.clone())?;
            Ok(flow::set_consent(scene, record, destination, state, consent)?)
        })
        .await
    }

    /// Drops at most `limit` records that nobody needs any more, and says how many. Audit entries stay.
    ///
    /// # Errors
    /// [`Error`]: what was dropped until then stays dropped.
    pub async fn purge(&self, limit: usize) -> Result<usize, Error> {
        Ok(self.store.purge(self.clock.now()?, limit).await?)
    }
}
