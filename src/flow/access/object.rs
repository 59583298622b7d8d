//! Appointments: opened, joined, moved, cancelled. Each is one commit over the appointment and its codes.

use super::{
    AccessDecision, AccessWork, Appointment, MAX_AHEAD, MAX_APPOINTMENT, MAX_PARTICIPANTS, StoredObject,
    Window, may_be_opened, rules,
};
use crate::audit::{Event, Reason};
use crate::flow::work::instant;
use crate::flow::{FlowError, Managed, PracticeScene};
use crate::ids::SubjectId;
use crate::purpose::Purpose;
use crate::record::{AccessState, ObjectRecord, ParticipantRecord, WindowRecord};
use crate::time::Timestamp;

/// Opens an appointment to access codes, or adds the participants that are new. No code exists before staff reveal
/// one, so an appointment that nobody needs to be phoned about adds nothing that could be guessed.
///
/// Saying the same again changes nothing. Refused are: `sign_in` and `manage_authenticators`, and a purpose without
/// an object ([`Reason::MethodNotAllowed`]); times that are none, or over, or longer than 24 hours, or more than 366 days ahead ([`Reason::WindowNotAllowed`]); an
/// appointment that was cancelled ([`Reason::Revoked`]) or is known at another time ([`Reason::OpenAlready`]: say
/// [`reschedule`]); more than 64 participants ([`Reason::ParticipantLimit`]).
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn open_access(
    scene: &PracticeScene<'_>,
    object: Option<ObjectRecord>,
    appointment: &Appointment,
) -> Result<AccessDecision<Managed<Window>>, FlowError> {
    let purpose = &appointment.purpose;
    let now = instant(object.as_ref().map(|object| object.latest), scene.now)?;
    let mut work = AccessWork::at(scene, purpose, now);
    let window = match work.window(appointment.start, appointment.end) {
        Ok(window) if may_be_opened(purpose) && purpose.object().is_some() => window,
        Ok(_) => return work.refused(None, Reason::MethodNotAllowed),
        Err(Problem::Refused(reason)) => return work.refused(None, reason),
        Err(Problem::Failed(error)) => return Err(error),
    };
    let mut object = object.unwrap_or(ObjectRecord {
        latest: now,
        window,
        cancelled: false,
        participants: [].into(),
    });
    if object.cancelled {
        return work.refused(None, Reason::Revoked);
    }
    if (object.window.start, object.window.end) != (window.start, window.end) {
        return work.refused(None, Reason::OpenAlready);
    }
    for subject in &appointment.participants {
        if object.participants.iter().any(|known| known.subject == *subject) {
            continue;
        }
        if object.participants.len() >= MAX_PARTICIPANTS {
            work.entries.clear();
            return work.refused(Some(subject), Reason::ParticipantLimit);
        }
        object.participants.push(ParticipantRecord {
            subject: subject.clone(),
            code: None,
            sealed: None,
        });
        work.tell(Event::AccessOpened, Some(subject))?.until = Some(object.window.closes_at);
    }
    let answer = Managed::Done(shown(&object.window));
    if !work.entries.is_empty() {
        work.keep_object(object);
    }
    Ok(work.close(answer))
}

/// Cancels an appointment: every access code to it is void at once and for good. The answer says how many there
/// were; cancelling again changes nothing. It takes effect by any clock.
///
/// # Security
/// Who is in already is in: an [`Admission`](super::Admission) is the host's from the moment it was given. End the
/// session itself as well.
///
/// # Errors
/// [`FlowError::Entropy`]; nothing has changed.
pub fn cancel_object(
    scene: &PracticeScene<'_>,
    purpose: &Purpose,
    stored: StoredObject,
) -> Result<AccessDecision<Managed<usize>>, FlowError> {
    // What only closes must work by any clock.
    let mut work = AccessWork::at(scene, purpose, latest(&stored, scene.now));
    let Some(mut object) = stored.object else {
        return work.refused(None, Reason::NotFound);
    };
    if object.cancelled {
        return Ok(work.close(Managed::Done(0)));
    }
    object.cancelled = true;
    for participant in &mut object.participants {
        participant.code = None;
        participant.sealed = None;
        work.tell(Event::AccessCancelled, Some(&participant.subject))?;
    }
    if object.participants.is_empty() {
        work.tell(Event::AccessCancelled, None)?;
    }
    let count = stored.codes.len();
    work.end_codes(stored.codes, AccessState::Revoked);
    work.keep_object(object);
    Ok(work.close(Managed::Done(count)))
}

