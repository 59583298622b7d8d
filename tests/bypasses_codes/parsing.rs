//! D: one reader for everything that is typed.

use medfactor::audit::{Event, Reason};
use medfactor::flow::{Challenge, Remember};
use medfactor::testing::Clinic;
use pollster::FutureExt as _;

use crate::common::{Ask, LONG, wrs};

/// A clinic with a challenge whose code begins with so many zeros.
fn with_zeros(zeros: usize) -> (Clinic, Challenge, String) {
    let clinic = wrs();
    let rex = clinic.rex();
    for _ in 0..5000 {
        let challenge = clinic.asks(&rex);
        let code = clinic.code(&challenge);
        if code.bytes().take_while(|byte| *byte == b'0').count() == zeros {
            return (clinic, challenge, code);
        }
        assert!(clinic.answer(&challenge, &code).is_ok());
        clinic.clock.forward(LONG);
    }
    panic!("none in the seed")
}

fn challenge() -> (Clinic, Challenge, String) {
    let clinic = wrs();
    let rex = clinic.rex();
    let challenge = clinic.asks(&rex);
    let code = clinic.code(&challenge);
    (clinic, challenge, code)
}

/// Each of these is refused, costs no attempt, and leaves the code as it was.
fn refused_unread(typed: &[String]) {
    let (clinic, challenge, code) = challenge();
    let rex = clinic.rex();
    for typed in typed {
        assert_eq!(
            clinic.why_not(&challenge, typed),
            Reason::Malformed,
            "{typed:.40?}"
        );
    }
    assert_eq!(clinic.asks(&rex).attempts_left(), 5);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_046_a_leading_zero_is_a_digit() {
    let (clinic, challenge, code) = with_zeros(1);
    let shortened = code.trim_start_matches('0');
    assert_eq!(shortened.len(), 5);
    assert_eq!(clinic.why_not(&challenge, shortened), Reason::Malformed);
    assert_eq!(clinic.why_not(&challenge, &format!("0{code}")), Reason::Malformed);
    assert!(clinic.answer(&challenge, &code).is_ok());
}

#[test]
fn bypass_047_only_digits_are_digits() {
    let (_, _, code) = challenge();
    let (head, tail) = code.split_at(3);
    refused_unread(&[
        format!("+{code}"),
        format!("{head}_{tail}"),
        format!("{head}.{tail}"),
        format!("{code}.0"),
        format!("0x{code}"),
        format!("{code}e0"),
        format!("{code}\0"),
    ]);
    // Full-width digits are the one documented other way to write them.
    let (clinic, challenge, code) = challenge();
    let wide: String = code
        .chars()
        .map(|digit| char::from_u32(u32::from('０') + u32::from(digit) - u32::from('0')).unwrap())
        .collect();
    assert!(clinic.answer(&challenge, &wide).is_ok());
}

#[test]
fn bypass_048_digits_of_other_scripts_are_none() {
    refused_unread(&["٣٤٥٦٧٨", "१२३४५६", "½½½½½½", "²²²²²²", "𝟏𝟐𝟑𝟒𝟓𝟔"].map(String::from));
}

#[test]
fn bypass_049_anything_of_any_size_is_refused_without_trouble() {
    let mut typed: Vec<String> = ["9", " ", "é", "\u{0}", "\u{202e}", "🙂", "A", "-"]
        .iter()
        .map(|unit| unit.repeat(1 << 20))
        .collect();
    // Every byte that is a character of its own, alone and six times.
    typed.extend(
        (1..=127_u8)
            .filter(|byte| !byte.is_ascii_digit())
            .map(|byte| String::from(char::from(byte)).repeat(6)),
    );
    refused_unread(&typed);
}

#[test]
fn bypass_050_a_blank_answer_is_none() {
    refused_unread(&["", " ", "      ", "------", "\u{a0}"].map(String::from));
    // Nor does it equal a code that was used or was never sent.
    let clinic = wrs();
    let rex = clinic.rex();
    let unsent = clinic.asks(&rex);
    for typed in ["", "000000", "null", "0"] {
        assert_eq!(clinic.why_not(&unsent, typed), Reason::Malformed, "{typed}");
    }
    let code = clinic.code(&unsent);
    assert!(clinic.answer(&unsent, &code).is_ok());
    assert_eq!(clinic.why_not(&unsent, ""), Reason::AlreadyUsed);
}

#[test]
fn bypass_051_nought_is_an_answer_like_any_other() {
    let (clinic, challenge, code) = challenge();
    let rex = clinic.rex();
    if code != "000000" {
        let rejection = clinic.answer(&challenge, "000000").unwrap_err();
        assert_eq!(
            (rejection.reason(), rejection.attempts_left()),
            (Reason::Wrong, Some(4)),
            "compared and counted"
        );
    }
    assert_eq!(clinic.why_not(&challenge, "0"), Reason::Malformed);
    assert_eq!(clinic.count(&rex, Event::AttemptFailed), 2);
}

#[test]
fn bypass_052_a_line_end_is_not_ignored() {
    let (_, _, code) = challenge();
    refused_unread(&[
        format!("{code}\n"),
        format!("{code}\r\n"),
        format!("\t{code}"),
        format!("{code}\u{2028}"),
    ]);
}

#[test]
fn bypass_054_several_codes_in_one_answer_are_none() {
    let all: String = (0..1000).map(|number| format!("{number:06},")).collect();
    let (_, _, code) = challenge();
    refused_unread(&[
        format!("{code},{code}"),
        format!("{code} {code}"),
        format!("[\"{code}\"]"),
        format!("123456|{code}"),
        all,
    ]);
}

#[test]
fn bypass_054_a_remembered_answer_is_still_one_code() {
    let (clinic, challenge, code) = challenge();
    let answer = format!("{code}&remember=yes");
    let verdict = clinic
        .submit(&challenge, &answer, Remember::Yes)
        .block_on()
        .unwrap();
    assert_eq!(verdict.unwrap_err().reason(), Reason::Malformed);
}
