//! What an access code is worth: shown anew or again, to staff only, and no factor anywhere.

use medfactor::audit::{Event, Reason};
use medfactor::code::CodeLength;
use medfactor::directory::Practice;
use medfactor::flow::access::{self, Appointment, Call, StoredObject};
use medfactor::flow::{Assurance, PracticeScene, Remember, Ruling};
use medfactor::message::Text;
use medfactor::method::Method;
use medfactor::policy::{AccessStorage, Layer, Requirement};
use medfactor::purpose::Purpose;
use medfactor::record::{AccessCodeRecord, ObjectRecord, RecordKey};
use medfactor::store::Store as _;
use medfactor::trust::{RememberMode, TrustRule};
use pollster::FutureExt as _;

use super::common::{Ask as _, practice_id};
use super::{SESSION, Video as _, and, clio, done, keys, refused, session, video, video_under};

#[test]
fn v13_revealing_makes_a_new_code_and_the_old_one_dies() {
    let clinic = video();
    let pat = clinic.patient("pat");
    clinic.open("S1", &[&pat]);
    let first = clinic.read_out(&pat, "S1");
    assert!(clinic.redeem(&first).is_ok());
    let second = clinic.reveal(&pat, "S1");
    assert!(second.is_new());
    assert_ne!(first, second.expose());
    let rejection = clinic.redeem(&first).unwrap_err();
    assert_eq!(
        (rejection.reason(), rejection.public_text()),
        (Reason::Superseded, Text::CodeInvalid)
    );
    assert!(clinic.redeem(second.expose()).is_ok());
    assert_eq!(clinic.told(Event::AccessRevealed).len(), 2);
}

#[test]
fn v13_a_recoverable_code_is_shown_again_and_still_works() {
    let policy = medfactor::policy::Policy::new()
        .layer(Layer::vendor().access_code_storage(AccessStorage::Recoverable));
    let clinic = video_under(policy.clone());
    let pat = clinic.patient("pat");
    clinic.open("S1", &[&pat]);
    let first = clinic.read_out(&pat, "S1");
    let again = clinic.reveal(&pat, "S1");
    assert_eq!((again.expose(), again.is_new()), (first.as_str(), false));
    assert!(clinic.redeem(&first).is_ok());
    assert_eq!(clinic.told(Event::AccessRevealed).len(), 2);
    // A policy that has become stricter holds at once.
    let strict = policy.layer(Layer::vendor().access_code_storage(AccessStorage::RegenerateOnReveal));
    let strict = clinic.another_verifier(strict, keys()).unwrap();
    let new = strict
        .reveal_access_code(&pat, &session("S1"), &clio())
        .block_on();
    assert!(done(new.unwrap()).is_new());
    assert_eq!(clinic.no_entry(&first), Reason::Superseded);
}

#[test]
fn v14_an_access_code_is_no_second_factor() {
    // As long as the codes that are sent, and longer: it is a number like any other.
    for (digits, expected) in [(9, Reason::Wrong), (6, Reason::Malformed)] {
        let clinic = video_under(and(Layer::vendor()
            .for_purposes([Purpose::sign_in()])
            .requirement(Requirement::Required)
            .methods([Method::Sms])
            .code_length(CodeLength::new(digits).unwrap())
            .trust(TrustRule::default())
            .remember(RememberMode::Always)));
        let pat = clinic.patient("pat");
        clinic.open("S1", &[&pat]);
        let code = clinic.read_out(&pat, "S1");
        let challenge = clinic.asks(&pat);
        let _sent = clinic.code(&challenge);
        let submitted = clinic
            .submit(&challenge, &code, Remember::Yes)
            .block_on()
            .unwrap();
        assert_eq!(submitted.unwrap_err().reason(), expected);
        let admission = clinic.redeem(&code).unwrap();
        assert_eq!(admission.assurance(), Assurance::StaffRelayed);
        assert!(clinic.verifier.devices(&pat).block_on().unwrap().is_empty());
        assert!(clinic.told(Event::TrustGranted).is_empty());
        assert!(matches!(
            clinic.begin(&pat, None).block_on().unwrap(),
            Ruling::Challenge(_)
        ));
    }
}

#[test]
fn v14_no_sign_in_can_be_opened_to_access_codes() {
    let clinic = video();
    let now = clinic.clock.read();
    for purpose in ["sign_in/S1", "manage_authenticators/S1", "video_join"] {
        let purpose = Purpose::parse(purpose).unwrap();
        let appointment = Appointment::new(purpose, now, now.saturating_add(SESSION));
        let opened = clinic
            .verifier
            .open_access(&practice_id(), &appointment, &clio())
            .block_on()
            .unwrap();
        assert_eq!(refused(opened), Reason::MethodNotAllowed);
    }
}

#[test]
fn v15_staff_are_told_whom_to_ring() {
    let clinic = video();
    let pat = clinic.patient("pat");
    let nobody = super::common::person(&clinic, "pat3", medfactor::policy::Population::Patient, None);
    clinic.open("S1", &[&pat, &nobody]);
    let revealed = clinic.reveal(&pat, "S1");
    assert_eq!(revealed.call(), &Call::Number("+44••••••0123".into()));
    assert_eq!(clinic.reveal(&nobody, "S1").call(), &Call::NoNumberOnFile);
    let shown = format!("{revealed:?}");
    assert!(!shown.contains(revealed.expose()), "{shown}");
}

/// A host that writes with its own transactions may load more than a call needs.
#[test]
fn v05_removing_one_participant_touches_no_other_code_whatever_was_loaded() {
    let clinic = video();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    let (_one, _two) = (clinic.read_out(&pat, "S1"), clinic.read_out(&mum, "S1"));
    let rows = |keys: &[RecordKey]| -> Vec<Vec<u8>> {
        let found = clinic.store.load(keys).block_on().unwrap();
        found.into_iter().map(|row| row.unwrap().bytes).collect()
    };
    let purpose = session("S1");
    let object = ObjectRecord::decode(&rows(&[StoredObject::key(&practice_id(), &purpose)])[0]).unwrap();
    let all = object.code_keys(&practice_id(), None);
    let codes = rows(&all);
    let codes = codes
        .iter()
        .map(|row| AccessCodeRecord::decode(row).unwrap())
        .collect();
    let (id, keys, actor, profile) = (practice_id(), keys(), clio(), Practice::new("Harbour Clinic"));
    let scene = PracticeScene {
        id: &id,
        practice: Some(&profile),
        decided: None,
        policy: clinic.verifier.policy(),
        keys: &keys,
        entropy: &clinic.entropy,
        now: clinic.clock.read(),
        actor: &actor,
    };
    let stored = StoredObject::new(Some(object.clone()), codes);
    let step = access::remove_participant(&scene, &purpose, pat.id(), stored).unwrap();
    let step = step.linked(&keys, Vec::new());
    done(step.answer);
    let written: Vec<_> = step.records.iter().map(|(key, _)| key.clone()).collect();
    let pats = object.code_keys(&id, Some(pat.id()));
    // The code, the appointment, and the end of the trail of the one it is about.
    let own = RecordKey::Subject(pat.clone());
    assert_eq!(written, [pats[0].clone(), StoredObject::key(&id, &purpose), own]);
    assert_eq!(step.entries.len(), 1);
}
