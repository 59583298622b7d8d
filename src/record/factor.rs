//! What a subject can prove itself with, and how often that has failed.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use crate::audit::Actor;
use crate::ids::{AuthenticatorId, ChallengeId, EmergencyId};
use crate::keys::{Fingerprint, Sealed};
use crate::method::{AuthenticatorKind, Method};
use crate::otp::{Algorithm, Digits};
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// One authenticator app: active, and proved by a right code.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct AuthenticatorRecord {
    #[n(0)]
    pub(crate) id: AuthenticatorId,
    #[n(1)]
    pub(crate) name: String,
    #[n(2)]
    pub(crate) kind: AuthenticatorKind,
    #[n(3)]
    pub(crate) algorithm: Algorithm,
    #[n(4)]
    pub(crate) digits: Digits,
    #[n(5)]
    pub(crate) secret: Sealed,
    #[n(6)]
    pub(crate) added_at: Timestamp,
    /// The newest time step that was accepted; only later ones will be (RFC 6238 5.2).
    #[n(7)]
    pub(crate) last_step: u64,
    #[n(8)]
    pub(crate) last_used_at: Option<Timestamp>,
    /// Failures since the last success.
    #[n(9)]
    pub(crate) failures: u32,
}

/// An authenticator whose secret was shown and which has not yet proved itself. It opens nothing.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct PendingRecord {
    #[n(0)]
    pub(crate) authenticator: AuthenticatorRecord,
    #[n(1)]
    pub(crate) expires_at: Timestamp,
    /// The sign-in that waits for it, if it is one that may go on only after enrolment.
    #[n(2)]
    pub(crate) challenge: Option<ChallengeId>,
    /// The epoch it was begun in.
    #[n(3)]
    pub(crate) epoch: u32,
}

/// The recovery codes that are left.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct RecoveryRecord {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub(crate) salt: [u8; 16],
    #[n(1)]
    pub(crate) unused: Vec<Fingerprint>,
    #[n(2)]
    pub(crate) made_at: Timestamp,
}

/// A code that staff have read out, for one purpose.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct BypassRecord {
    #[n(0)]
    pub(crate) fingerprint: Fingerprint,
    #[n(1)]
    pub(crate) purpose: Purpose,
    #[n(2)]
    pub(crate) issued_at: Timestamp,
    #[n(3)]
    pub(crate) expires_at: Timestamp,
    #[n(4)]
    pub(crate) length: u8,
}

/// A request for an emergency pass, and who has approved it.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct EmergencyRecord {
    #[n(0)]
    pub(crate) id: EmergencyId,
    #[n(1)]
    pub(crate) purpose: Purpose,
    #[n(2)]
    pub(crate) requested_at: Timestamp,
    #[n(3)]
    pub(crate) expires_at: Timestamp,
    #[n(4)]
    pub(crate) approved_by: Option<Actor>,
    #[n(5)]
    pub(crate) epoch: u32,
}

/// How often the subject has failed. Requests for a new code, new challenges and other devices change nothing
/// of it.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub(crate) struct Failures {
    /// Since the last success, over all factors.
    #[n(0)]
    pub(crate) in_a_row: u32,
    /// When the recent ones happened, oldest first.
    #[n(1)]
    pub(crate) recent: Vec<Timestamp>,
    /// Since when only staff can open the subject again.
    #[n(2)]
    pub(crate) locked_at: Option<Timestamp>,
    /// Since the last success by that method; authenticators count for themselves.
    #[n(3)]
    sms: u32,
    #[n(4)]
    email: u32,
    #[n(5)]
    recovery_code: u32,
}

impl Failures {
    /// How many recent failures are remembered: more than any policy may allow.
    const MAX_RECENT: usize = 64;

    pub(crate) const fn of(&self, method: Method) -> u32 {
        match method {
            Method::Sms => self.sms,
            Method::Email => self.email,
            Method::RecoveryCode => self.recovery_code,
            // Authenticators count for themselves; a bypass code dies before anybody could guess it.
            Method::Totp | Method::BypassCode => 0,
        }
    }

    /// The counter of a method; `None` for the one whose authenticators count for themselves.
    pub(crate) const fn of_mut(&mut self, method: Method) -> Option<&mut u32> {
        match method {
            Method::Sms => Some(&mut self.sms),
            Method::Email => Some(&mut self.email),
            Method::RecoveryCode => Some(&mut self.recovery_code),
            Method::Totp | Method::BypassCode => None,
        }
    }

    pub(crate) fn record(&mut self, now: Timestamp) {
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.recent.push(now);
        if self.recent.len() > Self::MAX_RECENT {
            self.recent.remove(0);
        }
    }
}
