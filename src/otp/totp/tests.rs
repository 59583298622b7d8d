use super::*;
use alloc::vec::Vec;

const SKEWS: [Skew; 3] = [Skew::MIN, Skew::DEFAULT, Skew::MAX];

/// The answer when `typed` is the code of all of `steps`, and every step that was asked about.
fn ask(now: Option<u64>, skew: Skew, last: Option<u64>, steps: &[u64]) -> (Check, Vec<u64>) {
    let mut asked = Vec::new();
    let check = newest_match(now, skew, last, |step| {
        asked.push(step);
        Choice::from(u8::from(steps.contains(&step)))
    });
    (check, asked)
}

#[test]
fn every_candidate_is_computed_whatever_matches() {
    for skew in SKEWS {
        for now in [None, Some(0), Some(1), Some(100), Some(u64::MAX)] {
            for last in [None, Some(0), Some(99), Some(u64::MAX)] {
                for steps in [&[][..], &[98], &[100], &[98, 99, 100, 101, 102], &[0, u64::MAX]] {
                    let (_, asked) = ask(now, skew, last, steps);
                    assert_eq!(asked.len(), Totp::candidates(skew));
                }
            }
        }
    }
}

#[test]
fn the_window_is_the_skew_to_either_side() {
    for skew in SKEWS {
        for step in 90..=110_u64 {
            let expected = if step.abs_diff(100) <= u64::from(skew.steps()) {
                Check::Accepted { step }
            } else {
                Check::NoMatch
            };
            assert_eq!(ask(Some(100), skew, None, &[step]).0, expected);
        }
    }
}

#[test]
fn the_newest_later_step_is_taken() {
    let all = [98, 99, 100, 101, 102];
    assert_eq!(
        ask(Some(100), Skew::MAX, None, &all).0,
        Check::Accepted { step: 102 }
    );
    assert_eq!(
        ask(Some(100), Skew::MAX, Some(101), &all).0,
        Check::Accepted { step: 102 }
    );
    assert_eq!(
        ask(Some(100), Skew::MAX, Some(102), &all).0,
        Check::AlreadyUsed { step: 102 }
    );
    assert_eq!(
        ask(Some(100), Skew::MAX, Some(98), &[98, 99]).0,
        Check::Accepted { step: 99 }
    );
    assert_eq!(
        ask(Some(100), Skew::MAX, Some(99), &[98, 99]).0,
        Check::AlreadyUsed { step: 99 }
    );
}

#[test]
fn bypass_009_an_older_step_is_spent_too() {
    for last in 99..=105 {
        assert_eq!(
            ask(Some(100), Skew::DEFAULT, Some(last), &[99]).0,
            Check::AlreadyUsed { step: 99 }
        );
    }
    assert_eq!(
        ask(Some(100), Skew::DEFAULT, Some(98), &[99]).0,
        Check::Accepted { step: 99 }
    );
}

#[test]
fn bypass_057_the_window_stops_at_the_first_step() {
    // The step below 0 is asked about as step 0 and must not count twice or at all.
    assert_eq!(ask(Some(0), Skew::MAX, None, &[0]).0, Check::Accepted { step: 0 });
    assert_eq!(
        ask(Some(0), Skew::MAX, Some(0), &[0]).0,
        Check::AlreadyUsed { step: 0 }
    );
    assert_eq!(ask(Some(0), Skew::MIN, None, &[u64::MAX]).0, Check::NoMatch);
    assert_eq!(ask(Some(3), Skew::MAX, None, &[0]).0, Check::NoMatch);
    assert_eq!(ask(Some(u64::MAX), Skew::MAX, None, &[0]).0, Check::NoMatch);
    let last = u64::MAX;
    assert_eq!(
        ask(Some(last), Skew::MAX, None, &[last]).0,
        Check::Accepted { step: last }
    );
    // Before T0 there is no step, so nothing is accepted, with or without a last step.
    assert_eq!(ask(None, Skew::MAX, None, &[0]).0, Check::NoMatch);
    assert_eq!(ask(None, Skew::MAX, Some(5), &[0]).0, Check::NoMatch);
    // A clock set back by an hour: what was accepted before stays spent.
    assert_eq!(
        ask(Some(100), Skew::MAX, Some(220), &[100]).0,
        Check::AlreadyUsed { step: 100 }
    );
}

#[test]
fn the_nearest_miss_is_told() {
    let miss = |now, steps: &[u64]| {
        let mut asked = 0;
        let miss = nearest_match(now, |step| {
            asked += 1;
            Choice::from(u8::from(steps.contains(&step)))
        });
        assert_eq!(asked, 21);
        miss.map(NearMiss::steps)
    };
    for offset in -10..=10_i8 {
        let step = 100_u64.checked_add_signed(i64::from(offset)).unwrap();
        assert_eq!(miss(Some(100), &[step]), Some(offset));
    }
    assert_eq!(miss(Some(100), &[89, 111]), None);
    assert_eq!(miss(Some(100), &[90, 97, 104]), Some(-3));
    assert_eq!(miss(Some(100), &[97, 103]), Some(-3));
    assert_eq!(miss(Some(3), &[0]), Some(-3));
    assert_eq!(miss(Some(20), &[0]), None);
    assert_eq!(miss(None, &[0]), None);
}

#[test]
fn steps_are_whole_periods_since_t0() {
    let totp = Totp::default();
    assert_eq!(totp.step_at(0), Some(0));
    assert_eq!(totp.step_at(29), Some(0));
    assert_eq!(totp.step_at(30), Some(1));
    let totp = totp.with_t0(1_000).with_period(Period::new(60).unwrap());
    assert_eq!(totp.step_at(999), None);
    assert_eq!(totp.step_at(1_059), Some(0));
    assert_eq!(totp.step_at(1_060), Some(1));
    assert_eq!(
        totp.with_t0(0).with_period(Period::MIN).step_at(u64::MAX),
        Some(u64::MAX)
    );
}

#[test]
fn what_is_stored_comes_back() {
    let totp = Totp::default()
        .with_algorithm(Algorithm::Sha512)
        .with_digits(Digits::MAX)
        .with_period(Period::new(60).unwrap())
        .with_t0(7);
    let stored = minicbor::to_vec(totp).unwrap();
    assert_eq!(minicbor::decode::<Totp>(&stored).unwrap(), totp);
}
