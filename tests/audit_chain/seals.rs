//! Seals kept elsewhere, and what they find that a chain alone does not show.

use medfactor::audit::{Actor, Chain, Entry, Event, Seal, SealFindingKind};
use medfactor::ids::Subject;
use medfactor::record::{HeadsRecord, RecordKey};
use medfactor::store::{Change, Commit, Store, Versioned, Write};
use pollster::block_on;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::history::{History, key};

fn seal(history: &History) -> Seal {
    let seal = block_on(
        history
            .clinic
            .verifier
            .seal(&history.practice(), &Actor::host("nightly")),
    )
    .unwrap();
    // It is kept as a text.
    seal.to_string().parse().unwrap()
}

fn first(history: &History, seal: &Seal) -> Option<(SealFindingKind, Option<Chain>)> {
    let report = block_on(history.clinic.verifier.verify_seal(seal)).unwrap();
    assert_eq!(report.is_intact(), report.broken().is_none());
    report
        .broken()
        .map(|finding| (finding.kind, finding.chain.clone()))
}

fn rows(history: &History, kind: &str) -> Vec<(RecordKey, Versioned)> {
    block_on(history.memory().list(&history.practice(), kind, None, 10_000)).unwrap()
}

/// The chains of the sealed practice that a seal holds.
fn sealed(history: &History) -> Vec<Chain> {
    let practice = history.practice();
    let mut chains = history.chains();
    chains.retain(|chain| *chain.practice() == practice && !history.entries(chain).is_empty());
    chains
}

#[test]
fn a_seal_tells_of_itself_and_of_those_before_it() {
    let mut history = History::of(&[1, 12, 5]);
    let (one, two) = (seal(&history), seal(&history));
    assert!(two.follows(&one));
    assert_eq!(
        (one.number(), one.subjects(), one.root() == two.root()),
        (1, 2, false)
    );
    let told = history.entries(&Chain::Practice(history.practice()));
    let told: Vec<&Entry> = told.iter().filter(|entry| entry.event == Event::Sealed).collect();
    assert_eq!(
        (told[1].count, told[1].note.as_deref()),
        (Some(2), Some("seal 2"))
    );
    assert_eq!(told[1].actor, Actor::host("nightly"));
    history.play(&[3, 23, 5]);
    assert_eq!((first(&history, &one), first(&history, &two)), (None, None));
    // Nobody's name stands in it, and no other practice is in it.
    assert!(!format!("{one:?} {one}").contains("ann"));
}

#[test]
fn a_practice_without_anybody_can_be_sealed() {
    let history = History::new();
    assert_eq!(first(&history, &seal(&history)), None);
    assert_eq!(first(&history, &seal(&history)), None);
}

#[test]
fn a_seal_of_another_hand_is_none() {
    let history = History::of(&[1, 12]);
    let seal = seal(&history);
    let other = History::of(&[1, 12, 3]);
    let foreign = block_on(other.clinic.verifier.seal(&other.practice(), &Actor::Library)).unwrap();
    // The same keys in another store: the number is taken by another seal.
    assert_eq!(
        first(&history, &foreign),
        Some((SealFindingKind::NewestChanged, None))
    );
    let second = block_on(other.clinic.verifier.seal(&other.practice(), &Actor::Library)).unwrap();
    assert!(second.follows(&foreign) && !second.follows(&seal));
    let ring = medfactor::keys::KeyRing::new(seal.key(), *b"not the key of the clinic at all").unwrap();
    let verifier = history
        .clinic
        .another_verifier(super::history::policy(), ring)
        .unwrap();
    let report = block_on(verifier.verify_seal(&seal)).unwrap();
    assert_eq!(
        report.broken().map(|finding| finding.kind),
        Some(SealFindingKind::Forged)
    );
}

