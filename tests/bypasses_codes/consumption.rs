//! A: what is used up, is used up, and what is counted, is counted.

use std::sync::{Arc, Barrier};
use std::thread;

use medfactor::audit::{Event, Reason};
use medfactor::flow::{
    Answer, Authority, Challenge, Enrolled, Managed, RecoveryCodes, Remember, Ruling, Verdict,
};
use medfactor::ids::Subject;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{AttemptLimit, Layer, Policy, Requirement};
use medfactor::purpose::Purpose;
use medfactor::store::MemoryStore;
use medfactor::testing::{AuthenticatorApp, Clinic, FaultyStore, SharedStore};
use pollster::FutureExt as _;

use crate::common::{Ask, every_method, hours, minutes, seconds, wrong, wrs, wrs_policy};

/// The answers of so many threads that submit these texts in turn at the same moment.
fn at_once(clinic: &Clinic, answers: &[(&Challenge, Answer)]) -> Vec<Verdict> {
    let start = Barrier::new(answers.len());
    thread::scope(|scope| {
        let threads: Vec<_> = answers
            .iter()
            .map(|(challenge, answer)| {
                let (start, answer) = (&start, answer.clone());
                scope.spawn(move || {
                    start.wait();
                    let verdict = clinic.verifier.answer(challenge.ticket(), answer);
                    verdict.block_on().unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn passes(verdicts: &[Verdict]) -> usize {
    let passed = |verdict: &&Verdict| matches!(verdict, Verdict::Pass(_));
    verdicts.iter().filter(passed).count()
}

/// Enrols an app and gives the recovery codes that come with the first one.
fn enrol(clinic: &Clinic, subject: &Subject) -> (AuthenticatorApp, Vec<String>) {
    let request = clinic.request(subject, Purpose::sign_in(), None);
    let Ruling::Enrol(first) = clinic.verifier.begin(request).block_on().unwrap() else {
        panic!("no enrolment")
    };
    let authority = Authority::EnrolFirst(first.ticket());
    let begun = clinic
        .verifier
        .begin_enrolment(authority, "phone", AuthenticatorKind::Phone);
    let Managed::Done(new) = begun.block_on().unwrap() else {
        panic!("refused")
    };
    let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
    let code = app.code(clinic.clock.read());
    let confirmed = clinic.verifier.confirm_enrolment(authority, &code, Remember::No);
    let Managed::Done(Enrolled { recovery_codes, .. }) = confirmed.block_on().unwrap() else {
        panic!("refused")
    };
    let codes = recovery_codes.as_ref().map(RecoveryCodes::expose).unwrap();
    let codes = codes.map(str::to_owned).collect();
    clinic.clock.forward(seconds(30));
    (app, codes)
}

/// A clinic with every method and somebody whose only factor is an app.
fn with_app() -> (Clinic, Subject, AuthenticatorApp, Vec<String>) {
    let clinic = Clinic::new(every_method()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let (app, codes) = enrol(&clinic, &rex);
    (clinic, rex, app, codes)
}

#[test]
fn bypass_001_a_hundred_at_once_and_one_gets_in() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let answers = vec![(&challenge, Answer::new(&code)); 50];
    let mut passed = passes(&at_once(&clinic, &answers));
    passed += passes(&at_once(&clinic, &answers));
    assert_eq!(passed, 1);
    assert_eq!(clinic.count(&rex, Event::Verified), 1);
}

#[test]
fn bypass_002_a_thousand_wrong_guesses_at_once_are_five() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let wrong = wrong(&code);
    let (threads, each) = (20, 50);
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                start.wait();
                for _ in 0..each {
                    clinic.answer(&challenge, &wrong).unwrap_err();
                }
            });
        }
    });
    let log = clinic.log(&rex);
    let count = |reason| {
        let told = |entry: &&medfactor::audit::Entry| {
            entry.event == Event::AttemptFailed && entry.reason == Some(reason)
        };
        log.iter().filter(told).count()
    };
    // Only a committed comparison is answered, and each of them is an entry.
    assert_eq!(count(Reason::Wrong), 5);
    assert_eq!(count(Reason::ChallengeDead), threads * each - 5);
    assert_eq!(clinic.why_not(&challenge, &code), Reason::ChallengeDead);
}

#[test]
fn bypass_004_every_failure_is_stored_before_it_is_answered() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for left in [4, 3, 2, 1] {
        clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        let keys = Clinic::<SharedStore>::keys().unwrap();
        let fresh = clinic.another_verifier(wrs_policy(), keys).unwrap();
        let request = clinic.request(&rex, Purpose::sign_in(), None);
        let Ruling::Challenge(seen) = fresh.begin(request).block_on().unwrap() else {
            panic!("no challenge")
        };
        assert_eq!(seen.attempts_left(), left);
    }
}

