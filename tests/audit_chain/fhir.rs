//! FHIR R4 `AuditEvent`: every entry becomes a resource that keeps the rules of its definition.

use medfactor::audit::export::{Coding, EventType, FhirExport, Outcome, from_json};
use medfactor::audit::{Entry, Event, Reason};
use proptest::prelude::*;
use serde_json::Value;

use super::export::{ENTRIES, entries};

const EXPECTED: &str = include_str!("../vectors/audit_events_r4.jsonl");

/// The elements that may stand at a place, those that must, and those that are lists, from
/// <https://hl7.org/fhir/R4/auditevent.html> and the data types it names. `None` for a plain value.
fn rules(
    place: &str,
) -> Option<(
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
)> {
    Some(match place {
        "" => (
            &[
                "resourceType",
                "id",
                "type",
                "subtype",
                "action",
                "period",
                "recorded",
                "outcome",
                "outcomeDesc",
                "purposeOfEvent",
                "agent",
                "source",
                "entity",
            ],
            &["resourceType", "type", "recorded", "agent", "source"],
            &["subtype", "purposeOfEvent", "agent", "entity"],
        ),
        "type" | "subtype" | "source.type" | "entity.type" | "entity.role" | "agent.type.coding" => (
            &["system", "version", "code", "display"],
            &["system", "code"],
            &[],
        ),
        "agent" => (
            &[
                "type",
                "role",
                "who",
                "altId",
                "name",
                "requestor",
                "location",
                "policy",
                "media",
                "network",
            ],
            &["requestor"],
            &["role", "policy", "purposeOfUse"],
        ),
        "agent.type" => (&["coding", "text"], &[], &["coding"]),
        "source" => (&["site", "observer", "type"], &["observer"], &["type"]),
        "agent.who"
        | "source.observer"
        | "entity.what"
        | "agent.who.identifier.assigner"
        | "entity.what.identifier.assigner" => (&["reference", "type", "identifier", "display"], &[], &[]),
        "agent.who.identifier"
        | "entity.what.identifier"
        | "agent.who.identifier.assigner.identifier"
        | "entity.what.identifier.assigner.identifier" => (
            &["use", "type", "system", "value", "period", "assigner"],
            &["system", "value"],
            &[],
        ),
        "entity" => (
            &[
                "what",
                "type",
                "role",
                "lifecycle",
                "securityLabel",
                "name",
                "description",
                "query",
                "detail",
            ],
            &[],
            &["securityLabel", "detail"],
        ),
        "entity.detail" => (&["type", "valueString"], &["type", "valueString"], &[]),
        _ => return None,
    })
}

/// Breaches of the rules of the definition, with their places.
fn breaches(place: &str, value: &Value, found: &mut Vec<String>) {
    match (value, rules(place)) {
        (Value::Object(elements), Some((allowed, required, lists))) => {
            if elements.is_empty() {
                found.push(format!("{place} is empty"));
            }
            for name in required.iter().filter(|name| !elements.contains_key(**name)) {
                found.push(format!("{place} lacks {name}"));
            }
            for (name, value) in elements {
                let inner = if place.is_empty() {
                    name.clone()
                } else {
                    format!("{place}.{name}")
                };
                if !allowed.contains(&name.as_str()) {
                    found.push(format!("{inner} is no element"));
                }
                match value {
                    Value::Array(values) if lists.contains(&name.as_str()) && !values.is_empty() => {
                        values.iter().for_each(|value| breaches(&inner, value, found));
                    }
                    _ if lists.contains(&name.as_str()) => found.push(format!("{inner} is no list")),
                    _ => breaches(&inner, value, found),
                }
            }
        }
        (Value::String(text), None) => {
            // Texts are never empty; codes, identifiers and instants have no space around them.
            if text.trim() != text || text.is_empty() {
                found.push(format!("{place} is {text:?}"));
            }
        }
        (Value::Bool(_), None) if place == "agent.requestor" => {}
        (value, _) => found.push(format!("{place} is {value}")),
    }
}

fn check(resource: &Value) -> Vec<String> {
    let mut found = Vec::new();
    breaches("", resource, &mut found);
    let text = |name: &str| resource[name].as_str().unwrap_or_default().to_string();
    let mut rule = |name: &str, holds: bool| {
        if !holds {
            found.push(name.to_string());
        }
    };
    rule("resourceType", text("resourceType") == "AuditEvent");
    let id = text("id");
    rule(
        "id is 1 to 64 of A-Z a-z 0-9 - .",
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()),
    );
    rule(
        "action is one of C R U D E",
        ["C", "R", "U", "D", "E"].contains(&text("action").as_str()),
    );
    rule(
        "outcome is one of 0 4 8 12",
        ["0", "4", "8", "12"].contains(&text("outcome").as_str()),
    );
    // instant: YYYY-MM-DDThh:mm:ss.sss and a zone.
    let shape: String = text("recorded")
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    rule("recorded is an instant", shape == "0000-00-00T00:00:00.000Z");
    let agents = resource["agent"].as_array().unwrap();
    let requestors = agents.iter().filter(|agent| agent["requestor"] == true).count();
    rule("exactly one agent asked for it", requestors == 1);
    rule(
        "every agent says who it is",
        agents.iter().all(|agent| agent["who"].is_object()),
    );
    let entities = resource["entity"].as_array().unwrap();
    // sev-1
    rule(
        "name or query, not both",
        entities
            .iter()
            .all(|e| e["name"].is_null() || e["query"].is_null()),
    );
    found
}

