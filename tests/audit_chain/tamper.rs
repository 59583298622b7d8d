//! Random changes to random histories, each found at its first place.

use medfactor::audit::{Actor, Chain, Entry, Event, Finding, FindingKind, Link, Reason};
use medfactor::ids::{
    AuthenticatorId, ChallengeId, DeliveryId, DeviceId, EntryId, PracticeId, Subject, SubjectId,
};
use medfactor::keys::KeyId;
use medfactor::method::Method;
use medfactor::purpose::Purpose;
use medfactor::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::history::{History, key};

/// A history, and one of its chains that has entries.
fn histories() -> impl Strategy<Value = (Vec<u8>, Index)> {
    (vec(0..44_u8, 2..14), any::<Index>())
}

fn chain_of(history: &History, index: Index) -> (Chain, usize) {
    let chains: Vec<(Chain, usize)> = history
        .chains()
        .into_iter()
        .map(|chain| (chain.clone(), history.entries(&chain).len()))
        .filter(|(_, count)| *count > 0)
        .collect();
    chains[index.index(chains.len())].clone()
}

/// The first thing that is found: number of the entry, its place, and what is wrong.
fn first(history: &History, chain: &Chain) -> Option<(u64, u64, FindingKind)> {
    let report = history.verify(chain);
    assert_eq!(report.is_intact(), report.first().is_none());
    report.first().map(
        |Finding {
             kind,
             sequence,
             position,
             ..
         }| (*sequence, *position, *kind),
    )
}

/// How many things [`change`] can change.
pub(crate) const CHANGES: u8 = 25;

/// Changes one field; what it must be found as.
pub(crate) fn change(entry: &mut Entry, field: u8) -> FindingKind {
    let link = entry.link.unwrap();
    let other_time = Timestamp::from_unix_seconds(1).unwrap();
    match field % CHANGES {
        0 => entry.id = EntryId::from_bytes([9; 16]),
        1 => entry.schema = 0,
        2 => entry.at = entry.at.saturating_add(core::time::Duration::from_millis(1)),
        3 => entry.actor = Actor::Host("somebody else".into()),
        4 => {
            entry.event = if entry.event == Event::Delivered {
                Event::Sent
            } else {
                Event::Delivered
            }
        }
        5 => {
            let other = if entry.reason == Some(Reason::Wrong) {
                Reason::Malformed
            } else {
                Reason::Wrong
            };
            entry.reason = Some(other);
        }
        6 => entry.purpose = Some(Purpose::parse("sign_in/elsewhere").unwrap()),
        7 => entry.challenge = Some(ChallengeId::from_bytes([9; 16])),
        8 => {
            entry.method = if entry.method == Some(Method::Totp) {
                None
            } else {
                Some(Method::Totp)
            }
        }
        9 => entry.device = Some(DeviceId::from_bytes([9; 16])),
        10 => entry.authenticator = Some(AuthenticatorId::from_bytes([9; 16])),
        11 => entry.delivery = Some(DeliveryId::from_bytes([9; 16])),
        12 => entry.provider_id = Some("another".into()),
        13 => entry.destination = Some("another".into()),
        14 => entry.until = Some(other_time),
        15 => entry.decided_by = Some("another".into()),
        16 => entry.count = Some(entry.count.map_or(0, |count| count + 1)),
        17 => entry.near_miss = Some(-99),
        18 => entry.note = Some("another".into()),
        19 => entry.link = None,
        20 => entry.link = Some(Link::new(link.sequence() + 1, link.key(), *link.tag())),
        21 => {
            entry.link = Some(Link::new(
                link.sequence().saturating_sub(1),
                link.key(),
                *link.tag(),
            ))
        }
        22 => {
            let mut tag = *link.tag();
            tag[31] ^= 1;
            entry.link = Some(Link::new(link.sequence(), link.key(), tag));
        }
        23 => {
            entry.schema = 2;
            return FindingKind::Newer;
        }
        _ => {
            entry.link = Some(Link::new(link.sequence(), KeyId::new(99), *link.tag()));
            return FindingKind::KeyUnknown;
        }
    }
    FindingKind::Changed
}

