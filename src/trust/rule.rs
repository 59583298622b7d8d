use super::{PracticeDay, TrustWindow};
use crate::time::{Timestamp, Zone};

/// When trust in a device ends, counted from the successful check.
///
/// "Remembered for 18 hours", "never trusted for more than 18 hours", "at most one code a day" and "every new
/// day asks" cannot all be kept: a sign-in at 22:00 and another at 00:05 set the first against the last, one at
/// 00:30 and another at 18:35 the second against the third. Each rule keeps as many as can be:
///
/// | Rule | remembers for the window | never beyond the window | one code a day | every new day asks |
/// |---|---|---|---|---|
/// | `Rolling` | yes | yes | | |
/// | `Calendar` | | | yes | yes |
/// | `EarlierOf` | | yes | | yes |
/// | `LaterOf` | yes | | yes, up to the cap | |
///
/// [`TrustRule::Rolling`] is the default: it keeps the one number a product states in both directions, needs no
/// time zone and never asks in the middle of a shift. Take `EarlierOf` when an auditor reads "one code per day"
/// as the least, `LaterOf` when users read it as a promise. In a day clinic all four ask alike.
///
/// A day rule must say whose day it means; see [`PracticeDay`] for `Z`. The list is complete on purpose: a new
/// rule must be thought through wherever one is decided upon.
///
/// ```
/// use core::time::Duration;
/// use medfactor::time::{Time, Timestamp, Zone};
/// use medfactor::trust::{PracticeDay, TrustRule, TrustWindow};
///
/// let verified = Timestamp::from_unix_seconds(1_781_557_200)?; // 2026-06-15 21:00 UTC
/// let eighteen_hours = TrustRule::default();
/// let end = eighteen_hours.end(verified).ok_or("a rule that trusts")?;
/// assert_eq!(end.to_string(), "2026-06-16T15:00:00.000Z");
///
/// let day = PracticeDay::new(Zone::named("+01:00")?, Time::MIDNIGHT);
/// let every_day_asks = TrustRule::EarlierOf(TrustWindow::DEFAULT, day);
/// let end = every_day_asks.end(verified).ok_or("a rule that trusts")?;
/// assert_eq!(end.since(verified), Duration::from_secs(2 * 3600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustRule<Z = Zone> {
    /// No device is ever trusted: every sign-in asks.
    Never,
    /// For this long from the check.
    Rolling(TrustWindow),
    /// Until the next practice day begins: up to 24 hours, 25 when the clocks go back.
    Calendar(PracticeDay<Z>),
    /// Until the next practice day begins, but no longer than this.
    EarlierOf(TrustWindow, PracticeDay<Z>),
    /// For the window, and on to the beginning of the next practice day if that comes later.
    LaterOf {
        /// How long trust lasts at least.
        window: TrustWindow,
        /// The day it lasts to the end of.
        day: PracticeDay<Z>,
        /// How long it lasts at most, also when that is shorter than the window.
        cap: TrustWindow,
    },
}

impl<Z> TrustRule<Z> {
    /// [`TrustRule::LaterOf`] with the advised cap of 24 hours ([`TrustWindow::ADVISED_MAX`]).
    #[must_use]
    pub const fn later_of(window: TrustWindow, day: PracticeDay<Z>) -> Self {
        Self::LaterOf {
            window,
            day,
            cap: TrustWindow::ADVISED_MAX,
        }
    }

    /// The same rule with another kind of zone; `None` when `f` has none to give. Rules without a day never
    /// ask `f`.
    pub fn map_zone<Y>(&self, f: impl FnMut(&Z) -> Option<Y>) -> Option<TrustRule<Y>> {
        Some(match self {
            Self::Never => TrustRule::Never,
            Self::Rolling(window) => TrustRule::Rolling(*window),
            Self::Calendar(day) => TrustRule::Calendar(day.map_zone(f)?),
            Self::EarlierOf(window, day) => TrustRule::EarlierOf(*window, day.map_zone(f)?),
            Self::LaterOf { window, day, cap } => TrustRule::LaterOf {
                window: *window,
                day: day.map_zone(f)?,
                cap: *cap,
            },
        })
    }
}

impl TrustRule {
    /// When trust that begins with a check at `verified_at` ends; `None` when there is no trust at all.
    ///
    /// Half-open: at the end itself the device is asked ([`Timestamp::is_within`]). Depends on nothing but the
    /// moment of the check, so trust never slides; a later check never ends earlier.
    #[must_use]
    pub fn end(&self, verified_at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Never => None,
            Self::Rolling(window) => Some(window.end_after(verified_at)),
            Self::Calendar(day) => Some(day.end_after(verified_at)),
            Self::EarlierOf(window, day) => {
                Some(window.end_after(verified_at).min(day.end_after(verified_at)))
            }
            Self::LaterOf { window, day, cap } => {
                let later = window.end_after(verified_at).max(day.end_after(verified_at));
                Some(later.min(cap.end_after(verified_at)))
            }
        }
    }
}

impl<Z> Default for TrustRule<Z> {
    /// Rolling, 18 hours.
    fn default() -> Self {
        Self::Rolling(TrustWindow::DEFAULT)
    }
}
