//! A step in words for people who do not program. Nothing here decides anything.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::arguments::Argument;
use super::fields::Field;
use super::file::steps::Step;
use super::observed::Observed;
use super::outcomes::Outcome;
use super::play::staff::REQUIRED;
use super::stage::Stage;
use super::times;
use super::value::Value;
use crate::purpose::Purpose;
use crate::store::Store;
use crate::time::Zone;

/// Where: a person's own device goes without saying.
pub(super) fn place(step: &Step) -> String {
    step.text(Argument::On).unwrap_or_default().into()
}

/// What was done, with whom it was about and what was to be opened.
pub(super) fn does(step: &Step) -> String {
    let mut does = String::from(step.does.as_str());
    let own = step.who.as_deref();
    if let Some(whom) = step.text(Argument::Whom).filter(|whom| Some(*whom) != own) {
        does.push_str(&format!(", {whom}"));
    }
    if let Some(purpose) = step.text(Argument::Purpose) {
        does.push_str(&format!(", {}", plain(purpose)));
    }
    let named = [
        Argument::Authenticator,
        Argument::NamesAuthenticator,
        Argument::Answer,
        Argument::Asserted,
        Argument::Waiver,
        Argument::What,
        Argument::State,
    ];
    for argument in named {
        if let Some(word) = step.text(argument) {
            does.push_str(&format!(", {}", plain(word)));
        }
    }
    does
}

/// What came of it.
pub(super) fn told(observed: &Observed) -> String {
    let by = || observed.get_text(Field::Method).map(method).unwrap_or_default();
    let to = || list(observed.get(Field::To), |text| text.into(), ", ");
    match observed.outcome {
        Outcome::NotRequired | Outcome::Trusted | Outcome::Granted => "in, nothing asked".into(),
        Outcome::Asserted => "in, by a proof from elsewhere".into(),
        Outcome::Emergency => "in, as an emergency".into(),
        Outcome::Verified if observed.set_up => "set up an app; in".into(),
        Outcome::Verified => format!("in, by {}", by()),
        Outcome::Challenge => {
            format!(
                "asked for a code by {}",
                list(observed.get(Field::Methods), method, " or ")
            )
        }
        Outcome::Enrol => enrol(observed),
        Outcome::AwaitsApproval => "somebody else must approve".into(),
        Outcome::Admitted => {
            let opens = observed.get_text(Field::Opens).map(plain);
            format!("in to {}", opens.unwrap_or_default())
        }
        Outcome::Blocked => "not let in".into(),
        Outcome::Rejected => "code not accepted".into(),
        Outcome::Sent => format!("code by {} to {}", by(), to()),
        Outcome::Already => format!("a code by {} is out already", by()),
        Outcome::Uncertain => format!("code by {} may have left", by()),
        Outcome::Refused => "refused".into(),
        Outcome::Intact => "the trail is as it was written".into(),
        Outcome::Tampered => "somebody has changed the trail".into(),
        Outcome::Done => done(observed),
        Outcome::Nothing => "nothing to do".into(),
        Outcome::Ready => "ready".into(),
        Outcome::NotReady => {
            let what = list(observed.get(Field::Problems), plain, ", ");
            match observed.get(Field::NotReady) {
                Some(who) => format!(
                    "not ready: {} ({what})",
                    list(Some(who), |text| text.into(), ", ")
                ),
                None => format!("not ready: {what}"),
            }
        }
        Outcome::Required => "a second factor is required".into(),
        Outcome::Off => "no second factor is required".into(),
        Outcome::Error => "no answer, so not let in".into(),
        Outcome::Impossible => "could not be done".into(),
    }
}

fn enrol(observed: &Observed) -> String {
    let some = |field| matches!(observed.get(field), Some(Value::Texts(texts)) if !texts.is_empty());
    match (some(Field::Methods), some(Field::FirstContact)) {
        (true, true) => "must set up an authenticator app or enter a first contact".into(),
        (false, true) => "must enter a first contact".into(),
        _ => "must set up an authenticator app".into(),
    }
}

/// What was done, or what the list says.
fn done(observed: &Observed) -> String {
    let number = |field| match observed.get(field) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    if let Some(names) = observed.get(Field::Authenticators) {
        return format!("authenticators: {}", list(Some(names), |text| text.into(), ", "));
    }
    if let (Some(known), Some(trusted)) = (number(Field::Devices), number(Field::TrustedDevices)) {
        return format!("devices: {known}, of them remembered: {trusted}");
    }
    if let (Some(Value::Texts(events)), Some(count)) = (observed.get(Field::Events), number(Field::Count)) {
        let newest = events.last().map(|event| plain(event)).unwrap_or_default();
        return format!("entries: {count}, the newest: {newest}");
    }
    if let Some(waivers) = observed.get(Field::Waivers) {
        return format!("waivers that hold: {}", waivers.show(&Zone::utc()));
    }
    if let Some(version) = number(Field::Version) {
        return format!("settings at version {version}");
    }
    if let Some(call) = observed.get_text(Field::Call) {
        return format!("code shown; number to ring: {call}");
    }
    match number(Field::RecoveryCodes) {
        Some(codes) if codes > 0 => format!("done; sheet of {codes} recovery codes"),
        _ => "done".into(),
    }
}

