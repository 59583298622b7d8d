//! Properties of policies as such; what products ask for is in `tests/policy.rs`.

#![expect(clippy::arithmetic_side_effects, reason = "a test stops where it overflows")]

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;

use proptest::prelude::*;

use super::bounds::*;
use super::choices::*;
use super::samples::{Dice, Sample};
use super::settings::{Values, for_each_setting};
use super::trust_rules::TrustRules;
use super::*;
use crate::code::CodeLength;
use crate::ids::{PracticeId, SiteId, Subject};
use crate::method::Method;
use crate::otp::{Algorithm, Digits, Skew};
use crate::purpose::Purpose;
use crate::time::{Timestamp, Zone};
use crate::trust::{RememberMode, TrustRule, TrustWindow};

/// Everything a situation refers to, drawn at random.
#[derive(Clone, Debug)]
struct World {
    subject: Subject,
    population: Population,
    purpose: Purpose,
    roles: Vec<RoleName>,
    site: Option<SiteId>,
    facts: Facts,
    zone: Option<Zone>,
    now: Timestamp,
}

impl Sample for World {
    fn sample(dice: &mut Dice) -> Self {
        let mut facts = Facts::new();
        if dice.often() {
            facts = facts.with("country", dice.one(&["AU", "NZ"]));
        }
        if dice.seldom() {
            facts = facts.known_empty("an odd \"key\"\u{7f}");
        }
        let role = |name: &str| RoleName::new(name).unwrap();
        Self {
            subject: Subject::parse(dice.one(&["t1", "t2"]), dice.one(&["77", "78"])).unwrap(),
            population: dice.one(&Population::ALL),
            purpose: Purpose::parse(dice.one(&["sign_in", "video_join/A1", "video_join/A2"])).unwrap(),
            roles: dice.one(&[
                Vec::new(),
                [role("nurse")].into(),
                [role("nurse"), role("scheduler")].into(),
            ]),
            site: dice.often().then(|| SiteId::new("perth").unwrap()),
            facts,
            zone: dice.often().then(|| Zone::named("UTC").unwrap()),
            now: Timestamp::from_unix_seconds(dice.between(1_640_000_000u32, 1_790_000_000).into()).unwrap(),
        }
    }
}

impl World {
    fn situation(&self) -> Situation<'_> {
        Situation {
            site: self.site.as_ref(),
            zone: self.zone.as_ref(),
            ..Situation::new(&self.subject, self.population, &self.purpose, self.now)
                .roles(&self.roles)
                .facts(&self.facts)
        }
    }
}

/// A random policy of up to eight layers.
fn policy(dice: &mut Dice) -> Policy {
    let count = dice.between(0u8, 8);
    (0..count).fold(Policy::new(), |policy, _| policy.layer(Layer::sample(dice)))
}

macro_rules! define {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        /// The settings in which `after` is looser than `before`.
        fn loosened(before: &Values, after: &Values) -> Vec<&'static str> {
            let mut loosened = Vec::new();
            $( if before.$name.tighten(&after.$name) != after.$name { loosened.push(stringify!($name)); } )*
            loosened
        }

        /// Commutative, associative, idempotent: the three laws of a semilattice, for every setting.
        fn check_laws(dice: &mut Dice) {
            $( {
                let (a, b, c) = (<$type>::sample(dice), <$type>::sample(dice), <$type>::sample(dice));
                assert!(same(&a.tighten(&b), &b.tighten(&a)), concat!(stringify!($name), " commutes"));
                assert_eq!(a.tighten(&b).tighten(&c), a.tighten(&b.tighten(&c)), stringify!($name));
                assert_eq!(a.tighten(&a), a, stringify!($name));
            } )*
        }
    };
}

for_each_setting!(define);

/// Equal but for the order of a list: each is as strict as the other.
fn same<T: Tighten + PartialEq>(one: &T, other: &T) -> bool {
    one.tighten(other) == *other && other.tighten(one) == *one
}

