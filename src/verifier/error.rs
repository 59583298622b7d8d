use alloc::boxed::Box;

use crate::directory::DirectoryError;
use crate::entropy::EntropyError;
use crate::flow::FlowError;
use crate::record::RecordError;
use crate::store::StoreError;
use crate::time::ClockError;

/// No answer was reached. Deny, and try again only where the kind says that may help.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    kind: ErrorKind,
    source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

/// Why no answer was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The clock cannot be read, or is behind what has been recorded.
    #[error("the clock cannot be relied on")]
    Clock,
    /// Too many others changed the same record at the same time. Trying again may help.
    #[error("too many changes at once")]
    Contention,
    /// The directory did not answer, or with a name that cannot be used. Trying again may help.
    #[error("the directory gave no usable answer")]
    Directory,
    /// The source of randomness failed.
    #[error("the source of randomness failed")]
    Entropy,
    /// A stored record cannot be read: changed by another hand, or written by a newer version. It is left as it
    /// is.
    #[error("a stored record cannot be read")]
    Record,
    /// The store did not answer; a change may have happened. Trying again may help.
    #[error("the store did not answer")]
    Store,
    /// The ticket is not one of this installation.
    #[error("the ticket is not genuine")]
    Ticket,
}

impl Error {
    pub(super) fn new(kind: ErrorKind) -> Self {
        Self { kind, source: None }
    }

    fn caused_by(kind: ErrorKind, source: impl core::error::Error + Send + Sync + 'static) -> Self {
        Self {
            kind,
            source: Some(Box::new(source)),
        }
    }

    /// Why no answer was reached.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Contention | ErrorKind::Directory | ErrorKind::Store
        )
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::caused_by(ErrorKind::Store, error)
    }
}

impl From<DirectoryError> for Error {
    fn from(error: DirectoryError) -> Self {
        Self::caused_by(ErrorKind::Directory, error)
    }
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        Self::caused_by(ErrorKind::Record, error)
    }
}

impl From<ClockError> for Error {
    fn from(error: ClockError) -> Self {
        Self::caused_by(ErrorKind::Clock, error)
    }
}

impl From<EntropyError> for Error {
    fn from(error: EntropyError) -> Self {
        Self::caused_by(ErrorKind::Entropy, error)
    }
}

impl From<FlowError> for Error {
    fn from(error: FlowError) -> Self {
        let kind = match error {
            FlowError::ClockBehind => ErrorKind::Clock,
            FlowError::Entropy => ErrorKind::Entropy,
            FlowError::Name => ErrorKind::Directory,
            FlowError::Ticket => ErrorKind::Ticket,
        };
        Self::caused_by(kind, error)
    }
}
