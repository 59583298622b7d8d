//! The test vectors of RFC 4226 and RFC 6238, and the acceptance cases of authenticator apps.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use medfactor::otp::{Algorithm, Check, Digits, Secret, Skew, Totp, hotp};

/// "1234567890" repeated to the output length of the hash.
fn seed(algorithm: Algorithm) -> Secret {
    let length = match algorithm {
        Algorithm::Sha256 => 32,
        Algorithm::Sha512 => 64,
        _ => 20,
    };
    let bytes: Vec<u8> = b"1234567890".iter().copied().cycle().take(length).collect();
    Secret::from_bytes(&bytes).unwrap()
}

/// The rows of a table, without comments and the heading.
fn rows(table: &str) -> Vec<Vec<&str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect()
}

#[test]
fn rfc_4226_appendix_d() {
    let rows = rows(include_str!("vectors/rfc4226_appendix_d.csv"));
    assert_eq!(rows.len(), 10);
    let secret = seed(Algorithm::Sha1);
    for row in rows {
        let code = hotp(&secret, row[0].parse().unwrap(), Digits::MIN, Algorithm::Sha1);
        assert_eq!(code.expose(), row[1], "counter {}", row[0]);
    }
}

#[test]
fn c15_rfc_6238_appendix_b() {
    let rows = rows(include_str!("vectors/rfc6238_appendix_b.csv"));
    assert_eq!(rows.len(), 18);
    for row in rows {
        let (now, algorithm): (u64, Algorithm) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        let secret = seed(algorithm);
        let totp = Totp::default().with_algorithm(algorithm).with_digits(Digits::MAX);
        let step = totp.step_at(now).unwrap();
        assert_eq!(totp.code(&secret, step).expose(), row[2], "{row:?}");
        assert_eq!(
            totp.check(&secret, row[2], now, Skew::MIN, None),
            Check::Accepted { step },
            "{row:?}"
        );
    }
}

#[test]
fn rfc_6238_shorter_codes_are_the_last_digits() {
    for row in rows(include_str!("vectors/rfc6238_appendix_b.csv")) {
        let (now, algorithm): (u64, Algorithm) = (row[0].parse().unwrap(), row[1].parse().unwrap());
        for count in 6..=8 {
            let totp = Totp::default()
                .with_algorithm(algorithm)
                .with_digits(Digits::new(count).unwrap());
            let code = totp.code(&seed(algorithm), totp.step_at(now).unwrap());
            assert!(row[2].ends_with(code.expose()) && code.expose().len() == usize::from(count));
        }
    }
}

/// 1111111109 s gives the eight digits 07081804: a leading zero that must be typed.
#[test]
fn c11_a_leading_zero_belongs_to_the_code() {
    let (secret, totp) = (seed(Algorithm::Sha1), Totp::default().with_digits(Digits::MAX));
    let check = |typed| totp.check(&secret, typed, 1_111_111_109, Skew::MIN, None);
    assert!(matches!(check("07081804"), Check::Accepted { .. }));
    for typed in ["7081804", "007081804", " 7081804", "+7081804", "O7081804", ""] {
        assert_eq!(check(typed), Check::NoMatch, "{typed:?}");
    }
}

#[test]
fn c28_a_fast_clock_is_diagnosed_and_not_accepted() {
    let (secret, totp) = (seed(Algorithm::Sha1), Totp::default());
    let now = 1_700_000_000;
    let step = totp.step_at(now).unwrap();
    for skew in [Skew::MIN, Skew::DEFAULT, Skew::MAX] {
        let code = totp.code(&secret, step + 4);
        assert_eq!(
            totp.check(&secret, code.expose(), now, skew, None),
            Check::NoMatch
        );
        let miss = totp.near_miss(&secret, code.expose(), now).unwrap();
        assert_eq!((miss.steps(), miss.to_string()), (4, "+4".to_owned()));
    }
    let slow = totp.code(&secret, step - 10);
    assert_eq!(
        totp.near_miss(&secret, slow.expose(), now).unwrap().to_string(),
        "-10"
    );
    let slower = totp.code(&secret, step - 11);
    assert_eq!(totp.near_miss(&secret, slower.expose(), now), None);
    assert_eq!(totp.near_miss(&secret, "", now), None);
}

/// The same code again, at every second of its life and after it (bypass 8 and 10).
#[test]
fn bypass_008_and_010_a_code_is_good_for_one_use() {
    let secret = seed(Algorithm::Sha1);
    let totp = Totp::default();
    for skew in [Skew::MIN, Skew::DEFAULT, Skew::MAX] {
        let step = totp.step_at(1_700_000_000).unwrap();
        let code = totp.code(&secret, step);
        let earliest = (step - u64::from(skew.steps())) * 30;
        let window = 30 * Totp::candidates(skew) as u64;
        for now in earliest..earliest + window {
            assert_eq!(
                totp.check(&secret, code.expose(), now, skew, None),
                Check::Accepted { step }
            );
            assert_eq!(
                totp.check(&secret, code.expose(), now, skew, Some(step)),
                Check::AlreadyUsed { step }
            );
        }
        for now in [earliest - 1, earliest + window] {
            assert_eq!(
                totp.check(&secret, code.expose(), now, skew, None),
                Check::NoMatch
            );
        }
    }
}
