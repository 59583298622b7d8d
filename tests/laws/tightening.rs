//! Law 5: a layer below the product's own never opens what was closed without it.

use core::time::Duration;

use medfactor::audit::Actor;
use medfactor::contact::{Channel, Destination};
use medfactor::directory::Directory;
use medfactor::flow::{Begin, DestinationState, FirstFactor, Ruling, Scene, begin};
use medfactor::ids::{PracticeId, SubjectId};
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{
    AttemptLimit, AuthenticatorKinds, EnrolmentGrace, FirstFactorAge, Layer, Methods, OnSharedLogin, Policy,
    Requirement, Scope, SubjectTries, TriesWindow, TrustRules,
};
use medfactor::record::{DestinationRecord, RecordKey, SubjectRecord};
use medfactor::store::Store;
use medfactor::testing::SeededEntropy;
use medfactor::trust::{RememberMode, TrustRule, TrustWindow};
use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::operation::Flavour;
use super::policies;
use super::world::{World, config, walks};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn law_5_a_lower_layer_opens_nothing(
        (operations, seed) in walks(Flavour::Everything),
        number in 0..policies::COUNT,
        layers in prop::collection::vec(layer(), 1..3),
    ) {
        let world = World::run(&operations, seed);
        let loose = policies::policy(number);
        let tight = layers.into_iter().fold(loose.clone(), Policy::layer);
        for who in 0..world.model.people.len() {
            for purpose in 0..3 {
                let (before, after) = (rule(&world, who, purpose, &loose), rule(&world, who, purpose, &tight));
                let opened = matches!((&before, &after), (Some(before), Some(Ruling::Pass(_))) if !matches!(before, Ruling::Pass(_)));
                prop_assert!(!opened, "{before:?} became {after:?} for purpose {purpose} under {tight:#?}");
            }
        }
    }
}

/// What would be ruled at this instant, with the newest token of the person; `None` where no ruling is reached.
fn rule(world: &World, who: usize, purpose: u8, policy: &Policy) -> Option<Ruling> {
    let somebody = &world.model.people[who];
    let subject = &somebody.subject;
    let keys = &world.rings[0];
    let person = block_on(world.clinic.directory.person(subject)).unwrap();
    let practice = block_on(world.clinic.directory.practice(subject.practice())).unwrap();
    let load = |keys: &[RecordKey]| block_on(world.clinic.store.inner().inner().load(keys)).unwrap();
    let row = load(&[RecordKey::Subject(subject.clone())]).remove(0);
    let record = row.map(|row| SubjectRecord::decode(&row.bytes).unwrap());
    let states: Vec<_> = Channel::ALL
        .into_iter()
        .map(|channel| {
            let destination = match channel {
                Channel::Sms => Destination::sms(&somebody.sms).unwrap(),
                _ => Destination::email(&somebody.email).unwrap(),
            };
            let names = DestinationState::keys(keys, subject.practice(), &destination);
            let rows = load(&names);
            let decoded = rows.into_iter().map(|row| {
                row.map_or_else(DestinationRecord::default, |row| {
                    DestinationRecord::decode(&row.bytes).unwrap()
                })
            });
            DestinationState::new(channel, names.into_iter().zip(decoded).collect())
        })
        .collect();
    let now = world.clock_broke_at.unwrap_or_else(|| world.clinic.clock.read());
    let scene = Scene {
        subject,
        person: person.as_ref(),
        practice: practice.as_ref(),
        decided: None,
        policy,
        keys,
        entropy: &SeededEntropy::new(7),
        now,
        actor: &Actor::Subject,
    };
    let passed_at = now.max(somebody.latest).saturating_sub(Duration::from_secs(5));
    let token = somebody.cookies.last().map(String::as_str);
    let request = Begin::new(
        subject,
        World::purpose(purpose),
        FirstFactor::passed_at(passed_at),
    )
    .device(token);
    begin(&scene, record, &states, &request)
        .ok()
        .map(|step| step.answer)
}

/// What a practice or somebody below it may say.
fn layer() -> impl Strategy<Value = Layer> {
    let scope = prop_oneof![
        4 => select(vec!["north", "south"]).prop_map(|id| Scope::Practice(PracticeId::new(id).unwrap())),
        2 => select(vec!["ann", "bob"]).prop_map(|id| Scope::Subject(SubjectId::new(id).unwrap())),
        2 => (0_u8..3).prop_map(|number| Scope::Purpose(World::purpose(number))),
    ];
    let some_methods = subsequence(Method::ALL.to_vec(), 0..=4).prop_map(Methods::new);
    let some_trust = prop_oneof![
        Just(TrustRules::never()),
        (60_u64..100_000).prop_map(|seconds| {
            TrustRules::from(TrustRule::Rolling(
                TrustWindow::new(Duration::from_secs(seconds)).unwrap(),
            ))
        }),
    ];
    let says = (
        prop::option::of(select(vec![Requirement::Off, Requirement::Required])),
        prop::option::of(some_methods),
        prop::option::of(some_trust),
        prop::option::of(select(RememberMode::ALL.to_vec())),
        prop::option::of(select(vec![0_u64, 3_600, 1_000_000])),
        prop::option::of(1_u8..=10),
        prop::option::of(any::<bool>()),
        prop::option::of(10_u64..3_600),
    );
    (scope, says).prop_map(
        |(scope, (requirement, methods, trust, remember, grace, tries, yes, age))| {
            let mut layer = Layer::new(scope);
            if let Some(requirement) = requirement {
                layer = layer.requirement(requirement);
            }
            if let Some(methods) = methods {
                layer = layer.methods(methods);
            }
            if let Some(trust) = trust {
                layer = layer.trust(trust);
            }
            if let Some(remember) = remember {
                layer = layer.remember(remember);
            }
            if let Some(seconds) = grace {
                layer = layer.enrolment_grace(EnrolmentGrace::new(Duration::from_secs(seconds)).unwrap());
            }
            if let Some(tries) = tries {
                layer = layer
                    .tries_per_challenge(AttemptLimit::new(tries).unwrap())
                    .tries_per_subject(SubjectTries::new(tries * 5).unwrap())
                    .tries_window(TriesWindow::MAX);
            }
            if let Some(yes) = yes {
                layer = layer
                    .security_messages_need_no_entitlement(yes)
                    .trust_on_shared_devices(yes)
                    .trust_refused_for(AuthenticatorKinds::new([AuthenticatorKind::Phone]))
                    .on_shared_login(OnSharedLogin::Deny);
            }
            if let Some(seconds) = age {
                layer = layer.first_factor_age(FirstFactorAge::new(Duration::from_secs(seconds)).unwrap());
            }
            layer
        },
    )
}

#[test]
fn law_5_a_forbidden_method_gives_no_grace_and_no_first_enrolment() {
    let mut world = World::new(1);
    world.begin(0, 0, super::operation::Cookie::None, None, false, 0);
    let grace = EnrolmentGrace::new(Duration::from_secs(86_400)).unwrap();
    let loose = Policy::new().layer(
        Layer::vendor()
            .methods([Method::Sms, Method::Totp])
            .enrolment_grace(grace),
    );
    let north = Layer::practice(PracticeId::new("north").unwrap());
    let tight = loose.clone().layer(north.methods([Method::Totp]));
    for purpose in [0, 2] {
        assert!(matches!(
            rule(&world, 0, purpose, &loose),
            Some(Ruling::Challenge(_))
        ));
        assert!(matches!(rule(&world, 0, purpose, &tight), Some(Ruling::Enrol(_))));
    }
}
