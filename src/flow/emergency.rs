//! Break-glass: getting in without a second factor, for one subject and one purpose, where a patient cannot wait.

use super::request::FirstFactor;
use super::staff::MAX_NOTE;
use super::work::Work;
use super::{FlowError, Pass, Refusal, Scene, Step, Why};
use crate::audit::{Event, Reason, printable};
use crate::ids::EmergencyId;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::record::{EmergencyRecord, SubjectRecord};
use crate::time::Timestamp;

/// How long a request waits for its approval, and an approval for its use.
const PATIENCE: core::time::Duration = core::time::Duration::from_secs(15 * 60);

/// How many emergency passes one subject gets within a day: an emergency at every shift is none.
const MOST_A_DAY: usize = 3;

const DAY: core::time::Duration = core::time::Duration::from_secs(24 * 3600);

/// How a request for an emergency pass ended.
#[derive(Debug)]
#[must_use]
pub enum Emergency {
    /// Go on, until the instant that [`Why::Emergency`] names; then end the session.
    Pass(Pass),
    /// Somebody else must approve it first; then ask again.
    AwaitsApproval {
        /// Names the request, for whoever approves.
        id: EmergencyId,
        /// Until when it can be approved.
        expires_at: Timestamp,
    },
    /// Not that way.
    Refused(Refusal),
}

/// Asks for an emergency pass, for the reason `why`.
///
/// It is refused unless the policy names one of the subject's roles in `break_glass_roles`, the first factor is fresh
/// and there is a reason; where the policy asks for approval, another person must give it first. The pass is short, opens
/// this purpose alone, makes no device remembered, proves nothing for changing factors, and is told to the person
/// and in the audit trail.
///
/// # Errors
/// [`FlowError`]; nothing has changed, and the caller denies.
pub fn break_glass(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    purpose: &Purpose,
    first_factor: FirstFactor,
    why: &str,
) -> Result<Step<Emergency>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.effective(purpose);
    let why = printable(why, MAX_NOTE);
    let answer = match work.may_break_glass(&effective, purpose, first_factor, &why) {
        Err(reason) => {
            work.tell_emergency(Event::EmergencyRefused, purpose, &why)?
                .reason = Some(reason);
            Emergency::Refused(Refusal::new(reason))
        }
        Ok(()) if effective.break_glass_approval() && !work.is_approved(purpose) => {
            work.ask_approval(purpose, &why)?
        }
        Ok(()) => Emergency::Pass(work.emergency_pass(&effective, purpose, &why)?),
    };
    Ok(work.close(answer))
}

/// Approves the emergency that a subject has asked for. The actor of the scene approves and must be somebody
/// else; `permitted` is the directory's word on whether they may.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn approve_emergency(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    id: EmergencyId,
    permitted: bool,
) -> Result<Step<Result<(), Refusal>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let now = work.now;
    let is_self = scene.actor.is_person(scene.subject.id());
    let waiting = work.record.emergency.as_mut();
    let waiting = waiting.filter(|emergency| emergency.id == id && now < emergency.expires_at);
    let answer = match waiting {
        _ if !permitted || is_self => Err(Reason::NotPermitted),
        None => Err(Reason::NotFound),
        Some(emergency) => {
            emergency.approved_by = Some(scene.actor.clone());
            emergency.expires_at = now.saturating_add(PATIENCE);
            Ok(emergency.purpose.clone())
        }
    };
    let entry = work.tell(Event::EmergencyApproved)?;
    let answer = match answer {
        Ok(purpose) => {
            entry.purpose = Some(purpose);
            Ok(())
        }
        Err(reason) => {
            entry.reason = Some(reason);
            Err(Refusal::new(reason))
        }
    };
    Ok(work.close(answer))
}

impl Work<'_> {
    fn may_break_glass(
        &self,
        effective: &Effective,
        purpose: &Purpose,
        first_factor: FirstFactor,
        why: &str,
    ) -> Result<(), Reason> {
        let Some(person) = self.scene.person.filter(|_| self.scene.practice.is_some()) else {
            return Err(Reason::UnknownSubject);
        };
        let from = self.now.saturating_sub(DAY);
        let today = self.record.emergencies.iter().filter(|at| **at > from).count();
        let checks = [
            (self.record.offboarded, Reason::Offboarded),
            (
                !first_factor.is_fresh(self.now, effective.first_factor_age().get()),
                Reason::FirstFactorStale,
            ),
            (
                !person
                    .roles()
                    .iter()
                    .any(|role| effective.break_glass_roles().contains(role))
                    || purpose.name() == Purpose::MANAGE_AUTHENTICATORS,
                Reason::NotAllowed,
            ),
            (why.trim().is_empty(), Reason::ReasonMissing),
            // Somebody is guessing: only a second person can tell an emergency from an attack.
            (
                self.record.failures.locked_at.is_some()
                    && !self.is_approved(purpose)
                    && !effective.break_glass_approval(),
                Reason::Locked,
            ),
            (today >= MOST_A_DAY, Reason::Throttled),
        ];
        match checks.into_iter().find(|(fails, _)| *fails) {
            Some((_, reason)) => Err(reason),
            None => Ok(()),
        }
    }

    fn is_approved(&self, purpose: &Purpose) -> bool {
        self.record.emergency.as_ref().is_some_and(|emergency| {
            emergency.approved_by.is_some()
                && emergency.purpose == *purpose
                && emergency.epoch == self.record.epoch
                && self.now < emergency.expires_at
        })
    }

    /// The request that waits already, or a new one.
    fn ask_approval(&mut self, purpose: &Purpose, why: &str) -> Result<Emergency, FlowError> {
        let (epoch, now) = (self.record.epoch, self.now);
        let waits = |emergency: &&EmergencyRecord| {
            emergency.purpose == *purpose && emergency.epoch == epoch && now < emergency.expires_at
        };
        let (id, expires_at) = match self.record.emergency.as_ref().filter(waits) {
            Some(emergency) => (emergency.id, emergency.expires_at),
            None => (
                EmergencyId::draw(self.scene.entropy)?,
                now.saturating_add(PATIENCE),
            ),
        };
        self.record.emergency = Some(EmergencyRecord {
            id,
            purpose: purpose.clone(),
            requested_at: now,
            expires_at,
            approved_by: None,
            epoch,
        });
        self.tell_emergency(Event::EmergencyRequested, purpose, why)?
            .until = Some(expires_at);
        Ok(Emergency::AwaitsApproval { id, expires_at })
    }

    fn emergency_pass(
        &mut self,
        effective: &Effective,
        purpose: &Purpose,
        why: &str,
    ) -> Result<Pass, FlowError> {
        let until = self.now.saturating_add(effective.break_glass_duration().get());
        let approved_by = self
            .record
            .emergency
            .take()
            .and_then(|emergency| emergency.approved_by);
        let from = self.now.saturating_sub(DAY);
        self.record.emergencies.retain(|at| *at > from);
        self.record.emergencies.push(self.now);
        let entry = self.tell_emergency(Event::EmergencyPass, purpose, why)?;
        entry.until = Some(until);
        entry.authoriser = approved_by;
        Ok(self.pass(purpose, Why::Emergency { until }))
    }

    fn tell_emergency(
        &mut self,
        event: Event,
        purpose: &Purpose,
        why: &str,
    ) -> Result<&mut crate::audit::Entry, FlowError> {
        let entry = self.tell(event)?;
        entry.purpose = Some(purpose.clone());
        entry.note = Some(why.into());
        Ok(entry)
    }
}
