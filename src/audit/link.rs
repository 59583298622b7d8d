//! What ties each entry to the one before it.

use alloc::vec::Vec;
use core::fmt;

use minicbor::{Decode, Encode};

use super::{Entry, EntryQuery};
use crate::ids::{PracticeId, Subject};
use crate::keys::{Fingerprint, KeyId, KeyRing, Message, Use};

/// Whose entries follow each other: those about one person, or those about a practice alone.
///
/// Every person has a chain of their own, so that telling of one waits for nobody else.
///
/// ```
/// use medfactor::audit::Chain;
/// use medfactor::ids::Subject;
///
/// let rex = Subject::parse("harbour-clinic", "u-1042")?;
/// assert_eq!(Chain::from(&rex), Chain::Subject(rex));
/// # Ok::<(), medfactor::ids::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// The entries about one person.
    Subject(Subject),
    /// The entries about a practice that name no person.
    Practice(PracticeId),
}

impl Chain {
    /// The chain an entry belongs to. What the entry itself says decides, so that an entry which somebody moves to
    /// another chain is missed in its own.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        match &entry.subject {
            Some(subject) => Self::Subject(Subject::new(entry.practice.clone(), subject.clone())),
            None => Self::Practice(entry.practice.clone()),
        }
    }

    /// The practice it belongs to.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        match self {
            Self::Subject(subject) => subject.practice(),
            Self::Practice(practice) => practice,
        }
    }

    /// The query for all entries of it, in their order.
    #[must_use]
    pub fn query(&self) -> EntryQuery {
        match self {
            Self::Subject(subject) => EntryQuery::subject(subject),
            Self::Practice(practice) => EntryQuery::practice_alone(practice.clone()),
        }
    }

    /// What a MAC is told of it. The kind stands first: no person is called as a practice is.
    pub(crate) fn message(&self) -> Message {
        let (kind, name) = match self {
            Self::Subject(subject) => ("subject", subject.id().as_str()),
            Self::Practice(_) => ("practice", ""),
        };
        Message::new()
            .part(kind.as_bytes())
            .part(self.practice().as_str().as_bytes())
            .part(name.as_bytes())
    }
}

impl From<&Subject> for Chain {
    fn from(subject: &Subject) -> Self {
        Self::Subject(subject.clone())
    }
}

impl From<&PracticeId> for Chain {
    fn from(practice: &PracticeId) -> Self {
        Self::Practice(practice.clone())
    }
}

/// The place of an entry in its chain: a number, and a MAC over the entry, that number and the link before it.
///
/// The link of the newest entry stands in the record that is committed with it, as the head of the chain.
///
/// # Security
/// Without the keys nobody can make one. It opens nothing and shows nothing; a copy kept elsewhere proves later
/// that the chain once came this far.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Link {
    #[n(0)]
    sequence: u64,
    #[n(1)]
    key: KeyId,
    #[cbor(n(2), with = "minicbor::bytes")]
    tag: [u8; 32],
}

impl Link {
    /// A link that was kept elsewhere, put together again.
    ///
    /// ```
    /// use medfactor::audit::Link;
    /// use medfactor::keys::KeyId;
    ///
    /// assert_eq!(Link::new(17, KeyId::new(1), [0; 32]).sequence(), 17);
    /// ```
    #[must_use]
    pub const fn new(sequence: u64, key: KeyId, tag: [u8; 32]) -> Self {
        Self { sequence, key, tag }
    }

    /// The number of the entry within its chain, from 1 on without a gap.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The key the link was made with.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The MAC: HMAC-SHA-256 under a subkey of that key.
    #[must_use]
    pub const fn tag(&self) -> &[u8; 32] {
        &self.tag
    }

    /// The number that follows `previous`.
    pub(super) fn number_after(previous: Option<&Self>) -> u64 {
        previous.map_or(0, |link| link.sequence).saturating_add(1)
    }

