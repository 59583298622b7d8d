//! Random layers for the property tests.

#![expect(clippy::arithmetic_side_effects, reason = "a test stops where it overflows")]

use alloc::vec::Vec;
use core::time::Duration;

use super::bounds::*;
use super::choices::*;
use super::facts::Population;
use super::layer::{Layer, Scope};
use super::names::{MandateName, Reference};
use super::settings::{Settings, for_each_setting};
use super::trust_rules::{TrustRules, ZoneSource};
use crate::code::CodeLength;
use crate::ids::{PracticeId, RoleName, SiteId, SubjectId};
use crate::method::{AssertionKind, AuthenticatorKind, Method};
use crate::otp::{Algorithm, Digits, Skew};
use crate::purpose::Purpose;
use crate::time::{Date, Time, Zone};
use crate::trust::{PracticeDay, RememberMode, TrustRule, TrustWindow};

/// A small generator (splitmix64): one seed, one layer.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, the ends more often than the rest.
    pub(super) fn between<N: TryFrom<u64> + Into<u64>>(&mut self, low: N, high: N) -> N
    where
        N::Error: core::fmt::Debug,
    {
        let (low, high) = (low.into(), high.into());
        let value = match self.roll() % 4 {
            0 => low,
            1 => high,
            _ => low + self.roll() % (high - low + 1),
        };
        N::try_from(value).unwrap()
    }

    pub(super) fn often(&mut self) -> bool {
        self.roll().is_multiple_of(2)
    }

    pub(super) fn seldom(&mut self) -> bool {
        self.roll().is_multiple_of(4)
    }

    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll()).unwrap() % of.len()].clone()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let mut some: Vec<T> = of.to_vec();
        some.retain(|_| self.often());
        if self.often() {
            some.reverse();
        }
        some
    }
}

pub(super) trait Sample {
    fn sample(dice: &mut Dice) -> Self;
}

macro_rules! sample {
    ($($name:ty: $dice:ident => $sample:expr;)*) => { $(
        impl Sample for $name {
            fn sample($dice: &mut Dice) -> Self { $sample }
        }
    )* };
}

sample! {
    Requirement: dice => dice.one(&[Self::Off, Self::Required]);
    ValidFrom: dice => dice.one(&[Self::Issued, Self::HandedOver]);
    ContactBinding: dice => dice.one(&[Self::Live, Self::Snapshot]);
    ChannelSeparation: dice => dice.one(&[Self::Off, Self::Warn, Self::Forbid]);
    OnNumberRisk: dice => dice.one(&[Self::Signal, Self::Veto]);
    AccessStorage: dice => dice.one(&[Self::RegenerateOnReveal, Self::Recoverable]);
    OnSharedLogin: dice => dice.one(&[Self::Signal, Self::Deny]);
    Allowance: dice => Self::new(dice.often());
    Duty: dice => Self::new(dice.often());
    Methods: dice => Self::new(dice.some(&Method::ALL));
    FirstContact: dice => dice.one(&[Self::RecordOnly, Self::SelfEntryOnce]);
    Assertions: dice => Self::new(dice.some(&AssertionKind::ALL));
    Roles: dice => {
        let names = ["physician", "nurse", "scheduler"].map(|name| RoleName::new(name).unwrap());
        Self::new(dice.some(&names))
    };
    AuthenticatorKinds: dice => Self::new(dice.some(&AuthenticatorKind::ALL));
    CodeLength: dice => Self::new(dice.between(4, 10)).unwrap();
    Digits: dice => Self::new(dice.between(6, 8)).unwrap();
    Skew: dice => Self::new(dice.between(0, 2)).unwrap();
    Algorithm: dice => dice.one(&[Self::Sha1, Self::Sha256, Self::Sha512]);
    RememberMode: dice => dice.one(&[Self::Never, Self::OptIn, Self::Always]);
    TrustWindow: dice => Self::new(Duration::from_secs(dice.between(60u32, 2_592_000).into())).unwrap();
    ZoneSource: dice => if dice.often() { Self::Practice } else { Self::Named(Zone::named("UTC").unwrap()) };
    TrustRules: dice => {
        let count = dice.between(1u8, 2);
        Self::all_of((0..count).map(|_| TrustRule::sample(dice)))
    };
    TrustRule<ZoneSource>: dice => match dice.between(0u8, 8) {
        0 => Self::Never,
        1..=4 => Self::Rolling(TrustWindow::sample(dice)),
        5 | 6 => Self::Calendar(day(dice)),
        7 => Self::EarlierOf(TrustWindow::sample(dice), day(dice)),
        _ => Self::LaterOf {
            window: TrustWindow::sample(dice),
            day: day(dice),
            cap: TrustWindow::sample(dice),
        },
    };
    Scope: dice => match dice.between(0u8, 7) {
        0 | 1 => Self::Mandate(MandateName::known("ONC")),
        2 => Self::Vendor,
        3 => Self::Practice(PracticeId::new(dice.one(&["t1", "t2"])).unwrap()),
        4 => Self::Site(SiteId::new(dice.one(&["perth", "sydney"])).unwrap()),
        5 => Self::Role(RoleName::new(dice.one(&["nurse", "scheduler"])).unwrap()),
        6 => Self::Subject(SubjectId::new(dice.one(&["77", "78"])).unwrap()),
        _ => Self::Purpose(purpose(dice)),
    };
    Layer: dice => {
        let mut layer = Self::new(Scope::sample(dice));
        if dice.seldom() {
            layer = layer.for_populations([dice.one(&Population::ALL)]);
        }
        if dice.seldom() {
            layer = layer.for_practices([PracticeId::new("t1").unwrap()]);
        }
        if dice.seldom() {
            layer = layer.for_purposes([purpose(dice)]);
        }
        if dice.seldom() {
            layer = layer.when(dice.one(&["country", "an odd \"key\"\u{7f}"]), dice.one(&["AU", "é\n\\"]));
        }
        if dice.seldom() {
            layer = layer.when("country", "AU").when("country", "NZ");
        }
        if dice.seldom() {
            layer = layer.referring_to(Reference::new("a \"rule\", §1").unwrap());
        }
        if dice.often() {
            layer = layer.locked();
        } else if dice.seldom() {
            layer = layer.waivable();
        }
        layer.settings = Settings::sample(dice);
        if dice.seldom() {
            let year = dice.between(2022u16, 2026).into();
            let date = Date::from_calendar_date(year, time::Month::February, 28).unwrap();
            layer = layer.required_from(date, ZoneSource::sample(dice));
        }
        layer.consistent()
    };
}

fn day(dice: &mut Dice) -> PracticeDay<ZoneSource> {
    PracticeDay::new(
        ZoneSource::sample(dice),
        Time::from_hms(dice.between(0, 23), 30, 0).unwrap(),
    )
}

fn purpose(dice: &mut Dice) -> Purpose {
    Purpose::parse(dice.one(&["sign_in", "video_join", "video_join/A1", "manage_authenticators"])).unwrap()
}

macro_rules! define {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        impl Sample for Settings {
            fn sample(dice: &mut Dice) -> Self {
                Self { $( $name: dice.often().then(|| <$type>::sample(dice)), )* }
            }
        }
    };
}

for_each_setting!(define);
