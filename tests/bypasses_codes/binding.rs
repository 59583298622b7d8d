//! C: a code belongs to one person, one challenge, one destination.

use medfactor::audit::{Actor, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Remember, Signal, Ticket, Verdict};
use medfactor::ids::{PracticeId, Subject};
use medfactor::testing::{Clinic, SharedStore};
use pollster::FutureExt as _;

use crate::common::{Ask, MAIL, is_sent, seconds, wrs, wrs_policy};

#[test]
fn bypass_035_a_code_is_worth_nothing_without_the_ticket_it_was_asked_with() {
    let clinic = wrs();
    let (rex, mallory) = (
        clinic.rex(),
        clinic.staff("mal", Some("+12125550199"), None).unwrap(),
    );
    let of_rex = clinic.asks(&rex);
    let code = clinic.code(&of_rex);
    let of_mallory = clinic.asks(&mallory);
    let own = clinic.code(&of_mallory);
    assert_ne!(own, code);
    assert_eq!(
        clinic.why_not(&of_mallory, &code),
        Reason::Wrong,
        "somebody else's"
    );
    let elsewhere = clinic.asks_session(&rex, "another browser");
    let second = clinic.code(&elsewhere);
    assert_ne!(second, code);
    assert_eq!(
        clinic.why_not(&elsewhere, &code),
        Reason::Wrong,
        "another challenge"
    );

    // A ticket that was changed anywhere is none, and nothing is counted by it.
    let text = of_rex.ticket().as_str();
    for place in 3..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'a' { b'b' } else { b'a' };
        let forged = Ticket::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let verdict = clinic.verifier.submit(&forged, &code, Remember::No);
        match verdict.block_on().unwrap() {
            Verdict::Rejected(rejection) => assert_eq!(rejection.reason(), Reason::UnknownChallenge),
            Verdict::Pass(_) => panic!("place {place}"),
        }
    }
    assert!(clinic.answer(&of_rex, &code).is_ok());
}

#[test]
fn bypass_035_a_ticket_of_another_installation_is_none() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let other = medfactor::keys::KeyRing::new(
        medfactor::keys::KeyId::new(1),
        *b"another key with the same number",
    );
    let other = clinic.another_verifier(wrs_policy(), other.unwrap()).unwrap();
    let verdict = other
        .submit(challenge.ticket(), &code, Remember::No)
        .block_on()
        .unwrap();
    assert!(matches!(verdict, Verdict::Rejected(_)));
}

#[test]
fn bypass_037_after_a_pass_the_handle_is_a_new_one() {
    let clinic = wrs();
    let rex = clinic.rex();
    let before = clinic.asks(&rex);
    let code = clinic.code(&before);
    let pass = clinic.answer(&before, &code).unwrap();
    let after = clinic.asks(&rex);
    assert_ne!(after.id(), before.id());
    assert_ne!(after.ticket(), before.ticket());
    let cookie = pass.device_cookie().unwrap().value();
    assert!(!cookie.contains(before.ticket().as_str()));
    // The old handle neither opens nor sends any more.
    assert_eq!(clinic.why_not(&before, &code), Reason::AlreadyUsed);
    let resend = clinic.resend(&before, Channel::Email);
    assert!(matches!(resend, medfactor::flow::Sending::Refused(_)));
    assert_eq!(clinic.sent(), 1);
}

#[test]
fn bypass_038_the_practice_is_part_of_everything() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let other = PracticeId::new("t2").unwrap();
    let practice = medfactor::directory::Practice::new("Other").zone(medfactor::time::Zone::utc());
    clinic.directory.put_practice(other.clone(), practice);
    let namesake = Subject::new(other, rex.id().clone());
    let person = medfactor::directory::Person::new(namesake.clone(), medfactor::policy::Population::Staff);
    let contact = medfactor::contact::Destination::email(MAIL).unwrap();
    clinic.directory.put_person(person.destination(contact));
    let elsewhere = clinic.asks(&namesake);
    is_sent(clinic.resend(&elsewhere, Channel::Email));
    assert!(clinic.answer(&elsewhere, &code).is_err());
    assert!(
        clinic
            .log(&namesake)
            .iter()
            .all(|entry| entry.practice.as_str() == "t2")
    );
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_042_a_code_that_went_to_the_old_number_opens_nothing_once_it_has_changed() {
    for told in [false, true] {
        let clinic = wrs();
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        clinic.staff("rex", Some("+12125550177"), Some(MAIL)).unwrap();
        if told {
            let signal = Signal::ContactChanged(Channel::Sms);
            let noted = clinic.verifier.signal(&rex, signal, &Actor::Subject);
            noted.block_on().unwrap();
        }
        assert_eq!(clinic.why_not(&challenge, &code), Reason::Superseded, "{told}");
        clinic.clock.forward(seconds(30));
        let new = clinic.code(&challenge);
        assert_eq!(clinic.outbox.last().unwrap().destination.expose(), "+12125550177");
        assert!(clinic.answer(&challenge, &new).is_ok());
    }
}

#[test]
fn bypass_042_a_contact_that_is_gone_takes_its_code_with_it() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.staff("rex", None, Some(MAIL)).unwrap();
    assert!(clinic.answer(&challenge, &code).is_err());
    clinic.directory.remove_person(&rex);
    assert_eq!(clinic.why_not(&challenge, &code), Reason::UnknownSubject);
}

#[test]
fn bypass_043_only_the_newest_code_opens() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let a = clinic.code(&challenge);
    clinic.clock.forward(seconds(30));
    is_sent(clinic.resend(&challenge, Channel::Sms));
    let b = clinic.newest_code().unwrap();
    clinic.clock.forward(seconds(30));
    is_sent(clinic.resend(&challenge, Channel::Email));
    let c = clinic.newest_code().unwrap();
    for old in [&a, &b] {
        let rejection = clinic.answer(&challenge, old).unwrap_err();
        assert_eq!(rejection.reason(), Reason::Superseded);
        let newest = clinic.outbox.last().unwrap().reference;
        assert_eq!(rejection.newest_reference().unwrap().as_str(), newest);
    }
    assert!(clinic.answer(&challenge, &c).is_ok());
}

#[test]
fn bypass_043_another_process_agrees() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let keys = Clinic::<SharedStore>::keys().unwrap();
    let other = clinic.another_verifier(wrs_policy(), keys).unwrap();
    let verdict = other
        .submit(challenge.ticket(), &code, Remember::No)
        .block_on()
        .unwrap();
    assert!(matches!(verdict, Verdict::Pass(_)));
    assert_eq!(clinic.why_not(&challenge, &code), Reason::AlreadyUsed);
}
