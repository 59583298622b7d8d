//! Joining a video session by a code that staff read out over the telephone: type the code this terminal shows.
//! For brevity the key stands in the source and the store is in memory; a service does neither.

use std::error::Error;
use std::io::{BufRead as _, stdin};
use std::time::Duration;

use medfactor::audit::{Actor, EntryQuery};
use medfactor::contact::Destination;
use medfactor::delivery::ConsoleDelivery;
use medfactor::directory::{Directory, MemoryDirectory, Person, Practice};
use medfactor::flow::Managed;
use medfactor::flow::access::{AccessAttempt, Admission, Appointment, Call, Redemption, Source};
use medfactor::ids::{PracticeId, Subject, SubjectId};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{Population, presets};
use medfactor::purpose::Purpose;
use medfactor::store::{MemoryStore, Store};
use medfactor::time::{Clock as _, SystemClock, Zone};
use medfactor::verifier::{self, Verifier};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let practice = PracticeId::new("harbour-clinic")?;
    let people = MemoryDirectory::new();
    people.put_practice(
        practice.clone(),
        Practice::new("Harbour Clinic").zone(Zone::utc()),
    );
    let pat = Subject::parse("harbour-clinic", "p-771")?;
    let known = Person::new(pat.clone(), Population::Patient).destination(Destination::sms("+447700900123")?);
    people.put_person(known);
    let keys = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
    let verifier = Verifier::builder(presets::securevideo_join(), keys)
        .store(MemoryStore::new())
        .delivery(ConsoleDelivery::new())
        .directory(people)
        .build()?;
    let clio = Actor::staff(SubjectId::new("clio")?);

    // Booked: the session may be joined by code. No code exists yet.
    let session = Purpose::parse("video_join/S1")?;
    let start = SystemClock::new().now()?;
    let appointment = Appointment::new(
        session.clone(),
        start,
        start.saturating_add(Duration::from_secs(1800)),
    );
    let booked = appointment.participant(pat.id());
    if let Managed::Refused(refusal) = verifier.open_access(&practice, &booked, &clio).await? {
        println!("Not opened: {}", refusal.reason());
    }

    // The patient is late and has no mail: CLIO rings the number on file and reads the code out.
    match verifier.reveal_access_code(&pat, &session, &clio).await? {
        Managed::Done(revealed) => {
            match revealed.call() {
                Call::Number(masked) => println!("Ring {masked}"),
                Call::NoNumberOnFile => println!("No number on file: identify the person first"),
            }
            println!("Read out {}", revealed.spoken());
        }
        Managed::Refused(refusal) => println!("No code: {}", refusal.reason()),
    }

    // The join page, which anybody can open.
    println!("Type the code:");
    for typed in stdin().lock().lines() {
        match knock(&verifier, &practice, &typed?, "203.0.113.7").await? {
            Redemption::Admitted(admission) => {
                join(admission);
                break;
            }
            Redemption::Rejected(rejection) => println!("{}", rejection.english()),
        }
    }

    // The session is over or called off: from now on no code to it works.
    let _cancelled = verifier.cancel_object(&practice, &session, &clio).await?;
    println!("\nWhat was told of it:");
    let query = EntryQuery::subject(&pat).purpose(session).newest_first();
    for entry in verifier.history(&query).await?.entries {
        println!("{} {}", entry.at, entry.event);
    }
    Ok(())
}

/// `address` is the visitor's, from the connection or a proxy you trust; of IPv6 the /64.
async fn knock<S: Store, P: Directory>(
    verifier: &Verifier<S, ConsoleDelivery, P>,
    practice: &PracticeId,
    typed: &str,
    address: &str,
) -> Result<Redemption, verifier::Error> {
    let Ok(door) = Purpose::new("video_join") else {
        unreachable!("a purpose that stands in the source")
    };
    verifier
        .redeem(&AccessAttempt::new(practice, door, typed, Source::new(address)))
        .await
}

/// Whoever has an admission is let into this one session, and signed in nowhere.
fn join(admission: Admission) {
    println!("Joined {} until {}", admission.purpose(), admission.until());
}
