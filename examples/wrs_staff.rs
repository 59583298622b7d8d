//! Staff of a practice under a mandate with a date: who is not ready for it, a sign-in on a computer that is then
//! remembered for 18 hours, and another that is not. Type the codes this terminal shows. For brevity the key stands in the
//! source and the store is in memory; a service does neither.
#![expect(clippy::unit_arg, reason = "one line for each end")]

use std::error::Error;
use std::io::{Lines, StdinLock, stdin};

use medfactor::contact::Destination;
use medfactor::delivery::ConsoleDelivery;
use medfactor::directory::{MemoryDirectory, Person, Practice};
use medfactor::flow::{Begin, Challenge, FirstFactor, Pass, Remember, Ruling, Sending, Verdict, Why};
use medfactor::ids::{PracticeId, Subject};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{Population, presets};
use medfactor::purpose::Purpose;
use medfactor::store::MemoryStore;
use medfactor::time::{Clock as _, SystemClock, Zone, parse_date};
use medfactor::verifier::{self, Verifier};

type Staff = Verifier<MemoryStore, ConsoleDelivery, MemoryDirectory>;
type Keyboard = Lines<StdinLock<'static>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let practice = PracticeId::new("harbour-clinic")?;
    let people = MemoryDirectory::new();
    people.put_practice(
        practice.clone(),
        Practice::new("Harbour Clinic").zone(Zone::utc()),
    );
    let person = |id: &str| Subject::parse("harbour-clinic", id);
    let (rex, ria) = (person("rex")?, person("ria")?);
    let rex_on_file =
        Person::new(rex.clone(), Population::Staff).destination(Destination::sms("+12125550142")?);
    people.put_person(rex_on_file.destination(Destination::email("rex@harbour.example")?));
    people.put_person(Person::new(ria.clone(), Population::Staff));
    let policy = presets::wrs_staff(parse_date("2026-01-01")?);
    for warning in policy.warnings() {
        println!("The policy warns: {warning}");
    }
    let keys = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
    let staff: Staff = Verifier::builder(policy, keys)
        .store(MemoryStore::new())
        .delivery(ConsoleDelivery::new())
        .directory(people)
        .build()?;

    // Weeks before the date: who could not get in?
    let page = staff
        .practice_readiness(&practice, &Purpose::sign_in(), None, 100)
        .await?;
    println!("{} of {} are ready", page.ready, page.people);
    for one in &page.not_ready {
        println!("  not ready: {} ({:?})", one.subject.id().as_str(), one.problems);
    }

    // Rex signs in on the front desk PC, which is remembered, and then on another one.
    let mut keyboard = stdin().lines();
    let mut cookie: Option<String> = None;
    for computer in ["front desk PC", "front desk PC", "treatment PC"] {
        let known = cookie.as_deref().filter(|_| computer == "front desk PC");
        let pass = match begin(&staff, &rex, known).await? {
            Ruling::Pass(pass) => pass,
            Ruling::Challenge(challenge) => match answered(&staff, &challenge, &mut keyboard).await? {
                Some(pass) => pass,
                None => return Ok(println!("Not signed in.")),
            },
            Ruling::Enrol(enrol) => return Ok(println!("{}", enrol.public_text())),
            Ruling::Blocked(refusal) => return Ok(println!("{}", refusal.public_text())),
        };
        let how = match pass.why() {
            Why::Trusted { until } => format!("remembered until {until}"),
            why => format!("{why:?}"),
        };
        println!("Rex is in on the {computer}: {how}");
        // Set it whenever there is one: the token before it is void.
        if let Some(new) = pass.device_cookie().filter(|_| computer == "front desk PC") {
            cookie = Some(new.value().into());
        }
    }
    if let Ruling::Blocked(refusal) = begin(&staff, &ria, None).await? {
        println!("Ria: {}", refusal.public_text());
    }
    Ok(())
}

/// The password was right just now.
async fn begin(staff: &Staff, who: &Subject, cookie: Option<&str>) -> Result<Ruling, Box<dyn Error>> {
    let password = FirstFactor::passed_at(SystemClock::new().now()?);
    let request = Begin::new(who, Purpose::sign_in(), password).device(cookie);
    Ok(staff.begin(request).await?)
}

async fn answered(
    staff: &Staff,
    challenge: &Challenge,
    keyboard: &mut Keyboard,
) -> Result<Option<Pass>, verifier::Error> {
    // The person chooses; here the policy's favourite is taken.
    let channel = challenge
        .methods()
        .iter()
        .find_map(|offer| offer.method.channel());
    let Some(channel) = channel else { return Ok(None) };
    if let Sending::Refused(refusal) = staff.send(challenge.ticket(), channel).await? {
        println!("{}", refusal.public_text());
    }
    println!("Type the code:");
    for typed in keyboard.map_while(Result::ok) {
        match staff.submit(challenge.ticket(), &typed, Remember::No).await? {
            Verdict::Pass(pass) => return Ok(Some(pass)),
            Verdict::Rejected(rejection) => println!("{}", rejection.english()),
        }
    }
    Ok(None)
}
