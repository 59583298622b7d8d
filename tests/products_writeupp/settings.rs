//! The practice's switch: who may touch it, from when it counts, what staff see of it.

use medfactor::audit::{EntryQuery, Event, Reason};
use medfactor::flow::{DecisionRefused, Ruling, Why};
use medfactor::policy::{Population, Requirement};
use medfactor::purpose::Purpose;
use pollster::FutureExt as _;

use super::common::{Ask, hours, person};
use super::*;

fn practice_log(clinic: &Clinic) -> Vec<medfactor::audit::Entry> {
    let all = EntryQuery::practice(practice_id());
    let page = clinic.verifier.history(&all).block_on().unwrap();
    page.entries
        .into_iter()
        .filter(|entry| entry.subject.is_none())
        .collect()
}

#[test]
fn w13_only_the_administrator_manages_the_setting() {
    let clinic = off();
    let saved = clinic
        .verifier
        .save_settings(&practice_id(), 0, &[switched_on()], &actor("clio"), None)
        .block_on()
        .unwrap();
    assert_eq!(saved, Decision::Refused(DecisionRefused::NotPermitted));
    assert_eq!(
        clinic
            .verifier
            .settings(&practice_id())
            .block_on()
            .unwrap()
            .version,
        0
    );
    let pat = pat(&clinic);
    assert!(matches!(click(&clinic, &pat, video("A1"), None), Ruling::Pass(_)));
    let log = practice_log(&clinic);
    assert_eq!(log.len(), 1);
    assert_eq!(
        (log[0].event, log[0].reason),
        (Event::DecisionRefused, Some(Reason::NotPermitted))
    );
    assert_eq!(log[0].actor, actor("clio"));
}

#[test]
fn w15_a_change_counts_once_it_is_saved_and_only_over_the_version_that_was_looked_at() {
    let clinic = off();
    let pat = pat(&clinic);
    let draft = [switched_on()];
    assert!(matches!(click(&clinic, &pat, video("A1"), None), Ruling::Pass(_)));
    assert_eq!(save(&clinic, &draft), Decision::Made(1));
    challenge(click(&clinic, &pat, video("A1"), None));
    let stale = clinic
        .verifier
        .save_settings(&practice_id(), 0, &[], &actor("ada"), None)
        .block_on()
        .unwrap();
    assert_eq!(stale, Decision::Refused(DecisionRefused::Conflict { version: 1 }));
    challenge(click(&clinic, &pat, video("A1"), None));
    let notes: Vec<_> = practice_log(&clinic)
        .into_iter()
        .filter_map(|entry| entry.note)
        .collect();
    assert!(
        notes.contains(&"practice:t1 (patient, video_join) requirement: nothing -> \"required\"".into()),
        "{notes:?}"
    );
}

#[test]
fn w15_two_who_save_at_once_do_not_overwrite_each_other() {
    let clinic = off();
    let verifier = &clinic.verifier;
    let made = std::thread::scope(|scope| {
        let one = |requirement| {
            let layer = switched_on().requirement(requirement);
            verifier
                .save_settings(&practice_id(), 0, &[layer], &actor("ada"), None)
                .block_on()
                .unwrap()
        };
        let threads = [Requirement::Required, Requirement::Off].map(|what| scope.spawn(move || one(what)));
        threads.map(|thread| thread.join().unwrap())
    });
    let wins = made
        .iter()
        .filter(|decision| **decision == Decision::Made(1))
        .count();
    assert_eq!(wins, 1, "{made:?}");
}

#[test]
fn w16_the_clinician_sees_that_verification_is_on() {
    let clinic = on();
    let pat = pat(&clinic);
    let seen = clinic.verifier.explain(&pat, &video("A1")).block_on().unwrap();
    let row = seen.explanation.row("requirement").unwrap();
    assert_eq!(
        (row.value(), row.decided_by().to_string()),
        ("required", "practice:t1".into())
    );
    assert_eq!(seen.methods[0].destination.as_deref(), Some("+44••••••0123"));
    assert!(clinic.log(&pat).is_empty());
}

#[test]
fn w17_nothing_changes_for_the_clinician() {
    let clinic = on();
    let clio = person(&clinic, "clio", Population::Staff, None);
    let Ruling::Pass(pass) = click(&clinic, &clio, video("A1"), None) else {
        panic!("it is about patients")
    };
    assert_eq!(pass.why(), Why::NotRequired(Reason::PopulationExempt));
}

#[test]
fn w18_a_reminder_can_say_that_the_telephone_will_be_needed() {
    let clinic = on();
    let pat = pat(&clinic);
    let at = clinic.clock.read().saturating_add(hours(24));
    let ahead = clinic
        .verifier
        .will_require(&pat, &video("A1"), at)
        .block_on()
        .unwrap();
    assert!(ahead.required);
    assert_eq!(ahead.methods[0].destination.as_deref(), Some("+44••••••0123"));
    let other = Purpose::parse("direct_message/M7").unwrap();
    let ahead = clinic.verifier.will_require(&pat, &other, at).block_on().unwrap();
    assert_eq!((ahead.required, ahead.reason), (false, Some(Reason::PolicyOff)));
    assert!(clinic.log(&pat).is_empty());
    assert_eq!(clinic.sent(), 0);
}
