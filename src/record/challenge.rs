//! One attempt of one subject to get one thing opened.

use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use crate::code::Reference;
use crate::contact::Channel;
use crate::ids::{ChallengeId, DeliveryId, DeviceId};
use crate::keys::Fingerprint;
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// Where a challenge stands. Only an open one can be passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum ChallengeState {
    #[n(0)]
    Open,
    /// Waits for the subject to enrol; only a confirmed enrolment passes it.
    #[n(1)]
    Enrolling,
    #[n(2)]
    Passed,
    /// Given up, out of attempts, or made void.
    #[n(3)]
    Dead,
}

impl ChallengeState {
    /// Whether anything can still come of it.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Enrolling)
    }
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct ChallengeRecord {
    #[n(0)]
    pub(crate) id: ChallengeId,
    #[n(1)]
    pub(crate) purpose: Purpose,
    /// The browser it belongs to, where the host named one: the device that was recognised, or the host's own
    /// reference to its session.
    #[n(2)]
    pub(crate) device: Option<DeviceId>,
    #[n(3)]
    pub(crate) session: Option<Fingerprint>,
    #[n(4)]
    pub(crate) epoch: u32,
    #[n(5)]
    pub(crate) state: ChallengeState,
    #[n(6)]
    pub(crate) begun_at: Timestamp,
    #[n(7)]
    pub(crate) expires_at: Timestamp,
    /// Wrong answers so far. A new code gives none of them back.
    #[n(8)]
    pub(crate) failures: u32,
    /// Messages so far, those that did not leave not counted.
    #[n(9)]
    pub(crate) sends: u32,
    #[n(10)]
    pub(crate) codes: Vec<SentCode>,
    /// How often an outdated right code was answered kindly; after that it counts as a wrong one.
    #[n(11)]
    pub(crate) outdated: u32,
    /// The host marked the device as shared by the public.
    #[n(12)]
    pub(crate) shared_device: bool,
    /// The channel of the link that led here, where there was one.
    #[n(13)]
    pub(crate) link: Option<Channel>,
    /// What was on file when it was begun.
    #[n(14)]
    pub(crate) contacts: Option<Fingerprint>,
}

/// Where a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum CodeState {
    /// Reserved and perhaps on its way; if it arrives it opens, for what may have been sent must work.
    #[n(0)]
    Pending,
    #[n(1)]
    Live,
    /// Replaced by a newer one that was handed over, or sent to a contact that has changed.
    #[n(2)]
    Superseded,
    /// It has opened something.
    #[n(3)]
    Spent,
}

impl CodeState {
    pub(crate) const fn opens(self) -> bool {
        matches!(self, Self::Pending | Self::Live)
    }
}

/// A code that was drawn for this challenge: its keyed fingerprint, never its digits.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct SentCode {
    #[n(0)]
    pub(crate) delivery: DeliveryId,
    #[n(1)]
    pub(crate) channel: Channel,
    #[n(2)]
    pub(crate) fingerprint: Fingerprint,
    #[n(3)]
    pub(crate) reference: Reference,
    /// The destination it went to; if the directory names another by now, the code opens nothing.
    #[n(4)]
    pub(crate) destination: Fingerprint,
    #[n(5)]
    pub(crate) state: CodeState,
    #[n(6)]
    pub(crate) issued_at: Timestamp,
    /// The end that the page shows.
    #[n(7)]
    pub(crate) expires_at: Timestamp,
    #[n(8)]
    pub(crate) length: u8,
}
