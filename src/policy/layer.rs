//! One layer of a policy: who says it, to whom, when, and what.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::fmt;

use super::choices::Requirement;
use super::facts::{Condition, Population};
use super::names::{MandateName, Reference};
use super::settings::Settings;
use super::trust_rules::ZoneSource;
use crate::ids::{PracticeId, RoleName, SiteId, SubjectId};
use crate::purpose::Purpose;
use crate::time::{Date, Time, Timestamp, Zone, format_date};

/// Who speaks in a layer, in the order of authority: a mandate first, a purpose last.
///
/// Mandates and the vendor speak for the whole product: what they say takes the place of a default. All
/// others can only tighten, the defaults included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new authority must make every caller decide its place"
)]
pub enum Scope {
    /// A law, a regulator or a contract: `mandate:AU-XERO`.
    Mandate(MandateName),
    /// The maker of the product: `vendor`.
    Vendor,
    /// One practice: `practice:T1`.
    Practice(PracticeId),
    /// One site of a practice: `site:perth`. Name the practice in [`Layer::for_practices`] when sites of
    /// different practices may share a name.
    Site(SiteId),
    /// Everyone with a role: `role:scheduler`. Of several roles the strictest wins (row C05).
    Role(RoleName),
    /// One person: `subject:77`. Name the practice in [`Layer::for_practices`] as well.
    Subject(SubjectId),
    /// One purpose: `purpose:video_join`; with an object, that object only.
    Purpose(Purpose),
}

impl Scope {
    /// The place in the order of authority; 0 is the highest.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Mandate(_) => 0,
            Self::Vendor => 1,
            Self::Practice(_) => 2,
            Self::Site(_) => 3,
            Self::Role(_) => 4,
            Self::Subject(_) => 5,
            Self::Purpose(_) => 6,
        }
    }

    /// Whether what it says takes the place of a default.
    pub(super) const fn speaks_for_the_product(&self) -> bool {
        matches!(self, Self::Mandate(_) | Self::Vendor)
    }
}

impl fmt::Display for Scope {
    /// As in a policy file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mandate(name) => write!(f, "mandate:{name}"),
            Self::Vendor => f.write_str("vendor"),
            Self::Practice(id) => write!(f, "practice:{}", id.as_str()),
            Self::Site(id) => write!(f, "site:{}", id.as_str()),
            Self::Role(name) => write!(f, "role:{}", name.as_str()),
            Self::Subject(id) => write!(f, "subject:{}", id.as_str()),
            Self::Purpose(purpose) => write!(f, "purpose:{purpose}"),
        }
    }
}

/// The date from which a layer requires a second factor: the first instant of that date in a zone (row H01).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredFrom {
    date: Date,
    zone: ZoneSource,
}

impl RequiredFrom {
    /// From the first instant of `date`.
    #[must_use]
    pub const fn new(date: Date, zone: ZoneSource) -> Self {
        Self { date, zone }
    }

    /// The date.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }

    /// Whose calendar it is a date of.
    #[must_use]
    pub const fn zone(&self) -> &ZoneSource {
        &self.zone
    }

    /// The instant, given the zone of the practice or site; `None` when that is needed and missing, and the
    /// date then counts as passed.
    #[must_use]
    pub fn instant(&self, practice: Option<&Zone>) -> Option<Timestamp> {
        self.zone
            .zone(practice)
            .map(|zone| zone.first_instant(self.date, Time::MIDNIGHT))
    }
}

impl fmt::Display for RequiredFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_date(self.date))
    }
}

