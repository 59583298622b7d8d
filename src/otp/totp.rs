use core::fmt;

use minicbor::{Decode, Encode};
use subtle::{Choice, ConditionallySelectable};

use super::hotp::Typed;
use super::{Algorithm, Digits, OtpCode, Period, Secret, Skew, hotp};

/// What app and server agree on beside the secret (RFC 6238 4.1).
///
/// The default is SHA-1, six digits, thirty seconds, counted from 1970: what every authenticator app does.
///
/// ```
/// use medfactor::otp::{Algorithm, Check, Digits, Secret, Skew, Totp};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let totp = Totp::default().with_digits(Digits::MAX);
/// assert_eq!(totp.step_at(59), Some(1));
/// assert_eq!(totp.code(&secret, 1).expose(), "94287082"); // RFC 6238, appendix B
///
/// // Typed half a minute later it still counts, once.
/// assert_eq!(totp.check(&secret, "94287082", 89, Skew::DEFAULT, None), Check::Accepted { step: 1 });
/// assert_eq!(totp.check(&secret, "94287082", 89, Skew::DEFAULT, Some(1)), Check::AlreadyUsed { step: 1 });
/// assert_eq!(totp.check(&secret, "94287082", 90, Skew::DEFAULT, None), Check::NoMatch);
/// # Ok::<(), medfactor::otp::SecretError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Totp {
    #[n(0)]
    algorithm: Algorithm,
    #[n(1)]
    digits: Digits,
    #[n(2)]
    period: Period,
    #[n(3)]
    t0: u64,
}

impl Totp {
    /// The same with another hash. Default: [`Algorithm::Sha1`].
    #[must_use]
    pub const fn with_algorithm(self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// The same with another number of digits. Default: [`Digits::DEFAULT`].
    #[must_use]
    pub const fn with_digits(self, digits: Digits) -> Self {
        Self { digits, ..self }
    }

    /// The same with another period. Default: [`Period::DEFAULT`].
    #[must_use]
    pub const fn with_period(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// The same with steps counted from another instant, in Unix seconds: the T0 of RFC 6238. Default: 0, the
    /// only value that apps know and the Key URI can express.
    #[must_use]
    pub const fn with_t0(self, t0: u64) -> Self {
        Self { t0, ..self }
    }

    /// The hash under the HMAC.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many digits a code has.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// How long a code is shown.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.period
    }

    /// Where step 0 starts, in Unix seconds.
    #[must_use]
    pub const fn t0(&self) -> u64 {
        self.t0
    }

    /// The step that is current at `unix_seconds`: whole periods since T0, in 64 bits, so good past 2038 (RFC
    /// 6238 4.2). `None` before T0.
    #[must_use]
    pub fn step_at(&self, unix_seconds: u64) -> Option<u64> {
        unix_seconds
            .checked_sub(self.t0)?
            .checked_div(u64::from(self.period.seconds()))
    }

    /// The code of a step: what the app shows.
    #[must_use]
    pub fn code(&self, secret: &Secret, step: u64) -> OtpCode {
        hotp(secret, step, self.digits, self.algorithm)
    }

    /// How many steps a check compares with: `2 * skew + 1`, and so how many chances one guess has (RFC 4226 6).
    #[must_use]
    pub const fn candidates(skew: Skew) -> usize {
        match skew.steps() {
            0 => 1,
            1 => 3,
            _ => 5,
        }
    }

    /// Says which step, if any, `typed` is the code of.
    ///
    /// Compared are the current step and `skew` steps to either side, without those before T0. `typed` is the
    /// bare digits; white space and the like are for the input normaliser. `last_accepted` is the step that
    /// this function last answered [`Check::Accepted`] with for this secret, `None` if it never did.
    ///
    /// # Security
    /// After [`Check::Accepted`] the caller must store the step, in the same commit that opens whatever is opened,
    /// and pass it in from then on: a code is good for one use (RFC 6238 5.2, NIST SP 800-63B-4 3.1.4.2), and
    /// steps only go up, so neither a code of an older step nor a clock set back revives anything.
    ///
    /// Every candidate is computed and compared, whatever the typed text or an earlier candidate said: the number
    /// of HMACs depends on `skew` alone, and the time tells nothing of the secret or of what would have matched.
    pub fn check(
        &self,
        secret: &Secret,
        typed: &str,
        now_unix_seconds: u64,
        skew: Skew,
        last_accepted: Option<u64>,
    ) -> Check {
        let typed = Typed::new(typed, self.digits);
        newest_match(self.step_at(now_unix_seconds), skew, last_accepted, |step| {
            self.code(secret, step).matches(&typed)
        })
    }

    /// For support: how many steps off the clock would be on which `typed` is a code, when that is at most
    /// [`NearMiss::REACH`].
    ///
    /// It accepts nothing and spends nothing. Of several offsets the one nearest to zero is told, on a tie the
    /// one behind.
    ///
    /// # Security
    /// For audit entries and support staff, never for the page where the code was typed: whoever guesses would
    /// learn that a guess was a code. Call it only after a check that was counted as a guess.
    ///
    /// ```
    /// use medfactor::otp::{Check, Secret, Skew, Totp};
    ///
    /// let (totp, secret) = (Totp::default(), Secret::from_bytes(b"12345678901234567890")?);
    /// let now = 1_700_000_000;
    /// let fast = totp.code(&secret, totp.step_at(now + 120).unwrap_or_default());
    /// assert_eq!(totp.check(&secret, fast.expose(), now, Skew::DEFAULT, None), Check::NoMatch);
    /// let miss = totp.near_miss(&secret, fast.expose(), now);
    /// assert_eq!(miss.map(|miss| miss.to_string()).as_deref(), Some("+4"));
    /// # Ok::<(), medfactor::otp::SecretError>(())
    /// ```
    #[must_use]
    pub fn near_miss(&self, secret: &Secret, typed: &str, now_unix_seconds: u64) -> Option<NearMiss> {
        let typed = Typed::new(typed, self.digits);
        nearest_match(self.step_at(now_unix_seconds), |step| {
            self.code(secret, step).matches(&typed)
        })
    }
}

/// What [`Totp::check`] found.
///
/// Exhaustive on purpose: a caller that does not know a case must not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Check {
    /// The code of a step later than the last accepted one; of several the newest. This step is now spent.
    Accepted {
        /// The step to store.
        step: u64,
    },
    /// A code of the window, but of a step not later than the last accepted one: a code used twice, or an older
    /// one read off somebody's screen. Deny; the owner may be told (NIST SP 800-63B-4 3.1.4.2).
    AlreadyUsed {
        /// The newest step it is the code of.
        step: u64,
    },
    /// No code of the window, or no code at all.
    NoMatch,
}

