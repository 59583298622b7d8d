//! Eighteen hours, one code a day, every new day: what each rule makes of it.

use medfactor::audit::{EntryQuery, Event};
use medfactor::contact::{Channel, Destination};
use medfactor::directory::{Person, Practice};
use medfactor::ids::{SiteId, Subject};
use medfactor::policy::{Policy, Population};
use medfactor::testing::Clinic;
use medfactor::time::Zone;
use medfactor::trust::{TrustRule, TrustWindow};
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, SignIn, clinic_at, hours, is_sent, practice_day, practice_id, remembering, seconds, wall,
};
use crate::{clinic, set};

const MONDAY: &str = "2026-06-15";
const TUESDAY: &str = "2026-06-16";

fn london() -> Zone {
    Zone::named("Europe/London").unwrap()
}

fn sydney() -> Zone {
    Zone::named("Australia/Sydney").unwrap()
}

type Rule = TrustRule<medfactor::policy::ZoneSource>;

fn calendar(starts_at: &str) -> Rule {
    TrustRule::Calendar(practice_day(starts_at))
}

fn earlier() -> Rule {
    TrustRule::EarlierOf(TrustWindow::DEFAULT, practice_day("00:00"))
}

/// Verifies at one time on the wall and says, for each of others, whether the device is trusted then.
fn trusted(zone: &Zone, rule: Rule, verified: (&str, &str), later: &[(&str, &str, u64)]) -> Vec<bool> {
    let clinic = clinic_at(zone, Policy::new().layer(remembering(rule)));
    let rex = clinic.rex();
    let mut browser = Browser::new();
    clinic.clock.set(wall(zone, verified.0, verified.1, 0));
    assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Asked);
    let mut found = Vec::new();
    for (date, time, second) in later {
        clinic.clock.set(wall(zone, date, time, *second));
        found.push(browser.is_trusted(&clinic, &rex));
    }
    found
}

#[test]
fn h15_one_code_per_person_device_and_day() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut d1 = Browser::new();
    let mut asked = Vec::new();
    for date in ["2026-09-14", "2026-09-15", "2026-09-16"] {
        for time in ["08:00", "12:00", "17:30"] {
            set(&clinic, date, time, 0);
            if d1.sign_in(&clinic, &rex) == SignIn::Asked {
                asked.push((date, time));
            }
        }
    }
    assert_eq!(
        asked,
        [
            ("2026-09-14", "08:00"),
            ("2026-09-15", "08:00"),
            ("2026-09-16", "08:00")
        ]
    );
    assert_eq!(clinic.sent(), 3);
    assert_eq!(clinic.count(&rex, Event::Trusted), 6);
}

#[test]
fn h18_eighteen_hours_from_the_code_and_not_from_the_last_visit() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut d1 = Browser::new();
    let verified = set(&clinic, "2026-09-14", "08:00", 0);
    d1.sign_in(&clinic, &rex);
    for hour in 1..18 {
        clinic.clock.set(verified.saturating_add(hours(hour)));
        let until = verified.saturating_add(hours(18));
        assert_eq!(d1.sign_in(&clinic, &rex), SignIn::Trusted(until), "{hour}");
    }
    set(&clinic, "2026-09-15", "02:00", 0);
    assert_eq!(d1.sign_in(&clinic, &rex), SignIn::Asked);
}

#[test]
fn a_s14_1_the_window_begins_at_the_successful_check() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.forward(seconds(200));
    let checked = clinic.clock.read();
    let pass = clinic.answer(&challenge, &code).unwrap();
    let mut browser = Browser::new();
    browser.keep(&pass);
    let until = checked.saturating_add(hours(18));
    assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Trusted(until));
}

#[test]
fn a_s01_1_rolling_keeps_the_number_exactly() {
    let found = trusted(
        &london(),
        TrustRule::default(),
        (MONDAY, "22:00"),
        &[
            (TUESDAY, "07:00", 0),
            (TUESDAY, "15:59", 59),
            (TUESDAY, "16:00", 0),
        ],
    );
    assert_eq!(found, [true, true, false]);
}

#[test]
fn a_s01_3_calendar_asks_at_the_first_sign_in_of_the_day() {
    let found = trusted(
        &london(),
        calendar("00:00"),
        (MONDAY, "22:00"),
        &[(MONDAY, "23:59", 59), (TUESDAY, "00:00", 0)],
    );
    assert_eq!(found, [true, false]);
}

#[test]
fn a_s01_5_the_earlier_of_both_never_passes_either() {
    let late = trusted(
        &london(),
        earlier(),
        (MONDAY, "00:30"),
        &[(MONDAY, "18:29", 59), (MONDAY, "18:30", 0)],
    );
    assert_eq!(late, [true, false]);
    let night = trusted(
        &london(),
        earlier(),
        (MONDAY, "22:00"),
        &[(MONDAY, "23:59", 59), (TUESDAY, "00:05", 0)],
    );
    assert_eq!(night, [true, false]);
}

