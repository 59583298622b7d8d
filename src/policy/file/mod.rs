//! Policies as TOML and JSON: one shape, every problem at once, each with its place.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

mod layer;
mod node;
mod place;
#[cfg(test)]
mod tests;
mod values;
mod write;

pub(super) use node::Node;
pub(super) use place::{Place, Problems};

use super::Policy;
use crate::ids::RoleName;
use place::Fields;

/// The longest policy file, in bytes: 1 MiB, some thousand layers. A longer one is refused unread.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// The only format there is so far.
const FORMAT: i128 = 1;

/// A setting in a file.
pub(super) trait FileValue: Sized {
    fn write(&self) -> Node;
    /// Reads the value, or notes every problem it has.
    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self>;
}

/// One problem of a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where: `layers[2].code_lifetime`, counting from 0; empty when it is about the whole file.
    pub path: String,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

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

/// The message without the excerpt from the file, and the line.
fn toml_problem(text: &str, error: &toml::de::Error) -> String {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    let line = before.matches('\n').count().saturating_add(1);
    format!("not TOML: {} at line {line}", error.message())
}
