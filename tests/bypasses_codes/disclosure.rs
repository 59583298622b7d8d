//! H, second half: nothing tells what it should not.

use std::fmt::Debug;

use medfactor::audit::{Actor, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{self, Answer, Authority, Managed, Remember, Ruling, Scene, Sending};
use medfactor::ids::{ChallengeId, Subject};
use medfactor::method::AuthenticatorKind;
use medfactor::purpose::Purpose;
use medfactor::record::{RecordKey, SubjectRecord};
use medfactor::store::Store;
use medfactor::testing::{AuthenticatorApp, Clinic, SharedStore};
use pollster::FutureExt as _;

use crate::common::{Ask, Browser, LONG, MAIL, MOBILE, every_method, seconds, wrong, wrs};

/// How many comparisons `flow::submit` makes for this answer to this challenge.
fn comparisons(clinic: &Clinic, subject: &Subject, challenge: ChallengeId, typed: &str) -> usize {
    use medfactor::directory::Directory;
    let key = RecordKey::Subject(subject.clone());
    let stored = clinic.store.load(&[key]).block_on().unwrap().pop().unwrap();
    let record = stored.map(|stored| SubjectRecord::decode(&stored.bytes).unwrap());
    let person = clinic.directory.person(subject).block_on().unwrap();
    let practice = clinic.directory.practice(subject.practice()).block_on().unwrap();
    let keys = Clinic::<SharedStore>::keys().unwrap();
    let scene = Scene {
        subject,
        person: person.as_ref(),
        practice: practice.as_ref(),
        decided: None,
        policy: clinic.verifier.policy(),
        keys: &keys,
        entropy: &clinic.entropy,
        now: clinic.clock.read(),
        actor: &Actor::Subject,
    };
    let step = flow::submit(&scene, record, challenge, &Answer::new(typed)).unwrap();
    step.comparisons
}

#[test]
fn bypass_097_right_wrong_and_unknown_cost_the_same_comparisons() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let right = comparisons(&clinic, &rex, challenge.id(), &code);
    let wrong = comparisons(&clinic, &rex, challenge.id(), &wrong(&code));
    let unknown = comparisons(&clinic, &rex, ChallengeId::from_bytes([7; 16]), &code);
    let nobody = Subject::parse("t1", "nobody").unwrap();
    let stranger = comparisons(&clinic, &nobody, challenge.id(), &code);
    assert!(right > 0);
    assert_eq!((wrong, unknown, stranger), (right, right, right));

    // Where nothing may be guessed any more nothing is compared.
    assert!(clinic.answer(&challenge, &code).is_ok());
    assert_eq!(comparisons(&clinic, &rex, challenge.id(), &code), 0);
}

#[test]
fn bypass_097_an_app_more_or_less_is_not_seen_from_a_code_by_text() {
    let clinic = Clinic::new(every_method()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let _app = clinic.enrol(&rex, "phone").block_on().unwrap();
    let rex = clinic.rex();
    let ria = clinic.staff("ria", Some("+12125550199"), None).unwrap();
    let mut counts = Vec::new();
    for subject in [&rex, &ria] {
        let challenge = clinic.asks(subject);
        let code = clinic.code(&challenge);
        counts.push(comparisons(&clinic, subject, challenge.id(), &wrong(&code)));
    }
    assert_eq!(counts[0], counts[1]);
}

#[test]
fn bypass_097_right_wrong_unknown_and_dead_cost_one_load_and_one_commit() {
    let clinic = wrs();
    let rex = clinic.rex();
    let old = clinic.asks(&rex);
    clinic.clock.forward(LONG);
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    for (challenge, typed, reason) in [
        (&challenge, wrong(&code), Some(Reason::Wrong)),
        (&old, code.clone(), Some(Reason::UnknownChallenge)),
        (&challenge, "abc".into(), Some(Reason::Malformed)),
        (&challenge, code.clone(), None),
        (&challenge, code.clone(), Some(Reason::AlreadyUsed)),
    ] {
        let before = clinic.store.round_trips();
        let answer = clinic.answer(challenge, &typed);
        assert_eq!(answer.err().map(|rejection| rejection.reason()), reason);
        let after = clinic.store.round_trips();
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1), "{reason:?}");
    }
}

