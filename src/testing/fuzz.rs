//! What must hold for any bytes whatever: one function for each fuzz target. Each panics when something does not.

mod stage;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::sync::OnceLock;

use crate::code::TypedCode;
use crate::flow::Ticket;
use crate::otp::{KeyUri, Secret};
use crate::record::{
    AccessCodeRecord, MissesRecord, ObjectRecord, RecordError, SourcesRecord, SubjectRecord,
};
use crate::trust::DeviceCookie;
#[cfg(feature = "serde")]
use crate::{
    ids::{RoleName, SiteId, Subject},
    policy::{Facts, Policy, Population, Requirement, Situation, resolve},
    purpose::Purpose,
    time::{Timestamp, Zone},
};
use stage::Stage;

/// A Key URI that parses is written and parsed again to the same.
///
/// # Panics
/// When that does not hold.
pub fn key_uri(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let strict = KeyUri::parse(text).is_ok();
    let Ok(key) = KeyUri::parse_short(text) else {
        assert!(!strict);
        return;
    };
    assert_eq!(strict, key.secret().expose_bytes().len() >= Secret::MIN_BYTES);
    let written = key.to_uri();
    assert!(written.len() <= KeyUri::MAX_LENGTH);
    let Ok(again) = KeyUri::parse_short(&written) else {
        unreachable!("a Key URI of our own did not parse")
    };
    assert_eq!(again.issuer(), key.issuer());
    assert_eq!(again.account(), key.account());
    assert_eq!(again.totp(), key.totp());
    assert_eq!(again.secret().expose_bytes(), key.secret().expose_bytes());
    assert_eq!(*again.to_uri(), *written);
}

/// Base32 that is read stands for one secret only, and is written as it would be read.
///
/// # Panics
/// When that does not hold.
pub fn base32(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let Ok(secret) = Secret::parse_base32_short(text) else {
        return;
    };
    let written = secret.to_base32();
    let typed: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let bare = typed.trim_end_matches('=').to_ascii_uppercase();
    assert_eq!(bare, written.as_str());
    let again = Secret::parse_base32_short(&written).map(|again| again.expose_bytes().to_vec());
    assert_eq!(again.ok().as_deref(), Some(secret.expose_bytes()));
}

/// A typed code is one to ten ASCII digits, those that were typed, in their order; nothing else is refused than
/// what a much simpler reader refuses too.
///
/// # Panics
/// When that does not hold.
pub fn typed_code(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let read = TypedCode::read(text).ok();
    let model = if text.len() <= 64 { simple_code(text) } else { None };
    assert_eq!(read.as_ref().map(TypedCode::digits), model.as_deref());
    if let Some(code) = read {
        assert_eq!(code.len(), code.digits().len());
        assert!((1..=10).contains(&code.len()) && code.digits().bytes().all(|byte| byte.is_ascii_digit()));
    }
}

/// What [`TypedCode`] says it reads, written down as a table.
fn simple_code(text: &str) -> Option<String> {
    let mut digits = String::new();
    for typed in text.chars() {
        match (
            "0123456789".find(typed),
            "０１２３４５６７８９".chars().position(|wide| wide == typed),
        ) {
            (Some(number), _) | (None, Some(number)) => digits.push_str(&number.to_string()),
            (None, None) if " \u{a0}\u{202f}-\u{2010}\u{2011}".contains(typed) => {}
            (None, None) => return None,
        }
    }
    (1..=10).contains(&digits.len()).then_some(digits)
}

/// A policy file that is read is written, in both forms, and read again to the same; it resolves whoever asks,
/// and where it has no layers it requires a second factor of everybody.
///
/// # Panics
/// When that does not hold.
#[cfg(feature = "serde")]
pub fn policy_file(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    for policy in [Policy::from_toml(text), Policy::from_json(text)]
        .into_iter()
        .flatten()
    {
        let (toml, json) = (policy.to_toml(), policy.to_json());
        assert_eq!(Policy::from_toml(&toml).ok().as_ref(), Some(&policy), "{toml}");
        assert_eq!(Policy::from_json(&json).ok().as_ref(), Some(&policy), "{json}");
        let _ = policy.warnings();
        resolve_for_everybody(&policy);
    }
}

