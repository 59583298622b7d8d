//! Everything there is while a rehearsal runs: the real verifier, and what people and browsers hold.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use zeroize::Zeroizing;

use super::Rehearsal;
use super::arguments::Argument;
use super::file::day::OWN_DEVICE;
use super::file::people::{PersonPart, PracticePart};
use super::file::steps::Step;
use super::observed::Observed;
use super::outcomes::Outcome;
use super::surroundings::{FailingStore, Post};
use super::value::Value;
use crate::audit::{Actor, Entry, EntryQuery, Seal};
use crate::contact::Channel;
use crate::directory::MemoryDirectory;
use crate::flow::{Pass, Ticket};
use crate::ids::{AuthenticatorId, ChallengeId, DeviceId, EmergencyId, Subject, WaiverId};
use crate::keys::{KeyId, KeyRing};
use crate::method::Method;
use crate::policy::Policy;
use crate::purpose::Purpose;
use crate::store::Store;
use crate::testing::{AuthenticatorApp, ManualClock, SeededEntropy, Unexpected};
use crate::time::Timestamp;
use crate::verifier::{Error, ErrorKind, Verifier};

/// Why a step gave no answer.
pub(super) enum Halt {
    /// The verifier could not answer.
    Error(Error),
    /// There was nothing to take the step with.
    Impossible(String),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What a step comes to.
pub(super) type Played = Result<Observed, Halt>;

pub(super) fn impossible<T>(why: impl Into<String>) -> Result<T, Halt> {
    Err(Halt::Impossible(why.into()))
}

impl Halt {
    pub(super) fn observed(self) -> Observed {
        match self {
            Self::Error(error) => {
                let kind = match error.kind() {
                    ErrorKind::Clock => "clock",
                    ErrorKind::Contention => "contention",
                    ErrorKind::Directory => "directory",
                    ErrorKind::Entropy => "entropy",
                    ErrorKind::Record => "record",
                    ErrorKind::Store => "store",
                    ErrorKind::Ticket => "ticket",
                };
                Observed::new(Outcome::Error).text(super::fields::Field::Error, kind)
            }
            Self::Impossible(why) => Observed::impossible(why),
        }
    }
}

/// A challenge, or a sign-in that waits for an enrolment.
pub(super) struct Begun {
    pub(super) person: String,
    pub(super) device: String,
    pub(super) label: Option<String>,
    pub(super) id: ChallengeId,
    pub(super) ticket: Ticket,
    pub(super) purpose: Purpose,
    pub(super) enrols: bool,
    pub(super) methods: Vec<Method>,
    /// The newest message that was posted for it, by its place.
    pub(super) letter: Option<usize>,
    /// Later ones have a greater number.
    pub(super) turn: usize,
}

/// A code with a name.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) text: Zeroizing<String>,
    pub(super) reference: Option<String>,
}

/// An authenticator somebody holds.
pub(super) struct Held {
    pub(super) person: String,
    pub(super) name: String,
    pub(super) id: AuthenticatorId,
    pub(super) app: AuthenticatorApp,
    pub(super) life: Life,
}

/// Where an authenticator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Shown,
    Active,
    Removed,
}

/// A sheet of recovery codes somebody holds.
pub(super) struct SheetHeld {
    pub(super) person: String,
    pub(super) label: Option<String>,
    pub(super) lines: Vec<Zeroizing<String>>,
    pub(super) used: Vec<usize>,
}

type Checked<S> = Verifier<Arc<FailingStore<S>>, Arc<Post>, Arc<MemoryDirectory>>;

pub(super) struct Stage<'r, S> {
    pub(super) rehearsal: &'r Rehearsal,
    pub(super) clock: ManualClock,
    pub(super) clock_is_broken: bool,
    pub(super) entropy: SeededEntropy,
    pub(super) store: Arc<FailingStore<S>>,
    pub(super) post: Arc<Post>,
    pub(super) directory: Arc<MemoryDirectory>,
    pub(super) policy: Policy,
    pub(super) verifier: Checked<S>,
    pub(super) practices: BTreeMap<String, PracticePart>,
    pub(super) people: BTreeMap<String, PersonPart>,
    /// What each browser keeps for each person.
    pub(super) cookies: BTreeMap<(String, String), Zeroizing<String>>,
    /// What the library calls the devices it has seen somebody on.
    pub(super) device_ids: BTreeMap<(String, String), DeviceId>,
    /// The newest message to each person, by its place.
    pub(super) letters: BTreeMap<String, usize>,
    /// How often the cookies of a device were cleared.
    pub(super) clearings: BTreeMap<String, u32>,
    pub(super) begun: Vec<Begun>,
    pub(super) passes: Vec<(String, String, usize, Pass)>,
    pub(super) codes: BTreeMap<String, Named>,
    pub(super) held: Vec<Held>,
    pub(super) sheets: Vec<SheetHeld>,
    /// The contact versions that links carry.
    pub(super) links: BTreeMap<String, String>,
    /// Requests for emergencies: whose, by which name, and which.
    pub(super) emergencies: Vec<(String, Option<String>, EmergencyId)>,
    pub(super) waivers: Vec<(String, WaiverId)>,
    pub(super) seals: Vec<Seal>,
    turn: usize,
}

