//! Running a rehearsal, step by step.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Rehearsal;
use super::fields::{Field, notice};
use super::file::steps::Step;
use super::observed::{Observed, show_expected};
use super::outcomes::Outcome;
use super::play::play;
use super::report::{Asked, Report, StepReport};
use super::stage::Stage;
use super::tell;
use super::value::Value;
use crate::audit::Entry;
use crate::store::Store;
use crate::testing::Unexpected;

/// Runs a rehearsal on the real verifier over `store`, which must be empty, by a clock of its own.
///
/// Awaits nothing but the store, so any runtime will do, or none at all.
///
/// ```
/// use medfactor::rehearsal::{Rehearsal, run};
/// use medfactor::store::MemoryStore;
///
/// let rehearsal = Rehearsal::parse(r#"
///     title = "A receptionist signs in twice"
///     zone = "Europe/London"
///     start = "2026-06-15 08:00"
///     policy = { preset = "wrs_staff" }
///     people.REX = { mobile = "+44 7700 900123" }
///     devices = ["front desk PC"]
///
///     [[steps]]
///     who = "REX"
///     does = "sign in"
///     on = "front desk PC"
///     expect = "verified: sms"
///
///     [[steps]]
///     at = "12:00"
///     who = "REX"
///     does = "sign in"
///     on = "front desk PC"
///     expect = "challenge"     # wrong on purpose
/// "#)?;
/// let report = pollster::block_on(run(&rehearsal, MemoryStore::new()))?;
/// let failure = report.failures().next().expect("one was wrong");
/// assert_eq!((failure.line, failure.number), (20, 2));
/// assert_eq!((failure.expected.as_str(), failure.got.as_str()), ("challenge", "trusted"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Unexpected`] when the verifier cannot be built, or the store cannot even be read for the report.
pub async fn run<S: Store>(rehearsal: &Rehearsal, store: S) -> Result<Report, Unexpected> {
    let mut stage = Stage::new(rehearsal, store)?;
    let mut steps = Vec::new();
    let mut seen = Vec::new();
    for (position, step) in rehearsal.steps.iter().enumerate() {
        for _ in 0..step.times {
            if !stage.clock_is_broken && step.at > stage.clock.read() {
                stage.clock.set(step.at);
            }
            let at = if stage.clock_is_broken {
                step.at
            } else {
                stage.clock.read()
            };
            let posted = (stage.post.count(), stage.post.count_notices());
            let played = play(&mut stage, step).await;
            let observed = played.unwrap_or_else(super::stage::Halt::observed);
            let observed = messages(observed, &stage, posted);
            let observed = entries(observed, &stage, &mut seen).await?;
            let why = tell::why(&stage, step, &observed).await;
            let (expected, got, ok) = judge(step, &observed, rehearsal);
            steps.push(StepReport {
                line: step.line,
                number: position.saturating_add(1),
                at,
                who: step.who.clone().unwrap_or_default(),
                on: tell::place(step),
                does: tell::does(step),
                told: tell::told(&observed),
                why,
                expected,
                got,
                ok,
                asked: asked(step, &observed),
            });
        }
    }
    Ok(Report {
        title: rehearsal.title.clone(),
        zone: rehearsal.zone.clone(),
        steps,
    })
}

/// What the step had sent. `posted` is how many messages and notices there were before.
fn messages<S>(observed: Observed, stage: &Stage<'_, S>, posted: (usize, usize)) -> Observed {
    let notices = stage.post.notices_since(posted.1);
    let kinds = notices.iter().map(|(kind, _)| notice(*kind));
    let observed = observed
        .with(Field::Notices, Value::texts(kinds))
        .with(Field::NoticeTo, Value::texts(notices.iter().map(|(_, to)| to)));
    let messages = stage.post.since(posted.0);
    let to = messages.iter().map(|message| message.destination.masked());
    let observed = observed
        .with(Field::Messages, Value::count(messages.len()))
        .with(Field::MessagesTo, Value::Texts(to.collect()));
    match messages.last() {
        Some(message) => observed
            .message(message.text.clone())
            .text(Field::MessageUntil, message.until.clone())
            .with(Field::CodeInMessage, Value::count(message.count_of_code())),
        None => observed,
    }
}

