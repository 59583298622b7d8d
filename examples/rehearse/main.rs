//! Runs rehearsals: days at a practice told in files, with what should happen.
//!
//! `cargo run --example rehearse -- FILE...` prints what came of each step and why, and ends with
//! status 1 when anything came otherwise than the file expects, with status 2 when a file cannot be read.
//! `--against POLICY`, a preset or a policy file, replays each day under that policy too and shows who would be
//! asked more or less. `--words` prints every word a file may use. The format is in the manual, page `rehearsals`.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use medfactor::policy::Policy;
use medfactor::rehearsal::{self, Rehearsal, Report, compare, preset, run, vocabulary};
use medfactor::store::MemoryStore;

const USAGE: &str = "usage: rehearse [--against POLICY] FILE...\n       rehearse --words";

fn main() -> ExitCode {
    match rehearse() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything came as expected.
fn rehearse() -> Result<bool, Box<dyn Error>> {
    let (mut files, mut against) = (Vec::new(), None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--words" => return print(&vocabulary()).map(|()| true),
            "--against" => against = Some(arguments.next().ok_or(USAGE)?),
            option if option.starts_with('-') => return Err(USAGE.into()),
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        return Err(USAGE.into());
    }
    let against = against.as_deref().map(policy).transpose()?;
    let mut all_well = true;
    let mut unreadable = Vec::new();
    for file in &files {
        match read(file) {
            Ok(rehearsal) => all_well &= tell(file, rehearsal, against.as_ref())?,
            Err(error) => unreadable.push(error),
        }
    }
    match unreadable.is_empty() {
        true => Ok(all_well),
        false => Err(unreadable.join("\n").into()),
    }
}

fn tell(file: &str, rehearsal: Rehearsal, against: Option<&Policy>) -> Result<bool, Box<dyn Error>> {
    let report = report(&rehearsal)?;
    print(&format!("{report}\n"))?;
    for failure in report.failures() {
        eprintln!("{file}:{}: {failure}", failure.line);
    }
    if let Some(policy) = against {
        let then = self::report(&rehearsal.against(policy.clone()))?;
        print(&format!(
            "The same day under the other policy\n{}\n",
            compare(&report, &then)
        ))?;
    }
    Ok(report.is_ok())
}

fn report(rehearsal: &Rehearsal) -> Result<Report, Box<dyn Error>> {
    Ok(pollster::block_on(run(rehearsal, MemoryStore::new()))?)
}

/// The rehearsal, or every problem as `FILE:LINE: PROBLEM`.
fn read(file: &str) -> Result<Rehearsal, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let files = |name: &str| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    Rehearsal::parse_with(&text, &files).map_err(|error| {
        let problems = error.problems.iter();
        let lines = problems.map(|problem| format!("{file}:{}: {}", problem.line, problem.message));
        lines.collect::<Vec<_>>().join("\n")
    })
}

/// A preset by its name, or a policy file.
fn policy(name: &str) -> Result<Policy, Box<dyn Error>> {
    if let Some(policy) = preset(name) {
        return Ok(policy);
    }
    let text = fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))?;
    Ok(rehearsal::policy_file(name, &text).map_err(|error| format!("{name}: {error}"))?)
}

/// Prints without minding a reader that has seen enough, as `head` does.
fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
