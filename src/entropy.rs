//! Randomness is injected, and it may fail.

use core::fmt::Debug;

/// Fills buffers with bytes nobody can predict.
///
/// The one source behind every code, secret, token and nonce. A failure stops the operation: nothing is
/// issued from bytes that were not filled.
///
/// # Security
/// An implementation must be a cryptographic generator seeded from the operating system or hardware (NIST SP
/// 800-63B-4, 3.2.12). One that repeats itself hands out the same codes and nonces twice, which breaks the
/// sealing of secrets.
pub trait Entropy: Debug + Send + Sync {
    /// Fills `destination` wholly.
    ///
    /// # Errors
    /// [`EntropyError`] when the source has nothing to give; what was written so far must not be used.
    fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of randomness failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed")]
#[non_exhaustive]
pub struct EntropyError;

impl<E: Entropy + ?Sized> Entropy for alloc::sync::Arc<E> {
    fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
        (**self).fill(destination)
    }
}

/// `N` fresh bytes.
pub(crate) fn bytes<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], EntropyError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

/// The operating system's generator.
///
/// ```
/// use medfactor::entropy::{Entropy, OsEntropy};
///
/// let mut nonce = [0; 24];
/// OsEntropy::new().fill(&mut nonce)?;
/// # Ok::<(), medfactor::entropy::EntropyError>(())
/// ```
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct OsEntropy;

#[cfg(feature = "std")]
impl OsEntropy {
    /// The operating system's generator.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[cfg(feature = "std")]
impl Entropy for OsEntropy {
    fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(destination).map_err(|_| EntropyError)
    }
}

/// Any cryptographic generator of `rand_core`, behind a lock so that many calls may share it.
#[cfg(feature = "std")]
pub struct RngEntropy<R>(std::sync::Mutex<R>);

#[cfg(feature = "std")]
impl<R: rand_core::TryCryptoRng> RngEntropy<R> {
    /// Takes the generator over; it must be seeded already.
    pub const fn new(rng: R) -> Self {
        Self(std::sync::Mutex::new(rng))
    }
}

#[cfg(feature = "std")]
impl<R: rand_core::TryCryptoRng + Send> Entropy for RngEntropy<R> {
    fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
        let mut rng = self.0.lock().map_err(|_| EntropyError)?;
        rng.try_fill_bytes(destination).map_err(|_| EntropyError)
    }
}

#[cfg(feature = "std")]
impl<R> Debug for RngEntropy<R> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RngEntropy")
    }
}
