//! How settings that are not plain numbers are written.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::place::{Child, Fields, word};
use super::{FileValue, Node, Place, Problems};
use crate::code::CodeLength;
use crate::ids::RoleName;
use crate::method::{AssertionKind, AuthenticatorKind, Method};
use crate::otp::{Algorithm, Digits, Skew};
use crate::policy::choices::{
    AccessStorage, Allowance, Assertions, AuthenticatorKinds, ChannelSeparation, ContactBinding, Duty,
    FirstContact, Methods, OnNumberRisk, OnSharedLogin, Requirement, Roles, ValidFrom,
};
use crate::policy::span;
use crate::policy::tighten::Word;
use crate::policy::trust_rules::{TrustRules, ZoneSource};
use crate::time::{Time, Zone, format_time, parse_time};
use crate::trust::{PracticeDay, RememberMode, TrustRule, TrustWindow};

macro_rules! words {
    ($($name:ty),*) => { $(
        impl FileValue for $name {
            fn write(&self) -> Node {
                text(self.word())
            }
            fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
                place.word(problems)
            }
        }
    )* };
}

words!(
    AccessStorage,
    Algorithm,
    ChannelSeparation,
    ContactBinding,
    FirstContact,
    OnNumberRisk,
    OnSharedLogin,
    RememberMode,
    Requirement,
    ValidFrom
);

macro_rules! truths {
    ($($name:ty),*) => { $(
        impl FileValue for $name {
            fn write(&self) -> Node {
                Node::Boolean(self.get())
            }
            fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
                place.truth(problems).map(Self::new)
            }
        }
    )* };
}

truths!(Allowance, Duty);

macro_rules! counts {
    ($($name:ty: $number:ident),*) => { $(
        impl FileValue for $name {
            fn write(&self) -> Node {
                Node::Integer(self.$number().into())
            }
            fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
                place.count(problems, Self::new)
            }
        }
    )* };
}

counts!(CodeLength: digits, Digits: count, Skew: steps);

impl FileValue for TrustWindow {
    fn write(&self) -> Node {
        Node::Text(span::text(self.duration()))
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        place.duration(problems, Self::new)
    }
}

impl FileValue for Methods {
    fn write(&self) -> Node {
        Node::List(
            self.as_slice()
                .iter()
                .map(|method| text(method.as_str()))
                .collect(),
        )
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        Some(Self::new(place.texts(problems, word::<Method>)))
    }
}

impl FileValue for AuthenticatorKinds {
    fn write(&self) -> Node {
        Node::List(self.iter().map(|kind| text(kind.as_str())).collect())
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        Some(Self::new(place.texts(problems, word::<AuthenticatorKind>)))
    }
}

impl FileValue for Assertions {
    fn write(&self) -> Node {
        Node::List(self.iter().map(|kind| text(kind.as_str())).collect())
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        Some(Self::new(place.texts(problems, word::<AssertionKind>)))
    }
}

impl FileValue for Roles {
    fn write(&self) -> Node {
        Node::List(self.iter().map(|role| text(role.as_str())).collect())
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        let role = |text: &str| RoleName::new(text).map_err(|error| error.to_string());
        Some(Self::new(place.texts(problems, role)))
    }
}

impl FileValue for ZoneSource {
    fn write(&self) -> Node {
        text(match self {
            Self::Practice => "practice",
            Self::Named(zone) => zone.name(),
        })
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        place.text_as(problems, |name| match name {
            "practice" => Ok(Self::Practice),
            _ => Zone::named(name).map(Self::Named).map_err(|_| {
                "must be \"practice\" or a time zone this build knows, such as Europe/London".into()
            }),
        })
    }
}

impl FileValue for TrustRules {
    fn write(&self) -> Node {
        Node::List(self.as_slice().iter().map(write_rule).collect())
    }

    fn read(place: Place<'_>, problems: &mut Problems) -> Option<Self> {
        let rules = place.items(problems);
        if rules.is_empty() && matches!(place.node(), Node::List(_)) {
            problems.add(
                place.at(),
                "at least one rule; for no trust write [{ rule = \"never\" }]",
            );
        }
        Some(Self::all_of(
            rules.iter().filter_map(|rule| read_rule(rule, problems)),
        ))
    }
}

fn write_rule(rule: &TrustRule<ZoneSource>) -> Node {
    let mut fields = Vec::new();
    let mut put = |name: &str, value: Node| fields.push((name.into(), value));
    let (name, window, day, cap) = match rule {
        TrustRule::Never => ("never", None, None, None),
        TrustRule::Rolling(window) => ("rolling", Some(window), None, None),
        TrustRule::Calendar(day) => ("calendar", None, Some(day), None),
        TrustRule::EarlierOf(window, day) => ("earlier_of", Some(window), Some(day), None),
        TrustRule::LaterOf { window, day, cap } => ("later_of", Some(window), Some(day), Some(cap)),
    };
    put("rule", text(name));
    if let Some(window) = window {
        put("window", window.write());
    }
    if let Some(day) = day {
        put("zone", day.zone().write());
        put("day_starts_at", Node::Text(format_time(day.starts_at())));
    }
    if let Some(cap) = cap {
        put("cap", cap.write());
    }
    Node::Table(fields)
}

fn read_rule(child: &Child<'_>, problems: &mut Problems) -> Option<TrustRule<ZoneSource>> {
    let mut fields = Fields::of(child.as_place(), problems)?;
    let rule = fields.need("rule", problems)?;
    let name = rule.as_place().text_as(problems, |name| Ok(String::from(name)))?;
    let rule = match name.as_str() {
        "never" => Some(TrustRule::Never),
        "rolling" => window("window", &mut fields, problems).map(TrustRule::Rolling),
        "calendar" => day(&mut fields, problems).map(TrustRule::Calendar),
        "earlier_of" => {
            let parts = (
                window("window", &mut fields, problems),
                day(&mut fields, problems),
            );
            parts
                .0
                .zip(parts.1)
                .map(|(window, day)| TrustRule::EarlierOf(window, day))
        }
        "later_of" => {
            let window_part = window("window", &mut fields, problems);
            let day = day(&mut fields, problems);
            let cap = window("cap", &mut fields, problems);
            window_part
                .zip(day)
                .zip(cap)
                .map(|((window, day), cap)| TrustRule::LaterOf { window, day, cap })
        }
        _ => {
            problems.add(
                rule.at(),
                "must be one of never, rolling, calendar, earlier_of, later_of",
            );
            return None;
        }
    };
    fields.finish(problems);
    rule
}

fn window(name: &'static str, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<TrustWindow> {
    let child = fields.need(name, problems)?;
    TrustWindow::read(child.as_place(), problems)
}

/// A day has no zone by default: a silent UTC would end it at ten in the morning in Sydney.
fn day(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<PracticeDay<ZoneSource>> {
    let zone = fields.need("zone", problems);
    let zone = zone.and_then(|child| ZoneSource::read(child.as_place(), problems));
    let starts_at = match fields.take("day_starts_at") {
        Some(child) => child.as_place().text_as(problems, |text| {
            parse_time(text).map_err(|_| "must be a time of day such as 04:00".to_string())
        }),
        None => Some(Time::MIDNIGHT),
    };
    Some(PracticeDay::new(zone?, starts_at?))
}

fn text(text: &str) -> Node {
    Node::Text(text.into())
}
