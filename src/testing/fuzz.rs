//! What must hold for any bytes whatever: one function for each fuzz target. Each panics when something does not.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::audit::Actor;
use crate::code::TypedCode;
use crate::contact::{Channel, Destination};
use crate::directory::{Person, Practice};
use crate::flow::{self, Answer, Begin, FirstFactor, Remember, Ruling, Scene, Verdict, Why};
use crate::ids::{ChallengeId, Subject};
use crate::keys::KeyRing;
use crate::otp::{KeyUri, Secret};
use crate::policy::Population;
use crate::policy::{Layer, Methods, Policy, Requirement, Scope};
use crate::purpose::Purpose;
use crate::record::SubjectRecord;
use crate::testing::{Clinic, SeededEntropy};
use crate::time::Timestamp;

/// A Key URI that parses is written and parsed again to the same.
///
/// # Panics
/// When that does not hold.
pub fn key_uri(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let Ok(key) = KeyUri::parse_short(text) else {
        return;
    };
    let written = key.to_uri();
    let Ok(again) = KeyUri::parse_short(&written) else {
        unreachable!("a Key URI of our own did not parse")
    };
    assert_eq!(again.issuer(), key.issuer());
    assert_eq!(again.account(), key.account());
    assert_eq!(again.totp(), key.totp());
    assert_eq!(again.secret().expose_bytes(), key.secret().expose_bytes());
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

/// A typed code is one to ten ASCII digits, those that were typed, in their order.
///
/// # Panics
/// When that does not hold.
pub fn typed_code(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let Ok(code) = TypedCode::read(text) else { return };
    let digits: String = text
        .chars()
        .filter_map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => u32::from(c)
                .checked_sub(0xff10)
                .and_then(|digit| char::from_digit(digit, 10)),
            _ => None,
        })
        .collect();
    assert!((1..=10).contains(&digits.len()));
    assert_eq!(code.digits(), digits);
}

/// A policy file that is read is written, in both forms, and read again to the same.
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
    }
}

/// Bytes that decode as a record encode to a record that decodes alike, and no call on it panics or opens by a
/// code that is wrong or a device that showed no token.
///
/// # Panics
/// When that does not hold.
pub fn stored_record(data: &[u8]) {
    let Ok(record) = SubjectRecord::decode(data) else {
        return;
    };
    let Ok(encoded) = record.encode() else { return };
    let again = SubjectRecord::decode(&encoded).and_then(|again| again.encode());
    assert_eq!(again.ok().as_deref(), Some(encoded.as_slice()));
    let Some(stage) = Stage::new() else { return };
    stage.play(&record);
}

