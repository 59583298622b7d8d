//! What follows from an answer: counting, locking, passing.

use alloc::vec::Vec;

use super::destination::full_until;
use super::devices::Proof;
use super::evaluate::{Addressed, Outdated, Right};
use super::work::Work;
use super::{FlowError, Rejection, Remember, Verdict, Why};
use crate::audit::{Event, Reason};
use crate::ids::AuthenticatorId;
use crate::method::{AuthenticatorKind, Method};
use crate::policy::Effective;
use crate::record::{ChallengeRecord, ChallengeState, CodeState, FirstUse};
use crate::time::Timestamp;

/// How often in a challenge a right but outdated code is answered without counting as a guess: it proves that
/// the message arrived.
const OUTDATED_FORGIVEN: u32 = 3;

/// At how many recovery codes left the person should make new ones.
const FEW_RECOVERY_CODES: usize = 2;

impl Work<'_> {
    /// Until when the subject has to wait after too many failures in a short time.
    pub(super) fn throttled_until(&self, effective: &Effective) -> Option<Timestamp> {
        let (limit, window) = (
            u32::from(effective.tries_per_subject().get()),
            effective.tries_window().get(),
        );
        full_until(&self.record.failures.recent, self.now, limit, window)
    }

    /// A right code that opens nothing any more: told apart from a wrong one, a few times.
    pub(super) fn outdated(
        &mut self,
        challenge: &ChallengeRecord,
        effective: &Effective,
        addressed: Addressed,
        length: usize,
        outdated: Outdated,
    ) -> Result<Verdict, FlowError> {
        if challenge.outdated >= OUTDATED_FORGIVEN {
            return self.failed(challenge, effective, addressed, length, None);
        }
        let reason = match outdated {
            Outdated::Expired => Reason::CodeExpired,
            Outdated::Superseded => Reason::Superseded,
            Outdated::Used => Reason::AlreadyUsed,
        };
        let newest = self.newest_code(challenge, effective).map(|info| info.reference);
        if let Some(known) = self
            .record
            .challenges
            .iter_mut()
            .find(|known| known.id == challenge.id)
        {
            known.outdated = known.outdated.saturating_add(1);
        }
        let entry = self.tell_why(Event::AttemptFailed, reason)?;
        entry.challenge = Some(challenge.id);
        entry.purpose = Some(challenge.purpose.clone());
        Ok(Verdict::Rejected(Rejection {
            newest: newest.filter(|_| outdated == Outdated::Superseded),
            attempts_left: Some(
                u32::from(effective.tries_per_challenge().get()).saturating_sub(challenge.failures),
            ),
            ..Rejection::new(reason)
        }))
    }

    /// A wrong answer: counted for the challenge, for every factor it was compared with, and for the subject.
    pub(super) fn failed(
        &mut self,
        challenge: &ChallengeRecord,
        effective: &Effective,
        addressed: Addressed,
        length: usize,
        near_miss: Option<i8>,
    ) -> Result<Verdict, FlowError> {
        let now = self.now;
        let limit = u32::from(effective.tries_per_challenge().get());
        let failures = challenge.failures.saturating_add(1);
        self.charge_factors(challenge, effective, addressed, length)?;
        self.record.failures.record(now);

        let entry = self.tell_why(Event::AttemptFailed, Reason::Wrong)?;
        entry.challenge = Some(challenge.id);
        entry.purpose = Some(challenge.purpose.clone());
        entry.method = addressed.method;
        entry.count = Some(failures);
        entry.near_miss = near_miss;

        if let Some(known) = self
            .record
            .challenges
            .iter_mut()
            .find(|known| known.id == challenge.id)
        {
            known.failures = failures;
            if failures >= limit {
                known.state = ChallengeState::Dead;
            }
        }
        let mut rejection = Rejection {
            attempts_left: Some(limit.saturating_sub(failures)),
            ..Rejection::new(Reason::Wrong)
        };
        if self.record.failures.in_a_row >= u32::from(effective.tries_in_a_row().get()) {
            self.record.failures.locked_at = Some(now);
            self.bump_epoch();
            self.tell(Event::Locked)?.count = Some(self.record.failures.in_a_row);
            rejection.attempts_left = Some(0);
        } else if let Some(until) = self.throttled_until(effective) {
            // Whoever guesses must not go on in a challenge that was begun before.
            self.kill_challenges();
            self.tell(Event::Throttled)?.until = Some(until);
            rejection.retry_at = Some(until);
            rejection.attempts_left = Some(0);
        }
        Ok(Verdict::Rejected(rejection))
    }

    /// Charges each factor that the answer was compared with, and no other (NIST SP 800-63B-4 3.2.2).
    fn charge_factors(
        &mut self,
        challenge: &ChallengeRecord,
        effective: &Effective,
        addressed: Addressed,
        length: usize,
    ) -> Result<(), FlowError> {
        let limit = u32::from(effective.tries_per_authenticator().get());
        let mut disabled: Vec<(Method, Option<AuthenticatorId>)> = Vec::new();
        let compared: Vec<Method> = self
            .comparable(challenge, effective, addressed, length)
            .iter()
            .map(|code| code.channel.into())
            .collect();
        for channel in crate::contact::Channel::ALL {
            let method = Method::from(channel);
            if compared.contains(&method)
                && let Some(count) = self.record.failures.of_mut(method)
            {
                *count = count.saturating_add(1);
                if *count == limit {
                    disabled.push((method, None));
                }
            }
        }
        if addressed.method == Some(Method::RecoveryCode)
            && let Some(count) = self.record.failures.of_mut(Method::RecoveryCode)
        {
            *count = count.saturating_add(1);
            if *count == limit {
                disabled.push((Method::RecoveryCode, None));
            }
        }
        let compared: Vec<AuthenticatorId> = self
            .comparable_authenticators(effective, addressed, length)
            .iter()
            .map(|authenticator| authenticator.id)
            .collect();
        for authenticator in &mut self.record.authenticators {
            if compared.contains(&authenticator.id) {
                authenticator.failures = authenticator.failures.saturating_add(1);
                if authenticator.failures == limit {
                    disabled.push((Method::Totp, Some(authenticator.id)));
                }
            }
        }
        for (method, authenticator) in disabled {
            let entry = self.tell(Event::AuthenticatorDisabled)?;
            entry.method = Some(method);
            entry.authenticator = authenticator;
            entry.count = Some(limit);
        }
        Ok(())
    }

    /// A right answer: the factor is spent, the challenge closed, the counters of that factor cleared.
    pub(super) fn passed(
        &mut self,
        challenge: &ChallengeRecord,
        effective: &Effective,
        right: Right,
        remember: Remember,
    ) -> Result<Verdict, FlowError> {
        if self.refuse_shared_login(effective, challenge)? {
            self.spend(challenge, right);
            return Ok(Verdict::Rejected(Rejection::new(Reason::SharedLogin)));
        }
        let (method, authenticator, kind) = self.spend(challenge, right);
        self.close_challenge(challenge, ChallengeState::Passed);
        self.record.failures.in_a_row = 0;
        if let Some(count) = self.record.failures.of_mut(method) {
            *count = 0;
        }

        let entry = self.tell(Event::Verified)?;
        entry.challenge = Some(challenge.id);
        entry.purpose = Some(challenge.purpose.clone());
        entry.method = Some(method);
        entry.authenticator = authenticator;
        entry.device = challenge.device;
        if method == Method::RecoveryCode {
            self.tell_recovery_code_used()?;
        }
        let mut pass = self.pass(&challenge.purpose, Why::Verified(method));
        pass.challenge = Some(challenge.id);
        if self.record.first_use == FirstUse::Ahead {
            // Proved of their own accord before anything was required: nothing is new to them then.
            self.record.first_use = FirstUse::Done;
        }
        self.settle_device(
            effective,
            &mut pass,
            &Proof {
                purpose: &challenge.purpose,
                method,
                kind,
                device: challenge.device,
                shared_device: challenge.shared_device,
                remember,
            },
        )?;
        Ok(Verdict::Pass(pass))
    }

    /// Uses up what was proved, so that it never opens anything again.
    fn spend(
        &mut self,
        challenge: &ChallengeRecord,
        right: Right,
    ) -> (Method, Option<AuthenticatorId>, AuthenticatorKind) {
        let now = self.now;
        match right {
            Right::Totp(id, step) => {
                let sealed = self
                    .record
                    .authenticators
                    .iter()
                    .find(|a| a.id == id)
                    .map(|a| a.secret.clone());
                let resealed = sealed.and_then(|sealed| self.reseal(&sealed, id));
                let Some(authenticator) = self.record.authenticators.iter_mut().find(|a| a.id == id) else {
                    return (Method::Totp, None, AuthenticatorKind::Unknown);
                };
                authenticator.last_step = authenticator.last_step.max(step);
                authenticator.last_used_at = Some(now);
                authenticator.failures = 0;
                if let Some(resealed) = resealed {
                    authenticator.secret = resealed;
                }
                (Method::Totp, Some(id), authenticator.kind)
            }
            Right::Recovery(place) => {
                if let Some(recovery) = &mut self.record.recovery
                    && place < recovery.unused.len()
                {
                    recovery.unused.remove(place);
                }
                // Who has lost a factor has perhaps lost a device too.
                let keep = challenge.id;
                self.bump_epoch();
                if let Some(own) = self.record.challenges.iter_mut().find(|known| known.id == keep) {
                    own.epoch = self.record.epoch;
                }
                (Method::RecoveryCode, None, AuthenticatorKind::Unknown)
            }
            Right::Bypass => {
                self.record.bypass = None;
                (Method::BypassCode, None, AuthenticatorKind::Unknown)
            }
            Right::Code(delivery, method) => {
                let known = self
                    .record
                    .challenges
                    .iter_mut()
                    .find(|known| known.id == challenge.id);
                if let Some(code) =
                    known.and_then(|known| known.codes.iter_mut().find(|c| c.delivery == delivery))
                {
                    code.state = CodeState::Spent;
                }
                (method, None, AuthenticatorKind::Unknown)
            }
        }
    }

    /// Closes a challenge; its other codes die with it.
    pub(super) fn close_challenge(&mut self, challenge: &ChallengeRecord, state: ChallengeState) {
        if let Some(known) = self
            .record
            .challenges
            .iter_mut()
            .find(|known| known.id == challenge.id)
        {
            known.state = state;
            for code in known.codes.iter_mut().filter(|code| code.state.opens()) {
                code.state = CodeState::Superseded;
            }
        }
    }

    fn tell_recovery_code_used(&mut self) -> Result<(), FlowError> {
        let left = self
            .record
            .recovery
            .as_ref()
            .map_or(0, |recovery| recovery.unused.len());
        let count = u32::try_from(left).ok();
        self.tell(Event::RecoveryCodeUsed)?.count = count;
        if left <= FEW_RECOVERY_CODES {
            self.tell(Event::RecoveryCodesLow)?.count = count;
        }
        Ok(())
    }
}
