//! Which device is remembered, for whom, and what a device is.

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Remember, Ruling, Why};
use medfactor::ids::PracticeId;
use medfactor::policy::{Facts, Layer};
use medfactor::purpose::Purpose;
use medfactor::trust::{RememberMode, TrustWindow};
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, MILLISECOND, SignIn, clinic_at, hours, minutes, practice_id, seconds, wrong, wrs_policy,
};
use crate::{clinic, new_york, set};

#[test]
fn h09_each_computer_asks_at_its_first_sign_in() {
    let clinic = clinic();
    let rex = clinic.rex();
    let (mut d1, mut d2) = (Browser::new(), Browser::new());
    assert_eq!(d1.sign_in(&clinic, &rex), SignIn::Asked);
    let until = clinic.clock.read().saturating_add(hours(18));
    clinic.clock.forward(minutes(1));
    assert!(matches!(d2.begin(&clinic, &rex), Ruling::Challenge(_)));
    assert_eq!(d1.sign_in(&clinic, &rex), SignIn::Trusted(until), "still trusted");
    assert_eq!(d2.sign_in(&clinic, &rex), SignIn::Asked);
    assert_eq!(
        d1.sign_in(&clinic, &rex),
        SignIn::Trusted(until),
        "and not moved by the other"
    );
    assert_eq!(
        d2.sign_in(&clinic, &rex),
        SignIn::Trusted(until.saturating_add(minutes(1)))
    );
    assert_eq!(clinic.sent(), 2);
}

#[test]
fn h14_three_people_on_one_computer_are_asked_once_each() {
    let clinic = clinic();
    let staff = ["rex", "ria", "rob"].map(|id| clinic.staff(id, Some("+12125550142"), None).unwrap());
    let mut d1 = Browser::new();
    let mut asked = 0;
    for time in ["08:00", "13:00"] {
        for (number, subject) in (0..).zip(&staff) {
            set(&clinic, "2026-09-14", time, number * 60);
            asked += usize::from(d1.sign_in(&clinic, subject) == SignIn::Asked);
        }
    }
    assert_eq!((asked, clinic.sent()), (3, 3), "six sign-ins, three codes");
    for subject in &staff {
        assert_eq!(clinic.count(subject, Event::Verified), 1);
        assert_eq!(clinic.count(subject, Event::Trusted), 1);
    }
}

#[test]
fn h16_remembered_for_eighteen_hours_to_the_millisecond() {
    let window = hours(18);
    for (age, trusted) in [
        (window - seconds(1), true),
        (window - MILLISECOND, true),
        (window, false),
        (window + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let mut d1 = Browser::new();
        let verified = set(&clinic, "2026-09-14", "08:00", 0);
        assert_eq!(d1.sign_in(&clinic, &rex), SignIn::Asked);
        let granted = clinic
            .log(&rex)
            .into_iter()
            .find(|entry| entry.event == Event::TrustGranted)
            .unwrap();
        assert_eq!(granted.until, Some(verified.saturating_add(window)));
        clinic.clock.set(verified.saturating_add(age));
        assert_eq!(d1.is_trusted(&clinic, &rex), trusted, "{age:?}");
        let entry = clinic.last(&rex);
        assert_eq!(entry.event, if trusted { Event::Trusted } else { Event::Begin });
    }
}

#[test]
fn h17_no_box_to_tick_in_the_preset() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let pass = clinic
        .submit(&challenge, &code, Remember::No)
        .block_on()
        .unwrap()
        .unwrap();
    let mut browser = Browser::new();
    browser.keep(&pass);
    assert!(browser.is_trusted(&clinic, &rex));
}

#[test]
fn h17_with_a_box_only_who_ticks_it_is_remembered() {
    let opt_in = Layer::practice(practice_id()).remember(RememberMode::OptIn);
    let policy = wrs_policy().with_layer(opt_in, &Facts::new()).unwrap();
    let never = Layer::practice(practice_id()).remember(RememberMode::Never);
    let never = wrs_policy().with_layer(never, &Facts::new()).unwrap();
    for (policy, remember, trusted) in [
        (&policy, Remember::No, false),
        (&policy, Remember::Yes, true),
        (&never, Remember::Yes, false),
    ] {
        let clinic = clinic_at(&new_york(), policy.clone());
        let rex = clinic.rex();
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        let pass = clinic
            .submit(&challenge, &code, remember)
            .block_on()
            .unwrap()
            .unwrap();
        assert_eq!(clinic.count(&rex, Event::TrustGranted), usize::from(trusted));
        let mut browser = Browser::new();
        browser.keep(&pass);
        assert_eq!(browser.is_trusted(&clinic, &rex), trusted, "{remember:?}");
        let devices = clinic.verifier.devices(&rex).block_on().unwrap();
        assert_eq!(devices[0].trusted_until.is_some(), trusted);
    }
}

