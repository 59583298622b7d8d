//! Who must pass a second factor, when and how: data in layers, and one pure function that decides.
//!
//! A [`Policy`] is a list of [`Layer`]s. Each is spoken by one authority ([`Scope`]) to some people and holds
//! values for some settings. [`resolve`] folds the layers that speak to one person into an [`Effective`] policy: of each
//! setting the strictest value wins. Mandates and the vendor may replace a default; whoever is below them
//! can only tighten. So adding a practice, a site, a role, a person or a purpose never opens anything (the
//! eight laws, law 5), and neither does leaving something out: the default is to require.
//!
//! ```
//! use medfactor::ids::{PracticeId, Subject};
//! use medfactor::policy::{Layer, Policy, Population, Requirement, Situation, resolve};
//! use medfactor::purpose::Purpose;
//! use medfactor::time::Timestamp;
//!
//! let policy = Policy::new()
//!     .layer(Layer::vendor().requirement(Requirement::Off))
//!     .layer(Layer::practice(PracticeId::new("t1")?).requirement(Requirement::Required));
//!
//! let (sign_in, now) = (Purpose::sign_in(), Timestamp::from_unix_seconds(1_700_000_000)?);
//! let (rex, ria) = (Subject::parse("t1", "77")?, Subject::parse("t2", "12")?);
//! let for_rex = resolve(&policy, &Situation::new(&rex, Population::Staff, &sign_in, now));
//! let for_ria = resolve(&policy, &Situation::new(&ria, Population::Staff, &sign_in, now));
//! assert_eq!(for_rex.requirement(), Requirement::Required);
//! assert_eq!(for_rex.requirement_decided_by().to_string(), "practice:t1");
//! assert_eq!(for_ria.requirement(), Requirement::Off);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod bounds;
mod change;
mod choices;
mod differences;
mod effective;
mod explain;
mod facts;
mod file;
mod guessing;
mod layer;
mod names;
pub mod presets;
mod resolve;
#[cfg(test)]
mod samples;
mod settings;
mod span;
#[cfg(test)]
mod tests;
mod tighten;
mod trust_rules;
mod waiver;
mod warning;

pub use bounds::{
    AccessAlarm, AccessCodeLength, AccessLead, AccessLimit, AccessOverrun, AccessTries, AccessTriesWindow,
    AttemptLimit, AuthenticatorLimit, AuthenticatorTries, BreakGlassDuration, ChallengeLifetime,
    ChallengeSends, CodeLifetime, DestinationSends, DestinationWindow, DeviceLimit, EnrolmentGrace,
    FirstFactorAge, ManagementAge, OutOfRange, PendingEnrolmentLifetime, PurposeGrant, ReceiptAllowance,
    RecoveryCodeCount, SendCooldown, SendsWindow, SharedLoginDevices, SharedLoginWindow, SubjectSends,
    SubjectTries, TriesInARow, TriesWindow,
};
pub use change::{LayerRefused, LockedBy};
pub use choices::{
    AccessStorage, Allowance, Assertions, AuthenticatorKinds, ChannelSeparation, ContactBinding, Duty,
    FirstContact, Methods, OnNumberRisk, OnSharedLogin, Requirement, Roles, ValidFrom,
};
pub use effective::{DecidedBy, Effective};
pub use explain::{Explanation, Row, explain};
pub use facts::{Condition, Facts, Population};
pub use file::Problem;
#[cfg(feature = "serde")]
pub use file::{MAX_FILE_BYTES, PolicyFileError};
pub use layer::{Layer, RequiredFrom, Scope};
pub use names::{MandateName, Reference, ReferenceError};
pub use resolve::{Situation, resolve};
pub use settings::Settings;
pub use tighten::Tighten;
pub use trust_rules::{TrustRules, ZoneSource};
pub use waiver::{Waiver, WaiverRequest, WaiverScope};
pub use warning::{Warning, WarningKind};

use crate::ids::RoleName;

/// Layers, and the roles they know. It never changes; a change makes another.
///
/// Every number in it is within the bounds of its type, so there is nothing left to validate: a policy that
/// would be unsafe cannot be written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    layers: Vec<Arc<Layer>>,
    roles: Option<BTreeSet<RoleName>>,
}

impl Policy {
    /// No layers: everything is required, and the defaults hold.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            layers: Vec::new(),
            roles: None,
        }
    }

    /// The policy with one more layer. The order of layers of the same scope decides only in which order
    /// methods are offered.
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(Arc::new(layer.consistent()));
        self
    }

    /// Declares all roles there are. From then on a person with any other role gets the strictest answer
    /// (bypass row 90: a misspelt or new role opens nothing). Without this call every role is known.
    #[must_use]
    pub fn roles(mut self, roles: impl IntoIterator<Item = RoleName>) -> Self {
        self.roles = Some(roles.into_iter().collect());
        self
    }

    /// The layers, in the order in which they were added.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = &Layer> + '_ {
        self.layers.iter().map(AsRef::as_ref)
    }

    /// Whether one of these roles is outside the declared ones.
    fn has_unknown_role(&self, roles: &[RoleName]) -> bool {
        self.roles
            .as_ref()
            .is_some_and(|known| roles.iter().any(|role| !known.contains(role)))
    }
}
