//! What a policy may do, and should not do without knowing it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Policy;
use super::change::may_meet;
use super::choices::Methods;
use super::layer::{Layer, Scope};
use super::settings::{Values, for_each_setting};
use super::tighten::Tighten;
use super::trust_rules::ZoneSource;
use crate::code::CodeLength;
use crate::method::Method;
use crate::trust::{PracticeDay, TrustRule, TrustWindow};

/// Something allowed that deserves a second look before it goes live.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// Where: `layers[2].code_length`, counting from 0 in the order of the policy.
    pub path: String,
    /// What.
    pub kind: WarningKind,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)
    }
}

/// Kinds of [`Warning`]. Their `Display` is a sentence for a compliance reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// Dates or day rules in the practice's zone: the directory must know it, or they become the strictest.
    DayNeedsZone,
    /// E-mail as a second factor (NIST SP 800-63B-4 3.1.3.1 does not accept it).
    EmailAsFactor,
    /// A device may stay trusted for more than 24 h (NIST SP 800-63B-4 asks for 24 h; the ATO allows no more).
    LongTrust,
    /// No method is left, so that nobody can pass.
    NoMethodLeft,
    /// Text messages are the only method, and NIST SP 800-63B-4 3.2.9 wants an alternative to a restricted one.
    RestrictedMethodsOnly,
    /// A sent code has fewer than 6 digits (row H26).
    ShortCode,
    /// The role is not among the roles the policy declares; the policy file would be refused.
    UndeclaredRole,
    /// Looser than the default, and below the vendor that has no effect.
    WithoutEffect,
}

impl fmt::Display for WarningKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DayNeedsZone => {
                "the zone of every practice must be known, else the date counts as passed and the day rule as never"
            }
            Self::EmailAsFactor => "e-mail is not accepted as a second factor by NIST SP 800-63B-4",
            Self::LongTrust => "a device may stay trusted for more than 24 h",
            Self::NoMethodLeft => "no method is left, nobody can pass",
            Self::RestrictedMethodsOnly => {
                "text messages are the only method; NIST SP 800-63B-4 wants an alternative"
            }
            Self::ShortCode => "codes of fewer than 6 digits are easier to guess",
            Self::UndeclaredRole => "the role is not among the declared roles",
            Self::WithoutEffect => {
                "looser than the default, which only a mandate or the vendor can replace: no effect"
            }
        })
    }
}

impl Policy {
    /// What deserves a second look, layer by layer. A policy with warnings works as written.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found = Vec::new();
        for (position, layer) in self.layers.iter().enumerate() {
            let mut warn = |field: &str, kind| {
                found.push(Warning {
                    path: format!("layers[{position}].{field}"),
                    kind,
                });
            };
            self.warn_about_scope(layer, &mut warn);
            warn_about_codes(layer, &mut warn);
            self.warn_about_methods(layer, &mut warn);
            warn_about_trust(layer, &mut warn);
            for setting in self.settings_without_effect(layer) {
                warn(setting, WarningKind::WithoutEffect);
            }
        }
        found
    }

    fn warn_about_scope(&self, layer: &Layer, warn: &mut impl FnMut(&str, WarningKind)) {
        if let Scope::Role(role) = &layer.scope
            && self.has_unknown_role(core::slice::from_ref(role))
        {
            warn("scope", WarningKind::UndeclaredRole);
        }
        if layer
            .required_from
            .as_ref()
            .is_some_and(|from| *from.zone() == ZoneSource::Practice)
        {
            warn("required_from", WarningKind::DayNeedsZone);
        }
    }

    fn warn_about_methods(&self, layer: &Layer, warn: &mut impl FnMut(&str, WarningKind)) {
        let Some(methods) = &layer.settings.methods else {
            return;
        };
        if methods.contains(Method::Email) {
            warn("methods", WarningKind::EmailAsFactor);
        }
        let without_phone = |method: &Method| matches!(method, Method::Totp | Method::Email);
        if methods.contains(Method::Sms) && !methods.as_slice().iter().any(without_phone) {
            warn("methods", WarningKind::RestrictedMethodsOnly);
        }
        let default = Values::defaults().methods;
        let is_lone = !layer.scope.speaks_for_the_product()
            && !self.base_speaks(layer, |l| l.settings.methods.is_some());
        let others = self.layers.iter().filter(|other| may_meet(layer, other));
        let others = others.filter_map(|other| other.settings.methods.as_ref());
        let none_left = |other: &Methods| other.tighten(methods).is_empty();
        if others.chain(is_lone.then_some(&default)).any(none_left) {
            warn("methods", WarningKind::NoMethodLeft);
        }
    }

    /// Whether a mandate or the vendor speaks of a setting to people that a layer speaks to as well.
    fn base_speaks(&self, layer: &Layer, speaks: impl Fn(&Layer) -> bool) -> bool {
        let is_base = |other: &Layer| other.scope.speaks_for_the_product() && may_meet(layer, other);
        self.layers.iter().any(|other| is_base(other) && speaks(other))
    }
}

fn warn_about_codes(layer: &Layer, warn: &mut impl FnMut(&str, WarningKind)) {
    if layer
        .settings
        .code_length
        .is_some_and(|length| length < CodeLength::DEFAULT)
    {
        warn("code_length", WarningKind::ShortCode);
    }
}

fn warn_about_trust(layer: &Layer, warn: &mut impl FnMut(&str, WarningKind)) {
    let Some(rules) = &layer.settings.trust else {
        return;
    };
    let maximum = layer.settings.trust_maximum.unwrap_or(TrustWindow::MAX);
    // A day of 25 hours is the price of a calendar, not a long window.
    let longest = |rule: &TrustRule<ZoneSource>| match rule {
        TrustRule::Rolling(window) => Some(*window),
        TrustRule::LaterOf { cap, .. } => Some(*cap),
        _ => None,
    };
    let is_long = |rule| longest(rule).is_some_and(|window| window.min(maximum) > TrustWindow::ADVISED_MAX);
    if rules.as_slice().iter().all(is_long) {
        warn("trust", WarningKind::LongTrust);
    }
    let in_practice_zone = |day: &PracticeDay<ZoneSource>| *day.zone() == ZoneSource::Practice;
    let needs_zone = |rule: &TrustRule<ZoneSource>| match rule {
        TrustRule::Calendar(day) | TrustRule::EarlierOf(_, day) | TrustRule::LaterOf { day, .. } => {
            in_practice_zone(day)
        }
        TrustRule::Never | TrustRule::Rolling(_) => false,
    };
    if rules.as_slice().iter().any(needs_zone) {
        warn("trust", WarningKind::DayNeedsZone);
    }
}

macro_rules! define_without_effect {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        impl Policy {
            /// Settings in which a layer below the vendor says something looser than the default, while no
            /// mandate or vendor has replaced the default.
            fn settings_without_effect(&self, layer: &Layer) -> Vec<&'static str> {
                let mut settings = Vec::new();
                if layer.scope.speaks_for_the_product() {
                    return settings;
                }
                let defaults = Values::defaults();
                $(
                    let is_looser = layer.settings.$name.as_ref().is_some_and(|value| {
                        *value != defaults.$name && value.tighten(&defaults.$name) == defaults.$name
                    });
                    if is_looser && !self.base_speaks(layer, |other| other.settings.$name.is_some()) {
                        settings.push(stringify!($name));
                    }
                )*
                settings
            }
        }
    };
}

for_each_setting!(define_without_effect);
