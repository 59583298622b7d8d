//! What `begin` and `submit` cost over the store in memory. Read the figures as ratios of one run: right against
//! wrong against unknown, remembered against asked.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up stops")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use medfactor::flow::{Answer, Challenge, Remember, Ruling};
use medfactor::ids::Subject;
use medfactor::method::Method;
use medfactor::policy::{Layer, Policy, Requirement};
use medfactor::testing::{AuthenticatorApp, Clinic};
use medfactor::trust::{RememberMode, TrustRule};
use pollster::block_on;

fn policy(requirement: Requirement) -> Policy {
    Policy::new().layer(
        Layer::vendor()
            .requirement(requirement)
            .methods([Method::Totp, Method::Sms])
            .trust(TrustRule::default())
            .remember(RememberMode::Always),
    )
}

fn clinic(requirement: Requirement) -> (Clinic, Subject) {
    let clinic = Clinic::new(policy(requirement)).expect("a clinic");
    let rex = clinic.staff("rex", Some("+12125550142"), None).expect("a person");
    (clinic, rex)
}

/// A clinic where a code is out, and that code.
fn asked() -> (Clinic, Challenge, String) {
    let (clinic, rex) = clinic(Requirement::Required);
    let challenge = block_on(clinic.challenge(&rex, None)).expect("a challenge");
    let code = block_on(clinic.send_sms(&challenge)).expect("a code");
    (clinic, challenge, code)
}

/// A clinic with an enrolled authenticator, and a challenge.
fn enrolled() -> (Clinic, Challenge, AuthenticatorApp) {
    let clinic = Clinic::new(policy(Requirement::Required)).expect("a clinic");
    let rex = clinic.staff("rex", None, None).expect("a person");
    let app = block_on(clinic.enrol(&rex, "phone")).expect("an app");
    let challenge = block_on(clinic.challenge(&rex, None)).expect("a challenge");
    (clinic, challenge, app)
}

type Setup = fn() -> (Clinic, Subject, Option<String>);

fn begin(c: &mut Criterion) {
    let mut group = c.benchmark_group("begin");
    let cases: [(&str, Setup); 4] = [
        ("nothing required", || {
            let (clinic, rex) = clinic(Requirement::Off);
            (clinic, rex, None)
        }),
        ("a new challenge", || {
            let (clinic, rex) = clinic(Requirement::Required);
            (clinic, rex, None)
        }),
        ("the same challenge", || {
            let (clinic, rex) = clinic(Requirement::Required);
            block_on(clinic.challenge(&rex, None)).expect("a challenge");
            (clinic, rex, None)
        }),
        ("a remembered device", || {
            let (clinic, challenge, code) = asked();
            let pass = block_on(clinic.submit(&challenge, &code, Remember::Yes)).expect("a verdict");
            let pass = pass.expect("a pass");
            let token = pass.device_cookie().map(|cookie| cookie.value().to_owned());
            let rex = pass.subject().clone();
            (clinic, rex, token)
        }),
    ];
    for (name, setup) in cases {
        group.bench_function(name, |b| {
            b.iter_batched(
                setup,
                |(clinic, rex, token)| {
                    let ruling: Ruling = block_on(clinic.begin(&rex, token.as_deref())).expect("a ruling");
                    let _ = black_box(ruling);
                    clinic
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn submit(c: &mut Criterion) {
    let mut group = c.benchmark_group("submit");
    let mut case = |name: &str, setup: &dyn Fn() -> (Clinic, Challenge, String)| {
        group.bench_function(name, |b| {
            b.iter_batched(
                setup,
                |(clinic, challenge, typed)| {
                    let answer = Answer::new(&typed);
                    let verdict = block_on(clinic.verifier.answer(challenge.ticket(), answer));
                    let _ = black_box(verdict.expect("a verdict"));
                    clinic
                },
                BatchSize::SmallInput,
            );
        });
    };
    case("the right code by sms", &asked);
    case("a wrong code by sms", &|| {
        let (clinic, challenge, code) = asked();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        (clinic, challenge, wrong.to_owned())
    });
    case("the right code of an app", &|| {
        let (clinic, challenge, app) = enrolled();
        let code = app.code(clinic.clock.read());
        (clinic, challenge, code)
    });
    case("a wrong code of an app", &|| {
        let (clinic, challenge, app) = enrolled();
        let code = app.code_of_step(clinic.clock.read(), 100);
        (clinic, challenge, code)
    });
    case("a challenge nobody began", &|| {
        // A ticket of the same installation, on a store that has never heard of it.
        let (_, challenge, code) = asked();
        let (fresh, _) = clinic(Requirement::Required);
        (fresh, challenge, code)
    });
    group.finish();
}

criterion_group!(benches, begin, submit);
criterion_main!(benches);
