//! Somebody answers a challenge.

use alloc::string::String;
use core::fmt;
use zeroize::Zeroizing;

use super::evaluate::{Addressed, Finding};
use super::recovery::RecoveryText;
use super::work::Work;
use super::{FlowError, Rejection, Remember, Scene, Step, Verdict};
use crate::audit::{Event, Reason};
use crate::code::TypedCode;
use crate::ids::{AuthenticatorId, ChallengeId};
use crate::method::Method;
use crate::policy::Effective;
use crate::record::{ChallengeRecord, ChallengeState, SubjectRecord};

/// What a person typed, and what they meant by it if the page knows.
///
/// ```
/// use medfactor::flow::{Answer, Remember};
/// use medfactor::method::Method;
///
/// let answer = Answer::new("485 739").method(Method::Totp).remember(Remember::Yes);
/// assert!(!format!("{answer:?}").contains("739"));
/// ```
#[derive(Clone)]
pub struct Answer {
    pub(super) typed: Zeroizing<String>,
    pub(super) addressed: Addressed,
    pub(super) remember: Remember,
}

impl Answer {
    /// What was typed, as it came. It is compared with everything it could be.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        // More than any code can be is not kept, let alone looked at.
        let kept: String = typed.chars().take(Self::MAX_LENGTH.saturating_add(1)).collect();
        Self {
            typed: Zeroizing::new(kept),
            addressed: Addressed::default(),
            remember: Remember::No,
        }
    }

    /// The longest text that is looked at, in characters.
    pub const MAX_LENGTH: usize = 64;

    /// It is meant for this method alone, and a failure counts against it alone.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.addressed.method = Some(method);
        self
    }

    /// It comes from this authenticator alone, and a failure counts against it alone.
    #[must_use]
    pub fn authenticator(mut self, id: AuthenticatorId) -> Self {
        self.addressed = Addressed {
            method: Some(Method::Totp),
            authenticator: Some(id),
        };
        self
    }

    /// Whether the person wants the device remembered.
    #[must_use]
    pub fn remember(mut self, remember: Remember) -> Self {
        self.remember = remember;
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("remember", &self.remember)
            .finish_non_exhaustive()
    }
}

/// What the text was read as.
enum Typed {
    Number(TypedCode),
    Recovery(RecoveryText),
    Malformed,
}

impl Typed {
    fn read(answer: &Answer) -> Self {
        let recovery = || RecoveryText::read(&answer.typed).map_or(Self::Malformed, Self::Recovery);
        match answer.addressed.method {
            Some(Method::RecoveryCode) => recovery(),
            Some(_) => TypedCode::read(&answer.typed).map_or(Self::Malformed, Self::Number),
            None => TypedCode::read(&answer.typed).map_or_else(|_| recovery(), Self::Number),
        }
    }
}

/// Judges an answer.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`]; the caller denies.
pub fn submit(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    challenge: ChallengeId,
    answer: &Answer,
) -> Result<Step<Verdict>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let verdict = work.judge(challenge, answer)?;
    Ok(work.close(verdict))
}