#[test]
fn a_s01_7_in_a_day_clinic_all_rules_ask_alike() {
    let rules = [
        TrustRule::default(),
        calendar("00:00"),
        earlier(),
        TrustRule::later_of(TrustWindow::DEFAULT, practice_day("00:00")),
    ];
    for rule in rules {
        let clinic = clinic_at(&london(), Policy::new().layer(remembering(rule.clone())));
        let rex = clinic.rex();
        let mut browser = Browser::new();
        let mut asked = Vec::new();
        for date in [MONDAY, TUESDAY, "2026-06-17"] {
            for time in ["08:00", "12:00", "17:30"] {
                clinic.clock.set(wall(&london(), date, time, 0));
                if browser.sign_in(&clinic, &rex) == SignIn::Asked {
                    asked.push(time);
                }
            }
        }
        assert_eq!(asked, ["08:00", "08:00", "08:00"], "{rule:?}");
    }
}

#[test]
fn a_s01_9_a_day_that_starts_at_four_lets_the_night_pass() {
    let found = trusted(
        &london(),
        calendar("04:00"),
        (MONDAY, "22:00"),
        &[
            (TUESDAY, "00:05", 0),
            (TUESDAY, "03:59", 59),
            (TUESDAY, "04:00", 0),
        ],
    );
    assert_eq!(found, [true, true, false]);
}

#[test]
fn a_s01_11_one_verification_and_three_messages_on_one_day() {
    let clinic = clinic_at(&london(), Policy::new().layer(remembering(calendar("00:00"))));
    let rex = clinic.rex();
    clinic.clock.set(wall(&london(), MONDAY, "08:00", 0));
    let challenge = clinic.asks(&rex);
    clinic.code(&challenge);
    for _ in 0..2 {
        clinic.clock.forward(seconds(30));
        is_sent(clinic.resend(&challenge, Channel::Sms));
    }
    let third = clinic.newest_code().unwrap();
    assert!(clinic.answer(&challenge, &third).is_ok());
    let day = EntryQuery::subject(&rex).between(
        wall(&london(), MONDAY, "00:00", 0),
        wall(&london(), TUESDAY, "00:00", 0),
    );
    let entries = clinic.verifier.history(&day).block_on().unwrap().entries;
    let count = |event| entries.iter().filter(|entry| entry.event == event).count();
    assert_eq!((count(Event::Verified), count(Event::SendAccepted)), (1, 3));
}

#[test]
fn a_s12_1_the_day_of_the_practice_counts_and_not_the_travellers() {
    // Wednesday 00:30 in Sydney is Tuesday 22:30 in Perth.
    let later = [("2026-06-17", "00:30", 0)];
    let found = trusted(&sydney(), calendar("00:00"), (TUESDAY, "08:00"), &later);
    assert_eq!(found, [false]);
    let later = [
        ("2026-06-17", "00:30", 0),
        ("2026-06-17", "01:59", 59),
        ("2026-06-17", "02:00", 0),
    ];
    let found = trusted(&sydney(), TrustRule::default(), (TUESDAY, "08:00"), &later);
    assert_eq!(found, [true, true, false]);
}

fn at_site(clinic: &Clinic, site: Option<&SiteId>) -> Subject {
    let subject = Subject::parse("t1", "rex").unwrap();
    let mut person = Person::new(subject.clone(), Population::Staff)
        .destination(Destination::sms("+12125550142").unwrap());
    if let Some(site) = site {
        person = person.site(site.clone());
    }
    clinic.directory.put_person(person);
    subject
}

#[test]
fn a_s12_3_a_site_with_its_own_zone_has_its_own_midnight() {
    let perth = Zone::named("Australia/Perth").unwrap();
    let site = SiteId::new("perth").unwrap();
    for (at, zone) in [(Some(&site), &perth), (None, &sydney())] {
        let clinic = clinic_at(&sydney(), Policy::new().layer(remembering(calendar("00:00"))));
        let practice = Practice::new("Harbour Clinic")
            .zone(sydney())
            .site_zone(site.clone(), perth.clone());
        clinic.directory.put_practice(practice_id(), practice);
        let rex = at_site(&clinic, at);
        clinic.clock.set(wall(&sydney(), TUESDAY, "12:00", 0));
        let mut browser = Browser::new();
        browser.sign_in(&clinic, &rex);
        let midnight = wall(zone, "2026-06-17", "00:00", 0);
        clinic.clock.set(midnight.saturating_sub(seconds(1)));
        assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Trusted(midnight));
        clinic.clock.set(midnight);
        assert!(!browser.is_trusted(&clinic, &rex));
    }
}
