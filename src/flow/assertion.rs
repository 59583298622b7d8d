//! A second factor that was proved elsewhere.

use super::work::Work;
use super::{Assurance, FlowError, Pass, Why};
use crate::audit::Event;
use crate::policy::Effective;
use crate::purpose::Purpose;
use crate::time::Timestamp;

pub use crate::method::AssertionKind;

/// The host's word that a second factor was proved elsewhere: at the identity provider, or by a passkey that the host
/// has checked itself. That is how a product offers the phishing-resistant way which NIST SP 800-63B-4 2.2.2 asks for.
///
/// # Security
/// It is as good as the host's check: the signature of the provider's answer, its audience and nonce, the `acr` or `amr` in
/// it; the passkey's signature and user verification. A policy must name the kind in `accepted_assertions`; by default
/// none is accepted. Like a remembered device it is taken although the subject is locked after wrong codes: a lock ends
/// guessing, and here nothing is guessed.
///
/// ```
/// use medfactor::flow::{Assertion, AssertionKind, Assurance, Begin, FirstFactor};
/// use medfactor::ids::Subject;
/// use medfactor::purpose::Purpose;
/// use medfactor::time::Timestamp;
///
/// let (rex, now) = (Subject::parse("harbour", "u-1042")?, Timestamp::from_unix_seconds(1_790_000_000)?);
/// let passkey = Assertion::new(AssertionKind::Passkey, now, Assurance::PhishingResistant);
/// let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(now)).asserted(passkey);
/// # let _ = request;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assertion {
    kind: AssertionKind,
    proved_at: Timestamp,
    assurance: Assurance,
}

impl Assertion {
    /// A factor of this kind was proved at this instant, and is worth that much.
    #[must_use]
    pub const fn new(kind: AssertionKind, proved_at: Timestamp, assurance: Assurance) -> Self {
        Self {
            kind,
            proved_at,
            assurance,
        }
    }
}

impl Work<'_> {
    /// A pass because a second factor was proved elsewhere, if the policy accepts that kind and it is as fresh as a first
    /// factor must be.
    pub(super) fn accepted(
        &mut self,
        effective: &Effective,
        purpose: &Purpose,
        assertion: Option<Assertion>,
    ) -> Result<Option<Pass>, FlowError> {
        let Some(assertion) = assertion else {
            return Ok(None);
        };
        let fresh =
            super::request::is_fresh(assertion.proved_at, self.now, effective.first_factor_age().get());
        // Factors are changed on a proof that the library has seen.
        let manages = purpose.name() == Purpose::MANAGE_AUTHENTICATORS;
        // Less than any second factor is worth is no second factor, whoever says so.
        let is_a_factor = assertion.assurance >= Assurance::RestrictedSecondFactor;
        if manages || !fresh || !is_a_factor || !effective.accepted_assertions().contains(assertion.kind) {
            return Ok(None);
        }
        let entry = self.tell(Event::Asserted)?;
        entry.purpose = Some(purpose.clone());
        entry.note = Some(assertion.kind.as_str().into());
        Ok(Some(self.pass(
            purpose,
            Why::Asserted {
                kind: assertion.kind,
                assurance: assertion.assurance,
            },
        )))
    }
}