#[test]
fn h19_only_success_makes_a_device_remembered() {
    let clinic = clinic();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let verdict = clinic
        .submit(&challenge, &wrong(&code), Remember::Yes)
        .block_on()
        .unwrap();
    assert_eq!(verdict.unwrap_err().reason(), Reason::Wrong);
    assert!(clinic.verifier.devices(&rex).block_on().unwrap().is_empty());
    assert_eq!(clinic.count(&rex, Event::TrustGranted), 0);

    // In one commit with the code that is used up: where that commit fails there is neither.
    let mut faults = medfactor::testing::Faults::default();
    faults.commit = u8::MAX;
    clinic.store.set(faults);
    clinic
        .verifier
        .submit(challenge.ticket(), &code, Remember::Yes)
        .block_on()
        .unwrap_err();
    clinic.store.set(medfactor::testing::Faults::default());
    assert!(clinic.verifier.devices(&rex).block_on().unwrap().is_empty());
    assert!(clinic.answer(&challenge, &code).is_ok());
    assert_eq!(clinic.verifier.devices(&rex).block_on().unwrap().len(), 1);
}

#[test]
fn h22_without_its_cookie_a_browser_is_new() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let old = browser.cookie(&rex).unwrap().to_owned();
    let first = clinic.verifier.devices(&rex).block_on().unwrap();
    browser.clear();
    assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Asked);
    assert_ne!(browser.cookie(&rex).unwrap(), old);
    let devices = clinic.verifier.devices(&rex).block_on().unwrap();
    assert_eq!(devices.len(), 2);
    assert_ne!(devices[1].id, first[0].id, "a new handle");
    assert!(browser.is_trusted(&clinic, &rex));
    for unknown in ["", "v1", "v1.1.00.0.00", "nonsense", &"x".repeat(5000)] {
        let ruling = clinic.begin(&rex, Some(unknown)).block_on().unwrap();
        assert!(matches!(ruling, Ruling::Challenge(_)), "{unknown:.20}");
    }
}

#[test]
fn h23_the_cookie_of_somebody_else_gives_nothing() {
    let clinic = clinic();
    let (rex, rob) = (
        clinic.rex(),
        clinic.staff("rob", Some("+12125550199"), None).unwrap(),
    );
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    let ruling = clinic.begin(&rob, browser.cookie(&rex)).block_on().unwrap();
    assert!(matches!(ruling, Ruling::Challenge(_)));
    assert!(clinic.last(&rob).device.is_none(), "not even recognised");
    assert!(browser.is_trusted(&clinic, &rex), "and Rex has lost nothing");
    assert_eq!(clinic.count(&rex, Event::TrustTheft), 0);

    // Nor at another practice, under the same name.
    let other = PracticeId::new("t2").unwrap();
    let practice = medfactor::directory::Practice::new("Other").zone(new_york());
    clinic.directory.put_practice(other.clone(), practice);
    let namesake = medfactor::ids::Subject::new(other, rex.id().clone());
    let contact = medfactor::contact::Destination::sms("+12125550142").unwrap();
    clinic.directory.put_person(
        medfactor::directory::Person::new(namesake.clone(), medfactor::policy::Population::Staff)
            .destination(contact),
    );
    let ruling = clinic.begin(&namesake, browser.cookie(&rex)).block_on().unwrap();
    assert!(matches!(ruling, Ruling::Challenge(_)));
}

#[test]
fn h25_one_code_a_day_is_no_limit_on_codes() {
    let clinic = clinic();
    let rex = clinic.rex();
    for (number, time) in (1..).zip(["08:00", "08:01", "08:02"]) {
        set(&clinic, "2026-09-14", time, 0);
        assert_eq!(Browser::new().sign_in(&clinic, &rex), SignIn::Asked);
        assert_eq!(clinic.sent(), number);
    }
    assert_eq!(clinic.count(&rex, Event::SendRefused), 0);
}

#[test]
fn a_s04_1_three_people_on_one_browser_each_with_a_cookie() {
    let clinic = clinic();
    let staff = ["rex", "ria", "rob"].map(|id| clinic.staff(id, Some("+12125550142"), None).unwrap());
    let mut d1 = Browser::new();
    for (subject, time) in staff.iter().zip(["08:00", "08:05", "08:10"]) {
        set(&clinic, "2026-09-14", time, 0);
        assert_eq!(d1.sign_in(&clinic, subject), SignIn::Asked);
    }
    assert_eq!(d1.cookies(), 3);
    set(&clinic, "2026-09-14", "12:00", 0);
    for (subject, time) in staff.iter().zip(["02:00", "02:05", "02:10"]) {
        let until = crate::common::wall(&new_york(), "2026-09-15", time, 0);
        assert_eq!(d1.sign_in(&clinic, subject), SignIn::Trusted(until));
        assert_eq!(clinic.verifier.devices(subject).block_on().unwrap().len(), 1);
    }
}

