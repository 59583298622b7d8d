//! The policy of a rehearsal: a preset, a file, or layers written out.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use toml::de::DeValue;
use toml::{Table as TomlTable, Value as TomlValue};

use super::node::{Node, Table};
use super::{Files, Problems};
use crate::ids::RoleName;
use crate::policy::{Layer, Policy, PolicyFileError, presets};
use crate::time::{Date, parse_date};

/// The date of a preset that has one and is given none: long ago, so that it holds.
const LONG_AGO: &str = "2000-01-01";

/// One preset: its name and how it is made from the date it is required from.
struct Preset(&'static str, fn(Date) -> Policy);

/// Every preset. A new one is one line.
const PRESETS: &[Preset] = &[
    Preset("cliniko_staff", |_| presets::cliniko_staff()),
    Preset("exact_portal", |_| presets::exact_portal()),
    Preset("securevideo_join", |_| presets::securevideo_join()),
    Preset("writeup_video", |_| presets::writeupp_video()),
    Preset("writeupp_video", |_| presets::writeupp_video()),
    Preset("wrs_staff", presets::wrs_staff),
];

/// The names of the presets.
pub(in crate::rehearsal) fn preset_names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|preset| preset.0)
}

/// A preset by its name, as if it had been required for long.
pub(in crate::rehearsal) fn preset(name: &str, from: Option<Date>) -> Option<Policy> {
    let Preset(_, make) = PRESETS.iter().find(|preset| preset.0 == name)?;
    Some(make(from.or_else(|| parse_date(LONG_AGO).ok())?))
}

pub(super) fn read(node: Node<'_>, files: &Files<'_>, problems: &mut Problems) -> Option<Policy> {
    let mut table = node.table(problems)?;
    let from = table.take("required_from").and_then(|node| {
        let text = node.text(problems)?;
        let date = parse_date(&text).map_err(|error| problems.add(node.line, error.to_string()));
        Some((date.ok()?, node.line))
    });
    let named = table.take("preset");
    let file = table.take("file");
    if let (Some((_, line)), None) = (from, named) {
        problems.add(line, "`required_from` needs `preset`");
    }
    let base = match (named, file) {
        (Some(_), Some(file)) => {
            problems.add(file.line, "either `preset` or `file`, not both");
            None
        }
        (Some(named), None) => {
            let name = named.text(problems)?;
            let policy = preset(&name, from.map(|(date, _)| date));
            if policy.is_none() {
                let names: Vec<_> = preset_names().collect();
                problems.add(
                    named.line,
                    format!("unknown preset `{name}`; there are {}", names.join(", ")),
                );
            }
            policy
        }
        (None, Some(file)) => from_file(file, files, problems),
        (None, None) => Some(Policy::new()),
    };
    let extra = written_out(table, problems)?;
    base.map(|base| extra.into_iter().fold(base, |policy, change| change(policy)))
}

/// What is written out beside a preset or file is put after it.
type Change = Box<dyn FnOnce(Policy) -> Policy>;

fn written_out(table: Table<'_>, problems: &mut Problems) -> Option<Vec<Change>> {
    let line = table.line;
    let mut policy = TomlTable::new();
    let mut layers = None;
    let mut roles = None;
    for (name, line, node) in table.rest() {
        match name {
            "format" => drop(policy.insert(name.into(), plain(node.value))),
            "roles" => {
                roles = Some(node);
                policy.insert(name.into(), plain(node.value));
            }
            "layers" => {
                layers = Some(node);
                policy.insert(name.into(), plain(node.value));
            }
            _ => problems.add(line, format!("unknown field `{name}`")),
        }
    }
    policy.entry("format").or_insert(TomlValue::Integer(1));
    let read = Policy::from_toml(&policy.to_string());
    let read = read.map_err(|error| tell(&error, line, layers, problems)).ok()?;
    let mut changes = Vec::<Change>::new();
    for layer in read.layers().cloned() {
        changes.push(Box::new(|policy: Policy| policy.layer(layer)));
    }
    if let Some(roles) = roles {
        let names = roles.texts(problems).into_iter();
        let names: Vec<RoleName> = names.filter_map(|(_, name)| RoleName::new(name).ok()).collect();
        changes.push(Box::new(|policy: Policy| policy.roles(names)));
    }
    Some(changes)
}

/// One layer, written as in a policy file.
pub(super) fn layer(node: Node<'_>, problems: &mut Problems) -> Option<Layer> {
    node.table(problems)?;
    layers(node, problems)?.into_iter().next()
}

/// Several layers, written as in a policy file.
pub(super) fn layers(node: Node<'_>, problems: &mut Problems) -> Option<Vec<Layer>> {
    let written = node.items().into_iter().map(|layer| plain(layer.value));
    let mut policy = TomlTable::new();
    policy.insert("format".into(), TomlValue::Integer(1));
    policy.insert("layers".into(), TomlValue::Array(written.collect()));
    let read = Policy::from_toml(&policy.to_string());
    let read = read
        .map_err(|error| tell(&error, node.line, Some(node), problems))
        .ok()?;
    Some(read.layers().cloned().collect())
}

fn from_file(file: Node<'_>, files: &Files<'_>, problems: &mut Problems) -> Option<Policy> {
    let name = file.text(problems)?;
    let text = files(&name).map_err(|why| problems.add(file.line, format!("{name}: {why}")));
    let policy = parse(&name, &text.ok()?);
    let tell = |error: PolicyFileError| {
        for problem in &error.problems {
            problems.add(file.line, format!("{name}: {problem}"));
        }
    };
    policy.map_err(tell).ok()
}

/// A policy file: JSON when its name ends so, otherwise TOML.
pub(in crate::rehearsal) fn parse(name: &str, text: &str) -> Result<Policy, PolicyFileError> {
    if name.to_ascii_lowercase().ends_with(".json") {
        Policy::from_json(text)
    } else {
        Policy::from_toml(text)
    }
}

/// Notes the problems of a policy at the lines of the layers they are about.
fn tell(error: &PolicyFileError, line: usize, layers: Option<Node<'_>>, problems: &mut Problems) {
    for problem in &error.problems {
        let layer = problem
            .path
            .strip_prefix("layers[")
            .and_then(|rest| rest.split_once(']'))
            .and_then(|(position, rest)| Some((position.parse::<usize>().ok()?, rest)));
        let place = layer.zip(layers).and_then(|((position, rest), layers)| {
            let layer = layers.items().into_iter().nth(position)?;
            let field = rest
                .strip_prefix('.')
                .and_then(|rest| rest.split(['.', '[']).next());
            let field = field.and_then(|name| layer.as_table()?.take(name));
            Some(field.map_or(layer.line, |field| field.line))
        });
        problems.add(place.unwrap_or(line), problem.to_string());
    }
}

fn plain(value: &DeValue<'_>) -> TomlValue {
    match value {
        DeValue::String(text) => TomlValue::String(text.as_ref().into()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).map_or_else(
            |_| TomlValue::String(String::from(number.as_str())),
            TomlValue::Integer,
        ),
        DeValue::Float(number) => TomlValue::Float(number.as_str().parse().unwrap_or_default()),
        DeValue::Boolean(yes) => TomlValue::Boolean(*yes),
        DeValue::Datetime(time) => TomlValue::Datetime(*time),
        DeValue::Array(items) => TomlValue::Array(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Table(table) => TomlValue::Table(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().as_ref().into(), plain(value.get_ref())))
                .collect(),
        ),
    }
}
