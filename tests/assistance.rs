//! Emergencies, proofs from elsewhere, one call for programs, and a first contact of one's own.

#![expect(clippy::panic, clippy::unwrap_used, reason = "tests stop where they fail")]

#[path = "common/mod.rs"]
mod common;

use medfactor::audit::{Actor, Event, Reason};
use medfactor::contact::{Channel, Destination};
use medfactor::delivery::NoticeKind;
use medfactor::directory::{Action, Person};
use medfactor::flow::{
    Answer, Assertion, AssertionKind, Assurance, Authority, Begin, Emergency, EnrolFirst, FirstFactor,
    Managed, Once, Ruling, Signal, Why,
};
use medfactor::ids::{EmergencyId, RoleName, Subject, SubjectId};
use medfactor::method::Method;
use medfactor::policy::{
    BreakGlassDuration, FirstContact, Layer, MandateName, Policy, Population, Requirement,
};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

use common::{Ask, MILLISECOND, hours, minutes, seconds, wrong};

fn actor(id: &str) -> Actor {
    Actor::staff(SubjectId::new(id).unwrap())
}

fn physician() -> RoleName {
    RoleName::new("physician").unwrap()
}

/// Physicians may break the glass.
fn glass() -> Layer {
    Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms])
        .break_glass_roles([physician()])
}

fn osei(clinic: &Clinic) -> Subject {
    let osei = Subject::parse("t1", "osei").unwrap();
    let person = Person::new(osei.clone(), Population::Staff)
        .role(physician())
        .destination(Destination::sms("+12125550142").unwrap());
    clinic.directory.put_person(person);
    osei
}

const WHY: &str = "unconscious patient, telephone in the other ward";

fn break_glass(clinic: &Clinic, who: &Subject, why: &str) -> Emergency {
    let first = FirstFactor::passed_at(clinic.clock.read());
    clinic
        .verifier
        .break_glass(who, &Purpose::sign_in(), first, why)
        .block_on()
        .unwrap()
}

