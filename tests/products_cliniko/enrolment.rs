//! Setting up, adding, removing and losing authenticators.

use std::time::Duration;

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Authority, Managed, Remember, Ruling, Signal, Why};
use medfactor::ids::Subject;
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::otp::KeyUri;
use medfactor::policy::presets::cliniko_staff;
use medfactor::purpose::Purpose;
use medfactor::testing::{AuthenticatorApp, Clinic};
use pollster::block_on;

use super::{add, done, enforced, last, management, refused, request, shown, sign_in, staff, voluntary};

#[test]
fn c01_every_entry_names_exactly_one_person() {
    let clinic = Clinic::new(enforced()).unwrap();
    block_on(async {
        for name in ["rex", "ria"] {
            let who = clinic.staff(name, None, None).unwrap();
            let app = clinic.enrol(&who, "phone").await.unwrap();
            let pass = sign_in(&clinic, &who, &app, None).await.unwrap();
            assert_eq!(pass.subject(), &who);
            for entry in clinic.history(&who).await.unwrap() {
                assert_eq!(entry.subject.as_ref(), Some(who.id()));
            }
        }
    });
}

#[test]
fn c03_nothing_is_active_before_a_right_code() {
    let clinic = voluntary(cliniko_staff());
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let manage = clinic.request(&rex, Purpose::manage_authenticators(), None);
        let Ruling::Enrol(enrol) = clinic.verifier.begin(manage).await.unwrap() else {
            panic!()
        };
        let authority = Authority::EnrolFirst(enrol.ticket());
        let kind = AuthenticatorKind::Phone;
        let new = done(
            clinic
                .verifier
                .begin_enrolment(authority, "phone", kind)
                .await
                .unwrap(),
        );
        let app = AuthenticatorApp::scan(new.key_uri()).unwrap();

        let wrong = app.code_of_step(clinic.clock.read(), 50);
        let confirmed = clinic
            .verifier
            .confirm_enrolment(authority, &wrong, Remember::No)
            .await
            .unwrap();
        assert_eq!(refused(confirmed), Reason::Wrong);
        assert!(clinic.verifier.authenticators(&rex).await.unwrap().is_empty());
        assert!(matches!(clinic.begin(&rex, None).await.unwrap(), Ruling::Pass(_)));

        let code = shown(&clinic, &app);
        let enrolled = done(
            clinic
                .verifier
                .confirm_enrolment(authority, &code, Remember::No)
                .await
                .unwrap(),
        );
        assert_eq!(enrolled.authenticator, new.id());
        assert_eq!(
            clinic.verifier.authenticators(&rex).await.unwrap()[0].name,
            "phone"
        );
        assert!(matches!(
            clinic.begin(&rex, None).await.unwrap(),
            Ruling::Challenge(_)
        ));
    });
}

#[test]
fn c03_a_pending_secret_dies_after_ten_minutes() {
    for (seconds, lives) in [(599, true), (600, false)] {
        let clinic = Clinic::new(enforced()).unwrap();
        let rex = clinic.staff("rex", None, None).unwrap();
        block_on(async {
            let Ruling::Enrol(enrol) = clinic.begin(&rex, None).await.unwrap() else {
                panic!()
            };
            let authority = Authority::EnrolFirst(enrol.ticket());
            let kind = AuthenticatorKind::Phone;
            let new = done(
                clinic
                    .verifier
                    .begin_enrolment(authority, "phone", kind)
                    .await
                    .unwrap(),
            );
            let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
            clinic.clock.forward(Duration::from_secs(seconds));
            let code = shown(&clinic, &app);
            let confirmed = clinic
                .verifier
                .confirm_enrolment(authority, &code, Remember::No)
                .await
                .unwrap();
            assert_eq!(matches!(confirmed, Managed::Done(_)), lives, "after {seconds} s");
        });
    }
}

#[test]
fn c09_who_has_no_factor_enrols_and_the_same_sign_in_goes_on() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let Ruling::Enrol(enrol) = clinic.begin(&rex, None).await.unwrap() else {
            panic!()
        };
        assert_eq!(enrol.methods(), [Method::Totp]);
        // Until then there is nothing to answer.
        let verdict = clinic
            .verifier
            .submit(enrol.ticket(), "123456", Remember::No)
            .await
            .unwrap();
        assert!(matches!(verdict, medfactor::flow::Verdict::Rejected(_)));
        let authority = Authority::EnrolFirst(enrol.ticket());
        let kind = AuthenticatorKind::Phone;
        let new = done(
            clinic
                .verifier
                .begin_enrolment(authority, "phone", kind)
                .await
                .unwrap(),
        );
        let app = AuthenticatorApp::scan(new.key_uri()).unwrap();
        let code = shown(&clinic, &app);
        let enrolled = done(
            clinic
                .verifier
                .confirm_enrolment(authority, &code, Remember::No)
                .await
                .unwrap(),
        );
        let pass = enrolled.pass.expect("the sign-in that waited");
        assert_eq!(pass.why(), Why::Verified(Method::Totp));
        assert_eq!(pass.purpose(), &Purpose::sign_in());
        assert_eq!(enrolled.recovery_codes.unwrap().len(), 10);
        // The ticket is used up, and so is the code.
        let again = clinic
            .verifier
            .begin_enrolment(authority, "mine too", kind)
            .await
            .unwrap();
        assert!(matches!(again, Managed::Refused(_)));
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let rejected = clinic
            .submit(&challenge, &code, Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(rejected.reason(), Reason::AlreadyUsed, "bypass 015");
    });
}

