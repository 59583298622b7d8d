//! Trust rules against tables a person can check: single ends of trust, whole sequences of sign-ins, and the
//! written scenarios about remembered devices.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on should stop"
)]

use std::time::Duration;

use medfactor::time::{Date, Time, Timestamp, Zone, format_date, format_time, parse_date, parse_time};
use medfactor::trust::{PracticeDay, TrustRule, TrustWindow};

const RULES: [&str; 4] = ["Rolling", "Calendar", "EarlierOf", "LaterOf"];

#[test]
fn every_end_of_trust_is_as_listed() {
    let table = include_str!("vectors/trust_vectors.csv");
    let mut checked = 0;
    for row in rows(table) {
        let [
            zone,
            starts_at,
            verified,
            verified_local,
            named,
            end,
            end_local,
            seconds,
        ] = row.try_into().unwrap();
        let rule = rule(&named, day(&zone, &starts_at));
        let verified_at = utc(&verified);
        let found = rule.end(verified_at).unwrap();

        let case = format!("{zone} {starts_at} {named} {verified}");
        assert_eq!(found, utc(&end), "{case}");
        assert_eq!(
            found.since(verified_at),
            Duration::from_secs(seconds.parse().unwrap()),
            "{case}"
        );
        let zone = Zone::named(&zone).unwrap();
        assert_eq!(shown(&zone, verified_at), verified_local, "{case}");
        assert_eq!(shown(&zone, found), end_local, "{case}");
        assert_boundary(&rule, verified_at, found);
        checked += 1;
    }
    assert!(checked >= 56, "only {checked} rows");
}

#[test]
fn every_sequence_of_sign_ins_asks_where_listed() {
    let table = include_str!("vectors/sequence_vectors.csv");
    let mut checked = 0;
    for row in rows(table) {
        let [sequence, zone, starts_at, named, logins, asked, asked_at] = row.try_into().unwrap();
        let day = day(&zone, &starts_at);
        let at = sign_ins(&sequence);
        assert_eq!(at.len().to_string(), logins, "{sequence}");

        let found = asked_at_local(&rule(&named, day), &zone, &at);
        assert_eq!(found.join(" "), asked_at, "{sequence} {zone} {starts_at} {named}");
        assert_eq!(found.len().to_string(), asked);
        checked += 1;
    }
    assert!(checked >= 28, "only {checked} rows");
}

#[test]
fn a_s01_1_rolling_keeps_the_18_hours_exactly() {
    let rule = TrustRule::<Zone>::default();
    let verified = london("2026-06-15", "22:00");
    assert!(trusted(&rule, verified, london("2026-06-16", "07:00")));
    let end = london("2026-06-16", "16:00");
    assert!(trusted(
        &rule,
        verified,
        end.saturating_sub(Duration::from_secs(1))
    ));
    assert!(!trusted(&rule, verified, end));
    assert_boundary(&rule, verified, end);
}

#[test]
fn a_s01_3_calendar_asks_at_the_initial_sign_in_of_the_day() {
    let rule = TrustRule::Calendar(day("Europe/London", "00:00"));
    assert_boundary(
        &rule,
        london("2026-06-15", "22:00"),
        london("2026-06-16", "00:00"),
    );
}

#[test]
fn a_s01_5_earlier_of_never_passes_18_hours_and_asks_on_every_date() {
    let rule = TrustRule::EarlierOf(TrustWindow::DEFAULT, day("Europe/London", "00:00"));
    let after_midnight = london("2026-06-15", "00:30");
    assert!(!trusted(&rule, after_midnight, london("2026-06-15", "18:30")));
    assert_boundary(&rule, after_midnight, london("2026-06-15", "18:30"));
    assert!(!trusted(
        &rule,
        london("2026-06-15", "22:00"),
        london("2026-06-16", "00:05")
    ));
}

#[test]
fn a_s01_7_all_four_agree_on_the_ordinary_clinic_day() {
    let at = sign_ins("day clinic");
    for named in RULES {
        for starts_at in ["00:00", "04:00"] {
            let found = asked_at_local(
                &rule(named, day("Europe/London", starts_at)),
                "Europe/London",
                &at,
            );
            assert_eq!(
                found,
                ["06-15T08:00", "06-16T08:00", "06-17T08:00"],
                "{named} {starts_at}"
            );
        }
    }
}

#[test]
fn a_s01_9_a_day_from_04_00_asks_at_the_first_sign_in_after_it() {
    let rule = TrustRule::Calendar(day("Europe/London", "04:00"));
    let verified = london("2026-06-15", "22:00");
    assert!(trusted(&rule, verified, london("2026-06-16", "00:05")));
    assert_boundary(&rule, verified, london("2026-06-16", "04:00"));
}

