//! Devices on which a subject has passed a second factor.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use crate::ids::DeviceId;
use crate::method::{AuthenticatorKind, Method};
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// One browser or program that holds a token of this subject. Being recognised opens nothing; only a
/// [`TrustRecord`] does.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct DeviceRecord {
    #[n(0)]
    pub(crate) id: DeviceId,
    /// The generation of the token that is out; every older one is a copy.
    #[n(1)]
    pub(crate) generation: u32,
    #[n(2)]
    pub(crate) rotated_at: Timestamp,
    #[n(3)]
    pub(crate) first_seen_at: Timestamp,
    #[n(4)]
    pub(crate) last_seen_at: Timestamp,
    /// When a second factor was last proved on it.
    #[n(5)]
    pub(crate) verified_at: Timestamp,
    /// At most one for each purpose.
    #[n(6)]
    pub(crate) trust: Vec<TrustRecord>,
}

/// That a pass for one object opens that object again on the same device, for a line that dropped.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct GrantRecord {
    /// With its object: the pass was for that one alone.
    #[n(0)]
    pub(crate) purpose: Purpose,
    #[n(1)]
    pub(crate) device: DeviceId,
    #[n(2)]
    pub(crate) granted_at: Timestamp,
    /// The end computed then. Today's policy may bring it forward, never put it off.
    #[n(3)]
    pub(crate) ends_at: Timestamp,
    #[n(4)]
    pub(crate) epoch: u32,
    #[n(5)]
    pub(crate) method: Method,
}

/// That a device may stand in for the second factor, for one purpose, for a time fixed when it was proved.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct TrustRecord {
    #[n(0)]
    pub(crate) purpose: String,
    #[n(1)]
    pub(crate) verified_at: Timestamp,
    /// The end computed then. Today's policy may bring it forward, never put it off.
    #[n(2)]
    pub(crate) ends_at: Timestamp,
    /// The subject's epoch then; it must still be the same.
    #[n(3)]
    pub(crate) epoch: u32,
    #[n(4)]
    pub(crate) method: Method,
    /// What the authenticator runs on, when the method was one.
    #[n(5)]
    pub(crate) kind: AuthenticatorKind,
}
