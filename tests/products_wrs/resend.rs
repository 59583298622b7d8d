//! Asking for another code: what it replaces, and how often.

use medfactor::audit::{Event, Reason};
use medfactor::contact::Channel;
use medfactor::delivery::{Handover, NotSent};
use medfactor::flow::Sending;
use medfactor::message::Text;
use pollster::FutureExt as _;

use crate::clinic;
use crate::common::{
    Ask, Browser, MILLISECOND, SignIn, hours, is_refused, is_sent, minutes, neither, seconds, wrong,
};

#[test]
fn a_s07_2_a_failed_resend_keeps_the_old_code() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    clinic.clock.forward(seconds(30));
    clinic.outbox.answer(Handover::NotSent(NotSent::Unavailable));
    let refusal = is_refused(clinic.resend(&challenge, Channel::Sms));
    assert_eq!(refusal.reason(), Reason::DeliveryFailed);
    assert_eq!(refusal.public_text(), Text::Unavailable);
    assert_eq!(clinic.count(&rex, Event::SendNotSent), 1);
    assert_eq!(clinic.count(&rex, Event::CodeSuperseded), 0);
    assert!(clinic.answer(&challenge, &a).is_ok());
}

#[test]
fn a_s07_6_a_resend_never_gives_back_guesses() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    for left in [4, 3, 2] {
        let rejection = clinic.answer(&challenge, &wrong(&a)).unwrap_err();
        assert_eq!(rejection.attempts_left(), Some(left));
    }
    clinic.clock.forward(seconds(30));
    is_sent(clinic.resend(&challenge, Channel::Sms));
    let b = clinic.newest_code().unwrap();
    for left in [1, 0] {
        let rejection = clinic.answer(&challenge, &neither(&b, &a)).unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.attempts_left()),
            (Reason::Wrong, Some(left))
        );
    }
    assert_eq!(clinic.why_not(&challenge, &b), Reason::ChallengeDead);
}

#[test]
fn a_s07_6_the_old_code_is_told_apart_three_times_and_then_counts() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    clinic.clock.forward(seconds(30));
    is_sent(clinic.resend(&challenge, Channel::Sms));
    for _ in 0..3 {
        let rejection = clinic.answer(&challenge, &a).unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.attempts_left()),
            (Reason::Superseded, Some(5))
        );
    }
    let rejection = clinic.answer(&challenge, &a).unwrap_err();
    assert_eq!(
        (rejection.reason(), rejection.attempts_left()),
        (Reason::Wrong, Some(4))
    );
}

#[test]
fn h25_half_a_minute_between_two_messages() {
    let cooldown = seconds(30);
    for (age, allowed) in [
        (cooldown - MILLISECOND, false),
        (cooldown, true),
        (cooldown + MILLISECOND, true),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let issued = clinic.clock.read();
        clinic.code(&challenge);
        clinic.clock.set(issued.saturating_add(age));
        match clinic.resend(&challenge, Channel::Sms) {
            Sending::Sent(info) => {
                assert!(allowed, "{age:?}");
                assert_eq!(info.resend_at, clinic.clock.read().saturating_add(cooldown));
            }
            other => {
                assert!(!allowed, "{age:?}");
                let refusal = is_refused(other);
                assert_eq!(refusal.reason(), Reason::Cooldown);
                assert_eq!(refusal.public_text(), Text::SendLimit);
                assert_eq!(refusal.retry_at(), Some(issued.saturating_add(cooldown)));
                assert_eq!(clinic.last(&rex).reason, Some(Reason::Cooldown));
                assert_eq!(clinic.sent(), 1);
            }
        }
    }
}

#[test]
fn h25_drawing_the_page_again_sends_nothing() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for _ in 0..5 {
        clinic.clock.forward(seconds(40));
        let sending = clinic.verifier.send(challenge.ticket(), Channel::Sms).block_on();
        assert!(matches!(sending.unwrap(), Sending::Already(_)));
    }
    assert_eq!(clinic.sent(), 1);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn h25_three_messages_a_challenge() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    clinic.code(&challenge);
    for _ in 0..2 {
        clinic.clock.forward(seconds(30));
        is_sent(clinic.resend(&challenge, Channel::Sms));
    }
    clinic.clock.forward(seconds(30));
    for channel in Channel::ALL {
        let refusal = is_refused(clinic.resend(&challenge, channel));
        assert_eq!(
            (refusal.reason(), refusal.retry_at()),
            (Reason::ChallengeSendLimit, None)
        );
    }
    assert_eq!(clinic.sent(), 3);
}

#[test]
fn h25_five_messages_a_person_in_fifteen_minutes() {
    let window = minutes(15);
    for (age, allowed) in [
        (window - MILLISECOND, false),
        (window, true),
        (window + MILLISECOND, true),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let start = clinic.clock.read();
        for _ in 0..5 {
            assert_eq!(Browser::new().sign_in(&clinic, &rex), SignIn::Asked);
            clinic.clock.forward(seconds(30));
        }
        clinic.clock.set(start.saturating_add(age));
        let challenge = clinic.asks(&rex);
        let sending = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .block_on()
            .unwrap();
        if allowed {
            is_sent(sending);
        } else {
            let refusal = is_refused(sending);
            assert_eq!(
                (refusal.reason(), refusal.retry_at()),
                (Reason::SubjectSendLimit, Some(start.saturating_add(window)))
            );
        }
    }
}

#[test]
fn h25_ten_messages_a_telephone_in_six_hours() {
    let window = hours(6);
    for (age, allowed) in [
        (window - MILLISECOND, false),
        (window, true),
        (window + MILLISECOND, true),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let start = clinic.clock.read();
        for _ in 0..10 {
            assert_eq!(Browser::new().sign_in(&clinic, &rex), SignIn::Asked);
            clinic.clock.forward(minutes(5));
        }
        clinic.clock.set(start.saturating_add(age));
        let challenge = clinic.asks(&rex);
        let sending = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .block_on()
            .unwrap();
        if allowed {
            is_sent(sending);
        } else {
            let refusal = is_refused(sending);
            assert_eq!(
                (refusal.reason(), refusal.retry_at()),
                (Reason::DestinationSendLimit, Some(start.saturating_add(window)))
            );
            assert!(
                clinic.send(&challenge, Channel::Email).block_on().is_ok(),
                "the mailbox has its own"
            );
        }
    }
}
