//! What a file says wrong is told with its line, and what comes otherwise than expected with both.

use medfactor::rehearsal::{Asked, MAX_BYTES, Rehearsal, compare, run};
use medfactor::store::MemoryStore;
use pollster::FutureExt as _;
use proptest::prelude::*;

const TOP: &str = r#"title = "A day"
zone = "Europe/London"
start = "2026-06-15 10:00"
policy = { preset = "wrs_staff" }
devices = ["D1"]
people.REX = { mobile = "+44 7700 900123" }
"#;

fn problems(steps: &str) -> String {
    Rehearsal::parse(&format!("{TOP}{steps}"))
        .unwrap_err()
        .to_string()
}

#[test]
fn a_wrong_expectation_is_told_with_line_expected_and_got() {
    let text = format!(
        "{TOP}\n[[steps]]\nwho = 'REX'\ndoes = 'begin'\n\n[[steps]]\nwho = 'REX'\ndoes = 'send'\n\
         expect = {{ outcome = 'sent: email', messages = 1, expires_at = '10:06' }}\n"
    );
    let rehearsal = Rehearsal::parse(&text).unwrap();
    let report = run(&rehearsal, MemoryStore::new()).block_on().unwrap();
    let failures: Vec<_> = report.failures().collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].line, 15);
    assert_eq!(
        failures[0].to_string(),
        "step 2: expected sent: email; messages = 1; expires_at = 2026-06-15 10:06, \
         got sent: sms; expires_at = 2026-06-15 10:05"
    );
    assert!(
        report.to_string().contains("2 steps, 1 as expected, 1 not"),
        "{report}"
    );
}

#[test]
fn a_step_that_expects_nothing_must_still_be_possible() {
    let text = format!("{TOP}[[steps]]\nwho = 'REX'\ndoes = 'submit'\n");
    let rehearsal = Rehearsal::parse(&text).unwrap();
    let report = run(&rehearsal, MemoryStore::new()).block_on().unwrap();
    let failure = report.failures().next().unwrap();
    assert_eq!(
        failure.to_string(),
        "step 1: expected an answer, got impossible (no challenge is open for REX on REX's device)"
    );
}

#[test]
fn every_problem_is_told_at_once_with_its_line() {
    let steps = r#"
[[steps]]
who = "RXE"
does = "sing in"

[[steps]]
at = "09:00"
who = "REX"
does = "begin"
on = "D2"
expect = "sent"

[[steps]]
who = "REX"
does = "submit"
types = "a code nobody sent"
keep = true
colour = "blue"
expect = { outcome = "rejected: wrnog", entries = ["begun"], atempts_left = 4 }

[[steps]]
does = "send"
at = "soon"
times = 0
"#;
    assert_eq!(
        problems(steps),
        "line 9: unknown person `RXE`\n\
         line 10: unknown word `sing in`; did you mean `sign in`?\n\
         line 13: 09:00 is before 2026-06-15 10:00, the step before; write the date of a later day, or `set the clock`\n\
         line 16: unknown device `D2`\n\
         line 17: `begin` never ends with `sent`, but with not_required, trusted, granted, asserted, challenge, enrol, blocked\n\
         line 22: unknown code `a code nobody sent`\n\
         line 23: `keep` does not go with `submit`\n\
         line 24: unknown field `colour`\n\
         line 25: unknown word `wrnog`; did you mean `wrong`?\n\
         line 25: unknown word `begun`; did you mean `begin`?\n\
         line 25: unknown field `atempts_left`; did you mean `attempts_left`?\n\
         line 27: `send` needs `who`\n\
         line 29: must be a time such as 10:05, 10:05:30.500, 2026-06-16 08:00, 2026-10-25 01:30 +00:00 or +30 s\n\
         line 30: must be from 1 to 100"
    );
}

