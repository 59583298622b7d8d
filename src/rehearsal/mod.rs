//! Rehearsals: a day at a practice in a file, and what should happen, run on the real verifier.
//!
//! The format is described in [`manual::rehearsals`](crate::manual::rehearsals). `cargo run --example rehearse
//! -- FILE...` runs files from the command line.
//!
//! A word more is a row in `words`, with what it takes in `arguments` and what can be expected of it in `fields`,
//! and an arm in `play`. The parser, the reports and the lists of the manual follow.

mod arguments;
mod compare;
mod fields;
mod file;
mod observed;
mod outcomes;
mod pages;
mod play;
mod report;
mod run;
mod stage;
mod surroundings;
mod table;
mod tell;
mod times;
mod value;
mod words;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

pub use compare::{ComparedStep, Comparison, Tally, compare};
pub use file::{MAX_BYTES, MAX_STEPS, Problem, RehearsalError};
pub use pages::vocabulary;
pub use report::{Asked, Report, StepReport};
pub use run::run;

use crate::policy::{Policy, PolicyFileError};
use crate::time::{Timestamp, Zone};
use file::people::{PersonPart, PracticePart};
use file::steps::Step;

/// What an authenticator is called when the file gives it no name.
const DEFAULT_AUTHENTICATOR: &str = "app";

/// A day at a practice and what should happen, read from a file.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    title: String,
    zone: Zone,
    start: Timestamp,
    policy: Policy,
    /// Whether the policy is another one than that of the file.
    replays: bool,
    practices: BTreeMap<String, PracticePart>,
    people: BTreeMap<String, PersonPart>,
    shared_devices: BTreeSet<String>,
    steps: Vec<Step>,
}

impl Rehearsal {
    /// Reads a rehearsal whose policy is a preset or written out.
    ///
    /// ```
    /// use medfactor::rehearsal::Rehearsal;
    ///
    /// let error = Rehearsal::parse(r#"title = "A slip of the pen"
    /// zone = "Europe/London"
    /// start = "2026-06-15 10:00"
    /// policy = { preset = "wrs_staff" }
    /// people.REX = { mobile = "+44 7700 900123" }
    ///
    /// [[steps]]
    /// who = "RXE"
    /// does = "sing in"
    /// "#);
    /// assert_eq!(
    ///     error.unwrap_err().to_string(),
    ///     "line 8: unknown person `RXE`\nline 9: unknown word `sing in`; did you mean `sign in`?",
    /// );
    /// ```
    ///
    /// # Errors
    /// [`RehearsalError`] with every problem and its line.
    pub fn parse(text: &str) -> Result<Self, RehearsalError> {
        Self::parse_with(text, &|_| Err("policy files cannot be read here".into()))
    }

    /// Reads a rehearsal. `files` gives the text of a policy file by the name the rehearsal has for it, or says why
    /// it cannot; nothing is opened here.
    ///
    /// # Errors
    /// [`RehearsalError`] with every problem and its line.
    pub fn parse_with(
        text: &str,
        files: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, RehearsalError> {
        file::read(text, files)
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The policy it begins with.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The same day under another policy, which stays in force where the file would replace it.
    #[must_use]
    pub fn against(self, policy: Policy) -> Self {
        Self {
            policy,
            replays: true,
            ..self
        }
    }
}

/// The preset of this name, as if it had been in force for long; `None` when there is none.
///
/// ```
/// assert!(medfactor::rehearsal::preset("wrs_staff").is_some());
/// assert!(medfactor::rehearsal::preset("wrs").is_none());
/// ```
#[must_use]
pub fn preset(name: &str) -> Option<Policy> {
    file::policies::preset(name, None)
}

/// Reads a policy file, as JSON when its name ends so and as TOML otherwise.
///
/// # Errors
/// [`PolicyFileError`] with every problem.
pub fn policy_file(name: &str, text: &str) -> Result<Policy, PolicyFileError> {
    file::policies::parse(name, text)
}
