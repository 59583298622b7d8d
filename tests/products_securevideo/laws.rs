//! Random calls on a store that fails: whatever happens, an access code admits its own participant, within the
//! window, until it is replaced or void, and guesses are bounded.

use std::collections::BTreeMap;

use medfactor::audit::Reason;
use medfactor::flow::Managed;
use medfactor::flow::access::{AccessAttempt, Appointment, Redemption, Source};
use medfactor::ids::Subject;
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, Faults};
use medfactor::time::Timestamp;
use pollster::FutureExt as _;
use proptest::prelude::*;

use super::common::{minutes, practice_id, seconds};
use super::{SESSION, Video as _, clio, session, video};

#[derive(Clone, Debug)]
enum Call {
    Open {
        object: u8,
        start: i8,
    },
    Reveal {
        object: u8,
        person: u8,
    },
    Remove {
        object: u8,
        person: u8,
    },
    Cancel {
        object: u8,
    },
    Move {
        object: u8,
        start: i8,
    },
    Redeem {
        code: u8,
        source: u8,
    },
    Guess {
        source: u8,
    },
    Wait {
        minutes: u8,
    },
    Back {
        seconds: u8,
    },
    Fail {
        load: u8,
        commit: u8,
        lost: u8,
        conflict: u8,
    },
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        2 => (0..3u8, -30..60i8).prop_map(|(object, start)| Call::Open { object, start }),
        4 => (0..3u8, 0..3u8).prop_map(|(object, person)| Call::Reveal { object, person }),
        1 => (0..3u8, 0..3u8).prop_map(|(object, person)| Call::Remove { object, person }),
        1 => (0..3u8).prop_map(|object| Call::Cancel { object }),
        1 => (0..3u8, -30..60i8).prop_map(|(object, start)| Call::Move { object, start }),
        8 => (any::<u8>(), 0..2u8).prop_map(|(code, source)| Call::Redeem { code, source }),
        6 => (0..2u8).prop_map(|source| Call::Guess { source }),
        1 => (0..40u8).prop_map(|minutes| Call::Wait { minutes }),
        1 => (0..120u8).prop_map(|seconds| Call::Back { seconds }),
        1 => (0..60u8, 0..60u8, 0..60u8, 0..60u8)
            .prop_map(|(load, commit, lost, conflict)| Call::Fail { load, commit, lost, conflict }),
    ]
}

/// What must hold of one code that staff were shown.
#[derive(Clone, Debug)]
struct Shown {
    digits: String,
    object: u8,
    person: u8,
    /// Replaced or void, and the answer that said so was heard.
    is_dead: bool,
}

#[derive(Debug)]
struct World {
    clinic: Clinic,
    people: Vec<Subject>,
    shown: Vec<Shown>,
    /// The starts that may hold for each session: more than one after an answer that was not heard.
    starts: BTreeMap<u8, Vec<Timestamp>>,
    /// When wrong codes were compared, by source.
    misses: BTreeMap<u8, Vec<Timestamp>>,
    guess: u32,
    /// The latest instant the clock has shown.
    latest: Timestamp,
}

impl World {
    fn new() -> Self {
        let clinic = video();
        Self {
            people: (0..3).map(|n| clinic.patient(&format!("p{n}"))).collect(),
            latest: clinic.clock.read(),
            clinic,
            shown: Vec::new(),
            starts: BTreeMap::new(),
            misses: BTreeMap::new(),
            guess: 0,
        }
    }

    fn at(&self, start: i8) -> Timestamp {
        let base = self.clinic.clock.read();
        let by = minutes(start.unsigned_abs().into());
        if start < 0 {
            base.saturating_sub(by)
        } else {
            base.saturating_add(by)
        }
    }

    fn kill(&mut self, dies: impl Fn(&Shown) -> bool) {
        for shown in &mut self.shown {
            shown.is_dead |= dies(shown);
        }
    }

