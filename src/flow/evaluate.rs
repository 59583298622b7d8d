//! Comparing what was typed with everything it could be, at the same cost whatever it is.

use alloc::vec::Vec;
use core::time::Duration;

use super::reserve::{CODE_LIFETIME_CAP, code_message};
use super::work::Work;
use crate::code::TypedCode;
use crate::ids::{AuthenticatorId, ChallengeId, DeliveryId};
use crate::keys::{Fingerprint, Message, Sealed, Use};
use crate::method::Method;
use crate::otp::{Check, NearMiss, Secret, Skew, Totp};
use crate::policy::Effective;
use crate::record::{AuthenticatorRecord, ChallengeRecord, CodeState, SentCode};
use zeroize::Zeroizing;

/// What a typed text turned out to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Finding {
    Right(Right),
    /// A right code that opens nothing any more.
    Outdated(Outdated),
    /// Nothing; perhaps so many steps away from an authenticator's code.
    Nothing(Option<i8>),
}

/// What opens a challenge.
#[derive(Clone, Copy, Debug)]
pub(super) enum Right {
    /// The code that was sent.
    Code(DeliveryId, Method),
    /// The code of an authenticator, and the time step it stands for.
    Totp(AuthenticatorId, u64),
    /// An unused recovery code, by its place.
    Recovery(usize),
    /// The code that staff have read out.
    Bypass,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outdated {
    Expired,
    Superseded,
    Used,
}

/// Which factors an answer is compared with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Addressed {
    pub(super) method: Option<Method>,
    pub(super) authenticator: Option<AuthenticatorId>,
}

impl Addressed {
    pub(super) fn includes(self, method: Method) -> bool {
        self.method.is_none_or(|addressed| addressed == method)
    }

    fn includes_authenticator(self, id: AuthenticatorId) -> bool {
        self.includes(Method::Totp) && self.authenticator.is_none_or(|addressed| addressed == id)
    }
}

