use core::fmt;

use crate::contact::{Channel, Destination};

/// One contact on somebody's file, and what is known about it beside the number or address.
///
/// ```
/// use medfactor::contact::{Channel, Destination};
/// use medfactor::directory::{Contact, Line, NumberRisk};
///
/// let mobile = Contact::new(Destination::sms("+447700900123")?).proven().line(Line::Mobile);
/// assert!(mobile.is_proven());
/// // What staff typed into the field is no number: it is on file, and cannot be used.
/// let typo = Contact::read(Channel::Sms, "07700 90012");
/// assert_eq!(typo.destination(), None);
/// # Ok::<(), medfactor::contact::ContactError>(())
/// ```
#[derive(Clone)]
pub struct Contact {
    channel: Channel,
    destination: Option<Destination>,
    is_proven: bool,
    line: Line,
    risk: Option<NumberRisk>,
}

/// What kind of line a number is, where somebody has looked it up (row E21).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// Nobody has looked.
    #[default]
    Unknown,
    /// A mobile telephone.
    Mobile,
    /// A fixed line, which takes no text messages.
    Landline,
}

/// What makes a number less trustworthy than it looks (row E24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberRisk {
    /// It moved to another carrier a short while ago.
    RecentlyPorted,
    /// Its SIM was changed a short while ago.
    SimChanged,
}

impl Contact {
    /// A contact that can be used; not proven, and of a line nobody has looked up.
    #[must_use]
    pub const fn new(destination: Destination) -> Self {
        Self {
            channel: destination.channel(),
            destination: Some(destination),
            is_proven: false,
            line: Line::Unknown,
            risk: None,
        }
    }

    /// What stands in the field for a channel. A text that is no number or address is a contact that cannot be
    /// used, which staff see and the person is not told (row E15).
    #[must_use]
    pub fn read(channel: Channel, text: &str) -> Self {
        let destination = match channel {
            Channel::Sms => Destination::sms(text),
            Channel::Email => Destination::email(text),
        };
        destination.map_or(
            Self {
                channel,
                destination: None,
                is_proven: false,
                line: Line::Unknown,
                risk: None,
            },
            Self::new,
        )
    }

    /// The person has shown that they receive what goes there.
    #[must_use]
    pub fn proven(self) -> Self {
        Self {
            is_proven: true,
            ..self
        }
    }

    /// It is such a line.
    #[must_use]
    pub fn line(self, line: Line) -> Self {
        Self { line, ..self }
    }

    /// Something speaks against it.
    #[must_use]
    pub fn risk(self, risk: NumberRisk) -> Self {
        Self {
            risk: Some(risk),
            ..self
        }
    }

    /// How it is reached.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// Where it is; `None` when what is on file is no number or address.
    #[must_use]
    pub const fn destination(&self) -> Option<&Destination> {
        self.destination.as_ref()
    }

    /// Whether the person has shown that they receive what goes there.
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        self.is_proven
    }

    /// What kind of line it is.
    #[must_use]
    pub const fn known_line(&self) -> Line {
        self.line
    }

    /// What speaks against it.
    #[must_use]
    pub const fn known_risk(&self) -> Option<NumberRisk> {
        self.risk
    }
}

impl From<Destination> for Contact {
    fn from(destination: Destination) -> Self {
        Self::new(destination)
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("channel", &self.channel)
            .field("destination", &self.destination)
            .field("is_proven", &self.is_proven)
            .field("line", &self.line)
            .field("risk", &self.risk)
            .finish()
    }
}
