use alloc::string::String;
use alloc::vec::Vec;

use super::Entry;
use crate::ids::{PracticeId, Subject, SubjectId};
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// Which entries to read: those of one practice, in the order they were committed, page by page.
///
/// ```
/// use medfactor::audit::EntryQuery;
/// use medfactor::ids::Subject;
///
/// let rex = Subject::parse("harbour-clinic", "u-1042")?;
/// let query = EntryQuery::subject(&rex).limit(20);
/// # assert_eq!(query.page_size(), 20);
/// # Ok::<(), medfactor::ids::IdError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EntryQuery {
    pub(crate) practice: PracticeId,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) is_alone: bool,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
    pub(crate) newest_first: bool,
}

impl EntryQuery {
    /// The largest page: 1 000 entries.
    pub const MAX_PAGE: usize = 1000;
    /// The page when nothing is said: 100 entries.
    pub const DEFAULT_PAGE: usize = 100;

    /// All entries of a practice.
    #[must_use]
    pub const fn practice(practice: PracticeId) -> Self {
        Self {
            practice,
            subject: None,
            is_alone: false,
            purpose: None,
            from: None,
            until: None,
            after: None,
            limit: Self::DEFAULT_PAGE,
            newest_first: false,
        }
    }

    /// The entries of a practice that name no person.
    #[must_use]
    pub fn practice_alone(practice: PracticeId) -> Self {
        Self {
            is_alone: true,
            ..Self::practice(practice)
        }
    }

    /// All entries about one person.
    #[must_use]
    pub fn subject(subject: &Subject) -> Self {
        Self {
            subject: Some(subject.id().clone()),
            ..Self::practice(subject.practice().clone())
        }
    }

    /// Only those about one purpose and object.
    #[must_use]
    pub fn purpose(self, purpose: Purpose) -> Self {
        Self {
            purpose: Some(purpose),
            ..self
        }
    }

    /// Only those from `from` (included) to `until` (not included).
    #[must_use]
    pub fn between(self, from: Timestamp, until: Timestamp) -> Self {
        Self {
            from: Some(from),
            until: Some(until),
            ..self
        }
    }

    /// The newest commit first, and of one commit the last entry first: exactly the other way round. A cursor holds
    /// for the order it was given in.
    #[must_use]
    pub fn newest_first(self) -> Self {
        Self {
            newest_first: true,
            ..self
        }
    }

    /// Goes on after the page that gave this cursor.
    #[must_use]
    pub fn after(self, cursor: String) -> Self {
        Self {
            after: Some(cursor),
            ..self
        }
    }

    /// At most this many entries, from 1 to [`EntryQuery::MAX_PAGE`]; other numbers are pressed into that range.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self {
            limit: limit.clamp(1, Self::MAX_PAGE),
            ..self
        }
    }

    /// How many entries a page has at most.
    #[must_use]
    pub const fn page_size(&self) -> usize {
        self.limit
    }

    /// Whether the newest commit comes first.
    #[must_use]
    pub const fn is_newest_first(&self) -> bool {
        self.newest_first
    }

    /// The cursor to go on after, as a store gave it.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The practice whose entries are read: the partition of every index.
    #[must_use]
    pub const fn of_practice(&self) -> &PracticeId {
        &self.practice
    }

    /// The one person whose entries are read, if it is about one.
    #[must_use]
    pub const fn of_subject(&self) -> Option<&SubjectId> {
        self.subject.as_ref()
    }

    /// Whether only entries are read that name no person.
    #[must_use]
    pub const fn is_practice_alone(&self) -> bool {
        self.is_alone
    }

    /// Whether `entry` is asked for, leaving the page aside: the meaning of a query, for every store.
    #[must_use]
    pub fn matches(&self, entry: &Entry) -> bool {
        entry.practice == self.practice
            && self
                .subject
                .as_ref()
                .is_none_or(|subject| entry.subject.as_ref() == Some(subject))
            && !(self.is_alone && entry.subject.is_some())
            && self
                .purpose
                .as_ref()
                .is_none_or(|purpose| entry.purpose.as_ref() == Some(purpose))
            && self.from.is_none_or(|from| from <= entry.at)
            && self.until.is_none_or(|until| entry.at < until)
    }
}

/// Some entries, and where to go on.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EntryPage {
    /// The entries, oldest commit first unless the query said otherwise.
    pub entries: Vec<Entry>,
    /// The cursor for [`EntryQuery::after`]; `None` when this was the last page.
    pub next: Option<String>,
}

impl EntryPage {
    /// A page, for a store to answer with.
    #[must_use]
    pub const fn new(entries: Vec<Entry>, next: Option<String>) -> Self {
        Self { entries, next }
    }
}
