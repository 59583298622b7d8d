//! A patient follows a link that was mailed to them and gives a code by text message: type the code this terminal
//! shows. First without a mobile on file, then with one and a new link. For brevity the key stands in the source and the
//! store is in memory; a service does neither.

use std::error::Error;
use std::io::{BufRead as _, stdin};
use std::sync::Arc;

use medfactor::audit::Actor;
use medfactor::contact::Channel;
use medfactor::delivery::ConsoleDelivery;
use medfactor::directory::{Action, Contact, MemoryDirectory, Person, Practice};
use medfactor::flow::{
    Begin, Decision, FirstFactor, Refusal, Remember, Ruling, Sending, Signal, Ticket, Verdict,
};
use medfactor::ids::{PracticeId, Subject, SubjectId};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{Population, WaiverRequest, presets};
use medfactor::purpose::Purpose;
use medfactor::store::MemoryStore;
use medfactor::time::{Clock as _, SystemClock};
use medfactor::verifier::{self, Verifier};

type Portal = Verifier<MemoryStore, ConsoleDelivery, Arc<MemoryDirectory>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let people = Arc::new(MemoryDirectory::new());
    let practice = PracticeId::new("harbour-dental")?;
    people.put_practice(practice.clone(), Practice::new("Harbour Dental"));
    let pat = Subject::parse("harbour-dental", "p-771")?;
    // What staff typed into the field for the mobile is no number.
    let on_file = |mobile| {
        let contact = Contact::read(Channel::Sms, mobile);
        Person::new(pat.clone(), Population::Patient).contact(contact)
    };
    people.put_person(on_file("07700 90012"));
    let (rex, vera) = (staff("rex")?, staff("vera")?);
    people.permit(&vera, Action::GrantWaiver);
    let keys = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
    let portal: Portal = Verifier::builder(presets::exact_portal(), keys)
        .store(MemoryStore::new())
        .delivery(ConsoleDelivery::new())
        .directory(Arc::clone(&people))
        .build()?;

    // The link carries the version of the contacts it was made for.
    let old_link = portal.contact_version(&pat).await?;
    match follow(&portal, &pat, old_link.as_str()).await? {
        Ruling::Blocked(refusal) => show("the patient", &refusal),
        ruling => println!("{ruling:?}"),
    }

    // Staff save the number first and send a new link; the old one leads nowhere.
    people.put_person(on_file("+447700900123"));
    portal
        .signal(&pat, Signal::ContactChanged(Channel::Sms), &rex)
        .await?;
    if let Ruling::Blocked(refusal) = follow(&portal, &pat, old_link.as_str()).await? {
        show("who follows the old link", &refusal);
    }
    let new_link = portal.contact_version(&pat).await?;
    match follow(&portal, &pat, new_link.as_str()).await? {
        Ruling::Challenge(challenge) => enter(&portal, challenge.ticket()).await?,
        ruling => println!("{ruling:?}"),
    }

    // Only the vendor can let a practice off, for who asked and which text they accepted.
    let request = WaiverRequest::practice(staff("ada")?, "risk-notice-2026-01")
        .for_populations([Population::Patient])
        .for_purposes([Purpose::new("portal_login")?]);
    match portal.grant_waiver(&practice, &request, &vera).await? {
        Decision::Made(waiver) => println!("Let off by waiver {waiver}"),
        Decision::Refused(why) => println!("Not let off: {why}"),
    }
    if let Ruling::Pass(pass) = follow(&portal, &pat, new_link.as_str()).await? {
        println!("The patient is in: {:?}", pass.why());
    }
    Ok(())
}

fn staff(id: &str) -> Result<Actor, Box<dyn Error>> {
    Ok(Actor::staff(SubjectId::new(id)?))
}

/// Following the link is the first factor, checked by the host just now.
async fn follow(portal: &Portal, who: &Subject, version: &str) -> Result<Ruling, Box<dyn Error>> {
    let opened = FirstFactor::passed_at(SystemClock::new().now()?);
    let request = Begin::new(who, Purpose::new("portal_login")?, opened)
        .link(Channel::Email)
        .contacts(version);
    Ok(portal.begin(request).await?)
}

async fn enter(portal: &Portal, ticket: &Ticket) -> Result<(), verifier::Error> {
    if let Sending::Refused(refusal) = portal.send(ticket, Channel::Sms).await? {
        show("the patient", &refusal);
    }
    println!("Type the code:");
    for typed in stdin().lock().lines().map_while(Result::ok) {
        match portal.submit(ticket, &typed, Remember::No).await? {
            Verdict::Pass(pass) => {
                println!("The patient is in: {:?}", pass.why());
                break;
            }
            Verdict::Rejected(rejection) => println!("{}", rejection.english()),
        }
    }
    Ok(())
}

/// The page has one sentence for every contact that cannot be used; the practice sees which.
fn show(whom: &str, refusal: &Refusal) {
    println!("Shown to {whom}: {}", refusal.public_text());
    println!("  the practice sees: {}", refusal.exact_reason());
}
