use alloc::boxed::Box;

use super::Verifier;
use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::entropy::Entropy;
use crate::keys::KeyRing;
use crate::policy::Policy;
use crate::store::Store;
use crate::time::Clock;

/// Puts a [`Verifier`] together. Without a store, a delivery and a directory it does not build:
///
/// ```compile_fail,E0599
/// # use medfactor::{keys::{KeyId, KeyRing}, policy::Policy, verifier::Verifier};
/// # let keys = KeyRing::new(KeyId::new(1), *b"thirty-two bytes, for this demo.").unwrap();
/// let verifier = Verifier::builder(Policy::new(), keys).build();
/// ```
#[derive(Debug)]
pub struct Builder<S, D, P> {
    policy: Policy,
    keys: KeyRing,
    store: S,
    delivery: D,
    directory: P,
    clock: Option<Box<dyn Clock>>,
    entropy: Option<Box<dyn Entropy>>,
}

/// What is missing. It can only happen without the feature `std`, which has a clock and a source of randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No clock was given.
    #[error("a verifier needs a clock")]
    Clock,
    /// No source of randomness was given.
    #[error("a verifier needs a source of randomness")]
    Entropy,
}

impl Builder<(), (), ()> {
    pub(super) fn new(policy: Policy, keys: KeyRing) -> Self {
        #[cfg(feature = "std")]
        let clock: Option<Box<dyn Clock>> = Some(Box::new(crate::time::SystemClock::new()));
        #[cfg(feature = "std")]
        let entropy: Option<Box<dyn Entropy>> = Some(Box::new(crate::entropy::OsEntropy::new()));
        #[cfg(not(feature = "std"))]
        let (clock, entropy) = (None, None);
        Self {
            policy,
            keys,
            store: (),
            delivery: (),
            directory: (),
            clock,
            entropy,
        }
    }
}

impl<S, D, P> Builder<S, D, P> {
    /// Where records and audit entries are kept.
    #[must_use]
    pub fn store<T: Store>(self, store: T) -> Builder<T, D, P> {
        let Self {
            policy,
            keys,
            delivery,
            directory,
            clock,
            entropy,
            ..
        } = self;
        Builder {
            policy,
            keys,
            store,
            delivery,
            directory,
            clock,
            entropy,
        }
    }

    /// What hands messages over.
    #[must_use]
    pub fn delivery<T: Delivery>(self, delivery: T) -> Builder<S, T, P> {
        let Self {
            policy,
            keys,
            store,
            directory,
            clock,
            entropy,
            ..
        } = self;
        Builder {
            policy,
            keys,
            store,
            delivery,
            directory,
            clock,
            entropy,
        }
    }

    /// The host's people and practices.
    #[must_use]
    pub fn directory<T: Directory>(self, directory: T) -> Builder<S, D, T> {
        let Self {
            policy,
            keys,
            store,
            delivery,
            clock,
            entropy,
            ..
        } = self;
        Builder {
            policy,
            keys,
            store,
            delivery,
            directory,
            clock,
            entropy,
        }
    }

    /// Another clock than the operating system's.
    #[must_use]
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self {
            clock: Some(Box::new(clock)),
            ..self
        }
    }

    /// Another source of randomness than the operating system's.
    #[must_use]
    pub fn entropy(self, entropy: impl Entropy + 'static) -> Self {
        Self {
            entropy: Some(Box::new(entropy)),
            ..self
        }
    }
}

impl<S: Store, D: Delivery, P: Directory> Builder<S, D, P> {
    /// The verifier.
    ///
    /// # Errors
    /// [`BuildError`] names what is missing.
    pub fn build(self) -> Result<Verifier<S, D, P>, BuildError> {
        Ok(Verifier {
            policy: self.policy,
            keys: self.keys,
            store: self.store,
            delivery: self.delivery,
            directory: self.directory,
            clock: self.clock.ok_or(BuildError::Clock)?,
            entropy: self.entropy.ok_or(BuildError::Entropy)?,
        })
    }
}
