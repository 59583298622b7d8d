//! Rehearsals as TOML: every problem at once, each with its line.

pub(super) mod day;
mod node;
pub(super) mod people;
pub(super) mod policies;
pub(super) mod steps;
pub(super) mod values;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use toml::de::DeTable;

use super::Rehearsal;
use node::{Lines, Table};

/// The longest rehearsal, in bytes: 1 MiB. A longer one is refused unread.
pub const MAX_BYTES: usize = 1 << 20;

/// The greatest number of steps, repetitions included.
pub const MAX_STEPS: usize = 1000;

/// One problem of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Every problem of a rehearsal; `Display` writes one per line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct RehearsalError {
    /// The problems, in the order of the file. At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for RehearsalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// Where the text of a policy file comes from, by the name a rehearsal gives it; `Err` says why it cannot be had.
pub(super) type Files<'f> = dyn Fn(&str) -> Result<String, String> + 'f;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, line: usize, message: impl Into<String>) {
        self.0.push(Problem {
            line,
            message: message.into(),
        });
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn refuse<T>(mut self) -> Result<T, RehearsalError> {
        self.0.sort_by_key(|problem| problem.line);
        Err(RehearsalError { problems: self.0 })
    }
}

pub(super) fn read(text: &str, files: &Files<'_>) -> Result<Rehearsal, RehearsalError> {
    let mut problems = Problems::default();
    if text.len() > MAX_BYTES {
        problems.add(1, format!("longer than {MAX_BYTES} bytes"));
        return problems.refuse();
    }
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = lines.of_offset(error.span().unwrap_or_default().start);
        problems.add(line, format!("not TOML: {}", error.message().trim()));
    }
    if !problems.is_empty() {
        return problems.refuse();
    }
    let table = Table::of(table.get_ref(), 1, &lines);
    match day::read(table, files, &mut problems) {
        Some(rehearsal) if problems.is_empty() => Ok(rehearsal),
        _ => {
            if problems.is_empty() {
                problems.add(1, "not a rehearsal");
            }
            problems.refuse()
        }
    }
}
