//! The communications log: what became of each message.

use alloc::string::String;
use alloc::vec::Vec;

use super::destination::is_that_of;
use super::work::Work;
use super::{DestinationState, FlowError, Scene, Step};
use crate::audit::{Event, Reason};
use crate::contact::Channel;
use crate::delivery::{DeliveryState, NotSent, Report};
use crate::ids::{ChallengeId, DeliveryId};
use crate::record::{DeliveryRecord, DestinationRecord, SubjectRecord};
use crate::time::Timestamp;

/// One message, and how far it got. Neither its text nor its code is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Communication {
    /// Names the message.
    pub id: DeliveryId,
    /// The challenge it was sent for.
    pub challenge: ChallengeId,
    /// How it went.
    pub channel: Channel,
    /// Where it went, masked.
    pub destination: String,
    /// The carrier's own identifier.
    pub provider_id: Option<String>,
    /// Each state it reached and when, oldest first.
    pub states: Vec<(DeliveryState, Timestamp)>,
}

/// The newest messages of a subject, at most twenty, oldest first. The audit trail has all.
#[must_use]
pub fn communications(record: &SubjectRecord) -> Vec<Communication> {
    let communication = |log: &DeliveryRecord| Communication {
        id: log.id,
        challenge: log.challenge,
        channel: log.channel,
        destination: log.destination.clone(),
        provider_id: log.provider_id.clone(),
        states: log.states.clone(),
    };
    record.deliveries.iter().map(communication).collect()
}

/// Notes what a carrier says of a message. A state that is not further than the last one changes nothing, and
/// none of them touches a code. The answer says whether it was news.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn note_delivery(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    delivery: DeliveryId,
    report: &Report,
) -> Result<Step<bool>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let now = work.now;
    let event = match report.state() {
        DeliveryState::Sent => Event::Sent,
        DeliveryState::Delivered => Event::Delivered,
        DeliveryState::Failed => Event::SendFailed,
        // These the library knows better than any report.
        DeliveryState::Requested | DeliveryState::Unknown | DeliveryState::Accepted => {
            return Ok(work.close(false));
        }
    };
    let further = |last: DeliveryState| last < report.state() && last != DeliveryState::Delivered;
    let log = work.record.deliveries.iter_mut().find(|log| log.id == delivery);
    let Some(log) = log.filter(|log| log.states.last().is_none_or(|(last, _)| further(*last))) else {
        return Ok(work.close(false));
    };
    log.states.push((report.state(), now));
    let log = log.clone();
    let entry = work.tell(event)?;
    entry.delivery = Some(delivery);
    entry.challenge = Some(log.challenge);
    entry.method = Some(log.channel.into());
    entry.destination = Some(log.destination.clone());
    entry.provider_id.clone_from(&log.provider_id);
    entry.note = report.reason_given().map(Into::into);
    entry.reason = report.is_permanent().map(reason_for);
    let why = report.is_permanent().filter(|_| event == Event::SendFailed);
    // It is about where that message went, which need not be what is on file by now.
    let state = destinations.iter().find(|state| state.channel() == log.channel);
    let state = state.filter(|_| work.went_to_todays_contact(&log));
    let changed = match (why, state) {
        (Some(why), Some(state)) => state.clone().write(|record| rule_out(record, why, now)),
        _ => None,
    };
    let mut step = work.close(true);
    step.others.extend(changed);
    Ok(step)
}

/// Notes that sending there again makes no sense.
pub(super) const fn rule_out(record: &mut DestinationRecord, why: NotSent, now: Timestamp) {
    match why {
        NotSent::OptedOut => record.opted_out_at = Some(now),
        NotSent::BadDestination => record.suppressed_at = Some(now),
        NotSent::Unavailable | NotSent::NoCredit => {}
    }
}

pub(super) const fn reason_for(why: NotSent) -> Reason {
    match why {
        NotSent::BadDestination => Reason::BadDestination,
        NotSent::OptedOut => Reason::OptedOut,
        NotSent::NoCredit => Reason::BudgetExhausted,
        NotSent::Unavailable => Reason::DeliveryFailed,
    }
}

impl Work<'_> {
    fn went_to_todays_contact(&self, log: &DeliveryRecord) -> bool {
        let today = self
            .scene
            .person
            .and_then(|person| person.destination_by(log.channel));
        let practice = self.scene.subject.practice();
        match (&log.fingerprint, today) {
            (Some(known), Some(today)) => is_that_of(self.scene.keys, practice, known, today),
            _ => false,
        }
    }
}
