//! How long a device stays trusted after its user has passed a second factor.
//!
//! A [`TrustRule`] computes one instant, once, from the moment of the successful check: the end of trust. It
//! is fixed then and never slides: using a trusted device does not prolong it.

mod day;
mod remember;
mod rule;
mod token;
mod window;

pub use day::PracticeDay;
pub use remember::RememberMode;
pub use rule::TrustRule;
pub use token::DeviceCookie;
pub(crate) use token::DeviceToken;
pub use window::{TrustWindow, TrustWindowError};

#[cfg(test)]
mod tests;