#[test]
fn c12_the_key_uri_is_what_apps_read() {
    let clinic = Clinic::new(enforced()).unwrap();
    let practice = medfactor::directory::Practice::new("Acme: Physio");
    clinic.directory.put_practice("t1".parse().unwrap(), practice);
    let rex = Subject::parse("t1", "rex").unwrap();
    clinic.directory.put_person(
        medfactor::directory::Person::new(rex.clone(), medfactor::policy::Population::Staff)
            .account_name("rex@x.org"),
    );
    block_on(async {
        let Ruling::Enrol(enrol) = clinic.begin(&rex, None).await.unwrap() else {
            panic!()
        };
        let authority = Authority::EnrolFirst(enrol.ticket());
        let kind = AuthenticatorKind::Phone;
        let new = done(
            clinic
                .verifier
                .begin_enrolment(authority, "phone", kind)
                .await
                .unwrap(),
        );
        assert!(
            new.key_uri()
                .starts_with("otpauth://totp/Acme%20Physio:rex%40x.org?secret=")
        );
        let read = KeyUri::parse(new.key_uri()).unwrap();
        assert_eq!(
            (read.issuer(), read.account()),
            (Some("Acme Physio"), "rex@x.org")
        );
        assert_eq!(read.secret().to_base32().as_str(), new.secret());
        assert!(!new.secret().contains('='));
    });
}

#[test]
fn c22_a_secret_is_shown_once_and_the_old_one_works_until_it_is_removed() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let old = clinic.enrol(&rex, "phone").await.unwrap();
        let pass = management(&clinic, &rex, &old).await;
        let authority = Authority::Fresh(&pass);
        let kind = AuthenticatorKind::Phone;
        let one = done(
            clinic
                .verifier
                .begin_enrolment(authority, "new phone", kind)
                .await
                .unwrap(),
        );
        let two = done(
            clinic
                .verifier
                .begin_enrolment(authority, "new phone", kind)
                .await
                .unwrap(),
        );
        assert_ne!(one.secret(), two.secret());
        assert!(
            sign_in(&clinic, &rex, &old, None).await.is_ok(),
            "nothing is confirmed yet"
        );
        // What lists an authenticator holds nothing of its secret.
        let listed = format!("{:?}", clinic.verifier.authenticators(&rex).await.unwrap());
        assert!(!listed.contains(one.secret()) && !listed.contains(two.secret()));
    });
}

#[test]
fn c23_several_authenticators_each_removable_but_not_the_last() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let phone = clinic.enrol(&rex, "phone").await.unwrap();
        let desk = add(&clinic, &rex, &phone, "desk").await;
        let listed = clinic.verifier.authenticators(&rex).await.unwrap();
        assert_eq!(
            listed.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(),
            ["phone", "desk"]
        );

        let pass = management(&clinic, &rex, &desk).await;
        let renamed =
            clinic
                .verifier
                .rename_authenticator(Authority::Fresh(&pass), listed[1].id, "front desk");
        done(renamed.await.unwrap());
        let removed = clinic
            .verifier
            .remove_authenticator(Authority::Fresh(&pass), listed[0].id);
        done(removed.await.unwrap());
        let refusal = sign_in(&clinic, &rex, &phone, None).await.unwrap_err();
        assert_eq!(refusal.reason(), Reason::Wrong);
        clinic.clock.forward(Duration::from_secs(30));
        assert!(sign_in(&clinic, &rex, &desk, None).await.is_ok());
        clinic.clock.forward(Duration::from_secs(30));

        // The pass of before is void: the factors have changed since.
        let stale = clinic
            .verifier
            .remove_authenticator(Authority::Fresh(&pass), listed[1].id);
        assert_eq!(refused(stale.await.unwrap()), Reason::ProofNotFresh);
        let pass = management(&clinic, &rex, &desk).await;
        let last_one = clinic
            .verifier
            .remove_authenticator(Authority::Fresh(&pass), listed[1].id);
        assert_eq!(refused(last_one.await.unwrap()), Reason::LastAuthenticator);
        assert_eq!(
            clinic.verifier.authenticators(&rex).await.unwrap()[0].name,
            "front desk"
        );
    });
}

