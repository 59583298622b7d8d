//! Durations as people write them: `30 s`, `5 min`, `18 h`, `30 d`.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

/// Every unit with its length in milliseconds, the longest first.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A duration in the largest unit that writes it exactly; `24 h` rather than `1 d`, because the rules about
/// remembered devices count in hours. What is shorter than a millisecond is not shown.
pub(super) fn text(duration: Duration) -> String {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if milliseconds == 0 {
        return "0 s".into();
    }
    let exact = |(unit, length): &(&str, u64)| {
        let count = milliseconds.checked_div(*length)?;
        let whole = milliseconds.checked_rem(*length)? == 0;
        (whole && !(*unit == "d" && count == 1)).then(|| format!("{count} {unit}"))
    };
    UNITS.iter().find_map(exact).unwrap_or_default()
}

/// Reads a whole number and a unit, with or without a space between them. No sign, no fraction, no sums.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let number: u64 = number.parse().ok()?;
    number.checked_mul(*length).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for (seconds, written) in [
            (0, "0 s"),
            (30, "30 s"),
            (90, "90 s"),
            (60, "1 min"),
            (300, "5 min"),
            (64_800, "18 h"),
            (86_400, "24 h"),
            (2_592_000, "30 d"),
        ] {
            assert_eq!(text(Duration::from_secs(seconds)), written);
            assert_eq!(parse(written), Some(Duration::from_secs(seconds)));
        }
        assert_eq!(parse("5min"), Some(Duration::from_secs(300)));
    }

    #[test]
    fn reads_nothing_else() {
        for bad in [
            "",
            "5",
            "min",
            "5  min",
            " 5 min",
            "5 min ",
            "-5 min",
            "1.5 h",
            "5 MIN",
            "5 m",
            "1 h 30 min",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse("18446744073709551615 d"), None);
        assert_eq!(parse("99999999999999999999 s"), None);
    }
}
