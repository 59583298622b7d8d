//! Settings that are a choice, a permission or a list.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::tighten::{Show, Tighten, Word, tighten_by_order};
use crate::ids::RoleName;
use crate::method::{AssertionKind, AuthenticatorKind, Method};

/// Whether a second factor must be passed. Who has enrolled of their own will is asked in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new case must make every caller decide again"
)]
pub enum Requirement {
    /// Not required (row C08).
    Off,
    /// Required. The default: a policy that does not speak opens nothing (bypass rows 88 and 90).
    Required,
}

/// From when the lifetime of a sent code counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ValidFrom {
    /// From the moment it was drawn. The default and the strictest: it needs no word from outside.
    Issued,
    /// From the moment the provider took the message, for hosts with a queue in between (products 3.2).
    HandedOver,
}

/// What happens when one login looks shared by several people (row C02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OnSharedLogin {
    /// An audit entry and a signal to the host. The default: the guess may be wrong.
    Signal,
    /// The sign-in is refused as well.
    Deny,
}

/// Whether a link stands for the contacts of the moment it was made (rows E16, E17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ContactBinding {
    /// Contacts are looked up when the link is followed: a number that was added later works. The default.
    Live,
    /// A link made before a contact changed leads nowhere; the practice sends a new one.
    Snapshot,
}

/// Whether a code may go by the channel of the link that led to it (rows E11, E12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChannelSeparation {
    /// It may.
    Off,
    /// By text message it may, with an entry in the audit trail; by e-mail it may not. The default.
    Warn,
    /// It may not.
    Forbid,
}

/// What happens when something speaks against a number (row E24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OnNumberRisk {
    /// An entry in the audit trail. The default.
    Signal,
    /// No code goes there.
    Veto,
}

/// Who may enter a first contact (ambiguity A09). Patients never may, whatever a policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FirstContact {
    /// Only the practice, into its record. The default.
    RecordOnly,
    /// Staff without any contact and any factor may enter their own, once, after the password alone.
    SelfEntryOnce,
}

tighten_by_order!(FirstContact => min);
tighten_by_order!(ContactBinding => max, ChannelSeparation => max, OnNumberRisk => max);
/// Whether staff can see an access code again after they have revealed it (row V13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AccessStorage {
    /// Revealing makes a new code, and the one before stops working. Stored is a keyed fingerprint. The default and
    /// the strictest: nobody can read a code that somebody else holds.
    RegenerateOnReveal,
    /// Revealing shows the same code again. Stored is a fingerprint and, sealed under the key ring, the code itself.
    Recoverable,
}

tighten_by_order!(AccessStorage => min);
tighten_by_order!(Requirement => max, ValidFrom => min, OnSharedLogin => max, Allowance => min, Duty => max);

impl Word for Requirement {
    const ALL: &'static [Self] = &[Self::Off, Self::Required];
    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Required => "required",
        }
    }
}

impl Word for ValidFrom {
    const ALL: &'static [Self] = &[Self::Issued, Self::HandedOver];
    fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::HandedOver => "handed_over",
        }
    }
}

impl Word for OnSharedLogin {
    const ALL: &'static [Self] = &[Self::Signal, Self::Deny];
    fn word(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Deny => "deny",
        }
    }
}

impl Word for FirstContact {
    const ALL: &'static [Self] = &[Self::RecordOnly, Self::SelfEntryOnce];
    fn word(self) -> &'static str {
        match self {
            Self::RecordOnly => "record_only",
            Self::SelfEntryOnce => "self_entry_once",
        }
    }
}

impl Word for ContactBinding {
    const ALL: &'static [Self] = &[Self::Live, Self::Snapshot];
    fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Snapshot => "snapshot",
        }
    }
}

impl Word for ChannelSeparation {
    const ALL: &'static [Self] = &[Self::Off, Self::Warn, Self::Forbid];
    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Forbid => "forbid",
        }
    }
}

impl Word for OnNumberRisk {
    const ALL: &'static [Self] = &[Self::Signal, Self::Veto];
    fn word(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Veto => "veto",
        }
    }
}

impl Word for AccessStorage {
    const ALL: &'static [Self] = &[Self::RegenerateOnReveal, Self::Recoverable];
    fn word(self) -> &'static str {
        match self {
            Self::RegenerateOnReveal => "regenerate_on_reveal",
            Self::Recoverable => "recoverable",
        }
    }
}

macro_rules! truth {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(bool);

        impl $name {
            /// Yes or no.
            #[must_use]
            pub const fn new(yes: bool) -> Self {
                Self(yes)
            }

            /// Yes or no.
            #[must_use]
            pub const fn get(self) -> bool {
                self.0
            }
        }

        impl From<bool> for $name {
            fn from(yes: bool) -> Self {
                Self(yes)
            }
        }

        impl Show for $name {
            fn show(&self) -> String {
                if self.0 { "yes" } else { "no" }.into()
            }
        }
    };
}

