//! Stub, replaced at merge.

use core::time::Duration;

use crate::time::{Time, Timestamp, Zone};

/// A window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrustWindow(Duration);

/// Out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("out of range")]
pub struct TrustWindowError;

impl TrustWindow {
    /// Max.
    pub const MAX: Self = Self(Duration::from_secs(30 * 86400));
    /// Default.
    pub const DEFAULT: Self = Self(Duration::from_secs(18 * 3600));
    /// Advised.
    pub const ADVISED_MAX: Self = Self(Duration::from_secs(24 * 3600));

    /// New.
    ///
    /// # Errors
    /// Out of range.
    pub fn new(window: Duration) -> Result<Self, TrustWindowError> {
        if window < Duration::from_secs(60) || window > Self::MAX.0 {
            Err(TrustWindowError)
        } else {
            Ok(Self(window))
        }
    }

    /// Value.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

/// A practice day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeDay<Z = Zone> {
    zone: Z,
    starts_at: Time,
}

impl<Z> PracticeDay<Z> {
    /// New.
    pub const fn new(zone: Z, starts_at: Time) -> Self {
        Self { zone, starts_at }
    }

    /// Zone.
    pub const fn zone(&self) -> &Z {
        &self.zone
    }

    /// Start.
    pub const fn starts_at(&self) -> Time {
        self.starts_at
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "stub")]
pub enum TrustRule<Z = Zone> {
    Never,
    Rolling(TrustWindow),
    Calendar(PracticeDay<Z>),
    EarlierOf(TrustWindow, PracticeDay<Z>),
    LaterOf {
        window: TrustWindow,
        day: PracticeDay<Z>,
        cap: TrustWindow,
    },
}

impl<Z> TrustRule<Z> {
    /// Map.
    pub fn map_zone<Y>(&self, mut map: impl FnMut(&Z) -> Option<Y>) -> Option<TrustRule<Y>> {
        let mut day = |day: &PracticeDay<Z>| Some(PracticeDay::new(map(&day.zone)?, day.starts_at));
        Some(match self {
            Self::Never => TrustRule::Never,
            Self::Rolling(window) => TrustRule::Rolling(*window),
            Self::Calendar(d) => TrustRule::Calendar(day(d)?),
            Self::EarlierOf(window, d) => TrustRule::EarlierOf(*window, day(d)?),
            Self::LaterOf { window, day: d, cap } => TrustRule::LaterOf {
                window: *window,
                day: day(d)?,
                cap: *cap,
            },
        })
    }
}

impl TrustRule<Zone> {
    /// End; the stub knows the days of one week only.
    #[must_use]
    pub fn end(&self, verified_at: Timestamp) -> Option<Timestamp> {
        let day_end = |day: &PracticeDay| {
            let start = verified_at.to_utc().date();
            (-2i64..4)
                .filter_map(|n| start.checked_add(time::Duration::days(n)))
                .map(|date| day.zone.first_instant(date, day.starts_at))
                .find(|end| *end > verified_at)
        };
        let rolling = |window: &TrustWindow| verified_at.saturating_add(window.0);
        match self {
            Self::Never => None,
            Self::Rolling(window) => Some(rolling(window)),
            Self::Calendar(day) => day_end(day),
            Self::EarlierOf(window, day) => day_end(day).map(|end| end.min(rolling(window))),
            Self::LaterOf { window, day, cap } => {
                day_end(day).map(|end| end.max(rolling(window)).min(rolling(cap)))
            }
        }
    }
}

/// How a device comes to be remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "stub")]
pub enum RememberMode {
    Never,
    #[default]
    OptIn,
    Always,
}

impl RememberMode {
    /// All.
    pub const ALL: [Self; 3] = [Self::Never, Self::OptIn, Self::Always];

    /// Text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::OptIn => "opt_in",
            Self::Always => "always",
        }
    }
}
