//! Factors and devices, at the word of whoever may change them.

use alloc::vec::Vec;

use super::{Error, Verifier};
use crate::audit::{Actor, Reason};
use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::flow::{
    self, AuthenticatorSummary, Authority, DeviceSummary, Enrolled, Managed, NewAuthenticator, RecoveryCodes,
    Refusal, Remember, Scene, Step,
};
use crate::ids::{AuthenticatorId, DeviceId, Subject};
use crate::method::AuthenticatorKind;
use crate::record::SubjectRecord;
use crate::store::Store;

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Makes a secret for a new authenticator and shows it this once; [`flow::begin_enrolment`].
    ///
    /// # Errors
    /// [`Error`]: nothing was shown.
    pub async fn begin_enrolment(
        &self,
        authority: Authority<'_>,
        name: &str,
        kind: AuthenticatorKind,
    ) -> Result<Managed<NewAuthenticator>, Error> {
        self.manage(authority, |scene, record| {
            flow::begin_enrolment(scene, record, &authority, name, kind)
        })
        .await
    }

    /// Makes the new authenticator active if `typed` is its code; [`flow::confirm_enrolment`]. After
    /// [`Ruling::Enrol`](flow::Ruling::Enrol) the answer holds the pass of the sign-in that waited.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the authenticator is active.
    pub async fn confirm_enrolment(
        &self,
        authority: Authority<'_>,
        typed: &str,
        remember: Remember,
    ) -> Result<Managed<Enrolled>, Error> {
        self.manage(authority, |scene, record| {
            flow::confirm_enrolment(scene, record, &authority, typed, remember)
        })
        .await
    }

    /// Gives an authenticator another name; [`flow::rename_authenticator`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the name has changed.
    pub async fn rename_authenticator(
        &self,
        authority: Authority<'_>,
        id: AuthenticatorId,
        name: &str,
    ) -> Result<Managed<()>, Error> {
        self.manage(authority, |scene, record| {
            flow::rename_authenticator(scene, record, &authority, id, name)
        })
        .await
    }

    /// Removes an authenticator; [`flow::remove_authenticator`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it is gone.
    pub async fn remove_authenticator(
        &self,
        authority: Authority<'_>,
        id: AuthenticatorId,
    ) -> Result<Managed<()>, Error> {
        self.manage(authority, |scene, record| {
            flow::remove_authenticator(scene, record, &authority, id)
        })
        .await
    }

    /// Makes a new set of recovery codes and voids every older one; [`flow::make_recovery_codes`].
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the older codes still work.
    pub async fn make_recovery_codes(
        &self,
        authority: Authority<'_>,
    ) -> Result<Managed<RecoveryCodes>, Error> {
        self.manage(authority, |scene, record| {
            flow::make_recovery_codes(scene, record, &authority)
        })
        .await
    }

    async fn manage<T>(
        &self,
        authority: Authority<'_>,
        decide: impl Fn(&Scene<'_>, Option<SubjectRecord>) -> Result<Step<Managed<T>>, flow::FlowError>,
    ) -> Result<Managed<T>, Error> {
        let Ok(subject) = authority.subject(&self.keys) else {
            return Ok(Managed::Refused(Refusal::new(Reason::UnknownChallenge)));
        };
        self.drive(&subject, &Actor::Subject, |scene, record, _| {
            decide(scene, record)
        })
        .await
    }

    /// The active authenticators of a subject.
    ///
    /// # Errors
    /// [`Error`]: the list is not known.
    pub async fn authenticators(&self, subject: &Subject) -> Result<Vec<AuthenticatorSummary>, Error> {
        self.look(subject, |_, record, _| {
            Ok(flow::authenticators(&record.unwrap_or_default()))
        })
        .await
    }

    /// The devices of a subject.
    ///
    /// # Errors
    /// [`Error`]: the list is not known.
    pub async fn devices(&self, subject: &Subject) -> Result<Vec<DeviceSummary>, Error> {
        self.look(subject, |scene, record, _| {
            Ok(flow::devices(&record.unwrap_or_default(), scene.now))
        })
        .await
    }

    /// Forgets one device. The answer says whether there was one.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the device is forgotten.
    pub async fn forget_device(
        &self,
        subject: &Subject,
        device: DeviceId,
        actor: &Actor,
    ) -> Result<bool, Error> {
        self.drive(subject, actor, |scene, record, _| {
            flow::forget_device(scene, record, device)
        })
        .await
    }

    /// Forgets all devices of a subject and ends its open challenges. The answer says how many there were.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether the devices are forgotten.
    pub async fn forget_all_devices(&self, subject: &Subject, actor: &Actor) -> Result<usize, Error> {
        self.drive(subject, actor, |scene, record, _| {
            flow::forget_all_devices(scene, record)
        })
        .await
    }
}
