//! Keys that are rotated, and dropped.

use medfactor::audit::{Actor, Chain, FindingKind, SealFindingKind};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::testing::{Clinic, SharedStore};
use pollster::block_on;

use super::history::{History, policy};

fn ring() -> KeyRing {
    let ring = Clinic::<SharedStore>::keys().unwrap();
    ring.rotate(KeyId::new(2), *b"the clinic's second key, as well")
        .unwrap()
}

/// Somebody with entries under the first key, and then under the second.
fn rotated() -> (History, Chain, u64, u64) {
    let mut history = History::of(&[1, 3, 0]);
    let chain = Chain::from(&history.people[0]);
    let old = history.entries(&chain).len() as u64;
    history.clinic.verifier = history.clinic.another_verifier(policy(), ring()).unwrap();
    history.play(&[1, 3, 0]);
    let new = history.entries(&chain).len() as u64 - old;
    assert!(old > 2 && new > 2);
    (history, chain, old, new)
}

#[test]
fn a_chain_goes_on_under_a_new_key() {
    let (history, chain, old, new) = rotated();
    let report = history.verify(&chain);
    assert!(report.is_intact());
    assert_eq!(report.entries(), old + new);
}

#[test]
fn what_stands_under_a_dropped_key_cannot_be_verified_and_the_rest_is() {
    let (mut history, chain, old, new) = rotated();
    let ring = ring().without(KeyId::new(1));
    history.clinic.verifier = history.clinic.another_verifier(policy(), ring).unwrap();
    let report = history.verify(&chain);
    assert!(!report.is_intact());
    assert_eq!((report.entries(), report.broken()), (new, None));
    let first = report.unverifiable().unwrap();
    assert_eq!((first.kind, first.sequence), (FindingKind::KeyUnknown, 1));

    history.tamper(&chain, |entries| {
        entries[usize::try_from(old).unwrap() + 1].note = Some("x".into())
    });
    let report = history.verify(&chain);
    assert_eq!(report.broken().map(|finding| finding.sequence), Some(old + 2));
    assert_eq!(report.first().map(|finding| finding.sequence), Some(1));

    // That one of them is gone shows without the key.
    history.tamper(&chain, |entries| drop(entries.remove(1)));
    let report = history.verify(&chain);
    let broken = report.broken().unwrap();
    assert_eq!((broken.kind, broken.sequence), (FindingKind::Missing, 2));
}

#[test]
fn a_key_of_the_same_number_is_not_the_same_key() {
    let (mut history, chain, ..) = rotated();
    let other = KeyRing::new(KeyId::new(1), *b"not the key of the clinic at all").unwrap();
    history.clinic.verifier = history.clinic.another_verifier(policy(), other).unwrap();
    let report = history.verify(&chain);
    assert_eq!(
        report.broken().map(|f| (f.kind, f.sequence)),
        Some((FindingKind::Changed, 1))
    );
}

#[test]
fn a_seal_is_verified_as_long_as_the_ring_holds_its_key() {
    let mut history = History::of(&[1, 3, 0]);
    let old = block_on(history.clinic.verifier.seal(&history.practice(), &Actor::Library)).unwrap();
    history.clinic.verifier = history.clinic.another_verifier(policy(), ring()).unwrap();
    history.play(&[1, 12]);
    let new = block_on(history.clinic.verifier.seal(&history.practice(), &Actor::Library)).unwrap();
    assert!(new.follows(&old) && !old.follows(&new) && !new.follows(&new));
    for seal in [&old, &new] {
        assert!(
            block_on(history.clinic.verifier.verify_seal(seal))
                .unwrap()
                .is_intact()
        );
    }
    let ring = ring().without(KeyId::new(1));
    history.clinic.verifier = history.clinic.another_verifier(policy(), ring).unwrap();
    let report = block_on(history.clinic.verifier.verify_seal(&old)).unwrap();
    let finding = report.unverifiable().unwrap();
    assert_eq!(
        (finding.kind, &finding.chain),
        (SealFindingKind::KeyUnknown, &None)
    );
    assert_eq!((report.chains(), report.broken()), (0, None));
    // The new one stands, over entries some of which cannot be verified any more.
    let report = block_on(history.clinic.verifier.verify_seal(&new)).unwrap();
    assert!(report.broken().is_none() && !report.is_intact());
    let finding = report.unverifiable().unwrap();
    assert_eq!(finding.chain, Some(Chain::from(&history.people[0])));
}