#[test]
fn problems_of_the_top_and_of_the_policy_have_lines_too() {
    let text = r#"
zone = "Europe/Lodnon"
start = "10:00"
people.REX = { mobile = "12", practice = "T2", colour = "blue" }
devices = ["D1", "D1"]

[[policy.layers]]
scope = "vendor"
code_lifetime = "1 h"

[[policy.layers]]
scope = "nobody"
"#;
    let told = Rehearsal::parse(text).unwrap_err().to_string();
    let lines: Vec<_> = told
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    let expected = [
        "line 1", "line 1", "line 2", "line 3", "line 4", "line 5", "line 9", "line 12",
    ];
    assert_eq!(lines, expected, "{told}");
    assert!(
        told.contains("line 9: layers[0].code_lifetime: must be from 30 s to 10 min"),
        "{told}"
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let told = Rehearsal::parse("title = \"A day\"\nzone = \n").unwrap_err();
    assert_eq!(told.problems[0].line, 2);
    assert!(told.problems[0].message.starts_with("not TOML: "), "{told}");
}

#[test]
fn there_are_bounds() {
    let long = format!("title = '{}'", "x".repeat(MAX_BYTES));
    assert_eq!(
        Rehearsal::parse(&long).unwrap_err().to_string(),
        "line 1: longer than 1048576 bytes"
    );
    let many = "[[steps]]\ndoes = 'wait'\ntimes = 100\n".repeat(11);
    assert!(problems(&many).contains("more than 1000 steps"));
    assert!(problems("steps = []").contains("there are no steps"));
}

#[test]
fn policy_files_come_from_the_caller() {
    let text =
        TOP.replace("{ preset = \"wrs_staff\" }", "{ file = 'rules.toml' }") + "[[steps]]\ndoes = 'wait'\n";
    let files = |name: &str| match name {
        "rules.toml" => Ok(String::from("format = 1\n[[layers]]\nscope = 'vendor'\n")),
        _ => Err(String::from("no such file")),
    };
    assert_eq!(
        Rehearsal::parse_with(&text, &files)
            .unwrap()
            .policy()
            .layers()
            .len(),
        1
    );
    let refused = |_: &str| Err(String::from("no such file"));
    let told = Rehearsal::parse_with(&text, &refused).unwrap_err();
    assert_eq!(told.to_string(), "line 4: rules.toml: no such file");
}

#[test]
fn two_policies_are_compared_person_by_person() {
    let steps = "steps = [
        { who = 'REX', does = 'sign in', on = 'D1' },
        { at = '12:00', who = 'REX', does = 'sign in', on = 'D1' },
        { at = '2026-06-16 00:30', who = 'REX', does = 'sign in', on = 'D1' },
    ]";
    let rehearsal = Rehearsal::parse(&format!("{TOP}{steps}")).unwrap();
    let every_day = "[[layers]]\nscope = 'practice:T1'\n\
        trust = [{ rule = 'calendar', zone = 'practice' }]\n";
    let stricter = rehearsal.policy().to_toml() + every_day;
    let stricter = medfactor::rehearsal::policy_file("stricter.toml", &stricter).unwrap();
    let before = run(&rehearsal, MemoryStore::new()).block_on().unwrap();
    let after = run(&rehearsal.against(stricter), MemoryStore::new())
        .block_on()
        .unwrap();
    let comparison = compare(&before, &after);
    let asked: Vec<_> = comparison
        .steps
        .iter()
        .map(|step| (step.before, step.after))
        .collect();
    let same = |asked| (asked, asked);
    assert_eq!(
        asked,
        [
            same(Asked::Code),
            same(Asked::Nothing),
            (Asked::Nothing, Asked::Code)
        ]
    );
    let rex = comparison.people["REX"];
    assert_eq!((rex.more, rex.less, rex.same), (1, 0, 2));
    assert!(
        comparison.to_string().contains("asked for a code"),
        "{comparison}"
    );
}

#[test]
fn a_report_holds_no_code_and_no_whole_destination() {
    let steps = "[[steps]]\nwho = 'REX'\ndoes = 'begin'\n[[steps]]\nwho = 'REX'\ndoes = 'send'\ncode = 'c'\n\
        expect = { outcome = 'sent: sms', message_lacks = ['is your code'] }\n";
    let rehearsal = Rehearsal::parse(&format!("{TOP}{steps}")).unwrap();
    let report = run(&rehearsal, MemoryStore::new()).block_on().unwrap();
    let told = format!("{report}{report:?}{rehearsal:?}");
    assert!(
        !report.is_ok() && told.contains("message_lacks = not so"),
        "{told}"
    );
    assert!(!told.contains("7700900123"), "{told}");
    let six_digits = |text: &str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    assert!(
        !report
            .to_string()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(six_digits),
        "{told}"
    );
}

