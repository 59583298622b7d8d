//! Until when a device stays trusted, when several layers have a say.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::span;
use super::tighten::{Show, Tighten};
use crate::time::{Timestamp, Zone, format_time};
use crate::trust::{PracticeDay, TrustRule};

/// Where a date or a day gets its time zone from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ZoneSource {
    /// The zone the directory knows for the practice, or for the site when it has one of its own.
    ///
    /// When it is missing, a date counts as passed and a day rule as never: there is no silent UTC.
    Practice,
    /// This zone, wherever the practice is.
    Named(Zone),
}

impl ZoneSource {
    /// The zone, given what the directory knows.
    pub(super) fn zone<'a>(&'a self, practice: Option<&'a Zone>) -> Option<&'a Zone> {
        match self {
            Self::Practice => practice,
            Self::Named(zone) => Some(zone),
        }
    }
}

/// Rules that must all hold: a device is trusted until the earliest of their ends, and not at all when one
/// of them says never. Two layers agree on the rules of both.
#[derive(Clone, Debug)]
pub struct TrustRules<Z = ZoneSource>(Vec<TrustRule<Z>>);

impl<Z: PartialEq> TrustRules<Z> {
    /// No device is ever trusted.
    #[must_use]
    pub fn never() -> Self {
        Self(Vec::from([TrustRule::Never]))
    }

    /// All of these rules. No rule at all means never, not always.
    #[must_use]
    pub fn all_of(rules: impl IntoIterator<Item = TrustRule<Z>>) -> Self {
        let mut list = Vec::new();
        for rule in rules {
            if rule == TrustRule::Never {
                return Self::never();
            }
            if !list.contains(&rule) {
                list.push(rule);
            }
        }
        if list.is_empty() {
            Self::never()
        } else {
            Self(list)
        }
    }

    /// The rules; at least one.
    #[must_use]
    pub fn as_slice(&self) -> &[TrustRule<Z>] {
        &self.0
    }

    /// Whether no device is ever trusted.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.0.contains(&TrustRule::Never)
    }
}

impl TrustRules<ZoneSource> {
    /// The rules in the zones that hold here; never when a zone is missing.
    pub(super) fn resolve(&self, practice: Option<&Zone>) -> TrustRules<Zone> {
        let concrete = |rule: &TrustRule<ZoneSource>| {
            rule.map_zone(|source| source.zone(practice).cloned())
                .unwrap_or(TrustRule::Never)
        };
        TrustRules::all_of(self.0.iter().map(concrete))
    }
}

impl TrustRules<Zone> {
    /// When trust that began at `verified_at` ends; `None` when there is none.
    #[must_use]
    pub fn end(&self, verified_at: Timestamp) -> Option<Timestamp> {
        let ends: Option<Vec<Timestamp>> = self.0.iter().map(|rule| rule.end(verified_at)).collect();
        ends?.into_iter().min()
    }
}

impl<Z: PartialEq> From<TrustRule<Z>> for TrustRules<Z> {
    fn from(rule: TrustRule<Z>) -> Self {
        Self::all_of([rule])
    }
}

/// The order of rules that must all hold says nothing.
impl<Z: PartialEq> PartialEq for TrustRules<Z> {
    fn eq(&self, other: &Self) -> bool {
        let within = |some: &Self, all: &Self| some.0.iter().all(|rule| all.0.contains(rule));
        within(self, other) && within(other, self)
    }
}

impl<Z: Eq> Eq for TrustRules<Z> {}

impl<Z: Clone + PartialEq> Tighten for TrustRules<Z> {
    fn tighten(&self, other: &Self) -> Self {
        Self::all_of(self.0.iter().chain(&other.0).cloned())
    }
}

impl Show for TrustRules<Zone> {
    fn show(&self) -> String {
        let rules: Vec<String> = self.0.iter().map(rule_text).collect();
        rules.join("; and ")
    }
}

fn rule_text(rule: &TrustRule<Zone>) -> String {
    let day = |day: &PracticeDay<Zone>| {
        format!(
            "the next {} in {}",
            format_time(day.starts_at()),
            day.zone().name()
        )
    };
    match rule {
        TrustRule::Never => "never".into(),
        TrustRule::Rolling(window) => format!("for {}", window.show()),
        TrustRule::Calendar(until) => format!("until {}", day(until)),
        TrustRule::EarlierOf(window, until) => {
            format!("for {} or until {}, the earlier", window.show(), day(until))
        }
        TrustRule::LaterOf {
            window,
            day: until,
            cap,
        } => format!(
            "for {} or until {}, the later, at most {}",
            window.show(),
            day(until),
            span::text(cap.duration())
        ),
    }
}
