//! B: guessing ends, whoever guesses and however.

use medfactor::audit::{Event, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Answer, Remember, Ruling, Verdict};
use medfactor::method::Method;
use medfactor::policy::{AttemptLimit, Layer, Policy, Requirement, SubjectTries, TriesInARow};
use medfactor::testing::{Clinic, Faults};
use medfactor::verifier::ErrorKind;
use pollster::FutureExt as _;

use crate::common::{Ask, Browser, LONG, every_method, minutes, neither, seconds, wrong, wrs};

#[test]
fn bypass_018_a_challenge_for_every_guess_helps_nobody() {
    let clinic = wrs();
    let rex = clinic.rex();
    let (mut compared, mut blocked) = (0, 0);
    let first = clinic.asks_session(&rex, "0");
    let code = clinic.code(&first);
    for number in 0..200 {
        let request = clinic
            .request(&rex, medfactor::purpose::Purpose::sign_in(), None)
            .session(&format!("{number}"));
        match clinic.verifier.begin(request).block_on().unwrap() {
            Ruling::Challenge(challenge) => {
                let sent = clinic.verifier.send(challenge.ticket(), Channel::Email);
                let _ = sent.block_on().unwrap();
                let rejection = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
                compared += usize::from(rejection.reason() == Reason::Wrong);
            }
            Ruling::Blocked(reason) => {
                assert_eq!(reason.reason(), Reason::Throttled);
                blocked += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(compared <= 10, "{compared} comparisons");
    assert!(blocked > 100 || compared < 10, "{blocked} blocked");
    assert_ne!(clinic.why_not(&first, &code), Reason::Wrong);
}

#[test]
fn bypass_018_over_all_methods_and_days_a_hundred_guesses_end_it() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut guesses = 0;
    for round in 0.. {
        let Ruling::Challenge(challenge) = Browser::new().begin(&clinic, &rex) else {
            break;
        };
        let channel = Channel::ALL[round % 2];
        let code = clinic.send(&challenge, channel).block_on().unwrap();
        assert_eq!(clinic.why_not(&challenge, &wrong(&code)), Reason::Wrong);
        guesses += 1;
        clinic.clock.forward(LONG);
    }
    assert_eq!(guesses, 100);
    assert_eq!(clinic.count(&rex, Event::Locked), 1);
}

#[test]
fn bypass_019_a_new_code_gives_no_guesses_back() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    for _ in 0..2 {
        clinic.answer(&challenge, &wrong(&a)).unwrap_err();
    }
    clinic.clock.forward(seconds(31));
    assert!(matches!(
        clinic.resend(&challenge, Channel::Sms),
        medfactor::flow::Sending::Sent(_)
    ));
    let b = clinic.newest_code().unwrap();
    for left in [2, 1] {
        let rejection = clinic.answer(&challenge, &neither(&b, &a)).unwrap_err();
        assert_eq!(rejection.attempts_left(), Some(left), "four are counted");
    }
}

#[test]
fn bypass_020_throwing_session_and_cookies_away_resets_nothing() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut guesses = 0;
    for number in 0..20 {
        let request = clinic
            .request(&rex, medfactor::purpose::Purpose::sign_in(), None)
            .session(&format!("jar {number}"));
        let Ruling::Challenge(challenge) = clinic.verifier.begin(request).block_on().unwrap() else {
            break;
        };
        if clinic.sent() < 5 {
            clinic.code(&challenge);
        }
        let code = clinic.newest_code().unwrap();
        guesses += usize::from(clinic.why_not(&challenge, &wrong(&code)) == Reason::Wrong);
    }
    // Five messages in a quarter of an hour are five challenges that can be answered at all.
    assert_eq!(guesses, 5);
    assert_eq!(
        clinic
            .log(&rex)
            .iter()
            .filter(|entry| entry.reason == Some(Reason::Wrong))
            .count(),
        5
    );
}

#[test]
fn bypass_021_ones_own_success_clears_nobody_elses_counter() {
    let clinic = wrs();
    let (rex, mallory) = (
        clinic.rex(),
        clinic.staff("mal", Some("+12125550199"), None).unwrap(),
    );
    let victim = clinic.asks(&rex);
    let code = clinic.code(&victim);
    for left in [4, 3, 2, 1, 0] {
        let own = clinic.asks(&mallory);
        let own_code = clinic.code(&own);
        assert!(clinic.answer(&own, &own_code).is_ok());
        let rejection = clinic.answer(&victim, &wrong(&code)).unwrap_err();
        assert_eq!(rejection.attempts_left(), Some(left));
    }
}

#[test]
fn bypass_021_nor_does_the_owners_success_reset_the_wait_of_a_guesser() {
    let clinic = wrs();
    let rex = clinic.rex();
    for round in 0..2 {
        let challenge = clinic.asks_session(&rex, &format!("guess {round}"));
        let code = clinic.code(&challenge);
        for _ in 0..5 {
            clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        }
        if round == 0 {
            let own = clinic.asks_session(&rex, "own");
            let code = clinic.code(&own);
            assert!(clinic.answer(&own, &code).is_ok());
        }
    }
    let Ruling::Blocked(blocked) = Browser::new().begin(&clinic, &rex) else {
        panic!("ten wrong ones in a quarter of an hour")
    };
    assert_eq!(blocked.reason(), Reason::Throttled);
}