    fn next(keys: &KeyRing, chain: &Chain, previous: Option<&Self>, entry: &Entry) -> Self {
        let sequence = Self::number_after(previous);
        let fingerprint = keys.fingerprint(Use::Chain, &message(chain, sequence, previous, entry));
        Self {
            sequence,
            key: fingerprint.key(),
            tag: *fingerprint.tag(),
        }
    }

    /// Whether this is the link of `entry` right behind `previous`; never under a key the ring does not hold.
    pub(super) fn fits(&self, keys: &KeyRing, chain: &Chain, previous: Option<&Self>, entry: &Entry) -> bool {
        let message = message(chain, Self::number_after(previous), previous, entry);
        let fingerprint = Fingerprint::from_parts(self.key, self.tag);
        keys.matches(&fingerprint, Use::Chain, &message).into()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}, {:?})", self.sequence, self.key)
    }
}

/// Ties `entries` to the chain that ends in `head`, and moves the head to the last of them.
pub(crate) fn append(keys: &KeyRing, chain: &Chain, head: &mut Option<Link>, entries: &mut [Entry]) {
    for entry in entries {
        debug_assert_eq!(Chain::of(entry), *chain);
        let link = Link::next(keys, chain, head.as_ref(), entry);
        entry.link = Some(link);
        *head = Some(link);
    }
}

fn message(chain: &Chain, sequence: u64, previous: Option<&Link>, entry: &Entry) -> Message {
    chain
        .message()
        .part(&sequence.to_be_bytes())
        .part(previous.map_or(&[], |link| &link.tag))
        .part(&encoding(entry))
}

/// The entry without its link, as bytes. Fields that are absent at the end leave no trace, so an entry reads
/// the same to a version that knows more fields.
fn encoding(entry: &Entry) -> Vec<u8> {
    let bare;
    let entry = if entry.link.is_some() {
        bare = Entry {
            link: None,
            ..entry.clone()
        };
        &bare
    } else {
        entry
    };
    let mut bytes = Vec::with_capacity(192);
    // Writing to a vector does not fail.
    let _ = minicbor::encode(entry, &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Event;
    use crate::ids::EntryId;
    use crate::time::Timestamp;

    fn keys() -> KeyRing {
        KeyRing::new(KeyId::new(1), *b"one key for the tests right here").unwrap()
    }

    fn entry() -> Entry {
        let practice = PracticeId::new("t1").unwrap();
        Entry::new(
            EntryId::from_bytes([1; 16]),
            Timestamp::MIN,
            practice,
            Event::OptedIn,
        )
    }

    /// The bytes of an entry as the first version wrote them: if they change, no older chain verifies.
    #[test]
    fn the_encoding_of_an_entry_stands() {
        let hex: alloc::string::String = encoding(&entry())
            .iter()
            .map(|byte| alloc::format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, "8750010101010101010101010101010101010100627431f6820080182a");
    }

    #[test]
    fn a_link_holds_for_one_place_only() {
        let (keys, mut entries) = (keys(), [entry(), entry()]);
        let chain = Chain::Practice(PracticeId::new("t1").unwrap());
        let mut head = None;
        append(&keys, &chain, &mut head, &mut entries);
        let [first, second] = entries;
        let (one, two) = (first.link.unwrap(), second.link.unwrap());
        assert_eq!((one.sequence(), two.sequence(), head), (1, 2, Some(two)));
        assert!(one.fits(&keys, &chain, None, &first));
        assert!(two.fits(&keys, &chain, Some(&one), &second));
        assert!(!two.fits(&keys, &chain, None, &second));
        assert!(!one.fits(&keys, &chain, Some(&two), &first));
        let elsewhere = Chain::Practice(PracticeId::new("t2").unwrap());
        assert!(!one.fits(&keys, &elsewhere, None, &first));
        let person = Chain::Subject(Subject::parse("t1", "u-1").unwrap());
        assert!(!one.fits(&keys, &person, None, &first));
        let other = KeyRing::new(KeyId::new(1), *b"another key of the same number..").unwrap();
        assert!(!one.fits(&other, &chain, None, &first));
    }
}
