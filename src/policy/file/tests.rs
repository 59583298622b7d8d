#![expect(clippy::arithmetic_side_effects, reason = "a test stops where it overflows")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::text::MAX_FILE_BYTES;
use super::*;
use crate::ids::RoleName;
use crate::policy::Policy;
use crate::policy::samples::{Dice, Sample};
use crate::policy::{Layer, presets};
use crate::time::parse_date;

proptest! {
    #[test]
    fn reads_what_it_writes(seed: u64) {
        let dice = &mut Dice(seed);
        let mut policy = Policy::new();
        if dice.seldom() {
            policy = policy.roles([RoleName::new("nurse").unwrap(), RoleName::new("scheduler").unwrap()]);
        }
        for _ in 0..dice.between(0u8, 5) {
            policy = policy.layer(Layer::sample(dice));
        }
        let (toml, json) = (policy.to_toml(), policy.to_json());
        prop_assert_eq!(Policy::from_toml(&toml), Ok(policy.clone()), "{}", toml);
        prop_assert_eq!(Policy::from_json(&json), Ok(policy), "{}", json);
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = Policy::from_toml(&text);
        let _ = Policy::from_json(&text);
    }

    /// A valid file with a piece cut out or doubled.
    #[test]
    fn no_damage_makes_it_panic(from in 0usize..900, length in 0usize..40, again: bool) {
        let text = presets::wrs_staff(parse_date("2026-09-01").unwrap()).to_toml();
        let cut = |at: usize| text.get(..at).unwrap_or(&text).to_string();
        let end = if again { from.saturating_sub(length) } else { from + length };
        let _ = Policy::from_toml(&(cut(from) + text.get(end..).unwrap_or_default()));
    }
}

#[test]
fn presets_are_written_for_people() {
    let policy = presets::wrs_staff(parse_date("2026-09-01").unwrap());
    assert_eq!(
        policy.to_toml(),
        r#"format = 1

[[layers]]
scope = "mandate:ONC"
populations = ["staff"]
locked = true
reference = "ONC"
required_from = { date = "2026-09-01", zone = "practice" }
requirement = "required"

[[layers]]
scope = "vendor"
populations = ["staff"]
methods = ["sms", "email"]
code_lifetime = "5 min"
security_messages_need_no_entitlement = true

[[layers]]
scope = "vendor"
populations = ["staff"]
purposes = ["sign_in"]
trust = [{ rule = "rolling", window = "18 h" }]
remember = "always"

[[layers]]
scope = "vendor"
populations = ["patient", "guest"]
requirement = "off"
"#
    );
    for preset in [policy, presets::cliniko_staff()] {
        assert_eq!(Policy::from_toml(&preset.to_toml()), Ok(preset.clone()));
        assert_eq!(Policy::from_json(&preset.to_json()), Ok(preset));
    }
}

fn problems(error: Result<Policy, PolicyFileError>) -> Vec<String> {
    error
        .unwrap_err()
        .problems
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_problem_is_told_at_once() {
    let text = r#"
        format = 2
        formt = 1
        roles = ["scheduler", "scheduler", "a b"]
        [[layers]]
        scope = "role:typist"
        populations = ["stuff"]
        methods = ["totp", "totp", "fax"]
        code_lifetime = "11 min"
        challenge_lifetime = 900
        tries_per_challenge = 0
        code_length = 6.0
        locked = "yes"
        [[layers]]
        required_from = { date = "2026-02-30", zone = "Mars/Olympus" }
        requirement = "required"
        when = {}
        practices = []
        trust = [{ rule = "rolling", zone = "practice" }, { rule = "sliding" }, 3]
        [[layers]]
        scope = "clinic:T1"
        required_from = { date = 2026-09-01, zone = "practice" }
        requirement = "off"
        trust = []
    "#;
    assert_eq!(
        problems(Policy::from_toml(text)),
        [
            "format: the only format is 1",
            "roles[1]: given twice",
            "roles[2]: the identifier holds a control character or white space",
            "layers[0].scope: the role is not among the declared roles",
            "layers[0].populations[0]: must be one of staff, patient, guest, service",
            "layers[0].locked: must be true or false, not a text",
            "layers[0].methods[1]: given twice",
            "layers[0].methods[2]: must be one of totp, sms, email, recovery_code, bypass_code",
            "layers[0].code_length: must be a whole number, not a number that is not whole",
            "layers[0].code_lifetime: must be from 30 s to 10 min, in whole seconds",
            "layers[0].challenge_lifetime: must be a text, not a whole number",
            "layers[0].tries_per_challenge: must be from 1 to 10",
            "layers[1].scope: missing",
            "layers[1].practices: an empty list; leave the field out to mean everyone",
            "layers[1].when: an empty condition; leave the field out to mean always",
            "layers[1].required_from.date: must be a date such as 2026-09-01",
            "layers[1].required_from.zone: must be \"practice\" or a time zone this build knows, such as Europe/London",
            "layers[1].trust[0].window: missing",
            "layers[1].trust[0].zone: unknown field",
            "layers[1].trust[1].rule: must be one of never, rolling, calendar, earlier_of, later_of",
            "layers[1].trust[2]: must be a table, not a whole number",
            "layers[2].scope: must be one of mandate:NAME, vendor, practice:ID, site:ID, role:NAME, subject:ID, purpose:NAME",
            "layers[2].trust: at least one rule; for no trust write [{ rule = \"never\" }]",
            "layers[2]: required_from needs requirement = \"required\", or none",
            "formt: unknown field",
        ]
    );
}

#[test]
fn a_key_given_twice_is_a_problem_in_both_formats() {
    let json =
        r#"{"format": 1, "layers": [{"scope": "vendor", "requirement": "required", "requirement": "off"}]}"#;
    assert_eq!(
        problems(Policy::from_json(json)),
        ["layers[0].requirement: given twice"]
    );
    let toml = "format = 1\n[[layers]]\nscope = 'vendor'\nrequirement = 'required'\nrequirement = 'off'";
    assert_eq!(
        problems(Policy::from_toml(toml)),
        ["not TOML: duplicate key at line 5"]
    );
}

#[test]
fn numbers_are_exact_and_bounded() {
    for number in ["-1", "256", "18446744073709551615", "261"] {
        let json =
            format!(r#"{{"format": 1, "layers": [{{"scope": "vendor", "tries_per_challenge": {number}}}]}}"#);
        assert_eq!(
            problems(Policy::from_json(&json)),
            ["layers[0].tries_per_challenge: must be from 1 to 10"]
        );
    }
    assert_eq!(
        problems(Policy::from_json(r#"{"format": 1.0}"#)),
        ["format: the only format is 1"]
    );
}

#[test]
fn what_is_not_a_policy_is_refused() {
    assert_eq!(problems(Policy::from_json("[]")), ["must be a table, not a list"]);
    assert_eq!(problems(Policy::from_json("null")), ["must be a table, not null"]);
    assert_eq!(
        problems(Policy::from_toml("")),
        ["format: missing; the only format is 1"]
    );
    assert_eq!(problems(Policy::from_json(&"[".repeat(100_000))).len(), 1);
    let long = " ".repeat(MAX_FILE_BYTES + 1);
    assert_eq!(problems(Policy::from_json(&long)), ["longer than 1048576 bytes"]);
}