impl<'r, S: Store> Stage<'r, S> {
    pub(super) fn new(rehearsal: &'r Rehearsal, store: S) -> Result<Self, Unexpected> {
        let clock = ManualClock::at(rehearsal.start);
        let entropy = SeededEntropy::new(1);
        let store = Arc::new(FailingStore::new(store));
        let post = Post::new(clock.clone());
        let directory = Arc::new(MemoryDirectory::new());
        for practice in rehearsal.practices.values() {
            directory.put_practice(practice.id.clone(), practice.to_directory());
        }
        for person in rehearsal.people.values() {
            directory.put_person(person.to_directory());
            let actor = Actor::staff(person.subject.id().clone());
            for action in &person.may {
                directory.permit(&actor, *action);
            }
        }
        let policy = rehearsal.policy.clone();
        let verifier = build(&policy, &store, &post, &directory, &clock, &entropy)?;
        Ok(Self {
            rehearsal,
            clock,
            clock_is_broken: false,
            entropy,
            store,
            post,
            directory,
            policy,
            verifier,
            practices: rehearsal.practices.clone(),
            people: rehearsal.people.clone(),
            cookies: BTreeMap::new(),
            device_ids: BTreeMap::new(),
            letters: BTreeMap::new(),
            clearings: BTreeMap::new(),
            begun: Vec::new(),
            passes: Vec::new(),
            codes: BTreeMap::new(),
            held: Vec::new(),
            sheets: Vec::new(),
            links: BTreeMap::new(),
            emergencies: Vec::new(),
            waivers: Vec::new(),
            seals: Vec::new(),
            turn: 0,
        })
    }

    /// Puts another policy in force.
    pub(super) fn set_policy(&mut self, policy: Policy) -> Result<(), Halt> {
        let (store, post, directory) = (&self.store, &self.post, &self.directory);
        let verifier = build(&policy, store, post, directory, &self.clock, &self.entropy);
        self.verifier = verifier.map_err(|error| Halt::Impossible(error.to_string()))?;
        self.policy = policy;
        Ok(())
    }

    /// A number greater than those before.
    pub(super) fn next_turn(&mut self) -> usize {
        self.turn = self.turn.saturating_add(1);
        self.turn
    }

