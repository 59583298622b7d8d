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
            why: Some(without_contacts(&printable(why, 64))),
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

/// The text without whole numbers and addresses: carriers like to repeat where a message was to go.
fn without_contacts(text: &str) -> String {
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let is_contact = |word: &&str| digits(word) >= 7 || word.contains('@');
    let mut kept = String::with_capacity(text.len());
    for word in text.split(' ') {
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(if is_contact(&word) { "…" } else { word });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriers_word_keeps_no_number_and_no_address() {
        let report = Report::new(DeliveryState::Failed);
        let why = |text| report.clone().why(text).reason_given().map(String::from);
        assert_eq!(why("30005").as_deref(), Some("30005"));
        assert_eq!(
            why("The 'To' number +15551234567 is not valid").as_deref(),
            Some("The 'To' number … is not valid")
        );
        assert_eq!(
            why("550 <pat@example.org> unknown").as_deref(),
            Some("550 … unknown")
        );
    }
}
