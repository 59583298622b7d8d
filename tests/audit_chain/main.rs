//! The chains of the audit trail and the seals over them: whatever is changed, removed, moved or put in is found,
//! at the first place where it was done; and what nobody touched is always found whole.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "tests stop where they fail"
)]

#[cfg(feature = "serde")]
mod export;
#[cfg(feature = "serde")]
mod fhir;
mod history;
mod keys;
mod races;
mod records;
mod seals;
mod tamper;
