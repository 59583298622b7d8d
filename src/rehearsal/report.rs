//! What came of a rehearsal.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::table;
use super::times;
use crate::time::{Timestamp, Zone, format_date};

/// What somebody who wanted to get in had to do, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Asked {
    /// Nothing.
    Nothing,
    /// To prove a second factor.
    Code,
    /// To set up an authenticator first.
    SetUp,
    /// They did not get in at all.
    Refused,
}

impl Asked {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing asked",
            Self::Code => "asked for a code",
            Self::SetUp => "must set up an app",
            Self::Refused => "not let in",
        }
    }
}

/// What came of one step. Nothing in it holds a code, a secret or a whole destination.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// The line of the file on which its expectation stands, or the step itself.
    pub line: usize,
    /// Which step of the file it is, from 1 on.
    pub number: usize,
    /// When it was taken.
    pub at: Timestamp,
    /// Who took it; empty for nobody.
    pub who: String,
    /// On which device, if the step names one.
    pub on: String,
    /// What was done.
    pub does: String,
    /// What came of it, in words.
    pub told: String,
    /// Why, in words: the deciding layer, or the reason.
    pub why: String,
    /// What the file expects; empty when it expects nothing.
    pub expected: String,
    /// What came, in the words of the file.
    pub got: String,
    /// Whether what came is what was expected.
    pub ok: bool,
    /// What the person had to do, for steps that ask to get in.
    pub asked: Option<Asked>,
}

/// What came of a rehearsal. `Display` writes a table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The title of the rehearsal.
    pub title: String,
    /// The zone times are shown in.
    pub zone: Zone,
    /// What came of each step, in their order.
    pub steps: Vec<StepReport>,
}

impl Report {
    /// Whether everything came as expected.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.steps.iter().all(|step| step.ok)
    }

    /// The steps that did not come as expected.
    pub fn failures(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| !step.ok)
    }
}

impl fmt::Display for StepReport {
    /// `step 3: expected challenge, got trusted`, to be put after the file and the line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "step {}: expected {}, got {}",
            self.number, self.expected, self.got
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let head = [
            "",
            "step",
            "time",
            "who",
            "where",
            "does",
            "what came of it",
            "why",
        ];
        let mut rows = Vec::from([table::row(head)]);
        for step in &self.steps {
            rows.push(table::row([
                if step.ok { "" } else { "!" },
                &alloc::format!("{}", step.number),
                &times::show_time(step.at, &self.zone),
                &step.who,
                &step.on,
                &step.does,
                &step.told,
                &step.why,
            ]));
        }
        let lines = table::lines(&rows);
        let mut day = None;
        for (place, line) in lines.iter().enumerate() {
            let step = place.checked_sub(1).and_then(|place| self.steps.get(place));
            if let Some(step) = step {
                let date = self.zone.local(step.at).0;
                if day != Some(date) {
                    writeln!(f, "{}, {}", date.weekday(), format_date(date))?;
                    day = Some(date);
                }
            }
            writeln!(f, "{line}")?;
            if let Some(step) = step.filter(|step| !step.ok) {
                writeln!(
                    f,
                    "!       line {}: expected {}, got {}",
                    step.line, step.expected, step.got
                )?;
            }
        }
        let wrong = self.failures().count();
        let (steps, right) = (self.steps.len(), self.steps.len().saturating_sub(wrong));
        match wrong {
            0 if steps == 1 => writeln!(f, "1 step, as expected"),
            0 => writeln!(f, "{steps} steps, all as expected"),
            _ => writeln!(f, "{steps} steps, {right} as expected, {wrong} not"),
        }
    }
}
