//! The eight laws of the library, each over random sequences of operations.
//!
//! Two verifiers share one store that fails, conflicts and loses answers; the clock moves both ways; people
//! begin, send, type, enrol, forget and guess. A model far simpler than the library keeps what was handed to whom
//! and judges everything that was written and answered. `PROPTEST_CASES` makes the search longer.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "tests stop where they fail"
)]

mod assisted;
mod corruption;
mod entries;
mod laws;
mod manage;
mod model;
mod operation;
mod policies;
mod steps;
mod tightening;
mod time;
mod watch;
mod world;
