//! What changed between two versions of somebody's settings, for the audit trail.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Policy;
use super::change::may_meet;
use super::choices::Requirement;
use super::file::{Node, inline_text};
use super::layer::{Layer, Scope};
use super::waiver::WaiverRequest;
use crate::ids::PracticeId;

impl Policy {
    /// One line for each thing that differs: `practice:t1 (patient; video_join) requirement: nothing -> "required"`.
    pub(crate) fn differences(before: &[Layer], after: &[Layer]) -> Vec<String> {
        let mut lines = Vec::new();
        let nothing = Layer::new(Scope::Vendor);
        let only_in = |here: &[Layer], layer: &Layer| !here.iter().any(|other| other.has_place_of(layer));
        for layer in after {
            let old = before.iter().find(|old| old.has_place_of(layer));
            compare(old.unwrap_or(&nothing), layer, layer, &mut lines);
        }
        for layer in before.iter().filter(|layer| only_in(after, layer)) {
            compare(layer, &nothing, layer, &mut lines);
        }
        lines
    }

    /// Who could waive what a layer switches off, if nothing but a waiver can lower it.
    pub(crate) fn waivable_above(&self, layer: &Layer) -> Option<Scope> {
        if layer.settings.requirement != Some(Requirement::Off) {
            return None;
        }
        let above = self
            .layers
            .iter()
            .find(|above| above.can_be_waived() && may_meet(above, layer));
        above.map(|above| above.scope.clone())
    }

    /// Whether a waiver could lower anything for those it names.
    pub(crate) fn is_waivable(&self, practice: &PracticeId, request: &WaiverRequest) -> bool {
        let named = Layer::practice(practice.clone())
            .for_populations(request.populations.iter().copied())
            .for_purposes(request.purposes.iter().cloned());
        self.layers()
            .any(|layer| layer.can_be_waived() && may_meet(layer, &named))
    }
}

impl Layer {
    fn can_be_waived(&self) -> bool {
        self.is_waivable()
            && self.scope.speaks_for_the_product()
            && self.settings.requirement == Some(Requirement::Required)
    }

    /// Whether it speaks for this practice, or for somebody or something below it.
    pub(crate) fn is_of_practice(&self, practice: &PracticeId) -> bool {
        let others = self.practices.iter().any(|named| named != practice);
        let scope = match &self.scope {
            Scope::Mandate(_) | Scope::Vendor => false,
            Scope::Practice(named) => named == practice,
            Scope::Site(_) | Scope::Role(_) | Scope::Subject(_) | Scope::Purpose(_) => true,
        };
        scope && !others
    }
}

fn compare(before: &Layer, after: &Layer, named: &Layer, lines: &mut Vec<String>) {
    let (before, after) = (before.to_node(), after.to_node());
    let place = ["scope", "populations", "practices", "purposes", "when"];
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in before.fields().iter().chain(after.fields()) {
        if !place.contains(&name.as_str()) && !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let (old, new) = (said(&before, name), said(&after, name));
        if old != new {
            lines.push(format!("{} {name}: {old} -> {new}", named.place_text()));
        }
    }
}

fn said(layer: &Node, name: &str) -> String {
    let field = layer.fields().iter().find(|(known, _)| known == name);
    field.map_or_else(|| String::from("nothing"), |(_, value)| inline_text(value))
}

impl Layer {
    fn place_text(&self) -> String {
        let populations = self
            .populations
            .iter()
            .map(|population| String::from(population.as_str()));
        let purposes = self.purposes.iter().map(|purpose| format!("{purpose}"));
        let filters: Vec<String> = populations.chain(purposes).collect();
        if filters.is_empty() {
            format!("{}", self.scope)
        } else {
            format!("{} ({})", self.scope, filters.join(", "))
        }
    }
}
