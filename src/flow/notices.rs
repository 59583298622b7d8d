//! Whom to tell of what happened.

use alloc::vec::Vec;

use super::deliveries::reason_for;
use super::work::Work;
use super::{FlowError, Scene, Step};
use crate::audit::{Entry, Event};
use crate::contact::{Channel, Destination};
use crate::delivery::{Handover, Notice, NoticeKind};
use crate::ids::DeliveryId;
use crate::purpose::Purpose;
use crate::record::SubjectRecord;

/// By mail first: a notice is not urgent, and costs nothing there.
const ORDER: [Channel; 2] = [Channel::Email, Channel::Sms];

impl<'a> Work<'a> {
    /// What the person is to be told, after all of it is committed. The entry that tells of it says where it goes.
    pub(super) fn notices(&mut self) -> Vec<Notice> {
        let kind = |entry: &Entry| NoticeKind::of(entry.event).filter(|_| entry.reason.is_none());
        let mut notices = Vec::new();
        if !self.entries.iter().any(|entry| kind(entry).is_some()) {
            return notices;
        }
        let (Some(practice), true) = (self.scene.practice, self.effective(&Purpose::sign_in()).notices())
        else {
            return notices;
        };
        let mut entries = core::mem::take(&mut self.entries);
        for entry in &mut entries {
            let (Some(kind), Some(destination)) = (kind(entry), self.told_at(entry)) else {
                continue;
            };
            let id = DeliveryId::from_bytes(*entry.id.as_bytes());
            entry.delivery = Some(id);
            entry.destination = Some(destination.masked());
            notices.push(Notice {
                id,
                practice: self.scene.subject.practice().clone(),
                brand: practice.brand().into(),
                destination: destination.clone(),
                kind,
                at: self.now,
            });
        }
        self.entries = entries;
        notices
    }

    /// Where to tell it: of a change of contact, at the one before.
    fn told_at(&self, entry: &Entry) -> Option<&'a Destination> {
        let person = self.scene.person?;
        if entry.event == Event::ContactChanged {
            let channel = entry.method.and_then(|method| method.channel())?;
            return person.former_destination_by(channel);
        }
        // Whoever holds what the code went to has just seen it; the news is for the other contact, if there is one.
        let used = entry.method.and_then(|method| method.channel());
        let other = |channel: &Channel| entry.event != Event::NewDeviceVerified || Some(*channel) != used;
        ORDER
            .into_iter()
            .filter(other)
            .find_map(|channel| person.destination_by(channel))
    }
}

/// Notes that notices did not leave, or perhaps not: one entry for each of those. That one was handed over needs
/// none; the entry it is about says where it went.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn note_notices(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    outcomes: &[(Notice, Handover)],
) -> Result<Step<()>, FlowError> {
    let mut work = Work::open(scene, record)?;
    for (notice, handover) in outcomes {
        let (event, reason) = match handover {
            Handover::Accepted { .. } => continue,
            Handover::NotSent(why) => (Event::NoticeNotSent, Some(reason_for(*why))),
            Handover::Unknown => (Event::NoticeUnknown, None),
        };
        let entry = work.tell(event)?;
        entry.reason = reason;
        entry.delivery = Some(notice.id());
        entry.method = Some(notice.destination().channel().into());
        entry.destination = Some(notice.destination().masked());
    }
    Ok(work.close(()))
}
