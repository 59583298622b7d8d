//! One call for programs that send everything at once.

use super::work::Work;
use super::{
    Answer, Begin, DestinationState, FlowError, Pass, Refusal, Rejection, Ruling, Scene, Step, Verdict,
};
use crate::audit::Reason;
use crate::record::SubjectRecord;

/// What a single call comes to.
#[derive(Debug)]
#[must_use = "an answer that nobody reads protects nothing"]
pub enum Once {
    /// Go on.
    Pass(Pass),
    /// The answer was not accepted.
    Rejected(Rejection),
    /// Nothing could be asked: there is no factor, or something stands in the way.
    Blocked(Refusal),
}

/// Rules and judges at once, for an interface without pages: the request and the answer came together, such as a
/// password with a code from an authenticator app in a header. The limits are those of a sign-in in two calls; a code that is sent
/// is asked for with [`begin`](super::begin()) and [`reserve`](super::reserve()) beforehand.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`]; the caller denies.
pub fn verify_once(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    destinations: &[DestinationState],
    request: &Begin,
    answer: &Answer,
) -> Result<Step<Once>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let once = match work.rule(destinations, request)? {
        Ruling::Pass(pass) => Once::Pass(pass),
        Ruling::Blocked(refusal) => Once::Blocked(refusal),
        // A program cannot scan a picture.
        Ruling::Enrol(_) => Once::Blocked(Refusal::new(Reason::NotEnrolled)),
        Ruling::Challenge(challenge) => match work.judge(challenge.id(), answer)? {
            Verdict::Pass(pass) => Once::Pass(pass),
            Verdict::Rejected(rejection) => Once::Rejected(rejection),
        },
    };
    Ok(work.close(once))
}
