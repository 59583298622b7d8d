//! The first half of sending a code: draw it and reserve its place, or say why not.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::destination::{destination_fingerprint, full_until, is_that_of};
use super::work::Work;
use super::{DestinationState, FlowError, Refusal, Scene, SentCodeInfo, Step};
use crate::audit::{Event, Reason};
use crate::code::{Code, Reference};
use crate::contact::{Channel, Destination};
use crate::delivery::{CodeMessage, DeliveryState};
use crate::ids::{ChallengeId, DeliveryId, Subject};
use crate::keys::{Message, Use};
use crate::method::Method;
use crate::policy::{DestinationSends, Effective, SubjectSends};
use crate::purpose::Purpose;
use crate::record::{ChallengeRecord, ChallengeState, CodeState, DeliveryRecord, SentCode, SubjectRecord};
use crate::time::Timestamp;

/// The longest a code lives from its issue, whatever else holds (NIST SP 800-63B-4 3.1.3.2: ten minutes).
pub(super) const CODE_LIFETIME_CAP: Duration = Duration::from_secs(600);

/// How many messages of a subject the communications log remembers in the record; the audit trail has all.
const MAX_DELIVERIES: usize = 20;

/// How many messages that did not leave are tried for one subject within the window of its messages: what is given
/// back must not become an endless loop against the carrier.
const MAX_FAILED_HAND_OVERS: usize = 10;

/// How often a reference is drawn anew because another open code has the same.
const REFERENCE_DRAWS: usize = 8;
/// What a call for a code comes to before anything is handed over.
#[derive(Debug)]
#[must_use]
pub enum Reservation {
    /// Commit, then hand this message over, then call [`settle`](super::settle()).
    Send(CodeMessage),
    /// A code is on its way already; nothing is sent.
    Already(SentCodeInfo),
    /// Nothing may be sent.
    Refused(Refusal),
}

/// Draws a code for an open challenge and reserves its place, or says why not.
///
/// `again` asks for a new code although one is out; otherwise the one that is out is the answer.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`]; nothing is to be sent.
pub fn reserve(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    challenge: ChallengeId,
    channel: Channel,
    again: bool,
) -> Result<Step<Reservation>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let mut changed = None;
    let reservation = match work.may_send(destinations, challenge, channel, again) {
        Ok(Permit::Draw(effective, state)) => {
            let message = work.draw(&effective, challenge, channel)?;
            let most = DestinationSends::MAX.get();
            changed = state.write(|record| remember_send(&mut record.sends, work.now, most));
            Reservation::Send(message)
        }
        Ok(Permit::Already(info)) => Reservation::Already(info),
        Err(refusal) => {
            let entry = work.tell_why(Event::SendRefused, refusal.exact)?;
            entry.challenge = Some(challenge);
            entry.method = Some(channel.into());
            Reservation::Refused(refusal)
        }
    };
    let mut step = work.close(reservation);
    step.others.extend(changed);
    Ok(step)
}

/// Draws another code for the newest challenge that is open for `purpose`, at the word of staff, or says why not.
/// The limits are those of [`reserve`]: whoever asks, it is the same telephone that rings.
///
/// # Errors
/// As [`reserve`].
pub fn reserve_for(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    purpose: &Purpose,
    channel: Channel,
) -> Result<Step<Reservation>, FlowError> {
    let challenges = record.iter().flat_map(|record| &record.challenges);
    let open = challenges.filter(|known| {
        known.purpose == *purpose && known.state == ChallengeState::Open && scene.now < known.expires_at
    });
    let Some(id) = open.max_by_key(|known| known.begun_at).map(|known| known.id) else {
        let mut work = Work::open(scene, record)?;
        let entry = work.tell_why(Event::SendRefused, Reason::UnknownChallenge)?;
        entry.purpose = Some(purpose.clone());
        entry.method = Some(channel.into());
        return Ok(work.close(Reservation::Refused(Refusal::new(Reason::UnknownChallenge))));
    };
    reserve(scene, record, destinations, id, channel, true)
}

enum Permit {
    Draw(Box<Effective>, DestinationState),
    Already(SentCodeInfo),
}

