use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use super::{Digits, OtpError, Period, Secret, SecretError, Totp, percent};

/// Why a Key URI cannot be built or read. It never repeats a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyUriError {
    /// The account name is empty, longer than [`KeyUri::MAX_NAME`], or holds a colon or control character.
    #[error("the account name is empty, too long or holds a colon or control character")]
    Account,
    /// A parameter stands there twice.
    #[error("a parameter is given twice")]
    Duplicate,
    /// A `%` without two hexadecimal digits, escapes that are not UTF-8, a control character or a `#`.
    #[error("the percent-encoding is broken")]
    Encoding,
    /// A token that counts presses instead of time.
    #[error("counter-based tokens are not supported")]
    Hotp,
    /// The issuer is empty, longer than [`KeyUri::MAX_NAME`] or holds a control character.
    #[error("the issuer is empty, too long or holds a control character")]
    Issuer,
    /// Longer than [`KeyUri::MAX_LENGTH`].
    #[error("the key URI is too long")]
    Long,
    /// There is no secret.
    #[error("the key URI has no secret")]
    MissingSecret,
    /// The algorithm, digits or period are none that can be.
    #[error("a parameter of the key URI is out of range")]
    Parameter(#[source] OtpError),
    /// It does not start with `otpauth://`.
    #[error("a key URI starts with otpauth://")]
    Scheme,
    /// The secret cannot be used.
    #[error("the secret of the key URI cannot be used")]
    Secret(#[source] SecretError),
    /// Steps are counted from another instant than 1970, which the format cannot say.
    #[error("a key URI cannot express a start time other than 0")]
    StartTime,
    /// Neither `totp` nor `hotp`.
    #[error("the key URI is of an unknown type")]
    Type,
}

/// All that an authenticator app needs, as the picture at enrolment carries it.
///
/// Written in the form of Google's Key URI Format, which every app reads: issuer both in the label and as a
/// parameter, secret without padding, algorithm, digits and period spelled out.
///
/// ```
/// use medfactor::otp::{KeyUri, Secret, Totp};
///
/// let secret = Secret::from_bytes(b"12345678901234567890")?;
/// let uri = KeyUri::new("Acme: Physio", "rex@x.org", &secret, Totp::default())?;
/// assert_eq!(
///     uri.to_uri().as_str(),
///     "otpauth://totp/Acme%20Physio:rex%40x.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
///      &issuer=Acme%20Physio&algorithm=SHA1&digits=6&period=30"
/// );
/// assert_eq!(KeyUri::parse(&uri.to_uri())?.account(), "rex@x.org");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// The URI is the secret. Render it on the server or in the page, never by somebody else's picture service, and
/// send it with `Cache-Control: no-store` (NIST SP 800-63B-4 3.1.4.2). `Debug` shows neither secret nor account.
#[derive(Clone)]
pub struct KeyUri {
    issuer: Option<String>,
    account: String,
    secret: Secret,
    totp: Totp,
}

impl KeyUri {
    /// The longest issuer or account name, in bytes. Longer ones make a picture that old cameras cannot read.
    pub const MAX_NAME: usize = 128;
    /// The longest text that is read, in bytes: more than the longest that is ever written.
    pub const MAX_LENGTH: usize = 2048;

    /// The URI for one account of one issuer, the name under which the app lists the practice.
    ///
    /// Colons are taken out of the issuer, because apps split the label at the first one; white space in both
    /// names is trimmed and collapsed. Algorithms other than SHA-1, seven or eight digits and other periods are
    /// ignored by several apps: let the first typed code prove that the app agrees.
    ///
    /// # Errors
    /// [`KeyUriError::Issuer`], [`KeyUriError::Account`], or [`KeyUriError::StartTime`] when `totp` counts from
    /// another T0 than 0.
    pub fn new(issuer: &str, account: &str, secret: &Secret, totp: Totp) -> Result<Self, KeyUriError> {
        if totp.t0() != 0 {
            return Err(KeyUriError::StartTime);
        }
        Ok(Self {
            issuer: Some(clean_issuer(issuer)?.ok_or(KeyUriError::Issuer)?),
            account: clean_account(account)?,
            secret: secret.clone(),
            totp,
        })
    }

    /// Reads a URI whose secret has 160 bits or more.
    ///
    /// Leniently where apps and servers differ: parameters in any order, unknown ones ignored, `%3A` for the
    /// colon of the label, `%20` behind it, lower-case algorithm, issuer in one place or none. When label and
    /// parameter name different issuers the parameter counts. Strictly everywhere else.
    ///
    /// # Errors
    /// [`KeyUriError`] by variant, all but [`KeyUriError::StartTime`].
    pub fn parse(text: &str) -> Result<Self, KeyUriError> {
        Self::read(text, Secret::parse_base32)
    }

    /// Reads a URI whose secret may have as little as 80 bits: for taking over what another system handed out,
    /// with the weakness that [`Secret::import_short`] describes.
    ///
    /// # Errors
    /// As [`KeyUri::parse`].
    pub fn parse_short(text: &str) -> Result<Self, KeyUriError> {
        Self::read(text, Secret::parse_base32_short)
    }

    /// Who asks for the code; `None` when a URI that was read does not say.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Whose code it is, as the app shows it. Personal data.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Algorithm, digits and period.
    #[must_use]
    pub const fn totp(&self) -> Totp {
        self.totp
    }

    /// The text for the picture. It contains the secret.
    #[must_use]
    pub fn to_uri(&self) -> Zeroizing<String> {
        // All the room it may need at once: a buffer that grows leaves copies of the secret behind.
        let mut uri = Zeroizing::new(String::with_capacity(Self::MAX_LENGTH));
        uri.push_str("otpauth://totp/");
        if let Some(issuer) = &self.issuer {
            percent::encode_onto(&mut uri, issuer);
            uri.push(':');
        }
        percent::encode_onto(&mut uri, &self.account);
        uri.push_str("?secret=");
        uri.push_str(&self.secret.to_base32());
        if let Some(issuer) = &self.issuer {
            uri.push_str("&issuer=");
            percent::encode_onto(&mut uri, issuer);
        }
        uri.push_str(&alloc::format!(
            "&algorithm={}&digits={}&period={}",
            self.totp.algorithm().as_str(),
            self.totp.digits().count(),
            self.totp.period().seconds(),
        ));
        uri
    }

    fn read(text: &str, secret: fn(&str) -> Result<Secret, SecretError>) -> Result<Self, KeyUriError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(KeyUriError::Long);
        }
        let (scheme, rest) = text.split_once("://").ok_or(KeyUriError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("otpauth") {
            return Err(KeyUriError::Scheme);
        }
        if text.bytes().any(|byte| byte.is_ascii_control() || byte == b'#') {
            return Err(KeyUriError::Encoding);
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, label) = path.split_once('/').unwrap_or((path, ""));
        if kind.eq_ignore_ascii_case("hotp") {
            return Err(KeyUriError::Hotp);
        } else if !kind.eq_ignore_ascii_case("totp") {
            return Err(KeyUriError::Type);
        }
        let label = percent::decode(label).ok_or(KeyUriError::Encoding)?;
        let (prefix, account) = label.split_once(':').unwrap_or(("", &label));
        let parameters = Parameters::read(query)?;
        let issuer = match parameters.issuer.as_deref().map(|text| clean_issuer(text)) {
            Some(issuer) => issuer?,
            None => None,
        };
        let encoded = parameters.secret.as_ref().ok_or(KeyUriError::MissingSecret)?;
        Ok(Self {
            issuer: match issuer {
                Some(issuer) => Some(issuer),
                None => clean_issuer(prefix)?,
            },
            account: clean_account(account)?,
            secret: secret(encoded).map_err(KeyUriError::Secret)?,
            totp: parameters.totp().map_err(KeyUriError::Parameter)?,
        })
    }
}

