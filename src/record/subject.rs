use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::codec::{self, RecordError};
use super::{
    AuthenticatorRecord, BypassRecord, ChallengeRecord, DeviceRecord, EmergencyRecord, Failures, GrantRecord,
    PendingRecord, RecoveryRecord,
};
use crate::audit::Link;
use crate::contact::Channel;
use crate::ids::{ChallengeId, DeliveryId};
use crate::keys::Fingerprint;
use crate::time::Timestamp;

/// All that is known of one subject.
///
/// A host that keeps its own rows stores the bytes of [`encode`](Self::encode) and gives them back to
/// [`decode`](Self::decode); what is inside is for the flow alone.
///
/// It is never dropped: it holds counters and decisions that must outlive every deadline, and the head of the
/// subject's chain. Without the head, entries that were removed could not be told from entries that never were.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct SubjectRecord {
    /// Moves on when all that was granted before must end: trust and open challenges of an older epoch are void.
    #[n(0)]
    pub(crate) epoch: u32,
    /// The latest instant at which this record was written: time does not go back behind it.
    #[n(1)]
    pub(crate) latest: Option<Timestamp>,
    #[n(2)]
    pub(crate) authenticators: Vec<AuthenticatorRecord>,
    #[n(3)]
    pub(crate) pending: Option<PendingRecord>,
    #[n(4)]
    pub(crate) recovery: Option<RecoveryRecord>,
    #[n(5)]
    pub(crate) challenges: Vec<ChallengeRecord>,
    #[n(6)]
    pub(crate) devices: Vec<DeviceRecord>,
    #[n(7)]
    pub(crate) failures: Failures,
    /// When messages were reserved for the subject, oldest first; as many as any policy may count.
    #[n(8)]
    pub(crate) sends: Vec<Timestamp>,
    #[n(9)]
    pub(crate) deliveries: Vec<DeliveryRecord>,
    /// Until when the subject may sign in without having enrolled. Written once, and never
    /// put off; a first challenge or enrolment ends it.
    #[n(10)]
    pub(crate) grace_until: Option<Timestamp>,
    #[n(11)]
    pub(crate) first_use: FirstUse,
    #[n(12)]
    pub(crate) offboarded: bool,
    /// When the time to enrol was granted: a policy that has become shorter since counts from here.
    #[n(13)]
    pub(crate) grace_from: Option<Timestamp>,
    #[n(15)]
    #[cbor(default)]
    pub(crate) grants: Vec<GrantRecord>,
    #[n(16)]
    pub(crate) bypass: Option<BypassRecord>,
    #[n(17)]
    pub(crate) emergency: Option<EmergencyRecord>,
    /// When emergency passes were given lately.
    #[n(18)]
    #[cbor(default)]
    pub(crate) emergencies: Vec<Timestamp>,
    /// The subject has entered a first contact of their own; nobody does that twice.
    #[n(19)]
    #[cbor(default)]
    pub(crate) first_contact_entered: bool,
    /// When the subject last left the practice: what they were given before stays worthless after they come back.
    #[n(20)]
    pub(crate) left_at: Option<Timestamp>,
    /// The head of the chain of the entries about the subject; none before the first.
    #[n(14)]
    pub(crate) chain: Option<Link>,
}

impl SubjectRecord {
    /// Reads what a store returned.
    ///
    /// # Errors
    /// [`RecordError`] when the bytes are not such a record; the caller denies.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        codec::read(bytes)
    }

    /// The bytes to store.
    ///
    /// # Errors
    /// [`RecordError::Large`] past the bound of a record.
    pub fn encode(&self) -> Result<Vec<u8>, RecordError> {
        codec::write(self)
    }
}

/// Whether the host has dealt with the subject's first use of a required second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum FirstUse {
    #[default]
    #[n(0)]
    Ahead,
    #[n(1)]
    Shown,
    #[n(2)]
    Done,
}

/// What became of a message. The states are in the order in which they can only move on.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct DeliveryRecord {
    #[n(0)]
    pub(crate) id: DeliveryId,
    #[n(1)]
    pub(crate) challenge: ChallengeId,
    #[n(2)]
    pub(crate) channel: Channel,
    #[n(3)]
    pub(crate) destination: String,
    #[n(4)]
    pub(crate) provider_id: Option<String>,
    #[n(5)]
    pub(crate) requested_at: Timestamp,
    #[n(6)]
    pub(crate) states: Vec<(crate::delivery::DeliveryState, Timestamp)>,
    /// The destination itself, fingerprinted.
    #[n(7)]
    pub(crate) fingerprint: Option<Fingerprint>,
}
