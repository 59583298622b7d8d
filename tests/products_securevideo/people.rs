//! Participants, their contacts and zones, and 'Remind'.

use medfactor::audit::{Event, Reason};
use medfactor::contact::{Channel, Destination};
use medfactor::directory::{Person, Practice};
use medfactor::flow::{Begin, FirstFactor, Ruling, Sending};
use medfactor::ids::Subject;
use medfactor::method::Method;
use medfactor::policy::{Layer, Population, Requirement};
use medfactor::testing::Clinic;
use medfactor::time::Zone;
use pollster::FutureExt as _;

use super::common::{is_refused, is_sent, minutes, person, practice_id, seconds};
use super::{MOBILE, Video as _, clio, session, video, video_under};

/// The preset at a practice that asks invitees for a code.
fn asking() -> Clinic {
    let practice = Layer::practice(practice_id()).requirement(Requirement::Required);
    let clinic = video_under(super::and(practice));
    let london = Zone::named("Europe/London").unwrap();
    clinic
        .directory
        .put_practice(practice_id(), Practice::new("Harbour Clinic").zone(london));
    clinic
}

fn begin(clinic: &Clinic, subject: &Subject, minutes_ago: u64) -> Ruling {
    let passed_at = clinic.clock.read().saturating_sub(minutes(minutes_ago));
    let request = Begin::new(subject, session("S1"), FirstFactor::passed_at(passed_at));
    clinic.verifier.begin(request).block_on().unwrap()
}

fn offered(ruling: &Ruling) -> Vec<Method> {
    match ruling {
        Ruling::Challenge(challenge) => challenge.methods().iter().map(|offer| offer.method).collect(),
        other => panic!("{other:?}"),
    }
}

fn pat_in(clinic: &Clinic, zone: Option<&str>) -> Subject {
    let pat = Subject::parse("t1", "pat").unwrap();
    let known = Person::new(pat.clone(), Population::Patient)
        .destination(Destination::sms(MOBILE).unwrap())
        .destination(Destination::email("pat@example.org").unwrap());
    let known = match zone {
        Some(zone) => known.zone(Zone::named(zone).unwrap()),
        None => known,
    };
    clinic.directory.put_person(known);
    pat
}

#[test]
fn v01_a_stale_first_factor_is_refused() {
    let clinic = asking();
    let pat = pat_in(&clinic, None);
    match begin(&clinic, &pat, 11) {
        Ruling::Blocked(refusal) => assert_eq!(refusal.reason(), Reason::FirstFactorStale),
        other => panic!("{other:?}"),
    }
}

#[test]
fn v02_times_are_shown_in_the_persons_own_zone_and_nothing_else_depends_on_it() {
    let mut outcomes = Vec::new();
    for (zone, shown) in [
        (Some("America/Denver"), "2026-06-15 03:05"),
        (Some("Pacific/Kiritimati"), "2026-06-15 23:05"),
        (None, "2026-06-15 10:05"),
    ] {
        let clinic = asking();
        let pat = pat_in(&clinic, zone);
        let Ruling::Challenge(challenge) = begin(&clinic, &pat, 0) else {
            panic!("a challenge was expected")
        };
        let info = is_sent(
            clinic
                .verifier
                .send(challenge.ticket(), Channel::Sms)
                .block_on()
                .unwrap(),
        );
        let message = clinic.outbox.last().unwrap();
        assert_eq!(message.expires_local, shown);
        clinic.clock.set(info.expires_at.saturating_sub(seconds(1)));
        let pass = clinic.submit(&challenge, &message.code, medfactor::flow::Remember::Yes);
        let pass = pass.block_on().unwrap().unwrap();
        clinic.open("S1", &[&pat]);
        let code = clinic.read_out(&pat, "S1");
        let until = clinic.redeem(&code).unwrap().until();
        outcomes.push((info.expires_at, pass.at(), pass.trusted_until(), until));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], outcomes[2]);
}

