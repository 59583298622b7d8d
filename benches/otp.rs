//! What one code and one check cost. A check costs one HMAC per candidate, whatever was typed.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a bench fails by panicking"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medfactor::otp::{Algorithm, Digits, KeyUri, NearMiss, Secret, Skew, Totp, hotp};

const NOW: u64 = 1_700_000_000;

fn secret(length: u8) -> Secret {
    Secret::from_bytes(&(0..length).collect::<Vec<_>>()).unwrap()
}

fn codes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hotp");
    group.throughput(Throughput::Elements(1));
    for (algorithm, length) in Algorithm::ALL.into_iter().zip([20, 32, 64]) {
        let secret = secret(length);
        group.bench_function(algorithm.as_str(), |bencher| {
            bencher.iter(|| hotp(black_box(&secret), black_box(7), Digits::DEFAULT, algorithm));
        });
    }
    group.finish();
}

fn checks(criterion: &mut Criterion) {
    let (totp, secret) = (Totp::default(), secret(20));
    let right = totp.code(&secret, totp.step_at(NOW).unwrap());
    let mut group = criterion.benchmark_group("check");
    for skew in [Skew::MIN, Skew::DEFAULT, Skew::MAX] {
        group.throughput(Throughput::Elements(Totp::candidates(skew) as u64));
        for (name, typed) in [
            ("right", right.expose()),
            ("wrong", "000000"),
            ("malformed", "12345x7"),
        ] {
            group.bench_function(format!("skew_{}/{name}", skew.steps()), |bencher| {
                bencher.iter(|| totp.check(black_box(&secret), black_box(typed), black_box(NOW), skew, None));
            });
        }
    }
    group.throughput(Throughput::Elements(2 * u64::from(NearMiss::REACH) + 1));
    group.bench_function("near_miss", |bencher| {
        bencher.iter(|| totp.near_miss(black_box(&secret), black_box("000000"), black_box(NOW)));
    });
    group.finish();
}

fn key_uri(criterion: &mut Criterion) {
    let uri = KeyUri::new("Harbour Clinic", "rex@example.org", &secret(20), Totp::default()).unwrap();
    let text = uri.to_uri();
    let mut group = criterion.benchmark_group("key_uri");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("build", |bencher| bencher.iter(|| black_box(&uri).to_uri()));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| KeyUri::parse(black_box(&text)))
    });
    group.finish();
}

criterion_group!(benches, codes, checks, key_uri);
criterion_main!(benches);
