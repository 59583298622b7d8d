//! What a practice decides for itself: its settings, saved as whole versions, and the waivers granted to it.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::practice::PracticeWork;
use super::{FlowError, PracticeScene, PracticeStep};
use crate::audit::{Actor, Event, Reason};
use crate::ids::WaiverId;
use crate::policy::{Layer, LayerRefused, Policy, Population, Scope, Waiver, WaiverRequest, WaiverScope};
use crate::record::PracticeRecord;

/// How many layers a practice can have of its own: far more than any form of settings has switches.
const MAX_LAYERS: usize = 64;

/// How many bytes all its layers take at most: whatever was saved, a waiver can still be withdrawn.
const MAX_BYTES: usize = 64 * 1024;

/// How many purposes one waiver names at most.
const MAX_PURPOSES: usize = 16;

/// How many waivers are kept, those that are over included; the oldest of those go first.
const MAX_WAIVERS: usize = 256;

/// How a decision ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision<T> {
    /// It holds from now on.
    Made(T),
    /// It was refused; nothing has changed.
    Refused(DecisionRefused),
}

/// Why a decision was refused. The audit trail tells of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionRefused {
    /// The directory does not let this actor decide that.
    #[error("not permitted")]
    NotPermitted,
    /// Somebody else saved in between; look again and save over this version.
    #[error("the settings were changed meanwhile, to version {version}")]
    Conflict {
        /// The version that holds.
        version: u64,
    },
    /// A layer says more loosely what a locked layer above it has settled.
    #[error(transparent)]
    Locked(LayerRefused),
    /// A layer switches off what only a waiver can lower, granted by whoever speaks in that scope.
    #[error("only a waiver granted by {scope} can lower this")]
    NeedsWaiver {
        /// Who may grant one.
        scope: Scope,
    },
    /// A layer speaks for the product or for another practice.
    #[error("a layer of {scope} is not the practice's to save")]
    Foreign {
        /// In whose name it speaks.
        scope: Scope,
    },
    /// More layers, bytes of them, purposes or live waivers than a practice can have, or two layers in one place.
    #[error("too many, or two in one place")]
    TooMany,
    /// No layer that a waiver could lower speaks to anyone it names.
    #[error("nothing here can be waived")]
    NotWaivable,
    /// A waiver for a program must name one subject and have an end; an end must lie in the future.
    #[error("the waiver needs one subject and an end")]
    Unbounded,
    /// There is no such waiver, or it is over.
    #[error("no such waiver")]
    NotFound,
    /// The directory does not know the practice.
    #[error("no such practice")]
    UnknownPractice,
}

impl DecisionRefused {
    pub(crate) const fn reason(&self) -> Reason {
        match self {
            Self::NotPermitted => Reason::NotPermitted,
            Self::Conflict { .. } => Reason::VersionConflict,
            Self::Locked(_) => Reason::LockedByMandate,
            Self::NeedsWaiver { .. } => Reason::NeedsWaiver,
            Self::Foreign { .. } | Self::TooMany | Self::NotWaivable | Self::Unbounded => Reason::NotAllowed,
            Self::NotFound => Reason::NotFound,
            Self::UnknownPractice => Reason::UnknownSubject,
        }
    }
}

/// The settings a practice saved, and their version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PracticeSettings {
    /// The version: 0 before anything was saved.
    pub version: u64,
    /// The layers.
    pub layers: Vec<Layer>,
}

impl PracticeRecord {
    /// The settings the practice saved.
    #[must_use]
    pub fn settings(&self) -> PracticeSettings {
        PracticeSettings {
            version: self.settings_version,
            layers: self.layers.iter().map(|layer| (**layer).clone()).collect(),
        }
    }

    /// The waivers granted to the practice, oldest first, those that are over included.
    #[must_use]
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }
}

