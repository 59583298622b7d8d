//! Who must, when, and by which way.

use std::time::Duration;

use medfactor::audit::{Event, Reason};
use medfactor::contact::{Channel, Destination};
use medfactor::delivery::{DeliveryState, Report};
use medfactor::directory::{Person, Practice};
use medfactor::flow::{Consent, Remember, Ruling, Sending, Why};
use medfactor::ids::RoleName;
use medfactor::keys::KeyId;
use medfactor::method::Method;
use medfactor::policy::presets::cliniko_staff;
use medfactor::policy::{Facts, Layer, Policy, Population, Requirement, Scope, TrustRules, ZoneSource};
use medfactor::testing::{Clinic, SharedStore};
use medfactor::time::{Zone, parse_date};
use medfactor::trust::{RememberMode, TrustRule};
use pollster::block_on;

use super::{enforced, last, shown, sign_in, staff, voluntary};

#[test]
fn c05_the_strictest_of_several_roles_wins() {
    let policy = Policy::new()
        .layer(
            Layer::vendor()
                .requirement(Requirement::Off)
                .methods([Method::Sms])
                .trust(TrustRule::default())
                .remember(RememberMode::Always),
        )
        .layer(
            Layer::new(Scope::Role(RoleName::new("power_receptionist").unwrap()))
                .requirement(Requirement::Required)
                .trust(TrustRules::never()),
        );
    let clinic = Clinic::new(policy).unwrap();
    let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
    let scheduler = Person::new(rex.clone(), Population::Staff)
        .destination(Destination::sms("+12125550142").unwrap())
        .role(RoleName::new("scheduler").unwrap());
    block_on(async {
        clinic.directory.put_person(scheduler.clone());
        assert!(matches!(clinic.begin(&rex, None).await.unwrap(), Ruling::Pass(_)));
        clinic
            .directory
            .put_person(scheduler.role(RoleName::new("power_receptionist").unwrap()));
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let pass = clinic
            .submit(&challenge, &code, Remember::Yes)
            .await
            .unwrap()
            .unwrap();
        let cookie = pass.device_cookie().unwrap().value().to_string();
        clinic
            .challenge(&rex, Some(&cookie))
            .await
            .expect("trust is never granted");
    });
}

#[test]
fn c07_a_trusted_device_is_nothing_without_a_first_factor() {
    // That `Begin::new` takes one is shown where it does not compile without; here a stale one is refused.
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        clinic.enrol(&rex, "phone").await.unwrap();
        let request = super::request(&clinic, &rex);
        clinic.clock.forward(Duration::from_millis(599_999));
        let ruling = clinic.verifier.begin(request.clone()).await.unwrap();
        assert!(matches!(ruling, Ruling::Challenge(_)));
        clinic.clock.forward(Duration::from_millis(1));
        let Ruling::Blocked(blocked) = clinic.verifier.begin(request).await.unwrap() else {
            panic!()
        };
        assert_eq!(blocked.reason(), Reason::FirstFactorStale);
    });
}

#[test]
fn c08_who_enrolled_of_their_own_accord_is_always_asked() {
    let clinic = voluntary(cliniko_staff());
    let (rex, ria) = (
        clinic.staff("rex", None, None).unwrap(),
        clinic.staff("ria", None, None).unwrap(),
    );
    block_on(async {
        clinic.enrol(&rex, "phone").await.unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        assert_eq!(challenge.methods()[0].method, Method::Totp);
        let Ruling::Pass(pass) = clinic.begin(&ria, None).await.unwrap() else {
            panic!()
        };
        assert_eq!(pass.why(), Why::NotRequired(Reason::PolicyOff));
    });
}