    fn make(&mut self, call: Call) {
        let verifier = &self.clinic.verifier;
        let name = |object: u8| session(&format!("S{object}"));
        match call {
            Call::Open { object, start } => {
                let start = self.at(start);
                let empty = Appointment::new(name(object), start, start.saturating_add(SESSION));
                let all = self
                    .people
                    .iter()
                    .fold(empty, |all, one| all.participant(one.id()));
                let opened = verifier.open_access(&practice_id(), &all, &clio()).block_on();
                if !matches!(opened, Ok(Managed::Refused(_))) {
                    self.starts.entry(object).or_default().push(start);
                }
            }
            Call::Move { object, start } => {
                let start = self.at(start);
                let end = start.saturating_add(SESSION);
                let moved = verifier
                    .reschedule(&practice_id(), &name(object), start, end, &clio())
                    .block_on();
                match moved {
                    Ok(Managed::Done(_)) => {
                        self.starts.insert(object, vec![start]);
                    }
                    Ok(Managed::Refused(_)) => {}
                    Err(_) => self.starts.entry(object).or_default().push(start),
                }
            }
            Call::Reveal { object, person } => {
                let subject = self.people[usize::from(person)].clone();
                let revealed = verifier
                    .reveal_access_code(&subject, &name(object), &clio())
                    .block_on();
                if let Ok(Managed::Done(revealed)) = revealed {
                    self.kill(|shown| (shown.object, shown.person) == (object, person));
                    self.shown.push(Shown {
                        digits: revealed.expose().into(),
                        object,
                        person,
                        is_dead: false,
                    });
                }
            }
            Call::Remove { object, person } => {
                let subject = self.people[usize::from(person)].clone();
                let removed = verifier
                    .remove_participant(&subject, &name(object), &clio())
                    .block_on();
                if matches!(removed, Ok(Managed::Done(()))) {
                    self.kill(|shown| (shown.object, shown.person) == (object, person));
                }
            }
            Call::Cancel { object } => {
                let cancelled = verifier
                    .cancel_object(&practice_id(), &name(object), &clio())
                    .block_on();
                if matches!(cancelled, Ok(Managed::Done(_))) {
                    self.kill(|shown| shown.object == object);
                }
            }
            Call::Redeem { code, source } => {
                if !self.shown.is_empty() {
                    let place = usize::from(code) % self.shown.len();
                    let digits = self.shown[place].digits.clone();
                    self.redeem(&digits, source);
                }
            }
            Call::Guess { source } => {
                self.guess += 1;
                let guess = format!("{:09}", self.guess);
                if self.shown.iter().all(|shown| shown.digits != guess) {
                    self.redeem(&guess, source);
                }
            }
            Call::Wait { minutes: by } => self.clinic.clock.forward(minutes(by.into())),
            Call::Back { seconds: by } => {
                let back = self.clinic.clock.read().saturating_sub(seconds(by.into()));
                self.clinic
                    .clock
                    .set(back.max(self.latest.saturating_sub(seconds(110))));
            }
            Call::Fail {
                load,
                commit,
                lost,
                conflict,
            } => {
                let mut faults = Faults::default();
                (faults.load, faults.commit, faults.lost_answer, faults.conflict) =
                    (load, commit, lost, conflict);
                self.clinic.store.set(faults);
            }
        }
        self.latest = self.latest.max(self.clinic.clock.read());
    }

    fn redeem(&mut self, typed: &str, source: u8) {
        let now = self.clinic.clock.read();
        let door = Purpose::new("video_join").unwrap();
        let from = Source::new(&format!("203.0.113.{source}"));
        let attempt = AccessAttempt::new(&practice_id(), door, typed, from);
        match self.clinic.verifier.redeem(&attempt).block_on() {
            Ok(Redemption::Admitted(admission)) => {
                let shown = self.shown.iter().rev().find(|shown| shown.digits == typed);
                let shown = shown.expect("a code that nobody was shown");
                assert!(!shown.is_dead, "a dead code admitted");
                assert_eq!(admission.subject(), &self.people[usize::from(shown.person)]);
                assert_eq!(admission.purpose(), &session(&format!("S{}", shown.object)));
                let open = |start: &Timestamp| {
                    let opens = start.saturating_sub(minutes(30));
                    let closes = start.saturating_add(SESSION).saturating_add(minutes(15));
                    // Time stands still while the clock catches up, so the instant is the record's or the clock's.
                    opens <= admission.at() && admission.at() < closes && now <= admission.at()
                };
                assert!(self.starts[&shown.object].iter().any(open), "outside the window");
            }
            Ok(Redemption::Rejected(rejection)) => match rejection.reason() {
                Reason::Throttled | Reason::GuessingLimit => assert!(rejection.retry_at().unwrap() > now),
                Reason::Malformed => panic!("nine digits are no malformed code"),
                _ => {
                    let misses = self.misses.entry(source).or_default();
                    misses.push(now);
                    let from = now.saturating_sub(minutes(10));
                    let recent = misses.iter().filter(|at| **at > from).count();
                    assert!(recent <= 20, "{recent} guesses in ten minutes");
                }
            },
            // No answer: nobody is let in, and nothing is known of the code.
            Err(_) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_most_the_right_participant_is_admitted_within_the_window_and_guesses_are_bounded(
        calls in prop::collection::vec(call(), 1..160)
    ) {
        let mut world = World::new();
        for call in calls {
            world.make(call);
        }
    }
}
