//! The token by which a browser is recognised, and the cookie that carries it.

use alloc::string::String;
use core::fmt::{self, Write};
use core::time::Duration;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::ids::{DeviceId, Subject};
use crate::keys::{KeyId, KeyRing, Message, Use};

/// What a browser presents to be recognised: `v1.KEY.DEVICE.GENERATION.MAC`.
///
/// The MAC (HMAC-SHA-256 under a subkey of the key ring) binds practice, subject, device and generation, so
/// who reads the database can make no token, and the token of one person is nothing to another. Each use gives
/// the device a new generation; a right MAC with an old generation proves that a copy is about.
pub(crate) struct DeviceToken {
    key: KeyId,
    device: DeviceId,
    generation: u32,
    mac: [u8; 32],
}

impl DeviceToken {
    /// The longest token: anything longer is not looked at.
    const MAX_LENGTH: usize = 160;

    /// The token of this generation of a device, under the current key.
    pub(crate) fn text(
        keys: &KeyRing,
        subject: &Subject,
        device: DeviceId,
        generation: u32,
    ) -> Zeroizing<String> {
        let fingerprint = keys.fingerprint(Use::Token, &message(subject, device, generation));
        let mut text = Zeroizing::new(String::with_capacity(Self::MAX_LENGTH));
        // Writing to a String does not fail.
        let _ = write!(text, "v1.{}.{device}.{generation}.", fingerprint.key().number());
        for byte in fingerprint.tag() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Reads a token; `None` for anything that could not have come from [`DeviceToken::text`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > Self::MAX_LENGTH {
            return None;
        }
        let mut parts = text.split('.');
        let (version, key, device, generation, mac) = (
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
        );
        // A device is written in small letters; in capitals it would be a second spelling of the same token.
        let is_capital = device.bytes().any(|b| b.is_ascii_uppercase());
        if version != "v1" || parts.next().is_some() || is_capital {
            return None;
        }
        // One token, one spelling: as a number the identifier would take capitals too.
        if device.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        Some(Self {
            key: KeyId::new(number(key)?),
            device: device.parse().ok()?,
            generation: number(generation)?,
            mac: bytes(mac)?,
        })
    }

    pub(crate) const fn device(&self) -> DeviceId {
        self.device
    }

    pub(crate) const fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether this library made the token for `subject`.
    pub(crate) fn is_genuine(&self, keys: &KeyRing, subject: &Subject) -> bool {
        let message = message(subject, self.device, self.generation);
        let found = keys
            .fingerprints(Use::Token, &message)
            .find(|known| known.key() == self.key);
        found.is_some_and(|fresh| bool::from(fresh.tag().ct_eq(&self.mac)))
    }
}

fn message(subject: &Subject, device: DeviceId, generation: u32) -> Message {
    Message::new()
        .part(subject.practice().as_str().as_bytes())
        .part(subject.id().as_str().as_bytes())
        .part(device.as_bytes())
        .part(&generation.to_be_bytes())
}

/// A number as the library writes it: digits only, no sign, no leading zero.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64
        || !text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    {
        return None;
    }
    let (high, low) = (text.get(..32)?, text.get(32..)?);
    let high = u128::from_str_radix(high, 16).ok()?.to_be_bytes();
    let low = u128::from_str_radix(low, 16).ok()?.to_be_bytes();
    let mut bytes = [0; 32];
    bytes
        .iter_mut()
        .zip(high.iter().chain(&low))
        .for_each(|(to, from)| *to = *from);
    Some(bytes)
}

/// The cookie that keeps a device recognised. Each person has a cookie of their own, so several people on one
/// browser do not disturb each other.
///
/// ```
/// use medfactor::ids::Subject;
/// use medfactor::trust::DeviceCookie;
///
/// let rex = Subject::parse("harbour-clinic", "u-1042")?;
/// let header = format!("theme=dark; {}=v1.token; lang=en", DeviceCookie::name_for(&rex));
/// assert_eq!(DeviceCookie::find(&header, &rex), Some("v1.token"));
/// # Ok::<(), medfactor::ids::IdError>(())
/// ```
pub struct DeviceCookie {
    name: String,
    value: Zeroizing<String>,
    max_age: Duration,
}

