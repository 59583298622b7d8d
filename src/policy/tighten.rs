//! How two layers that speak about the same setting agree: the stricter one wins.

use alloc::format;
use alloc::string::String;

use super::span;
use crate::code::CodeLength;
use crate::otp::{Algorithm, Digits, Skew};
use crate::trust::{RememberMode, TrustWindow};

/// A setting that can only get stricter.
///
/// `tighten` gives the loosest value that is as strict as both. It is commutative, associative and
/// idempotent, so the order in which layers were written decides nothing but the order of the methods
/// offered (the eight laws, law 5; each is a property test).
///
/// ```
/// use medfactor::policy::{Requirement, Tighten};
///
/// assert_eq!(Requirement::Off.tighten(&Requirement::Required), Requirement::Required);
/// assert_eq!(Requirement::Required.tighten(&Requirement::Off), Requirement::Required);
/// ```
pub trait Tighten {
    /// The value that satisfies both.
    #[must_use]
    fn tighten(&self, other: &Self) -> Self;
}

/// The value as a person reads it in an explanation.
pub(super) trait Show {
    fn show(&self) -> String;
}

/// A choice written as one word.
pub(super) trait Word: Copy + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;
}

impl<W: Word> Show for W {
    fn show(&self) -> String {
        self.word().into()
    }
}

/// Tightens by the type's own order: to the smaller or to the greater value.
macro_rules! tighten_by_order {
    ($($name:ty => $stricter:ident),* $(,)?) => { $(
        impl $crate::policy::Tighten for $name {
            fn tighten(&self, other: &Self) -> Self {
                Ord::$stricter(*self, *other)
            }
        }
    )* };
}
pub(super) use tighten_by_order;

tighten_by_order!(
    Algorithm => max,
    CodeLength => max,
    Digits => max,
    RememberMode => min,
    Skew => min,
    TrustWindow => min,
);

impl Word for Algorithm {
    const ALL: &'static [Self] = &Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for RememberMode {
    const ALL: &'static [Self] = &Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Show for CodeLength {
    fn show(&self) -> String {
        format!("{}", self.digits())
    }
}

impl Show for Digits {
    fn show(&self) -> String {
        format!("{}", self.count())
    }
}

impl Show for Skew {
    fn show(&self) -> String {
        format!("{}", self.steps())
    }
}

impl Show for TrustWindow {
    fn show(&self) -> String {
        span::text(self.duration())
    }
}