fn assert_not_loosened(before: &Effective, after: &Effective, verified_at: Timestamp) {
    assert_eq!(loosened(&before.values, &after.values), [""; 0]);
    match (before.trust_end(verified_at), after.trust_end(verified_at)) {
        (None, Some(_)) => panic!("trust appeared"),
        (Some(before), Some(after)) => assert!(after <= before, "{after} is later than {before}"),
        (_, None) => {}
    }
}

proptest! {
    #[test]
    fn tightening_is_a_semilattice(seed: u64) {
        check_laws(&mut Dice(seed));
    }

    /// Law 5: whoever speaks below the vendor can only tighten, whatever the policy is.
    #[test]
    fn a_lower_layer_never_loosens(seed: u64) {
        let dice = &mut Dice(seed);
        let (policy, world, layer) = (policy(dice), World::sample(dice), Layer::sample(dice));
        prop_assume!(!layer.scope().speaks_for_the_product());
        let before = resolve(&policy, &world.situation());
        let after = resolve(&policy.layer(layer), &world.situation());
        assert_not_loosened(&before, &after, world.now);
    }

    /// A mandate or the vendor may replace a default; what another of them said it can only tighten.
    #[test]
    fn a_mandate_never_loosens_what_is_said(seed: u64) {
        let dice = &mut Dice(seed);
        let mut base = Layer::vendor();
        base.settings = settings_with_everything(dice);
        let (policy, world) = (policy(dice).layer(base), World::sample(dice));
        let before = resolve(&policy, &world.situation());
        let after = resolve(&policy.layer(Layer::sample(dice)), &world.situation());
        assert_not_loosened(&before, &after, world.now);
    }

    /// A fact the host forgets to supply opens nothing, whichever value it would have had.
    #[test]
    fn missing_facts_never_loosen(seed: u64) {
        let dice = &mut Dice(seed);
        let (policy, known) = (policy(dice), World::sample(dice));
        let unknown = World { facts: Facts::new(), ..known.clone() };
        let before = resolve(&policy, &known.situation());
        let after = resolve(&policy, &unknown.situation());
        assert_not_loosened(&before, &after, known.now);
    }

    /// Neither does a zone the directory does not know.
    #[test]
    fn a_missing_zone_never_loosens(seed: u64) {
        let dice = &mut Dice(seed);
        let (policy, mut world) = (policy(dice), World::sample(dice));
        world.zone = Some(Zone::named("UTC").unwrap());
        let before = resolve(&policy, &world.situation());
        world.zone = None;
        let after = resolve(&policy, &world.situation());
        assert_not_loosened(&before, &after, world.now);
    }

    /// The order of writing decides nothing but the order of methods.
    #[test]
    fn the_order_of_layers_does_not_matter(seed: u64) {
        let dice = &mut Dice(seed);
        let (policy, world) = (policy(dice), World::sample(dice));
        let mut reversed = policy.clone();
        reversed.layers.reverse();
        let one = resolve(&policy, &world.situation());
        let other = resolve(&reversed, &world.situation());
        prop_assert_eq!(loosened(&one.values, &other.values), [""; 0]);
        prop_assert_eq!(loosened(&other.values, &one.values), [""; 0]);
    }

    /// A layer is let in as it is, or a locked one is named that refuses it.
    #[test]
    fn only_a_lock_refuses_a_layer(seed: u64) {
        let dice = &mut Dice(seed);
        let (policy, world, layer) = (policy(dice), World::sample(dice), Layer::sample(dice));
        match policy.with_layer(layer.clone(), &world.facts) {
            Ok(changed) => prop_assert!(changed.layers().any(|one| *one == layer)),
            Err(error) => {
                prop_assert!(!error.refused.is_empty());
                prop_assert!(policy.layers().any(Layer::is_locked));
            }
        }
    }

    #[test]
    fn explaining_and_warning_never_fail(seed: u64) {
        let dice = &mut Dice(seed);
        let (policy, world) = (policy(dice), World::sample(dice));
        let explanation = explain(&policy, &world.situation());
        prop_assert_eq!(explanation.to_string().lines().count(), explanation.rows().len() + 1);
        for warning in policy.warnings() {
            prop_assert!(warning.path.starts_with("layers["), "{}", warning);
        }
    }
}

