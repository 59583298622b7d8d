//! What a practice decides for itself.

use alloc::vec::Vec;

use super::{Error, Verifier};
use crate::audit::Actor;
use crate::delivery::Delivery;
use crate::directory::{Action, Directory};
use crate::flow::{self, Decision, PracticeScene, PracticeSettings, PracticeStep};
use crate::ids::{PracticeId, WaiverId};
use crate::policy::{Layer, Waiver, WaiverRequest};
use crate::record::{PracticeRecord, RecordKey};
use crate::store::Store;

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// The settings a practice saved, and their version to save over.
    ///
    /// # Errors
    /// [`Error`]: the settings are not known.
    pub async fn settings(&self, practice: &PracticeId) -> Result<PracticeSettings, Error> {
        Ok(self.decided(practice).await?.settings())
    }

    /// Replaces all settings of a practice by `layers`, if they are still at version `expected`, the directory
    /// lets `actor` do that, and no locked or waivable layer above stands against it. They hold from the next
    /// call on; a draft that is not saved has no effect (rows W13, W15, C10, E03). `authoriser` is who approved it, if that
    /// is somebody else.
    ///
    /// The layers speak for the practice and for sites, roles, subjects and purposes of it; like all layers below the
    /// vendor they can only tighten.
    ///
    /// ```
    /// use medfactor::audit::Actor;
    /// use medfactor::directory::Action;
    /// use medfactor::flow::Decision;
    /// use medfactor::ids::{PracticeId, SubjectId};
    /// use medfactor::policy::{Layer, Policy, Requirement};
    /// use medfactor::testing::Clinic;
    ///
    /// let clinic = Clinic::new(Policy::new().layer(Layer::vendor().requirement(Requirement::Off)))?;
    /// let (practice, ada) = (PracticeId::new("t1")?, Actor::staff(SubjectId::new("ada")?));
    /// clinic.directory.permit(&ada, Action::SaveSettings);
    /// pollster::block_on(async {
    ///     let now = clinic.verifier.settings(&practice).await?;
    ///     let required = [Layer::practice(practice.clone()).requirement(Requirement::Required)];
    ///     let saved = clinic.verifier.save_settings(&practice, now.version, &required, &ada, None).await?;
    ///     assert_eq!(saved, Decision::Made(1));
    ///     Ok::<(), medfactor::verifier::Error>(())
    /// })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`]: it is not known whether they were saved; look again.
    pub async fn save_settings(
        &self,
        practice: &PracticeId,
        expected: u64,
        layers: &[Layer],
        actor: &Actor,
        authoriser: Option<&Actor>,
    ) -> Result<Decision<u64>, Error> {
        self.decide(practice, actor, Action::SaveSettings, |scene, record| {
            flow::save_settings(scene, record, expected, layers, authoriser)
        })
        .await
    }

    /// Lets a practice, a site or one subject off a requirement that can be waived, if the directory lets `actor`
    /// grant that (row E03). It holds from the next sign-in on.
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was granted; look at [`waivers`](Self::waivers).
    pub async fn grant_waiver(
        &self,
        practice: &PracticeId,
        request: &WaiverRequest,
        actor: &Actor,
    ) -> Result<Decision<WaiverId>, Error> {
        self.decide(practice, actor, Action::GrantWaiver, |scene, record| {
            flow::grant_waiver(scene, record, request)
        })
        .await
    }

    /// Ends a waiver, if the directory lets `actor` do that. The requirement holds again from the next sign-in on
    /// (row E04).
    ///
    /// # Errors
    /// [`Error`]: it is not known whether it was withdrawn.
    pub async fn withdraw_waiver(
        &self,
        practice: &PracticeId,
        waiver: WaiverId,
        why: &str,
        actor: &Actor,
    ) -> Result<Decision<()>, Error> {
        self.decide(practice, actor, Action::WithdrawWaiver, |scene, record| {
            flow::withdraw_waiver(scene, record, waiver, why)
        })
        .await
    }

    /// Every waiver of a practice, oldest first: who was let off what, until when, who granted it and which text was
    /// accepted. Those that are over are in it; [`Waiver::is_live`] tells.
    ///
    /// # Errors
    /// [`Error`]: the list is not known.
    pub async fn waivers(&self, practice: &PracticeId) -> Result<Vec<Waiver>, Error> {
        Ok(self.decided(practice).await?.waivers().to_vec())
    }

    async fn decided(&self, practice: &PracticeId) -> Result<PracticeRecord, Error> {
        let key = RecordKey::Practice(practice.clone());
        let row = self.store.load(&[key]).await?.pop().flatten();
        let record = row.map(|row| PracticeRecord::decode(&row.bytes)).transpose()?;
        Ok(record.unwrap_or_default())
    }

    /// One decision, if the directory lets the actor make it.
    async fn decide<T>(
        &self,
        practice: &PracticeId,
        actor: &Actor,
        action: Action,
        decide: impl Fn(
            &PracticeScene<'_>,
            Option<PracticeRecord>,
        ) -> Result<PracticeStep<Decision<T>>, flow::FlowError>,
    ) -> Result<Decision<T>, Error> {
        let permitted = self.directory.may(actor, practice, action).await?;
        self.drive_practice(practice, actor, &[], |scene, record, _| {
            Ok(if permitted {
                decide(scene, record)?
            } else {
                flow::refuse_decision(scene, record)?
            })
        })
        .await
    }
}
