//! From layers to what holds for one person, now.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Policy;
use super::bounds::{EnrolmentGrace, PurposeGrant};
use super::choices::{Assertions, Requirement, Roles};
use super::effective::{Announced, Effective, Source, Sources};
use super::facts::{Facts, NO_FACTS, Population};
use super::layer::{Layer, Scope};
use super::settings::{Settings, Values, for_each_setting};
use super::tighten::Tighten;
use super::trust_rules::TrustRules;
use super::waiver::Waiver;
use crate::contact::Channel;
use crate::ids::{RoleName, SiteId, Subject};
use crate::purpose::Purpose;
use crate::time::{Timestamp, Zone};

/// Who asks for what, when, and what the host knows about it. Everything `resolve` looks at.
///
/// ```
/// use medfactor::ids::Subject;
/// use medfactor::policy::{Population, Situation};
/// use medfactor::purpose::Purpose;
/// use medfactor::time::Timestamp;
///
/// let rex = Subject::parse("t1", "77")?;
/// let now = Timestamp::from_unix_seconds(1_700_000_000)?;
/// let sign_in = Purpose::sign_in();
/// let situation = Situation::new(&rex, Population::Staff, &sign_in, now);
/// assert!(situation.zone.is_none());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Situation<'a> {
    /// The person, with the practice they act in.
    pub subject: &'a Subject,
    /// What they are to the practice.
    pub population: Population,
    /// All their roles.
    pub roles: &'a [RoleName],
    /// The site they work at, if the practice has sites.
    pub site: Option<&'a SiteId>,
    /// What is to be opened.
    pub purpose: &'a Purpose,
    /// What the host knows about the practice.
    pub facts: &'a Facts,
    /// The layers the practice has saved itself, beside those of the installation.
    pub own_layers: &'a [Arc<Layer>],
    /// The waivers granted in the practice.
    pub waivers: &'a [Waiver],
    /// The latest instant the practice's record has seen.
    pub decided_at: Timestamp,
    /// The zone of the site, else of the practice. Without it dates count as passed and day rules as never.
    pub zone: Option<&'a Zone>,
    /// The one instant of this call.
    pub now: Timestamp,
}

impl<'a> Situation<'a> {
    /// A person without roles or site, in a practice of which nothing is known.
    #[must_use]
    pub const fn new(
        subject: &'a Subject,
        population: Population,
        purpose: &'a Purpose,
        now: Timestamp,
    ) -> Self {
        Self {
            subject,
            population,
            roles: &[],
            site: None,
            purpose,
            facts: &NO_FACTS,
            own_layers: &[],
            waivers: &[],
            decided_at: Timestamp::MIN,
            zone: None,
            now,
        }
    }

    /// The person's roles.
    #[must_use]
    pub const fn roles(self, roles: &'a [RoleName]) -> Self {
        Self { roles, ..self }
    }

    /// The person's site.
    #[must_use]
    pub const fn site(self, site: &'a SiteId) -> Self {
        Self {
            site: Some(site),
            ..self
        }
    }

    /// What the host knows about the practice.
    #[must_use]
    pub const fn facts(self, facts: &'a Facts) -> Self {
        Self { facts, ..self }
    }

    /// What the practice decided for itself: its own layers, the waivers granted to it, and the latest instant at
    /// which anything was decided.
    #[must_use]
    pub const fn decided(
        self,
        own_layers: &'a [Arc<Layer>],
        waivers: &'a [Waiver],
        decided_at: Timestamp,
    ) -> Self {
        Self {
            own_layers,
            waivers,
            decided_at,
            ..self
        }
    }

    /// The zone of the site, else of the practice.
    #[must_use]
    pub const fn zone(self, zone: &'a Zone) -> Self {
        Self {
            zone: Some(zone),
            ..self
        }
    }

    /// The same at another instant.
    #[must_use]
    pub const fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }
}

