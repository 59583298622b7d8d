//! Policies as data: one shape for TOML, JSON and stored records; every problem at once, each with its place.

use alloc::string::String;
use core::fmt;

mod layer;
mod node;
mod place;
mod stored;
#[cfg(test)]
#[cfg(feature = "serde")]
mod tests;
#[cfg(feature = "serde")]
mod text;
mod values;
mod write;

pub(super) use node::Node;
pub(super) use place::{Place, Problems};
#[cfg(feature = "serde")]
pub use text::{MAX_FILE_BYTES, PolicyFileError};
pub(super) use write::inline_text;

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
