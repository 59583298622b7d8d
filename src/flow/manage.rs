//! The authenticators a subject has: listing, renaming, removing.

use alloc::string::String;
use alloc::vec::Vec;

use super::authority::{Authority, Managed};
use super::enrol::MAX_NAME;
use super::work::Work;
use super::{FlowError, Scene, Step};
use crate::audit::{Event, Reason};
use crate::ids::AuthenticatorId;
use crate::method::AuthenticatorKind;
use crate::policy::{Effective, Requirement};
use crate::purpose::Purpose;
use crate::record::SubjectRecord;
use crate::time::Timestamp;

/// An authenticator of a subject, as a page may list it. There is no way to its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthenticatorSummary {
    /// Names it.
    pub id: AuthenticatorId,
    /// What its owner calls it.
    pub name: String,
    /// What it runs on, as its owner says.
    pub kind: AuthenticatorKind,
    /// Since when it is active.
    pub added_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// Failures since its last success.
    pub failures: u32,
}

/// The active authenticators of a subject.
#[must_use]
pub fn authenticators(record: &SubjectRecord) -> Vec<AuthenticatorSummary> {
    let summary = |authenticator: &crate::record::AuthenticatorRecord| AuthenticatorSummary {
        id: authenticator.id,
        name: authenticator.name.clone(),
        kind: authenticator.kind,
        added_at: authenticator.added_at,
        last_used_at: authenticator.last_used_at,
        failures: authenticator.failures,
    };
    record.authenticators.iter().map(summary).collect()
}

/// Gives an authenticator another name.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn rename_authenticator(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    authority: &Authority<'_>,
    id: AuthenticatorId,
    name: &str,
) -> Result<Step<Managed<()>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.management();
    let managed = match work.authorise(&effective, authority).and_then(|_| work.find(id)) {
        Ok(()) => {
            if let Some(known) = work.record.authenticators.iter_mut().find(|known| known.id == id) {
                known.name = crate::audit::printable(name, MAX_NAME);
            }
            work.tell(Event::AuthenticatorRenamed)?.authenticator = Some(id);
            Managed::Done(())
        }
        Err(reason) => work.refuse_management(Event::AuthenticatorRenamed, reason)?,
    };
    Ok(work.close(managed))
}

/// Removes an authenticator; its codes are worthless from now on. All trust and open challenges end. The last
/// factor stays as long as the policy requires one at sign-in.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn remove_authenticator(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    authority: &Authority<'_>,
    id: AuthenticatorId,
) -> Result<Step<Managed<()>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.management();
    let managed = match work
        .authorise(&effective, authority)
        .and_then(|_| work.may_remove(id))
    {
        Ok(()) => {
            work.record.authenticators.retain(|known| known.id != id);
            if work.record.authenticators.is_empty() {
                // Recovery codes stand in for an authenticator; without one they stand for nothing.
                work.record.recovery = None;
            }
            work.bump_epoch();
            work.tell(Event::AuthenticatorRemoved)?.authenticator = Some(id);
            Managed::Done(())
        }
        Err(reason) => work.refuse_management(Event::AuthenticatorRemoved, reason)?,
    };
    Ok(work.close(managed))
}

impl Work<'_> {
    fn find(&self, id: AuthenticatorId) -> Result<(), Reason> {
        let known = self.record.authenticators.iter().any(|known| known.id == id);
        if known { Ok(()) } else { Err(Reason::NotFound) }
    }

    fn may_remove(&self, id: AuthenticatorId) -> Result<(), Reason> {
        self.find(id)?;
        let sign_in: Effective = self.effective(&Purpose::sign_in());
        let is_last = self.record.authenticators.len() == 1 && !self.has_contact(&sign_in);
        if is_last && sign_in.requirement() == Requirement::Required {
            Err(Reason::LastAuthenticator)
        } else {
            Ok(())
        }
    }
}
