//! What the engine answers, in words for people who do not program. Nothing here decides anything.

use medfactor::audit::{Entry, Reason};
use medfactor::method::Method;
use medfactor::time::{Timestamp, Zone, format_time};

/// `Tue 02:00`, as the practice's wall clock shows it.
pub(crate) fn day_and_time(zone: &Zone, instant: Timestamp) -> String {
    let (date, time) = zone.local(instant);
    format!("{:.3} {}", date.weekday().to_string(), format_time(time))
}

pub(crate) fn method(method: Method) -> &'static str {
    match method {
        Method::Totp => "app",
        Method::Sms => "text message",
        Method::Email => "e-mail",
        Method::RecoveryCode => "recovery sheet",
        other => other.as_str(),
    }
}

/// The same for a method by its name in explanations.
pub(crate) fn method_named(name: &str) -> &str {
    let known = Method::ALL.into_iter().find(|known| known.as_str() == name);
    known.map_or(name, |known| method(known))
}

/// Who wants it so, from what the audit trail says decided.
pub(crate) fn rule(entry: &Entry) -> String {
    let layer = entry.decided_by.as_deref().unwrap_or("nobody");
    match layer.split_once(':') {
        Some(("mandate", name)) => format!("required by {name}"),
        Some(("practice", _)) => "required by practice".into(),
        _ => format!("decided by: {layer}"),
    }
}

pub(crate) fn reason(reason: Reason) -> String {
    match reason {
        Reason::ChallengeDead => "all tries used up".into(),
        Reason::Cooldown => "last code just sent".into(),
        Reason::NoUsableContact => "no mobile number or e-mail on file".into(),
        Reason::Superseded => "a newer code was sent".into(),
        Reason::Wrong => "not the right code".into(),
        other => other.as_str().replace('_', " "),
    }
}

pub(crate) fn tries_left(left: Option<u32>) -> String {
    match left {
        None => String::new(),
        Some(1) => "; 1 try left".into(),
        Some(left) => format!("; {left} tries left"),
    }
}

/// How long to wait, when waiting helps.
pub(crate) fn wait(now: Timestamp, retry_at: Option<Timestamp>) -> String {
    let seconds = |at: Timestamp| format!("; wait {} seconds", at.since(now).as_secs());
    retry_at.map_or_else(String::new, seconds)
}

/// One entry: when, what, and the fields that are filled in.
pub(crate) fn entry(zone: &Zone, entry: &Entry) -> String {
    let mut line = format!("{}  {:<15}", day_and_time(zone, entry.at), entry.event.as_str());
    if let Some(rule) = &entry.decided_by {
        line += &format!("  rule: {rule}");
    }
    if let (Some(method), Some(to)) = (entry.method, &entry.destination) {
        line += &format!("  {}: {to}", method.as_str());
    }
    line + &format!("  entry: {}", entry.id)
}
