//! What a right access code is worth.

use super::Window;
use crate::flow::{Assurance, Rejection};
use crate::ids::Subject;
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// What [`redeem`](super::redeem()) answers.
#[derive(Debug)]
#[must_use = "a redemption that nobody reads protects nothing"]
pub enum Redemption {
    /// Let this person into this appointment.
    Admitted(Admission),
    /// Not that way. The text is the same for every reason but waiting.
    Rejected(Rejection),
}

/// The proof that somebody gave a participant's access code, within its window.
///
/// It is no [`Pass`](crate::flow::Pass) and cannot become one: it raises no session of an account, answers no
/// challenge, changes no factor and makes no device trusted. Only the library makes one, after it is committed.
///
/// ```compile_fail,E0308
/// fn raise_session(_: medfactor::flow::Pass) {}
/// fn join(admission: medfactor::flow::access::Admission) {
///     raise_session(admission);
/// }
/// ```
///
/// ```compile_fail,E0599
/// fn twice(admission: medfactor::flow::access::Admission) -> [medfactor::flow::access::Admission; 2] {
///     [admission.clone(), admission]
/// }
/// ```
///
/// ```compile_fail,E0451
/// # use medfactor::{flow::access::Admission, time::Timestamp};
/// fn forged(admission: Admission) -> Admission {
///     Admission { at: Timestamp::MAX, ..admission }
/// }
/// ```
#[derive(Debug)]
#[must_use = "an admission is worth nothing until somebody is let in with it"]
pub struct Admission {
    pub(super) subject: Subject,
    pub(super) purpose: Purpose,
    pub(super) at: Timestamp,
    pub(super) window: Window,
}

impl Admission {
    /// The participant.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The appointment; nothing else is open.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// When it was given.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// When the code stops working: until then the same person can come back with it.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.window.closes_at
    }

    /// [`Assurance::StaffRelayed`], always.
    #[must_use]
    pub const fn assurance(&self) -> Assurance {
        Assurance::StaffRelayed
    }
}
