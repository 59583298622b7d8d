//! Properties of one-time passwords that hold for every secret, parameter and time.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use medfactor::otp::{Algorithm, Check, Digits, KeyUri, Period, Secret, SecretError, Skew, Totp};
use proptest::prelude::*;

fn secrets() -> impl Strategy<Value = Secret> {
    proptest::collection::vec(any::<u8>(), 20..=128)
        .prop_filter_map("one repeated byte", |bytes| Secret::from_bytes(&bytes).ok())
}

fn totps() -> impl Strategy<Value = Totp> {
    let algorithm = proptest::sample::select(&Algorithm::ALL[..]);
    (algorithm, 6_u8..=8, 1_u32..=86_400).prop_map(|(algorithm, digits, period)| {
        Totp::default()
            .with_algorithm(algorithm)
            .with_digits(Digits::new(digits).unwrap())
            .with_period(Period::new(period).unwrap())
    })
}

fn skews() -> impl Strategy<Value = Skew> {
    (0_u8..=2).prop_map(|steps| Skew::new(steps).unwrap())
}

/// The first and the last second of a step.
fn ends(totp: &Totp, step: u64) -> [u64; 2] {
    let period = u64::from(totp.period().seconds());
    [totp.t0() + step * period, totp.t0() + step * period + period - 1]
}

/// What the code of `step` is checked as: by chance (one in a million per step) it is another step's code too.
fn same_code(totp: &Totp, secret: &Secret, step: u64, other: u64) -> bool {
    totp.code(secret, step).expose() == totp.code(secret, other).expose()
}

/// Base32 as RFC 4648 6 spells it out, bit by bit, on upper-case text without spaces or hyphens.
fn strict_base32(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    let bits: String = body
        .chars()
        .map(|c| {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c)?;
            Some(format!("{value:05b}"))
        })
        .collect::<Option<_>>()?;
    let padding = match body.len() % 8 {
        0 => 0,
        2 => 6,
        4 => 4,
        5 => 3,
        7 => 1,
        _ => return None,
    };
    let padded = text.len() - body.len();
    let (whole, left_over) = bits.split_at(bits.len() / 8 * 8);
    if (padded != 0 && padded != padding) || left_over.contains('1') {
        return None;
    }
    (0..whole.len() / 8)
        .map(|i| u8::from_str_radix(&whole[i * 8..i * 8 + 8], 2).ok())
        .collect()
}