/// Each field at the first, a middle and the last place: random histories come past some of them only now and then.
#[test]
fn each_field_is_vouched_for_at_each_place() {
    let mut history = History::of(&[1, 3, 4, 7]);
    let chain = Chain::from(&history.people[0]);
    let good = history.entries(&chain);
    for field in 0..CHANGES {
        for place in [0, good.len() / 2, good.len() - 1] {
            let mut kind = FindingKind::Changed;
            history.tamper(&chain, |entries| kind = change(&mut entries[place], field));
            if kind == FindingKind::KeyUnknown && place + 1 == good.len() {
                kind = FindingKind::HeadChanged;
            }
            let expected = Some((place as u64 + 1, place as u64, kind));
            assert_eq!(first(&history, &chain), expected, "field {field}");
            history.tamper(&chain, |entries| entries.clone_from(&good));
        }
    }
    assert_eq!(first(&history, &chain), None);
    history.play(&[1]);
    assert_eq!(first(&history, &chain), None);
}

/// A store that was set back goes on to another history. An entry of the first one is genuine, has the right
/// number and follows the same entry; what comes behind it does not.
#[test]
fn a_genuine_entry_of_another_branch_does_not_fit() {
    let mut history = History::of(&[1, 3]);
    let chain = Chain::from(&history.people[0]);
    let (old, record) = (history.entries(&chain), history.record(&chain).unwrap());
    history.play(&[3, 3]);
    let branch = history.entries(&chain);
    history.memory().corrupt(&key(&chain), record);
    history.tamper(&chain, |entries| entries.clone_from(&old));
    history.play(&[7, 3]);
    assert_eq!(first(&history, &chain), None);
    let place = old.len();
    history.tamper(&chain, |entries| entries[place] = branch[place].clone());
    let behind = place as u64 + 1;
    assert_eq!(
        first(&history, &chain),
        Some((behind + 1, behind, FindingKind::Changed))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_nobody_touched_is_whole(steps in vec(0..44_u8, 0..20)) {
        let history = History::of(&steps);
        for chain in history.chains() {
            let count = history.entries(&chain).len() as u64;
            let report = history.verify(&chain);
            prop_assert_eq!((report.first(), report.entries()), (None, count));
        }
        let seal = pollster::block_on(history.clinic.verifier.seal(&history.practice(), &Actor::Library)).unwrap();
        let report = pollster::block_on(history.clinic.verifier.verify_seal(&seal)).unwrap();
        prop_assert!(report.is_intact());
    }

    #[test]
    fn a_changed_field_is_found((steps, which) in histories(), place: Index, field in 0..CHANGES) {
        let history = History::of(&steps);
        let (chain, count) = chain_of(&history, which);
        let place = place.index(count);
        let mut kind = FindingKind::Changed;
        history.tamper(&chain, |entries| kind = change(&mut entries[place], field));
        // The link of the newest entry stands in the record as well, which says more than an unknown key.
        if kind == FindingKind::KeyUnknown && place + 1 == count {
            kind = FindingKind::HeadChanged;
        }
        prop_assert_eq!(first(&history, &chain), Some((place as u64 + 1, place as u64, kind)));
        let id = history.entries(&chain)[place].id;
        prop_assert_eq!(history.verify(&chain).first().unwrap().entry, Some(id));
    }

    #[test]
    fn an_entry_that_is_said_to_be_about_somebody_else_is_found_on_both_sides(
        (steps, which) in histories(), place: Index, to in 0..4_usize,
    ) {
        let history = History::of(&steps);
        let (chain, count) = chain_of(&history, which);
        let place = place.index(count);
        let other: Chain = [
            Chain::Subject(Subject::parse("t1", "somebody-else").unwrap()),
            Chain::Subject(Subject::parse("t3", "ann").unwrap()),
            Chain::Practice(PracticeId::new("t3").unwrap()),
            history.chains().into_iter().find(|other| *other != chain).unwrap(),
        ][to].clone();
        let before = history.entries(&other).len() as u64;
        history.tamper(&chain, |entries| {
            entries[place].practice = other.practice().clone();
            entries[place].subject = match &other {
                Chain::Subject(subject) => Some(SubjectId::new(subject.id().as_str()).unwrap()),
                Chain::Practice(_) => None,
            };
        });
        let kind = if place + 1 == count { FindingKind::TailCut } else { FindingKind::Missing };
        prop_assert_eq!(first(&history, &chain), Some((place as u64 + 1, place as u64, kind)));
        // Behind its own entries stands one that is none of its.
        let found = first(&history, &other).unwrap();
        prop_assert_eq!((found.0, found.1), (before + 1, before));
    }

    #[test]
    fn a_removed_entry_is_found((steps, which) in histories(), place: Index) {
        let history = History::of(&steps);
        let (chain, count) = chain_of(&history, which);
        let place = place.index(count);
        history.tamper(&chain, |entries| drop(entries.remove(place)));
        let kind = if place + 1 == count { FindingKind::TailCut } else { FindingKind::Missing };
        prop_assert_eq!(first(&history, &chain), Some((place as u64 + 1, place as u64, kind)));
    }

    #[test]
    fn a_cut_tail_is_found((steps, which) in histories(), place: Index) {
        let history = History::of(&steps);
        let (chain, count) = chain_of(&history, which);
        let place = place.index(count);
        history.tamper(&chain, |entries| entries.truncate(place));
        prop_assert_eq!(first(&history, &chain), Some((place as u64 + 1, place as u64, FindingKind::TailCut)));
    }

    #[test]
    fn entries_that_changed_places_are_found((steps, which) in histories(), one: Index, other: Index) {
        let history = History::of(&steps);
        let (chain, count) = chain_of(&history, which);
        let (one, other) = (one.index(count), other.index(count));
        let (one, other) = (one.min(other), one.max(other));
        prop_assume!(one != other);
        history.tamper(&chain, |entries| entries.swap(one, other));
        let place = one as u64;
        prop_assert_eq!(first(&history, &chain), Some((place + 1, place, FindingKind::Reordered)));
    }

    #[test]
    fn an_entry_that_was_put_in_is_found(
        (steps, which) in histories(), from: Index, to: Index, is_copy: bool,
    ) {
        let history = History::of(&steps);
        let (chain, count) = chain_of(&history, which);
        let (from, to) = (from.index(count), to.index(count + 1));
        history.tamper(&chain, |entries| {
            let mut entry = entries[from].clone();
            if !is_copy {
                entry.id = EntryId::from_bytes([9; 16]);
            }
            entries.insert(to, entry);
        });
        let (sequence, place, kind) = first(&history, &chain).unwrap();
        // Of two that are the same the second is the one too many.
        let expected = if is_copy && from == to { to + 1 } else { to } as u64;
        prop_assert_eq!((sequence, place), (expected + 1, expected));
        // One from further back leaves its number missing first.
        let is_from_behind = from > to;
        let expected = if is_from_behind { FindingKind::Reordered } else { FindingKind::Inserted };
        prop_assert_eq!(kind, expected);
    }

    #[test]
    fn a_record_that_was_removed_is_found((steps, which) in histories()) {
        let history = History::of(&steps);
        let (chain, _) = chain_of(&history, which);
        history.memory().remove(&key(&chain));
        prop_assert_eq!(first(&history, &chain), Some((1, 0, FindingKind::HeadMissing)));
        // And a chain that begins anew is found too.
        let mut history = history;
        history.play(&[0, 11, 22, 33, 5, 38]);
        prop_assert!(!history.verify(&chain).is_intact());
    }

    #[test]
    fn a_record_that_cannot_be_read_is_found((steps, which) in histories()) {
        let history = History::of(&steps);
        let (chain, _) = chain_of(&history, which);
        history.memory().corrupt(&key(&chain), vec![1, 0xff]);
        prop_assert_eq!(first(&history, &chain), Some((1, 0, FindingKind::HeadUnreadable)));
    }

    #[test]
    fn a_record_that_was_set_back_is_found(
        early in vec(0..44_u8, 1..8), late in vec(0..44_u8, 1..8), which: Index,
    ) {
        let mut history = History::of(&early);
        let old: Vec<_> = history.chains().iter().map(|chain| history.record(chain)).collect();
        let old_counts: Vec<_> = history.chains().iter().map(|chain| history.entries(chain).len()).collect();
        history.play(&late);
        let grown: Vec<usize> = (0..old.len())
            .filter(|place| old[*place].is_some())
            .filter(|place| history.entries(&history.chains()[*place]).len() > old_counts[*place])
            .collect();
        prop_assume!(!grown.is_empty());
        let place = grown[which.index(grown.len())];
        let chain = history.chains()[place].clone();
        let late_record = history.record(&chain).unwrap();
        history.memory().corrupt(&key(&chain), old[place].clone().unwrap());
        let count = old_counts[place] as u64;
        prop_assert_eq!(first(&history, &chain), Some((count + 1, count, FindingKind::HeadBehind)));
        let id = history.entries(&chain)[old_counts[place]].id;
        prop_assert_eq!(history.verify(&chain).first().unwrap().entry, Some(id));
        // Without the newest record the older entries alone look like a tail that was cut.
        history.memory().corrupt(&key(&chain), late_record);
        history.tamper(&chain, |entries| entries.truncate(old_counts[place]));
        prop_assert_eq!(first(&history, &chain), Some((count + 1, count, FindingKind::TailCut)));
    }
}