/// Removes one participant: their access code is void at once, those of the others stay. Who is added again later
/// gets another code. It takes effect by any clock.
///
/// # Security
/// As with [`cancel_object`]: show out who is in already.
///
/// # Errors
/// [`FlowError::Entropy`]; nothing has changed.
pub fn remove_participant(
    scene: &PracticeScene<'_>,
    purpose: &Purpose,
    subject: &SubjectId,
    stored: StoredObject,
) -> Result<AccessDecision<Managed<()>>, FlowError> {
    let mut work = AccessWork::at(scene, purpose, latest(&stored, scene.now));
    let Some(mut object) = stored.object else {
        return work.refused(Some(subject), Reason::NotFound);
    };
    let before = object.participants.len();
    object
        .participants
        .retain(|participant| participant.subject != *subject);
    if object.participants.len() == before {
        return work.refused(Some(subject), Reason::NotFound);
    }
    let mut codes = stored.codes;
    codes.retain(|code| code.subject == *subject);
    work.end_codes(codes, AccessState::Revoked);
    work.tell(Event::AccessRemoved, Some(subject))?;
    work.keep_object(object);
    Ok(work.close(Managed::Done(())))
}

/// Moves an appointment: the codes that were given out stay the same and work at the new time only.
///
/// Refused are: an appointment that is not known, any more ([`Reason::NotFound`]: a week after it was over) or was
/// cancelled ([`Reason::Revoked`]), and times that are none ([`Reason::WindowNotAllowed`]).
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn reschedule(
    scene: &PracticeScene<'_>,
    purpose: &Purpose,
    start: Timestamp,
    end: Timestamp,
    stored: StoredObject,
) -> Result<AccessDecision<Managed<Window>>, FlowError> {
    let now = instant(stored.object.as_ref().map(|object| object.latest), scene.now)?;
    let mut work = AccessWork::at(scene, purpose, now);
    let Some(mut object) = stored.object else {
        return work.refused(None, Reason::NotFound);
    };
    if object.cancelled {
        return work.refused(None, Reason::Revoked);
    }
    let window = match work.window(start, end) {
        Ok(window) => window,
        Err(Problem::Refused(reason)) => return work.refused(None, reason),
        Err(Problem::Failed(error)) => return Err(error),
    };
    object.window = window;
    for participant in &mut object.participants {
        // A code whose record is gone is gone.
        let known = |tag: &[u8; 32]| stored.codes.iter().any(|code| code.fingerprint.tag() == tag);
        participant.code = participant.code.take().filter(|code| known(code.tag()));
        work.tell(Event::AccessRescheduled, Some(&participant.subject))?
            .until = Some(window.closes_at);
    }
    if object.participants.is_empty() {
        work.tell(Event::AccessRescheduled, None)?.until = Some(window.closes_at);
    }
    for mut code in stored.codes {
        code.window = window;
        work.keep_code(code);
    }
    work.keep_object(object);
    Ok(work.close(Managed::Done(shown(&window))))
}

fn latest(stored: &StoredObject, now: Timestamp) -> Timestamp {
    stored
        .object
        .as_ref()
        .map_or(now, |object| object.latest.max(now))
}

const fn shown(window: &WindowRecord) -> Window {
    Window {
        opens_at: window.opens_at,
        closes_at: window.closes_at,
    }
}

enum Problem {
    Refused(Reason),
    Failed(FlowError),
}

impl AccessWork<'_> {
    fn window(&self, start: Timestamp, end: Timestamp) -> Result<WindowRecord, Problem> {
        let effective = rules(self.scene, self.purpose).map_err(Problem::Failed)?;
        let window = WindowRecord {
            start,
            end,
            opens_at: start.saturating_sub(effective.access_opens_before().get()),
            closes_at: end.saturating_add(effective.access_closes_after().get()),
        };
        let lasts = start < end && end.since(start) <= MAX_APPOINTMENT;
        let near = start <= self.now.saturating_add(MAX_AHEAD) && self.now < window.closes_at;
        if lasts && near {
            Ok(window)
        } else {
            Err(Problem::Refused(Reason::WindowNotAllowed))
        }
    }

    fn refused<T>(
        mut self,
        subject: Option<&SubjectId>,
        reason: Reason,
    ) -> Result<AccessDecision<Managed<T>>, FlowError> {
        let refusal = self.refuse(subject, reason)?;
        Ok(self.close(Managed::Refused(refusal)))
    }
}
