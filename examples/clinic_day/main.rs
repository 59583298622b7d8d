//! One day at two practices that share a house: who is asked for what, and why.
//!
//! ```text
//! cargo run --example clinic_day
//! ```
//!
//! No service and no network: store, outbox and clock are in memory. Everything printed about a decision comes
//! from the answers and audit entries of the real engine; the output is the same at every run.

mod day;
mod words;

use std::collections::BTreeMap;

use medfactor::audit::{Entry, EntryQuery, Event};
use medfactor::contact::Channel;
use medfactor::directory;
use medfactor::ids::{PracticeId, Subject};
use medfactor::policy::{Facts, Layer, Policy, Population, Requirement, TrustRules, ZoneSource, presets};
use medfactor::purpose::Purpose;
use medfactor::testing::Clinic;
use medfactor::time::{Date, Time, Zone, parse_date};
use medfactor::trust::{PracticeDay, TrustRule};

use day::{Computer, Day, Person, Told};

fn main() -> Told<()> {
    pollster::block_on(tell())
}

async fn tell() -> Told<()> {
    let zone = Zone::named("-04:00")?; // New York in summer
    let monday = parse_date("2026-06-15")?;
    let harbour_rules = presets::wrs_staff(parse_date("2026-01-01")?);
    let clinic = Clinic::new(harbour_rules.clone())?;
    clinic.zone(zone.clone())?;

    // The second practice wants an authenticator app at every sign-in.
    let bayside = PracticeId::new("bayside")?;
    let facts = Facts::new().with("country", "US").known_empty("integrations");
    let required = Layer::practice(bayside.clone()).requirement(Requirement::Required);
    let physio_rules = presets::cliniko_staff().with_layer(required, &facts)?;
    let practice = directory::Practice::new("Bayside Physio")
        .zone(zone.clone())
        .facts(facts);
    clinic.directory.put_practice(bayside, practice);
    let (harbour, physio) = (
        &clinic.verifier,
        &clinic.another_verifier(physio_rules, <Clinic>::keys()?)?,
    );

    let mail = Some("amara.osei@harbour.example");
    let osei = Person::new(
        "Dr Osei",
        clinic.staff("osei", Some("+12125550142"), mail)?,
        harbour,
    );
    let nina = Person::new("Nina", clinic.staff("nina", Some("+12125550167"), None)?, harbour);
    let voss = Person::new("Dr Voss", clinic.staff("voss", None, None)?, harbour);
    let rex = Person::new("Rex", clinic.staff("rex", Some("+12125550123"), None)?, harbour);
    let bea = Person::new("Bea", Subject::parse("bayside", "bea")?, physio);
    clinic
        .directory
        .put_person(directory::Person::new(bea.subject.clone(), Population::Staff));
    let stranger = Person::new("stranger", nina.subject.clone(), harbour);
    let names = [
        "front desk PC",
        "treatment room PC",
        "Dr Osei's laptop",
        "unknown computer",
    ];
    let [front_desk, treatment, laptop, elsewhere] = names.map(Computer::new);
    let day = Day::new(&clinic, &zone, monday);

    println!("ONE DAY AT HARBOUR CLINIC AND BAYSIDE PHYSIO, Monday 15 June 2026\n");
    println!("At each sign-in below the password was right. What comes after it:");
    rules("Harbour Clinic", &rex).await?;
    rules("Bayside Physio", &bea).await?;

    day.part("MORNING");
    day.signs_in("07:40", &bea, &front_desk).await?;
    day.signs_in("07:58", &osei, &laptop).await?;
    if let Some(asked) = day.arrives("08:10", &nina, &front_desk).await? {
        let first = asked.sends(Channel::Sms).await?;
        asked.sends_again(Channel::Sms).await?;
        clinic.clock.forward(std::time::Duration::from_secs(60));
        let second = asked.sends_again(Channel::Sms).await?;
        asked.types(&first).await?;
        asked.types(&second).await?;
    }
    day.signs_in("08:30", &voss, &treatment).await?;
    clinic.staff("voss", Some("+12125550188"), None)?; // the office adds the number
    day.signs_in("08:41", &voss, &treatment).await?;

    day.part("MIDDAY");
    day.signs_in("12:15", &nina, &front_desk).await?;
    if let Some(asked) = day.arrives("12:20", &nina, &treatment).await? {
        let code = asked.sends(Channel::Sms).await?;
        let mistyped: String = code.chars().rev().collect();
        asked.types(&mistyped).await?;
        asked.types(&code).await?;
    }
    if let Some(asked) = day.arrives("12:40", &osei, &front_desk).await? {
        let code = asked.sends(Channel::Email).await?;
        asked.types(&code).await?;
    }
    day.signs_in("13:05", &bea, &front_desk).await?;

    day.part("AFTERNOON: Bea has lost her phone");
    if let Some(asked) = day.arrives("15:20", &bea, &front_desk).await? {
        let code = bea
            .recovery_codes
            .take()
            .pop()
            .ok_or("no sheet of recovery codes")?;
        asked.types(&code).await?;
    }
    day.resets("15:45", "Marga", &bea).await?;
    day.signs_in("15:50", &bea, &front_desk).await?;

    day.part("EVENING: somebody else has Nina's password");
    if let Some(asked) = day.arrives("19:30", &stranger, &elsewhere).await? {
        asked.sends(Channel::Sms).await?; // it reaches Nina, not the stranger
        for guess in ["000000", "123456", "111111", "150626", "999999", "654321"] {
            asked.types(guess).await?;
        }
    }
    day.signs_in("19:45", &nina, &front_desk).await?;

    day.part("NIGHT SHIFT, Tuesday from midnight");
    day.signs_in("22:00", &rex, &treatment).await?;
    day.midnight();
    day.signs_in("00:05", &rex, &treatment).await?;
    day.signs_in("03:30", &rex, &treatment).await?;
    day.part("TUESDAY MORNING");
    day.signs_in("07:55", &osei, &laptop).await?;

    the_same_night(&harbour_rules, &zone, monday).await?;
    summary(&clinic, &[&osei, &nina, &voss, &rex, &bea]).await?;
    println!("\nTHE AUDIT TRAIL: the first three lines about Nina, as they are kept");
    let query = EntryQuery::subject(&nina.subject).limit(3);
    for entry in clinic.verifier.history(&query).await?.entries {
        println!("  {}", words::entry(&zone, &entry));
    }
    Ok(())
}

