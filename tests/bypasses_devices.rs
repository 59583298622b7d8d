//! How remembered devices were abused elsewhere, and that it does not happen here. Each test bears the number of
//! the incident in the list of bypasses.
//!
//! Not testable because it cannot arise: 076 (neither a user agent nor an address is taken anywhere).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod common;

#[path = "bypasses_devices/endings.rs"]
mod endings;
#[path = "bypasses_devices/tokens.rs"]
mod tokens;