/// What holds in a situation: every setting, who decided it, and until when a device is trusted.
///
/// Of each setting the strictest value wins among the layers that speak to this person. What a mandate or
/// the vendor says takes the place of the default; every other layer tightens that, or the default. Three
/// rules stand above all layers:
///
/// - a role outside the list the policy declares makes the requirement `required` and trust `never`, and leaves
///   neither grants nor emergencies nor proofs from elsewhere (bypass row 90);
/// - [`Purpose::manage_authenticators`] never rests on a trusted device (OWASP ASVS 5.0 7.5.1);
/// - a zone that is needed and missing makes a date passed and a day rule never.
#[must_use]
pub fn resolve(policy: &Policy, situation: &Situation<'_>) -> Effective {
    // What is stored under a practice speaks for that practice and nothing above it.
    let own = situation
        .own_layers
        .iter()
        .filter(|layer| !layer.scope.speaks_for_the_product());
    let mut voices: Vec<Voice<'_>> = policy
        .layers
        .iter()
        .chain(own)
        .filter_map(|layer| Voice::of(layer, situation))
        .collect();
    voices.sort_by_key(|voice| voice.layer.scope.rank());
    let waived = waive(&mut voices, situation);
    let (mut values, mut sources) = fold(&voices);
    if let Some(waiver) = waived {
        // Programs are let off the default too; to them often nobody speaks.
        let exempt = situation.population == Population::Service && waiver.is_exemption();
        if exempt && matches!(sources.requirement, Source::Default) {
            values.requirement = Requirement::Off;
        }
        if values.requirement == Requirement::Off {
            sources.requirement = Source::Waiver(waiver.id);
        }
    }
    if policy.has_unknown_role(situation.roles) {
        (values.requirement, sources.requirement) = (Requirement::Required, Source::UnknownRole);
        (values.enrolment_grace, sources.enrolment_grace) = (EnrolmentGrace::MIN, Source::UnknownRole);
        (values.trust, sources.trust) = (TrustRules::never(), Source::UnknownRole);
        (values.purpose_grant, sources.purpose_grant) = (PurposeGrant::MIN, Source::UnknownRole);
        (values.break_glass_roles, sources.break_glass_roles) = (Roles::default(), Source::UnknownRole);
        (values.accepted_assertions, sources.accepted_assertions) =
            (Assertions::default(), Source::UnknownRole);
    }
    if situation.purpose.name() == Purpose::MANAGE_AUTHENTICATORS {
        (values.trust, sources.trust) = (TrustRules::never(), Source::Library);
    }
    let next_requirement = voices
        .iter()
        .filter_map(|voice| voice.layer.required_from.as_ref()?.instant(situation.zone))
        .filter(|from| *from > situation.now && values.requirement == Requirement::Off)
        .min();
    let channels_named = Channel::ALL.into_iter().filter(|channel| {
        let mut methods = voices.iter().filter_map(|voice| voice.settings.methods.as_ref());
        methods.any(|methods| methods.contains((*channel).into()))
    });
    let channels_named = channels_named.collect();
    // Required here of others, and not of these: worth telling apart from "nobody asked for it".
    let requires_of_others = |layer: &Arc<Layer>| {
        let of_others = !names(&layer.populations, &situation.population);
        let required = layer.settings.requirement == Some(Requirement::Required);
        of_others && required && layer.is_about(situation) && layer.when.holds(situation.facts) != Some(false)
    };
    // A layer that speaks of this very population has asked for nothing.
    let is_meant = match &sources.requirement {
        Source::Layer(layer) => layer.populations.contains(&situation.population),
        _ => false,
    };
    let is_exempt = values.requirement == Requirement::Off
        && !is_meant
        && (policy.layers.iter().chain(situation.own_layers)).any(requires_of_others);
    let overridden_waiver = (values.requirement == Requirement::Required)
        .then(|| situation.waivers.iter().find(|waiver| waiver.is_for(situation)))
        .flatten()
        .map(|waiver| waiver.id);
    let announced = Announced {
        overridden_waiver,
        next_requirement,
        channels_named,
        is_population_exempt: is_exempt,
    };
    Effective::new(values, sources, situation.zone, announced)
}

/// Lowers what waivable layers require of somebody who was let off, and says by which waiver.
fn waive<'a>(voices: &mut [Voice<'_>], situation: &Situation<'a>) -> Option<&'a Waiver> {
    let waiver = situation.waivers.iter().find(|waiver| waiver.is_for(situation))?;
    let requires = |voice: &&mut Voice<'_>| voice.settings.requirement == Some(Requirement::Required);
    let mut lowered = situation.population == Population::Service;
    for voice in voices.iter_mut().filter(requires) {
        if voice.is_base && voice.layer.is_waivable() {
            voice.settings.to_mut().requirement = Some(Requirement::Off);
            lowered = true;
        }
    }
    lowered.then_some(waiver)
}

