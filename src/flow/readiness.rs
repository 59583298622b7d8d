//! Whether a subject could get in, asked before anybody stands at the door.

use alloc::vec::Vec;

use super::reach::Arrival;
use super::work::Work;
use super::{DestinationState, FlowError, Offer, Scene};
use crate::audit::Reason;
use crate::contact::Channel;
use crate::ids::Subject;
use crate::method::Method;
use crate::policy::{DecidedBy, Effective, Explanation, Requirement};
use crate::purpose::Purpose;
use crate::record::SubjectRecord;

/// What stands in a subject's way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Problem {
    /// None of these contacts is on file; any one would do.
    MissingContact(Vec<Channel>),
    /// A contact by this channel is on file but cannot be used: its owner wants no messages, or it failed.
    UnusableContact(Channel),
    /// No authenticator is enrolled; the person will be asked to enrol at the next sign-in.
    NotEnrolled,
    /// The policy leaves no method at all.
    NoMethod,
    /// Too many failures; staff must unlock.
    Locked,
    /// Everything the person has is out of use after too many failures.
    MethodsDisabled,
    /// The directory does not know the person, or they have left.
    Unknown,
}

/// Whether one subject could get one purpose opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Readiness {
    /// Whom it is about.
    pub subject: Subject,
    /// Whether a second factor is required now. One that is required from a later date on is looked at as well.
    pub required: bool,
    /// The methods that would be offered.
    pub methods: Vec<Method>,
    /// What stands in the way; empty when nothing does.
    pub problems: Vec<Problem>,
}

impl Readiness {
    /// Whether the person will get in without help.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What the policy asks of a subject and why, and what would be offered. Nothing changes.
///
/// # Errors
/// [`FlowError::ClockBehind`].
pub fn explain(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    purpose: &Purpose,
) -> Result<(Explanation, Vec<Offer>), FlowError> {
    let work = Work::open(scene, record)?;
    let effective = work.effective(purpose);
    let offers = work.offers(&effective, purpose, destinations, Arrival::default());
    Ok((effective.explanation(), offers))
}

/// Whether a second factor will be asked for, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Foresight {
    /// Whether one will be asked for; a device that is remembered by then may still spare the person.
    pub required: bool,
    /// Why not, when not.
    pub reason: Option<Reason>,
    /// Who decides it.
    pub decided_by: DecidedBy,
    /// The methods that will be offered, with masked destinations, as far as contacts stay what they are.
    pub methods: Vec<Offer>,
}

/// Whether a second factor will be asked for at the instant of the scene, which may lie ahead: for a note in a
/// reminder ("have your telephone at hand", row W18). Nothing changes and no code is made.
///
/// # Errors
/// [`FlowError::ClockBehind`].
pub fn will_require(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    purpose: &Purpose,
) -> Result<Foresight, FlowError> {
    let work = Work::open(scene, record)?;
    let effective = work.effective(purpose);
    let asked = work.is_asked(&effective, purpose);
    Ok(Foresight {
        required: asked.is_ok(),
        reason: asked.err(),
        decided_by: effective.requirement_decided_by(),
        methods: work.offers(&effective, purpose, destinations, Arrival::default()),
    })
}

/// Looks ahead without changing anything.
///
/// # Errors
/// [`FlowError::ClockBehind`].
pub fn readiness(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    purpose: &Purpose,
) -> Result<Readiness, FlowError> {
    let work = Work::open(scene, record)?;
    let effective = work.effective(purpose);
    let offers = work.offers(&effective, purpose, destinations, Arrival::default());
    let required = effective.requirement() == Requirement::Required || !work.record.authenticators.is_empty();
    // What is missing must show before the date, while there is time to add it (row H04).
    let will_be_required = effective.next_requirement().is_some();
    let mut problems = Vec::new();
    if work.scene.person.is_none() || work.scene.practice.is_none() || work.record.offboarded {
        problems.push(Problem::Unknown);
    } else if required || will_be_required {
        if work.record.failures.locked_at.is_some() {
            problems.push(Problem::Locked);
        }
        if offers.is_empty() {
            problems.extend(work.problems(&effective, destinations));
        }
    }
    Ok(Readiness {
        subject: scene.subject.clone(),
        required,
        methods: offers.iter().map(|offer| offer.method).collect(),
        problems,
    })
}

impl Work<'_> {
    fn problems(&self, effective: &Effective, destinations: &[DestinationState]) -> Vec<Problem> {
        let channels: Vec<Channel> = effective
            .methods()
            .as_slice()
            .iter()
            .filter_map(|method| method.channel())
            .collect();
        match self.obstacle(effective, destinations, Arrival::default()) {
            None => [Problem::NotEnrolled].into(),
            Some(Reason::NoMethod) => [Problem::NoMethod].into(),
            Some(Reason::MethodsDisabled) => [Problem::MethodsDisabled].into(),
            Some(_) => {
                let on_file = |channel: &Channel| {
                    self.scene
                        .person
                        .is_some_and(|person| person.contact_by(*channel).is_some())
                };
                let unusable: Vec<Problem> = channels
                    .iter()
                    .copied()
                    .filter(on_file)
                    .map(Problem::UnusableContact)
                    .collect();
                if unusable.is_empty() {
                    [Problem::MissingContact(channels)].into()
                } else {
                    unusable
                }
            }
        }
    }
}