#[test]
fn bypass_024_every_method_counts_towards_the_same_lock() {
    let row = TriesInARow::new(10).unwrap();
    let policy = every_method().layer(Layer::vendor().tries_in_a_row(row));
    let clinic = Clinic::new(policy).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let app = clinic.enrol(&rex, "phone").block_on().unwrap();
    let rex = clinic.rex();
    // Guessing at a code that staff have not issued is no guess.
    let methods = Method::ALL
        .into_iter()
        .filter(|method| *method != Method::BypassCode);
    for (guesses, method) in methods.cycle().take(10).enumerate() {
        let challenge = clinic.asks_session(&rex, &format!("{guesses}"));
        let typed = match method {
            Method::Totp => wrong(&app.code(clinic.clock.read())),
            Method::Sms => wrong(&clinic.code(&challenge)),
            Method::Email => wrong(&clinic.send(&challenge, Channel::Email).block_on().unwrap()),
            _ => "0000-0000-0000-0000-0000-0000".into(),
        };
        let answer = Answer::new(&typed).method(method);
        let verdict = clinic.verifier.answer(challenge.ticket(), answer);
        let Verdict::Rejected(rejection) = verdict.block_on().unwrap() else {
            panic!("guessed")
        };
        assert_eq!(rejection.reason(), Reason::Wrong, "{method:?}");
        clinic.clock.forward(minutes(14));
    }
    let locked = clinic.last(&rex);
    assert_eq!((locked.event, locked.count), (Event::Locked, Some(10)));
    let Ruling::Blocked(blocked) = Browser::new().begin(&clinic, &rex) else {
        panic!("not locked")
    };
    assert_eq!(blocked.reason(), Reason::Locked);
}

#[test]
fn bypass_029_a_step_up_has_the_same_counters() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let mut wrongs = 0;
    for _ in 0..5 {
        let manage = medfactor::purpose::Purpose::manage_authenticators();
        let request = clinic.request(&rex, manage, browser.cookie(&rex));
        match clinic.verifier.begin(request).block_on().unwrap() {
            Ruling::Challenge(challenge) => {
                let code = clinic.code(&challenge);
                for _ in 0..5 {
                    wrongs += usize::from(clinic.why_not(&challenge, &wrong(&code)) == Reason::Wrong);
                }
            }
            Ruling::Blocked(blocked) => assert_eq!(blocked.reason(), Reason::Throttled),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wrongs, 10);
    let Ruling::Blocked(blocked) = Browser::new().begin(&clinic, &rex) else {
        panic!("signing in has counters of its own")
    };
    assert_eq!(blocked.reason(), Reason::Throttled);
}

#[test]
fn bypass_030_exactly_as_many_wrong_ones_as_allowed() {
    for limit in 1..=10 {
        let layer = Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Sms])
            .tries_per_challenge(AttemptLimit::new(limit).unwrap())
            .tries_per_subject(SubjectTries::MAX);
        for (wrongs, opens) in [(limit - 1, true), (limit, false)] {
            let clinic = Clinic::new(Policy::new().layer(layer.clone())).unwrap();
            let rex = clinic.rex();
            let challenge = clinic.asks(&rex);
            let code = clinic.code(&challenge);
            for _ in 0..wrongs {
                assert_eq!(clinic.why_not(&challenge, &wrong(&code)), Reason::Wrong);
            }
            // 033: the right code on the last permitted attempt is right.
            assert_eq!(
                clinic.answer(&challenge, &code).is_ok(),
                opens,
                "{wrongs} of {limit}"
            );
        }
    }
}

#[test]
fn bypass_032_trouble_with_the_store_opens_nothing_and_counts_what_was_written() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let submit = |typed: &str| {
        clinic
            .verifier
            .submit(challenge.ticket(), typed, Remember::No)
            .block_on()
    };
    let (mut load, mut commit, mut lost) = (Faults::default(), Faults::default(), Faults::default());
    (load.load, commit.commit, lost.lost_answer) = (u8::MAX, u8::MAX, u8::MAX);
    for (fault, typed, left) in [
        (load, &code, 5),
        (commit, &code, 5),
        (commit, &wrong(&code), 5),
        (lost, &wrong(&code), 4),
    ] {
        clinic.store.set(fault);
        let error = submit(typed).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        assert!(error.is_retryable());
        clinic.store.set(Faults::default());
        assert_eq!(clinic.asks(&rex).attempts_left(), left, "{fault:?}");
    }
    assert_eq!(clinic.count(&rex, Event::Verified), 0);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_032_no_randomness_and_no_answer() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.entropy.set_broken(true);
    let error = clinic
        .verifier
        .submit(challenge.ticket(), &code, Remember::No)
        .block_on()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Entropy);
    let resend = clinic
        .verifier
        .send(challenge.ticket(), Channel::Email)
        .block_on();
    assert_eq!(resend.unwrap_err().kind(), ErrorKind::Entropy);
    clinic.entropy.set_broken(false);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_033_the_right_code_on_the_last_try_is_right() {
    let clinic = wrs();
    let rex = clinic.rex();
    // Nine wrong ones within the window: the tenth answer is the last that is looked at.
    for wrongs in [5, 4] {
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        for _ in 0..wrongs {
            assert_eq!(clinic.why_not(&challenge, &wrong(&code)), Reason::Wrong);
        }
        assert_eq!(clinic.answer(&challenge, &code).is_ok(), wrongs == 4);
    }
}
