//! The ways a subject can prove a second factor, and what such a proof is worth.

use minicbor::{Decode, Encode};

use crate::contact::Channel;

/// One way to prove a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Method {
    /// A code from an authenticator app (RFC 6238). Nothing is sent.
    #[n(0)]
    Totp,
    /// A code sent to a mobile phone.
    #[n(1)]
    Sms,
    /// A code sent to a mailbox.
    #[n(2)]
    Email,
    /// One of the single-use codes written down at enrolment.
    #[n(3)]
    RecoveryCode,
    /// A single-use code that staff read out to somebody they have identified. No preset has it.
    #[n(4)]
    BypassCode,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::Totp,
        Self::Sms,
        Self::Email,
        Self::RecoveryCode,
        Self::BypassCode,
    ];

    /// `totp`, `sms`, `email`, `recovery_code` or `bypass_code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::RecoveryCode => "recovery_code",
            Self::BypassCode => "bypass_code",
        }
    }

    /// The channel its codes are sent by; `None` when nothing is sent.
    #[must_use]
    pub const fn channel(self) -> Option<Channel> {
        match self {
            Self::Sms => Some(Channel::Sms),
            Self::Email => Some(Channel::Email),
            Self::Totp | Self::RecoveryCode | Self::BypassCode => None,
        }
    }

    /// Whether a pass by this method may make a device remembered. A recovery code may not: who uses one has
    /// lost a factor, perhaps to somebody. Neither may a code that staff read out.
    #[must_use]
    pub const fn may_mint_trust(self) -> bool {
        !matches!(self, Self::RecoveryCode | Self::BypassCode)
    }
}

impl From<Channel> for Method {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Sms => Self::Sms,
            Channel::Email => Self::Email,
        }
    }
}

/// What an authenticator app runs on, as its owner says; never guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum AuthenticatorKind {
    /// Not said.
    #[default]
    #[n(0)]
    Unknown,
    /// A telephone.
    #[n(1)]
    Phone,
    /// The computer itself: a policy may refuse to remember devices on its word.
    #[n(2)]
    Desktop,
    /// A token that does nothing else.
    #[n(3)]
    Hardware,
}

impl AuthenticatorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Phone, Self::Desktop, Self::Hardware];

    /// `unknown`, `phone`, `desktop` or `hardware`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Phone => "phone",
            Self::Desktop => "desktop",
            Self::Hardware => "hardware",
        }
    }
}

/// Where a second factor was proved that the library has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AssertionKind {
    /// At an identity provider that the host signs in with.
    SingleSignOn,
    /// By a passkey (WebAuthn) that the host has checked.
    Passkey,
}

impl AssertionKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::SingleSignOn, Self::Passkey];

    /// `single_sign_on` or `passkey`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SingleSignOn => "single_sign_on",
            Self::Passkey => "passkey",
        }
    }
}