/// What one authority says about some people.
///
/// Filters that are left out mean everyone. A setting that is left out means no opinion.
///
/// ```
/// use medfactor::method::Method;
/// use medfactor::policy::{Layer, MandateName, Population, Reference, Requirement};
///
/// let mandate = Layer::mandate(MandateName::new("AU-XERO")?)
///     .for_populations([Population::Staff])
///     .when("country", "AU")
///     .when("integrations", "xero")
///     .locked()
///     .referring_to(Reference::new("ATO DSP OSF")?)
///     .requirement(Requirement::Required)
///     .methods([Method::Totp, Method::RecoveryCode]);
/// assert_eq!(mandate.scope().to_string(), "mandate:AU-XERO");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    pub(super) scope: Scope,
    pub(super) practices: BTreeSet<PracticeId>,
    pub(super) populations: BTreeSet<Population>,
    pub(super) purposes: BTreeSet<Purpose>,
    pub(super) when: Condition,
    pub(super) locked: bool,
    pub(super) waivable: bool,
    pub(super) reference: Option<Reference>,
    pub(super) required_from: Option<RequiredFrom>,
    pub(super) settings: Settings,
}

impl Layer {
    /// A layer that says nothing yet.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            practices: BTreeSet::new(),
            populations: BTreeSet::new(),
            purposes: BTreeSet::new(),
            when: Condition::default(),
            locked: false,
            waivable: false,
            reference: None,
            required_from: None,
            settings: Settings::default(),
        }
    }

    /// A layer of a mandate.
    #[must_use]
    pub fn mandate(name: MandateName) -> Self {
        Self::new(Scope::Mandate(name))
    }

    /// A layer of the vendor.
    #[must_use]
    pub fn vendor() -> Self {
        Self::new(Scope::Vendor)
    }

    /// A layer of one practice.
    #[must_use]
    pub fn practice(practice: PracticeId) -> Self {
        Self::new(Scope::Practice(practice))
    }

    /// Speaks to these practices only.
    #[must_use]
    pub fn for_practices(mut self, practices: impl IntoIterator<Item = PracticeId>) -> Self {
        self.practices.extend(practices);
        self
    }

    /// Speaks to these populations only.
    #[must_use]
    pub fn for_populations(mut self, populations: impl IntoIterator<Item = Population>) -> Self {
        self.populations.extend(populations);
        self
    }

    /// Speaks about these purposes only; one with an object means that object.
    #[must_use]
    pub fn for_purposes(mut self, purposes: impl IntoIterator<Item = Purpose>) -> Self {
        self.purposes.extend(purposes);
        self
    }

    /// Counts only while the host's facts hold this value too. While the fact is unknown the layer still
    /// tightens, and loosens nothing.
    #[must_use]
    pub fn when(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.when.insert(key.into(), value.into());
        self
    }

    /// No layer below may say anything looser: [`Policy::with_layer`](super::Policy::with_layer) refuses it.
    #[must_use]
    pub const fn locked(mut self) -> Self {
        self.locked = true;
        self
    }

    /// What it requires can be lowered by a recorded [`Waiver`](super::Waiver) that whoever speaks here has granted. A locked
    /// layer cannot be waived, whatever is said here.
    #[must_use]
    pub const fn waivable(mut self) -> Self {
        self.waivable = true;
        self
    }

    /// Names the rule it comes from.
    #[must_use]
    pub fn referring_to(mut self, reference: Reference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Requires a second factor from the first instant of a date, and says "off" before it.
    ///
    /// Takes the place of whatever [`Layer::requirement`] says.
    #[must_use]
    pub fn required_from(mut self, date: Date, zone: ZoneSource) -> Self {
        self.required_from = Some(RequiredFrom::new(date, zone));
        self
    }

    /// Who speaks.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether layers below are held to it.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Whether a waiver can lower what it requires.
    #[must_use]
    pub const fn is_waivable(&self) -> bool {
        self.waivable && !self.locked
    }

    /// The rule it comes from.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// What it says.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A date always requires: "off from September" would be a contradiction, and those open nothing.
    pub(crate) fn consistent(mut self) -> Self {
        self.waivable &= !self.locked;
        if self.required_from.is_some() {
            self.settings.requirement = Some(Requirement::Required);
        }
        self
    }

    /// Whether another layer has the same author and addressees, so that one takes the other's place.
    pub(crate) fn has_place_of(&self, other: &Self) -> bool {
        self.scope == other.scope
            && self.practices == other.practices
            && self.populations == other.populations
            && self.purposes == other.purposes
            && self.when == other.when
    }
}
