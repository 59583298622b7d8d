use core::fmt;
use core::str::FromStr;

use minicbor::{Decode, Encode};

/// Why a parameter is refused. It never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtpError {
    /// Not `SHA1`, `SHA256` or `SHA512`.
    #[error("the algorithm is none of SHA1, SHA256 and SHA512")]
    Algorithm,
    /// Outside [`Digits::MIN`] to [`Digits::MAX`].
    #[error("a code has 6 to 8 digits")]
    Digits,
    /// Outside [`Period::MIN`] to [`Period::MAX`].
    #[error("a period lasts 1 second to 1 day")]
    Period,
    /// Above [`Skew::MAX`].
    #[error("the skew is at most 2 steps")]
    Skew,
}

/// The hash under the HMAC.
///
/// SHA-1 by default: several authenticator apps ignore the parameter and always use it. HMAC does not rest on
/// the collision resistance that SHA-1 has lost, and with a secret of 160 bits it meets the 112 bits of NIST SP
/// 800-63B-4 3.1.4.1. Choose another only when the app in use is known to follow (RFC 6238 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA-1, what every app understands.
    #[default]
    #[n(0)]
    Sha1,
    /// HMAC-SHA-256.
    #[n(1)]
    Sha256,
    /// HMAC-SHA-512.
    #[n(2)]
    Sha512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// `SHA1`, `SHA256` or `SHA512`, as the Key URI writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl FromStr for Algorithm {
    type Err = OtpError;

    /// Reads what [`Algorithm::as_str`] writes, in upper or lower case.
    fn from_str(text: &str) -> Result<Self, OtpError> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(text))
            .ok_or(OtpError::Algorithm)
    }
}

macro_rules! bounded {
    (
        $(#[$doc:meta])* $name:ident($integer:ident), $min:literal..=$max:literal, default $default:literal,
        $(#[$accessor_doc:meta])* $accessor:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($integer);

        impl $name {
            /// The smallest value.
            pub const MIN: Self = Self($min);
            /// The largest value.
            pub const MAX: Self = Self($max);
            /// The value to use unless there is a reason for another.
            pub const DEFAULT: Self = Self($default);

            #[doc = concat!("Takes ", stringify!($min), " to ", stringify!($max), ".")]
            ///
            /// # Errors
            #[doc = concat!("[`OtpError::", stringify!($name), "`] for any other number.")]
            pub const fn new(value: $integer) -> Result<Self, OtpError> {
                match value {
                    $min..=$max => Ok(Self(value)),
                    _ => Err(OtpError::$name),
                }
            }

            $(#[$accessor_doc])*
            #[must_use]
            pub const fn $accessor(self) -> $integer {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::DEFAULT
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.$integer(self.0)?.ok()
            }
        }

        /// A stored value outside the range is an error, not a wider range.
        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::new(d.$integer()?)
                    .map_err(|_| minicbor::decode::Error::message(concat!("not a ", stringify!($name))))
            }
        }
    };
}

bounded!(
    /// How many digits a code has: 6 to 8.
    ///
    /// Six by default, as every app shows; RFC 4226 4 (R4) and NIST SP 800-63B-4 3.1.4.1 ask for no more. Some
    /// apps ignore the parameter, and the Key URI format knows only 6 and 8.
    Digits(u8), 6..=8, default 6,
    /// The number of digits.
    count
);

bounded!(
    /// How long one code is shown, in seconds: 1 second to 1 day.
    ///
    /// 30 by default (RFC 6238 5.2), which is also all that some apps can do. Two minutes is the longest that
    /// NIST SP 800-63B-4 3.1.4.1 allows; longer periods exist for tokens already handed out, up to a day, past
    /// which nobody would call the password one-time.
    ///
    /// # Security
    /// An unused code is accepted for `2 * skew + 1` periods.
    Period(u32), 1..=86_400, default 30,
    /// The length in seconds.
    seconds
);

bounded!(
    /// How many steps a phone's clock may be ahead or behind: 0 to 2.
    ///
    /// One by default: RFC 6238 5.2 recommends at most one step for the time that passes between reading and
    /// checking, and phones run fast as well as slow. Two is the limit of the type, so no setting, file or
    /// stored byte can open a wider window.
    ///
    /// # Security
    /// A guess has `2 * skew + 1` chances, and a code lives for as many periods.
    Skew(u8), 0..=2, default 1,
    /// The number of steps to either side.
    steps
);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn stored<T: Encode<()>>(value: T) -> Vec<u8> {
        minicbor::to_vec(value).unwrap()
    }

    #[test]
    fn bypass_060_the_range_is_in_the_type() {
        assert_eq!(Digits::new(5), Err(OtpError::Digits));
        assert_eq!(Digits::new(9), Err(OtpError::Digits));
        assert_eq!(Period::new(0), Err(OtpError::Period));
        assert_eq!(Period::new(86_401), Err(OtpError::Period));
        assert_eq!(Skew::new(3), Err(OtpError::Skew));
        assert_eq!(Digits::new(8), Ok(Digits::MAX));
        assert_eq!(Period::new(1), Ok(Period::MIN));
        assert_eq!(Skew::new(2), Ok(Skew::MAX));
    }

    #[test]
    fn what_is_stored_is_checked_when_it_is_read() {
        assert_eq!(
            minicbor::decode::<Digits>(&stored(Digits::MAX)).unwrap(),
            Digits::MAX
        );
        assert_eq!(
            minicbor::decode::<Period>(&stored(Period::MAX)).unwrap(),
            Period::MAX
        );
        assert_eq!(minicbor::decode::<Skew>(&stored(Skew::MAX)).unwrap(), Skew::MAX);
        assert!(minicbor::decode::<Digits>(&stored(5_u8)).is_err());
        assert!(minicbor::decode::<Period>(&stored(0_u32)).is_err());
        assert!(minicbor::decode::<Period>(&stored(u64::MAX)).is_err());
        assert!(minicbor::decode::<Skew>(&stored(20_u8)).is_err());
        assert!(minicbor::decode::<Algorithm>(&stored(3_u8)).is_err());
    }

    #[test]
    fn algorithms_are_read_in_either_case() {
        assert_eq!("sha256".parse(), Ok(Algorithm::Sha256));
        assert_eq!("SHA512".parse(), Ok(Algorithm::Sha512));
        assert_eq!("MD5".parse::<Algorithm>(), Err(OtpError::Algorithm));
        assert_eq!("".parse::<Algorithm>(), Err(OtpError::Algorithm));
    }
}
