//! The whole file: what stands above the steps, then the steps.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};

use super::node::{Node, Table};
use super::people::{self, PersonPart, PracticePart};
use super::{Files, Problems, policies, steps};
use crate::ids::PracticeId;
use crate::rehearsal::Rehearsal;
use crate::rehearsal::times::{self, Without};
use crate::time::{Timestamp, Zone};

/// The practice of a file that names none.
const ONLY_PRACTICE: &str = "T1";

/// Who and what there is, for reading the steps.
pub(super) struct Cast<'f> {
    pub(super) zone: Zone,
    pub(super) practices: BTreeMap<String, PracticePart>,
    pub(super) people: BTreeMap<String, PersonPart>,
    pub(super) devices: BTreeSet<String>,
    pub(super) files: &'f Files<'f>,
}

impl Cast<'_> {
    /// Devices that are declared, and everybody's own.
    pub(super) fn has_device(&self, name: &str) -> bool {
        self.devices.contains(name)
            || name
                .strip_suffix(OWN_DEVICE)
                .is_some_and(|person| self.people.contains_key(person))
    }
}

/// What a person's own device is called, after the name.
pub(in crate::rehearsal) const OWN_DEVICE: &str = "'s device";

pub(super) fn read(mut table: Table<'_>, files: &Files<'_>, problems: &mut Problems) -> Option<Rehearsal> {
    let title = table.need("title", problems).and_then(|node| node.text(problems));
    let zone = table.need("zone", problems);
    let zone = zone.and_then(|node| people::read_zone(node, problems));
    let start = table.need("start", problems);
    // Without a zone there is nothing to read times in; what else is wrong is still told.
    let zone_or_utc = zone.clone().unwrap_or_else(Zone::utc);
    let start = start.and_then(|node| read_start(node, &zone_or_utc, problems));
    let policy = table.need("policy", problems);
    let policy = policy.and_then(|node| policies::read(node, files, problems));
    let practices = read_practices(&mut table, &zone_or_utc, problems);
    let only = match practices.len() {
        1 => practices.values().next().map(|practice| practice.id.clone()),
        _ => None,
    };
    let people = read_people(&mut table, &practices, only.as_ref(), problems);
    let mut devices = BTreeSet::new();
    let mut shared = BTreeSet::new();
    for (field, is_shared) in [("devices", false), ("shared_devices", true)] {
        let Some(node) = table.take(field) else { continue };
        for (line, name) in node.texts(problems) {
            if name.is_empty() || name.ends_with(OWN_DEVICE) {
                problems.add(line, format!("`{name}` cannot be the name of a device"));
            }
            if is_shared {
                shared.insert(name.clone());
            }
            if !devices.insert(name) {
                problems.add(line, "given twice");
            }
        }
    }
    let written = table.need("steps", problems);
    table.finish(problems);
    let cast = Cast {
        zone: zone_or_utc,
        practices,
        people,
        devices,
        files,
    };
    let start_or_then = start.unwrap_or(Timestamp::MIN);
    let steps = written.map(|node| steps::read(node, &cast, start_or_then, problems));
    Some(Rehearsal {
        title: title?,
        zone: zone?,
        start: start?,
        policy: policy?,
        replays: false,
        practices: cast.practices,
        people: cast.people,
        shared_devices: shared,
        steps: steps?,
    })
}

fn read_start(node: Node<'_>, zone: &Zone, problems: &mut Problems) -> Option<Timestamp> {
    let text = node.text(problems)?;
    let start = times::parse(&text, zone, Without::Nothing);
    start.map_err(|message| problems.add(node.line, message)).ok()
}

fn read_practices(
    table: &mut Table<'_>,
    zone: &Zone,
    problems: &mut Problems,
) -> BTreeMap<String, PracticePart> {
    let mut practices = BTreeMap::new();
    let one = table.take("practice");
    if let Some(several) = table.take("practices") {
        if let Some(one) = one {
            problems.add(one.line, "either `practice` or `practices`, not both");
        }
        for (name, line, node) in several.table(problems).map(Table::rest).unwrap_or_default() {
            let id = PracticeId::new(name).map_err(|error| problems.add(line, error.to_string()));
            if let Ok(id) = id {
                let part = people::practice(id, node.table(problems), zone, problems);
                practices.insert(name.into(), part);
            }
        }
        return practices;
    }
    let mut fields = one.and_then(|node| node.table(problems));
    let id = fields.as_mut().and_then(|fields| fields.take("id"));
    let name = id
        .and_then(|node| node.text(problems))
        .unwrap_or_else(|| ONLY_PRACTICE.into());
    match PracticeId::new(name.clone()) {
        Ok(id) => drop(practices.insert(name, people::practice(id, fields, zone, problems))),
        Err(error) => problems.add(id.map_or(1, |node| node.line), error.to_string()),
    }
    practices
}

fn read_people(
    table: &mut Table<'_>,
    practices: &BTreeMap<String, PracticePart>,
    only: Option<&PracticeId>,
    problems: &mut Problems,
) -> BTreeMap<String, PersonPart> {
    let mut people = BTreeMap::<String, PersonPart>::new();
    let Some(written) = table
        .need("people", problems)
        .and_then(|node| node.table(problems))
    else {
        return people;
    };
    for (name, line, node) in written.rest() {
        let Some(part) = people::person(name, node, practices, only, problems) else {
            continue;
        };
        if people.values().any(|other| other.subject == part.subject) {
            problems.add(
                line,
                "another person has the same identifier in the same practice",
            );
        }
        people.insert(name.into(), part);
    }
    people
}
