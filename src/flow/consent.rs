//! What the owner of a number or mailbox wants: STOP and START.

use alloc::vec::Vec;

use super::{DestinationState, FlowError};
use crate::audit::{Actor, Entry, Event};
use crate::contact::Destination;
use crate::entropy::Entropy;
use crate::ids::{EntryId, PracticeId};
use crate::record::{DestinationRecord, RecordKey};
use crate::time::Timestamp;

/// Whether messages are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// No more messages: the channel is not offered for anybody who is reached there. A second factor stays
    /// required.
    OptOut,
    /// Messages again.
    OptIn,
}

/// What must be committed for it.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct ConsentStep {
    /// The records as they must be from now on.
    pub destinations: Vec<(RecordKey, DestinationRecord)>,
    /// The entry that tells of it.
    pub entries: Vec<Entry>,
}

/// Notes what the owner of a destination wants. It can only stop and resume messages: nothing is ever sent to a
/// destination because it was named here.
///
/// # Errors
/// [`FlowError::Entropy`]; nothing has changed.
pub fn set_consent(
    entropy: &dyn Entropy,
    now: Timestamp,
    actor: &Actor,
    practice: &PracticeId,
    destination: &Destination,
    state: DestinationState,
    consent: Consent,
) -> Result<ConsentStep, FlowError> {
    let event = match consent {
        Consent::OptOut => Event::OptedOut,
        Consent::OptIn => Event::OptedIn,
    };
    let destinations = state.write_all(|record| {
        record.opted_out_at = match consent {
            Consent::OptOut => record.opted_out_at.or(Some(now)),
            Consent::OptIn => None,
        };
    });
    let mut entry = Entry::new(EntryId::draw(entropy)?, now, practice.clone(), event);
    entry.actor = actor.clone();
    entry.method = Some(destination.channel().into());
    entry.destination = Some(destination.masked());
    Ok(ConsentStep {
        destinations,
        entries: [entry].into(),
    })
}
