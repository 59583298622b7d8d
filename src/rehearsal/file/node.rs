//! A value of a file with its line.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problems;

/// Where lines end.
#[derive(Debug)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, from 1 on.
    pub(super) fn of_offset(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset).saturating_add(1)
    }
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a> {
    pub(super) value: &'a DeValue<'a>,
    pub(super) line: usize,
    lines: &'a Lines,
}

impl<'a> Node<'a> {
    fn of(value: &'a Spanned<DeValue<'a>>, lines: &'a Lines) -> Self {
        Self {
            value: value.get_ref(),
            line: lines.of_offset(value.span().start),
            lines,
        }
    }

    /// What it is, for a message.
    const fn what(self) -> &'static str {
        match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number that is not whole",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        }
    }

    pub(super) fn wrong(self, problems: &mut Problems, wanted: &str) {
        problems.add(self.line, format!("must be {wanted}, not {}", self.what()));
    }

    /// A text. A time without quotes is read like one with quotes.
    pub(super) fn text(self, problems: &mut Problems) -> Option<String> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref().into()),
            DeValue::Datetime(time) => Some(format!("{time}")),
            _ => {
                self.wrong(problems, "a text");
                None
            }
        }
    }

    pub(super) fn truth(self, problems: &mut Problems) -> Option<bool> {
        if let DeValue::Boolean(yes) = self.value {
            return Some(*yes);
        }
        self.wrong(problems, "true or false");
        None
    }

    pub(super) fn number(self, problems: &mut Problems) -> Option<i64> {
        let number = match self.value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(problems, "a whole number");
        }
        number
    }

    /// A list, or one value alone.
    pub(super) fn items(self) -> Vec<Self> {
        match self.value {
            DeValue::Array(items) => items.iter().map(|item| Self::of(item, self.lines)).collect(),
            _ => Vec::from([self]),
        }
    }

    pub(super) fn texts(self, problems: &mut Problems) -> Vec<(usize, String)> {
        let items = self.items().into_iter();
        items
            .filter_map(|item| Some((item.line, item.text(problems)?)))
            .collect()
    }

    /// A table, if it is one; no problem otherwise.
    pub(super) fn as_table(self) -> Option<Table<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Table::of(table, self.line, self.lines)),
            _ => None,
        }
    }

    pub(super) fn table(self, problems: &mut Problems) -> Option<Table<'a>> {
        let table = self.as_table();
        if table.is_none() {
            self.wrong(problems, "a table");
        }
        table
    }
}

/// The fields of a table, in the order of the file; those nobody takes are unknown.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) line: usize,
    entries: Vec<(&'a str, usize, Node<'a>)>,
}

impl<'a> Table<'a> {
    pub(super) fn of(table: &'a DeTable<'a>, line: usize, lines: &'a Lines) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| {
                let start = key.span().start;
                (
                    start,
                    (
                        key.get_ref().as_ref(),
                        lines.of_offset(start),
                        Node::of(value, lines),
                    ),
                )
            })
            .collect();
        entries.sort_by_key(|(start, _)| *start);
        Self {
            line,
            entries: entries.into_iter().map(|(_, entry)| entry).collect(),
        }
    }

    /// The value of a field, which is known from now on.
    pub(super) fn take(&mut self, name: &str) -> Option<Node<'a>> {
        let place = self.entries.iter().position(|(key, _, _)| *key == name)?;
        Some(self.entries.remove(place).2)
    }

    /// The value of a field that must be there.
    pub(super) fn need(&mut self, name: &str, problems: &mut Problems) -> Option<Node<'a>> {
        let node = self.take(name);
        if node.is_none() {
            problems.add(self.line, format!("`{name}` is missing"));
        }
        node
    }

    /// All fields that nobody took: name, line, value.
    pub(super) fn rest(self) -> Vec<(&'a str, usize, Node<'a>)> {
        self.entries
    }

    /// Notes the fields that nobody took.
    pub(super) fn finish(self, problems: &mut Problems) {
        for (name, line, _) in self.entries {
            problems.add(line, format!("unknown field `{name}`"));
        }
    }
}
