//! Where a code can be sent. Destinations come from the host's directory alone.

use alloc::string::String;
use core::fmt;

use minicbor::{Decode, Encode};

/// By which way a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Channel {
    /// A text message to a mobile phone (NIST SP 800-63B-4 3.1.3.3: a restricted authenticator).
    #[n(0)]
    Sms,
    /// An e-mail (NIST SP 800-63B-4 3.1.3.1 does not accept it as a factor; many products offer it).
    #[n(1)]
    Email,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Sms, Self::Email];

    /// `sms` or `email`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

/// Why a text is not a destination. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContactError {
    /// Not an address of the form `local@domain.tld` in plain ASCII, at most 254 characters.
    #[error("not an e-mail address")]
    Email,
    /// Not `+`, a country code and 8 to 15 digits in all, without spaces.
    #[error("not a telephone number in E.164 form")]
    Phone,
}

/// A telephone number in E.164 form: `+` and 8 to 15 digits, the first not zero. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads `+447700900123`, and nothing that would need guessing: no spaces, no national form.
    ///
    /// # Errors
    /// [`ContactError::Phone`].
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let digits = text.strip_prefix('+').ok_or(ContactError::Phone)?;
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        if plain && (8..=15).contains(&digits.len()) && !digits.starts_with('0') {
            Ok(Self(text.into()))
        } else {
            Err(ContactError::Phone)
        }
    }

    fn masked(&self) -> String {
        let digits = self.0.trim_start_matches('+');
        let country = country_code_length(digits);
        let shown = if digits.len() >= 10 { 4 } else { 2 };
        let hidden = digits.len().saturating_sub(country).saturating_sub(shown);
        let (head, tail) = (
            digits.get(..country),
            digits.get(digits.len().saturating_sub(shown)..),
        );
        alloc::format!(
            "+{}{}{}",
            head.unwrap_or_default(),
            "•".repeat(hidden),
            tail.unwrap_or_default()
        )
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// How many digits the country code has (ITU-T E.164, list of assigned codes): zones 1 and 7 have one digit,
/// these have two, all others three.
fn country_code_length(digits: &str) -> usize {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    match digits.get(..2) {
        _ if digits.starts_with(['1', '7']) => 1,
        Some(two) if TWO.contains(&two) => 2,
        _ => 3,
    }
}

/// An e-mail address in plain ASCII. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads `local@domain.tld`. Quoted local parts, comments, address literals and line breaks are refused.
    ///
    /// # Errors
    /// [`ContactError::Email`].
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let (local, domain) = text.rsplit_once('@').ok_or(ContactError::Email)?;
        let local_ok = local.len() <= 64
            && local
                .split('.')
                .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_character));
        let domain_ok = domain.contains('.') && domain.split('.').all(is_label);
        if local_ok && domain_ok && text.len() <= 254 {
            Ok(Self(text.into()))
        } else {
            Err(ContactError::Email)
        }
    }

    fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        let first = if local.len() > 1 {
            local.get(..1).unwrap_or_default()
        } else {
            ""
        };
        alloc::format!("{first}•••@{domain}")
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// The characters RFC 5322 3.2.3 allows in an atom.
const fn is_atom_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
        )
}

/// A label of a host name (RFC 1123 2.1).
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// One place a code can be sent to.
///
/// ```
/// use medfactor::contact::Destination;
///
/// let mobile = Destination::sms("+447700900123")?;
/// assert_eq!(mobile.masked(), "+44••••••0123");
/// assert_eq!(format!("{mobile:?}"), "Sms(+44••••••0123)");
/// assert_eq!(Destination::email("rex@x.org")?.masked(), "r•••@x.org");
/// assert!(Destination::sms("020 7946 0958").is_err());
/// # Ok::<(), medfactor::contact::ContactError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Destination {
    /// A mobile phone.
    Sms(PhoneNumber),
    /// A mailbox.
    Email(EmailAddress),
}

impl Destination {
    /// A mobile phone, in E.164 form.
    ///
    /// # Errors
    /// [`ContactError::Phone`].
    pub fn sms(number: &str) -> Result<Self, ContactError> {
        PhoneNumber::parse(number).map(Self::Sms)
    }

    /// A mailbox.
    ///
    /// # Errors
    /// [`ContactError::Email`].
    pub fn email(address: &str) -> Result<Self, ContactError> {
        EmailAddress::parse(address).map(Self::Email)
    }

    /// The channel that reaches it.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Sms(_) => Channel::Sms,
            Self::Email(_) => Channel::Email,
        }
    }

    /// Enough to recognise one's own, too little to use: what pages, logs and audit entries may show.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Sms(number) => number.masked(),
            Self::Email(address) => address.masked(),
        }
    }

    /// The whole destination, for the adapter that hands a message over. It belongs in no log.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::Sms(number) => &number.0,
            Self::Email(address) => &address.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_strict() {
        for bad in [
            "",
            "+",
            "447700900123",
            "+44 7700900123",
            "+0447700900",
            "+1234567",
            "+1234567890123456",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(ContactError::Phone), "{bad}");
        }
        assert!(PhoneNumber::parse("+4477009００123").is_err());
        assert_eq!(
            PhoneNumber::parse("+12125550142").unwrap().masked(),
            "+1••••••0142"
        );
        assert_eq!(PhoneNumber::parse("+35312345").unwrap().masked(), "+353•••45");
    }

    #[test]
    fn addresses_are_strict() {
        for bad in [
            "",
            "@",
            "a@",
            "@b.org",
            "a@b",
            "a b@c.org",
            "a..b@c.org",
            ".a@c.org",
            "a@-c.org",
            "a@c.org\r\nBcc: x@y.z",
            "é@c.org",
            "\"a\"@c.org",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(ContactError::Email), "{bad}");
        }
        assert_eq!(EmailAddress::parse("r@x.org").unwrap().masked(), "•••@x.org");
    }
}
