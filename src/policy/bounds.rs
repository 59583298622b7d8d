//! The numbers a policy may choose, each with its bounds, its default and where they come from.
//!
//! There is no "unlimited" and no "never expires" anywhere: whatever a policy says, guessing ends.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use super::span;
use super::tighten::{Show, tighten_by_order};

/// A number outside the bounds of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutOfRange {
    /// A count.
    #[error("must be from {min} to {max}")]
    Count {
        /// The least that is allowed.
        min: u8,
        /// The most that is allowed.
        max: u8,
    },
    /// A count that may be large.
    #[error("must be from {min} to {max}")]
    Number {
        /// The least that is allowed.
        min: u32,
        /// The most that is allowed.
        max: u32,
    },
    /// A duration, or one that is not a whole number of seconds.
    #[error("must be from {} to {}, in whole seconds", span::text(*min), span::text(*max))]
    Duration {
        /// The shortest that is allowed.
        min: Duration,
        /// The longest that is allowed.
        max: Duration,
    },
}

macro_rules! count {
    ($(#[$doc:meta])* $name:ident: $min:literal..=$max:literal, default $default:literal, $stricter:ident) => {
        count!(@ u8, Count, count; $(#[$doc])* $name: $min..=$max, default $default, $stricter);
    };
    // For what is counted over a whole practice.
    ($(#[$doc:meta])* large $name:ident: $min:literal..=$max:literal, default $default:literal, $stricter:ident) => {
        count!(@ u32, Number, number; $(#[$doc])* $name: $min..=$max, default $default, $stricter);
    };
    (@ $type:ident, $error:ident, $read:ident; $(#[$doc:meta])* $name:ident: $min:literal..=$max:literal,
     default $default:literal, $stricter:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($type);

        impl $name {
            /// The least that is allowed.
            pub const MIN: Self = Self($min);
            /// The most that is allowed.
            pub const MAX: Self = Self($max);
            /// What holds when no layer speaks.
            pub const DEFAULT: Self = Self($default);

            /// The number, when it lies within the bounds.
            ///
            /// # Errors
            /// [`OutOfRange`] with the bounds.
            pub const fn new(count: $type) -> Result<Self, OutOfRange> {
                if count < $min || count > $max {
                    Err(OutOfRange::$error { min: $min, max: $max })
                } else {
                    Ok(Self(count))
                }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> $type {
                self.0
            }
        }

        tighten_by_order!($name => $stricter);

        impl Show for $name {
            fn show(&self) -> String {
                format!("{}", self.0)
            }
        }

        impl super::file::FileValue for $name {
            fn write(&self) -> super::file::Node {
                super::file::Node::Integer(self.0.into())
            }

            fn read(place: super::file::Place<'_>, problems: &mut super::file::Problems) -> Option<Self> {
                place.$read(problems, Self::new)
            }
        }

        #[cfg(test)]
        impl super::samples::Sample for $name {
            fn sample(dice: &mut super::samples::Dice) -> Self {
                Self(dice.between($min, $max))
            }
        }
    };
}

macro_rules! duration {
    ($(#[$doc:meta])* $name:ident: $min:literal..=$max:literal s, default $default:literal s, $stricter:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Duration);

        impl $name {
            /// The shortest that is allowed.
            pub const MIN: Self = Self(Duration::from_secs($min));
            /// The longest that is allowed.
            pub const MAX: Self = Self(Duration::from_secs($max));
            /// What holds when no layer speaks.
            pub const DEFAULT: Self = Self(Duration::from_secs($default));

            /// The duration, when it is a whole number of seconds within the bounds.
            ///
            /// # Errors
            /// [`OutOfRange::Duration`] with the bounds.
            pub fn new(duration: Duration) -> Result<Self, OutOfRange> {
                let within = (Self::MIN.0..=Self::MAX.0).contains(&duration);
                if within && duration.subsec_nanos() == 0 {
                    Ok(Self(duration))
                } else {
                    Err(OutOfRange::Duration { min: Self::MIN.0, max: Self::MAX.0 })
                }
            }

            /// The duration.
            #[must_use]
            pub const fn get(self) -> Duration {
                self.0
            }
        }

        tighten_by_order!($name => $stricter);

        impl Show for $name {
            fn show(&self) -> String {
                span::text(self.0)
            }
        }

        impl super::file::FileValue for $name {
            fn write(&self) -> super::file::Node {
                super::file::Node::Text(span::text(self.0))
            }

            fn read(place: super::file::Place<'_>, problems: &mut super::file::Problems) -> Option<Self> {
                place.duration(problems, Self::new)
            }
        }

        #[cfg(test)]
        impl super::samples::Sample for $name {
            fn sample(dice: &mut super::samples::Dice) -> Self {
                Self(Duration::from_secs(dice.between($min, $max)))
            }
        }
    };
}

duration!(
    /// How long a subject without an authenticator may still pass, counted from their first challenge under
    /// the requirement; given once and never again (bypass row 62). Nothing to 30 days, none by default:
    /// each day of grace is a day on one factor. Shorter is stricter.
    EnrolmentGrace: 0..=2_592_000 s, default 0 s, min
);
duration!(
    /// How long a sent code can be used. 30 s to 10 min, because NIST SP 800-63B-4 3.1.3.2 ends it at 10
    /// minutes; 5 min by default, the number products state (row H11). Shorter is stricter.
    CodeLifetime: 30..=600 s, default 300 s, min
);
duration!(
    /// How much longer than announced a sent code is still taken, for the time it travels. At most 1 min,
    /// none by default: the page shows the true end (products 3.2). Shorter is stricter.
    ReceiptAllowance: 0..=60 s, default 0 s, min
);
duration!(
    /// How long one challenge stays open, over all its codes. 1 to 30 min; 15 min by default, which leaves
    /// room for three sends and no room for a page left open over lunch. Shorter is stricter.
    ChallengeLifetime: 60..=1_800 s, default 900 s, min
);
count!(
    /// Wrong codes one challenge bears before it is dead. 1 to 10, 5 by default (Australian ISM-1403 and the
    /// usual number in products). Fewer is stricter.
    AttemptLimit: 1..=10, default 5, min
);
count!(
    /// Wrong codes one subject may type within [`TriesWindow`], over all challenges and devices. 1 to 50,
    /// 10 by default: with six digits at most one attacker in a thousand succeeds in a day of trying
    /// (products 7.2). Fewer is stricter.
    SubjectTries: 1..=50, default 10, min
);
duration!(
    /// The time over which [`SubjectTries`] counts. 5 min to 24 h, 15 min by default. Longer is stricter.
    TriesWindow: 300..=86_400 s, default 900 s, max
);
count!(
    /// Wrong codes in a row at which one authenticator is disabled. 5 to 100, 50 by default: below the hundred
    /// of NIST SP 800-63B-4 3.2.2. Fewer is stricter.
    AuthenticatorTries: 5..=100, default 50, min
);
count!(
    /// Wrong codes in a row, by any method, at which a subject is locked until staff help. 10 to 100, 100 by
    /// default: NIST SP 800-63B-4 3.2.2 allows no more. Fewer is stricter.
    TriesInARow: 10..=100, default 100, min
);
duration!(
    /// The least time between two messages by one channel in one challenge; giving up and beginning anew does
    /// not shorten it. 10 s to 10 min, 30 s by default (row V07). Longer is
    /// stricter.
    SendCooldown: 10..=600 s, default 30 s, max
);
count!(
    /// Messages one challenge may cause. 1 to 10, 3 by default: the first and two more. Fewer is stricter.
    ChallengeSends: 1..=10, default 3, min
);
count!(
    /// Messages one subject may cause within [`SendsWindow`]. 1 to 20, 5 by default (products 3.7). Fewer is
    /// stricter.
    SubjectSends: 1..=20, default 5, min
);
duration!(
    /// The time over which [`SubjectSends`] counts. 5 min to 24 h, 15 min by default. Longer is stricter.
    SendsWindow: 300..=86_400 s, default 900 s, max
);
count!(
    /// Messages one telephone or mailbox gets within [`DestinationWindow`], whoever asks. 1 to 50, 10 by
    /// default: the number the NHS Business Services Authority publishes for 6 hours. Fewer is stricter.
    DestinationSends: 1..=50, default 10, min
);
duration!(
    /// The time over which [`DestinationSends`] counts. 1 h to 7 days, 6 h by default. Longer is stricter.
    DestinationWindow: 3_600..=604_800 s, default 21_600 s, max
);
count!(
    /// Devices one subject may have remembered; the oldest gives way. 1 to 100, 20 by default (products 3.5).
    /// Fewer is stricter.
    DeviceLimit: 1..=100, default 20, min
);
count!(
    /// Authenticators one subject may have. 1 to 20, 5 by default: two phones, a desktop, a token and one
    /// more. Fewer is stricter, since each is one more way in.
    AuthenticatorLimit: 1..=20, default 5, min
);
duration!(
    /// How old the first factor may be when the second is asked for. 10 s to 1 h, 10 min by default (row V01).
    /// Shorter is stricter.
    FirstFactorAge: 10..=3_600 s, default 600 s, min
);
duration!(
    /// How old a second factor may be when authenticators are managed (OWASP ASVS 5.0 7.5.1). 30 s to 10 min,
    /// 5 min by default. Shorter is stricter.
    ManagementAge: 30..=600 s, default 300 s, min
);
duration!(
    /// How long a secret shown for enrolment waits for its first code. 1 to 30 min, 10 min by default (row
    /// C03). Shorter is stricter.
    PendingEnrolmentLifetime: 60..=1_800 s, default 600 s, min
);
count!(
    /// Recovery codes in one set. 5 to 20, 10 by default (row C27). Fewer is stricter, since each is one more
    /// way in.
    RecoveryCodeCount: 5..=20, default 10, min
);
count!(
    /// Devices on which one subject proves a second factor within [`SharedLoginWindow`] that look like a shared login. 2 to 20, 4 by
    /// default (row C02). Fewer is stricter.
    SharedLoginDevices: 2..=20, default 4, min
);
duration!(
    /// The time over which [`SharedLoginDevices`] counts. 1 min to 24 h, 10 min by default. Longer is stricter.
    SharedLoginWindow: 60..=86_400 s, default 600 s, max
);

duration!(
    /// How long a pass for an object also opens it again, on the same device (row W24). Nothing to 12 h, none by
    /// default; a video visit's preset takes 2 h. Shorter is stricter.
    PurposeGrant: 0..=43_200 s, default 0 s, min
);

duration!(
    /// How long an emergency pass is good. 1 min to 1 h, 15 min by default: long enough to look at one record. Shorter is
    /// stricter.
    BreakGlassDuration: 60..=3_600 s, default 900 s, min
);

impl PurposeGrant {
    /// 2 h: a visit, with time to spare for a line that drops more than once (row W24).
    pub const VIDEO_VISIT: Self = Self(Duration::from_secs(7_200));
}

count!(
    /// Digits of an access code. 8 to 10, 9 by default (row V09): whoever guesses one tries all live codes of the
    /// practice at once. [`AccessCodeLength::advised_for`] says how long is long enough. Longer
    /// is stricter.
    AccessCodeLength: 8..=10, default 9, max
);
duration!(
    /// How long before an appointment its access codes begin to work. Nothing to 4 h, 30 min by default
    /// (products 3.11). Shorter is stricter.
    AccessLead: 0..=14_400 s, default 1_800 s, min
);
duration!(
    /// How long after the end of an appointment its access codes still work. Nothing to 4 h, 15 min by default
    /// (products 3.11). Shorter is stricter.
    AccessOverrun: 0..=14_400 s, default 900 s, min
);
count!(
    /// Wrong access codes one source may type within [`AccessTriesWindow`]. 3 to 50, 20 by default (products
    /// 3.11): a waiting room behind one address mistypes too. Fewer is stricter.
    AccessTries: 3..=50, default 20, min
);
duration!(
    /// The time over which [`AccessTries`] counts. 5 min to 24 h, 10 min by default. Longer is stricter.
    AccessTriesWindow: 300..=86_400 s, default 600 s, max
);
count!(
    /// Wrong access codes at one practice within an hour, over all sources, that look like guessing. 10 to
    /// 10 000, 1 000 by default (products 3.11). Fewer is stricter.
    large AccessAlarm: 10..=10_000, default 1_000, min
);
count!(
    /// Wrong access codes at one practice within an hour, over all sources, at which no access code is compared any
    /// more. 100 to 100 000, 10 000 by default: with 50 live codes of 9 digits a guesser then hits once in 2 000
    /// hours. Lower closes the door for everybody sooner, so it is a matter of judgement. Fewer is stricter.
    large AccessLimit: 100..=100_000, default 10_000, min
);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn bounds_hold_on_both_sides() {
        assert!(AttemptLimit::new(0).is_err());
        assert!(AttemptLimit::new(1).is_ok());
        assert!(AttemptLimit::new(10).is_ok());
        let error = AttemptLimit::new(11).unwrap_err();
        assert_eq!(error.to_string(), "must be from 1 to 10");
        assert!(CodeLifetime::new(Duration::from_secs(29)).is_err());
        assert!(CodeLifetime::new(Duration::from_secs(600)).is_ok());
        assert!(CodeLifetime::new(Duration::from_millis(30_500)).is_err());
        let error = CodeLifetime::new(Duration::from_secs(601)).unwrap_err();
        assert_eq!(error.to_string(), "must be from 30 s to 10 min, in whole seconds");
    }
}
