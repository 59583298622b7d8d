//! What somebody typed, where it came from, and where to look for it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::misses::PARTS;
use super::reveal::{code_keys, code_message};
use crate::code::{Malformed, TypedCode};
use crate::directory::Person;
use crate::flow::FlowError;
use crate::ids::{PracticeId, Subject, SubjectId};
use crate::keys::{KeyRing, Message, Use};
use crate::policy::AccessCodeLength;
use crate::purpose::Purpose;
use crate::record::{AccessCodeRecord, MissesRecord, RecordKey, SourcesRecord, SubjectRecord};

/// Where an attempt comes from, as the host sees it: an address, or a block of addresses.
///
/// Wrong codes are counted for each source and kept under a keyed fingerprint, so no address is stored. Take the
/// address from the connection or from a proxy you trust, never from a header a visitor can write; of an IPv6
/// address take the /64, since whoever has one address has them all.
///
/// ```
/// use medfactor::flow::access::Source;
///
/// let source = Source::new("203.0.113.7");
/// assert_eq!(format!("{source:?}"), "Source(..)");
/// // Attempts of which nothing is known share one count.
/// assert_eq!(Source::unknown(), Source::new(""));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// The source of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// Nothing is known of it.
    #[must_use]
    pub fn unknown() -> Self {
        Self::new("")
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(..)")
    }
}

/// One attempt to get in with an access code.
#[derive(Clone)]
pub struct AccessAttempt {
    pub(crate) practice: PracticeId,
    pub(super) door: Purpose,
    typed: Zeroizing<String>,
    source: Source,
}

impl AccessAttempt {
    /// At the door `door` of a practice (`video_join`, whatever the appointment) somebody typed this.
    #[must_use]
    pub fn new(practice: &PracticeId, door: Purpose, typed: &str, source: Source) -> Self {
        // More than any code can be is not kept.
        let kept: String = typed
            .chars()
            .take(crate::flow::Answer::MAX_LENGTH.saturating_add(1))
            .collect();
        Self {
            practice: practice.clone(),
            door,
            typed: Zeroizing::new(kept),
            source,
        }
    }

    /// Where to look for the code and for the misses so far.
    ///
    /// # Errors
    /// [`Malformed`] for what can be no access code: 8 to 10 digits are one. It was compared with nothing, so it
    /// costs nothing and is written nowhere.
    pub fn lookup(&self, keys: &KeyRing) -> Result<Lookup, Malformed> {
        let typed = TypedCode::read(&self.typed)?;
        let digits = u8::try_from(typed.len()).map_err(|_| Malformed)?;
        AccessCodeLength::new(digits).map_err(|_| Malformed)?;
        let codes = code_keys(
            keys,
            &self.practice,
            &code_message(&self.practice, typed.digits()),
        );
        let message = Message::new()
            .part(self.practice.as_str().as_bytes())
            .part(self.source.0.as_bytes());
        let sources = keys.fingerprints(Use::Source, &message).map(|fingerprint| {
            let [first, ..] = *fingerprint.tag();
            let name = alloc::format!("{}.{first:02x}", fingerprint.key().number());
            SourceKey {
                key: RecordKey::Sources(self.practice.clone(), name),
                tag: *fingerprint.tag(),
            }
        });
        let sources: Vec<SourceKey> = sources.collect();
        let second = sources.first().map_or(0, |source| {
            let [_, second, ..] = source.tag;
            second
        });
        let part = |number| RecordKey::Misses(self.practice.clone(), alloc::format!("{number}"));
        Ok(Lookup {
            codes,
            sources,
            misses: (0..PARTS).map(part).collect(),
            part: usize::from(second % PARTS),
        })
    }
}

impl fmt::Debug for AccessAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessAttempt")
            .field("practice", &self.practice)
            .field("door", &self.door)
            .finish_non_exhaustive()
    }
}

/// Where to look for a code and for the misses so far. As many places for a right code as for a wrong one.
#[derive(Debug)]
pub struct Lookup {
    /// One for each key of the ring, the current one first.
    pub(super) codes: Vec<RecordKey>,
    /// One for each key of the ring, the current one first.
    pub(super) sources: Vec<SourceKey>,
    pub(super) misses: Vec<RecordKey>,
    /// In which of those this source is counted.
    pub(super) part: usize,
}

pub(super) struct SourceKey {
    pub(super) key: RecordKey,
    pub(super) tag: [u8; 32],
}

impl fmt::Debug for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

impl Lookup {
    /// The codes these digits would be.
    #[must_use]
    pub fn codes(&self) -> &[RecordKey] {
        &self.codes
    }

    /// The records this source may be counted in.
    pub fn sources(&self) -> impl Iterator<Item = &RecordKey> + '_ {
        self.sources.iter().map(|source| &source.key)
    }

    /// The records the practice's misses are counted in.
    #[must_use]
    pub fn misses(&self) -> &[RecordKey] {
        &self.misses
    }
}

/// What was found in the places of a [`Lookup`], in the same order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// Under [`Lookup::codes`].
    pub codes: Vec<Option<AccessCodeRecord>>,
    /// Under [`Lookup::sources`].
    pub sources: Vec<Option<SourcesRecord>>,
    /// Under [`Lookup::misses`].
    pub misses: Vec<Option<MissesRecord>>,
}

impl Found {
    /// What was found.
    #[must_use]
    pub const fn new(
        codes: Vec<Option<AccessCodeRecord>>,
        sources: Vec<Option<SourcesRecord>>,
        misses: Vec<Option<MissesRecord>>,
    ) -> Self {
        Self {
            codes,
            sources,
            misses,
        }
    }
}

impl Found {
    /// Whom the digits belong to, whether or not they open anything; somebody who does not exist when they belong to
    /// nobody. Load that record as well: then looking costs the same, whatever was typed.
    ///
    /// # Errors
    /// Never, but for a bug: [`FlowError::Name`].
    pub fn owner(&self, practice: &PracticeId) -> Result<Subject, FlowError> {
        let code = self.codes.iter().flatten().next();
        let id = match code {
            Some(code) => code.subject.clone(),
            None => SubjectId::new("(nobody)").map_err(|_| FlowError::Name)?,
        };
        Ok(Subject::new(practice.clone(), id))
    }
}

/// What is known of the person a right code belongs to, now.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Known {
    /// What the directory says; `None` when it knows no such person.
    pub person: Option<Person>,
    /// What is stored.
    pub record: Option<SubjectRecord>,
}

impl Known {
    /// What the directory says and what is stored.
    #[must_use]
    pub const fn new(person: Option<Person>, record: Option<SubjectRecord>) -> Self {
        Self { person, record }
    }
}
