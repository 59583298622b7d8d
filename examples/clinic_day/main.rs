//! One day at two practices that share a house: who is asked for what, and why.
//!
//! `cargo run --example clinic_day` needs no service and no network. Everything printed about a decision comes
//! from the answers and audit entries of the real engine, and is the same at every run.

mod day;
mod words;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use medfactor::audit::{EntryQuery, Event};
use medfactor::contact::Channel;
use medfactor::directory;
use medfactor::ids::{PracticeId, Subject};
use medfactor::policy::{Facts, Layer, Policy, Population, Requirement, TrustRules, ZoneSource, presets};
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, ClinicVerifier};
use medfactor::time::{Time, Zone, parse_date};
use medfactor::trust::{PracticeDay, TrustRule};

use day::{Computer, Day, Person, Told};

fn main() -> Told<()> {
    pollster::block_on(tell())
}

async fn tell() -> Told<()> {
    let zone = Zone::named("-04:00")?; // New York in summer
    let harbour_rules = presets::wrs_staff(parse_date("2026-01-01")?);
    let clinic = Clinic::new(harbour_rules.clone())?;

    // The second practice wants an authenticator app at every sign-in.
    let bayside = PracticeId::new("bayside")?;
    let facts = Facts::new().with("country", "US").known_empty("integrations");
    let required = Layer::practice(bayside.clone()).requirement(Requirement::Required);
    let physio_rules = presets::cliniko_staff().with_layer(required, &facts)?;
    let practice = directory::Practice::new("Bayside Physio").facts(facts);
    let directory = &clinic.directory;
    directory.put_practice(bayside, practice.zone(zone.clone()));
    let bea = Subject::parse("bayside", "bea")?;
    directory.put_person(directory::Person::new(bea.clone(), Population::Staff));
    let physio = clinic.another_verifier(physio_rules, <Clinic>::keys()?)?;
    let harbour = &clinic.verifier;

    let mail = Some("amara.osei@harbour.example");
    let osei = &person(
        "Dr Osei",
        clinic.staff("osei", Some("+12125550142"), mail)?,
        harbour,
    );
    let nina = &person("Nina", clinic.staff("nina", Some("+12125550167"), None)?, harbour);
    let voss = &person("Dr Voss", clinic.staff("voss", None, None)?, harbour);
    let rex = &person("Rex", clinic.staff("rex", Some("+12125550123"), None)?, harbour);
    let bea = &person("Bea", bea, &physio);
    let stranger = &person("stranger", nina.subject.clone(), harbour);
    let names = ["front desk PC", "treatment PC", "own laptop", "unknown PC"];
    let [front_desk, treatment, laptop, elsewhere] = &names.map(computer);
    let day = monday(&clinic, &zone)?;

    println!("ONE DAY AT HARBOUR CLINIC AND BAYSIDE PHYSIO, Monday 15 June 2026\n");
    println!("At each sign-in below the password was right. What comes after it:");
    rules("Harbour Clinic", rex).await?;
    rules("Bayside Physio", bea).await?;

    println!("\nMORNING");
    day.signs_in("07:40", (bea, front_desk)).await?;
    day.signs_in("07:58", (osei, laptop)).await?;
    if let Some(asked) = day.arrives("08:10", (nina, front_desk)).await? {
        let first = asked.sends(Channel::Sms).await?;
        asked.sends_again(Channel::Sms).await?;
        clinic.clock.forward(Duration::from_secs(60));
        let second = asked.sends_again(Channel::Sms).await?;
        asked.types(&first).await?;
        asked.types(&second).await?;
    }
    day.signs_in("08:30", (voss, treatment)).await?;
    clinic.staff("voss", Some("+12125550188"), None)?; // the office adds the number
    day.signs_in("08:41", (voss, treatment)).await?;

    println!("\nMIDDAY");
    day.signs_in("12:15", (nina, front_desk)).await?;
    if let Some(asked) = day.arrives("12:20", (nina, treatment)).await? {
        let code = asked.sends(Channel::Sms).await?;
        let mistyped: String = code.chars().rev().collect();
        asked.types(&mistyped).await?;
        asked.types(&code).await?;
    }
    if let Some(asked) = day.arrives("12:40", (osei, front_desk)).await? {
        let code = asked.sends(Channel::Email).await?;
        asked.types(&code).await?;
    }
    day.signs_in("13:05", (bea, front_desk)).await?;

    println!("\nAFTERNOON: Bea has lost her phone");
    if let Some(asked) = day.arrives("15:20", (bea, front_desk)).await? {
        let sheet = bea.recovery_sheet.take();
        asked.types(sheet.first().ok_or("no sheet")?).await?;
    }
    day.resets("15:45", "Marga", bea).await?;
    day.signs_in("15:50", (bea, front_desk)).await?;

    println!("\nEVENING: a stranger has Nina's password");
    if let Some(asked) = day.arrives("19:30", (stranger, elsewhere)).await? {
        asked.sends(Channel::Sms).await?; // it reaches Nina, not the stranger
        for guess in ["000000", "123456", "111111", "150626", "999999", "654321"] {
            asked.types(guess).await?;
        }
    }
    day.signs_in("19:45", (nina, front_desk)).await?;

    println!("\nNIGHT SHIFT");
    day.signs_in("22:00", (rex, treatment)).await?;
    day.midnight("AFTER MIDNIGHT, Tuesday");
    day.signs_in("00:05", (rex, treatment)).await?;
    day.signs_in("03:30", (rex, treatment)).await?;
    day.signs_in("07:55", (osei, laptop)).await?;

    the_same_night(&harbour_rules, &zone).await?;
    summary(&clinic, [osei, nina, voss, rex, bea]).await?;
    println!("\nTHE AUDIT TRAIL, its first three lines about Nina");
    let query = EntryQuery::subject(&nina.subject).limit(3);
    for entry in harbour.history(&query).await?.entries {
        println!("  {}", words::entry(&zone, &entry));
    }
    Ok(())
}