impl Work<'_> {
    pub(super) fn judge(&mut self, id: ChallengeId, answer: &Answer) -> Result<Verdict, FlowError> {
        let found = self
            .record
            .challenges
            .iter()
            .find(|challenge| challenge.id == id)
            .cloned();
        let known = found.is_some();
        let challenge = found.unwrap_or_else(|| decoy(id));
        let effective = self.effective(&challenge.purpose);
        if known && let Err((reason, retry_at)) = self.may_answer(&challenge, &effective) {
            return self.refuse(
                &challenge,
                Rejection {
                    retry_at,
                    ..Rejection::new(reason)
                },
            );
        }
        let mut addressed = answer.addressed;
        let mut length = 0;
        let finding = match Typed::read(answer) {
            Typed::Malformed => return self.refuse(&challenge, Rejection::new(Reason::Malformed)),
            Typed::Recovery(text) => {
                addressed.method = Some(Method::RecoveryCode);
                if !self.has_recovery_codes(&effective) {
                    return self.refuse(&challenge, Rejection::new(Reason::Malformed));
                }
                self.find_recovery_code(&text)
            }
            Typed::Number(typed) => {
                length = typed.len();
                // A code of a length that nothing has is no guess. For an unknown challenge the length says
                // nothing, and it is refused below like a wrong one.
                if known && !self.could_be(&challenge, &effective, addressed, length) {
                    return self.refuse(&challenge, Rejection::new(Reason::Malformed));
                }
                self.evaluate(&challenge, &effective, addressed, &typed)
            }
        };
        if !known {
            return self.refuse(&challenge, Rejection::new(Reason::UnknownChallenge));
        }
        match finding {
            Finding::Outdated(outdated) => self.outdated(&challenge, &effective, addressed, length, outdated),
            Finding::Nothing(near_miss) => self.failed(&challenge, &effective, addressed, length, near_miss),
            Finding::Right(right) => self.passed(&challenge, &effective, right, answer.remember),
        }
    }

    /// Whether a challenge takes answers at all; where it does not, nothing is compared.
    fn may_answer(
        &self,
        challenge: &ChallengeRecord,
        effective: &Effective,
    ) -> Result<(), (Reason, Option<crate::time::Timestamp>)> {
        if self.scene.person.is_none() || self.scene.practice.is_none() {
            return Err((Reason::UnknownSubject, None));
        }
        if self.record.failures.locked_at.is_some() {
            return Err((Reason::Locked, None));
        }
        let void = self.record.offboarded || challenge.epoch != self.record.epoch;
        if void && challenge.state != ChallengeState::Passed {
            return Err((Reason::Revoked, None));
        }
        match challenge.state {
            ChallengeState::Passed => return Err((Reason::AlreadyUsed, None)),
            ChallengeState::Dead => {
                let until = self.throttled_until(effective);
                return Err((
                    if until.is_some() {
                        Reason::Throttled
                    } else {
                        Reason::ChallengeDead
                    },
                    until,
                ));
            }
            ChallengeState::Enrolling => return Err((Reason::NoPendingEnrolment, None)),
            ChallengeState::Open => {}
        }
        if self.now >= challenge.expires_at {
            return Err((Reason::ChallengeExpired, None));
        }
        if let Some(until) = self.throttled_until(effective) {
            return Err((Reason::Throttled, Some(until)));
        }
        // The limit may have come down since the last wrong answer.
        if challenge.failures >= u32::from(effective.tries_per_challenge().get()) {
            return Err((Reason::ChallengeDead, None));
        }
        Ok(())
    }

    fn refuse(&mut self, challenge: &ChallengeRecord, rejection: Rejection) -> Result<Verdict, FlowError> {
        let entry = self.tell_why(Event::AttemptFailed, rejection.reason())?;
        entry.challenge = Some(challenge.id);
        entry.purpose = Some(challenge.purpose.clone());
        Ok(Verdict::Rejected(rejection))
    }
}

/// Stands in for a challenge nobody has begun, so that looking for it costs what judging one does.
fn decoy(id: ChallengeId) -> ChallengeRecord {
    ChallengeRecord {
        id,
        purpose: crate::purpose::Purpose::sign_in(),
        device: None,
        session: None,
        epoch: 0,
        state: ChallengeState::Dead,
        begun_at: crate::time::Timestamp::MIN,
        expires_at: crate::time::Timestamp::MIN,
        failures: 0,
        sends: 0,
        codes: alloc::vec::Vec::new(),
        outdated: 0,
        shared_device: false,
        link: None,
        contacts: None,
    }
}

/// Gives a challenge up. The answer says whether one was open.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`].
pub fn cancel(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    challenge: ChallengeId,
) -> Result<Step<bool>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let mut challenges = work.record.challenges.iter_mut();
    let open = challenges.find(|known| known.id == challenge && known.state.is_open());
    let was_open = open.is_some();
    if let Some(open) = open {
        open.state = ChallengeState::Dead;
    }
    let entry = work.tell(Event::Cancelled)?;
    entry.challenge = Some(challenge);
    entry.reason = (!was_open).then_some(Reason::ChallengeDead);
    Ok(work.close(was_open))
}
