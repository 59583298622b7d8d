//! Sealing: what is stored of a secret that must be read again.

use alloc::vec::Vec;
use core::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use super::{KeyId, KeyRing, Message};
use crate::entropy::{self, Entropy, EntropyError};

/// A secret under XChaCha20-Poly1305, bound to its place: moved to another practice, subject or authenticator
/// it does not open.
#[derive(Clone, Encode, Decode)]
pub struct Sealed {
    #[n(0)]
    key: KeyId,
    #[cbor(n(1), with = "minicbor::bytes")]
    nonce: [u8; 24],
    #[cbor(n(2), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

impl Sealed {
    /// The key it was sealed with.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// Key number, nonce and ciphertext in a row: for tokens.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.ciphertext.len().saturating_add(28));
        bytes.extend_from_slice(&self.key.number().to_be_bytes());
        bytes.extend_from_slice(&self.nonce);
        bytes.extend_from_slice(&self.ciphertext);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk::<4>()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<24>()?;
        Some(Self {
            key: KeyId::new(u32::from_be_bytes(*key)),
            nonce: *nonce,
            ciphertext: ciphertext.to_vec(),
        })
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({:?})", self.key)
    }
}

impl KeyRing {
    /// Seals `plaintext` under the current key, bound to `place`.
    pub(crate) fn seal(
        &self,
        entropy: &dyn Entropy,
        place: &Message,
        plaintext: &[u8],
    ) -> Result<Sealed, EntropyError> {
        let key = self.current();
        let nonce: [u8; 24] = entropy::bytes(entropy)?;
        let ciphertext = self
            .cipher(key)
            .and_then(|cipher| {
                cipher
                    .encrypt(
                        &XNonce::from(nonce),
                        Payload {
                            msg: plaintext,
                            aad: place.as_bytes(),
                        },
                    )
                    .ok()
            })
            .ok_or(EntropyError)?;
        Ok(Sealed {
            key,
            nonce,
            ciphertext,
        })
    }

    /// Opens what was sealed for `place`; `None` when the key is gone, the place is another or a bit is wrong.
    pub(crate) fn open(&self, sealed: &Sealed, place: &Message) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload {
            msg: &sealed.ciphertext,
            aad: place.as_bytes(),
        };
        let plaintext = self
            .cipher(sealed.key)?
            .decrypt(&XNonce::from(sealed.nonce), payload)
            .ok()?;
        Some(Zeroizing::new(plaintext))
    }

    fn cipher(&self, key: KeyId) -> Option<XChaCha20Poly1305> {
        let subkey = self.subkey(key, "seal")?;
        XChaCha20Poly1305::new_from_slice(subkey.as_ref()).ok()
    }
}
