//! For tests, of hosts and of this crate: a clock set by hand, repeatable randomness, a store that fails on
//! demand, and a small clinic with everything put together.
//!
//! Behind the feature `testing`, which belongs in `[dev-dependencies]` alone.

mod app;
mod clinic;
mod clock;
mod entropy;
pub mod fuzz;
mod store;

pub use app::AuthenticatorApp;
pub use clinic::{Clinic, ClinicVerifier, SharedStore, Unexpected};
pub use clock::ManualClock;
pub use entropy::SeededEntropy;
pub use store::{Faults, FaultyStore};
