//! Which methods a subject could use right now, and why not if none.

use alloc::vec::Vec;

use super::reach::Arrival;
use super::work::Work;
use super::{DestinationState, Offer};
use crate::audit::Reason;
use crate::method::Method;
use crate::policy::Effective;
use crate::purpose::Purpose;

impl Work<'_> {
    /// The usable methods, in the policy's order.
    pub(super) fn offers(
        &self,
        effective: &Effective,
        purpose: &Purpose,
        destinations: &[DestinationState],
        arrival: Arrival,
    ) -> Vec<Offer> {
        let limit = u32::from(effective.tries_per_authenticator().get());
        let usable = |method: &Method| match method {
            Method::Totp => {
                let able = self
                    .record
                    .authenticators
                    .iter()
                    .any(|authenticator| authenticator.failures < limit);
                able.then_some(Offer {
                    method: Method::Totp,
                    destination: None,
                })
            }
            Method::RecoveryCode => {
                let left = self
                    .record
                    .recovery
                    .as_ref()
                    .is_some_and(|codes| !codes.unused.is_empty());
                let able = left && self.record.failures.of(*method) < limit;
                able.then_some(Offer {
                    method: Method::RecoveryCode,
                    destination: None,
                })
            }
            Method::BypassCode => self.live_bypass(effective, purpose).map(|_| Offer {
                method: Method::BypassCode,
                destination: None,
            }),
            Method::Sms | Method::Email => {
                let channel = method.channel()?;
                if self
                    .unreachable_by(effective, destinations, channel, arrival)
                    .is_some()
                {
                    return None;
                }
                let destination = self.scene.person?.destination_by(channel)?;
                Some(Offer {
                    method: *method,
                    destination: Some(destination.masked()),
                })
            }
        };
        effective.methods().as_slice().iter().filter_map(usable).collect()
    }

    /// Whether the subject has anything that counts as a second factor here or at sign-in, usable right now or
    /// not. What counts at sign-in counts everywhere: else a purpose with fewer methods would let the password
    /// alone enrol an authenticator that then opens the sign-in.
    pub(super) fn has_factor(&self, effective: &Effective) -> bool {
        !self.record.authenticators.is_empty()
            || self.record.recovery.is_some()
            || self.has_contact(effective)
            || self.has_contact(&self.effective(&Purpose::sign_in()))
    }

    pub(super) fn has_contact(&self, effective: &Effective) -> bool {
        effective
            .methods()
            .as_slice()
            .iter()
            .filter_map(|method| method.channel())
            .any(|channel| {
                self.scene
                    .person
                    .is_some_and(|person| person.destination_by(channel).is_some())
            })
    }

    /// Whether a contact on file is out of use after too many wrong codes: adding another is not the cure.
    fn has_disabled_contact(&self, effective: &Effective) -> bool {
        let limit = u32::from(effective.tries_per_authenticator().get());
        effective
            .methods()
            .as_slice()
            .iter()
            .filter(|method| self.record.failures.of(**method) >= limit)
            .filter_map(|method| method.channel())
            .any(|channel| {
                self.scene
                    .person
                    .is_some_and(|person| person.destination_by(channel).is_some())
            })
    }

    /// What stands in the way when there is no offer; `None` when enrolling an authenticator is the way out.
    pub(super) fn obstacle(
        &self,
        effective: &Effective,
        destinations: &[DestinationState],
        arrival: Arrival,
    ) -> Option<Reason> {
        if effective.methods().is_empty() {
            Some(Reason::NoMethod)
        } else if !self.record.authenticators.is_empty()
            || self.record.recovery.is_some()
            || self.has_disabled_contact(effective)
        {
            Some(Reason::MethodsDisabled)
        } else if !effective.methods().contains(Method::Totp) || self.has_contact(effective) {
            Some(self.why_unreachable(effective, destinations, arrival))
        } else if self.has_factor(effective) {
            // What they sign in with does not count here, and the password alone must not add what does.
            Some(Reason::NoMethod)
        } else {
            None
        }
    }

    /// The reason of the first channel by which something is on file, else that nothing is.
    fn why_unreachable(
        &self,
        effective: &Effective,
        destinations: &[DestinationState],
        arrival: Arrival,
    ) -> Reason {
        let channels = effective
            .methods()
            .as_slice()
            .iter()
            .filter_map(|method| method.channel());
        channels
            .filter_map(|channel| self.unreachable_by(effective, destinations, channel, arrival))
            .find(|reason| *reason != Reason::NoUsableContact)
            .unwrap_or(Reason::NoUsableContact)
    }
}
