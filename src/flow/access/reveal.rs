//! Showing a participant's access code to staff, who read it out.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{AccessDecision, AccessWork, StoredObject, Window, rules, window_today};
use crate::audit::{Event, Reason};
use crate::code::{Code, CodeLength};
use crate::contact::Channel;
use crate::directory::Person;
use crate::flow::work::instant;
use crate::flow::{FlowError, Managed, PracticeScene};
use crate::ids::{PracticeId, Subject, SubjectId};
use crate::keys::{Fingerprint, KeyRing, Message, Use};
use crate::policy::{AccessStorage, Effective};
use crate::purpose::Purpose;
use crate::record::{
    AccessCodeRecord, AccessState, ObjectRecord, ParticipantRecord, RecordKey, WindowRecord,
};
use crate::time::Timestamp;

/// A participant's access code, for the one screen of the one person who reads it out. `Debug` shows no digit.
#[derive(Debug)]
#[must_use = "where the policy says so, the code before this one no longer works"]
pub struct Revealed {
    code: Code,
    subject: Subject,
    purpose: Purpose,
    call: Call,
    window: Window,
    is_new: bool,
}

impl Revealed {
    /// The code in groups, for reading aloud: `000-000-007`. Secret until the window closes.
    #[must_use]
    pub fn spoken(&self) -> impl fmt::Display + '_ {
        self.code.grouped()
    }

    /// The digits alone. They belong in no log.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.code.expose()
    }

    /// Whose code it is.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What it opens.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Whom to ring.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// From when to when it works.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Whether it was made just now, so that one read out before no longer works.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.is_new
    }
}

/// Whom staff ring to read a code out.
///
/// # Security
/// Ring the number on file. A code read out to whoever rings in is a code for whoever rings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The mobile number on file, masked: staff compare it with what their own screen shows.
    Number(String),
    /// There is none on file: identify the person by other means before reading anything out.
    NoNumberOnFile,
}

/// A code that was drawn and belongs to nobody yet. It may be taken only if nothing is stored under any of its
/// [`keys`](Self::keys); otherwise draw another.
#[derive(Debug)]
pub struct AccessCodeDraft {
    code: Code,
    fingerprint: Fingerprint,
    keys: Vec<RecordKey>,
}

impl AccessCodeDraft {
    /// Draws a code for this purpose.
    ///
    /// # Errors
    /// [`FlowError::Entropy`] when the source of randomness fails.
    pub fn draw(scene: &PracticeScene<'_>, purpose: &Purpose) -> Result<Self, FlowError> {
        let digits = rules(scene, purpose)?.access_code_length().get();
        let code = Code::draw(scene.entropy, CodeLength::new(digits).unwrap_or(CodeLength::MAX))?;
        let message = code_message(scene.id, code.expose());
        Ok(Self {
            fingerprint: scene.keys.fingerprint(Use::AccessCode, &message),
            keys: code_keys(scene.keys, scene.id, &message),
            code,
        })
    }

    /// Where a code with these digits would be stored, under each key of the ring.
    #[must_use]
    pub fn keys(&self) -> &[RecordKey] {
        &self.keys
    }
}

/// Shows the access code of one participant, and whom to ring.
///
/// By default every call makes a new code and the one before stops working; where the policy says
/// [`AccessStorage::Recoverable`] the same one is shown again. Refused are: an appointment or participant that is not
/// known ([`Reason::NotFound`]), that was cancelled ([`Reason::Revoked`]) or is over ([`Reason::WindowOver`]), and a
/// person whom the directory does not know ([`Reason::UnknownSubject`]).
///
/// # Errors
/// [`FlowError`]; nothing was made and the code before still works.
pub fn reveal_access_code(
    scene: &PracticeScene<'_>,
    subject: &Subject,
    purpose: &Purpose,
    person: Option<&Person>,
    stored: StoredObject,
    draft: AccessCodeDraft,
) -> Result<AccessDecision<Managed<Revealed>>, FlowError> {
    let now = instant(stored.object.as_ref().map(|object| object.latest), scene.now)?;
    let mut work = AccessWork::at(scene, purpose, now);
    let effective = rules(scene, purpose)?;
    let may = work.may_reveal(&effective, subject, person, &stored);
    let (Some(mut object), Some(person), Ok(window)) = (stored.object, person, may) else {
        let reason = may.err().unwrap_or(Reason::NotFound);
        let refusal = work.refuse(Some(subject.id()), reason)?;
        return Ok(work.close(Managed::Refused(refusal)));
    };
    let mut codes = stored.codes;
    codes.retain(|code| code.subject == *subject.id() && code.state == AccessState::Live);
    let whole = object.window;
    let participant = object
        .participants
        .iter_mut()
        .find(|p| p.subject == *subject.id());
    let participant = participant.ok_or(FlowError::Entropy)?;
    let storage = effective.access_code_storage();
    let known = work.recover(storage, participant, &codes);
    let is_new = known.is_none();
    let code = match known {
        Some(code) => code,
        None => work.make(storage, participant, whole, codes, draft)?,
    };
    work.keep_object(object);
    let call = person
        .destination_by(Channel::Sms)
        .map_or(Call::NoNumberOnFile, |number| Call::Number(number.masked()));
    let entry = work.tell(Event::AccessRevealed, Some(subject.id()))?;
    entry.until = Some(window.closes_at);
    if let Call::Number(masked) = &call {
        entry.destination = Some(masked.clone());
    }
    Ok(work.close(Managed::Done(Revealed {
        code,
        subject: subject.clone(),
        purpose: purpose.clone(),
        call,
        window,
        is_new,
    })))
}

