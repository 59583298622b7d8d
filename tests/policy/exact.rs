//! EXACT: required for every portal patient by the vendor, by text message only.

use super::*;

pub(super) fn exact() -> Policy {
    Policy::new()
        .layer(
            Layer::vendor()
                .for_populations([PATIENT])
                .for_purposes([purpose("portal_login")])
                .referring_to(Reference::new("ICO-2020").unwrap())
                .requirement(Requirement::Required)
                .methods([Method::Sms]),
        )
        .layer(
            Layer::vendor()
                .for_populations([STAFF])
                .methods([Method::Sms, Method::Email]),
        )
}

#[test]
fn e02_a_new_practice_without_settings_is_covered() {
    let pat = person("T9", PATIENT).opens("portal_login");
    let effective = resolve(&exact(), &pat.situation());
    assert_eq!(effective.requirement(), Requirement::Required);
    assert!(matches!(
        effective.requirement_decided_by(),
        DecidedBy::Layer {
            scope: Scope::Vendor,
            ..
        }
    ));
}

#[test]
fn e03_a_practice_cannot_opt_out_by_itself() {
    let pat = person("T9", PATIENT).opens("portal_login");
    let policy = exact().layer(Layer::practice(practice("T9")).requirement(Requirement::Off));
    assert_eq!(pat.requirement(&policy), Requirement::Required);
}

#[test]
fn e07_the_reference_appears_in_the_explanation() {
    let pat = person("T9", PATIENT).opens("portal_login");
    let explanation = explain(&exact(), &pat.situation());
    let row = explanation.row("requirement").unwrap();
    assert_eq!(row.reference().unwrap().as_str(), "ICO-2020");
    let table = explanation.to_string();
    let line = table
        .lines()
        .find(|line| line.starts_with("requirement "))
        .unwrap();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>(),
        ["requirement", "required", "vendor", "ICO-2020"]
    );
}

#[test]
fn e10_email_is_for_staff_only() {
    let methods = |who: Person| resolve(&exact(), &who.situation()).methods().as_slice().to_vec();
    assert_eq!(
        methods(person("T1", PATIENT).opens("portal_login")),
        [Method::Sms]
    );
    assert_eq!(
        methods(person("T1", STAFF).opens("portal_login")),
        [Method::Sms, Method::Email]
    );
}

#[test]
fn e08_a_practice_cannot_add_the_mailbox() {
    let mail = Layer::practice(practice("T1"))
        .for_populations([PATIENT])
        .methods([Method::Sms, Method::Email]);
    let pat = person("T1", PATIENT).opens("portal_login");
    assert_eq!(
        resolve(&exact().layer(mail), &pat.situation())
            .methods()
            .as_slice(),
        [Method::Sms]
    );
}
