//! WRS: mandatory for staff from a date, remembered for 18 hours.

use super::*;

pub(super) fn wrs() -> Policy {
    presets::wrs_staff(parse_date("2026-09-01").unwrap())
}

#[test]
fn h01_required_from_is_midnight_in_the_practice_zone() {
    let (rex, new_york) = (person("T1", STAFF), zone("America/New_York"));
    let midnight = Timestamp::from_unix_seconds(1_788_235_200).unwrap();
    assert_eq!(midnight.to_string(), "2026-09-01T04:00:00.000Z");
    let at = |now| resolve(&wrs(), &rex.situation().zone(&new_york).at(now));
    assert_eq!(at(second_before(midnight)).requirement(), Requirement::Off);
    assert_eq!(at(second_before(midnight)).next_requirement(), Some(midnight));
    assert_eq!(at(midnight).requirement(), Requirement::Required);
    assert_eq!(at(midnight).requirement_decided_by().to_string(), "mandate:ONC");
}

#[test]
fn h01_without_a_zone_the_date_counts_as_passed() {
    assert_eq!(person("T1", STAFF).requirement(&wrs()), Requirement::Required);
}

#[test]
fn h02_nobody_opts_out_of_the_mandate() {
    for layer in [
        Layer::practice(practice("T1")),
        Layer::new(Scope::Role(role("physician"))),
    ] {
        let error = wrs()
            .with_layer(layer.requirement(Requirement::Off), &Facts::new())
            .unwrap_err();
        assert_eq!(error.to_string(), "requirement is locked by mandate:ONC (ONC)");
    }
}

#[test]
fn h03_patients_are_not_touched() {
    let pat = person("T1", PATIENT).opens("portal_login");
    assert_eq!(pat.requirement(&wrs()), Requirement::Off);
    let patients_only = Layer::practice(practice("T1"))
        .for_populations([PATIENT])
        .requirement(Requirement::Off);
    assert!(wrs().with_layer(patients_only, &Facts::new()).is_ok());
}

#[test]
fn h07_codes_by_text_message_or_email() {
    let effective = resolve(&wrs(), &person("T1", STAFF).situation());
    assert_eq!(effective.methods().as_slice(), [Method::Sms, Method::Email]);
}

#[test]
fn h08_security_messages_need_no_messaging_plan() {
    assert!(resolve(&wrs(), &person("T1", STAFF).situation()).security_messages_need_no_entitlement());
    assert!(
        !resolve(&exact::exact(), &person("T1", STAFF).situation()).security_messages_need_no_entitlement()
    );
}

#[test]
fn h11_codes_live_five_minutes_from_issue() {
    let effective = resolve(&wrs(), &person("T1", STAFF).situation());
    assert_eq!(effective.code_lifetime().get(), Duration::from_secs(300));
    assert_eq!(effective.receipt_allowance().get(), Duration::ZERO);
    assert_eq!(effective.code_valid_from(), ValidFrom::Issued);
}

#[test]
fn h16_remembered_for_eighteen_hours_at_sign_in_only() {
    let rex = person("T1", STAFF);
    let effective = resolve(&wrs(), &rex.situation());
    assert_eq!(
        effective.trust_end(rex.now).unwrap().since(rex.now),
        Duration::from_secs(64_800)
    );
    let other = person("T1", STAFF).opens("export_records");
    assert_eq!(resolve(&wrs(), &other.situation()).trust_end(other.now), None);
}

#[test]
fn h17_remembered_by_itself_unless_a_layer_asks() {
    let rex = person("T1", STAFF);
    assert_eq!(resolve(&wrs(), &rex.situation()).remember(), RememberMode::Always);
    let asked = wrs().layer(Layer::practice(practice("T1")).remember(RememberMode::OptIn));
    assert_eq!(resolve(&asked, &rex.situation()).remember(), RememberMode::OptIn);
}

#[test]
fn h26_a_short_code_is_allowed_with_a_warning() {
    let policy = Policy::new().layer(Layer::vendor().code_length(CodeLength::new(4).unwrap()));
    let warnings = policy.warnings();
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        (warnings[0].path.as_str(), warnings[0].kind),
        ("layers[0].code_length", WarningKind::ShortCode)
    );
    let rex = person("T1", STAFF);
    assert_eq!(resolve(&policy, &rex.situation()).code_length().digits(), 4);
    assert_eq!(
        resolve(&Policy::new(), &rex.situation()).code_length().digits(),
        6
    );
}
