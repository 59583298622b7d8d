use core::iter;

use time::Duration;

use crate::time::{Date, Time, Timestamp, Zone};

/// The working day of a practice: where it is, and at what time of day a new day begins there.
///
/// A day begins at the first instant at which the practice's wall clock shows its date and `starts_at`, or
/// anything later ([`Zone::first_instant`]). It ends where the next one begins, so days leave no gap and never
/// overlap, last 23 or 25 hours when the clocks change, and a date that never was has no day of its own.
///
/// `Z` is the zone. A policy layer may say at what time the day begins and leave the zone to the practice; then
/// `Z` is what stands for "the practice's", and [`PracticeDay::map_zone`] puts the real one in. There is no
/// default zone.
///
/// ```
/// use medfactor::time::{Timestamp, Zone, format_date, parse_time};
/// use medfactor::trust::PracticeDay;
///
/// let day = PracticeDay::new(Zone::named("+10:00")?, parse_time("04:00")?);
/// let half_past_three = Timestamp::from_unix_seconds(1_781_544_600)?; // Tuesday 2026-06-16 03:30 in Brisbane
/// assert_eq!(format_date(day.date_of(half_past_three)), "2026-06-15"); // still Monday's night duty
/// assert_eq!(day.end_after(half_past_three).to_string(), "2026-06-15T18:00:00.000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeDay<Z = Zone> {
    zone: Z,
    starts_at: Time,
}

impl<Z> PracticeDay<Z> {
    /// A day that begins at `starts_at`, to the minute: seconds are dropped.
    ///
    /// `Time::MIDNIGHT` is the plain calendar day. A practice with night duty takes an hour at which nobody
    /// signs in, such as 04:00: the question then comes with the first sign-in of the morning instead of at
    /// five past midnight.
    #[must_use]
    pub fn new(zone: Z, starts_at: Time) -> Self {
        Self {
            zone,
            starts_at: Time::from_hms(starts_at.hour(), starts_at.minute(), 0).unwrap_or(starts_at),
        }
    }

    /// Where the practice is.
    #[must_use]
    pub const fn zone(&self) -> &Z {
        &self.zone
    }

    /// At what time of day a new day begins.
    #[must_use]
    pub const fn starts_at(&self) -> Time {
        self.starts_at
    }

    /// The same day with another kind of zone; `None` when `f` has none to give.
    pub fn map_zone<Y>(&self, f: impl FnOnce(&Z) -> Option<Y>) -> Option<PracticeDay<Y>> {
        Some(PracticeDay::new(f(&self.zone)?, self.starts_at))
    }
}

impl PracticeDay {
    /// The practice date an instant belongs to: the latest date whose day has begun by then.
    ///
    /// Once begun, a day goes on when the clock falls back behind its start and shows the old date again.
    #[must_use]
    pub fn date_of(&self, instant: Timestamp) -> Date {
        let (shown, _) = self.zone.local(instant);
        // The day before the date shown has always begun. One or two dates ahead can have begun too, if the
        // clock showed them and then fell back across a midnight.
        iter::successors(Some(shown.saturating_add(TWO_DAYS)), |date| date.previous_day())
            .find(|date| *date < shown || self.start_of(*date) <= instant)
            .unwrap_or(shown)
    }

    /// The first beginning of a day strictly after `instant`, whose own day ends there.
    ///
    /// Only at the very end of the range of [`Timestamp`] is it not after it.
    #[must_use]
    pub fn end_after(&self, instant: Timestamp) -> Timestamp {
        self.date_of(instant)
            .next_day()
            .map_or(Timestamp::MAX, |next| self.start_of(next))
    }

    fn start_of(&self, date: Date) -> Timestamp {
        self.zone.first_instant(date, self.starts_at)
    }
}

const TWO_DAYS: Duration = Duration::days(2);