#[test]
fn bypass_097_somebody_unknown_costs_the_same_round_trips_to_begin() {
    let clinic = wrs();
    let rex = clinic.rex();
    let stranger = Subject::parse("t1", "stranger").unwrap();
    for subject in [&rex, &stranger] {
        let before = clinic.store.round_trips();
        let _ = Browser::new().begin(&clinic, subject);
        let after = clinic.store.round_trips();
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1));
    }
}

#[test]
fn bypass_097_the_public_text_does_not_tell_wrong_from_unknown() {
    let clinic = wrs();
    let rex = clinic.rex();
    let old = clinic.asks(&rex);
    clinic.clock.forward(LONG);
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let texts = [
        clinic.answer(&challenge, &wrong(&code)).unwrap_err(),
        clinic.answer(&challenge, "abc").unwrap_err(),
        clinic.answer(&old, &code).unwrap_err(),
    ]
    .map(|rejection| rejection.public_text());
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0], texts[2]);
}

/// Everything that was printed, and everything that must not be in it.
#[derive(Default)]
struct Leaks {
    printed: Vec<String>,
    secrets: Vec<String>,
}

impl Leaks {
    fn print<T: Debug>(&mut self, value: T) -> T {
        self.printed.push(format!("{value:?}"));
        self.printed.push(format!("{value:#?}"));
        value
    }

    fn secret(&mut self, secret: &str) {
        assert!(secret.len() >= 6, "too short to look for");
        self.secrets.push(secret.into());
        let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
        self.secrets.push(plain);
    }

    fn check(&self) {
        for secret in &self.secrets {
            for printed in &self.printed {
                // Random identifiers and times are hexadecimal and digits: look at words only.
                let found = if secret.len() <= 6 {
                    printed
                        .split(|c: char| !c.is_ascii_alphanumeric())
                        .any(|word| word == secret)
                } else {
                    printed.contains(secret.as_str())
                };
                assert!(
                    !found,
                    "a secret of {} characters in {printed:.200}",
                    secret.len()
                );
            }
        }
    }
}

/// A clinic in which about everything has happened, and all that was said.
fn a_day(leaks: &mut Leaks) -> Clinic {
    let clinic = Clinic::new(every_method()).unwrap();
    let rex = clinic.staff("rex-of-the-desk", None, None).unwrap();
    leaks.secret("rex-of-the-desk");
    let request = clinic
        .request(&rex, Purpose::sign_in(), None)
        .session("pre-sign-in-session");
    leaks.secret("pre-sign-in-session");
    leaks.print(&request);
    let Ruling::Enrol(first) = leaks.print(clinic.verifier.begin(request).block_on().unwrap()) else {
        panic!("no enrolment")
    };
    leaks.secret(first.ticket().as_str());
    let authority = leaks.print(Authority::EnrolFirst(first.ticket()));
    let begun = clinic
        .verifier
        .begin_enrolment(authority, "phone", AuthenticatorKind::Phone);
    let Managed::Done(new) = leaks.print(begun.block_on().unwrap()) else {
        panic!("refused")
    };
    leaks.secret(new.secret());
    leaks.secret(new.key_uri());
    let app = leaks.print(AuthenticatorApp::scan(new.key_uri()).unwrap());
    let code = app.code(clinic.clock.read());
    leaks.secret(&code);
    let confirmed = clinic.verifier.confirm_enrolment(authority, &code, Remember::Yes);
    let Managed::Done(enrolled) = leaks.print(confirmed.block_on().unwrap()) else {
        panic!("refused")
    };
    for code in enrolled.recovery_codes.as_ref().unwrap().expose() {
        leaks.secret(code);
    }
    leaks.secret(enrolled.pass.as_ref().unwrap().device_cookie().unwrap().value());

    clinic.staff("rex-of-the-desk", Some(MOBILE), Some(MAIL)).unwrap();
    leaks.secret(MOBILE);
    leaks.secret(MAIL);
    for channel in Channel::ALL {
        clinic.clock.forward(seconds(60));
        let challenge = leaks.print(clinic.asks(&rex));
        leaks.secret(challenge.ticket().as_str());
        let sending = clinic
            .verifier
            .send(challenge.ticket(), channel)
            .block_on()
            .unwrap();
        assert!(matches!(leaks.print(sending), Sending::Sent(_)));
        let message = leaks.print(clinic.outbox.last().unwrap());
        leaks.secret(&message.code);
        let again = leaks.print(clinic.asks(&rex));
        leaks.secret(again.ticket().as_str());
        leaks.print(Answer::new(&message.code));
        let rejection = clinic.answer(&challenge, &wrong(&message.code)).unwrap_err();
        leaks.printed.push(rejection.english());
        leaks.print(rejection);
        let verdict = clinic
            .verifier
            .submit(challenge.ticket(), &message.code, Remember::Yes);
        let flow::Verdict::Pass(pass) = leaks.print(verdict.block_on().unwrap()) else {
            panic!("refused")
        };
        let cookie = leaks.print(pass.device_cookie().unwrap());
        leaks.secret(cookie.value());
    }
    leaks.print(clinic.log(&rex));
    leaks.print(clinic.verifier.communications(&rex).block_on().unwrap());
    leaks.print(clinic.verifier.devices(&rex).block_on().unwrap());
    leaks.print(clinic.verifier.authenticators(&rex).block_on().unwrap());
    leaks.print(
        clinic
            .verifier
            .explain(&rex, &Purpose::sign_in())
            .block_on()
            .unwrap(),
    );
    leaks.print(
        clinic
            .verifier
            .readiness(&rex, &Purpose::sign_in())
            .block_on()
            .unwrap(),
    );
    leaks.print(&clinic.verifier);
    clinic
}