proptest! {
    #[test]
    fn a_code_is_accepted_in_its_window_and_nowhere_else(
        secret in secrets(), totp in totps(), t0 in 0_u64..1 << 33, step in 0_u64..1 << 32, skew in skews(),
    ) {
        let totp = totp.with_t0(t0);
        let code = totp.code(&secret, step);
        prop_assert_eq!(code.expose().len(), usize::from(totp.digits().count()));
        prop_assert!(code.expose().bytes().all(|byte| byte.is_ascii_digit()));
        let reach = u64::from(skew.steps());
        for current in step.saturating_sub(reach)..=step + reach {
            for now in ends(&totp, current) {
                // A newer step of the window with the same code would rightly be taken instead.
                let newest = (step..=current + reach).rev().find(|other| same_code(&totp, &secret, step, *other));
                prop_assert_eq!(
                    totp.check(&secret, code.expose(), now, skew, None),
                    Check::Accepted { step: newest.unwrap() }
                );
            }
        }
        let outside = [step.checked_sub(reach + 1).map(|s| ends(&totp, s)[1]), Some(ends(&totp, step + reach + 1)[0])];
        for now in outside.into_iter().flatten() {
            let current = totp.step_at(now).unwrap();
            let window = current.saturating_sub(reach)..=current + reach;
            prop_assume!(!window.into_iter().any(|other| same_code(&totp, &secret, step, other)));
            prop_assert_eq!(totp.check(&secret, code.expose(), now, skew, None), Check::NoMatch);
        }
    }

    #[test]
    fn no_step_up_to_the_last_accepted_one_is_accepted_again(
        secret in secrets(), totp in totps(), current in 2_u64..1 << 40, skew in skews(), ahead in 0_u64..1000,
    ) {
        let now = ends(&totp, current)[0];
        let reach = u64::from(skew.steps());
        for step in current - reach..=current + reach {
            let code = totp.code(&secret, step);
            let last = step + ahead;
            match totp.check(&secret, code.expose(), now, skew, Some(last)) {
                Check::AlreadyUsed { step: told } => prop_assert!(told <= last),
                // Only where a newer step happens to have the same code.
                Check::Accepted { step: newer } => {
                    prop_assert!(newer > last && same_code(&totp, &secret, step, newer));
                }
                Check::NoMatch => prop_assert!(false, "the code of the window is not recognised"),
            }
        }
    }

    #[test]
    fn bypass_049_anything_typed_gets_an_answer(
        secret in secrets(), totp in totps(), typed in ".{0,40}|[0-9]{0,12}|[٠-٩]{6}", now: u64, t0: u64,
        last: Option<u64>, skew in skews(),
    ) {
        let totp = totp.with_t0(t0);
        let answer = totp.check(&secret, &typed, now, skew, last);
        let digits = usize::from(totp.digits().count());
        if typed.len() != digits || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
            prop_assert_eq!(answer, Check::NoMatch);
            prop_assert_eq!(totp.near_miss(&secret, &typed, now), None);
        }
        if let Check::Accepted { step } = answer {
            prop_assert!(last.is_none_or(|last| step > last));
            prop_assert!(step.abs_diff(totp.step_at(now).unwrap()) <= u64::from(skew.steps()));
        }
    }

    #[test]
    fn a_near_miss_is_the_offset_of_the_clock(
        secret in secrets(), totp in totps(), current in 20_u64..1 << 32, offset in -10_i64..=10,
    ) {
        let step = current.checked_add_signed(offset).unwrap();
        let code = totp.code(&secret, step);
        let told = totp.near_miss(&secret, code.expose(), ends(&totp, current)[1]).unwrap();
        let nearest = i64::from(told.steps());
        prop_assert!(nearest.abs() <= offset.abs());
        prop_assert!(same_code(&totp, &secret, step, current.checked_add_signed(nearest).unwrap()));
    }

    #[test]
    fn base32_is_read_back_however_it_is_written(secret in secrets(), padding: bool, lower: bool, gap in 1_usize..9) {
        let mut text = secret.to_base32().to_string();
        prop_assert_eq!(strict_base32(&text).unwrap(), secret.expose_bytes());
        while padding && !text.len().is_multiple_of(8) {
            text.push('=');
        }
        if lower {
            text.make_ascii_lowercase();
        }
        let separators = [" ", "-", "", "\t"];
        let spaced: String = text
            .chars()
            .enumerate()
            .map(|(i, c)| format!("{}{c}", if i % gap == 0 { separators[i / gap % 4] } else { "" }))
            .collect();
        let read = Secret::parse_base32(&spaced).unwrap();
        prop_assert_eq!(read.expose_bytes(), secret.expose_bytes());
    }

    #[test]
    fn base32_agrees_with_the_standard(body in "[A-Z2-7]{16,40}[A-Z2-7=]{0,3}={0,7}|[A-Z0-9=]{16,24}") {
        match (strict_base32(&body), Secret::parse_base32_short(&body)) {
            (Some(bytes), Ok(secret)) => prop_assert_eq!(bytes, secret.expose_bytes()),
            (Some(bytes), Err(SecretError::Short)) => prop_assert!(bytes.len() < Secret::MIN_SHORT_BYTES),
            (Some(bytes), Err(SecretError::Weak)) => prop_assert!(bytes.windows(2).all(|two| two[0] == two[1])),
            (None, Err(SecretError::Base32)) => {}
            (expected, got) => prop_assert!(false, "{expected:?} {got:?}"),
        }
    }

    #[test]
    fn a_key_uri_is_read_back(secret in secrets(), totp in totps(), issuer in "\\PC{1,30}", account in "\\PC{1,30}") {
        // Names of colons and blanks alone cannot be built.
        if let Ok(built) = KeyUri::new(&issuer, &account, &secret, totp) {
            let text = built.to_uri();
            prop_assert!(text.is_ascii() && !text.contains([' ', '+']));
            let read = KeyUri::parse(&text).unwrap();
            prop_assert_eq!(read.issuer(), built.issuer());
            prop_assert_eq!(read.account(), built.account());
            prop_assert_eq!(read.totp(), totp);
            prop_assert_eq!(read.secret().expose_bytes(), secret.expose_bytes());
            prop_assert_eq!(read.to_uri(), text);
        } else {
            let blank = |text: &str| text.chars().all(|c| c == ':' || c.is_whitespace());
            prop_assert!(blank(&issuer) || blank(&account) || account.contains(':'));
        }
    }

    #[test]
    fn bypass_053_hostile_key_uris_get_an_answer(
        text in "otpauth://[a-z]{0,5}/?\\PC{0,20}\\??((secret|issuer|digits|period|algorithm|%73ecret|x)=[A-Z2-7%0-9=+-]{0,40}&){0,6}",
        noise in "\\PC*",
    ) {
        for text in [text.as_str(), noise.as_str()] {
            if let Ok(uri) = KeyUri::parse_short(text) {
                prop_assert_eq!(KeyUri::parse_short(&uri.to_uri()).unwrap().to_uri(), uri.to_uri());
            }
        }
    }

    /// A valid URI with one byte replaced, doubled or dropped: an answer, and never a parameter out of range.
    #[test]
    fn bypass_053_damaged_key_uris_get_an_answer(
        secret in secrets(), totp in totps(), place: prop::sample::Index, with in "\\PC|[%&=?#:/+ \\x00]", drop: bool,
    ) {
        let text = KeyUri::new("Acme", "rex", &secret, totp).unwrap().to_uri();
        let place = place.index(text.len());
        let damaged = format!("{}{with}{}", &text[..place], &text[place + usize::from(drop)..]);
        if let Ok(uri) = KeyUri::parse(&damaged) {
            prop_assert!(Digits::new(uri.totp().digits().count()).is_ok());
            prop_assert!(Period::new(uri.totp().period().seconds()).is_ok());
            prop_assert!(uri.secret().expose_bytes().len() >= Secret::MIN_BYTES);
            prop_assert!(KeyUri::parse(&uri.to_uri()).is_ok());
        }
    }
}
