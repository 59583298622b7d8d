//! A code that staff give to somebody on the telephone, where the policy knows such codes.

use core::fmt;

use super::authority::Managed;
use super::staff::MAX_NOTE;
use super::work::Work;
use super::{FlowError, Refusal, Scene, Step};
use crate::audit::{Event, Reason, printable};
use crate::code::{Code, CodeLength};
use crate::ids::Subject;
use crate::keys::{Message, Use};
use crate::method::Method;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::record::{BypassRecord, SubjectRecord};
use crate::time::Timestamp;

/// How long a bypass code can be used: as long as somebody stays on the telephone.
const LIFETIME: core::time::Duration = core::time::Duration::from_secs(15 * 60);

/// A code that lets one person in once. This is the only time it is shown.
pub struct BypassCode {
    code: Code,
    expires_at: Timestamp,
}

impl BypassCode {
    /// The digits, to be read out. Keep no copy.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.code.expose()
    }

    /// Until when it can be used.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl fmt::Debug for BypassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BypassCode")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Makes a bypass code for one subject and purpose, for the reason `why` (row E23). One before it is void.
/// `permitted` is the directory's word on whether the actor may.
///
/// It is refused unless [`Method::BypassCode`] is among the methods the policy leaves, which no preset does; a mandate
/// forbids it by naming its methods. Nobody issues one for themselves. The code works once, within 15 minutes, and no device is remembered for it.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn issue_bypass_code(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    purpose: &Purpose,
    why: &str,
    permitted: bool,
) -> Result<Step<Managed<BypassCode>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.effective(purpose);
    let managed = match work.may_bypass(&effective, purpose, why, permitted) {
        Ok(()) => Managed::Done(work.draw_bypass_code(purpose, why)?),
        Err(reason) => {
            let entry = work.tell_why(Event::BypassCodeIssued, reason)?;
            entry.purpose = Some(purpose.clone());
            entry.method = Some(Method::BypassCode);
            Managed::Refused(Refusal::new(reason))
        }
    };
    Ok(work.close(managed))
}

impl Work<'_> {
    fn may_bypass(
        &self,
        effective: &Effective,
        purpose: &Purpose,
        why: &str,
        permitted: bool,
    ) -> Result<(), Reason> {
        let checks = [
            (
                !permitted || self.scene.actor.is_person(self.scene.subject.id()),
                Reason::NotPermitted,
            ),
            (
                self.scene.person.is_none() || self.scene.practice.is_none(),
                Reason::UnknownSubject,
            ),
            (self.record.offboarded, Reason::Offboarded),
            (
                !effective.methods().contains(Method::BypassCode)
                    || purpose.name() == Purpose::MANAGE_AUTHENTICATORS,
                Reason::NotAllowed,
            ),
            (self.record.failures.locked_at.is_some(), Reason::Locked),
            (printable(why, MAX_NOTE).trim().is_empty(), Reason::ReasonMissing),
        ];
        match checks.into_iter().find(|(fails, _)| *fails) {
            Some((_, reason)) => Err(reason),
            None => Ok(()),
        }
    }

    fn draw_bypass_code(&mut self, purpose: &Purpose, why: &str) -> Result<BypassCode, FlowError> {
        let scene = self.scene;
        let code = Code::draw(scene.entropy, CodeLength::BYPASS)?;
        let expires_at = self.now.saturating_add(LIFETIME);
        let message = bypass_message(scene.subject, purpose, self.now, code.expose());
        self.record.bypass = Some(BypassRecord {
            fingerprint: scene.keys.fingerprint(Use::Code, &message),
            purpose: purpose.clone(),
            issued_at: self.now,
            expires_at,
            length: CodeLength::BYPASS.digits(),
        });
        let entry = self.tell(Event::BypassCodeIssued)?;
        entry.purpose = Some(purpose.clone());
        entry.method = Some(Method::BypassCode);
        entry.until = Some(expires_at);
        entry.note = Some(printable(why, MAX_NOTE));
        Ok(BypassCode { code, expires_at })
    }

    /// The bypass code that can open a challenge for this purpose now, if there is one.
    pub(super) fn live_bypass(&self, effective: &Effective, purpose: &Purpose) -> Option<&BypassRecord> {
        let allowed = effective.methods().contains(Method::BypassCode);
        let live =
            |bypass: &&BypassRecord| allowed && bypass.purpose == *purpose && self.now < bypass.expires_at;
        self.record.bypass.as_ref().filter(live)
    }

    /// Whether a typed number is the bypass code; where the policy knows such codes one comparison is made in any
    /// case.
    pub(super) fn is_bypass(&mut self, effective: &Effective, purpose: &Purpose, typed: &str) -> bool {
        if !effective.methods().contains(Method::BypassCode) {
            return false;
        }
        let keys = self.scene.keys;
        let found = match self.live_bypass(effective, purpose) {
            Some(bypass) => {
                let message = bypass_message(self.scene.subject, purpose, bypass.issued_at, typed);
                bool::from(keys.matches(&bypass.fingerprint, Use::Code, &message))
            }
            None => {
                let message = bypass_message(self.scene.subject, purpose, self.now, typed);
                let decoy = keys.fingerprint(Use::Code, &Message::new());
                let _ = keys.matches(&decoy, Use::Code, &message);
                false
            }
        };
        self.comparisons = self.comparisons.saturating_add(1);
        found
    }
}

fn bypass_message(subject: &Subject, purpose: &Purpose, issued_at: Timestamp, digits: &str) -> Message {
    Message::new()
        .part(b"bypass")
        .part(subject.practice().as_str().as_bytes())
        .part(subject.id().as_str().as_bytes())
        .part(alloc::format!("{purpose}").as_bytes())
        .part(&issued_at.unix_milliseconds().to_be_bytes())
        .part(digits.as_bytes())
}
