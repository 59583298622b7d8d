//! Who is there: practices and people.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Problems;
use super::node::{Node, Table};
use crate::contact::{Channel, Destination};
use crate::directory::{Person, Practice};
use crate::ids::{PracticeId, RoleName, SiteId, Subject};
use crate::policy::{Facts, Population};
use crate::time::Zone;

/// A practice, as the directory knows it.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct PracticePart {
    pub(in crate::rehearsal) id: PracticeId,
    pub(in crate::rehearsal) brand: String,
    pub(in crate::rehearsal) zone: Zone,
    pub(in crate::rehearsal) sites: Vec<(SiteId, Zone)>,
    pub(in crate::rehearsal) facts: Facts,
    pub(in crate::rehearsal) without: Vec<Channel>,
}

impl PracticePart {
    pub(in crate::rehearsal) fn new(id: PracticeId, zone: Zone) -> Self {
        Self {
            id,
            brand: "Harbour Clinic".into(),
            zone,
            sites: Vec::new(),
            facts: Facts::new(),
            without: Vec::new(),
        }
    }

    pub(in crate::rehearsal) fn to_directory(&self) -> Practice {
        let practice = Practice::new(self.brand.clone())
            .zone(self.zone.clone())
            .facts(self.facts.clone());
        let sites = self.sites.iter().cloned();
        let practice = sites.fold(practice, |practice, (site, zone)| practice.site_zone(site, zone));
        self.without.iter().copied().fold(practice, Practice::without)
    }
}

/// A person, as the directory knows them.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct PersonPart {
    pub(in crate::rehearsal) subject: Subject,
    pub(in crate::rehearsal) population: Population,
    pub(in crate::rehearsal) roles: Vec<RoleName>,
    pub(in crate::rehearsal) site: Option<SiteId>,
    pub(in crate::rehearsal) mobile: Option<Destination>,
    pub(in crate::rehearsal) email: Option<Destination>,
}

impl PersonPart {
    pub(in crate::rehearsal) fn to_directory(&self) -> Person {
        let mut person = Person::new(self.subject.clone(), self.population);
        person = self.roles.iter().cloned().fold(person, Person::role);
        if let Some(site) = &self.site {
            person = person.site(site.clone());
        }
        let contacts = self.mobile.iter().chain(&self.email);
        contacts.cloned().fold(person, Person::destination)
    }
}

pub(super) fn practice(
    id: PracticeId,
    table: Option<Table<'_>>,
    zone: &Zone,
    problems: &mut Problems,
) -> PracticePart {
    let mut part = PracticePart::new(id, zone.clone());
    let Some(mut table) = table else { return part };
    if let Some(brand) = table.take("brand").and_then(|node| node.text(problems)) {
        part.brand = brand;
    }
    if let Some(zone) = table.take("zone").and_then(|node| read_zone(node, problems)) {
        part.zone = zone;
    }
    if let Some(sites) = table.take("sites").and_then(|node| node.table(problems)) {
        for (name, line, node) in sites.rest() {
            let site = SiteId::new(name).map_err(|error| problems.add(line, error.to_string()));
            let zone = read_zone(node, problems);
            part.sites.extend(site.ok().zip(zone));
        }
    }
    if let Some(facts) = table.take("facts") {
        part.facts = read_facts(facts, problems).unwrap_or_default();
    }
    if let Some(node) = table.take("without") {
        part.without = read_channels(node, problems);
    }
    table.finish(problems);
    part
}

pub(super) fn person(
    name: &str,
    node: Node<'_>,
    practices: &BTreeMap<String, PracticePart>,
    only: Option<&PracticeId>,
    problems: &mut Problems,
) -> Option<PersonPart> {
    let mut table = node.table(problems)?;
    let practice = match table.take("practice") {
        Some(node) => {
            let text = node.text(problems)?;
            let practice = practices.get(&text);
            if practice.is_none() {
                problems.add(node.line, format!("unknown practice `{text}`"));
            }
            practice?.id.clone()
        }
        None => {
            if only.is_none() {
                problems.add(table.line, "`practice` is missing; there are several");
            }
            only?.clone()
        }
    };
    let id = table.take("id").and_then(|node| node.text(problems));
    // An identifier holds no white space, and people's names do.
    let id = id.unwrap_or_else(|| name.split_whitespace().collect::<Vec<_>>().join("-"));
    let subject = Subject::parse(practice.as_str(), &id);
    let subject = subject
        .map_err(|error| problems.add(table.line, format!("{name}: {error}")))
        .ok()?;
    let population = table.take("population").and_then(|node| {
        let text = node.text(problems)?;
        let found = Population::ALL
            .into_iter()
            .find(|population| population.as_str() == text);
        if found.is_none() {
            problems.add(node.line, "must be one of staff, patient, guest, service");
        }
        found
    });
    let mut part = PersonPart {
        subject,
        population: population.unwrap_or(Population::Staff),
        roles: Vec::new(),
        site: None,
        mobile: None,
        email: None,
    };
    if let Some(node) = table.take("roles") {
        part.roles = read_roles(node, problems);
    }
    if let Some(node) = table.take("site") {
        let text = node.text(problems)?;
        let site = SiteId::new(text).map_err(|error| problems.add(node.line, error.to_string()));
        part.site = site.ok();
    }
    if let Some(node) = table.take("mobile") {
        part.mobile = read_contact(node, Channel::Sms, problems).flatten();
    }
    if let Some(node) = table.take("email") {
        part.email = read_contact(node, Channel::Email, problems).flatten();
    }
    table.finish(problems);
    Some(part)
}

pub(super) fn read_zone(node: Node<'_>, problems: &mut Problems) -> Option<Zone> {
    let text = node.text(problems)?;
    let zone = Zone::named(&text);
    zone.map_err(|error| problems.add(node.line, error.to_string()))
        .ok()
}

pub(super) fn read_roles(node: Node<'_>, problems: &mut Problems) -> Vec<RoleName> {
    let mut roles = Vec::new();
    for (line, text) in node.texts(problems) {
        match RoleName::new(text) {
            Ok(role) => roles.push(role),
            Err(error) => problems.add(line, error.to_string()),
        }
    }
    roles
}

/// A number or an address; `""` is none.
pub(super) fn read_contact(
    node: Node<'_>,
    channel: Channel,
    problems: &mut Problems,
) -> Option<Option<Destination>> {
    let mut text = node.text(problems)?;
    if text.is_empty() {
        return Some(None);
    }
    if channel == Channel::Sms {
        // A directory holds numbers without the spaces people write.
        text.retain(|c| c != ' ');
    }
    let destination = match channel {
        Channel::Sms => Destination::sms(&text),
        Channel::Email => Destination::email(&text),
    };
    destination
        .map(Some)
        .map_err(|error| problems.add(node.line, error.to_string()))
        .ok()
}

pub(super) fn read_facts(node: Node<'_>, problems: &mut Problems) -> Option<Facts> {
    let mut facts = Facts::new();
    for (key, _, node) in node.table(problems)?.rest() {
        facts = facts.known_empty(key);
        for (_, value) in node.texts(problems) {
            facts = facts.with(key, value);
        }
    }
    Some(facts)
}

fn read_channels(node: Node<'_>, problems: &mut Problems) -> Vec<Channel> {
    let mut channels = Vec::new();
    for (line, text) in node.texts(problems) {
        match Channel::ALL.into_iter().find(|channel| channel.as_str() == text) {
            Some(channel) => channels.push(channel),
            None => problems.add(line, "must be sms or email"),
        }
    }
    channels
}
