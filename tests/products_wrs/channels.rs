//! By which way a code goes, what stands in it, and how long it is.

use medfactor::audit::{Event, Reason};
use medfactor::code::CodeLength;
use medfactor::contact::Channel;
use medfactor::directory::Practice;
use medfactor::flow::Offer;
use medfactor::method::Method;
use medfactor::policy::{Layer, Policy, Requirement, WarningKind};
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, LONG, MAIL, MOBILE, SignIn, clinic_at, is_refused, is_sent, neither, practice_id, wrong,
    wrs_policy,
};
use crate::{clinic, new_york};

fn offered(offers: &[Offer]) -> Vec<(Method, &str)> {
    offers
        .iter()
        .map(|offer| (offer.method, offer.destination.as_deref().unwrap_or_default()))
        .collect()
}

#[test]
fn h07_mobile_and_mail_are_offered_masked_and_the_person_chooses() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    assert_eq!(
        offered(challenge.methods()),
        [(Method::Sms, "+1••••••0142"), (Method::Email, "r•••@x.org")]
    );
    assert_eq!(clinic.sent(), 0, "nothing leaves before the choice");

    let sending = clinic.verifier.send(challenge.ticket(), Channel::Email);
    let info = is_sent(sending.block_on().unwrap());
    assert_eq!(
        (info.method, info.destination.as_str()),
        (Method::Email, "r•••@x.org")
    );
    let messages = clinic.outbox.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].destination.channel(), Channel::Email);
    assert_eq!(messages[0].destination.expose(), MAIL);
    let pass = clinic.answer(&challenge, &messages[0].code).unwrap();
    assert_eq!(pass.method(), Some(Method::Email));
    assert_eq!(
        clinic.events(&rex).block_on().unwrap(),
        [
            Event::Begin,
            Event::CodeIssued,
            Event::SendRequested,
            Event::SendAccepted,
            Event::Verified,
            Event::TrustGranted,
            Event::NewDeviceVerified,
        ]
    );
}

#[test]
fn h07_who_has_only_one_contact_is_offered_only_that() {
    let clinic = clinic();
    let mail = clinic.staff("mail", None, Some(MAIL)).unwrap();
    let challenge = clinic.asks(&mail);
    assert_eq!(offered(challenge.methods()), [(Method::Email, "r•••@x.org")]);
    let sending = clinic.verifier.send(challenge.ticket(), Channel::Sms);
    let refusal = is_refused(sending.block_on().unwrap());
    assert_eq!(refusal.reason(), Reason::NoUsableContact);
    let entry = clinic.last(&mail);
    assert_eq!(
        (entry.event, entry.reason, entry.method),
        (
            Event::SendRefused,
            Some(Reason::NoUsableContact),
            Some(Method::Sms)
        )
    );
}

#[test]
fn h08_a_practice_without_the_messaging_product_still_gets_codes() {
    let plain = Policy::new().layer(
        Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Sms, Method::Email]),
    );
    for (policy, expected) in [
        (wrs_policy(), [Method::Sms, Method::Email].as_slice()),
        (plain, [Method::Email].as_slice()),
    ] {
        let clinic = clinic_at(&new_york(), policy);
        let practice = Practice::new("Harbour Clinic")
            .zone(new_york())
            .without(Channel::Sms);
        clinic.directory.put_practice(practice_id(), practice);
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let methods: Vec<Method> = challenge.methods().iter().map(|offer| offer.method).collect();
        assert_eq!(methods, expected);
        let sending = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .block_on()
            .unwrap();
        if expected.contains(&Method::Sms) {
            is_sent(sending);
            assert_eq!(clinic.outbox.messages()[0].destination.expose(), MOBILE);
        } else {
            assert_eq!(is_refused(sending).reason(), Reason::NoUsableContact);
            assert_eq!(clinic.sent(), 0);
        }
    }
}

#[test]
fn h20_the_code_by_mail_replaces_the_one_by_text_and_tries_are_carried_on() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    for left in [4, 3] {
        let rejection = clinic.answer(&challenge, &wrong(&a)).unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.attempts_left()),
            (Reason::Wrong, Some(left))
        );
    }
    let b = clinic.send(&challenge, Channel::Email).block_on().unwrap();
    let reference = clinic.outbox.last().unwrap().reference;

    let old = clinic.answer(&challenge, &a).unwrap_err();
    assert_eq!((old.reason(), old.attempts_left()), (Reason::Superseded, Some(3)));
    assert_eq!(old.newest_reference().unwrap().as_str(), reference);
    assert!(old.english().contains(&reference));
    assert_eq!(clinic.asks(&rex).attempts_left(), 3, "three, not five");
    assert_eq!(clinic.asks(&rex).id(), challenge.id());

    let pass = clinic.answer(&challenge, &b).unwrap();
    assert_eq!(pass.method(), Some(Method::Email));
    let reasons: Vec<_> = clinic
        .log(&rex)
        .into_iter()
        .filter(|entry| entry.event == Event::AttemptFailed)
        .map(|entry| entry.reason.unwrap())
        .collect();
    assert_eq!(reasons, [Reason::Wrong, Reason::Wrong, Reason::Superseded]);
    assert_eq!(clinic.count(&rex, Event::CodeSuperseded), 1);
}

