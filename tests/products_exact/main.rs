//! Every row of EXACT's help pages that the library keeps, each test named after its row, on the real verifier.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests stop where they fail")]

mod bypass;
mod codes;
#[path = "../common/mod.rs"]
mod common;
mod contacts;
mod waivers;

use medfactor::audit::{Actor, EntryQuery, Reason};
use medfactor::contact::{Channel, Destination};
use medfactor::directory::{Action, Contact, Person, Practice};
use medfactor::flow::{Begin, Challenge, FirstFactor, Ruling, Sending};
use medfactor::ids::{PracticeId, Subject, SubjectId};
use medfactor::policy::presets::exact_portal;
use medfactor::policy::{Policy, Population};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

const PHONE: &str = "+447700900123";
const MAIL: &str = "pat@example.org";

fn portal() -> Purpose {
    Purpose::new("portal_login").unwrap()
}

fn actor(id: &str) -> Actor {
    Actor::staff(SubjectId::new(id).unwrap())
}

fn t9() -> PracticeId {
    PracticeId::new("t9").unwrap()
}

/// Practices t1, t9 and t10 under the preset; ADA administers, VERA is the vendor's operator.
fn portal_clinic() -> Clinic {
    under(exact_portal())
}

fn under(policy: Policy) -> Clinic {
    let clinic = Clinic::new(policy).unwrap();
    for id in ["t9", "t10"] {
        let id = PracticeId::new(id).unwrap();
        clinic.directory.put_practice(id, Practice::new("Harbour Dental"));
    }
    clinic.directory.permit(&actor("ada"), Action::SaveSettings);
    clinic.directory.permit(&actor("vera"), Action::GrantWaiver);
    clinic.directory.permit(&actor("vera"), Action::WithdrawWaiver);
    clinic
}

fn patient(clinic: &Clinic, practice: &str, id: &str, contacts: &[Contact]) -> Subject {
    let subject = Subject::parse(practice, id).unwrap();
    let person = Person::new(subject.clone(), Population::Patient);
    let add = |person: Person, contact: &Contact| person.contact(contact.clone());
    clinic.directory.put_person(contacts.iter().fold(person, add));
    subject
}

fn sms(number: &str) -> Contact {
    Contact::new(Destination::sms(number).unwrap())
}

fn pat(clinic: &Clinic) -> Subject {
    patient(clinic, "t1", "pat", &[sms(PHONE)])
}

/// A link that was made just now and went by mail.
fn link(clinic: &Clinic, who: &Subject) -> Begin {
    let version = clinic.verifier.contact_version(who).block_on().unwrap();
    by(clinic, who).link(Channel::Email).contacts(version.as_str())
}

/// The same without what the link carries.
fn by(clinic: &Clinic, who: &Subject) -> Begin {
    Begin::new(who, portal(), FirstFactor::passed_at(clinic.clock.read()))
}

fn begin(clinic: &Clinic, request: Begin) -> Ruling {
    clinic.verifier.begin(request).block_on().unwrap()
}

fn asked(clinic: &Clinic, who: &Subject) -> Challenge {
    challenge(begin(clinic, link(clinic, who)))
}

fn challenge(ruling: Ruling) -> Challenge {
    match ruling {
        Ruling::Challenge(challenge) => challenge,
        other => panic!("{other:?}"),
    }
}

/// The text the person reads, and the reason the audit trail has.
fn blocked(clinic: &Clinic, who: &Subject, request: Begin) -> (String, Reason) {
    let Ruling::Blocked(refusal) = begin(clinic, request) else {
        panic!("something stands in the way")
    };
    assert_eq!(refusal.reason(), Reason::NoUsableContact);
    let entries = clinic.history(who).block_on().unwrap();
    let told = entries.last().and_then(|entry| entry.reason).unwrap();
    assert_eq!(refusal.exact_reason(), told);
    (refusal.public_text().english().into(), told)
}

fn channels(challenge: &Challenge) -> Vec<Channel> {
    challenge
        .methods()
        .iter()
        .filter_map(|offer| offer.method.channel())
        .collect()
}

fn send(clinic: &Clinic, challenge: &Challenge, channel: Channel) -> Sending {
    clinic
        .verifier
        .send(challenge.ticket(), channel)
        .block_on()
        .unwrap()
}

fn practice_log(clinic: &Clinic, practice: &PracticeId) -> Vec<medfactor::audit::Entry> {
    let all = EntryQuery::practice(practice.clone());
    let page = clinic.verifier.history(&all).block_on().unwrap();
    page.entries
        .into_iter()
        .filter(|entry| entry.subject.is_none())
        .collect()
}
