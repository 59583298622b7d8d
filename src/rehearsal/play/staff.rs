//! What staff ask and do.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::pass::offered;
use crate::audit::{Actor, EntryQuery};
use crate::contact::Channel;
use crate::delivery::DeliveryState;
use crate::flow::Problem;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Halt, Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;

const DONE: Outcome = Outcome::Done;

/// How an explanation writes that a second factor is required.
pub(in crate::rehearsal) const REQUIRED: &str = "required";

pub(super) async fn unlock<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (subject, actor) = (stage.subject(stage.whom(step)?)?, stage.actor(step)?);
    let note = step.text(Argument::Note).unwrap_or_default();
    stage.verifier.unlock(&subject, &actor, note).await?;
    Ok(Observed::new(DONE))
}

pub(super) async fn reset<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (subject, actor) = (stage.subject(stage.whom(step)?)?, stage.actor(step)?);
    let note = step.text(Argument::Note).unwrap_or_default();
    stage
        .verifier
        .reset_authenticators(&subject, &actor, note)
        .await?;
    Ok(Observed::new(DONE))
}

pub(super) async fn acknowledge_first_use<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (subject, actor) = (stage.subject(stage.whom(step)?)?, stage.actor(step)?);
    stage.verifier.acknowledge_first_use(&subject, &actor).await?;
    Ok(Observed::new(DONE))
}

pub(super) async fn check_readiness<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let readiness = stage.verifier.readiness(&subject, &stage.purpose(step)).await?;
    let observed = Observed::new(if readiness.is_ready() {
        Outcome::Ready
    } else {
        Outcome::NotReady
    });
    let methods = readiness.methods.iter().map(|method| method.as_str());
    Ok(problems(observed, &readiness.problems)
        .with(Field::Required, Value::Truth(readiness.required))
        .with(Field::Methods, Value::texts(methods)))
}

pub(super) async fn check_practice<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let named = step
        .text(Argument::Practice)
        .and_then(|name| stage.practices.get(name));
    let practice = match (named, step.who.as_deref()) {
        (Some(practice), _) => practice.id.clone(),
        (None, Some(who)) => stage.person(who)?.subject.practice().clone(),
        (None, None) => return impossible("no practice is named"),
    };
    let purpose = stage.purpose(step);
    let (mut people, mut ready) = (0_usize, 0_usize);
    let (mut not_ready, mut all) = (Vec::new(), Vec::new());
    let mut after = None;
    loop {
        let page = stage
            .verifier
            .practice_readiness(&practice, &purpose, after.as_ref(), 100);
        let page = page.await?;
        people = people.saturating_add(page.people);
        ready = ready.saturating_add(page.ready);
        for readiness in &page.not_ready {
            not_ready.push(readiness.subject.id().as_str().to_string());
            all.extend(readiness.problems.iter().cloned());
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let observed = Observed::new(if not_ready.is_empty() {
        Outcome::Ready
    } else {
        Outcome::NotReady
    });
    Ok(problems(observed, &all)
        .with(Field::People, Value::count(people))
        .with(Field::ReadyPeople, Value::count(ready))
        .with(Field::NotReady, Value::Texts(not_ready)))
}

fn problems(observed: Observed, problems: &[Problem]) -> Observed {
    let mut words: Vec<&str> = Vec::new();
    let mut about: Vec<&str> = Vec::new();
    for problem in problems {
        let (word, channels): (&str, Vec<Channel>) = match problem {
            Problem::MissingContact(channels) => ("missing_contact", channels.clone()),
            Problem::UnusableContact(channel) => ("unusable_contact", Vec::from([*channel])),
            Problem::NotEnrolled => ("not_enrolled", Vec::new()),
            Problem::NoMethod => ("no_method", Vec::new()),
            Problem::Locked => ("locked", Vec::new()),
            Problem::MethodsDisabled => ("methods_disabled", Vec::new()),
            Problem::Unknown => ("unknown", Vec::new()),
        };
        if !words.contains(&word) {
            words.push(word);
        }
        for channel in channels {
            if !about.contains(&channel.as_str()) {
                about.push(channel.as_str());
            }
        }
    }
    observed
        .with(Field::Problems, Value::texts(words))
        .with(Field::Channels, Value::texts(about))
}

pub(super) async fn explain<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let told = stage.verifier.explain(&subject, &stage.purpose(step)).await?;
    let Some(row) = told.explanation.row("requirement") else {
        return impossible("the explanation does not speak of it");
    };
    let required = row.value() == REQUIRED;
    let settings = told.explanation.rows().iter();
    let settings = settings.map(|row| (row.setting().to_string(), row.value().to_string()));
    let observed = Observed::new(if required { Outcome::Required } else { Outcome::Off });
    let reference = row
        .reference()
        .map(|reference| Value::Text(reference.to_string()));
    Ok(offered(observed, &told.methods)
        .with(Field::Required, Value::Truth(required))
        .text(
            Field::DecidedBy,
            stage.waiver_by_name(&row.decided_by().to_string()),
        )
        .maybe(Field::Reference, reference)
        .with(Field::Settings, Value::Pairs(settings.collect())))
}

pub(super) async fn read_history<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let mut query = EntryQuery::subject(&subject).limit(EntryQuery::MAX_PAGE);
    if step.text(Argument::Purpose).is_some() {
        query = query.purpose(stage.purpose(step));
    }
    let mut entries = Vec::new();
    loop {
        let page = stage.verifier.history(&query).await?;
        entries.extend(page.entries);
        match page.next {
            Some(cursor) => query = query.after(cursor),
            None => break,
        }
    }
    let mut actors: Vec<String> = Vec::new();
    for entry in &entries {
        let name = actor(&entry.actor);
        if !actors.contains(&name) {
            actors.push(name);
        }
    }
    Ok(Observed::new(DONE)
        .with(Field::Count, Value::count(entries.len()))
        .with(
            Field::Events,
            Value::texts(entries.iter().map(|entry| entry.event.as_str())),
        )
        .with(Field::Actors, Value::Texts(actors)))
}

/// Who caused an entry, in one word.
pub(in crate::rehearsal) fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Subject => "subject".into(),
        Actor::Staff(id) => id.as_str().into(),
        Actor::Host(_) => "host".into(),
        Actor::Library => "library".into(),
    }
}

pub(super) async fn read_communications<S: Store>(
    stage: &Stage<'_, S>,
    step: &Step,
) -> Result<Observed, Halt> {
    let subject = stage.subject(stage.whom(step)?)?;
    let all = stage.verifier.communications(&subject).await?;
    // Whichever way the log runs, the newest is the one that was asked for last.
    let newest = all.iter().max_by_key(|one| one.states.first().map(|(_, at)| *at));
    let states = newest.map(|one| one.states.as_slice()).unwrap_or_default();
    let word = |state: DeliveryState| match state {
        DeliveryState::Requested => "requested",
        DeliveryState::Unknown => "unknown",
        DeliveryState::Accepted => "accepted",
        DeliveryState::Sent => "sent",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
    };
    Ok(Observed::new(DONE)
        .with(Field::Count, Value::count(all.len()))
        .with(Field::To, Value::texts(newest.map(|one| &one.destination)))
        .with(
            Field::States,
            Value::texts(states.iter().map(|(state, _)| word(*state))),
        ))
}
