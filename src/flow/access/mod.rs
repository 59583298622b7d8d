//! Access codes: digits that staff read out to a participant of an appointment.
//!
//! An access code is no factor. Staff know it, it works as often as needed, and one text is both name and key. So it
//! has records, limits and a proof of its own ([`Admission`]), and nothing here ever touches a challenge, a device
//! or a [`Pass`](super::Pass).
//!
//! 1. The host [opens](open_access()) an appointment and names who takes part. No code exists yet.
//! 2. Staff [reveal](reveal_access_code()) the code of one participant and ring them.
//! 3. Whoever has it [redeems](redeem()) it, without any account, as often as needed within the window.
//! 4. Cancelling, removing, moving and revealing again take effect in the commit that notes them.
//!
//! The rules are those of a guest at that purpose: a layer that speaks of access codes must reach
//! [`Population::Guest`], since nobody knows who knocks until a code is right.
//!
//! ```
//! use std::time::Duration;
//!
//! use medfactor::audit::Actor;
//! use medfactor::flow::access::{AccessAttempt, Appointment, Redemption, Source};
//! use medfactor::flow::{Assurance, Managed};
//! use medfactor::ids::SubjectId;
//! use medfactor::policy::presets;
//! use medfactor::purpose::Purpose;
//! use medfactor::testing::Clinic;
//!
//! let clinic = Clinic::new(presets::securevideo_join())?;
//! let pat = clinic.staff("pat", Some("+447700900123"), None)?;
//! let (clio, session) = (Actor::staff(SubjectId::new("clio")?), Purpose::parse("video_join/S1")?);
//! let start = clinic.clock.read();
//! let end = start.saturating_add(Duration::from_secs(1800));
//! pollster::block_on(async {
//!     let verifier = &clinic.verifier;
//!     let booked = Appointment::new(session.clone(), start, end).participant(pat.id());
//!     let _window = verifier.open_access(pat.practice(), &booked, &clio).await?;
//!     let Managed::Done(revealed) = verifier.reveal_access_code(&pat, &session, &clio).await? else {
//!         panic!("a code was expected")
//!     };
//!     // Read out, heard, typed: with hyphens or without.
//!     let typed = revealed.spoken().to_string();
//!     let door = Purpose::new("video_join")?;
//!     let attempt = AccessAttempt::new(pat.practice(), door, &typed, Source::new("203.0.113.7"));
//!     let Redemption::Admitted(admission) = verifier.redeem(&attempt).await? else {
//!         panic!("an admission was expected")
//!     };
//!     assert_eq!((admission.subject(), admission.purpose()), (&pat, &session));
//!     assert_eq!(admission.assurance(), Assurance::StaffRelayed);
//!     Ok::<(), Box<dyn std::error::Error>>(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admission;
mod attempt;
mod chained;
mod misses;
mod object;
mod redeem;
mod reveal;

use alloc::vec::Vec;
use core::time::Duration;

use super::{FlowError, PracticeScene, Refusal};
use crate::audit::{Entry, Event, Reason};
use crate::ids::{EntryId, Subject, SubjectId};
use crate::policy::{Effective, Population, Situation, resolve};
use crate::purpose::Purpose;
use crate::record::{AccessCodeRecord, AccessState, ObjectRecord, Record, RecordKey, WindowRecord};
use crate::time::Timestamp;

pub use admission::{Admission, Redemption};
pub use attempt::{AccessAttempt, Found, Known, Lookup, Source};
pub use chained::{AccessDecision, AccessStep};
pub use object::{cancel_object, open_access, remove_participant, reschedule};
pub use redeem::{find_owner, redeem};
pub use reveal::{AccessCodeDraft, Call, Revealed, reveal_access_code};

/// How many people can take part in one appointment with access codes. Cancelling writes the record of each.
pub const MAX_PARTICIPANTS: usize = 64;

/// The longest appointment: access codes live for a visit, not for a course of treatment.
const MAX_APPOINTMENT: Duration = Duration::from_secs(24 * 3600);

/// How far ahead an appointment may lie.
const MAX_AHEAD: Duration = Duration::from_secs(366 * 24 * 3600);

/// What an access code opens, when, and for whom.
///
/// ```
/// use medfactor::flow::access::Appointment;
/// use medfactor::ids::SubjectId;
/// use medfactor::purpose::Purpose;
/// use medfactor::time::Timestamp;
///
/// let ten = Timestamp::from_unix_seconds(1_790_000_000)?;
/// let half_past = Timestamp::from_unix_seconds(1_790_001_800)?;
/// let session = Appointment::new(Purpose::parse("video_join/S1")?, ten, half_past)
///     .participant(&SubjectId::new("p-771")?)
///     .participant(&SubjectId::new("p-772")?);
/// # let _ = session;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    purpose: Purpose,
    start: Timestamp,
    end: Timestamp,
    participants: Vec<SubjectId>,
}

impl Appointment {
    /// From `start` to `end`, with nobody yet. The purpose names the appointment, such as `video_join/S1`; an
    /// appointment that is repeated next week has another name, so nothing is carried over.
    #[must_use]
    pub const fn new(purpose: Purpose, start: Timestamp, end: Timestamp) -> Self {
        Self {
            purpose,
            start,
            end,
            participants: Vec::new(),
        }
    }

