//! Times and durations as people write them.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use crate::time::{Date, Time, Timestamp, Zone, format_date, parse_date, parse_time};

/// Where a time that is not whole is counted from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Without {
    /// A time without a date is that of the same day as this instant.
    SameDay(Timestamp),
    /// A time without a date is the first one from this instant on.
    Next(Timestamp),
    /// A time needs a date.
    Nothing,
}

/// Reads `10:05`, `10:05:30.500`, `2026-06-16 08:00`, `2026-10-25 01:30 +00:00` or `+30 s`.
pub(super) fn parse(text: &str, zone: &Zone, without: Without) -> Result<Timestamp, String> {
    let wrong = || {
        String::from(
            "must be a time such as 10:05, 10:05:30.500, 2026-06-16 08:00, 2026-10-25 01:30 +00:00 or +30 s",
        )
    };
    if let Some(later) = text.strip_prefix('+') {
        let (Without::SameDay(base) | Without::Next(base)) = without else {
            return Err("must be a date and a time such as 2026-06-15 10:00".into());
        };
        let span = parse_span(later.trim_start()).ok_or_else(wrong)?;
        return Ok(base.saturating_add(span));
    }
    let (date, rest) = match text.split_once([' ', 'T']) {
        Some((date, rest)) if date.contains('-') => (Some(parse_date(date).map_err(|_| wrong())?), rest),
        _ => (None, text),
    };
    let (clock, zone) = zoned(rest, zone).ok_or_else(wrong)?;
    let time = parse_clock(clock).ok_or_else(wrong)?;
    let of = |date: Date| zone.first_instant(date, time);
    match (date, without) {
        (Some(date), _) => Ok(of(date)),
        (None, Without::SameDay(base)) => Ok(of(zone.local(base).0)),
        (None, Without::Next(base)) => {
            let today = zone.local(base).0;
            let tomorrow = today.next_day().unwrap_or(today);
            let at = of(today);
            Ok(if at < base { of(tomorrow) } else { at })
        }
        (None, Without::Nothing) => Err("must be a date and a time such as 2026-06-15 10:00".into()),
    }
}

/// Reads a whole number and a unit: `500 ms`, `30 s`, `5 min`, `18 h`, `30 d`.
pub(super) fn parse_span(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let length = match unit.trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    number.checked_mul(length).map(Duration::from_millis)
}

/// `2026-06-15 10:00`, with seconds and milliseconds only where there are any.
pub(super) fn show(instant: Timestamp, zone: &Zone) -> String {
    let (date, time) = zone.local(instant);
    format!("{} {}", format_date(date), show_clock(time))
}

/// `10:00`, with seconds and milliseconds only where there are any.
pub(super) fn show_time(instant: Timestamp, zone: &Zone) -> String {
    show_clock(zone.local(instant).1)
}

fn show_clock(time: Time) -> String {
    let (hour, minute, second, milli) = time.as_hms_milli();
    match (second, milli) {
        (0, 0) => format!("{hour:02}:{minute:02}"),
        (_, 0) => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

/// Splits an offset off, with which the second of two equal times in autumn can be named.
fn zoned<'t>(text: &'t str, zone: &Zone) -> Option<(&'t str, Zone)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock.trim_end(), Zone::utc()));
    }
    match text.find(['+', '-']) {
        Some(place) => {
            let (clock, offset) = text.split_at_checked(place)?;
            let offset = if offset.ends_with("00:00") {
                Zone::utc()
            } else {
                Zone::named(offset).ok()?
            };
            Some((clock.trim_end(), offset))
        }
        None => Some((text, zone.clone())),
    }
}

fn parse_clock(text: &str) -> Option<Time> {
    let (minutes, rest) = text.split_at_checked(5)?;
    let minutes = parse_time(minutes).ok()?;
    if rest.is_empty() {
        return Some(minutes);
    }
    let rest = rest.strip_prefix(':')?;
    let (second, milli) = rest.split_once('.').unwrap_or((rest, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if second.len() != 2 || milli.len() > 3 || !plain(second) || !plain(milli) {
        return None;
    }
    let milli = format!("{milli:0<3}").parse().ok()?;
    Time::from_hms_milli(minutes.hour(), minutes.minute(), second.parse().ok()?, milli).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_zone_and_shown_again() {
        let london = Zone::named("Europe/London").unwrap();
        let base = parse("2026-06-15 10:00", &london, Without::Nothing).unwrap();
        let read = |text: &str| parse(text, &london, Without::SameDay(base)).map(|at| show(at, &london));
        assert_eq!(read("10:05").unwrap(), "2026-06-15 10:05");
        assert_eq!(read("10:05:30.5").unwrap(), "2026-06-15 10:05:30.500");
        assert_eq!(read("2026-06-16T08:00:00").unwrap(), "2026-06-16 08:00");
        assert_eq!(read("+30 s").unwrap(), "2026-06-15 10:00:30");
        assert_eq!(read("2026-06-15 09:00Z").unwrap(), "2026-06-15 10:00");
        assert_eq!(read("2026-06-15 11:00 +02:00").unwrap(), "2026-06-15 10:00");
        let next = parse("02:00", &london, Without::Next(base)).unwrap();
        assert_eq!(show(next, &london), "2026-06-16 02:00");
        let first = parse("2026-10-25 01:30", &london, Without::Nothing).unwrap();
        let second = parse("2026-10-25 01:30 +00:00", &london, Without::Nothing).unwrap();
        assert_eq!(second.since(first), Duration::from_secs(3600));
        for bad in [
            "",
            "10",
            "10:5",
            "25:00",
            "10:05:60",
            "+30",
            "+x s",
            "2026-02-30 10:00",
            "10:05:3",
            "10:05:30.",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(parse("10:05", &london, Without::Nothing).is_err());
    }
}
