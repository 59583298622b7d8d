//! Signing in.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use super::pass::{instant, no, offered, refused};
use super::{enrolment, sending};
use crate::flow::{
    Answer, Assertion, AssertionKind, Assurance, Begin, Challenge, EnrolFirst, FirstFactor, Remember, Ruling,
    Verdict,
};
use crate::method::Method;
use crate::purpose::Purpose;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::{ASSURANCES, Field};
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Begun, Halt, Life, Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;
use crate::time::Timestamp;

/// How old a first factor is when nothing is said.
const FIRST_FACTOR_AGE: Duration = Duration::from_secs(5);

pub(super) async fn begin<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let purpose = stage.purpose(step);
    begin_for(stage, step, purpose).await
}

pub(super) async fn begin_for<S: Store>(stage: &mut Stage<'_, S>, step: &Step, purpose: Purpose) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let request = request(stage, step, who, &device, purpose.clone())?;
    match stage.verifier.begin(request).await? {
        Ruling::Pass(pass) => Ok(stage.takes(who, &device, pass)),
        Ruling::Challenge(challenge) => Ok(asked(stage, step, who, &device, &challenge)),
        Ruling::Enrol(enrol) => Ok(must_enrol(stage, step, (who, &device), &enrol, purpose)),
        Ruling::Blocked(refusal) => Ok(refused(Outcome::Blocked, &refusal)),
    }
}

/// When the first factor was given.
pub(super) fn first_factor_at<S>(stage: &Stage<'_, S>, step: &Step) -> Timestamp {
    let now = stage.clock.read();
    let age = step.span(Argument::FirstFactorAge).unwrap_or(FIRST_FACTOR_AGE);
    match step.span(Argument::FirstFactorAhead) {
        Some(ahead) => now.saturating_add(ahead),
        None => now.saturating_sub(age),
    }
}

pub(super) fn request<S: Store>(
    stage: &Stage<'_, S>,
    step: &Step,
    who: &str,
    device: &str,
    purpose: Purpose,
) -> Result<Begin, Halt> {
    let passed_at = first_factor_at(stage, step);
    let owner = step.text(Argument::CookieOf).unwrap_or(who);
    let cookie = stage.cookies.get(&(device.into(), owner.into()));
    let subject = stage.subject(who)?;
    let mut request = Begin::new(&subject, purpose, FirstFactor::passed_at(passed_at))
        .device(cookie.map(|cookie| cookie.as_str()));
    match step.text(Argument::Session) {
        Some("") => {}
        Some(session) => request = request.session(session),
        None => {
            let clearings = stage.clearings.get(device).copied().unwrap_or_default();
            request = request.session(&format!("{device}, {clearings}"));
        }
    }
    let declared = stage.rehearsal.shared_devices.contains(device);
    if step.truth(Argument::Shared).unwrap_or(declared) {
        request = request.shared_device();
    }
    if let Some(channel) = step.channel(Argument::LinkBy) {
        request = request.link(channel);
    }
    if let Some(label) = step.text(Argument::Contacts) {
        match stage.links.get(label) {
            Some(version) => request = request.contacts(version),
            None => return impossible(format!("there is no link {label}")),
        }
    }
    if let Some(assertion) = assertion(stage, step) {
        request = request.asserted(assertion);
    }
    Ok(request)
}

/// What the host says was proved elsewhere.
fn assertion<S>(stage: &Stage<'_, S>, step: &Step) -> Option<Assertion> {
    let word = step.text(Argument::Asserted)?;
    let kind = AssertionKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == word)?;
    let said = step.text(Argument::AssertedAssurance);
    let said = said.and_then(|word| ASSURANCES.into_iter().find(|worth| worth.as_str() == word));
    let assurance = said.unwrap_or(match kind {
        AssertionKind::Passkey => Assurance::PhishingResistant,
        AssertionKind::SingleSignOn => Assurance::SecondFactor,
    });
    let age = step.span(Argument::AssertedAge).unwrap_or(FIRST_FACTOR_AGE);
    let proved_at = stage.clock.read().saturating_sub(age);
    Some(Assertion::new(kind, proved_at, assurance))
}

