//! Enrolling an authenticator: its secret is shown once, and it counts once it has proved itself.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::authority::{Authority, Managed};
use super::devices::Proof;
use super::recovery::RecoveryCodes;
use super::work::Work;
use super::{FlowError, Pass, Remember, Scene, Step, Why};
use crate::audit::{Event, Reason};
use crate::code::TypedCode;
use crate::ids::{AuthenticatorId, ChallengeId};
use crate::method::{AuthenticatorKind, Method};
use crate::otp::{Check, KeyUri, Secret, Totp};
use crate::policy::Effective;
use crate::record::{AuthenticatorRecord, ChallengeRecord, ChallengeState, PendingRecord, SubjectRecord};
use crate::time::Timestamp;

/// The longest name of an authenticator, in characters.
pub(super) const MAX_NAME: usize = 64;

/// A new authenticator that has yet to prove itself. This is the only time its secret is shown.
pub struct NewAuthenticator {
    id: AuthenticatorId,
    uri: Zeroizing<String>,
    secret: Zeroizing<String>,
    expires_at: Timestamp,
}

impl NewAuthenticator {
    /// Names it.
    #[must_use]
    pub const fn id(&self) -> AuthenticatorId {
        self.id
    }

    /// The Key URI for the QR code. Make the picture yourself and never on somebody else's server; send the page
    /// with `Cache-Control: no-store`.
    #[must_use]
    pub fn key_uri(&self) -> &str {
        &self.uri
    }

    /// The secret in Base32, for typing.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Until when it can be confirmed.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl fmt::Debug for NewAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAuthenticator")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A new authenticator is active.
#[derive(Debug)]
#[non_exhaustive]
pub struct Enrolled {
    /// Names it.
    pub authenticator: AuthenticatorId,
    /// Recovery codes, if this was the first authenticator and the policy knows such codes.
    pub recovery_codes: Option<RecoveryCodes>,
    /// The pass of the sign-in that waited for it; `None` when none did, or when the policy refuses a login that
    /// looks shared.
    pub pass: Option<Pass>,
}

/// Makes a secret for a new authenticator called `name` and shows it this once. Nothing is active yet, and an
/// authenticator that exists keeps working. A second call replaces what the first one began.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn begin_enrolment(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    authority: &Authority<'_>,
    name: &str,
    kind: AuthenticatorKind,
) -> Result<Step<Managed<NewAuthenticator>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.management();
    let managed = match work.authorise(&effective, authority).and_then(|challenge| {
        work.has_room(&effective)?;
        Ok(challenge)
    }) {
        Ok(challenge) => Managed::Done(work.show_secret(&effective, challenge, name, kind)?),
        Err(reason) => work.refuse_management(Event::EnrolmentBegun, reason)?,
    };
    Ok(work.close(managed))
}

impl Work<'_> {
    fn has_room(&self, effective: &Effective) -> Result<(), Reason> {
        let limit = usize::try_from(u32::from(effective.authenticator_limit().get())).unwrap_or(usize::MAX);
        if !effective.methods().contains(Method::Totp) {
            Err(Reason::MethodNotAllowed)
        } else if self.record.authenticators.len() >= limit {
            Err(Reason::AuthenticatorLimit)
        } else {
            Ok(())
        }
    }

    fn show_secret(
        &mut self,
        effective: &Effective,
        challenge: Option<ChallengeId>,
        name: &str,
        kind: AuthenticatorKind,
    ) -> Result<NewAuthenticator, FlowError> {
        let scene = self.scene;
        let id = AuthenticatorId::draw(scene.entropy)?;
        let secret = Secret::generate(scene.entropy, effective.totp_algorithm())?;
        let totp = Totp::default()
            .with_algorithm(effective.totp_algorithm())
            .with_digits(effective.totp_digits());
        let sealed = scene
            .keys
            .seal(scene.entropy, &self.totp_place(id), secret.expose_bytes())?;
        let expires_at = self
            .now
            .saturating_add(effective.pending_enrolment_lifetime().get());
        let authenticator = AuthenticatorRecord {
            id,
            name: crate::audit::printable(name, MAX_NAME),
            kind,
            algorithm: effective.totp_algorithm(),
            digits: effective.totp_digits(),
            secret: sealed,
            added_at: self.now,
            last_step: 0,
            last_used_at: None,
            failures: 0,
        };
        self.record.pending = Some(PendingRecord {
            authenticator,
            expires_at,
            challenge,
            epoch: self.record.epoch,
        });
        let entry = self.tell(Event::EnrolmentBegun)?;
        entry.authenticator = Some(id);
        entry.challenge = challenge;
        entry.until = Some(expires_at);
        let brand = scene
            .practice
            .map(|practice| practice.brand())
            .unwrap_or_default();
        // The colon parts issuer and account in a Key URI, so neither can hold one.
        let account = scene
            .person
            .map(|person| person.account().replace(':', " "))
            .unwrap_or_default();
        Ok(NewAuthenticator {
            id,
            uri: KeyUri::new(brand, &account, &secret, totp)
                .map_err(|_| FlowError::Name)?
                .to_uri(),
            secret: secret.to_base32(),
            expires_at,
        })
    }
}

