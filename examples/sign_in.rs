//! The smallest sign-in with a second factor: the "text message" appears on this terminal, type its code.
//! For brevity the key stands in the source and the store is in memory; a service does neither.
#![expect(clippy::unit_arg, reason = "one line for each end")]

use std::error::Error;
use std::io::{BufRead as _, stdin};

use medfactor::contact::{Channel, Destination};
use medfactor::delivery::ConsoleDelivery;
use medfactor::directory::{MemoryDirectory, Person, Practice};
use medfactor::flow::{Begin, FirstFactor, Remember, Ruling, Sending, Verdict};
use medfactor::ids::{PracticeId, Subject};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{Population, presets};
use medfactor::purpose::Purpose;
use medfactor::store::MemoryStore;
use medfactor::time::{Clock as _, SystemClock, parse_date};
use medfactor::verifier::Verifier;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let people = MemoryDirectory::new();
    people.put_practice(
        PracticeId::new("harbour-clinic")?,
        Practice::new("Harbour Clinic"),
    );
    let rex = Subject::parse("harbour-clinic", "rex")?;
    let person = Person::new(rex.clone(), Population::Staff).destination(Destination::sms("+12125550142")?);
    people.put_person(person);
    let policy = presets::wrs_staff(parse_date("2026-01-01")?);
    let keys = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
    let builder = Verifier::builder(policy, keys).store(MemoryStore::new());
    let verifier = builder
        .delivery(ConsoleDelivery::new())
        .directory(people)
        .build()?;

    // The password was right just now; from here on the library decides.
    let password = FirstFactor::passed_at(SystemClock::new().now()?);
    let challenge = match verifier
        .begin(Begin::new(&rex, Purpose::sign_in(), password))
        .await?
    {
        Ruling::Challenge(challenge) => challenge,
        Ruling::Pass(pass) => return Ok(println!("Signed in: {:?}", pass.why())),
        Ruling::Enrol(enrol) => return Ok(println!("{}", enrol.public_text())),
        Ruling::Blocked(blocked) => return Ok(println!("{}", blocked.public_text())),
    };
    if let Sending::Refused(refusal) = verifier.send(challenge.ticket(), Channel::Sms).await? {
        return Ok(println!("{}", refusal.public_text()));
    }
    println!("Type the code:");
    for typed in stdin().lock().lines() {
        match verifier
            .submit(challenge.ticket(), &typed?, Remember::Yes)
            .await?
        {
            Verdict::Pass(pass) => return Ok(println!("Signed in: {:?}", pass.why())),
            Verdict::Rejected(rejection) => println!("{}", rejection.english()),
        }
    }
    Ok(println!("Not signed in."))
}
