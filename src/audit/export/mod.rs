//! The trail for others to read: JSON lines, and FHIR R4 `AuditEvent`.
//!
//! Both hold what an [`Entry`](super::Entry) holds and nothing more: no code, secret, token or whole destination.
//! Identifiers of people stand in them as the host gave them. Send them on at your own pace: the entries in the
//! store are the trail, and what left it is a copy.

mod coding;
mod fhir;
mod lines;

pub use coding::{Coding, EventType, Outcome};
pub use fhir::FhirExport;
pub use lines::{LineError, from_json, to_json};
