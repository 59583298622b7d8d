//! What happened, for whoever must answer for it: entries with a stable schema, committed with the state.
//!
//! There is no way to change or delete an entry through this library: retention is the host's job
//! (HIPAA documentation: six years, 45 CFR 164.316(b)(2)(i)). An entry holds no code, secret, token or whole
//! destination.
//!
//! The entries about a person form a [`Chain`], and so do those of a practice alone: each is tied to the one
//! before it by a keyed [`Link`], and the head stands in the record that is committed with it. A [`Seal`] holds
//! all heads of a practice at one time; kept elsewhere, it shows later what was changed since. See
//! [`manual::audit`](crate::manual::audit) for what is found, and what is not.

mod actor;
mod check;
mod entry;
mod event;
#[cfg(feature = "serde")]
pub mod export;
mod link;
mod query;
mod reason;
mod seal;
mod tree;
mod vocabulary;

pub use actor::Actor;
pub use check::{ChainReport, Finding, FindingKind};
pub(crate) use check::{SealedHead, Walk};
pub(crate) use entry::printable;
pub use entry::{Entry, SCHEMA};
pub use event::Event;
pub(crate) use link::append;
pub use link::{Chain, Link};
pub use query::{EntryPage, EntryQuery};
pub use reason::Reason;
pub(crate) use seal::{Contents, Leaf, leaf_bytes};
pub use seal::{Seal, SealFinding, SealFindingKind, SealReport, SealTextError};
pub(crate) use tree::Tree;
