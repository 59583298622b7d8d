//! The world around: carriers, clocks, administrators, failures.

use alloc::format;
use core::time::Duration;

use super::decisions::locked_by;
use crate::contact::Channel;
use crate::delivery::{DeliveryState, NotSent, Report};
use crate::flow::Consent;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::people::OnFile;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Played, Stage, impossible};
use crate::rehearsal::surroundings::Failure;
use crate::rehearsal::value::Value;
use crate::store::Store;

const DONE: Outcome = Outcome::Done;

/// The greatest number of records one `purge` drops when nothing is said.
const PURGE_LIMIT: usize = 1000;

pub(super) async fn report_delivery<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let whom = stage.whom(step)?;
    let messages = stage.post.all();
    let letter = stage.letters.get(whom).and_then(|place| messages.get(*place));
    let Some(message) = letter else {
        return impossible(format!("no message was sent to {whom}"));
    };
    let state = match step.text(Argument::State) {
        Some("sent") => DeliveryState::Sent,
        Some("delivered") => DeliveryState::Delivered,
        _ => DeliveryState::Failed,
    };
    let mut report = Report::new(state);
    if let Some(why) = step.text(Argument::Note) {
        report = report.why(why);
    }
    let permanent = match step.text(Argument::Permanent) {
        Some("bad_destination") => Some(NotSent::BadDestination),
        Some("opted_out") => Some(NotSent::OptedOut),
        Some("no_credit") => Some(NotSent::NoCredit),
        Some(_) => Some(NotSent::Unavailable),
        None => None,
    };
    if let Some(why) = permanent {
        report = report.permanent(why);
    }
    let subject = stage.subject(whom)?;
    let noted = stage
        .verifier
        .note_delivery(&subject, message.id, &report)
        .await?;
    Ok(Observed::new(if noted { DONE } else { Outcome::Nothing }))
}

pub(super) async fn consent<S: Store>(stage: &Stage<'_, S>, step: &Step, consent: Consent) -> Played {
    let person = stage.person(stage.whom(step)?)?;
    let destination = match step.channel(Argument::By) {
        Some(Channel::Sms) => &person.mobile,
        Some(Channel::Email) => &person.email,
        None if person.mobile.is_some() => &person.mobile,
        None => &person.email,
    };
    let Some(destination) = destination.as_ref().and_then(OnFile::destination) else {
        return impossible("there is no such contact on file");
    };
    let (practice, actor) = (person.subject.practice(), stage.actor(step)?);
    stage
        .verifier
        .set_consent(practice, &destination, consent, &actor)
        .await?;
    Ok(Observed::new(DONE))
}

pub(super) fn deliveries<S>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let answer = step.text(Argument::Answer).unwrap_or("accepted");
    let for_notices = step.truth(Argument::OfNotices) == Some(true);
    let takes = step.span(Argument::Take).unwrap_or(Duration::ZERO);
    stage.post.answers(answer, for_notices, takes);
    Ok(Observed::new(DONE))
}

pub(super) fn set_clock<S>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    if let Some(Value::Instant(to)) = step.arguments.get(&Argument::To) {
        stage.clock.set(*to);
        stage.clock_is_broken = false;
    }
    Ok(Observed::new(DONE))
}

pub(super) fn break_down<S>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    match step.text(Argument::What) {
        Some("store_load") => stage.store.set(Failure::Load),
        Some("store_commit") => stage.store.set(Failure::Commit),
        Some("store_answer") => stage.store.set(Failure::Answer),
        Some("clock") => {
            stage.clock.break_down();
            stage.clock_is_broken = true;
        }
        _ => stage.entropy.set_broken(true),
    }
    Ok(Observed::new(DONE))
}

pub(super) fn mend<S>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    stage.store.set(Failure::Nothing);
    stage.entropy.set_broken(false);
    if stage.clock_is_broken {
        stage.clock.set(step.at);
        stage.clock_is_broken = false;
    }
    Ok(Observed::new(DONE))
}

pub(super) fn replace_policy<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    // In a replay the other policy is the question, so it stays.
    if let (Some(Value::Policy(policy)), false) =
        (step.arguments.get(&Argument::NewPolicy), stage.rehearsal.replays)
    {
        stage.set_policy(policy.clone())?;
    }
    Ok(Observed::new(DONE))
}

pub(super) fn add_layer<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let Some(Value::Layer(layer)) = step.arguments.get(&Argument::NewLayer) else {
        return impossible("there is no layer");
    };
    let facts = &stage.practice(step)?.facts;
    match stage.policy.with_layer(layer.as_ref().clone(), facts) {
        Ok(policy) => {
            stage.set_policy(policy)?;
            Ok(Observed::new(DONE))
        }
        Err(refused) => Ok(Observed::new(Outcome::Refused).with(Field::LockedBy, locked_by(&refused))),
    }
}

pub(super) fn change_practice<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let mut changed = stage.practice(step)?.clone();
    for (argument, value) in &step.arguments {
        match (argument, value) {
            (Argument::Brand, Value::Text(brand)) => changed.brand.clone_from(brand),
            (Argument::PracticeZone, Value::Zone(zone)) => changed.zone = zone.clone(),
            (Argument::Facts, Value::Facts(facts)) => changed.facts = facts.clone(),
            (Argument::Without, Value::Texts(channels)) => {
                let without = Channel::ALL.into_iter();
                changed.without = without
                    .filter(|channel| channels.iter().any(|text| text == channel.as_str()))
                    .collect();
            }
            _ => {}
        }
    }
    stage
        .directory
        .put_practice(changed.id.clone(), changed.to_directory());
    for practice in stage
        .practices
        .values_mut()
        .filter(|practice| practice.id == changed.id)
    {
        *practice = changed.clone();
    }
    Ok(Observed::new(DONE))
}

pub(super) fn remove_person<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    stage.directory.remove_person(&subject);
    Ok(Observed::new(DONE))
}

pub(super) async fn purge<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let limit = step
        .number(Argument::Limit)
        .and_then(|limit| usize::try_from(limit).ok());
    let count = stage.verifier.purge(limit.unwrap_or(PURGE_LIMIT)).await?;
    Ok(Observed::new(DONE).with(Field::Count, Value::count(count)))
}
