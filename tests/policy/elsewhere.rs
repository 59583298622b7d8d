//! What went wrong elsewhere.

use super::*;

#[test]
fn bypass_027_every_policy_that_loads_locks_after_finitely_many_failures() {
    for bad in [
        "tries_per_challenge = 0",
        "tries_in_a_row = 101",
        "tries_per_subject = 51",
        "tries_in_a_row = 0",
    ] {
        let text = format!("format = 1\n[[layers]]\nscope = 'vendor'\n{bad}");
        assert_eq!(Policy::from_toml(&text).unwrap_err().problems.len(), 1, "{bad}");
    }
}

#[test]
fn bypass_060_the_window_of_codes_is_bounded() {
    let text = "format = 1\n[[layers]]\nscope = 'vendor'\ntotp_skew = ";
    assert!(Policy::from_toml(&format!("{text}2")).is_ok());
    assert!(Policy::from_toml(&format!("{text}3")).is_err());
}

#[test]
fn bypass_062_no_lower_layer_extends_the_grace() {
    let days = |count: u64| EnrolmentGrace::new(Duration::from_secs(count * 86_400)).unwrap();
    let policy = Policy::new()
        .layer(required().enrolment_grace(days(7)))
        .layer(Layer::practice(practice("T1")).enrolment_grace(days(30)));
    assert_eq!(
        resolve(&policy, &person("T1", STAFF).situation()).enrolment_grace(),
        days(7)
    );
}

#[test]
fn bypass_080_a_shorter_policy_ends_trust_given_before() {
    let rex = person("T1", STAFF);
    let two_hours_ago = rex.now.saturating_sub(Duration::from_secs(7200));
    let policy = Policy::new().layer(required().trust(rolling(18)));
    let is_trusted = |policy: &Policy| {
        let end = resolve(policy, &rex.situation()).trust_end(two_hours_ago);
        end.is_some_and(|end| rex.now < end)
    };
    assert!(is_trusted(&policy));
    assert!(!is_trusted(
        &policy.layer(Layer::practice(practice("T1")).trust(rolling(1)))
    ));
}

#[test]
fn bypass_090_an_unknown_role_gets_the_strictest() {
    let vendor = off().trust(rolling(18));
    let policy = Policy::new()
        .layer(vendor)
        .roles([role("scheduler"), role("receptionist")]);
    let rex = person("T1", STAFF);
    let known = [role("scheduler")];
    let unknown = [role("scheduler"), role("sheduler")];
    let effective = resolve(&policy, &rex.situation().roles(&unknown));
    assert_eq!(effective.requirement(), Requirement::Required);
    assert_eq!(effective.trust_end(rex.now), None);
    assert_eq!(effective.requirement_decided_by(), DecidedBy::UnknownRole);
    assert_eq!(
        resolve(&policy, &rex.situation().roles(&known)).requirement(),
        Requirement::Off
    );
}

#[test]
fn bypass_090_a_practice_nobody_wrote_about_is_required() {
    assert_eq!(
        person("T404", Population::Guest).requirement(&Policy::new()),
        Requirement::Required
    );
    assert_eq!(
        person("T404", Population::Service).requirement(&wrs::wrs()),
        Requirement::Required
    );
}
