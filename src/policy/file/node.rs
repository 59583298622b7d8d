//! What TOML and JSON have in common. Duplicate keys stay visible and whole numbers stay exact.

use alloc::string::String;
use alloc::vec::Vec;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Boolean(bool),
    Integer(i128),
    Text(String),
    List(Vec<Self>),
    /// In the order of the file, duplicates included.
    Table(Vec<(String, Self)>),
    /// A number that is not whole, or a null: nothing a policy has a use for.
    #[cfg_attr(
        not(feature = "serde"),
        expect(dead_code, reason = "a stored record has no such thing")
    )]
    Other(&'static str),
}

impl Node {
    /// The fields of a table; anything else has none.
    pub(crate) fn fields(&self) -> &[(String, Self)] {
        match self {
            Self::Table(fields) => fields,
            _ => &[],
        }
    }

    /// What it is, for a message.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}
