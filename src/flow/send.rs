//! Sending a code in two steps: reserve and commit, hand over, settle and commit.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::answers::text_for;
use super::work::Work;
use super::{FlowError, Scene, SentCodeInfo, Step};
use crate::audit::{Event, Reason};
use crate::code::{Code, Reference};
use crate::contact::{Channel, Destination};
use crate::delivery::{CodeMessage, DeliveryState, Handover, NotSent};
use crate::ids::{ChallengeId, DeliveryId, PracticeId, Subject};
use crate::keys::{Fingerprint, KeyRing, Message, Use};
use crate::message::Text;
use crate::method::Method;
use crate::policy::{Effective, ValidFrom};
use crate::record::{
    ChallengeRecord, ChallengeState, CodeState, DeliveryRecord, DestinationRecord, RecordKey, SentCode,
    SubjectRecord,
};
use crate::time::Timestamp;

/// The longest a code lives from its issue, whatever else holds (NIST SP 800-63B-4 3.1.3.2: ten minutes).
pub(super) const CODE_LIFETIME_CAP: Duration = Duration::from_secs(600);

/// How many messages of a subject the communications log remembers in the record; the audit trail has all.
const MAX_DELIVERIES: usize = 20;

/// How often a reference is drawn anew because another open code has the same.
const REFERENCE_DRAWS: usize = 8;

/// What is stored about one destination of a subject, under each key of the ring.
#[derive(Clone, Debug)]
pub struct DestinationState {
    channel: Channel,
    /// The current key first.
    records: Vec<(RecordKey, DestinationRecord)>,
}

impl DestinationState {
    /// The keys to load for a destination: one for each key of the ring, the current one first.
    #[must_use]
    pub fn keys(ring: &KeyRing, practice: &PracticeId, destination: &Destination) -> Vec<RecordKey> {
        let message = destination_message(practice, destination);
        ring.fingerprints(Use::Destination, &message)
            .map(|f| RecordKey::destination(practice, &f))
            .collect()
    }

    /// What was found under those keys, in the same order.
    #[must_use]
    pub const fn new(channel: Channel, records: Vec<(RecordKey, DestinationRecord)>) -> Self {
        Self { channel, records }
    }

    pub(crate) const fn channel(&self) -> Channel {
        self.channel
    }

    pub(super) fn is_opted_out(&self) -> bool {
        self.records
            .iter()
            .any(|(_, record)| record.opted_out_at.is_some())
    }

    /// The earliest instant at which fewer than `limit` messages lie within `window`; `None` when that is so now.
    fn full_until(&self, now: Timestamp, limit: u32, window: Duration) -> Option<Timestamp> {
        let mut sends: Vec<Timestamp> = self
            .records
            .iter()
            .flat_map(|(_, record)| record.sends.iter().copied())
            .collect();
        sends.sort_unstable();
        full_until(&sends, now, limit, window)
    }

    /// The record under the current key, changed.
    fn write(self, change: impl FnOnce(&mut DestinationRecord)) -> Option<(RecordKey, DestinationRecord)> {
        let (key, mut record) = self.records.into_iter().next()?;
        change(&mut record);
        Some((key, record))
    }

    /// Every record, changed.
    pub(super) fn write_all(
        self,
        change: impl Fn(&mut DestinationRecord),
    ) -> Vec<(RecordKey, DestinationRecord)> {
        let mut records = self.records;
        records.iter_mut().for_each(|(_, record)| change(record));
        records
    }
}

fn destination_message(practice: &PracticeId, destination: &Destination) -> Message {
    Message::new()
        .part(practice.as_str().as_bytes())
        .part(destination.channel().as_str().as_bytes())
        .part(destination.expose().as_bytes())
}

/// The earliest instant at which fewer than `limit` of these instants (oldest first) lie within `window`;
/// `None` when that is so now.
pub(super) fn full_until(
    instants: &[Timestamp],
    now: Timestamp,
    limit: u32,
    window: Duration,
) -> Option<Timestamp> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let oldest_that_counts = instants.iter().rev().nth(limit.checked_sub(1)?)?;
    Some(oldest_that_counts.saturating_add(window)).filter(|until| now < *until)
}