impl AccessWork<'_> {
    fn may_reveal(
        &self,
        effective: &Effective,
        subject: &Subject,
        person: Option<&Person>,
        stored: &StoredObject,
    ) -> Result<Window, Reason> {
        let object: &ObjectRecord = stored.object.as_ref().ok_or(Reason::NotFound)?;
        let window = window_today(&object.window, effective);
        let known = object.participants.iter().any(|p| p.subject == *subject.id());
        if !known || subject.practice() != self.scene.id {
            Err(Reason::NotFound)
        } else if self.scene.practice.is_none() || person.is_none_or(|person| person.subject() != subject) {
            Err(Reason::UnknownSubject)
        } else if object.cancelled {
            Err(Reason::Revoked)
        } else if self.now >= window.closes_at {
            Err(Reason::WindowOver)
        } else {
            Ok(window)
        }
    }

    /// The code that was revealed before, where the policy still lets staff see it again and it still works.
    fn recover(
        &self,
        storage: AccessStorage,
        participant: &ParticipantRecord,
        codes: &[AccessCodeRecord],
    ) -> Option<Code> {
        let fingerprint = participant.code.as_ref()?;
        let sealed = participant.sealed.as_ref()?;
        let live = |code: &&AccessCodeRecord| code.fingerprint.tag() == fingerprint.tag();
        codes
            .iter()
            .find(live)
            .filter(|_| storage == AccessStorage::Recoverable)?;
        let place = place(self.scene.id, self.purpose, &participant.subject);
        Code::restore(&self.scene.keys.open(sealed, &place)?)
    }

    /// A new code in place of all older ones.
    fn make(
        &mut self,
        storage: AccessStorage,
        participant: &mut ParticipantRecord,
        window: WindowRecord,
        older: Vec<AccessCodeRecord>,
        draft: AccessCodeDraft,
    ) -> Result<Code, FlowError> {
        let scene = self.scene;
        self.end_codes(older, AccessState::Superseded);
        participant.sealed = match storage {
            AccessStorage::RegenerateOnReveal => None,
            AccessStorage::Recoverable => {
                let place = place(scene.id, self.purpose, &participant.subject);
                let digits = draft.code.expose().as_bytes();
                Some(scene.keys.seal(scene.entropy, &place, digits)?)
            }
        };
        participant.code = Some(draft.fingerprint.clone());
        self.keep_code(AccessCodeRecord {
            latest: Timestamp::MIN,
            fingerprint: draft.fingerprint,
            purpose: self.purpose.clone(),
            subject: participant.subject.clone(),
            state: AccessState::Live,
            window,
            redeemed: 0,
            made_at: self.now,
        });
        Ok(draft.code)
    }
}

/// What the fingerprint of an access code is made of. Neither person nor appointment: by it they are found.
pub(super) fn code_message(practice: &PracticeId, digits: &str) -> Message {
    Message::new()
        .part(practice.as_str().as_bytes())
        .part(digits.as_bytes())
}

pub(super) fn code_keys(keys: &KeyRing, practice: &PracticeId, message: &Message) -> Vec<RecordKey> {
    keys.fingerprints(Use::AccessCode, message)
        .map(|fingerprint| RecordKey::access_code(practice, &fingerprint))
        .collect()
}

fn place(practice: &PracticeId, purpose: &Purpose, subject: &SubjectId) -> Message {
    Message::new()
        .part(b"access code")
        .part(practice.as_str().as_bytes())
        .part(alloc::format!("{purpose}").as_bytes())
        .part(subject.as_str().as_bytes())
}
