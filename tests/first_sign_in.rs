//! One sign-in from beginning to end: the smallest proof that the parts fit.

use medfactor::audit::Event;
use medfactor::flow::{Remember, Ruling};
use medfactor::method::Method;
use medfactor::policy::{Layer, Policy, Requirement, Scope};
use medfactor::testing::Clinic;

#[test]
fn a_code_by_sms_opens_and_is_spent() {
    let policy = Policy::new().layer(
        Layer::new(Scope::Vendor)
            .requirement(Requirement::Required)
            .methods(medfactor::policy::Methods::new([Method::Sms])),
    );
    let clinic = Clinic::new(policy).unwrap();
    let rex = clinic.staff("rex", Some("+12125550142"), None).unwrap();
    pollster::block_on(async {
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        let pass = clinic
            .submit(&challenge, &code, Remember::No)
            .await
            .unwrap()
            .expect("the right code");
        assert_eq!(pass.method(), Some(Method::Sms));
        clinic
            .submit(&challenge, &code, Remember::No)
            .await
            .unwrap()
            .expect_err("spent");
        assert!(matches!(
            clinic.begin(&rex, None).await.unwrap(),
            Ruling::Challenge(_)
        ));
        assert_eq!(
            clinic.events(&rex).await.unwrap(),
            [
                Event::Begin,
                Event::CodeIssued,
                Event::SendRequested,
                Event::SendAccepted,
                Event::Verified,
                Event::NewDeviceVerified,
                Event::AttemptFailed,
                Event::Begin,
            ]
        );
    });
}
