use alloc::string::String;
use core::fmt;

use super::FlowError;
use crate::entropy::Entropy;
use crate::ids::{ChallengeId, Subject};
use crate::keys::{KeyRing, Message, Sealed};

/// Why a text is not a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a ticket")]
#[non_exhaustive]
pub struct TicketError;

/// What the page holds while a challenge is open: the handle for `send`, `submit`, `cancel` and enrolment.
///
/// It names subject and challenge, sealed under the key ring: it tells nothing to who reads it, nobody can
/// make one, and it opens nothing without a right answer. Put it into the page or the pre-sign-in session, not
/// into a URL that is logged.
///
/// ```
/// use medfactor::flow::Ticket;
///
/// assert!(Ticket::parse("v1.not base32").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(String);

const ALPHABET: base32::Alphabet = base32::Alphabet::Rfc4648Lower { padding: false };

impl Ticket {
    /// The longest ticket, in characters.
    pub const MAX_LENGTH: usize = 1024;

    /// Reads what a page sent back. Whether it is genuine shows at its use.
    ///
    /// # Errors
    /// [`TicketError`] for a text no ticket can be.
    pub fn parse(text: &str) -> Result<Self, TicketError> {
        let body = text.strip_prefix("v1.").ok_or(TicketError)?;
        let plain = body
            .bytes()
            .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
        if plain && !body.is_empty() && text.len() <= Self::MAX_LENGTH {
            Ok(Self(text.into()))
        } else {
            Err(TicketError)
        }
    }

    /// The text for the page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn seal(
        keys: &KeyRing,
        entropy: &dyn Entropy,
        subject: &Subject,
        challenge: ChallengeId,
    ) -> Result<Self, FlowError> {
        let plaintext = minicbor::to_vec((subject, challenge)).map_err(|_| FlowError::Ticket)?;
        let sealed = keys.seal(entropy, &place(), &plaintext)?;
        Ok(Self(alloc::format!(
            "v1.{}",
            base32::encode(ALPHABET, &sealed.to_bytes())
        )))
    }

    /// The subject and challenge the ticket is for.
    ///
    /// # Errors
    /// [`FlowError::Ticket`] when this installation did not make it, or made it with a key it has since dropped.
    pub fn open(&self, keys: &KeyRing) -> Result<(Subject, ChallengeId), FlowError> {
        let body = self.0.strip_prefix("v1.").unwrap_or_default();
        let bytes = base32::decode(ALPHABET, body).ok_or(FlowError::Ticket)?;
        let sealed = Sealed::from_bytes(&bytes).ok_or(FlowError::Ticket)?;
        let plaintext = keys.open(&sealed, &place()).ok_or(FlowError::Ticket)?;
        minicbor::decode(&plaintext).map_err(|_| FlowError::Ticket)
    }
}

fn place() -> Message {
    Message::new().part(b"ticket")
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}
