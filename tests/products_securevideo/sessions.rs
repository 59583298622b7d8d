//! Access codes over the life of a session: revealed, typed, moved, cancelled.

use std::collections::BTreeSet;
use std::time::Duration;

use medfactor::audit::{Actor, Event, Reason};
use medfactor::entropy::{Entropy, EntropyError};
use medfactor::flow::{Assurance, Signal};
use medfactor::message::Text;
use medfactor::policy::Layer;
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use medfactor::verifier::Verifier;
use pollster::FutureExt as _;

use super::common::{Ask as _, MILLISECOND, hours, minutes, practice_id};
use super::{SESSION, Video as _, clio, done, keys, refused, session, video, video_under};

#[test]
fn v05_a_cancelled_session_kills_all_codes_at_once() {
    let clinic = video();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    clinic.open("S2", &[&pat]);
    let (one, two, other) = (
        clinic.read_out(&pat, "S1"),
        clinic.read_out(&mum, "S1"),
        clinic.read_out(&pat, "S2"),
    );
    assert!(clinic.redeem(&one).is_ok());
    let cancel = || {
        let cancelled = clinic
            .verifier
            .cancel_object(&practice_id(), &session("S1"), &clio())
            .block_on()
            .unwrap();
        done(cancelled)
    };
    assert_eq!(cancel(), 2);
    for code in [&one, &two] {
        let rejection = clinic.redeem(code).unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.public_text()),
            (Reason::Revoked, Text::CodeInvalid)
        );
    }
    assert!(clinic.redeem(&other).is_ok(), "the other session stands");
    let entries = clinic.trail().len();
    assert_eq!(cancel(), 0);
    assert_eq!(clinic.trail().len(), entries, "cancelling again changes nothing");
    // For good: neither a new code nor a new time brings it back.
    let again = clinic
        .verifier
        .reveal_access_code(&pat, &session("S1"), &clio())
        .block_on()
        .unwrap();
    assert_eq!(refused(again), Reason::Revoked);
    assert_eq!(
        refused(clinic.open_at("S1", clinic.clock.read(), &[&pat])),
        Reason::Revoked
    );
    let now = clinic.clock.read();
    let moved = clinic
        .verifier
        .reschedule(
            &practice_id(),
            &session("S1"),
            now,
            now.saturating_add(SESSION),
            &clio(),
        )
        .block_on()
        .unwrap();
    assert_eq!(refused(moved), Reason::Revoked);
}

#[test]
fn v05_a_removed_participant_is_out_and_the_others_stay() {
    let clinic = video();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    let (one, two) = (clinic.read_out(&pat, "S1"), clinic.read_out(&mum, "S1"));
    let remove = || {
        clinic
            .verifier
            .remove_participant(&pat, &session("S1"), &clio())
            .block_on()
            .unwrap()
    };
    done(remove());
    assert_eq!(clinic.no_entry(&one), Reason::Revoked);
    assert!(clinic.redeem(&two).is_ok());
    assert_eq!(refused(remove()), Reason::NotFound);
    // Added again, PAT gets another code and the old one stays dead.
    clinic.open("S1", &[&pat]);
    let new = clinic.read_out(&pat, "S1");
    assert_eq!(clinic.no_entry(&one), Reason::Revoked);
    assert_eq!(clinic.redeem(&new).unwrap().subject(), &pat);
}

#[test]
fn v05_a_rescheduled_session_keeps_its_codes_and_moves_their_window() {
    let clinic = video();
    let pat = clinic.patient("pat");
    clinic.open("S1", &[&pat]);
    let code = clinic.read_out(&pat, "S1");
    let later = clinic.clock.read().saturating_add(hours(24));
    let reschedule = |start, end| {
        clinic
            .verifier
            .reschedule(&practice_id(), &session("S1"), start, end, &clio())
            .block_on()
            .unwrap()
    };
    let window = done(reschedule(later, later.saturating_add(SESSION)));
    assert_eq!(window.opens_at, later.saturating_sub(minutes(30)));
    assert_eq!(clinic.no_entry(&code), Reason::TooEarly);
    clinic.clock.set(window.opens_at);
    assert_eq!(clinic.redeem(&code).unwrap().until(), window.closes_at);
    // Not a time at all.
    assert_eq!(refused(reschedule(later, later)), Reason::WindowNotAllowed);
    assert_eq!(
        refused(reschedule(later, later.saturating_add(hours(25)))),
        Reason::WindowNotAllowed
    );
    let past = later.saturating_sub(hours(3));
    assert_eq!(
        refused(reschedule(past, past.saturating_add(SESSION))),
        Reason::WindowNotAllowed
    );
}

