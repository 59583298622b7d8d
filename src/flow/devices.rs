//! Devices: recognising them, letting them stand in for a second factor, remembering and forgetting them.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::work::Work;
use super::{FlowError, Pass, Remember, Scene, Step, Why};
use crate::audit::{Event, Reason};
use crate::ids::DeviceId;
use crate::method::{AuthenticatorKind, Method};
use crate::policy::{Effective, OnSharedLogin};
use crate::purpose::Purpose;
use crate::record::{ChallengeRecord, ChallengeState, DeviceRecord, SubjectRecord, TrustRecord};
use crate::time::Timestamp;
use crate::trust::{DeviceCookie, DeviceToken, RememberMode};

/// How long after a renewal the token before is still taken: two tabs, one of which answered late. Longer, and
/// a thief could use it; shorter, and honest browsers would look like thieves.
const ROTATION_GRACE: Duration = Duration::from_secs(30);

/// How long a device is recognised that is not trusted. Recognising opens nothing; it tells a known browser
/// from a new one, which is what the signals for new devices and shared logins need.
const RECOGNITION: Duration = Duration::from_secs(30 * 24 * 3600);

/// A device that presented a genuine token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recognised {
    pub(super) id: DeviceId,
    /// Whether the token is the newest; if not, it is the one before, within the grace of a renewal.
    is_newest: bool,
}

