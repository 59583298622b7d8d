//! One kind of instant, one rule for intervals, and the clock at the edge.
//!
//! Every function of the core that cares about time takes `now: Timestamp`. Every interval in this crate is
//! half-open: a thing that lives from `start` to `end` is alive while `start <= now < end`, so at exactly
//! `end` it is dead ([`Timestamp::is_within`] is the one place that says so).

mod clock;
mod timestamp;
mod zone;

#[cfg(feature = "std")]
pub use clock::SystemClock;
pub use clock::{Clock, ClockError};
pub use timestamp::{Timestamp, TimestampError};
pub use zone::{Date, Time, Zone, ZoneError, format_date, format_time, parse_date, parse_time};
