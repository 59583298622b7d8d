//! Who must, from when, and what must be there beforehand.

use medfactor::audit::{Actor, Event, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Problem, Ruling, Why};
use medfactor::ids::SubjectId;
use medfactor::message::Text;
use medfactor::policy::{Facts, Layer, Population, Requirement};
use medfactor::purpose::Purpose;
use pollster::FutureExt as _;

use crate::common::{Ask, Browser, MAIL, MILLISECOND, MOBILE, SignIn, person, practice_id, wrs_policy};
use crate::{clinic, set};

#[test]
fn h01_required_from_the_first_instant_of_the_date_in_the_practice() {
    let clinic = clinic();
    let rex = clinic.rex();
    set(&clinic, "2026-08-31", "23:59", 59);
    assert_eq!(
        Browser::new().sign_in(&clinic, &rex),
        SignIn::NotRequired(Reason::PolicyOff)
    );
    let midnight = set(&clinic, "2026-09-01", "00:00", 0);
    assert_eq!(midnight.to_string(), "2026-09-01T04:00:00.000Z");

    clinic.clock.set(midnight.saturating_sub(MILLISECOND));
    assert!(matches!(Browser::new().begin(&clinic, &rex), Ruling::Pass(_)));
    let entry = clinic.last(&rex);
    assert_eq!(
        (entry.event, entry.reason),
        (Event::NotRequired, Some(Reason::PolicyOff))
    );
    for after in [0, 1] {
        clinic.clock.set(midnight.saturating_add(MILLISECOND * after));
        assert!(matches!(
            Browser::new().begin(&clinic, &rex),
            Ruling::Challenge(_)
        ));
        let entry = clinic.last(&rex);
        assert_eq!(entry.event, Event::Begin);
        assert_eq!(entry.decided_by.unwrap(), "mandate:ONC");
    }
}

#[test]
fn h01_without_a_zone_the_date_counts_as_reached() {
    let clinic = clinic();
    let rex = clinic.rex();
    let practice = medfactor::directory::Practice::new("Harbour Clinic");
    clinic.directory.put_practice(practice_id(), practice);
    set(&clinic, "2026-01-15", "10:00", 0);
    assert!(matches!(
        Browser::new().begin(&clinic, &rex),
        Ruling::Challenge(_)
    ));
}

#[test]
fn h02_nobody_opts_out_of_a_locked_mandate() {
    let opt_out = Layer::practice(practice_id()).requirement(Requirement::Off);
    let refused = wrs_policy().with_layer(opt_out, &Facts::new()).unwrap_err();
    let [locked] = refused.refused.as_slice() else {
        panic!("{refused:?}")
    };
    assert_eq!(locked.scope.to_string(), "mandate:ONC");
    assert_eq!(locked.reference.as_ref().unwrap().as_str(), "ONC");
    assert_eq!(locked.setting, Some("requirement"));
    assert_eq!(refused.to_string(), "requirement is locked by mandate:ONC (ONC)");
}

#[test]
fn h02_a_layer_that_slipped_in_all_the_same_has_no_effect() {
    let sneaked = wrs_policy().layer(Layer::practice(practice_id()).requirement(Requirement::Off));
    let clinic = crate::common::clinic_at(&crate::new_york(), sneaked);
    let rex = clinic.rex();
    assert!(matches!(
        Browser::new().begin(&clinic, &rex),
        Ruling::Challenge(_)
    ));
}

#[test]
fn h03_patients_and_guests_are_not_touched_by_the_mandate() {
    let clinic = clinic();
    let purposes = [Purpose::sign_in(), Purpose::new("portal_login").unwrap()];
    for (id, population) in [("pat", Population::Patient), ("gus", Population::Guest)] {
        let subject = person(&clinic, id, population, None);
        for purpose in &purposes {
            let request = clinic.request(&subject, purpose.clone(), None);
            let Ruling::Pass(pass) = clinic.verifier.begin(request).block_on().unwrap() else {
                panic!("{id} is asked")
            };
            assert_eq!(pass.why(), Why::NotRequired(Reason::PolicyOff));
            assert_eq!(clinic.last(&subject).decided_by.unwrap(), "vendor");
        }
    }
}

#[test]
fn h03_a_service_account_is_not_exempt() {
    let clinic = clinic();
    let job = person(&clinic, "nightly-job", Population::Service, None);
    assert!(!matches!(Browser::new().begin(&clinic, &job), Ruling::Pass(_)));
}