fn refused(emergency: Emergency) -> Reason {
    match emergency {
        Emergency::Refused(refusal) => refusal.reason(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_emergency_pass_is_short_loud_and_for_one_purpose() {
    let duration = BreakGlassDuration::new(minutes(5)).unwrap();
    let clinic = Clinic::new(Policy::new().layer(glass().break_glass_duration(duration))).unwrap();
    let osei = osei(&clinic);
    let Emergency::Pass(pass) = break_glass(&clinic, &osei, WHY) else {
        panic!("a physician may")
    };
    let until = clinic.clock.read().saturating_add(minutes(5));
    assert_eq!(
        (pass.why(), pass.assurance()),
        (Why::Emergency { until }, Assurance::FirstFactor)
    );
    assert_eq!(pass.purpose(), &Purpose::sign_in());
    assert!(pass.device_cookie().is_none());
    let entry = clinic.last(&osei);
    assert_eq!(
        (entry.event, entry.note.as_deref()),
        (Event::EmergencyPass, Some(WHY))
    );
    let notice = clinic.outbox.notices().pop().unwrap();
    assert_eq!(notice.kind(), NoticeKind::Emergency);
    // It is no proof for changing factors.
    let kind = medfactor::method::AuthenticatorKind::Phone;
    let managed = clinic
        .verifier
        .begin_enrolment(Authority::Fresh(&pass), "mine", kind);
    assert!(matches!(managed.block_on().unwrap(), Managed::Refused(_)));
    // And the usual way still asks.
    assert!(matches!(
        clinic.begin(&osei, None).block_on().unwrap(),
        Ruling::Challenge(_)
    ));
}

#[test]
fn an_emergency_needs_role_reason_and_a_fresh_password_and_is_rare() {
    let clinic = Clinic::new(Policy::new().layer(glass())).unwrap();
    let rex = clinic.rex();
    assert_eq!(refused(break_glass(&clinic, &rex, WHY)), Reason::NotAllowed);
    let osei = osei(&clinic);
    assert_eq!(refused(break_glass(&clinic, &osei, " ")), Reason::ReasonMissing);
    let stale = FirstFactor::passed_at(clinic.clock.read().saturating_sub(minutes(10)));
    let sign_in = Purpose::sign_in();
    let late = clinic.verifier.break_glass(&osei, &sign_in, stale, WHY);
    assert_eq!(refused(late.block_on().unwrap()), Reason::FirstFactorStale);
    let first = FirstFactor::passed_at(clinic.clock.read());
    let manage = Purpose::manage_authenticators();
    let factors = clinic.verifier.break_glass(&osei, &manage, first, WHY);
    assert_eq!(refused(factors.block_on().unwrap()), Reason::NotAllowed);
    let started = clinic.clock.read();
    for _ in 0..3 {
        assert!(matches!(break_glass(&clinic, &osei, WHY), Emergency::Pass(_)));
        clinic.clock.forward(seconds(60));
    }
    assert_eq!(refused(break_glass(&clinic, &osei, WHY)), Reason::Throttled);
    clinic
        .clock
        .set(started.saturating_add(hours(24)).saturating_sub(MILLISECOND));
    assert_eq!(refused(break_glass(&clinic, &osei, WHY)), Reason::Throttled);
    clinic.clock.set(started.saturating_add(hours(24)));
    assert!(matches!(break_glass(&clinic, &osei, WHY), Emergency::Pass(_)));
    clinic
        .verifier
        .signal(&osei, Signal::Offboarded, &actor("ada"))
        .block_on()
        .unwrap();
    assert_eq!(refused(break_glass(&clinic, &osei, WHY)), Reason::Offboarded);
    // Nobody below the vendor can let anybody else do it.
    let practice =
        Layer::practice(common::practice_id()).break_glass_roles([RoleName::new("nurse").unwrap()]);
    let clinic = Clinic::new(Policy::new().layer(glass()).layer(practice)).unwrap();
    let osei = self::osei(&clinic);
    assert_eq!(refused(break_glass(&clinic, &osei, WHY)), Reason::NotAllowed);
}

fn awaits(clinic: &Clinic, who: &Subject) -> EmergencyId {
    match break_glass(clinic, who, WHY) {
        Emergency::AwaitsApproval { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn where_the_policy_asks_for_it_somebody_else_must_approve() {
    let mandate = Layer::mandate(MandateName::new("HIPAA").unwrap()).break_glass_approval(true);
    let clinic = Clinic::new(Policy::new().layer(glass()).layer(mandate)).unwrap();
    let osei = osei(&clinic);
    for who in ["ada", "osei"] {
        clinic.directory.permit(&actor(who), Action::ApproveEmergency);
    }
    let id = awaits(&clinic, &osei);
    assert_eq!(awaits(&clinic, &osei), id);
    let approve = |id, by: &str| {
        let by = actor(by);
        let approved = clinic.verifier.approve_emergency(&osei, id, &by);
        approved.block_on().unwrap().map_err(|refusal| refusal.reason())
    };
    assert_eq!(approve(id, "osei"), Err(Reason::NotPermitted));
    assert_eq!(approve(id, "rex"), Err(Reason::NotPermitted));
    assert_eq!(
        approve(EmergencyId::from_bytes([7; 16]), "ada"),
        Err(Reason::NotFound)
    );
    assert_eq!(awaits(&clinic, &osei), id);
    assert_eq!(approve(id, "ada"), Ok(()));
    assert!(matches!(break_glass(&clinic, &osei, WHY), Emergency::Pass(_)));
    let entry = clinic.last(&osei);
    assert_eq!(
        (entry.event, entry.authoriser),
        (Event::EmergencyPass, Some(actor("ada")))
    );
    // One approval, one pass; and neither request nor approval lasts.
    let id = awaits(&clinic, &osei);
    clinic.clock.forward(minutes(15));
    assert_eq!(approve(id, "ada"), Err(Reason::NotFound));
    let id = awaits(&clinic, &osei);
    assert_eq!(approve(id, "ada"), Ok(()));
    clinic.clock.forward(minutes(15));
    awaits(&clinic, &osei);
}

#[test]
fn a_locked_subject_breaks_the_glass_only_with_somebody_elses_word() {
    let tries = medfactor::policy::TriesInARow::MIN;
    for approval in [false, true] {
        let layer = glass().tries_in_a_row(tries).break_glass_approval(approval);
        let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
        let osei = osei(&clinic);
        while clinic.count(&osei, Event::Locked) == 0 {
            if let Ruling::Challenge(challenge) = clinic.begin(&osei, None).block_on().unwrap() {
                let code = clinic.code(&challenge);
                for _ in 0..5 {
                    let _ = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
                }
            }
            clinic.clock.forward(hours(1));
        }
        let answer = break_glass(&clinic, &osei, WHY);
        if approval {
            assert!(matches!(answer, Emergency::AwaitsApproval { .. }), "{answer:?}");
        } else {
            assert_eq!(refused(answer), Reason::Locked);
        }
    }
}

fn asserted(clinic: &Clinic, who: &Subject, kind: AssertionKind, age: std::time::Duration) -> Ruling {
    let now = clinic.clock.read();
    let proof = Assertion::new(kind, now.saturating_sub(age), Assurance::PhishingResistant);
    let request = Begin::new(who, Purpose::sign_in(), FirstFactor::passed_at(now)).asserted(proof);
    clinic.verifier.begin(request).block_on().unwrap()
}

#[test]
fn a_passkey_counts_where_the_policy_accepts_it_and_while_it_is_fresh() {
    let layer = Layer::vendor()
        .methods([Method::Sms])
        .accepted_assertions([AssertionKind::Passkey]);
    let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
    let rex = clinic.rex();
    let Ruling::Pass(pass) = asserted(&clinic, &rex, AssertionKind::Passkey, minutes(10) - MILLISECOND)
    else {
        panic!("it is accepted")
    };
    assert_eq!(pass.assurance(), Assurance::PhishingResistant);
    assert_eq!(clinic.last(&rex).note.as_deref(), Some("passkey"));
    let asked = |kind, age| matches!(asserted(&clinic, &rex, kind, age), Ruling::Challenge(_));
    assert!(asked(AssertionKind::Passkey, minutes(10)));
    assert!(asked(AssertionKind::SingleSignOn, seconds(0)));
    let now = clinic.clock.read();
    let future = Assertion::new(
        AssertionKind::Passkey,
        now.saturating_add(seconds(6)),
        Assurance::SecondFactor,
    );
    let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(now)).asserted(future);
    assert!(matches!(
        clinic.verifier.begin(request).block_on().unwrap(),
        Ruling::Challenge(_)
    ));
    // Factors are changed on a proof the library has seen.
    let proof = Assertion::new(AssertionKind::Passkey, now, Assurance::PhishingResistant);
    let manage = Begin::new(
        &rex,
        Purpose::manage_authenticators(),
        FirstFactor::passed_at(now),
    )
    .asserted(proof);
    assert!(matches!(
        clinic.verifier.begin(manage).block_on().unwrap(),
        Ruling::Challenge(_)
    ));
    // By default nothing from elsewhere counts, and no practice can accept what the vendor does not.
    let own = Layer::practice(common::practice_id()).accepted_assertions([AssertionKind::Passkey]);
    let clinic = Clinic::new(
        Policy::new()
            .layer(Layer::vendor().methods([Method::Sms]))
            .layer(own),
    )
    .unwrap();
    let rex = clinic.rex();
    assert!(matches!(
        asserted(&clinic, &rex, AssertionKind::Passkey, seconds(0)),
        Ruling::Challenge(_)
    ));
}

#[test]
fn a_program_proves_itself_in_one_call_within_the_same_limits() {
    let clinic = Clinic::new(Policy::new()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let call = |typed: &str| {
        let request = clinic.request(&rex, Purpose::sign_in(), None);
        let answer = Answer::new(typed).method(Method::Totp);
        clinic.verifier.verify_once(request, answer).block_on().unwrap()
    };
    assert!(matches!(call("123456"), Once::Blocked(no) if no.reason() == Reason::NotEnrolled));
    let app = clinic.enrol(&rex, "script").block_on().unwrap();
    let trips = clinic.store.round_trips();
    let code = app.code(clinic.clock.read());
    assert!(matches!(call(&code), Once::Pass(_)));
    let after = clinic.store.round_trips();
    assert_eq!((after.0 - trips.0, after.1 - trips.1), (1, 1));
    assert!(matches!(call(&code), Once::Rejected(no) if no.reason() == Reason::AlreadyUsed));
    clinic.clock.forward(seconds(30));
    let code = app.code(clinic.clock.read());
    let mut guesses = 0;
    loop {
        match call(&wrong(&code)) {
            Once::Rejected(_) => guesses += 1,
            Once::Blocked(refusal) => {
                assert_eq!(refusal.reason(), Reason::Throttled);
                break;
            }
            Once::Pass(pass) => panic!("{pass:?}"),
        }
    }
    assert_eq!(guesses, 10);
    assert!(matches!(call(&code), Once::Blocked(_)));
}

fn waits(ruling: Ruling) -> EnrolFirst {
    match ruling {
        Ruling::Enrol(waiting) => waiting,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_s09_1_staff_enter_a_first_number_once_and_patients_never() {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms])
        .first_contact(FirstContact::SelfEntryOnce);
    let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
    let pat2 = common::person(&clinic, "pat2", Population::Patient, None);
    assert!(matches!(
        clinic.begin(&pat2, None).block_on().unwrap(),
        Ruling::Blocked(_)
    ));

    let rex = clinic.staff("rex", None, None).unwrap();
    let waiting = waits(clinic.begin(&rex, None).block_on().unwrap());
    assert_eq!(waiting.first_contact(), [Channel::Sms]);
    assert!(waiting.methods().is_empty());
    let enter = |waiting: &EnrolFirst, channel| {
        let entered = clinic.verifier.enter_first_contact(waiting.ticket(), channel);
        matches!(entered.block_on().unwrap(), Managed::Done(()))
    };
    assert!(!enter(&waiting, Channel::Email));
    assert!(enter(&waiting, Channel::Sms));
    assert!(!enter(&waiting, Channel::Sms));
    // The host saves it; a right code from there is the proof.
    clinic.staff("rex", Some("+12125550142"), None).unwrap();
    let challenge = clinic.challenge(&rex, None).block_on().unwrap();
    let code = clinic.code(&challenge);
    let _ = clinic.answer(&challenge, &code).unwrap();
    // Gone again, the record is the practice's to mend.
    clinic.staff("rex", None, None).unwrap();
    let ruling = clinic.begin(&rex, None).block_on().unwrap();
    assert!(matches!(ruling, Ruling::Blocked(no) if no.reason() == Reason::NoUsableContact));
    // By default nobody may.
    let clinic = Clinic::new(Policy::new().layer(Layer::vendor().methods([Method::Sms]))).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    assert!(matches!(
        clinic.begin(&rex, None).block_on().unwrap(),
        Ruling::Blocked(_)
    ));
}
