//! What people type.

use alloc::format;
use alloc::string::{String, ToString};

use zeroize::Zeroizing;

use crate::method::Method;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::stage::{Halt, Held, Life, Named, Stage, impossible};
use crate::store::Store;

/// How many time steps around now a wrong code must not belong to: more than any policy takes or diagnoses.
const FAR: i64 = 40;

type Text = Zeroizing<String>;

impl<S: Store> Stage<'_, S> {
    /// What is typed in a step. `letter` is the newest message for the challenge; `app_first` says that an
    /// authenticator is meant when nothing is said.
    pub(super) fn typed(
        &mut self,
        step: &Step,
        who: &str,
        letter: Option<usize>,
        app_first: bool,
    ) -> Result<Text, Halt> {
        if let Some(literal) = step.text(Argument::Literal) {
            return Ok(Zeroizing::new(literal.into()));
        }
        let steps = step.number(Argument::Steps).unwrap_or_default();
        let types = step.text(Argument::Types);
        let plain = match types {
            None if step.text(Argument::Authenticator).is_some() || app_first => {
                self.app_code(self.held_by(step, who)?, steps)
            }
            Some("app") => self.app_code(self.held_by(step, who)?, steps),
            None => self.letter(letter, who)?,
            Some("newest") => self.letter(self.letters.get(who).copied(), who)?,
            Some("recovery") => self.recovery(step, who)?,
            Some("wrong") => self.wrong(who, letter),
            Some(label) => match self.codes.get(label) {
                Some(code) => code.text.clone(),
                None => return impossible(format!("there is no code {label}")),
            },
        };
        Ok(styled(&plain, step.text(Argument::Style)))
    }

    /// The right answer by a method.
    pub(super) fn right_answer(&mut self, who: &str, place: usize, method: Method) -> Result<Text, Halt> {
        match method {
            Method::Totp => match self.newest_app(who) {
                Some(held) => Ok(self.app_code(held, 0)),
                None => impossible(format!("{who} has no authenticator")),
            },
            Method::RecoveryCode => self.line(who, None, None),
            Method::BypassCode => impossible("a bypass code is typed by its label"),
            Method::Sms | Method::Email => {
                let letter = self.begun.get(place).and_then(|begun| begun.letter);
                self.letter(letter, who)
            }
        }
    }

    pub(super) fn name_code(&mut self, step: &Step, typed: &Text) {
        if let Some(label) = step.text(Argument::NamesCode) {
            let named = Named {
                text: typed.clone(),
                reference: None,
            };
            self.codes.insert(label.into(), named);
        }
    }

    /// The authenticator a step names, or the newest.
    pub(super) fn held_by(&self, step: &Step, who: &str) -> Result<&Held, Halt> {
        let named = step.text(Argument::Authenticator);
        let found = match named {
            Some(name) => self
                .held
                .iter()
                .rev()
                .find(|held| held.person == who && held.name == name),
            None => self.newest_app(who),
        };
        match found {
            Some(held) => Ok(held),
            None => impossible(format!(
                "{who} has no authenticator {}",
                named.unwrap_or_default()
            )),
        }
    }

    fn newest_app(&self, who: &str) -> Option<&Held> {
        let held = |life: Life| {
            let mut all = self.held.iter().rev();
            all.find(|held| held.person == who && held.life == life)
        };
        held(Life::Active).or_else(|| held(Life::Shown))
    }

    pub(super) fn app_code(&self, held: &Held, steps: i64) -> Text {
        Zeroizing::new(held.app.code_of_step(self.clock.read(), steps))
    }

    fn letter(&self, letter: Option<usize>, who: &str) -> Result<Text, Halt> {
        let messages = self.post.all();
        match letter.and_then(|place| messages.get(place)) {
            Some(message) => Ok(message.code.clone()),
            None => impossible(format!("no code was sent to {who}")),
        }
    }

    fn recovery(&mut self, step: &Step, who: &str) -> Result<Text, Halt> {
        let position = step.number(Argument::Position);
        let place = position.and_then(|position| usize::try_from(position).ok()?.checked_sub(1));
        if position.is_some() && place.is_none() {
            return impossible("lines are counted from 1");
        }
        self.line(who, step.text(Argument::Sheet), place)
    }

    /// A line of a sheet of recovery codes.
    fn line(&mut self, who: &str, label: Option<&str>, place: Option<usize>) -> Result<Text, Halt> {
        let mut sheets = self.sheets.iter_mut().rev();
        let sheet = sheets.find(|sheet| {
            sheet.person == who && label.is_none_or(|label| sheet.label.as_deref() == Some(label))
        });
        let Some(sheet) = sheet else {
            return impossible(format!("{who} has no such sheet of recovery codes"));
        };
        let next = (0..sheet.lines.len()).find(|place| !sheet.used.contains(place));
        let Some(place) = place.or(next) else {
            return impossible("every line of the sheet is used");
        };
        let Some(line) = sheet.lines.get(place).cloned() else {
            return impossible("the sheet has fewer lines");
        };
        sheet.used.push(place);
        Ok(line)
    }

    /// A code of the right length that nothing and nobody has shown.
    fn wrong(&self, who: &str, letter: Option<usize>) -> Text {
        let mut taken: alloc::collections::BTreeSet<String> = alloc::collections::BTreeSet::new();
        let messages = self.post.all();
        taken.extend(messages.iter().map(|message| message.code.to_string()));
        for held in &self.held {
            taken.extend((-FAR..=FAR).map(|steps| self.app_code(held, steps).to_string()));
        }
        let of_letter = letter
            .and_then(|place| messages.get(place))
            .map(|message| message.code.len());
        let of_app = self.newest_app(who).map(|held| self.app_code(held, 0).len());
        let length = of_letter.or(of_app).unwrap_or(6);
        let mut number = 271_828_u32;
        loop {
            let text: String = format!("{number:0>length$}").chars().rev().take(length).collect();
            if !taken.contains(&text) {
                return Zeroizing::new(text);
            }
            number = number.wrapping_add(1);
        }
    }
}

pub(super) fn styled(text: &Text, style: Option<&str>) -> Text {
    let middle = text.len().checked_div(2).unwrap_or_default();
    let (head, tail) = text.split_at_checked(middle).unwrap_or((text.as_str(), ""));
    Zeroizing::new(match style {
        Some("spaced") => format!("{head} {tail}"),
        Some("hyphens") => format!("{head}-{tail}"),
        Some("wide") => text.chars().map(wide).collect(),
        Some("short") => text.chars().skip(1).collect(),
        Some("letter") => format!("{}a", text.as_str()),
        _ => text.to_string(),
    })
}

/// The full-width form of a digit.
fn wide(digit: char) -> char {
    let value = digit.to_digit(10).and_then(|value| value.checked_add(0xFF10));
    value.and_then(char::from_u32).unwrap_or(digit)
}