#[test]
fn a_s12_1_a_travelling_user_lives_by_the_practice_day() {
    let zone = Zone::named("Australia/Sydney").unwrap();
    let verified = local(&zone, "2026-06-16", "08:00");
    let in_perth = local(&Zone::named("Australia/Perth").unwrap(), "2026-06-16", "22:30");
    assert_eq!(in_perth, local(&zone, "2026-06-17", "00:30"));
    let calendar = TrustRule::Calendar(PracticeDay::new(zone.clone(), Time::MIDNIGHT));
    assert!(!trusted(&calendar, verified, in_perth));
    assert_boundary(
        &TrustRule::default(),
        verified,
        local(&zone, "2026-06-17", "02:00"),
    );
}

#[test]
fn a_s12_3_a_site_may_have_a_zone_of_its_own() {
    let practice = TrustRule::Calendar(PracticeDay::new("the practice's", Time::MIDNIGHT));
    let perth = Zone::named("Australia/Perth").unwrap();
    let rule = practice.map_zone(|_| Some(perth.clone())).unwrap();
    assert_boundary(
        &rule,
        local(&perth, "2026-06-16", "08:00"),
        local(&perth, "2026-06-17", "00:00"),
    );
}

#[test]
fn a_s13_1_a_day_of_23_hours() {
    let rule = TrustRule::Calendar(day("Europe/London", "00:00"));
    let verified = utc("2026-03-29T00:10:00Z");
    assert_boundary(&rule, verified, utc("2026-03-29T23:00:00Z"));
    assert_eq!(
        rule.end(verified).unwrap().since(verified),
        Duration::from_secs(22 * 3600 + 50 * 60)
    );
}

#[test]
fn a_s13_3_a_midnight_that_does_not_exist() {
    let zone = Zone::named("Africa/Cairo").unwrap();
    let verified = local(&zone, "2026-04-23", "20:00");
    let rule = TrustRule::Calendar(PracticeDay::new(zone.clone(), Time::MIDNIGHT));
    let end = rule.end(verified).unwrap();
    assert_eq!(shown(&zone, end), "Fri 04-24 01:00+0300");
    assert_eq!(end.since(verified), Duration::from_secs(4 * 3600));
    assert_boundary(&rule, verified, end);
}

#[test]
fn a_s13_5_a_date_that_never_was() {
    let zone = Zone::named("Pacific/Apia").unwrap();
    let verified = local(&zone, "2011-12-29", "22:00");
    let day = PracticeDay::new(zone.clone(), Time::MIDNIGHT);
    let end = TrustRule::Calendar(day.clone()).end(verified).unwrap();
    assert_eq!(shown(&zone, end), "Sat 12-31 00:00+1400");
    assert_eq!(end.since(verified), Duration::from_secs(2 * 3600));
    for minutes in 0..72 * 60 {
        let date = day.date_of(verified.saturating_add(Duration::from_secs(minutes * 60)));
        assert_ne!(format_date(date), "2011-12-30");
    }
}

/// The table in the documentation of `TrustRule`: a first sign-in at every half hour of a summer's day, a second
/// at every half hour of the next two days, and how often each promise is broken.
#[test]
fn no_rule_keeps_more_than_two_of_the_four_promises() {
    let breaches = RULES.map(|named| {
        let day = day("Europe/London", "00:00");
        let rule = rule(named, day.clone());
        let mut broken = [0; 4];
        for first in 0..48 {
            let first = london("2026-06-15", "00:00").saturating_add(half_hours(first));
            for later in 1..96 {
                let second = first.saturating_add(half_hours(later));
                let asked = !trusted(&rule, first, second);
                let new_date = day.date_of(second) != day.date_of(first);
                broken[0] += i32::from(later < 36 && asked);
                broken[1] += i32::from(later >= 36 && !asked);
                broken[2] += i32::from(!new_date && asked);
                broken[3] += i32::from(new_date && !asked);
            }
        }
        (named, broken)
    });
    assert_eq!(
        breaches,
        [
            ("Rolling", [0, 0, 78, 630]),
            ("Calendar", [630, 78, 0, 0]),
            ("EarlierOf", [630, 0, 78, 0]),
            ("LaterOf", [0, 78, 0, 630]),
        ]
    );
}

/// One user with one device: whoever is not trusted is asked, answers, and is trusted from then on.
fn asked_at_local(rule: &TrustRule, zone: &str, at: &[(Date, Time)]) -> Vec<String> {
    let zone = Zone::named(zone).unwrap();
    let mut trust: Option<(Timestamp, Timestamp)> = None;
    let mut asked = Vec::new();
    for (date, time) in at {
        let now = zone.first_instant(*date, *time);
        if !trust.is_some_and(|(start, end)| now.is_within(start, end)) {
            asked.push(format!("{}T{}", &format_date(*date)[5..], format_time(*time)));
            trust = rule.end(now).map(|end| (now, end));
        }
    }
    asked
}

