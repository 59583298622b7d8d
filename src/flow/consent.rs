//! What the owner of a number or mailbox wants: STOP and START.

use super::practice::PracticeWork;
use super::{DestinationState, FlowError, PracticeScene, PracticeStep};
use crate::audit::Event;
use crate::contact::Destination;
use crate::record::PracticeRecord;

/// Whether messages are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// No more messages: the channel is not offered for anybody who is reached there. A second factor stays
    /// required.
    OptOut,
    /// Messages again.
    OptIn,
}

/// Notes what the owner of a destination wants. It can only stop and resume messages: nothing is ever sent to a
/// destination because it was named here.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn set_consent(
    scene: &PracticeScene<'_>,
    record: Option<PracticeRecord>,
    destination: &Destination,
    state: DestinationState,
    consent: Consent,
) -> Result<PracticeStep<()>, FlowError> {
    let mut work = PracticeWork::open(scene, record);
    let now = work.now;
    let event = match consent {
        Consent::OptOut => Event::OptedOut,
        Consent::OptIn => Event::OptedIn,
    };
    let changed = state.write_all(|record| {
        record.opted_out_at = match consent {
            Consent::OptOut => record.opted_out_at.or(Some(now)),
            Consent::OptIn => None,
        };
        if consent == Consent::OptIn {
            // Whoever answers is reached.
            record.suppressed_at = None;
        }
    });
    let entry = work.tell(event)?;
    entry.method = Some(destination.channel().into());
    entry.destination = Some(destination.masked());
    let mut step = work.close(());
    step.others = changed;
    Ok(step)
}
