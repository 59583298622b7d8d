//! Keyed fingerprints: what is stored of a secret that only needs to be recognised.

use alloc::vec::Vec;
use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use minicbor::{Decode, Encode};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{KeyId, KeyRing};

/// What a subkey is for. Each has a label of its own, so a value made for one use is nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Access codes: by it they are found.
    AccessCode,
    /// Entries of the audit trail, each tied to the one before it.
    Chain,
    /// Codes sent to a subject.
    Code,
    /// Destinations: opt-outs and send counts without the number or address.
    Destination,
    /// Recovery codes.
    Recovery,
    /// Seals over the chains of a practice.
    Seal,
    /// The host's own reference to a browser session.
    Session,
    /// Where wrong access codes come from.
    Source,
    /// Secrets in device tokens.
    Token,
}

impl Use {
    const fn label(self) -> &'static str {
        match self {
            Self::AccessCode => "fingerprint/access_code",
            Self::Chain => "fingerprint/chain",
            Self::Code => "fingerprint/code",
            Self::Destination => "fingerprint/destination",
            Self::Recovery => "fingerprint/recovery",
            Self::Seal => "fingerprint/seal",
            Self::Session => "fingerprint/session",
            Self::Source => "fingerprint/source",
            Self::Token => "fingerprint/token",
        }
    }
}

/// The input of a MAC: every part behind its length, so that no two lists of parts read alike.
#[derive(Clone)]
pub(crate) struct Message(Zeroizing<Vec<u8>>);

impl Message {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(160)))
    }

    #[must_use]
    pub(crate) fn part(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(..)")
    }
}

/// HMAC-SHA-256 of a value under a subkey, and the key's number. Compared in constant time only.
#[derive(Clone, Encode, Decode)]
pub struct Fingerprint {
    #[n(0)]
    key: KeyId,
    #[cbor(n(1), with = "minicbor::bytes")]
    tag: [u8; 32],
}

impl Fingerprint {
    /// What was stored apart, put together again.
    pub(crate) const fn from_parts(key: KeyId, tag: [u8; 32]) -> Self {
        Self { key, tag }
    }

    /// The key it was made with.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The 32 bytes, for use as a key of a row.
    #[must_use]
    pub const fn tag(&self) -> &[u8; 32] {
        &self.tag
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({:?})", self.key)
    }
}

impl KeyRing {
    /// The fingerprint of `message` under the current key.
    pub(crate) fn fingerprint(&self, purpose: Use, message: &Message) -> Fingerprint {
        self.fingerprint_with(self.current(), purpose, message)
    }

    /// The fingerprints of `message` under every key of the ring, the current one first.
    pub(crate) fn fingerprints<'a>(
        &'a self,
        purpose: Use,
        message: &'a Message,
    ) -> impl Iterator<Item = Fingerprint> + 'a {
        self.ids()
            .map(move |id| self.fingerprint_with(id, purpose, message))
    }

    /// Whether `fingerprint` is that of `message`. Costs the same whatever the answer; a fingerprint of a key
    /// that the ring does not hold matches nothing.
    pub(crate) fn matches(&self, fingerprint: &Fingerprint, purpose: Use, message: &Message) -> Choice {
        let held = Choice::from(u8::from(self.ids().any(|id| id == fingerprint.key)));
        let fresh = self.fingerprint_with(fingerprint.key, purpose, message);
        held & fresh.tag.ct_eq(&fingerprint.tag)
    }

    fn fingerprint_with(&self, key: KeyId, purpose: Use, message: &Message) -> Fingerprint {
        // An absent key still costs a derivation and a MAC, under zeros that match nothing: `matches` says no.
        let subkey = self
            .subkey(key, purpose.label())
            .unwrap_or_else(|| Zeroizing::new([0; 32]));
        let tag = <Hmac<Sha256> as KeyInit>::new_from_slice(subkey.as_ref())
            .map(|mac| {
                mac.chain_update(message.as_bytes())
                    .finalize()
                    .into_bytes()
                    .into()
            })
            .unwrap_or([0; 32]);
        Fingerprint { key, tag }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> KeyRing {
        KeyRing::new(KeyId::new(1), *b"one key for the tests right here").unwrap()
    }

    #[test]
    fn bypass_082_parts_do_not_run_together() {
        let ring = ring();
        let one = ring.fingerprint(Use::Code, &Message::new().part(b"ab").part(b"c"));
        assert!(!bool::from(ring.matches(
            &one,
            Use::Code,
            &Message::new().part(b"a").part(b"bc")
        )));
        assert!(!bool::from(ring.matches(
            &one,
            Use::Token,
            &Message::new().part(b"ab").part(b"c")
        )));
        assert!(bool::from(ring.matches(
            &one,
            Use::Code,
            &Message::new().part(b"ab").part(b"c")
        )));
    }

    #[test]
    fn a_retired_key_still_matches_and_a_dropped_one_does_not() {
        let message = Message::new().part(b"x");
        let old = ring().fingerprint(Use::Code, &message);
        let rotated = ring()
            .rotate(KeyId::new(2), *b"another key for the tests here..")
            .unwrap();
        assert!(bool::from(rotated.matches(&old, Use::Code, &message)));
        assert!(!bool::from(rotated.without(KeyId::new(1)).matches(
            &old,
            Use::Code,
            &message
        )));
    }
}
