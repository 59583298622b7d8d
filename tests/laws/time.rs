//! Law 8 at its edges: the last millisecond before an end and the end itself; and what was over stays over.

use core::time::Duration;

use medfactor::audit::{Actor, Reason};
use medfactor::flow::{Begin, Challenge, FirstFactor, Pass, Refusal, Remember, Ruling, Sending, Why};
use medfactor::ids::Subject;
use medfactor::method::Method;
use medfactor::policy::{
    DestinationSends, DestinationWindow, EnrolmentGrace, Layer, Policy, SubjectTries, TrustRules,
};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use medfactor::time::Timestamp;
use medfactor::trust::{TrustRule, TrustWindow};
use medfactor::verifier::ErrorKind;
use pollster::block_on;

const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

fn layer() -> Layer {
    let hour = TrustWindow::new(HOUR).unwrap();
    Layer::vendor()
        .methods([Method::Sms, Method::Totp])
        .trust(TrustRules::from(TrustRule::Rolling(hour)))
}

fn clinic(layer: Layer) -> (Clinic, Subject) {
    let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
    let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
    (clinic, rex)
}

/// A pass by SMS, with the device remembered.
fn remembered(clinic: &Clinic, rex: &Subject) -> Pass {
    block_on(async {
        let challenge = clinic.challenge(rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        clinic
            .submit(&challenge, &code, Remember::Yes)
            .await
            .unwrap()
            .unwrap()
    })
}

fn ruling(clinic: &Clinic, rex: &Subject, cookie: Option<&str>) -> Ruling {
    block_on(clinic.begin(rex, cookie)).unwrap()
}

fn challenge(clinic: &Clinic, rex: &Subject) -> Challenge {
    block_on(clinic.challenge(rex, None)).unwrap()
}

fn refusal(clinic: &Clinic, challenge: &Challenge) -> Option<Refusal> {
    let sending = block_on(
        clinic
            .verifier
            .resend(challenge.ticket(), medfactor::contact::Channel::Sms),
    );
    match sending.unwrap() {
        Sending::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

#[test]
fn law_8_a_code_ends_with_its_last_millisecond() {
    for (late, opens) in [(false, true), (true, false)] {
        let (clinic, rex) = clinic(layer());
        let challenge = challenge(&clinic, &rex);
        let code = block_on(clinic.send_sms(&challenge)).unwrap();
        let end = self::challenge(&clinic, &rex).sent().unwrap().expires_at;
        clinic.clock.set(if late {
            end
        } else {
            end.saturating_sub(MILLISECOND)
        });
        let answer = block_on(clinic.submit(&challenge, &code, Remember::No)).unwrap();
        assert_eq!(answer.is_ok(), opens);
        if late {
            assert_eq!(answer.unwrap_err().reason(), Reason::CodeExpired);
        }
    }
}

#[test]
fn law_8_a_challenge_ends_when_it_said_whatever_is_sent() {
    for (late, opens) in [(false, true), (true, false)] {
        let (clinic, rex) = clinic(layer());
        let first = challenge(&clinic, &rex);
        clinic
            .clock
            .set(first.expires_at().saturating_sub(Duration::from_secs(60)));
        let again = challenge(&clinic, &rex);
        assert_eq!((again.id(), again.expires_at()), (first.id(), first.expires_at()));
        let code = block_on(clinic.send_sms(&first)).unwrap();
        clinic.clock.set(if late {
            first.expires_at()
        } else {
            first.expires_at().saturating_sub(MILLISECOND)
        });
        let answer = block_on(clinic.submit(&first, &code, Remember::No)).unwrap();
        assert_eq!(answer.is_ok(), opens);
        assert_ne!(challenge(&clinic, &rex).id(), first.id());
    }
}

#[test]
fn law_8_trust_ends_when_it_said_however_often_it_is_used() {
    let (clinic, rex) = clinic(layer());
    let pass = remembered(&clinic, &rex);
    let end = pass.at().saturating_add(HOUR);
    let mut cookie = pass.device_cookie().unwrap().value().to_string();
    for at in [end.saturating_sub(HOUR / 2), end.saturating_sub(MILLISECOND)] {
        clinic.clock.set(at);
        let Ruling::Pass(pass) = ruling(&clinic, &rex, Some(&cookie)) else {
            panic!("trusted until {end:?}")
        };
        assert_eq!(pass.why(), Why::Trusted { until: end });
        cookie = pass.device_cookie().unwrap().value().to_string();
    }
    clinic.clock.set(end);
    assert!(matches!(
        ruling(&clinic, &rex, Some(&cookie)),
        Ruling::Challenge(_)
    ));
}

#[test]
fn law_8_a_clock_that_steps_back_revives_nothing() {
    let (clinic, rex) = clinic(layer());
    let pass = remembered(&clinic, &rex);
    let cookie = pass.device_cookie().unwrap().value().to_string();
    let end = pass.at().saturating_add(HOUR);
    clinic.clock.set(end);
    let open = match ruling(&clinic, &rex, Some(&cookie)) {
        Ruling::Challenge(open) => open,
        other => panic!("{other:?}"),
    };

    clinic.clock.set(end.saturating_sub(Duration::from_secs(120)));
    assert!(
        matches!(ruling(&clinic, &rex, Some(&cookie)), Ruling::Challenge(_)),
        "a little back"
    );

    clinic.clock.set(end.saturating_sub(Duration::from_secs(121)));
    let request = clinic.request(&rex, Purpose::sign_in(), Some(&cookie));
    let error = block_on(clinic.verifier.begin(request)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Clock, "far back");

    block_on(
        clinic
            .verifier
            .unlock(&rex, &Actor::host("front desk"), "the clock ran ahead"),
    )
    .unwrap();
    let Ruling::Challenge(new) = ruling(&clinic, &rex, Some(&cookie)) else {
        panic!("revived by staff")
    };
    assert_ne!(new.id(), open.id());
}

#[test]
fn law_8_unlocking_ends_nothing_while_the_clock_is_right() {
    let (clinic, rex) = clinic(layer());
    let cookie = remembered(&clinic, &rex)
        .device_cookie()
        .unwrap()
        .value()
        .to_string();
    block_on(clinic.verifier.unlock(&rex, &Actor::host("front desk"), "asked")).unwrap();
    assert!(matches!(ruling(&clinic, &rex, Some(&cookie)), Ruling::Pass(_)));
}

#[test]
fn law_8_waiting_ends_with_its_last_millisecond() {
    let (clinic, rex) = clinic(layer().tries_per_subject(SubjectTries::MIN));
    let first = challenge(&clinic, &rex);
    block_on(clinic.send_sms(&first)).unwrap();
    let resend_at = challenge(&clinic, &rex).resend_at().unwrap();
    clinic.clock.set(resend_at.saturating_sub(MILLISECOND));
    assert_eq!(refusal(&clinic, &first).unwrap().retry_at(), Some(resend_at));
    clinic.clock.set(resend_at);
    assert_eq!(refusal(&clinic, &first), None);

    let code = clinic.newest_code().unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let rejection = block_on(clinic.submit(&first, wrong, Remember::No))
        .unwrap()
        .unwrap_err();
    let retry_at = rejection.retry_at().unwrap();
    clinic.clock.set(retry_at.saturating_sub(MILLISECOND));
    assert!(matches!(ruling(&clinic, &rex, None), Ruling::Blocked(b) if b.retry_at() == Some(retry_at)));
    clinic.clock.set(retry_at);
    assert!(matches!(ruling(&clinic, &rex, None), Ruling::Challenge(_)));
}

#[test]
fn law_8_a_first_factor_goes_stale_with_its_age() {
    let (clinic, rex) = clinic(layer());
    let begin = |age: Duration| {
        let passed_at = clinic.clock.read().saturating_sub(age);
        let request = Begin::new(&rex, Purpose::sign_in(), FirstFactor::passed_at(passed_at));
        block_on(clinic.verifier.begin(request)).unwrap()
    };
    let limit = Duration::from_secs(600);
    assert!(matches!(begin(limit - MILLISECOND), Ruling::Challenge(_)));
    assert!(matches!(begin(limit), Ruling::Blocked(b) if b.reason() == Reason::FirstFactorStale));
}

#[test]
fn law_8_grace_is_given_once_and_ends() {
    let grace = EnrolmentGrace::new(HOUR).unwrap();
    let clinic = Clinic::new(Policy::new().layer(layer().enrolment_grace(grace))).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let began: Timestamp = clinic.clock.read();
    assert!(matches!(ruling(&clinic, &rex, None), Ruling::Pass(_)));
    let end = began.saturating_add(HOUR);
    clinic.clock.set(end.saturating_sub(MILLISECOND));
    assert!(matches!(ruling(&clinic, &rex, None), Ruling::Pass(_)));
    clinic.clock.set(end);
    assert!(matches!(ruling(&clinic, &rex, None), Ruling::Enrol(_)));
    clinic.clock.set(began);
    block_on(
        clinic
            .verifier
            .unlock(&rex, &Actor::host("front desk"), "the clock ran ahead"),
    )
    .unwrap();
    assert!(matches!(ruling(&clinic, &rex, None), Ruling::Enrol(_)));
}

#[test]
fn law_8_clearing_up_forgets_no_message_that_still_counts() {
    let (clinic, rex) = clinic(
        layer()
            .sends_per_destination(DestinationSends::MIN)
            .destination_window(DestinationWindow::MAX),
    );
    block_on(clinic.send_sms(&challenge(&clinic, &rex))).unwrap();
    let sent_at = clinic.clock.read();
    let end = sent_at.saturating_add(DestinationWindow::MAX.get());
    for (at, reason) in [
        (
            sent_at.saturating_add(HOUR * 25),
            Some(Reason::DestinationSendLimit),
        ),
        (
            end.saturating_sub(MILLISECOND),
            Some(Reason::DestinationSendLimit),
        ),
        (end, None),
    ] {
        clinic.clock.set(at);
        block_on(clinic.verifier.purge(100)).unwrap();
        let refusal = refusal(&clinic, &challenge(&clinic, &rex));
        assert_eq!(refusal.map(|refusal| refusal.reason()), reason, "at {at:?}");
    }
}