#[test]
fn c10_compulsory_in_australia_while_xero_is_connected() {
    let clinic = Clinic::new(cliniko_staff()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    let australia = Facts::new().with("country", "AU");
    let with_xero = australia.clone().with("integrations", "xero");
    let without = australia.clone().known_empty("integrations");
    block_on(async {
        for (facts, required) in [
            (with_xero.clone(), true),
            (without.clone(), false),
            (australia, true),
        ] {
            clinic
                .directory
                .put_practice("t1".parse().unwrap(), Practice::new("Harbour").facts(facts));
            let ruling = clinic.begin(&rex, None).await.unwrap();
            assert_eq!(
                matches!(ruling, Ruling::Enrol(_)),
                required,
                "what the host does not say counts as so"
            );
        }
    });
    let off = Layer::practice("t1".parse().unwrap()).requirement(Requirement::Off);
    let refused = cliniko_staff().with_layer(off.clone(), &with_xero).unwrap_err();
    assert!(refused.to_string().contains("AU-XERO"), "{refused}");
    assert!(cliniko_staff().with_layer(off, &without).is_ok());
}

#[test]
fn c14_the_code_is_asked_at_every_sign_in() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let app = clinic.enrol(&rex, "phone").await.unwrap();
        let pass = sign_in(&clinic, &rex, &app, None).await.unwrap();
        let cookie = pass.device_cookie().unwrap().value().to_string();
        clinic.clock.forward(Duration::from_secs(120));
        clinic.challenge(&rex, Some(&cookie)).await.unwrap();
        assert!(!clinic.events(&rex).await.unwrap().contains(&Event::TrustGranted));
    });
}

#[test]
fn c16_nobody_needs_a_phone() {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Totp, Method::Email]);
    let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
    let (rex, ria) = (
        clinic.staff("rex", None, None).unwrap(),
        clinic.staff("ria", None, Some("ria@x.org")).unwrap(),
    );
    block_on(async {
        assert!(matches!(
            clinic.begin(&rex, None).await.unwrap(),
            Ruling::Enrol(_)
        ));
        let app = clinic.enrol(&rex, "desk").await.unwrap();
        assert!(sign_in(&clinic, &rex, &app, None).await.is_ok());
        let challenge = clinic.challenge(&ria, None).await.unwrap();
        let code = clinic.send(&challenge, Channel::Email).await.unwrap();
        assert!(
            clinic
                .submit(&challenge, &code, Remember::No)
                .await
                .unwrap()
                .is_ok()
        );
    });
}

fn by_sms() -> Policy {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms, Method::Email]);
    Policy::new().layer(layer)
}

#[test]
fn c24_the_communications_log_says_how_far_each_message_got() {
    let clinic = Clinic::new(by_sms()).unwrap();
    let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
    block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let id = clinic.outbox.last().unwrap().id;
        let accepted_at = clinic.clock.read();
        clinic.clock.forward(Duration::from_secs(9));
        let verifier = &clinic.verifier;
        assert!(
            verifier
                .note_delivery(&rex, id, &Report::new(DeliveryState::Failed).why("30003"))
                .await
                .unwrap()
        );
        // Reports only ever move on.
        for late in [
            DeliveryState::Sent,
            DeliveryState::Accepted,
            DeliveryState::Failed,
        ] {
            assert!(
                !verifier
                    .note_delivery(&rex, id, &Report::new(late))
                    .await
                    .unwrap()
            );
        }
        let log = verifier.communications(&rex).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].provider_id.as_deref(), Some("captured-1"));
        assert_eq!(log[0].destination, "+1••••••0142");
        let states: Vec<_> = log[0].states.iter().skip(1).copied().collect();
        let failed_at = clinic.clock.read();
        assert_eq!(
            states,
            [
                (DeliveryState::Accepted, accepted_at),
                (DeliveryState::Failed, failed_at)
            ]
        );
        assert!(!format!("{log:?}").contains(&code));
        // A report never touches a code.
        assert!(
            clinic
                .submit(&challenge, &code, Remember::No)
                .await
                .unwrap()
                .is_ok()
        );
    });
}

