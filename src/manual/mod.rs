//! The manual: how to use the library, what it promises, and what it leaves to you.

pub mod audit;
pub mod defaults;
pub mod getting_started;
pub mod laws;
pub mod non_features;
pub mod operations;
#[cfg(feature = "rehearsal")]
pub mod rehearsals;
pub mod threats;
