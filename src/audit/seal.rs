//! All heads of a practice at one time, folded into one short text that can be kept elsewhere.

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use minicbor::{Decode, Encode};

use super::{Chain, Finding, Link};
use crate::ids::{PracticeId, SubjectId};
use crate::keys::{Fingerprint, KeyId, KeyRing, Message, Use};
use crate::time::Timestamp;

/// A checkpoint of the audit trail of a practice: a Merkle root (RFC 6962, 2.1) over the head of every chain,
/// under a MAC, and tied to the seal before it.
///
/// Its text is short enough for a line of a log, a mail or a print-out.
///
/// # Security
/// It proves something only where it is kept by somebody who cannot change the database, and as long as nobody
/// has the keys and both. It holds no identifier of a person and opens nothing.
///
/// ```
/// use medfactor::audit::{Actor, Seal};
/// use medfactor::policy::Policy;
/// use medfactor::testing::Clinic;
///
/// let clinic = Clinic::new(Policy::new())?;
/// let rex = clinic.staff("rex", None, None)?;
/// pollster::block_on(async {
///     clinic.begin(&rex, None).await?;
///     let kept: String = clinic.verifier.seal(rex.practice(), &Actor::host("nightly")).await?.to_string();
///     clinic.begin(&rex, None).await?;
///
///     let seal: Seal = kept.parse().expect("the text of a seal");
///     assert_eq!((seal.number(), seal.subjects()), (1, 1));
///     assert!(clinic.verifier.verify_seal(&seal).await?.is_intact());
///     Ok::<(), medfactor::testing::Unexpected>(())
/// })?;
/// # Ok::<(), medfactor::testing::Unexpected>(())
/// ```
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Seal {
    #[n(0)]
    contents: Contents,
    #[n(1)]
    key: KeyId,
    #[cbor(n(2), with = "minicbor::bytes")]
    tag: [u8; 32],
}

/// What a seal vouches for.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Contents {
    #[n(0)]
    pub(crate) number: u64,
    #[n(1)]
    pub(crate) at: Timestamp,
    #[n(2)]
    pub(crate) practice: PracticeId,
    /// How many subjects' heads are below the root.
    #[n(3)]
    pub(crate) subjects: u64,
    /// The head of the practice's own chain, before the entry that tells of this seal.
    #[n(4)]
    pub(crate) own: Option<Link>,
    #[cbor(n(5), with = "minicbor::bytes")]
    pub(crate) root: [u8; 32],
    /// The MAC of the seal before it; zeros in the first.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub(crate) previous: [u8; 32],
    /// Names the records that hold the heads.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub(crate) series: [u8; 16],
}

impl Contents {
    fn message(&self) -> Message {
        let own = self
            .own
            .map_or_else(Vec::new, |own| leaf_bytes(&Chain::from(&self.practice), &own));
        Message::new()
            .part(&self.number.to_be_bytes())
            .part(&self.at.unix_milliseconds().to_be_bytes())
            .part(self.practice.as_str().as_bytes())
            .part(&self.subjects.to_be_bytes())
            .part(&own)
            .part(&self.root)
            .part(&self.previous)
            .part(&self.series)
    }
}

/// The head of one subject, as it is kept for one seal.
#[derive(Clone, Debug, Encode, Decode)]
pub(crate) struct Leaf {
    #[n(0)]
    pub(crate) subject: SubjectId,
    #[n(1)]
    pub(crate) head: Link,
}

/// What is hashed of the head of a chain.
pub(crate) fn leaf_bytes(chain: &Chain, head: &Link) -> Vec<u8> {
    chain
        .message()
        .part(&head.sequence().to_be_bytes())
        .part(&head.key().number().to_be_bytes())
        .part(head.tag())
        .as_bytes()
        .to_vec()
}

impl Seal {
    /// The longest text of a seal, in characters.
    pub const MAX_LENGTH: usize = 1024;

    pub(crate) fn make(keys: &KeyRing, contents: Contents) -> Self {
        let fingerprint = keys.fingerprint(Use::Seal, &contents.message());
        Self {
            contents,
            key: fingerprint.key(),
            tag: *fingerprint.tag(),
        }
    }

    /// Whether it was made with a key of the ring and is as it was made.
    pub(crate) fn is_genuine(&self, keys: &KeyRing) -> bool {
        let fingerprint = Fingerprint::from_parts(self.key, self.tag);
        keys.matches(&fingerprint, Use::Seal, &self.contents.message())
            .into()
    }

    pub(crate) const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The number of the seal within its practice, from 1 on without a gap.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.contents.number
    }

    /// When it was made.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.contents.at
    }

    /// The practice whose chains it holds.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        &self.contents.practice
    }

    /// How many subjects' heads it holds.
    #[must_use]
    pub const fn subjects(&self) -> u64 {
        self.contents.subjects
    }

    /// The Merkle root over those heads in the order of their subjects, and that of the practice's own chain.
    #[must_use]
    pub const fn root(&self) -> &[u8; 32] {
        &self.contents.root
    }

    /// The key it was made with.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The MAC: HMAC-SHA-256 under a subkey of that key.
    #[must_use]
    pub const fn tag(&self) -> &[u8; 32] {
        &self.tag
    }

    /// Whether it was made right after `previous`. A row of seals in which each follows the one before it is
    /// whole; whether it is genuine, [`verify_seal`](crate::verifier::Verifier::verify_seal) of the last tells.
    #[must_use]
    pub fn follows(&self, previous: &Self) -> bool {
        self.contents.practice == previous.contents.practice
            && Some(self.contents.number) == previous.contents.number.checked_add(1)
            && self.contents.previous == previous.tag
    }
}

