//! Which methods a subject could use right now, and why not if none.

use alloc::vec::Vec;

use super::work::Work;
use super::{DestinationState, Offer};
use crate::audit::Reason;
use crate::contact::Channel;
use crate::method::Method;
use crate::policy::{Effective, Methods};

impl Work<'_> {
    /// The usable methods, in the policy's order.
    pub(super) fn offers(&self, effective: &Effective, destinations: &[DestinationState]) -> Vec<Offer> {
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
            Method::Sms | Method::Email => {
                let channel = method.channel()?;
                let able = self.record.failures.of(*method) < limit
                    && self.channel_is_open(effective, channel)
                    && !destinations
                        .iter()
                        .any(|state| state.channel() == channel && state.is_opted_out());
                let destination = self.scene.person?.destination_by(channel)?;
                able.then(|| Offer {
                    method: *method,
                    destination: Some(destination.masked()),
                })
            }
        };
        effective.methods().as_slice().iter().filter_map(usable).collect()
    }

    /// Whether the practice may use the channel, or need not ask.
    fn channel_is_open(&self, effective: &Effective, channel: Channel) -> bool {
        effective.security_messages_need_no_entitlement()
            || self
                .scene
                .practice
                .is_some_and(|practice| practice.is_entitled(channel))
    }

    /// Whether the subject has anything that counts as a second factor, usable right now or not. A contact also
    /// counts when one layer names its method and another forbids it: forbidding opens nothing.
    pub(super) fn has_factor(&self, effective: &Effective) -> bool {
        !self.record.authenticators.is_empty()
            || self.record.recovery.is_some()
            || self.has_contact_by(effective.named_methods())
    }

    pub(super) fn has_contact(&self, effective: &Effective) -> bool {
        self.has_contact_by(effective.methods())
    }

    fn has_contact_by(&self, methods: &Methods) -> bool {
        methods
            .as_slice()
            .iter()
            .filter_map(|method| method.channel())
            .any(|channel| {
                self.scene
                    .person
                    .is_some_and(|person| person.destination_by(channel).is_some())
            })
    }

    /// What stands in the way when there is no offer; `None` when enrolling an authenticator is the way out.
    pub(super) fn obstacle(&self, effective: &Effective) -> Option<Reason> {
        if effective.methods().is_empty() {
            Some(Reason::NoMethod)
        } else if !self.record.authenticators.is_empty() || self.record.recovery.is_some() {
            Some(Reason::MethodsDisabled)
        } else if effective.methods().contains(Method::Totp) && !self.has_contact(effective) {
            None
        } else {
            Some(Reason::NoUsableContact)
        }
    }
}
