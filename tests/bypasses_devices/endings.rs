//! F, second half: what ends trust.

use medfactor::audit::{Actor, Event};
use medfactor::contact::Channel;
use medfactor::flow::{Authority, Managed, Remember, Ruling, Signal};
use medfactor::ids::Subject;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{Layer, Methods, TrustRules};
use medfactor::purpose::Purpose;
use medfactor::testing::{AuthenticatorApp, Clinic, SharedStore};
use medfactor::time::Zone;
use medfactor::trust::{TrustRule, TrustWindow};
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, MILLISECOND, SignIn, clinic_at, every_method, hours, minutes, seconds, wrs, wrs_policy,
};

/// Two browsers on which Rex is remembered.
fn two_devices(clinic: &Clinic, rex: &Subject) -> [Browser; 2] {
    let mut browsers = [Browser::new(), Browser::new()];
    for browser in &mut browsers {
        assert_eq!(browser.sign_in(clinic, rex), SignIn::Asked);
        clinic.clock.forward(minutes(1));
        assert!(browser.is_trusted(clinic, rex));
    }
    browsers
}

fn desk() -> Actor {
    Actor::host("desk")
}

fn signal(clinic: &Clinic, rex: &Subject, signal: Signal<'_>) {
    clinic.verifier.signal(rex, signal, &desk()).block_on().unwrap();
}

/// After this nobody is trusted any more.
fn all_end(act: impl FnOnce(&Clinic, &Subject)) {
    let roles = Layer::vendor().trust_ends_on_role_change(true);
    let clinic = clinic_at(&Zone::utc(), wrs_policy().layer(roles));
    let rex = clinic.rex();
    let mut browsers = two_devices(&clinic, &rex);
    act(&clinic, &rex);
    for browser in &mut browsers {
        assert!(!browser.is_trusted(&clinic, &rex));
    }
}

#[test]
fn bypass_059_using_trust_does_not_renew_it() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let end = clinic.clock.read().saturating_add(hours(18));
    while clinic.clock.read().saturating_add(minutes(20)) < end {
        clinic.clock.forward(minutes(20));
        assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Trusted(end));
    }
    clinic.clock.set(end.saturating_sub(MILLISECOND));
    assert!(browser.is_trusted(&clinic, &rex));
    clinic.clock.set(end);
    assert!(!browser.is_trusted(&clinic, &rex));
}

#[test]
fn bypass_068_a_new_password_ends_it() {
    all_end(|clinic, rex| signal(clinic, rex, Signal::PasswordChanged { keep: None }));
}

/// Enrols an app at the word of a code by text message.
fn enrol(clinic: &Clinic, rex: &Subject) -> AuthenticatorApp {
    let request = clinic.request(rex, Purpose::manage_authenticators(), None);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(request).block_on().unwrap() else {
        panic!("not asked")
    };
    let code = clinic.code(&challenge);
    let pass = clinic.answer(&challenge, &code).unwrap();
    let authority = Authority::Fresh(&pass);
    let begun = clinic
        .verifier
        .begin_enrolment(authority, "phone", AuthenticatorKind::Phone);
    let Managed::Done(new) = begun.block_on().unwrap() else {
        panic!("refused")
    };
    let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
    let code = app.code(clinic.clock.read());
    let confirmed = clinic.verifier.confirm_enrolment(authority, &code, Remember::No);
    assert!(matches!(confirmed.block_on().unwrap(), Managed::Done(_)));
    clinic.clock.forward(seconds(30));
    app
}

/// A browser that is remembered by the code of an app.
fn remembered(clinic: &Clinic, rex: &Subject, app: &AuthenticatorApp) -> Browser {
    let challenge = clinic.asks(rex);
    let code = app.code(clinic.clock.read());
    let verdict = clinic
        .submit(&challenge, &code, Remember::Yes)
        .block_on()
        .unwrap();
    let mut browser = Browser::new();
    browser.keep(&verdict.unwrap());
    clinic.clock.forward(minutes(1));
    assert!(browser.is_trusted(clinic, rex));
    browser
}

#[test]
fn bypass_069_a_factor_added_reset_or_removed_ends_it() {
    let clinic = Clinic::new(every_method()).unwrap();
    let rex = clinic.rex();
    let app = enrol(&clinic, &rex);

    let mut browser = remembered(&clinic, &rex, &app);
    enrol(&clinic, &rex);
    assert!(!browser.is_trusted(&clinic, &rex), "added");

    let mut browser = remembered(&clinic, &rex, &app);
    clinic.clock.forward(minutes(20));
    let manage = clinic.request(&rex, Purpose::manage_authenticators(), None);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(manage).block_on().unwrap() else {
        panic!("not asked")
    };
    let pass = clinic.answer(&challenge, &app.code(clinic.clock.read())).unwrap();
    let second = clinic.verifier.authenticators(&rex).block_on().unwrap()[1].id;
    let removed = clinic
        .verifier
        .remove_authenticator(Authority::Fresh(&pass), second);
    assert!(matches!(removed.block_on().unwrap(), Managed::Done(())));
    assert!(!browser.is_trusted(&clinic, &rex), "removed");

    clinic.clock.forward(minutes(1));
    let mut browser = remembered(&clinic, &rex, &app);
    let reset = clinic
        .verifier
        .reset_authenticators(&rex, &Actor::Library, "phone lost")
        .block_on();
    reset.unwrap();
    assert!(!browser.is_trusted(&clinic, &rex), "reset");
    enrol(&clinic, &rex);
    assert!(!browser.is_trusted(&clinic, &rex), "and enrolled again");
}

