//! The lists of the manual, written from the same tables that the parser reads.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::arguments::Argument;
use super::fields::Field;
use super::file::policies::preset_names;
use super::outcomes::Outcome;
use super::words::{Does, Group};
use crate::audit::{Event, Reason};
use crate::message::Text;

/// Every word and field that a rehearsal knows, as the manual lists them, in Markdown.
///
/// ```
/// assert!(medfactor::rehearsal::vocabulary().contains("`sign in`"));
/// ```
#[must_use]
pub fn vocabulary() -> String {
    let mut page = String::from("# What a step does\n");
    for group in Group::ALL {
        page.push_str(&format!("\n## {}\n\n", group.title()));
        page.push_str("| `does` | Meaning | Arguments | Ends with |\n|---|---|---|---|\n");
        for does in Does::ALL.iter().filter(|does| does.group() == group) {
            let needed = does
                .needs()
                .iter()
                .map(|argument| format!("`{}` (needed)", argument.name()));
            let taken = does
                .takes()
                .iter()
                .map(|argument| format!("`{}`", argument.name()));
            let arguments: Vec<String> = needed.chain(taken).collect();
            let gives: Vec<String> = does
                .gives()
                .iter()
                .map(|gives| format!("`{}`", gives.as_str()))
                .collect();
            page.push_str(&format!(
                "| `{}` |{} | {} | {} |\n",
                does.as_str(),
                does.about(),
                arguments.join(", "),
                gives.join(", ")
            ));
        }
    }
    page.push_str("\n# Arguments of a step\n\n| Argument | Value | Meaning |\n|---|---|---|\n");
    for argument in Argument::ALL {
        page.push_str(&format!(
            "| `{}` | {} |{} |\n",
            argument.name(),
            argument.kind().about(),
            argument.about()
        ));
    }
    page.push_str("\n# How a step ends\n\n| Outcome | Meaning | After a colon |\n|---|---|---|\n");
    for outcome in Outcome::ALL {
        let detail = outcome
            .detail()
            .map(|field| format!("`{}`", field.name()))
            .unwrap_or_default();
        page.push_str(&format!(
            "| `{}` |{} | {detail} |\n",
            outcome.as_str(),
            outcome.about()
        ));
    }
    page.push_str("\n# What can be expected\n\n| Field | Value | Meaning |\n|---|---|---|\n");
    for field in Field::ALL {
        page.push_str(&format!(
            "| `{}` | {} |{} |\n",
            field.name(),
            field.kind().about(),
            field.about()
        ));
    }
    page.push_str("\n# Presets, reasons, events, texts\n\n");
    page.push_str(&words("Presets", preset_names()));
    page.push_str(&words(
        "Reasons ([`Reason`](crate::audit::Reason))",
        Reason::ALL.iter().map(|reason| reason.as_str()),
    ));
    page.push_str(&words(
        "Events ([`Event`](crate::audit::Event))",
        Event::ALL.iter().map(|event| event.as_str()),
    ));
    page.push_str(&words(
        "Texts ([`Text`](crate::message::Text))",
        Text::ALL.iter().map(|text| text.key()),
    ));
    page
}

fn words(what: &str, words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    format!("- {what}: {}.\n", words.join(", "))
}
