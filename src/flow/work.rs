//! The record in hand, the entries so far, and the one `now` of a call.

use alloc::vec::Vec;
use core::time::Duration;

use super::{FlowError, Scene, Step};
use crate::audit::{self, Chain, Entry, Event, Reason};
use crate::ids::EntryId;
use crate::policy::{Effective, EnrolmentGrace, Population, Situation, resolve};
use crate::purpose::Purpose;
use crate::record::{ChallengeState, SubjectRecord};
use crate::time::Timestamp;

/// How far a clock may be behind the record: servers are seconds apart, clocks are set by seconds. Within it
/// time stands still until the clock has caught up, so nothing revives.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(120);

/// How long a finished or expired challenge is still known, so that a late answer is told what happened.
const CHALLENGE_MEMORY: Duration = Duration::from_secs(3600);

/// The instant of a call on a record that was last written at `latest`.
pub(super) fn instant(latest: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, FlowError> {
    if is_ahead(latest, now) {
        Err(FlowError::ClockBehind)
    } else {
        Ok(latest.map_or(now, |latest| latest.max(now)))
    }
}

fn is_ahead(latest: Option<Timestamp>, now: Timestamp) -> bool {
    latest.is_some_and(|latest| latest > now.saturating_add(CLOCK_TOLERANCE))
}

pub(super) struct Work<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) record: SubjectRecord,
    pub(super) entries: Vec<Entry>,
    pub(super) comparisons: usize,
    /// The instant of the call, never before the record's own.
    pub(super) now: Timestamp,
}

impl<'a> Work<'a> {
    pub(super) fn open(scene: &'a Scene<'a>, record: Option<SubjectRecord>) -> Result<Self, FlowError> {
        let record = record.unwrap_or_default();
        let now = instant(record.latest, scene.now)?;
        Ok(Self::at(scene, record, now))
    }

    /// Opens the record although the clock is behind it: for staff who put that right. What was granted while
    /// the clock was ahead would last far too long by the right one, so all of it ends.
    pub(super) fn open_at_any_time(scene: &'a Scene<'a>, record: Option<SubjectRecord>) -> Self {
        let mut record = record.unwrap_or_default();
        let is_ahead = is_ahead(record.latest, scene.now);
        if is_ahead {
            // A grace that was over by then stays over.
            if record.grace_until <= record.latest && record.grace_until.is_some() {
                record.grace_until = Some(Timestamp::MIN);
            }
            record.latest = None;
        }
        let now = record.latest.map_or(scene.now, |latest| latest.max(scene.now));
        let mut work = Self::at(scene, record, now);
        if is_ahead {
            let now = work.now;
            work.bump_epoch();
            work.record.challenges.clear();
            work.record.devices.clear();
            work.record.grants.clear();
            work.record.sends.retain(|sent| *sent <= now);
            let longest = now.saturating_add(EnrolmentGrace::MAX.get());
            work.record.grace_until = work.record.grace_until.map(|until| until.min(longest));
        }
        work
    }

    fn at(scene: &'a Scene<'a>, mut record: SubjectRecord, now: Timestamp) -> Self {
        record.latest = Some(now);
        record
            .challenges
            .retain(|challenge| now < challenge.expires_at.saturating_add(CHALLENGE_MEMORY));
        record.pending = record.pending.filter(|pending| now < pending.expires_at);
        record.bypass = record.bypass.filter(|bypass| now < bypass.expires_at);
        let epoch = record.epoch;
        record
            .grants
            .retain(|grant| grant.epoch == epoch && now < grant.ends_at);
        for device in &mut record.devices {
            device
                .trust
                .retain(|trust| trust.epoch == epoch && now < trust.ends_at);
        }
        Self {
            scene,
            record,
            entries: Vec::new(),
            comparisons: 0,
            now,
        }
    }

    /// Adds an entry about the subject and gives it to be filled in.
    pub(super) fn tell(&mut self, event: Event) -> Result<&mut Entry, FlowError> {
        let id = EntryId::draw(self.scene.entropy)?;
        let mut entry = Entry::about(id, self.now, self.scene.subject, event);
        entry.actor = self.scene.actor.clone();
        self.entries.push(entry);
        // The entry just pushed is there; the error is for the compiler, not for anyone's eyes.
        self.entries.last_mut().ok_or(FlowError::Entropy)
    }

    pub(super) fn tell_why(&mut self, event: Event, reason: Reason) -> Result<&mut Entry, FlowError> {
        let entry = self.tell(event)?;
        entry.reason = Some(reason);
        Ok(entry)
    }

    /// What the policy says for this subject and purpose now. For somebody the directory does not know the
    /// rules of a guest without roles hold, so that refusing costs the same work.
    pub(super) fn effective(&self, purpose: &Purpose) -> Effective {
        let site = self.scene.person.and_then(|person| person.at_site());
        let population = self
            .scene
            .person
            .map_or(Population::Guest, |person| person.population());
        let mut situation = Situation::new(self.scene.subject, population, purpose, self.now);
        situation.roles = self.scene.person.map_or(&[], |person| person.roles());
        situation.site = site;
        if let Some(practice) = self.scene.practice {
            situation.facts = practice.known_facts();
            situation.zone = practice.zone_at(site);
        }
        if let Some(decided) = self.scene.decided {
            situation = situation.decided(
                &decided.layers,
                &decided.waivers,
                decided.latest.unwrap_or(Timestamp::MIN),
            );
        }
        resolve(self.scene.policy, &situation)
    }

    /// Ends all that was granted so far: trust, and every challenge that is still open.
    pub(super) fn bump_epoch(&mut self) {
        self.record.epoch = self.record.epoch.saturating_add(1);
        self.kill_challenges();
        self.record.pending = None;
        self.record.bypass = None;
        self.record.emergency = None;
    }

    pub(super) fn kill_challenges(&mut self) {
        for challenge in &mut self.record.challenges {
            if challenge.state.is_open() {
                challenge.state = ChallengeState::Dead;
            }
        }
    }

    /// The step, with every entry tied to the one before it. The only place that does so for a subject: nothing
    /// may touch an entry afterwards.
    pub(super) fn close<T>(mut self, answer: T) -> Step<T> {
        // The history of one appointment holds what became of its messages too.
        for entry in self.entries.iter_mut().filter(|entry| entry.purpose.is_none()) {
            let about = entry.challenge;
            let known = self
                .record
                .challenges
                .iter()
                .find(|known| Some(known.id) == about);
            entry.purpose = known.map(|challenge| challenge.purpose.clone());
        }
        let notices = self.notices();
        let chain = Chain::from(self.scene.subject);
        audit::append(self.scene.keys, &chain, &mut self.record.chain, &mut self.entries);
        Step {
            notices,
            subject: self.record,
            others: Vec::new(),
            entries: self.entries,
            comparisons: self.comparisons,
            answer,
        }
    }
}
