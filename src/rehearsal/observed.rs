//! What came of a step, in the same words in which a file says what should.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fields::{Compare, Field};
use super::outcomes::Outcome;
use super::value::Value;
use crate::time::Zone;

/// What came of a step.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    pub(super) outcome: Outcome,
    facts: Vec<(Field, Value)>,
    /// What the newest message of the step says. It holds a code, so it is only searched, never shown.
    message: Option<zeroize::Zeroizing<String>>,
    /// Whether an authenticator was set up on the way.
    pub(super) set_up: bool,
    /// Why the step could not be taken.
    pub(super) obstacle: Option<String>,
}

impl Observed {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            facts: Vec::from([(Field::Outcome, Value::Text(outcome.as_str().into()))]),
            message: None,
            set_up: false,
            obstacle: None,
        }
    }

    pub(super) fn impossible(why: impl Into<String>) -> Self {
        Self {
            obstacle: Some(why.into()),
            ..Self::new(Outcome::Impossible)
        }
    }

    /// With a fact more; a fact that was there before is replaced.
    pub(super) fn with(mut self, field: Field, value: Value) -> Self {
        self.facts.retain(|(known, _)| *known != field);
        self.facts.push((field, value));
        self
    }

    pub(super) fn text(self, field: Field, text: impl Into<String>) -> Self {
        self.with(field, Value::Text(text.into()))
    }

    pub(super) fn maybe(self, field: Field, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    pub(super) fn after_setting_up(self) -> Self {
        Self { set_up: true, ..self }
    }

    pub(super) fn message(self, text: zeroize::Zeroizing<String>) -> Self {
        Self {
            message: Some(text),
            ..self
        }
    }

    pub(super) fn get(&self, field: Field) -> Option<&Value> {
        self.facts
            .iter()
            .find(|(known, _)| *known == field)
            .map(|(_, value)| value)
    }

    pub(super) fn get_text(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn matches(&self, field: Field, expected: &Value) -> bool {
        let seen = self.get(field);
        match (field.compare(), expected) {
            (Compare::Equal, Value::None) => matches!(seen, None | Some(Value::None)),
            (Compare::Includes, Value::Texts(expected)) => {
                let mut seen = texts(self.get(whole(field))).iter();
                expected.iter().all(|text| seen.any(|other| other == text))
            }
            (Compare::Lacks, Value::Texts(expected)) => {
                let seen = texts(self.get(whole(field)));
                !expected.iter().any(|text| seen.contains(text))
            }
            (Compare::Contains, Value::Texts(expected)) => self
                .message
                .as_ref()
                .is_some_and(|message| expected.iter().all(|text| message.contains(text.as_str()))),
            (Compare::ContainsNot, Value::Texts(expected)) => self
                .message
                .as_ref()
                .is_some_and(|message| !expected.iter().any(|text| message.contains(text.as_str()))),
            (Compare::Pairs, Value::Pairs(expected)) => match seen {
                Some(Value::Pairs(seen)) => expected.iter().all(|pair| seen.contains(pair)),
                _ => false,
            },
            _ => seen == Some(expected),
        }
    }

    /// What is shown for a field beside what was expected of it.
    pub(super) fn show(&self, field: Field, expected: &Value, zone: &Zone) -> String {
        let value = match (field.compare(), expected) {
            (Compare::Contains | Compare::ContainsNot, _) => {
                return if self.message.is_none() {
                    format!("{} = no message", field.name())
                } else if self.matches(field, expected) {
                    show_field(field, expected, zone)
                } else {
                    format!("{} = not so", field.name())
                };
            }
            (Compare::Pairs, Value::Pairs(expected)) => match self.get(field) {
                Some(Value::Pairs(seen)) => {
                    let named =
                        |(name, _): &&(String, String)| expected.iter().any(|(other, _)| other == name);
                    Some(Value::Pairs(seen.iter().filter(named).cloned().collect()))
                }
                _ => None,
            },
            _ => self.get(whole(field)).cloned(),
        };
        match value {
            Some(value) => show_field(field, &value, zone),
            None => format!("{} = none", field.name()),
        }
    }

    /// The outcome with its detail: `rejected: wrong`.
    pub(super) fn headline(&self) -> String {
        let detail = self.outcome.detail().and_then(|field| self.get_text(field));
        match (detail, &self.obstacle) {
            (Some(detail), _) => format!("{}: {detail}", self.outcome.as_str()),
            (None, Some(why)) => format!("{} ({why})", self.outcome.as_str()),
            (None, None) => self.outcome.as_str().into(),
        }
    }
}

pub(super) fn show_field(field: Field, value: &Value, zone: &Zone) -> String {
    format!("{} = {}", field.name(), value.show(zone))
}

/// What was expected, in one line.
pub(super) fn show_expected(expected: &[(Field, Value)], zone: &Zone) -> String {
    let outcome = expected.iter().find(|(field, _)| *field == Field::Outcome);
    let outcome = match outcome {
        Some((_, Value::Text(text))) => Outcome::parse(text),
        _ => None,
    };
    let detail = outcome.and_then(Outcome::detail);
    let mut shown = Vec::new();
    if let Some(outcome) = outcome {
        let said = expected.iter().find(|(field, _)| Some(*field) == detail);
        shown.push(match said {
            Some((_, Value::Text(text))) => format!("{}: {text}", outcome.as_str()),
            _ => outcome.as_str().to_string(),
        });
    }
    let rest = expected
        .iter()
        .filter(|(field, _)| *field != Field::Outcome && Some(*field) != detail);
    shown.extend(rest.map(|(field, value)| show_field(*field, value, zone)));
    shown.join("; ")
}

/// The field that holds all of what another looks for a part of.
const fn whole(field: Field) -> Field {
    match field {
        Field::EntriesInclude | Field::EntriesLack => Field::Entries,
        Field::EventsInclude => Field::Events,
        other => other,
    }
}

fn texts(value: Option<&Value>) -> &[String] {
    match value {
        Some(Value::Texts(texts)) => texts,
        _ => &[],
    }
}