/// Replaces all settings of a practice by `layers`, if they are still at `expected` and everything above allows
/// it. `authoriser` is who approved it, if that is somebody else.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn save_settings(
    scene: &PracticeScene<'_>,
    record: Option<PracticeRecord>,
    expected: u64,
    layers: &[Layer],
    authoriser: Option<&Actor>,
) -> Result<PracticeStep<Decision<u64>>, FlowError> {
    let mut work = PracticeWork::open(scene, record);
    let decision = match work.may_save(expected, layers) {
        Ok(()) => {
            let version = work.record.settings_version.saturating_add(1);
            work.tell_changes(layers)?;
            let entry = work.tell(Event::SettingsSaved)?;
            entry.authoriser = authoriser.cloned();
            entry.count = u32::try_from(version).ok();
            work.record.settings_version = version;
            work.record.layers = layers
                .iter()
                .cloned()
                .map(Layer::consistent)
                .map(Arc::new)
                .collect();
            Decision::Made(version)
        }
        Err(refused) => work.refuse(refused)?,
    };
    Ok(work.close(decision))
}

/// Notes that somebody tried to decide what the directory does not let them decide.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn refuse_decision<T>(
    scene: &PracticeScene<'_>,
    record: Option<PracticeRecord>,
) -> Result<PracticeStep<Decision<T>>, FlowError> {
    let mut work = PracticeWork::open(scene, record);
    let decision = work.refuse(DecisionRefused::NotPermitted)?;
    Ok(work.close(decision))
}

/// Lets a practice, a site or one subject off a waivable requirement.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn grant_waiver(
    scene: &PracticeScene<'_>,
    record: Option<PracticeRecord>,
    request: &WaiverRequest,
) -> Result<PracticeStep<Decision<WaiverId>>, FlowError> {
    let mut work = PracticeWork::open(scene, record);
    if work.is_behind {
        return Err(FlowError::ClockBehind);
    }
    let decision = match work.may_grant(request) {
        Ok(()) => {
            let waiver = Waiver {
                id: WaiverId::draw(scene.entropy)?,
                scope: request.scope.clone(),
                populations: request.populations.iter().copied().collect(),
                purposes: request.purposes.iter().cloned().collect(),
                requested_by: request.requested_by.clone(),
                granted_by: scene.actor.clone(),
                accepted_text: request.accepted_text.clone(),
                granted_at: work.now,
                ends_at: request.ends_at,
                withdrawn_at: None,
            };
            let entry = work.tell(Event::WaiverGranted)?;
            entry.authoriser = Some(waiver.requested_by.clone());
            entry.until = waiver.ends_at;
            entry.note = Some(alloc::format!("waiver:{} {}", waiver.id, waiver.accepted_text));
            if let WaiverScope::Subject(subject) = &waiver.scope {
                entry.note = entry
                    .note
                    .take()
                    .map(|note| alloc::format!("{note} subject:{}", subject.as_str()));
            }
            let id = waiver.id;
            work.keep(waiver);
            Decision::Made(id)
        }
        Err(refused) => work.refuse(refused)?,
    };
    Ok(work.close(decision))
}

/// Ends a waiver; from the next sign-in on the requirement holds again (row E04).
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn withdraw_waiver(
    scene: &PracticeScene<'_>,
    record: Option<PracticeRecord>,
    id: WaiverId,
    why: &str,
) -> Result<PracticeStep<Decision<()>>, FlowError> {
    let mut work = PracticeWork::open(scene, record);
    let now = work.now;
    let live = work
        .record
        .waivers
        .iter_mut()
        .find(|waiver| waiver.id == id && waiver.is_live(now));
    let decision = if let Some(waiver) = live {
        waiver.withdrawn_at = Some(now);
        let note = alloc::format!(
            "waiver:{id} {}",
            crate::audit::printable(why, super::staff::MAX_NOTE)
        );
        work.tell(Event::WaiverWithdrawn)?.note = Some(note);
        Decision::Made(())
    } else {
        work.refuse(DecisionRefused::NotFound)?
    };
    Ok(work.close(decision))
}

