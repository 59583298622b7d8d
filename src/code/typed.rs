use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

/// Digits as a person typed them, freed of the spaces and hyphens that apps and people put in.
///
/// The one reader of everything numeric: codes by message, codes of authenticator apps, spoken codes. It says
/// nothing about the right length; that is for whoever knows which code is meant.
///
/// - Left out, wherever they stand: the space, the no-break space (U+00A0) and the narrow one (U+202F); the
///   hyphen-minus and the hyphens U+2010 and U+2011, which word processors put in its place.
/// - Read as ASCII: the full-width digits U+FF10 to U+FF19 of East Asian keyboards.
/// - Anything else is [`Malformed`]: letters, signs, dashes, digits of other scripts, tabs and line ends. What
///   is left must be 1 to 10 digits.
///
/// ```
/// use medfactor::code::{Malformed, TypedCode};
///
/// assert_eq!(TypedCode::read("485 739")?.digits(), "485739");
/// assert_eq!(TypedCode::read("１２３-４５６")?.digits(), "123456");
/// assert!(TypedCode::read("48573a").is_err());
/// # Ok::<(), Malformed>(())
/// ```
pub struct TypedCode {
    digits: Zeroizing<String>,
}

/// What was typed is no code of any kind. It was compared with nothing, so it costs no attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a numeric code")]
#[non_exhaustive]
pub struct Malformed;

impl TypedCode {
    /// Reads what was typed. More than 64 bytes are refused unread.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn read(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST {
            return Err(Malformed);
        }
        // Never grows, so no copy of a part is left behind in freed memory.
        let mut digits = Zeroizing::new(String::with_capacity(MOST_DIGITS));
        for typed in text.chars().filter(|c| !is_separator(*c)) {
            let digit = ascii_digit(typed).ok_or(Malformed)?;
            if digits.len() == MOST_DIGITS {
                return Err(Malformed);
            }
            digits.push(digit);
        }
        if digits.is_empty() {
            Err(Malformed)
        } else {
            Ok(Self { digits })
        }
    }

    /// The digits, leading zeros kept. Secret as long as the code they may be is alive.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// How many digits were typed: 1 to 10.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    #[must_use]
    pub fn len(&self) -> usize {
        self.digits.len()
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(..)")
    }
}

const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{202F}' | '-' | '\u{2010}' | '\u{2011}')
}

fn ascii_digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => u32::from(c)
            .checked_sub(u32::from('０'))
            .and_then(|number| char::from_digit(number, 10)),
        _ => None,
    }
}

/// The longest code there is, [`CodeLength::MAX`](super::CodeLength::MAX).
const MOST_DIGITS: usize = 10;

/// Ten full-width digits with a three-byte separator between any two take 57 bytes.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        TypedCode::read(text)
            .ok()
            .map(|typed| String::from(typed.digits()))
    }

    #[test]
    fn v11_c30_separators_and_full_width_digits_do_not_matter() {
        for typed in [
            "123-456 789",
            "１２３４５６７８９",
            " 123456789 ",
            "123\u{A0}456\u{202F}789",
            "123\u{2010}456\u{2011}789",
            "-1-2-3-4-5-6-7-8-9-",
            "１２３ 456-７８９",
        ] {
            assert_eq!(read(typed).as_deref(), Some("123456789"), "{typed}");
        }
        assert_eq!(read("485 739").as_deref(), Some("485739"));
        let widest =
            "１\u{202F}２\u{2011}３\u{202F}４\u{2011}５\u{202F}６\u{2011}７\u{202F}８\u{2011}９\u{202F}０";
        assert_eq!(read(widest).as_deref(), Some("1234567890"));
    }

    #[test]
    fn bypass_046_leading_zeros_stay() {
        assert_eq!(read("012345").as_deref(), Some("012345"));
        assert_eq!(read("12345").as_deref(), Some("12345"));
        assert_eq!(read("000000").as_deref(), Some("000000"));
    }

    #[test]
    fn bypass_047_signs_and_separators_of_programmers_are_malformed() {
        for typed in [
            "+123456",
            "123_456",
            "12345a",
            "12345678a",
            "123.456",
            "1e5",
            "0x12",
            "123–456",
            "123—456",
            "123\u{3000}456",
            "123\u{200B}456",
            "123\0",
            "e\u{301}",
            "🙂",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    #[test]
    fn bypass_048_digits_of_other_scripts_are_malformed() {
        for typed in ["٣٤٥٦٧٨", "१२३४५६", "½", "²", "𝟏𝟐𝟑𝟒𝟓𝟔"] {
            assert!(typed.chars().all(char::is_numeric));
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    #[test]
    fn bypass_049_a_megabyte_is_refused_unread() {
        for unit in ["1", " ", "-", "\u{202F}", "é", "🙂"] {
            assert_eq!(read(&unit.repeat(1 << 20)), None);
        }
        assert_eq!(read(&" ".repeat(LONGEST)), None);
        assert_eq!(
            read(&format!("{}1", " ".repeat(LONGEST - 1))).as_deref(),
            Some("1")
        );
        assert_eq!(read(&format!("{}1", " ".repeat(LONGEST))), None);
    }

    #[test]
    fn bypass_050_blank_is_malformed() {
        for typed in ["", " ", "-", "\u{A0}- \u{202F}"] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn bypass_051_zero_is_not_nothing() {
        assert_eq!(read("0").as_deref(), Some("0"));
    }

    #[test]
    fn bypass_052_line_ends_and_tabs_are_malformed() {
        for typed in ["123456\n", "123456\r\n", "\t123456", "123\n456"] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn ten_digits_are_the_most() {
        assert_eq!(TypedCode::read("0123456789").unwrap().len(), MOST_DIGITS);
        assert_eq!(read("01234567890"), None);
        assert_eq!(MOST_DIGITS, usize::from(crate::code::CodeLength::MAX.digits()));
    }

    #[test]
    fn debug_shows_no_digit() {
        assert_eq!(
            format!("{:?}", TypedCode::read("123456").unwrap()),
            "TypedCode(..)"
        );
    }

    proptest! {
        #[test]
        fn what_is_read_is_1_to_10_ascii_digits(typed in "\\PC{0,20}|[0-9０-９ \u{A0}\u{202F}-]{0,20}") {
            if let Some(digits) = read(&typed) {
                prop_assert!((1..=10).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
                prop_assert_eq!(read(&digits), Some(digits.clone()));
            }
        }
    }
}
