//! Names of practices, people, roles and things, and the random numbers that identify what the library makes.

use alloc::string::String;
use core::fmt;

use minicbor::{Decode, Encode};

use crate::entropy::{self, Entropy, EntropyError};

/// Why a text cannot be an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// A subject's identifier holds `@`: a login name or e-mail address, which changes hands, instead of the
    /// stable opaque identifier of a person.
    #[error("a subject is named by a stable opaque identifier, not by a login name or e-mail address")]
    Address,
    /// A control character or white space.
    #[error("the identifier holds a control character or white space")]
    Character,
    /// Nothing at all.
    #[error("the identifier is empty")]
    Empty,
    /// Not the fixed number of hexadecimal digits.
    #[error("the identifier is not the right number of hexadecimal digits")]
    Hexadecimal,
    /// Longer than 128 bytes.
    #[error("the identifier is longer than 128 bytes")]
    Long,
}

/// The longest text identifier, in bytes: room for any UUID, ULID or URN, and small enough for an index.
pub const MAX_TEXT_ID: usize = 128;

pub(crate) fn check_text(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        Err(IdError::Empty)
    } else if text.len() > MAX_TEXT_ID {
        Err(IdError::Long)
    } else if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Err(IdError::Character)
    } else {
        Ok(())
    }
}

fn check_subject(text: &str) -> Result<(), IdError> {
    check_text(text)?;
    if text.contains('@') {
        Err(IdError::Address)
    } else {
        Ok(())
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:path, $debug:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes 1 to 128 bytes without white space or control characters.
            ///
            /// # Errors
            /// [`IdError`] names the first rule the text breaks.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                $check(&text)?;
                Ok(Self(text))
            }

            /// The text as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let show: fn(&Self, &mut fmt::Formatter<'_>) -> fmt::Result = $debug;
                show(self, f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::new(d.str()?).map_err(|_| minicbor::decode::Error::message("not an identifier"))
            }
        }
    };
}

text_id!(
    /// A practice: the tenant that every record, key and audit entry belongs to.
    PracticeId, check_text, |id, f| write!(f, "PracticeId({})", id.0)
);
text_id!(
    /// A person within a practice: a stable, opaque identifier that is never given to someone else.
    ///
    /// Not a login name: a text with `@` is refused. `Debug` shows nothing of it.
    SubjectId, check_subject, |_, f| f.write_str("SubjectId(..)")
);
text_id!(
    /// A site of a practice, with rules or a time zone of its own.
    SiteId, check_text, |id, f| write!(f, "SiteId({})", id.0)
);
text_id!(
    /// A role as the host names it (`power_receptionist`). The library gives it no meaning beyond policy.
    RoleName, check_text, |id, f| write!(f, "RoleName({})", id.0)
);
text_id!(
    /// What a purpose is about: an appointment, a message, a session.
    ObjectId, check_text, |id, f| write!(f, "ObjectId({})", id.0)
);

/// One person of one practice. A person known to two practices is two subjects, with nothing shared.
///
/// ```
/// use medfactor::ids::{IdError, Subject};
///
/// let rex = Subject::parse("harbour-clinic", "u-1042")?;
/// assert_eq!(rex.practice().as_str(), "harbour-clinic");
/// assert_eq!(Subject::parse("harbour-clinic", "rex@example.org"), Err(IdError::Address));
/// # Ok::<(), IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Subject {
    #[n(0)]
    practice: PracticeId,
    #[n(1)]
    id: SubjectId,
}

impl Subject {
    /// The person `id` of `practice`.
    #[must_use]
    pub const fn new(practice: PracticeId, id: SubjectId) -> Self {
        Self { practice, id }
    }

    /// Both parts from text.
    ///
    /// # Errors
    /// [`IdError`] names the first rule either part breaks.
    pub fn parse(practice: &str, id: &str) -> Result<Self, IdError> {
        Ok(Self::new(PracticeId::new(practice)?, SubjectId::new(id)?))
    }

    /// The practice.
    #[must_use]
    pub const fn practice(&self) -> &PracticeId {
        &self.practice
    }

    /// The person.
    #[must_use]
    pub const fn id(&self) -> &SubjectId {
        &self.id
    }
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 128 random bits, written as 32 hexadecimal digits. It names a thing and opens nothing.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

        impl $name {
            pub(crate) fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
                entropy::bytes(entropy).map(Self)
            }

            /// The 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// The identifier of these 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl core::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(IdError::Hexadecimal);
                }
                u128::from_str_radix(text, 16)
                    .map(|number| Self(number.to_be_bytes()))
                    .map_err(|_| IdError::Hexadecimal)
            }
        }
    };
}

random_id!(
    /// One authenticator of one subject.
    AuthenticatorId
);
random_id!(
    /// One challenge: one purpose, one subject, one attempt to get in.
    ChallengeId
);
random_id!(
    /// One message on its way to a subject.
    DeliveryId
);
random_id!(
    /// One device on which a subject has passed a second factor.
    DeviceId
);
random_id!(
    /// One audit entry.
    EntryId
);

random_id!(
    /// One request for an emergency pass.
    EmergencyId
);
random_id!(
    /// One waiver: somebody was let off a requirement, on the record.
    WaiverId
);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    #[test]
    fn text_ids_refuse_what_cannot_be_a_key() {
        assert_eq!(PracticeId::new(""), Err(IdError::Empty));
        assert_eq!(PracticeId::new("a b"), Err(IdError::Character));
        assert_eq!(PracticeId::new("a\n"), Err(IdError::Character));
        assert_eq!(PracticeId::new("é".repeat(65)), Err(IdError::Long));
        assert_eq!(SubjectId::new("rex@x.org"), Err(IdError::Address));
    }

    #[test]
    fn random_ids_read_what_they_write() {
        let id = DeviceId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("+0".repeat(16).parse::<DeviceId>(), Err(IdError::Hexadecimal));
    }

    #[test]
    fn debug_hides_the_person() {
        assert!(!format!("{:?}", Subject::parse("t1", "rex-77").unwrap()).contains("rex"));
    }
}
