//! A layer in a file.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::place::{Child, Fields, word};
use super::{FileValue, Node, Place, Problems};
use crate::ids::{PracticeId, RoleName, SiteId, SubjectId};
use crate::policy::Policy;
use crate::policy::choices::Requirement;
use crate::policy::facts::Population;
use crate::policy::layer::{Layer, RequiredFrom, Scope};
use crate::policy::names::{MandateName, Reference};
use crate::policy::settings::{Settings, for_each_setting};
use crate::policy::trust_rules::ZoneSource;
use crate::purpose::Purpose;
use crate::time::{format_date, parse_date};

/// Reads one layer; `policy` holds the declared roles.
pub(super) fn read(place: Place<'_>, policy: &Policy, problems: &mut Problems) -> Option<Layer> {
    let mut fields = Fields::of(place, problems)?;
    let scope = fields.need("scope", problems);
    let scope = scope.and_then(|child| {
        child
            .as_place()
            .text_as(problems, |text| read_scope(text, policy))
    });
    let mut layer = Layer::new(scope.unwrap_or(Scope::Vendor));
    if let Some(child) = fields.take("practices") {
        layer.practices.extend(filter(&child, problems, |text| {
            PracticeId::new(text).map_err(|e| e.to_string())
        }));
    }
    if let Some(child) = fields.take("populations") {
        layer
            .populations
            .extend(filter(&child, problems, word::<Population>));
    }
    if let Some(child) = fields.take("purposes") {
        layer.purposes.extend(filter(&child, problems, |text| {
            Purpose::parse(text).map_err(|e| e.to_string())
        }));
    }
    if let Some(child) = fields.take("when") {
        read_condition(&child, &mut layer, problems);
    }
    if let Some(child) = fields.take("locked") {
        layer.locked = child.as_place().truth(problems).unwrap_or_default();
    }
    if let Some(child) = fields.take("waivable") {
        layer.waivable = child.as_place().truth(problems).unwrap_or_default();
        if layer.waivable && layer.locked {
            problems.add(child.at(), "a locked layer cannot be waived");
        }
    }
    if let Some(child) = fields.take("reference") {
        layer.reference = child
            .as_place()
            .text_as(problems, |text| Reference::new(text).map_err(|e| e.to_string()));
    }
    if let Some(child) = fields.take("required_from") {
        layer.required_from = read_required_from(&child, problems);
    }
    layer.settings = read_settings(&mut fields, problems);
    if layer.required_from.is_some() && layer.settings.requirement == Some(Requirement::Off) {
        problems.add(
            place.at(),
            "required_from needs requirement = \"required\", or none",
        );
    }
    fields.finish(problems);
    Some(layer)
}

impl Layer {
    pub(in crate::policy) fn to_node(&self) -> Node {
        let mut fields = Vec::new();
        let mut put = |name: &str, value: Node| fields.push((String::from(name), value));
        put("scope", Node::Text(self.scope.to_string()));
        if !self.when.0.is_empty() {
            let condition = self.when.0.iter().map(|(key, values)| {
                let mut values: Vec<Node> = values.iter().cloned().map(Node::Text).collect();
                let only = if values.len() == 1 { values.pop() } else { None };
                (key.clone(), only.unwrap_or(Node::List(values)))
            });
            put("when", Node::Table(condition.collect()));
        }
        if !self.practices.is_empty() {
            put("practices", texts(self.practices.iter().map(PracticeId::as_str)));
        }
        if !self.populations.is_empty() {
            put(
                "populations",
                texts(self.populations.iter().map(|population| population.as_str())),
            );
        }
        if !self.purposes.is_empty() {
            let purposes: Vec<String> = self.purposes.iter().map(ToString::to_string).collect();
            put("purposes", texts(purposes.iter().map(String::as_str)));
        }
        if self.locked {
            put("locked", Node::Boolean(true));
        }
        if self.is_waivable() {
            put("waivable", Node::Boolean(true));
        }
        if let Some(reference) = &self.reference {
            put("reference", Node::Text(reference.as_str().into()));
        }
        if let Some(from) = &self.required_from {
            let date = Node::Text(format_date(from.date()));
            put(
                "required_from",
                Node::Table([("date".into(), date), ("zone".into(), from.zone().write())].into()),
            );
        }
        write_settings(&self.settings, &mut put);
        Node::Table(fields)
    }
}

