//! The steps.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::day::Cast;
use super::node::{Node, Table};
use super::values::{self, Labels, Scene, nearest};
use super::{MAX_STEPS, Problems};
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::times::{self, Without};
use crate::rehearsal::value::{Kind, Value};
use crate::rehearsal::words::Does;
use crate::time::Timestamp;

/// One step, with everything in it understood.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct Step {
    /// The line of what is expected, or of the step.
    pub(in crate::rehearsal) line: usize,
    pub(in crate::rehearsal) at: Timestamp,
    pub(in crate::rehearsal) who: Option<String>,
    pub(in crate::rehearsal) does: Does,
    pub(in crate::rehearsal) arguments: BTreeMap<Argument, Value>,
    pub(in crate::rehearsal) expected: Vec<(Field, Value)>,
    pub(in crate::rehearsal) times: usize,
}

pub(super) fn read(node: Node<'_>, cast: &Cast<'_>, start: Timestamp, problems: &mut Problems) -> Vec<Step> {
    let mut reader = Reader {
        cast,
        labels: Labels::new(),
        now: start,
    };
    let mut steps = Vec::new();
    let items = node.items();
    let mut total = 0_usize;
    for item in items {
        let Some(table) = item.table(problems) else {
            continue;
        };
        if let Some(step) = reader.step(table, problems) {
            total = total.saturating_add(step.times);
            steps.push(step);
        }
        if total > MAX_STEPS {
            problems.add(item.line, format!("more than {MAX_STEPS} steps"));
            break;
        }
    }
    if steps.is_empty() && node.items().is_empty() {
        problems.add(node.line, "there are no steps");
    }
    steps
}

struct Reader<'c> {
    cast: &'c Cast<'c>,
    labels: Labels,
    now: Timestamp,
}