/// What a call for a code comes to before anything is handed over.
#[derive(Debug)]
#[must_use]
pub enum Reservation {
    /// Commit, then hand this message over, then call [`settle`].
    Send(CodeMessage),
    /// A code is on its way already; nothing is sent.
    Already(SentCodeInfo),
    /// Nothing may be sent.
    Refused(SendRefusal),
}

/// What a call for a code comes to in the end.
#[derive(Debug)]
#[must_use]
pub enum Sending {
    /// A code was handed over; what the page may show of it.
    Sent(SentCodeInfo),
    /// A code is on its way already; nothing was sent.
    Already(SentCodeInfo),
    /// The code may have been handed over or not. It works if it arrives, and so does the one before.
    Uncertain(SentCodeInfo),
    /// Nothing was sent.
    Refused(SendRefusal),
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendRefusal {
    reason: Reason,
    text: Text,
    retry_at: Option<Timestamp>,
}

impl SendRefusal {
    pub(crate) const fn new(reason: Reason) -> Self {
        Self {
            reason,
            text: text_for(reason),
            retry_at: None,
        }
    }

    /// The exact reason: for staff and logs, not for the page.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// What the person may read.
    #[must_use]
    pub const fn public_text(&self) -> Text {
        self.text
    }

    /// From when it makes sense to try again, if waiting helps.
    #[must_use]
    pub const fn retry_at(&self) -> Option<Timestamp> {
        self.retry_at
    }
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
            let window = work.now.saturating_sub(effective.destination_window().get());
            changed = state.write(|record| {
                record.sends.retain(|sent| *sent > window);
                record.sends.push(work.now);
            });
            Reservation::Send(message)
        }
        Ok(Permit::Already(info)) => Reservation::Already(info),
        Err(refusal) => {
            let entry = work.tell_why(Event::SendRefused, refusal.reason)?;
            entry.challenge = Some(challenge);
            entry.method = Some(channel.into());
            Reservation::Refused(refusal)
        }
    };
    let mut step = work.close(reservation);
    step.destination = changed;
    Ok(step)
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
    ) -> Result<Permit, SendRefusal> {
        let refuse = |reason: Reason, retry_at| SendRefusal {
            reason,
            text: text_for(reason),
            retry_at,
        };
        let Some(challenge) = self.record.challenges.iter().find(|challenge| challenge.id == id) else {
            return Err(refuse(Reason::UnknownChallenge, None));
        };
        if challenge.state != ChallengeState::Open {
            return Err(refuse(Reason::ChallengeDead, None));
        }
        if challenge.epoch != self.record.epoch || self.record.offboarded {
            return Err(refuse(Reason::Revoked, None));
        }
        if self.now >= challenge.expires_at {
            return Err(refuse(Reason::ChallengeExpired, None));
        }
        let effective = self.effective(&challenge.purpose);
        if self.record.failures.locked_at.is_some() {
            return Err(refuse(Reason::Locked, None));
        }
        if let Some(until) = self.throttled_until(&effective) {
            return Err(refuse(Reason::Throttled, Some(until)));
        }
        if !effective.methods().contains(channel.into()) {
            return Err(refuse(Reason::MethodNotAllowed, None));
        }
        let offered = self
            .offers(&effective, destinations)
            .iter()
            .any(|offer| offer.method == channel.into());
        let Some(state) = destinations
            .iter()
            .find(|state| state.channel == channel)
            .filter(|_| offered)
        else {
            let text = self.blocked_text(Reason::NoUsableContact);
            return Err(SendRefusal {
                reason: Reason::NoUsableContact,
                text,
                retry_at: None,
            });
        };
        let destination = self
            .scene
            .person
            .and_then(|person| person.destination_by(channel));
        if let Some(last) = challenge.codes.iter().rev().find(|code| code.channel == channel) {
            let info = self.info(last, &effective);
            let practice = self.scene.subject.practice();
            let is_out = last.state.opens()
                && self.now < last.expires_at
                && went_to(self.scene.keys, practice, last, destination);
            if is_out && !again {
                return Ok(Permit::Already(info));
            }
            if self.now < info.resend_at {
                return Err(refuse(Reason::Cooldown, Some(info.resend_at)));
            }
        }
        if challenge.sends >= u32::from(effective.sends_per_challenge().get()) {
            return Err(refuse(Reason::ChallengeSendLimit, None));
        }
        let (limit, window) = (
            u32::from(effective.sends_per_subject().get()),
            effective.sends_window().get(),
        );
        if let Some(until) = full_until(&self.record.sends, self.now, limit, window) {
            return Err(refuse(Reason::SubjectSendLimit, Some(until)));
        }
        let (limit, window) = (
            u32::from(effective.sends_per_destination().get()),
            effective.destination_window().get(),
        );
        if let Some(until) = state.full_until(self.now, limit, window) {
            return Err(refuse(Reason::DestinationSendLimit, Some(until)));
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
        let window = now.saturating_sub(effective.sends_window().get());
        self.record.sends.retain(|sent| *sent > window);
        self.record.sends.push(now);
        self.log_delivery(delivery, id, channel, destination.masked());
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
        })
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

    fn log_delivery(
        &mut self,
        id: DeliveryId,
        challenge: ChallengeId,
        channel: Channel,
        destination: String,
    ) {
        if self.record.deliveries.len() >= MAX_DELIVERIES {
            self.record.deliveries.remove(0);
        }
        self.record.deliveries.push(DeliveryRecord {
            id,
            challenge,
            channel,
            destination,
            provider_id: None,
            requested_at: self.now,
            states: [(DeliveryState::Requested, self.now)].into(),
        });
    }

    /// What the page may show of the newest code that can still open the challenge.
    pub(super) fn newest_code(
        &self,
        challenge: &ChallengeRecord,
        effective: &Effective,
    ) -> Option<SentCodeInfo> {
        let open = |code: &&SentCode| code.state.opens() && self.now < code.expires_at;
        challenge
            .codes
            .iter()
            .rev()
            .find(open)
            .map(|code| self.info(code, effective))
    }

    fn info(&self, code: &SentCode, effective: &Effective) -> SentCodeInfo {
        let destination = self
            .scene
            .person
            .and_then(|person| person.destination_by(code.channel));
        SentCodeInfo {
            method: Method::from(code.channel),
            destination: destination.map(Destination::masked).unwrap_or_default(),
            reference: code.reference,
            expires_at: code.expires_at,
            resend_at: code.issued_at.saturating_add(effective.send_cooldown().get()),
        }
    }
}

