//! Keys that are rotated while codes are out, and records that cannot be read.

use medfactor::audit::Reason;
use medfactor::flow::access::{AccessAttempt, Redemption, Source};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{AccessStorage, Layer, Policy};
use medfactor::purpose::Purpose;
use medfactor::store::Store as _;
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

#[test]
fn a_record_that_cannot_be_read_lets_nobody_in() {
    for kind in ["access_code", "sources", "misses", "object"] {
        let clinic = video_under(recoverable());
        let pat = clinic.patient("pat");
        clinic.open("S1", &[&pat]);
        let code = clinic.read_out(&pat, "S1");
        assert_eq!(redeem(&clinic, keys(), "123456789"), Some(Reason::Wrong));
        let key = clinic
            .store
            .inner()
            .keys()
            .into_iter()
            .find(|key| key.kind() == kind);
        clinic.store.inner().corrupt(&key.unwrap(), vec![1, 0xFF]);
        let door = Purpose::new("video_join").unwrap();
        let attempt = AccessAttempt::new(&practice_id(), door, &code, Source::new("203.0.113.7"));
        let redeemed = clinic.verifier.redeem(&attempt).block_on();
        let revealed = clinic
            .verifier
            .reveal_access_code(&pat, &session("S1"), &clio())
            .block_on();
        match kind {
            // What staff read is not what decides at the door, and the other way round.
            "object" => assert!(redeemed.is_ok() && revealed.is_err()),
            "access_code" => assert!(redeemed.is_err() && revealed.is_err()),
            _ => assert!(redeemed.is_err() && revealed.is_ok()),
        }
    }
}

#[test]
fn a_record_put_in_the_place_of_another_lets_nobody_in() {
    let clinic = video_under(recoverable());
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("S1", &[&pat, &mum]);
    let code = clinic.read_out(&pat, "S1");
    let codes = || {
        let mut keys = clinic.store.inner().keys();
        keys.retain(|key| key.kind() == "access_code");
        keys
    };
    let pats = codes().remove(0);
    let _mums = clinic.read_out(&mum, "S1");
    let mums = codes().into_iter().find(|key| *key != pats).unwrap();
    let row = clinic.store.load(&[mums]).block_on().unwrap().remove(0).unwrap();
    clinic.store.inner().corrupt(&pats, row.bytes);
    assert_eq!(redeem(&clinic, keys(), &code), Some(Reason::Wrong));
}