impl Work<'_> {
    fn may_send(
        &self,
        destinations: &[DestinationState],
        id: ChallengeId,
        channel: Channel,
        again: bool,
    ) -> Result<Permit, Refusal> {
        let Some(challenge) = self.record.challenges.iter().find(|challenge| challenge.id == id) else {
            return Err(Refusal::new(Reason::UnknownChallenge));
        };
        if challenge.state != ChallengeState::Open {
            return Err(Refusal::new(Reason::ChallengeDead));
        }
        if challenge.epoch != self.record.epoch || self.record.offboarded {
            return Err(Refusal::new(Reason::Revoked));
        }
        if self.now >= challenge.expires_at {
            return Err(Refusal::new(Reason::ChallengeExpired));
        }
        let effective = self.effective(&challenge.purpose);
        if self.record.failures.locked_at.is_some() {
            return Err(Refusal::new(Reason::Locked));
        }
        if let Some(until) = self.throttled_until(&effective) {
            return Err(Refusal::new(Reason::Throttled).until(until));
        }
        if !effective.methods().contains(channel.into()) {
            return Err(Refusal::new(Reason::MethodNotAllowed));
        }
        let arrival = self.arrival_of(&effective, challenge);
        if let Some(reason) = self.unreachable_by(&effective, destinations, channel, arrival) {
            return Err(self.refusal(reason));
        }
        let Some(state) = destinations.iter().find(|state| state.channel() == channel) else {
            return Err(self.refusal(Reason::NoUsableContact));
        };
        let by_channel = |code: &&SentCode| code.channel == channel;
        if let Some(last) = challenge.codes.iter().rev().find(by_channel) {
            let is_out = last.state.opens() && self.now < last.expires_at && self.is_for_today(last);
            if is_out && !again {
                return Ok(Permit::Already(self.info(last, &effective)));
            }
        }
        // Giving up and beginning anew does not shorten the wait; another browser's challenge does not prolong it.
        let ours = |known: &&ChallengeRecord| known.id == id || known.state == ChallengeState::Dead;
        let codes = self
            .record
            .challenges
            .iter()
            .filter(ours)
            .flat_map(|known| &known.codes);
        if let Some(last) = codes.filter(by_channel).map(|code| code.issued_at).max() {
            let resend_at = last.saturating_add(effective.send_cooldown().get());
            if self.now < resend_at {
                return Err(Refusal::new(Reason::Cooldown).until(resend_at));
            }
        }
        if challenge.sends >= u32::from(effective.sends_per_challenge().get()) {
            return Err(Refusal::new(Reason::ChallengeSendLimit));
        }
        let (limit, window) = (
            u32::from(effective.sends_per_subject().get()),
            effective.sends_window().get(),
        );
        if let Some(until) = full_until(&self.record.sends, self.now, limit, window) {
            return Err(Refusal::new(Reason::SubjectSendLimit).until(until));
        }
        if self.failed_hand_overs(effective.sends_window().get()) >= MAX_FAILED_HAND_OVERS {
            return Err(Refusal::new(Reason::DeliveryFailed));
        }
        let (limit, window) = (
            u32::from(effective.sends_per_destination().get()),
            effective.destination_window().get(),
        );
        if let Some(until) = state.full_until(self.now, limit, window) {
            return Err(Refusal::new(Reason::DestinationSendLimit).until(until));
        }
        Ok(Permit::Draw(Box::new(effective), state.clone()))
    }

    fn draw(
        &mut self,
        effective: &Effective,
        id: ChallengeId,
        channel: Channel,
    ) -> Result<CodeMessage, FlowError> {
        let scene = self.scene;
        // `may_send` has seen all three; without them nothing is drawn.
        let destination = scene
            .person
            .and_then(|person| person.destination_by(channel))
            .ok_or(FlowError::Ticket)?;
        let place = self
            .record
            .challenges
            .iter()
            .position(|c| c.id == id)
            .ok_or(FlowError::Ticket)?;
        let delivery = DeliveryId::draw(scene.entropy)?;
        let code = Code::draw(scene.entropy, effective.code_length())?;
        let reference = self.new_reference()?;
        let now = self.now;
        let challenge = self.record.challenges.get_mut(place).ok_or(FlowError::Ticket)?;
        let expires_at = now
            .saturating_add(effective.code_lifetime().get())
            .min(challenge.expires_at);
        challenge.sends = challenge.sends.saturating_add(1);
        challenge.codes.push(SentCode {
            delivery,
            channel,
            fingerprint: scene.keys.fingerprint(
                Use::Code,
                &code_message(scene.subject, id, delivery, code.expose()),
            ),
            reference,
            destination: destination_fingerprint(scene.keys, scene.subject.practice(), destination),
            state: CodeState::Pending,
            issued_at: now,
            expires_at,
            length: effective.code_length().digits(),
        });
        let purpose = challenge.purpose.clone();
        remember_send(&mut self.record.sends, now, SubjectSends::MAX.get());
        self.log_delivery(delivery, id, destination);
        for event in [Event::CodeIssued, Event::SendRequested] {
            let masked = destination.masked();
            let entry = self.tell(event)?;
            entry.purpose = Some(purpose.clone());
            entry.challenge = Some(id);
            entry.method = Some(channel.into());
            entry.delivery = Some(delivery);
            entry.destination = Some(masked);
            entry.until = Some(expires_at);
        }
        Ok(CodeMessage {
            id: delivery,
            practice: scene.subject.practice().clone(),
            brand: scene
                .practice
                .map(|practice| practice.brand().into())
                .unwrap_or_default(),
            destination: destination.clone(),
            purpose,
            code,
            reference,
            issued_at: now,
            expires_at,
            zone: scene
                .person
                .and_then(|person| person.shown_in(scene.practice))
                .cloned(),
        })
    }

    fn failed_hand_overs(&self, window: Duration) -> usize {
        let from = self.now.saturating_sub(window);
        let failed = |log: &&DeliveryRecord| {
            log.requested_at > from
                && log
                    .states
                    .last()
                    .is_some_and(|(state, _)| *state == DeliveryState::Failed)
        };
        self.record.deliveries.iter().filter(failed).count()
    }

    /// A reference that no other open code of the subject has.
    fn new_reference(&self) -> Result<Reference, FlowError> {
        let codes = || {
            self.record
                .challenges
                .iter()
                .flat_map(|challenge| &challenge.codes)
        };
        let mut reference = Reference::draw(self.scene.entropy)?;
        for _ in 0..REFERENCE_DRAWS {
            if !codes().any(|code| code.reference == reference) {
                break;
            }
            reference = Reference::draw(self.scene.entropy)?;
        }
        Ok(reference)
    }

    fn log_delivery(&mut self, id: DeliveryId, challenge: ChallengeId, destination: &Destination) {
        if self.record.deliveries.len() >= MAX_DELIVERIES {
            self.record.deliveries.remove(0);
        }
        let practice = self.scene.subject.practice();
        let fingerprint = destination_fingerprint(self.scene.keys, practice, destination);
        self.record.deliveries.push(DeliveryRecord {
            id,
            challenge,
            channel: destination.channel(),
            destination: destination.masked(),
            provider_id: None,
            requested_at: self.now,
            states: [(DeliveryState::Requested, self.now)].into(),
            fingerprint: Some(fingerprint),
        });
    }

    /// What the page may show of the newest code that can still open the challenge.
    pub(super) fn newest_code(
        &self,
        challenge: &ChallengeRecord,
        effective: &Effective,
    ) -> Option<SentCodeInfo> {
        let open =
            |code: &&SentCode| code.state.opens() && self.now < code.expires_at && self.is_for_today(code);
        challenge
            .codes
            .iter()
            .rev()
            .find(open)
            .map(|code| self.info(code, effective))
    }

    /// Whether a code went to where the directory says the person is reached today.
    pub(super) fn is_for_today(&self, code: &SentCode) -> bool {
        let today = self
            .scene
            .person
            .and_then(|person| person.destination_by(code.channel));
        let practice = self.scene.subject.practice();
        today.is_some_and(|destination| is_that_of(self.scene.keys, practice, &code.destination, destination))
    }

    pub(super) fn info(&self, code: &SentCode, effective: &Effective) -> SentCodeInfo {
        // Where it went, which is not always where the next one would go.
        let log = self.record.deliveries.iter().find(|log| log.id == code.delivery);
        SentCodeInfo {
            method: Method::from(code.channel),
            destination: log.map(|log| log.destination.clone()).unwrap_or_default(),
            reference: code.reference,
            expires_at: code.expires_at,
            resend_at: code.issued_at.saturating_add(effective.send_cooldown().get()),
        }
    }
}

/// Keeps the newest sends, as many as any policy may count. Not only those within the window of the policy that
/// holds here: another person with the same telephone, or another purpose, may have a longer one.
fn remember_send(sends: &mut Vec<Timestamp>, now: Timestamp, most: u8) {
    sends.push(now);
    sends.sort_unstable();
    let superfluous = sends.len().saturating_sub(usize::from(most));
    sends.drain(..superfluous);
}

/// What the fingerprint of a sent code is made of: it is worth nothing for another practice, subject,
/// challenge or message.
pub(super) fn code_message(
    subject: &Subject,
    challenge: ChallengeId,
    delivery: DeliveryId,
    digits: &str,
) -> Message {
    Message::new()
        .part(subject.practice().as_str().as_bytes())
        .part(subject.id().as_str().as_bytes())
        .part(challenge.as_bytes())
        .part(delivery.as_bytes())
        .part(digits.as_bytes())
}
