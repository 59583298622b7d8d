//! Every row of WriteUpp's help pages that the library keeps, each test named after its row, on the real verifier.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests stop where they fail")]

#[path = "../common/mod.rs"]
mod common;
mod contacts;
mod joining;
mod settings;

use medfactor::audit::Actor;
use medfactor::contact::Channel;
use medfactor::directory::Action;
use medfactor::flow::{Begin, Challenge, Decision, FirstFactor, Ruling, Sending};
use medfactor::ids::{Subject, SubjectId};
use medfactor::policy::presets::writeupp_video;
use medfactor::policy::{Layer, Population, Requirement};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

use common::{person, practice_id};

const PHONE: &str = "+447700900123";

fn video(appointment: &str) -> Purpose {
    Purpose::parse(&format!("video_join/{appointment}")).unwrap()
}

fn actor(id: &str) -> Actor {
    Actor::staff(SubjectId::new(id).unwrap())
}

/// The practice's switch for video visits, as its administrator saves it.
fn switched_on() -> Layer {
    Layer::practice(practice_id())
        .for_populations([Population::Patient])
        .for_purposes([Purpose::new("video_join").unwrap()])
        .requirement(Requirement::Required)
}

/// A practice that has not switched anything on; ADA is its administrator.
fn off() -> Clinic {
    let clinic = Clinic::new(writeupp_video()).unwrap();
    clinic.directory.permit(&actor("ada"), Action::SaveSettings);
    clinic
}

fn save(clinic: &Clinic, layers: &[Layer]) -> Decision<u64> {
    let version = clinic
        .verifier
        .settings(&practice_id())
        .block_on()
        .unwrap()
        .version;
    clinic
        .verifier
        .save_settings(&practice_id(), version, layers, &actor("ada"), None)
        .block_on()
        .unwrap()
}

/// A practice that asks for a code before a video visit.
fn on() -> Clinic {
    let clinic = off();
    assert_eq!(save(&clinic, &[switched_on()]), Decision::Made(1));
    clinic
}

fn pat(clinic: &Clinic) -> Subject {
    person(clinic, "pat", Population::Patient, Some(PHONE))
}

/// Somebody follows the link of an appointment.
fn click(clinic: &Clinic, who: &Subject, purpose: Purpose, device: Option<&str>) -> Ruling {
    let first = FirstFactor::passed_at(clinic.clock.read());
    let request = Begin::new(who, purpose, first).device(device);
    clinic.verifier.begin(request).block_on().unwrap()
}

fn challenge(ruling: Ruling) -> Challenge {
    match ruling {
        Ruling::Challenge(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

fn send(clinic: &Clinic, challenge: &Challenge) -> Sending {
    clinic
        .verifier
        .send(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap()
}
