//! Whom a code can be sent to, and what staff see beforehand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use medfactor::audit::{Event, Reason};
use medfactor::delivery::{Credit, Metered};
use medfactor::flow::{Problem, Ruling, Sending};
use medfactor::ids::PracticeId;
use medfactor::policy::Population;
use medfactor::verifier::Verifier;
use pollster::FutureExt as _;

use super::common::{Ask, COOLDOWN, hours, person, seconds};
use super::*;

/// A practice's account with its carrier.
#[derive(Debug)]
struct Account(AtomicBool);

impl Credit for Account {
    async fn reserve(&self, _: &PracticeId, _: Channel) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    async fn give_back(&self, _: &PracticeId, _: Channel) {}
}

#[test]
fn w07_without_credit_nothing_is_sent_and_nothing_is_counted() {
    let clinic = on();
    let pat = pat(&clinic);
    let account = Arc::new(Account(AtomicBool::new(false)));
    let keys = Clinic::<medfactor::testing::SharedStore>::keys().unwrap();
    let verifier = Verifier::builder(clinic.verifier.policy().clone(), keys)
        .store(Arc::clone(&clinic.store))
        .delivery(Metered::new(Arc::clone(&clinic.outbox), Arc::clone(&account)))
        .directory(Arc::clone(&clinic.directory))
        .clock(clinic.clock.clone())
        .build()
        .unwrap();
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    let sending = verifier.send(visit.ticket(), Channel::Sms).block_on().unwrap();
    let Sending::Refused(refusal) = sending else {
        panic!("there is no credit")
    };
    assert_eq!(refusal.public_text(), medfactor::message::Text::Unavailable);
    assert_eq!(refusal.reason(), Reason::DeliveryFailed);
    assert_eq!(clinic.last(&pat).reason, Some(Reason::BudgetExhausted));
    assert_eq!(clinic.sent(), 0);
    let again = challenge(click(&clinic, &pat, video("A1"), None));
    assert!(again.sent().is_none());
    assert_eq!(again.attempts_left(), 5);
    // Once there is credit, it goes at once.
    account.0.store(true, Ordering::SeqCst);
    let sending = verifier.send(visit.ticket(), Channel::Sms).block_on().unwrap();
    assert!(matches!(sending, Sending::Sent(_)));
}

#[test]
fn w08_who_has_no_mobile_gets_no_code() {
    let clinic = on();
    let pat2 = person(&clinic, "pat2", Population::Patient, None);
    let ruling = click(&clinic, &pat2, video("A1"), None);
    assert!(matches!(ruling, Ruling::Blocked(no) if no.reason() == Reason::NoUsableContact));
    assert_eq!(clinic.sent(), 0);
}

#[test]
fn w09_booking_can_ask_what_is_missing() {
    let clinic = on();
    let pat2 = person(&clinic, "pat2", Population::Patient, None);
    let readiness = clinic.verifier.readiness(&pat2, &video("A3")).block_on().unwrap();
    assert_eq!(
        readiness.problems,
        [Problem::MissingContact([Channel::Sms].into())]
    );
    assert!(clinic.log(&pat2).is_empty());
}

#[test]
fn w10_a_number_added_before_the_visit_makes_the_old_link_work() {
    let clinic = on();
    let pat2 = person(&clinic, "pat2", Population::Patient, None);
    let old = clinic.verifier.contact_version(&pat2).block_on().unwrap();
    clinic.clock.forward(hours(5));
    person(&clinic, "pat2", Population::Patient, Some(PHONE));
    let first = FirstFactor::passed_at(clinic.clock.read());
    let link = Begin::new(&pat2, video("A3"), first)
        .link(Channel::Email)
        .contacts(old.as_str());
    let visit = challenge(clinic.verifier.begin(link).block_on().unwrap());
    assert!(matches!(send(&clinic, &visit), Sending::Sent(_)));
    assert_eq!(clinic.outbox.last().unwrap().destination.expose(), PHONE);
}

#[test]
fn w22_the_code_goes_to_the_number_on_record() {
    // That no call takes another one is what the types say; that the record's one is used is seen here.
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    assert!(matches!(send(&clinic, &visit), Sending::Sent(_)));
    clinic.clock.forward(COOLDOWN);
    assert!(matches!(clinic.resend(&visit, Channel::Sms), Sending::Sent(_)));
    for message in clinic.outbox.messages() {
        assert_eq!(message.destination.expose(), PHONE);
    }
}

#[test]
fn w11_staff_send_another_code_within_the_patients_own_limits() {
    let clinic = on();
    let pat = pat(&clinic);
    let visit = challenge(click(&clinic, &pat, video("A1"), None));
    assert!(matches!(send(&clinic, &visit), Sending::Sent(_)));
    let first = clinic.newest_code().unwrap();
    clinic.clock.forward(seconds(60));
    let sending = clinic
        .verifier
        .send_for(&pat, &video("A1"), Channel::Sms, &actor("clio"))
        .block_on()
        .unwrap();
    assert!(matches!(sending, Sending::Sent(_)));
    assert_eq!(clinic.outbox.last().unwrap().destination.expose(), PHONE);
    let told = clinic.log(&pat);
    let asked = told
        .iter()
        .rfind(|entry| entry.event == Event::SendRequested)
        .unwrap();
    assert_eq!(asked.actor, actor("clio"));
    // The page that is open takes the new one, and the old one no more.
    let second = clinic.newest_code().unwrap();
    if first != second {
        assert_eq!(clinic.why_not(&visit, &first), Reason::Superseded);
    }
    let _ = clinic.answer(&visit, &second).unwrap();
}

#[test]
fn w12_staff_never_see_the_code() {
    let clinic = on();
    let pat = pat(&clinic);
    let _visit = challenge(click(&clinic, &pat, video("A1"), None));
    let sending = clinic
        .verifier
        .send_for(&pat, &video("A1"), Channel::Sms, &actor("clio"))
        .block_on()
        .unwrap();
    let code = clinic.newest_code().unwrap();
    assert!(!format!("{sending:?}").contains(&code));
    for entry in clinic.log(&pat) {
        assert!(!format!("{entry:?}").contains(&code));
    }
}