fn asked<S: Store>(
    stage: &mut Stage<'_, S>,
    step: &Step,
    who: &str,
    device: &str,
    challenge: &Challenge,
) -> Observed {
    let known = stage.begun.iter().rev().find(|begun| begun.id == challenge.id());
    let letter = known.and_then(|begun| begun.letter);
    let label = step.text(Argument::NamesChallenge).map(String::from);
    let first = stage.begun.iter().filter(|begun| begun.id == challenge.id());
    let name = first
        .filter_map(|begun| begun.label.clone())
        .next()
        .or_else(|| label.clone());
    let turn = stage.next_turn();
    stage.begun.push(Begun {
        person: who.into(),
        device: device.into(),
        label,
        id: challenge.id(),
        ticket: challenge.ticket().clone(),
        purpose: challenge.purpose().clone(),
        enrols: false,
        methods: challenge.methods().iter().map(|offer| offer.method).collect(),
        letter,
        turn,
    });
    offered(Observed::new(Outcome::Challenge), challenge.methods())
        .with(Field::ExpiresAt, Value::Instant(challenge.expires_at()))
        .with(Field::ResendAt, instant(challenge.resend_at()))
        .with(
            Field::AttemptsLeft,
            Value::Number(challenge.attempts_left().into()),
        )
        .with(Field::CodeOut, Value::Truth(challenge.sent().is_some()))
        .with(Field::FirstUse, Value::Truth(challenge.first_use()))
        .with(Field::Asked, Value::Truth(true))
        .maybe(Field::Challenge, name.map(Value::Text))
}

fn must_enrol<S: Store>(
    stage: &mut Stage<'_, S>,
    step: &Step,
    (who, device): (&str, &str),
    enrol: &EnrolFirst,
    purpose: Purpose,
) -> Observed {
    let turn = stage.next_turn();
    stage.begun.push(Begun {
        person: who.into(),
        device: device.into(),
        label: step.text(Argument::NamesChallenge).map(String::from),
        id: enrol.id(),
        ticket: enrol.ticket().clone(),
        purpose,
        enrols: true,
        methods: enrol.methods().to_vec(),
        letter: None,
        turn,
    });
    Observed::new(Outcome::Enrol)
        .with(
            Field::Methods,
            Value::texts(enrol.methods().iter().map(|method| method.as_str())),
        )
        .with(
            Field::FirstContact,
            Value::texts(enrol.first_contact().iter().map(|channel| channel.as_str())),
        )
        .text(Field::Text, enrol.public_text().key())
        .text(Field::Says, enrol.public_text().english())
        .with(Field::ExpiresAt, Value::Instant(enrol.expires_at()))
        .with(Field::FirstUse, Value::Truth(enrol.first_use()))
        .with(Field::Asked, Value::Truth(true))
}

impl<S> Stage<'_, S> {
    /// The challenge a step is about, by its place.
    pub(super) fn open_challenge(&self, step: &Step, who: &str, device: &str) -> Result<usize, Halt> {
        let wanted = |begun: &&(usize, &Begun)| match step.text(Argument::Challenge) {
            Some(label) => begun.1.label.as_deref() == Some(label),
            None => begun.1.person == who && begun.1.device == device,
        };
        let all: alloc::vec::Vec<_> = self.begun.iter().enumerate().collect();
        match all.iter().rev().find(wanted) {
            Some((place, _)) => Ok(*place),
            None => impossible(format!("no challenge is open for {who} on {device}")),
        }
    }
}

pub(super) async fn submit<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let place = stage.open_challenge(step, who, &device)?;
    let letter = stage.begun.get(place).and_then(|begun| begun.letter);
    let has_letter = letter.is_some();
    let typed = stage.typed(step, who, letter, !has_letter)?;
    stage.name_code(step, &typed);
    let answer = answer(stage, step, who, &typed)?;
    answers(stage, who, &device, place, answer).await
}

/// What is typed, with what the page knows of it.
pub(super) fn answer<S: Store>(
    stage: &Stage<'_, S>,
    step: &Step,
    who: &str,
    typed: &str,
) -> Result<Answer, Halt> {
    let mut answer = Answer::new(typed);
    if step.truth(Argument::Remember) == Some(true) {
        answer = answer.remember(Remember::Yes);
    }
    if let Some(method) = step.method(Argument::Method) {
        answer = answer.method(method);
    }
    if step.truth(Argument::Addressed) == Some(true) {
        answer = answer.authenticator(stage.held_by(step, who)?.id);
    }
    Ok(answer)
}

