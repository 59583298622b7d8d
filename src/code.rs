//! Stub, replaced at merge.

/// Length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeLength(u8);

/// Out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("out of range")]
pub struct CodeLengthError;

impl CodeLength {
    /// Default.
    pub const DEFAULT: Self = Self(6);

    /// New.
    ///
    /// # Errors
    /// Out of range.
    pub const fn new(value: u8) -> Result<Self, CodeLengthError> {
        if value < 4 || value > 10 {
            Err(CodeLengthError)
        } else {
            Ok(Self(value))
        }
    }

    /// Value.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.0
    }
}
