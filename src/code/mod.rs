//! Numeric codes: drawn for sending, and read as people type them.
//!
//! A [`Code`] exists in memory only, between its draw and its hand-over to the channel; a [`TypedCode`] only
//! while it is checked. Both are wiped when dropped, shown by no `Debug`, and not comparable with `==`.

mod drawn;
mod length;
mod reference;
mod typed;

pub use drawn::Code;
pub use length::{CodeLength, CodeLengthError};
pub use reference::Reference;
pub use typed::{Malformed, TypedCode};

use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};

/// Independent, uniform numbers from 0 to 9: one byte each, and the bytes from 250 up, which would make the
/// first six numbers likelier, are thrown away.
///
/// A generator gives 32 bytes of which fewer than ten are below 250 about once in 10³⁰ draws; one that gives
/// fewer than the caller needs is broken, so nobody draws again, and no draw is endless.
fn decimal(entropy: &dyn Entropy) -> Result<Decimal, EntropyError> {
    let mut bytes = Zeroizing::new([0; 32]);
    entropy.fill(bytes.as_mut())?;
    Ok(Decimal(bytes))
}

struct Decimal(Zeroizing<[u8; 32]>);

impl Decimal {
    fn numbers(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.iter().filter(|byte| **byte < 250).map(|byte| byte % 10)
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicU64, Ordering};

    use sha2::{Digest, Sha256};

    use crate::entropy::{Entropy, EntropyError};

    /// These bytes, and 255 after them.
    #[derive(Debug)]
    pub(super) struct Given<'a>(pub(super) &'a [u8]);

    impl Entropy for Given<'_> {
        fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
            destination.fill(255);
            for (to, from) in destination.iter_mut().zip(self.0) {
                *to = *from;
            }
            Ok(())
        }
    }

    /// SHA-256 of a counter: repeatable, and even enough for statistics.
    #[derive(Debug, Default)]
    pub(super) struct Counting(AtomicU64);

    impl Entropy for Counting {
        fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
            for block in destination.chunks_mut(32) {
                let count = self.0.fetch_add(1, Ordering::Relaxed);
                let hash = Sha256::digest(count.to_be_bytes());
                block.copy_from_slice(&hash[..block.len()]);
            }
            Ok(())
        }
    }

    #[derive(Debug)]
    struct Broken;

    impl Entropy for Broken {
        fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
            Err(EntropyError)
        }
    }

    #[test]
    fn a_broken_source_gives_nothing() {
        assert!(super::Code::draw(&Broken, super::CodeLength::DEFAULT).is_err());
        assert_eq!(super::Reference::draw(&Broken), Err(EntropyError));
    }
}
