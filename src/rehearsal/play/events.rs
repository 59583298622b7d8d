//! What the host knows and tells.

use crate::contact::Channel;
use crate::flow::Signal;
use crate::ids::RoleName;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::file::people::OnFile;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Played, Stage};
use crate::rehearsal::value::Value;
use crate::store::Store;

const DONE: Outcome = Outcome::Done;

async fn tell<S: Store>(stage: &Stage<'_, S>, step: &Step, signal: Signal<'_>) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let actor = stage.actor(step)?;
    stage.verifier.signal(&subject, signal, &actor).await?;
    Ok(Observed::new(DONE))
}

pub(super) async fn change_password<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (whom, device) = (stage.whom(step)?, stage.device(step));
    let mut passes = stage.passes.iter().rev();
    let pass = passes.find(|(person, place, _, _)| person == whom && *place == device);
    let keep = pass
        .map(|(_, _, _, pass)| pass)
        .filter(|_| step.truth(Argument::Keep) == Some(true));
    tell(stage, step, Signal::PasswordChanged { keep }).await
}

pub(super) async fn change_contact<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let whom = stage.whom(step)?;
    let new = |argument| match step.arguments.get(&argument) {
        Some(Value::Contact(contact)) => Some(contact.clone()),
        _ => None,
    };
    let changes: [(Channel, Option<Option<OnFile>>); 2] = [
        (Channel::Sms, new(Argument::Mobile)),
        (Channel::Email, new(Argument::Email)),
    ];
    for (channel, contact) in changes {
        let Some(contact) = contact else { continue };
        if let Some(person) = stage.people.get_mut(whom) {
            person.change(channel, contact);
            stage.directory.put_person(person.to_directory());
        }
        if step.truth(Argument::Told) != Some(false) {
            tell(stage, step, Signal::ContactChanged(channel)).await?;
        }
    }
    Ok(Observed::new(DONE))
}

pub(super) async fn sign_out<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let place = (stage.device(step), stage.who(step)?.into());
    let device = stage.cookies.get(&place).map(|cookie| cookie.as_str());
    tell(stage, step, Signal::SignedOut { device }).await
}

pub(super) async fn change_roles<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let whom = stage.whom(step)?;
    if let (Some(person), Some(roles)) = (stage.people.get_mut(whom), step.texts(Argument::Roles)) {
        person.roles = roles
            .iter()
            .filter_map(|role| RoleName::new(role.clone()).ok())
            .collect();
        stage.directory.put_person(person.to_directory());
    }
    if step.truth(Argument::Told) == Some(false) {
        return Ok(Observed::new(DONE));
    }
    tell(stage, step, Signal::RoleChanged).await
}

pub(super) async fn end_visit<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let purpose = stage.purpose(step);
    tell(stage, step, Signal::ObjectClosed(&purpose)).await
}

pub(super) async fn leave<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    tell(stage, step, Signal::Offboarded).await
}

pub(super) async fn come_back<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    tell(stage, step, Signal::Reinstated).await
}
