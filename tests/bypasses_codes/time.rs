//! E: what ends, ends on time, whatever the clock does.

use medfactor::audit::{Actor, Event, Reason};
use medfactor::flow::{Ruling, Why};
use medfactor::method::Method;
use medfactor::policy::{CodeLifetime, EnrolmentGrace, Layer, Policy, Requirement};
use medfactor::testing::{Clinic, SharedStore};
use medfactor::time::Timestamp;
use pollster::FutureExt as _;

use crate::common::{Ask, Browser, MILLISECOND, hours, minutes, seconds, wrs};

#[test]
fn bypass_055_at_the_end_itself_it_is_over() {
    for life in [30, 300, 600] {
        let life = seconds(life);
        let layer = Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Sms])
            .code_lifetime(CodeLifetime::new(life).unwrap());
        for (age, opens) in [(life - MILLISECOND, true), (life, false)] {
            let clinic = Clinic::new(Policy::new().layer(layer.clone())).unwrap();
            let rex = clinic.rex();
            let challenge = clinic.asks(&rex);
            let code = clinic.code(&challenge);
            clinic.clock.forward(age);
            assert_eq!(clinic.answer(&challenge, &code).is_ok(), opens, "{age:?}");
        }
    }
}

#[test]
fn bypass_057_a_clock_that_goes_back_revives_nothing() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.forward(seconds(300));
    assert_eq!(clinic.why_not(&challenge, &code), Reason::CodeExpired);
    for back in [1, 30, 60] {
        clinic.clock.back(seconds(back));
        assert!(clinic.answer(&challenge, &code).is_err(), "{back}");
    }
    clinic.clock.back(hours(24));
    let request = clinic.request(&rex, medfactor::purpose::Purpose::sign_in(), None);
    assert!(clinic.verifier.begin(request).block_on().is_err());
}

#[test]
fn bypass_057_an_authenticator_before_its_first_step_is_no_trouble() {
    let clinic = Clinic::new(crate::common::every_method()).unwrap();
    clinic.clock.set(Timestamp::from_unix_seconds(5).unwrap());
    let rex = clinic.staff("rex", None, None).unwrap();
    let app = clinic.enrol(&rex, "phone").block_on().unwrap();
    let challenge = clinic.asks(&rex);
    assert!(clinic.answer(&challenge, &app.code(clinic.clock.read())).is_ok());
}

#[test]
fn bypass_058_a_longer_policy_does_not_lengthen_what_was_issued() {
    let layer = |life| {
        Policy::new().layer(
            Layer::vendor()
                .requirement(Requirement::Required)
                .methods([Method::Sms])
                .code_lifetime(CodeLifetime::new(seconds(life)).unwrap()),
        )
    };
    let clinic = Clinic::new(layer(60)).unwrap();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.forward(seconds(60));
    let keys = Clinic::<SharedStore>::keys().unwrap();
    let longer = clinic.another_verifier(layer(600), keys).unwrap();
    let verdict = longer
        .submit(challenge.ticket(), &code, medfactor::flow::Remember::No)
        .block_on()
        .unwrap();
    let medfactor::flow::Verdict::Rejected(rejection) = verdict else {
        panic!("lengthened")
    };
    assert_eq!(rejection.reason(), Reason::CodeExpired);
}

#[test]
fn bypass_062_grace_is_given_once() {
    let days = |days: u64| EnrolmentGrace::new(hours(24 * days)).unwrap();
    let policy = |grace, requirement| {
        Policy::new().layer(
            Layer::vendor()
                .requirement(requirement)
                .methods([Method::Totp])
                .enrolment_grace(grace),
        )
    };
    let clinic = Clinic::new(policy(days(7), Requirement::Required)).unwrap();
    let keys = || Clinic::<SharedStore>::keys().unwrap();
    let longer = clinic
        .another_verifier(policy(days(30), Requirement::Required), keys())
        .unwrap();
    let off = clinic
        .another_verifier(policy(days(7), Requirement::Off), keys())
        .unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let end = clinic.clock.read().saturating_add(hours(24 * 7));

    let Ruling::Pass(pass) = Browser::new().begin(&clinic, &rex) else {
        panic!("no grace")
    };
    assert_eq!(pass.why(), Why::NotRequired(Reason::EnrolmentGrace));
    assert_eq!(clinic.last(&rex).until, Some(end));

    // Switched off and on, promised longer, unlocked, reset, gone and back: the end does not move.
    clinic.clock.forward(hours(24 * 3));
    let request = || clinic.request(&rex, medfactor::purpose::Purpose::sign_in(), None);
    assert!(matches!(
        off.begin(request()).block_on().unwrap(),
        Ruling::Pass(_)
    ));
    assert!(matches!(
        longer.begin(request()).block_on().unwrap(),
        Ruling::Pass(_)
    ));
    assert_eq!(clinic.last(&rex).until, Some(end));
    let desk = Actor::host("desk");
    clinic.verifier.unlock(&rex, &desk, "asked").block_on().unwrap();
    clinic
        .verifier
        .reset_authenticators(&rex, &desk, "asked")
        .block_on()
        .unwrap();
    for signal in [
        medfactor::flow::Signal::Offboarded,
        medfactor::flow::Signal::Reinstated,
    ] {
        clinic.verifier.signal(&rex, signal, &desk).block_on().unwrap();
    }
    clinic.clock.set(end.saturating_sub(MILLISECOND));
    assert!(matches!(Browser::new().begin(&clinic, &rex), Ruling::Pass(_)));
    clinic.clock.set(end);
    assert!(matches!(Browser::new().begin(&clinic, &rex), Ruling::Enrol(_)));
    clinic.clock.back(minutes(1));
    assert!(matches!(Browser::new().begin(&clinic, &rex), Ruling::Enrol(_)));
    assert!(matches!(
        longer.begin(request()).block_on().unwrap(),
        Ruling::Enrol(_)
    ));
    assert_eq!(clinic.count(&rex, Event::GraceGranted), 1);
}