fn person<'a>(name: &'static str, subject: Subject, rules: &'a ClinicVerifier) -> Person<'a> {
    let (app, recovery_sheet) = Default::default();
    Person {
        name,
        subject,
        rules,
        app,
        recovery_sheet,
    }
}

fn computer(name: &'static str) -> Computer {
    let cookies = Default::default();
    Computer { name, cookies }
}

fn monday<'a>(clinic: &'a Clinic, zone: &'a Zone) -> Told<Day<'a>> {
    clinic.zone(zone.clone())?;
    Ok(Day {
        clinic,
        zone,
        date: Cell::new(parse_date("2026-06-15")?),
        goes_on: Cell::new(false),
    })
}

/// The rules of a practice in one line, as the engine explains them for one of its people.
async fn rules(practice: &str, who: &Person<'_>) -> Told<()> {
    let rules = who.rules.explain(&who.subject, &Purpose::sign_in()).await?;
    let row = |setting| rules.explanation.row(setting).map_or("", |row| row.value());
    let methods = row("methods").split(", ").map(words::method_named);
    let methods = methods.collect::<Vec<_>>().join(" or ");
    let (required, trust) = (row("requirement"), row("trust"));
    println!("  {practice}: second step {required}, by {methods}; remembered: {trust}");
    Ok(())
}

/// Rex's night once more, in a practice that adds a rule: every new day asks.
async fn the_same_night(harbour: &Policy, zone: &Zone) -> Told<()> {
    let midnight = PracticeDay::new(ZoneSource::Practice, Time::MIDNIGHT);
    let every_day = TrustRules::from(TrustRule::Calendar(midnight));
    let stricter = Layer::practice(PracticeId::new(<Clinic>::PRACTICE)?).trust(every_day);
    let clinic = Clinic::new(harbour.with_layer(stricter, &Facts::new())?)?;
    let day = monday(&clinic, zone)?;
    let rex = clinic.staff("rex", Some("+12125550123"), None)?;
    let (rex, treatment) = (&person("Rex", rex, &clinic.verifier), &computer("treatment PC"));
    println!("\nTHE SAME NIGHT, if the practice added: every new day asks");
    rules("Harbour Clinic", rex).await?;
    day.signs_in("22:00", (rex, treatment)).await?;
    day.midnight("after midnight");
    day.signs_in("00:05", (rex, treatment)).await
}

/// Counted from the audit trail alone.
async fn summary(clinic: &Clinic, people: [&Person<'_>; 5]) -> Told<()> {
    println!("\nSUMMARY, counted from the audit trail (Nina's line holds what the stranger tried)");
    println!("            signed in  times asked  codes sent  refused");
    for who in people {
        let (mut entered, mut asked, mut sent) = (0_u32, 0_u32, 0_u32);
        let mut refused = BTreeMap::new();
        for entry in clinic.history(&who.subject).await? {
            let count = match entry.event {
                Event::Trusted | Event::Verified | Event::NotRequired => &mut entered,
                Event::Begin | Event::EnrolmentRequired => &mut asked,
                Event::SendAccepted => &mut sent,
                Event::AttemptFailed | Event::SendRefused | Event::Blocked => {
                    refused.entry(entry.reason).or_default()
                }
                _ => continue,
            };
            *count = count.saturating_add(1);
        }
        let refused = refused.into_iter().map(|(why, times)| {
            let why = why.map(words::reason).unwrap_or_default();
            format!("{times} x {why}")
        });
        let (name, refused) = (who.name, refused.collect::<Vec<_>>().join(", "));
        println!("  {name:<8}  {entered:>9}  {asked:>11}  {sent:>10}  {refused}");
    }
    Ok(())
}