#[test]
fn what_is_kept_for_a_seal_is_held_against_it() {
    let history = History::of(&[1, 12]);
    let one = seal(&history);
    let newest = rows(&history, "seal").remove(0);
    let two = seal(&history);
    // The newest seal set back, spoiled, removed.
    let now = rows(&history, "seal").remove(0).1.bytes;
    history.memory().corrupt(&newest.0, newest.1.bytes);
    assert_eq!(first(&history, &two), Some((SealFindingKind::NewestBehind, None)));
    assert_eq!(first(&history, &one), None);
    history.memory().corrupt(&newest.0, vec![1, 0xff]);
    assert_eq!(
        first(&history, &one),
        Some((SealFindingKind::NewestChanged, None))
    );
    let mut forged = now.clone();
    *forged.last_mut().unwrap() ^= 1;
    history.memory().corrupt(&newest.0, forged);
    for seal in [&one, &two] {
        assert_eq!(
            first(&history, seal),
            Some((SealFindingKind::NewestChanged, None))
        );
    }
    history.memory().remove(&newest.0);
    assert_eq!(
        first(&history, &one),
        Some((SealFindingKind::NewestMissing, None))
    );
    let write = Write::new(newest.0, None, now, None);
    let put_back = block_on(history.memory().commit(&Change::new(vec![write], vec![]))).unwrap();
    assert_eq!((put_back, first(&history, &two)), (Commit::Committed, None));

    // The heads exchanged, spoiled, removed. Those of the first seal stand in other records than the second's.
    let heads = rows(&history, "sealed_heads");
    assert_eq!(heads.len(), 2);
    for (heads, _) in &heads {
        let good = block_on(history.memory().load(std::slice::from_ref(heads)))
            .unwrap()
            .remove(0)
            .unwrap();
        history.memory().corrupt(heads, vec![1, 0x82, 0, 0x80]);
        let found = [first(&history, &one), first(&history, &two)];
        assert_eq!(found.iter().flatten().count(), 1);
        assert!(found.contains(&Some((SealFindingKind::HeadsChanged, None))));
        history.memory().corrupt(heads, vec![1]);
        assert!(
            [first(&history, &one), first(&history, &two)]
                .contains(&Some((SealFindingKind::HeadsChanged, None)))
        );
        history.memory().corrupt(heads, good.bytes);
    }
    heads.iter().for_each(|(heads, _)| history.memory().remove(heads));
    assert_eq!(first(&history, &one), Some((SealFindingKind::HeadsMissing, None)));
}

#[test]
fn heads_fill_as_many_records_as_they_need() {
    let history = History::new();
    let begin = |from: usize, to: usize| {
        for number in from..to {
            let subject = Subject::parse("t1", &format!("u-{number:05}")).unwrap();
            drop(block_on(history.clinic.begin(&subject, None)).unwrap());
        }
    };
    begin(0, HeadsRecord::MAX_HEADS);
    let one = seal(&history);
    assert_eq!(rows(&history, "sealed_heads").len(), 1);
    begin(HeadsRecord::MAX_HEADS, HeadsRecord::MAX_HEADS + 1);
    let two = seal(&history);
    assert_eq!(rows(&history, "sealed_heads").len(), 3);
    assert_eq!((one.subjects(), two.subjects()), (1000, 1001));
    assert_eq!((first(&history, &one), first(&history, &two)), (None, None));
    let last = Subject::parse("t1", "u-01000").unwrap();
    history.memory().remove(&RecordKey::Subject(last.clone()));
    assert_eq!(first(&history, &one), None);
    let missing = (SealFindingKind::RecordMissing, Some(Chain::Subject(last)));
    assert_eq!(first(&history, &two), Some(missing));
}

#[test]
fn entries_up_to_an_older_seal_may_go_for_good() {
    let mut history = History::of(&[1, 12, 5]);
    let older = seal(&history);
    history.play(&[23, 1, 3, 5, 14]);
    let newer = seal(&history);
    let after = |seal: &Seal, older: &Seal| {
        let report = block_on(history.clinic.verifier.verify_seal_after(seal, older)).unwrap();
        assert!(report.unverifiable().is_none());
        report
            .broken()
            .map(|finding| (finding.kind, finding.chain.clone()))
    };
    assert_eq!(after(&newer, &older), None);
    assert_eq!(after(&older, &newer), Some((SealFindingKind::NotOlder, None)));
    for chain in sealed(&history) {
        let sealed_at = |entry: &Entry| entry.at < older.at();
        history.tamper(&chain, |entries| entries.retain(|entry| !sealed_at(entry)));
    }
    let ann = Chain::from(&history.people[0]);
    assert_eq!(
        first(&history, &newer),
        Some((SealFindingKind::ChainBroken, Some(ann.clone())))
    );
    assert_eq!(after(&newer, &older), None);
    // One entry more is one too many.
    history.tamper(&ann, |entries| drop(entries.remove(0)));
    assert_eq!(
        after(&newer, &older),
        Some((SealFindingKind::ChainBroken, Some(ann)))
    );
}

