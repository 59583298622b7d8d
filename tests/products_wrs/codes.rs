//! How long a code lives, and that it opens once.

use medfactor::audit::{Event, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Remember, Ruling, Sending, Verdict};
use medfactor::message::Text;
use medfactor::policy::{Layer, ReceiptAllowance, ValidFrom};
use medfactor::testing::Faults;
use medfactor::verifier::ErrorKind;
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, LONG, MILLISECOND, clinic_at, hooked, minutes, seconds, wrong, wrs_policy,
};
use crate::{clinic, new_york};

#[test]
fn h10_a_code_cannot_be_used_again() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    assert!(clinic.answer(&challenge, &code).is_ok());
    for _ in 0..10 {
        let rejection = clinic.answer(&challenge, &code).unwrap_err();
        assert_eq!(rejection.reason(), Reason::AlreadyUsed);
        assert_eq!(rejection.public_text(), Text::CodeAlreadyUsed);
        let entry = clinic.last(&rex);
        assert_eq!(
            (entry.event, entry.reason),
            (Event::AttemptFailed, Some(Reason::AlreadyUsed))
        );
    }
    // Nor in the next challenge, where it is as wrong as any other number.
    let next = clinic.asks(&rex);
    assert_ne!(next.id(), challenge.id());
    let new = clinic.code(&next);
    assert_ne!(new, code);
    assert_eq!(clinic.why_not(&next, &code), Reason::Wrong);
    assert_eq!(clinic.count(&rex, Event::Verified), 1);
}

#[test]
fn h11_a_code_dies_at_five_minutes_exactly() {
    let life = seconds(300);
    for (age, opens) in [
        (life - MILLISECOND, true),
        (life, false),
        (life + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let issued = clinic.clock.read();
        let code = clinic.code(&challenge);
        let sent = clinic.asks(&rex).sent().cloned().unwrap();
        assert_eq!(sent.expires_at, issued.saturating_add(life));
        clinic.clock.set(issued.saturating_add(age));
        match clinic.answer(&challenge, &code) {
            Ok(_) => assert!(opens, "{age:?}"),
            Err(rejection) => {
                assert!(!opens, "{age:?}");
                assert_eq!(rejection.reason(), Reason::CodeExpired);
                assert_eq!(rejection.public_text(), Text::CodeExpired);
                // Right digits, too late: no guess.
                assert_eq!(rejection.attempts_left(), Some(5));
                let entry = clinic.last(&rex);
                assert_eq!(
                    (entry.event, entry.reason, entry.at),
                    (
                        Event::AttemptFailed,
                        Some(Reason::CodeExpired),
                        issued.saturating_add(age)
                    )
                );
                // A new one is to be had at once.
                let code = clinic.code(&challenge);
                assert!(clinic.answer(&challenge, &code).is_ok());
            }
        }
    }
}

#[test]
fn h11_a_challenge_ends_at_fifteen_minutes_and_no_code_outlives_it() {
    let life = minutes(15);
    for (age, opens) in [
        (life - MILLISECOND, true),
        (life, false),
        (life + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let begun = clinic.clock.read();
        assert_eq!(challenge.expires_at(), begun.saturating_add(life));
        clinic.clock.forward(minutes(12));
        let code = clinic.code(&challenge);
        let sent = clinic.asks(&rex).sent().cloned().unwrap();
        assert_eq!(sent.expires_at, challenge.expires_at(), "three minutes, not five");
        assert!(clinic.outbox.last().unwrap().text.contains("3 minutes"));
        clinic.clock.set(begun.saturating_add(age));
        match clinic.answer(&challenge, &code) {
            Ok(_) => assert!(opens, "{age:?}"),
            Err(rejection) => {
                assert!(!opens, "{age:?}");
                assert_eq!(rejection.reason(), Reason::ChallengeExpired);
                let next = clinic.asks(&rex);
                assert_ne!(next.id(), challenge.id());
            }
        }
    }
}

#[test]
fn h13_a_mistyped_try_does_not_burn_the_right_code() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    assert_eq!(challenge.attempts_left(), 5);
    let code = clinic.code(&challenge);
    for left in [4, 3, 2, 1] {
        let rejection = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.attempts_left()),
            (Reason::Wrong, Some(left))
        );
        let entry = clinic.last(&rex);
        assert_eq!(
            (entry.event, entry.reason, entry.count),
            (Event::AttemptFailed, Some(Reason::Wrong), Some(5 - left))
        );
    }
    assert!(clinic.answer(&challenge, &code).is_ok(), "the fifth is right");
}

#[test]
fn h13_after_the_fifth_wrong_one_even_the_right_code_is_dead() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for left in [4, 3, 2, 1, 0] {
        let rejection = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        assert_eq!(rejection.attempts_left(), Some(left));
    }
    let rejection = clinic.answer(&challenge, &code).unwrap_err();
    assert_eq!(rejection.reason(), Reason::ChallengeDead);
    assert_eq!(rejection.public_text(), Text::TooManyTries);
    // Asking again gives another challenge, which the old code does not open.
    let next = clinic.asks(&rex);
    assert_ne!(next.id(), challenge.id());
    let new = clinic.code(&next);
    assert_ne!(new, code);
    assert!(clinic.answer(&next, &new).is_ok());
}

