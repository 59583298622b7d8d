use core::fmt;
use core::time::Duration;

use minicbor::{Decode, Encode};
use time::OffsetDateTime;

/// An instant: whole milliseconds since 1970-01-01T00:00:00Z, from 0 to 9999-12-31T23:59:59.999Z.
///
/// Milliseconds, because every boundary of the rules is a whole second and every store and audit format
/// keeps at least milliseconds. Arithmetic saturates at the ends of the range and never wraps.
///
/// ```
/// use core::time::Duration;
/// use medfactor::time::Timestamp;
///
/// let issued = Timestamp::from_unix_seconds(1_700_000_000)?;
/// let expires = issued.saturating_add(Duration::from_secs(300));
/// assert!(expires.saturating_sub(Duration::from_millis(1)).is_within(issued, expires));
/// assert!(!expires.is_within(issued, expires)); // half-open: at the end it is over
/// assert_eq!(issued.to_string(), "2023-11-14T22:13:20.000Z");
/// # Ok::<(), medfactor::time::TimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] u64);

/// A number of seconds or milliseconds that lies past the year 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the instant lies past the year 9999")]
#[non_exhaustive]
pub struct TimestampError;

impl Timestamp {
    /// 1970-01-01T00:00:00Z, the earliest instant.
    pub const MIN: Self = Self(0);
    /// 9999-12-31T23:59:59.999Z, the latest instant: the end of what RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The instant `milliseconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimestampError`] past [`Timestamp::MAX`].
    pub const fn from_unix_milliseconds(milliseconds: u64) -> Result<Self, TimestampError> {
        if milliseconds <= Self::MAX.0 {
            Ok(Self(milliseconds))
        } else {
            Err(TimestampError)
        }
    }

    /// The instant `seconds` after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimestampError`] past [`Timestamp::MAX`].
    pub const fn from_unix_seconds(seconds: u64) -> Result<Self, TimestampError> {
        match seconds.checked_mul(1000) {
            Some(milliseconds) => Self::from_unix_milliseconds(milliseconds),
            None => Err(TimestampError),
        }
    }

    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_milliseconds(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down: what RFC 6238 calls Unix time.
    #[must_use]
    pub const fn unix_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// The instant `duration` later, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds(duration)).min(Self::MAX.0))
    }

    /// The instant `duration` earlier, at least [`Timestamp::MIN`].
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(milliseconds(duration)))
    }

    /// How long after `earlier` this instant is; zero when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Whether this instant lies in the half-open interval from `start` to `end`.
    #[must_use]
    pub fn is_within(self, start: Self, end: Self) -> bool {
        start <= self && self < end
    }

    /// The same instant for calendar arithmetic.
    pub(crate) fn to_utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0).saturating_mul(1_000_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.to_utc();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whole milliseconds of a duration, rounded down, at most `u64::MAX`.
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_range_ends_where_rfc_3339_ends() {
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::MIN.to_string(), "1970-01-01T00:00:00.000Z");
        assert!(Timestamp::from_unix_milliseconds(Timestamp::MAX.0 + 1).is_err());
        assert!(Timestamp::from_unix_seconds(u64::MAX).is_err());
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp::MAX.saturating_add(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.saturating_sub(Duration::MAX), Timestamp::MIN);
        assert_eq!(Timestamp::MIN.since(Timestamp::MAX), Duration::ZERO);
    }
}
