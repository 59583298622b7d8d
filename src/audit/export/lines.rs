//! One entry, one line of JSON.

use alloc::format;
use alloc::string::{String, ToString};
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::audit::{Actor, Entry, Event, Link, Reason};
use crate::ids::{EntryId, PracticeId, SubjectId};
use crate::keys::KeyId;
use crate::method::Method;
use crate::purpose::Purpose;
use crate::time::{Timestamp, Zone, parse_date, parse_time};

/// A line is not one of an export: not JSON of the schema, or a field holds what it cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// A field with this name holds what it cannot hold.
    #[error("the field {0} cannot be read")]
    Field(&'static str),
    /// Not JSON, or a field that is missing, of another type or not part of the schema.
    #[error("not a line of an export")]
    Json,
}

/// Writes an entry as one line of JSON, without the line break.
///
/// Every field of the schema stands in every line, `null` where there is nothing, in this order:
///
/// | Field | Type | Holds |
/// |---|---|---|
/// | `id` | string | 32 hexadecimal digits |
/// | `schema` | number | [`SCHEMA`](crate::audit::SCHEMA) when it was written |
/// | `at` | string | RFC 3339 in UTC, with milliseconds |
/// | `practice` | string | |
/// | `subject` | string, null | |
/// | `actor` | object | `kind`: `subject`, `staff`, `host` or `library`; `name`: string, null |
/// | `event` | string | [`Event::as_str`] |
/// | `reason` | string, null | [`Reason::as_str`] |
/// | `purpose` | string, null | `name` or `name/object` |
/// | `challenge`, `device`, `authenticator`, `delivery` | string, null | 32 hexadecimal digits |
/// | `method` | string, null | [`Method::as_str`] |
/// | `provider_id`, `destination`, `decided_by`, `note` | string, null | |
/// | `until` | string, null | as `at` |
/// | `count`, `near_miss` | number, null | |
/// | `link` | object, null | `sequence`: number; `key`: number; `tag`: 64 hexadecimal digits |
///
/// Fields are added behind these, and never changed or removed.
///
/// ```
/// use medfactor::audit::export::{from_json, to_json};
/// use medfactor::policy::Policy;
/// use medfactor::testing::Clinic;
///
/// let clinic = Clinic::new(Policy::new())?;
/// let rex = clinic.staff("rex", None, None)?;
/// let entries = pollster::block_on(async {
///     clinic.begin(&rex, None).await?;
///     clinic.history(&rex).await
/// })?;
/// let line = to_json(&entries[0]);
/// assert!(line.contains(r#""practice":"t1","subject":"rex""#) && !line.contains('\n'));
/// assert_eq!(from_json(&line).as_ref(), Ok(&entries[0]));
/// # Ok::<(), medfactor::testing::Unexpected>(())
/// ```
#[must_use]
pub fn to_json(entry: &Entry) -> String {
    let id = |id: &dyn core::fmt::Display| format!("{id}");
    let (kind, name) = match &entry.actor {
        Actor::Subject => ("subject", None),
        Actor::Staff(id) => ("staff", Some(id.as_str().to_string())),
        Actor::Host(name) => ("host", Some(name.clone())),
        Actor::Library => ("library", None),
    };
    let line = Line {
        id: id(&entry.id),
        schema: entry.schema,
        at: id(&entry.at),
        practice: entry.practice.as_str().into(),
        subject: entry.subject.as_ref().map(|subject| subject.as_str().into()),
        actor: ActorLine {
            kind: kind.into(),
            name,
        },
        event: entry.event.as_str().into(),
        reason: entry.reason.map(|reason| reason.as_str().into()),
        purpose: entry.purpose.as_ref().map(|purpose| id(purpose)),
        challenge: entry.challenge.map(|challenge| id(&challenge)),
        method: entry.method.map(|method| method.as_str().into()),
        device: entry.device.map(|device| id(&device)),
        authenticator: entry.authenticator.map(|authenticator| id(&authenticator)),
        delivery: entry.delivery.map(|delivery| id(&delivery)),
        provider_id: entry.provider_id.clone(),
        destination: entry.destination.clone(),
        until: entry.until.map(|until| id(&until)),
        decided_by: entry.decided_by.clone(),
        count: entry.count,
        near_miss: entry.near_miss,
        note: entry.note.clone(),
        link: entry.link.map(|link| LinkLine {
            sequence: link.sequence(),
            key: link.key().number(),
            tag: hexadecimal(link.tag()),
        }),
    };
    // Texts and numbers can always be written.
    serde_json::to_string(&line).unwrap_or_default()
}

