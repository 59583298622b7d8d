//! A receptionist of an enforcing practice sets up an authenticator app and signs in with it: enter the secret this
//! terminal shows into an app, and type its codes. For brevity the key stands in the source and the store is in memory;
//! a service does neither.
#![expect(clippy::unit_arg, reason = "one line for each end")]

use std::error::Error;
use std::io::{Lines, StdinLock, stdin};

use medfactor::audit::Actor;
use medfactor::delivery::ConsoleDelivery;
use medfactor::directory::{MemoryDirectory, Person, Practice};
use medfactor::flow::{
    Answer, Authority, Begin, Challenge, EnrolFirst, FirstFactor, Managed, Pass, Remember, Ruling, Signal,
    Verdict,
};
use medfactor::ids::{PracticeId, RoleName, Subject};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::policy::{Facts, Layer, Population, Requirement, presets};
use medfactor::purpose::Purpose;
use medfactor::store::MemoryStore;
use medfactor::time::{Clock as _, SystemClock};
use medfactor::verifier::{self, Verifier};

type Reception = Verifier<MemoryStore, ConsoleDelivery, MemoryDirectory>;
type Keyboard = Lines<StdinLock<'static>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let practice = PracticeId::new("harbour-clinic")?;
    let people = MemoryDirectory::new();
    // What the mandate for Australia asks about: a practice that says nothing is held to it.
    let facts = Facts::new().with("country", "NZ").known_empty("integrations");
    people.put_practice(practice.clone(), Practice::new("Harbour Clinic").facts(facts));
    let rex = Subject::parse("harbour-clinic", "rex")?;
    let receptionist = Person::new(rex.clone(), Population::Staff).role(RoleName::new("receptionist")?);
    people.put_person(receptionist.account_name("rex@harbour.example"));
    // Everybody who signs in must have it set up.
    let enforced = Layer::practice(practice).requirement(Requirement::Required);
    let keys = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
    let reception: Reception = Verifier::builder(presets::cliniko_staff().layer(enforced), keys)
        .store(MemoryStore::new())
        .delivery(ConsoleDelivery::new())
        .directory(people)
        .build()?;

    let mut keyboard = stdin().lines();
    // The first sign-in leads to the enrolment page and nowhere else; confirming finishes the same sign-in.
    if let Ruling::Enrol(first) = begin(&reception, &rex).await? {
        match set_up(&reception, &first, &mut keyboard).await? {
            Some(pass) => println!("Signed in: {:?}", pass.why()),
            None => return Ok(println!("Not set up.")),
        }
    }
    // Every sign-in asks, and a code that was used is spent: wait for the next one.
    if let Ruling::Challenge(challenge) = begin(&reception, &rex).await? {
        match sign_in(&reception, &challenge, &mut keyboard).await? {
            Some(pass) => println!("Signed in: {:?}", pass.why()),
            None => return Ok(println!("Not signed in.")),
        }
    }
    // Rex leaves: nothing of theirs works any more, the trail stays.
    reception
        .signal(&rex, Signal::Offboarded, &Actor::host("staff list"))
        .await?;
    println!("After leaving: {:?}", begin(&reception, &rex).await?);
    Ok(())
}

/// The password was right just now.
async fn begin(reception: &Reception, who: &Subject) -> Result<Ruling, Box<dyn Error>> {
    let password = FirstFactor::passed_at(SystemClock::new().now()?);
    Ok(reception
        .begin(Begin::new(who, Purpose::sign_in(), password))
        .await?)
}

async fn set_up(
    reception: &Reception,
    first: &EnrolFirst,
    keyboard: &mut Keyboard,
) -> Result<Option<Pass>, verifier::Error> {
    let authority = Authority::EnrolFirst(first.ticket());
    let begun = reception.begin_enrolment(authority, "my phone", AuthenticatorKind::Phone);
    let Managed::Done(new) = begun.await? else {
        return Ok(None);
    };
    println!(
        "Enter this secret into your app: {}\nType the code it shows:",
        new.secret()
    );
    for typed in keyboard.map_while(Result::ok) {
        match reception
            .confirm_enrolment(authority, &typed, Remember::No)
            .await?
        {
            Managed::Done(enrolled) => {
                let codes = enrolled.recovery_codes.iter().flat_map(|codes| codes.expose());
                codes.for_each(|code| println!("Print this, it opens once: {code}"));
                return Ok(enrolled.pass);
            }
            Managed::Refused(refusal) => println!("{}", refusal.public_text()),
        }
    }
    Ok(None)
}

async fn sign_in(
    reception: &Reception,
    challenge: &Challenge,
    keyboard: &mut Keyboard,
) -> Result<Option<Pass>, verifier::Error> {
    println!("Signing in again: type the next code of your app.");
    for typed in keyboard.map_while(Result::ok) {
        let answer = Answer::new(&typed).method(Method::Totp);
        match reception.answer(challenge.ticket(), answer).await? {
            Verdict::Pass(pass) => return Ok(Some(pass)),
            Verdict::Rejected(rejection) => println!("{}", rejection.english()),
        }
    }
    Ok(None)
}
