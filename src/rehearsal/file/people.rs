//! Who is there: practices and people.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::Problems;
use super::node::{Node, Table};
use crate::contact::{Channel, Destination};
use crate::directory::{Action, Contact, Line, NumberRisk, Person, Practice};
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

/// What stands in the field for a number or address: one that can be used, or whatever staff typed there.
#[derive(Clone, PartialEq)]
pub(in crate::rehearsal) struct OnFile {
    channel: Channel,
    text: String,
    line: Line,
    risk: Option<NumberRisk>,
    is_proven: bool,
}

impl OnFile {
    fn new(channel: Channel, mut text: String) -> Self {
        let mut dense = text.clone();
        // A directory holds numbers without the spaces people write.
        dense.retain(|c| c != ' ');
        if channel == Channel::Sms && Destination::sms(&dense).is_ok() {
            text = dense;
        }
        Self {
            channel,
            text,
            line: Line::Unknown,
            risk: None,
            is_proven: false,
        }
    }

    fn contact(&self) -> Contact {
        let contact = Contact::read(self.channel, &self.text).line(self.line);
        let contact = if self.is_proven { contact.proven() } else { contact };
        match self.risk {
            Some(risk) => contact.risk(risk),
            None => contact,
        }
    }

    /// Where it is, if that is somewhere.
    pub(in crate::rehearsal) fn destination(&self) -> Option<Destination> {
        self.contact().destination().cloned()
    }

    pub(in crate::rehearsal) const fn channel(&self) -> Channel {
        self.channel
    }

    pub(in crate::rehearsal) fn masked(&self) -> String {
        let destination = self.destination();
        destination.map_or_else(|| "unusable".into(), |destination| destination.masked())
    }
}

impl fmt::Debug for OnFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OnFile({})", self.masked())
    }
}

/// A person, as the directory knows them.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct PersonPart {
    pub(in crate::rehearsal) subject: Subject,
    pub(in crate::rehearsal) population: Population,
    pub(in crate::rehearsal) roles: Vec<RoleName>,
    pub(in crate::rehearsal) site: Option<SiteId>,
    pub(in crate::rehearsal) zone: Option<Zone>,
    pub(in crate::rehearsal) mobile: Option<OnFile>,
    pub(in crate::rehearsal) email: Option<OnFile>,
    /// Where they were reached before, the last one of each channel.
    pub(in crate::rehearsal) former: Vec<Destination>,
    /// What they may do in the name of the practice or the vendor.
    pub(in crate::rehearsal) may: Vec<Action>,
}

impl PersonPart {
    pub(in crate::rehearsal) fn to_directory(&self) -> Person {
        let mut person = Person::new(self.subject.clone(), self.population);
        person = self.roles.iter().cloned().fold(person, Person::role);
        if let Some(site) = &self.site {
            person = person.site(site.clone());
        }
        if let Some(zone) = &self.zone {
            person = person.zone(zone.clone());
        }
        let contacts = self.mobile.iter().chain(&self.email).map(OnFile::contact);
        person = contacts.fold(person, Person::contact);
        let former = self.former.iter().cloned();
        former.fold(person, Person::former_destination)
    }

    /// Puts another contact on file and keeps the one before as a former one.
    pub(in crate::rehearsal) fn change(&mut self, channel: Channel, contact: Option<OnFile>) {
        let place = match channel {
            Channel::Sms => &mut self.mobile,
            Channel::Email => &mut self.email,
        };
        let before = core::mem::replace(place, contact);
        if let Some(before) = before.and_then(|before| before.destination()) {
            self.former.retain(|former| former.channel() != channel);
            self.former.push(before);
        }
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
        zone: None,
        mobile: None,
        email: None,
        former: Vec::new(),
        may: Vec::new(),
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
    read_contact_facts(&mut table, &mut part, problems);
    if let Some(node) = table.take("zone") {
        part.zone = read_zone(node, problems);
    }
    if let Some(node) = table.take("may") {
        for (line, text) in node.texts(problems) {
            match Action::ALL.into_iter().find(|action| action.as_str() == text) {
                Some(action) => part.may.push(action),
                None => {
                    let all: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
                    problems.add(
                        line,
                        format!("unknown word `{text}`; there are {}", all.join(", ")),
                    );
                }
            }
        }
    }
    table.finish(problems);
    Some(part)
}

/// What is known about a contact beside the number or address.
fn read_contact_facts(table: &mut Table<'_>, part: &mut PersonPart, problems: &mut Problems) {
    let lines = [("mobile", Line::Mobile), ("landline", Line::Landline)];
    let risks = [
        ("recently_ported", NumberRisk::RecentlyPorted),
        ("sim_changed", NumberRisk::SimChanged),
    ];
    let line = one_of(table.take("mobile_line"), &lines, problems);
    let risk = one_of(table.take("mobile_risk"), &risks, problems);
    let mobile_proven = table.take("mobile_proven");
    let mobile_proven = mobile_proven.and_then(|node| node.truth(problems));
    let email_proven = table.take("email_proven");
    let email_proven = email_proven.and_then(|node| node.truth(problems));
    if part.mobile.is_none() && (line.is_some() || risk.is_some() || mobile_proven.is_some()) {
        problems.add(table.line, "there is no `mobile` that this could be known of");
    }
    if part.email.is_none() && email_proven.is_some() {
        problems.add(table.line, "there is no `email` that this could be known of");
    }
    if let Some(mobile) = &mut part.mobile {
        mobile.line = line.unwrap_or_default();
        mobile.risk = risk;
        mobile.is_proven = mobile_proven.unwrap_or_default();
    }
    if let Some(email) = &mut part.email {
        email.is_proven = email_proven.unwrap_or_default();
    }
}

fn one_of<T: Copy>(node: Option<Node<'_>>, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let node = node?;
    let text = node.text(problems)?;
    let found = words.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        problems.add(node.line, format!("must be one of {}", words.join(", ")));
    }
    found.map(|(_, found)| *found)
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

/// A number or an address, or whatever staff typed in its place; `""` is none.
pub(super) fn read_contact(
    node: Node<'_>,
    channel: Channel,
    problems: &mut Problems,
) -> Option<Option<OnFile>> {
    let text = node.text(problems)?;
    Some((!text.is_empty()).then(|| OnFile::new(channel, text)))
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
