//! How long an access code must be.

use super::bounds::{AccessCodeLength, AccessLimit};

impl AccessCodeLength {
    /// How many guesses hit a live code once, on average: 10 to the power of the length, divided by the number of
    /// codes that are live at one practice. At least 1.
    ///
    /// One code is both name and key, so whoever guesses tries all of them at once (row V12).
    ///
    /// ```
    /// use medfactor::policy::{AccessCodeLength, AccessLimit};
    ///
    /// let guesses = AccessCodeLength::DEFAULT.guesses_per_hit(50_000);
    /// assert_eq!(guesses, 20_000);
    /// // At the limit of a practice that is a hit in two hours: too short for so many codes.
    /// assert_eq!(guesses / u64::from(AccessLimit::DEFAULT.get()), 2);
    /// assert_eq!(AccessCodeLength::advised_for(50_000), None);
    /// ```
    #[must_use]
    pub fn guesses_per_hit(self, live_codes: u32) -> u64 {
        let codes = 10_u64.saturating_pow(u32::from(self.get()));
        codes.checked_div(u64::from(live_codes)).unwrap_or(codes).max(1)
    }

    /// The shortest length at which a flood of guesses at [`AccessLimit::DEFAULT`] hits less than once in 100
    /// hours: 8 digits up to 100 live codes, 9 up to 1 000, 10 up to 10 000. `None` above: then lower
    /// `access_limit`, or let codes live shorter.
    ///
    /// ```
    /// use medfactor::policy::AccessCodeLength;
    ///
    /// assert_eq!(AccessCodeLength::advised_for(40), Some(AccessCodeLength::MIN));
    /// assert_eq!(AccessCodeLength::advised_for(1_000), Some(AccessCodeLength::DEFAULT));
    /// assert_eq!(AccessCodeLength::advised_for(1_001), Some(AccessCodeLength::MAX));
    /// ```
    #[must_use]
    pub fn advised_for(live_codes: u32) -> Option<Self> {
        let hundred_hours = u64::from(AccessLimit::DEFAULT.get()).saturating_mul(100);
        let lengths = Self::MIN.get()..=Self::MAX.get();
        lengths
            .filter_map(|digits| Self::new(digits).ok())
            .find(|length| length.guesses_per_hit(live_codes) >= hundred_hours)
    }
}
