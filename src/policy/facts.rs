//! What the host knows about a practice, and conditions over it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use minicbor::{Decode, Encode};

use super::tighten::Word;

/// Whose sign-in it is. Mandates usually speak to one population only (rows W17, H03, E10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Population {
    /// People who work for the practice.
    #[n(0)]
    Staff,
    /// People the practice treats, and who act for them.
    #[n(1)]
    Patient,
    /// People with a link and no account.
    #[n(2)]
    Guest,
    /// Programs. They cannot type a code; no preset exempts them.
    #[n(3)]
    Service,
}

impl Population {
    /// Every population.
    pub const ALL: [Self; 4] = [Self::Staff, Self::Patient, Self::Guest, Self::Service];

    /// `staff`, `patient`, `guest` or `service`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Patient => "patient",
            Self::Guest => "guest",
            Self::Service => "service",
        }
    }
}

impl Word for Population {
    const ALL: &'static [Self] = &Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

/// What the host knows about a practice: `country` is `AU`, `integrations` are `xero` and `medicare`.
///
/// A key the host does not supply is *unknown*, which is not the same as having no values: unknown never
/// opens anything. Say [`Facts::known_empty`] when there is nothing.
///
/// ```
/// use medfactor::policy::Facts;
///
/// let facts = Facts::new().with("country", "AU").known_empty("integrations");
/// assert_eq!(facts.has("country", "AU"), Some(true));
/// assert_eq!(facts.has("integrations", "xero"), Some(false));
/// assert_eq!(facts.has("beds", "20"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<String, BTreeSet<String>>);

impl Facts {
    /// Nothing known.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds one value of a key. A key may have many.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.entry(key.into()).or_default().insert(value.into());
        self
    }

    /// Says that the values of a key are known, and that there are none beyond those added.
    #[must_use]
    pub fn known_empty(mut self, key: impl Into<String>) -> Self {
        self.0.entry(key.into()).or_default();
        self
    }

    /// Whether a key has a value; `None` when the key is unknown.
    #[must_use]
    pub fn has(&self, key: &str, value: &str) -> Option<bool> {
        self.0.get(key).map(|values| values.contains(value))
    }
}

/// Nothing known: what a situation without facts refers to.
pub(super) static NO_FACTS: Facts = Facts::new();

/// When a layer counts: all the listed facts must hold. Without any it always counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition(pub(super) BTreeMap<String, BTreeSet<String>>);

impl Condition {
    pub(super) fn insert(&mut self, key: String, value: String) {
        self.0.entry(key).or_default().insert(value);
    }

    /// Whether the condition holds; `None` when it hangs on a fact the host did not supply.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> Option<bool> {
        let listed = self
            .0
            .iter()
            .flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
        let mut unknown = false;
        for (key, value) in listed {
            match facts.has(key, value) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => unknown = true,
            }
        }
        (!unknown).then_some(true)
    }
}