impl Reader<'_> {
    fn scene(&self) -> Scene<'_> {
        Scene {
            cast: self.cast,
            labels: &self.labels,
            now: self.now,
        }
    }

    fn step(&mut self, mut table: Table<'_>, problems: &mut Problems) -> Option<Step> {
        if let Some(node) = table.take("at") {
            self.moves_to(node, problems);
        }
        let who = table.take("who").and_then(|node| {
            match values::read(Kind::Person, node, self.scene(), problems) {
                Some(Value::Text(name)) => Some(name),
                _ => None,
            }
        });
        let times = table.take("times").and_then(|node| {
            let number = node.number(problems)?;
            let times = usize::try_from(number)
                .ok()
                .filter(|times| (1..=100).contains(times));
            if times.is_none() {
                problems.add(node.line, "must be from 1 to 100");
            }
            times
        });
        let expect = table.take("expect");
        let named = table.need("does", problems);
        let word = named.and_then(|node| node.text(problems));
        let does = word.as_deref().and_then(Does::parse);
        if let (Some(node), Some(word), None) = (named, &word, does) {
            let words: Vec<_> = Does::ALL.iter().map(|does| does.as_str()).collect();
            let hint = nearest(word, &words).map(|near| format!("; did you mean `{near}`?"));
            problems.add(
                node.line,
                format!("unknown word `{word}`{}", hint.unwrap_or_default()),
            );
        }
        let does = does?;
        let mut line = table.line;
        if does.group().needs_somebody() && who.is_none() {
            problems.add(line, format!("`{}` needs `who`", does.as_str()));
        }
        let expected = match expect {
            Some(node) => {
                line = node.line;
                self.expected(does, node, problems)
            }
            None => Vec::new(),
        };
        let arguments = self.arguments(does, table, problems);
        let step = Step {
            line,
            at: self.now,
            who,
            does,
            arguments,
            expected,
            times: times.unwrap_or(1),
        };
        self.after(&step);
        Some(step)
    }

    fn moves_to(&mut self, node: Node<'_>, problems: &mut Problems) {
        let Some(text) = node.text(problems) else { return };
        match times::parse(&text, &self.cast.zone, Without::SameDay(self.now)) {
            Ok(at) if at >= self.now => self.now = at,
            Ok(_) => problems.add(
                node.line,
                format!(
                    "{text} is before {}, the step before; write the date of a later day, or `set the clock`",
                    times::show(self.now, &self.cast.zone)
                ),
            ),
            Err(message) => problems.add(node.line, message),
        }
    }

    fn arguments(&self, does: Does, table: Table<'_>, problems: &mut Problems) -> BTreeMap<Argument, Value> {
        let mut arguments = BTreeMap::new();
        let line = table.line;
        let taken = || does.needs().iter().chain(does.takes()).copied();
        for (name, line, node) in table.rest() {
            let Some(argument) = taken().find(|argument| argument.name() == name) else {
                let known = Argument::ALL.iter().any(|argument| argument.name() == name);
                problems.add(
                    line,
                    if known {
                        format!("`{name}` does not go with `{}`", does.as_str())
                    } else {
                        format!("unknown field `{name}`")
                    },
                );
                continue;
            };
            if let Some(value) = values::read(argument.kind(), node, self.scene(), problems) {
                arguments.insert(argument, value);
            } else {
                // It is there, so it is not missing as well.
                arguments.insert(argument, Value::None);
            }
        }
        for need in does.needs() {
            if !arguments.contains_key(need) {
                problems.add(line, format!("`{}` needs `{}`", does.as_str(), need.name()));
            }
        }
        arguments
    }

    fn expected(&self, does: Does, node: Node<'_>, problems: &mut Problems) -> Vec<(Field, Value)> {
        let Some(table) = node.as_table() else {
            let Some(text) = node.text(problems) else {
                return Vec::new();
            };
            return self.short(does, &text, node.line, problems);
        };
        let mut expected = Vec::new();
        for (name, line, node) in table.rest() {
            let Some(field) = Field::ALL.iter().copied().find(|field| field.name() == name) else {
                let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
                let hint = nearest(name, &names).map(|near| format!("; did you mean `{near}`?"));
                problems.add(
                    line,
                    format!("unknown field `{name}`{}", hint.unwrap_or_default()),
                );
                continue;
            };
            if field == Field::Outcome {
                if let Some(text) = node.text(problems) {
                    expected.extend(self.short(does, &text, line, problems));
                }
                continue;
            }
            let value = values::read(field.kind(), node, self.scene(), problems);
            expected.extend(value.map(|value| (field, value)));
        }
        expected
    }

    /// `rejected`, or `rejected: wrong`.
    fn short(&self, does: Does, text: &str, line: usize, problems: &mut Problems) -> Vec<(Field, Value)> {
        let (word, detail) = match text.split_once(':') {
            Some((word, detail)) => (word.trim(), Some(detail.trim())),
            None => (text, None),
        };
        let Some(outcome) = Outcome::parse(word) else {
            let words: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
            let hint = nearest(word, &words).map(|near| format!("; did you mean `{near}`?"));
            problems.add(
                line,
                format!("unknown outcome `{word}`{}", hint.unwrap_or_default()),
            );
            return Vec::new();
        };
        let always = matches!(outcome, Outcome::Error | Outcome::Impossible);
        if !always && !does.gives().contains(&outcome) {
            let words: Vec<_> = does.gives().iter().map(|outcome| outcome.as_str()).collect();
            problems.add(
                line,
                format!(
                    "`{}` never ends with `{word}`, but with {}",
                    does.as_str(),
                    words.join(", ")
                ),
            );
        }
        let mut expected = Vec::from([(Field::Outcome, Value::Text(outcome.as_str().into()))]);
        match (detail, outcome.detail()) {
            (Some(detail), Some(field)) => {
                if let Kind::Word(words) = field.kind()
                    && let Some(detail) = values::word(detail, line, &words(), problems)
                {
                    expected.push((field, Value::Text(detail)));
                }
            }
            (Some(_), None) => problems.add(line, format!("`{word}` stands alone, without a colon")),
            (None, _) => {}
        }
        expected
    }

    /// What later steps may refer to, and where the clock stands.
    fn after(&mut self, step: &Step) {
        for (argument, value) in &step.arguments {
            if let (Kind::Names(label), Value::Text(name)) = (argument.kind(), value) {
                self.labels.insert((label, name.clone()));
            }
        }
        if matches!(step.does, Does::BeginEnrolment | Does::SetUp) {
            self.labels.insert((
                crate::rehearsal::value::Label::Authenticator,
                crate::rehearsal::DEFAULT_AUTHENTICATOR.into(),
            ));
        }
        if let (Does::SetClock, Some(Value::Instant(to))) = (step.does, step.arguments.get(&Argument::To)) {
            self.now = *to;
        }
    }
}
