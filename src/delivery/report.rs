use alloc::string::String;

use super::{DeliveryState, NotSent};
use crate::audit::printable;

/// What a carrier says of a message after it was handed over, from a callback the host has authenticated.
///
/// ```
/// use medfactor::delivery::{DeliveryState, NotSent, Report};
///
/// let arrived = Report::new(DeliveryState::Delivered);
/// // "Unknown destination handset": nothing will ever arrive there.
/// let no_such_number = Report::new(DeliveryState::Failed).why("30005").permanent(NotSent::BadDestination);
/// # let _ = (arrived, no_such_number);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    state: DeliveryState,
    why: Option<String>,
    permanent: Option<NotSent>,
}

impl Report {
    /// The message reached this state.
    #[must_use]
    pub const fn new(state: DeliveryState) -> Self {
        Self {
            state,
            why: None,
            permanent: None,
        }
    }

    /// The carrier's own word for a failure, for staff; at most 64 characters of it are kept.
    #[must_use]
    pub fn why(self, why: &str) -> Self {
        Self {
            why: Some(printable(why, 64)),
            ..self
        }
    }

    /// Sending there again makes no sense: the destination does not exist, or its owner wants nothing. Nothing is sent there
    /// until the contact on file is another one, or its owner asks for messages again (row W23).
    #[must_use]
    pub fn permanent(self, why: NotSent) -> Self {
        Self {
            permanent: Some(why),
            ..self
        }
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> DeliveryState {
        self.state
    }

    pub(crate) fn reason_given(&self) -> Option<&str> {
        self.why.as_deref()
    }

    pub(crate) const fn is_permanent(&self) -> Option<NotSent> {
        self.permanent
    }
}