impl DeviceCookie {
    pub(crate) fn new(subject: &Subject, value: Zeroizing<String>, max_age: Duration) -> Self {
        Self {
            name: Self::name_for(subject),
            value,
            max_age,
        }
    }

    /// The name of a person's cookie: a hash, so that it tells nothing of the person.
    #[must_use]
    pub fn name_for(subject: &Subject) -> String {
        let message = Message::new()
            .part(b"medfactor/device-cookie")
            .part(subject.practice().as_str().as_bytes())
            .part(subject.id().as_str().as_bytes());
        let hash = Sha256::digest(message.as_bytes());
        let mut name = String::from("__Host-medfactor-");
        for byte in hash.iter().take(12) {
            let _ = write!(name, "{byte:02x}");
        }
        name
    }

    /// The value of a person's cookie in a `Cookie` request header (RFC 6265 5.4).
    #[must_use]
    pub fn find<'h>(header: &'h str, subject: &Subject) -> Option<&'h str> {
        let name = Self::name_for(subject);
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value: a bearer token. It belongs in the cookie and in no log.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// How long the browser should keep it.
    #[must_use]
    pub const fn max_age(&self) -> Duration {
        self.max_age
    }

    /// The value of a `Set-Cookie` response header, with every attribute it needs (NIST SP 800-63B-4 5.1.1):
    /// `Secure`, `HttpOnly`, `SameSite=Lax`, the whole host and no other.
    #[must_use]
    pub fn set_cookie(&self) -> String {
        alloc::format!(
            "{}={}; Max-Age={}; Path=/; Secure; HttpOnly; SameSite=Lax",
            self.name,
            self.value.as_str(),
            self.max_age.as_secs()
        )
    }
}

impl fmt::Debug for DeviceCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCookie")
            .field("max_age", &self.max_age)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::new(KeyId::new(1), *b"one key for the tests right here").unwrap()
    }

    #[test]
    fn bypass_064_a_flipped_bit_is_not_genuine() {
        let rex = Subject::parse("t1", "rex").unwrap();
        let text = DeviceToken::text(&ring(), &rex, DeviceId::from_bytes([3; 16]), 7);
        assert!(DeviceToken::parse(&text).unwrap().is_genuine(&ring(), &rex));
        for i in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.as_bytes().to_vec();
                bytes[i] ^= 1 << bit;
                let Ok(flipped) = core::str::from_utf8(&bytes) else {
                    continue;
                };
                let genuine = DeviceToken::parse(flipped).is_some_and(|t| t.is_genuine(&ring(), &rex));
                assert!(!genuine, "byte {i} bit {bit}");
            }
        }
    }

    #[test]
    fn bypass_066_the_token_of_one_person_is_nothing_to_another() {
        let rex = Subject::parse("t1", "rex").unwrap();
        let text = DeviceToken::text(&ring(), &rex, DeviceId::from_bytes([3; 16]), 7);
        let token = DeviceToken::parse(&text).unwrap();
        for other in [("t1", "ria"), ("t2", "rex"), ("t1r", "ex")] {
            assert!(!token.is_genuine(&ring(), &Subject::parse(other.0, other.1).unwrap()));
        }
    }

    #[test]
    fn the_cookie_says_all_that_a_browser_must_know() {
        let rex = Subject::parse("t1", "rex").unwrap();
        let cookie = DeviceCookie::new(
            &rex,
            Zeroizing::new(String::from("v1.x")),
            Duration::from_secs(64_800),
        );
        let header = cookie.set_cookie();
        assert!(header.starts_with("__Host-medfactor-"));
        assert!(header.ends_with("=v1.x; Max-Age=64800; Path=/; Secure; HttpOnly; SameSite=Lax"));
        assert!(!header.contains("rex"));
    }
}
