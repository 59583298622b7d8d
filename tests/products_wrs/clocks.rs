//! A clock that steps back revives nothing.

use medfactor::audit::{Actor, Event, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Remember, Ruling};
use medfactor::ids::Subject;
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use medfactor::verifier::ErrorKind;
use pollster::FutureExt as _;

use crate::clinic;
use crate::common::{Ask, Browser, MILLISECOND, hours, is_refused, minutes, seconds, wrong};

fn begin_kind(clinic: &Clinic, subject: &Subject, browser: &Browser) -> ErrorKind {
    let request = clinic.request(subject, Purpose::sign_in(), browser.cookie(subject));
    clinic.verifier.begin(request).block_on().unwrap_err().kind()
}

fn unlock(clinic: &Clinic, subject: &Subject) {
    let staff = Actor::host("service desk");
    clinic
        .verifier
        .unlock(subject, &staff, "the clock was wrong")
        .block_on()
        .unwrap();
}

#[test]
fn h11_half_a_minute_back_and_time_stands_still() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let issued = clinic.clock.read();
    let code = clinic.code(&challenge);
    clinic.clock.set(issued.saturating_add(seconds(300)));
    assert_eq!(clinic.why_not(&challenge, &code), Reason::CodeExpired);
    clinic.clock.back(seconds(30));
    assert_eq!(
        clinic.why_not(&challenge, &code),
        Reason::CodeExpired,
        "it does not come back to life"
    );
    assert_eq!(
        clinic.last(&rex).at,
        issued.saturating_add(seconds(300)),
        "the trail does not run backwards"
    );
    // What is still alive goes on.
    let code = clinic.code(&challenge);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn h11_a_living_code_survives_half_a_minute_back() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.back(seconds(30));
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn h16_ended_trust_stays_ended_when_the_clock_steps_back() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    clinic.clock.forward(hours(18));
    assert!(!browser.is_trusted(&clinic, &rex));
    clinic.clock.back(seconds(30));
    assert!(!browser.is_trusted(&clinic, &rex));
    clinic.clock.back(minutes(10));
    assert_eq!(begin_kind(&clinic, &rex, &browser), ErrorKind::Clock);
}

#[test]
fn h25_the_pause_between_messages_does_not_shrink_when_the_clock_steps_back() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let issued = clinic.clock.read();
    clinic.code(&challenge);
    clinic.clock.back(seconds(30));
    let refusal = is_refused(clinic.resend(&challenge, Channel::Sms));
    assert_eq!(
        (refusal.reason(), refusal.retry_at()),
        (Reason::Cooldown, Some(issued.saturating_add(seconds(30))))
    );
}

#[test]
fn h11_two_minutes_back_are_borne_and_not_a_millisecond_more() {
    let tolerance = minutes(2);
    for (back, borne) in [
        (tolerance - MILLISECOND, true),
        (tolerance, true),
        (tolerance + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        clinic.clock.back(back);
        let verdict = clinic
            .verifier
            .submit(challenge.ticket(), &code, Remember::No)
            .block_on();
        match verdict {
            Ok(_) => assert!(borne, "{back:?}"),
            Err(error) => {
                assert!(!borne, "{back:?}");
                assert_eq!(error.kind(), ErrorKind::Clock);
                assert!(!error.is_retryable());
            }
        }
    }
}

#[test]
fn h11_ten_minutes_back_and_nothing_opens_until_staff_unlock() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    clinic.clock.forward(minutes(1));
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let entries = clinic.log(&rex).len();
    clinic.clock.back(minutes(10));

    assert_eq!(begin_kind(&clinic, &rex, &browser), ErrorKind::Clock);
    assert_eq!(begin_kind(&clinic, &rex, &Browser::new()), ErrorKind::Clock);
    let submit = clinic.verifier.submit(challenge.ticket(), &code, Remember::No);
    assert_eq!(submit.block_on().unwrap_err().kind(), ErrorKind::Clock);
    let resend = clinic.verifier.resend(challenge.ticket(), Channel::Sms);
    assert_eq!(resend.block_on().unwrap_err().kind(), ErrorKind::Clock);
    assert_eq!(clinic.log(&rex).len(), entries, "nothing was written");

    unlock(&clinic, &rex);
    assert_eq!(clinic.last(&rex).event, Event::Unlocked);
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn h11_unlocking_after_a_wrong_clock_revives_no_code_and_no_challenge() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.forward(seconds(300));
    assert_eq!(clinic.why_not(&challenge, &code), Reason::CodeExpired);
    clinic.clock.back(minutes(10));
    unlock(&clinic, &rex);
    assert!(
        clinic.answer(&challenge, &code).is_err(),
        "it died once and for all"
    );
}

#[test]
fn h16_unlocking_after_a_wrong_clock_revives_no_trust() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    clinic.clock.forward(hours(18));
    assert!(!browser.is_trusted(&clinic, &rex));
    clinic.clock.back(minutes(10));
    unlock(&clinic, &rex);
    assert!(matches!(browser.begin(&clinic, &rex), Ruling::Challenge(_)));
}

#[test]
fn h11_a_clock_that_cannot_be_read_opens_nothing() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let challenge = clinic.asks(&rex);
    let now = clinic.clock.read();
    clinic.clock.break_down();
    let submit = clinic.verifier.submit(challenge.ticket(), "123456", Remember::No);
    assert_eq!(submit.block_on().unwrap_err().kind(), ErrorKind::Clock);
    assert_eq!(begin_kind(&clinic, &rex, &browser), ErrorKind::Clock);
    clinic.clock.set(now);
    assert!(browser.is_trusted(&clinic, &rex));
}

#[test]
fn h13_a_wait_does_not_end_sooner_when_the_clock_steps_back() {
    let clinic = clinic();
    let rex = clinic.rex();
    let start = clinic.clock.read();
    for _ in 0..2 {
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        for _ in 0..5 {
            assert_eq!(clinic.why_not(&challenge, &wrong(&code)), Reason::Wrong);
        }
    }
    clinic.clock.back(seconds(30));
    let Ruling::Blocked(blocked) = Browser::new().begin(&clinic, &rex) else {
        panic!("not blocked")
    };
    assert_eq!(
        (blocked.reason(), blocked.retry_at()),
        (Reason::Throttled, Some(start.saturating_add(minutes(15))))
    );
}
