//! Every row of Cliniko's help pages that the library keeps, each test named after its row, on the real verifier.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests stop where they fail")]

mod enrolment;
mod factors;
mod rules;

use std::time::Duration;

use medfactor::audit::{Actor, Entry, Event, Reason};
use medfactor::directory::Practice;
use medfactor::flow::{Authority, Begin, FirstFactor, Pass, Rejection, Remember, Ruling};
use medfactor::ids::{PracticeId, Subject};
use medfactor::policy::presets::cliniko_staff;
use medfactor::policy::{Facts, Layer, Policy, Requirement};
use medfactor::purpose::Purpose;
use medfactor::testing::{AuthenticatorApp, Clinic};
use medfactor::time::Zone;

/// The preset, and the practice's switch for everybody.
fn enforced() -> Policy {
    let practice = PracticeId::new(Clinic::<medfactor::testing::SharedStore>::PRACTICE).unwrap();
    cliniko_staff().layer(Layer::practice(practice).requirement(Requirement::Required))
}

/// A clinic under the preset as it stands, in a country without the mandate.
fn voluntary(policy: Policy) -> Clinic {
    let clinic = Clinic::new(policy).unwrap();
    let facts = Facts::new().with("country", "GB").known_empty("integrations");
    let zone = Zone::fixed(600).unwrap();
    let practice = Practice::new("Harbour Clinic").facts(facts).zone(zone);
    clinic
        .directory
        .put_practice(PracticeId::new("t1").unwrap(), practice);
    clinic
}

fn staff() -> Actor {
    Actor::host("a test")
}

/// The code the app shows now.
fn shown(clinic: &Clinic, app: &AuthenticatorApp) -> String {
    app.code(clinic.clock.read())
}

/// A sign-in by the code of an app.
async fn sign_in(
    clinic: &Clinic,
    who: &Subject,
    app: &AuthenticatorApp,
    device: Option<&str>,
) -> Result<Pass, Rejection> {
    let challenge = clinic.challenge(who, device).await.unwrap();
    let code = shown(clinic, app);
    clinic.submit(&challenge, &code, Remember::Yes).await.unwrap()
}

/// A pass for changing factors, by the code of an app.
async fn management(clinic: &Clinic, who: &Subject, app: &AuthenticatorApp) -> Pass {
    let request = clinic.request(who, Purpose::manage_authenticators(), None);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(request).await.unwrap() else {
        panic!("who has a factor is asked for it")
    };
    let code = shown(clinic, app);
    let pass = clinic
        .submit(&challenge, &code, Remember::No)
        .await
        .unwrap()
        .unwrap();
    clinic.clock.forward(Duration::from_secs(30));
    pass
}

/// A second authenticator, at the word of the first.
async fn add(clinic: &Clinic, who: &Subject, by: &AuthenticatorApp, name: &str) -> AuthenticatorApp {
    let pass = management(clinic, who, by).await;
    let authority = Authority::Fresh(&pass);
    let kind = medfactor::method::AuthenticatorKind::Desktop;
    let new = done(
        clinic
            .verifier
            .begin_enrolment(authority, name, kind)
            .await
            .unwrap(),
    );
    let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
    let code = shown(clinic, &app);
    done(
        clinic
            .verifier
            .confirm_enrolment(authority, &code, Remember::No)
            .await
            .unwrap(),
    );
    clinic.clock.forward(Duration::from_secs(30));
    app
}

fn done<T: std::fmt::Debug>(managed: medfactor::flow::Managed<T>) -> T {
    match managed {
        medfactor::flow::Managed::Done(value) => value,
        medfactor::flow::Managed::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refused<T: std::fmt::Debug>(managed: medfactor::flow::Managed<T>) -> Reason {
    match managed {
        medfactor::flow::Managed::Refused(refusal) => refusal.reason(),
        medfactor::flow::Managed::Done(value) => panic!("{value:?}"),
    }
}

async fn last(clinic: &Clinic, who: &Subject, event: Event) -> Entry {
    let mut history = clinic.history(who).await.unwrap();
    history.retain(|entry| entry.event == event);
    history.pop().unwrap_or_else(|| panic!("no entry {event}"))
}

fn first_factor(clinic: &Clinic) -> FirstFactor {
    FirstFactor::passed_at(clinic.clock.read())
}

fn request(clinic: &Clinic, who: &Subject) -> Begin {
    Begin::new(who, Purpose::sign_in(), first_factor(clinic))
}
