//! What stands after the equals sign.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::file::people::OnFile;
use super::times;
use crate::policy::{Facts, Layer, Policy};
use crate::time::{Timestamp, Zone};

/// What names are given to in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Authenticator,
    Challenge,
    Code,
    Emergency,
    Link,
    Sheet,
    Waiver,
}

impl Label {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::Challenge => "challenge",
            Self::Code => "code",
            Self::Emergency => "emergency",
            Self::Link => "link",
            Self::Sheet => "sheet",
            Self::Waiver => "waiver",
        }
    }

    const fn with_article(self) -> &'static str {
        match self {
            Self::Authenticator => "an authenticator",
            Self::Challenge => "a challenge",
            Self::Code => "a code",
            Self::Emergency => "an emergency",
            Self::Link => "a link",
            Self::Sheet => "a sheet",
            Self::Waiver => "a waiver",
        }
    }
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A time without a date is one of the same day, also an earlier one.
    Clock,
    Device,
    Email,
    Facts,
    Instant,
    /// A name that an earlier step gave.
    Known(Label),
    Layer,
    Layers,
    Mobile,
    /// A name for later steps.
    Names(Label),
    Number,
    Pairs,
    People,
    Person,
    Policy,
    Practice,
    Purpose,
    Purposes,
    Span,
    Text,
    Texts,
    Truth,
    Typed,
    Word(fn() -> Vec<&'static str>),
    Words(fn() -> Vec<&'static str>),
    Zone,
}

impl Kind {
    /// What the manual says a value is.
    pub(super) fn about(self) -> String {
        let fixed = match self {
            Self::Clock => "a time, also an earlier one",
            Self::Device => "a device",
            Self::Email => "an e-mail address",
            Self::Facts => "a table of texts or lists of texts",
            Self::Instant => "a time",
            Self::Known(label) => return format!("the name of {}", label.with_article()),
            Self::Layer => "a table",
            Self::Layers => "a list of tables",
            Self::Mobile => "a number such as `+44 7700 900123`, or whatever staff typed",
            Self::Names(label) => return format!("a name for {}", label.with_article()),
            Self::Number => "a whole number",
            Self::Pairs => "a table of texts",
            Self::People => "a list of people",
            Self::Person => "a person",
            Self::Policy => "a policy",
            Self::Practice => "a practice",
            Self::Purpose => "a purpose such as `video_join/A1`",
            Self::Purposes => "a list of purposes",
            Self::Span => "a duration such as `30 s`",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Truth => "`true` or `false`",
            Self::Typed => "what is typed",
            Self::Word(words) => return among("one of", &words()),
            Self::Words(words) => return among("a list of", &words()),
            Self::Zone => "a time zone",
        };
        fixed.into()
    }
}

/// Long vocabularies have a list of their own in the manual.
fn among(how: &str, words: &[&str]) -> String {
    match words.first() {
        Some(&"begin") => format!("{how} the events"),
        Some(&"policy_off") => format!("{how} the reasons"),
        Some(&"code_invalid") => format!("{how} the texts"),
        Some(&"not_required") => format!("{how} the outcomes"),
        _ => format!("{how} `{}`", words.join("`, `")),
    }
}

/// What stands there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Contact(Option<OnFile>),
    Facts(Facts),
    Instant(Timestamp),
    Layer(Box<Layer>),
    Layers(Vec<Layer>),
    /// There must be none.
    None,
    Number(i64),
    Pairs(Vec<(String, String)>),
    Policy(Policy),
    Span(Duration),
    Text(String),
    Texts(Vec<String>),
    Truth(bool),
    Zone(Zone),
}

impl Value {
    pub(super) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Texts(texts.into_iter().map(|text| text.as_ref().to_string()).collect())
    }

    pub(super) fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// As a report shows it. No secret is ever a value; a destination is shown masked.
    pub(super) fn show(&self, zone: &Zone) -> String {
        match self {
            Self::Contact(None) | Self::None => "none".into(),
            Self::Contact(Some(contact)) => contact.masked(),
            Self::Facts(_) | Self::Layer(_) | Self::Layers(_) | Self::Policy(_) => "..".into(),
            Self::Instant(instant) => times::show(*instant, zone),
            Self::Number(number) => number.to_string(),
            Self::Pairs(pairs) => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(name, value)| format!("{name} = {value}"))
                    .collect();
                pairs.join(", ")
            }
            Self::Span(span) => format!("{span:?}"),
            Self::Text(text) => text.clone(),
            Self::Texts(texts) if texts.is_empty() => "none".into(),
            Self::Texts(texts) => texts.join(", "),
            Self::Truth(true) => "yes".into(),
            Self::Truth(false) => "no".into(),
            Self::Zone(zone) => zone.name().into(),
        }
    }
}
