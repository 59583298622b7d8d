//! Many at once: exactly one gets through, and nothing is lost.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests stop where they fail"
)]

use std::sync::Arc;
use std::time::Duration;

use medfactor::audit::{Event, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Authority, Managed, Remember, Ruling, Sending, Ticket, Verdict};
use medfactor::ids::Subject;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{DeviceLimit, Layer, Policy, Requirement};
use medfactor::purpose::Purpose;
use medfactor::testing::{AuthenticatorApp, Clinic};
use medfactor::trust::{RememberMode, TrustRule};
use tokio::task::JoinSet;

fn policy() -> Layer {
    Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Totp, Method::Sms, Method::RecoveryCode])
        .trust(TrustRule::default())
        .remember(RememberMode::Always)
}

fn clinic(layer: Layer) -> Arc<Clinic> {
    Arc::new(Clinic::new(Policy::new().layer(layer)).unwrap())
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap()
        .block_on(test)
}

/// Everybody submits the same at once; how many passed, and why the others did not.
async fn race(clinic: &Arc<Clinic>, tickets: &[Ticket], typed: &str, count: usize) -> (usize, Vec<Reason>) {
    let mut racers = JoinSet::new();
    for number in 0..count {
        let clinic = Arc::clone(clinic);
        let (ticket, typed) = (tickets[number % tickets.len()].clone(), typed.to_owned());
        racers.spawn(async move { clinic.verifier.submit(&ticket, &typed, Remember::Yes).await });
    }
    let (mut passes, mut reasons) = (0, Vec::new());
    for verdict in racers.join_all().await {
        match verdict.unwrap() {
            Verdict::Pass(_) => passes += 1,
            Verdict::Rejected(refusal) => reasons.push(refusal.reason()),
        }
    }
    (passes, reasons)
}

#[test]
fn h12_bypass_001_one_of_sixty_four_right_answers_passes() {
    run(async {
        for round in 0..50 {
            let clinic = clinic(policy());
            let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
            let challenge = clinic.challenge(&rex, None).await.unwrap();
            let code = clinic.send_sms(&challenge).await.unwrap();
            let (passes, reasons) = race(&clinic, &[challenge.ticket().clone()], &code, 64).await;
            assert_eq!((passes, reasons.len()), (1, 63), "round {round}");
            assert!(
                reasons.iter().all(|reason| *reason == Reason::AlreadyUsed),
                "{reasons:?}"
            );
        }
    });
}

#[test]
fn bypass_006_one_of_fifty_redemptions_of_a_recovery_code_passes() {
    run(async {
        let clinic = clinic(policy());
        let rex = clinic.staff("rex", None, None).unwrap();
        let codes = enrol(&clinic, &rex).await.1;
        for code in &codes[..3] {
            let tickets = tickets(&clinic, &rex, 5).await;
            let (passes, _) = race(&clinic, &tickets, code, 50).await;
            assert_eq!(passes, 1);
            clinic
                .verifier
                .unlock(&rex, &medfactor::audit::Actor::Library, "next")
                .await
                .unwrap();
        }
    });
}

#[test]
fn bypass_007_two_recovery_codes_at_once_are_both_gone() {
    run(async {
        for _ in 0..20 {
            let clinic = clinic(policy());
            let rex = clinic.staff("rex", None, None).unwrap();
            let codes = enrol(&clinic, &rex).await.1;
            let tickets = tickets(&clinic, &rex, 2).await;
            let both = tokio::join!(
                race(&clinic, &tickets[..1], &codes[0], 1),
                race(&clinic, &tickets[1..], &codes[1], 1)
            );
            // The first to come ends the other's challenge with all that was open; it is not used up by that.
            assert!(both.0.0 + both.1.0 >= 1);
            for (code, (passes, _)) in codes.iter().zip([both.0, both.1]) {
                let challenge = clinic.challenge(&rex, None).await.unwrap();
                let again = clinic.submit(&challenge, code, Remember::No).await.unwrap();
                assert_eq!(again.is_ok(), passes == 0, "used once, whenever that was");
            }
        }
    });
}

#[test]
fn bypass_002_a_thousand_wrong_guesses_at_once_are_counted_and_bounded() {
    run(async {
        let clinic = clinic(policy());
        let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let mut all = tickets(&clinic, &rex, 6).await;
        all.push(challenge.ticket().clone());
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let mut guesses = JoinSet::new();
        for number in 0..1000 {
            let (clinic, ticket) = (Arc::clone(&clinic), all[number % all.len()].clone());
            guesses.spawn(async move { clinic.verifier.submit(&ticket, wrong, Remember::No).await });
        }
        let evaluated = guesses
            .join_all()
            .await
            .into_iter()
            .filter(|verdict| matches!(verdict, Ok(Verdict::Rejected(r)) if r.reason() == Reason::Wrong))
            .count();
        let history = clinic.history(&rex).await.unwrap();
        let counted = history
            .iter()
            .filter(|entry| entry.reason == Some(Reason::Wrong))
            .count();
        assert_eq!(evaluated, counted, "every guess that was answered is counted");
        assert!(evaluated <= 10, "{evaluated} guesses were evaluated");
        let late = clinic.submit(&challenge, &code, Remember::No).await.unwrap();
        assert!(
            late.is_err(),
            "bypass 023: whoever guesses does not go on where they were"
        );
    });
}