#[test]
fn a_s04_3_a_shared_device_is_not_remembered() {
    let clinic = clinic();
    let rex = clinic.rex();
    let kiosk = |device: Option<&str>| clinic.request(&rex, Purpose::sign_in(), device).shared_device();
    let Ruling::Challenge(challenge) = clinic.verifier.begin(kiosk(None)).block_on().unwrap() else {
        panic!("not asked")
    };
    let code = clinic.code(&challenge);
    let pass = clinic
        .submit(&challenge, &code, Remember::Yes)
        .block_on()
        .unwrap()
        .unwrap();
    assert_eq!(clinic.count(&rex, Event::TrustGranted), 0);
    let devices = clinic.verifier.devices(&rex).block_on().unwrap();
    assert_eq!(devices[0].trusted_until, None);
    let token = pass.device_cookie().map(medfactor::trust::DeviceCookie::value);
    assert!(matches!(
        clinic.verifier.begin(kiosk(token)).block_on().unwrap(),
        Ruling::Challenge(_)
    ));

    // A device that was remembered before it was marked asks as well.
    let mut own = Browser::new();
    clinic.clock.forward(minutes(1));
    own.sign_in(&clinic, &rex);
    assert!(own.is_trusted(&clinic, &rex));
    let ruling = clinic.verifier.begin(kiosk(own.cookie(&rex))).block_on().unwrap();
    assert!(matches!(ruling, Ruling::Challenge(_)));
}

#[test]
fn a_s16_2_a_renewed_cookie_keeps_the_end_and_a_copy_of_the_old_one_ends_it() {
    let clinic = clinic();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    let verified = set(&clinic, "2026-09-14", "08:00", 0);
    browser.sign_in(&clinic, &rex);
    let old = browser.cookie(&rex).unwrap().to_owned();
    set(&clinic, "2026-09-14", "12:00", 0);
    let until = verified.saturating_add(hours(18));
    assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Trusted(until));
    assert_ne!(browser.cookie(&rex).unwrap(), old, "the handle changes");

    set(&clinic, "2026-09-14", "12:01", 0);
    let ruling = clinic.begin(&rex, Some(&old)).block_on().unwrap();
    assert!(matches!(ruling, Ruling::Challenge(_)));
    assert_eq!(clinic.count(&rex, Event::TrustTheft), 1);
    assert!(clinic.verifier.devices(&rex).block_on().unwrap().is_empty());
    assert!(!browser.is_trusted(&clinic, &rex), "the row is gone for both");
}

#[test]
fn a_s16_2_within_half_a_minute_the_old_cookie_is_a_second_tab() {
    let grace = seconds(30);
    for (age, tolerated) in [
        (grace - MILLISECOND, true),
        (grace, false),
        (grace + MILLISECOND, false),
    ] {
        let clinic = clinic();
        let rex = clinic.rex();
        let mut browser = Browser::new();
        browser.sign_in(&clinic, &rex);
        let old = browser.cookie(&rex).unwrap().to_owned();
        clinic.clock.forward(hours(1));
        assert!(browser.is_trusted(&clinic, &rex));
        clinic.clock.forward(age);
        match clinic.begin(&rex, Some(&old)).block_on().unwrap() {
            Ruling::Pass(pass) => {
                assert!(tolerated && matches!(pass.why(), Why::Trusted { .. }));
                assert!(pass.device_cookie().is_none(), "not renewed once more");
            }
            _ => assert!(!tolerated, "{age:?}"),
        }
        assert_eq!(
            clinic.count(&rex, Event::TrustTheft),
            usize::from(!tolerated),
            "{age:?}"
        );
    }
}

#[test]
fn h18_a_shorter_policy_of_the_practice_counts_at_once() {
    let shorter = Layer::practice(practice_id()).trust_maximum(TrustWindow::new(hours(4)).unwrap());
    let policy = wrs_policy().with_layer(shorter, &Facts::new()).unwrap();
    let clinic = clinic_at(&new_york(), policy);
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    clinic.clock.forward(hours(4) - MILLISECOND);
    assert!(browser.is_trusted(&clinic, &rex));
    clinic.clock.forward(MILLISECOND);
    assert!(!browser.is_trusted(&clinic, &rex));
}
