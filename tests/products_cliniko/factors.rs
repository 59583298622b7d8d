//! Codes of an authenticator app: typed, spent, shared, mistimed.

use std::sync::Arc;
use std::time::Duration;

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Answer, Remember, Ruling, Signal, Verdict};
use medfactor::message::Text;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::otp::{Algorithm, Digits, Secret, Totp, hotp};
use medfactor::policy::{AuthenticatorKinds, Layer, OnSharedLogin, Policy, Requirement};
use medfactor::testing::Clinic;
use medfactor::trust::{RememberMode, TrustRule};
use pollster::block_on;

use super::{enforced, last, shown, sign_in, staff};

/// A practice that trusts devices, which Cliniko's preset does not.
fn trusting() -> Policy {
    Policy::new().layer(
        Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Totp, Method::RecoveryCode])
            .trust(TrustRule::default())
            .remember(RememberMode::Always),
    )
}

#[test]
fn c02_a_login_on_many_devices_is_noticed_and_denied_where_the_policy_says_so() {
    for (deny, action) in [(false, OnSharedLogin::Signal), (true, OnSharedLogin::Deny)] {
        let clinic = Clinic::new(enforced().layer(Layer::vendor().on_shared_login(action))).unwrap();
        let vr = clinic.staff("vr", None, None).unwrap();
        block_on(async {
            let app = clinic.enrol(&vr, "phone").await.unwrap();
            clinic.clock.forward(Duration::from_secs(600));
            for device in 1..=4 {
                let signed_in = sign_in(&clinic, &vr, &app, None).await;
                clinic.clock.forward(Duration::from_secs(60));
                assert_eq!(signed_in.is_ok(), device < 4 || !deny, "device {device}");
            }
            assert_eq!(
                last(&clinic, &vr, Event::SharedLoginSuspected).await.count,
                Some(4)
            );
            clinic.clock.forward(Duration::from_secs(600));
            assert!(
                sign_in(&clinic, &vr, &app, None).await.is_ok(),
                "ten minutes later it is one device again"
            );
        });
    }
}

#[test]
fn c02_one_browser_that_is_asked_each_time_is_one_device() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let app = clinic.enrol(&rex, "phone").await.unwrap();
        let mut cookie: Option<String> = None;
        for _ in 0..6 {
            let pass = sign_in(&clinic, &rex, &app, cookie.as_deref()).await.unwrap();
            cookie = pass.device_cookie().map(|cookie| cookie.value().to_string());
            clinic.clock.forward(Duration::from_secs(30));
        }
        assert!(
            !clinic
                .events(&rex)
                .await
                .unwrap()
                .contains(&Event::SharedLoginSuspected)
        );
    });
}

#[test]
fn c11_six_digits_with_leading_zeros() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let app = clinic.enrol(&rex, "phone").await.unwrap();
        while !shown(&clinic, &app).starts_with('0') {
            clinic.clock.forward(Duration::from_secs(30));
        }
        let code = shown(&clinic, &app);
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let short = clinic
            .submit(&challenge, &code[1..], Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(short.reason(), Reason::Malformed);
        assert_eq!(
            clinic.challenge(&rex, None).await.unwrap().attempts_left(),
            5,
            "it cost no attempt"
        );
        assert!(
            clinic
                .submit(&challenge, &code, Remember::No)
                .await
                .unwrap()
                .is_ok()
        );
    });
}

#[test]
fn c15_the_primitives_need_nothing_but_a_secret_and_a_time() {
    let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
    let totp = Totp::default().with_digits(Digits::new(8).unwrap());
    assert_eq!(
        totp.code(&secret, totp.step_at(20_000_000_000).unwrap()).expose(),
        "65353130"
    );
    assert_eq!(
        hotp(&secret, 9, Digits::DEFAULT, Algorithm::Sha1).expose(),
        "520489"
    );
}

#[test]
fn c17_one_persons_trust_neither_serves_nor_disturbs_another() {
    let clinic = Clinic::new(trusting()).unwrap();
    let (rex, ria) = (
        clinic.staff("rex", None, None).unwrap(),
        clinic.staff("ria", None, None).unwrap(),
    );
    block_on(async {
        let apps = [
            clinic.enrol(&rex, "phone").await.unwrap(),
            clinic.enrol(&ria, "phone").await.unwrap(),
        ];
        let pass = sign_in(&clinic, &rex, &apps[0], None).await.unwrap();
        let cookie = pass.device_cookie().unwrap().value().to_string();
        clinic.challenge(&ria, Some(&cookie)).await.expect("bypass 066");
        assert!(sign_in(&clinic, &ria, &apps[1], Some(&cookie)).await.is_ok());
        assert!(matches!(
            clinic.begin(&rex, Some(&cookie)).await.unwrap(),
            Ruling::Pass(_)
        ));
    });
}

#[test]
fn c18_a_desktop_authenticator_earns_no_trust_where_the_policy_says_so() {
    for (kind, trusted) in [
        (AuthenticatorKind::Desktop, false),
        (AuthenticatorKind::Phone, true),
    ] {
        let refused = AuthenticatorKinds::new([AuthenticatorKind::Desktop]);
        let clinic = Clinic::new(trusting().layer(Layer::vendor().trust_refused_for(refused))).unwrap();
        let rex = clinic.staff("rex", None, None).unwrap();
        block_on(async {
            let app = clinic.enrol_kind(&rex, "it", kind).await.unwrap();
            let pass = sign_in(&clinic, &rex, &app, None).await.unwrap();
            let cookie = pass.device_cookie().unwrap().value().to_string();
            let ruling = clinic.begin(&rex, Some(&cookie)).await.unwrap();
            assert_eq!(matches!(ruling, Ruling::Pass(_)), trusted, "{kind:?}");
        });
    }
}