#[test]
fn the_largest_heads_fit_into_a_record() {
    let history = History::new();
    for number in 0..HeadsRecord::MAX_HEADS {
        let subject = Subject::parse("t1", &format!("{number:0>128}")).unwrap();
        drop(block_on(history.clinic.begin(&subject, None)).unwrap());
    }
    assert_eq!(first(&history, &seal(&history)), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Everything of one person, or of the practice, is removed: the chain says nothing, the seal does.
    #[test]
    fn somebody_who_is_gone_is_missed(steps in vec(0..44_u8, 2..12), later in vec(0..44_u8, 0..4), which: Index) {
        let mut history = History::of(&steps);
        let chains = sealed(&history);
        prop_assume!(!chains.is_empty());
        let seal = seal(&history);
        history.play(&later);
        let chain = &chains[which.index(chains.len())];
        history.memory().remove(&key(chain));
        history.tamper(chain, Vec::clear);
        prop_assert!(history.verify(chain).is_intact());
        prop_assert_eq!(first(&history, &seal), Some((SealFindingKind::RecordMissing, Some(chain.clone()))));
    }

    /// Record and entries are set back together: the chain is whole, and too short for the seal.
    #[test]
    fn a_trail_that_was_set_back_is_found(
        early in vec(0..44_u8, 1..8), late in vec(0..44_u8, 1..8), later in vec(0..44_u8, 0..4), which: Index,
    ) {
        let mut history = History::of(&early);
        let chains = sealed(&history);
        let old: Vec<_> = chains.iter().map(|chain| (history.record(chain).unwrap(), history.entries(chain))).collect();
        history.play(&late);
        let grown: Vec<usize> = (0..chains.len())
            .filter(|place| history.entries(&chains[*place]).len() > old[*place].1.len())
            .collect();
        prop_assume!(!grown.is_empty());
        let seal = seal(&history);
        history.play(&later);
        prop_assert_eq!(first(&history, &seal), None);
        let place = grown[which.index(grown.len())];
        let (chain, (record, entries)) = (&chains[place], old[place].clone());
        history.memory().corrupt(&key(chain), record);
        history.tamper(chain, |all| *all = entries);
        prop_assert!(history.verify(chain).is_intact());
        prop_assert_eq!(first(&history, &seal), Some((SealFindingKind::HistoryCut, Some(chain.clone()))));
    }

    /// Whoever has the keys and the database can write history anew, and still cannot fit it to a seal.
    #[test]
    fn a_history_written_anew_with_the_keys_does_not_fit(steps in vec(0..44_u8, 2..10), which: Index) {
        let history = History::of(&steps);
        let chains = sealed(&history);
        prop_assume!(!chains.is_empty());
        let seal = seal(&history);
        let chain = &chains[which.index(chains.len())];
        // The same sequence of calls on another store, with the same keys and other randomness.
        let mut other = History::new();
        medfactor::entropy::Entropy::fill(&other.clinic.entropy, &mut [0; 32]).unwrap();
        other.play(&steps);
        prop_assume!(other.entries(chain).len() >= history.entries(chain).len());
        let (record, entries) = (other.record(chain).unwrap(), other.entries(chain));
        let before = history.entries(chain).len();
        history.memory().corrupt(&key(chain), record);
        history.tamper(chain, |all| *all = entries);
        // The practice's own chain goes on with the entry that told of the seal, which is missing now.
        prop_assert!(history.verify(chain).is_intact(), "{before}");
        prop_assert_eq!(first(&history, &seal), Some((SealFindingKind::HistoryChanged, Some(chain.clone()))));
    }
}
