//! H, first half: messages cost money and carry codes.

use std::sync::{Arc, Barrier};
use std::thread;

use medfactor::audit::{Event, Reason};
use medfactor::contact::Channel;
use medfactor::delivery::{Handover, NotSent};
use medfactor::flow::{Remember, Ruling, Sending};
use medfactor::ids::Subject;
use medfactor::method::Method;
use medfactor::policy::{DestinationSends, DestinationWindow, Layer};
use medfactor::testing::Faults;
use medfactor::verifier::ErrorKind;
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, MAIL, SignIn, clinic_at, hooked, hours, is_refused, is_sent, minutes, seconds, wrong, wrs,
    wrs_policy,
};

#[test]
fn bypass_093_a_telephone_has_a_limit_whoever_asks() {
    let clinic = wrs();
    let mut sent = 0;
    for number in 0..30 {
        let subject = clinic
            .staff(&format!("u{number}"), Some("+12125550142"), None)
            .unwrap();
        let challenge = clinic.asks(&subject);
        let sending = clinic.verifier.send(challenge.ticket(), Channel::Sms);
        match sending.block_on().unwrap() {
            Sending::Sent(_) => sent += 1,
            other => assert_eq!(is_refused(other).reason(), Reason::DestinationSendLimit),
        }
    }
    assert_eq!((sent, clinic.sent()), (10, 10));
}

#[test]
fn bypass_093_a_person_has_a_limit_over_all_challenges() {
    let clinic = wrs();
    let rex = clinic.rex();
    for number in 0..30 {
        let challenge = clinic.asks_session(&rex, &format!("{number}"));
        let channel = if number % 2 == 0 {
            Channel::Sms
        } else {
            Channel::Email
        };
        let sending = clinic.verifier.send(challenge.ticket(), channel);
        let _ = sending.block_on().unwrap();
    }
    assert_eq!(clinic.sent(), 5);
}

#[test]
fn bypass_093_nothing_is_ever_sent_for_somebody_unknown() {
    let clinic = wrs();
    let stranger = Subject::parse("t1", "stranger").unwrap();
    let Ruling::Blocked(blocked) = Browser::new().begin(&clinic, &stranger) else {
        panic!("not blocked")
    };
    assert_eq!(blocked.reason(), Reason::UnknownSubject);
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    clinic.directory.remove_person(&rex);
    assert!(matches!(
        clinic.resend(&challenge, Channel::Sms),
        Sending::Refused(_)
    ));
    assert_eq!(clinic.sent(), 0);
}

#[test]
fn bypass_093_cleaning_up_does_not_forget_messages_that_count() {
    let layer = Layer::vendor()
        .sends_per_destination(DestinationSends::MIN)
        .destination_window(DestinationWindow::MAX);
    let clinic = clinic_at(&medfactor::time::Zone::utc(), wrs_policy().layer(layer));
    let rex = clinic.rex();
    assert_eq!(Browser::new().sign_in(&clinic, &rex), SignIn::Asked);
    clinic.clock.forward(hours(7 * 24 - 1));
    clinic.verifier.purge(1000).block_on().unwrap();
    let challenge = clinic.asks(&rex);
    let sending = clinic.verifier.send(challenge.ticket(), Channel::Sms);
    assert_eq!(
        is_refused(sending.block_on().unwrap()).reason(),
        Reason::DestinationSendLimit
    );
    clinic.clock.forward(hours(1));
    assert_eq!(clinic.verifier.purge(1000).block_on().unwrap(), 1);
    clinic.code(&clinic.asks(&rex));
}

#[test]
fn bypass_094_fifty_requests_at_once_are_one_message() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let start = Barrier::new(50);
    thread::scope(|scope| {
        for number in 0..50 {
            let (clinic, challenge, start) = (&clinic, &challenge, &start);
            scope.spawn(move || {
                start.wait();
                let ticket = challenge.ticket();
                let sending = if number % 2 == 0 {
                    clinic.verifier.send(ticket, Channel::Sms).block_on()
                } else {
                    clinic.verifier.resend(ticket, Channel::Sms).block_on()
                };
                let _ = sending.unwrap();
            });
        }
    });
    assert_eq!(clinic.sent(), 1);
    assert_eq!(clinic.count(&rex, Event::SendRequested), 1);
    let code = clinic.newest_code().unwrap();
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_095_what_did_not_leave_costs_nothing_and_opens_nothing() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    clinic.outbox.answer(Handover::NotSent(NotSent::Unavailable));
    for _ in 0..9 {
        // At once again: no pause, and none of the limits on messages, since nothing left.
        let sending = clinic.verifier.send(challenge.ticket(), Channel::Sms);
        assert_eq!(
            is_refused(sending.block_on().unwrap()).reason(),
            Reason::DeliveryFailed
        );
    }
    let dropped = clinic.newest_code().unwrap();
    assert!(clinic.asks(&rex).sent().is_none());
    clinic.outbox.answer(Handover::Accepted { provider_id: None });
    let code = clinic.code(&challenge);
    if dropped != code {
        assert_eq!(clinic.why_not(&challenge, &dropped), Reason::Wrong);
    }
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_095_a_carrier_that_fails_is_not_asked_without_end() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    clinic.outbox.answer(Handover::NotSent(NotSent::Unavailable));
    for _ in 0..30 {
        is_refused(
            clinic
                .verifier
                .send(challenge.ticket(), Channel::Sms)
                .block_on()
                .unwrap(),
        );
    }
    assert_eq!(clinic.outbox.messages().len(), 10);
}