#[test]
fn c20_signing_out_forgets_the_device_where_the_policy_says_so() {
    for ends in [true, false] {
        let clinic = Clinic::new(trusting().layer(Layer::vendor().trust_ends_on_sign_out(ends))).unwrap();
        let rex = clinic.staff("rex", None, None).unwrap();
        block_on(async {
            let app = clinic.enrol(&rex, "phone").await.unwrap();
            let pass = sign_in(&clinic, &rex, &app, None).await.unwrap();
            let cookie = pass.device_cookie().unwrap().value().to_string();
            let signal = Signal::SignedOut {
                device: Some(&cookie),
            };
            clinic.verifier.signal(&rex, signal, &staff()).await.unwrap();
            let ruling = clinic.begin(&rex, Some(&cookie)).await.unwrap();
            assert_eq!(matches!(ruling, Ruling::Challenge(_)), ends);
        });
    }
}

#[test]
fn c21_a_time_step_is_spent_by_its_first_use() {
    let clinic = Arc::new(Clinic::new(enforced()).unwrap());
    let vr = clinic.staff("vr", None, None).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let app = clinic.enrol(&vr, "phone").await.unwrap();
        for round in 0..50 {
            clinic.clock.forward(Duration::from_secs(1200));
            let code = shown(&clinic, &app);
            let mut races = Vec::new();
            for browser in 0..16 {
                let request = clinic
                    .request(&vr, medfactor::purpose::Purpose::sign_in(), None)
                    .session(&format!("browser {}", browser % 4));
                let Ruling::Challenge(challenge) = clinic.verifier.begin(request).await.unwrap() else {
                    panic!()
                };
                let (clinic, code) = (Arc::clone(&clinic), code.clone());
                races.push(tokio::spawn(async move {
                    clinic
                        .verifier
                        .submit(challenge.ticket(), &code, Remember::No)
                        .await
                        .unwrap()
                }));
            }
            let mut passes = 0;
            for race in races {
                match race.await.unwrap() {
                    Verdict::Pass(_) => passes += 1,
                    Verdict::Rejected(refusal) => {
                        // Told apart from a wrong code, as long as it is not repeated over and over.
                        assert!(
                            matches!(refusal.reason(), Reason::AlreadyUsed | Reason::Wrong),
                            "{refusal:?}"
                        );
                    }
                }
            }
            assert_eq!(passes, 1, "round {round}");
            clinic.verifier.unlock(&vr, &staff(), "next round").await.unwrap();
        }
    });
}

#[test]
fn c28_a_mistimed_code_is_refused_and_support_sees_by_how_much() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let app = clinic.enrol(&rex, "phone").await.unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let fast = app.code_of_step(clinic.clock.read(), 4);
        let refusal = clinic
            .submit(&challenge, &fast, Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(refusal.public_text(), Text::CodeInvalid);
        assert_eq!(last(&clinic, &rex, Event::AttemptFailed).await.near_miss, Some(4));
        assert!(
            clinic
                .submit(&challenge, &shown(&clinic, &app), Remember::No)
                .await
                .unwrap()
                .is_ok()
        );
    });
}

#[test]
fn c30_a_space_in_the_code_does_not_matter() {
    for separator in [" ", "\u{a0}", "-"] {
        let clinic = Clinic::new(enforced()).unwrap();
        let rex = clinic.staff("rex", None, None).unwrap();
        block_on(async {
            let app = clinic.enrol(&rex, "phone").await.unwrap();
            let code = shown(&clinic, &app);
            let typed = format!("{}{separator}{}", &code[..3], &code[3..]);
            let challenge = clinic.challenge(&rex, None).await.unwrap();
            assert!(
                clinic
                    .submit(&challenge, &typed, Remember::No)
                    .await
                    .unwrap()
                    .is_ok()
            );
            // Spent in every spelling.
            for again in [code.clone(), typed, format!(" {code}")] {
                let challenge = clinic.challenge(&rex, None).await.unwrap();
                let refusal = clinic
                    .submit(&challenge, &again, Remember::No)
                    .await
                    .unwrap()
                    .unwrap_err();
                assert_eq!(refusal.reason(), Reason::AlreadyUsed, "bypass 012");
            }
        });
    }
}

#[test]
fn bypass_025_a_failure_charges_only_the_factor_that_was_meant() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let phone = clinic.enrol(&rex, "phone").await.unwrap();
        super::add(&clinic, &rex, &phone, "desk").await;
        let listed = clinic.verifier.authenticators(&rex).await.unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let wrong = phone.code_of_step(clinic.clock.read(), 500);
        let answer = Answer::new(&wrong).authenticator(listed[1].id);
        let verdict = clinic.verifier.answer(challenge.ticket(), answer).await.unwrap();
        assert!(matches!(verdict, Verdict::Rejected(_)));
        let failures = clinic.verifier.authenticators(&rex).await.unwrap();
        assert_eq!(failures.iter().map(|a| a.failures).collect::<Vec<_>>(), [0, 1]);
    });
}
