use super::*;
use alloc::format;
use alloc::string::ToString;

#[test]
fn offsets_are_strict() {
    for good in ["+10:00", "-03:30", "+05:45", "-12:00", "+14:00", "-00:30"] {
        assert_eq!(Zone::named(good).unwrap().name(), good);
    }
    assert_eq!(Zone::named("+00:00"), Ok(Zone::utc()));
    assert_eq!(Zone::fixed(-210).unwrap().to_string(), "-03:30");
    for bad in [
        "+",
        "-",
        "+10",
        "+1000",
        "+1:00",
        "+10:0",
        "+10:60",
        "+14:01",
        "-12:01",
        "-00:00",
        "++1:00",
        "+99:99",
        "+10:00 ",
        "+１０:00",
    ] {
        assert_eq!(Zone::named(bad), Err(ZoneError::Offset), "{bad}");
    }
    assert_eq!(Zone::fixed(i16::MIN), Err(ZoneError::Offset));
    assert_eq!(Zone::fixed(Zone::MAX_MINUTES_EAST + 1), Err(ZoneError::Offset));
}

#[test]
fn what_cannot_be_a_name_is_unknown_in_every_build() {
    let long = "A".repeat(65);
    for bad in [
        "",
        " ",
        "10:00",
        "/etc/localtime",
        "../UTC",
        "Europe/London ",
        "Zürich",
        &long,
    ] {
        assert_eq!(Zone::named(bad), Err(ZoneError::Unknown), "{bad}");
    }
}

#[cfg(not(feature = "tz"))]
#[test]
fn names_need_the_feature() {
    assert_eq!(Zone::named("Europe/London"), Err(ZoneError::NotBuiltIn));
    assert_eq!(Zone::named("utc"), Err(ZoneError::NotBuiltIn));
}

#[test]
fn equality_is_by_name() {
    assert_eq!(Zone::fixed(0), Ok(Zone::utc()));
    assert_ne!(Zone::fixed(600), Zone::fixed(60));
    assert_eq!(format!("{:?}", Zone::fixed(600)), "Ok(Zone(+10:00))");
}

#[test]
fn the_ends_of_the_range_do_not_overflow() {
    for zone in [Zone::fixed(840).unwrap(), Zone::fixed(-720).unwrap(), Zone::utc()] {
        assert_eq!(zone.first_instant(Date::MIN, Time::MIDNIGHT), Timestamp::MIN);
        assert!(zone.first_instant(Date::MAX, Time::MAX) >= instant(253_402_300_799_999 - 14 * 3_600_000));
        let _ = (zone.local(Timestamp::MIN), zone.local(Timestamp::MAX));
    }
    let (date, time) = Zone::fixed(-60).unwrap().local(Timestamp::MIN);
    assert_eq!(
        (calendar::format_date(date), time.hour()),
        ("1969-12-31".into(), 23)
    );
}

#[test]
fn a_fraction_of_a_millisecond_is_rounded_up() {
    let at = Time::from_hms_nano(0, 0, 0, 1).unwrap();
    let date = calendar::parse_date("1970-01-01").unwrap();
    assert_eq!(Zone::utc().first_instant(date, at).unix_milliseconds(), 1);
}

#[cfg(feature = "tz")]
mod named {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    fn first(zone_name: &str, date: &str, time: &str) -> alloc::string::String {
        let date = calendar::parse_date(date).unwrap();
        let instant = zone(zone_name).first_instant(date, calendar::parse_time(time).unwrap());
        instant.to_string().replace(":00.000Z", "Z")
    }

    #[test]
    fn names_are_exact() {
        assert_eq!(zone("Asia/Katmandu").name(), "Asia/Katmandu");
        for bad in [
            "europe/london",
            "EUROPE/LONDON",
            "utc",
            "Factory",
            "Etc/Unknown",
            "Europe/Sydney",
            "London",
        ] {
            assert_eq!(Zone::named(bad), Err(ZoneError::Unknown), "{bad}");
        }
    }

    #[test]
    fn a_gap_ends_at_the_jump_and_not_a_length_later() {
        // Cairo jumps from 00:00 to 01:00, Sydney from 02:00 to 03:00, Lord Howe by half an hour.
        assert_eq!(first("Africa/Cairo", "2026-04-24", "00:00"), "2026-04-23T22:00Z");
        assert_eq!(first("Africa/Cairo", "2026-04-24", "00:30"), "2026-04-23T22:00Z");
        assert_eq!(first("Africa/Cairo", "2026-04-24", "01:00"), "2026-04-23T22:00Z");
        assert_eq!(first("Africa/Cairo", "2026-04-24", "01:01"), "2026-04-23T22:01Z");
        assert_eq!(
            first("Australia/Sydney", "2026-10-04", "02:30"),
            "2026-10-03T16:00Z"
        );
        assert_eq!(
            first("Australia/Lord_Howe", "2026-10-04", "02:15"),
            "2026-10-03T15:30Z"
        );
    }

