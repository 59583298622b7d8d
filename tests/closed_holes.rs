//! What an attacker tried, and what must come of it: one test for each hole that was found and closed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use core::time::Duration;

use medfactor::audit::Reason;
use medfactor::contact::Channel;
use medfactor::delivery::{Handover, NotSent};
use medfactor::flow::{Answer, Authority, Begin, Managed, Remember, Ruling, Sending, Signal, Verdict};
use medfactor::ids::Subject;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{EnrolmentGrace, Layer, Policy, Requirement};
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, SharedStore};
use medfactor::trust::{RememberMode, TrustRule};
use pollster::block_on;

const PHONE: &str = "+12125550142";
const OTHER_PHONE: &str = "+12125550199";

fn policy(methods: impl IntoIterator<Item = Method>) -> Layer {
    Layer::vendor()
        .requirement(Requirement::Required)
        .methods(medfactor::policy::Methods::new(methods))
}

fn clinic(layer: Layer) -> Clinic {
    Clinic::new(Policy::new().layer(layer)).unwrap()
}

fn actor() -> medfactor::audit::Actor {
    medfactor::audit::Actor::Library
}

async fn begin(clinic: &Clinic, subject: &Subject, purpose: Purpose) -> Ruling {
    let request: Begin = clinic.request(subject, purpose, None);
    clinic.verifier.begin(request).await.unwrap()
}

#[test]
fn a_signal_shows_no_device_token() {
    let signal = Signal::SignedOut {
        device: Some("v1.bearer-secret"),
    };
    assert!(!format!("{signal:?}").contains("bearer-secret"));
}

#[test]
fn a_purpose_with_fewer_methods_is_no_way_around_the_factor_of_the_sign_in() {
    let steps = [
        Purpose::manage_authenticators(),
        Purpose::new("prescribe").unwrap(),
    ];
    let strict = Layer::vendor()
        .for_purposes(steps.clone())
        .methods([Method::Totp]);
    let policy = Policy::new()
        .layer(policy([Method::Sms, Method::Totp]))
        .layer(strict);
    let clinic = Clinic::new(policy).unwrap();
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        for purpose in steps {
            let ruling = begin(&clinic, &rex, purpose).await;
            assert!(matches!(ruling, Ruling::Blocked(_)), "{ruling:?}");
        }
    });
}

#[test]
fn an_enrolment_ticket_ends_once_there_is_a_contact() {
    let clinic = clinic(policy([Method::Sms, Method::Totp]));
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let Ruling::Enrol(waiting) = clinic.begin(&rex, None).await.unwrap() else {
            panic!("nothing is enrolled");
        };
        clinic.staff("rex", Some(PHONE), None).unwrap();
        let signal = Signal::ContactChanged(Channel::Sms);
        clinic.verifier.signal(&rex, signal, &actor()).await.unwrap();
        let authority = Authority::EnrolFirst(waiting.ticket());
        let kind = AuthenticatorKind::Phone;
        let managed = clinic
            .verifier
            .begin_enrolment(authority, "thief", kind)
            .await
            .unwrap();
        assert!(matches!(managed, Managed::Refused(_)));
    });
}

#[test]
fn recovery_codes_are_not_made_before_the_first_factor() {
    let clinic = clinic(policy([Method::Totp, Method::RecoveryCode]));
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let Ruling::Enrol(waiting) = clinic.begin(&rex, None).await.unwrap() else {
            panic!("nothing is enrolled");
        };
        let authority = Authority::EnrolFirst(waiting.ticket());
        let made = clinic.verifier.make_recovery_codes(authority).await.unwrap();
        assert!(matches!(made, Managed::Refused(_)));
        let Ruling::Enrol(first) = begin(&clinic, &rex, Purpose::manage_authenticators()).await else {
            panic!("nothing is enrolled");
        };
        let authority = Authority::EnrolFirst(first.ticket());
        let made = clinic.verifier.make_recovery_codes(authority).await.unwrap();
        assert!(matches!(made, Managed::Refused(_)));
    });
}

fn with_grace(methods: impl IntoIterator<Item = Method>) -> Layer {
    let grace = EnrolmentGrace::new(Duration::from_secs(14 * 86_400)).unwrap();
    policy(methods).enrolment_grace(grace)
}

#[test]
fn a_reset_grants_no_grace() {
    let clinic = clinic(with_grace([Method::Totp]));
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        clinic.enrol(&rex, "phone").await.unwrap();
        let why = "lost phone";
        clinic
            .verifier
            .reset_authenticators(&rex, &actor(), why)
            .await
            .unwrap();
        let ruling = clinic.begin(&rex, None).await.unwrap();
        assert!(matches!(ruling, Ruling::Enrol(_)), "{ruling:?}");
    });
}