#[test]
fn bypass_006_a_recovery_code_redeemed_fifty_times_at_once_counts_once() {
    let (clinic, rex, _, codes) = with_app();
    let challenge = clinic.asks(&rex);
    let answers = vec![(&challenge, Answer::new(&codes[0])); 50];
    assert_eq!(passes(&at_once(&clinic, &answers)), 1);
    // Nor again in a challenge of its own.
    let next = clinic.asks(&rex);
    assert_eq!(clinic.why_not(&next, &codes[0]), Reason::Wrong);
    assert_eq!(clinic.count(&rex, Event::RecoveryCodeUsed), 1);
}

#[test]
fn bypass_007_two_recovery_codes_at_once_are_both_gone() {
    let (clinic, rex, _, codes) = with_app();
    let one = clinic.asks_session(&rex, "one");
    let two = clinic.asks_session(&rex, "two");
    let verdicts = at_once(
        &clinic,
        &[(&one, Answer::new(&codes[0])), (&two, Answer::new(&codes[1]))],
    );
    // The use of one makes other open challenges void, so the second code may be refused and then is not used.
    let used = passes(&verdicts);
    assert!((1..=2).contains(&used));
    for (code, verdict) in codes.iter().zip(&verdicts) {
        let challenge = clinic.asks(&rex);
        let again = clinic.answer(&challenge, code);
        assert_eq!(
            again.is_err(),
            matches!(verdict, Verdict::Pass(_)),
            "each opens once"
        );
    }
    let left = clinic.log(&rex);
    let last = left.iter().rfind(|entry| entry.event == Event::RecoveryCodeUsed);
    assert_eq!(last.unwrap().count, Some(8), "ten less two");
}

#[test]
fn bypass_008_a_totp_opens_once() {
    let (clinic, rex, app, _) = with_app();
    let code = app.code(clinic.clock.read());
    let first = clinic.asks(&rex);
    assert_eq!(clinic.answer(&first, &code).unwrap().method(), Some(Method::Totp));
    let second = clinic.asks(&rex);
    assert_eq!(clinic.why_not(&second, &code), Reason::AlreadyUsed);
    let third = clinic.asks_session(&rex, "elsewhere");
    assert_eq!(clinic.why_not(&third, &code), Reason::AlreadyUsed);
}

#[test]
fn bypass_009_after_a_step_no_earlier_one_is_taken() {
    let (clinic, rex, app, _) = with_app();
    let now = clinic.clock.read();
    let first = clinic.asks(&rex);
    assert!(clinic.answer(&first, &app.code_of_step(now, 0)).is_ok());
    let second = clinic.asks(&rex);
    let earlier = app.code_of_step(now, -1);
    assert_eq!(clinic.why_not(&second, &earlier), Reason::AlreadyUsed);
    assert!(clinic.answer(&second, &app.code_of_step(now, 1)).is_ok());
}

#[test]
fn bypass_010_a_used_totp_is_refused_for_as_long_as_it_would_be_taken() {
    let (clinic, rex, app, _) = with_app();
    let code = app.code(clinic.clock.read());
    let first = clinic.asks(&rex);
    assert!(clinic.answer(&first, &code).is_ok());
    // Every ten seconds over more than the whole window of three steps, in challenges of their own.
    for round in 0..15 {
        let challenge = clinic.asks_session(&rex, &format!("{round}"));
        assert!(clinic.answer(&challenge, &code).is_err(), "{round}");
        clinic.clock.forward(seconds(10));
    }
}

#[test]
fn bypass_011_a_hundred_times_one_totp_at_once_opens_once() {
    let (clinic, rex, app, _) = with_app();
    let code = app.code(clinic.clock.read());
    let sessions: Vec<Challenge> = (0..8)
        .map(|number| clinic.asks_session(&rex, &format!("{number}")))
        .collect();
    let answers: Vec<_> = (0..100)
        .map(|number| (&sessions[number % 8], Answer::new(&code)))
        .collect();
    let passed: usize = answers
        .chunks(50)
        .map(|some| passes(&at_once(&clinic, some)))
        .sum();
    assert_eq!(passed, 1);
}

#[test]
fn bypass_012_a_used_code_in_another_spelling_is_used() {
    let (clinic, rex, app, _) = with_app();
    let code = app.code(clinic.clock.read());
    let (head, tail) = code.split_at(3);
    let spellings = [
        format!("{head} {tail}"),
        format!(" {code}"),
        format!("{code} "),
        format!("{head}-{tail}"),
        format!("{head}\u{a0}{tail}"),
    ];
    let challenge = clinic.asks(&rex);
    assert!(clinic.answer(&challenge, &code).is_ok());
    for (number, spelling) in spellings.iter().enumerate().take(3) {
        let challenge = clinic.asks_session(&rex, &format!("{number}"));
        assert_eq!(
            clinic.why_not(&challenge, spelling),
            Reason::AlreadyUsed,
            "{spelling}"
        );
    }
    // A wrong one counts once, however it is spelt.
    let challenge = clinic.asks_session(&rex, "wrong");
    let wrong = wrong(&code);
    let (head, tail) = wrong.split_at(3);
    for (left, typed) in [
        (4, wrong.clone()),
        (3, format!("{head} {tail}")),
        (2, format!("{head}-{tail}")),
    ] {
        let rejection = clinic.answer(&challenge, &typed).unwrap_err();
        assert_eq!(rejection.attempts_left(), Some(left));
    }
}

