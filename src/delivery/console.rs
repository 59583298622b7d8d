use std::io::Write as _;

use super::{CodeMessage, Delivery, Handover, NotSent, Notice};

/// Prints every message on standard output instead of sending it: for a first try on one's own machine.
///
/// # Security
/// It shows codes to whoever sees the terminal or its log. It belongs in no service; its name says so.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ConsoleDelivery;

impl ConsoleDelivery {
    /// Prints on standard output.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Delivery for ConsoleDelivery {
    async fn deliver(&self, message: &CodeMessage) -> Handover {
        let text = message.text();
        match writeln!(
            std::io::stdout(),
            "[to {}] {}",
            message.destination().masked(),
            text.as_str()
        ) {
            Ok(()) => Handover::Accepted { provider_id: None },
            Err(_) => Handover::NotSent(NotSent::Unavailable),
        }
    }

    async fn notify(&self, notice: &Notice) -> Handover {
        match writeln!(
            std::io::stdout(),
            "[to {}] {}",
            notice.destination().masked(),
            notice.text()
        ) {
            Ok(()) => Handover::Accepted { provider_id: None },
            Err(_) => Handover::NotSent(NotSent::Unavailable),
        }
    }
}
