//! Required by the vendor for everyone, unless the vendor has let a practice off.

use medfactor::audit::Event;
use medfactor::flow::{Decision, DecisionRefused, Why};
use medfactor::ids::WaiverId;
use medfactor::policy::{
    DecidedBy, Layer, Requirement, Scope, WaiverRequest, WaiverScope, presets::wrs_staff,
};
use medfactor::time::parse_date;

use super::*;
use crate::common::{Ask, hours, seconds};

const TEXT: &str = "risk-notice-2026-01";

fn request() -> WaiverRequest {
    WaiverRequest::practice(actor("ada"), TEXT)
        .for_populations([Population::Patient])
        .for_purposes([portal()])
}

fn grant(clinic: &Clinic, request: &WaiverRequest, by: &str) -> Decision<WaiverId> {
    clinic
        .verifier
        .grant_waiver(&t9(), request, &actor(by))
        .block_on()
        .unwrap()
}

fn made<T>(decision: Decision<T>) -> T {
    match decision {
        Decision::Made(made) => made,
        Decision::Refused(why) => panic!("{why}"),
    }
}

fn why_not_required(clinic: &Clinic, who: &Subject) -> Option<Reason> {
    match begin(clinic, link(clinic, who)) {
        Ruling::Pass(pass) => match pass.why() {
            Why::NotRequired(reason) => Some(reason),
            why => panic!("{why:?}"),
        },
        Ruling::Challenge(_) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn e02_a_practice_that_has_said_nothing_is_covered() {
    let clinic = portal_clinic();
    let pat = patient(&clinic, "t9", "pat", &[sms(PHONE)]);
    let seen = clinic.verifier.explain(&pat, &portal()).block_on().unwrap();
    let row = seen.explanation.row("requirement").unwrap();
    assert_eq!(row.value(), "required");
    assert!(matches!(
        row.decided_by(),
        DecidedBy::Layer {
            scope: Scope::Vendor,
            ..
        }
    ));
}

#[test]
fn e03_a_practice_cannot_opt_out_by_itself_and_the_vendor_can_let_it_off() {
    let clinic = portal_clinic();
    let pat = patient(&clinic, "t9", "pat", &[sms(PHONE)]);
    let off = Layer::practice(t9())
        .for_populations([Population::Patient])
        .requirement(Requirement::Off);
    let (settings, ada) = ([off], actor("ada"));
    let saved = clinic
        .verifier
        .save_settings(&t9(), 0, &settings, &ada, None)
        .block_on()
        .unwrap();
    let needs = DecisionRefused::NeedsWaiver { scope: Scope::Vendor };
    assert_eq!(saved, Decision::Refused(needs));
    assert_eq!(
        grant(&clinic, &request(), "ada"),
        Decision::Refused(DecisionRefused::NotPermitted)
    );
    assert_eq!(why_not_required(&clinic, &pat), None);

    let w1 = made(grant(&clinic, &request(), "vera"));
    assert_eq!(why_not_required(&clinic, &pat), Some(Reason::Waived));
    let log: Vec<_> = practice_log(&clinic, &t9())
        .iter()
        .map(|e| (e.event, e.reason))
        .collect();
    assert_eq!(
        log,
        [
            (Event::DecisionRefused, Some(Reason::NeedsWaiver)),
            (Event::DecisionRefused, Some(Reason::NotPermitted)),
            (Event::WaiverGranted, None),
        ]
    );
    // Who asked, who granted, which text, when, for whom: on the record.
    let waivers = clinic.verifier.waivers(&t9()).block_on().unwrap();
    let [waiver] = waivers.as_slice() else {
        panic!("one was granted")
    };
    assert_eq!(
        (waiver.id, &waiver.requested_by, &waiver.granted_by),
        (w1, &actor("ada"), &actor("vera"))
    );
    assert_eq!(
        (waiver.accepted_text.as_str(), &waiver.scope),
        (TEXT, &WaiverScope::Practice)
    );
    assert_eq!(waiver.granted_at, clinic.clock.read());
}

#[test]
fn e04_the_opt_out_ends_when_it_is_withdrawn_or_its_time_is_over() {
    let clinic = portal_clinic();
    let pat = patient(&clinic, "t9", "pat", &[sms(PHONE)]);
    let w1 = made(grant(&clinic, &request(), "vera"));
    let withdrawn = |by: &str| {
        let why = "risk no longer accepted";
        clinic
            .verifier
            .withdraw_waiver(&t9(), w1, why, &actor(by))
            .block_on()
            .unwrap()
    };
    assert_eq!(withdrawn("ada"), Decision::Refused(DecisionRefused::NotPermitted));
    assert_eq!(why_not_required(&clinic, &pat), Some(Reason::Waived));
    assert_eq!(withdrawn("vera"), Decision::Made(()));
    assert_eq!(why_not_required(&clinic, &pat), None);
    assert_eq!(withdrawn("vera"), Decision::Refused(DecisionRefused::NotFound));

    let end = clinic.clock.read().saturating_add(hours(24));
    made(grant(&clinic, &request().until(end), "vera"));
    clinic.clock.set(end.saturating_sub(common::MILLISECOND));
    assert_eq!(why_not_required(&clinic, &pat), Some(Reason::Waived));
    clinic.clock.set(end);
    assert_eq!(why_not_required(&clinic, &pat), None);
    assert_eq!(
        grant(&clinic, &request().until(end), "vera"),
        Decision::Refused(DecisionRefused::Unbounded)
    );
    clinic.clock.back(seconds(60));
    assert_eq!(why_not_required(&clinic, &pat), None);
}

#[test]
fn e05_the_opt_out_is_for_that_practice_only() {
    let clinic = portal_clinic();
    let there = patient(&clinic, "t9", "pat", &[sms(PHONE)]);
    let elsewhere = patient(&clinic, "t10", "pat", &[sms(PHONE)]);
    made(grant(&clinic, &request(), "vera"));
    assert_eq!(why_not_required(&clinic, &there), Some(Reason::Waived));
    assert_eq!(why_not_required(&clinic, &elsewhere), None);
}

#[test]
fn e05_nor_for_other_purposes_populations_or_subjects() {
    let clinic = portal_clinic();
    let (pat, kid) = (
        patient(&clinic, "t9", "pat", &[sms(PHONE)]),
        patient(&clinic, "t9", "kid", &[sms(PHONE)]),
    );
    let scope = WaiverScope::Subject(pat.id().clone());
    let for_pat = WaiverRequest::new(scope, actor("ada"), TEXT).for_purposes([portal()]);
    made(grant(&clinic, &for_pat, "vera"));
    assert_eq!(why_not_required(&clinic, &pat), Some(Reason::Waived));
    assert_eq!(why_not_required(&clinic, &kid), None);
    let manage = Begin::new(
        &pat,
        Purpose::manage_authenticators(),
        FirstFactor::passed_at(clinic.clock.read()),
    );
    assert!(!matches!(begin(&clinic, manage), Ruling::Pass(_)));
}

#[test]
fn e07_the_reason_of_the_rule_shows() {
    let clinic = portal_clinic();
    let pat = pat(&clinic);
    let seen = clinic.verifier.explain(&pat, &portal()).block_on().unwrap();
    assert!(seen.explanation.to_string().contains("ICO-2020"));
    asked(&clinic, &pat);
    assert_eq!(clinic.last(&pat).decided_by.as_deref(), Some("vendor (ICO-2020)"));
}

#[test]
fn e22_practices_that_are_let_off_work_as_before() {
    let clinic = portal_clinic();
    let pat = patient(&clinic, "t9", "pat", &[sms(PHONE)]);
    let w1 = made(grant(&clinic, &request(), "vera"));
    assert_eq!(why_not_required(&clinic, &pat), Some(Reason::Waived));
    assert_eq!(clinic.sent(), 0);
    let entry = clinic.last(&pat);
    assert_eq!(entry.reason, Some(Reason::Waived));
    assert_eq!(entry.decided_by, Some(format!("waiver:{w1}")));
}

#[test]
fn a_s08_2_a_waiver_beats_a_default_and_never_a_mandate() {
    let clinic = under(wrs_staff(parse_date("2026-01-01").unwrap()));
    let everyone = WaiverRequest::practice(actor("ada"), TEXT);
    assert_eq!(
        grant(&clinic, &everyone, "vera"),
        Decision::Refused(DecisionRefused::NotWaivable)
    );
}

#[test]
fn a_s08_2_a_mandate_from_a_date_on_overrides_a_waiver_and_the_trail_says_so() {
    let date = parse_date("2026-07-01").unwrap();
    let mandate = Layer::mandate(medfactor::policy::MandateName::new("UK-2026").unwrap())
        .for_populations([Population::Patient])
        .locked()
        .required_from(
            date,
            medfactor::policy::ZoneSource::Named(medfactor::time::Zone::utc()),
        );
    let clinic = under(exact_portal().layer(mandate));
    let pat = patient(&clinic, "t9", "pat", &[sms(PHONE)]);
    made(grant(&clinic, &request(), "vera"));
    let midnight = medfactor::time::Zone::utc().first_instant(date, medfactor::time::Time::MIDNIGHT);
    clinic.clock.set(midnight.saturating_sub(common::MILLISECOND));
    assert_eq!(why_not_required(&clinic, &pat), Some(Reason::Waived));
    clinic.clock.set(midnight);
    assert_eq!(why_not_required(&clinic, &pat), None);
    assert_eq!(clinic.count(&pat, Event::WaiverOverridden), 1);
}

#[test]
fn a24_a_program_is_exempt_by_name_and_until_a_date() {
    let clinic = portal_clinic();
    let robot = Subject::parse("t9", "lab-import").unwrap();
    clinic
        .directory
        .put_person(Person::new(robot.clone(), Population::Service));
    let enters = || {
        let first = FirstFactor::passed_at(clinic.clock.read());
        begin(&clinic, Begin::new(&robot, Purpose::sign_in(), first))
    };
    assert!(!matches!(enters(), Ruling::Pass(_)));
    let everyone = WaiverRequest::practice(actor("ada"), TEXT).for_populations([Population::Service]);
    assert_eq!(
        grant(&clinic, &everyone, "vera"),
        Decision::Refused(DecisionRefused::Unbounded)
    );
    let named = WaiverRequest::new(WaiverScope::Subject(robot.id().clone()), actor("ada"), TEXT)
        .for_populations([Population::Service]);
    assert_eq!(
        grant(&clinic, &named, "vera"),
        Decision::Refused(DecisionRefused::Unbounded)
    );
    let end = clinic.clock.read().saturating_add(hours(24));
    made(grant(&clinic, &named.until(end), "vera"));
    assert!(matches!(enters(), Ruling::Pass(pass) if pass.why() == Why::NotRequired(Reason::Waived)));
    clinic.clock.set(end);
    assert!(!matches!(enters(), Ruling::Pass(_)));
}
