//! Records that hold heads: what purging leaves, what retention may remove, and how records are listed.

use core::time::Duration;

use medfactor::audit::{Actor, Chain, FindingKind};
use medfactor::ids::{PracticeId, Subject};
use medfactor::record::RecordKey;
use medfactor::store::{MemoryStore, Store};
use medfactor::testing::FaultyStore;
use pollster::block_on;

use super::history::History;

#[test]
fn purging_breaks_no_chain() {
    let mut history = History::of(&[22, 1, 12]);
    for _ in 0..3 {
        history.clinic.clock.forward(Duration::from_secs(40 * 24 * 3600));
        block_on(history.clinic.verifier.purge(100)).unwrap();
        history.play(&[22, 1]);
    }
    for chain in history.chains() {
        assert!(history.verify(&chain).is_intact(), "{chain:?}");
    }
    assert_eq!(history.verify(&Chain::from(&history.people[2])).entries(), 4);
}

#[test]
fn the_oldest_entries_may_go_for_good_if_the_last_link_is_kept() {
    let history = History::of(&[1, 3, 0, 1]);
    let chain = Chain::from(&history.people[0]);
    let entries = history.entries(&chain);
    let last = entries[2].link.unwrap();
    let after = || block_on(history.clinic.verifier.verify_chain_after(&chain, &last)).unwrap();
    // While they are there, they are passed over.
    assert!(after().is_intact());
    assert_eq!(after().entries(), entries.len() as u64 - 3);
    history.tamper(&chain, |entries| drop(entries.drain(..3)));
    assert!(after().is_intact());
    assert_eq!(
        history.verify(&chain).first().map(|f| (f.kind, f.sequence)),
        Some((FindingKind::Missing, 1))
    );
    history.tamper(&chain, |entries| drop(entries.remove(0)));
    assert_eq!(
        after().first().map(|f| (f.kind, f.sequence)),
        Some((FindingKind::Missing, 4))
    );
}

#[test]
fn the_heads_in_a_seal_outlive_the_time_entries_are_kept() {
    let history = History::of(&[1]);
    let seal = block_on(history.clinic.verifier.seal(&history.practice(), &Actor::Library)).unwrap();
    history
        .clinic
        .clock
        .forward(Duration::from_secs(6 * 366 * 24 * 3600));
    block_on(history.clinic.verifier.purge(100)).unwrap();
    assert!(
        block_on(history.clinic.verifier.verify_seal(&seal))
            .unwrap()
            .is_intact()
    );
    history.clinic.clock.forward(Duration::from_secs(366 * 24 * 3600));
    assert!(block_on(history.clinic.verifier.purge(100)).unwrap() > 0);
    assert!(
        !block_on(history.clinic.verifier.verify_seal(&seal))
            .unwrap()
            .is_intact()
    );
}

#[test]
fn records_are_listed_by_practice_and_kind_in_order() {
    let history = History::of(&[22, 11, 0, 33, 5]);
    let store = FaultyStore::new(std::sync::Arc::clone(&history.clinic.store), 1);
    let here = history.practice();
    let names = |kind: &str, after: Option<&RecordKey>, limit: usize| -> Vec<String> {
        let rows = block_on(store.list(&here, kind, after, limit)).unwrap();
        rows.iter().map(|(key, _)| key.name().to_string()).collect()
    };
    assert_eq!(names("subject", None, 10), ["ann", "bob", "nobody"]);
    assert_eq!(names("subject", None, 2), ["ann", "bob"]);
    let bob = RecordKey::Subject(history.people[1].clone());
    assert_eq!(names("subject", Some(&bob), 10), ["nobody"]);
    // One that is not there is a place all the same.
    let absent = RecordKey::Subject(Subject::parse("t1", "az").unwrap());
    assert_eq!(names("subject", Some(&absent), 1), ["bob"]);
    assert_eq!(names("practice", None, 10), [""]);
    assert_eq!(
        names("practice", Some(&RecordKey::Practice(here.clone())), 10),
        [""; 0]
    );
    assert_eq!(names("destination", None, 10).len(), 1);
    assert_eq!(names("no such kind", None, 10), [""; 0]);
    let elsewhere = PracticeId::new("t2").unwrap();
    assert_eq!(
        block_on(store.list(&elsewhere, "subject", None, 10))
            .unwrap()
            .len(),
        1
    );
    assert!(
        block_on(MemoryStore::new().list(&here, "subject", None, 10))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_key_is_its_parts() {
    let history = History::of(&[22, 11, 0, 5]);
    drop(block_on(history.clinic.verifier.seal(&history.practice(), &Actor::Library)).unwrap());
    for kind in ["subject", "practice", "destination", "seal", "sealed_heads"] {
        let rows = block_on(history.memory().list(&history.practice(), kind, None, 10)).unwrap();
        assert!(!rows.is_empty(), "{kind}");
        for (key, _) in rows {
            let again = RecordKey::from_parts(key.practice(), key.kind(), key.name());
            assert_eq!(again, Some(key));
        }
    }
    let here = history.practice();
    for (kind, name) in [
        ("subject", ""),
        ("subject", "a@b"),
        ("seal", "x"),
        ("destination", ""),
        ("", ""),
    ] {
        assert_eq!(RecordKey::from_parts(&here, kind, name), None);
    }
}