/// The rules of a practice in one line, as the engine explains them for one of its people.
async fn rules(practice: &str, who: &Person<'_>) -> Told<()> {
    let rules = who.rules.explain(&who.subject, &Purpose::sign_in()).await?;
    let row = |setting| rules.explanation.row(setting).map_or("", |row| row.value());
    let (required, methods, trust) = (row("requirement"), row("methods"), row("trust"));
    println!("  {practice}: second step {required}; by {methods}; remembered: {trust}");
    Ok(())
}

/// Rex's night once more, in a practice that adds a rule: every new day asks.
async fn the_same_night(harbour: &Policy, zone: &Zone, monday: Date) -> Told<()> {
    let midnight = TrustRule::Calendar(PracticeDay::new(ZoneSource::Practice, Time::MIDNIGHT));
    let stricter = Layer::practice(PracticeId::new(<Clinic>::PRACTICE)?).trust(TrustRules::from(midnight));
    let clinic = Clinic::new(harbour.with_layer(stricter, &Facts::new())?)?;
    clinic.zone(zone.clone())?;
    let rex = Person::new(
        "Rex",
        clinic.staff("rex", Some("+12125550123"), None)?,
        &clinic.verifier,
    );
    let (treatment, day) = (
        Computer::new("treatment room PC"),
        Day::new(&clinic, zone, monday),
    );
    day.part("THE SAME NIGHT, if the practice added: every new day asks");
    rules("Harbour Clinic", &rex).await?;
    day.signs_in("22:00", &rex, &treatment).await?;
    day.midnight();
    day.signs_in("00:05", &rex, &treatment).await
}

/// Counted from the audit trail alone.
async fn summary(clinic: &Clinic, people: &[&Person<'_>]) -> Told<()> {
    println!("\nSUMMARY, counted from the audit trail");
    println!("  {:8}  signed in  times asked  codes sent  refused", "");
    for who in people {
        let all = clinic.history(&who.subject).await?;
        let sign_in = |entry: &&Entry| entry.purpose == Some(Purpose::sign_in());
        let count = |events: &[Event]| {
            all.iter()
                .filter(sign_in)
                .filter(|e| events.contains(&e.event))
                .count()
        };
        let entered = count(&[Event::Trusted, Event::Verified, Event::NotRequired]);
        let asked = count(&[Event::Begin, Event::EnrolmentRequired]);
        let sent = all
            .iter()
            .filter(|entry| entry.event == Event::SendAccepted)
            .count();
        let mut refused = BTreeMap::<_, usize>::new();
        for entry in &all {
            if let (Event::AttemptFailed | Event::SendRefused | Event::Blocked, Some(why)) =
                (entry.event, entry.reason)
            {
                let times = refused.entry(why).or_default();
                *times = times.saturating_add(1);
            }
        }
        let refused: Vec<_> = refused
            .iter()
            .map(|(why, times)| format!("{times} x {}", words::reason(*why)))
            .collect();
        println!(
            "  {:8}  {entered:>9}  {asked:>11}  {sent:>10}  {}",
            who.name,
            refused.join(", ")
        );
    }
    Ok(())
}