/// Notes how the handing over of a reserved code ended.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`]. The code that was reserved keeps working if it arrives.
pub fn settle(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destination: Option<DestinationState>,
    delivery: DeliveryId,
    handover: &Handover,
) -> Result<Step<Sending>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let found = work.record.challenges.iter().find_map(|c| {
        c.codes
            .iter()
            .find(|code| code.delivery == delivery)
            .map(|code| (c.clone(), code.clone()))
    });
    work.note_handover(delivery, handover)?;
    let Some((challenge, code)) = found else {
        // The challenge is gone, and the code with it.
        return Ok(work.close(Sending::Refused(SendRefusal::new(Reason::UnknownChallenge))));
    };
    let effective = work.effective(&challenge.purpose);
    let mut changed = None;
    let sending = match handover {
        Handover::Accepted { .. } => {
            let info = work.promote(&effective, challenge.id, delivery)?;
            Sending::Sent(info.unwrap_or_else(|| work.info(&code, &effective)))
        }
        Handover::Unknown => Sending::Uncertain(work.info(&code, &effective)),
        Handover::NotSent(why) => {
            work.withdraw(challenge.id, &code);
            // If the contact changed meanwhile, this is the record of another number, which has no part in it.
            let today = scene
                .person
                .and_then(|person| person.destination_by(code.channel));
            let same = went_to(scene.keys, scene.subject.practice(), &code, today);
            changed = destination.filter(|_| same).and_then(|state| {
                state.write(|record| {
                    give_back(&mut record.sends, code.issued_at);
                    if *why == NotSent::OptedOut {
                        record.opted_out_at = Some(work.now);
                    }
                })
            });
            let reason = match why {
                NotSent::BadDestination => Reason::BadDestination,
                NotSent::OptedOut => Reason::OptedOut,
                NotSent::Unavailable => Reason::DeliveryFailed,
            };
            Sending::Refused(SendRefusal {
                reason,
                text: Text::Unavailable,
                retry_at: None,
            })
        }
    };
    let mut step = work.close(sending);
    step.destination = changed;
    Ok(step)
}

