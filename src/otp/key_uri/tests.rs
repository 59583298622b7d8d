use alloc::format;

use super::*;
use crate::otp::Algorithm;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn secret() -> Secret {
    Secret::parse_base32(SECRET).unwrap()
}

fn build(issuer: &str, account: &str) -> Result<KeyUri, KeyUriError> {
    KeyUri::new(issuer, account, &secret(), Totp::default())
}

fn error(text: &str) -> KeyUriError {
    KeyUri::parse(text).unwrap_err()
}

#[test]
fn c12_the_issuer_is_cleaned_and_the_label_encoded() {
    let uri = build("Acme: Physio", "rex@x.org").unwrap();
    assert_eq!(uri.issuer(), Some("Acme Physio"));
    assert!(
        uri.to_uri()
            .starts_with("otpauth://totp/Acme%20Physio:rex%40x.org?secret=")
    );
    assert_eq!(build(" A : B\t C ", "rex").unwrap().issuer(), Some("A B C"));
    assert_eq!(build("::A:B::", "rex").unwrap().issuer(), Some("AB"));
    assert_eq!(build("A", "  Rex \n Hunter ").unwrap().account(), "Rex Hunter");
}

#[test]
fn keyuri_2_names_survive_with_any_character() {
    for name in [
        "Łódź Śródmieście",
        "a+b",
        "a/b",
        "a@b",
        "a%b",
        "50% & more = 1?",
        "#1",
        "日本",
        "%3A",
        "%20",
    ] {
        let uri = build(name, name).unwrap().to_uri();
        assert!(!uri.contains('+') && !uri.contains(' '), "{name}");
        let read = KeyUri::parse(&uri).unwrap();
        assert_eq!((read.issuer(), read.account()), (Some(name), name));
    }
}

#[test]
fn names_that_cannot_be_are_refused() {
    for issuer in [
        "",
        " ",
        ":",
        " : ",
        "a\0b",
        "a\u{7f}",
        "a\u{9b}b",
        &"x".repeat(129),
    ] {
        assert_eq!(
            build(issuer, "rex").unwrap_err(),
            KeyUriError::Issuer,
            "{issuer:?}"
        );
    }
    for account in ["", " ", "a:b", "a\u{1b}[2J", &"x".repeat(129)] {
        assert_eq!(
            build("A", account).unwrap_err(),
            KeyUriError::Account,
            "{account:?}"
        );
    }
}

#[test]
fn the_longest_that_is_written_is_read() {
    let bytes: [u8; 128] = core::array::from_fn(|i| u8::try_from(i).unwrap());
    let totp = Totp::default()
        .with_algorithm(Algorithm::Sha512)
        .with_period(Period::MAX);
    let name = "é".repeat(64);
    let uri = KeyUri::new(&name, &name, &Secret::from_bytes(&bytes).unwrap(), totp).unwrap();
    let text = uri.to_uri();
    assert_eq!(text.capacity(), KeyUri::MAX_LENGTH);
    assert_eq!(KeyUri::parse(&text).unwrap().secret().expose_bytes(), bytes);
}

#[test]
fn a_start_time_cannot_be_lost_silently() {
    let totp = Totp::default().with_t0(1);
    assert_eq!(
        KeyUri::new("A", "rex", &secret(), totp).unwrap_err(),
        KeyUriError::StartTime
    );
}

#[test]
fn what_other_systems_write_is_read() {
    for (text, issuer, account) in [
        ("otpauth://totp/Acme:rex?secret=S", Some("Acme"), "rex"),
        ("otpauth://totp/Acme%3Arex?secret=S", Some("Acme"), "rex"),
        (
            "otpauth://totp/Acme%3a%20%20rex?secret=S&issuer=Acme",
            Some("Acme"),
            "rex",
        ),
        (
            "otpauth://totp/Acme:%20rex%40x.org?issuer=Acme&secret=S",
            Some("Acme"),
            "rex@x.org",
        ),
        ("otpauth://totp/rex?secret=S", None, "rex"),
        ("otpauth://totp/rex?secret=S&issuer=", None, "rex"),
        ("otpauth://totp/:rex?secret=S", None, "rex"),
        ("otpauth://totp/rex?secret=S&issuer=Acme", Some("Acme"), "rex"),
        ("otpauth://totp/Old:rex?secret=S&issuer=New", Some("New"), "rex"),
        (
            "otpauth://totp/Acme Physio:rex@x.org?secret=S",
            Some("Acme Physio"),
            "rex@x.org",
        ),
        ("OTPAUTH://TOTP/a+b?secret=S&&image=x&image=y&", None, "a+b"),
        ("otpauth://totp/a/b?secret=S&counter=0", None, "a/b"),
    ] {
        let uri = KeyUri::parse(&text.replace("=S", &format!("={SECRET}"))).unwrap();
        assert_eq!((uri.issuer(), uri.account()), (issuer, account), "{text}");
        assert_eq!(uri.secret().expose_bytes(), b"12345678901234567890");
        assert_eq!(uri.totp(), Totp::default());
    }
    let uri = KeyUri::parse(&format!(
        "otpauth://totp/a?period=60&digits=8&algorithm=sha256&secret={}",
        SECRET.to_ascii_lowercase()
    ))
    .unwrap();
    assert_eq!(uri.totp().algorithm(), Algorithm::Sha256);
    assert_eq!(uri.totp().digits(), Digits::MAX);
    assert_eq!(uri.totp().period().seconds(), 60);
}