#[test]
fn h04_the_list_names_who_has_neither_mobile_nor_mail() {
    let clinic = clinic();
    let mail = clinic.staff("a-mail", None, Some(MAIL)).unwrap();
    let cell = clinic.staff("b-cell", Some(MOBILE), None).unwrap();
    let none = clinic.staff("c-none", None, None).unwrap();
    let missing = Problem::MissingContact([Channel::Sms, Channel::Email].into());
    // Two weeks before the date, the day before it, and after it.
    for date in ["2026-08-18", "2026-08-31", "2026-09-14"] {
        set(&clinic, date, "10:00", 0);
        let page = clinic
            .verifier
            .practice_readiness(&practice_id(), &Purpose::sign_in(), None, 500)
            .block_on()
            .unwrap();
        assert_eq!((page.people, page.ready, page.next), (3, 2, None), "{date}");
        assert_eq!(page.not_ready.len(), 1, "{date}");
        assert_eq!(page.not_ready[0].subject, none);
        assert_eq!(page.not_ready[0].problems, std::slice::from_ref(&missing));
        assert_eq!(page.not_ready[0].required, date > "2026-09-01");
        assert_eq!(
            page.problems.into_iter().collect::<Vec<_>>(),
            [(missing.clone(), 1)]
        );
    }
    for subject in [mail, cell, none] {
        assert!(clinic.log(&subject).is_empty(), "looking leaves no trace");
    }
}

#[test]
fn h04_the_list_comes_in_pages() {
    let clinic = clinic();
    for number in 0..7 {
        clinic.staff(&format!("u{number}"), None, None).unwrap();
    }
    let (mut after, mut sizes, mut names) = (None::<SubjectId>, Vec::new(), Vec::new());
    loop {
        let page = clinic
            .verifier
            .practice_readiness(&practice_id(), &Purpose::sign_in(), after.as_ref(), 3)
            .block_on()
            .unwrap();
        sizes.push(page.people);
        names.extend(
            page.not_ready
                .iter()
                .map(|one| one.subject.id().as_str().to_owned()),
        );
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(names, ["u0", "u1", "u2", "u3", "u4", "u5", "u6"]);
}

#[test]
fn h05_first_use_is_told_until_it_is_acknowledged() {
    let clinic = clinic();
    let rex = clinic.rex();
    set(&clinic, "2026-08-31", "12:00", 0);
    let Ruling::Pass(before) = Browser::new().begin(&clinic, &rex) else {
        panic!("required before its date")
    };
    assert!(!before.first_use(), "nothing is new before the mandate");

    let mut browser = Browser::new();
    set(&clinic, "2026-09-01", "08:00", 0);
    let first = clinic.asks(&rex);
    assert!(first.first_use());
    let code = clinic.code(&first);
    let pass = clinic.answer(&first, &code).unwrap();
    assert!(pass.first_use());
    browser.keep(&pass);
    let Ruling::Pass(again) = browser.begin(&clinic, &rex) else {
        panic!("remembered")
    };
    assert!(again.first_use(), "not acknowledged yet");

    clinic
        .verifier
        .acknowledge_first_use(&rex, &Actor::host("password reset"))
        .block_on()
        .unwrap();
    let entry = clinic.last(&rex);
    assert_eq!(entry.event, Event::FirstUseAcknowledged);
    assert_eq!(entry.actor, Actor::host("password reset"));
    let Ruling::Pass(after) = browser.begin(&clinic, &rex) else {
        panic!("remembered")
    };
    assert!(!after.first_use());
    assert!(!clinic.asks(&rex).first_use());
}

#[test]
fn h21_nothing_on_file_blocks_and_tells_staff_what_to_do() {
    let clinic = clinic();
    let nobody = clinic.staff("nobody", None, None).unwrap();
    let Ruling::Blocked(blocked) = Browser::new().begin(&clinic, &nobody) else {
        panic!("not blocked")
    };
    assert_eq!(blocked.reason(), Reason::NoUsableContact);
    assert_eq!(blocked.public_text(), Text::NoContactStaff);
    assert_eq!(
        blocked.public_text().english(),
        "Ask your administrator to add a mobile number or e-mail to your profile."
    );
    assert_eq!(blocked.retry_at(), None);
    let entry = clinic.last(&nobody);
    assert_eq!(
        (entry.event, entry.reason),
        (Event::Blocked, Some(Reason::NoUsableContact))
    );
    let ready = clinic
        .verifier
        .readiness(&nobody, &Purpose::sign_in())
        .block_on()
        .unwrap();
    assert_eq!(
        ready.problems,
        [Problem::MissingContact([Channel::Sms, Channel::Email].into())]
    );
    assert_eq!(clinic.sent(), 0);

    // The number is added, and the next sign-in works.
    clinic.staff("nobody", Some(MOBILE), None).unwrap();
    assert_eq!(Browser::new().sign_in(&clinic, &nobody), SignIn::Asked);
}