    #[test]
    fn a_fold_counts_once() {
        // London shows 01:00 to 02:00 twice; the end of the second showing is 02:00 only once.
        assert_eq!(first("Europe/London", "2026-10-25", "01:00"), "2026-10-25T00:00Z");
        assert_eq!(first("Europe/London", "2026-10-25", "01:59"), "2026-10-25T00:59Z");
        assert_eq!(first("Europe/London", "2026-10-25", "02:00"), "2026-10-25T02:00Z");
        // Havana goes back from 01:00 to 00:00: its midnight comes twice, the date only once.
        assert_eq!(
            first("America/Havana", "2026-11-01", "00:00"),
            "2026-11-01T04:00Z"
        );
        // Santiago goes back from 24:00 to 23:00: the new date comes after the second 23rd hour.
        assert_eq!(
            first("America/Santiago", "2026-04-05", "00:00"),
            "2026-04-05T04:00Z"
        );
        // St. John's went back from 00:01 to 23:01: the date began, stopped and began again.
        assert_eq!(
            first("America/St_Johns", "2010-11-07", "00:00"),
            "2010-11-07T02:30Z"
        );
        assert_eq!(
            first("America/St_Johns", "2010-11-07", "00:01"),
            "2010-11-07T03:31Z"
        );
    }

    #[test]
    fn a_date_that_never_was_begins_with_the_next() {
        for time in ["00:00", "04:00", "23:59"] {
            assert_eq!(first("Pacific/Apia", "2011-12-30", time), "2011-12-30T10:00Z");
        }
        assert_eq!(first("Pacific/Apia", "2011-12-31", "00:00"), "2011-12-30T10:00Z");
        assert_eq!(first("Pacific/Apia", "2011-12-29", "23:59"), "2011-12-30T09:59Z");
    }

    #[test]
    fn the_ends_of_the_range_do_not_overflow() {
        for name in NASTY {
            let zone = zone(name);
            assert_eq!(zone.first_instant(Date::MIN, Time::MIDNIGHT), Timestamp::MIN);
            let _ = zone.first_instant(Date::MAX, Time::MAX);
            let _ = (zone.local(Timestamp::MIN), zone.local(Timestamp::MAX));
        }
    }

    const NASTY: [&str; 12] = [
        "Africa/Cairo",
        "America/Havana",
        "America/New_York",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Antarctica/Troll",
        "Asia/Beirut",
        "Asia/Pyongyang",
        "Australia/Lord_Howe",
        "Europe/London",
        "Pacific/Apia",
    ];

    /// A day near a change of the clock half of the time, any day from 2000 to 2037 otherwise.
    fn wall_times() -> impl Strategy<Value = (Zone, Date, Time)> {
        let start = calendar::parse_date("2000-01-01").unwrap().to_julian_day();
        let end = calendar::parse_date("2037-12-31").unwrap().to_julian_day();
        (
            0..NASTY.len(),
            start..=end,
            0_u8..24,
            0_u8..60,
            any::<bool>(),
            -1_i32..=1,
        )
            .prop_map(|(zone_index, day, hour, minute, near, shift)| {
                let zone = zone(NASTY[zone_index]);
                let mut date = Date::from_julian_day(day).unwrap();
                let noon = wall_milliseconds(date, Time::from_hms(12, 0, 0).unwrap());
                if let Some(change) = zone.next_change(noon).filter(|_| near) {
                    let shown = zone.local(instant(change)).0;
                    date = Date::from_julian_day(shown.to_julian_day().saturating_add(shift)).unwrap();
                }
                let at = Time::from_hms(hour, minute, 0).unwrap();
                (zone, date, at)
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_first_instant_obeys_its_definition((zone, date, at) in wall_times()) {
            let first = zone.first_instant(date, at);
            prop_assert!(zone.local(first) >= (date, at));
            prop_assert!(zone.local(first.saturating_sub(Duration::from_millis(1))) < (date, at));
            // And no earlier one does: every quarter of an hour of the 50 h before, which is longer than any jump.
            for seconds in (900..180_000).step_by(900) {
                let earlier = first.saturating_sub(Duration::from_secs(seconds));
                prop_assert!(zone.local(earlier) < (date, at), "{earlier}");
            }
        }

        #[test]
        fn later_readings_come_later(
            (zone, date, at) in wall_times(),
            minutes in 0_i64..3000,
        ) {
            let later = date.with_time(at).saturating_add(time::Duration::minutes(minutes));
            prop_assert!(zone.first_instant(date, at) <= zone.first_instant(later.date(), later.time()));
        }
    }
}
