//! By what right somebody changes the factors of a subject.

use super::work::Work;
use super::{FlowError, Pass, Refusal, Ticket, Why};
use crate::audit::{Event, Reason};
use crate::ids::{ChallengeId, Subject};
use crate::keys::KeyRing;
use crate::method::Method;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::record::{ChallengeRecord, ChallengeState};

/// By what right somebody changes the factors of a subject.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// A sign-in, or the wish to manage factors, waits for a first enrolment
    /// ([`Ruling::Enrol`](super::Ruling::Enrol)).
    EnrolFirst(&'a Ticket),
    /// A pass for [`Purpose::manage_authenticators`], given by a fresh factor. A remembered device does not
    /// count, and neither does a pass for something else.
    Fresh(&'a Pass),
}

impl Authority<'_> {
    /// Whom it is about.
    ///
    /// # Errors
    /// [`FlowError::Ticket`] when the ticket is not genuine.
    pub fn subject(&self, keys: &KeyRing) -> Result<Subject, FlowError> {
        match self {
            Self::EnrolFirst(ticket) => ticket.open(keys).map(|(subject, _)| subject),
            Self::Fresh(pass) => Ok(pass.subject().clone()),
        }
    }
}

/// How a change of factors or of access codes ended.
#[derive(Debug)]
#[must_use]
pub enum Managed<T> {
    /// It is done, and this came of it.
    Done(T),
    /// It was refused; nothing has changed.
    Refused(Refusal),
}

impl Work<'_> {
    /// The rules for changing factors.
    pub(super) fn management(&self) -> Effective {
        self.effective(&Purpose::manage_authenticators())
    }

    /// Whether somebody may change factors; if for a waiting sign-in, which.
    pub(super) fn authorise(
        &self,
        effective: &Effective,
        authority: &Authority<'_>,
    ) -> Result<Option<ChallengeId>, Reason> {
        if self.scene.person.is_none() || self.scene.practice.is_none() || self.record.offboarded {
            return Err(Reason::UnknownSubject);
        }
        match authority {
            Authority::EnrolFirst(ticket) => {
                let (subject, id) = ticket
                    .open(self.scene.keys)
                    .map_err(|_| Reason::UnknownChallenge)?;
                let waiting = self.waiting(id).filter(|_| subject == *self.scene.subject);
                let challenge = waiting.ok_or(Reason::UnknownChallenge)?;
                if self.now >= challenge.expires_at {
                    Err(Reason::ChallengeExpired)
                } else if !self
                    .effective(&challenge.purpose)
                    .methods()
                    .contains(Method::Totp)
                {
                    // What would be enrolled does not count for what waits.
                    Err(Reason::MethodNotAllowed)
                } else if self.has_factor(&self.effective(&challenge.purpose)) {
                    // There is a factor by now, so the password alone no longer suffices.
                    Err(Reason::ProofNotFresh)
                } else {
                    Ok(Some(id))
                }
            }
            Authority::Fresh(pass) => {
                let proved = matches!(pass.why, Why::Verified(_));
                let fresh = pass.at <= self.now && self.now.since(pass.at) < effective.management_age().get();
                let ours = pass.subject == *self.scene.subject
                    && pass.purpose.name() == Purpose::MANAGE_AUTHENTICATORS
                    && pass.epoch == self.record.epoch;
                if proved && fresh && ours {
                    Ok(None)
                } else {
                    Err(Reason::ProofNotFresh)
                }
            }
        }
    }

    pub(super) fn waiting(&self, id: ChallengeId) -> Option<&ChallengeRecord> {
        self.record.challenges.iter().find(|challenge| {
            challenge.id == id
                && challenge.state == ChallengeState::Enrolling
                && challenge.epoch == self.record.epoch
        })
    }

    pub(super) fn refuse_management<T>(
        &mut self,
        event: Event,
        reason: Reason,
    ) -> Result<Managed<T>, FlowError> {
        self.tell_why(event, reason)?;
        Ok(Managed::Refused(Refusal::new(reason)))
    }
}