impl Work<'_> {
    /// Finds the device a token belongs to. A token that is not genuine is as good as none and changes
    /// nothing; one that is genuine but outdated is a copy, and ends all trust.
    pub(super) fn recognise(&mut self, token: Option<&str>) -> Result<Option<Recognised>, FlowError> {
        let Some(token) = token.and_then(DeviceToken::parse) else {
            return Ok(None);
        };
        if !token.is_genuine(self.scene.keys, self.scene.subject) {
            return Ok(None);
        }
        let now = self.now;
        let Some(device) = self
            .record
            .devices
            .iter_mut()
            .find(|device| device.id == token.device())
        else {
            return Ok(None);
        };
        let is_newest = token.generation() == device.generation;
        let is_previous = token.generation().checked_add(1) == Some(device.generation);
        if is_newest || (is_previous && now < device.rotated_at.saturating_add(ROTATION_GRACE)) {
            device.last_seen_at = now;
            return Ok(Some(Recognised {
                id: device.id,
                is_newest,
            }));
        }
        let stolen = device.id;
        self.record.devices.retain(|device| device.id != stolen);
        self.bump_epoch();
        self.tell(Event::TrustTheft)?.device = Some(stolen);
        Ok(None)
    }

    /// A pass because the device is remembered, if it is.
    pub(super) fn trusted(
        &mut self,
        effective: &Effective,
        purpose: &Purpose,
        device: Option<Recognised>,
        shared_device: bool,
    ) -> Result<Option<Pass>, FlowError> {
        let Some(recognised) = device else { return Ok(None) };
        // A step-up for changing factors is never served by an earlier proof.
        if purpose.name() == Purpose::MANAGE_AUTHENTICATORS
            || (shared_device && !effective.trust_on_shared_devices())
        {
            return Ok(None);
        }
        let (epoch, now) = (self.record.epoch, self.now);
        let Some(device) = self
            .record
            .devices
            .iter()
            .find(|device| device.id == recognised.id)
        else {
            return Ok(None);
        };
        let Some(until) = device
            .trust
            .iter()
            .find(|trust| trust.purpose == purpose.name())
            .and_then(|trust| trust_ends(trust, effective, epoch))
            .filter(|until| now < *until)
        else {
            return Ok(None);
        };
        let entry = self.tell(Event::Trusted)?;
        entry.purpose = Some(purpose.clone());
        entry.device = Some(recognised.id);
        entry.until = Some(until);
        let mut pass = self.pass(purpose, Why::Trusted { until });
        pass.device = Some(recognised.id);
        pass.device_cookie = self.renewed_cookie(recognised);
        Ok(Some(pass))
    }

    /// A new token for a device that presented its newest one, unless it got that just now.
    pub(super) fn renewed_cookie(&mut self, recognised: Recognised) -> Option<Box<DeviceCookie>> {
        let now = self.now;
        let mut devices = self.record.devices.iter_mut();
        let device = devices.find(|device| device.id == recognised.id && recognised.is_newest)?;
        let generation = renew(device, now)?;
        Some(Box::new(self.cookie(recognised.id, generation)))
    }

    /// Notes on which device a second factor was proved, and remembers it if everything allows it.
    pub(super) fn settle_device(
        &mut self,
        effective: &Effective,
        pass: &mut Pass,
        proof: &Proof<'_>,
    ) -> Result<(), FlowError> {
        let known = proof
            .device
            .filter(|id| self.record.devices.iter().any(|device| device.id == *id));
        let id = match known {
            Some(id) => id,
            None => self.new_device(effective)?,
        };
        let (now, epoch) = (self.now, self.record.epoch);
        let ends_at = self.trust_to_grant(effective, proof);
        let mut generation = 0;
        if let Some(device) = self.record.devices.iter_mut().find(|device| device.id == id) {
            renew(device, now);
            device.last_seen_at = now;
            device.verified_at = now;
            device.trust.retain(|trust| trust.purpose != proof.purpose.name());
            if let Ok(ends_at) = ends_at {
                device.trust.push(TrustRecord {
                    purpose: proof.purpose.name().into(),
                    verified_at: now,
                    ends_at,
                    epoch,
                    method: proof.method,
                    kind: proof.kind,
                });
            }
            generation = device.generation;
        }
        pass.device = Some(id);
        pass.trusted_until = ends_at.ok();
        // A machine for the public keeps no trace of who was there.
        if !proof.shared_device || ends_at.is_ok() {
            pass.device_cookie = Some(Box::new(self.cookie(id, generation)));
            let granted = self.grant(effective, proof, id)?;
            pass.trusted_until = pass.trusted_until.max(granted);
        }
        if let Ok(until) = ends_at {
            let entry = self.tell(Event::TrustGranted)?;
            entry.purpose = Some(proof.purpose.clone());
            entry.challenge = pass.challenge;
            entry.device = Some(id);
            entry.until = Some(until);
        }
        if known.is_none() {
            let entry = self.tell(Event::NewDeviceVerified)?;
            entry.purpose = Some(proof.purpose.clone());
            entry.challenge = pass.challenge;
            entry.device = Some(id);
            entry.method = Some(proof.method);
        }
        Ok(())
    }

    /// The end of the trust this proof earns, or why it earns none.
    fn trust_to_grant(&self, effective: &Effective, proof: &Proof<'_>) -> Result<Timestamp, Reason> {
        let wanted = effective.remember().remembers(proof.remember == Remember::Yes);
        let allowed = proof.method.may_mint_trust()
            && proof.purpose.name() != Purpose::MANAGE_AUTHENTICATORS
            && !effective.trust_refused_for().contains(proof.kind)
            && (!proof.shared_device || effective.trust_on_shared_devices());
        effective
            .trust_end(self.now)
            .filter(|_| wanted && allowed)
            .ok_or(Reason::NotRemembered)
    }

    fn new_device(&mut self, effective: &Effective) -> Result<DeviceId, FlowError> {
        let id = DeviceId::draw(self.scene.entropy)?;
        let now = self.now;
        self.record.devices.retain(|device| now < forgotten_at(device));
        let limit = usize::try_from(u32::from(effective.device_limit().get())).unwrap_or(usize::MAX);
        while self.record.devices.len() >= limit {
            let Some(place) = self.least_useful_device() else {
                break;
            };
            self.record.devices.remove(place);
        }
        self.record.devices.push(DeviceRecord {
            id,
            generation: 0,
            rotated_at: now,
            first_seen_at: now,
            last_seen_at: now,
            verified_at: now,
            trust: Vec::new(),
        });
        Ok(id)
    }

    /// One that is merely recognised goes before one that is trusted, the longest unproved first.
    fn least_useful_device(&self) -> Option<usize> {
        let devices = self.record.devices.iter().enumerate();
        let rank = |device: &DeviceRecord| {
            let trusted = device
                .trust
                .iter()
                .any(|t| t.epoch == self.record.epoch && self.now < t.ends_at);
            (trusted, device.verified_at)
        };
        devices
            .min_by_key(|(_, device)| rank(device))
            .map(|(place, _)| place)
    }

    fn cookie(&self, device: DeviceId, generation: u32) -> DeviceCookie {
        let token = DeviceToken::text(self.scene.keys, self.scene.subject, device, generation);
        DeviceCookie::new(self.scene.subject, token, RECOGNITION)
    }

    /// Whether a login that looks shared is refused; then its challenge is over.
    pub(super) fn refuse_shared_login(
        &mut self,
        effective: &Effective,
        challenge: &ChallengeRecord,
    ) -> Result<bool, FlowError> {
        if self.suspect_shared_login(effective, challenge.device)? != Some(OnSharedLogin::Deny) {
            return Ok(false);
        }
        self.close_challenge(challenge, ChallengeState::Dead);
        let entry = self.tell_why(Event::AttemptFailed, Reason::SharedLogin)?;
        entry.challenge = Some(challenge.id);
        entry.purpose = Some(challenge.purpose.clone());
        Ok(true)
    }

    /// How many devices, with one more now, proved a second factor within the window; more than one person may
    /// be behind them.
    fn suspect_shared_login(
        &mut self,
        effective: &Effective,
        device: Option<DeviceId>,
    ) -> Result<Option<OnSharedLogin>, FlowError> {
        let from = self.now.saturating_sub(effective.shared_login_window().get());
        let others = self
            .record
            .devices
            .iter()
            .filter(|d| d.verified_at > from && Some(d.id) != device)
            .count();
        let count = u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1);
        if count < u32::from(effective.shared_login_devices().get()) {
            return Ok(None);
        }
        self.tell(Event::SharedLoginSuspected)?.count = Some(count);
        Ok(Some(effective.on_shared_login()))
    }
}