impl Work<'_> {
    /// The codes of a challenge that an answer of this length is compared with.
    pub(super) fn comparable<'c>(
        &self,
        challenge: &'c ChallengeRecord,
        effective: &Effective,
        addressed: Addressed,
        length: usize,
    ) -> Vec<&'c SentCode> {
        let limit = u32::from(effective.tries_per_authenticator().get());
        challenge
            .codes
            .iter()
            .filter(|code| {
                let method = Method::from(code.channel);
                usize::from(code.length) == length
                    && addressed.includes(method)
                    && effective.methods().contains(method)
                    && self.record.failures.of(method) < limit
            })
            .collect()
    }

    /// The authenticators that an answer of this length is compared with.
    pub(super) fn comparable_authenticators(
        &self,
        effective: &Effective,
        addressed: Addressed,
        length: usize,
    ) -> Vec<&AuthenticatorRecord> {
        if !effective.methods().contains(Method::Totp) {
            return Vec::new();
        }
        let limit = u32::from(effective.tries_per_authenticator().get());
        let able = |authenticator: &&AuthenticatorRecord| {
            usize::from(authenticator.digits.count()) == length
                && authenticator.failures < limit
                && addressed.includes_authenticator(authenticator.id)
        };
        self.record.authenticators.iter().filter(able).collect()
    }

    /// Whether an answer of this length could be right at all. One that could not costs no attempt.
    pub(super) fn could_be(
        &self,
        challenge: &ChallengeRecord,
        effective: &Effective,
        addressed: Addressed,
        length: usize,
    ) -> bool {
        !self
            .comparable(challenge, effective, addressed, length)
            .is_empty()
            || !self
                .comparable_authenticators(effective, addressed, length)
                .is_empty()
            || (addressed.includes(Method::BypassCode)
                && self
                    .live_bypass(effective, &challenge.purpose)
                    .is_some_and(|bypass| usize::from(bypass.length) == length))
    }

    /// Compares a number with the codes that were sent and with the authenticators. Every comparison is made,
    /// in constant time each; decoys fill up to what the policy allows, so that a challenge without a code or
    /// a subject without an authenticator costs the same.
    pub(super) fn evaluate(
        &mut self,
        challenge: &ChallengeRecord,
        effective: &Effective,
        addressed: Addressed,
        typed: &TypedCode,
    ) -> Finding {
        let length = typed.digits().len();
        let codes = self.comparable(challenge, effective, addressed, length);
        let authenticators = self.comparable_authenticators(effective, addressed, length);

        let mut open = None;
        let mut outdated = None;
        for code in &codes {
            let message = code_message(self.scene.subject, challenge.id, code.delivery, typed.digits());
            if bool::from(self.scene.keys.matches(&code.fingerprint, Use::Code, &message)) {
                match self.standing(code, effective) {
                    None => open = Some((code.delivery, code.channel)),
                    Some(standing) => outdated = Some(standing),
                }
            }
        }
        let slots = usize::try_from(u32::from(effective.sends_per_challenge().get())).unwrap_or(0);
        for _ in codes.len()..slots.max(codes.len()) {
            self.compare_with_a_decoy_code(challenge.id, typed);
        }

        let mut step = None;
        let mut near_miss = None;
        for authenticator in &authenticators {
            match self.check_totp(authenticator, effective.totp_skew(), typed.digits()) {
                Some((Check::Accepted { step: accepted }, _)) => step = Some((authenticator.id, accepted)),
                Some((Check::AlreadyUsed { .. }, _)) => outdated = Some(Outdated::Used),
                Some((Check::NoMatch, miss)) => near_miss = near_miss.or(miss),
                None => {}
            }
        }
        if authenticators.is_empty() {
            self.check_a_decoy_totp(effective.totp_skew(), typed.digits());
        }
        let compared = slots.max(codes.len()).saturating_add(authenticators.len().max(1));
        self.comparisons = self.comparisons.saturating_add(compared);

        let is_bypass = self.is_bypass(effective, &challenge.purpose, typed.digits());
        if is_bypass && addressed.includes(Method::BypassCode) {
            return Finding::Right(Right::Bypass);
        }
        match (open, step, outdated) {
            (Some((delivery, channel)), _, _) => Finding::Right(Right::Code(delivery, channel.into())),
            (None, Some((id, step)), _) => Finding::Right(Right::Totp(id, step)),
            (None, None, Some(outdated)) => Finding::Outdated(outdated),
            (None, None, None) => Finding::Nothing(near_miss),
        }
    }

    /// Why a code that was sent opens nothing any more; `None` when it does.
    fn standing(&self, code: &SentCode, effective: &Effective) -> Option<Outdated> {
        match code.state {
            CodeState::Spent => Some(Outdated::Used),
            CodeState::Superseded => Some(Outdated::Superseded),
            // The contact has changed since: whoever holds the old one must not get in with it.
            _ if !self.is_for_today(code) => Some(Outdated::Superseded),
            _ if self.now >= accepted_until(code, effective.receipt_allowance().get()) => {
                Some(Outdated::Expired)
            }
            CodeState::Pending | CodeState::Live => None,
        }
    }

    fn check_totp(
        &self,
        authenticator: &AuthenticatorRecord,
        skew: Skew,
        typed: &str,
    ) -> Option<(Check, Option<i8>)> {
        let bytes = self
            .scene
            .keys
            .open(&authenticator.secret, &self.totp_place(authenticator.id))?;
        let secret = Secret::import_short(&bytes).ok()?;
        let totp = Totp::default()
            .with_algorithm(authenticator.algorithm)
            .with_digits(authenticator.digits);
        // The true time, not the record's: a step that was used stays used through `last_step`.
        let now = self.scene.now.unix_seconds();
        let check = totp.check(&secret, typed, now, skew, Some(authenticator.last_step));
        let near_miss = totp.near_miss(&secret, typed, now).map(NearMiss::steps);
        Some((check, near_miss))
    }

    fn check_a_decoy_totp(&self, skew: Skew, typed: &str) {
        let decoy = Zeroizing::new([0x5a; 20]);
        if let Ok(secret) = Secret::import_short(decoy.as_ref()) {
            let now = self.scene.now.unix_seconds();
            let _ = Totp::default().check(&secret, typed, now, skew, None);
            let _ = Totp::default().near_miss(&secret, typed, now);
        }
    }

    fn compare_with_a_decoy_code(&self, challenge: ChallengeId, typed: &TypedCode) {
        let nothing = DeliveryId::from_bytes([0; 16]);
        let message = code_message(self.scene.subject, challenge, nothing, typed.digits());
        let decoy: Fingerprint = self.scene.keys.fingerprint(Use::Code, &Message::new());
        let _ = self.scene.keys.matches(&decoy, Use::Code, &message);
    }

    /// Where a TOTP secret belongs: moved elsewhere, its seal does not open.
    pub(super) fn totp_place(&self, authenticator: AuthenticatorId) -> Message {
        Message::new()
            .part(b"totp")
            .part(self.scene.subject.practice().as_str().as_bytes())
            .part(self.scene.subject.id().as_str().as_bytes())
            .part(authenticator.as_bytes())
    }

    /// Seals a secret anew if that was done with a key that is no longer the current one.
    pub(super) fn reseal(&self, sealed: &Sealed, authenticator: AuthenticatorId) -> Option<Sealed> {
        if sealed.key() == self.scene.keys.current() {
            return None;
        }
        let place = self.totp_place(authenticator);
        let secret = self.scene.keys.open(sealed, &place)?;
        self.scene.keys.seal(self.scene.entropy, &place, &secret).ok()
    }
}

/// When a code stops opening: the end the page shows, a small allowance that it does not, and never past the cap.
fn accepted_until(code: &SentCode, allowance: Duration) -> crate::time::Timestamp {
    let cap = code.issued_at.saturating_add(CODE_LIFETIME_CAP);
    code.expires_at.saturating_add(allowance).min(cap)
}
