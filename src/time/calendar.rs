//! Dates and times of day as policies write them.

use alloc::string::String;

use time::{Date, Month, Time};

/// Why a text is not a date or a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// Not `YYYY-MM-DD`, or a day that no calendar has.
    #[error("not a date of the form 2026-09-01")]
    Date,
    /// Not `hh:mm` from `00:00` to `23:59`.
    #[error("not a time of day of the form 04:00")]
    Time,
}

/// Reads `2026-09-01`: four digits, two, two, from year 0000 to 9999 (RFC 3339 `full-date`).
///
/// # Errors
/// [`CalendarError::Date`].
///
/// ```
/// use medfactor::time::{CalendarError, format_date, parse_date};
///
/// assert_eq!(format_date(parse_date("2028-02-29")?), "2028-02-29");
/// assert_eq!(parse_date("2026-02-29"), Err(CalendarError::Date));
/// # Ok::<(), CalendarError>(())
/// ```
pub fn parse_date(text: &str) -> Result<Date, CalendarError> {
    read_date(text).ok_or(CalendarError::Date)
}

/// Reads `04:00`: hours and minutes of a 24-hour day, two digits each.
///
/// # Errors
/// [`CalendarError::Time`].
///
/// ```
/// use medfactor::time::{CalendarError, format_time, parse_time};
///
/// assert_eq!(format_time(parse_time("04:00")?), "04:00");
/// assert_eq!(parse_time("24:00"), Err(CalendarError::Time));
/// # Ok::<(), CalendarError>(())
/// ```
pub fn parse_time(text: &str) -> Result<Time, CalendarError> {
    read_time(text).ok_or(CalendarError::Time)
}

/// Writes a date as [`parse_date`] reads it.
#[must_use]
pub fn format_date(date: Date) -> String {
    alloc::format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// Writes a time of day as [`parse_time`] reads it; seconds are not shown.
#[must_use]
pub fn format_time(time: Time) -> String {
    alloc::format!("{:02}:{:02}", time.hour(), time.minute())
}

fn read_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let month = Month::try_from(u8::try_from(digits(month, 2)?).ok()?).ok()?;
    let day = u8::try_from(digits(day, 2)?).ok()?;
    Date::from_calendar_date(i32::from(digits(year, 4)?), month, day).ok()
}

fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let hour = u8::try_from(digits(hour, 2)?).ok()?;
    let minute = u8::try_from(digits(minute, 2)?).ok()?;
    Time::from_hms(hour, minute, 0).ok()
}

/// The number written with exactly `count` ASCII digits. (`str::parse` alone would take a `+`.)
pub(super) fn digits(text: &str, count: usize) -> Option<u16> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_is_read() {
        for bad in [
            "",
            "-",
            "--",
            "2026-9-1",
            "26-09-01",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-09-01 ",
            "+026-09-01",
            "-2026-09-01",
            "2026-09-01-",
            "２０２６-09-01",
            "2026/09/01",
        ] {
            assert_eq!(parse_date(bad), Err(CalendarError::Date), "{bad}");
        }
        for bad in [
            "", ":", "4:00", "24:00", "23:60", "+4:00", "04:00:00", "04:00 ", "0400",
        ] {
            assert_eq!(parse_time(bad), Err(CalendarError::Time), "{bad}");
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        for date in ["0000-01-01", "1970-01-01", "2028-02-29", "9999-12-31"] {
            assert_eq!(format_date(parse_date(date).unwrap()), date);
        }
        for time in ["00:00", "04:00", "23:59"] {
            assert_eq!(format_time(parse_time(time).unwrap()), time);
        }
    }
}