#[test]
fn v06_the_next_session_has_codes_of_its_own() {
    let clinic = video();
    let pat = clinic.patient("pat");
    clinic.open("S1", &[&pat]);
    let first = clinic.read_out(&pat, "S1");
    let next_week = clinic.clock.read().saturating_add(hours(7 * 24));
    done(clinic.open_at("S2", next_week, &[&pat]));
    clinic.clock.set(next_week);
    assert_eq!(clinic.no_entry(&first), Reason::WindowOver);
    let second = clinic.read_out(&pat, "S2");
    assert_ne!(first, second);
    assert_eq!(clinic.redeem(&second).unwrap().purpose(), &session("S2"));
}

#[test]
fn v08_a_patient_without_any_channel_joins_by_telephone() {
    let clinic = video();
    let pat = super::common::person(&clinic, "pat", medfactor::policy::Population::Patient, None);
    clinic.open("S1", &[&pat]);
    let revealed = clinic.reveal(&pat, "S1");
    let admission = clinic.redeem(&revealed.spoken().to_string()).unwrap();
    assert_eq!(admission.assurance(), Assurance::StaffRelayed);
    assert!(Assurance::StaffRelayed < Assurance::FirstFactor);
    assert_eq!((admission.subject(), admission.purpose()), (&pat, &session("S1")));
    assert_eq!(clinic.sent(), 0);
    let (reveals, redeems) = (
        clinic.told(Event::AccessRevealed),
        clinic.told(Event::AccessRedeemed),
    );
    assert_eq!((reveals.len(), redeems.len()), (1, 1));
    assert_eq!(reveals[0].actor, clio());
    assert_eq!(redeems[0].actor, Actor::Subject);
    for entry in [&reveals[0], &redeems[0]] {
        assert_eq!(entry.subject.as_ref(), Some(pat.id()));
        assert_eq!(entry.purpose, Some(session("S1")));
    }
}

/// Eight zeros and a seven, over and over.
#[derive(Debug)]
struct Seven;

impl Entropy for Seven {
    fn fill(&self, destination: &mut [u8]) -> Result<(), EntropyError> {
        destination.fill(0);
        if let Some(ninth) = destination.get_mut(8) {
            *ninth = 7;
        }
        Ok(())
    }
}

#[test]
fn v09_nine_digits_with_leading_zeros_in_groups_of_three() {
    let clinic = video();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    let verifier = Verifier::builder(clinic.verifier.policy().clone(), keys())
        .store(clinic.store.clone())
        .delivery(clinic.outbox.clone())
        .directory(clinic.directory.clone())
        .clock(clinic.clock.clone())
        .entropy(Seven)
        .build()
        .unwrap();
    let purpose = session("S1");
    let revealed = verifier.reveal_access_code(&pat, &purpose, &clio()).block_on();
    let revealed = done(revealed.unwrap());
    assert_eq!(revealed.expose(), "000000007");
    assert_eq!(revealed.spoken().to_string(), "000-000-007");
    assert_eq!(clinic.redeem("000-000-007").unwrap().subject(), &pat);
    assert_eq!(
        clinic.no_entry("00-000-007"),
        Reason::Wrong,
        "eight digits are another code"
    );
    // A generator that repeats itself finds no free code, and nobody gets PAT's.
    let taken = verifier.reveal_access_code(&mum, &purpose, &clio()).block_on();
    assert!(taken.is_err());
    assert_eq!(clinic.redeem("000000007").unwrap().subject(), &pat);
}

#[test]
fn v09_the_policy_chooses_eight_to_ten_digits() {
    for digits in 8..=10_u8 {
        let length = medfactor::policy::AccessCodeLength::new(digits).unwrap();
        let policy = medfactor::policy::Policy::new().layer(Layer::vendor().access_code_length(length));
        let clinic = video_under(policy);
        let pat = clinic.patient("pat");
        clinic.open("S1", &[&pat]);
        let code = clinic.read_out(&pat, "S1");
        assert_eq!(code.len(), usize::from(digits));
        assert!(clinic.redeem(&code).is_ok());
    }
}

