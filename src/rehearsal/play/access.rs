//! Appointments, and the codes that staff read out.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

use zeroize::Zeroizing;

use super::pass::{instant, no, refused};
use super::typed::styled;
use crate::flow::Managed;
use crate::flow::access::{AccessAttempt, Appointment, Call, Redemption, Source, Window};
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Halt, Named, Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;
use crate::time::Timestamp;

const DONE: Outcome = Outcome::Done;

/// How many digits a wrong access code has: as many as most right ones.
const DIGITS: usize = 9;

pub(super) async fn open<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (start, end) = times(step)?;
    let mut appointment = Appointment::new(stage.purpose(step), start, end);
    for name in step.texts(Argument::Participants).unwrap_or_default() {
        appointment = appointment.participant(stage.subject(name)?.id());
    }
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let opened = stage.verifier.open_access(&practice, &appointment, &actor);
    Ok(windowed(opened.await?))
}

pub(super) async fn reschedule<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (start, end) = times(step)?;
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let purpose = stage.purpose(step);
    let moved = stage.verifier.reschedule(&practice, &purpose, start, end, &actor);
    Ok(windowed(moved.await?))
}

pub(super) async fn cancel<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let purpose = stage.purpose(step);
    let cancelled = stage.verifier.cancel_object(&practice, &purpose, &actor);
    Ok(match cancelled.await? {
        Managed::Done(count) => Observed::new(DONE).with(Field::Count, Value::count(count)),
        Managed::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn remove_participant<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let (subject, actor) = (stage.subject(stage.whom(step)?)?, stage.staff(step)?);
    let purpose = stage.purpose(step);
    let removed = stage.verifier.remove_participant(&subject, &purpose, &actor);
    Ok(match removed.await? {
        Managed::Done(()) => Observed::new(DONE),
        Managed::Refused(refusal) => refused(Outcome::Refused, &refusal),
    })
}

pub(super) async fn reveal<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let (subject, actor) = (stage.subject(stage.whom(step)?)?, stage.staff(step)?);
    let purpose = stage.purpose(step);
    let revealed = stage.verifier.reveal_access_code(&subject, &purpose, &actor);
    let revealed = match revealed.await? {
        Managed::Done(revealed) => revealed,
        Managed::Refused(refusal) => return Ok(refused(Outcome::Refused, &refusal)),
    };
    if let Some(label) = step.text(Argument::NamesCode) {
        let named = Named {
            text: Zeroizing::new(format!("{}", revealed.spoken())),
            reference: None,
        };
        stage.codes.insert(label.into(), named);
    }
    let call = match revealed.call() {
        Call::Number(masked) => Value::Text(masked.clone()),
        Call::NoNumberOnFile => Value::Text("none".into()),
    };
    Ok(window(Observed::new(DONE), revealed.window())
        .with(Field::Digits, Value::count(revealed.expose().len()))
        .with(Field::New, Value::Truth(revealed.is_new()))
        .with(Field::Call, call))
}

pub(super) async fn redeem<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let typed = typed(stage, step)?;
    let source = step
        .text(Argument::Source)
        .map_or_else(Source::unknown, Source::new);
    let practice = stage.practice(step)?.id.clone();
    let attempt = AccessAttempt::new(&practice, stage.purpose(step), &typed, source);
    Ok(match stage.verifier.redeem(&attempt).await? {
        Redemption::Admitted(admission) => Observed::new(Outcome::Admitted)
            .text(Field::Admits, admission.subject().id().as_str())
            .text(Field::Opens, format!("{}", admission.purpose()))
            .text(Field::Assurance, admission.assurance().as_str())
            .with(Field::Until, instant(Some(admission.until()))),
        Redemption::Rejected(rejection) => no(
            Outcome::Rejected,
            rejection.reason(),
            rejection.public_text(),
            rejection.retry_at(),
        ),
    })
}

/// What whoever knocks types.
fn typed<S>(stage: &Stage<'_, S>, step: &Step) -> Result<Zeroizing<String>, Halt> {
    if let Some(literal) = step.text(Argument::Literal) {
        return Ok(Zeroizing::new(literal.into()));
    }
    let plain = match step.text(Argument::Types) {
        Some("wrong") => wrong(stage),
        Some(label) => match stage.codes.get(label) {
            Some(code) => Zeroizing::new(code.text.replace('-', "")),
            None => return impossible(format!("there is no code {label}")),
        },
        None => return impossible("nothing is typed"),
    };
    Ok(styled(&plain, step.text(Argument::Style)))
}

/// A number of the right length that nobody was given.
fn wrong<S>(stage: &Stage<'_, S>) -> Zeroizing<String> {
    let taken: BTreeSet<String> = stage
        .codes
        .values()
        .map(|code| code.text.replace('-', ""))
        .collect();
    let mut number = 314_159_265_u32;
    loop {
        let text: String = format!("{number:0>DIGITS$}").chars().take(DIGITS).collect();
        if !taken.contains(&text) {
            return Zeroizing::new(text);
        }
        number = number.wrapping_add(1);
    }
}

fn times(step: &Step) -> Result<(Timestamp, Timestamp), Halt> {
    match (step.instant(Argument::Start), step.instant(Argument::End)) {
        (Some(start), Some(end)) => Ok((start, end)),
        _ => impossible("an appointment begins and ends"),
    }
}

fn windowed(managed: Managed<Window>) -> Observed {
    match managed {
        Managed::Done(times) => window(Observed::new(DONE), times),
        Managed::Refused(refusal) => refused(Outcome::Refused, &refusal),
    }
}

fn window(observed: Observed, window: Window) -> Observed {
    observed
        .with(Field::OpensAt, Value::Instant(window.opens_at))
        .with(Field::ClosesAt, Value::Instant(window.closes_at))
}
