//! Recovery codes: written down at enrolment, each good once, when everything else is lost.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

use super::authority::{Authority, Managed};
use super::evaluate::{Finding, Right};
use super::work::Work;
use super::{FlowError, Scene, Step};
use crate::audit::Event;
use crate::entropy;
use crate::ids::Subject;
use crate::keys::{Message, Use};
use crate::method::Method;
use crate::policy::Effective;
use crate::record::{RecoveryRecord, SubjectRecord};

/// 15 bytes, so 120 bits and 24 characters: past the 112 bits from which NIST SP 800-63B-4 3.1.2.2 and OWASP
/// ASVS 5.0 6.5.2 let a look-up secret be stored under a fast hash.
const BYTES: usize = 15;
const CHARACTERS: usize = 24;

/// A set of recovery codes, shown this once. Afterwards nobody can read them again, the library included.
pub struct RecoveryCodes {
    codes: Vec<Zeroizing<String>>,
}

impl RecoveryCodes {
    /// The codes, in groups of four characters. Show them, let them be printed, and keep no copy.
    pub fn expose(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|code| code.as_str())
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none; there always is one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodes({})", self.codes.len())
    }
}

/// A typed recovery code, as 24 characters of Crockford's Base32: case, spaces and hyphens do not matter, and
/// letters that look like digits count as those.
pub(super) struct RecoveryText(Zeroizing<String>);

impl RecoveryText {
    pub(super) fn read(typed: &str) -> Option<Self> {
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS));
        for character in typed.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '-')) {
            let character = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let known = character.is_ascii_digit() || (character.is_ascii_uppercase() && character != 'U');
            if !known || text.len() >= CHARACTERS {
                return None;
            }
            text.push(character);
        }
        (text.len() == CHARACTERS).then_some(Self(text))
    }
}

impl Work<'_> {
    pub(super) fn has_recovery_codes(&self, effective: &Effective) -> bool {
        effective.methods().contains(Method::RecoveryCode)
            && self.record.failures.of(Method::RecoveryCode)
                < u32::from(effective.tries_per_authenticator().get())
            && self.record.recovery.is_some()
    }

    /// Looks a typed code up among those that are left; every one is compared.
    pub(super) fn find_recovery_code(&mut self, typed: &RecoveryText) -> Finding {
        let Some(recovery) = &self.record.recovery else {
            return Finding::Nothing(None);
        };
        let message = recovery_message(self.scene.subject, &recovery.salt, &typed.0);
        let fresh: Vec<_> = self.scene.keys.fingerprints(Use::Recovery, &message).collect();
        let (mut place, mut found) = (0_u32, Choice::from(0));
        for (number, known) in (0_u32..).zip(&recovery.unused) {
            for candidate in &fresh {
                let same_key = Choice::from(u8::from(candidate.key() == known.key()));
                let equal = same_key & candidate.tag().ct_eq(known.tag());
                place.conditional_assign(&number, equal);
                found |= equal;
            }
        }
        self.comparisons = self.comparisons.saturating_add(recovery.unused.len());
        match (bool::from(found), usize::try_from(place)) {
            (true, Ok(place)) => Finding::Right(Right::Recovery(place)),
            _ => Finding::Nothing(None),
        }
    }

    /// Makes a new set; every older code is void.
    pub(super) fn new_recovery_codes(&mut self, effective: &Effective) -> Result<RecoveryCodes, FlowError> {
        let scene = self.scene;
        let salt = entropy::bytes::<16>(scene.entropy)?;
        let count = usize::try_from(u32::from(effective.recovery_codes().get())).unwrap_or(0);
        let mut codes = Vec::with_capacity(count);
        let mut unused = Vec::with_capacity(count);
        for _ in 0..count {
            let mut bytes = entropy::bytes::<BYTES>(scene.entropy)?;
            let text = Zeroizing::new(base32::encode(base32::Alphabet::Crockford, &bytes));
            bytes.zeroize();
            unused.push(
                scene
                    .keys
                    .fingerprint(Use::Recovery, &recovery_message(scene.subject, &salt, &text)),
            );
            codes.push(grouped(&text));
        }
        self.record.recovery = Some(RecoveryRecord {
            salt,
            unused,
            made_at: self.now,
        });
        if let Some(failures) = self.record.failures.of_mut(Method::RecoveryCode) {
            *failures = 0;
        }
        self.tell(Event::RecoveryCodesMade)?.count = u32::try_from(count).ok();
        Ok(RecoveryCodes { codes })
    }
}

fn recovery_message(subject: &Subject, salt: &[u8; 16], text: &str) -> Message {
    Message::new()
        .part(subject.practice().as_str().as_bytes())
        .part(subject.id().as_str().as_bytes())
        .part(salt)
        .part(text.as_bytes())
}

fn grouped(text: &str) -> Zeroizing<String> {
    let mut grouped = Zeroizing::new(String::with_capacity(CHARACTERS.saturating_add(CHARACTERS / 4)));
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push('-');
        }
        grouped.push(character);
    }
    grouped
}

/// Makes a new set of recovery codes, at the word of a fresh proof. All trust and open challenges end. Who has
/// no factor yet gets none.
///
/// # Errors
/// [`FlowError`]; nothing has changed.
pub fn make_recovery_codes(
    scene: &Scene<'_>,
    record: Option<SubjectRecord>,
    authority: &Authority<'_>,
) -> Result<Step<Managed<RecoveryCodes>>, FlowError> {
    let mut work = Work::open(scene, record)?;
    let effective = work.management();
    let managed = match work.authorise(&effective, authority) {
        Ok(None) if !effective.methods().contains(Method::RecoveryCode) => {
            work.refuse_management(Event::RecoveryCodesMade, crate::audit::Reason::MethodNotAllowed)?
        }
        // They stand in for a factor; before the first one the password alone would make its own second factor.
        Ok(Some(_)) => {
            work.refuse_management(Event::RecoveryCodesMade, crate::audit::Reason::ProofNotFresh)?
        }
        Ok(None) => {
            work.bump_epoch();
            Managed::Done(work.new_recovery_codes(&effective)?)
        }
        Err(reason) => work.refuse_management(Event::RecoveryCodesMade, reason)?,
    };
    Ok(work.close(managed))
}