#[test]
fn v10_an_unknown_browser_is_led_to_one_session_and_one_participant() {
    let clinic = video();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    clinic.open("S2", &[&pat]);
    let code = clinic.read_out(&pat, "S1");
    for source in ["198.51.100.1", "2001:db8::/64", ""] {
        let admission = clinic.redeem_from(source, &code).unwrap();
        assert_eq!((admission.subject(), admission.purpose()), (&pat, &session("S1")));
    }
    assert_eq!(
        clinic.told(Event::AccessRedeemed)[2].count,
        Some(3),
        "as often as needed"
    );
}

#[test]
fn v10_a_code_opens_no_other_door_and_nothing_at_another_practice() {
    use medfactor::directory::{Person, Practice};
    use medfactor::flow::access::{AccessAttempt, Redemption, Source};
    use medfactor::ids::{PracticeId, Subject};
    let clinic = video();
    let pat = clinic.patient("pat");
    clinic.open("S1", &[&pat]);
    let code = clinic.read_out(&pat, "S1");
    let t2 = PracticeId::new("t2").unwrap();
    clinic
        .directory
        .put_practice(t2.clone(), Practice::new("Elsewhere"));
    let twin = Subject::new(t2.clone(), pat.id().clone());
    clinic
        .directory
        .put_person(Person::new(twin, medfactor::policy::Population::Patient));
    let records = clinic.store.inner().records();
    let redeem = |practice: &PracticeId, door: &str| {
        let attempt = AccessAttempt::new(practice, Purpose::parse(door).unwrap(), &code, Source::unknown());
        match clinic.verifier.redeem(&attempt).block_on().unwrap() {
            Redemption::Admitted(_) => None,
            Redemption::Rejected(rejection) => Some(rejection.public_text()),
        }
    };
    assert_eq!(
        redeem(&PracticeId::new("nowhere").unwrap(), "video_join"),
        Some(Text::CodeInvalid)
    );
    assert_eq!(
        clinic.store.inner().records(),
        records,
        "a practice that is none gets no records"
    );
    assert_eq!(redeem(&t2, "video_join"), Some(Text::CodeInvalid));
    for door in [
        "message_read",
        "sign_in",
        "manage_authenticators",
        "video_join/S2",
    ] {
        assert_eq!(redeem(&practice_id(), door), Some(Text::CodeInvalid), "{door}");
    }
    for door in ["video_join", "video_join/S1"] {
        assert_eq!(redeem(&practice_id(), door), None, "{door}");
    }
}

#[test]
fn v17_six_participants_have_six_codes_and_each_admits_its_own() {
    let clinic = video();
    let people: Vec<_> = (1..=6).map(|n| clinic.patient(&format!("p{n}"))).collect();
    clinic.open("S1", &people.iter().collect::<Vec<_>>());
    let codes: Vec<_> = people.iter().map(|one| clinic.read_out(one, "S1")).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 6);
    for (one, code) in people.iter().zip(&codes) {
        assert_eq!(clinic.redeem(code).unwrap().subject(), one);
    }
}

#[test]
fn v17_there_is_an_end_to_participants() {
    let clinic = video();
    let people: Vec<_> = (0..65).map(|n| clinic.patient(&format!("p{n}"))).collect();
    let all: Vec<_> = people.iter().collect();
    let now = clinic.clock.read();
    assert_eq!(refused(clinic.open_at("S1", now, &all)), Reason::ParticipantLimit);
    assert!(clinic.told(Event::AccessOpened).is_empty(), "all or none");
    done(clinic.open_at("S1", now, &all[..64]));
    let entries = clinic.trail().len();
    done(clinic.open_at("S1", now, &all[..64]));
    assert_eq!(clinic.trail().len(), entries, "saying it again changes nothing");
    assert_eq!(
        refused(clinic.open_at("S1", now, &all[64..])),
        Reason::ParticipantLimit
    );
    let later = now.saturating_add(MILLISECOND);
    assert_eq!(
        refused(clinic.open_at("S1", later, &all[..1])),
        Reason::OpenAlready
    );
}

