//! Following the link, typing the code, coming back.

use medfactor::audit::{Event, Reason};
use medfactor::delivery::{Handover, NotSent};
use medfactor::flow::{Remember, Ruling, Sending, Signal, Verdict, Why};
use medfactor::policy::Population;
use medfactor::purpose::Purpose;
use pollster::FutureExt as _;

use super::common::{Ask, MILLISECOND, hours, minutes, person, seconds, wrong};
use super::*;

#[test]
fn w01_nothing_is_asked_until_the_practice_switches_it_on() {
    let clinic = off();
    let pat = pat(&clinic);
    let Ruling::Pass(pass) = click(&clinic, &pat, video("A1"), None) else {
        panic!("nothing is switched on")
    };
    assert_eq!(pass.why(), Why::NotRequired(Reason::PolicyOff));
    assert_eq!(clinic.sent(), 0);
    assert_eq!(clinic.log(&pat).len(), 1);
}

#[test]
fn w02_a_code_for_one_thing_is_worthless_for_another() {
    let clinic = off();
    let messages = switched_on().for_purposes([Purpose::new("direct_message").unwrap()]);
    assert_eq!(save(&clinic, &[messages]), Decision::Made(1));
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let code = clinic.code(&visit);
    let message = Purpose::parse("direct_message/M7").unwrap();
    let other = challenge(click(&clinic, &pat, message, None));
    clinic.clock.forward(seconds(30));
    clinic.code(&other);
    assert_eq!(clinic.why_not(&other, &code), Reason::Wrong);
    let _ = clinic.answer(&visit, &code).unwrap();
}

#[test]
fn w03_the_message_goes_when_the_link_is_followed() {
    let clinic = on();
    let pat = pat(&clinic);
    clinic.clock.forward(hours(7 * 24));
    assert_eq!(clinic.sent(), 0);
    let clicked_at = clinic.clock.read();
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let Sending::Sent(info) = send(&clinic, &visit) else {
        panic!("a code is sent")
    };
    assert_eq!(clinic.sent(), 1);
    assert_eq!(info.expires_at, clicked_at.saturating_add(minutes(5)));
    assert!(clinic.log(&pat).iter().all(|entry| entry.at == clicked_at));
}

