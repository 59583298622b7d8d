use core::time::Duration;

use crate::time::Timestamp;

/// For how long trust lasts at most: whole seconds, from one minute to 30 days, 18 hours by default.
///
/// ```
/// use core::time::Duration;
/// use medfactor::trust::{TrustWindow, TrustWindowError};
///
/// let shift = TrustWindow::new(Duration::from_secs(12 * 3600))?;
/// assert!(shift < TrustWindow::DEFAULT && TrustWindow::DEFAULT < TrustWindow::ADVISED_MAX);
/// assert_eq!(TrustWindow::new(Duration::from_secs(31 * 86_400)), Err(TrustWindowError::Long));
/// # Ok::<(), TrustWindowError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustWindow {
    seconds: u32,
}

/// Why a duration cannot be a trust window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustWindowError {
    /// Not a whole number of seconds.
    #[error("a trust window is a whole number of seconds")]
    Fraction,
    /// Longer than [`TrustWindow::MAX`].
    #[error("a trust window is at most 30 days")]
    Long,
    /// Shorter than [`TrustWindow::MIN`].
    #[error("a trust window is at least one minute; use the rule `Never` to trust no device")]
    Short,
}

impl TrustWindow {
    /// One minute: anything shorter would ask again while the first page still loads, and is better said with
    /// [`TrustRule::Never`](super::TrustRule::Never).
    pub const MIN: Self = Self { seconds: 60 };
    /// 30 days: where NIST SP 800-63B-4 2.1.3 (AAL1) wants a fresh authentication at the latest, and the most
    /// that practice software commonly sells.
    pub const MAX: Self = Self { seconds: 30 * 86_400 };
    /// 18 hours: longer than any shift, so nobody is asked in the middle of one, and short enough that the same
    /// shift of the next day is asked.
    pub const DEFAULT: Self = Self { seconds: 18 * 3600 };
    /// 24 hours: the most that NIST SP 800-63B-4 2.2.3 (AAL2) and the Australian Taxation Office's rules for
    /// practice software allow. A longer window is possible, and policies warn of it.
    pub const ADVISED_MAX: Self = Self { seconds: 24 * 3600 };

    /// A window of this length.
    ///
    /// # Errors
    /// - [`TrustWindowError::Fraction`] for anything but whole seconds;
    /// - [`TrustWindowError::Long`] above [`TrustWindow::MAX`];
    /// - [`TrustWindowError::Short`] below [`TrustWindow::MIN`].
    pub fn new(duration: Duration) -> Result<Self, TrustWindowError> {
        if duration < Self::MIN.duration() {
            return Err(TrustWindowError::Short);
        }
        if duration > Self::MAX.duration() {
            return Err(TrustWindowError::Long);
        }
        if duration.subsec_nanos() != 0 {
            return Err(TrustWindowError::Fraction);
        }
        u32::try_from(duration.as_secs())
            .map(|seconds| Self { seconds })
            .map_err(|_| TrustWindowError::Long)
    }

    /// Its length.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.seconds))
    }

    /// Where a window that begins at `start` ends; the end itself is outside.
    #[must_use]
    pub(super) fn end_after(self, start: Timestamp) -> Timestamp {
        start.saturating_add(self.duration())
    }
}

impl Default for TrustWindow {
    /// [`TrustWindow::DEFAULT`].
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_inside() {
        for window in [
            TrustWindow::MIN,
            TrustWindow::MAX,
            TrustWindow::DEFAULT,
            TrustWindow::ADVISED_MAX,
        ] {
            assert_eq!(TrustWindow::new(window.duration()), Ok(window));
        }
        let nanosecond = Duration::from_nanos(1);
        assert_eq!(
            TrustWindow::new(TrustWindow::MIN.duration() - nanosecond),
            Err(TrustWindowError::Short)
        );
        assert_eq!(
            TrustWindow::new(TrustWindow::MAX.duration() + nanosecond),
            Err(TrustWindowError::Long)
        );
        assert_eq!(
            TrustWindow::new(TrustWindow::MIN.duration() + nanosecond),
            Err(TrustWindowError::Fraction)
        );
        assert_eq!(TrustWindow::new(Duration::ZERO), Err(TrustWindowError::Short));
        assert_eq!(TrustWindow::new(Duration::MAX), Err(TrustWindowError::Long));
    }
}