#[test]
fn bypass_095_what_may_have_left_works_and_so_does_the_one_before() {
    for newest in [true, false] {
        let clinic = wrs();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let a = clinic.code(&challenge);
        clinic.clock.forward(seconds(30));
        clinic.outbox.answer(Handover::Unknown);
        let uncertain = clinic.resend(&challenge, Channel::Sms);
        assert!(matches!(uncertain, Sending::Uncertain(_)));
        assert_eq!(clinic.sent(), 2, "nothing is sent again by itself");
        let b = clinic.newest_code().unwrap();
        let (used, other) = if newest { (&b, &a) } else { (&a, &b) };
        assert!(clinic.answer(&challenge, used).is_ok());
        assert_eq!(clinic.why_not(&challenge, other), Reason::AlreadyUsed);
    }
}

#[test]
fn bypass_095_a_crash_after_the_hand_over_leaves_the_code_that_arrived_working() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    clinic.clock.forward(seconds(30));
    let store = Arc::clone(&clinic.store);
    let crashing = hooked(&clinic, move || {
        let mut faults = Faults::default();
        faults.commit = u8::MAX;
        store.set(faults);
    });
    let error = crashing
        .resend(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    clinic.store.set(Faults::default());
    let b = clinic.newest_code().unwrap();
    assert_eq!(clinic.count(&rex, Event::SendAccepted), 1, "of the first one");

    // It was counted before it left, so a crash gives no message for nothing.
    let refusal = is_refused(clinic.resend(&challenge, Channel::Sms));
    assert_eq!(refusal.reason(), Reason::Cooldown);
    assert_ne!(a, b);
    assert!(clinic.answer(&challenge, &b).is_ok());
}

#[test]
fn bypass_095_a_store_that_fails_first_sends_nothing() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let mut faults = Faults::default();
    faults.commit = u8::MAX;
    clinic.store.set(faults);
    let error = clinic
        .verifier
        .send(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert_eq!(clinic.sent(), 0);
}

#[test]
fn bypass_095_a_number_that_took_the_place_of_a_bad_one_is_not_blamed() {
    for why in [NotSent::OptedOut, NotSent::BadDestination] {
        let clinic = wrs();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        clinic.outbox.answer(Handover::NotSent(why));
        let directory = Arc::clone(&clinic.directory);
        let person = medfactor::directory::Person::new(rex.clone(), medfactor::policy::Population::Staff)
            .destination(medfactor::contact::Destination::sms("+12125550177").unwrap());
        let changing = hooked(&clinic, move || directory.put_person(person.clone()));
        let sending = changing
            .send(challenge.ticket(), Channel::Sms)
            .block_on()
            .unwrap();
        is_refused(sending);
        clinic.outbox.answer(Handover::Accepted { provider_id: None });
        let methods: Vec<Method> = clinic
            .asks(&rex)
            .methods()
            .iter()
            .map(|offer| offer.method)
            .collect();
        assert_eq!(methods, [Method::Sms]);
        let code = clinic.code(&challenge);
        assert!(clinic.answer(&challenge, &code).is_ok());
    }
}

#[test]
fn bypass_095_who_wants_no_messages_gets_none() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    clinic.outbox.answer(Handover::NotSent(NotSent::OptedOut));
    let sending = clinic.verifier.send(challenge.ticket(), Channel::Sms);
    assert_eq!(is_refused(sending.block_on().unwrap()).reason(), Reason::OptedOut);
    clinic.outbox.answer(Handover::Accepted { provider_id: None });
    let challenge = clinic.asks(&rex);
    let methods: Vec<Method> = challenge.methods().iter().map(|offer| offer.method).collect();
    assert_eq!(methods, [Method::Email], "still required, by another way");
    assert!(matches!(
        clinic.resend(&challenge, Channel::Sms),
        Sending::Refused(_)
    ));
    assert_eq!(clinic.sent(), 1);
}

#[test]
fn bypass_096_neither_a_wrong_code_nor_a_page_drawn_again_sends_anything() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    for _ in 0..10 {
        clinic.asks(&rex);
    }
    assert_eq!(clinic.sent(), 0, "begin sends nothing");
    let code = clinic.code(&challenge);
    for _ in 0..6 {
        let verdict = clinic
            .submit(&challenge, &wrong(&code), Remember::No)
            .block_on()
            .unwrap();
        assert!(verdict.is_err());
        clinic.asks(&rex);
    }
    assert_eq!(clinic.sent(), 1);
}

#[test]
fn bypass_093_the_mailbox_has_a_limit_of_its_own() {
    let clinic = wrs();
    let mut sent = 0;
    for number in 0..12 {
        let subject = clinic.staff(&format!("u{number}"), None, Some(MAIL)).unwrap();
        let challenge = clinic.asks(&subject);
        let sending = clinic.verifier.send(challenge.ticket(), Channel::Email);
        sent += usize::from(matches!(sending.block_on().unwrap(), Sending::Sent(_)));
        clinic.clock.forward(minutes(1));
    }
    assert_eq!(sent, 10);
    let subject = clinic.staff("other", None, Some("other@x.org")).unwrap();
    is_sent(clinic.resend(&clinic.asks(&subject), Channel::Email));
}
