use core::fmt::Debug;

use super::Timestamp;

/// Tells what time it is; the verifier asks once per call.
///
/// A clock need not be monotonic: one that steps back revives nothing (see the manual, law 8). A clock that
/// cannot be read refuses the sign-in.
pub trait Clock: Debug + Send + Sync {
    /// The present instant.
    ///
    /// # Errors
    /// [`ClockError`] when the time cannot be known; the caller then denies.
    fn now(&self) -> Result<Timestamp, ClockError>;
}

/// The clock could not be read, or shows an instant outside the range of [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock cannot be read")]
#[non_exhaustive]
pub struct ClockError;

/// The operating system's wall clock.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

#[cfg(feature = "std")]
impl SystemClock {
    /// The operating system's wall clock.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[cfg(feature = "std")]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Result<Timestamp, ClockError> {
        let elapsed = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_err(|_| ClockError)?;
        let milliseconds = u64::try_from(elapsed.as_millis()).map_err(|_| ClockError)?;
        Timestamp::from_unix_milliseconds(milliseconds).map_err(|_| ClockError)
    }
}

impl<C: Clock + ?Sized> Clock for alloc::sync::Arc<C> {
    fn now(&self) -> Result<Timestamp, ClockError> {
        (**self).now()
    }
}
