//! Telling a person what happened to their sign-in.

use alloc::string::String;
use core::fmt;

use crate::audit::Event;
use crate::contact::Destination;
use crate::ids::{DeliveryId, PracticeId};
use crate::message::Text;
use crate::time::Timestamp;

/// What a person is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoticeKind {
    /// A second factor was proved on a device not seen before.
    NewDevice,
    /// A copy of a remembered device's token turned up.
    DeviceCopied,
    /// An authenticator was added.
    AuthenticatorAdded,
    /// An authenticator was removed.
    AuthenticatorRemoved,
    /// Staff removed all authenticators.
    AuthenticatorsReset,
    /// A contact was changed. This goes to the one before.
    ContactChanged,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Staff were given a code that lets the person in.
    BypassCodeIssued,
    /// Few recovery codes are left.
    RecoveryCodesLow,
    /// Too many wrong codes: staff must unlock.
    Locked,
    /// Somebody got in without a second factor, in an emergency.
    Emergency,
}

impl NoticeKind {
    /// What a person is told when this happens; most things need no notice.
    pub(crate) const fn of(event: Event) -> Option<Self> {
        match event {
            Event::NewDeviceVerified => Some(Self::NewDevice),
            Event::TrustTheft => Some(Self::DeviceCopied),
            Event::AuthenticatorAdded => Some(Self::AuthenticatorAdded),
            Event::AuthenticatorRemoved => Some(Self::AuthenticatorRemoved),
            Event::AuthenticatorsReset => Some(Self::AuthenticatorsReset),
            Event::ContactChanged => Some(Self::ContactChanged),
            Event::RecoveryCodeUsed => Some(Self::RecoveryCodeUsed),
            Event::BypassCodeIssued => Some(Self::BypassCodeIssued),
            Event::RecoveryCodesLow => Some(Self::RecoveryCodesLow),
            Event::Locked => Some(Self::Locked),
            Event::EmergencyPass => Some(Self::Emergency),
            _ => None,
        }
    }

    /// The text, with `{brand}` in it.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::NewDevice => Text::NewDeviceNotice,
            Self::DeviceCopied => Text::DeviceCopiedNotice,
            Self::AuthenticatorAdded => Text::FactorAddedNotice,
            Self::AuthenticatorRemoved => Text::FactorRemovedNotice,
            Self::AuthenticatorsReset => Text::FactorResetNotice,
            Self::ContactChanged => Text::ContactChangedNotice,
            Self::RecoveryCodeUsed => Text::RecoveryUsedNotice,
            Self::BypassCodeIssued => Text::BypassNotice,
            Self::RecoveryCodesLow => Text::RecoveryLowNotice,
            Self::Locked => Text::LockedNotice,
            Self::Emergency => Text::EmergencyNotice,
        }
    }
}

/// One notice on its way to a person. It holds no code and opens nothing.
#[derive(Clone)]
pub struct Notice {
    pub(crate) id: DeliveryId,
    pub(crate) practice: PracticeId,
    pub(crate) brand: String,
    pub(crate) destination: Destination,
    pub(crate) kind: NoticeKind,
    pub(crate) at: Timestamp,
}

impl Notice {
    /// Names this notice; a provider may take it as an idempotency key.
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

    /// What it tells of.
    #[must_use]
    pub const fn kind(&self) -> NoticeKind {
        self.kind
    }

    /// When that happened.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The subject line for a mail.
    #[must_use]
    pub fn subject_line(&self) -> String {
        Text::NoticeSubject.english().replace("{brand}", &self.brand)
    }

    /// The text to send. It names the sender and neither the person nor the reason for care.
    #[must_use]
    pub fn text(&self) -> String {
        self.kind.text().english().replace("{brand}", &self.brand)
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("destination", &self.destination)
            .finish_non_exhaustive()
    }
}
