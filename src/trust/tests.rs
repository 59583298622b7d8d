use core::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::time::{Time, Timestamp, Zone};

fn hours(hours: u64) -> TrustWindow {
    TrustWindow::new(Duration::from_secs(hours.saturating_mul(3600))).unwrap()
}

fn midnight_in(zone: Zone) -> PracticeDay {
    PracticeDay::new(zone, Time::MIDNIGHT)
}

/// Midnight of 2026-06-15 in UTC, and so many minutes.
fn june(minutes: u64) -> Timestamp {
    let midnight = Timestamp::from_unix_seconds(1_781_481_600).unwrap();
    midnight.saturating_add(Duration::from_secs(minutes.saturating_mul(60)))
}

#[test]
fn never_has_no_end() {
    assert_eq!(TrustRule::<Zone>::Never.end(june(0)), None);
}

#[test]
fn bypass_055_the_end_is_outside_to_the_millisecond() {
    let day = midnight_in(Zone::utc());
    let at = june(13 * 60);
    for rule in [
        TrustRule::default(),
        TrustRule::Calendar(day.clone()),
        TrustRule::EarlierOf(hours(18), day.clone()),
        TrustRule::later_of(hours(18), day),
    ] {
        let end = rule.end(at).unwrap();
        let millisecond = Duration::from_millis(1);
        assert!(end.saturating_sub(millisecond).is_within(at, end), "{rule:?}");
        assert!(!end.is_within(at, end), "{rule:?}");
        assert!(!end.saturating_add(millisecond).is_within(at, end), "{rule:?}");
        assert!(at.is_within(at, end) && !at.saturating_sub(millisecond).is_within(at, end));
    }
}

#[test]
fn a_day_boundary_belongs_to_the_day_it_begins() {
    let day = PracticeDay::new(Zone::utc(), Time::from_hms(4, 0, 0).unwrap());
    let boundary = june(4 * 60);
    let before = boundary.saturating_sub(Duration::from_millis(1));
    assert_eq!(day.end_after(before), boundary);
    assert_eq!(day.end_after(boundary), june(28 * 60));
    assert_eq!(day.date_of(before).next_day(), Some(day.date_of(boundary)));
}

#[test]
fn the_cap_wins_over_a_longer_window() {
    let rule = TrustRule::LaterOf {
        window: hours(20),
        day: midnight_in(Zone::utc()),
        cap: hours(2),
    };
    assert_eq!(rule.end(june(0)), Some(june(120)));
}

#[test]
fn a_zone_is_put_in_only_where_a_day_needs_one() {
    let open = TrustRule::Calendar(PracticeDay::new((), Time::MIDNIGHT));
    assert_eq!(open.map_zone(|()| None::<Zone>), None);
    assert_eq!(
        open.map_zone(|()| Some(Zone::utc())),
        Some(TrustRule::Calendar(midnight_in(Zone::utc())))
    );
    let rolling = TrustRule::<()>::default();
    assert_eq!(rolling.map_zone(|()| None::<Zone>), Some(TrustRule::default()));
}

#[test]
fn seconds_of_a_day_start_are_dropped() {
    let precise = Time::from_hms_nano(4, 0, 59, 7).unwrap();
    assert_eq!(
        PracticeDay::new((), precise),
        PracticeDay::new((), Time::from_hms(4, 0, 0).unwrap())
    );
}

#[test]
fn at_the_end_of_time_nothing_is_trusted() {
    let day = midnight_in(Zone::fixed(-720).unwrap());
    for rule in [TrustRule::default(), TrustRule::Calendar(day)] {
        assert_eq!(rule.end(Timestamp::MAX), Some(Timestamp::MAX));
    }
    assert!(midnight_in(Zone::utc()).end_after(Timestamp::MIN) > Timestamp::MIN);
}

#[cfg(feature = "tz")]
mod in_named_zones {
    use super::*;
    use crate::time::{format_date, parse_time};

    fn day(zone: &str, starts_at: &str) -> PracticeDay {
        PracticeDay::new(Zone::named(zone).unwrap(), parse_time(starts_at).unwrap())
    }

