//! Short texts that appear in explanations and audit entries.

use alloc::string::String;
use core::fmt;

use crate::ids::{IdError, check_text};

/// What a mandate is called: `ONC`, `AU-XERO`. 1 to 128 bytes without white space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MandateName(String);

impl MandateName {
    /// Takes 1 to 128 bytes without white space or control characters.
    ///
    /// # Errors
    /// [`IdError`] names the first rule the text breaks.
    pub fn new(name: impl Into<String>) -> Result<Self, IdError> {
        let name = name.into();
        check_text(&name)?;
        Ok(Self(name))
    }

    /// A name written in this crate's own source.
    pub(super) fn known(name: &'static str) -> Self {
        Self(name.into())
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MandateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a layer exists, for explanations and audit entries (row E07): `ONC`, `ATO DSP OSF`, `ICO-2020`.
///
/// 1 to 200 bytes on one line. It names a rule, never a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

impl Reference {
    /// The longest reference, in bytes: one line of a table.
    pub const MAX: usize = 200;

    /// Takes 1 to 200 bytes on one line, not only white space.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub fn new(text: impl Into<String>) -> Result<Self, ReferenceError> {
        let text = text.into();
        let plain = !text.trim().is_empty() && !text.chars().any(char::is_control);
        if plain && text.len() <= Self::MAX {
            Ok(Self(text))
        } else {
            Err(ReferenceError)
        }
    }

    /// A reference written in this crate's own source.
    pub(super) fn known(text: &'static str) -> Self {
        Self(text.into())
    }

    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reference is 1 to 200 bytes on one line")]
#[non_exhaustive]
pub struct ReferenceError;
