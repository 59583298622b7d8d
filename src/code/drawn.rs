use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::{CodeLength, decimal};
use crate::entropy::{Entropy, EntropyError};

/// A fresh secret code: all digits equally likely, leading zeros kept.
///
/// # Security
/// Drawn from [`Entropy`] alone: nothing about it follows from a TOTP secret, an earlier code, the user or the
/// time. It is shown only through [`Code::expose`] and [`Code::grouped`], for the message or the spoken word,
/// and wiped when dropped.
///
/// ```
/// use medfactor::code::{Code, CodeLength};
/// use medfactor::entropy::OsEntropy;
///
/// let code = Code::draw(&OsEntropy::new(), CodeLength::DEFAULT)?;
/// assert_eq!(code.expose().len(), 6);
/// assert_eq!(format!("{code:?}"), "Code(..)");
/// # Ok::<(), medfactor::entropy::EntropyError>(())
/// ```
pub struct Code {
    digits: Zeroizing<String>,
}

impl Code {
    /// Draws a code.
    ///
    /// # Errors
    /// [`EntropyError`] when the source fails, or gives bytes that no working generator gives.
    pub fn draw(entropy: &dyn Entropy, length: CodeLength) -> Result<Self, EntropyError> {
        let length = usize::from(length.digits());
        let drawn = decimal(entropy)?;
        // Never grows, so no copy of a part is left behind in freed memory.
        let mut digits = Zeroizing::new(String::with_capacity(length));
        digits.extend(
            drawn
                .numbers()
                .take(length)
                .filter_map(|number| char::from_digit(u32::from(number), 10)),
        );
        if digits.len() == length {
            Ok(Self { digits })
        } else {
            Err(EntropyError)
        }
    }

    /// The code that was sealed; `None` for what is none.
    pub(crate) fn restore(digits: &[u8]) -> Option<Self> {
        let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        let digits = core::str::from_utf8(digits).ok().filter(|_| plain)?;
        Some(Self {
            digits: Zeroizing::new(digits.into()),
        })
    }

    /// The digits, for the message that carries them. They belong in no log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.digits
    }

    /// The digits in groups joined by hyphens, for reading aloud: `000-000-007`. Secret like the code itself.
    ///
    /// Two to four digits a group, as in telephone numbers: 2-2, 2-3, 3-3, 3-4, 4-4, 3-3-3, 3-3-4. What is
    /// typed with the hyphens is read all the same ([`TypedCode`](super::TypedCode)).
    #[must_use]
    pub fn grouped(&self) -> impl fmt::Display + '_ {
        Grouped(&self.digits)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

struct Grouped<'a>(&'a str);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // After how many digits a hyphen comes.
        let hyphens: &[usize] = match self.0.len() {
            4 | 5 => &[2],
            6 | 7 => &[3],
            8 => &[4],
            _ => &[3, 6],
        };
        let mut written = 0;
        for hyphen in hyphens {
            f.write_str(self.0.get(written..*hyphen).unwrap_or_default())?;
            f.write_str("-")?;
            written = *hyphen;
        }
        f.write_str(self.0.get(written..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::TypedCode;
    use crate::code::tests::{Counting, Given};
    use alloc::format;
    use alloc::string::ToString;

    fn length(digits: u8) -> CodeLength {
        CodeLength::new(digits).unwrap()
    }

    #[test]
    fn v09_leading_zeros_are_kept_and_nine_digits_are_spoken_by_threes() {
        let code = Code::draw(&Given(&[0, 0, 0, 0, 0, 0, 0, 0, 7]), length(9)).unwrap();
        assert_eq!(code.expose(), "000000007");
        assert_eq!(code.grouped().to_string(), "000-000-007");
    }

    #[test]
    fn every_length_has_its_groups() {
        let spoken = [
            "01-23",
            "01-234",
            "012-345",
            "012-3456",
            "0123-4567",
            "012-345-678",
            "012-345-6789",
        ];
        for (digits, expected) in (4..=10).zip(spoken) {
            let code = Code::draw(&Given(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), length(digits)).unwrap();
            assert_eq!(code.expose().len(), usize::from(digits));
            assert_eq!(code.grouped().to_string(), expected);
            assert_eq!(TypedCode::read(expected).unwrap().digits(), code.expose());
        }
    }

    #[test]
    fn bytes_that_would_favour_some_digits_are_skipped() {
        let code = Code::draw(&Given(&[250, 249, 255, 251, 10, 254, 33, 8]), length(4)).unwrap();
        assert_eq!(code.expose(), "9038");
    }

    #[test]
    fn a_generator_that_gives_nothing_usable_gives_no_code() {
        assert!(Code::draw(&Given(&[255; 32]), length(4)).is_err());
        let mut three_digits = [255; 32];
        three_digits[..3].fill(1);
        assert!(Code::draw(&Given(&three_digits), length(4)).is_err());
    }

    /// All digits in all places, each as often as the others within five standard deviations (σ = 42).
    #[test]
    fn digits_are_uniform() {
        let entropy = Counting::default();
        let mut seen = [[0_u32; 10]; 6];
        for _ in 0..20_000 {
            let code = Code::draw(&entropy, CodeLength::DEFAULT).unwrap();
            for (place, digit) in code.expose().bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }
        for count in seen.concat() {
            assert!((1790..=2210).contains(&count), "{seen:?}");
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        let code = Code::draw(&Given(&[1, 2, 3, 4]), length(4)).unwrap();
        assert_eq!(format!("{code:?}"), "Code(..)");
    }
}
