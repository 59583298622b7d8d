//! The fuzz targets on a few inputs, so that an ordinary test run sees them too.
#![cfg(feature = "serde")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use medfactor::flow::{Authority, Managed, Remember, Ruling};
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{Layer, Methods, Policy, Requirement, Scope};
use medfactor::record::SubjectRecord;
use medfactor::testing::{Clinic, fuzz};
use medfactor::trust::{RememberMode, TrustRule, TrustWindow};

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
            for i in (0..data.len()).step_by(1.max(data.len() / 60)) {
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

/// Records as a clinic leaves them, as the seeds of the target for stored records. `WRITE_SEEDS=fuzz/seeds` writes
/// them there anew, which a change of the stored form makes necessary.
#[test]
fn real_records_and_their_neighbours_are_borne() {
    let records = pollster::block_on(real_records());
    for (name, record) in records {
        if let Some(seeds) = std::env::var_os("WRITE_SEEDS") {
            fs::write(Path::new(&seeds).join("stored_record").join(name), &record).unwrap();
        }
        fuzz::stored_record(&record);
        let mut data = record;
        for i in (0..data.len()).step_by(1.max(data.len() / 100)) {
            let byte = data[i];
            data[i] = if i % 2 == 0 {
                byte.wrapping_add(1)
            } else {
                byte ^ 0x80
            };
            fuzz::stored_record(&data);
            data[i] = byte;
        }
    }
}

/// A seed that does not decode lets the target return at once, and so tests nothing.
#[test]
fn the_seeds_are_records_and_policies() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for seed in fs::read_dir(seeds.join("stored_record")).unwrap() {
        let record = SubjectRecord::decode(&fs::read(seed.unwrap().path()).unwrap());
        assert!(record.is_ok());
    }
    for seed in fs::read_dir(seeds.join("policy_file")).unwrap() {
        let text = fs::read_to_string(seed.unwrap().path()).unwrap();
        assert!(Policy::from_toml(&text).is_ok() || Policy::from_json(&text).is_ok());
    }
}

fn by(methods: &[Method]) -> Clinic {
    let layer = Layer::new(Scope::Vendor)
        .requirement(Requirement::Required)
        .methods(Methods::new(methods.iter().copied()))
        .trust(TrustRule::Rolling(TrustWindow::DEFAULT))
        .remember(RememberMode::Always);
    Clinic::new(Policy::new().layer(layer)).unwrap()
}

/// The record of the person: the one of a destination is far smaller.
fn record_of(clinic: &Clinic) -> Vec<u8> {
    let records = clinic.store.inner().dump();
    records.into_iter().max_by_key(Vec::len).unwrap()
}

async fn real_records() -> [(&'static str, Vec<u8>); 4] {
    let all = [Method::Totp, Method::Sms, Method::RecoveryCode];

    // An app, recovery codes, a spent code, a trusted device, and a challenge after all that.
    let signed_in = by(&all);
    let rex = signed_in.staff("rex", None, None).unwrap();
    signed_in.enrol(&rex, "phone").await.unwrap();
    signed_in.staff("rex", Some("+12125550142"), None).unwrap();
    let challenge = signed_in.challenge(&rex, None).await.unwrap();
    let code = signed_in.send_sms(&challenge).await.unwrap();
    let wrong = signed_in.submit(&challenge, "000000", Remember::Yes).await;
    wrong.unwrap().unwrap_err();
    let pass = signed_in.submit(&challenge, &code, Remember::Yes).await;
    assert!(pass.unwrap().is_ok());
    signed_in.challenge(&rex, None).await.unwrap();

    // A code on its way, which nobody has typed yet.
    let code_sent = by(&[Method::Sms]);
    let rex = code_sent.staff("rex", Some("+12125550142"), None).unwrap();
    let challenge = code_sent.challenge(&rex, None).await.unwrap();
    code_sent.send_sms(&challenge).await.unwrap();

    // A secret that was shown and has not proved itself.
    let enrolling = by(&[Method::Totp]);
    let rex = enrolling.staff("rex", None, None).unwrap();
    let Ruling::Enrol(first) = enrolling.begin(&rex, None).await.unwrap() else {
        panic!("there is nothing to prove oneself with")
    };
    let authority = Authority::EnrolFirst(first.ticket());
    let shown = enrolling
        .verifier
        .begin_enrolment(authority, "phone", AuthenticatorKind::Phone)
        .await;
    assert!(matches!(shown.unwrap(), Managed::Done(_)));

    // Guesses until nothing more is taken.
    let guessed = by(&[Method::Sms]);
    let rex = guessed.staff("rex", Some("+12125550142"), None).unwrap();
    let challenge = guessed.challenge(&rex, None).await.unwrap();
    guessed.send_sms(&challenge).await.unwrap();
    for _ in 0..12 {
        let wrong = guessed.submit(&challenge, "000000", Remember::No).await;
        wrong.unwrap().unwrap_err();
    }

    [
        ("signed_in", record_of(&signed_in)),
        ("code_sent", record_of(&code_sent)),
        ("enrolling", record_of(&enrolling)),
        ("guessed", record_of(&guessed)),
    ]
}