#[test]
fn bypass_053_hostile_values_are_typed_errors() {
    let with = |rest: &str| error(&format!("otpauth://totp/a?secret={SECRET}&{rest}"));
    for digits in [
        "0",
        "5",
        "9",
        "-6",
        "+6",
        "6.0",
        "6 ",
        "",
        "٦",
        "262",
        "99999999999999999999",
    ] {
        let expected = KeyUriError::Parameter(OtpError::Digits);
        assert_eq!(with(&format!("digits={digits}")), expected, "{digits}");
    }
    for period in ["0", "-30", "+30", "", "86401", "4294967326", "1e3", "0x1e"] {
        let expected = KeyUriError::Parameter(OtpError::Period);
        assert_eq!(with(&format!("period={period}")), expected, "{period}");
    }
    for algorithm in ["", "MD5", "SHA-1", "SHA1%00", "SHA11"] {
        let expected = KeyUriError::Parameter(OtpError::Algorithm);
        assert_eq!(with(&format!("algorithm={algorithm}")), expected, "{algorithm}");
    }
    for twice in [
        "secret=AA",
        "%73ecret=AA",
        "digits=6&digits=6",
        "issuer=A&issuer=B",
        "period=30&period=60",
    ] {
        assert_eq!(with(twice), KeyUriError::Duplicate, "{twice}");
    }
    for broken in [
        "issuer=%",
        "issuer=%4",
        "issuer=%zz",
        "issuer=%FF",
        "x=%ED%A0%80",
        "issuer=a#b",
        "x=\n",
    ] {
        assert_eq!(with(broken), KeyUriError::Encoding, "{broken}");
    }
    assert_eq!(with("issuer=%0B%00"), KeyUriError::Issuer);
}

#[test]
fn bypass_053_hostile_shapes_are_typed_errors() {
    for (text, expected) in [
        ("", KeyUriError::Scheme),
        ("otpauth:/totp/a", KeyUriError::Scheme),
        ("https://totp/a", KeyUriError::Scheme),
        (" otpauth://totp/a", KeyUriError::Scheme),
        ("otpauth://", KeyUriError::Type),
        ("otpauth:///a", KeyUriError::Type),
        ("otpauth://steam/a?secret=AA", KeyUriError::Type),
        ("otpauth://hotp/a?secret=AA&counter=0", KeyUriError::Hotp),
        ("otpauth://totp/a", KeyUriError::MissingSecret),
        ("otpauth://totp/a?SECRET=AA", KeyUriError::MissingSecret),
        ("otpauth://totp/%?secret=AA", KeyUriError::Encoding),
        ("otpauth://totp/a?secret", KeyUriError::Secret(SecretError::Short)),
        (
            "otpauth://totp/a?secret=AA",
            KeyUriError::Secret(SecretError::Short),
        ),
        (
            "otpauth://totp/a?secret=A1",
            KeyUriError::Secret(SecretError::Base32),
        ),
        (
            "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP",
            KeyUriError::Secret(SecretError::Short),
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    for label in ["", "/", "Acme:", "Acme:%20", "a:b:c", "a%3Ab%3Ac", "Acme:%00"] {
        let text = format!("otpauth://totp/{label}?secret={SECRET}");
        match KeyUri::parse(&text) {
            Err(KeyUriError::Account) => {}
            Ok(uri) => assert_eq!((label, uri.account()), ("/", "/")),
            Err(other) => panic!("{label}: {other}"),
        }
    }
    assert_eq!(
        error(&format!("otpauth://totp?secret={SECRET}")),
        KeyUriError::Account
    );
    assert_eq!(
        error(&format!("otpauth://totp/{}", "a".repeat(2034))),
        KeyUriError::Long
    );
    let long = "A".repeat(300);
    assert_eq!(
        error(&format!("otpauth://totp/a?secret={long}")),
        KeyUriError::Secret(SecretError::Long)
    );
}

#[test]
fn short_secrets_need_the_call_that_says_so() {
    let uri = KeyUri::parse_short("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP").unwrap();
    assert_eq!(uri.secret().expose_bytes(), b"Hello!\xDE\xAD\xBE\xEF");
}

#[test]
fn debug_shows_neither_secret_nor_account() {
    let shown = format!("{:?}", build("Acme", "rex@x.org").unwrap());
    assert!(
        !shown.contains("rex") && !shown.contains("GEZD") && shown.contains("Acme"),
        "{shown}"
    );
}
