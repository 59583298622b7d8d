use core::fmt;

use minicbor::{Decode, Encode};

use super::decimal;
use crate::entropy::{Entropy, EntropyError};

/// Three letters that tell one message from another: shown on the page and in the message, so that a person
/// with two messages types the code the page is waiting for. Public; it opens nothing.
///
/// Never a digit, so nobody takes it for the code. Three different letters out of ten, 720 references in all,
/// each equally likely. No vowels, so no words; none that looks like a digit (B, D, G, I, L, O, Q, S, Z); none of C,
/// F and H, with which three letters spell abbreviations that no clinic wants to text.
///
/// ```
/// use medfactor::code::Reference;
/// use medfactor::entropy::OsEntropy;
///
/// let reference = Reference::draw(&OsEntropy::new())?;
/// assert!(reference.as_str().bytes().all(|letter| letter.is_ascii_uppercase()));
/// assert_eq!(reference.to_string().len(), 3);
/// # Ok::<(), medfactor::entropy::EntropyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference([u8; 3]);

impl Reference {
    /// Draws a reference.
    ///
    /// # Errors
    /// [`EntropyError`] when the source fails, or gives bytes that no working generator gives.
    pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let drawn = decimal(entropy)?;
        let mut letters = drawn
            .numbers()
            .filter_map(|number| ALPHABET.get(usize::from(number)).copied());
        let mut next = |before: &[u8]| {
            let different = letters.find(|letter| !before.contains(letter));
            different.ok_or(EntropyError)
        };
        let first = next(&[])?;
        let second = next(&[first])?;
        let third = next(&[first, second])?;
        Ok(Self([first, second, third]))
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        let [first, second, third] = letters;
        let different = first != second && second != third && first != third;
        (different && letters.iter().all(|letter| ALPHABET.contains(letter))).then_some(Self(letters))
    }
}

impl fmt::Display for Reference {
    /// The three letters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl<C> Encode<C> for Reference {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Reference {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::read(d.str()?).ok_or_else(|| minicbor::decode::Error::message("not a reference"))
    }
}

const ALPHABET: [u8; 10] = *b"JKMNPRTVWX";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::tests::{Counting, Given};
    use alloc::collections::BTreeMap;
    use alloc::format;

    #[test]
    fn letters_are_drawn_without_repeats() {
        let reference = Reference::draw(&Given(&[0, 255, 10, 1, 250, 0, 11, 9])).unwrap();
        assert_eq!(format!("{reference} {reference:?}"), "JKX Reference(JKX)");
        assert!(Reference::draw(&Given(&[7; 32])).is_err());
    }

    #[test]
    fn every_reference_is_equally_likely() {
        let entropy = Counting::default();
        let mut seen = BTreeMap::<_, u32>::new();
        for _ in 0..72_000 {
            *seen.entry(Reference::draw(&entropy).unwrap()).or_default() += 1;
        }
        assert_eq!(seen.len(), 720);
        // Expected 100 each, σ = 10.
        assert!(seen.values().all(|count| (45..=155).contains(count)));
    }

    #[test]
    fn only_a_reference_is_decoded() {
        let stored = minicbor::to_vec(Reference(*b"JKX")).unwrap();
        assert_eq!(
            minicbor::decode::<Reference>(&stored).unwrap(),
            Reference(*b"JKX")
        );
        for bad in ["", "JK", "JKXM", "jkx", "JJK", "KJK", "A1B", "JKé"] {
            let stored = minicbor::to_vec(bad).unwrap();
            assert!(minicbor::decode::<Reference>(&stored).is_err(), "{bad}");
        }
    }
}
