//! The other numbers, at the millisecond before, at it and after it.

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Begin, FirstFactor, Ruling};
use medfactor::message::Text;
use medfactor::purpose::Purpose;
use pollster::FutureExt as _;

use crate::clinic;
use crate::common::{Ask, Browser, MILLISECOND, minutes, seconds, wrong};

#[test]
fn h07_a_first_factor_counts_for_ten_minutes() {
    let life = minutes(10);
    for (age, fresh) in [
        (life - MILLISECOND, true),
        (life, false),
        (life + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let passed_at = clinic.clock.read();
        clinic.clock.forward(age);
        let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(passed_at));
        match clinic.verifier.begin(request).block_on().unwrap() {
            Ruling::Challenge(_) => assert!(fresh, "{age:?}"),
            Ruling::Blocked(blocked) => {
                assert!(!fresh, "{age:?}");
                assert_eq!(blocked.reason(), Reason::FirstFactorStale);
                assert_eq!(blocked.public_text(), Text::SignInAgain);
                let entry = clinic.last(&rex);
                assert_eq!(
                    (entry.event, entry.reason),
                    (Event::Blocked, Some(Reason::FirstFactorStale))
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn h07_a_stale_password_is_not_saved_by_a_remembered_device() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let passed_at = clinic.clock.read();
    clinic.clock.forward(minutes(11));
    let request =
        Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(passed_at)).device(browser.cookie(&rex));
    let Ruling::Blocked(blocked) = clinic.verifier.begin(request).block_on().unwrap() else {
        panic!("not blocked")
    };
    assert_eq!(blocked.reason(), Reason::FirstFactorStale);
}

#[test]
fn h07_a_first_factor_from_the_future_is_none() {
    let tolerance = seconds(5);
    for (ahead, fresh) in [
        (tolerance - MILLISECOND, true),
        (tolerance, true),
        (tolerance + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let passed_at = clinic.clock.read().saturating_add(ahead);
        let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(passed_at));
        let ruling = clinic.verifier.begin(request).block_on().unwrap();
        assert_eq!(matches!(ruling, Ruling::Challenge(_)), fresh, "{ahead:?}");
    }
}

#[test]
fn h13_ten_wrong_codes_in_fifteen_minutes_and_the_person_waits() {
    let window = minutes(15);
    for (age, free) in [
        (window - MILLISECOND, false),
        (window, true),
        (window + MILLISECOND, true),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let start = clinic.clock.read();
        let until = start.saturating_add(window);
        for round in 0..2 {
            let challenge = clinic.asks(&rex);
            let code = clinic.code(&challenge);
            for guess in 0..5 {
                let rejection = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
                assert_eq!(rejection.reason(), Reason::Wrong);
                let is_last = (round, guess) == (1, 4);
                assert_eq!(rejection.retry_at(), is_last.then_some(until));
            }
            clinic.clock.forward(minutes(1));
        }
        assert_eq!(clinic.count(&rex, Event::Throttled), 1);

        clinic.clock.set(start.saturating_add(age));
        match Browser::new().begin(&clinic, &rex) {
            Ruling::Challenge(challenge) => {
                assert!(free, "{age:?}");
                let code = clinic.code(&challenge);
                assert!(clinic.answer(&challenge, &code).is_ok());
            }
            Ruling::Blocked(blocked) => {
                assert!(!free, "{age:?}");
                assert_eq!(blocked.reason(), Reason::Throttled);
                assert_eq!(blocked.public_text(), Text::TooManyTries);
                assert_eq!(blocked.retry_at(), Some(until));
            }
            other => panic!("{other:?}"),
        }
    }
}
