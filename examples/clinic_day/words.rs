//! What the engine answers, in words for people who do not program. Nothing here decides anything.

use medfactor::audit::{Entry, Reason};
use medfactor::flow::Offer;
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

pub(crate) fn offers(offers: &[Offer]) -> String {
    let methods: Vec<_> = offers.iter().map(|offer| method(offer.method)).collect();
    format!("asked for a code by {}", methods.join(" or "))
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

/// Why not, how many tries are left, and how long to wait, as far as that is the question.
pub(crate) fn refusal(now: Timestamp, why: Reason, left: Option<u32>, at: Option<Timestamp>) -> String {
    let left = left.map(|left| format!("; tries left: {left}"));
    let wait = at.map(|at| format!("; wait {} seconds", at.since(now).as_secs()));
    reason(why) + &left.unwrap_or_default() + &wait.unwrap_or_default()
}

pub(crate) fn remembered(zone: &Zone, until: Option<Timestamp>) -> String {
    let until = until.map(|until| format!("remembered here until {}", day_and_time(zone, until)));
    until.unwrap_or_else(|| "not remembered".into())
}