const PREFIX: &str = "medfactor-seal-1.";
const ALPHABET: base32::Alphabet = base32::Alphabet::Rfc4648Lower { padding: false };

/// Why a text is not a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a seal")]
#[non_exhaustive]
pub struct SealTextError;

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Writing to a vector does not fail.
        let bytes = minicbor::to_vec(self).unwrap_or_default();
        write!(f, "{PREFIX}{}", base32::encode(ALPHABET, &bytes))
    }
}

impl FromStr for Seal {
    type Err = SealTextError;

    /// Reads what [`Display`](fmt::Display) wrote, and nothing else. Whether it is genuine, a verifier tells.
    fn from_str(text: &str) -> Result<Self, SealTextError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(SealTextError);
        }
        let body = text.strip_prefix(PREFIX).ok_or(SealTextError)?;
        let bytes = base32::decode(ALPHABET, body).ok_or(SealTextError)?;
        let seal: Self = minicbor::decode(&bytes).map_err(|_| SealTextError)?;
        // One seal has one text, so that texts can be compared.
        if alloc::format!("{seal}") == text {
            Ok(seal)
        } else {
            Err(SealTextError)
        }
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal")
            .field("number", &self.number())
            .field("at", &self.at())
            .field("practice", self.practice())
            .field("subjects", &self.subjects())
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What contradicts a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SealFindingKind {
    /// A chain is not as it was told; the finding says where.
    ChainBroken,
    /// The seal is none that this installation made.
    Forged,
    /// The heads that were kept for the seal are not those it was made over.
    HeadsChanged,
    /// The heads that were kept for the seal are gone, so no chain can be held against it.
    HeadsMissing,
    /// A chain has another entry where the sealed head was.
    HistoryChanged,
    /// A chain, and the record with it, ends before the sealed head: both were set back.
    HistoryCut,
    /// The seal was made with a key that the ring does not hold, so nothing can be said.
    KeyUnknown,
    /// The newest seal in the store is older than this one: the store was set back.
    NewestBehind,
    /// The newest seal in the store is none that this installation made, or another of the same number.
    NewestChanged,
    /// The store knows of no seal.
    NewestMissing,
    /// The seal that should be older is of another practice, or younger.
    NotOlder,
    /// The record that holds the head of a sealed chain is gone.
    RecordMissing,
}

/// The first thing that contradicts a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SealFinding {
    /// What.
    pub kind: SealFindingKind,
    /// The chain it is about, if it is about one.
    pub chain: Option<Chain>,
    /// The place in that chain, if there is one.
    pub finding: Option<Finding>,
}

impl SealFinding {
    pub(crate) const fn new(kind: SealFindingKind) -> Self {
        Self {
            kind,
            chain: None,
            finding: None,
        }
    }
}

/// What holding an audit trail against a seal showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealReport {
    pub(crate) chains: u64,
    pub(crate) broken: Option<SealFinding>,
    pub(crate) unverifiable: Option<SealFinding>,
}

impl SealReport {
    /// Whether every chain in the seal still goes through its sealed head, and every entry of it was verified.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.broken.is_none() && self.unverifiable.is_none()
    }

    /// How many chains were held against the seal; those behind the first contradiction were not.
    #[must_use]
    pub const fn chains(&self) -> u64 {
        self.chains
    }

    /// The first contradiction: subjects in their order, the practice's own chain last.
    #[must_use]
    pub const fn broken(&self) -> Option<&SealFinding> {
        self.broken.as_ref()
    }

    /// The first thing that was made with a key the ring does not hold: the seal itself, and then nothing was
    /// verified, or an entry.
    #[must_use]
    pub const fn unverifiable(&self) -> Option<&SealFinding> {
        self.unverifiable.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn seal() -> Seal {
        let keys = KeyRing::new(KeyId::new(1), *b"one key for the tests right here").unwrap();
        let contents = Contents {
            number: 1,
            at: Timestamp::MIN,
            practice: PracticeId::new("p".repeat(128)).unwrap(),
            subjects: u64::MAX,
            own: Some(Link::new(u64::MAX, KeyId::new(u32::MAX), [255; 32])),
            root: [255; 32],
            previous: [255; 32],
            series: [255; 16],
        };
        Seal::make(&keys, contents)
    }

    #[test]
    fn the_longest_text_can_be_read() {
        let text = seal().to_string();
        assert!(text.len() <= Seal::MAX_LENGTH, "{}", text.len());
        assert_eq!(text.parse(), Ok(seal()));
    }

    #[test]
    fn a_text_that_is_not_exactly_one_is_none() {
        let text = seal().to_string();
        let mut bad: Vec<String> = ["", PREFIX, "medfactor-seal-2.", " "].map(Into::into).into();
        bad.push(text.to_uppercase());
        bad.push(alloc::format!("{text}a"));
        bad.push(alloc::format!("{text} "));
        bad.push(text.chars().take(text.len() - 1).collect());
        for bad in bad {
            assert_eq!(bad.parse::<Seal>(), Err(SealTextError), "{bad}");
        }
        // Whatever letter is changed, what comes out is another seal or none, and no two texts are one seal.
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'a' { b'b' } else { b'a' };
            if let Ok(other) = String::from_utf8(changed).unwrap().parse::<Seal>() {
                assert_ne!(other, seal());
            }
        }
    }
}
