//! The same day under two policies.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use super::report::{Asked, Report};
use super::{table, times};
use crate::time::{Timestamp, Zone, format_date};

/// One step that asks to get in, under both policies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedStep {
    /// The line of the file.
    pub line: usize,
    /// When it was taken.
    pub at: Timestamp,
    /// Who asked to get in.
    pub who: String,
    /// On which device, if the step names one.
    pub on: String,
    /// What they had to do under the policy of the file.
    pub before: Asked,
    /// What they had to do under the other one.
    pub after: Asked,
    /// Why, under the other one.
    pub why: String,
}

/// How often somebody is asked more or less under the other policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// More than before.
    pub more: usize,
    /// Less than before.
    pub less: usize,
    /// The same.
    pub same: usize,
}

/// The same day under two policies. `Display` writes a table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// Every step that asks to get in, in their order.
    pub steps: Vec<ComparedStep>,
    /// Every person who asked to get in.
    pub people: BTreeMap<String, Tally>,
    zone: Zone,
}

/// Compares what people had to do in two runs of the same rehearsal.
///
/// ```
/// use medfactor::rehearsal::{Rehearsal, compare, run};
/// use medfactor::policy::presets;
/// use medfactor::store::MemoryStore;
///
/// let rehearsal = Rehearsal::parse(r#"
///     title = "A receptionist signs in"
///     zone = "Europe/London"
///     start = "2026-06-15 08:00"
///     policy = { preset = "wrs_staff" }
///     people.REX = { mobile = "+44 7700 900123" }
///     steps = [{ who = "REX", does = "sign in" }, { at = "12:00", who = "REX", does = "sign in" }]
/// "#)?;
/// let other = rehearsal.clone().against(presets::cliniko_staff());
/// let comparison = pollster::block_on(async {
///     let before = run(&rehearsal, MemoryStore::new()).await?;
///     let after = run(&other, MemoryStore::new()).await?;
///     Ok::<_, medfactor::testing::Unexpected>(compare(&before, &after))
/// })?;
/// // Nobody knows whether the practice is in Australia with Xero, so an authenticator is required.
/// assert_eq!(comparison.people["REX"].more, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let mut steps = Vec::new();
    let mut people = BTreeMap::<String, Tally>::new();
    for (old, new) in before.steps.iter().zip(&after.steps) {
        let (Some(was), Some(is)) = (old.asked, new.asked) else {
            continue;
        };
        let tally = people.entry(old.who.clone()).or_default();
        let count = match is.cmp(&was) {
            Ordering::Greater => &mut tally.more,
            Ordering::Less => &mut tally.less,
            Ordering::Equal => &mut tally.same,
        };
        *count = count.saturating_add(1);
        steps.push(ComparedStep {
            line: old.line,
            at: old.at,
            who: old.who.clone(),
            on: old.on.clone(),
            before: was,
            after: is,
            why: new.why.clone(),
        });
    }
    Comparison {
        steps,
        people,
        zone: before.zone.clone(),
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["", "date", "time", "who", "where", "now", "then", "why then"];
        let mut rows = Vec::from([table::row(head)]);
        for step in &self.steps {
            let mark = match step.after.cmp(&step.before) {
                Ordering::Greater => "more",
                Ordering::Less => "less",
                Ordering::Equal => "",
            };
            rows.push(table::row([
                mark,
                &format_date(self.zone.local(step.at).0),
                &times::show_time(step.at, &self.zone),
                &step.who,
                &step.on,
                step.before.as_str(),
                step.after.as_str(),
                &step.why,
            ]));
        }
        for line in table::lines(&rows) {
            writeln!(f, "{line}")?;
        }
        let mut rows = Vec::from([table::row(["person", "asked more", "less", "the same"])]);
        for (who, tally) in &self.people {
            let [more, less, same] =
                [tally.more, tally.less, tally.same].map(|count| alloc::format!("{count}"));
            rows.push(table::row([who, &more, &less, &same]));
        }
        writeln!(f)?;
        for line in table::lines(&rows) {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
