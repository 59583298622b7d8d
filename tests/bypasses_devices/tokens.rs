//! F, first half: what a token is worth, to whom, and who can make one.

use std::sync::Barrier;
use std::thread;

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Authority, Managed, Remember, Ruling, Why};
use medfactor::ids::Subject;
use medfactor::keys::{KeyId, KeyRing};
use medfactor::method::AuthenticatorKind;
use medfactor::policy::{DeviceLimit, Layer};
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, SharedStore};
use medfactor::time::Zone;
use medfactor::trust::DeviceCookie;
use pollster::FutureExt as _;

use crate::common::{
    Ask, Browser, SignIn, clinic_at, every_method, hours, minutes, seconds, wrong, wrs, wrs_policy,
};

/// A clinic with a browser on which Rex is remembered.
fn trusted() -> (Clinic, Subject, Browser) {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &rex);
    clinic.clock.forward(minutes(1));
    (clinic, rex, browser)
}

fn is_asked(clinic: &Clinic, subject: &Subject, token: Option<&str>) -> bool {
    matches!(
        clinic.begin(subject, token).block_on().unwrap(),
        Ruling::Challenge(_)
    )
}

#[test]
fn bypass_064_a_token_with_any_bit_changed_is_none() {
    let (clinic, rex, mut browser) = trusted();
    let token = browser.cookie(&rex).unwrap().to_owned();
    let mut tried = 0;
    for place in 0..token.len() {
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(
                    is_asked(&clinic, &rex, Some(&changed)),
                    "place {place}, bit {bit}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 700);
    for changed in [
        format!("{token}0"),
        format!(" {token}"),
        format!("{token}."),
        token[1..].into(),
    ] {
        assert!(is_asked(&clinic, &rex, Some(&changed)));
    }
    assert_eq!(
        clinic.count(&rex, Event::TrustTheft),
        0,
        "forgeries end nobody's trust"
    );
    assert!(browser.is_trusted(&clinic, &rex));
}

#[test]
fn bypass_064_a_token_under_another_key_is_none() {
    let (clinic, rex, browser) = trusted();
    let other = KeyRing::new(KeyId::new(1), *b"another key with the same number").unwrap();
    let other = clinic.another_verifier(wrs_policy(), other).unwrap();
    let request = clinic.request(&rex, Purpose::sign_in(), browser.cookie(&rex));
    assert!(!matches!(
        other.begin(request).block_on().unwrap(),
        Ruling::Pass(_)
    ));
}

#[test]
fn bypass_064_rotating_the_key_loses_nobody_and_dropping_it_does() {
    let (clinic, rex, browser) = trusted();
    let old = Clinic::<SharedStore>::keys().unwrap();
    let both = old
        .rotate(KeyId::new(2), *b"the key of the next year, longer")
        .unwrap();
    let dropped = both.clone().without(KeyId::new(1));
    for (keys, remembered) in [(both, true), (dropped, false)] {
        let verifier = clinic.another_verifier(wrs_policy(), keys).unwrap();
        let request = clinic.request(&rex, Purpose::sign_in(), browser.cookie(&rex));
        let ruling = verifier.begin(request).block_on().unwrap();
        assert_eq!(matches!(ruling, Ruling::Pass(_)), remembered);
    }
}

#[test]
fn bypass_065_a_first_factor_is_never_a_second_one() {
    let (clinic, rex, _) = trusted();
    // However often and however freshly it is proved.
    for _ in 0..5 {
        assert!(is_asked(&clinic, &rex, None));
    }
    // A cookie that merely lets a browser be recognised is no trust either.
    let layer = Layer::vendor().remember(medfactor::trust::RememberMode::Never);
    let clinic = clinic_at(&Zone::utc(), wrs_policy().layer(layer));
    let rex = clinic.rex();
    let mut browser = Browser::new();
    assert_eq!(browser.sign_in(&clinic, &rex), SignIn::Asked);
    assert!(browser.cookie(&rex).is_some());
    assert!(is_asked(&clinic, &rex, browser.cookie(&rex)));
}

#[test]
fn bypass_066_a_token_of_one_person_is_nothing_to_another() {
    let (clinic, rex, mut browser) = trusted();
    let rob = clinic.staff("rob", Some("+12125550199"), None).unwrap();
    assert!(is_asked(&clinic, &rob, browser.cookie(&rex)));
    let mut own = Browser::new();
    own.sign_in(&clinic, &rob);
    assert!(is_asked(&clinic, &rex, own.cookie(&rob)));
    assert!(browser.is_trusted(&clinic, &rex) && own.is_trusted(&clinic, &rob));
}

#[test]
fn bypass_067_a_second_browser_of_the_same_person_is_asked() {
    let (clinic, rex, mut browser) = trusted();
    let mut second = Browser::new();
    assert!(!second.is_trusted(&clinic, &rex));
    assert!(browser.is_trusted(&clinic, &rex));
    assert!(!second.is_trusted(&clinic, &rex));
}

#[test]
fn bypass_071_trust_enrols_changes_and_recovers_nothing() {
    let (clinic, rex, mut browser) = trusted();
    let Ruling::Pass(remembered) = browser.begin(&clinic, &rex) else {
        panic!("not remembered")
    };
    assert!(matches!(remembered.why(), Why::Trusted { .. }));
    let authority = Authority::Fresh(&remembered);
    let begun = clinic
        .verifier
        .begin_enrolment(authority, "mine", AuthenticatorKind::Phone);
    let Managed::Refused(rejection) = begun.block_on().unwrap() else {
        panic!("enrolled")
    };
    assert_eq!(rejection.reason(), Reason::ProofNotFresh);
    let codes = clinic.verifier.make_recovery_codes(authority).block_on().unwrap();
    assert!(matches!(codes, Managed::Refused(_)));
}

#[test]
fn bypass_072_an_old_copy_ends_all_trust_and_is_told() {
    let (clinic, rex, mut browser) = trusted();
    let mut other = Browser::new();
    other.sign_in(&clinic, &rex);
    let copy = browser.cookie(&rex).unwrap().to_owned();
    assert!(browser.is_trusted(&clinic, &rex));
    clinic.clock.forward(seconds(30));
    assert!(is_asked(&clinic, &rex, Some(&copy)));
    let theft = clinic
        .log(&rex)
        .into_iter()
        .find(|entry| entry.event == Event::TrustTheft)
        .unwrap();
    assert!(theft.device.is_some());
    assert!(!browser.is_trusted(&clinic, &rex));
    assert!(!other.is_trusted(&clinic, &rex), "and on every other device");
}

#[test]
fn bypass_072_a_copy_two_uses_old_is_a_copy_at_once() {
    let (clinic, rex, mut browser) = trusted();
    let copy = browser.cookie(&rex).unwrap().to_owned();
    assert!(browser.is_trusted(&clinic, &rex));
    assert!(browser.is_trusted(&clinic, &rex));
    assert!(is_asked(&clinic, &rex, Some(&copy)));
    assert_eq!(clinic.count(&rex, Event::TrustTheft), 1);
}

#[test]
fn bypass_073_two_tabs_at_once_are_no_theft() {
    let (clinic, rex, mut browser) = trusted();
    let token = browser.cookie(&rex).unwrap().to_owned();
    let start = Barrier::new(2);
    let cookies: Vec<Option<String>> = thread::scope(|scope| {
        let tabs: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    match clinic.begin(&rex, Some(&token)).block_on().unwrap() {
                        Ruling::Pass(pass) => pass.device_cookie().map(|cookie| cookie.value().to_owned()),
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    let renewed: Vec<_> = cookies.into_iter().flatten().collect();
    assert_eq!(renewed.len(), 1, "renewed once");
    assert_eq!(clinic.count(&rex, Event::TrustTheft), 0);
    clinic.clock.forward(hours(1));
    assert!(!is_asked(&clinic, &rex, Some(&renewed[0])));
    // The old one would be a copy by now.
    assert!(!browser.is_trusted(&clinic, &rex));
}

#[test]
fn bypass_074_tokens_and_counters_of_tries_do_not_touch_each_other() {
    let (clinic, rex, mut browser) = trusted();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for left in [4, 3] {
        let rejection = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        assert_eq!(rejection.attempts_left(), Some(left));
        for bad in ["nonsense", "v1.1.00.0.00"] {
            assert!(is_asked(&clinic, &rex, Some(bad)));
        }
        assert!(browser.is_trusted(&clinic, &rex));
        assert_eq!(clinic.asks(&rex).attempts_left(), left);
    }
}

#[test]
fn bypass_075_two_people_on_one_browser_do_not_disturb_each_other() {
    let (clinic, rex, mut browser) = trusted();
    let rob = clinic.staff("rob", Some("+12125550199"), None).unwrap();
    assert_eq!(browser.sign_in(&clinic, &rob), SignIn::Asked);
    assert_eq!(browser.cookies(), 2);
    for _ in 0..3 {
        clinic.clock.forward(minutes(10));
        assert!(browser.is_trusted(&clinic, &rex) && browser.is_trusted(&clinic, &rob));
    }
}

#[test]
fn bypass_077_a_stolen_database_makes_no_token() {
    let (clinic, rex, browser) = trusted();
    let token = browser.cookie(&rex).unwrap();
    let mac = token.rsplit('.').next().unwrap();
    assert_eq!(mac.len(), 64);
    let raw: Vec<u8> = (0..32)
        .map(|place| u8::from_str_radix(&mac[2 * place..2 * place + 2], 16).unwrap())
        .collect();
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    for bytes in clinic.store.inner().dump() {
        assert!(!holds(&bytes, mac.as_bytes()) && !holds(&bytes, &raw));
        assert!(!holds(&bytes, token.as_bytes()));
    }
}

#[test]
fn bypass_078_a_step_up_is_not_served_by_trust() {
    let (clinic, rex, browser) = trusted();
    let others = ["prescribe", "export_records"].map(|name| Purpose::new(name).unwrap());
    for purpose in others.into_iter().chain([Purpose::manage_authenticators()]) {
        let request = clinic.request(&rex, purpose.clone(), browser.cookie(&rex));
        let ruling = clinic.verifier.begin(request).block_on().unwrap();
        assert!(matches!(ruling, Ruling::Challenge(_)), "{purpose}");
    }
}

#[test]
fn bypass_079_neither_a_recovery_code_nor_trust_makes_trust() {
    let clinic = Clinic::new(every_method()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let app = clinic.enrol(&rex, "phone").block_on().unwrap();
    let manage = clinic.request(&rex, Purpose::manage_authenticators(), None);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(manage).block_on().unwrap() else {
        panic!("not asked")
    };
    let pass = clinic.answer(&challenge, &app.code(clinic.clock.read())).unwrap();
    let made = clinic.verifier.make_recovery_codes(Authority::Fresh(&pass));
    let Managed::Done(codes) = made.block_on().unwrap() else {
        panic!("refused")
    };
    let code = codes.expose().next().unwrap().to_owned();
    let challenge = clinic.asks(&rex);
    let verdict = clinic
        .submit(&challenge, &code, Remember::Yes)
        .block_on()
        .unwrap();
    let mut browser = Browser::new();
    browser.keep(&verdict.unwrap());
    assert_eq!(clinic.count(&rex, Event::TrustGranted), 0);
    assert!(!browser.is_trusted(&clinic, &rex));

    let (clinic, rex, mut browser) = trusted();
    for _ in 0..10 {
        assert!(browser.is_trusted(&clinic, &rex));
    }
    assert_eq!(clinic.count(&rex, Event::TrustGranted), 1);
}

#[test]
fn bypass_081_however_many_at_once_there_are_never_more_devices_than_allowed() {
    let layer = Layer::vendor().device_limit(DeviceLimit::new(3).unwrap());
    let clinic = clinic_at(&Zone::utc(), wrs_policy().layer(layer));
    let rex = clinic.rex();
    let ready: Vec<_> = (0..5)
        .map(|number| {
            let challenge = clinic.asks_session(&rex, &format!("{number}"));
            let code = clinic.code(&challenge);
            (challenge, code)
        })
        .collect();
    let start = Barrier::new(ready.len());
    thread::scope(|scope| {
        for (challenge, code) in &ready {
            scope.spawn(|| {
                start.wait();
                assert!(clinic.answer(challenge, code).is_ok());
            });
        }
    });
    let devices = clinic.verifier.devices(&rex).block_on().unwrap();
    assert_eq!(devices.len(), 3);
    assert_eq!(clinic.count(&rex, Event::Verified), 5);
}

#[test]
fn bypass_082_names_that_run_together_are_different_people() {
    let names = [
        ("t1", "12"),
        ("t11", "2"),
        ("t", "112"),
        ("t1", "1"),
        ("t1.1", "2"),
    ];
    let people = names.map(|(practice, id)| Subject::parse(practice, id).unwrap());
    for one in &people {
        let same = |other: &&Subject| DeviceCookie::name_for(other) == DeviceCookie::name_for(one);
        assert_eq!(people.iter().filter(same).count(), 1);
    }
    let clinic = wrs();
    for person in &people {
        let practice = medfactor::directory::Practice::new("One").zone(Zone::utc());
        clinic.directory.put_practice(person.practice().clone(), practice);
        let contact = medfactor::contact::Destination::sms("+12125550142").unwrap();
        clinic.directory.put_person(
            medfactor::directory::Person::new(person.clone(), medfactor::policy::Population::Staff)
                .destination(contact),
        );
    }
    let mut browser = Browser::new();
    browser.sign_in(&clinic, &people[0]);
    let token = browser.cookie(&people[0]).unwrap();
    for other in &people[1..] {
        assert!(is_asked(&clinic, other, Some(token)));
    }
}
