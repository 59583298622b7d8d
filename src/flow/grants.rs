//! Coming back to the same thing on the same device, for a line that dropped.

use super::devices::{Proof, Recognised};
use super::work::Work;
use super::{FlowError, Pass, Why};
use crate::audit::Event;
use crate::ids::DeviceId;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::record::{ChallengeState, GrantRecord};
use crate::time::Timestamp;

/// How many grants of one subject live at once; the oldest go first.
const MAX_GRANTS: usize = 16;

impl Work<'_> {
    /// Notes that a proof for an object holds for that object, on that device, for a while. A purpose without an
    /// object has nothing to come back to; that is what trust is for.
    pub(super) fn grant(
        &mut self,
        effective: &Effective,
        proof: &Proof<'_>,
        device: DeviceId,
    ) -> Result<Option<Timestamp>, FlowError> {
        let (purpose, lasts) = (proof.purpose, effective.purpose_grant().get());
        let has_object = purpose.object().is_some() && purpose.name() != Purpose::MANAGE_AUTHENTICATORS;
        let is_refused = effective.trust_refused_for().contains(proof.kind);
        if !has_object || lasts.is_zero() || !proof.method.may_mint_trust() || is_refused {
            return Ok(None);
        }
        let same = |grant: &GrantRecord| grant.purpose == *purpose && grant.device == device;
        self.record.grants.retain(|grant| !same(grant));
        while self.record.grants.len() >= MAX_GRANTS {
            self.record.grants.remove(0);
        }
        let ends_at = self.now.saturating_add(lasts);
        self.record.grants.push(GrantRecord {
            purpose: purpose.clone(),
            device,
            granted_at: self.now,
            ends_at,
            epoch: self.record.epoch,
            method: proof.method,
        });
        let entry = self.tell(Event::GrantGiven)?;
        entry.purpose = Some(purpose.clone());
        entry.device = Some(device);
        entry.until = Some(ends_at);
        Ok(Some(ends_at))
    }

    /// A pass because the same object was opened on this device a short while ago. Its end was fixed then.
    pub(super) fn granted(
        &mut self,
        effective: &Effective,
        purpose: &Purpose,
        device: Option<Recognised>,
        shared_device: bool,
    ) -> Result<Option<Pass>, FlowError> {
        if shared_device && !effective.trust_on_shared_devices() {
            return Ok(None);
        }
        let (epoch, now) = (self.record.epoch, self.now);
        let Some(recognised) = device else { return Ok(None) };
        let live = |grant: &&GrantRecord| {
            // What was proved must still count here: a method that is no longer allowed granted nothing.
            effective.methods().contains(grant.method)
                && grant.epoch == epoch
                && grant.purpose == *purpose
                && grant.device == recognised.id
        };
        let today = |grant: &GrantRecord| {
            let today = grant.granted_at.saturating_add(effective.purpose_grant().get());
            grant.ends_at.min(today)
        };
        let until = self.record.grants.iter().find(live).map(today);
        let Some(until) = until.filter(|until| now < *until) else {
            return Ok(None);
        };
        let entry = self.tell(Event::Granted)?;
        entry.purpose = Some(purpose.clone());
        entry.device = Some(recognised.id);
        entry.until = Some(until);
        let mut pass = self.pass(purpose, Why::Granted { until });
        pass.device = Some(recognised.id);
        pass.device_cookie = self.renewed_cookie(recognised);
        Ok(Some(pass))
    }

    /// Ends what was granted and begun for a purpose: for one object, or without an object for all of them.
    pub(super) fn end_grants(&mut self, purpose: &Purpose) -> Result<(), FlowError> {
        let before = self.record.grants.len();
        let ended = |grant: &GrantRecord| {
            let all = purpose.object().is_none() && grant.purpose.name() == purpose.name();
            all || grant.purpose == *purpose
        };
        self.record.grants.retain(|grant| !ended(grant));
        let all = purpose.object().is_none();
        for challenge in &mut self.record.challenges {
            let is_about =
                challenge.purpose == *purpose || (all && challenge.purpose.name() == purpose.name());
            if is_about && challenge.state.is_open() {
                challenge.state = ChallengeState::Dead;
            }
        }
        let closed = |known: &Purpose| *known == *purpose || (all && known.name() == purpose.name());
        self.record.bypass = self
            .record
            .bypass
            .take()
            .filter(|bypass| !closed(&bypass.purpose));
        let emergency = self.record.emergency.take();
        self.record.emergency = emergency.filter(|emergency| !closed(&emergency.purpose));
        let count = u32::try_from(before.saturating_sub(self.record.grants.len())).ok();
        let entry = self.tell(Event::GrantEnded)?;
        entry.purpose = Some(purpose.clone());
        entry.count = count;
        Ok(())
    }
}
