//! What holds, and who decided it.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::bounds::*;
use super::choices::{
    AccessStorage, Assertions, AuthenticatorKinds, ChannelSeparation, ContactBinding, FirstContact, Methods,
    OnNumberRisk, OnSharedLogin, Requirement, Roles, ValidFrom,
};
use super::explain::{Explanation, Row};
use super::layer::{Layer, Scope};
use super::names::Reference;
use super::settings::{Values, for_each_setting};
use super::tighten::Show;
use super::trust_rules::TrustRules;
use crate::code::CodeLength;
use crate::contact::Channel;
use crate::ids::WaiverId;
use crate::otp::{Algorithm, Digits, Skew};
use crate::time::{Timestamp, Zone};
use crate::trust::{RememberMode, TrustWindow};

/// What [`resolve`](super::resolve) found: one value for each setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    pub(super) values: Values,
    sources: Sources,
    trust: TrustRules<Zone>,
    announced: Announced,
}

/// What else is to be said of a situation, beside the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) next_requirement: Option<Timestamp>,
    pub(super) channels_named: Vec<Channel>,
    pub(super) is_population_exempt: bool,
    pub(super) overridden_waiver: Option<WaiverId>,
}

impl Effective {
    pub(super) fn new(values: Values, sources: Sources, zone: Option<&Zone>, announced: Announced) -> Self {
        let trust = values.trust.resolve(zone);
        Self {
            values,
            sources,
            trust,
            announced,
        }
    }

    /// The rules by which a device stays trusted, in the zones that hold here.
    #[must_use]
    pub const fn trust(&self) -> &TrustRules<Zone> {
        &self.trust
    }

    /// When trust that began with a pass at `verified_at` ends; `None` when there is none.
    ///
    /// The earliest end of all rules, and at most `trust_maximum` after the pass. Ask it again at each use:
    /// today's policy may shorten trust that was given under yesterday's (bypass rows 58 and 80).
    #[must_use]
    pub fn trust_end(&self, verified_at: Timestamp) -> Option<Timestamp> {
        if self.values.remember == RememberMode::Never {
            return None;
        }
        let latest = verified_at.saturating_add(self.values.trust_maximum.duration());
        self.trust.end(verified_at).map(|end| end.min(latest))
    }

    /// When a second factor will be required, while it is not yet: what to announce (row C29).
    #[must_use]
    pub const fn next_requirement(&self) -> Option<Timestamp> {
        self.announced.next_requirement
    }

    /// The channels that any layer in force names, whether or not the others leave them.
    ///
    /// Who is reached by one of them is no newcomer to second factors: taking the channel away must not turn
    /// being asked into a time of grace.
    #[must_use]
    pub fn channels_named(&self) -> &[Channel] {
        &self.announced.channels_named
    }

    /// Whether a second factor is required here of another population, and not of this one (row W17).
    #[must_use]
    pub const fn is_population_exempt(&self) -> bool {
        self.announced.is_population_exempt
    }

    /// The waiver by which nothing is required, if it is one.
    #[must_use]
    pub const fn waiver(&self) -> Option<WaiverId> {
        match self.sources.requirement {
            Source::Waiver(id) => Some(id),
            _ => None,
        }
    }

    /// A waiver that would let the person off, if nothing stronger required it (ambiguity A08).
    #[must_use]
    pub const fn overridden_waiver(&self) -> Option<WaiverId> {
        self.announced.overridden_waiver
    }

    /// Who decided whether a second factor is required.
    #[must_use]
    pub fn requirement_decided_by(&self) -> DecidedBy {
        DecidedBy::from(&self.sources.requirement)
    }
}

/// Who decided a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecidedBy {
    /// Nobody spoke; the default holds.
    Default,
    /// A layer.
    Layer {
        /// Who spoke in it.
        scope: Scope,
        /// The rule it names.
        reference: Option<Reference>,
    },
    /// A rule of this library that no layer can change.
    Library,
    /// The person has a role that the policy does not know.
    UnknownRole,
    /// Somebody was let off, on the record.
    Waiver(WaiverId),
}

impl DecidedBy {
    /// The rule the deciding layer names.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Layer { reference, .. } => reference.as_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for DecidedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Layer { scope, .. } => scope.fmt(f),
            Self::Library => f.write_str("library rule"),
            Self::UnknownRole => f.write_str("unknown role"),
            Self::Waiver(id) => write!(f, "waiver:{id}"),
        }
    }
}

/// [`DecidedBy`] without its copies, since most are never asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Source {
    #[default]
    Default,
    Layer(Arc<Layer>),
    Library,
    UnknownRole,
    Waiver(WaiverId),
}

impl From<&Source> for DecidedBy {
    fn from(source: &Source) -> Self {
        match source {
            Source::Default => Self::Default,
            Source::Layer(layer) => Self::Layer {
                scope: layer.scope.clone(),
                reference: layer.reference.clone(),
            },
            Source::Library => Self::Library,
            Source::UnknownRole => Self::UnknownRole,
            Source::Waiver(id) => Self::Waiver(*id),
        }
    }
}

/// How a setting's effective value is handed out.
macro_rules! getter {
    ($(#[$doc:meta])* copy $name:ident: $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub const fn $name(&self) -> $type {
            self.values.$name
        }
    };
    ($(#[$doc:meta])* borrow $name:ident: $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub const fn $name(&self) -> &$type {
            &self.values.$name
        }
    };
    ($(#[$doc:meta])* truth $name:ident: $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub const fn $name(&self) -> bool {
            self.values.$name.get()
        }
    };
    // Handed out above, with its zones.
    ($(#[$doc:meta])* trust $name:ident: $type:ty) => {};
}

/// What an explanation shows of a setting.
macro_rules! shown {
    (trust $effective:ident $name:ident) => {
        $effective.trust.show()
    };
    ($how:ident $effective:ident $name:ident) => {
        $effective.values.$name.show()
    };
}

macro_rules! define {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        /// One getter for each setting.
        impl Effective {
            $( getter!($(#[$doc])* $how $name: $type); )*

            /// Every setting with its value and who decided it, in a fixed order.
            #[must_use]
            pub fn explanation(&self) -> Explanation {
                Explanation::new([
                    $( Row::new(stringify!($name), shown!($how self $name), (&self.sources.$name).into()), )*
                ])
            }
        }

        /// Who decided each setting.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(super) struct Sources {
            $(pub(super) $name: Source,)*
        }
    };
}

for_each_setting!(define);
