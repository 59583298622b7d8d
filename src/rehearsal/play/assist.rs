//! When the usual way does not work, and what staff do about it.

use alloc::format;
use alloc::string::String;

use zeroize::Zeroizing;

use super::pass::{instant, no, offered, refused, sent};
use super::sending::posted;
use super::signing_in::request;
use crate::contact::Channel;
use crate::flow::{Emergency, FirstFactor, Managed, Once, Sending};
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Named, Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;

const DONE: Outcome = Outcome::Done;

pub(super) async fn sign_in_at_once<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let typed = stage.typed(step, who, None, true)?;
    stage.name_code(step, &typed);
    let answer = super::signing_in::answer(stage, step, who, &typed)?;
    let request = request(stage, step, who, &device, stage.purpose(step))?;
    Ok(match stage.verifier.verify_once(request, answer).await? {
        Once::Pass(pass) => stage.takes(who, &device, pass),
        Once::Rejected(rejection) => {
            let left = rejection.attempts_left().map(|left| Value::Number(left.into()));
            no(
                Outcome::Rejected,
                rejection.reason(),
                rejection.public_text(),
                rejection.retry_at(),
            )
            .maybe(Field::AttemptsLeft, left)
        }
        Once::Blocked(refusal) => refused(Outcome::Blocked, &refusal),
    })
}

pub(super) async fn break_glass<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let (device, subject, purpose) = (stage.device(step), stage.subject(who)?, stage.purpose(step));
    let first = FirstFactor::passed_at(super::signing_in::first_factor_at(stage, step));
    let why = step.text(Argument::Note).unwrap_or_default();
    let answer = stage.verifier.break_glass(&subject, &purpose, first, why);
    Ok(match answer.await? {
        Emergency::Pass(pass) => stage.takes(who, &device, pass),
        Emergency::AwaitsApproval { id, expires_at } => {
            let name = step.text(Argument::NamesEmergency).map(String::from);
            stage.emergencies.push((who.into(), name, id));
            Observed::new(Outcome::AwaitsApproval).with(Field::ExpiresAt, instant(Some(expires_at)))
        }
        Emergency::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn approve_emergency<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let whom = stage.whom(step)?;
    let (subject, actor) = (stage.subject(whom)?, stage.staff(step)?);
    let wanted = step.text(Argument::Emergency);
    let mut all = stage.emergencies.iter().rev();
    let found = all.find(|(person, name, _)| match wanted {
        Some(wanted) => name.as_deref() == Some(wanted),
        None => person == whom,
    });
    let Some((_, _, id)) = found else {
        return impossible(format!("{whom} has asked for no emergency"));
    };
    let approved = stage.verifier.approve_emergency(&subject, *id, &actor);
    Ok(match approved.await? {
        Ok(()) => Observed::new(DONE),
        Err(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn enter_first_contact<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let contact = |argument| match step.arguments.get(&argument) {
        Some(Value::Contact(Some(contact))) => Some(contact.clone()),
        _ => None,
    };
    let Some(contact) = contact(Argument::Mobile).or_else(|| contact(Argument::Email)) else {
        return impossible("neither `mobile` nor `email` is entered");
    };
    let place = stage.open_challenge(step, who, &device)?;
    let Some(begun) = stage.begun.get(place) else {
        return impossible("no sign-in waits");
    };
    let entered = stage
        .verifier
        .enter_first_contact(&begun.ticket, contact.channel());
    Ok(match entered.await? {
        Managed::Done(()) => {
            if let Some(person) = stage.people.get_mut(who) {
                person.change(contact.channel(), Some(contact));
                stage.directory.put_person(person.to_directory());
            }
            Observed::new(DONE)
        }
        Managed::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn issue_bypass_code<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let (subject, actor) = (stage.subject(stage.whom(step)?)?, stage.staff(step)?);
    let why = step.text(Argument::Note).unwrap_or_default();
    let purpose = stage.purpose(step);
    let issued = stage.verifier.issue_bypass_code(&subject, &purpose, &actor, why);
    Ok(match issued.await? {
        Managed::Done(code) => {
            if let Some(label) = step.text(Argument::NamesCode) {
                let named = Named {
                    text: Zeroizing::new(code.expose().into()),
                    reference: None,
                };
                stage.codes.insert(label.into(), named);
            }
            Observed::new(DONE)
                .with(Field::ExpiresAt, Value::Instant(code.expires_at()))
                .with(Field::Digits, Value::count(code.expose().len()))
        }
        Managed::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn remind<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let whom = stage.whom(step)?;
    let (subject, actor, purpose) = (stage.subject(whom)?, stage.staff(step)?, stage.purpose(step));
    let mut open = stage.begun.iter().rev();
    let open = open.find(|begun| begun.person == whom && begun.purpose == purpose && !begun.enrols);
    let first = open.and_then(|begun| begun.methods.iter().find_map(|method| method.channel()));
    let id = open.map(|begun| begun.id);
    let channel = step.channel(Argument::By).or(first).unwrap_or(Channel::Sms);
    let before = stage.post.count();
    let sending = stage.verifier.send_for(&subject, &purpose, channel, &actor).await;
    posted(stage, step, whom, id, before);
    Ok(match sending? {
        Sending::Sent(info) => sent(Outcome::Sent, &info),
        Sending::Already(info) => sent(Outcome::Already, &info),
        Sending::Uncertain(info) => sent(Outcome::Uncertain, &info),
        Sending::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn make_link<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let version = stage.verifier.contact_version(&subject).await?;
    if let Some(label) = step.text(Argument::NamesLink) {
        stage.links.insert(label.into(), version.as_str().into());
    }
    Ok(Observed::new(DONE))
}

pub(super) async fn look_ahead<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let purpose = stage.purpose(step);
    let when = step.instant(Argument::When).unwrap_or_else(|| stage.clock.read());
    let told = stage.verifier.will_require(&subject, &purpose, when).await?;
    let observed = Observed::new(if told.required {
        Outcome::Required
    } else {
        Outcome::Off
    });
    let reference = told.decided_by.reference();
    let reference = reference.map(|reference| Value::Text(format!("{reference}")));
    let reason = told.reason.map(|reason| Value::Text(reason.as_str().into()));
    Ok(offered(observed, &told.methods)
        .with(Field::Required, Value::Truth(told.required))
        .text(
            Field::DecidedBy,
            stage.waiver_by_name(&format!("{}", told.decided_by)),
        )
        .maybe(Field::Reference, reference)
        .maybe(Field::Reason, reason))
}
