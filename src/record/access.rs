//! Access codes: the appointment they belong to, and each code by its fingerprint.

use alloc::vec::Vec;
use core::time::Duration;

use minicbor::{Decode, Encode};

use super::RecordKey;
use super::codec::{self, RecordError};
use crate::ids::{PracticeId, SubjectId};
use crate::keys::{Fingerprint, Sealed};
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// How long an appointment and its codes are known after they have closed: long enough to tell a late caller why,
/// and to move an appointment that was missed.
const MEMORY: Duration = Duration::from_secs(7 * 24 * 3600);

/// When an appointment is, and from when to when its codes work. Half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct WindowRecord {
    #[n(0)]
    pub(crate) start: Timestamp,
    #[n(1)]
    pub(crate) end: Timestamp,
    #[n(2)]
    pub(crate) opens_at: Timestamp,
    #[n(3)]
    pub(crate) closes_at: Timestamp,
}

impl WindowRecord {
    fn deadline(&self) -> Timestamp {
        self.closes_at.saturating_add(MEMORY)
    }
}

/// One appointment, session or other thing that access codes open: who takes part, and which code is theirs.
#[derive(Clone, Debug, Encode, Decode)]
pub struct ObjectRecord {
    /// The latest instant at which this record was written: time does not go back behind it.
    #[n(0)]
    pub(crate) latest: Timestamp,
    #[n(1)]
    pub(crate) window: WindowRecord,
    /// For good: whoever takes place after all does so as another object.
    #[n(2)]
    pub(crate) cancelled: bool,
    #[n(3)]
    pub(crate) participants: Vec<ParticipantRecord>,
}

#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct ParticipantRecord {
    #[n(0)]
    pub(crate) subject: SubjectId,
    /// The fingerprint of the code that works, once one has been revealed.
    #[n(1)]
    pub(crate) code: Option<Fingerprint>,
    /// The code itself, where the policy lets staff see it again.
    #[n(2)]
    pub(crate) sealed: Option<Sealed>,
}

impl ObjectRecord {
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

    /// From when the record may be dropped: a week after its codes have stopped working.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        self.window.deadline()
    }

    /// The records of the codes that were given out and not replaced: of one participant, or of all.
    #[must_use]
    pub fn code_keys(&self, practice: &PracticeId, of: Option<&SubjectId>) -> Vec<RecordKey> {
        self.participants
            .iter()
            .filter(|participant| of.is_none_or(|subject| participant.subject == *subject))
            .filter_map(|participant| participant.code.as_ref())
            .map(|fingerprint| RecordKey::access_code(practice, fingerprint))
            .collect()
    }
}

/// Whether an access code works. Only a live one does, and only within its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(crate) enum AccessState {
    #[n(0)]
    Live,
    /// A newer one was revealed.
    #[n(1)]
    Superseded,
    /// The appointment was cancelled, or the participant removed.
    #[n(2)]
    Revoked,
}

/// One access code, found by its fingerprint. It holds all that decides, so that a right code and a wrong one cost
/// the same look-ups; what staff change is changed here and in the object in one commit.
#[derive(Clone, Debug, Encode, Decode)]
pub struct AccessCodeRecord {
    /// The latest instant at which this record was written: time does not go back behind it.
    #[n(0)]
    pub(crate) latest: Timestamp,
    #[n(1)]
    pub(crate) fingerprint: Fingerprint,
    #[n(2)]
    pub(crate) purpose: Purpose,
    #[n(3)]
    pub(crate) subject: SubjectId,
    #[n(4)]
    pub(crate) state: AccessState,
    #[n(5)]
    pub(crate) window: WindowRecord,
    /// How often it let somebody in. It also makes every use a write, so that a use and a cancellation that race
    /// are put into an order.
    #[n(6)]
    pub(crate) redeemed: u32,
    #[n(7)]
    pub(crate) made_at: Timestamp,
}

impl AccessCodeRecord {
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

    /// From when the record may be dropped: a week after the code has stopped working.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        self.window.deadline()
    }
}
