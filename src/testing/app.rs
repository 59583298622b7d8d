use alloc::string::{String, ToString};
use core::fmt;

use crate::otp::{KeyUri, KeyUriError};
use crate::time::Timestamp;

/// An authenticator app that has scanned a Key URI.
pub struct AuthenticatorApp {
    key: KeyUri,
}

impl AuthenticatorApp {
    /// Scans what [`NewAuthenticator::key_uri`](crate::flow::NewAuthenticator::key_uri) shows.
    ///
    /// # Errors
    /// [`KeyUriError`] for what is no Key URI.
    pub fn scan(uri: &str) -> Result<Self, KeyUriError> {
        KeyUri::parse(uri).map(|key| Self { key })
    }

    /// The code it shows at `now`.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        self.code_of_step(now, 0)
    }

    /// The code it would show so many steps of 30 seconds later, or earlier.
    #[must_use]
    pub fn code_of_step(&self, now: Timestamp, steps: i64) -> String {
        let totp = self.key.totp();
        let step = totp.step_at(now.unix_seconds()).unwrap_or_default();
        totp.code(self.key.secret(), step.saturating_add_signed(steps))
            .expose()
            .to_string()
    }
}

impl fmt::Debug for AuthenticatorApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthenticatorApp")
    }
}
