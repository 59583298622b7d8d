//! A one-time password on the command line: makes one, checks one, writes and reads Key URIs.
//!
//! ```text
//! cargo run --example totp -- --secret JBSWY3DPEHPK3PXP --at 1700000000
//! ```
//!
//! Shows the plain functions of `medfactor::otp`: no state, no storage. A server that checks codes must also
//! remember the last accepted step and limit guesses, which the flows of the crate do.

use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;

use medfactor::otp::{Check, Digits, KeyUri, Period, Secret, Skew, Totp};
use medfactor::time::{Clock, SystemClock};

const HELP: &str = "\
Usage: totp --secret BASE32 [OPTIONS]                 print the code
       totp --secret BASE32 --verify CODE [OPTIONS]   say which step the code belongs to; status 1 if none
       totp --secret BASE32 --uri --issuer NAME --account NAME [OPTIONS]
       totp --parse URI                               print what a Key URI holds

Options:
  --at SECONDS      Unix time; default: now
  --algorithm NAME  sha1 (default), sha256, sha512
  --digits N        6 (default) to 8
  --period SECONDS  default 30
  --t0 SECONDS      where step 0 starts; default 0
  --skew STEPS      with --verify: steps to either side, 0 to 2; default 1
  --help";

fn main() -> ExitCode {
    match run() {
        Ok(status) => status,
        Err(error) => {
            eprint!("totp: {error}");
            // The errors of the library name their cause apart.
            if let Some(cause) = error.source() {
                eprint!(": {cause}");
            }
            eprintln!("\nTry --help.");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    if options.text("--help").is_some() {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(uri) = options.text("--parse") {
        print_fields(&KeyUri::parse_short(uri)?);
        return Ok(ExitCode::SUCCESS);
    }

    // Short secrets are welcome in an example. A server takes `parse_base32`, which wants 160 bits.
    let secret = Secret::parse_base32_short(options.required("--secret")?)?;
    let totp = Totp::default()
        .with_algorithm(options.text("--algorithm").unwrap_or("sha1").parse()?)
        .with_digits(Digits::new(options.number("--digits")?.unwrap_or(6))?)
        .with_period(Period::new(options.number("--period")?.unwrap_or(30))?)
        .with_t0(options.number("--t0")?.unwrap_or(0));

    if options.text("--uri").is_some() {
        let (issuer, account) = (options.required("--issuer")?, options.required("--account")?);
        println!("{}", *KeyUri::new(issuer, account, &secret, totp)?.to_uri());
        return Ok(ExitCode::SUCCESS);
    }

    let now = match options.number("--at")? {
        Some(seconds) => seconds,
        None => SystemClock::new().now()?.unix_seconds(),
    };
    let step = totp.step_at(now).ok_or("the time lies before --t0")?;
    let Some(typed) = options.text("--verify") else {
        println!("{}", totp.code(&secret, step).expose());
        return Ok(ExitCode::SUCCESS);
    };
    let skew = Skew::new(options.number("--skew")?.unwrap_or(1))?;
    // `None`: this example remembers no accepted step, so it cannot tell a code used twice.
    match totp.check(&secret, typed, now, skew, None) {
        Check::Accepted { step: matched } | Check::AlreadyUsed { step: matched } => {
            println!("matches step {matched} (now is step {step})");
            Ok(ExitCode::SUCCESS)
        }
        Check::NoMatch => {
            println!(
                "matches no step from {} steps back to {} ahead",
                skew.steps(),
                skew.steps()
            );
            if let Some(miss) = totp.near_miss(&secret, typed, now) {
                println!("but would on a clock {miss} steps off");
            }
            Ok(ExitCode::from(1))
        }
    }
}

fn print_fields(uri: &KeyUri) {
    println!("issuer: {}", uri.issuer().unwrap_or_default());
    println!("account: {}", uri.account());
    println!("secret: {}", *uri.secret().to_base32());
    println!("algorithm: {}", uri.totp().algorithm().as_str());
    println!("digits: {}", uri.totp().digits().count());
    println!("period: {}", uri.totp().period().seconds());
}

/// The arguments by name; those without a value hold an empty text.
struct Options(HashMap<String, String>);

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = HashMap::new();
        while let Some(name) = arguments.next() {
            let value = match name.as_str() {
                "--help" | "--uri" => String::new(),
                "--account" | "--algorithm" | "--at" | "--digits" | "--issuer" | "--parse" | "--period"
                | "--secret" | "--skew" | "--t0" | "--verify" => {
                    arguments.next().ok_or(format!("{name} needs a value"))?
                }
                _ => return Err(format!("unknown argument {name}")),
            };
            if options.insert(name.clone(), value).is_some() {
                return Err(format!("{name} is given twice"));
            }
        }
        Ok(Self(options))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn required(&self, name: &str) -> Result<&str, String> {
        self.text(name).ok_or(format!("{name} is missing"))
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Result<Option<N>, String> {
        self.text(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| format!("{name} is not a number it can be"))
            })
            .transpose()
    }
}
