//! WriteUpp: a practice may ask patients for a code before a video appointment.

use super::*;

fn writeupp() -> Policy {
    Policy::new().layer(off())
}

fn video_on(id: &str) -> Layer {
    Layer::practice(practice(id))
        .for_populations([PATIENT])
        .for_purposes([purpose("video_join")])
        .requirement(Requirement::Required)
        .methods([Method::Sms])
}

#[test]
fn w01_nothing_happens_unless_the_practice_switches_it_on() {
    let pat = person("T1", PATIENT).opens("video_join/A1");
    let effective = resolve(&writeupp(), &pat.situation());
    assert_eq!(effective.requirement(), Requirement::Off);
    assert_eq!(effective.requirement_decided_by().to_string(), "vendor");
    assert_eq!(
        pat.requirement(&writeupp().layer(video_on("T1"))),
        Requirement::Required
    );
}

#[test]
fn w01_one_practice_does_not_decide_for_another() {
    let policy = writeupp().layer(video_on("T9"));
    assert_eq!(
        person("T1", PATIENT).opens("video_join/A1").requirement(&policy),
        Requirement::Off
    );
}

#[test]
fn w02_each_purpose_has_its_own_switch() {
    let policy = writeupp().layer(video_on("T1"));
    assert_eq!(
        person("T1", PATIENT)
            .opens("direct_message/M7")
            .requirement(&policy),
        Requirement::Off
    );
    let one = Layer::new(Scope::Purpose(purpose("video_join/A1"))).requirement(Requirement::Required);
    let policy = writeupp().layer(one);
    assert_eq!(
        person("T1", PATIENT).opens("video_join/A1").requirement(&policy),
        Requirement::Required
    );
    assert_eq!(
        person("T1", PATIENT).opens("video_join/A2").requirement(&policy),
        Requirement::Off
    );
}

#[test]
fn w16_the_explanation_shows_who_decided() {
    let policy = writeupp().layer(video_on("T1"));
    let pat = person("T1", PATIENT).opens("video_join/A1");
    let explanation = explain(&policy, &pat.situation());
    let row = explanation.row("requirement").unwrap();
    assert_eq!(
        (row.value(), row.decided_by().to_string().as_str()),
        ("required", "practice:T1")
    );
    // Without a word of the vendor the default methods stand, and text messages are not among them.
    assert_eq!(explanation.row("methods").unwrap().value(), "none");
    let policy = policy.layer(Layer::vendor().for_populations([PATIENT]).methods([Method::Sms]));
    assert_eq!(
        explain(&policy, &pat.situation()).row("methods").unwrap().value(),
        "sms"
    );
}

#[test]
fn w17_nothing_changes_for_the_clinician() {
    let policy = writeupp().layer(video_on("T1"));
    assert_eq!(
        person("T1", STAFF).opens("video_join/A1").requirement(&policy),
        Requirement::Off
    );
}

#[test]
fn w21_what_counts_is_the_policy_at_the_moment_of_joining() {
    let pat = person("T1", PATIENT).opens("video_join/A1");
    let on = writeupp().with_layer(video_on("T1"), &Facts::new()).unwrap();
    assert_eq!(pat.requirement(&on), Requirement::Required);
    let off_again = on
        .with_layer(video_on("T1").requirement(Requirement::Off), &Facts::new())
        .unwrap();
    assert_eq!(
        off_again.layers().len(),
        2,
        "the layer takes the place of the earlier one"
    );
    assert_eq!(pat.requirement(&off_again), Requirement::Off);
}
