//! Why things are as they are, for people who do not program.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::Policy;
use super::effective::DecidedBy;
use super::names::Reference;
use super::resolve::{Situation, resolve};

/// Which layer decides what in a situation. It reads the policy and changes nothing (row W16).
#[must_use]
pub fn explain(policy: &Policy, situation: &Situation<'_>) -> Explanation {
    resolve(policy, situation).explanation()
}

/// Every setting with its value, who decided it, and the rule that layer names (row E07).
///
/// `Display` writes a table:
///
/// ```text
/// setting              value     decided by        reference
/// requirement          required  mandate:AU-XERO   ATO DSP OSF
/// code lifetime        5 min     default
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation(Vec<Row>);

impl Explanation {
    pub(super) fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// The rows, in the order in which settings are listed everywhere.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// The row of one setting, by its name in a policy file.
    #[must_use]
    pub fn row(&self, setting: &str) -> Option<&Row> {
        self.0.iter().find(|row| row.setting == setting)
    }
}

/// One setting of an [`Explanation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    setting: &'static str,
    value: String,
    decided_by: DecidedBy,
}

impl Row {
    pub(super) const fn new(setting: &'static str, value: String, decided_by: DecidedBy) -> Self {
        Self {
            setting,
            value,
            decided_by,
        }
    }

    /// The setting, as in a policy file: `code_lifetime`.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// The value, as a person reads it: `5 min`.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Who decided it.
    #[must_use]
    pub const fn decided_by(&self) -> &DecidedBy {
        &self.decided_by
    }

    /// The rule the deciding layer names.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        self.decided_by.reference()
    }

    fn columns(&self) -> [String; 4] {
        let reference = self.reference().map(ToString::to_string).unwrap_or_default();
        [
            self.setting.replace('_', " "),
            self.value.clone(),
            self.decided_by.to_string(),
            reference,
        ]
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["setting", "value", "decided by", "reference"].map(String::from);
        let lines: Vec<[String; 4]> = core::iter::once(head)
            .chain(self.0.iter().map(Row::columns))
            .collect();
        let width = |column: fn(&[String; 4]) -> &String| {
            lines
                .iter()
                .map(|line| column(line).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (first, second, third) = (width(|[a, ..]| a), width(|[_, b, ..]| b), width(|[_, _, c, _]| c));
        for [setting, value, decided_by, reference] in &lines {
            let line = alloc::format!("{setting:first$}  {value:second$}  {decided_by:third$}  {reference}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