#[test]
fn bypass_013_the_same_digits_of_two_people_do_not_disturb_each_other() {
    // Four digits, and so many people that two of them get the same code.
    let policy = wrs_policy().layer(Layer::vendor().code_length(medfactor::code::CodeLength::MIN));
    let clinic = crate::common::clinic_at(&medfactor::time::Zone::utc(), policy);
    let mut known = std::collections::BTreeMap::new();
    for number in 0..1000 {
        let mail = format!("u{number}@x.org");
        let subject = clinic.staff(&format!("u{number}"), None, Some(&mail)).unwrap();
        let challenge = clinic.asks(&subject);
        let channel = medfactor::contact::Channel::Email;
        let code = clinic.send(&challenge, channel).block_on().unwrap();
        if let Some(other) = known.insert(code.clone(), challenge.clone()) {
            assert!(clinic.answer(&other, &code).is_ok());
            assert!(clinic.answer(&challenge, &code).is_ok());
            return;
        }
    }
    panic!("no two alike");
}

#[test]
fn bypass_014_a_code_that_was_used_anywhere_is_used_everywhere() {
    let (clinic, rex, app, _) = with_app();
    let code = app.code(clinic.clock.read());
    let challenge = clinic.asks(&rex);
    assert!(clinic.answer(&challenge, &code).is_ok());
    let id = clinic.verifier.authenticators(&rex).block_on().unwrap()[0].id;
    for answer in [
        Answer::new(&code),
        Answer::new(&code).method(Method::Totp),
        Answer::new(&code).authenticator(id),
    ] {
        let manage = clinic.request(&rex, Purpose::manage_authenticators(), None);
        let Ruling::Challenge(challenge) = clinic.verifier.begin(manage).block_on().unwrap() else {
            panic!("not asked")
        };
        let verdict = clinic.verifier.answer(challenge.ticket(), answer);
        let Verdict::Rejected(rejection) = verdict.block_on().unwrap() else {
            panic!("twice")
        };
        assert_eq!(rejection.reason(), Reason::AlreadyUsed);
    }
}

#[test]
fn bypass_015_the_code_that_confirmed_an_app_does_not_sign_in() {
    let clinic = Clinic::new(every_method()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let before = clinic.clock.read();
    let (app, _) = enrol(&clinic, &rex);
    clinic.clock.set(before);
    let challenge = clinic.asks(&rex);
    assert_eq!(clinic.why_not(&challenge, &app.code(before)), Reason::AlreadyUsed);
}

#[test]
fn bypass_016_a_flood_of_others_does_not_wash_a_counter_away() {
    let store = Arc::new(FaultyStore::new(MemoryStore::with_capacity(50, 100_000), 1));
    let clinic = Clinic::on(store, wrs_policy()).unwrap();
    clinic.zone(medfactor::time::Zone::utc()).unwrap();
    clinic.clock.forward(hours(24 * 90));
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for _ in 0..3 {
        clinic.answer(&challenge, &wrong(&code)).unwrap_err();
    }
    let mut full = 0;
    for number in 0..500 {
        let mail = format!("u{number}@x.org");
        let other = clinic.staff(&format!("u{number}"), None, Some(&mail)).unwrap();
        full += usize::from(clinic.begin(&other, None).block_on().is_err());
    }
    assert!(full > 400, "it refuses rather than forgets");
    clinic.verifier.purge(10_000).block_on().unwrap();
    let keys = Clinic::<SharedStore>::keys().unwrap();
    let restarted = clinic.another_verifier(wrs_policy(), keys).unwrap();
    let request = clinic.request(&rex, Purpose::sign_in(), None);
    let Ruling::Challenge(seen) = restarted.begin(request).block_on().unwrap() else {
        panic!("no challenge")
    };
    assert_eq!((seen.id(), seen.attempts_left()), (challenge.id(), 2));
}

#[test]
fn bypass_016_a_policy_of_one_try_counts_it() {
    let one = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms])
        .tries_per_challenge(AttemptLimit::MIN);
    let clinic = Clinic::new(Policy::new().layer(one)).unwrap();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.forward(minutes(1));
    clinic.answer(&challenge, &wrong(&code)).unwrap_err();
    assert_eq!(clinic.why_not(&challenge, &code), Reason::ChallengeDead);
}