macro_rules! define {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        fn read_settings(fields: &mut Fields<'_>, problems: &mut Problems) -> Settings {
            Settings {
                $( $name: fields
                    .take(stringify!($name))
                    .and_then(|child| FileValue::read(child.as_place(), problems)), )*
            }
        }

        fn write_settings(settings: &Settings, put: &mut impl FnMut(&str, Node)) {
            $(
                if let Some(value) = &settings.$name {
                    put(stringify!($name), FileValue::write(value));
                }
            )*
        }
    };
}

for_each_setting!(define);

fn read_scope(text: &str, policy: &Policy) -> Result<Scope, String> {
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    let wrong = |error: crate::ids::IdError| error.to_string();
    match kind {
        "vendor" if text == "vendor" => Ok(Scope::Vendor),
        "mandate" => MandateName::new(name).map(Scope::Mandate).map_err(wrong),
        "practice" => PracticeId::new(name).map(Scope::Practice).map_err(wrong),
        "site" => SiteId::new(name).map(Scope::Site).map_err(wrong),
        "subject" => SubjectId::new(name).map(Scope::Subject).map_err(wrong),
        "purpose" => Purpose::parse(name).map(Scope::Purpose).map_err(wrong),
        "role" => {
            let role = RoleName::new(name).map_err(wrong)?;
            if policy.has_unknown_role(core::slice::from_ref(&role)) {
                return Err("the role is not among the declared roles".into());
            }
            Ok(Scope::Role(role))
        }
        _ => Err(
            "must be one of mandate:NAME, vendor, practice:ID, site:ID, role:NAME, subject:ID, \
                  purpose:NAME"
                .into(),
        ),
    }
}

/// The values of a filter. An empty one would mean everybody, which nobody expects of an empty list.
fn filter<T>(child: &Child<'_>, problems: &mut Problems, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
    if child.node() == &Node::List(Vec::new()) {
        problems.add(child.at(), "an empty list; leave the field out to mean everyone");
    }
    child.texts(problems, read)
}

fn read_condition(child: &Child<'_>, layer: &mut Layer, problems: &mut Problems) {
    let Node::Table(entries) = child.node() else {
        child
            .as_place()
            .wrong(problems, "a table such as { country = \"AU\" }");
        return;
    };
    if entries.is_empty() {
        problems.add(
            child.at(),
            "an empty condition; leave the field out to mean always",
        );
    }
    let mut seen = BTreeSet::new();
    for (key, node) in entries {
        let at = format!("{}.{key}", child.at());
        if !seen.insert(key) {
            problems.add(&at, "given twice");
        }
        if node == &Node::List(Vec::new()) {
            problems.add(&at, "an empty list; leave the fact out when it does not matter");
        }
        for value in Place::new(node, &at).texts(problems, |text| Ok(String::from(text))) {
            layer.when.insert(key.clone(), value);
        }
    }
}

fn read_required_from(child: &Child<'_>, problems: &mut Problems) -> Option<RequiredFrom> {
    let mut fields = Fields::of(child.as_place(), problems)?;
    let date = fields.need("date", problems).and_then(|date| {
        date.as_place().text_as(problems, |text| {
            parse_date(text).map_err(|_| String::from("must be a date such as 2026-09-01"))
        })
    });
    let zone = fields.need("zone", problems);
    let zone = zone.and_then(|child| ZoneSource::read(child.as_place(), problems));
    fields.finish(problems);
    Some(RequiredFrom::new(date?, zone?))
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Node {
    Node::List(texts.map(|text| Node::Text(text.into())).collect())
}
