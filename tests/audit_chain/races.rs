//! Verifying and sealing while others write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use medfactor::audit::{Actor, Chain};
use medfactor::flow::Remember;
use medfactor::testing::Clinic;
use pollster::block_on;

use super::history::{History, PHONE, policy};

#[test]
fn two_verifiers_on_one_subject_leave_one_chain() {
    let history = History::new();
    let rex = &history.people[0];
    let chain = Chain::from(rex);
    let keys = || Clinic::<medfactor::testing::SharedStore>::keys().unwrap();
    let others = [(); 2].map(|()| history.clinic.another_verifier(policy(), keys()).unwrap());
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = others
            .iter()
            .map(|verifier| {
                scope.spawn(|| {
                    for _ in 0..60 {
                        let request =
                            history
                                .clinic
                                .request(rex, medfactor::purpose::Purpose::sign_in(), None);
                        // Turned away after too many conflicts is an answer too.
                        if let Ok(medfactor::flow::Ruling::Challenge(challenge)) =
                            block_on(verifier.begin(request))
                        {
                            drop(block_on(verifier.submit(
                                challenge.ticket(),
                                "none",
                                Remember::No,
                            )));
                        }
                    }
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            let mut looks = 0;
            while !is_over.load(Ordering::SeqCst) || looks == 0 {
                let report = history.verify(&chain);
                assert!(report.is_intact(), "{report:?}");
                looks += 1;
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        is_over.store(true, Ordering::SeqCst);
        reader.join().unwrap();
    });
    let report = history.verify(&chain);
    assert!(report.is_intact() && report.entries() >= 120, "{report:?}");
    assert_eq!(report.entries(), history.entries(&chain).len() as u64);
}

#[test]
fn a_practice_is_sealed_while_its_people_sign_in() {
    let history = History::new();
    let practice = history.practice();
    let people: Vec<_> = (0..20)
        .map(|number| {
            history
                .clinic
                .staff(&format!("u-{number:02}"), Some(PHONE), None)
                .unwrap()
        })
        .collect();
    let is_over = AtomicBool::new(false);
    let seals = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..5 {
                for subject in &people {
                    drop(block_on(history.clinic.begin(subject, None)).unwrap());
                }
            }
            is_over.store(true, Ordering::SeqCst);
        });
        let sealers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut seals = Vec::new();
                    while !is_over.load(Ordering::SeqCst) || seals.is_empty() {
                        let seal =
                            block_on(history.clinic.verifier.seal(&practice, &Actor::Library)).unwrap();
                        let report = block_on(history.clinic.verifier.verify_seal(&seal)).unwrap();
                        assert!(report.is_intact(), "{report:?}");
                        seals.push(seal);
                        if seals.len() >= 12 {
                            break;
                        }
                    }
                    seals
                })
            })
            .collect();
        writer.join().unwrap();
        let mut seals: Vec<_> = sealers
            .into_iter()
            .flat_map(|sealer| sealer.join().unwrap())
            .collect();
        seals.sort_by_key(medfactor::audit::Seal::number);
        seals
    });
    // Two who seal at once make two seals, one behind the other.
    assert!(seals.windows(2).all(|pair| pair[1].follows(&pair[0])));
    let last = block_on(history.clinic.verifier.seal(&practice, &Actor::Library)).unwrap();
    assert!(last.follows(seals.last().unwrap()));
    assert_eq!(last.subjects(), 20);
    for seal in seals.iter().chain([&last]) {
        assert!(
            block_on(history.clinic.verifier.verify_seal(seal))
                .unwrap()
                .is_intact()
        );
    }
}
