use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base32::Alphabet;
use zeroize::Zeroizing;

use super::Algorithm;
use crate::entropy::{Entropy, EntropyError};

/// Why bytes or a text cannot be a secret. It never repeats them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Not Base32 as RFC 4648 6 defines it: another character, a length that no bytes encode to, bits left over
    /// or padding that does not fit.
    #[error("the secret is not base32")]
    Base32,
    /// More than [`Secret::MAX_BYTES`].
    #[error("the secret is too long")]
    Long,
    /// Fewer than [`Secret::MIN_BYTES`], or where the name says `short` than [`Secret::MIN_SHORT_BYTES`].
    #[error("the secret is too short")]
    Short,
    /// One repeated byte, as from a buffer nobody filled or a placeholder such as `AAAAAAAA`.
    #[error("the secret consists of one repeated byte")]
    Weak,
}

/// The key that an authenticator app and the server share. Wiped on drop, never printed, never compared.
///
/// ```
/// use medfactor::otp::{Secret, SecretError};
///
/// // As somebody reads it off a letter: groups, lower case.
/// let secret = Secret::parse_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")?;
/// assert_eq!(secret.expose_bytes(), b"12345678901234567890");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
///
/// // 80 bits, as some older systems hand out: only where the call says so.
/// assert_eq!(Secret::parse_base32("JBSWY3DPEHPK3PXP").err(), Some(SecretError::Short));
/// assert!(Secret::parse_base32_short("JBSWY3DPEHPK3PXP").is_ok());
/// # Ok::<(), SecretError>(())
/// ```
///
/// # Security
/// Whoever reads it can make every future code. Store it sealed (RFC 6238 5.1), show it once, at enrolment.
/// What this type owns is wiped; copies inside the HMAC of a running check live on the stack until overwritten.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The fewest bytes: 160 bits, the length RFC 4226 4 (R6) recommends and above the 112 bits of strength of
    /// NIST SP 800-63B-4 3.1.4.1.
    pub const MIN_BYTES: usize = 20;
    /// The fewest bytes of a secret that another system drew: 80 bits, as early authenticator apps used. Below
    /// the 128 bits that RFC 4226 4 (R6) demands: replace such secrets when their owner next enrols.
    pub const MIN_SHORT_BYTES: usize = 10;
    /// The most bytes: one block of SHA-512. HMAC hashes longer keys down, so more would add nothing.
    pub const MAX_BYTES: usize = 128;

    /// Draws as many bytes as the HMAC puts out: 20, 32 or 64 (RFC 6238 5.1).
    ///
    /// # Errors
    /// [`EntropyError`] when the source fails, or gives one repeated byte and so plainly did not fill the buffer.
    pub fn generate(entropy: &dyn Entropy, algorithm: Algorithm) -> Result<Self, EntropyError> {
        let length = match algorithm {
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        };
        let mut bytes = Zeroizing::new(alloc::vec![0; length]);
        entropy.fill(&mut bytes)?;
        Self::checked(bytes, Self::MIN_BYTES).map_err(|_| EntropyError)
    }

    /// Takes 20 to 128 bytes that a cryptographic generator made.
    ///
    /// # Errors
    /// [`SecretError::Long`], [`SecretError::Short`] or [`SecretError::Weak`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        Self::checked(Zeroizing::new(bytes.to_vec()), Self::MIN_BYTES)
    }

    /// Takes 10 to 128 bytes: for secrets that another system drew and that people already carry.
    ///
    /// # Errors
    /// [`SecretError::Long`], [`SecretError::Short`] or [`SecretError::Weak`].
    ///
    /// # Security
    /// Short secrets are weaker than the standards ask for ([`Secret::MIN_SHORT_BYTES`]): whoever has seen a few
    /// codes can try keys offline, where no limit on guesses helps. Never make new ones.
    pub fn import_short(bytes: &[u8]) -> Result<Self, SecretError> {
        Self::checked(Zeroizing::new(bytes.to_vec()), Self::MIN_SHORT_BYTES)
    }

    /// Reads Base32 (RFC 4648 6) of 20 to 128 bytes.
    ///
    /// As people type it: upper or lower case, white space and hyphens anywhere, with or without the padding at
    /// the end. Otherwise strictly, so that exactly one sequence of letters stands for one secret.
    ///
    /// # Errors
    /// [`SecretError`] by variant.
    pub fn parse_base32(text: &str) -> Result<Self, SecretError> {
        Self::checked(decode(text)?, Self::MIN_BYTES)
    }

    /// Reads Base32 of 10 to 128 bytes; see [`Secret::import_short`] for when to.
    ///
    /// # Errors
    /// [`SecretError`] by variant.
    pub fn parse_base32_short(text: &str) -> Result<Self, SecretError> {
        Self::checked(decode(text)?, Self::MIN_SHORT_BYTES)
    }

    /// The bytes: for sealing and for the HMAC.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret in upper-case Base32 without padding: what is typed into an app that cannot read the picture.
    #[must_use]
    pub fn to_base32(&self) -> Zeroizing<String> {
        encode(&self.0)
    }

    fn checked(bytes: Zeroizing<Vec<u8>>, fewest: usize) -> Result<Self, SecretError> {
        if bytes.len() < fewest {
            Err(SecretError::Short)
        } else if bytes.len() > Self::MAX_BYTES {
            Err(SecretError::Long)
        } else if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            Err(SecretError::Weak)
        } else {
            Ok(Self(bytes))
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// RFC 4648 6, padding handled here.
const BASE32: Alphabet = Alphabet::Rfc4648 { padding: false };
/// The letters that stand for five bytes.
const GROUP: usize = 8;
/// More text than any secret needs, however it is spaced; keeps hostile input from costing memory.
const MAX_TEXT: usize = 1024;

/// Five bytes at a time into a buffer of the final size, so that nothing grows and leaves a copy behind.
fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(
        bytes.len().div_ceil(5).saturating_mul(GROUP),
    ));
    for chunk in bytes.chunks(5) {
        text.push_str(&Zeroizing::new(base32::encode(BASE32, chunk)));
    }
    text
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    if text.len() > MAX_TEXT {
        return Err(SecretError::Long);
    }
    let mut letters = Zeroizing::new(String::with_capacity(text.len()));
    letters.extend(
        text.chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase()),
    );
    let body = letters.trim_end_matches('=');
    // Padding fills the last group and never makes one of its own; that it is as long as the last group needs
    // follows, because the lengths the body may have are checked below.
    let padding = letters.len().saturating_sub(body.len());
    if padding != 0 && (padding >= GROUP || !letters.len().is_multiple_of(GROUP)) {
        return Err(SecretError::Base32);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(body.len()));
    for chunk in body.as_bytes().chunks(GROUP) {
        let chunk = core::str::from_utf8(chunk).map_err(|_| SecretError::Base32)?;
        let part = Zeroizing::new(base32::decode(BASE32, chunk).ok_or(SecretError::Base32)?);
        bytes.extend_from_slice(&part);
    }
    // The decoder accepts impossible lengths and drops left-over bits: only what encodes back is Base32.
    if encode(&bytes).as_str() == body {
        Ok(bytes)
    } else {
        Err(SecretError::Base32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn base32_is_strict_where_the_decoder_is_not() {
        for text in [
            "M",
            "MZ",
            "MYA",
            "MYAAAA",
            "MY=====",
            "MY=",
            "MY==",
            "=Y======",
            "AA=AAAAA",
            "MY==A===",
            "========",
            "MY======MY======",
            "MY======\u{3d}=======",
            "M1",
            "M8",
            "MÄ",
            "ＭＹ",
            "MY\0",
        ] {
            assert_eq!(decode(text).err(), Some(SecretError::Base32), "{text:?}");
        }
    }

    #[test]
    fn base32_is_read_as_people_type_it() {
        for text in [
            "MZXW6YTB",
            "mzxw6ytb",
            " mzxw 6ytb\n",
            "MZXW-6YTB",
            "MZ XW\u{a0}6Y-TB",
        ] {
            assert_eq!(decode(text).unwrap().as_slice(), b"fooba", "{text:?}");
        }
        for (text, bytes) in [
            ("", ""),
            ("MY", "f"),
            ("MY======", "f"),
            ("my== ==-==", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("MZXW6YTBOI======", "foobar"),
        ] {
            assert_eq!(decode(text).unwrap().as_slice(), bytes.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn bypass_099_lengths_are_bounded() {
        let bytes: [u8; 129] = core::array::from_fn(|i| u8::try_from(i).unwrap());
        assert_eq!(Secret::from_bytes(&bytes[..19]).err(), Some(SecretError::Short));
        assert!(Secret::from_bytes(&bytes[..20]).is_ok());
        assert!(Secret::from_bytes(&bytes[..128]).is_ok());
        assert_eq!(Secret::from_bytes(&bytes).err(), Some(SecretError::Long));
        assert_eq!(Secret::import_short(&bytes[..9]).err(), Some(SecretError::Short));
        assert!(Secret::import_short(&bytes[..10]).is_ok());
        assert_eq!(Secret::import_short(&bytes).err(), Some(SecretError::Long));
        assert_eq!(Secret::import_short(&[]).err(), Some(SecretError::Short));
        assert_eq!(
            Secret::parse_base32(&"AB".repeat(600)).err(),
            Some(SecretError::Long)
        );
    }

    #[test]
    fn a_secret_nobody_drew_is_refused() {
        assert_eq!(Secret::from_bytes(&[0; 20]).err(), Some(SecretError::Weak));
        assert_eq!(
            Secret::parse_base32_short("AAAAAAAAAAAAAAAA").err(),
            Some(SecretError::Weak)
        );

        #[derive(Debug)]
        struct Unfilled;
        impl Entropy for Unfilled {
            fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
                Ok(())
            }
        }
        assert_eq!(
            Secret::generate(&Unfilled, Algorithm::Sha1).err(),
            Some(EntropyError)
        );
    }

    #[test]
    fn a_failing_source_makes_no_secret() {
        #[derive(Debug)]
        struct Failing;
        impl Entropy for Failing {
            fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
                if let [first, ..] = destination {
                    *first = 1;
                }
                Err(EntropyError)
            }
        }
        for algorithm in Algorithm::ALL {
            assert_eq!(Secret::generate(&Failing, algorithm).err(), Some(EntropyError));
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