/// What was proved, and under which circumstances.
pub(super) struct Proof<'a> {
    pub(super) purpose: &'a Purpose,
    pub(super) method: Method,
    pub(super) kind: AuthenticatorKind,
    pub(super) device: Option<DeviceId>,
    pub(super) shared_device: bool,
    pub(super) remember: Remember,
}

/// Gives a device a new generation of its token, unless it got one just now: then several tabs are at work, and
/// a second renewal would turn the slowest of them into a thief.
fn renew(device: &mut DeviceRecord, now: Timestamp) -> Option<u32> {
    if now < device.rotated_at.saturating_add(ROTATION_GRACE) {
        return None;
    }
    device.generation = device.generation.saturating_add(1);
    device.rotated_at = now;
    Some(device.generation)
}

/// When trust ends under today's policy; `None` when it is void. It can come sooner than was granted, never
/// later.
fn trust_ends(trust: &TrustRecord, effective: &Effective, epoch: u32) -> Option<Timestamp> {
    let void = trust.epoch != epoch
        || effective.remember() == RememberMode::Never
        || !effective.methods().contains(trust.method)
        || effective.trust_refused_for().contains(trust.kind);
    if void {
        None
    } else {
        effective
            .trust_end(trust.verified_at)
            .map(|end| end.min(trust.ends_at))
    }
}

fn forgotten_at(device: &DeviceRecord) -> Timestamp {
    let recognition = device.last_seen_at.saturating_add(RECOGNITION);
    device
        .trust
        .iter()
        .map(|trust| trust.ends_at)
        .fold(recognition, Timestamp::max)
}

/// A device of a subject, as a page may list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceSummary {
    /// Names it, for [`forget_device`].
    pub id: DeviceId,
    /// When a second factor was first proved on it.
    pub first_seen_at: Timestamp,
    /// When it was last recognised.
    pub last_seen_at: Timestamp,
    /// Until when it stands in for the second factor at sign-in as stored; `None` when it does not. Today's
    /// policy may end it sooner.
    pub trusted_until: Option<Timestamp>,
}

/// The devices of a subject: those that are remembered, and those that would merely be recognised.
#[must_use]
pub fn devices(record: &SubjectRecord, now: Timestamp) -> Vec<DeviceSummary> {
    let live = |trust: &&TrustRecord| trust.epoch == record.epoch && now < trust.ends_at;
    let known = record.devices.iter().filter(|device| now < forgotten_at(device));
    known
        .map(|device| DeviceSummary {
            id: device.id,
            first_seen_at: device.first_seen_at,
            last_seen_at: device.last_seen_at,
            trusted_until: device.trust.iter().filter(live).map(|trust| trust.ends_at).max(),
        })
        .collect()
}

/// Forgets one device. The answer says whether there was one.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`].
pub fn forget_device(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    device: DeviceId,
) -> Result<Step<bool>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let known = work.forget(device)?;
    Ok(work.close(known))
}

impl Work<'_> {
    pub(super) fn forget(&mut self, device: DeviceId) -> Result<bool, FlowError> {
        let before = self.record.devices.len();
        self.record.devices.retain(|known| known.id != device);
        let known = self.record.devices.len() < before;
        let entry = self.tell(Event::DeviceForgotten)?;
        entry.device = Some(device);
        entry.reason = (!known).then_some(Reason::NotFound);
        Ok(known)
    }
}

/// Forgets all devices of a subject, and ends every challenge that is open.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`].
pub fn forget_all_devices(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
) -> Result<Step<usize>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let count = work.record.devices.len();
    work.record.devices.clear();
    work.bump_epoch();
    work.tell(Event::DevicesForgotten)?.count = u32::try_from(count).ok();
    Ok(work.close(count))
}