#[test]
fn c25_stop_takes_the_channel_away_and_start_brings_it_back() {
    let clinic = Clinic::new(by_sms()).unwrap();
    let both = clinic
        .staff("both", Some("+12125550142"), Some("both@x.org"))
        .unwrap();
    let one = clinic.staff("one", Some("+12125550142"), None).unwrap();
    let number = Destination::sms("+12125550142").unwrap();
    let practice = "t1".parse().unwrap();
    block_on(async {
        clinic
            .verifier
            .set_consent(&practice, &number, Consent::OptOut, &staff())
            .await
            .unwrap();
        let challenge = clinic.challenge(&both, None).await.unwrap();
        assert_eq!(
            challenge.methods().iter().map(|o| o.method).collect::<Vec<_>>(),
            [Method::Email]
        );
        let sending = clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .await
            .unwrap();
        assert!(matches!(sending, Sending::Refused(_)));
        let Ruling::Blocked(blocked) = clinic.begin(&one, None).await.unwrap() else {
            panic!()
        };
        assert_eq!(blocked.reason(), Reason::NoUsableContact);

        // A STOP outlives the key it was recorded under.
        let keys = Clinic::<SharedStore>::keys().unwrap();
        let keys = keys
            .rotate(KeyId::new(2), *b"the clinic's next key, for tests")
            .unwrap();
        let rotated = clinic.another_verifier(by_sms(), keys).unwrap();
        let begin = super::request(&clinic, &one);
        assert!(matches!(rotated.begin(begin).await.unwrap(), Ruling::Blocked(_)));

        rotated
            .set_consent(&practice, &number, Consent::OptIn, &staff())
            .await
            .unwrap();
        clinic.challenge(&one, None).await.unwrap();
        let entries = clinic
            .verifier
            .history(&medfactor::audit::EntryQuery::practice(practice))
            .await
            .unwrap();
        let events: Vec<_> = entries.entries.iter().map(|entry| entry.event).collect();
        assert!(events.contains(&Event::OptedOut) && events.contains(&Event::OptedIn));
    });
}

#[test]
fn c29_enforcement_begins_at_midnight_in_the_practices_zone() {
    let date = parse_date("2026-06-16").unwrap();
    let zone = Zone::fixed(600).unwrap();
    let layer = Layer::practice("t1".parse().unwrap()).required_from(date, ZoneSource::Practice);
    let clinic = voluntary(cliniko_staff().layer(layer));
    let rex = clinic.staff("rex", None, None).unwrap();
    let midnight = zone.first_instant(date, parse_time());
    block_on(async {
        clinic
            .clock
            .set(midnight.saturating_sub(Duration::from_millis(1)));
        assert!(matches!(clinic.begin(&rex, None).await.unwrap(), Ruling::Pass(_)));
        clinic.clock.set(midnight);
        assert!(matches!(
            clinic.begin(&rex, None).await.unwrap(),
            Ruling::Enrol(_)
        ));
        let entry = last(&clinic, &rex, Event::EnrolmentRequired).await;
        assert_eq!(entry.decided_by.as_deref(), Some("practice:t1"));
    });
}

fn parse_time() -> medfactor::time::Time {
    medfactor::time::parse_time("00:00").unwrap()
}

#[test]
fn a_s05_2_two_live_challenges_do_not_disturb_each_other() {
    let clinic = Clinic::new(by_sms()).unwrap();
    let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
    block_on(async {
        let mut open = Vec::new();
        for browser in ["one", "two"] {
            let request = super::request(&clinic, &rex).session(browser);
            let Ruling::Challenge(challenge) = clinic.verifier.begin(request).await.unwrap() else {
                panic!()
            };
            let code = clinic.send_sms(&challenge).await.unwrap();
            let reference = clinic.outbox.last().unwrap().reference;
            open.push((challenge, code, reference));
        }
        assert_ne!(open[0].0.id(), open[1].0.id());
        assert_ne!(open[0].2, open[1].2);
        let crossed = clinic.submit(&open[1].0, &open[0].1, Remember::No).await.unwrap();
        assert_eq!(crossed.unwrap_err().reason(), Reason::Wrong);
        for (challenge, code, _) in &open {
            assert!(
                clinic
                    .submit(challenge, code, Remember::No)
                    .await
                    .unwrap()
                    .is_ok()
            );
        }
    });
}

#[test]
fn c09_enforcement_leaves_running_sign_ins_alone_and_shows_the_time() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let app = clinic.enrol(&rex, "phone").await.unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let again = clinic.challenge(&rex, None).await.unwrap();
        assert_eq!(challenge.id(), again.id());
        assert_eq!(
            challenge.expires_at(),
            clinic.clock.read().saturating_add(Duration::from_secs(900))
        );
        let code = shown(&clinic, &app);
        assert!(clinic.submit(&again, &code, Remember::No).await.unwrap().is_ok());
    });
}
