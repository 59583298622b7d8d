//! Somebody on the telephone who cannot get in.

use medfactor::audit::Event;
use medfactor::flow::{Assurance, BypassCode, Managed, Remember, Verdict};
use medfactor::method::Method;
use medfactor::policy::{Layer, MandateName, Requirement};
use medfactor::trust::{RememberMode, TrustRule};

use super::*;
use crate::common::{Ask, MILLISECOND, minutes, wrong};

fn policy() -> Policy {
    Policy::new().layer(
        Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Sms, Method::BypassCode])
            .trust(TrustRule::default())
            .remember(RememberMode::Always),
    )
}

fn issue(clinic: &Clinic, who: &Subject, by: &str, why: &str) -> Managed<BypassCode> {
    clinic
        .verifier
        .issue_bypass_code(who, &portal(), &actor(by), why)
        .block_on()
        .unwrap()
}

fn refused(managed: Managed<BypassCode>) -> Reason {
    match managed {
        Managed::Refused(refusal) => refusal.reason(),
        Managed::Done(code) => panic!("{code:?}"),
    }
}

fn issued(clinic: &Clinic, who: &Subject) -> String {
    match issue(clinic, who, "rex", "identified by date of birth and address") {
        Managed::Done(code) => code.expose().into(),
        Managed::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn allowed(policy: Policy) -> Clinic {
    let clinic = under(policy);
    clinic.directory.permit(&actor("rex"), Action::IssueBypassCode);
    clinic
}

#[test]
fn e23_by_default_nobody_gets_one() {
    let clinic = allowed(exact_portal());
    let pat = pat(&clinic);
    assert_eq!(
        refused(issue(&clinic, &pat, "rex", "lost telephone")),
        Reason::NotAllowed
    );
    let entry = clinic.last(&pat);
    assert_eq!(
        (entry.event, entry.reason),
        (Event::BypassCodeIssued, Some(Reason::NotAllowed))
    );
    assert_eq!(entry.actor, actor("rex"));
}

#[test]
fn e23_where_the_policy_knows_it_the_code_works_once_and_no_device_is_remembered() {
    let clinic = allowed(policy());
    let pat2 = patient(&clinic, "t1", "pat2", &[]);
    assert!(matches!(begin(&clinic, by(&clinic, &pat2)), Ruling::Blocked(_)));
    let code = issued(&clinic, &pat2);
    let entry = clinic.last(&pat2);
    assert_eq!(
        entry.note.as_deref(),
        Some("identified by date of birth and address")
    );
    assert_eq!(
        (entry.actor, entry.until),
        (
            actor("rex"),
            Some(clinic.clock.read().saturating_add(minutes(15)))
        )
    );
    let open = challenge(begin(&clinic, by(&clinic, &pat2)));
    assert_eq!(open.methods()[0].method, Method::BypassCode);
    assert_eq!(clinic.why_not(&open, &wrong(&code)), Reason::Wrong);
    let verdict = clinic
        .verifier
        .submit(open.ticket(), &code, Remember::Yes)
        .block_on()
        .unwrap();
    let Verdict::Pass(pass) = verdict else {
        panic!("the right code")
    };
    assert_eq!(pass.assurance(), Assurance::StaffVouched);
    assert_eq!(pass.trusted_until(), None);
    assert_eq!(clinic.why_not(&open, &code), Reason::AlreadyUsed);
    assert!(matches!(begin(&clinic, by(&clinic, &pat2)), Ruling::Blocked(_)));
    for entry in clinic.log(&pat2) {
        assert!(!format!("{entry:?}").contains(&code));
    }
}

#[test]
fn e23_it_lives_a_quarter_of_an_hour_and_only_the_newest() {
    for (wait, opens) in [(minutes(15) - MILLISECOND, true), (minutes(15), false)] {
        let clinic = allowed(policy());
        let pat = pat(&clinic);
        let code = issued(&clinic, &pat);
        clinic.clock.forward(wait);
        let open = challenge(begin(&clinic, by(&clinic, &pat)));
        assert_eq!(clinic.answer(&open, &code).is_ok(), opens);
    }
    let clinic = allowed(policy());
    let pat = pat(&clinic);
    let (first, second) = (issued(&clinic, &pat), issued(&clinic, &pat));
    let open = challenge(begin(&clinic, by(&clinic, &pat)));
    assert_eq!(clinic.why_not(&open, &first), Reason::Wrong);
    let _ = clinic.answer(&open, &second).unwrap();
}

#[test]
fn e23_for_one_purpose_by_permitted_staff_with_a_reason_and_no_mandate_against_it() {
    let clinic = allowed(policy());
    let pat = pat(&clinic);
    let code = issued(&clinic, &pat);
    let sign_in = Begin::new(
        &pat,
        Purpose::sign_in(),
        FirstFactor::passed_at(clinic.clock.read()),
    );
    let other = challenge(begin(&clinic, sign_in));
    assert_eq!(clinic.why_not(&other, &code), Reason::Malformed);
    assert_eq!(
        refused(issue(&clinic, &pat, "ada", "lost telephone")),
        Reason::NotPermitted
    );
    assert_eq!(
        refused(issue(&clinic, &pat, "rex", " \u{7}")),
        Reason::ReasonMissing
    );
    let rex = patient(&clinic, "t1", "rex", &[sms(PHONE)]);
    assert_eq!(
        refused(issue(&clinic, &rex, "rex", "my own telephone is lost")),
        Reason::NotPermitted
    );
    let mandate = Layer::mandate(MandateName::new("AU-XERO").unwrap())
        .locked()
        .methods([Method::Sms]);
    let clinic = allowed(policy().layer(mandate));
    let pat = super::pat(&clinic);
    assert_eq!(
        refused(issue(&clinic, &pat, "rex", "lost telephone")),
        Reason::NotAllowed
    );
}
