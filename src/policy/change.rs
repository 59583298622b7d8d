//! Whether a layer may be put into a policy at all.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::Policy;
use super::facts::Facts;
use super::layer::{Layer, Scope};
use super::names::Reference;
use super::resolve::covers;
use super::settings::for_each_setting;
use super::tighten::Tighten;
use crate::purpose::Purpose;

impl Policy {
    /// The policy with a layer put in, or in the place of the one with the same scope, filters and condition.
    ///
    /// A locked layer above that holds under these facts refuses whatever the new one says more loosely than
    /// it does: `requirement = off` under a locked `required`, also before its date. Rules of trust are not
    /// refused but cut short by [`resolve`](super::resolve), since one may be longer in one respect and
    /// shorter in another (row C10). A locked layer itself is not replaced; its author builds a new policy.
    ///
    /// This is what a host asks when someone saves settings. Whether that person may do so at all is the
    /// host's question.
    ///
    /// # Errors
    /// [`LayerRefused`] with every setting that is refused and by whom.
    pub fn with_layer(&self, layer: Layer, facts: &Facts) -> Result<Self, LayerRefused> {
        let layer = layer.consistent();
        let refused: Vec<LockedBy> = self
            .layers
            .iter()
            .flat_map(|above| refusals(above, &layer, facts))
            .collect();
        if !refused.is_empty() {
            return Err(LayerRefused { refused });
        }
        let mut changed = self.clone();
        match changed.layers.iter_mut().find(|old| old.has_place_of(&layer)) {
            Some(old) => *old = Arc::new(layer),
            None => changed.layers.push(Arc::new(layer)),
        }
        Ok(changed)
    }
}

/// A layer says more loosely what a locked layer above it has settled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct LayerRefused {
    /// Every refusal, by locked layer and setting.
    pub refused: Vec<LockedBy>,
}

impl fmt::Display for LayerRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, refusal) in self.refused.iter().enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            refusal.fmt(f)?;
        }
        Ok(())
    }
}

/// One setting that a locked layer holds fast.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedBy {
    /// Who speaks in the locked layer.
    pub scope: Scope,
    /// The rule it names.
    pub reference: Option<Reference>,
    /// The setting; `None` when the locked layer itself would be replaced.
    pub setting: Option<&'static str>,
}

impl fmt::Display for LockedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is locked by {}",
            self.setting.unwrap_or("the layer"),
            self.scope
        )?;
        match &self.reference {
            Some(reference) => write!(f, " ({reference})"),
            None => Ok(()),
        }
    }
}

fn refusals(locked: &Layer, new: &Layer, facts: &Facts) -> Vec<LockedBy> {
    // A condition on an unknown fact locks: missing data never opens anything.
    if !locked.locked || locked.when.holds(facts) == Some(false) {
        return Vec::new();
    }
    let settings = if locked.has_place_of(new) {
        Vec::from([None])
    } else if locked.scope.rank() < new.scope.rank() && may_meet(locked, new) {
        looser_settings(locked, new).into_iter().map(Some).collect()
    } else {
        Vec::new()
    };
    let refusal = |setting| LockedBy {
        scope: locked.scope.clone(),
        reference: locked.reference.clone(),
        setting,
    };
    settings.into_iter().map(refusal).collect()
}

/// What counts as looser than a locked value. Rules of trust never do.
macro_rules! is_looser {
    (trust $above:expr, $below:expr) => {
        false
    };
    ($how:ident $above:expr, $below:expr) => {
        match ($above, $below) {
            (Some(above), Some(below)) => above.tighten(below) != *below,
            _ => false,
        }
    };
}

macro_rules! define_looser {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        fn looser_settings(locked: &Layer, new: &Layer) -> Vec<&'static str> {
            [$( (
                stringify!($name),
                is_looser!($how &locked.settings.$name, &new.settings.$name),
            ), )*]
            .into_iter()
            .filter_map(|(name, is_looser)| is_looser.then_some(name))
            .collect()
        }
    };
}

for_each_setting!(define_looser);

/// Whether two layers can speak to the same person about the same thing.
pub(super) fn may_meet(one: &Layer, other: &Layer) -> bool {
    let same_place = match (&one.scope, &other.scope) {
        (Scope::Site(a), Scope::Site(b)) => a == b,
        (Scope::Subject(a), Scope::Subject(b)) => a == b,
        _ => true,
    };
    same_place
        && overlap(&one.populations, &other.populations)
        && overlap(&one.practices, &other.practices)
        && practice_scopes_meet(one, other)
        && purposes_meet(&purposes(one), &purposes(other))
}

/// Whether two filters let the same value through; an empty one lets all through.
fn overlap<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> bool {
    one.is_empty() || other.is_empty() || !one.is_disjoint(other)
}

/// A layer of a practice is about that practice, whatever the filters of the other say.
fn practice_scopes_meet(one: &Layer, other: &Layer) -> bool {
    let allows = |layer: &Layer, scope: &Scope| match scope {
        Scope::Practice(practice) => {
            let filtered = layer.practices.is_empty() || layer.practices.contains(practice);
            let own = !matches!(&layer.scope, Scope::Practice(own) if own != practice);
            filtered && own
        }
        _ => true,
    };
    allows(one, &other.scope) && allows(other, &one.scope)
}

/// The purposes a layer is about, its scope counted in; empty means all.
fn purposes(layer: &Layer) -> Vec<&Purpose> {
    match &layer.scope {
        Scope::Purpose(purpose) => Vec::from([purpose]),
        _ => layer.purposes.iter().collect(),
    }
}

fn purposes_meet(one: &[&Purpose], other: &[&Purpose]) -> bool {
    let meet = |a: &Purpose, b: &Purpose| covers(a, b) || covers(b, a);
    one.is_empty() || other.is_empty() || one.iter().any(|a| other.iter().any(|b| meet(a, b)))
}
