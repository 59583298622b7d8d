//! Getting a code to somebody.

use super::pass::{refused, sent};
use crate::contact::Channel;
use crate::flow::Sending;
use crate::ids::ChallengeId;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Named, Played, Stage, impossible};
use crate::store::Store;

pub(super) async fn send<S: Store>(stage: &mut Stage<'_, S>, step: &Step, again: bool) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let place = stage.open_challenge(step, who, &device)?;
    let offered = stage
        .begun
        .get(place)
        .into_iter()
        .flat_map(|begun| &begun.methods);
    let first = offered.copied().find_map(crate::method::Method::channel);
    let person = stage.person(who)?;
    let on_file = person.mobile.as_ref().or(person.email.as_ref());
    let channel = step
        .channel(Argument::By)
        .or(first)
        .or_else(|| on_file.map(|destination| destination.channel()))
        .unwrap_or(Channel::Sms);
    send_by(stage, step, who, place, channel, again).await
}

pub(super) async fn send_by<S: Store>(
    stage: &mut Stage<'_, S>,
    step: &Step,
    who: &str,
    place: usize,
    channel: Channel,
    again: bool,
) -> Played {
    let Some(begun) = stage.begun.get(place) else {
        return impossible("no challenge is open");
    };
    let (id, before) = (begun.id, stage.post.count());
    let sending = if again {
        stage.verifier.resend(&begun.ticket, channel).await
    } else {
        stage.verifier.send(&begun.ticket, channel).await
    };
    posted(stage, step, who, Some(id), before);
    Ok(match sending? {
        Sending::Sent(info) => sent(Outcome::Sent, &info),
        Sending::Already(info) => sent(Outcome::Already, &info),
        Sending::Uncertain(info) => sent(Outcome::Uncertain, &info),
        Sending::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

/// Keeps what was posted since there were `before` messages: whatever the library knows of it, it is with the carrier.
pub(super) fn posted<S>(
    stage: &mut Stage<'_, S>,
    step: &Step,
    who: &str,
    id: Option<ChallengeId>,
    before: usize,
) {
    let messages = stage.post.since(before);
    let Some(message) = messages.last() else { return };
    let letter = stage.post.count().saturating_sub(1);
    stage.letters.insert(who.into(), letter);
    for begun in stage.begun.iter_mut().filter(|begun| Some(begun.id) == id) {
        begun.letter = Some(letter);
    }
    if let Some(label) = step.text(Argument::NamesCode) {
        let named = Named {
            text: message.code.clone(),
            reference: Some(message.reference.clone()),
        };
        stage.codes.insert(label.into(), named);
    }
}
