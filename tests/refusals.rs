//! What is kept and told when nothing comes of a call: records without content, messages that did not leave,
//! sign-ins that are refused after an enrolment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use core::time::Duration;

use medfactor::audit::{Chain, Event, Reason};
use medfactor::contact::Channel;
use medfactor::delivery::{Handover, NotSent};
use medfactor::flow::{Authority, Managed, Remember, Ruling, Sending};
use medfactor::ids::Subject;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{Layer, OnSharedLogin, Policy, Requirement, SharedLoginDevices};
use medfactor::record::RecordKey;
use medfactor::store::Store;
use medfactor::testing::{AuthenticatorApp, Clinic};
use medfactor::trust::{RememberMode, TrustRule};
use pollster::block_on;

const PHONE: &str = "+12125550142";

fn clinic(layer: Layer) -> Clinic {
    Clinic::new(Policy::new().layer(layer.requirement(Requirement::Required))).unwrap()
}

#[test]
fn no_record_of_a_person_goes_since_each_holds_the_head_of_a_chain() {
    let clinic = clinic(Layer::vendor().methods([Method::Sms]));
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    let nobody = Subject::parse("t1", "nobody").unwrap();
    block_on(async {
        assert!(matches!(
            clinic.begin(&nobody, None).await.unwrap(),
            Ruling::Blocked(_)
        ));
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        clinic
            .submit(&challenge, "123456", Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        // Without its head nobody could tell a trail that was removed from one that never was. What is left of
        // somebody nobody knows is smaller than the entry that tells of the refusal.
        clinic.clock.forward(Duration::from_secs(10 * 366 * 24 * 3600));
        assert_eq!(clinic.verifier.purge(10).await.unwrap(), 0);
        let key = [RecordKey::Subject(nobody.clone())];
        let row = clinic.store.load(&key).await.unwrap().remove(0).unwrap();
        assert!(row.bytes.len() < 100, "{} bytes", row.bytes.len());
        assert_eq!(clinic.events(&nobody).await.unwrap(), [Event::Blocked]);
        for subject in [&rex, &nobody] {
            let report = clinic.verifier.verify_chain(&Chain::from(subject)).await.unwrap();
            assert!(report.is_intact());
        }
    });
}

#[test]
fn a_pass_says_until_when_its_device_is_remembered() {
    let layer = Layer::vendor()
        .methods([Method::Sms])
        .trust(TrustRule::default())
        .remember(RememberMode::OptIn);
    let clinic = clinic(layer);
    let rex = clinic.staff("rex", Some(PHONE), None).unwrap();
    block_on(async {
        for remember in [Remember::No, Remember::Yes] {
            let challenge = clinic.challenge(&rex, None).await.unwrap();
            let code = clinic.send_sms(&challenge).await.unwrap();
            let pass = clinic.submit(&challenge, &code, remember).await.unwrap().unwrap();
            let until = pass.at().saturating_add(Duration::from_secs(18 * 3600));
            let expected = (remember == Remember::Yes).then_some(until);
            assert_eq!(pass.trusted_until(), expected);
            clinic.clock.forward(Duration::from_secs(60));
            if let Some(cookie) = pass.device_cookie().filter(|_| expected.is_some()) {
                let Ruling::Pass(pass) = clinic.begin(&rex, Some(cookie.value())).await.unwrap() else {
                    panic!("the device is remembered");
                };
                assert_eq!(pass.trusted_until(), expected);
            }
        }
    });
}

#[test]
fn the_trail_says_why_a_message_did_not_leave() {
    let outcomes = [
        (NotSent::BadDestination, Reason::BadDestination, false),
        (NotSent::OptedOut, Reason::OptedOut, true),
        (NotSent::Unavailable, Reason::DeliveryFailed, false),
    ];
    for (why, reason, opted_out) in outcomes {
        let clinic = clinic(Layer::vendor().methods([Method::Sms, Method::Email]));
        let rex = clinic.staff("rex", Some(PHONE), Some("rex@example.org")).unwrap();
        block_on(async {
            let challenge = clinic.challenge(&rex, None).await.unwrap();
            clinic.outbox.answer(Handover::NotSent(why));
            let sending = clinic
                .verifier
                .send(challenge.ticket(), Channel::Sms)
                .await
                .unwrap();
            assert!(matches!(sending, Sending::Refused(ref refusal) if refusal.reason() == reason));
            let entries = clinic.history(&rex).await.unwrap();
            let told: Vec<_> = entries
                .iter()
                .filter(|entry| entry.event == Event::SendNotSent)
                .collect();
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].reason, Some(reason));
            let stops = entries
                .iter()
                .filter(|entry| entry.event == Event::OptedOut)
                .count();
            assert_eq!(stops, usize::from(opted_out));
        });
    }
}

#[test]
fn a_login_that_looks_shared_gets_no_pass_by_enrolling_either() {
    let layer = Layer::vendor()
        .methods([Method::Totp])
        .shared_login_devices(SharedLoginDevices::new(2).unwrap())
        .on_shared_login(OnSharedLogin::Deny);
    let clinic = clinic(layer);
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        clinic.enrol(&rex, "phone").await.unwrap();
        // Support takes the factor away; the device stays known, and another person takes the login over.
        let actor = medfactor::audit::Actor::Library;
        clinic
            .verifier
            .reset_authenticators(&rex, &actor, "lost")
            .await
            .unwrap();
        let Ruling::Enrol(waiting) = clinic.begin(&rex, None).await.unwrap() else {
            panic!("nothing is enrolled");
        };
        let authority = Authority::EnrolFirst(waiting.ticket());
        let kind = AuthenticatorKind::Phone;
        let Managed::Done(new) = clinic
            .verifier
            .begin_enrolment(authority, "theirs", kind)
            .await
            .unwrap()
        else {
            panic!("enrolment is open");
        };
        let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
        let code = app.code(clinic.clock.read());
        let managed = clinic
            .verifier
            .confirm_enrolment(authority, &code, Remember::No)
            .await
            .unwrap();
        let Managed::Done(enrolled) = managed else {
            panic!("{managed:?}")
        };
        assert!(enrolled.pass.is_none());
        let last = clinic.history(&rex).await.unwrap();
        assert!(last.iter().any(|entry| entry.reason == Some(Reason::SharedLogin)));
    });
}

#[test]
fn a_new_device_is_told_to_the_contact_the_code_did_not_go_to() {
    for (mail, told) in [(Some("rex@example.org"), 1), (None, 0)] {
        let clinic = clinic(Layer::vendor().methods([Method::Sms]));
        let rex = clinic.staff("rex", Some(PHONE), mail).unwrap();
        block_on(async {
            let challenge = clinic.challenge(&rex, None).await.unwrap();
            let code = clinic.send_sms(&challenge).await.unwrap();
            let _ = clinic
                .submit(&challenge, &code, Remember::No)
                .await
                .unwrap()
                .unwrap();
        });
        let notices = clinic.outbox.notices();
        assert_eq!(notices.len(), told);
        assert!(
            notices
                .iter()
                .all(|notice| notice.destination().channel() == Channel::Email)
        );
    }
}

#[test]
fn where_the_policy_says_so_nobody_is_told() {
    let clinic = clinic(Layer::vendor().methods([Method::Sms]).notices(false));
    let rex = clinic.staff("rex", Some(PHONE), Some("rex@example.org")).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let _ = clinic
            .submit(&challenge, &code, Remember::No)
            .await
            .unwrap()
            .unwrap();
    });
    assert!(clinic.outbox.notices().is_empty());
}
