//! Zones.

/// A zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone;

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown zone")]
pub struct ZoneError;