    /// Who takes the step.
    pub(super) fn who<'s>(&self, step: &'s Step) -> Result<&'s str, Halt> {
        step.who
            .as_deref()
            .map_or_else(|| impossible("nobody does it"), Ok)
    }

    /// Whom the step is about.
    pub(super) fn whom<'s>(&self, step: &'s Step) -> Result<&'s str, Halt> {
        match step.text(Argument::Whom) {
            Some(whom) => Ok(whom),
            None => self.who(step),
        }
    }

    pub(super) fn person(&self, name: &str) -> Result<&PersonPart, Halt> {
        match self.people.get(name) {
            Some(person) => Ok(person),
            None => impossible(format!("no person {name}")),
        }
    }

    pub(super) fn subject(&self, name: &str) -> Result<Subject, Halt> {
        self.person(name).map(|person| person.subject.clone())
    }

    /// Who is on record as having caused the step.
    pub(super) fn actor(&self, step: &Step) -> Result<Actor, Halt> {
        let Some(who) = step.who.as_deref() else {
            return Ok(Actor::host("rehearsal"));
        };
        if step.text(Argument::Whom).is_none_or(|whom| whom == who) {
            return Ok(Actor::Subject);
        }
        Ok(Actor::staff(self.person(who)?.subject.id().clone()))
    }

    /// Who decides or does something as a member of staff, even about themselves.
    pub(super) fn staff(&self, step: &Step) -> Result<Actor, Halt> {
        match step.who.as_deref() {
            Some(who) => Ok(Actor::staff(self.person(who)?.subject.id().clone())),
            None => Ok(Actor::host("rehearsal")),
        }
    }

    /// What decided, with the name the file has for a waiver in place of its identifier.
    pub(super) fn waiver_by_name(&self, decided_by: &str) -> String {
        let waiver = decided_by.strip_prefix("waiver:");
        let known = waiver.and_then(|id| self.waivers.iter().find(|(_, known)| known.to_string() == id));
        known.map_or_else(|| decided_by.into(), |(name, _)| format!("waiver:{name}"))
    }

    /// The practice a step names, or that of whom it is about, or of who takes it, or the first.
    pub(super) fn practice(&self, step: &Step) -> Result<&PracticePart, Halt> {
        let named = step
            .text(Argument::Practice)
            .and_then(|name| self.practices.get(name));
        let about = step.text(Argument::Whom).or(step.who.as_deref());
        let own = about.and_then(|name| self.people.get(name)).and_then(|person| {
            let mut all = self.practices.values();
            all.find(|practice| practice.id == *person.subject.practice())
        });
        match named.or(own).or_else(|| self.practices.values().next()) {
            Some(practice) => Ok(practice),
            None => impossible("there is no practice"),
        }
    }

    /// The device of the step.
    pub(super) fn device(&self, step: &Step) -> String {
        match (step.text(Argument::On), &step.who) {
            (Some(device), _) => device.into(),
            (None, Some(who)) => format!("{who}{OWN_DEVICE}"),
            (None, None) => OWN_DEVICE.into(),
        }
    }

    pub(super) fn purpose(&self, step: &Step) -> Purpose {
        let purpose = step
            .text(Argument::Purpose)
            .and_then(|text| Purpose::parse(text).ok());
        purpose.unwrap_or_else(Purpose::sign_in)
    }

    /// Everything in the audit trail, practice by practice, in the order of its commits.
    pub(super) async fn entries(&self) -> Result<Vec<Vec<Entry>>, Halt> {
        let mut all = Vec::new();
        for practice in self.practices.values() {
            let mut entries = Vec::new();
            let mut query = EntryQuery::practice(practice.id.clone()).limit(EntryQuery::MAX_PAGE);
            loop {
                let page = self.verifier.history(&query).await?;
                entries.extend(page.entries);
                match page.next {
                    Some(cursor) => query = query.after(cursor),
                    None => break,
                }
            }
            all.push(entries);
        }
        Ok(all)
    }
}

fn build<S: Store>(
    policy: &Policy,
    store: &Arc<FailingStore<S>>,
    post: &Arc<Post>,
    directory: &Arc<MemoryDirectory>,
    clock: &ManualClock,
    entropy: &SeededEntropy,
) -> Result<Checked<S>, Unexpected> {
    let keys = KeyRing::new(KeyId::new(1), *b"a rehearsal's key, never for use")?;
    Ok(Verifier::builder(policy.clone(), keys)
        .store(Arc::clone(store))
        .delivery(Arc::clone(post))
        .directory(Arc::clone(directory))
        .clock(clock.clone())
        .entropy(entropy.clone())
        .build()?)
}

impl Step {
    pub(super) fn text(&self, argument: Argument) -> Option<&str> {
        match self.arguments.get(&argument) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn texts(&self, argument: Argument) -> Option<&[String]> {
        match self.arguments.get(&argument) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    pub(super) fn truth(&self, argument: Argument) -> Option<bool> {
        match self.arguments.get(&argument) {
            Some(Value::Truth(truth)) => Some(*truth),
            _ => None,
        }
    }

    pub(super) fn number(&self, argument: Argument) -> Option<i64> {
        match self.arguments.get(&argument) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn span(&self, argument: Argument) -> Option<Duration> {
        match self.arguments.get(&argument) {
            Some(Value::Span(span)) => Some(*span),
            _ => None,
        }
    }

    pub(super) fn instant(&self, argument: Argument) -> Option<Timestamp> {
        match self.arguments.get(&argument) {
            Some(Value::Instant(instant)) => Some(*instant),
            _ => None,
        }
    }

    pub(super) fn channel(&self, argument: Argument) -> Option<Channel> {
        let text = self.text(argument)?;
        Channel::ALL.into_iter().find(|channel| channel.as_str() == text)
    }

    pub(super) fn method(&self, argument: Argument) -> Option<Method> {
        let text = self.text(argument)?;
        Method::ALL.into_iter().find(|method| method.as_str() == text)
    }
}
