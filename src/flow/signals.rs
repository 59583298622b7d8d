//! What the host knows and the library must hear: each ends what can no longer be relied on.

use core::fmt;

use super::work::Work;
use super::{FlowError, Pass, Scene, Step, Why};
use crate::audit::{Event, Reason};
use crate::contact::Channel;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::record::{CodeState, SubjectRecord};

/// Something that happened to a subject outside the library.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Signal<'a> {
    /// The password was changed or reset. All trust and open challenges end.
    PasswordChanged {
        /// The pass of the person who changed it, if the change itself took a second factor: where the policy
        /// allows it, that device stays remembered, with its old end.
        keep: Option<&'a Pass>,
    },
    /// The number or address for this channel was changed. Codes sent to the old one open nothing, and all
    /// trust ends.
    ContactChanged(Channel),
    /// The person signed out on the device that sent this token. Where the policy says so, that device is
    /// forgotten.
    SignedOut {
        /// The device token the browser sent.
        device: Option<&'a str>,
    },
    /// The person's roles changed. Where the policy says so, all trust ends.
    RoleChanged,
    /// What a purpose is about is over: the visit ended, the appointment was cancelled. Nobody comes back to it
    /// without a second factor; a purpose without object means all of that name.
    ObjectClosed(&'a Purpose),
    /// The person left the practice. Nothing of theirs works any more; the audit trail stays.
    Offboarded,
    /// The person came back. They start with nothing.
    Reinstated,
}

impl fmt::Debug for Signal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PasswordChanged { keep } => f.debug_struct("PasswordChanged").field("keep", keep).finish(),
            Self::ContactChanged(channel) => f.debug_tuple("ContactChanged").field(channel).finish(),
            // The device token is a bearer secret.
            Self::SignedOut { .. } => f.debug_struct("SignedOut").finish_non_exhaustive(),
            Self::ObjectClosed(purpose) => f.debug_tuple("ObjectClosed").field(purpose).finish(),
            Self::RoleChanged => f.write_str("RoleChanged"),
            Self::Offboarded => f.write_str("Offboarded"),
            Self::Reinstated => f.write_str("Reinstated"),
        }
    }
}

/// Takes note of what happened.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn signal(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    signal: Signal<'_>,
) -> Result<Step<()>, FlowError> {
    // A departure must be heard even where the clock is in doubt.
    let mut work = match signal {
        Signal::Offboarded => Work::open_at_any_time(scene, record),
        _ => Work::open(scene, record)?,
    };
    let effective = work.effective(&Purpose::sign_in());
    match signal {
        Signal::PasswordChanged { keep } => work.password_changed(&effective, keep)?,
        Signal::ContactChanged(channel) => work.contact_changed(channel)?,
        Signal::SignedOut { device } => work.signed_out(&effective, device)?,
        Signal::RoleChanged => {
            if effective.trust_ends_on_role_change() {
                work.bump_epoch();
            }
            work.tell(Event::RoleChanged)?;
        }
        Signal::ObjectClosed(purpose) => work.end_grants(purpose)?,
        Signal::Offboarded => {
            work.forget_factors();
            work.record.devices.clear();
            work.record.offboarded = true;
            work.record.left_at = Some(work.now);
            work.tell(Event::Offboarded)?;
        }
        Signal::Reinstated => {
            work.record.offboarded = false;
            work.tell(Event::Reinstated)?;
        }
    }
    Ok(work.close(()))
}

impl Work<'_> {
    /// Removes everything a subject could prove itself with, and ends all that was granted.
    pub(super) fn forget_factors(&mut self) {
        self.record.authenticators.clear();
        self.record.recovery = None;
        self.bump_epoch();
    }

    fn password_changed(&mut self, effective: &Effective, keep: Option<&Pass>) -> Result<(), FlowError> {
        let old = self.record.epoch;
        let kept = keep.filter(|pass| {
            effective.keep_device_on_password_change()
                && pass.subject == *self.scene.subject
                && pass.epoch == old
                && matches!(pass.why, Why::Verified(_))
                && pass.at <= self.now
                && self.now.since(pass.at) < effective.management_age().get()
        });
        self.bump_epoch();
        let epoch = self.record.epoch;
        let kept = kept.and_then(|pass| pass.device);
        if let Some(device) = self
            .record
            .devices
            .iter_mut()
            .find(|device| Some(device.id) == kept)
        {
            for trust in device.trust.iter_mut().filter(|trust| trust.epoch == old) {
                trust.epoch = epoch;
            }
        }
        self.tell(Event::PasswordChanged)?.device = kept;
        Ok(())
    }

    /// Codes to the old contact die; a challenge stays open, so that a code can be sent to the new one.
    fn contact_changed(&mut self, channel: Channel) -> Result<(), FlowError> {
        let survivors: alloc::vec::Vec<_> = self
            .record
            .challenges
            .iter()
            .filter(|challenge| challenge.state.is_open())
            .map(|challenge| (challenge.id, challenge.state))
            .collect();
        self.bump_epoch();
        let epoch = self.record.epoch;
        for challenge in &mut self.record.challenges {
            if let Some((_, state)) = survivors.iter().find(|(id, _)| *id == challenge.id) {
                challenge.state = *state;
                challenge.epoch = epoch;
            }
            for code in challenge
                .codes
                .iter_mut()
                .filter(|code| code.channel == channel && code.state.opens())
            {
                code.state = CodeState::Superseded;
            }
        }
        if let Some(failures) = self.record.failures.of_mut(channel.into()) {
            *failures = 0;
        }
        self.tell(Event::ContactChanged)?.method = Some(channel.into());
        Ok(())
    }

    fn signed_out(&mut self, effective: &Effective, token: Option<&str>) -> Result<(), FlowError> {
        let device = self.recognise(token)?.map(|device| device.id);
        self.tell(Event::SignedOut)?.device = device;
        match device {
            Some(device) if effective.trust_ends_on_sign_out() => self.forget(device).map(|_| ()),
            None if effective.trust_ends_on_sign_out() && token.is_some() => {
                if let Some(entry) = self.entries.last_mut() {
                    entry.reason = Some(Reason::NotFound);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
