//! Somebody nobody knows types an access code.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::misses::{PARTS, misses_in_an_hour, practice_waits_until, source_waits_until};
use super::reveal::{code_keys, code_message};
use super::{AccessStep, AccessWork, Admission, Redemption, Window, may_be_opened, rules, window_today};
use crate::audit::{Event, Reason};
use crate::code::{Malformed, TypedCode};
use crate::directory::Person;
use crate::flow::work::instant;
use crate::flow::{FlowError, PracticeScene, Rejection};
use crate::ids::{PracticeId, Subject};
use crate::keys::{KeyRing, Message, Use};
use crate::policy::{AccessCodeLength, Effective};
use crate::purpose::Purpose;
use crate::record::{AccessCodeRecord, AccessState, MissesRecord, RecordKey, SourcesRecord, SubjectRecord};
use crate::time::Timestamp;

/// Where an attempt comes from, as the host sees it: an address, or a block of addresses.
///
/// Wrong codes are counted for each source and kept under a keyed fingerprint, so no address is stored. Take the
/// address from the connection or from a proxy you trust, never from a header a visitor can write; of an IPv6
/// address take the /64, since whoever has one address has them all.
///
/// ```
/// use medfactor::flow::access::Source;
///
/// let source = Source::new("203.0.113.7");
/// assert_eq!(format!("{source:?}"), "Source(..)");
/// // Attempts of which nothing is known share one count.
/// assert_eq!(Source::unknown(), Source::new(""));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// The source of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// Nothing is known of it.
    #[must_use]
    pub fn unknown() -> Self {
        Self::new("")
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(..)")
    }
}

/// One attempt to get in with an access code.
#[derive(Clone)]
pub struct AccessAttempt {
    pub(crate) practice: PracticeId,
    door: Purpose,
    typed: Zeroizing<String>,
    source: Source,
}

impl AccessAttempt {
    /// At the door `door` of a practice (`video_join`, whatever the appointment) somebody typed this.
    #[must_use]
    pub fn new(practice: &PracticeId, door: Purpose, typed: &str, source: Source) -> Self {
        // More than any code can be is not kept.
        let kept: String = typed
            .chars()
            .take(crate::flow::Answer::MAX_LENGTH.saturating_add(1))
            .collect();
        Self {
            practice: practice.clone(),
            door,
            typed: Zeroizing::new(kept),
            source,
        }
    }

    /// Where to look for the code and for the misses so far.
    ///
    /// # Errors
    /// [`Malformed`] for what can be no access code: 8 to 10 digits are one. It was compared with nothing, so it
    /// costs nothing and is written nowhere.
    pub fn lookup(&self, keys: &KeyRing) -> Result<Lookup, Malformed> {
        let typed = TypedCode::read(&self.typed)?;
        let digits = u8::try_from(typed.len()).map_err(|_| Malformed)?;
        AccessCodeLength::new(digits).map_err(|_| Malformed)?;
        let codes = code_keys(
            keys,
            &self.practice,
            &code_message(&self.practice, typed.digits()),
        );
        let message = Message::new()
            .part(self.practice.as_str().as_bytes())
            .part(self.source.0.as_bytes());
        let sources = keys.fingerprints(Use::Source, &message).map(|fingerprint| {
            let [first, ..] = *fingerprint.tag();
            let name = alloc::format!("{}.{first:02x}", fingerprint.key().number());
            SourceKey {
                key: RecordKey::Sources(self.practice.clone(), name),
                tag: *fingerprint.tag(),
            }
        });
        let sources: Vec<SourceKey> = sources.collect();
        let second = sources.first().map_or(0, |source| {
            let [_, second, ..] = source.tag;
            second
        });
        let part = |number| RecordKey::Misses(self.practice.clone(), alloc::format!("{number}"));
        Ok(Lookup {
            codes,
            sources,
            misses: (0..PARTS).map(part).collect(),
            part: usize::from(second % PARTS),
        })
    }
}

impl fmt::Debug for AccessAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessAttempt")
            .field("practice", &self.practice)
            .field("door", &self.door)
            .finish_non_exhaustive()
    }
}

/// Where to look for a code and for the misses so far. As many places for a right code as for a wrong one.
#[derive(Debug)]
pub struct Lookup {
    /// One for each key of the ring, the current one first.
    codes: Vec<RecordKey>,
    /// One for each key of the ring, the current one first.
    pub(super) sources: Vec<SourceKey>,
    pub(super) misses: Vec<RecordKey>,
    /// In which of those this source is counted.
    pub(super) part: usize,
}

pub(super) struct SourceKey {
    pub(super) key: RecordKey,
    pub(super) tag: [u8; 32],
}

impl fmt::Debug for SourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

impl Lookup {
    /// The codes these digits would be.
    #[must_use]
    pub fn codes(&self) -> &[RecordKey] {
        &self.codes
    }

    /// The records this source may be counted in.
    pub fn sources(&self) -> impl Iterator<Item = &RecordKey> + '_ {
        self.sources.iter().map(|source| &source.key)
    }

    /// The records the practice's misses are counted in.
    #[must_use]
    pub fn misses(&self) -> &[RecordKey] {
        &self.misses
    }
}

/// What was found in the places of a [`Lookup`], in the same order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// Under [`Lookup::codes`].
    pub codes: Vec<Option<AccessCodeRecord>>,
    /// Under [`Lookup::sources`].
    pub sources: Vec<Option<SourcesRecord>>,
    /// Under [`Lookup::misses`].
    pub misses: Vec<Option<MissesRecord>>,
}

impl Found {
    /// What was found.
    #[must_use]
    pub const fn new(
        codes: Vec<Option<AccessCodeRecord>>,
        sources: Vec<Option<SourcesRecord>>,
        misses: Vec<Option<MissesRecord>>,
    ) -> Self {
        Self {
            codes,
            sources,
            misses,
        }
    }
}

/// What is known of the person a right code belongs to, now.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Known {
    /// What the directory says; `None` when it knows no such person.
    pub person: Option<Person>,
    /// What is stored.
    pub record: Option<SubjectRecord>,
}

impl Known {
    /// What the directory says and what is stored.
    #[must_use]
    pub const fn new(person: Option<Person>, record: Option<SubjectRecord>) -> Self {
        Self { person, record }
    }
}

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
) -> Result<AccessStep<Redemption>, FlowError> {
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
    let now = match (&waits, code) {
        (None, Some(code)) => instant(Some(code.latest), scene.now)?,
        _ => scene.now,
    };
    let verdict = match (waits, code) {
        (Some((reason, until)), _) => Err(Refused::Wait(reason, until)),
        (None, None) => Err(Refused::Miss(Reason::Wrong)),
        (None, Some(code)) => opens(code, &attempt.door, &effective, now).map_err(Refused::Miss),
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
    } else {
        Ok(())
    }
}
