//! What staff may do for a subject. Whether an actor may is the host's to decide before it calls; the audit
//! trail says who did.

use super::work::Work;
use super::{FlowError, Scene, Step};
use crate::audit::{Event, printable};
use crate::record::{Failures, FirstUse, SubjectRecord};

/// The longest reason that is kept, in characters.
pub(super) const MAX_NOTE: usize = 256;

/// Lifts every lock of a subject: counted failures are forgotten, factors that failed too often work again, and
/// a record from a clock that ran ahead can be used. Trust and challenges do not come back; those that the clock
/// granted while it ran ahead end. An authenticator that was used meanwhile works again once the time of that
/// use has come, since its steps only go up; [`reset_authenticators`] is the way around that.
///
/// # Errors
/// [`FlowError::Entropy`]; nothing has changed.
pub fn unlock(scene: &Scene<'_>, record: Option<SubjectRecord>, why: &str) -> Result<Step<()>, FlowError> {
    let mut work = Work::open_at_any_time(scene, record);
    work.record.failures = Failures::default();
    for authenticator in &mut work.record.authenticators {
        authenticator.failures = 0;
    }
    work.tell(Event::Unlocked)?.note = Some(printable(why, MAX_NOTE));
    Ok(work.close(()))
}

/// Removes all authenticators and recovery codes of a subject: the phone is lost and nothing else is left. All
/// trust and open challenges end; where a second factor is required, the next sign-in begins with enrolment.
///
/// # Security
/// This is the door an attacker who talks well will try. Identify the person as carefully as at the first
/// enrolment (OWASP ASVS 5.0 6.4.4), and tell them through a contact on file.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn reset_authenticators(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    why: &str,
) -> Result<Step<()>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let count = work.record.authenticators.len();
    work.forget_factors();
    let entry = work.tell(Event::AuthenticatorsReset)?;
    entry.count = u32::try_from(count).ok();
    entry.note = Some(printable(why, MAX_NOTE));
    Ok(work.close(()))
}

/// Notes that the host has dealt with the subject's first use of a required second factor.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn acknowledge_first_use(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
) -> Result<Step<()>, FlowError> {
    let mut work = Work::open(scene, record)?;
    work.record.first_use = FirstUse::Done;
    work.tell(Event::FirstUseAcknowledged)?;
    Ok(work.close(()))
}
