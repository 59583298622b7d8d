//! Keys that are rotated while codes are out.

use medfactor::audit::Reason;
use medfactor::flow::access::{AccessAttempt, Redemption, Source};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{AccessStorage, Layer, Policy};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

use super::common::practice_id;
use super::{Video as _, clio, done, keys, session, video_under};

fn rotated() -> KeyRing {
    keys()
        .rotate(KeyId::new(2), *b"the clinic's next key, for tests")
        .unwrap()
}

fn recoverable() -> Policy {
    Policy::new().layer(Layer::vendor().access_code_storage(AccessStorage::Recoverable))
}

/// What another process with this ring says to a code.
fn redeem(clinic: &Clinic, ring: KeyRing, typed: &str) -> Option<Reason> {
    let verifier = clinic.another_verifier(recoverable(), ring).unwrap();
    let door = Purpose::new("video_join").unwrap();
    let attempt = AccessAttempt::new(&practice_id(), door, typed, Source::new("203.0.113.7"));
    match verifier.redeem(&attempt).block_on().unwrap() {
        Redemption::Admitted(_) => None,
        Redemption::Rejected(rejection) => Some(rejection.reason()),
    }
}

#[test]
fn v13_a_code_outlives_a_rotation_and_not_its_key() {
    let clinic = video_under(recoverable());
    let pat = clinic.patient("pat");
    clinic.open("S1", &[&pat]);
    let code = clinic.read_out(&pat, "S1");
    assert_eq!(redeem(&clinic, rotated(), &code), None);
    let reveal = |ring: KeyRing| {
        let verifier = clinic.another_verifier(recoverable(), ring).unwrap();
        let revealed = verifier
            .reveal_access_code(&pat, &session("S1"), &clio())
            .block_on();
        done(revealed.unwrap()).expose().to_string()
    };
    assert_eq!(reveal(rotated()), code);
    let dropped = rotated().without(KeyId::new(1));
    assert_eq!(redeem(&clinic, dropped.clone(), &code), Some(Reason::Wrong));
    // What cannot be opened any more is made anew, and the code that was lost is void under every ring.
    let new = reveal(dropped.clone());
    assert_ne!(new, code);
    assert_eq!(redeem(&clinic, dropped, &new), None);
    assert_eq!(redeem(&clinic, rotated(), &code), Some(Reason::Superseded));
}

#[test]
fn v12_a_rotation_gives_no_guesses_back() {
    let clinic = video_under(recoverable());
    for _ in 0..20 {
        assert_eq!(redeem(&clinic, keys(), "123456789"), Some(Reason::Wrong));
    }
    assert_eq!(redeem(&clinic, rotated(), "123456789"), Some(Reason::Throttled));
}
