//! Authenticators and recovery codes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::pass::refused;
use super::signing_in;
use crate::flow::{Authority, Enrolled, Managed, RecoveryCodes, Remember, Why};
use crate::method::AuthenticatorKind;
use crate::policy::ManagementAge;
use crate::purpose::Purpose;
use crate::rehearsal::DEFAULT_AUTHENTICATOR;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Halt, Held, Life, Played, SheetHeld, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;
use crate::testing::AuthenticatorApp;

impl<S: Store> Stage<'_, S> {
    /// By which right the person changes factors.
    fn right(&self, step: &Step, who: &str, device: &str) -> Result<Authority<'_>, Halt> {
        let wanted = step.text(Argument::ByRight);
        let mut waiting = self.begun.iter().rev();
        let waiting = waiting
            .find(|begun| begun.enrols && begun.person == who && begun.device == device)
            .filter(|_| wanted != Some("fresh"));
        let mut passes = self.passes.iter().rev();
        let pass = passes
            .find(|(person, place, _, pass)| {
                let manages = pass.purpose().name() == Purpose::MANAGE_AUTHENTICATORS;
                // With an explicit right any pass may be tried, also one that is none.
                person == who && place == device && (manages || wanted.is_some())
            })
            .filter(|_| wanted != Some("enrol_first"));
        match (waiting, pass) {
            (Some(begun), Some((_, _, turn, pass))) if begun.turn < *turn => Ok(Authority::Fresh(pass)),
            (Some(begun), _) => Ok(Authority::EnrolFirst(&begun.ticket)),
            (None, Some((_, _, _, pass))) => Ok(Authority::Fresh(pass)),
            (None, None) => impossible(format!("{who} has no right to change factors on {device}")),
        }
    }

    fn has_right(&self, who: &str, device: &str) -> bool {
        let waits = |begun: &crate::rehearsal::stage::Begun| {
            begun.enrols && begun.person == who && begun.device == device
        };
        self.begun.iter().any(waits)
            || self.passes.iter().any(|(person, place, _, pass)| {
                person == who
                    && place == device
                    && pass.purpose().name() == Purpose::MANAGE_AUTHENTICATORS
                    && matches!(pass.why(), Why::Verified(_))
                    && self.clock.read().since(pass.at()) < ManagementAge::DEFAULT.get()
            })
    }

    fn authenticator(&self, step: &Step, who: &str) -> Result<usize, Halt> {
        let name = step
            .text(Argument::Authenticator)
            .unwrap_or(DEFAULT_AUTHENTICATOR);
        let place = self
            .held
            .iter()
            .rposition(|held| held.person == who && held.name == name);
        place.map_or_else(|| impossible(format!("{who} has no authenticator {name}")), Ok)
    }

    fn keeps_sheet(&mut self, step: &Step, who: &str, codes: &RecoveryCodes) {
        self.sheets.push(SheetHeld {
            person: who.into(),
            label: step.text(Argument::NamesSheet).map(String::from),
            lines: codes.expose().map(|line| Zeroizing::new(line.into())).collect(),
            used: Vec::new(),
        });
    }
}

pub(super) async fn begin<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let name = step
        .text(Argument::NamesAuthenticator)
        .unwrap_or(DEFAULT_AUTHENTICATOR);
    let kind = step.text(Argument::AppKind).unwrap_or("phone");
    let kind = AuthenticatorKind::ALL
        .into_iter()
        .find(|known| known.as_str() == kind);
    let right = stage.right(step, who, &device)?;
    let begun = stage
        .verifier
        .begin_enrolment(right, name, kind.unwrap_or_default());
    match begun.await? {
        Managed::Done(new) => {
            let Ok(app) = AuthenticatorApp::scan(new.key_uri()) else {
                return impossible("the app cannot read the picture");
            };
            let (id, expires_at) = (new.id(), new.expires_at());
            stage
                .held
                .retain(|held| held.person != who || held.life != Life::Shown);
            stage.held.push(Held {
                person: who.into(),
                name: name.into(),
                id,
                app,
                life: Life::Shown,
            });
            Ok(Observed::new(Outcome::Done).with(Field::ExpiresAt, Value::Instant(expires_at)))
        }
        Managed::Refused(refusal) => Ok(refused(Outcome::Refused, &refusal)),
    }
}

