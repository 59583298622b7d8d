//! Stub, replaced at merge.

/// Hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "stub")]
pub enum Algorithm {
    #[default]
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    /// All.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// Text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

/// Out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("out of range")]
pub struct RangeError;

macro_rules! small {
    ($name:ident, $get:ident, $min:literal, $max:literal, $default:literal) => {
        /// A small number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(u8);

        impl $name {
            /// Default.
            pub const DEFAULT: Self = Self($default);

            /// New.
            ///
            /// # Errors
            /// Out of range.
            pub const fn new(value: u8) -> Result<Self, RangeError> {
                if value < $min || value > $max {
                    Err(RangeError)
                } else {
                    Ok(Self(value))
                }
            }

            /// Value.
            #[must_use]
            pub const fn $get(self) -> u8 {
                self.0
            }
        }
    };
}

small!(Digits, count, 6, 8, 6);
// `0..` in a comparison that is always true is what the stub costs.
#[allow(clippy::absurd_extreme_comparisons, unused_comparisons, reason = "stub")]
mod skew {
    use super::RangeError;
    small!(Skew, steps, 0, 2, 1);
}
pub use skew::Skew;