#[test]
fn v02_without_any_zone_times_are_shown_in_utc_and_say_so() {
    let clinic = asking();
    clinic
        .directory
        .put_practice(practice_id(), Practice::new("Harbour Clinic"));
    let pat = pat_in(&clinic, None);
    let Ruling::Challenge(challenge) = begin(&clinic, &pat, 0) else {
        panic!("a challenge was expected")
    };
    let _sent = clinic
        .verifier
        .send(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap();
    assert_eq!(
        clinic.outbox.last().unwrap().expires_local,
        "2026-06-15 09:05 UTC"
    );
}

#[test]
fn v03_a_participant_without_any_contact_is_let_in_by_link() {
    let clinic = video();
    let pat3 = person(&clinic, "pat3", Population::Patient, None);
    match begin(&clinic, &pat3, 0) {
        Ruling::Pass(pass) => assert_eq!(pass.why(), medfactor::flow::Why::NotRequired(Reason::PolicyOff)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn v04_without_a_right_to_text_messages_mail_alone_is_offered() {
    let clinic = asking();
    let pat = pat_in(&clinic, None);
    assert_eq!(offered(&begin(&clinic, &pat, 0)), [Method::Sms, Method::Email]);
    let practice = Practice::new("Harbour Clinic").without(Channel::Sms);
    clinic.directory.put_practice(practice_id(), practice);
    assert_eq!(offered(&begin(&clinic, &pat, 0)), [Method::Email]);
}

#[test]
fn v07_remind_sends_once_in_thirty_seconds_whoever_presses() {
    let clinic = asking();
    let pat = pat_in(&clinic, None);
    let Ruling::Challenge(challenge) = begin(&clinic, &pat, 0) else {
        panic!("a challenge was expected")
    };
    let remind = || -> Sending {
        let sending = clinic
            .verifier
            .send_for(&pat, &session("S1"), Channel::Sms, &clio())
            .block_on();
        sending.unwrap()
    };
    let pressed = clinic.clock.read();
    let info = is_sent(remind());
    let code = clinic.newest_code().unwrap();
    assert!(!format!("{info:?}").contains(&code), "staff see no digit");
    clinic.clock.forward(seconds(3));
    let refusal = is_refused(remind());
    assert_eq!(refusal.reason(), Reason::Cooldown);
    assert_eq!(refusal.retry_at(), Some(pressed.saturating_add(seconds(30))));
    // The patient's own wish waits for the same half minute.
    let own = clinic
        .verifier
        .resend(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap();
    assert_eq!(is_refused(own).reason(), Reason::Cooldown);
    assert_eq!(clinic.outbox.messages().len(), 1);
    clinic.clock.forward(seconds(27));
    is_sent(remind());
    for event in [Event::SendRequested, Event::SendAccepted] {
        for entry in clinic.told(event) {
            assert_eq!(entry.actor, clio(), "{event}");
        }
    }
    // And the same number of messages: three in a challenge.
    clinic.clock.forward(seconds(30));
    is_sent(remind());
    clinic.clock.forward(seconds(30));
    assert_eq!(is_refused(remind()).reason(), Reason::ChallengeSendLimit);
    let code = clinic.newest_code().unwrap();
    let pass = clinic
        .submit(&challenge, &code, medfactor::flow::Remember::No)
        .block_on();
    assert!(pass.unwrap().is_ok());
    assert_eq!(
        is_refused(remind()).reason(),
        Reason::UnknownChallenge,
        "nothing is open any more"
    );
}

#[test]
fn v07_nobody_is_reminded_of_what_they_did_not_begin() {
    let clinic = asking();
    let pat = pat_in(&clinic, None);
    let remind = |name: &str| {
        let sending = clinic
            .verifier
            .send_for(&pat, &session(name), Channel::Sms, &clio())
            .block_on();
        is_refused(sending.unwrap()).reason()
    };
    assert_eq!(remind("S1"), Reason::UnknownChallenge);
    let _challenge = begin(&clinic, &pat, 0);
    assert_eq!(remind("S2"), Reason::UnknownChallenge);
    clinic.clock.forward(minutes(15));
    assert_eq!(remind("S1"), Reason::UnknownChallenge);
    assert!(clinic.outbox.messages().is_empty());
    let refused = clinic.told(Event::SendRefused);
    assert_eq!(refused[0].purpose, Some(session("S1")));
    assert_eq!(refused[0].actor, clio());
}
