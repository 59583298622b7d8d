//! The communications log: what became of each message.

use alloc::string::String;
use alloc::vec::Vec;

use super::work::Work;
use super::{FlowError, Scene, Step};
use crate::audit::{Event, printable};
use crate::contact::Channel;
use crate::delivery::DeliveryState;
use crate::ids::{ChallengeId, DeliveryId};
use crate::record::SubjectRecord;
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
    let communication = |log: &crate::record::DeliveryRecord| Communication {
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
/// `why` is the carrier's own word for a failure, for staff.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn note_delivery(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    delivery: DeliveryId,
    state: DeliveryState,
    why: Option<&str>,
) -> Result<Step<bool>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let now = work.now;
    let event = match state {
        DeliveryState::Sent => Event::Sent,
        DeliveryState::Delivered => Event::Delivered,
        DeliveryState::Failed => Event::SendFailed,
        // These the library knows better than any report.
        DeliveryState::Requested | DeliveryState::Unknown | DeliveryState::Accepted => {
            return Ok(work.close(false));
        }
    };
    let further = |last: DeliveryState| last < state && last != DeliveryState::Delivered;
    let log = work.record.deliveries.iter_mut().find(|log| log.id == delivery);
    let Some(log) = log.filter(|log| log.states.last().is_none_or(|(last, _)| further(*last))) else {
        return Ok(work.close(false));
    };
    log.states.push((state, now));
    let (challenge, channel, destination) = (log.challenge, log.channel, log.destination.clone());
    let provider_id = log.provider_id.clone();
    let entry = work.tell(event)?;
    entry.delivery = Some(delivery);
    entry.challenge = Some(challenge);
    entry.method = Some(channel.into());
    entry.destination = Some(destination);
    entry.provider_id = provider_id;
    entry.note = why.map(|why| printable(why, 64));
    Ok(work.close(true))
}
