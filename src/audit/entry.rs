use alloc::string::String;

use minicbor::{Decode, Encode};

use super::{Actor, Event, Link, Reason};
use crate::ids::{
    AuthenticatorId, ChallengeId, DeliveryId, DeviceId, EntryId, PracticeId, Subject, SubjectId,
};
use crate::method::Method;
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// The version of the entry schema: fields are added, never changed or removed.
pub const SCHEMA: u16 = 1;

/// One thing that happened.
///
/// Who ([`subject`](Self::subject), [`actor`](Self::actor)), what ([`event`](Self::event), `reason`, `method`),
/// when ([`at`](Self::at)), about what (`purpose`, `challenge`, `device`, `authenticator`, `delivery`), under
/// which rule (`decided_by`). OWASP ASVS 5.0 16.2.1; HL7 EHR-S FM TI.2.1.2.2.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub struct Entry {
    /// Names the entry.
    #[n(0)]
    pub id: EntryId,
    /// [`SCHEMA`] when it was written.
    #[n(1)]
    pub schema: u16,
    /// When it happened.
    #[n(2)]
    pub at: Timestamp,
    /// The practice it belongs to.
    #[n(3)]
    pub practice: PracticeId,
    /// The person it is about; exactly one, except for what concerns a destination alone.
    #[n(4)]
    pub subject: Option<SubjectId>,
    /// Who caused it.
    #[n(5)]
    pub actor: Actor,
    /// What happened.
    #[n(6)]
    pub event: Event,
    /// Why, where there is a why.
    #[n(7)]
    pub reason: Option<Reason>,
    /// What was to be opened.
    #[n(8)]
    pub purpose: Option<Purpose>,
    /// The challenge it belongs to.
    #[n(9)]
    pub challenge: Option<ChallengeId>,
    /// The method that was used.
    #[n(10)]
    pub method: Option<Method>,
    /// The device it happened on, where it is known.
    #[n(11)]
    pub device: Option<DeviceId>,
    /// The authenticator it is about.
    #[n(12)]
    pub authenticator: Option<AuthenticatorId>,
    /// The message it is about.
    #[n(13)]
    pub delivery: Option<DeliveryId>,
    /// The provider's own identifier of that message.
    #[n(14)]
    pub provider_id: Option<String>,
    /// The destination, masked.
    #[n(15)]
    pub destination: Option<String>,
    /// Until when what was granted holds.
    #[n(16)]
    pub until: Option<Timestamp>,
    /// The policy layer that decided whether a second factor is required, with the rule it names.
    #[n(17)]
    pub decided_by: Option<String>,
    /// How many: attempts used, codes left, devices counted.
    #[n(18)]
    pub count: Option<u32>,
    /// How many time steps a wrong code was off, for support: the clock of the phone is wrong.
    #[n(19)]
    pub near_miss: Option<i8>,
    /// The reason staff gave, or what a decision was about.
    #[n(20)]
    pub note: Option<String>,
    /// Who else had a say: who approved it, or who asked for it.
    #[n(22)]
    pub authoriser: Option<Actor>,
    /// What ties the entry to the one before it in its chain. It vouches for every other field.
    #[n(21)]
    pub link: Option<Link>,
}

impl Entry {
    pub(crate) const fn new(id: EntryId, at: Timestamp, practice: PracticeId, event: Event) -> Self {
        Self {
            id,
            schema: SCHEMA,
            at,
            practice,
            subject: None,
            actor: Actor::Subject,
            event,
            reason: None,
            purpose: None,
            challenge: None,
            method: None,
            device: None,
            authenticator: None,
            delivery: None,
            provider_id: None,
            destination: None,
            until: None,
            decided_by: None,
            count: None,
            near_miss: None,
            note: None,
            authoriser: None,
            link: None,
        }
    }

    pub(crate) fn about(id: EntryId, at: Timestamp, subject: &Subject, event: Event) -> Self {
        Self {
            subject: Some(subject.id().clone()),
            ..Self::new(id, at, subject.practice().clone(), event)
        }
    }
}

/// The first `limit` characters of a text from outside, without control characters: nothing that is stored can
/// forge a line of a log (OWASP ASVS 5.0 16.4.1).
pub(crate) fn printable(text: &str, limit: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(limit).collect()
}
