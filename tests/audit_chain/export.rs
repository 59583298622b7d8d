//! JSON lines: everything stands in them, and they are read as strictly as they are written.

use std::collections::BTreeSet;

use medfactor::audit::export::{LineError, from_json, to_json};
use medfactor::audit::{Actor, Entry};
use medfactor::ids::SubjectId;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::history::{History, PHONE};
use super::tamper::{CHANGES, change};

pub(crate) const ENTRIES: &str = include_str!("../vectors/audit_entries.jsonl");

/// The fields of the schema, in their order.
const FIELDS: [&str; 22] = [
    "id",
    "schema",
    "at",
    "practice",
    "subject",
    "actor",
    "event",
    "reason",
    "purpose",
    "challenge",
    "method",
    "device",
    "authenticator",
    "delivery",
    "provider_id",
    "destination",
    "until",
    "decided_by",
    "count",
    "near_miss",
    "note",
    "link",
];

/// Entries with anything in any field.
pub(crate) fn entries() -> impl Strategy<Value = Entry> {
    let histories = (vec(0..44_u8, 2..6), any::<Index>());
    let changes = vec(0..CHANGES, 0..8);
    (histories, changes, any::<String>(), 0..4_u8).prop_map(|((steps, which), changes, text, actor)| {
        let history = History::of(&steps);
        let all: Vec<Entry> = history
            .chains()
            .iter()
            .flat_map(|chain| history.entries(chain))
            .collect();
        let mut entry = all[which.index(all.len())].clone();
        for field in changes
            .into_iter()
            .filter(|_| entry.link.is_some())
            .collect::<Vec<_>>()
        {
            if entry.link.is_some() {
                change(&mut entry, field);
            }
        }
        entry.actor = match actor {
            0 => Actor::Subject,
            1 => Actor::staff(SubjectId::new("u-7").unwrap()),
            2 => Actor::host(&text),
            _ => Actor::Library,
        };
        entry.note = Some(text.clone()).filter(|_| actor != 3);
        entry.provider_id = Some(text).filter(|_| actor != 2);
        entry
    })
}

fn object(line: &str) -> Map<String, Value> {
    serde_json::from_str(line).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_entry_reads_as_it_was_written(entry in entries()) {
        let line = to_json(&entry);
        prop_assert!(!line.contains(['\n', '\r']));
        prop_assert_eq!(from_json(&line), Ok(entry));
        // Every field stands in every line, and in the order of the schema.
        let names: BTreeSet<String> = object(&line).keys().cloned().collect();
        prop_assert_eq!(names, FIELDS.map(String::from).into_iter().collect::<BTreeSet<_>>());
    }

    /// Whatever arrives is read or refused.
    #[test]
    fn no_line_stops_the_reader(line in "\\PC{0,200}", at: Index, with: char) {
        drop(from_json(&line));
        let good = ENTRIES.lines().next().unwrap();
        let mut spoiled: Vec<char> = good.chars().collect();
        let at = at.index(spoiled.len());
        spoiled[at] = with;
        drop(from_json(&spoiled.into_iter().collect::<String>()));
    }
}

#[test]
fn the_schema_stands() {
    for line in ENTRIES.lines() {
        let entry = from_json(line).unwrap();
        assert_eq!(to_json(&entry), line);
        let places: Vec<_> = FIELDS
            .iter()
            .map(|name| line.find(&format!("\"{name}\":")).unwrap())
            .collect();
        assert!(places.is_sorted());
    }
}

#[test]
fn what_is_not_of_the_schema_is_refused() {
    let good = object(ENTRIES.lines().next().unwrap());
    let with = |name: &str, value: Value| {
        let mut line = good.clone();
        line.insert(name.into(), value);
        from_json(&Value::Object(line).to_string())
    };
    assert!(with("schema", json!(1)).is_ok());
    for name in ["id", "schema", "at", "practice", "actor", "event"] {
        let mut line = good.clone();
        line.remove(name);
        assert_eq!(
            from_json(&Value::Object(line).to_string()),
            Err(LineError::Json),
            "{name}"
        );
    }
    for (name, value) in [
        ("more", json!(1)),
        ("schema", json!("1")),
        ("schema", json!(-1)),
        ("count", json!(u64::MAX)),
        ("near_miss", json!(200)),
        ("actor", json!("subject")),
        ("actor", json!({"kind": "subject", "more": 1})),
        ("link", json!({"sequence": 1, "key": 1})),
    ] {
        assert_eq!(with(name, value.clone()), Err(LineError::Json), "{name}: {value}");
    }
    for (name, value) in [
        ("id", json!("1")),
        ("at", json!("2026-06-15T09:00:05Z")),
        ("at", json!("2026-06-15T09:00:60.000Z")),
        ("at", json!("2026-06-15T09:00:05.25Z")),
        ("at", json!("2026-06-15T09:00:05.250+00:00")),
        ("at", json!("1969-12-31T23:59:59.000Z")),
        ("until", json!("tomorrow")),
        ("practice", json!("")),
        ("subject", json!("rex@x.org")),
        ("actor", json!({"kind": "subject", "name": "rex"})),
        ("actor", json!({"kind": "staff"})),
        ("actor", json!({"kind": "nobody"})),
        ("event", json!("no_such_event")),
        ("reason", json!("no_such_reason")),
        ("purpose", json!("Sign In")),
        ("method", json!("smoke_signals")),
        ("device", json!("+0")),
        ("link", json!({"sequence": 1, "key": 1, "tag": "01"})),
        ("link", json!({"sequence": 1, "key": 1, "tag": "é".repeat(32)})),
    ] {
        assert_eq!(with(name, value.clone()), Err(LineError::Field(name)), "{value}");
    }
    for line in ["", "{}", "[]", "null", "{\"id\":1}"] {
        assert_eq!(from_json(line), Err(LineError::Json));
    }
}

#[test]
fn nothing_that_was_sent_or_typed_stands_in_an_export() {
    let history = History::of(&[1, 12, 3, 4, 15, 5]);
    let export = medfactor::audit::export::FhirExport::new("ehr-1");
    let mut text = String::new();
    for entry in history.chains().iter().flat_map(|chain| history.entries(chain)) {
        text += &to_json(&entry);
        text += &export.audit_event(&entry);
    }
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let messages = history.clinic.outbox.messages();
    assert!(!messages.is_empty());
    for message in messages {
        assert!(!words.contains(message.code.as_str()));
    }
    assert!(!text.contains(PHONE) && !text.contains(&PHONE[1..]) && !text.contains("bob@x.org"));
}
