//! How second factors were bypassed elsewhere, and that it does not happen here: codes, counters, parsing, time,
//! delivery. Each test bears the number of the incident in the list of bypasses.
//!
//! Not testable because it cannot arise: 028 (no IP address is taken anywhere, so none can be forged), 054 in its
//! literal form (an answer is one `&str`, so no list of codes can be sent).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on should stop"
)]

mod common;

#[path = "bypasses_codes/binding.rs"]
mod binding;
#[path = "bypasses_codes/consumption.rs"]
mod consumption;
#[path = "bypasses_codes/delivery.rs"]
mod delivery;
#[path = "bypasses_codes/disclosure.rs"]
mod disclosure;
#[path = "bypasses_codes/limits.rs"]
mod limits;
#[path = "bypasses_codes/lockout.rs"]
mod lockout;
#[path = "bypasses_codes/parsing.rs"]
mod parsing;
#[path = "bypasses_codes/time.rs"]
mod time;