#[test]
fn w04_the_message_holds_the_code_alone_and_nothing_of_care() {
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let code = clinic.code(&visit);
    let text = clinic.outbox.last().unwrap().text;
    assert_eq!(text.split_whitespace().filter(|word| *word == code).count(), 1);
    assert!(text.contains("Harbour Clinic") && text.contains("5 minutes"));
    for word in ["pat", "Pat", "appointment", "video", "physio", "A1"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn w05_typing_the_code_lets_the_patient_in() {
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let code = clinic.code(&visit);
    clinic.clock.forward(minutes(5) - seconds(1));
    let pass = clinic.answer(&visit, &code).unwrap();
    assert_eq!((pass.subject(), pass.purpose()), (&pat, &video("A1")));
}

#[test]
fn w06_the_code_opens_this_visit_only() {
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let code = clinic.code(&visit);
    let pass = clinic.answer(&visit, &code).unwrap();
    clinic.clock.forward(minutes(1));
    let cookie = pass.device_cookie().unwrap().value();
    challenge(click(&clinic, &pat, video("A2"), Some(cookie)));
    challenge(click(&clinic, &pat, video("A2"), None));
}

#[test]
fn w19_each_click_does_not_cost_a_message() {
    let clinic = on();
    let pat = pat(&clinic);
    let first = challenge(click(&clinic, &pat, video("A1"), None));
    let resend_at = clinic.clock.read().saturating_add(seconds(30));
    let Sending::Sent(info) = send(&clinic, &first) else {
        panic!("a code is sent")
    };
    assert_eq!(info.resend_at, resend_at);
    for wait in [5, 15] {
        clinic.clock.forward(seconds(wait));
        let again = challenge(click(&clinic, &pat, video("A1"), None));
        assert_eq!(again.id(), first.id());
        assert_eq!(again.resend_at(), Some(info.resend_at));
        assert!(matches!(send(&clinic, &again), Sending::Already(_)));
    }
    assert_eq!(clinic.sent(), 1);
}

#[test]
fn w20_guessing_ends() {
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let code = clinic.code(&visit);
    for _ in 0..5 {
        assert_eq!(clinic.why_not(&visit, &wrong(&code)), Reason::Wrong);
    }
    assert_eq!(clinic.why_not(&visit, &code), Reason::ChallengeDead);
    let again = challenge(click(&clinic, &pat, video("A1"), None));
    assert!(matches!(send(&clinic, &again), Sending::Refused(no) if no.reason() == Reason::Cooldown));
    clinic.clock.forward(seconds(30));
    let code = clinic.code(&again);
    let _ = clinic.answer(&again, &code).unwrap();
}

#[test]
fn w21_what_counts_is_the_setting_at_the_moment_of_joining() {
    let clinic = off();
    let pat = pat(&clinic);
    assert_eq!(save(&clinic, &[switched_on()]), Decision::Made(1));
    challenge(click(&clinic, &pat, video("A1"), None));
    assert_eq!(save(&clinic, &[]), Decision::Made(2));
    assert!(matches!(click(&clinic, &pat, video("A1"), None), Ruling::Pass(_)));
}

/// The visit on D1 at 10:00, and a grant of two hours.
fn joined(clinic: &Clinic, pat: &Subject) -> String {
    let visit = challenge(click(clinic, pat, video("A1"), None));
    let code = clinic.code(&visit);
    let pass = clinic.answer(&visit, &code).unwrap();
    pass.device_cookie().unwrap().value().into()
}

#[test]
fn w24_the_line_drops_and_the_same_device_comes_back() {
    let clinic = on();
    let pat = pat(&clinic);
    let began = clinic.clock.read();
    let cookie = joined(&clinic, &pat);
    clinic.clock.forward(minutes(12));
    let Ruling::Pass(pass) = click(&clinic, &pat, video("A1"), Some(&cookie)) else {
        panic!("the device was here before")
    };
    let until = began.saturating_add(hours(2));
    assert_eq!(pass.why(), Why::Granted { until });
    let cookie: String = pass.device_cookie().unwrap().value().into();
    // Another device, and another visit, are asked.
    challenge(click(&clinic, &pat, video("A1"), None));
    challenge(click(&clinic, &pat, video("A2"), Some(&cookie)));
    // The end is two hours after the code, whoever comes back meanwhile.
    clinic.clock.set(until.saturating_sub(MILLISECOND));
    let Ruling::Pass(pass) = click(&clinic, &pat, video("A1"), Some(&cookie)) else {
        panic!("one millisecond is left")
    };
    let cookie: String = pass.device_cookie().unwrap().value().into();
    clinic.clock.set(until);
    challenge(click(&clinic, &pat, video("A1"), Some(&cookie)));
    // A clock that steps back revives nothing.
    clinic.clock.back(seconds(60));
    challenge(click(&clinic, &pat, video("A1"), Some(&cookie)));
}

#[test]
fn w24_the_grant_ends_with_the_visit_the_password_and_the_switch() {
    let signals = [
        Signal::ObjectClosed(&video("A1")),
        Signal::ObjectClosed(&Purpose::new("video_join").unwrap()),
        Signal::PasswordChanged { keep: None },
        Signal::ContactChanged(Channel::Sms),
    ];
    for signal in signals {
        let clinic = on();
        let pat = pat(&clinic);
        let cookie = joined(&clinic, &pat);
        clinic
            .verifier
            .signal(&pat, signal, &actor("clio"))
            .block_on()
            .unwrap();
        challenge(click(&clinic, &pat, video("A1"), Some(&cookie)));
    }
    let clinic = on();
    let pat = pat(&clinic);
    let cookie = joined(&clinic, &pat);
    let shorter = switched_on().purpose_grant(medfactor::policy::PurposeGrant::MIN);
    assert_eq!(save(&clinic, &[shorter]), Decision::Made(2));
    challenge(click(&clinic, &pat, video("A1"), Some(&cookie)));
    // Nor does it outlive the method it was given for.
    let clinic = on();
    let pat = super::pat(&clinic);
    let cookie = joined(&clinic, &pat);
    let nothing = switched_on().methods(medfactor::policy::Methods::new([]));
    assert_eq!(save(&clinic, &[nothing]), Decision::Made(2));
    assert!(matches!(
        click(&clinic, &pat, video("A1"), Some(&cookie)),
        Ruling::Blocked(_)
    ));
}

#[test]
fn w24_no_grant_where_nobody_is_remembered() {
    let clinic = on();
    let pat = pat(&clinic);
    let request = |device: Option<&str>| {
        let first = FirstFactor::passed_at(clinic.clock.read());
        let request = Begin::new(&pat, video("A1"), first)
            .device(device)
            .shared_device();
        clinic.verifier.begin(request).block_on().unwrap()
    };
    let visit = challenge(request(None));
    let code = clinic.code(&visit);
    let Verdict::Pass(pass) = clinic
        .verifier
        .submit(visit.ticket(), &code, Remember::Yes)
        .block_on()
        .unwrap()
    else {
        panic!("the right code")
    };
    assert!(pass.device_cookie().is_none() && pass.trusted_until().is_none());
    let cookie = joined(&clinic, &pat);
    challenge(request(Some(&cookie)));
}

#[test]
fn w23_a_number_that_cannot_be_reached_is_not_tried_again() {
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    clinic.outbox.answer(Handover::NotSent(NotSent::BadDestination));
    assert!(matches!(send(&clinic, &visit), Sending::Refused(no) if no.reason() == Reason::BadDestination));
    clinic.outbox.answer(Handover::Accepted { provider_id: None });
    let sent = clinic.sent();
    let Ruling::Blocked(refusal) = click(&clinic, &pat, video("A1"), None) else {
        panic!("nothing can be sent")
    };
    assert_eq!(refusal.reason(), Reason::NoUsableContact);
    assert_eq!(refusal.exact_reason(), Reason::BadDestination);
    assert!(matches!(send(&clinic, &visit), Sending::Refused(_)));
    assert_eq!(clinic.sent(), sent);
    let readiness = clinic.verifier.readiness(&pat, &video("A1")).block_on().unwrap();
    let unusable = medfactor::flow::Problem::UnusableContact(Channel::Sms);
    assert_eq!(readiness.problems, [unusable]);
    // Another number on file, and it works.
    person(&clinic, "pat", Population::Patient, Some("+447700900124"));
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    assert!(matches!(send(&clinic, &visit), Sending::Sent(_)));
}

#[test]
fn w23_the_carriers_late_word_counts_as_well() {
    use medfactor::delivery::{DeliveryState, Report};
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    clinic.code(&visit);
    let sent = clinic.outbox.last().unwrap().id;
    let failed = Report::new(DeliveryState::Failed)
        .why("30005")
        .permanent(NotSent::BadDestination);
    assert!(
        clinic
            .verifier
            .note_delivery(&pat, sent, &failed)
            .block_on()
            .unwrap()
    );
    let ruling = click(&clinic, &pat, video("A2"), None);
    assert!(matches!(ruling, Ruling::Blocked(no) if no.exact_reason() == Reason::BadDestination));
    // Whoever writes START from there is reached.
    let there = medfactor::contact::Destination::sms(PHONE).unwrap();
    let start = medfactor::flow::Consent::OptIn;
    let practice = practice_id();
    clinic
        .verifier
        .set_consent(&practice, &there, start, &actor("clio"))
        .block_on()
        .unwrap();
    challenge(click(&clinic, &pat, video("A2"), None));
    assert_eq!(clinic.count(&pat, Event::SendFailed), 1);
}
