//! What the help pages of a product with mandatory two-factor sign-in promise (rows H01-H27), tested on the
//! preset `wrs_staff` and the real verifier. Each test bears the id of its row or scenario.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;

mod channels;
mod clocks;
mod codes;
mod days;
mod devices;
mod mandate;
mod races;
mod resend;
mod revoke;
mod spans;

use medfactor::testing::Clinic;
use medfactor::time::{Timestamp, Zone};

/// The practice of the preset is in New York.
fn new_york() -> Zone {
    Zone::named("America/New_York").unwrap()
}

/// A clinic under the preset, on Monday 2026-09-14 at 10:00 in New York.
fn clinic() -> Clinic {
    common::clinic_at(&new_york(), common::wrs_policy())
}

/// Sets the clock to what the wall shows in New York.
fn set(clinic: &Clinic, date: &str, time: &str, seconds: u64) -> Timestamp {
    let now = common::wall(&new_york(), date, time, seconds);
    clinic.clock.set(now);
    now
}
