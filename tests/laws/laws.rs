//! One test for each law that a random sequence can break.

use medfactor::audit::Chain;
use medfactor::testing::Faults;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::model::Secret;
use super::operation::{Flavour, Operation};
use super::world::{LENGTH, World, config, walks};

/// Runs a sequence and gives the breaches of these laws.
fn breaches(operations: &[Operation], seed: u64, laws: &[u8]) -> Vec<(u8, String)> {
    let mut breaches = World::run(operations, seed).model.breaches;
    breaches.retain(|(law, _)| laws.contains(law));
    breaches
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn law_1_every_pass_is_explained((operations, seed) in walks(Flavour::Everything)) {
        prop_assert_eq!(breaches(&operations, seed, &[1]), []);
    }

    #[test]
    fn law_2_nothing_opens_twice((operations, seed) in walks(Flavour::Everything)) {
        prop_assert_eq!(breaches(&operations, seed, &[2]), []);
    }

    #[test]
    fn law_3_guesses_are_bounded((operations, seed) in walks(Flavour::Guesses)) {
        prop_assert_eq!(breaches(&operations, seed, &[3]), []);
    }

    #[test]
    fn law_4_failures_open_nothing((operations, seed) in walks(Flavour::Faults)) {
        prop_assert_eq!(breaches(&operations, seed, &[1, 2, 4]), []);
    }

    #[test]
    fn law_6_nothing_secret_shows((operations, seed) in walks(Flavour::Everything)) {
        let mut world = World::run(&operations, seed);
        world.said += &format!("{:?}{:?}", world.verifiers[0], world.clinic.store);
        let dump = world.clinic.store.inner().inner().inner().dump();
        prop_assert_eq!(leaks(&world.model.secrets, &world.said, &dump), Vec::<String>::new());
    }

    #[test]
    fn law_7_what_is_written_tells_of_itself_and_first((operations, seed) in walks(Flavour::Faults)) {
        prop_assert_eq!(breaches(&operations, seed, &[7]), []);
    }

    #[test]
    fn law_7_every_trail_verifies((operations, seed) in walks(Flavour::Everything)) {
        let world = World::run(&operations, seed);
        prop_assert_eq!(broken_chains(&world), Vec::<String>::new());
    }

    #[test]
    fn law_7_every_trail_verifies_after_failures((operations, seed) in walks(Flavour::Faults)) {
        let world = World::run(&operations, seed);
        prop_assert_eq!(broken_chains(&world), Vec::<String>::new());
    }

    #[test]
    fn law_8_time_goes_one_way((operations, seed) in walks(Flavour::Time)) {
        prop_assert_eq!(breaches(&operations, seed, &[1, 8]), []);
    }
}

/// The chains that are not whole, held against both rings: either may be behind the other by a key.
fn broken_chains(world: &World) -> Vec<String> {
    let store = world.clinic.store.inner();
    store.set(Faults::default());
    let people = world.model.people.iter();
    let chains: Vec<Chain> = people
        .flat_map(|somebody| {
            [
                Chain::from(&somebody.subject),
                Chain::from(somebody.subject.practice()),
            ]
        })
        .collect();
    let ring = world.rings.iter().max_by_key(|ring| ring.ids().count()).unwrap();
    let verifier = world
        .clinic
        .another_verifier(super::policies::policy(0), ring.clone())
        .unwrap();
    let mut broken = Vec::new();
    for chain in chains {
        let report = pollster::block_on(verifier.verify_chain(&chain)).unwrap();
        if !report.is_intact() {
            broken.push(format!("{chain:?}: {report:?}"));
        }
    }
    broken
}

/// The secrets that stand in what was said or stored.
fn leaks(secrets: &[Secret], said: &str, dump: &[Vec<u8>]) -> Vec<String> {
    let words: std::collections::HashSet<&str> = said.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let stored = |secret: &[u8]| {
        dump.iter()
            .any(|bytes| bytes.windows(secret.len()).any(|part| part == secret))
    };
    let mut leaks = Vec::new();
    for secret in secrets {
        match secret {
            // By chance they stand in a longer number, so only a whole word counts.
            Secret::Digits(digits) if words.contains(digits.as_str()) || stored(digits.as_bytes()) => {
                leaks.push(format!("the code {digits}"));
            }
            Secret::Text(text) if said.contains(text.as_str()) || stored(text.as_bytes()) => {
                leaks.push(format!("the text {text}"));
            }
            Secret::Bytes(bytes) if stored(bytes) => leaks.push(format!("the bytes {bytes:?}")),
            _ => {}
        }
    }
    leaks
}

/// A search that never gets anywhere would find nothing.
#[test]
fn the_walks_get_everywhere() {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for flavour in [
        Flavour::Everything,
        Flavour::Guesses,
        Flavour::Faults,
        Flavour::Time,
    ] {
        let mut runner = TestRunner::deterministic();
        for seed in 0..40 {
            let operations = super::operation::operations(flavour, LENGTH)
                .new_tree(&mut runner)
                .unwrap()
                .current();
            for (what, count) in World::run(&operations, seed).model.counts {
                *counts.entry(what).or_default() += count;
            }
        }
    }
    let missing: Vec<_> = [
        "passed by Sms",
        "passed by Email",
        "passed by Totp",
        "passed by RecoveryCode",
        "passed by trust",
        "passed by PolicyOff",
        "authenticator_added",
        "authenticator_removed",
        "code_superseded",
        "locked",
        "throttled",
        "trust_theft",
        "send_unknown",
        "shared_login_suspected",
        "time put right",
    ]
    .into_iter()
    .filter(|what| !counts.contains_key(*what))
    .collect();
    assert!(missing.is_empty(), "{missing:?} in {counts:#?}");
}