#[test]
fn bypass_098_no_secret_is_ever_printed() {
    let mut leaks = Leaks::default();
    a_day(&mut leaks);
    assert!(leaks.secrets.len() > 30 && leaks.printed.len() > 40);
    leaks.check();
}

#[test]
fn bypass_098_nor_do_records_or_entries_hold_one() {
    let mut leaks = Leaks::default();
    let clinic = a_day(&mut leaks);
    let rex = Subject::parse("t1", "rex-of-the-desk").unwrap();
    // Which person an entry is about it has to say; a record does not.
    let dump = clinic.store.inner().dump();
    assert!(!dump.is_empty());
    let entries: Vec<Vec<u8>> = clinic
        .log(&rex)
        .into_iter()
        .map(|mut entry| {
            entry.subject = None;
            minicbor_of(&entry)
        })
        .collect();
    for secret in &leaks.secrets {
        // Six digits can stand in random bytes by chance; ten thousand bytes hold them about never.
        for bytes in dump.iter().chain(&entries) {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "a secret of {} bytes", secret.len());
        }
    }
}

fn minicbor_of(entry: &medfactor::audit::Entry) -> Vec<u8> {
    format!("{entry:?}").into_bytes()
}

#[test]
fn bypass_098_errors_say_nothing_of_what_was_given() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    clinic.clock.break_down();
    let submit = clinic.verifier.submit(challenge.ticket(), &code, Remember::No);
    let error = submit.block_on().unwrap_err();
    for text in [format!("{error}"), format!("{error:?}")] {
        assert!(
            !text.contains(&code) && !text.contains("rex") && !text.contains(challenge.ticket().as_str())
        );
    }
    let error = medfactor::contact::Destination::sms("020 7946 0958").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("7946"));
    let error = Subject::parse("t1", "rex@x.org").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("x.org"));
}

#[test]
fn bypass_100_codes_follow_from_nothing() {
    // At the same instant, for the same person, in the same challenge: another code every time.
    let clinic = wrs();
    let mut codes = std::collections::BTreeSet::new();
    for number in 0..200 {
        let subject = clinic
            .staff(&format!("u{number}"), None, Some(&format!("u{number}@x.org")))
            .unwrap();
        let challenge = clinic.asks(&subject);
        codes.insert(clinic.send(&challenge, Channel::Email).block_on().unwrap());
    }
    assert!(codes.len() >= 198, "{} of 200 differ", codes.len());
}

#[test]
fn bypass_100_no_code_that_works_everywhere() {
    let clinic = wrs();
    let rex = clinic.rex();
    for magic in [
        "000000", "111111", "123456", "654321", "999999", "314159", "424242", "696969", "121212", "777777",
    ] {
        clinic.clock.forward(LONG);
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        if code != magic {
            assert_eq!(clinic.why_not(&challenge, magic), Reason::Wrong);
        }
    }
}

#[test]
fn bypass_100_the_message_names_no_domain_that_a_request_could_give() {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks_session(&rex, "https://evil.example/@evil.example");
    clinic.code(&challenge);
    let text = clinic.outbox.last().unwrap().text;
    assert!(!text.contains("evil") && !text.contains('@') && !text.contains("http"));
}
