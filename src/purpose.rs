//! What a pass is for.

use alloc::string::String;
use core::fmt;

use minicbor::{Decode, Encode};

use crate::ids::{IdError, ObjectId, check_text};

/// What is to be opened: a name such as `sign_in`, and for some purposes the thing it is about.
///
/// A challenge, its code and its pass hold for exactly one purpose and object; they are worthless elsewhere.
/// Written `name` or `name/object`: `video_join/A1`.
///
/// ```
/// use medfactor::purpose::Purpose;
///
/// let join = Purpose::parse("video_join/A1")?;
/// assert_eq!(join.name(), "video_join");
/// assert_eq!(join.to_string(), "video_join/A1");
/// assert_ne!(join, Purpose::parse("video_join/A2")?);
/// # Ok::<(), medfactor::ids::IdError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purpose {
    name: String,
    object: Option<ObjectId>,
}

impl Purpose {
    /// The name of [`Purpose::sign_in`].
    pub const SIGN_IN: &str = "sign_in";
    /// The name of [`Purpose::manage_authenticators`].
    pub const MANAGE_AUTHENTICATORS: &str = "manage_authenticators";

    /// Getting into the product after the first factor.
    #[must_use]
    pub fn sign_in() -> Self {
        Self {
            name: Self::SIGN_IN.into(),
            object: None,
        }
    }

    /// Adding, renaming or removing authenticators and making recovery codes. A remembered device never
    /// serves it, whoever has a second factor must use it (OWASP ASVS 5.0 7.5.1), and whoever has none can only
    /// enrol the first one.
    #[must_use]
    pub fn manage_authenticators() -> Self {
        Self {
            name: Self::MANAGE_AUTHENTICATORS.into(),
            object: None,
        }
    }

    /// A name written in this crate's own source.
    pub(crate) fn known(name: &'static str) -> Self {
        Self {
            name: name.into(),
            object: None,
        }
    }

    /// A purpose of the host's own: lower-case letters, digits and `_`, starting with a letter.
    ///
    /// # Errors
    /// [`IdError`] when the name is empty, too long or holds another character.
    pub fn new(name: &str) -> Result<Self, IdError> {
        check_text(name)?;
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(IdError::Character);
        }
        Ok(Self {
            name: name.into(),
            object: None,
        })
    }

    /// The same purpose about one thing.
    #[must_use]
    pub fn about(self, object: ObjectId) -> Self {
        Self {
            object: Some(object),
            ..self
        }
    }

    /// Reads `name` or `name/object`.
    ///
    /// # Errors
    /// [`IdError`] when either part is not what it must be.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        match text.split_once('/') {
            Some((name, object)) => Ok(Self::new(name)?.about(ObjectId::new(object)?)),
            None => Self::new(text),
        }
    }

    /// The name, without the object.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is about, if anything.
    #[must_use]
    pub const fn object(&self) -> Option<&ObjectId> {
        self.object.as_ref()
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Some(object) => write!(f, "{}/{}", self.name, object.as_str()),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Purpose({self})")
    }
}

impl<C> Encode<C> for Purpose {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&alloc::format!("{self}"))?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Purpose {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(d.str()?).map_err(|_| minicbor::decode::Error::message("not a purpose"))
    }
}
