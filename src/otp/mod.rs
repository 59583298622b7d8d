//! One-time passwords of authenticator apps: HOTP (RFC 4226), TOTP (RFC 6238), their secrets and the Key URI.
//!
//! Plain functions without state, clock or storage, for hosts that want nothing but these. Two things are left
//! to the caller, and the flows of this crate do both: to keep the last accepted step and give it back at the
//! next check, and to limit guesses (RFC 4226 7.3). With six digits and the default skew each guess succeeds
//! with a chance of three in a million.
//!
//! ```
//! use medfactor::entropy::OsEntropy;
//! use medfactor::otp::{Algorithm, Check, KeyUri, Secret, Skew, Totp};
//!
//! // Enrolment: draw a secret and show it to Rex as a QR picture of this URI.
//! let totp = Totp::default();
//! let secret = Secret::generate(&OsEntropy::new(), Algorithm::default())?;
//! let picture = KeyUri::new("Harbour Clinic", "rex@example.org", &secret, totp)?.to_uri();
//! assert!(picture.starts_with("otpauth://totp/Harbour%20Clinic:rex%40example.org?secret="));
//!
//! // Sign-in: Rex types what his phone shows.
//! let now = 1_700_000_000;
//! let step = totp.step_at(now).unwrap_or_default();
//! let typed = totp.code(&secret, step);
//! assert_eq!(totp.check(&secret, typed.expose(), now, Skew::DEFAULT, None), Check::Accepted { step });
//!
//! // Whoever watched him types the same: the step is spent.
//! assert_eq!(totp.check(&secret, typed.expose(), now, Skew::DEFAULT, Some(step)), Check::AlreadyUsed { step });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod hotp;
mod key_uri;
mod parameters;
mod percent;
mod secret;
mod totp;

pub use hotp::{OtpCode, hotp};
pub use key_uri::{KeyUri, KeyUriError};
pub use parameters::{Algorithm, Digits, OtpError, Period, Skew};
pub use secret::{Secret, SecretError};
pub use totp::{Check, NearMiss, Totp};