/// Why: the deciding layer with the rule it names, or the reason.
pub(super) async fn why<S: Store>(stage: &Stage<'_, S>, step: &Step, observed: &Observed) -> String {
    let zone = &stage.rehearsal.zone;
    let until = match observed.get(Field::Until) {
        Some(Value::Instant(until)) => Some(times::show(*until, zone)),
        _ => None,
    };
    let rule = decided(stage, step, observed.outcome).await;
    match observed.outcome {
        Outcome::Trusted => format!("device remembered until {}", until.unwrap_or_default()),
        Outcome::Granted => format!("here a short while ago, until {}", until.unwrap_or_default()),
        Outcome::Emergency => format!("emergency until {}", until.unwrap_or_default()),
        Outcome::Admitted => format!("by a code read out, good until {}", until.unwrap_or_default()),
        Outcome::Verified => match until {
            Some(until) => format!("{rule}; remembered until {until}"),
            None => rule,
        },
        Outcome::NotRequired => {
            let reason = observed.get_text(Field::Reason).map(plain).unwrap_or_default();
            format!("{reason}: {rule}")
        }
        Outcome::Challenge | Outcome::Enrol | Outcome::Required | Outcome::Off => rule,
        Outcome::Sent | Outcome::Already | Outcome::Uncertain | Outcome::AwaitsApproval => {
            match observed.get(Field::ExpiresAt) {
                Some(Value::Instant(until)) => format!("good until {}", times::show_time(*until, zone)),
                _ => String::new(),
            }
        }
        Outcome::Impossible => observed.obstacle.clone().unwrap_or_default(),
        _ => reasons(observed, zone),
    }
}

/// Which layer decided whether a second factor is required, as the explanation says.
async fn decided<S: Store>(stage: &Stage<'_, S>, step: &Step, outcome: Outcome) -> String {
    let Ok(subject) = stage.whom(step).and_then(|whom| stage.subject(whom)) else {
        return String::new();
    };
    let purpose = opened(stage, step, outcome);
    let Ok(told) = stage.verifier.explain(&subject, &purpose).await else {
        return String::new();
    };
    let Some(row) = told.explanation.row("requirement") else {
        return String::new();
    };
    let layer = match row.reference() {
        // A mandate is often named after the rule it refers to.
        Some(reference) if !row.decided_by().to_string().ends_with(reference.as_str()) => {
            format!("{} ({reference})", row.decided_by())
        }
        _ => stage.waiver_by_name(&row.decided_by().to_string()),
    };
    let was_asked = matches!(outcome, Outcome::Challenge | Outcome::Enrol | Outcome::Verified);
    if row.value() == REQUIRED {
        format!("required by {layer}")
    } else if was_asked && purpose.name() == Purpose::MANAGE_AUTHENTICATORS {
        "asked before authenticators change".into()
    } else if was_asked {
        format!("has set up an app by choice; not required by {layer}")
    } else {
        format!("not required by {layer}")
    }
}

/// What the step was to open. An answer belongs to the challenge, whatever that was for.
fn opened<S: Store>(stage: &Stage<'_, S>, step: &Step, outcome: Outcome) -> Purpose {
    let purpose = match outcome {
        Outcome::NotRequired
        | Outcome::Trusted
        | Outcome::Granted
        | Outcome::Asserted
        | Outcome::Emergency
        | Outcome::Verified => stage.passes.last().map(|(_, _, _, pass)| pass.purpose().clone()),
        Outcome::Challenge | Outcome::Enrol => stage.begun.last().map(|begun| begun.purpose.clone()),
        _ => None,
    };
    purpose.unwrap_or_else(|| stage.purpose(step))
}

fn reasons(observed: &Observed, zone: &Zone) -> String {
    let mut parts = Vec::new();
    let said = observed
        .get_text(Field::Reason)
        .or_else(|| observed.get_text(Field::Error));
    parts.extend(said.map(plain));
    if let Some(Value::Texts(by)) = observed.get(Field::LockedBy) {
        parts.push(format!("locked by {}", by.join(", ")));
    }
    if let Some(Value::Number(left)) = observed.get(Field::AttemptsLeft) {
        parts.push(match left {
            1 => "1 try left".into(),
            _ => format!("{left} tries left"),
        });
    }
    let by = observed.get_text(Field::WaivedBy);
    parts.extend(by.map(|by| format!("only {by} can let anybody off")));
    if let Some(Value::Instant(at)) = observed.get(Field::RetryAt) {
        parts.push(format!("again from {}", times::show_time(*at, zone)));
    }
    parts.join(", ")
}

fn list(value: Option<&Value>, word: impl Fn(&str) -> String, between: &str) -> String {
    match value {
        Some(Value::Texts(texts)) => {
            let words: Vec<String> = texts.iter().map(|text| word(text)).collect();
            words.join(between)
        }
        _ => String::new(),
    }
}

fn method(word: &str) -> String {
    match word {
        "totp" => "app".into(),
        "sms" => "text message".into(),
        "email" => "e-mail".into(),
        "recovery_code" => "recovery sheet".into(),
        other => plain(other),
    }
}

fn plain(word: &str) -> String {
    word.replace('_', " ")
}