#[test]
fn h13_what_is_no_code_costs_no_try() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for typed in ["", " ", "12345", "1234567", "abcdef", "+12345", "１２３"] {
        let rejection = clinic.answer(&challenge, typed).unwrap_err();
        assert_eq!(rejection.reason(), Reason::Malformed, "{typed}");
        assert_eq!(rejection.public_text(), Text::CodeInvalid);
    }
    assert_eq!(clinic.asks(&rex).attempts_left(), 5);
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    assert!(clinic.answer(&challenge, &spaced).is_ok());
}

#[test]
fn a_s02_2_counting_from_hand_over() {
    for (age, opens) in [(339_000, true), (339_999, true), (340_000, false)] {
        let policy = wrs_policy().layer(Layer::vendor().code_valid_from(ValidFrom::HandedOver));
        let clinic = clinic_at(&new_york(), policy);
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let issued = clinic.clock.read();
        let clock = clinic.clock.clone();
        // The message waits in a queue for 40 seconds.
        let slow = hooked(&clinic, move || clock.forward(seconds(40)));
        let Sending::Sent(info) = slow.send(challenge.ticket(), Channel::Sms).block_on().unwrap() else {
            panic!("not sent")
        };
        assert_eq!(info.expires_at, issued.saturating_add(seconds(340)));
        let code = clinic.newest_code().unwrap();
        clinic.clock.set(issued.saturating_add(MILLISECOND * age));
        match clinic.answer(&challenge, &code) {
            Ok(_) => assert!(opens, "{age}"),
            Err(rejection) => {
                assert!(!opens, "{age}");
                assert_eq!(rejection.reason(), Reason::CodeExpired);
            }
        }
    }
}

#[test]
fn a_s02_2_no_queue_stretches_a_code_past_ten_minutes() {
    let policy = wrs_policy().layer(Layer::vendor().code_valid_from(ValidFrom::HandedOver));
    let clinic = clinic_at(&new_york(), policy);
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let issued = clinic.clock.read();
    let clock = clinic.clock.clone();
    let slow = hooked(&clinic, move || clock.forward(minutes(8)));
    let Sending::Sent(info) = slow.send(challenge.ticket(), Channel::Sms).block_on().unwrap() else {
        panic!("not sent")
    };
    assert_eq!(info.expires_at, issued.saturating_add(minutes(10)));
    clinic.clock.set(issued.saturating_add(minutes(10)));
    let code = clinic.newest_code().unwrap();
    assert_eq!(clinic.why_not(&challenge, &code), Reason::CodeExpired);
}

#[test]
fn a_s02_4_the_allowance_is_taken_and_not_announced() {
    let end = seconds(330);
    for (age, opens) in [
        (end - MILLISECOND, true),
        (end, false),
        (end + MILLISECOND, false),
    ] {
        let allowance = ReceiptAllowance::new(seconds(30)).unwrap();
        let policy = wrs_policy().layer(Layer::vendor().receipt_allowance(allowance));
        let clinic = clinic_at(&new_york(), policy);
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let issued = clinic.clock.read();
        let code = clinic.code(&challenge);
        assert!(clinic.outbox.last().unwrap().text.contains("valid for 5 minutes"));
        let shown = clinic.asks(&rex).sent().unwrap().expires_at;
        assert_eq!(shown, issued.saturating_add(seconds(300)));
        clinic.clock.set(issued.saturating_add(age));
        match clinic.answer(&challenge, &code) {
            Ok(_) => assert!(opens, "{age:?}"),
            Err(rejection) => {
                assert!(!opens, "{age:?}");
                assert_eq!(rejection.reason(), Reason::CodeExpired);
            }
        }
    }
}

#[test]
fn a_s02_6_a_page_can_count_down_truthfully() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    assert!(challenge.sent().is_none() && challenge.resend_at().is_none());
    let issued = clinic.clock.read();
    clinic.code(&challenge);
    clinic.clock.forward(seconds(7));
    let again = clinic.asks(&rex);
    assert_eq!(again.id(), challenge.id());
    assert_eq!(again.expires_at(), issued.saturating_add(minutes(15)));
    let sent = again.sent().unwrap();
    assert_eq!(sent.expires_at, issued.saturating_add(seconds(300)));
    assert_eq!(sent.resend_at, issued.saturating_add(seconds(30)));
    assert_eq!(again.resend_at(), Some(sent.resend_at));
    assert_eq!(sent.reference.as_str(), clinic.outbox.last().unwrap().reference);
}

#[test]
fn a_s03_1_the_consume_is_the_commit_point() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    // Everything is written, and then the answer is lost on its way.
    let mut lost = Faults::default();
    lost.lost_answer = u8::MAX;
    clinic.store.set(lost);
    let ticket = challenge.ticket();
    let error = clinic
        .verifier
        .submit(ticket, &code, Remember::No)
        .block_on()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    clinic.store.set(Faults::default());

    let verdict = clinic
        .verifier
        .submit(ticket, &code, Remember::No)
        .block_on()
        .unwrap();
    let Verdict::Rejected(rejection) = verdict else {
        panic!("twice")
    };
    assert_eq!(rejection.reason(), Reason::AlreadyUsed);
    assert!(matches!(
        Browser::new().begin(&clinic, &rex),
        Ruling::Challenge(_)
    ));
    clinic.clock.forward(LONG);
    let next = clinic.asks(&rex);
    let code = clinic.code(&next);
    assert!(clinic.answer(&next, &code).is_ok(), "a new code works");
}