/// What the step wrote into the audit trail. `seen` holds how much there was before.
async fn entries<S: Store>(
    observed: Observed,
    stage: &Stage<'_, S>,
    seen: &mut Vec<usize>,
) -> Result<Observed, Unexpected> {
    let all = match stage.entries().await {
        Ok(all) => all,
        Err(super::stage::Halt::Error(error)) => return Err(error.into()),
        Err(super::stage::Halt::Impossible(_)) => return Ok(observed),
    };
    let before = |practice: usize| seen.get(practice).copied().unwrap_or_default();
    let new: Vec<&Entry> = all
        .iter()
        .enumerate()
        .flat_map(|(practice, entries)| entries.iter().skip(before(practice)))
        .collect();
    let events = new.iter().map(|entry| entry.event.as_str());
    let reasons = new.iter().filter_map(|entry| entry.reason);
    let mut newest = new.iter().rev();
    let actor = newest
        .clone()
        .next()
        .map(|entry| super::play::staff::actor(&entry.actor));
    let number = newest.clone().find_map(|entry| entry.count);
    let near_miss = newest.clone().find_map(|entry| entry.near_miss);
    let note = newest.clone().find_map(|entry| entry.note.clone());
    let decided_by = newest.find_map(|entry| entry.decided_by.clone());
    let explained = observed.get(Field::DecidedBy).is_some();
    let observed = observed
        .with(Field::Entries, Value::texts(events))
        .with(
            Field::EntryReasons,
            Value::texts(reasons.map(crate::audit::Reason::as_str)),
        )
        .maybe(Field::Actor, actor.map(Value::Text))
        .maybe(
            Field::EntryCount,
            number.map(|number| Value::Number(number.into())),
        )
        .maybe(
            Field::NearMiss,
            near_miss.map(|steps| Value::Number(steps.into())),
        )
        .maybe(Field::EntryNote, note.map(Value::Text));
    let observed = match decided_by.filter(|_| !explained) {
        Some(layer) => {
            // An entry writes the rule behind the layer, where the layer is not named after it.
            let layer = stage.waiver_by_name(&layer);
            let (layer, rule) = layer.split_once(" (").unwrap_or((&layer, ""));
            let rule = rule.strip_suffix(')').map(|rule| Value::Text(rule.into()));
            observed
                .text(Field::DecidedBy, layer)
                .maybe(Field::Reference, rule)
        }
        None => observed,
    };
    *seen = all.iter().map(Vec::len).collect();
    Ok(observed)
}

/// What was expected and what came, and whether that is the same.
fn judge(step: &Step, observed: &Observed, rehearsal: &Rehearsal) -> (String, String, bool) {
    let zone = &rehearsal.zone;
    if step.expected.is_empty() {
        // Where nothing is expected, at least the step must have been taken.
        let ok = !matches!(observed.outcome, Outcome::Error | Outcome::Impossible);
        let expected = if ok { "" } else { "an answer" };
        return (expected.to_string(), observed.headline(), ok);
    }
    let wrong: Vec<_> = step
        .expected
        .iter()
        .filter(|(field, expected)| !observed.matches(*field, expected))
        .collect();
    let detail = observed.outcome.detail();
    let mut got = Vec::from([observed.headline()]);
    for (field, expected) in &step.expected {
        let in_headline = *field == Field::Outcome || Some(*field) == detail;
        let said = wrong.is_empty() || wrong.iter().any(|(other, _)| other == field);
        if !in_headline && said {
            got.push(observed.show(*field, expected, zone));
        }
    }
    (
        show_expected(&step.expected, zone),
        got.join("; "),
        wrong.is_empty(),
    )
}

fn asked(step: &Step, observed: &Observed) -> Option<Asked> {
    step.does.asks_to_get_in().then(|| match observed.outcome {
        Outcome::NotRequired | Outcome::Trusted | Outcome::Granted | Outcome::Asserted => Asked::Nothing,
        Outcome::Enrol => Asked::SetUp,
        _ if observed.set_up => Asked::SetUp,
        _ if observed.get(Field::Asked) == Some(&Value::Truth(true)) => Asked::Code,
        _ => Asked::Refused,
    })
}