#[test]
fn bypass_094_fifty_calls_for_a_code_send_one_message() {
    run(async {
        let clinic = clinic(policy());
        let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let mut calls = JoinSet::new();
        for number in 0..50 {
            let (clinic, ticket) = (Arc::clone(&clinic), challenge.ticket().clone());
            calls.spawn(async move {
                match number % 2 {
                    0 => clinic.verifier.send(&ticket, Channel::Sms).await,
                    _ => clinic.verifier.resend(&ticket, Channel::Sms).await,
                }
            });
        }
        let sent = calls
            .join_all()
            .await
            .into_iter()
            .filter(|s| matches!(s, Ok(Sending::Sent(_))))
            .count();
        assert_eq!((sent, clinic.outbox.messages().len()), (1, 1));
    });
}

#[test]
fn bypass_081_the_number_of_devices_stays_within_its_limit() {
    run(async {
        let limit = DeviceLimit::new(3).unwrap();
        let clinic = clinic(policy().device_limit(limit));
        let rex = clinic.staff("rex", None, None).unwrap();
        let (app, _) = enrol(&clinic, &rex).await;
        for _ in 0..4 {
            let tickets = tickets(&clinic, &rex, 4).await;
            let code = app.code(clinic.clock.read());
            let _ = race(&clinic, &tickets, &code, 8).await;
            clinic
                .verifier
                .unlock(&rex, &medfactor::audit::Actor::Library, "next")
                .await
                .unwrap();
            clinic.clock.forward(Duration::from_secs(30));
            assert!(clinic.verifier.devices(&rex).await.unwrap().len() <= 3);
        }
        assert_eq!(clinic.verifier.devices(&rex).await.unwrap().len(), 3);
    });
}

#[test]
fn one_of_many_confirmations_adds_the_authenticator() {
    run(async {
        let clinic = clinic(policy());
        let rex = clinic.staff("rex", None, None).unwrap();
        let Ruling::Enrol(enrol) = clinic.begin(&rex, None).await.unwrap() else {
            panic!()
        };
        let ticket = enrol.ticket().clone();
        let authority = Authority::EnrolFirst(&ticket);
        let begun = clinic
            .verifier
            .begin_enrolment(authority, "phone", AuthenticatorKind::Phone)
            .await
            .unwrap();
        let Managed::Done(new) = begun else { panic!() };
        let code = AuthenticatorApp::scan(new.key_uri())
            .unwrap()
            .code(clinic.clock.read());
        let mut calls = JoinSet::new();
        for _ in 0..32 {
            let (clinic, ticket, code) = (Arc::clone(&clinic), ticket.clone(), code.clone());
            calls.spawn(async move {
                let authority = Authority::EnrolFirst(&ticket);
                clinic
                    .verifier
                    .confirm_enrolment(authority, &code, Remember::No)
                    .await
            });
        }
        let done = calls
            .join_all()
            .await
            .into_iter()
            .filter(|m| matches!(m, Ok(Managed::Done(_))))
            .count();
        assert_eq!(done, 1);
        assert_eq!(clinic.verifier.authenticators(&rex).await.unwrap().len(), 1);
        let added = clinic.events(&rex).await.unwrap();
        assert_eq!(
            added
                .iter()
                .filter(|event| **event == Event::AuthenticatorAdded)
                .count(),
            1
        );
    });
}

/// Challenges of so many browsers.
async fn tickets(clinic: &Clinic, who: &Subject, count: usize) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    for number in 0..count {
        let request = clinic
            .request(who, Purpose::sign_in(), None)
            .session(&format!("browser {number}"));
        let Ruling::Challenge(challenge) = clinic.verifier.begin(request).await.unwrap() else {
            panic!()
        };
        tickets.push(challenge.ticket().clone());
    }
    tickets
}

/// Enrols a first authenticator; its app, and the recovery codes.
async fn enrol(clinic: &Clinic, who: &Subject) -> (AuthenticatorApp, Vec<String>) {
    let Ruling::Enrol(enrol) = clinic.begin(who, None).await.unwrap() else {
        panic!()
    };
    let authority = Authority::EnrolFirst(enrol.ticket());
    let begun = clinic
        .verifier
        .begin_enrolment(authority, "phone", AuthenticatorKind::Phone)
        .await
        .unwrap();
    let Managed::Done(new) = begun else { panic!() };
    let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
    let code = app.code(clinic.clock.read());
    let confirmed = clinic
        .verifier
        .confirm_enrolment(authority, &code, Remember::No)
        .await
        .unwrap();
    let Managed::Done(enrolled) = confirmed else {
        panic!()
    };
    clinic.clock.forward(Duration::from_secs(30));
    let codes = enrolled.recovery_codes.unwrap();
    (app, codes.expose().map(String::from).collect())
}
