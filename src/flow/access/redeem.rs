//! Somebody nobody knows types an access code.

use super::misses::{misses_in_an_hour, practice_waits_until, source_waits_until};
use super::{
    AccessAttempt, AccessDecision, AccessWork, Admission, Found, Known, Lookup, Redemption, Window,
    may_be_opened, rules, window_today,
};
use crate::audit::{Event, Reason};
use crate::directory::Person;
use crate::flow::work::instant;
use crate::flow::{FlowError, PracticeScene, Rejection};
use crate::ids::Subject;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::record::{AccessCodeRecord, AccessState, RecordKey, SubjectRecord};
use crate::time::Timestamp;

/// Whom to look up before [`redeem`]: the owner of the code, if it is one that works now. `None` for every other.
///
/// # Errors
/// [`FlowError::ClockBehind`]; the caller denies.
pub fn find_owner(
    scene: &PracticeScene<'_>,
    attempt: &AccessAttempt,
    lookup: &Lookup,
    found: &Found,
) -> Result<Option<Subject>, FlowError> {
    let judged = judge(scene, attempt, lookup, found)?;
    let works = judged.verdict.is_ok() && scene.practice.is_some();
    let code = judged.code.filter(|_| works);
    Ok(code.map(|code| Subject::new(scene.id.clone(), code.subject.clone())))
}

/// Judges an access code.
///
/// Unknown, expired, replaced, void, not yet open, of another door: the public text is the same, and so is the work.
/// The exact reason stands in the audit trail. A source with too many misses waits, even with a right code; so does
/// everybody at a practice with very many, and neither costs or changes anything.
///
/// # Errors
/// [`FlowError`]; the caller denies.
pub fn redeem(
    scene: &PracticeScene<'_>,
    attempt: &AccessAttempt,
    lookup: &Lookup,
    found: &Found,
    known: Option<&Known>,
) -> Result<AccessDecision<Redemption>, FlowError> {
    let judged = judge(scene, attempt, lookup, found)?;
    let door = attempt.door.clone();
    let purpose = judged.code.map_or(&door, |code| &code.purpose);
    let mut work = AccessWork::at(scene, purpose, judged.now);
    let window = judged.verdict.and_then(|window| {
        let is_here = is_present(scene, judged.code, known);
        is_here.map(|()| window).map_err(Refused::Miss)
    });
    match (window, judged.code) {
        (Ok(window), Some(code)) => {
            let mut code = code.clone();
            code.redeemed = code.redeemed.saturating_add(1);
            let entry = work.tell(Event::AccessRedeemed, Some(&code.subject))?;
            entry.until = Some(window.closes_at);
            entry.count = Some(code.redeemed);
            let admission = Admission {
                subject: Subject::new(scene.id.clone(), code.subject.clone()),
                purpose: code.purpose.clone(),
                at: judged.now,
                window,
            };
            work.keep_code(code);
            // Written over what was read: of many attempts at once from one source, those behind the limit are judged
            // again, the right one too.
            work.touch_source(lookup, found);
            Ok(work.close(Redemption::Admitted(admission)))
        }
        (Err(Refused::Wait(reason, until)), _) => {
            let rejection = Rejection::of_stranger(reason).until(until);
            Ok(work.close(Redemption::Rejected(rejection)))
        }
        // A practice that does not exist gets no records.
        (Err(_), _) if scene.practice.is_none() => {
            let rejection = Rejection::of_stranger(Reason::UnknownSubject);
            Ok(work.close(Redemption::Rejected(rejection)))
        }
        (missed, code) => {
            let reason = match missed {
                Err(Refused::Miss(reason)) => reason,
                _ => Reason::Wrong,
            };
            let entry = work.tell(Event::AccessRefused, code.map(|code| &code.subject))?;
            entry.reason = Some(reason);
            work.count_miss(lookup, found, &judged.effective)?;
            if let (Some(code), Reason::WindowOver) = (code, reason) {
                // So that a clock that steps back does not find it open again.
                work.keep_code(code.clone());
            }
            Ok(work.close(Redemption::Rejected(Rejection::of_stranger(reason))))
        }
    }
}

/// Why a code is not accepted, and whether that counts as a miss.
enum Refused {
    Wait(Reason, Timestamp),
    Miss(Reason),
}

