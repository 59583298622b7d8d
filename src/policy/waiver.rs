//! A requirement that somebody was let off, on the record.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{Decode, Encode};

use super::facts::Population;
use super::resolve::{Situation, covers};
use crate::audit::Actor;
use crate::ids::{SiteId, SubjectId, WaiverId};
use crate::purpose::Purpose;
use crate::time::Timestamp;

/// For whom a waiver holds. There is no wildcard: it belongs to one practice's record (row E05).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new scope must make every caller decide again"
)]
pub enum WaiverScope {
    /// Everyone of the practice.
    #[n(0)]
    Practice,
    /// Everyone of one site.
    #[n(1)]
    Site(#[n(0)] SiteId),
    /// One person or program: an exemption.
    #[n(2)]
    Subject(#[n(0)] SubjectId),
}

/// Who was let off a waivable requirement, by whom, for how long, and which text they accepted (row E03).
///
/// It lowers the requirement of layers that are [`waivable`](super::Layer::waivable) and of nothing else: what a locked
/// mandate, the practice itself or anyone below it requires stays required. For a program
/// ([`Population::Service`]), to which often no layer speaks, it also lowers the default; such a waiver names one subject
/// and has an end (ambiguity A24: "listed, dated, audited").
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub struct Waiver {
    /// Names it.
    #[n(0)]
    pub id: WaiverId,
    /// For whom it holds.
    #[n(1)]
    pub scope: WaiverScope,
    /// For which populations; empty for all.
    #[n(2)]
    pub populations: Vec<Population>,
    /// For which purposes; empty for all, and a name without object means every object.
    #[n(3)]
    pub purposes: Vec<Purpose>,
    /// Who asked for it.
    #[n(4)]
    pub requested_by: Actor,
    /// Who granted it.
    #[n(5)]
    pub granted_by: Actor,
    /// The version of the text about the risk that was accepted, such as `risk-notice-2026-01`.
    #[n(6)]
    pub accepted_text: String,
    /// Since when it holds.
    #[n(7)]
    pub granted_at: Timestamp,
    /// From when it holds no more; `None` until it is withdrawn.
    #[n(8)]
    pub ends_at: Option<Timestamp>,
    /// Since when it is withdrawn.
    #[n(9)]
    pub withdrawn_at: Option<Timestamp>,
}

impl Waiver {
    /// Whether it holds at `now`: from the grant (included) to its end (not included), unless it was withdrawn, which no
    /// clock that steps back undoes.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        let is_over = self.ends_at.is_some_and(|end| end <= now);
        self.granted_at <= now && !is_over && self.withdrawn_at.is_none()
    }

    /// Whether it names one subject and has an end, as one for a program must.
    pub(super) const fn is_exemption(&self) -> bool {
        matches!(self.scope, WaiverScope::Subject(_)) && self.ends_at.is_some()
    }

    /// Whether it lets the person in this situation off.
    pub(super) fn is_for(&self, situation: &Situation<'_>) -> bool {
        let in_scope = match &self.scope {
            WaiverScope::Practice => true,
            WaiverScope::Site(site) => Some(site) == situation.site,
            WaiverScope::Subject(subject) => subject == situation.subject.id(),
        };
        let covered = |purpose: &Purpose| covers(purpose, situation.purpose);
        // What the practice's record has seen the end of stays over, whatever a clock says that is behind.
        let seen_over = self.ends_at.is_some_and(|end| end <= situation.decided_at);
        // A program is let off by name and until a date, never with everybody.
        let may_be_let_off = situation.population != Population::Service || self.is_exemption();
        self.is_live(situation.now)
            && !seen_over
            && may_be_let_off
            && in_scope
            && (self.populations.is_empty() || self.populations.contains(&situation.population))
            && (self.purposes.is_empty() || self.purposes.iter().any(covered))
            // Changing factors always asks for one.
            && situation.purpose.name() != Purpose::MANAGE_AUTHENTICATORS
    }
}

/// What a waiver shall say; the verifier fills in the rest.
///
/// ```
/// use medfactor::ids::SubjectId;
/// use medfactor::policy::{Population, WaiverRequest};
/// use medfactor::audit::Actor;
/// use medfactor::purpose::Purpose;
///
/// let ada = Actor::staff(SubjectId::new("ada")?);
/// let request = WaiverRequest::practice(ada, "risk-notice-2026-01")
///     .for_populations([Population::Patient])
///     .for_purposes([Purpose::new("portal_login")?]);
/// # Ok::<(), medfactor::ids::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverRequest {
    pub(crate) scope: WaiverScope,
    pub(crate) populations: BTreeSet<Population>,
    pub(crate) purposes: BTreeSet<Purpose>,
    pub(crate) requested_by: Actor,
    pub(crate) accepted_text: String,
    pub(crate) ends_at: Option<Timestamp>,
}

impl WaiverRequest {
    /// For everyone of the practice, asked for by `requested_by`, who accepted this version of the text about the
    /// risk.
    #[must_use]
    pub fn practice(requested_by: Actor, accepted_text: &str) -> Self {
        Self::new(WaiverScope::Practice, requested_by, accepted_text)
    }

    /// For this scope.
    #[must_use]
    pub fn new(scope: WaiverScope, requested_by: Actor, accepted_text: &str) -> Self {
        Self {
            scope,
            populations: BTreeSet::new(),
            purposes: BTreeSet::new(),
            requested_by,
            accepted_text: crate::audit::printable(accepted_text, Self::MAX_TEXT),
            ends_at: None,
        }
    }

    /// How much is kept of the version of a text, in characters.
    pub const MAX_TEXT: usize = 64;

    /// For these populations only.
    #[must_use]
    pub fn for_populations(mut self, populations: impl IntoIterator<Item = Population>) -> Self {
        self.populations.extend(populations);
        self
    }

    /// For these purposes only.
    #[must_use]
    pub fn for_purposes(mut self, purposes: impl IntoIterator<Item = Purpose>) -> Self {
        self.purposes.extend(purposes);
        self
    }

    /// Until this instant, not included.
    #[must_use]
    pub fn until(self, ends_at: Timestamp) -> Self {
        Self {
            ends_at: Some(ends_at),
            ..self
        }
    }
}
