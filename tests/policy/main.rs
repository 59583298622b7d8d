//! What six products say about who must use a second factor, as far as the policy alone decides it. Each
//! test is named after the row of the products' rules that it proves.

#![cfg(all(feature = "serde", feature = "tz"))]
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

mod ambiguous;
mod cliniko;
mod elsewhere;
mod exact;
mod securevideo;
mod writeup;
mod wrs;

use core::time::Duration;

use medfactor::code::CodeLength;
use medfactor::ids::{PracticeId, RoleName, SiteId, Subject};
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{
    DecidedBy, EnrolmentGrace, Facts, Layer, MandateName, OnSharedLogin, Policy, Population, Reference,
    Requirement, Scope, Situation, TrustRules, ValidFrom, WarningKind, ZoneSource, explain, presets, resolve,
};
use medfactor::purpose::Purpose;
use medfactor::time::{Timestamp, Zone, parse_date, parse_time};
use medfactor::trust::{PracticeDay, RememberMode, TrustRule, TrustWindow};

const STAFF: Population = Population::Staff;
const PATIENT: Population = Population::Patient;

fn practice(id: &str) -> PracticeId {
    PracticeId::new(id).unwrap()
}

fn purpose(text: &str) -> Purpose {
    Purpose::parse(text).unwrap()
}

fn role(name: &str) -> RoleName {
    RoleName::new(name).unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

/// `at("Europe/London", "2026-06-15", "10:00")`, and seconds after that.
fn at(zone_name: &str, date: &str, time: &str) -> Timestamp {
    zone(zone_name).first_instant(parse_date(date).unwrap(), parse_time(time).unwrap())
}

fn second_before(instant: Timestamp) -> Timestamp {
    instant.saturating_sub(Duration::from_secs(1))
}

fn hours(count: u64) -> TrustWindow {
    TrustWindow::new(Duration::from_secs(count * 3600)).unwrap()
}

fn rolling(count: u64) -> TrustRules {
    TrustRule::Rolling(hours(count)).into()
}

fn calendar(source: ZoneSource, starts_at: &str) -> TrustRules {
    TrustRule::Calendar(PracticeDay::new(source, parse_time(starts_at).unwrap())).into()
}

fn required() -> Layer {
    Layer::vendor().requirement(Requirement::Required)
}

fn off() -> Layer {
    Layer::vendor().requirement(Requirement::Off)
}

/// Someone of practice T1, signing in on 2026-06-15 at 10:00 in London.
struct Person {
    subject: Subject,
    population: Population,
    purpose: Purpose,
    now: Timestamp,
}

fn person(practice: &str, population: Population) -> Person {
    Person {
        subject: Subject::parse(practice, "77").unwrap(),
        population,
        purpose: Purpose::sign_in(),
        now: at("Europe/London", "2026-06-15", "10:00"),
    }
}

impl Person {
    fn opens(self, text: &str) -> Self {
        Self {
            purpose: purpose(text),
            ..self
        }
    }

    fn situation(&self) -> Situation<'_> {
        Situation::new(&self.subject, self.population, &self.purpose, self.now)
    }

    fn requirement(&self, policy: &Policy) -> Requirement {
        resolve(policy, &self.situation()).requirement()
    }
}
