use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::sync::Mutex;

use super::{CodeMessage, Delivery, Handover, Notice};
use crate::contact::{Channel, Destination};
use crate::ids::DeliveryId;

/// Keeps every message instead of sending it, and answers as it is told: for tests and examples.
///
/// # Security
/// It holds codes in the clear. It belongs in no service.
#[derive(Debug, Default)]
pub struct CapturingDelivery {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Captured>,
    notices: Vec<Notice>,
    answer: Option<Handover>,
}

/// A message that was kept.
#[derive(Clone)]
#[non_exhaustive]
pub struct Captured {
    /// The message's identifier.
    pub id: DeliveryId,
    /// Where it would have gone.
    pub destination: Destination,
    /// The code in it.
    pub code: String,
    /// The reference in it.
    pub reference: String,
    /// Until when the code opens, as the person's clock shows it.
    pub expires_local: String,
    /// The whole text.
    pub text: String,
}

impl core::fmt::Debug for Captured {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Captured({:?}, {:?})", self.id, self.destination)
    }
}

impl CapturingDelivery {
    /// Accepts everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on answers so; the messages are kept all the same.
    pub fn answer(&self, handover: Handover) {
        if let Ok(mut state) = self.state.lock() {
            state.answer = Some(handover);
        }
    }

    /// All messages so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Captured> {
        self.state
            .lock()
            .map_or_else(|_| Vec::new(), |state| state.messages.clone())
    }

    /// All notices so far, oldest first.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.state
            .lock()
            .map_or_else(|_| Vec::new(), |state| state.notices.clone())
    }

    /// The newest message.
    #[must_use]
    pub fn last(&self) -> Option<Captured> {
        self.state.lock().ok()?.messages.last().cloned()
    }

    /// The newest message by this channel.
    #[must_use]
    pub fn last_by(&self, channel: Channel) -> Option<Captured> {
        let state = self.state.lock().ok()?;
        state
            .messages
            .iter()
            .rev()
            .find(|message| message.destination.channel() == channel)
            .cloned()
    }
}

impl Delivery for CapturingDelivery {
    async fn deliver(&self, message: &CodeMessage) -> Handover {
        let Ok(mut state) = self.state.lock() else {
            return Handover::Unknown;
        };
        state.messages.push(Captured {
            id: message.id(),
            destination: message.destination().clone(),
            code: message.code().expose().to_string(),
            reference: message.reference().to_string(),
            expires_local: message.expires_local(),
            text: message.text().to_string(),
        });
        let number = state.messages.len();
        state.answer.clone().unwrap_or_else(|| Handover::Accepted {
            provider_id: Some(alloc::format!("captured-{number}")),
        })
    }

    async fn notify(&self, notice: &Notice) -> Handover {
        let Ok(mut state) = self.state.lock() else {
            return Handover::Unknown;
        };
        state.notices.push(notice.clone());
        Handover::Accepted { provider_id: None }
    }
}