    /// With one more participant; who is named twice counts once.
    #[must_use]
    pub fn participant(mut self, subject: &SubjectId) -> Self {
        if !self.participants.contains(subject) {
            self.participants.push(subject.clone());
        }
        self
    }

    /// What it is called.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }
}

/// From when to when an access code works: `opens_at` included, `closes_at` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The first instant at which it works.
    pub opens_at: Timestamp,
    /// The first instant at which it works no more.
    pub closes_at: Timestamp,
}

/// What is stored of one appointment: its record, and those of the codes it names
/// ([`ObjectRecord::code_keys`]).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StoredObject {
    /// The appointment; `None` when there is none of that name.
    pub object: Option<ObjectRecord>,
    /// The codes that were found.
    pub codes: Vec<AccessCodeRecord>,
}

impl StoredObject {
    /// What was found.
    #[must_use]
    pub const fn new(object: Option<ObjectRecord>, codes: Vec<AccessCodeRecord>) -> Self {
        Self { object, codes }
    }

    /// The key an appointment is stored under.
    #[must_use]
    pub fn key(practice: &crate::ids::PracticeId, purpose: &Purpose) -> RecordKey {
        RecordKey::object(practice, purpose)
    }
}

/// The entries so far and the one `now` of a call.
struct AccessWork<'a> {
    scene: &'a PracticeScene<'a>,
    purpose: &'a Purpose,
    records: Vec<(RecordKey, Record)>,
    entries: Vec<Entry>,
    now: Timestamp,
}

impl<'a> AccessWork<'a> {
    const fn at(scene: &'a PracticeScene<'a>, purpose: &'a Purpose, now: Timestamp) -> Self {
        Self {
            scene,
            purpose,
            records: Vec::new(),
            entries: Vec::new(),
            now,
        }
    }

    /// Adds an entry, about a participant if one is known, and gives it to be filled in.
    fn tell(&mut self, event: Event, subject: Option<&SubjectId>) -> Result<&mut Entry, FlowError> {
        let id = EntryId::draw(self.scene.entropy)?;
        let mut entry = Entry::new(id, self.now, self.scene.id.clone(), event);
        entry.subject = subject.cloned();
        entry.actor = self.scene.actor.clone();
        entry.purpose = Some(self.purpose.clone());
        self.entries.push(entry);
        // The entry just pushed is there; the error is for the compiler, not for anyone's eyes.
        self.entries.last_mut().ok_or(FlowError::Entropy)
    }

    fn refuse(&mut self, subject: Option<&SubjectId>, reason: Reason) -> Result<Refusal, FlowError> {
        self.tell(Event::AccessChangeRefused, subject)?.reason = Some(reason);
        Ok(Refusal::new(reason))
    }

    fn keep_object(&mut self, mut object: ObjectRecord) {
        object.latest = self.now;
        let key = RecordKey::object(self.scene.id, self.purpose);
        self.records.push((key, Record::Object(object)));
    }

    fn keep_code(&mut self, mut code: AccessCodeRecord) {
        code.latest = code.latest.max(self.now);
        let key = RecordKey::access_code(self.scene.id, &code.fingerprint);
        self.records.push((key, Record::AccessCode(code)));
    }

    /// Ends codes for good.
    fn end_codes(&mut self, codes: Vec<AccessCodeRecord>, state: AccessState) {
        for code in codes {
            if code.state == AccessState::Live {
                self.keep_code(AccessCodeRecord { state, ..code });
            }
        }
    }

    fn close<T>(self, answer: T) -> AccessDecision<T> {
        AccessDecision {
            records: self.records,
            entries: self.entries,
            answer,
        }
    }
}

/// The rules at this door. They are those of a guest: who stands there is known only once a code is right.
fn rules(scene: &PracticeScene<'_>, purpose: &Purpose) -> Result<Effective, FlowError> {
    let guest = SubjectId::new("(guest)").map_err(|_| FlowError::Name)?;
    let guest = Subject::new(scene.id.clone(), guest);
    let mut situation = Situation::new(&guest, Population::Guest, purpose, scene.now);
    if let Some(practice) = scene.practice {
        situation.facts = practice.known_facts();
        situation.zone = practice.zone_at(None);
    }
    if let Some(decided) = scene.decided {
        situation = situation.decided(
            &decided.layers,
            &decided.waivers,
            decided.latest.unwrap_or(Timestamp::MIN),
        );
    }
    Ok(resolve(scene.policy, &situation))
}

/// From when to when codes work: as it was announced, or shorter where the policy has become stricter since.
fn window_today(window: &WindowRecord, effective: &Effective) -> Window {
    let opens_at = window.start.saturating_sub(effective.access_opens_before().get());
    let closes_at = window.end.saturating_add(effective.access_closes_after().get());
    Window {
        opens_at: window.opens_at.max(opens_at),
        closes_at: window.closes_at.min(closes_at),
    }
}

/// A sign-in and the management of factors want a factor, whatever anybody has opened.
fn may_be_opened(purpose: &Purpose) -> bool {
    !matches!(purpose.name(), Purpose::SIGN_IN | Purpose::MANAGE_AUTHENTICATORS)
}
