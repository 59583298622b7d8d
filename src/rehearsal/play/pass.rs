//! What passes and refusals show.

use alloc::string::{String, ToString};

use zeroize::Zeroizing;

use crate::audit::Reason;
use crate::flow::{Offer, Pass, Refusal, SentCodeInfo, Why};
use crate::message::Text;
use crate::rehearsal::fields::Field;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::Stage;
use crate::rehearsal::value::Value;
use crate::store::Store;
use crate::time::Timestamp;

impl<S: Store> Stage<'_, S> {
    /// Takes a pass as a host and a browser do: sets the cookie and raises the session.
    pub(super) fn takes(&mut self, who: &str, device: &str, pass: Pass) -> Observed {
        let observed = match pass.why() {
            Why::NotRequired(reason) => {
                Observed::new(Outcome::NotRequired).text(Field::Reason, reason.as_str())
            }
            Why::Trusted { .. } => Observed::new(Outcome::Trusted),
            Why::Granted { .. } => Observed::new(Outcome::Granted),
            Why::Asserted { .. } => Observed::new(Outcome::Asserted),
            Why::Emergency { .. } => Observed::new(Outcome::Emergency),
            Why::Verified(method) => Observed::new(Outcome::Verified).text(Field::Method, method.as_str()),
        };
        let place = (String::from(device), String::from(who));
        if let Some(cookie) = pass.device_cookie() {
            self.cookies
                .insert(place.clone(), Zeroizing::new(cookie.value().into()));
        }
        if let Some(id) = pass.device() {
            self.device_ids.insert(place, id);
        }
        let until = match pass.why() {
            Why::Granted { until } | Why::Emergency { until } => Some(until),
            _ => pass.trusted_until(),
        };
        let observed = observed
            .text(Field::Assurance, pass.assurance().as_str())
            .with(Field::Until, instant(until))
            .with(Field::Cookie, Value::Truth(pass.device_cookie().is_some()))
            .with(Field::FirstUse, Value::Truth(pass.first_use()))
            .with(Field::Asked, Value::Truth(matches!(pass.why(), Why::Verified(_))));
        let turn = self.next_turn();
        self.passes.push((who.into(), device.into(), turn, pass));
        observed
    }
}

pub(super) fn instant(at: Option<Timestamp>) -> Value {
    at.map_or(Value::None, Value::Instant)
}

pub(super) fn refused(outcome: Outcome, refusal: &Refusal) -> Observed {
    no(
        outcome,
        refusal.reason(),
        refusal.public_text(),
        refusal.retry_at(),
    )
    .text(Field::ExactReason, refusal.exact_reason().as_str())
}

pub(super) fn no(outcome: Outcome, reason: Reason, text: Text, retry_at: Option<Timestamp>) -> Observed {
    Observed::new(outcome)
        .text(Field::Reason, reason.as_str())
        .text(Field::Text, text.key())
        .text(Field::Says, text.english())
        .with(Field::RetryAt, instant(retry_at))
}

pub(super) fn sent(outcome: Outcome, info: &SentCodeInfo) -> Observed {
    Observed::new(outcome)
        .text(Field::Method, info.method.as_str())
        .with(Field::To, Value::texts([&info.destination]))
        .with(Field::ExpiresAt, Value::Instant(info.expires_at))
        .with(Field::ResendAt, Value::Instant(info.resend_at))
}

/// The methods and masked destinations of an offer.
pub(super) fn offered(observed: Observed, offers: &[Offer]) -> Observed {
    observed
        .with(
            Field::Methods,
            Value::texts(offers.iter().map(|offer| offer.method.as_str())),
        )
        .with(
            Field::To,
            Value::texts(
                offers
                    .iter()
                    .filter_map(|offer| offer.destination.as_ref().map(ToString::to_string)),
            ),
        )
}
