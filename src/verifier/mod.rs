//! The driver: reads the clock, asks the directory, loads, lets the `flow` decide, commits, sends.
//!
//! The only asynchronous code, and it needs no runtime: it awaits what the host's store, directory and delivery
//! return and starts nothing of its own. Dropping a future stops it between two steps; what was committed stays.

mod access;
mod assist;
mod builder;
mod decide;
mod drive;
mod error;
mod manage;
mod sending;
mod staff;
mod trail;

use alloc::boxed::Box;
use core::fmt;

pub use builder::{BuildError, Builder};
pub use error::{Error, ErrorKind};
pub use staff::{PracticeReadiness, Requirements};

use crate::audit::{Actor, Reason};
use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::entropy::Entropy;
use crate::flow::{self, Answer, Begin, Rejection, Remember, Ruling, Ticket, Verdict};
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::store::Store;
use crate::time::Clock;

/// Decides, for one installation, whether a person who has passed a first factor must pass a second one, and
/// checks it.
///
/// Share it by reference or in an `Arc`; every method takes `&self`. Two verifiers over one store agree with
/// each other, in one process or in many.
///
/// An `Err` means that no answer was reached: deny. A wrong code is never an `Err`.
pub struct Verifier<S, D, P> {
    policy: Policy,
    keys: KeyRing,
    store: S,
    delivery: D,
    directory: P,
    clock: Box<dyn Clock>,
    entropy: Box<dyn Entropy>,
}

impl Verifier<(), (), ()> {
    /// Starts with what every installation must decide: its policy and its keys.
    #[must_use]
    pub fn builder(policy: Policy, keys: KeyRing) -> Builder<(), (), ()> {
        Builder::new(policy, keys)
    }
}

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Rules whether this person must prove a second factor for this purpose.
    ///
    /// Asking again while a challenge is open gives the same challenge, and nothing is sent by asking. One load
    /// and one commit.
    ///
    /// # Errors
    /// [`Error`]: no ruling was reached; deny.
    pub async fn begin(&self, request: Begin) -> Result<Ruling, Error> {
        self.drive(
            &request.subject,
            &Actor::Subject,
            |scene, record, destinations| flow::begin(scene, record, destinations, &request),
        )
        .await
    }

    /// Judges what a person typed. The same as [`answer`](Self::answer) for a page that does not know more.
    ///
    /// # Security
    /// The ticket says whom it is about, and the page brought it: compare [`Pass::subject`](flow::Pass::subject) and
    /// [`Pass::purpose`](flow::Pass::purpose) with what the waiting session is for.
    ///
    /// # Errors
    /// [`Error`]: no verdict was reached; deny. Whether the code was used up is not known; a new one is needed
    /// if it is refused next time.
    pub async fn submit(&self, ticket: &Ticket, typed: &str, remember: Remember) -> Result<Verdict, Error> {
        self.answer(ticket, Answer::new(typed).remember(remember)).await
    }

    /// Judges an answer. One load and one commit, for a right answer as for a wrong one.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub async fn answer(&self, ticket: &Ticket, answer: Answer) -> Result<Verdict, Error> {
        let Ok((subject, challenge)) = ticket.open(&self.keys) else {
            return Ok(Verdict::Rejected(Rejection::new(Reason::UnknownChallenge)));
        };
        self.drive(&subject, &Actor::Subject, |scene, record, _| {
            flow::submit(scene, record, challenge, &answer)
        })
        .await
    }

    /// Gives a challenge up: its codes open nothing any more. The answer says whether it was open.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the challenge is still open.
    pub async fn cancel(&self, ticket: &Ticket) -> Result<bool, Error> {
        let Ok((subject, challenge)) = ticket.open(&self.keys) else {
            return Ok(false);
        };
        self.drive(&subject, &Actor::Subject, |scene, record, _| {
            flow::cancel(scene, record, challenge)
        })
        .await
    }

    /// The policy in force.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The same verifier under another policy. What was granted under the old one is judged by the new one: it
    /// can end sooner, never later.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }
}

impl<S: fmt::Debug, D: fmt::Debug, P: fmt::Debug> fmt::Debug for Verifier<S, D, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.keys)
            .field("store", &self.store)
            .field("delivery", &self.delivery)
            .field("directory", &self.directory)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