/// Makes the new authenticator active if `typed` is its code. A wrong code can be tried again until the time is over
/// or as many were wrong as one challenge bears; then enrolment begins anew with another secret. The code that confirms is spent with it.
///
/// All trust and open challenges of the subject end, for what was granted before was granted on other factors;
/// end the person's other sessions too.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn confirm_enrolment(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    authority: &Authority<'_>,
    typed: &str,
    remember: Remember,
) -> Result<Step<Managed<Enrolled>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.management();
    let managed = match work.confirmable(&effective, authority, typed) {
        Ok((pending, step)) => Managed::Done(work.activate(&effective, pending, step, remember)?),
        Err(reason) => {
            if reason == Reason::Wrong {
                work.count_wrong_confirmation(&effective);
            }
            work.refuse_management(Event::AttemptFailed, reason)?
        }
    };
    Ok(work.close(managed))
}

impl Work<'_> {
    fn confirmable(
        &self,
        effective: &Effective,
        authority: &Authority<'_>,
        typed: &str,
    ) -> Result<(PendingRecord, u64), Reason> {
        let challenge = self.authorise(effective, authority)?;
        let pending = self.record.pending.as_ref().ok_or(Reason::NoPendingEnrolment)?;
        if pending.challenge != challenge
            || pending.epoch != self.record.epoch
            || self.now >= pending.expires_at
        {
            return Err(Reason::NoPendingEnrolment);
        }
        self.has_room(effective)?;
        let typed = TypedCode::read(typed).map_err(|_| Reason::Malformed)?;
        let authenticator = &pending.authenticator;
        if typed.digits().len() != usize::from(authenticator.digits.count()) {
            return Err(Reason::Malformed);
        }
        let place = self.totp_place(authenticator.id);
        let bytes = self
            .scene
            .keys
            .open(&authenticator.secret, &place)
            .ok_or(Reason::NoPendingEnrolment)?;
        let secret = Secret::import_short(&bytes).map_err(|_| Reason::NoPendingEnrolment)?;
        let totp = Totp::default()
            .with_algorithm(authenticator.algorithm)
            .with_digits(authenticator.digits);
        match totp.check(
            &secret,
            typed.digits(),
            self.scene.now.unix_seconds(),
            effective.totp_skew(),
            None,
        ) {
            Check::Accepted { step } => Ok((pending.clone(), step)),
            Check::AlreadyUsed { .. } | Check::NoMatch => Err(Reason::Wrong),
        }
    }

    /// Whoever shares a ticket, for instance because the host names no session, could otherwise guess the code
    /// of a secret that was shown to somebody else.
    fn count_wrong_confirmation(&mut self, effective: &Effective) {
        let limit = u32::from(effective.tries_per_challenge().get());
        if let Some(pending) = &mut self.record.pending {
            pending.authenticator.failures = pending.authenticator.failures.saturating_add(1);
            if pending.authenticator.failures >= limit {
                self.record.pending = None;
            }
        }
    }

    fn activate(
        &mut self,
        effective: &Effective,
        pending: PendingRecord,
        step: u64,
        remember: Remember,
    ) -> Result<Enrolled, FlowError> {
        let id = pending.authenticator.id;
        let kind = pending.authenticator.kind;
        let waiting = pending
            .challenge
            .and_then(|challenge| self.waiting(challenge))
            .cloned();
        self.bump_epoch();
        self.record.authenticators.push(AuthenticatorRecord {
            last_step: step,
            added_at: self.now,
            last_used_at: Some(self.now),
            failures: 0,
            ..pending.authenticator
        });
        self.end_grace();
        self.tell(Event::AuthenticatorAdded)?.authenticator = Some(id);
        let wants_codes =
            self.record.recovery.is_none() && effective.methods().contains(Method::RecoveryCode);
        let recovery_codes = if wants_codes {
            Some(self.new_recovery_codes(effective)?)
        } else {
            None
        };
        let pass = match waiting {
            Some(challenge) => self.finish_waiting(&challenge, id, kind, remember)?,
            None => None,
        };
        Ok(Enrolled {
            authenticator: id,
            recovery_codes,
            pass,
        })
    }

    /// Finishes the sign-in that waited for the enrolment.
    fn finish_waiting(
        &mut self,
        challenge: &ChallengeRecord,
        authenticator: AuthenticatorId,
        kind: AuthenticatorKind,
        remember: Remember,
    ) -> Result<Option<Pass>, FlowError> {
        let effective = self.effective(&challenge.purpose);
        if self.refuse_shared_login(&effective, challenge)? {
            return Ok(None);
        }
        self.close_challenge(challenge, ChallengeState::Passed);
        let entry = self.tell(Event::Verified)?;
        entry.challenge = Some(challenge.id);
        entry.purpose = Some(challenge.purpose.clone());
        entry.method = Some(Method::Totp);
        entry.authenticator = Some(authenticator);
        entry.device = challenge.device;
        let mut pass = self.pass(&challenge.purpose, Why::Verified(Method::Totp));
        pass.challenge = Some(challenge.id);
        let proof = Proof {
            purpose: &challenge.purpose,
            method: Method::Totp,
            kind,
            device: challenge.device,
            shared_device: challenge.shared_device,
            remember,
        };
        self.settle_device(&effective, &mut pass, &proof)?;
        Ok(Some(pass))
    }
}
