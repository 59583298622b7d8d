//! One day at two practices that share a house: who is asked for what, and why.
//!
//! `cargo run --example clinic_day` needs no service and no network. Everything printed about a decision comes
//! from the answers and audit entries of the real engine, and is the same at every run.

mod day;
mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use medfactor::audit::{EntryQuery, Event};
use medfactor::contact::Channel::Sms;
use medfactor::directory;
use medfactor::ids::{PracticeId, Subject};
use medfactor::policy::{Facts, Layer, Population, Requirement, TrustRules, ZoneSource, presets};
use medfactor::testing::Clinic;
use medfactor::time::{Time, Zone, parse_date};
use medfactor::trust::{PracticeDay, TrustRule};

use day::{Day, Person, Told, remembering};

fn main() -> Told<()> {
    pollster::block_on(tell())
}

async fn tell() -> Told<()> {
    let zone = Zone::named("-04:00")?; // New York in summer
    let harbour_rules = presets::wrs_staff(parse_date("2026-01-01")?);
    let clinic = Clinic::new(harbour_rules.clone())?;
    clinic.zone(zone.clone())?;

    // The second practice wants an authenticator app at every sign-in.
    let bayside = PracticeId::new("bayside")?;
    let facts = Facts::new().with("country", "US").known_empty("integrations");
    let required = Layer::practice(bayside.clone()).requirement(Requirement::Required);
    let physio_rules = presets::cliniko_staff().with_layer(required, &facts)?;
    let practice = directory::Practice::new("Bayside Physio").facts(facts);
    let directory = &clinic.directory;
    directory.put_practice(bayside, practice.zone(zone.clone()));
    let bea = directory::Person::new(Subject::parse("bayside", "bea")?, Population::Staff);
    directory.put_person(bea.clone());

    let harbour = &clinic.verifier;
    let physio = &clinic.another_verifier(physio_rules, <Clinic>::keys()?)?;
    let osei = clinic.staff("osei", Some("+12125550142"), None)?;
    let osei = &Person("Dr Osei", osei, harbour);
    let nina = &Person("Nina", clinic.staff("nina", Some("+12125550167"), None)?, harbour);
    let voss = &Person("Dr Voss", clinic.staff("voss", None, None)?, harbour);
    let rex = &Person("Rex", clinic.staff("rex", Some("+12125550123"), None)?, harbour);
    let bea = &Person("Bea", bea.subject().clone(), physio);
    let manager = &Person("Marga", Subject::parse("bayside", "marga")?, physio);
    let stranger = &Person("stranger", nina.1.clone(), harbour);
    let [front_desk, treatment, laptop] = ["front desk PC", "treatment PC", "own laptop"];
    let mut day = Day {
        clinic: &clinic,
        zone: &zone,
        date: parse_date("2026-06-15")?,
        goes_on: false,
        cookies: BTreeMap::new(),
        pockets: BTreeMap::new(),
    };

    println!("ONE DAY AT HARBOUR CLINIC AND BAYSIDE PHYSIO, Monday 15 June 2026");
    println!("At each sign-in below the password was right. What comes after it:\n");
    let (harbours, baysides) = (remembering(rex).await?, remembering(bea).await?);
    println!("  Harbour Clinic remembers a computer: {harbours}");
    println!("  Bayside Physio remembers a computer: {baysides}");

    println!("\nMORNING");
    day.signs_in("07:40", (bea, front_desk)).await?;
    day.signs_in("07:58", (osei, laptop)).await?;
    if let Some(asked) = day.arrives("08:10", (nina, front_desk)).await? {
        let first = day.sends(&asked, Sms, false).await?;
        day.sends(&asked, Sms, true).await?;
        clinic.clock.forward(Duration::from_secs(60));
        let second = day.sends(&asked, Sms, true).await?;
        day.types(&asked, &first).await?;
        day.types(&asked, &second).await?;
    }
    day.signs_in("08:30", (voss, treatment)).await?;
    clinic.staff("voss", None, Some("p.voss@harbour.example"))?; // the office adds an address
    day.signs_in("08:41", (voss, treatment)).await?;

    println!("\nMIDDAY");
    day.signs_in("12:15", (nina, front_desk)).await?;
    if let Some(asked) = day.arrives("12:20", (nina, treatment)).await? {
        let code = day.sends(&asked, Sms, false).await?;
        let mistyped: String = code.chars().rev().collect();
        day.types(&asked, &mistyped).await?;
        day.types(&asked, &code).await?;
    }
    day.signs_in("12:40", (osei, front_desk)).await?;
    day.signs_in("13:05", (bea, front_desk)).await?;

    println!("\nAFTERNOON: Bea has lost her phone");
    let (_lost, sheet) = day.pockets.remove("Bea").ok_or("no sheet")?;
    if let Some(asked) = day.arrives("15:20", (bea, front_desk)).await? {
        day.types(&asked, sheet.first().ok_or("an empty sheet")?).await?;
    }
    day.resets("15:45", (manager, "office"), bea).await?;
    day.signs_in("15:50", (bea, front_desk)).await?;

    println!("\nEVENING: a stranger has Nina's password");
    if let Some(asked) = day.arrives("19:30", (stranger, "unknown PC")).await? {
        day.sends(&asked, Sms, false).await?; // it reaches Nina, not the stranger
        for guess in ["000000", "123456", "111111", "150626", "999999", "654321"] {
            day.types(&asked, guess).await?;
        }
    }
    day.signs_in("19:45", (nina, front_desk)).await?;

    println!("\nNIGHT SHIFT");
    day.signs_in("22:00", (rex, treatment)).await?;
    println!("  midnight: Tuesday 16 June");
    day.date = day.date.next_day().ok_or("the end of time")?;
    day.signs_in("00:05", (rex, treatment)).await?;
    day.signs_in("03:30", (rex, treatment)).await?;
    day.signs_in("07:55", (osei, laptop)).await?;
    summary(&clinic, [osei, nina, voss, rex, bea]).await?;

    println!("\nTHE AUDIT TRAIL, its first three lines about Nina");
    let query = EntryQuery::subject(&nina.1).limit(3);
    for entry in harbour.history(&query).await?.entries {
        let at = words::day_and_time(&zone, entry.at);
        let detail = entry.destination.or(entry.decided_by).unwrap_or_default();
        println!(
            "  {at}  {:<14}  {detail:<13}  entry {}",
            entry.event.as_str(),
            entry.id
        );
    }

    println!("\nWHAT IF every new day asked? The same person, computer and minute under both rules");
    let midnight = PracticeDay::new(ZoneSource::Practice, Time::MIDNIGHT);
    let every_day = TrustRules::from(TrustRule::Calendar(midnight));
    let stricter = Layer::practice(PracticeId::new(<Clinic>::PRACTICE)?).trust(every_day);
    let stricter = harbour_rules.with_layer(stricter, &Facts::new())?;
    let stricter = &clinic.another_verifier(stricter, <Clinic>::keys()?)?;
    for rex in [rex, &Person("Rex", rex.1.clone(), stricter)] {
        println!("  remembered: {}", remembering(rex).await?);
        day.arrives("08:00", (rex, treatment)).await?;
    }
    Ok(())
}

/// Counted from the audit trail alone.
async fn summary(clinic: &Clinic, people: [&Person<'_>; 5]) -> Told<()> {
    println!("\nSUMMARY, counted from the audit trail (Nina's line holds what the stranger tried)");
    println!("            signed in  times asked  codes sent  refused");
    for who in people {
        let (mut entered, mut asked, mut sent) = (0_u32, 0_u32, 0_u32);
        let mut refused = BTreeMap::new();
        for entry in clinic.history(&who.1).await? {
            let count = match (entry.event, entry.reason) {
                (Event::Trusted | Event::Verified | Event::NotRequired, _) => &mut entered,
                (Event::Begin | Event::EnrolmentRequired, _) => &mut asked,
                (Event::SendAccepted, _) => &mut sent,
                (_, Some(reason)) => refused.entry(words::reason(reason)).or_default(),
                _ => continue,
            };
            *count = count.saturating_add(1);
        }
        let refused = refused.iter().map(|(why, times)| format!("{times} x {why}"));
        let (name, refused) = (who.0, refused.collect::<Vec<_>>().join(", "));
        let line = format!("  {name:<8}  {entered:>9}  {asked:>11}  {sent:>10}  {refused}");
        println!("{}", line.trim_end());
    }
    Ok(())
}
