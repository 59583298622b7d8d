//! What stands after an equals sign in a step, by what it must be.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::day::Cast;
use super::node::{Node, Table};
use super::{Problems, people, policies};
use crate::contact::Channel;
use crate::purpose::Purpose;
use crate::rehearsal::times::{self, Without};
use crate::rehearsal::value::{Kind, Label, Value};
use crate::time::Timestamp;

/// The words of `types` that are not names of codes.
pub(in crate::rehearsal) const TYPED: [&str; 4] = ["newest", "app", "recovery", "wrong"];

/// The names that the steps so far have given.
pub(super) type Labels = BTreeSet<(Label, String)>;

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s> {
    pub(super) cast: &'s Cast<'s>,
    pub(super) labels: &'s Labels,
    pub(super) now: Timestamp,
}

pub(super) fn read(kind: Kind, node: Node<'_>, scene: Scene<'_>, problems: &mut Problems) -> Option<Value> {
    let cast = scene.cast;
    match kind {
        Kind::Text => node.text(problems).map(Value::Text),
        Kind::Texts => {
            let texts = node.texts(problems).into_iter();
            Some(Value::Texts(texts.map(|(_, text)| text).collect()))
        }
        Kind::Truth => node.truth(problems).map(Value::Truth),
        Kind::Number => node.number(problems).map(Value::Number),
        Kind::Span => {
            let span = times::parse_span(&node.text(problems)?);
            if span.is_none() {
                problems.add(
                    node.line,
                    "must be a duration such as 500 ms, 30 s, 5 min, 18 h or 30 d",
                );
            }
            span.map(Value::Span)
        }
        Kind::Instant => {
            let text = node.text(problems)?;
            if text == "none" {
                return Some(Value::None);
            }
            let instant = times::parse(&text, &cast.zone, Without::Next(scene.now));
            let instant = instant.map_err(|message| problems.add(node.line, message));
            instant.ok().map(Value::Instant)
        }
        Kind::Clock => {
            let text = node.text(problems)?;
            let instant = times::parse(&text, &cast.zone, Without::SameDay(scene.now));
            let instant = instant.map_err(|message| problems.add(node.line, message));
            instant.ok().map(Value::Instant)
        }
        Kind::Zone => people::read_zone(node, problems).map(Value::Zone),
        Kind::Person => one_of(node, problems, "person", |name| cast.people.contains_key(name)),
        Kind::People => {
            let people = node.items().into_iter();
            let names = people.filter_map(|node| {
                match one_of(node, problems, "person", |name| cast.people.contains_key(name)) {
                    Some(Value::Text(name)) => Some(name),
                    _ => None,
                }
            });
            Some(Value::Texts(names.collect()))
        }
        Kind::Device => one_of(node, problems, "device", |name| cast.has_device(name)),
        Kind::Practice => one_of(node, problems, "practice", |name| {
            cast.practices.contains_key(name)
        }),
        Kind::Known(label) => one_of(node, problems, label.as_str(), |name| {
            scene.labels.contains(&(label, name.into()))
        }),
        Kind::Typed => one_of(node, problems, "code", |name| {
            TYPED.contains(&name) || scene.labels.contains(&(Label::Code, name.into()))
        }),
        Kind::Names(_) => {
            let text = node.text(problems)?;
            if text.is_empty() || TYPED.contains(&text.as_str()) {
                problems.add(node.line, format!("`{text}` cannot be a name"));
            }
            Some(Value::Text(text))
        }
        Kind::Purpose => purpose(&node.text(problems)?, node.line, problems).map(Value::Text),
        Kind::Purposes => {
            let texts = node.texts(problems).into_iter();
            let texts = texts.filter_map(|(line, text)| purpose(&text, line, problems));
            Some(Value::Texts(texts.collect()))
        }
        Kind::Mobile => people::read_contact(node, Channel::Sms, problems).map(Value::Contact),
        Kind::Email => people::read_contact(node, Channel::Email, problems).map(Value::Contact),
        Kind::Facts => people::read_facts(node, problems).map(Value::Facts),
        Kind::Policy => policies::read(node, cast.files, problems).map(Value::Policy),
        Kind::Layer => policies::layer(node, problems).map(|layer| Value::Layer(Box::new(layer))),
        Kind::Layers => policies::layers(node, problems).map(Value::Layers),
        Kind::Pairs => node.table(problems).map(|table| pairs(table, problems)),
        Kind::Word(words) => {
            let text = node.text(problems)?;
            word(&text, node.line, &words(), problems).map(Value::Text)
        }
        Kind::Words(words) => {
            let words = words();
            let texts = node.texts(problems).into_iter();
            let texts = texts.filter_map(|(line, text)| word(&text, line, &words, problems));
            Some(Value::Texts(texts.collect()))
        }
    }
}

fn purpose(text: &str, line: usize, problems: &mut Problems) -> Option<String> {
    let purpose = Purpose::parse(text);
    let purpose = purpose.map_err(|error| problems.add(line, error.to_string()));
    purpose.ok().map(|_| text.into())
}

fn one_of(
    node: Node<'_>,
    problems: &mut Problems,
    what: &str,
    known: impl Fn(&str) -> bool,
) -> Option<Value> {
    let text = node.text(problems)?;
    if known(&text) {
        return Some(Value::Text(text));
    }
    problems.add(node.line, format!("unknown {what} `{text}`"));
    None
}

fn pairs(table: Table<'_>, problems: &mut Problems) -> Value {
    let pairs = table.rest().into_iter();
    Value::Pairs(
        pairs
            .filter_map(|(name, _, node)| Some((name.to_string(), node.text(problems)?)))
            .collect(),
    )
}

pub(super) fn word(text: &str, line: usize, words: &[&str], problems: &mut Problems) -> Option<String> {
    if words.contains(&text) {
        return Some(text.into());
    }
    let near = nearest(text, words);
    let hint = if words.len() <= 8 {
        format!("; there are {}", words.join(", "))
    } else {
        near.map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default()
    };
    problems.add(line, format!("unknown word `{text}`{hint}"));
    None
}

/// The word that begins most alike, if it begins alike at all.
pub(super) fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let alike = |word: &str| text.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
    let mut best: Vec<(usize, &'w str)> = words.iter().map(|word| (alike(word), *word)).collect();
    best.sort_by_key(|(alike, _)| core::cmp::Reverse(*alike));
    best.first()
        .filter(|(alike, _)| *alike >= 2)
        .map(|(_, word)| *word)
}