#[test]
fn no_code_that_staff_read_out_is_in_a_report() {
    let steps = r#"
[[policy.layers]]
scope = "vendor"
requirement = "required"
methods = ["sms", "bypass_code"]

[people.REX]
mobile = "+44 7700 900123"
may = ["issue_bypass_code"]

[people.PAT]
mobile = "07700 90012"

[[steps]]
who = "REX"
does = "issue bypass code"
whom = "PAT"
note = "identified in person"
code = "bypass"
expect = { outcome = "refused", digits = 3 }

[[steps]]
who = "REX"
does = "open appointment"
purpose = "video_join/S1"
start = "10:00"
end = "10:30"
participants = ["PAT"]

[[steps]]
who = "REX"
does = "reveal access code"
whom = "PAT"
purpose = "video_join/S1"
code = "access"
expect = { outcome = "refused", call = "nobody" }

[[steps]]
does = "redeem access code"
purpose = "video_join"
types = "access"
expect = "rejected"

[[steps]]
who = "PAT"
does = "begin"

[[steps]]
who = "PAT"
does = "submit"
types = "bypass"
expect = "rejected"
"#;
    let top = TOP.replace("policy = { preset = \"wrs_staff\" }\n", "");
    let top = top.replace("people.REX = { mobile = \"+44 7700 900123\" }\n", "");
    let rehearsal = Rehearsal::parse(&format!("{top}{steps}")).unwrap();
    let report = run(&rehearsal, MemoryStore::new()).block_on().unwrap();
    assert_eq!(report.failures().count(), 4, "{report}");
    // Neither a whole destination nor what staff typed in its place.
    let told = format!("{report}{report:?}{rehearsal:?}");
    assert!(
        !told.contains("900123") && !told.contains("07700 90012"),
        "{told}"
    );
    // Groups of three digits in a row, or a longer number: what a code looks like when it is spoken or typed.
    let shown = report.to_string();
    let words = shown.split(|c: char| !c.is_ascii_digit() && c != '-');
    let mut digits = words.map(|word| word.bytes().filter(u8::is_ascii_digit).count());
    assert!(!digits.any(|count| count > 8), "{shown}");
    assert!(
        shown.contains("digits = ") && shown.contains("call = none"),
        "{shown}"
    );
}

#[test]
fn a_preset_is_found_however_the_product_is_spelled() {
    let [one, two] =
        ["writeup_video", "writeupp_video"].map(|name| medfactor::rehearsal::preset(name).unwrap());
    assert_eq!(one.to_toml(), two.to_toml());
}

#[test]
fn what_is_wrong_with_a_person_is_told() {
    let text = TOP.replace(
        "people.REX = { mobile = \"+44 7700 900123\" }",
        "people.REX = { mobile_line = 'landline' }\n\
         people.RIA = { mobile = '+44 7700 900124', mobile_risk = 'old', may = ['sing'], zone = 'Mars' }\n\
         people.ROB = { mobile = 5, email_proven = true }",
    );
    let told = Rehearsal::parse(&format!("{text}[[steps]]\ndoes = 'wait'\n")).unwrap_err();
    let lines: Vec<_> = told.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [6, 7, 7, 7, 8, 8], "{told}");
    assert!(
        told.to_string()
            .contains("must be one of recently_ported, sim_changed")
    );
    assert!(
        told.to_string()
            .contains("unknown word `sing`; there are save_settings")
    );
}

#[test]
fn what_is_wrong_with_settings_and_names_is_told_at_its_line() {
    let steps = r#"
[[steps]]
who = "REX"
does = "save settings"
layers = [
    { scope = "practice:T1", requirement = "off" },
    { scope = "practice:T1", code_lifetime = "1 h" },
]

[[steps]]
who = "REX"
does = "withdraw waiver"
waiver = "w1"

[[steps]]
who = "REX"
does = "begin"
contacts = "L1"
asserted = "by mouth"

[[steps]]
does = "open appointment"
purpose = "video_join/S1"
start = "10:00"
participants = ["NOBODY"]
"#;
    let told = problems(steps);
    let lines: Vec<_> = told
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    let expected = ["line 13", "line 19", "line 24", "line 25", "line 27", "line 31"];
    assert_eq!(lines, expected, "{told}");
    assert!(told.contains("line 27: `open appointment` needs `end`"), "{told}");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text: String) {
        let _ = Rehearsal::parse(&text);
        let _ = Rehearsal::parse(&format!("{TOP}{text}"));
    }

    /// A valid file with a piece cut out or doubled.
    #[test]
    fn no_damage_makes_it_panic(from in 0usize..700, length in 0usize..60, again: bool) {
        let text = format!("{TOP}{}", include_str!("wrs/h_s20.toml").split_once("[[steps]]").unwrap().1);
        let end = if again { from.saturating_sub(length) } else { from.saturating_add(length) };
        let head = text.get(..from).unwrap_or(&text);
        let damaged = format!("{head}{}", text.get(end..).unwrap_or_default());
        if let Ok(rehearsal) = Rehearsal::parse(&damaged) {
            let _ = run(&rehearsal, MemoryStore::new()).block_on();
        }
    }

    /// Whatever stands where a value belongs, it is read or refused.
    #[test]
    fn no_value_makes_it_panic(value in "[-+:0-9TZ. a-z\"'{}\\[\\]=,]{0,24}", field in "at|who|does|expect|times|on|to|layer") {
        let text = format!("{TOP}[[steps]]\nwho = 'REX'\ndoes = 'set the clock'\n{field} = {value}\n");
        let _ = Rehearsal::parse(&text);
        let _ = Rehearsal::parse(&text.replace("= {value}", &format!("= '{}'", value.replace('\'', ""))));
    }
}