impl PracticeWork<'_> {
    fn may_save(&self, expected: u64, layers: &[Layer]) -> Result<(), DecisionRefused> {
        let practice = self.scene.practice.ok_or(DecisionRefused::UnknownPractice)?;
        let same_place = |(place, layer): (usize, &Layer)| {
            layers.iter().take(place).any(|other| other.has_place_of(layer))
        };
        let bytes = minicbor::to_vec(layers).map_or(usize::MAX, |bytes| bytes.len());
        if layers.len() > MAX_LAYERS || bytes > MAX_BYTES || layers.iter().enumerate().any(same_place) {
            return Err(DecisionRefused::TooMany);
        }
        if expected != self.record.settings_version {
            return Err(DecisionRefused::Conflict {
                version: self.record.settings_version,
            });
        }
        if let Some(foreign) = layers.iter().find(|layer| !layer.is_of_practice(self.scene.id)) {
            return Err(DecisionRefused::Foreign {
                scope: foreign.scope().clone(),
            });
        }
        let facts = practice.known_facts();
        let all = layers
            .iter()
            .try_fold(self.scene.policy.clone(), |policy, layer| {
                policy.with_layer(layer.clone(), facts)
            });
        let all = all.map_err(DecisionRefused::Locked)?;
        let needs = layers.iter().find_map(|layer| all.waivable_above(layer));
        needs.map_or(Ok(()), |scope| Err(DecisionRefused::NeedsWaiver { scope }))
    }

    fn may_grant(&self, request: &WaiverRequest) -> Result<(), DecisionRefused> {
        if self.scene.practice.is_none() {
            return Err(DecisionRefused::UnknownPractice);
        }
        if request.purposes.len() > MAX_PURPOSES {
            return Err(DecisionRefused::TooMany);
        }
        let is_over = request.ends_at.is_some_and(|end| end <= self.now);
        let for_programs = request.populations.contains(&Population::Service);
        let one_subject = matches!(request.scope, WaiverScope::Subject(_));
        let is_exemption = one_subject && request.ends_at.is_some();
        if is_over || (for_programs && !is_exemption) {
            return Err(DecisionRefused::Unbounded);
        }
        if !for_programs && !self.scene.policy.is_waivable(self.scene.id, request) {
            return Err(DecisionRefused::NotWaivable);
        }
        let live = self
            .record
            .waivers
            .iter()
            .filter(|waiver| waiver.is_live(self.now));
        if live.count() >= MAX_WAIVERS {
            return Err(DecisionRefused::TooMany);
        }
        Ok(())
    }

    fn keep(&mut self, waiver: Waiver) {
        let now = self.now;
        while self.record.waivers.len() >= MAX_WAIVERS {
            let over = self.record.waivers.iter().position(|old| !old.is_live(now));
            self.record.waivers.remove(over.unwrap_or_default());
        }
        self.record.waivers.push(waiver);
    }

    /// One entry for each setting that is no longer what it was, with both values.
    fn tell_changes(&mut self, layers: &[Layer]) -> Result<(), FlowError> {
        let before: Vec<Layer> = self.record.layers.iter().map(|layer| (**layer).clone()).collect();
        let changes: Vec<String> = Policy::differences(&before, layers);
        for change in changes {
            let note = crate::audit::printable(&change, super::staff::MAX_NOTE);
            self.tell(Event::SettingChanged)?.note = Some(note);
        }
        Ok(())
    }

    fn refuse<T>(&mut self, refused: DecisionRefused) -> Result<Decision<T>, FlowError> {
        let entry = self.tell(Event::DecisionRefused)?;
        entry.reason = Some(refused.reason());
        let note = alloc::format!("{refused}");
        entry.note = Some(crate::audit::printable(&note, super::staff::MAX_NOTE));
        Ok(Decision::Refused(refused))
    }
}