#[test]
fn a11_2_from_half_an_hour_before_to_a_quarter_after() {
    let clinic = video();
    let pat = clinic.patient("pat");
    let ten = clinic.clock.read();
    clinic.clock.set(ten.saturating_sub(hours(2)));
    let window = done(clinic.open_at("S1", ten, &[&pat]));
    let code = clinic.read_out(&pat, "S1");
    let (opens, closes) = (ten.saturating_sub(minutes(30)), ten.saturating_add(minutes(45)));
    assert_eq!((window.opens_at, window.closes_at), (opens, closes));
    for (at, expected) in [
        (
            opens.saturating_sub(Duration::from_secs(1)),
            Some(Reason::TooEarly),
        ),
        (opens.saturating_sub(MILLISECOND), Some(Reason::TooEarly)),
        (opens, None),
        (opens.saturating_add(MILLISECOND), None),
        (closes.saturating_sub(Duration::from_secs(1)), None),
        (closes.saturating_sub(MILLISECOND), None),
        (closes, Some(Reason::WindowOver)),
        (closes.saturating_add(MILLISECOND), Some(Reason::WindowOver)),
        // A clock that steps back a little finds it closed all the same.
        (closes.saturating_sub(MILLISECOND), Some(Reason::WindowOver)),
    ] {
        clinic.clock.set(at);
        let answer = clinic.redeem(&code);
        assert_eq!(answer.as_ref().err().map(|no| no.reason()), expected, "{at}");
        if let Err(rejection) = answer {
            assert_eq!(
                rejection.public_text(),
                Text::CodeInvalid,
                "all the same to whoever typed it"
            );
        }
    }
    clinic.clock.set(closes);
    let late = clinic
        .verifier
        .reveal_access_code(&pat, &session("S1"), &clio())
        .block_on()
        .unwrap();
    assert_eq!(refused(late), Reason::WindowOver);
}

#[test]
fn a11_2_a_policy_that_became_stricter_shortens_the_window_and_a_looser_one_does_not_widen_it() {
    use medfactor::policy::{AccessLead, AccessOverrun, Policy};
    let window = |before: u64, after: u64| {
        Policy::new().layer(
            Layer::vendor()
                .access_opens_before(AccessLead::new(minutes(before)).unwrap())
                .access_closes_after(AccessOverrun::new(minutes(after)).unwrap()),
        )
    };
    for (before, after, opens, closes) in [(10, 5, 10, 35), (60, 60, 30, 45)] {
        let clinic = video_under(window(30, 15));
        let pat = clinic.patient("pat");
        let ten = clinic.clock.read().saturating_add(hours(2));
        done(clinic.open_at("S1", ten, &[&pat]));
        let code = clinic.read_out(&pat, "S1");
        let now = Clinic {
            verifier: clinic.another_verifier(window(before, after), keys()).unwrap(),
            clock: clinic.clock.clone(),
            entropy: clinic.entropy.clone(),
            store: clinic.store.clone(),
            outbox: clinic.outbox.clone(),
            directory: clinic.directory.clone(),
        };
        now.clock
            .set(ten.saturating_sub(minutes(opens)).saturating_sub(MILLISECOND));
        assert_eq!(now.no_entry(&code), Reason::TooEarly);
        now.clock.set(ten.saturating_sub(minutes(opens)));
        assert!(now.redeem(&code).is_ok());
        let closes = ten.saturating_add(minutes(closes));
        now.clock.set(closes.saturating_sub(MILLISECOND));
        assert_eq!(now.redeem(&code).unwrap().until(), closes);
        now.clock.set(closes);
        assert_eq!(now.no_entry(&code), Reason::WindowOver);
    }
}

#[test]
fn who_left_the_practice_does_not_get_in_by_telephone() {
    let clinic = video();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    let (one, two) = (clinic.read_out(&pat, "S1"), clinic.read_out(&mum, "S1"));
    clinic
        .verifier
        .signal(&pat, Signal::Offboarded, &clio())
        .block_on()
        .unwrap();
    clinic.directory.remove_person(&mum);
    assert_eq!(clinic.no_entry(&one), Reason::Offboarded);
    assert_eq!(clinic.no_entry(&two), Reason::UnknownSubject);
    let gone = clinic
        .verifier
        .reveal_access_code(&mum, &session("S1"), &clio())
        .block_on()
        .unwrap();
    assert_eq!(refused(gone), Reason::UnknownSubject);
    // Who comes back starts with nothing: a code from before stays worthless, a new one works.
    clinic.clock.forward(minutes(1));
    clinic
        .verifier
        .signal(&pat, Signal::Reinstated, &clio())
        .block_on()
        .unwrap();
    assert_eq!(clinic.no_entry(&one), Reason::Revoked);
    let new = clinic.read_out(&pat, "S1");
    assert!(clinic.redeem(&new).is_ok());
}
