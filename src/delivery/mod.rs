//! Handing messages over.

#[cfg(feature = "std")]
mod capture;
#[cfg(feature = "std")]
mod console;
mod metered;
mod notice;
mod report;

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt::{self, Debug};
use core::future::Future;

use minicbor::{Decode, Encode};

use crate::code::{Code, Reference};
use crate::contact::Destination;
use crate::ids::{DeliveryId, PracticeId};
use crate::message::Text;
use crate::purpose::Purpose;
use crate::time::{Timestamp, Zone};

#[cfg(feature = "std")]
pub use capture::{Captured, CapturingDelivery};
#[cfg(feature = "std")]
pub use console::ConsoleDelivery;
pub use metered::{Credit, Metered};
pub use notice::{Notice, NoticeKind};
pub use report::Report;

/// Hands one message to whoever carries it.
///
/// Called after the code has been committed and outside any transaction. It does not retry by itself: whether
/// to send again is policy.
///
/// # Security
/// The message holds the code and the whole destination. An implementation logs neither, and not the answer
/// of a provider either, which may repeat both.
///
/// ```
/// use medfactor::contact::Destination;
/// use medfactor::delivery::{CodeMessage, Delivery, Handover, NotSent, Notice};
///
/// /// Hands text messages to a gateway in the house; there is none for mail.
/// #[derive(Debug)]
/// struct Gateway;
///
/// impl Delivery for Gateway {
///     async fn deliver(&self, message: &CodeMessage) -> Handover {
///         match message.destination() {
///             Destination::Sms(_) => {
///                 let (_to, _text) = (message.destination().expose(), message.text());
///                 // post them; a refused connection is NotSent, a cut answer is Unknown
///                 Handover::Accepted { provider_id: Some(message.id().to_string()) }
///             }
///             _ => Handover::NotSent(NotSent::Unavailable),
///         }
///     }
///
///     async fn notify(&self, notice: &Notice) -> Handover {
///         // put `notice.text()` for `notice.destination()` into the queue
///         Handover::Accepted { provider_id: Some(notice.id().to_string()) }
///     }
/// }
/// ```
pub trait Delivery: Debug + Send + Sync {
    /// Tries to hand `message` over, within a time the implementation bounds.
    ///
    /// There is no error: whatever went wrong is one of the three outcomes. In doubt the answer is
    /// [`Handover::Unknown`]. *If broken:* an `Accepted` for what never left replaces the code in somebody's
    /// hand by one that will not come; a `NotSent` for what did leave makes a code that arrives worthless.
    fn deliver(&self, message: &CodeMessage) -> impl Future<Output = Handover> + Send;

    /// Tries to hand a notice over. The person who signs in waits for it, so it had better be a place in a queue.
    ///
    /// A notice is tried once: what it tells of is in the audit trail in any case. *If broken:* whoever takes over a
    /// sign-in does so unnoticed.
    fn notify(&self, notice: &Notice) -> impl Future<Output = Handover> + Send;
}

impl<D: Delivery + ?Sized> Delivery for Arc<D> {
    fn deliver(&self, message: &CodeMessage) -> impl Future<Output = Handover> + Send {
        (**self).deliver(message)
    }

    fn notify(&self, notice: &Notice) -> impl Future<Output = Handover> + Send {
        (**self).notify(notice)
    }
}

/// A code on its way to a subject, in parts and as ready text.
pub struct CodeMessage {
    pub(crate) id: DeliveryId,
    pub(crate) practice: PracticeId,
    pub(crate) brand: String,
    pub(crate) destination: Destination,
    pub(crate) purpose: Purpose,
    pub(crate) code: Code,
    pub(crate) reference: Reference,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// The zone to show the person times in.
    pub(crate) zone: Option<Zone>,
}

impl CodeMessage {
    /// Names this message in the audit trail; a provider may take it as an idempotency key.
    #[must_use]
    pub const fn id(&self) -> DeliveryId {
        self.id
    }

    /// The practice that sends.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        &self.practice
    }

    /// Where it goes.
    #[must_use]
    pub const fn destination(&self) -> &Destination {
        &self.destination
    }

    /// What the code will open.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> &Code {
        &self.code
    }

    /// The three letters that stand on the page too.
    #[must_use]
    pub const fn reference(&self) -> Reference {
        self.reference
    }

    /// Until when the code opens; a provider should give up then.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Until when the code opens, as the person's own clock shows it: `2026-06-15 10:05`. In the zone of the person,
    /// else of the practice; in UTC, and saying so, where neither is known. What a host's own text puts in place of
    /// `{expires_local}`.
    #[must_use]
    pub fn expires_local(&self) -> String {
        match &self.zone {
            Some(zone) => zone.show(self.expires_at),
            None => alloc::format!("{} UTC", Zone::utc().show(self.expires_at)),
        }
    }

    /// The subject line for a mail. It never holds the code.
    #[must_use]
    pub fn subject_line(&self) -> String {
        Text::MailSubject.english().replace("{brand}", &self.brand)
    }

    /// The text to send, with the code as a token of its own. It names the sender and neither the person nor
    /// the reason for care.
    #[must_use]
    pub fn text(&self) -> zeroize::Zeroizing<String> {
        let template = match self.destination {
            Destination::Sms(_) => Text::SmsBody,
            Destination::Email(_) => Text::MailBody,
        };
        let minutes = self.expires_at.since(self.issued_at).as_secs().div_ceil(60);
        zeroize::Zeroizing::new(
            template
                .english()
                .replace("{brand}", &self.brand)
                .replace("{reference}", self.reference.as_str())
                .replace("{minutes}", &alloc::format!("{minutes}"))
                .replace("{code}", self.code.expose()),
        )
    }
}

impl Debug for CodeMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeMessage")
            .field("id", &self.id)
            .field("practice", &self.practice)
            .field("destination", &self.destination)
            .field("purpose", &self.purpose)
            .field("reference", &self.reference)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// How handing over ended.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub enum Handover {
    /// The carrier took it, under this identifier of its own if it gives one. The new code becomes live, the
    /// old one dies.
    Accepted {
        /// The carrier's identifier, at most 128 characters of it are kept.
        provider_id: Option<String>,
    },
    /// It certainly did not leave. The new code is dropped, an old one stays, nothing counts.
    NotSent(NotSent),
    /// It may have left. Both codes work, and nothing is sent again by itself.
    Unknown,
}

impl Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { .. } => f.write_str("Accepted"),
            Self::NotSent(why) => write!(f, "NotSent({why:?})"),
            Self::Unknown => f.write_str("Unknown"),
        }
    }
}

/// Why a message did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSent {
    /// The number or mailbox does not exist, or takes no such messages.
    BadDestination,
    /// Its owner has told the carrier to stop.
    OptedOut,
    /// The practice has no credit left for messages.
    NoCredit,
    /// Something that may pass: no connection, too many requests, a wrong setting.
    Unavailable,
}

/// What a carrier later says of a message. It only ever moves on, and it never touches authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum DeliveryState {
    /// About to be handed over.
    #[n(0)]
    Requested,
    /// Nobody knows whether it was handed over.
    #[n(1)]
    Unknown,
    /// The carrier took it.
    #[n(2)]
    Accepted,
    /// It left the carrier.
    #[n(3)]
    Sent,
    /// It arrived.
    #[n(4)]
    Delivered,
    /// It did not arrive, or never left.
    #[n(5)]
    Failed,
}
