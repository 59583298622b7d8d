use minicbor::{Decode, Encode};

/// How many digits a code has: 4 to 10, 6 by default.
///
/// ```
/// use medfactor::code::CodeLength;
///
/// assert_eq!(CodeLength::new(9)?.digits(), 9);
/// assert!(CodeLength::new(3).is_err());
/// assert!(CodeLength::MIN < CodeLength::DEFAULT);
/// # Ok::<(), medfactor::code::CodeLengthError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeLength(u8);

/// A number of digits outside [`CodeLength::MIN`] to [`CodeLength::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 4 to 10 digits")]
#[non_exhaustive]
pub struct CodeLengthError;

impl CodeLength {
    /// Four digits, because products ask for it. NIST SP 800-63B-4 3.1.3.2 wants six at least, so a policy
    /// warns below [`CodeLength::DEFAULT`].
    pub const MIN: Self = Self(4);
    /// Ten digits: what a person still types without a mistake, and as many as any product was seen to use.
    pub const MAX: Self = Self(10);
    /// Eight digits for a code that is read out: it lives longer than one that is sent.
    pub(crate) const BYPASS: Self = Self(8);
    /// Six digits: the least NIST SP 800-63B-4 3.1.3.2 accepts, and what people and keyboards expect. With ten
    /// guesses a guesser hits once in 100 000.
    pub const DEFAULT: Self = Self(6);

    /// A length of `digits`.
    ///
    /// # Errors
    /// [`CodeLengthError`] outside 4 to 10.
    pub const fn new(digits: u8) -> Result<Self, CodeLengthError> {
        if digits >= Self::MIN.0 && digits <= Self::MAX.0 {
            Ok(Self(digits))
        } else {
            Err(CodeLengthError)
        }
    }

    /// The number of digits.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.0
    }
}

impl Default for CodeLength {
    /// [`CodeLength::DEFAULT`].
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<C> Encode<C> for CodeLength {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CodeLength {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::new(d.u8()?).map_err(|_| minicbor::decode::Error::message("not a code length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_4_to_10_exist_and_only_they_are_decoded() {
        for digits in 0..=u8::MAX {
            let allowed = (4..=10).contains(&digits);
            assert_eq!(CodeLength::new(digits).is_ok(), allowed, "{digits}");
            let stored = minicbor::to_vec(digits).unwrap();
            assert_eq!(
                minicbor::decode::<CodeLength>(&stored).is_ok(),
                allowed,
                "{digits}"
            );
        }
        let stored = minicbor::to_vec(CodeLength::DEFAULT).unwrap();
        assert_eq!(
            minicbor::decode::<CodeLength>(&stored).unwrap(),
            CodeLength::DEFAULT
        );
    }
}
