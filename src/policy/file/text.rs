//! The two languages a policy is written in.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::place::Fields;
use super::{Node, Place, Problem, Problems, layer, write};
use crate::ids::RoleName;
use crate::policy::Policy;

/// The longest policy file, in bytes: 1 MiB, some thousand layers. A longer one is refused unread.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// The only format there is so far.
const FORMAT: i128 = 1;

/// Every problem of a policy file; `Display` writes one per line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct PolicyFileError {
    /// The problems, in the order in which the file is read. At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for PolicyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl Policy {
    /// Reads a policy from TOML.
    ///
    /// ```
    /// use medfactor::policy::{Policy, Requirement};
    ///
    /// let policy = Policy::from_toml(r#"
    ///     format = 1
    ///
    ///     [[layers]]
    ///     scope = "mandate:AU-XERO"
    ///     when = { country = "AU", integrations = "xero" }
    ///     populations = ["staff"]
    ///     locked = true
    ///     reference = "ATO DSP OSF"
    ///     requirement = "required"
    ///     trust_maximum = "24 h"
    /// "#)?;
    /// assert_eq!(policy.layers().len(), 1);
    ///
    /// let error = Policy::from_toml("format = 1\n[[layers]]\nscope = 'vendor'\ncode_lifetime = '1 h'\nlockd = true");
    /// assert_eq!(
    ///     error.unwrap_err().to_string(),
    ///     "layers[0].code_lifetime: must be from 30 s to 10 min, in whole seconds\n\
    ///      layers[0].lockd: unknown field",
    /// );
    /// # Ok::<(), medfactor::policy::PolicyFileError>(())
    /// ```
    ///
    /// # Errors
    /// [`PolicyFileError`] with every problem, or with the first one when it is not TOML at all.
    pub fn from_toml(text: &str) -> Result<Self, PolicyFileError> {
        read(text, |text| {
            let table: toml::Table = text
                .parse()
                .map_err(|error: toml::de::Error| toml_problem(text, &error))?;
            Ok(Node::from(toml::Value::Table(table)))
        })
    }

    /// Reads a policy from JSON, in the same shape.
    ///
    /// # Errors
    /// [`PolicyFileError`] with every problem, or with the first one when it is not JSON at all.
    pub fn from_json(text: &str) -> Result<Self, PolicyFileError> {
        read(text, |text| {
            serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
        })
    }

    /// Writes the policy as TOML; [`Policy::from_toml`] reads the same policy back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        write::toml(&self.to_node())
    }

    /// Writes the policy as JSON; [`Policy::from_json`] reads the same policy back.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::json(&self.to_node())
    }
}

fn read(text: &str, parse: impl Fn(&str) -> Result<Node, String>) -> Result<Policy, PolicyFileError> {
    let mut problems = Problems::default();
    if text.len() > MAX_FILE_BYTES {
        problems.add("", format!("longer than {MAX_FILE_BYTES} bytes"));
        return problems.refuse();
    }
    match parse(text) {
        Ok(node) => {
            let policy = policy(Place::new(&node, ""), &mut problems).unwrap_or_default();
            if problems.is_empty() {
                Ok(policy)
            } else {
                problems.refuse()
            }
        }
        Err(message) => {
            problems.add("", message);
            problems.refuse()
        }
    }
}

/// The message without the excerpt from the file, and the line.
fn toml_problem(text: &str, error: &toml::de::Error) -> String {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    let line = before.matches('\n').count().saturating_add(1);
    format!("not TOML: {} at line {line}", error.message())
}

impl From<toml::Value> for Node {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Text(text),
            toml::Value::Integer(number) => Self::Integer(number.into()),
            toml::Value::Float(_) => Self::Other("a number that is not whole"),
            toml::Value::Boolean(yes) => Self::Boolean(yes),
            // A date without quotes is how TOML wants it; it is read like one with quotes.
            toml::Value::Datetime(date) => Self::Text(date.to_string()),
            toml::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            toml::Value::Table(table) => Self::Table(
                table
                    .into_iter()
                    .map(|(key, value)| (key, Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Node, E> {
        Ok(Node::Boolean(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Integer(number.into()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other("a number that is not whole"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut table = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            table.push(entry);
        }
        Ok(Node::Table(table))
    }
}

impl Policy {
    fn to_node(&self) -> Node {
        let mut fields = Vec::from([("format".into(), Node::Integer(FORMAT))]);
        if let Some(roles) = &self.roles {
            let roles = roles
                .iter()
                .map(|role| Node::Text(role.as_str().into()))
                .collect();
            fields.push(("roles".into(), Node::List(roles)));
        }
        let layers = self.layers.iter().map(|layer| layer.to_node()).collect();
        fields.push(("layers".into(), Node::List(layers)));
        Node::Table(fields)
    }
}

fn policy(place: Place<'_>, problems: &mut Problems) -> Option<Policy> {
    let mut fields = Fields::of(place, problems)?;
    let mut policy = Policy::new();
    match fields.take("format") {
        Some(format) if format.node() == &Node::Integer(FORMAT) => {}
        Some(format) => problems.add(format.at(), "the only format is 1"),
        None => problems.add("format", "missing; the only format is 1"),
    }
    if let Some(roles) = fields.take("roles") {
        policy = policy.roles(roles.texts(problems, |role| {
            RoleName::new(role).map_err(|error| error.to_string())
        }));
    }
    if let Some(layers) = fields.take("layers") {
        for layer in layers.items(problems) {
            if let Some(layer) = layer::read(layer.as_place(), &policy, problems) {
                policy = policy.layer(layer);
            }
        }
    }
    fields.finish(problems);
    Some(policy)
}