fn export() -> FhirExport {
    FhirExport::new("ehr-1.example.org").systems("https://example.org/ids")
}

fn resource(entry: &Entry) -> Value {
    serde_json::from_str(&export().audit_event(entry)).unwrap()
}

fn sample() -> Entry {
    from_json(ENTRIES.lines().next().unwrap()).unwrap()
}

#[test]
fn the_vectors_stand() {
    assert_eq!(ENTRIES.lines().count(), EXPECTED.lines().count());
    for (entry, expected) in ENTRIES.lines().zip(EXPECTED.lines()) {
        let resource = resource(&from_json(entry).unwrap());
        assert_eq!(
            resource,
            serde_json::from_str::<Value>(expected).unwrap(),
            "{resource}"
        );
        assert_eq!(check(&resource), Vec::<String>::new());
    }
}

#[test]
fn every_event_is_a_resource_that_keeps_the_rules() {
    for event in Event::ALL {
        for reason in Reason::ALL.iter().copied().map(Some).chain([None]) {
            for about_somebody in [true, false] {
                let mut entry = sample();
                (entry.event, entry.reason) = (*event, reason);
                entry.subject = entry.subject.filter(|_| about_somebody);
                let resource = resource(&entry);
                assert_eq!(check(&resource), Vec::<String>::new(), "{event}");
                assert_eq!(resource["outcomeDesc"].as_str(), reason.map(Reason::as_str));
                let own = resource["subtype"].as_array().unwrap().last().unwrap().clone();
                assert_eq!(own["code"], event.as_str());
                assert_eq!(own["system"], "https://example.org/ids/event");
            }
        }
    }
}

#[test]
fn a_sign_in_is_counted_once() {
    let decides = |event: Event| {
        let mut entry = sample();
        entry.event = event;
        Coding::of(&entry).subtype == Some(("110122", "Login"))
    };
    let deciding: Vec<Event> = Event::ALL
        .iter()
        .copied()
        .filter(|event| decides(*event))
        .collect();
    assert_eq!(
        deciding,
        [
            Event::NotRequired,
            Event::Trusted,
            Event::Blocked,
            Event::EnrolmentRequired,
            Event::AttemptFailed,
            Event::Verified,
            Event::Granted,
            Event::Asserted,
            Event::AccessRedeemed,
            Event::AccessRefused,
        ]
    );
}

#[test]
fn outcomes_are_as_grave_as_what_happened() {
    for (event, reason, event_type, outcome) in [
        (
            Event::Verified,
            None,
            EventType::UserAuthentication,
            Outcome::Success,
        ),
        (
            Event::NotRequired,
            Some(Reason::PolicyOff),
            EventType::UserAuthentication,
            Outcome::Success,
        ),
        (
            Event::AttemptFailed,
            Some(Reason::Wrong),
            EventType::UserAuthentication,
            Outcome::MinorFailure,
        ),
        (
            Event::AuthenticatorRemoved,
            None,
            EventType::SecurityAlert,
            Outcome::Success,
        ),
        (
            Event::AuthenticatorRemoved,
            Some(Reason::LastAuthenticator),
            EventType::SecurityAlert,
            Outcome::MinorFailure,
        ),
        (
            Event::Locked,
            None,
            EventType::SecurityAlert,
            Outcome::SeriousFailure,
        ),
        (
            Event::TrustTheft,
            None,
            EventType::SecurityAlert,
            Outcome::MajorFailure,
        ),
        (Event::Sealed, None, EventType::AuditLogUsed, Outcome::Success),
    ] {
        let mut entry = sample();
        (entry.event, entry.reason) = (event, reason);
        let coding = Coding::of(&entry);
        assert_eq!(
            (coding.event_type, coding.outcome),
            (event_type, outcome),
            "{event}"
        );
    }
}

#[test]
fn names_that_are_empty_are_filled() {
    let mut entry = sample();
    entry.actor = medfactor::audit::Actor::host(" ");
    let resource: Value = serde_json::from_str(&FhirExport::new("").systems("").audit_event(&entry)).unwrap();
    assert_eq!(check(&resource), Vec::<String>::new());
    assert_eq!(resource["source"]["observer"]["display"], "medfactor");
    assert_eq!(
        resource["entity"][0]["what"]["identifier"]["system"],
        "urn:medfactor:subject"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_entry_is_a_resource_that_keeps_the_rules(entry in entries()) {
        prop_assert_eq!(check(&resource(&entry)), Vec::<String>::new());
    }
}