#[test]
fn a_contact_that_is_gone_and_a_method_that_is_gone_grant_no_grace() {
    let clinic = clinic(with_grace([Method::Sms, Method::Totp]));
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        clinic.challenge(&rex, None).await.unwrap();
        let tighter = Policy::new().layer(with_grace([Method::Totp]));
        let tighter = clinic
            .another_verifier(tighter, Clinic::<SharedStore>::keys().unwrap())
            .unwrap();
        let request = clinic.request(&rex, Purpose::sign_in(), None);
        let ruling = tighter.begin(request).await.unwrap();
        assert!(matches!(ruling, Ruling::Enrol(_)), "{ruling:?}");

        clinic.staff("rex", None, None).unwrap();
        let ruling = clinic.begin(&rex, None).await.unwrap();
        assert!(matches!(ruling, Ruling::Enrol(_)), "{ruling:?}");
    });
}

#[test]
fn unlocking_after_a_clock_ran_ahead_revives_nothing_of_the_future() {
    let layer = policy([Method::Sms])
        .trust(TrustRule::default())
        .remember(RememberMode::Always);
    let clinic = clinic(layer);
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    let year = Duration::from_secs(365 * 86_400);
    block_on(async {
        clinic.clock.forward(year);
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let pass = clinic
            .submit(&challenge, &code, Remember::Yes)
            .await
            .unwrap()
            .unwrap();
        let cookie = pass.device_cookie().unwrap().value().to_owned();
        let open = clinic.challenge(&rex, None).await.unwrap();
        clinic.clock.back(year);
        clinic.verifier.unlock(&rex, &actor(), "clock").await.unwrap();
        let ruling = clinic.begin(&rex, Some(&cookie)).await.unwrap();
        assert!(matches!(ruling, Ruling::Challenge(_)), "{ruling:?}");
        let sent = clinic.verifier.send(open.ticket(), Channel::Sms).await.unwrap();
        assert!(matches!(sent, Sending::Refused(_)), "{sent:?}");
    });
}

#[test]
fn unlocking_within_the_tolerance_does_not_turn_time_back() {
    let clinic = clinic(policy([Method::Sms]));
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        clinic.clock.forward(Duration::from_secs(301));
        clinic.challenge(&rex, None).await.unwrap();
        clinic.clock.back(Duration::from_secs(60));
        clinic.verifier.unlock(&rex, &actor(), "asked").await.unwrap();
        let rejection = clinic
            .submit(&challenge, &code, Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(rejection.reason(), Reason::CodeExpired);
    });
}

/// Changes a person's number while the message is on its way, and says that its owner wants none.
#[derive(Debug)]
struct Slow(std::sync::Arc<medfactor::directory::MemoryDirectory>, Subject);

impl medfactor::delivery::Delivery for Slow {
    async fn deliver(&self, _: &medfactor::delivery::CodeMessage) -> Handover {
        let population = medfactor::policy::Population::Staff;
        let destination = medfactor::contact::Destination::sms(OTHER_PHONE).unwrap();
        let person = medfactor::directory::Person::new(self.1.clone(), population);
        self.0.put_person(person.destination(destination));
        Handover::NotSent(NotSent::OptedOut)
    }

    async fn notify(&self, _: &medfactor::delivery::Notice) -> Handover {
        Handover::Accepted { provider_id: None }
    }
}

#[test]
fn an_opt_out_of_the_old_number_is_not_one_of_the_new() {
    let layer = policy([Method::Sms]);
    let clinic = clinic(layer.clone());
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    let verifier = medfactor::verifier::Verifier::builder(
        Policy::new().layer(layer),
        Clinic::<SharedStore>::keys().unwrap(),
    )
    .store(clinic.store.clone())
    .delivery(Slow(clinic.directory.clone(), rex.clone()))
    .directory(clinic.directory.clone())
    .clock(clinic.clock.clone())
    .build()
    .unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let sent = verifier.send(challenge.ticket(), Channel::Sms).await.unwrap();
        assert!(matches!(sent, Sending::Refused(_)));
        let ruling = clinic.begin(&rex, None).await.unwrap();
        assert!(matches!(ruling, Ruling::Challenge(_)), "{ruling:?}");
    });
}

#[test]
fn purging_forgets_no_message_that_still_counts() {
    use medfactor::policy::{DestinationSends, DestinationWindow};
    let layer = policy([Method::Sms])
        .sends_per_destination(DestinationSends::new(1).unwrap())
        .destination_window(DestinationWindow::MAX);
    let clinic = clinic(layer);
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        clinic.send_sms(&challenge).await.unwrap();
        clinic.clock.forward(Duration::from_secs(2 * 86_400));
        clinic.verifier.purge(100).await.unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let sent = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .await
            .unwrap();
        assert!(
            matches!(sent, Sending::Refused(refusal) if refusal.reason() == Reason::DestinationSendLimit)
        );
    });
}

