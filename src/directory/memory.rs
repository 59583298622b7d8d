use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use std::sync::{PoisonError, RwLock};

use super::{Action, Directory, DirectoryError, Person, Practice};
use crate::audit::Actor;
use crate::ids::{PracticeId, Subject, SubjectId};

/// A directory in memory, changed at will: for tests and examples.
#[derive(Debug, Default)]
pub struct MemoryDirectory {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    practices: BTreeMap<PracticeId, Practice>,
    people: BTreeMap<Subject, Person>,
    permits: Vec<(Actor, Action)>,
}

impl MemoryDirectory {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a practice or puts it in place of the one of the same name.
    pub fn put_practice(&self, id: PracticeId, practice: Practice) {
        self.state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .practices
            .insert(id, practice);
    }

    /// Adds a person or puts them in place of the one of the same name.
    pub fn put_person(&self, person: Person) {
        let subject = person.subject().clone();
        self.state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .people
            .insert(subject, person);
    }

    /// Lets an actor do something, in every practice.
    pub fn permit(&self, actor: &Actor, action: Action) {
        self.state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .permits
            .push((actor.clone(), action));
    }

    /// Removes a person.
    pub fn remove_person(&self, subject: &Subject) {
        self.state
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .people
            .remove(subject);
    }
}

impl Directory for MemoryDirectory {
    async fn person(&self, subject: &Subject) -> Result<Option<Person>, DirectoryError> {
        let state = self.state.read().map_err(|_| DirectoryError::new())?;
        Ok(state.people.get(subject).cloned())
    }

    async fn practice(&self, practice: &PracticeId) -> Result<Option<Practice>, DirectoryError> {
        let state = self.state.read().map_err(|_| DirectoryError::new())?;
        Ok(state.practices.get(practice).cloned())
    }

    async fn people(
        &self,
        practice: &PracticeId,
        after: Option<&SubjectId>,
        limit: usize,
    ) -> Result<Vec<Person>, DirectoryError> {
        let state = self.state.read().map_err(|_| DirectoryError::new())?;
        let those = state.people.values().filter(|person| {
            person.subject().practice() == practice && after.is_none_or(|after| person.subject().id() > after)
        });
        Ok(those.take(limit).cloned().collect())
    }

    async fn may(&self, actor: &Actor, _: &PracticeId, action: Action) -> Result<bool, DirectoryError> {
        let state = self.state.read().map_err(|_| DirectoryError::new())?;
        Ok(state
            .permits
            .iter()
            .any(|(who, what)| who == actor && *what == action))
    }
}
