//! Devices, and what browsers keep.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;

pub(super) async fn list<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let all = stage.verifier.devices(&subject).await?;
    let trusted = all.iter().filter(|device| device.trusted_until.is_some()).count();
    Ok(Observed::new(Outcome::Done)
        .with(Field::Devices, Value::count(all.len()))
        .with(Field::TrustedDevices, Value::count(trusted)))
}

pub(super) async fn forget<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let whom = stage.whom(step)?;
    let device = stage.device(step);
    let Some(id) = stage.device_ids.get(&(device.clone(), whom.into())) else {
        return impossible(format!("{whom} has not been seen on {device}"));
    };
    let (subject, actor) = (stage.subject(whom)?, stage.actor(step)?);
    let forgotten = stage.verifier.forget_device(&subject, *id, &actor).await?;
    Ok(Observed::new(if forgotten {
        Outcome::Done
    } else {
        Outcome::Nothing
    }))
}

pub(super) async fn forget_all<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let actor = stage.actor(step)?;
    let count = stage.verifier.forget_all_devices(&subject, &actor).await?;
    Ok(Observed::new(Outcome::Done).with(Field::Count, Value::count(count)))
}

pub(super) fn clear_cookies<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let device = stage.device(step);
    let before = stage.cookies.len();
    stage.cookies.retain(|(place, _), _| *place != device);
    let cleared = before.saturating_sub(stage.cookies.len());
    let clearings = stage.clearings.entry(device).or_default();
    *clearings = clearings.saturating_add(1);
    Ok(Observed::new(Outcome::Done).with(Field::Count, Value::count(cleared)))
}

pub(super) fn copy_cookies<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let (from, onto) = (stage.device(step), step.text(Argument::Onto).unwrap_or_default());
    let copies: Vec<_> = stage
        .cookies
        .iter()
        .filter(|((place, _), _)| *place == from)
        .map(|((_, person), cookie)| ((String::from(onto), person.clone()), cookie.clone()))
        .collect();
    let count = copies.len();
    stage.cookies.extend(copies);
    Ok(Observed::new(Outcome::Done).with(Field::Count, Value::count(count)))
}
