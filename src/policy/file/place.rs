//! A value of a file with its path, and what is wrong with it.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;
use core::time::Duration;

use super::{Node, Problem};
use crate::policy::span;
use crate::policy::tighten::Word;

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, at: &str, message: impl Into<String>) {
        self.0.push(Problem {
            path: at.into(),
            message: message.into(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(feature = "serde")]
    pub(super) fn refuse<T>(self) -> Result<T, super::PolicyFileError> {
        Err(super::PolicyFileError { problems: self.0 })
    }
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    node: &'a Node,
    at: &'a str,
}

/// A [`Place`] with a path of its own.
pub(super) struct Child<'a> {
    node: &'a Node,
    at: String,
}

impl<'a> Child<'a> {
    pub(super) fn as_place(&self) -> Place<'_> {
        Place::new(self.node, &self.at)
    }

    pub(super) const fn node(&self) -> &'a Node {
        self.node
    }

    pub(super) fn at(&self) -> &str {
        &self.at
    }

    pub(super) fn texts<T>(
        &self,
        problems: &mut Problems,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        self.as_place().texts(problems, read)
    }

    #[cfg(feature = "serde")]
    pub(super) fn items(&self, problems: &mut Problems) -> Vec<Self> {
        Place::new(self.node, "").items_at(&self.at, problems)
    }
}

impl<'a> Place<'a> {
    pub(super) const fn new(node: &'a Node, at: &'a str) -> Self {
        Self { node, at }
    }

    pub(super) const fn node(self) -> &'a Node {
        self.node
    }

    pub(super) const fn at(self) -> &'a str {
        self.at
    }

    pub(super) fn wrong(self, problems: &mut Problems, wanted: &str) {
        problems.add(self.at, format!("must be {wanted}, not {}", self.node.kind()));
    }

    pub(super) fn truth(self, problems: &mut Problems) -> Option<bool> {
        if let Node::Boolean(yes) = self.node {
            Some(*yes)
        } else {
            self.wrong(problems, "true or false");
            None
        }
    }

    /// A small whole number that `new` takes.
    pub(crate) fn count<T, E: Display>(
        self,
        problems: &mut Problems,
        new: impl Fn(u8) -> Result<T, E>,
    ) -> Option<T> {
        let Node::Integer(number) = self.node else {
            self.wrong(problems, "a whole number");
            return None;
        };
        // What does not fit is out of the range of every count; the greatest one brings the right message.
        let count = u8::try_from(*number).unwrap_or(u8::MAX);
        new(count)
            .map_err(|error| problems.add(self.at, error.to_string()))
            .ok()
    }

    /// A number of any size that `new` takes.
    pub(crate) fn number<T, E: Display>(
        self,
        problems: &mut Problems,
        new: impl Fn(u32) -> Result<T, E>,
    ) -> Option<T> {
        let Node::Integer(number) = self.node else {
            self.wrong(problems, "a whole number");
            return None;
        };
        new(u32::try_from(*number).unwrap_or(u32::MAX))
            .map_err(|error| problems.add(self.at, error.to_string()))
            .ok()
    }

    /// A duration that `new` takes.
    pub(crate) fn duration<T, E: Display>(
        self,
        problems: &mut Problems,
        new: impl Fn(Duration) -> Result<T, E>,
    ) -> Option<T> {
        self.text_as(problems, |text| {
            let duration = span::parse(text)
                .ok_or_else(|| String::from("must be a duration such as 30 s, 5 min, 18 h or 30 d"))?;
            new(duration).map_err(|error| error.to_string())
        })
    }

    /// A text that `read` takes.
    pub(super) fn text_as<T>(
        self,
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Node::Text(text) = self.node else {
            self.wrong(problems, "a text");
            return None;
        };
        read(text).map_err(|message| problems.add(self.at, message)).ok()
    }

    /// One of the words of a choice.
    pub(super) fn word<W: Word>(self, problems: &mut Problems) -> Option<W> {
        self.text_as(problems, word)
    }

    /// A list of texts, or one text alone. Saying the same twice is a problem.
    pub(super) fn texts<T>(
        self,
        problems: &mut Problems,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        if matches!(self.node, Node::Text(_)) {
            return self.text_as(problems, read).into_iter().collect();
        }
        let items = self.items_at(self.at, problems);
        let mut seen = BTreeSet::new();
        for item in &items {
            if let Node::Text(text) = item.node
                && !seen.insert(text)
            {
                problems.add(&item.at, "given twice");
            }
        }
        items
            .iter()
            .filter_map(|item| item.as_place().text_as(problems, &read))
            .collect()
    }

    fn items_at(self, at: &str, problems: &mut Problems) -> Vec<Child<'a>> {
        let Node::List(items) = self.node else {
            Place::new(self.node, at).wrong(problems, "a list");
            return Vec::new();
        };
        let child = |(position, node)| Child {
            node,
            at: format!("{at}[{position}]"),
        };
        items.iter().enumerate().map(child).collect()
    }

    pub(super) fn items(self, problems: &mut Problems) -> Vec<Child<'a>> {
        self.items_at(self.at, problems)
    }
}

/// The word of a choice, or what the words are.
pub(super) fn word<W: Word>(text: &str) -> Result<W, String> {
    W::ALL
        .iter()
        .copied()
        .find(|word| word.word() == text)
        .ok_or_else(|| {
            let words: Vec<&str> = W::ALL.iter().map(|word| word.word()).collect();
            format!("must be one of {}", words.join(", "))
        })
}

/// The fields of a table; those nobody takes are unknown.
pub(super) struct Fields<'a> {
    entries: &'a [(String, Node)],
    at: &'a str,
    taken: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(place: Place<'a>, problems: &mut Problems) -> Option<Self> {
        if let Node::Table(entries) = place.node {
            Some(Self {
                entries,
                at: place.at,
                taken: Vec::new(),
            })
        } else {
            place.wrong(problems, "a table");
            None
        }
    }

    /// The value of a field, which is known from now on.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Child<'a>> {
        self.taken.push(name);
        let (_, node) = self.entries.iter().find(|(key, _)| key == name)?;
        Some(Child {
            node,
            at: self.path(name),
        })
    }

    /// The value of a field that must be there.
    pub(super) fn need(&mut self, name: &'static str, problems: &mut Problems) -> Option<Child<'a>> {
        let child = self.take(name);
        if child.is_none() {
            problems.add(&self.path(name), "missing");
        }
        child
    }

    /// Notes the fields that nobody took, and those given twice.
    pub(super) fn finish(self, problems: &mut Problems) {
        let mut seen = BTreeSet::new();
        for (key, _) in self.entries {
            if !seen.insert(key) {
                problems.add(&self.path(key), "given twice");
            } else if !self.taken.iter().any(|name| name == key) {
                problems.add(&self.path(key), "unknown field");
            }
        }
    }

    fn path(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.into()
        } else {
            format!("{}.{name}", self.at)
        }
    }
}
