//! What is persisted, and its versioned encoding.
//!
//! All that is known of one subject is one bounded record, read and written as a whole by compare-and-swap.
//! It holds no code, secret, token or whole destination in the clear.

mod any;
mod challenge;
mod codec;
mod destination;
mod device;
mod factor;
mod key;
mod practice;
mod seal;
mod subject;

pub use any::Record;
pub(crate) use challenge::{ChallengeRecord, ChallengeState, CodeState, SentCode};
pub use codec::{FORMAT, MAX_RECORD_BYTES, RecordError};
pub use destination::DestinationRecord;
pub(crate) use device::{DeviceRecord, TrustRecord};
pub(crate) use factor::{AuthenticatorRecord, Failures, PendingRecord, RecoveryRecord};
pub use key::RecordKey;
pub use practice::PracticeRecord;
pub use seal::{HeadsRecord, SealRecord};
pub use subject::SubjectRecord;
pub(crate) use subject::{DeliveryRecord, FirstUse};