fn settings_with_everything(dice: &mut Dice) -> Settings {
    macro_rules! define {
        ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
            Settings { $( $name: Some(<$type>::sample(dice)), )* }
        };
    }
    for_each_setting!(define)
}

/// Rex, staff of practice t1, signing in.
fn effective(policy: &Policy) -> Effective {
    let rex = Subject::parse("t1", "77").unwrap();
    resolve(
        policy,
        &Situation::new(&rex, Population::Staff, &Purpose::sign_in(), Timestamp::MIN),
    )
}

#[test]
fn no_layer_means_required_and_never_trusted() {
    let effective = effective(&Policy::new());
    assert_eq!(effective.requirement(), Requirement::Required);
    assert_eq!(effective.requirement_decided_by(), DecidedBy::Default);
    assert_eq!(effective.trust_end(Timestamp::MIN), None);
    assert_eq!(
        effective.methods().as_slice(),
        [Method::Totp, Method::RecoveryCode]
    );
    assert!(!effective.trust_on_shared_devices());
}

#[test]
fn nothing_in_common_leaves_no_method_and_no_panic() {
    let practice = Layer::practice(PracticeId::new("t1").unwrap()).methods([Method::Sms]);
    let policy = Policy::new()
        .layer(Layer::vendor().methods([Method::Totp]))
        .layer(practice);
    assert!(effective(&policy).methods().is_empty());
    assert!(
        policy
            .warnings()
            .iter()
            .any(|warning| warning.kind == WarningKind::NoMethodLeft)
    );
}

#[test]
fn methods_stand_in_the_order_of_the_more_specific_layer() {
    let practice = Layer::practice(PracticeId::new("t1").unwrap());
    let policy = Policy::new()
        .layer(practice.methods([Method::Email, Method::Sms]))
        .layer(Layer::vendor().methods([Method::Sms, Method::Totp, Method::Email]));
    assert_eq!(
        effective(&policy).methods().as_slice(),
        [Method::Email, Method::Sms]
    );
}

#[test]
fn all_rules_of_trust_hold_together() {
    let hours = |hours: u64| TrustWindow::new(Duration::from_secs(hours * 3600)).unwrap();
    let trust = |hours_: u64| TrustRules::from(TrustRule::Rolling(hours(hours_)));
    let policy = Policy::new().layer(Layer::vendor().trust(trust(18)));
    let policy = policy.layer(Layer::practice(PracticeId::new("t1").unwrap()).trust(trust(300)));
    let end = |policy: &Policy| {
        effective(policy)
            .trust_end(Timestamp::MIN)
            .map(Timestamp::unix_seconds)
    };
    assert_eq!(end(&policy), Some(18 * 3600));
    let capped = policy.clone().layer(Layer::vendor().trust_maximum(hours(1)));
    assert_eq!(end(&capped), Some(3600));
    let forgetful = policy
        .clone()
        .layer(Layer::vendor().remember(RememberMode::Never));
    assert_eq!(end(&forgetful), None);
    let never = policy.layer(Layer::vendor().trust(TrustRules::never()));
    assert_eq!(end(&never), None);
    assert!(TrustRules::<ZoneSource>::all_of([]).is_never());
}

#[test]
fn managing_authenticators_rests_on_no_device() {
    let rule = TrustRules::from(TrustRule::Rolling(TrustWindow::DEFAULT));
    let policy = Policy::new().layer(Layer::vendor().trust(rule));
    let rex = Subject::parse("t1", "77").unwrap();
    let purpose = Purpose::manage_authenticators();
    let managing = resolve(
        &policy,
        &Situation::new(&rex, Population::Staff, &purpose, Timestamp::MIN),
    );
    assert_eq!(managing.trust_end(Timestamp::MIN), None);
    assert_eq!(
        managing.explanation().row("trust").unwrap().decided_by(),
        &DecidedBy::Library
    );
    assert!(effective(&policy).trust_end(Timestamp::MIN).is_some());
}

