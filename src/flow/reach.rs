//! Whether a person can be reached by a channel right now, and exactly why not.

use alloc::string::String;

use super::work::Work;
use super::{Begin, DestinationState, FlowError};
use crate::audit::{Event, Reason};
use crate::contact::Channel;
use crate::directory::{Line, Person};
use crate::ids::Subject;
use crate::keys::{Fingerprint, KeyRing, Message, Use};
use crate::method::Method;
use crate::policy::{ChannelSeparation, ContactBinding, Effective, OnNumberRisk};
use crate::record::ChallengeRecord;

/// The contacts of one person as they were when a link was made, for the link to carry
/// ([`Begin::contacts`]).
///
/// A keyed fingerprint: it tells nothing about the contacts, and it changes with every change of them. A policy with
/// [`ContactBinding::Snapshot`] takes no link that carries an older one, or none (row E16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactVersion(String);

impl ContactVersion {
    /// The version of what is on file for a person now; of a person nobody knows it is that of no contacts.
    #[must_use]
    pub fn of(keys: &KeyRing, subject: &Subject, person: Option<&Person>) -> Self {
        Self(written(
            &keys.fingerprint(Use::Destination, &contacts_message(subject, person)),
        ))
    }

    /// The text for the link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn written(fingerprint: &Fingerprint) -> String {
    use core::fmt::Write;
    let mut text = String::with_capacity(80);
    // Writing to a String does not fail.
    let _ = write!(text, "{}.", fingerprint.key().number());
    for byte in fingerprint.tag() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn contacts_message(subject: &Subject, person: Option<&Person>) -> Message {
    let mut message = Message::new()
        .part(b"contacts")
        .part(subject.practice().as_str().as_bytes())
        .part(subject.id().as_str().as_bytes());
    for channel in Channel::ALL {
        let destination = person.and_then(|person| person.destination_by(channel));
        let text = destination.map(|destination| destination.expose());
        message = message
            .part(channel.as_str().as_bytes())
            .part(text.unwrap_or_default().as_bytes());
    }
    message
}

/// By which way somebody came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrival {
    /// The channel of the link they followed, if they followed one.
    pub(super) link: Option<Channel>,
    /// Whether the policy wants the link to be younger than the last change of contacts, and it is not.
    pub(super) is_stale: bool,
}

impl Work<'_> {
    /// How the person of a request came.
    pub(super) fn arrival(&self, effective: &Effective, request: &Begin) -> Arrival {
        let message = contacts_message(self.scene.subject, self.scene.person);
        let is_today = |version: &String| {
            let mut today = self.scene.keys.fingerprints(Use::Destination, &message);
            today.any(|fingerprint| written(&fingerprint) == *version)
        };
        let is_bound = effective.contact_binding() == ContactBinding::Snapshot;
        Arrival {
            link: request.link,
            is_stale: is_bound && !request.contacts.as_ref().is_some_and(is_today),
        }
    }

    /// How the person of a challenge came, and whether their contacts are still the same.
    pub(super) fn arrival_of(&self, effective: &Effective, challenge: &ChallengeRecord) -> Arrival {
        let is_bound = effective.contact_binding() == ContactBinding::Snapshot;
        Arrival {
            link: challenge.link,
            is_stale: is_bound && !self.has_same_contacts(challenge),
        }
    }

    pub(super) fn contacts_now(&self) -> Fingerprint {
        let message = contacts_message(self.scene.subject, self.scene.person);
        self.scene.keys.fingerprint(Use::Destination, &message)
    }

    pub(super) fn has_same_contacts(&self, challenge: &ChallengeRecord) -> bool {
        let message = contacts_message(self.scene.subject, self.scene.person);
        let same = |known| self.scene.keys.matches(known, Use::Destination, &message).into();
        challenge.contacts.as_ref().is_some_and(same)
    }

    /// Why no code can be sent by a channel; `None` when one can.
    pub(super) fn unreachable_by(
        &self,
        effective: &Effective,
        destinations: &[DestinationState],
        channel: Channel,
        arrival: Arrival,
    ) -> Option<Reason> {
        let Some(contact) = self.scene.person.and_then(|person| person.contact_by(channel)) else {
            return Some(Reason::NoUsableContact);
        };
        let state = destinations.iter().find(|state| state.channel() == channel);
        let limit = u32::from(effective.tries_per_authenticator().get());
        let checks = [
            (contact.destination().is_none(), Reason::MalformedContact),
            (arrival.is_stale, Reason::StaleContact),
            (contact.known_line() == Line::Landline, Reason::Landline),
            (
                effective.proven_contacts_only() && !contact.is_proven(),
                Reason::UnprovenContact,
            ),
            (
                state.is_some_and(DestinationState::is_opted_out),
                Reason::OptedOut,
            ),
            (
                state.is_some_and(DestinationState::is_suppressed),
                Reason::BadDestination,
            ),
            (
                is_same_channel(effective, channel, arrival),
                Reason::SingleChannel,
            ),
            (
                contact.known_risk().is_some() && effective.on_number_risk() == OnNumberRisk::Veto,
                Reason::NumberRisk,
            ),
            (!self.channel_is_open(effective, channel), Reason::NotEntitled),
            (
                self.record.failures.of(channel.into()) >= limit,
                Reason::MethodsDisabled,
            ),
        ];
        checks
            .into_iter()
            .find_map(|(fails, reason)| fails.then_some(reason))
    }

    /// Whether the practice may use the channel, or need not ask.
    fn channel_is_open(&self, effective: &Effective, channel: Channel) -> bool {
        effective.security_messages_need_no_entitlement()
            || self
                .scene
                .practice
                .is_some_and(|practice| practice.is_entitled(channel))
    }

    /// Tells what deserves a second look in the ways a code could go.
    pub(super) fn tell_doubts(
        &mut self,
        effective: &Effective,
        methods: &[Method],
        arrival: Arrival,
    ) -> Result<(), FlowError> {
        let at_risk = |channel: &Channel| {
            let contact = self.scene.person.and_then(|person| person.contact_by(*channel));
            let doubtful = contact.is_some_and(|contact| contact.known_risk().is_some());
            doubtful && effective.methods().contains((*channel).into())
        };
        let at_risk: alloc::vec::Vec<Channel> = Channel::ALL.into_iter().filter(at_risk).collect();
        for channel in at_risk {
            self.tell(Event::NumberRisk)?.method = Some(channel.into());
        }
        let all_by_link = arrival.link.is_some_and(|link| {
            !methods.is_empty() && methods.iter().all(|method| method.channel() == Some(link))
        });
        if all_by_link && effective.channel_separation() != ChannelSeparation::Off {
            self.tell(Event::SingleChannel)?.method = arrival.link.map(Method::from);
        }
        Ok(())
    }
}

/// Whether a code would follow the link's own channel where it must not (rows E11, E12): a mailbox that holds both proves
/// nothing twice, a telephone that holds both is at least held.
fn is_same_channel(effective: &Effective, channel: Channel, arrival: Arrival) -> bool {
    arrival.link == Some(channel)
        && match effective.channel_separation() {
            ChannelSeparation::Off => false,
            ChannelSeparation::Warn => channel == Channel::Email,
            ChannelSeparation::Forbid => true,
        }
}
