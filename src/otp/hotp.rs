use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{Algorithm, Digits, Secret};

/// The code of `counter` (RFC 4226 5.3).
///
/// TOTP is this with the number of a time step as counter; see [`Totp`](super::Totp). For tokens that count
/// presses instead, the host keeps the counter and looks ahead as far as it dares (RFC 4226 7.2 and 7.4).
///
/// ```
/// use medfactor::otp::{Algorithm, Digits, Secret, hotp};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// assert_eq!(hotp(&secret, 0, Digits::DEFAULT, Algorithm::Sha1).expose(), "755224");
/// # Ok::<(), medfactor::otp::SecretError>(())
/// ```
#[must_use]
pub fn hotp(secret: &Secret, counter: u64, digits: Digits, algorithm: Algorithm) -> OtpCode {
    let key = secret.expose_bytes();
    let value = match algorithm {
        Algorithm::Sha1 => truncated::<Hmac<Sha1>>(key, counter),
        Algorithm::Sha256 => truncated::<Hmac<Sha256>>(key, counter),
        Algorithm::Sha512 => truncated::<Hmac<Sha512>>(key, counter),
    };
    OtpCode::new(value, digits)
}

/// A code as the app shows it, leading zeros included. Wiped on drop; `Debug` shows nothing of it.
pub struct OtpCode {
    /// ASCII digits, then zero bytes.
    text: Zeroizing<[u8; MAX_DIGITS]>,
    digits: Digits,
}

impl OtpCode {
    /// The last decimal digits of `value`. No value, no digits: such a code equals nothing that can be typed.
    fn new(value: Option<Zeroizing<u32>>, digits: Digits) -> Self {
        let mut text = Zeroizing::new([0; MAX_DIGITS]);
        if let Some(mut rest) = value {
            for slot in text.iter_mut().take(usize::from(digits.count())).rev() {
                // Division by a constant is a multiplication: its time does not depend on the code.
                let [.., digit] = (*rest % 10).to_be_bytes();
                *slot = b'0' | digit;
                *rest /= 10;
            }
        }
        Self { text, digits }
    }

    /// The digits. They open the door: for the screen of an authenticator and for tests, never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        let text = self
            .text
            .get(..usize::from(self.digits.count()))
            .unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }

    /// Whether these are the typed digits, in constant time.
    pub(super) fn matches(&self, typed: &Typed) -> Choice {
        self.text.ct_eq(&*typed.text) & typed.well_formed
    }
}

impl fmt::Debug for OtpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpCode(..)")
    }
}

/// What somebody typed, brought to the shape of a code. A wrong length or another character makes it match
/// nothing, and costs what a wrong code costs.
pub(super) struct Typed {
    text: Zeroizing<[u8; MAX_DIGITS]>,
    well_formed: Choice,
}

impl Typed {
    pub(super) fn new(typed: &str, digits: Digits) -> Self {
        let right_length = typed.len() == usize::from(digits.count());
        let mut text = Zeroizing::new([0; MAX_DIGITS]);
        for (slot, byte) in text.iter_mut().zip(typed.bytes()) {
            *slot = byte;
        }
        // Bytes, not characters: `char::is_numeric` would let the digits of other scripts through.
        let well_formed = right_length && typed.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            text,
            well_formed: Choice::from(u8::from(well_formed)),
        }
    }
}

const MAX_DIGITS: usize = 8;

/// HMAC of the counter, truncated to 31 bits. `None` never happens: HMAC takes keys of any length (RFC 2104 2).
fn truncated<M: Mac + KeyInit>(key: &[u8], counter: u64) -> Option<Zeroizing<u32>> {
    let mac = <M as KeyInit>::new_from_slice(key).ok()?;
    let tag = mac.chain_update(counter.to_be_bytes()).finalize().into_bytes();
    let offset = tag.last()? & 0x0f;
    // RFC 4226 5.3 reads four bytes at a place that depends on the secret. Reading all sixteen places and
    // keeping one leaves nothing for the cache to tell.
    let mut value = Zeroizing::new(0_u32);
    for (place, bytes) in (0_u8..16).zip(tag.windows(4)) {
        if let &[a, b, c, d] = bytes {
            value.conditional_assign(&u32::from_be_bytes([a & 0x7f, b, c, d]), place.ct_eq(&offset));
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn code(value: u32, digits: Digits) -> OtpCode {
        OtpCode::new(Some(Zeroizing::new(value)), digits)
    }

    fn matches(code: &OtpCode, typed: &str) -> bool {
        code.matches(&Typed::new(typed, code.digits)).into()
    }

    #[test]
    fn bypass_046_leading_zeros_are_digits() {
        assert_eq!(code(12_345, Digits::MIN).expose(), "012345");
        assert_eq!(code(0, Digits::MAX).expose(), "00000000");
        assert_eq!(code(u32::MAX, Digits::MAX).expose(), "94967295");
        assert!(matches(&code(12_345, Digits::MIN), "012345"));
        assert!(!matches(&code(12_345, Digits::MIN), "12345"));
        assert!(!matches(&code(12_345, Digits::MIN), "0012345"));
        assert!(matches(&code(0, Digits::MIN), "000000"));
    }

    #[test]
    fn bypass_047_to_052_only_the_exact_digits_match() {
        let zero = code(0, Digits::MIN);
        for typed in [
            "",
            "0",
            " ",
            "      ",
            "+00000",
            "-00000",
            "000000\n",
            " 000000",
            "00_000",
            "0x0000",
            "000000000",
            "\0\0\0\0\0\0",
            "０００",
            "٣٣٣",
            "½½½",
            "００００００",
        ] {
            assert!(!matches(&zero, typed), "{typed:?}");
        }
        assert!(!matches(&zero, &"0".repeat(1 << 20)));
    }

    #[test]
    fn bypass_050_a_code_that_was_never_made_matches_nothing() {
        let none = OtpCode::new(None, Digits::MIN);
        for typed in ["", "000000", "\0\0\0\0\0\0"] {
            assert!(!matches(&none, typed));
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", code(123_456, Digits::MIN)), "OtpCode(..)");
    }
}