/// A layer that speaks to the person in question.
struct Voice<'a> {
    layer: &'a Arc<Layer>,
    settings: Cow<'a, Settings>,
    /// Whether its values take the place of defaults. A layer whose condition hangs on an unknown fact
    /// tightens only: missing data never opens anything, neither by silencing a layer nor by letting it speak.
    is_base: bool,
}

impl<'a> Voice<'a> {
    fn of(layer: &'a Arc<Layer>, situation: &Situation<'_>) -> Option<Self> {
        let condition = layer.when.holds(situation.facts);
        if !layer.speaks_to(situation) || condition == Some(false) {
            return None;
        }
        let mut settings = Cow::Borrowed(&layer.settings);
        if let Some(from) = &layer.required_from {
            let is_future = from
                .instant(situation.zone)
                .is_some_and(|instant| situation.now < instant);
            let requirement = if is_future {
                Requirement::Off
            } else {
                Requirement::Required
            };
            settings.to_mut().requirement = Some(requirement);
        }
        let is_base = layer.scope.speaks_for_the_product() && condition == Some(true);
        Some(Self {
            layer,
            settings,
            is_base,
        })
    }
}

impl Layer {
    fn speaks_to(&self, situation: &Situation<'_>) -> bool {
        self.is_about(situation) && names(&self.populations, &situation.population)
    }

    /// Whether it would speak to them if they were of another population.
    fn is_about(&self, situation: &Situation<'_>) -> bool {
        let in_scope = match &self.scope {
            Scope::Mandate(_) | Scope::Vendor => true,
            Scope::Practice(id) => id == situation.subject.practice(),
            Scope::Site(id) => Some(id) == situation.site,
            Scope::Role(name) => situation.roles.contains(name),
            Scope::Subject(id) => id == situation.subject.id(),
            Scope::Purpose(purpose) => covers(purpose, situation.purpose),
        };
        let about = self.purposes.is_empty()
            || self
                .purposes
                .iter()
                .any(|purpose| covers(purpose, situation.purpose));
        in_scope && about && names(&self.practices, situation.subject.practice())
    }
}

/// Whether a filter lets a value through; an empty one lets all through.
fn names<T: Ord>(filter: &BTreeSet<T>, value: &T) -> bool {
    filter.is_empty() || filter.contains(value)
}

/// Whether what is said about one purpose is said about another: a name without object means every object.
pub(super) fn covers(said: &Purpose, asked: &Purpose) -> bool {
    said.name() == asked.name() && (said.object().is_none() || said.object() == asked.object())
}

macro_rules! define_fold {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        fn fold(voices: &[Voice<'_>]) -> (Values, Sources) {
            let mut values = Values::defaults();
            let mut sources = Sources::default();
            $( sources.$name = fold_one(voices, |settings| settings.$name.as_ref(), &mut values.$name); )*
            (values, sources)
        }
    };
}

for_each_setting!(define_fold);

/// Tightens one setting over all voices. `value` enters as the default and leaves as what holds.
fn fold_one<'a, T: Tighten + PartialEq + Clone + 'a>(
    voices: &'a [Voice<'_>],
    of: impl Fn(&'a Settings) -> Option<&'a T>,
    value: &mut T,
) -> Source {
    let has_base = voices
        .iter()
        .any(|voice| voice.is_base && of(&voice.settings).is_some());
    let mut source = (!has_base).then_some(Source::Default);
    for voice in voices {
        let Some(said) = of(&voice.settings) else { continue };
        let tightened = if source.is_none() {
            said.clone()
        } else {
            value.tighten(said)
        };
        // A layer that says what the default says decides as well: it would hold without the default.
        let decides = match &source {
            None => true,
            Some(Source::Default) => tightened == *said,
            Some(_) => tightened != *value,
        };
        if decides || tightened != *value {
            source = Some(Source::Layer(Arc::clone(voice.layer)));
        }
        *value = tightened;
    }
    source.unwrap_or_default()
}