    fn utc(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds).unwrap()
    }

    #[test]
    fn a_start_in_a_fold_comes_once() {
        // Sydney shows 02:00 to 03:00 twice on 2026-04-05; the day of 02:30 begins with the first showing.
        let day = day("Australia/Sydney", "02:30");
        let start = utc(1_775_316_600); // 2026-04-04T15:30Z
        assert_eq!(
            day.end_after(start.saturating_sub(Duration::from_millis(1))),
            start
        );
        // At 02:10 for the second time the label says "not yet half past two", but the day has begun.
        let again = utc(1_775_319_000); // 2026-04-04T16:10Z
        assert_eq!(format_date(day.date_of(again)), "2026-04-05");
        assert_eq!(day.end_after(again), utc(1_775_406_600)); // 2026-04-05T16:30Z
    }

    #[test]
    fn a_fold_across_midnight_does_not_end_a_day_twice() {
        // St. John's, 2010-11-07: 00:00 at 02:30Z, one minute later back to 23:01 of the 6th.
        let day = day("America/St_Johns", "00:00");
        let start = utc(1_289_097_000);
        assert_eq!(format_date(day.date_of(start)), "2010-11-07");
        let again = utc(1_289_097_000 + 20 * 60);
        assert_eq!(format_date(day.zone().local(again).0), "2010-11-06");
        assert_eq!(format_date(day.date_of(again)), "2010-11-07");
        assert_eq!(day.end_after(again), utc(1_289_187_000)); // 2010-11-08T03:30Z
    }

    #[test]
    fn a_date_that_never_was_has_no_day() {
        let day = day("Pacific/Apia", "00:00");
        let jump = utc(1_325_239_200); // 2011-12-30T10:00Z
        let before = jump.saturating_sub(Duration::from_millis(1));
        assert_eq!(format_date(day.date_of(before)), "2011-12-29");
        assert_eq!(format_date(day.date_of(jump)), "2011-12-31");
    }

    const ZONES: [&str; 10] = [
        "Africa/Cairo",
        "America/Havana",
        "America/New_York",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Antarctica/Troll",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn every_rule_keeps_its_promises(
            zone in 0..ZONES.len(),
            minute in 0_u8..60,
            hour in 0_u8..24,
            // 2000 to 2037
            verified in 946_684_800_000_u64..2_145_916_800_000,
            later in 0_u64..200_000_000,
            window in 60_u64..172_800,
        ) {
            let day = PracticeDay::new(Zone::named(ZONES[zone]).unwrap(), Time::from_hms(hour, minute, 0).unwrap());
            let at = Timestamp::from_unix_milliseconds(verified).unwrap();
            let window = TrustWindow::new(Duration::from_secs(window)).unwrap();
            let rolling = at.saturating_add(window.duration());
            let boundary = day.end_after(at);

            prop_assert!(boundary > at);
            prop_assert!(day.zone().first_instant(day.date_of(at), day.starts_at()) <= at);
            prop_assert!(day.date_of(boundary) > day.date_of(at));
            prop_assert_eq!(day.end_after(boundary.saturating_sub(Duration::from_millis(1))), boundary);

            let rules = [
                TrustRule::Rolling(window),
                TrustRule::Calendar(day.clone()),
                TrustRule::EarlierOf(window, day.clone()),
                TrustRule::later_of(window, day),
            ];
            let ends = rules.each_ref().map(|rule| rule.end(at).unwrap());
            prop_assert_eq!(ends[0], rolling);
            prop_assert_eq!(ends[1], boundary);
            prop_assert!(ends[2] <= rolling && ends[2] <= boundary);
            prop_assert!(ends[3] <= at.saturating_add(TrustWindow::ADVISED_MAX.duration()));
            prop_assert!(ends[3] >= ends[2].min(at.saturating_add(TrustWindow::ADVISED_MAX.duration())));
            let second = at.saturating_add(Duration::from_millis(later));
            for (rule, end) in rules.iter().zip(ends) {
                prop_assert!(end > at);
                prop_assert!(rule.end(second).unwrap() >= end, "{:?}", rule);
            }
        }
    }
}