#[test]
fn guesses_at_a_pending_authenticator_end() {
    let clinic = clinic(policy([Method::Totp]));
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let Ruling::Enrol(waiting) = clinic.begin(&rex, None).await.unwrap() else {
            panic!("nothing is enrolled");
        };
        let authority = Authority::EnrolFirst(waiting.ticket());
        let kind = AuthenticatorKind::Phone;
        let Managed::Done(new) = clinic
            .verifier
            .begin_enrolment(authority, "phone", kind)
            .await
            .unwrap()
        else {
            panic!("refused");
        };
        let app = medfactor::testing::AuthenticatorApp::scan(new.key_uri()).unwrap();
        let wrong = app.code_of_step(clinic.clock.read(), 100);
        for _ in 0..5 {
            let _ = clinic
                .verifier
                .confirm_enrolment(authority, &wrong, Remember::No)
                .await
                .unwrap();
        }
        let right = app.code(clinic.clock.read());
        let managed = clinic
            .verifier
            .confirm_enrolment(authority, &right, Remember::No)
            .await
            .unwrap();
        assert!(matches!(managed, Managed::Refused(_)));
    });
}

#[test]
fn a_wrong_code_charges_no_authenticator_it_was_not_compared_with() {
    let digits = medfactor::otp::Digits::MAX;
    let clinic = clinic(policy([Method::Totp, Method::Sms]).totp_digits(digits));
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        clinic.enrol(&rex, "eight digits").await.unwrap();
        clinic.staff("rex", Some(PHONE), None).unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let verdict = clinic
            .verifier
            .answer(challenge.ticket(), Answer::new(wrong))
            .await
            .unwrap();
        assert!(matches!(verdict, Verdict::Rejected(r) if r.reason() == Reason::Wrong));
        let authenticators = clinic.verifier.authenticators(&rex).await.unwrap();
        assert_eq!(authenticators[0].failures, 0);
    });
}

#[test]
fn a_limit_that_came_down_holds_at_once() {
    use medfactor::policy::AttemptLimit;
    let layer = policy([Method::Sms]);
    let clinic = clinic(layer.clone());
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..4 {
            clinic
                .submit(&challenge, wrong, Remember::No)
                .await
                .unwrap()
                .unwrap_err();
        }
        let tighter = Policy::new().layer(layer.tries_per_challenge(AttemptLimit::new(2).unwrap()));
        let tighter = clinic
            .another_verifier(tighter, Clinic::<SharedStore>::keys().unwrap())
            .unwrap();
        let verdict = tighter
            .submit(challenge.ticket(), &code, Remember::No)
            .await
            .unwrap();
        assert!(matches!(verdict, Verdict::Rejected(_)), "{verdict:?}");
    });
}

#[test]
fn who_enrolled_of_their_own_accord_meets_nothing_for_the_first_time() {
    let clinic = clinic(Layer::vendor().requirement(Requirement::Off));
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        clinic.enrol(&rex, "phone").await.unwrap();
        assert!(!clinic.challenge(&rex, None).await.unwrap().first_use());
    });
}

#[test]
fn giving_up_and_beginning_anew_does_not_shorten_the_cooldown() {
    let clinic = clinic(policy([Method::Sms]));
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        clinic.send_sms(&challenge).await.unwrap();
        assert!(clinic.verifier.cancel(challenge.ticket()).await.unwrap());
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let sent = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .await
            .unwrap();
        assert!(matches!(sent, Sending::Refused(r) if r.reason() == Reason::Cooldown));
    });
}

#[test]
fn three_tabs_at_once_are_no_theft() {
    let layer = policy([Method::Sms])
        .trust(TrustRule::default())
        .remember(RememberMode::Always);
    let clinic = clinic(layer);
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let pass = clinic
            .submit(&challenge, &code, Remember::Yes)
            .await
            .unwrap()
            .unwrap();
        let first = pass.device_cookie().unwrap().value().to_owned();
        clinic.clock.forward(Duration::from_secs(3600));
        let Ruling::Pass(pass) = clinic.begin(&rex, Some(&first)).await.unwrap() else {
            panic!("remembered");
        };
        let second = pass.device_cookie().unwrap().value().to_owned();
        assert!(matches!(
            clinic.begin(&rex, Some(&second)).await.unwrap(),
            Ruling::Pass(_)
        ));
        // The tab that was opened first and whose request travelled longest, all within a second.
        let ruling = clinic.begin(&rex, Some(&first)).await.unwrap();
        assert!(matches!(ruling, Ruling::Pass(_)), "{ruling:?}");
    });
}
