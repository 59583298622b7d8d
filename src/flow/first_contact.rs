//! A first number or address, entered by a member of staff who has none on file.

use super::authority::Managed;
use super::work::Work;
use super::{FlowError, Scene, Step};
use crate::audit::{Event, Reason};
use crate::contact::Channel;
use crate::ids::ChallengeId;
use crate::policy::{Effective, FirstContact, Population};
use crate::record::{ChallengeState, SubjectRecord};

impl Work<'_> {
    /// The channels by which this person may enter their own first contact: staff, once in their life, where the policy
    /// says so, and nobody who has anything else to prove themselves with. Patients never: whoever holds the link would
    /// enter a number of their own.
    pub(super) fn first_contact_channels(&self, effective: &Effective) -> alloc::vec::Vec<Channel> {
        let is_staff = self
            .scene
            .person
            .is_some_and(|person| person.population() == Population::Staff);
        let is_first = !self.record.first_contact_entered
            && self.scene.person.is_some_and(|person| {
                Channel::ALL
                    .into_iter()
                    .all(|channel| person.contact_by(channel).is_none())
            });
        if !is_staff
            || self.scene.practice.is_none()
            || !is_first
            || effective.first_contact() != FirstContact::SelfEntryOnce
            || self.has_factor(effective)
        {
            return alloc::vec::Vec::new();
        }
        let channels = effective.methods().as_slice().iter();
        channels.filter_map(|method| method.channel()).collect()
    }
}

/// Notes that the person of a sign-in that waits for enrolment enters their first contact by this channel. Done means:
/// save it in the directory, and let them begin again; a code then goes there, and its right answer is the proof that
/// it is theirs. It works once in the life of a record.
///
/// The number itself is not given: the directory is the only place codes are sent from.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn enter_first_contact(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    challenge: ChallengeId,
    channel: Channel,
) -> Result<Step<Managed<()>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let now = work.now;
    let waiting = work
        .waiting(challenge)
        .filter(|waiting| now < waiting.expires_at)
        .cloned();
    let allowed = waiting.as_ref().is_some_and(|waiting| {
        let effective = work.effective(&waiting.purpose);
        work.first_contact_channels(&effective).contains(&channel)
    });
    let managed = match waiting.filter(|_| allowed) {
        Some(waiting) => {
            work.record.first_contact_entered = true;
            work.close_challenge(&waiting, ChallengeState::Dead);
            let entry = work.tell(Event::FirstContactEntered)?;
            entry.method = Some(channel.into());
            entry.challenge = Some(challenge);
            Managed::Done(())
        }
        None => work.refuse_management(Event::FirstContactEntered, Reason::NotAllowed)?,
    };
    Ok(work.close(managed))
}