/// No text but the token that was handed out makes a device trusted.
///
/// # Panics
/// When that does not hold.
pub fn device_token(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let Some(stage) = Stage::new() else { return };
    let Some((record, token)) = stage.trusted_device() else {
        unreachable!("the stage grants trust")
    };
    for presented in [
        text.to_string(),
        alloc::format!("{token}{text}"),
        splice(&token, data),
    ] {
        let request = stage.request().device(Some(&presented));
        let step = flow::begin(&stage.scene(), Some(record.clone()), &[], &request);
        let trusted = step.is_ok_and(
            |step| matches!(&step.answer, Ruling::Pass(pass) if matches!(pass.why(), Why::Trusted { .. })),
        );
        assert_eq!(trusted, presented == token);
    }
    let _ = crate::trust::DeviceCookie::find(text, &stage.subject);
    let _ = flow::Ticket::parse(text).map(|ticket| ticket.open(&stage.keys));
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

/// Everything a call needs, the same every time.
struct Stage {
    subject: Subject,
    person: Person,
    practice: Practice,
    policy: Policy,
    keys: KeyRing,
    entropy: SeededEntropy,
    now: Timestamp,
    actor: Actor,
}

impl Stage {
    fn new() -> Option<Self> {
        let subject = Subject::parse("t1", "rex").ok()?;
        let hour = core::time::Duration::from_secs(3600);
        let window = crate::trust::TrustWindow::new(hour).ok()?;
        let layer = Layer::new(Scope::Vendor)
            .requirement(Requirement::Required)
            .methods(Methods::new(crate::method::Method::ALL))
            .trust(crate::trust::TrustRule::Rolling(window))
            .remember(crate::trust::RememberMode::Always);
        Some(Self {
            person: Person::new(subject.clone(), Population::Staff)
                .destination(Destination::sms("+12125550142").ok()?),
            subject,
            practice: Practice::new("Harbour Clinic"),
            policy: Policy::new().layer(layer),
            keys: Clinic::<crate::testing::SharedStore>::keys().ok()?,
            entropy: SeededEntropy::new(7),
            now: Timestamp::from_unix_seconds(1_781_514_000).ok()?,
            actor: Actor::Subject,
        })
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            subject: &self.subject,
            person: Some(&self.person),
            practice: Some(&self.practice),
            policy: &self.policy,
            keys: &self.keys,
            entropy: &self.entropy,
            now: self.now,
            actor: &self.actor,
        }
    }

    fn request(&self) -> Begin {
        Begin::new(
            &self.subject,
            Purpose::sign_in(),
            FirstFactor::passed_at(self.now),
        )
    }

    /// Every kind of call on a record from anywhere.
    fn play(&self, record: &SubjectRecord) {
        let scene = self.scene();
        let held = || Some(record.clone());
        let mut challenge = ChallengeId::from_bytes([0; 16]);
        if let Ok(step) = flow::begin(&scene, held(), &[], &self.request()) {
            match &step.answer {
                Ruling::Pass(pass) => {
                    assert!(!matches!(pass.why(), Why::Trusted { .. } | Why::Verified(_)));
                }
                Ruling::Challenge(open) => challenge = open.id(),
                Ruling::Enrol(_) | Ruling::Blocked(_) => {}
            }
        }
        for typed in ["000000", "0123456789", "000000000000000000000000", ""] {
            let answer = Answer::new(typed).remember(Remember::Yes);
            let judged = flow::submit(&scene, held(), challenge, &answer);
            // Records hold no readable code, so none that is typed blindly is right.
            assert!(!judged.is_ok_and(|step| matches!(step.answer, Verdict::Pass(_))));
        }
        let _ = flow::reserve(&scene, held(), &[], challenge, Channel::Sms, true);
        let _ = flow::cancel(&scene, held(), challenge);
        let _ = flow::devices(record, self.now);
        let _ = flow::authenticators(record);
        let _ = flow::communications(record);
        let _ = flow::readiness(&scene, held(), &[], &Purpose::sign_in());
        let _ = flow::forget_all_devices(&scene, held());
        let _ = flow::unlock(&scene, held(), "fuzz");
        let _ = flow::reset_authenticators(&scene, held(), "fuzz");
        let _ = flow::signal(&scene, held(), flow::Signal::PasswordChanged { keep: None });
        let _ = flow::signal(&scene, held(), flow::Signal::ContactChanged(Channel::Sms));
        let _ = flow::signal(&scene, held(), flow::Signal::Offboarded);
    }

    /// A record with one trusted device, and its token.
    fn trusted_device(&self) -> Option<(SubjectRecord, String)> {
        let scene = self.scene();
        let destination = Destination::sms("+12125550142").ok()?;
        let keys = flow::DestinationState::keys(&self.keys, self.subject.practice(), &destination);
        let records = keys
            .into_iter()
            .map(|key| (key, crate::record::DestinationRecord::default()))
            .collect();
        let states = [flow::DestinationState::new(Channel::Sms, records)];
        let step = flow::begin(&scene, None, &states, &self.request()).ok()?;
        let Ruling::Challenge(challenge) = step.answer else {
            return None;
        };
        let step = flow::reserve(
            &scene,
            Some(step.subject),
            &states,
            challenge.id(),
            Channel::Sms,
            false,
        )
        .ok()?;
        let flow::Reservation::Send(message) = step.answer else {
            return None;
        };
        let answer = Answer::new(message.code().expose());
        let step = flow::submit(&scene, Some(step.subject), challenge.id(), &answer).ok()?;
        let Verdict::Pass(pass) = step.answer else {
            return None;
        };
        let token = pass.device_cookie()?.value().to_string();
        Some((step.subject, token))
    }
}
