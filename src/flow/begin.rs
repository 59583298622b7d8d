//! Somebody with a first factor wants something opened.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::devices::Recognised;
use super::work::Work;
use super::{
    Begin, Challenge, DestinationState, EnrolFirst, FlowError, Offer, Pass, Refusal, Ruling, Scene, Step,
    Ticket, Why,
};
use crate::audit::{Event, Reason};
use crate::contact::Channel;
use crate::ids::ChallengeId;
use crate::keys::{Message, Use};
use crate::message::Text;
use crate::method::Method;
use crate::policy::{Effective, Population, Requirement};
use crate::purpose::Purpose;
use crate::record::{ChallengeRecord, ChallengeState, FirstUse, SubjectRecord};
use crate::time::Timestamp;

/// How many challenges of one subject are remembered; the oldest go first.
const MAX_CHALLENGES: usize = 8;

/// Rules whether anything is asked for, and what.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`]; the caller denies.
pub fn begin(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    request: &Begin,
) -> Result<Step<Ruling>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let ruling = work.rule(destinations, request)?;
    Ok(work.close(ruling))
}

impl Work<'_> {
    pub(super) fn rule(
        &mut self,
        destinations: &[DestinationState],
        request: &Begin,
    ) -> Result<Ruling, FlowError> {
        let purpose = &request.purpose;
        let effective = self.effective(purpose);
        if self.scene.person.is_none() || self.scene.practice.is_none() {
            return self.blocked(purpose, Reason::UnknownSubject, None);
        }
        if self.record.offboarded {
            return self.blocked(purpose, Reason::Offboarded, None);
        }
        if !request
            .first_factor
            .is_fresh(self.now, effective.first_factor_age().get())
        {
            return self.blocked(purpose, Reason::FirstFactorStale, None);
        }

        let arrival = self.arrival(&effective, request);
        let by_link = request.link.is_some() || request.contacts.is_some();
        let device = self.recognise(request.device.as_deref().map(String::as_str))?;
        if let Err(reason) = self.is_asked(&effective, purpose) {
            return self.not_required(purpose, &effective, reason).map(Ruling::Pass);
        }
        if by_link && arrival.is_stale {
            return self.blocked(purpose, Reason::StaleContact, None);
        }
        if let Some(waiver) = effective.overridden_waiver() {
            let entry = self.tell(Event::WaiverOverridden)?;
            entry.purpose = Some(purpose.clone());
            entry.note = Some(alloc::format!("waiver:{waiver}"));
            entry.decided_by = Some(decided_by(&effective));
        }
        let is_required = effective.requirement() == Requirement::Required;
        if is_required && self.record.first_use == FirstUse::Ahead {
            self.record.first_use = FirstUse::Shown;
        }
        if let Some(pass) = self.accepted(&effective, purpose, request.assertion)? {
            return Ok(Ruling::Pass(pass));
        }
        if let Some(pass) = self.trusted(&effective, purpose, device, request.shared_device)? {
            return Ok(Ruling::Pass(pass));
        }
        if let Some(pass) = self.granted(&effective, purpose, device, request.shared_device)? {
            return Ok(Ruling::Pass(pass));
        }
        if self.record.failures.locked_at.is_some() {
            return self.blocked(purpose, Reason::Locked, None);
        }
        if let Some(until) = self.throttled_until(&effective) {
            return self.blocked(purpose, Reason::Throttled, Some(until));
        }

        let offers = self.offers(&effective, purpose, destinations, arrival);
        let methods: Vec<Method> = offers.iter().map(|offer| offer.method).collect();
        self.tell_doubts(&effective, &methods, arrival)?;
        if !offers.is_empty() {
            self.end_grace();
            return self
                .challenge(request, &effective, offers, device)
                .map(Ruling::Challenge);
        }
        let contacts = self.first_contact_channels(&effective);
        if let Some(reason) = self
            .obstacle(&effective, destinations, arrival)
            .filter(|_| contacts.is_empty())
        {
            return self.blocked(purpose, reason, None);
        }
        match self.grace(&effective, purpose)? {
            Some(until) => {
                let pass = self.not_required(purpose, &effective, Reason::EnrolmentGrace)?;
                if let Some(entry) = self.entries.last_mut() {
                    entry.until = Some(until);
                }
                Ok(Ruling::Pass(pass))
            }
            None => self
                .enrol_first(request, &effective, device, contacts)
                .map(Ruling::Enrol),
        }
    }

    /// Whether a second factor is asked for at all, and if not why.
    pub(super) fn is_asked(&self, effective: &Effective, purpose: &Purpose) -> Result<(), Reason> {
        // Who has a second factor uses it before changing any; who has none may only make the first one.
        if purpose.name() == Purpose::MANAGE_AUTHENTICATORS {
            return Ok(());
        }
        // Who enrolled of their own accord is always asked.
        let voluntary = !self.record.authenticators.is_empty();
        if effective.requirement() == Requirement::Required || voluntary {
            Ok(())
        } else {
            Err(why_off(effective))
        }
    }

    fn not_required(
        &mut self,
        purpose: &Purpose,
        effective: &Effective,
        reason: Reason,
    ) -> Result<Pass, FlowError> {
        let entry = self.tell_why(Event::NotRequired, reason)?;
        entry.purpose = Some(purpose.clone());
        entry.decided_by = Some(decided_by(effective));
        Ok(self.pass(purpose, Why::NotRequired(reason)))
    }

    /// A pass for this purpose: the one place that makes one.
    pub(super) fn pass(&self, purpose: &Purpose, why: Why) -> Pass {
        Pass {
            subject: self.scene.subject.clone(),
            purpose: purpose.clone(),
            at: self.now,
            why,
            challenge: None,
            device: None,
            device_cookie: None,
            trusted_until: match why {
                Why::Trusted { until } | Why::Granted { until } => Some(until),
                _ => None,
            },
            epoch: self.record.epoch,
            first_use: self.record.first_use == FirstUse::Shown,
        }
    }

    fn blocked(
        &mut self,
        purpose: &Purpose,
        reason: Reason,
        retry_at: Option<Timestamp>,
    ) -> Result<Ruling, FlowError> {
        self.tell_why(Event::Blocked, reason)?.purpose = Some(purpose.clone());
        Ok(Ruling::Blocked(Refusal {
            retry_at,
            ..self.refusal(reason)
        }))
    }

    /// A refusal in the words for this person.
    pub(super) fn refusal(&self, reason: Reason) -> Refusal {
        let staff = self
            .scene
            .person
            .is_some_and(|person| matches!(person.population(), Population::Staff | Population::Service));
        let refusal = Refusal::new(reason);
        if refusal.text != Text::NoContactPatient {
            return refusal;
        }
        let text = if staff {
            Text::NoContactStaff
        } else {
            Text::NoContactPatient
        };
        Refusal {
            reason: Reason::NoUsableContact,
            text,
            ..refusal
        }
    }

    /// Ends the grace for good: who has had a second factor is never without one again just because it was
    /// reset or a contact was removed.
    pub(super) fn end_grace(&mut self) {
        let until = self
            .record
            .grace_until
            .map_or(self.now, |until| until.min(self.now));
        self.record.grace_until = Some(until);
    }

    /// Until when the subject may still go without enrolling. The end is written once and never put off.
    fn grace(&mut self, effective: &Effective, purpose: &Purpose) -> Result<Option<Timestamp>, FlowError> {
        let reached = |channel: &Channel| {
            self.scene
                .person
                .is_some_and(|person| person.destination_by(*channel).is_some())
        };
        let newcomer = !effective.channels_named().iter().any(reached);
        let manages = purpose.name() == Purpose::MANAGE_AUTHENTICATORS;
        if effective.enrolment_grace().get().is_zero() || manages || !newcomer {
            return Ok(None);
        }
        let until = match self.record.grace_until {
            Some(until) => until,
            None => {
                let until = self.now.saturating_add(effective.enrolment_grace().get());
                self.record.grace_until = Some(until);
                self.record.grace_from = Some(self.now);
                self.tell(Event::GraceGranted)?.until = Some(until);
                until
            }
        };
        let today = self
            .record
            .grace_from
            .unwrap_or(until)
            .saturating_add(effective.enrolment_grace().get());
        let until = until.min(today);
        Ok((self.now < until).then_some(until))
    }

    fn challenge(
        &mut self,
        request: &Begin,
        effective: &Effective,
        offers: Vec<Offer>,
        device: Option<Recognised>,
    ) -> Result<Challenge, FlowError> {
        let id = self.open_challenge(request, effective, device, ChallengeState::Open)?;
        let ticket = Ticket::seal(self.scene.keys, self.scene.entropy, self.scene.subject, id)?;
        let entry = self.tell(Event::Begin)?;
        entry.purpose = Some(request.purpose.clone());
        entry.challenge = Some(id);
        entry.device = device.map(|device| device.id);
        entry.decided_by = Some(decided_by(effective));
        let record = self.record.challenges.iter().find(|challenge| challenge.id == id);
        Ok(Challenge {
            id,
            ticket,
            purpose: request.purpose.clone(),
            offers,
            expires_at: record.map_or(self.now, |challenge| challenge.expires_at),
            attempts_left: record.map_or(0, |challenge| {
                u32::from(effective.tries_per_challenge().get()).saturating_sub(challenge.failures)
            }),
            sent: record.and_then(|challenge| self.newest_code(challenge, effective)),
            first_use: self.record.first_use == FirstUse::Shown,
        })
    }

    fn enrol_first(
        &mut self,
        request: &Begin,
        effective: &Effective,
        device: Option<Recognised>,
        contacts: Vec<Channel>,
    ) -> Result<EnrolFirst, FlowError> {
        let id = self.open_challenge(request, effective, device, ChallengeState::Enrolling)?;
        let ticket = Ticket::seal(self.scene.keys, self.scene.entropy, self.scene.subject, id)?;
        let entry = self.tell(Event::EnrolmentRequired)?;
        entry.purpose = Some(request.purpose.clone());
        entry.challenge = Some(id);
        entry.decided_by = Some(decided_by(effective));
        let expires_at = self
            .record
            .challenges
            .iter()
            .find(|c| c.id == id)
            .map_or(self.now, |challenge| challenge.expires_at);
        Ok(EnrolFirst {
            id,
            ticket,
            methods: effective
                .methods()
                .as_slice()
                .iter()
                .copied()
                .filter(|method| *method == Method::Totp)
                .collect(),
            contacts,
            expires_at,
            first_use: self.record.first_use == FirstUse::Shown,
        })
    }

    /// The challenge that is already open for the same purpose and browser, or a new one.
    fn open_challenge(
        &mut self,
        request: &Begin,
        effective: &Effective,
        device: Option<Recognised>,
        state: ChallengeState,
    ) -> Result<ChallengeId, FlowError> {
        let session = request.session.as_ref().map(|reference| {
            Message::new()
                .part(self.scene.subject.practice().as_str().as_bytes())
                .part(self.scene.subject.id().as_str().as_bytes())
                .part(reference.as_bytes())
        });
        let same_browser = |challenge: &ChallengeRecord| match (&session, &challenge.session) {
            (Some(message), Some(known)) => bool::from(self.scene.keys.matches(known, Use::Session, message)),
            (None, None) => challenge.device == device.map(|device| device.id),
            _ => false,
        };
        let open = self.record.challenges.iter().find(|challenge| {
            challenge.state == state
                && challenge.purpose == request.purpose
                && challenge.epoch == self.record.epoch
                && challenge.shared_device == request.shared_device
                && challenge.link == request.link
                && !self.arrival_of(effective, challenge).is_stale
                && self.now < challenge.expires_at
                && challenge.failures < u32::from(effective.tries_per_challenge().get())
                && same_browser(challenge)
        });
        if let Some(challenge) = open {
            return Ok(challenge.id);
        }
        let id = ChallengeId::draw(self.scene.entropy)?;
        while self.record.challenges.len() >= MAX_CHALLENGES {
            self.drop_a_challenge();
        }
        self.record.challenges.push(ChallengeRecord {
            id,
            purpose: request.purpose.clone(),
            device: device.map(|device| device.id),
            session: session.map(|message| self.scene.keys.fingerprint(Use::Session, &message)),
            epoch: self.record.epoch,
            state,
            begun_at: self.now,
            expires_at: self.now.saturating_add(effective.challenge_lifetime().get()),
            failures: 0,
            sends: 0,
            codes: Vec::new(),
            outdated: 0,
            shared_device: request.shared_device,
            link: request.link,
            contacts: Some(self.contacts_now()),
        });
        Ok(id)
    }

    /// Makes room: a challenge that is over goes before one that is open, an old one before a new one.
    fn drop_a_challenge(&mut self) {
        let now = self.now;
        let over = |challenge: &ChallengeRecord| {
            now >= challenge.expires_at
                || matches!(challenge.state, ChallengeState::Passed | ChallengeState::Dead)
        };
        let place = self.record.challenges.iter().position(over).unwrap_or(0);
        if place < self.record.challenges.len() {
            self.record.challenges.remove(place);
        }
    }
}

/// Why nothing is asked.
fn why_off(effective: &Effective) -> Reason {
    if effective.waiver().is_some() {
        Reason::Waived
    } else if effective.is_population_exempt() {
        Reason::PopulationExempt
    } else {
        Reason::PolicyOff
    }
}

/// The deciding layer and the rule it names, as an audit entry shows them.
fn decided_by(effective: &Effective) -> String {
    let decided = effective.requirement_decided_by();
    match decided.reference() {
        Some(reference) if !decided.to_string().ends_with(reference.as_str()) => {
            alloc::format!("{decided} ({})", reference.as_str())
        }
        _ => decided.to_string(),
    }
}