pub(super) async fn confirm<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let shown = |held: &Held| held.person == who && held.life == Life::Shown;
    let place = stage.held.iter().rposition(shown);
    let says_what = step.text(Argument::Types).is_some() || step.text(Argument::Literal).is_some();
    let typed = match place.and_then(|place| stage.held.get(place)) {
        Some(held) if !says_what => stage.app_code(held, step.number(Argument::Steps).unwrap_or_default()),
        _ => stage.typed(step, who, None, true)?,
    };
    stage.name_code(step, &typed);
    let remember = match step.truth(Argument::Remember) {
        Some(true) => Remember::Yes,
        _ => Remember::No,
    };
    let right = stage.right(step, who, &device)?;
    match stage.verifier.confirm_enrolment(right, &typed, remember).await? {
        Managed::Done(enrolled) => Ok(enrolled_now(stage, step, who, &device, place, enrolled)),
        Managed::Refused(refusal) => Ok(refused(Outcome::Refused, &refusal)),
    }
}

fn enrolled_now<S: Store>(
    stage: &mut Stage<'_, S>,
    step: &Step,
    who: &str,
    device: &str,
    place: Option<usize>,
    enrolled: Enrolled,
) -> Observed {
    if let Some(held) = place.and_then(|place| stage.held.get_mut(place)) {
        held.life = Life::Active;
    }
    stage
        .begun
        .retain(|begun| !begun.enrols || begun.person != who || begun.device != device);
    if let Some(codes) = &enrolled.recovery_codes {
        stage.keeps_sheet(step, who, codes);
    }
    let codes = enrolled.recovery_codes.as_ref().map_or(0, RecoveryCodes::len);
    let observed = match enrolled.pass {
        Some(pass) => stage.takes(who, device, pass),
        None => Observed::new(Outcome::Done),
    };
    observed.with(Field::RecoveryCodes, Value::count(codes))
}

/// The everyday way: what is missing on the way is done first.
pub(super) async fn set_up<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    if !stage.has_right(who, &device) {
        let purpose = Purpose::manage_authenticators();
        let proved = signing_in::sign_in_for(stage, step, purpose).await?;
        if !matches!(proved.outcome, Outcome::Verified | Outcome::Enrol) {
            return Ok(proved);
        }
    }
    let begun = begin(stage, step).await?;
    if begun.outcome != Outcome::Done {
        return Ok(begun);
    }
    confirm(stage, step).await
}

pub(super) async fn rename<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let place = stage.authenticator(step, who)?;
    let name = step.text(Argument::NewName).unwrap_or(DEFAULT_AUTHENTICATOR);
    let Some(held) = stage.held.get(place) else {
        return impossible("no such authenticator");
    };
    let right = stage.right(step, who, &device)?;
    let renamed = stage.verifier.rename_authenticator(right, held.id, name).await?;
    if let (Managed::Done(()), Some(held)) = (&renamed, stage.held.get_mut(place)) {
        held.name = name.into();
    }
    Ok(managed(renamed))
}

pub(super) async fn remove<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let place = stage.authenticator(step, who)?;
    let Some(held) = stage.held.get(place) else {
        return impossible("no such authenticator");
    };
    let right = stage.right(step, who, &device)?;
    let removed = stage.verifier.remove_authenticator(right, held.id).await?;
    if let (Managed::Done(()), Some(held)) = (&removed, stage.held.get_mut(place)) {
        held.life = Life::Removed;
    }
    Ok(managed(removed))
}

pub(super) async fn make_recovery_codes<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let who = stage.who(step)?;
    let device = stage.device(step);
    let right = stage.right(step, who, &device)?;
    match stage.verifier.make_recovery_codes(right).await? {
        Managed::Done(codes) => {
            stage.keeps_sheet(step, who, &codes);
            Ok(Observed::new(Outcome::Done).with(Field::RecoveryCodes, Value::count(codes.len())))
        }
        Managed::Refused(refusal) => Ok(refused(Outcome::Refused, &refusal)),
    }
}

pub(super) async fn list<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let subject = stage.subject(stage.whom(step)?)?;
    let all = stage.verifier.authenticators(&subject).await?;
    Ok(Observed::new(Outcome::Done)
        .with(
            Field::Authenticators,
            Value::texts(all.iter().map(|one| &one.name)),
        )
        .with(Field::Count, Value::count(all.len())))
}

fn managed(managed: Managed<()>) -> Observed {
    match managed {
        Managed::Done(()) => Observed::new(Outcome::Done),
        Managed::Refused(refusal) => refused(Outcome::Refused, &refusal),
    }
}
