//! The code itself: by text message alone, once.

use std::sync::Arc;

use medfactor::flow::{Remember, Verdict};

use super::*;
use crate::common::{Ask, COOLDOWN};

#[test]
fn e01_a_patient_signs_in_with_a_code_by_text_message() {
    let clinic = portal_clinic();
    let pat = pat(&clinic);
    let challenge = asked(&clinic, &pat);
    assert_eq!(channels(&challenge), [Channel::Sms]);
    let code = clinic.code(&challenge);
    assert_eq!(clinic.answer(&challenge, &code).unwrap().purpose(), &portal());
}

#[test]
fn e06_a_thousand_patients_at_once_cost_two_round_trips_each() {
    let clinic = Arc::new(portal_clinic());
    let people: Vec<_> = (0..1000)
        .map(|number| {
            let phone = format!("+44770{number:07}");
            let who = patient(&clinic, "t1", &format!("p{number}"), &[sms(&phone)]);
            let challenge = asked(&clinic, &who);
            let code = clinic.code(&challenge);
            (challenge, code)
        })
        .collect();
    let before = clinic.store.round_trips();
    std::thread::scope(|scope| {
        for part in people.chunks(250) {
            let clinic = Arc::clone(&clinic);
            scope.spawn(move || {
                for (challenge, code) in part {
                    let verdict = clinic.verifier.submit(challenge.ticket(), code, Remember::No);
                    assert!(matches!(verdict.block_on().unwrap(), Verdict::Pass(_)));
                }
            });
        }
    });
    let after = clinic.store.round_trips();
    assert_eq!((after.0 - before.0, after.1 - before.1), (1000, 1000));
}

#[test]
fn e08_a_stolen_mailbox_is_not_enough() {
    let clinic = portal_clinic();
    let mail = Contact::new(Destination::email(MAIL).unwrap());
    let pat = patient(&clinic, "t1", "pat", &[sms(PHONE), mail]);
    let challenge = asked(&clinic, &pat);
    assert_eq!(
        challenge.methods()[0].destination.as_deref(),
        Some("+44••••••0123")
    );
    let refused = send(&clinic, &challenge, Channel::Email);
    assert!(matches!(refused, Sending::Refused(no) if no.reason() == Reason::MethodNotAllowed));
    assert!(clinic.outbox.last_by(Channel::Email).is_none());
}

#[test]
fn e09_a_code_works_once() {
    let clinic = portal_clinic();
    let pat = pat(&clinic);
    let first = asked(&clinic, &pat);
    let code = clinic.code(&first);
    let _ = clinic.answer(&first, &code).unwrap();
    assert_eq!(clinic.why_not(&first, &code), Reason::AlreadyUsed);
    clinic.clock.forward(COOLDOWN);
    let second = asked(&clinic, &pat);
    let other = clinic.code(&second);
    if other != code {
        assert_eq!(clinic.why_not(&second, &code), Reason::Wrong);
    }
}

#[test]
fn e10_mail_is_for_staff_only() {
    let clinic = portal_clinic();
    let mail = || Contact::new(Destination::email(MAIL).unwrap());
    let pat = patient(&clinic, "t1", "pat", &[sms(PHONE), mail()]);
    assert_eq!(channels(&asked(&clinic, &pat)), [Channel::Sms]);
    let clio = Subject::parse("t1", "clio").unwrap();
    let person = Person::new(clio.clone(), Population::Staff)
        .contact(sms(PHONE))
        .contact(mail());
    clinic.directory.put_person(person);
    let both = challenge(begin(&clinic, by(&clinic, &clio)));
    assert_eq!(channels(&both), [Channel::Sms, Channel::Email]);
}
