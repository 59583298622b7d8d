//! Stub, replaced at merge.

use alloc::string::{String, ToString};

pub use time::{Date, Time};

use super::Timestamp;

/// A zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown zone")]
pub struct ZoneError;

impl Zone {
    /// Named.
    ///
    /// # Errors
    /// Unknown.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        #[cfg(feature = "tz")]
        let known = jiff::tz::TimeZone::get(name).is_ok();
        #[cfg(not(feature = "tz"))]
        let known = name == "UTC";
        known.then(|| Self(name.to_string())).ok_or(ZoneError)
    }

    /// Name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The first instant of a local date and time.
    #[must_use]
    pub fn first_instant(&self, date: Date, time: Time) -> Timestamp {
        let local = time::PrimitiveDateTime::new(date, time).assume_utc();
        #[cfg(feature = "tz")]
        {
            let zone = jiff::tz::TimeZone::get(&self.0).unwrap_or(jiff::tz::TimeZone::UTC);
            let naive = jiff::tz::TimeZone::UTC
                .to_datetime(jiff::Timestamp::from_second(local.unix_timestamp()).unwrap_or_default());
            let instant = zone.to_timestamp(naive).unwrap_or_default();
            Timestamp::from_unix_seconds(u64::try_from(instant.as_second()).unwrap_or(0))
                .unwrap_or(Timestamp::MAX)
        }
        #[cfg(not(feature = "tz"))]
        Timestamp::from_utc(local)
    }
}

/// Date.
///
/// # Errors
/// Bad.
pub fn parse_date(text: &str) -> Result<Date, ZoneError> {
    let parts: alloc::vec::Vec<&str> = text.split('-').collect();
    let [y, m, d] = parts.as_slice() else {
        return Err(ZoneError);
    };
    if text.len() != 10 {
        return Err(ZoneError);
    }
    let month = m
        .parse::<u8>()
        .ok()
        .and_then(|m| time::Month::try_from(m).ok())
        .ok_or(ZoneError)?;
    let year = y.parse().map_err(|_| ZoneError)?;
    Date::from_calendar_date(year, month, d.parse().map_err(|_| ZoneError)?).map_err(|_| ZoneError)
}

/// Time.
///
/// # Errors
/// Bad.
pub fn parse_time(text: &str) -> Result<Time, ZoneError> {
    let (h, m) = text.split_once(':').ok_or(ZoneError)?;
    Time::from_hms(
        h.parse().map_err(|_| ZoneError)?,
        m.parse().map_err(|_| ZoneError)?,
        0,
    )
    .map_err(|_| ZoneError)
}

/// Date.
#[must_use]
pub fn format_date(date: Date) -> String {
    alloc::format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// Time.
#[must_use]
pub fn format_time(time: Time) -> String {
    alloc::format!("{:02}:{:02}", time.hour(), time.minute())
}