impl Work<'_> {
    /// Writes the outcome into the communications log and the audit trail.
    fn note_handover(&mut self, delivery: DeliveryId, handover: &Handover) -> Result<(), FlowError> {
        let now = self.now;
        let (event, state, provider_id) = match handover {
            Handover::Accepted { provider_id } => {
                let id = provider_id.as_deref().map(|id| crate::audit::printable(id, 128));
                (Event::SendAccepted, DeliveryState::Accepted, id)
            }
            Handover::NotSent(_) => (Event::SendNotSent, DeliveryState::Failed, None),
            Handover::Unknown => (Event::SendUnknown, DeliveryState::Unknown, None),
        };
        let mut about = None;
        if let Some(log) = self.record.deliveries.iter_mut().find(|log| log.id == delivery) {
            log.states.push((state, now));
            log.provider_id.clone_from(&provider_id);
            about = Some((log.challenge, log.channel, log.destination.clone()));
        }
        let entry = self.tell(event)?;
        entry.delivery = Some(delivery);
        entry.provider_id = provider_id;
        if let Some((challenge, channel, destination)) = about {
            entry.challenge = Some(challenge);
            entry.method = Some(channel.into());
            entry.destination = Some(destination);
        }
        Ok(())
    }

    /// Makes the code that was handed over the only one that opens the challenge.
    fn promote(
        &mut self,
        effective: &Effective,
        id: ChallengeId,
        delivery: DeliveryId,
    ) -> Result<Option<SentCodeInfo>, FlowError> {
        let now = self.now;
        let Some(challenge) = self
            .record
            .challenges
            .iter_mut()
            .find(|challenge| challenge.id == id)
        else {
            return Ok(None);
        };
        let ends = challenge.expires_at;
        let Some(place) = challenge.codes.iter().position(|code| code.delivery == delivery) else {
            return Ok(None);
        };
        let (older, rest) = challenge.codes.split_at_mut(place);
        let Some((code, newer)) = rest.split_first_mut() else {
            return Ok(None);
        };
        let mut superseded = Vec::new();
        if newer.iter().any(|code| code.state == CodeState::Live) {
            // Two hand-overs overtook each other: the newer code is already the one that counts.
            if code.state.opens() {
                code.state = CodeState::Superseded;
                superseded.push((code.delivery, code.channel));
            }
        } else if code.state == CodeState::Pending {
            code.state = CodeState::Live;
            if effective.code_valid_from() == ValidFrom::HandedOver {
                let cap = code.issued_at.saturating_add(CODE_LIFETIME_CAP);
                code.expires_at = now
                    .saturating_add(effective.code_lifetime().get())
                    .min(cap)
                    .min(ends);
            }
        }
        for old in older.iter_mut().filter(|old| old.state.opens()) {
            old.state = CodeState::Superseded;
            superseded.push((old.delivery, old.channel));
        }
        let promoted = Some(code.clone());
        for (old, channel) in superseded {
            let entry = self.tell(Event::CodeSuperseded)?;
            entry.challenge = Some(id);
            entry.delivery = Some(old);
            entry.method = Some(channel.into());
        }
        Ok(promoted.map(|code| self.info(&code, effective)))
    }

    /// Takes back a code that certainly did not leave, and what was counted for it.
    fn withdraw(&mut self, id: ChallengeId, code: &SentCode) {
        if let Some(challenge) = self
            .record
            .challenges
            .iter_mut()
            .find(|challenge| challenge.id == id)
        {
            challenge.codes.retain(|known| known.delivery != code.delivery);
            challenge.sends = challenge.sends.saturating_sub(1);
        }
        give_back(&mut self.record.sends, code.issued_at);
    }
}

fn give_back(sends: &mut Vec<Timestamp>, at: Timestamp) {
    if let Some(place) = sends.iter().rposition(|sent| *sent == at) {
        sends.remove(place);
    }
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

fn destination_fingerprint(keys: &KeyRing, practice: &PracticeId, destination: &Destination) -> Fingerprint {
    keys.fingerprint(Use::Destination, &destination_message(practice, destination))
}

/// Whether a code went to where the directory says the person is reached today.
pub(super) fn went_to(
    keys: &KeyRing,
    practice: &PracticeId,
    code: &SentCode,
    today: Option<&Destination>,
) -> bool {
    today.is_some_and(|destination| {
        keys.matches(
            &code.destination,
            Use::Destination,
            &destination_message(practice, destination),
        )
        .into()
    })
}