#[test]
fn c23_changing_factors_takes_a_proof_at_most_five_minutes_old() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let phone = clinic.enrol(&rex, "phone").await.unwrap();
        let id = clinic.verifier.authenticators(&rex).await.unwrap()[0].id;
        let pass = management(&clinic, &rex, &phone).await;
        clinic
            .clock
            .set(pass.at().saturating_add(Duration::from_millis(299_999)));
        done(
            clinic
                .verifier
                .rename_authenticator(Authority::Fresh(&pass), id, "a")
                .await
                .unwrap(),
        );
        clinic
            .clock
            .set(pass.at().saturating_add(Duration::from_secs(300)));
        let late = clinic
            .verifier
            .rename_authenticator(Authority::Fresh(&pass), id, "b")
            .await
            .unwrap();
        assert_eq!(refused(late), Reason::ProofNotFresh);
        // A pass for signing in changes nothing.
        let pass = sign_in(&clinic, &rex, &phone, None).await.unwrap();
        let other = clinic
            .verifier
            .rename_authenticator(Authority::Fresh(&pass), id, "c")
            .await
            .unwrap();
        assert_eq!(refused(other), Reason::ProofNotFresh, "bypass 036");
    });
}

#[test]
fn c26_who_has_left_gets_in_no_more_and_the_history_stays() {
    let clinic = Clinic::new(enforced()).unwrap();
    let ria = clinic.staff("ria", None, None).unwrap();
    block_on(async {
        let app = clinic.enrol(&ria, "phone").await.unwrap();
        let open = clinic.challenge(&ria, None).await.unwrap();
        let before = clinic.history(&ria).await.unwrap().len();
        clinic
            .verifier
            .signal(&ria, Signal::Offboarded, &staff())
            .await
            .unwrap();

        let code = shown(&clinic, &app);
        let refusal = clinic
            .submit(&open, &code, Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(refusal.reason(), Reason::Revoked);
        let Ruling::Blocked(blocked) = clinic.begin(&ria, None).await.unwrap() else {
            panic!()
        };
        assert_eq!(blocked.reason(), Reason::Offboarded);
        assert!(clinic.verifier.authenticators(&ria).await.unwrap().is_empty());
        assert!(clinic.history(&ria).await.unwrap().len() > before);

        // Who comes back starts with nothing.
        clinic
            .verifier
            .signal(&ria, Signal::Reinstated, &staff())
            .await
            .unwrap();
        assert!(matches!(
            clinic.begin(&ria, None).await.unwrap(),
            Ruling::Enrol(_)
        ));
    });
}

#[test]
fn c27_recovery_codes_work_once_each_and_a_new_set_voids_the_old() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let phone = clinic.enrol(&rex, "phone").await.unwrap();
        let pass = management(&clinic, &rex, &phone).await;
        let codes = done(
            clinic
                .verifier
                .make_recovery_codes(Authority::Fresh(&pass))
                .await
                .unwrap(),
        );
        let codes: Vec<String> = codes.expose().map(String::from).collect();
        assert_eq!(codes.len(), 10);

        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let typed = codes[0].to_lowercase().replace('-', " ");
        let pass = clinic
            .submit(&challenge, &typed, Remember::Yes)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(pass.method(), Some(Method::RecoveryCode));
        assert_eq!(last(&clinic, &rex, Event::RecoveryCodeUsed).await.count, Some(9));
        let token = pass.device_cookie().unwrap().value().to_string();
        let challenge = clinic
            .challenge(&rex, Some(&token))
            .await
            .expect("bypass 079: it mints no trust");
        let again = clinic
            .submit(&challenge, &codes[0], Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(again.reason(), Reason::Wrong);

        for code in &codes[1..8] {
            let challenge = clinic.challenge(&rex, None).await.unwrap();
            assert!(
                clinic
                    .submit(&challenge, code, Remember::No)
                    .await
                    .unwrap()
                    .is_ok()
            );
        }
        assert_eq!(last(&clinic, &rex, Event::RecoveryCodesLow).await.count, Some(2));

        let pass = management(&clinic, &rex, &phone).await;
        done(
            clinic
                .verifier
                .make_recovery_codes(Authority::Fresh(&pass))
                .await
                .unwrap(),
        );
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let void = clinic
            .submit(&challenge, &codes[9], Remember::No)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(void.reason(), Reason::Wrong);
    });
}

#[test]
fn bypass_088_required_and_nothing_enrolled_is_never_a_pass() {
    let clinic = Clinic::new(enforced()).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    block_on(async {
        let ruling = clinic.verifier.begin(request(&clinic, &rex)).await.unwrap();
        assert!(matches!(ruling, Ruling::Enrol(_)));
        clinic
            .verifier
            .reset_authenticators(&rex, &staff(), "lost")
            .await
            .unwrap();
        let ruling = clinic.verifier.begin(request(&clinic, &rex)).await.unwrap();
        assert!(matches!(ruling, Ruling::Enrol(_)));
    });
}
