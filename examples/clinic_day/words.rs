//! What the engine answers, in words for people who do not program. Nothing here decides anything.

use medfactor::audit::{Entry, Reason};
use medfactor::flow::{Offer, Rejection};
use medfactor::method::Method;
use medfactor::time::{Timestamp, Zone, format_time};

/// `Tue 02:00`, as the practice's wall clock shows it.
pub(crate) fn day_and_time(zone: &Zone, instant: Timestamp) -> String {
    let weekday = zone.local(instant).0.weekday().to_string();
    format!("{} {}", weekday.get(..3).unwrap_or(&weekday), time(zone, instant))
}

pub(crate) fn time(zone: &Zone, instant: Timestamp) -> String {
    format_time(zone.local(instant).1)
}

pub(crate) const fn method(method: Method) -> &'static str {
    match method {
        Method::Totp => "authenticator app",
        Method::Sms => "text message",
        Method::Email => "e-mail",
        Method::RecoveryCode => "recovery code",
        _ => "another way",
    }
}

pub(crate) fn offers(offers: &[Offer]) -> String {
    let names: Vec<_> = offers.iter().map(|offer| method(offer.method)).collect();
    names.join(" or ")
}

/// Who wants it so, from what the audit trail says decided.
pub(crate) fn rule(entry: &Entry) -> String {
    let layer = entry.decided_by.as_deref().unwrap_or("nobody");
    match layer.split_once(':') {
        Some(("mandate", name)) => format!("required by {name}"),
        Some(("practice", _)) => "required by the practice".into(),
        _ => format!("decided by: {layer}"),
    }
}

pub(crate) fn rejection(now: Timestamp, rejection: &Rejection) -> String {
    let left = rejection.attempts_left();
    let left = left.map_or_else(String::new, |left| format!("; {left} tries left"));
    reason(rejection.reason()) + &left + &wait(now, rejection.retry_at())
}

/// How long to wait, when waiting helps.
pub(crate) fn wait(now: Timestamp, retry_at: Option<Timestamp>) -> String {
    let seconds = |at: Timestamp| format!("; wait {} seconds", at.since(now).as_secs());
    retry_at.map_or_else(String::new, seconds)
}

pub(crate) fn reason(reason: Reason) -> String {
    match reason {
        Reason::NoUsableContact => "no mobile number or e-mail on file".into(),
        Reason::Wrong => "not the right code".into(),
        Reason::Superseded => "a newer code has been sent".into(),
        Reason::Cooldown => "the last code was sent a moment ago".into(),
        other => other.as_str().replace('_', " "),
    }
}

/// One entry with the fields that are filled in.
pub(crate) fn entry(zone: &Zone, entry: &Entry) -> String {
    let fields = [
        Some(format!("{:<14}", entry.event)),
        entry.reason.map(|reason| format!("reason: {reason}")),
        entry.method.map(|method| format!("method: {}", method.as_str())),
        entry.destination.as_ref().map(|to| format!("to: {to}")),
        entry
            .until
            .map(|until| format!("until: {}", day_and_time(zone, until))),
        entry.decided_by.as_ref().map(|rule| format!("rule: {rule}")),
        Some(format!("entry: {}", entry.id)),
    ];
    let fields: Vec<_> = fields.into_iter().flatten().collect();
    format!("{}  {}", day_and_time(zone, entry.at), fields.join("  "))
}
