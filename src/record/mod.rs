//! What is persisted, and its versioned encoding.
//!
//! All that is known of one subject is one bounded record, read and written as a whole by compare-and-swap.
//! It holds no code, secret, token or whole destination in the clear.

mod access;
mod any;
mod challenge;
mod codec;
mod destination;
mod device;
mod factor;
mod key;
mod misses;
mod practice;
mod seal;
mod subject;

pub use access::{AccessCodeRecord, ObjectRecord};
pub(crate) use access::{AccessState, ParticipantRecord, WindowRecord};
pub use any::Record;
pub(crate) use challenge::{ChallengeRecord, ChallengeState, CodeState, SentCode};
pub use codec::{FORMAT, MAX_RECORD_BYTES, RecordError};
pub use destination::DestinationRecord;
pub(crate) use device::{DeviceRecord, GrantRecord, TrustRecord};
pub(crate) use factor::{
    AuthenticatorRecord, BypassRecord, EmergencyRecord, Failures, PendingRecord, RecoveryRecord,
};
pub use key::RecordKey;
pub(crate) use misses::{HOUR, SourceRecord};
pub use misses::{MissesRecord, SourcesRecord};
pub use practice::PracticeRecord;
pub use seal::{HeadsRecord, SealRecord};
pub use subject::SubjectRecord;
pub(crate) use subject::{DeliveryRecord, FirstUse};
