//! The fuzz targets on a few inputs, so that an ordinary test run sees them too.
#![cfg(feature = "serde")]

use std::fs;
use std::path::Path;

use medfactor::flow::Remember;
use medfactor::method::Method;
use medfactor::policy::{Layer, Methods, Policy, Requirement, Scope};
use medfactor::testing::{Clinic, fuzz};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 6] = [
    ("base32", fuzz::base32),
    ("device_token", fuzz::device_token),
    ("key_uri", fuzz::key_uri),
    ("policy_file", fuzz::policy_file),
    ("stored_record", fuzz::stored_record),
    ("typed_code", fuzz::typed_code),
];

#[test]
fn every_target_bears_its_seeds_and_odd_inputs() {
    for (name, target) in TARGETS {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/seeds")
            .join(name);
        let mut count = 0;
        for seed in fs::read_dir(seeds).unwrap() {
            let mut data = fs::read(seed.unwrap().path()).unwrap();
            target(&data);
            for i in 0..data.len() {
                data[i] ^= 0x11;
                target(&data);
                data[i] ^= 0x11;
            }
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
        for odd in [
            &b""[..],
            b"\0",
            b"=",
            b"%",
            b"\xff\xfe",
            "½²３".as_bytes(),
            &[0x01; 300],
            &[0x9f; 64],
        ] {
            target(odd);
        }
    }
}

/// A record with a bit of everything, as the seed of the target for stored records.
#[test]
fn a_real_record_and_each_of_its_neighbours_is_borne() {
    let policy = Policy::new().layer(
        Layer::new(Scope::Vendor)
            .requirement(Requirement::Required)
            .methods(Methods::new([Method::Totp, Method::Sms, Method::RecoveryCode])),
    );
    let clinic = Clinic::new(policy).unwrap();
    let rex = clinic.staff("rex", None, None).unwrap();
    pollster::block_on(async {
        clinic.enrol(&rex, "phone").await.unwrap();
        clinic.staff("rex", Some("+12125550142"), None).unwrap();
        let challenge = clinic.challenge(&rex, None).await.unwrap();
        let code = clinic.send_sms(&challenge).await.unwrap();
        clinic
            .submit(&challenge, "000000", Remember::Yes)
            .await
            .unwrap()
            .unwrap_err();
        let pass = clinic.submit(&challenge, &code, Remember::Yes).await.unwrap();
        assert!(pass.is_ok());
        clinic.challenge(&rex, None).await.unwrap();
    });
    let record = clinic
        .store
        .inner()
        .dump()
        .into_iter()
        .max_by_key(Vec::len)
        .unwrap();
    assert!(record.len() > 500);
    if let Some(path) = std::env::var_os("WRITE_SEED") {
        fs::write(path, &record).unwrap();
    }
    fuzz::stored_record(&record);
    let mut data = record;
    for i in 0..data.len() {
        let byte = data[i];
        for value in [byte.wrapping_add(1), byte ^ 0x80, 0xff] {
            data[i] = value;
            fuzz::stored_record(&data);
        }
        data[i] = byte;
    }
}