#[test]
fn an_unknown_fact_neither_silences_nor_lets_speak() {
    let off = Layer::vendor()
        .when("country", "NZ")
        .requirement(Requirement::Off);
    assert_eq!(
        effective(&Policy::new().layer(off)).requirement(),
        Requirement::Required
    );
    let on = Layer::vendor()
        .when("country", "AU")
        .requirement(Requirement::Required);
    let policy = Policy::new()
        .layer(Layer::vendor().requirement(Requirement::Off))
        .layer(on);
    assert_eq!(effective(&policy).requirement(), Requirement::Required);
}

#[test]
fn a_practice_alone_cannot_switch_off() {
    let practice = Layer::practice(PracticeId::new("t1").unwrap()).requirement(Requirement::Off);
    let policy = Policy::new().layer(practice);
    assert_eq!(effective(&policy).requirement(), Requirement::Required);
    let [warning] = policy.warnings().try_into().unwrap();
    assert_eq!(warning.path, "layers[0].requirement");
    assert_eq!(warning.kind, WarningKind::WithoutEffect);
}

#[test]
fn a_locked_layer_is_not_replaced() {
    let locked = Layer::vendor().requirement(Requirement::Required).locked();
    let policy = Policy::new().layer(locked.clone());
    let error = policy.with_layer(locked, &Facts::new()).unwrap_err();
    assert_eq!(error.to_string(), "the layer is locked by vendor");
}

#[test]
fn a_lock_reaches_only_those_it_speaks_to() {
    let locked = Layer::vendor()
        .for_populations([Population::Staff])
        .locked()
        .requirement(Requirement::Required);
    let policy = Policy::new().layer(locked);
    let off = Layer::practice(PracticeId::new("t1").unwrap()).requirement(Requirement::Off);
    let refused = |layer: Layer| policy.with_layer(layer, &Facts::new()).is_err();
    assert!(refused(off.clone()));
    assert!(refused(
        off.clone()
            .for_populations([Population::Staff, Population::Patient])
    ));
    assert!(!refused(off.for_populations([Population::Patient])));
}

#[test]
fn every_refusal_is_reported() {
    let locked = Layer::vendor()
        .locked()
        .code_length(CodeLength::new(8).unwrap())
        .methods([Method::Totp]);
    let looser = Layer::practice(PracticeId::new("t1").unwrap())
        .methods([Method::Totp, Method::Sms])
        .code_length(CodeLength::DEFAULT)
        .code_lifetime(CodeLifetime::MAX);
    let error = Policy::new()
        .layer(locked)
        .with_layer(looser, &Facts::new())
        .unwrap_err();
    let settings: Vec<_> = error
        .refused
        .iter()
        .filter_map(|refusal| refusal.setting)
        .collect();
    assert_eq!(settings, ["methods", "code_length"]);
    assert_eq!(
        error.to_string(),
        "methods is locked by vendor; code_length is locked by vendor"
    );
}

#[test]
fn warnings_name_the_place() {
    let trust = TrustRules::from(TrustRule::Rolling(TrustWindow::MAX));
    let policy = Policy::new()
        .layer(Layer::vendor())
        .layer(
            Layer::vendor()
                .methods([Method::Sms])
                .trust(trust)
                .code_length(CodeLength::new(5).unwrap()),
        )
        .layer(Layer::new(Scope::Role(RoleName::new("nurse").unwrap())))
        .roles([]);
    let warnings: Vec<_> = policy
        .warnings()
        .iter()
        .map(|w| format!("{} {:?}", w.path, w.kind))
        .collect();
    assert_eq!(
        warnings,
        [
            "layers[1].code_length ShortCode",
            "layers[1].methods RestrictedMethodsOnly",
            "layers[1].trust LongTrust",
            "layers[2].scope UndeclaredRole",
        ]
    );
}

#[test]
fn bypass_017_there_is_no_unlimited() {
    let effective = effective(&Policy::new());
    assert_eq!(effective.tries_per_challenge().get(), 5);
    assert_eq!(effective.tries_in_a_row().get(), 100);
    assert_eq!(TriesInARow::MAX.get(), 100);
    assert!(TriesInARow::new(101).is_err());
    assert!(AttemptLimit::new(0).is_err());
}