impl fmt::Debug for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyUri")
            .field("issuer", &self.issuer)
            .field("totp", &self.totp)
            .finish_non_exhaustive()
    }
}

/// The parameters that are known, decoded, as text.
#[derive(Default)]
struct Parameters {
    algorithm: Option<Zeroizing<String>>,
    digits: Option<Zeroizing<String>>,
    issuer: Option<Zeroizing<String>>,
    period: Option<Zeroizing<String>>,
    secret: Option<Zeroizing<String>>,
}

impl Parameters {
    fn read(query: &str) -> Result<Self, KeyUriError> {
        let mut parameters = Self::default();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            // The name too, so that an escaped letter cannot hide a second secret.
            let name = percent::decode(name).ok_or(KeyUriError::Encoding)?;
            let value = percent::decode(value).ok_or(KeyUriError::Encoding)?;
            let place = match name.as_str() {
                "algorithm" => &mut parameters.algorithm,
                "digits" => &mut parameters.digits,
                "issuer" => &mut parameters.issuer,
                "period" => &mut parameters.period,
                "secret" => &mut parameters.secret,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(KeyUriError::Duplicate);
            }
        }
        Ok(parameters)
    }

    fn totp(&self) -> Result<Totp, OtpError> {
        let mut totp = Totp::default();
        if let Some(text) = &self.algorithm {
            totp = totp.with_algorithm(text.parse()?);
        }
        if let Some(text) = &self.digits {
            let digits = number(text).and_then(|number| u8::try_from(number).ok());
            totp = totp.with_digits(Digits::new(digits.ok_or(OtpError::Digits)?)?);
        }
        if let Some(text) = &self.period {
            totp = totp.with_period(Period::new(number(text).ok_or(OtpError::Period)?)?);
        }
        Ok(totp)
    }
}

/// Digits only: `str::parse` alone would take `+6`.
fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// The issuer as a label can hold it; `None` when nothing is left.
fn clean_issuer(text: &str) -> Result<Option<String>, KeyUriError> {
    let issuer = clean(&text.replace(':', "")).ok_or(KeyUriError::Issuer)?;
    Ok(Some(issuer).filter(|issuer| !issuer.is_empty()))
}

fn clean_account(text: &str) -> Result<String, KeyUriError> {
    clean(text)
        .filter(|account| !account.is_empty() && !account.contains(':'))
        .ok_or(KeyUriError::Account)
}

/// Words with one space between them; `None` when a name is too long or holds a control character.
fn clean(text: &str) -> Option<String> {
    let mut name = String::new();
    for word in text.split_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    let fits = name.len() <= KeyUri::MAX_NAME && !name.chars().any(char::is_control);
    fits.then_some(name)
}

#[cfg(test)]
mod tests;
