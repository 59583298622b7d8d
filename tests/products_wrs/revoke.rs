//! What ends trust and open challenges before their time.

use medfactor::audit::{Actor, Event, Reason};
use medfactor::flow::{Pass, Ruling, Signal};
use medfactor::ids::Subject;
use medfactor::policy::{Facts, Layer, Policy, TrustRules};
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, MILLISECOND, SignIn, clinic_at, hours, minutes, practice_id, seconds, wrs_policy,
};
use crate::{clinic, new_york, set};

/// The preset, where the device stays on which the password was changed under a second factor.
fn keeping() -> Policy {
    wrs_policy().layer(Layer::vendor().keep_device_on_password_change(true))
}

/// Verifies on a browser and gives the pass.
fn verify(clinic: &Clinic, browser: &mut Browser, subject: &Subject) -> Pass {
    let challenge = clinic
        .challenge(subject, browser.cookie(subject))
        .block_on()
        .unwrap();
    let code = clinic.code(&challenge);
    let pass = clinic.answer(&challenge, &code).unwrap();
    browser.keep(&pass);
    pass
}

fn change_password(clinic: &Clinic, subject: &Subject, keep: Option<&Pass>) {
    clinic
        .verifier
        .signal(subject, Signal::PasswordChanged { keep }, &Actor::Subject)
        .block_on()
        .unwrap();
}

#[test]
fn h24_a_changed_password_ends_trust_everywhere_and_open_challenges() {
    let clinic = clinic();
    let rex = clinic.rex();
    let (mut d1, mut d2) = (Browser::new(), Browser::new());
    let pass = verify(&clinic, &mut d1, &rex);
    clinic.clock.forward(minutes(1));
    d2.sign_in(&clinic, &rex);
    let open = clinic.asks(&rex);
    let code = clinic.code(&open);
    // Without the knob the pass of the change saves nothing.
    change_password(&clinic, &rex, Some(&pass));
    let entry = clinic.last(&rex);
    assert_eq!((entry.event, entry.device), (Event::PasswordChanged, None));
    assert!(!d1.is_trusted(&clinic, &rex));
    assert!(!d2.is_trusted(&clinic, &rex));
    assert_eq!(clinic.why_not(&open, &code), Reason::Revoked);
}

#[test]
fn h24_with_the_knob_the_device_of_the_change_stays_with_its_old_end() {
    let clinic = clinic_at(&new_york(), keeping());
    let rex = clinic.rex();
    let (mut d1, mut d2) = (Browser::new(), Browser::new());
    d2.sign_in(&clinic, &rex);
    clinic.clock.forward(minutes(1));
    let verified = clinic.clock.read();
    let pass = verify(&clinic, &mut d1, &rex);
    clinic.clock.forward(minutes(2));
    change_password(&clinic, &rex, Some(&pass));
    let entry = clinic.last(&rex);
    assert_eq!(
        (entry.event, entry.device),
        (Event::PasswordChanged, pass.device())
    );
    let until = verified.saturating_add(hours(18));
    assert_eq!(d1.sign_in(&clinic, &rex), SignIn::Trusted(until));
    assert!(!d2.is_trusted(&clinic, &rex));
}

#[test]
fn h24_the_knob_needs_a_second_factor_that_is_fresh_and_ones_own() {
    for (age, kept) in [
        (minutes(5) - MILLISECOND, true),
        (minutes(5), false),
        (minutes(5) + MILLISECOND, false),
    ] {
        let clinic = clinic_at(&new_york(), keeping());
        let rex = clinic.rex();
        let mut d1 = Browser::new();
        let pass = verify(&clinic, &mut d1, &rex);
        clinic.clock.forward(age);
        change_password(&clinic, &rex, Some(&pass));
        assert_eq!(d1.is_trusted(&clinic, &rex), kept, "{age:?}");
    }
    let clinic = clinic_at(&new_york(), keeping());
    let (rex, rob) = (
        clinic.rex(),
        clinic.staff("rob", Some("+12125550199"), None).unwrap(),
    );
    let (mut d1, mut other) = (Browser::new(), Browser::new());
    d1.sign_in(&clinic, &rex);
    let of_rob = verify(&clinic, &mut other, &rob);
    change_password(&clinic, &rex, Some(&of_rob));
    assert!(!d1.is_trusted(&clinic, &rex), "the pass of somebody else");

    clinic.clock.forward(hours(1));
    d1.sign_in(&clinic, &rex);
    let Ruling::Pass(remembered) = d1.begin(&clinic, &rex) else {
        panic!("remembered")
    };
    change_password(&clinic, &rex, Some(&remembered));
    assert!(
        !d1.is_trusted(&clinic, &rex),
        "a remembered device proves nothing new"
    );
}

#[test]
fn a_s08_4_running_trust_does_not_survive_a_tighter_policy() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    set(&clinic, "2026-09-14", "08:00", 0);
    browser.sign_in(&clinic, &rex);
    set(&clinic, "2026-09-14", "11:59", 0);
    assert!(browser.is_trusted(&clinic, &rex));

    let never = Layer::practice(practice_id()).trust(TrustRules::never());
    let tighter = wrs_policy().with_layer(never, &Facts::new()).unwrap();
    let verifier = clinic.another_verifier(
        tighter,
        Clinic::<medfactor::testing::SharedStore>::keys().unwrap(),
    );
    set(&clinic, "2026-09-14", "12:01", 0);
    let request = clinic.request(&rex, medfactor::purpose::Purpose::sign_in(), browser.cookie(&rex));
    let ruling = verifier.unwrap().begin(request).block_on().unwrap();
    assert!(matches!(ruling, Ruling::Challenge(_)));
}

#[test]
fn h24_a_changed_contact_ends_trust_and_the_codes_that_went_to_the_old_one() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    clinic.clock.forward(seconds(31));
    let open = clinic.asks(&rex);
    let code = clinic.code(&open);
    clinic
        .staff("rex", Some("+12125550177"), Some("rex@x.org"))
        .unwrap();
    // Even before anybody says so, the code that went to the old number opens nothing.
    assert_eq!(clinic.why_not(&open, &code), Reason::Superseded);
    let channel = medfactor::contact::Channel::Sms;
    clinic
        .verifier
        .signal(&rex, Signal::ContactChanged(channel), &Actor::Subject)
        .block_on()
        .unwrap();
    assert!(!browser.is_trusted(&clinic, &rex));
    assert_eq!(clinic.why_not(&open, &code), Reason::Superseded);
    clinic.clock.forward(seconds(30));
    let new = clinic.code(&open);
    assert_eq!(clinic.outbox.last().unwrap().destination.expose(), "+12125550177");
    assert!(clinic.answer(&open, &new).is_ok());
}
