//! The second half of sending a code: note how handing it over ended.

use alloc::vec::Vec;

use super::deliveries::{reason_for, rule_out};
use super::reserve::CODE_LIFETIME_CAP;
use super::work::Work;
use super::{DestinationState, FlowError, Refusal, Scene, SentCodeInfo, Step};
use crate::audit::{Event, Reason};
use crate::delivery::{DeliveryState, Handover, NotSent};
use crate::ids::{ChallengeId, DeliveryId};
use crate::policy::{Effective, ValidFrom};
use crate::record::{CodeState, SentCode, SubjectRecord};
use crate::time::Timestamp;

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
    Refused(Refusal),
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
    if let Handover::NotSent(why) = handover
        && let Some(entry) = work.entries.last_mut()
    {
        entry.reason = Some(reason_for(*why));
    }
    let Some((challenge, code)) = found else {
        // The challenge is gone, and the code with it.
        return Ok(work.close(Sending::Refused(Refusal::new(Reason::UnknownChallenge))));
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
            // What the carrier says is about where the message was to go, not about a contact that has taken
            // its place meanwhile.
            changed = destination
                .filter(|_| work.is_for_today(&code))
                .and_then(|state| {
                    state.write(|record| {
                        give_back(&mut record.sends, code.issued_at);
                        rule_out(record, *why, work.now);
                    })
                });
            if *why == NotSent::OptedOut && changed.is_some() {
                let entry = work.tell(Event::OptedOut)?;
                entry.delivery = Some(delivery);
                entry.method = Some(code.channel.into());
            }
            // Whether the practice has paid is not for the person to know.
            let told = match reason_for(*why) {
                Reason::BudgetExhausted => Reason::DeliveryFailed,
                reason => reason,
            };
            Sending::Refused(Refusal::new(told))
        }
    };
    let mut step = work.close(sending);
    step.others.extend(changed);
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
