use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::entropy::{Entropy, EntropyError};

/// Randomness that repeats itself from the same seed, and fails when it is told to. Clones share one sequence.
///
/// # Security
/// Everybody can predict it. It belongs in no service.
#[derive(Clone, Debug)]
pub struct SeededEntropy {
    seed: u64,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    blocks: AtomicU64,
    broken: AtomicBool,
}

impl SeededEntropy {
    /// The sequence of this seed, from its start.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            state: Arc::default(),
        }
    }

    /// Fails from now on, or works again.
    pub fn set_broken(&self, broken: bool) {
        self.state.broken.store(broken, Ordering::SeqCst);
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
        if self.state.broken.load(Ordering::SeqCst) {
            return Err(EntropyError);
        }
        for chunk in destination.chunks_mut(32) {
            let number = self.state.blocks.fetch_add(1, Ordering::SeqCst);
            let block = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.seed.to_be_bytes())
                .map_err(|_| EntropyError)?
                .chain_update(number.to_be_bytes())
                .finalize()
                .into_bytes();
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}