/// Reads a line of an export. Fields may stand in any order, and those that are `null` may be left out; a field
/// that is not part of the schema is refused.
///
/// # Errors
/// [`LineError::Json`] or [`LineError::Field`]. Nothing of the line is repeated in the error.
pub fn from_json(line: &str) -> Result<Entry, LineError> {
    let line: Line = serde_json::from_str(line).map_err(|_| LineError::Json)?;
    let actor = match (line.actor.kind.as_str(), line.actor.name) {
        ("subject", None) => Actor::Subject,
        ("staff", Some(id)) => Actor::Staff(read("actor", &id)?),
        ("host", Some(name)) => Actor::Host(name),
        ("library", None) => Actor::Library,
        _ => return Err(LineError::Field("actor")),
    };
    let practice: PracticeId = read("practice", &line.practice)?;
    let event = word("event", Event::ALL, Event::as_str, &line.event)?;
    let mut entry = Entry::new(
        read::<EntryId>("id", &line.id)?,
        instant("at", &line.at)?,
        practice,
        event,
    );
    entry.schema = line.schema;
    entry.actor = actor;
    entry.subject = option(line.subject, |text| read::<SubjectId>("subject", text))?;
    entry.reason = option(line.reason, |text| {
        word("reason", Reason::ALL, Reason::as_str, text)
    })?;
    entry.purpose = option(line.purpose, |text| {
        Purpose::parse(text).map_err(|_| LineError::Field("purpose"))
    })?;
    entry.challenge = option(line.challenge, |text| read("challenge", text))?;
    entry.method = option(line.method, |text| {
        word("method", &Method::ALL, Method::as_str, text)
    })?;
    entry.device = option(line.device, |text| read("device", text))?;
    entry.authenticator = option(line.authenticator, |text| read("authenticator", text))?;
    entry.delivery = option(line.delivery, |text| read("delivery", text))?;
    entry.provider_id = line.provider_id;
    entry.destination = line.destination;
    entry.until = option(line.until, |text| instant("until", text))?;
    entry.decided_by = line.decided_by;
    entry.count = line.count;
    entry.near_miss = line.near_miss;
    entry.note = line.note;
    entry.link = line
        .link
        .map(|link| tag(&link.tag).map(|tag| Link::new(link.sequence, KeyId::new(link.key), tag)))
        .transpose()?;
    Ok(entry)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    schema: u16,
    at: String,
    practice: String,
    subject: Option<String>,
    actor: ActorLine,
    event: String,
    reason: Option<String>,
    purpose: Option<String>,
    challenge: Option<String>,
    method: Option<String>,
    device: Option<String>,
    authenticator: Option<String>,
    delivery: Option<String>,
    provider_id: Option<String>,
    destination: Option<String>,
    until: Option<String>,
    decided_by: Option<String>,
    count: Option<u32>,
    near_miss: Option<i8>,
    note: Option<String>,
    link: Option<LinkLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorLine {
    kind: String,
    name: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkLine {
    sequence: u64,
    key: u32,
    tag: String,
}

fn option<T>(
    text: Option<String>,
    read: impl FnOnce(&str) -> Result<T, LineError>,
) -> Result<Option<T>, LineError> {
    text.as_deref().map(read).transpose()
}

fn read<T: FromStr>(field: &'static str, text: &str) -> Result<T, LineError> {
    text.parse().map_err(|_| LineError::Field(field))
}

fn word<T: Copy>(
    field: &'static str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    text: &str,
) -> Result<T, LineError> {
    all.iter()
        .copied()
        .find(|word| name(*word) == text)
        .ok_or(LineError::Field(field))
}

/// Reads an instant exactly as it is written: nothing else means the same.
fn instant(field: &'static str, text: &str) -> Result<Timestamp, LineError> {
    let read = || {
        let (date, rest) = text.split_once('T')?;
        let (time, rest) = rest.split_at_checked(5)?;
        let (seconds, milliseconds) = rest.strip_prefix(':')?.strip_suffix('Z')?.split_once('.')?;
        let seconds: u64 = seconds.parse().ok()?;
        let milliseconds: u64 = milliseconds.parse().ok()?;
        let minute = Zone::utc().first_instant(parse_date(date).ok()?, parse_time(time).ok()?);
        let within = seconds.checked_mul(1000)?.checked_add(milliseconds)?;
        Some(minute.saturating_add(core::time::Duration::from_millis(within)))
    };
    read()
        .filter(|instant| instant.to_string() == text)
        .ok_or(LineError::Field(field))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn tag(text: &str) -> Result<[u8; 32], LineError> {
    let read = || {
        let (left, right) = text.split_at_checked(32)?;
        let left: EntryId = left.parse().ok()?;
        let right: EntryId = right.parse().ok()?;
        let mut tag = [0; 32];
        tag.iter_mut()
            .zip(left.as_bytes().iter().chain(right.as_bytes()))
            .for_each(|(to, from)| *to = *from);
        Some(tag)
    };
    read().ok_or(LineError::Field("link"))
}