#[test]
fn h20_the_text_message_dies_only_when_the_mail_was_handed_over() {
    use medfactor::delivery::{Handover, NotSent};
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    clinic.outbox.answer(Handover::NotSent(NotSent::Unavailable));
    let sending = clinic.verifier.send(challenge.ticket(), Channel::Email);
    assert_eq!(
        is_refused(sending.block_on().unwrap()).reason(),
        Reason::DeliveryFailed
    );
    let b = clinic.newest_code().unwrap();
    assert_eq!(clinic.why_not(&challenge, &b), Reason::Wrong, "it was dropped");
    assert_eq!(clinic.answer(&challenge, &a).unwrap().method(), Some(Method::Sms));
}

#[test]
fn h26_a_short_code_is_warned_of_and_works() {
    assert!(
        wrs_policy()
            .warnings()
            .iter()
            .all(|warning| warning.kind != WarningKind::ShortCode)
    );
    for (digits, warned) in [(4, true), (5, true), (6, false), (10, false)] {
        let length = CodeLength::new(digits).unwrap();
        let policy = wrs_policy().layer(Layer::vendor().code_length(length));
        let warnings = policy.warnings();
        let short: Vec<_> = warnings
            .iter()
            .filter(|warning| warning.kind == WarningKind::ShortCode)
            .map(|warning| warning.path.as_str())
            .collect();
        assert_eq!(
            short,
            if warned {
                vec!["layers[4].code_length"]
            } else {
                vec![]
            }
        );

        let clinic = clinic_at(&new_york(), policy);
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        assert_eq!(code.len(), usize::from(digits));
        assert_eq!(clinic.why_not(&challenge, &wrong(&code)), Reason::Wrong);
        assert!(clinic.answer(&challenge, &code).is_ok());
    }
    assert!(CodeLength::new(3).is_err());
    assert!(CodeLength::new(11).is_err());
}

#[test]
fn h26_six_digits_when_nothing_is_said_and_leading_zeros_stay() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut zeros = 0;
    for _ in 0..60 {
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        assert_eq!(code.len(), 6);
        zeros += usize::from(code.starts_with('0'));
        assert!(clinic.answer(&challenge, &code).is_ok());
        clinic.clock.forward(LONG);
    }
    assert!(zeros > 0, "the seed has some");
}

#[test]
fn h27_the_message_says_what_to_do_about_a_sign_in_of_somebody_else() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let mail = clinic.send(&challenge, Channel::Email).block_on().unwrap();
    let messages = clinic.outbox.messages();
    for (message, code) in messages.iter().zip([&code, &mail]) {
        let text = message.text.as_str();
        assert!(
            text.trim_end()
                .ends_with("If you did not try to sign in, tell your practice."),
            "{text}"
        );
        assert!(text.contains("Harbour Clinic") && text.contains("5 minutes"));
        assert!(text.contains(&message.reference));
        let tokens = text.split_whitespace().filter(|token| token == code);
        assert_eq!(tokens.count(), 1, "the code stands alone, once: {text}");
        assert!(!text.to_lowercase().contains("rex"), "no name: {text}");
    }
}

#[test]
fn h27_a_new_device_is_told_apart_from_a_known_one() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Asked);
    assert_eq!(clinic.count(&rex, Event::NewDeviceVerified), 1);
    let entry = clinic.last(&rex);
    assert_eq!(entry.event, Event::NewDeviceVerified);
    assert_eq!(entry.method, Some(Method::Sms));
    assert!(entry.device.is_some());

    // The same browser, days later: asked again, and known.
    clinic.clock.forward(LONG * 4);
    let challenge = clinic.challenge(&rex, browser.cookie(&rex)).block_on().unwrap();
    let code = clinic.code(&challenge);
    let pass = clinic.answer(&challenge, &code).unwrap();
    assert_eq!(pass.device(), entry.device);
    assert_eq!(clinic.count(&rex, Event::NewDeviceVerified), 1);
    // Another one.
    clinic.clock.forward(LONG * 4);
    let mut other = Browser::new();
    assert_eq!(other.sign_in(&clinic, &rex), SignIn::Asked);
    assert_eq!(clinic.count(&rex, Event::NewDeviceVerified), 2);
    // A failed try is no new device.
    clinic.clock.forward(LONG * 4);
    let challenge = clinic.asks(&rex);
    let next = clinic.code(&challenge);
    assert_eq!(clinic.why_not(&challenge, &neither(&next, &code)), Reason::Wrong);
    assert_eq!(clinic.count(&rex, Event::NewDeviceVerified), 2);
}