struct Judged<'a> {
    code: Option<&'a AccessCodeRecord>,
    verdict: Result<Window, Refused>,
    effective: Effective,
    now: Timestamp,
}

fn judge<'a>(
    scene: &PracticeScene<'_>,
    attempt: &AccessAttempt,
    lookup: &Lookup,
    found: &'a Found,
) -> Result<Judged<'a>, FlowError> {
    let effective = rules(scene, &attempt.door)?;
    let waits = wait(lookup, found, &effective, scene.now);
    let mut codes = lookup.codes.iter().zip(&found.codes).filter_map(|(key, code)| {
        let code = code.as_ref()?;
        (RecordKey::access_code(scene.id, &code.fingerprint) == *key).then_some(code)
    });
    let code = match (codes.next(), codes.next()) {
        // The same digits twice, under two keys: nobody knows whose they are.
        (Some(_), Some(_)) | (None, _) => None,
        (one, None) => one,
    };
    // By a clock that is far behind, a code is as good as none, and answered so.
    let (now, is_behind) = match (&waits, code) {
        (None, Some(code)) => match instant(Some(code.latest), scene.now) {
            Ok(now) => (now, false),
            Err(_) => (scene.now, true),
        },
        _ => (scene.now, false),
    };
    let verdict = match (waits, code) {
        (Some((reason, until)), _) => Err(Refused::Wait(reason, until)),
        (None, None) => Err(Refused::Miss(Reason::Wrong)),
        (None, Some(_)) if is_behind => Err(Refused::Miss(Reason::Revoked)),
        (None, Some(code)) => {
            // What was said of this one thing holds at every door that leads to it.
            let own = rules(scene, &code.purpose)?;
            opens(code, &attempt.door, &own, now).map_err(Refused::Miss)
        }
    };
    Ok(Judged {
        code: code.filter(|_| !matches!(verdict, Err(Refused::Wait(..)))),
        verdict,
        effective,
        now,
    })
}

fn wait(
    lookup: &Lookup,
    found: &Found,
    effective: &Effective,
    now: Timestamp,
) -> Option<(Reason, Timestamp)> {
    if misses_in_an_hour(found, now) >= effective.access_limit().get() {
        return Some((Reason::GuessingLimit, practice_waits_until(found, now)));
    }
    source_waits_until(lookup, found, effective, now).map(|until| (Reason::Throttled, until))
}

fn opens(
    code: &AccessCodeRecord,
    door: &Purpose,
    effective: &Effective,
    now: Timestamp,
) -> Result<Window, Reason> {
    let window = window_today(&code.window, effective);
    let is_this_door = code.purpose.name() == door.name()
        && door
            .object()
            .is_none_or(|object| code.purpose.object() == Some(object));
    match code.state {
        _ if !may_be_opened(door) => Err(Reason::MethodNotAllowed),
        _ if !is_this_door => Err(Reason::Wrong),
        AccessState::Superseded => Err(Reason::Superseded),
        AccessState::Revoked => Err(Reason::Revoked),
        AccessState::Live if now < window.opens_at => Err(Reason::TooEarly),
        AccessState::Live if now >= window.closes_at => Err(Reason::WindowOver),
        AccessState::Live => Ok(window),
    }
}

/// Whether the owner of a code is somebody the practice has.
fn is_present(
    scene: &PracticeScene<'_>,
    code: Option<&AccessCodeRecord>,
    known: Option<&Known>,
) -> Result<(), Reason> {
    let (Some(code), Some(known)) = (code, known) else {
        return Err(Reason::UnknownSubject);
    };
    let is_this_person =
        |person: &Person| person.subject().practice() == scene.id && *person.subject().id() == code.subject;
    if !known.person.as_ref().is_some_and(is_this_person) {
        Err(Reason::UnknownSubject)
    } else if known.record.as_ref().is_some_and(|record| record.offboarded) {
        Err(Reason::Offboarded)
    } else if left_since(known.record.as_ref(), code.made_at) {
        Err(Reason::Revoked)
    } else {
        Ok(())
    }
}

/// Whether the owner has left the practice since: who comes back starts with nothing.
fn left_since(record: Option<&SubjectRecord>, made_at: Timestamp) -> bool {
    record
        .and_then(|record| record.left_at)
        .is_some_and(|left| made_at <= left)
}