truth!(
    /// Something that is open only if every layer that speaks opens it: "no" is stricter.
    Allowance
);
truth!(
    /// Something that is done as soon as one layer asks for it: "yes" is stricter.
    Duty
);

/// The methods a subject may use, in the order they are offered.
///
/// Two layers agree on what both allow, in the order of the more specific one. Nothing in common means that
/// nobody can pass; [`Policy::warnings`](super::Policy::warnings) says so beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methods(Vec<Method>);

impl Methods {
    /// These methods in this order; what is named twice counts once.
    #[must_use]
    pub fn new(methods: impl IntoIterator<Item = Method>) -> Self {
        let mut list = Vec::new();
        for method in methods {
            if !list.contains(&method) {
                list.push(method);
            }
        }
        Self(list)
    }

    /// The methods, the one to offer first at the front.
    #[must_use]
    pub fn as_slice(&self) -> &[Method] {
        &self.0
    }

    /// Whether a method may be used.
    #[must_use]
    pub fn contains(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// Whether no method is left, so that nobody can pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const N: usize> From<[Method; N]> for Methods {
    fn from(methods: [Method; N]) -> Self {
        Self::new(methods)
    }
}

impl Tighten for Methods {
    fn tighten(&self, other: &Self) -> Self {
        Self(
            other
                .0
                .iter()
                .copied()
                .filter(|method| self.contains(*method))
                .collect(),
        )
    }
}

impl Word for Method {
    const ALL: &'static [Self] = &Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Show for Methods {
    fn show(&self) -> String {
        words(self.0.iter().copied())
    }
}

/// Kinds of authenticators. Two layers agree on all that either names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthenticatorKinds(BTreeSet<AuthenticatorKind>);

impl AuthenticatorKinds {
    /// These kinds.
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = AuthenticatorKind>) -> Self {
        Self(kinds.into_iter().collect())
    }

    /// Whether a kind is named.
    #[must_use]
    pub fn contains(&self, kind: AuthenticatorKind) -> bool {
        self.0.contains(&kind)
    }

    /// The kinds named.
    pub fn iter(&self) -> impl Iterator<Item = AuthenticatorKind> + '_ {
        self.0.iter().copied()
    }
}

impl<const N: usize> From<[AuthenticatorKind; N]> for AuthenticatorKinds {
    fn from(kinds: [AuthenticatorKind; N]) -> Self {
        Self::new(kinds)
    }
}

impl Tighten for AuthenticatorKinds {
    fn tighten(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }
}

impl Word for AuthenticatorKind {
    const ALL: &'static [Self] = &Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Show for AuthenticatorKinds {
    fn show(&self) -> String {
        words(self.iter())
    }
}

/// Kinds of proofs from elsewhere. Two layers agree on what both accept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assertions(BTreeSet<AssertionKind>);

impl Assertions {
    /// These kinds.
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = AssertionKind>) -> Self {
        Self(kinds.into_iter().collect())
    }

    /// Whether a kind is accepted.
    #[must_use]
    pub fn contains(&self, kind: AssertionKind) -> bool {
        self.0.contains(&kind)
    }

    /// The kinds that are accepted.
    pub fn iter(&self) -> impl Iterator<Item = AssertionKind> + '_ {
        self.0.iter().copied()
    }
}

impl<const N: usize> From<[AssertionKind; N]> for Assertions {
    fn from(kinds: [AssertionKind; N]) -> Self {
        Self::new(kinds)
    }
}

impl Tighten for Assertions {
    fn tighten(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }
}

impl Word for AssertionKind {
    const ALL: &'static [Self] = &Self::ALL;
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Show for Assertions {
    fn show(&self) -> String {
        words(self.iter())
    }
}

/// Roles that may do something. Two layers agree on those that both name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeSet<RoleName>);

impl Roles {
    /// These roles.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = RoleName>) -> Self {
        Self(roles.into_iter().collect())
    }

    /// Whether a role is named.
    #[must_use]
    pub fn contains(&self, role: &RoleName) -> bool {
        self.0.contains(role)
    }

    /// The roles.
    pub fn iter(&self) -> impl Iterator<Item = &RoleName> + '_ {
        self.0.iter()
    }
}

impl<const N: usize> From<[RoleName; N]> for Roles {
    fn from(roles: [RoleName; N]) -> Self {
        Self::new(roles)
    }
}

impl Tighten for Roles {
    fn tighten(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }
}

impl Show for Roles {
    fn show(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(RoleName::as_str).collect();
        if names.is_empty() {
            "none".into()
        } else {
            names.join(", ")
        }
    }
}

/// `totp, sms`, or `none`.
fn words<W: Word>(words: impl Iterator<Item = W>) -> String {
    let words: Vec<&str> = words.map(Word::word).collect();
    if words.is_empty() {
        "none".into()
    } else {
        words.join(", ")
    }
}
