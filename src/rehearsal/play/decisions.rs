//! What a practice decides for itself, and what it is let off.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::flow::{Decision, DecisionRefused};
use crate::ids::SiteId;
use crate::policy::{LayerRefused, Population, WaiverRequest, WaiverScope};
use crate::purpose::Purpose;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;

const DONE: Outcome = Outcome::Done;

pub(super) async fn save_settings<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let Some(Value::Layers(layers)) = step.arguments.get(&Argument::Layers) else {
        return impossible("there are no layers");
    };
    let authoriser = match step.text(Argument::ApprovedBy) {
        Some(name) => Some(crate::audit::Actor::staff(stage.subject(name)?.id().clone())),
        None => None,
    };
    let version = match step.number(Argument::Version) {
        Some(version) => u64::try_from(version).unwrap_or(u64::MAX),
        None => stage.verifier.settings(&practice).await?.version,
    };
    let saved = stage
        .verifier
        .save_settings(&practice, version, layers, &actor, authoriser.as_ref());
    Ok(match saved.await? {
        Decision::Made(version) => Observed::new(DONE).with(Field::Version, number(version)),
        Decision::Refused(refusal) => refused(&refusal),
    })
}

pub(super) async fn read_settings<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let practice = stage.practice(step)?.id.clone();
    let settings = stage.verifier.settings(&practice).await?;
    let scopes = settings.layers.iter().map(|layer| layer.scope().to_string());
    Ok(Observed::new(DONE)
        .with(Field::Version, number(settings.version))
        .with(Field::Count, Value::count(settings.layers.len()))
        .with(Field::Scopes, Value::Texts(scopes.collect())))
}

pub(super) async fn grant_waiver<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let scope = match (step.text(Argument::ForPerson), step.text(Argument::ForSite)) {
        (Some(name), _) => WaiverScope::Subject(stage.subject(name)?.id().clone()),
        (None, Some(site)) => match SiteId::new(site) {
            Ok(site) => WaiverScope::Site(site),
            Err(error) => return impossible(error.to_string()),
        },
        (None, None) => WaiverScope::Practice,
    };
    let requested_by = match step.text(Argument::RequestedBy) {
        Some(name) => crate::audit::Actor::staff(stage.subject(name)?.id().clone()),
        None => actor.clone(),
    };
    let text = step.text(Argument::AcceptedText).unwrap_or_default();
    let words = |argument| step.texts(argument).unwrap_or_default().iter();
    let populations = words(Argument::Populations).filter_map(|text| {
        let mut all = Population::ALL.into_iter();
        all.find(|population| population.as_str() == text)
    });
    let purposes = words(Argument::Purposes).filter_map(|text| Purpose::parse(text).ok());
    let mut request = WaiverRequest::new(scope, requested_by, text)
        .for_populations(populations)
        .for_purposes(purposes);
    if let Some(end) = step.instant(Argument::Ends) {
        request = request.until(end);
    }
    let granted = stage.verifier.grant_waiver(&practice, &request, &actor).await?;
    Ok(match granted {
        Decision::Made(id) => {
            // One that has no name in the file still has one in reports.
            let unnamed = || alloc::format!("{}", stage.waivers.len().saturating_add(1));
            let name = step
                .text(Argument::NamesWaiver)
                .map_or_else(unnamed, String::from);
            stage.waivers.push((name, id));
            Observed::new(DONE)
        }
        Decision::Refused(refusal) => refused(&refusal),
    })
}

pub(super) async fn withdraw_waiver<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let name = step.text(Argument::Waiver).unwrap_or_default();
    let Some((_, id)) = stage.waivers.iter().rfind(|(known, _)| known == name) else {
        return impossible(alloc::format!("no waiver {name} was granted"));
    };
    let why = step.text(Argument::Note).unwrap_or_default();
    let withdrawn = stage.verifier.withdraw_waiver(&practice, *id, why, &actor);
    Ok(match withdrawn.await? {
        Decision::Made(()) => Observed::new(DONE),
        Decision::Refused(refusal) => refused(&refusal),
    })
}

pub(super) async fn list_waivers<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let practice = stage.practice(step)?.id.clone();
    let (all, now) = (stage.verifier.waivers(&practice).await?, stage.clock.read());
    let live = all.iter().filter(|waiver| waiver.is_live(now));
    let names = live.filter_map(|waiver| stage.waivers.iter().find(|(_, id)| *id == waiver.id));
    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
    Ok(Observed::new(DONE)
        .with(Field::Count, Value::count(all.len()))
        .with(Field::Waivers, Value::texts(names)))
}

fn number(version: u64) -> Value {
    Value::Number(i64::try_from(version).unwrap_or(i64::MAX))
}

/// The layers that refuse a change, each once.
pub(super) fn locked_by(refused: &LayerRefused) -> Value {
    let mut scopes: Vec<String> = refused.refused.iter().map(|one| one.scope.to_string()).collect();
    scopes.dedup();
    Value::Texts(scopes)
}

fn refused(refusal: &DecisionRefused) -> Observed {
    let observed = Observed::new(Outcome::Refused).text(Field::Reason, refusal.reason().as_str());
    let (word, observed) = match refusal {
        DecisionRefused::NotPermitted => ("not_permitted", observed),
        DecisionRefused::Conflict { version } => {
            ("conflict", observed.with(Field::Version, number(*version)))
        }
        DecisionRefused::Locked(by) => ("locked", observed.with(Field::LockedBy, locked_by(by))),
        DecisionRefused::NeedsWaiver { scope } => {
            ("needs_waiver", observed.text(Field::WaivedBy, scope.to_string()))
        }
        DecisionRefused::Foreign { .. } => ("foreign", observed),
        DecisionRefused::TooMany => ("too_many", observed),
        DecisionRefused::NotWaivable => ("not_waivable", observed),
        DecisionRefused::Unbounded => ("unbounded", observed),
        DecisionRefused::NotFound => ("not_found", observed),
        DecisionRefused::UnknownPractice => ("unknown_practice", observed),
    };
    observed.text(Field::Refusal, word)
}