#[test]
fn bypass_070_every_verb_of_staff_that_should_end_it_does() {
    all_end(|clinic, rex| {
        let reset = clinic.verifier.reset_authenticators(rex, &Actor::Library, "lost");
        reset.block_on().unwrap();
    });
    all_end(|clinic, rex| {
        let count = clinic.verifier.forget_all_devices(rex, &Actor::Library);
        assert_eq!(count.block_on().unwrap(), 2);
    });
    all_end(|clinic, rex| signal(clinic, rex, Signal::ContactChanged(Channel::Email)));
    all_end(|clinic, rex| signal(clinic, rex, Signal::RoleChanged));
    all_end(|clinic, rex| signal(clinic, rex, Signal::Offboarded));
    all_end(|clinic, rex| {
        signal(clinic, rex, Signal::Offboarded);
        signal(clinic, rex, Signal::Reinstated);
    });
}

#[test]
fn bypass_070_a_lock_ends_it_and_unlocking_does_not_bring_it_back() {
    let row = Layer::vendor().tries_in_a_row(medfactor::policy::TriesInARow::MIN);
    let clinic = clinic_at(&Zone::utc(), wrs_policy().layer(row));
    let rex = clinic.rex();
    let mut browsers = two_devices(&clinic, &rex);
    for round in 0..2 {
        let challenge = clinic.asks_session(&rex, &format!("{round}"));
        let code = clinic.code(&challenge);
        for _ in 0..5 {
            let rejection = clinic
                .answer(&challenge, &crate::common::wrong(&code))
                .unwrap_err();
            assert_eq!(rejection.reason(), medfactor::audit::Reason::Wrong);
        }
    }
    assert_eq!(clinic.count(&rex, Event::Locked), 1);
    assert!(!browsers[0].is_trusted(&clinic, &rex));
    clinic
        .verifier
        .unlock(&rex, &Actor::Library, "identified")
        .block_on()
        .unwrap();
    for browser in &mut browsers {
        assert!(!browser.is_trusted(&clinic, &rex));
    }
}

#[test]
fn bypass_070_one_device_can_be_forgotten_alone() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut browsers = two_devices(&clinic, &rex);
    let first = clinic.verifier.devices(&rex).block_on().unwrap()[0].id;
    let forget = || {
        clinic
            .verifier
            .forget_device(&rex, first, &Actor::Subject)
            .block_on()
            .unwrap()
    };
    assert!(forget());
    assert!(!forget(), "there is none any more");
    assert!(!browsers[0].is_trusted(&clinic, &rex));
    assert!(browsers[1].is_trusted(&clinic, &rex));
}

#[test]
fn bypass_070_signing_out_ends_it_only_where_the_policy_says_so() {
    for ends in [false, true] {
        let layer = Layer::vendor().trust_ends_on_sign_out(ends);
        let clinic = clinic_at(&Zone::utc(), wrs_policy().layer(layer));
        let rex = clinic.rex();
        let mut browsers = two_devices(&clinic, &rex);
        let device = browsers[0].cookie(&rex).map(str::to_owned);
        signal(
            &clinic,
            &rex,
            Signal::SignedOut {
                device: device.as_deref(),
            },
        );
        assert_eq!(browsers[0].is_trusted(&clinic, &rex), !ends);
        assert!(browsers[1].is_trusted(&clinic, &rex));
    }
}

#[test]
fn bypass_080_a_shorter_policy_counts_for_cookies_that_are_out() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let with = |layer| {
        let keys = Clinic::<SharedStore>::keys().unwrap();
        clinic.another_verifier(wrs_policy().layer(layer), keys).unwrap()
    };
    let hour = TrustWindow::new(hours(1)).unwrap();
    let shorter = with(Layer::vendor().trust_maximum(hour));
    let rule = with(Layer::vendor().trust(TrustRule::Rolling(hour)));
    let never = with(Layer::vendor().trust(TrustRules::never()));
    let other = with(Layer::vendor().methods(Methods::new([Method::Email])));
    let longer = with(Layer::vendor().trust_maximum(TrustWindow::MAX));
    let mut lets_in = |verifier: &medfactor::testing::ClinicVerifier| {
        let request = clinic.request(&rex, Purpose::sign_in(), browser.cookie(&rex));
        match verifier.begin(request).block_on().unwrap() {
            Ruling::Pass(pass) => {
                browser.keep(&pass);
                true
            }
            _ => false,
        }
    };
    clinic.clock.forward(hours(1) - MILLISECOND);
    assert!(lets_in(&shorter) && lets_in(&rule));
    assert!(!lets_in(&never), "no trust at all");
    assert!(
        !lets_in(&other),
        "the method it was earned by is no longer allowed"
    );
    clinic.clock.forward(MILLISECOND);
    assert!(!lets_in(&shorter) && !lets_in(&rule));
    clinic.clock.forward(hours(1));
    assert!(lets_in(&longer));
    clinic.clock.forward(hours(16));
    assert!(!lets_in(&longer), "longer than was granted is never given");
}
