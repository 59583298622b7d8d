//! The right code, given at once from many sides.

use std::sync::Barrier;
use std::thread;

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Challenge, Remember, Verdict};
use medfactor::testing::{Clinic, Faults};
use pollster::FutureExt as _;

use crate::clinic;
use crate::common::{Ask, LONG};

/// How many of so many threads that answer at the same moment get a pass; the others hear that it is used.
fn passes(clinic: &Clinic, challenge: &Challenge, code: &str, threads: usize) -> usize {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let answers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    clinic
                        .verifier
                        .submit(challenge.ticket(), code, Remember::Yes)
                        .block_on()
                        .unwrap()
                })
            })
            .collect();
        answers
            .into_iter()
            .map(|answer| answer.join().unwrap())
            .filter(|verdict| match verdict {
                Verdict::Pass(_) => true,
                Verdict::Rejected(rejection) => {
                    assert_eq!(rejection.reason(), Reason::AlreadyUsed);
                    false
                }
            })
            .count()
    })
}

fn exactly_one(threads: usize, rounds: usize, faults: Faults) {
    let clinic = clinic();
    for round in 0..rounds {
        // Somebody new every time, so that no record grows over the rounds.
        let subject = clinic
            .staff(&format!("u{round}"), None, Some(&format!("u{round}@x.org")))
            .unwrap();
        let challenge = clinic.asks(&subject);
        let channel = medfactor::contact::Channel::Email;
        let code = clinic.send(&challenge, channel).block_on().unwrap();
        clinic.store.set(faults);
        assert_eq!(passes(&clinic, &challenge, &code, threads), 1, "round {round}");
        clinic.store.set(Faults::default());
        assert_eq!(clinic.count(&subject, Event::Verified), 1, "round {round}");
        let devices = clinic.verifier.devices(&subject).block_on().unwrap();
        assert_eq!(devices.len(), 1, "round {round}");
        clinic.clock.forward(LONG);
    }
}

#[test]
fn h12_two_at_once_a_thousand_times() {
    exactly_one(2, 1000, Faults::default());
}

#[test]
fn h12_sixty_four_at_once_fifty_times() {
    exactly_one(64, 50, Faults::default());
}

#[test]
fn h12_on_a_store_that_reports_conflicts_that_are_none() {
    let mut faults = Faults::default();
    faults.conflict = 100;
    exactly_one(4, 50, faults);
}
