//! B: what a lock is made of, and that nobody can make one for somebody else.

use medfactor::audit::{Actor, Reason};
use medfactor::contact::Channel;
use medfactor::flow::{Remember, Ruling, Verdict};
use medfactor::ids::Subject;
use medfactor::message::Text;
use medfactor::method::Method;
use medfactor::policy::{AttemptLimit, Layer, Policy, Requirement, SubjectTries, TriesInARow};
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

use crate::common::{Ask, Browser, LONG, minutes, seconds, wrong, wrs};

/// Guesses wrong until nothing can be answered any more, over as many challenges and days as it takes, and says
/// how many guesses were compared.
fn lock(clinic: &Clinic, subject: &Subject) -> usize {
    let mut guesses = 0;
    for _ in 0..2000 {
        match Browser::new().begin(clinic, subject) {
            Ruling::Challenge(challenge) => {
                let code = match clinic.send_sms(&challenge).block_on() {
                    Ok(code) => code,
                    Err(_) => clinic.newest_code().unwrap(),
                };
                guesses += usize::from(clinic.why_not(&challenge, &wrong(&code)) == Reason::Wrong);
                clinic.clock.forward(minutes(3));
            }
            Ruling::Blocked(blocked) if blocked.reason() == Reason::Throttled => {
                clinic.clock.set(blocked.retry_at().unwrap());
            }
            Ruling::Blocked(blocked) => {
                assert!(matches!(
                    blocked.reason(),
                    Reason::Locked | Reason::MethodsDisabled
                ));
                assert_eq!(blocked.public_text(), Text::Locked);
                return guesses;
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("never locked")
}

#[test]
fn bypass_017_by_default_guessing_ends_and_no_number_means_unlimited() {
    let clinic = wrs();
    let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
    assert_eq!(lock(&clinic, &rex), 50, "the only method is out of use");
    assert!(AttemptLimit::new(0).is_err() && AttemptLimit::new(11).is_err());
    assert!(SubjectTries::new(0).is_err() && SubjectTries::new(51).is_err());
    assert!(TriesInARow::new(0).is_err() && TriesInARow::new(101).is_err());
}

#[test]
fn bypass_026_without_a_first_factor_nothing_that_blocks_the_owner_changes() {
    use medfactor::flow::{Begin, FirstFactor, Ticket};
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    let stale = FirstFactor::passed_at(clinic.clock.read().saturating_sub(minutes(60)));
    let forged = Ticket::parse("v1.mzxw6ytboi").unwrap();
    for _ in 0..200 {
        let request = Begin::new(&rex, medfactor::purpose::Purpose::sign_in(), stale);
        assert!(matches!(
            clinic.verifier.begin(request).block_on().unwrap(),
            Ruling::Blocked(_)
        ));
        let verdict = clinic.verifier.submit(&forged, "123456", Remember::No);
        assert!(matches!(verdict.block_on().unwrap(), Verdict::Rejected(_)));
        let send = clinic.verifier.resend(&forged, Channel::Sms).block_on().unwrap();
        assert!(matches!(send, medfactor::flow::Sending::Refused(_)));
    }
    assert_eq!(clinic.asks(&rex).attempts_left(), 5);
    assert_eq!(clinic.sent(), 1);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_026_guesses_during_a_wait_do_not_make_it_longer() {
    let clinic = wrs();
    let rex = clinic.rex();
    let start = clinic.clock.read();
    let mut last = None;
    for _ in 0..2 {
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        for _ in 0..5 {
            clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        }
        last = Some((challenge, code));
    }
    let (challenge, code) = last.unwrap();
    let until = start.saturating_add(minutes(15));
    for _ in 0..50 {
        clinic.clock.forward(seconds(10));
        let rejection = clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.retry_at()),
            (Reason::Throttled, Some(until))
        );
    }
    clinic.clock.set(until);
    assert!(matches!(
        Browser::new().begin(&clinic, &rex),
        Ruling::Challenge(_)
    ));
}

#[test]
fn bypass_026_remembered_devices_get_in_while_others_guess() {
    let clinic = wrs();
    let rex = clinic.rex();
    let mut own = Browser::new();
    own.sign_in(&clinic, &rex);
    clinic.clock.forward(minutes(20));
    for _ in 0..2 {
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        for _ in 0..5 {
            clinic.answer(&challenge, &wrong(&code)).unwrap_err();
        }
    }
    assert!(own.is_trusted(&clinic, &rex));
}

#[test]
fn bypass_027_whatever_the_numbers_guessing_ends() {
    for (challenge, subject, row) in [(1, 1, 10), (10, 50, 100), (1, 50, 100), (10, 1, 10), (5, 10, 50)] {
        let layer = Layer::vendor()
            .requirement(Requirement::Required)
            .methods([Method::Sms])
            .tries_per_challenge(AttemptLimit::new(challenge).unwrap())
            .tries_per_subject(SubjectTries::new(subject).unwrap())
            .tries_in_a_row(TriesInARow::new(row).unwrap());
        let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
        let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
        assert_eq!(lock(&clinic, &rex), usize::from(row.min(50)));
        // Staff can help, and nothing else can.
        clinic.clock.forward(LONG * 100);
        assert!(matches!(Browser::new().begin(&clinic, &rex), Ruling::Blocked(_)));
        let desk = Actor::host("desk");
        let unlocked = clinic.verifier.unlock(&rex, &desk, "identified");
        unlocked.block_on().unwrap();
        assert!(matches!(
            Browser::new().begin(&clinic, &rex),
            Ruling::Challenge(_)
        ));
    }
}