/// By how many steps a code missed. No acceptance can be made of it; written `+4`, `-2`, `+0`.
///
/// Positive: the code belongs to a later step, so the phone's clock is ahead. The remedy is to set that clock to
/// automatic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NearMiss(i8);

impl NearMiss {
    /// How far the diagnosis looks to either side: 10 steps, five minutes at the default period. Wider would
    /// turn wrong guesses into diagnoses: 21 candidates are met by chance twice in 100,000 guesses.
    pub const REACH: u8 = 10;

    /// The offset in steps, from `-10` to `10`.
    #[must_use]
    pub const fn steps(self) -> i8 {
        self.0
    }
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+}", self.0)
    }
}

/// Asks `matches` about every step of the window, oldest first, so that the newest match stands at the end.
fn newest_match(
    now: Option<u64>,
    skew: Skew,
    last_accepted: Option<u64>,
    mut matches: impl FnMut(u64) -> Choice,
) -> Check {
    let skew = i64::from(skew.steps());
    let (mut accepted, mut accepted_step) = (Choice::from(0), 0_u64);
    let (mut used, mut used_step) = (Choice::from(0), 0_u64);
    for offset in skew.saturating_neg()..=skew {
        // A step before T0 or past 64 bits is none. It costs the same and matches nothing.
        let step = now.and_then(|now| now.checked_add_signed(offset));
        let exists = Choice::from(u8::from(step.is_some()));
        let later = Choice::from(u8::from(step > last_accepted));
        let step = step.unwrap_or(0);
        let matched = matches(step) & exists;
        accepted |= matched & later;
        accepted_step.conditional_assign(&step, matched & later);
        used |= matched & !later;
        used_step.conditional_assign(&step, matched & !later);
    }
    if bool::from(accepted) {
        Check::Accepted { step: accepted_step }
    } else if bool::from(used) {
        Check::AlreadyUsed { step: used_step }
    } else {
        Check::NoMatch
    }
}

/// Asks `matches` about every step within reach, farthest first, so that the nearest match stands at the end.
fn nearest_match(now: Option<u64>, mut matches: impl FnMut(u64) -> Choice) -> Option<NearMiss> {
    let (mut found, mut nearest) = (Choice::from(0), 0_i8);
    for distance in (1..=NearMiss::REACH).rev() {
        let distance = i8::try_from(distance).unwrap_or(0);
        for offset in [distance, distance.saturating_neg()] {
            consider(now, offset, &mut found, &mut nearest, &mut matches);
        }
    }
    consider(now, 0, &mut found, &mut nearest, &mut matches);
    bool::from(found).then_some(NearMiss(nearest))
}

fn consider(
    now: Option<u64>,
    offset: i8,
    found: &mut Choice,
    nearest: &mut i8,
    matches: &mut impl FnMut(u64) -> Choice,
) {
    let step = now.and_then(|now| now.checked_add_signed(i64::from(offset)));
    let matched = matches(step.unwrap_or(0)) & Choice::from(u8::from(step.is_some()));
    *found |= matched;
    nearest.conditional_assign(&offset, matched);
}

#[cfg(test)]
mod tests;