async fn answers<S: Store>(
    stage: &mut Stage<'_, S>,
    who: &str,
    device: &str,
    place: usize,
    answer: Answer,
) -> Played {
    let Some(begun) = stage.begun.get(place) else {
        return impossible("no challenge is open");
    };
    match stage.verifier.answer(&begun.ticket, answer).await? {
        Verdict::Pass(pass) => Ok(stage.takes(who, device, pass)),
        Verdict::Rejected(rejection) => {
            let reference = rejection
                .newest_reference()
                .map(|reference| format!("{reference}"));
            let newest = stage
                .codes
                .iter()
                .find(|(_, code)| reference.is_some() && code.reference == reference)
                .map(|(label, _)| Value::Text(label.clone()));
            let observed = no(
                Outcome::Rejected,
                rejection.reason(),
                rejection.public_text(),
                rejection.retry_at(),
            );
            let left = rejection.attempts_left().map(|left| Value::Number(left.into()));
            Ok(observed
                .maybe(Field::AttemptsLeft, left)
                .maybe(Field::Newest, newest))
        }
    }
}

pub(super) async fn cancel<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let place = stage.open_challenge(step, who, &device)?;
    let Some(begun) = stage.begun.get(place) else {
        return impossible("no challenge is open");
    };
    let was_open = stage.verifier.cancel(&begun.ticket).await?;
    Ok(Observed::new(if was_open {
        Outcome::Done
    } else {
        Outcome::Nothing
    }))
}

pub(super) async fn sign_in<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let purpose = stage.purpose(step);
    let observed = sign_in_for(stage, step, purpose).await?;
    if observed.outcome != Outcome::Enrol || !stage.rehearsal.replays {
        return Ok(observed);
    }
    // The file does not know that the other policy wants an app. People would set one up, once, and a replay in which
    // they never do would count every later sign-in wrongly.
    let begun = enrolment::begin(stage, step).await?;
    if begun.outcome != Outcome::Done {
        return Ok(observed);
    }
    let enrolled = enrolment::confirm(stage, step).await?;
    Ok(enrolled.after_setting_up())
}

/// Begins, and does what is asked for.
pub(super) async fn sign_in_for<S: Store>(stage: &mut Stage<'_, S>, step: &Step, purpose: Purpose) -> Played {
    let begun = begin_for(stage, step, purpose).await?;
    if begun.outcome != Outcome::Challenge {
        return Ok(begun);
    }
    let who = stage.who(step)?;
    let device = stage.device(step);
    let Some(place) = stage.begun.len().checked_sub(1) else {
        return Ok(begun);
    };
    let Some(method) = way(stage, step, who, place) else {
        return Ok(begun);
    };
    if let Some(channel) = method.channel() {
        let sent = sending::send_by(stage, step, who, place, channel, false).await?;
        if !matches!(sent.outcome, Outcome::Sent | Outcome::Already) {
            return Ok(sent.with(Field::Asked, Value::Truth(true)));
        }
    }
    let typed = stage.right_answer(who, place, method)?;
    if method.channel().is_none() {
        stage.name_code(step, &typed);
    }
    let mut answer = Answer::new(&typed);
    if step.truth(Argument::Remember) == Some(true) {
        answer = answer.remember(Remember::Yes);
    }
    let observed = answers(stage, who, &device, place, answer).await?;
    Ok(observed.with(Field::Asked, Value::Truth(true)))
}

/// By which of the offered methods somebody answers, if by any.
fn way<S>(stage: &Stage<'_, S>, step: &Step, who: &str, place: usize) -> Option<Method> {
    let offered = &stage.begun.get(place)?.methods;
    let at_hand = |method: &Method| match method {
        Method::Totp => stage
            .held
            .iter()
            .any(|held| held.person == who && held.life == Life::Active),
        Method::RecoveryCode => stage.sheets.iter().any(|sheet| sheet.person == who),
        Method::BypassCode => false,
        Method::Sms | Method::Email => true,
    };
    match step.method(Argument::Using) {
        Some(method) => offered.contains(&method).then_some(method).filter(at_hand),
        None => offered.iter().copied().find(at_hand),
    }
}