#[cfg(feature = "serde")]
fn resolve_for_everybody(policy: &Policy) {
    let facts = [
        Facts::new(),
        Facts::new().with("country", "AU").with("integrations", "xero"),
    ];
    let zone = Zone::utc();
    let (Ok(subject), Ok(role), Ok(site)) = (
        Subject::parse("t1", "rex"),
        RoleName::new("scheduler"),
        SiteId::new("perth"),
    ) else {
        unreachable!("these are identifiers")
    };
    let roles = [role];
    for population in Population::ALL {
        for purpose in [Purpose::sign_in(), Purpose::manage_authenticators()] {
            for seconds in [0, 1_781_514_000, 253_402_300_799] {
                let now = Timestamp::from_unix_seconds(seconds).unwrap_or(Timestamp::MAX);
                for facts in &facts {
                    let bare = Situation::new(&subject, population, &purpose, now).facts(facts);
                    for situation in [bare, bare.roles(&roles).site(&site).zone(&zone)] {
                        let effective = resolve(policy, &situation);
                        if policy.layers().len() == 0 {
                            assert_eq!(effective.requirement(), Requirement::Required);
                            assert_eq!(effective.trust_end(now), None);
                        }
                        assert!(effective.trust_end(now).is_none_or(|end| now <= end));
                    }
                }
            }
        }
    }
}

/// Bytes that decode as a record encode to a record that decodes alike. No call on it panics, whatever it says,
/// and none passes for a code that is wrong or a device whose token this library did not make.
///
/// # Panics
/// When that does not hold.
pub fn stored_record(data: &[u8]) {
    reads_what_it_writes(data, ObjectRecord::decode, ObjectRecord::encode);
    reads_what_it_writes(data, AccessCodeRecord::decode, AccessCodeRecord::encode);
    reads_what_it_writes(data, SourcesRecord::decode, SourcesRecord::encode);
    reads_what_it_writes(data, MissesRecord::decode, MissesRecord::encode);
    let Ok(record) = SubjectRecord::decode(data) else {
        return;
    };
    let Ok(encoded) = record.encode() else { return };
    let again = SubjectRecord::decode(&encoded).and_then(|again| again.encode());
    assert_eq!(again.ok().as_deref(), Some(encoded.as_slice()));
    Stage::at(60).play(&record);
    Stage::at(3_000_000).begin_without_a_token(&record);
}

fn reads_what_it_writes<T>(
    data: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, RecordError>,
    encode: impl Fn(&T) -> Result<Vec<u8>, RecordError>,
) {
    let Ok(encoded) = decode(data).and_then(|record| encode(&record)) else {
        return;
    };
    let again = decode(&encoded).and_then(|again| encode(&again));
    assert_eq!(again.ok().as_deref(), Some(encoded.as_slice()));
}

/// Nothing but a token that was handed out makes a device trusted: the newest one, and the one before it for a
/// moment. An older one ends trust altogether.
///
/// # Panics
/// When that does not hold.
pub fn device_token(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    static DEVICE: OnceLock<(SubjectRecord, [String; 2])> = OnceLock::new();
    let (record, [first, newest]) = DEVICE.get_or_init(|| Stage::at(0).trusted_device());
    let (soon, late, never) = (Stage::at(70), Stage::at(170), Stage::at(3_660));
    let another = Stage::of("ria", 70);
    for presented in [
        text.to_string(),
        alloc::format!("{newest}{text}"),
        splice(newest, data),
        splice(first, data),
    ] {
        let is_newest = presented == *newest;
        assert_eq!(soon.trusts(record, &presented), is_newest || presented == *first);
        assert_eq!(late.trusts(record, &presented), is_newest);
        assert!(!never.trusts(record, &presented));
        assert!(!another.trusts(record, &presented));
    }
    let _ = DeviceCookie::find(text, soon.subject());
    let _ = Ticket::parse(text).map(|ticket| assert!(soon.refuses(&ticket)));
}

/// The token with some of its bytes replaced: data says which by what.
fn splice(token: &str, data: &[u8]) -> String {
    let mut bytes = token.as_bytes().to_vec();
    for pair in data.chunks_exact(2).take(4) {
        if let [place, value] = pair
            && let Some(byte) = bytes.get_mut(usize::from(*place))
        {
            *byte = *value & 0x7f;
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}
