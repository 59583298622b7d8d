use alloc::string::String;

use minicbor::{Decode, Encode};

use crate::ids::SubjectId;

/// Who caused something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Actor {
    /// The subject in person.
    #[default]
    #[n(0)]
    Subject,
    /// Another person of the practice, by identifier.
    #[n(1)]
    Staff(#[n(0)] SubjectId),
    /// A program of the host: a job, a webhook.
    #[n(2)]
    Host(#[n(0)] String),
    /// The library itself, following a rule.
    #[n(3)]
    Library,
}

impl Actor {
    /// A person of the practice.
    #[must_use]
    pub const fn staff(id: SubjectId) -> Self {
        Self::Staff(id)
    }

    /// A program of the host; at most 64 characters of the name are kept.
    #[must_use]
    pub fn host(name: &str) -> Self {
        Self::Host(super::entry::printable(name, 64))
    }

    /// Whether it is this person who acts, as far as anybody can tell: nobody vouches for themselves.
    pub(crate) fn is_person(&self, id: &SubjectId) -> bool {
        match self {
            Self::Staff(actor) => actor == id,
            Self::Host(_) => false,
            Self::Subject | Self::Library => true,
        }
    }
}
