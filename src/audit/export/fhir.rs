//! FHIR R4 `AuditEvent` (<https://hl7.org/fhir/R4/auditevent.html>).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::Coding;
use super::lines::hexadecimal;
use crate::audit::{Actor, Entry};
use crate::ids::{PracticeId, SubjectId};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// Writes entries as FHIR R4 `AuditEvent` resources, in JSON.
///
/// `type` and the first `subtype` are the DICOM codes of [`Coding`]; the event's own name is the last `subtype`,
/// the reason stands in `outcomeDesc`. Whoever caused it is the requesting agent, the person it is about the
/// entity. The method of authentication and all else an entry holds is a `detail` of that entity (HL7 EHR-S FM
/// TI.2.1.2.2), under the names of the fields in [`to_json`](super::to_json). People and practices are named by
/// identifiers; whether there is a `Practitioner` or `Patient` for one, the library does not know.
///
/// ```
/// use medfactor::audit::export::FhirExport;
/// use medfactor::policy::Policy;
/// use medfactor::testing::Clinic;
///
/// let clinic = Clinic::new(Policy::new())?;
/// let rex = clinic.staff("rex", None, None)?;
/// let entries = pollster::block_on(async {
///     clinic.begin(&rex, None).await?;
///     clinic.history(&rex).await
/// })?;
/// let export = FhirExport::new("ehr-1.example.org").systems("https://example.org/ids");
/// let resource = export.audit_event(&entries[0]);
/// assert!(resource.contains(r#""resourceType":"AuditEvent""#));
/// # Ok::<(), medfactor::testing::Unexpected>(())
/// ```
#[derive(Clone, Debug)]
pub struct FhirExport {
    observer: String,
    systems: String,
}

impl FhirExport {
    /// An export by this system: the name by which the repository knows what wrote the trail.
    #[must_use]
    pub fn new(observer: &str) -> Self {
        Self {
            observer: some_text(observer).unwrap_or_else(|| "medfactor".into()),
            systems: "urn:medfactor".into(),
        }
    }

    /// The URI under which the systems of the identifiers stand, instead of `urn:medfactor`; for a `urn:` they are
    /// told apart behind a colon, otherwise behind a slash: `subject`, `practice`, `event`, `entry`.
    #[must_use]
    pub fn systems(self, uri: &str) -> Self {
        Self {
            systems: some_text(uri).unwrap_or_else(|| "urn:medfactor".into()),
            ..self
        }
    }

    /// One entry as one resource, in one line. Its `id` is that of the entry.
    #[must_use]
    pub fn audit_event(&self, entry: &Entry) -> String {
        let coding = Coding::of(entry);
        let mut subtypes = Vec::new();
        if let Some((code, display)) = coding.subtype {
            subtypes.push(json!({"system": DICOM, "code": code, "display": display}));
        }
        subtypes.push(json!({"system": self.system("event"), "code": entry.event.as_str()}));
        let mut resource = json!({
            "resourceType": "AuditEvent",
            "id": entry.id.to_string(),
            "type": {
                "system": DICOM,
                "code": coding.event_type.code(),
                "display": coding.event_type.display(),
            },
            "subtype": subtypes,
            "action": coding.action.to_string(),
            "recorded": entry.at.to_string(),
            "outcome": coding.outcome.code(),
            "agent": [self.requestor(entry), application(&self.observer, false)],
            "source": {
                "site": entry.practice.as_str(),
                "observer": {"display": self.observer},
                "type": [{"system": SOURCE_TYPE, "code": "4", "display": "Application Server"}],
            },
            "entity": [self.entity(entry)],
        });
        if let (Some(reason), Some(fields)) = (entry.reason, resource.as_object_mut()) {
            fields.insert("outcomeDesc".into(), reason.as_str().into());
        }
        resource.to_string()
    }

    fn requestor(&self, entry: &Entry) -> Value {
        match (&entry.actor, &entry.subject) {
            (Actor::Staff(id), _) | (Actor::Subject, Some(id)) => json!({
                "who": self.person(&entry.practice, id),
                "requestor": true,
            }),
            (Actor::Host(name), _) => application(&some_text(name).unwrap_or_else(|| "host".into()), true),
            (Actor::Library, _) => application("medfactor", true),
            (Actor::Subject, None) => json!({"who": {"display": "unknown"}, "requestor": true}),
        }
    }

    /// What the entry is about: a person, or the practice.
    fn entity(&self, entry: &Entry) -> Value {
        let detail = details(entry);
        match &entry.subject {
            Some(id) => json!({
                "what": self.person(&entry.practice, id),
                "type": {"system": ENTITY_TYPE, "code": "1", "display": "Person"},
                "role": {"system": OBJECT_ROLE, "code": "6", "display": "User"},
                "detail": detail,
            }),
            None => json!({
                "what": self.practice(&entry.practice),
                "type": {"system": ENTITY_TYPE, "code": "3", "display": "Organization"},
                "detail": detail,
            }),
        }
    }

    fn person(&self, practice: &PracticeId, id: &SubjectId) -> Value {
        // The same identifier in two practices is two people.
        json!({"identifier": {
            "system": self.system("subject"),
            "value": id.as_str(),
            "assigner": self.practice(practice),
        }})
    }

    fn practice(&self, id: &PracticeId) -> Value {
        json!({"identifier": {"system": self.system("practice"), "value": id.as_str()}})
    }

    fn system(&self, name: &str) -> String {
        let between = if self.systems.starts_with("urn:") {
            ':'
        } else {
            '/'
        };
        format!("{}{between}{name}", self.systems.trim_end_matches('/'))
    }
}

fn application(name: &str, requestor: bool) -> Value {
    json!({
        "type": {"coding": [{"system": DICOM, "code": "110150", "display": "Application"}]},
        "who": {"display": name},
        "requestor": requestor,
    })
}

/// All that has no element of its own. FHIR has no empty texts, so one that is empty is left out.
fn details(entry: &Entry) -> Vec<Value> {
    let text = |field: &dyn core::fmt::Display| field.to_string();
    let link = entry.link.as_ref();
    [
        ("schema", Some(text(&entry.schema))),
        ("purpose", entry.purpose.as_ref().map(|field| text(field))),
        ("challenge", entry.challenge.as_ref().map(|field| text(field))),
        ("method", entry.method.map(|field| field.as_str().into())),
        ("device", entry.device.as_ref().map(|field| text(field))),
        (
            "authenticator",
            entry.authenticator.as_ref().map(|field| text(field)),
        ),
        ("delivery", entry.delivery.as_ref().map(|field| text(field))),
        ("provider_id", entry.provider_id.clone()),
        ("destination", entry.destination.clone()),
        ("until", entry.until.as_ref().map(|field| text(field))),
        ("decided_by", entry.decided_by.clone()),
        ("count", entry.count.as_ref().map(|field| text(field))),
        ("near_miss", entry.near_miss.as_ref().map(|field| text(field))),
        ("note", entry.note.clone()),
        ("link.sequence", link.map(|link| text(&link.sequence()))),
        ("link.key", link.map(|link| text(&link.key().number()))),
        ("link.tag", link.map(|link| hexadecimal(link.tag()))),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        let value = some_text(&value?)?;
        Some(json!({"type": name, "valueString": value}))
    })
    .collect()
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}
