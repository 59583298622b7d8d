//! Every row of SecureVideo's help pages for clinicians that the library keeps, each test named after its row, on
//! the real verifier under the preset `securevideo_join`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where it fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod codes;
mod guessing;
mod keys;
mod laws;
mod people;
mod sessions;
mod trail;

use std::time::Duration;

use medfactor::audit::{Actor, Entry, EntryQuery, Event, Reason};
use medfactor::flow::Managed;
use medfactor::flow::access::{AccessAttempt, Admission, Appointment, Redemption, Revealed, Source, Window};
use medfactor::ids::{Subject, SubjectId};
use medfactor::keys::KeyRing;
use medfactor::policy::{Layer, Policy, Population, presets};
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, SharedStore};
use medfactor::time::{Timestamp, Zone};
use pollster::FutureExt as _;

use common::{clinic_at, practice_id, wall};

const MOBILE: &str = "+447700900123";

/// Half an hour, as sessions last.
const SESSION: Duration = Duration::from_secs(1800);

/// The preset in a practice in London, on Monday 2026-06-15 at ten.
fn video() -> Clinic {
    video_under(presets::securevideo_join())
}

fn video_under(policy: Policy) -> Clinic {
    let london = Zone::named("Europe/London").unwrap();
    let clinic = clinic_at(&london, policy);
    clinic.clock.set(wall(&london, "2026-06-15", "10:00", 0));
    clinic
}

/// The preset, and what this layer of the vendor says as well.
fn and(layer: Layer) -> Policy {
    presets::securevideo_join().layer(layer)
}

fn keys() -> KeyRing {
    Clinic::<SharedStore>::keys().unwrap()
}

fn session(name: &str) -> Purpose {
    Purpose::parse(&format!("video_join/{name}")).unwrap()
}

/// The clinician who does what staff do.
fn clio() -> Actor {
    Actor::staff(SubjectId::new("clio").unwrap())
}

fn done<T: std::fmt::Debug>(managed: Managed<T>) -> T {
    match managed {
        Managed::Done(done) => done,
        Managed::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn refused<T: std::fmt::Debug>(managed: Managed<T>) -> Reason {
    match managed {
        Managed::Refused(refusal) => refusal.reason(),
        Managed::Done(done) => panic!("{done:?}"),
    }
}

/// Short ways to do what staff and invitees do.
trait Video {
    fn patient(&self, id: &str) -> Subject;
    fn open_at(&self, name: &str, start: Timestamp, people: &[&Subject]) -> Managed<Window>;
    fn open(&self, name: &str, people: &[&Subject]) -> Window;
    fn reveal(&self, subject: &Subject, name: &str) -> Revealed;
    fn read_out(&self, subject: &Subject, name: &str) -> String;
    fn redeem_from(&self, source: &str, typed: &str) -> Result<Admission, medfactor::flow::Rejection>;
    fn redeem(&self, typed: &str) -> Result<Admission, medfactor::flow::Rejection>;
    fn no_entry(&self, typed: &str) -> Reason;
    fn trail(&self) -> Vec<Entry>;
    fn told(&self, event: Event) -> Vec<Entry>;
}

impl Video for Clinic {
    fn patient(&self, id: &str) -> Subject {
        common::person(self, id, Population::Patient, Some(MOBILE))
    }

    fn open_at(&self, name: &str, start: Timestamp, people: &[&Subject]) -> Managed<Window> {
        let empty = Appointment::new(session(name), start, start.saturating_add(SESSION));
        let appointment = people.iter().fold(empty, |all, one| all.participant(one.id()));
        self.verifier
            .open_access(&practice_id(), &appointment, &clio())
            .block_on()
            .unwrap()
    }

    /// A session that begins now.
    fn open(&self, name: &str, people: &[&Subject]) -> Window {
        done(self.open_at(name, self.clock.read(), people))
    }

    fn reveal(&self, subject: &Subject, name: &str) -> Revealed {
        let revealed = self
            .verifier
            .reveal_access_code(subject, &session(name), &clio())
            .block_on()
            .unwrap();
        done(revealed)
    }

    fn read_out(&self, subject: &Subject, name: &str) -> String {
        self.reveal(subject, name).expose().to_string()
    }

    fn redeem_from(&self, source: &str, typed: &str) -> Result<Admission, medfactor::flow::Rejection> {
        let door = Purpose::new("video_join").unwrap();
        let attempt = AccessAttempt::new(&practice_id(), door, typed, Source::new(source));
        match self.verifier.redeem(&attempt).block_on().unwrap() {
            Redemption::Admitted(admission) => Ok(admission),
            Redemption::Rejected(rejection) => Err(rejection),
        }
    }

    fn redeem(&self, typed: &str) -> Result<Admission, medfactor::flow::Rejection> {
        self.redeem_from("203.0.113.7", typed)
    }

    fn no_entry(&self, typed: &str) -> Reason {
        self.redeem(typed).unwrap_err().reason()
    }

    /// All entries of the practice.
    fn trail(&self) -> Vec<Entry> {
        let query = EntryQuery::practice(practice_id()).limit(EntryQuery::MAX_PAGE);
        self.verifier.history(&query).block_on().unwrap().entries
    }

    fn told(&self, event: Event) -> Vec<Entry> {
        let mut trail = self.trail();
        trail.retain(|entry| entry.event == event);
        trail
    }
}
