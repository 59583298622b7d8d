//! What one purpose asks is not what another asks: signing a controlled prescription beside signing in.

#![expect(clippy::unwrap_used, reason = "tests stop where they fail")]

#[path = "common/mod.rs"]
mod common;

use medfactor::audit::Reason;
use medfactor::contact::Channel;
use medfactor::flow::{Begin, FirstFactor, Ruling, Sending};
use medfactor::method::Method;
use medfactor::policy::{Layer, MandateName, Policy, Requirement, TrustRules};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use medfactor::trust::{RememberMode, TrustRule};
use pollster::FutureExt as _;

use common::{Ask, Browser, seconds};

fn prescription(number: &str) -> Purpose {
    Purpose::parse(&format!("sign_prescription/{number}")).unwrap()
}

/// Signing in by app or text message, remembered; a controlled prescription by app alone, every time.
fn policy() -> Policy {
    let controlled = Purpose::new("sign_prescription").unwrap();
    Policy::new()
        .layer(
            Layer::vendor()
                .requirement(Requirement::Required)
                .methods([Method::Sms, Method::Totp])
                .trust(TrustRule::default())
                .remember(RememberMode::Always),
        )
        .layer(
            Layer::mandate(MandateName::new("DEA").unwrap())
                .for_purposes([controlled])
                .locked()
                .requirement(Requirement::Required)
                .methods([Method::Totp])
                .trust(TrustRules::never()),
        )
}

#[test]
fn a_controlled_prescription_takes_the_app_every_time_and_trust_does_not_count() {
    let clinic = Clinic::new(policy()).unwrap();
    let osei = clinic.staff("osei", None, None).unwrap();
    let app = clinic.enrol(&osei, "phone").block_on().unwrap();
    clinic.staff("osei", Some(common::MOBILE), None).unwrap();
    let mut browser = Browser::new();
    let signs = |number: &str, browser: &Browser| {
        let first = FirstFactor::passed_at(clinic.clock.read());
        let request = Begin::new(&osei, prescription(number), first).device(browser.cookie(&osei));
        match clinic.verifier.begin(request).block_on().unwrap() {
            Ruling::Challenge(challenge) => challenge,
            other => panic!("{other:?}"),
        }
    };
    browser.sign_in(&clinic, &osei);
    clinic.clock.forward(seconds(60));
    assert!(
        browser.is_trusted(&clinic, &osei),
        "at sign-in the device is remembered"
    );
    for number in ["RX-1", "RX-2", "RX-1"] {
        let challenge = signs(number, &browser);
        let methods: Vec<_> = challenge.methods().iter().map(|offer| offer.method).collect();
        assert_eq!(methods, [Method::Totp]);
        let sent = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .block_on()
            .unwrap();
        assert!(matches!(sent, Sending::Refused(no) if no.reason() == Reason::MethodNotAllowed));
        let pass = clinic.answer(&challenge, &app.code(clinic.clock.read())).unwrap();
        assert_eq!(pass.purpose(), &prescription(number));
        assert_eq!(pass.trusted_until(), None);
        browser.keep(&pass);
        clinic.clock.forward(seconds(30));
    }
    // A pass for one prescription is none for another, and the sign-in is remembered as before.
    assert!(browser.is_trusted(&clinic, &osei));
}

#[test]
fn a_code_for_the_sign_in_signs_nothing() {
    let clinic = Clinic::new(policy()).unwrap();
    let osei = clinic.staff("osei", None, None).unwrap();
    let app = clinic.enrol(&osei, "phone").block_on().unwrap();
    let sign_in = clinic.asks(&osei);
    let code = app.code(clinic.clock.read());
    let _ = clinic.answer(&sign_in, &code).unwrap();
    let first = FirstFactor::passed_at(clinic.clock.read());
    let request = Begin::new(&osei, prescription("RX-1"), first);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(request).block_on().unwrap() else {
        panic!("it is asked for")
    };
    assert_eq!(clinic.why_not(&challenge, &code), Reason::AlreadyUsed);
}