/// The sign-ins a sequence is named after; those its name leaves open are ordinary ones in between.
fn sign_ins(sequence: &str) -> Vec<(Date, Time)> {
    let days = |days: &[&str], times: &[&str]| -> Vec<String> {
        let each = |day| times.iter().map(move |time| format!("{day} {time}"));
        days.iter().flat_map(each).collect()
    };
    let texts = match sequence {
        s if s.starts_with("day clinic") => days(&["06-15", "06-16", "06-17"], &["08:00", "12:00", "17:30"]),
        s if s.starts_with("early start 05:45") => [
            days(&["06-15"], &["05:45", "12:00", "23:50"]),
            days(&["06-16"], &["05:45"]),
        ]
        .concat(),
        s if s.starts_with("after midnight 00:30") => days(&["06-15"], &["00:30", "08:00", "12:00", "19:00"]),
        s if s.starts_with("on call") => [
            days(&["06-15"], &["22:00"]),
            days(&["06-16"], &["00:05", "07:00", "16:05"]),
        ]
        .concat(),
        s if s.starts_with("night shift 3 nights") => ["06-15", "06-16", "06-17", "06-18"]
            .windows(2)
            .flat_map(|night| {
                let evening = days(&night[..1], &["19:50", "22:00"]);
                [evening, days(&night[1..], &["00:10", "03:00", "07:00"])].concat()
            })
            .collect(),
        s if s.starts_with("locum") => [
            days(&["06-16"], &["08:00", "23:30"]),
            days(&["06-17"], &["00:30"]),
        ]
        .concat(),
        other => panic!("no sign-ins known for the sequence {other}"),
    };
    let read = |text: &String| {
        let (date, time) = text.split_once(' ').unwrap();
        (
            parse_date(&format!("2026-{date}")).unwrap(),
            parse_time(time).unwrap(),
        )
    };
    texts.iter().map(read).collect()
}

fn assert_boundary(rule: &TrustRule, verified_at: Timestamp, end: Timestamp) {
    let millisecond = Duration::from_millis(1);
    assert!(
        trusted(rule, verified_at, end.saturating_sub(millisecond)),
        "{rule:?}"
    );
    assert!(!trusted(rule, verified_at, end), "{rule:?}");
    assert!(
        !trusted(rule, verified_at, end.saturating_add(millisecond)),
        "{rule:?}"
    );
}

fn trusted(rule: &TrustRule, verified_at: Timestamp, now: Timestamp) -> bool {
    rule.end(verified_at)
        .is_some_and(|end| now.is_within(verified_at, end))
}

fn rule(named: &str, day: PracticeDay) -> TrustRule {
    match named {
        "Rolling" => TrustRule::Rolling(TrustWindow::DEFAULT),
        "Calendar" => TrustRule::Calendar(day),
        "EarlierOf" => TrustRule::EarlierOf(TrustWindow::DEFAULT, day),
        "LaterOf" => TrustRule::later_of(TrustWindow::DEFAULT, day),
        other => panic!("unknown rule {other}"),
    }
}

fn day(zone: &str, starts_at: &str) -> PracticeDay {
    PracticeDay::new(Zone::named(zone).unwrap(), parse_time(starts_at).unwrap())
}

fn london(date: &str, time: &str) -> Timestamp {
    local(&Zone::named("Europe/London").unwrap(), date, time)
}

fn local(zone: &Zone, date: &str, time: &str) -> Timestamp {
    zone.first_instant(parse_date(date).unwrap(), parse_time(time).unwrap())
}

fn half_hours(count: u64) -> Duration {
    Duration::from_secs(count * 1800)
}

/// Reads `2026-06-15T07:00:00Z`.
fn utc(text: &str) -> Timestamp {
    let (date, time) = text.strip_suffix('Z').unwrap().split_once('T').unwrap();
    let seconds = time[6..].parse().unwrap();
    local(&Zone::utc(), date, &time[..5]).saturating_add(Duration::from_secs(seconds))
}

/// Writes `Mon 06-15 08:00+0100`.
fn shown(zone: &Zone, instant: Timestamp) -> String {
    let wall = |zone: &Zone| {
        let (date, time) = zone.local(instant);
        date.with_time(time)
    };
    let (here, there) = (wall(zone), wall(&Zone::utc()));
    let offset = (here - there).whole_minutes();
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    let weekday = &here.weekday().to_string()[..3];
    let date = &format_date(here.date())[5..];
    format!(
        "{weekday} {date} {}{sign}{hours:02}{minutes:02}",
        format_time(here.time())
    )
}

/// The rows below the heading, split at the commas outside quotation marks.
fn rows(table: &str) -> impl Iterator<Item = Vec<String>> {
    table.lines().skip(1).map(|line| {
        let mut quoted = false;
        let mut cells = vec![String::new()];
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    })
}
