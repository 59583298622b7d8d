use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use crate::time::{Clock, ClockError, Timestamp};

/// A clock that moves when it is told to, also back. Clones show the same time.
///
/// ```
/// use core::time::Duration;
/// use medfactor::testing::ManualClock;
/// use medfactor::time::{Clock, Timestamp};
///
/// let clock = ManualClock::at(Timestamp::from_unix_seconds(1_781_514_000)?);
/// clock.forward(Duration::from_secs(300));
/// assert_eq!(clock.now()?, Timestamp::from_unix_seconds(1_781_514_300)?);
/// clock.back(Duration::from_secs(600));
/// assert_eq!(clock.now()?, Timestamp::from_unix_seconds(1_781_513_700)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    /// Milliseconds; `u64::MAX` while it is broken.
    now: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now: Arc::new(AtomicU64::new(now.unix_milliseconds())),
        }
    }

    /// Shows `now` from now on.
    pub fn set(&self, now: Timestamp) {
        self.now.store(now.unix_milliseconds(), Ordering::SeqCst);
    }

    /// Moves on.
    pub fn forward(&self, duration: Duration) {
        self.set(self.read().saturating_add(duration));
    }

    /// Steps back, as wall clocks do.
    pub fn back(&self, duration: Duration) {
        self.set(self.read().saturating_sub(duration));
    }

    /// Cannot be read until it is set again.
    pub fn break_down(&self) {
        self.now.store(u64::MAX, Ordering::SeqCst);
    }

    /// What it shows; the end of time while it is broken.
    #[must_use]
    pub fn read(&self) -> Timestamp {
        self.now().unwrap_or(Timestamp::MAX)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Result<Timestamp, ClockError> {
        Timestamp::from_unix_milliseconds(self.now.load(Ordering::SeqCst)).map_err(|_| ClockError)
    }
}
