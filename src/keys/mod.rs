//! One key ring; a subkey for every use, derived with HKDF-SHA-256 (RFC 5869).

mod fingerprint;
mod sealed;

use alloc::vec::Vec;
use core::fmt;

use hkdf::Hkdf;
use minicbor::{Decode, Encode};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use fingerprint::Fingerprint;
pub(crate) use fingerprint::{Message, Use};
pub use sealed::Sealed;

/// The number by which a stored value names the key it was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct KeyId(#[n(0)] u32);

impl KeyId {
    /// The key with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Why a key ring cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// Two keys share one number.
    #[error("two keys of the ring have the same number")]
    Duplicate,
    /// More than [`KeyRing::MAX_KEYS`] keys.
    #[error("the key ring holds too many keys")]
    Many,
    /// A key of one repeated byte, as from a buffer nobody filled.
    #[error("a key consists of one repeated byte")]
    Weak,
}

/// The keys of an installation: one current, some retired.
///
/// What is new is made with the current key; what is stored names its key and is read with it as long as the
/// ring holds it. To rotate, put a new key in front and keep the old one as retired until everything has been
/// renewed: sealed TOTP secrets move to the current key at their next use, so nobody enrols again.
///
/// # Security
/// 32 bytes each, from a cryptographic generator or a key management service, kept apart from the database:
/// who holds both can read TOTP secrets and forge tokens. Dropping a retired key too early makes the factors
/// sealed with it unusable; it never makes them open. Forgetting a key of the ring also forgets the opt-outs
/// and send counts recorded under it, and what was told of under it in the audit trail can no longer be verified.
///
/// ```
/// use medfactor::keys::{KeyId, KeyRing};
///
/// let yesterday = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
/// let today = yesterday.rotate(KeyId::new(2), *b"another key of thirty-two bytes.")?;
/// assert_eq!(today.current().number(), 2);
/// assert_eq!(format!("{today:?}"), "KeyRing { current: KeyId(2), retired: [KeyId(1)] }");
/// # Ok::<(), medfactor::keys::KeyRingError>(())
/// ```
#[derive(Clone)]
pub struct KeyRing {
    /// The current key first. Never empty.
    keys: Vec<(KeyId, Zeroizing<[u8; 32]>)>,
}

impl KeyRing {
    /// How many keys a ring may hold: each retired one costs a look-up when a destination is checked.
    pub const MAX_KEYS: usize = 4;

    /// A ring of one key.
    ///
    /// # Errors
    /// [`KeyRingError::Weak`].
    pub fn new(id: KeyId, key: [u8; 32]) -> Result<Self, KeyRingError> {
        Self { keys: Vec::new() }.rotate(id, key)
    }

    /// Makes `key` the current one and retires the others, newest first.
    ///
    /// # Errors
    /// [`KeyRingError::Duplicate`], [`KeyRingError::Many`] or [`KeyRingError::Weak`].
    pub fn rotate(mut self, id: KeyId, key: [u8; 32]) -> Result<Self, KeyRingError> {
        let key = Zeroizing::new(key);
        if key.iter().all(|byte| Some(byte) == key.first()) {
            Err(KeyRingError::Weak)
        } else if self.keys.len() >= Self::MAX_KEYS {
            Err(KeyRingError::Many)
        } else if self.keys.iter().any(|(known, _)| *known == id) {
            Err(KeyRingError::Duplicate)
        } else {
            self.keys.insert(0, (id, key));
            Ok(self)
        }
    }

    /// Drops a retired key for good. The current key stays.
    #[must_use]
    pub fn without(mut self, id: KeyId) -> Self {
        let current = self.current();
        self.keys.retain(|(known, _)| *known == current || *known != id);
        self
    }

    /// The key that new values are made with.
    #[must_use]
    pub fn current(&self) -> KeyId {
        self.keys.first().map_or(KeyId(0), |(id, _)| *id)
    }

    /// All keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.keys.iter().map(|(id, _)| *id)
    }

    /// Whether the ring holds the key `id`.
    pub(crate) fn holds(&self, id: KeyId) -> bool {
        self.ids().any(|known| known == id)
    }

    /// The key for one use, derived from the key `id` of the ring; `None` when the ring does not hold it.
    fn subkey(&self, id: KeyId, label: &str) -> Option<Zeroizing<[u8; 32]>> {
        let (_, key) = self.keys.iter().find(|(known, _)| *known == id)?;
        let mut subkey = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"medfactor/1"), key.as_ref())
            .expand(label.as_bytes(), subkey.as_mut())
            .ok()?;
        Some(subkey)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let retired: Vec<_> = self.ids().skip(1).collect();
        f.debug_struct("KeyRing")
            .field("current", &self.current())
            .field("retired", &retired)
            .finish()
    }
}
