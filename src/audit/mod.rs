//! What happened, for whoever must answer for it: entries with a stable schema, committed with the state.
//!
//! There is no way to change or delete an entry through this library: retention is the host's job
//! (HIPAA documentation: six years, 45 CFR 164.316(b)(2)(i)). An entry holds no code, secret, token or whole
//! destination.

mod actor;
mod entry;
mod event;
mod query;
mod reason;
mod vocabulary;

pub use actor::Actor;
pub(crate) use entry::printable;
pub use entry::{Entry, SCHEMA};
pub use event::Event;
pub use query::{EntryPage, EntryQuery};
pub use reason::Reason;
