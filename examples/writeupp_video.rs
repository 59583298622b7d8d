//! A practice switches codes on for its video visits; a patient follows the link of one, types the code this terminal
//! shows, and comes back after the line has dropped. For brevity the key stands in the source and the store is in memory; a
//! service does neither.
#![expect(clippy::unit_arg, reason = "one line for each end")]

use std::error::Error;
use std::io::{BufRead as _, stdin};
use std::sync::Arc;

use medfactor::audit::Actor;
use medfactor::contact::{Channel, Destination};
use medfactor::delivery::ConsoleDelivery;
use medfactor::directory::{Action, MemoryDirectory, Person, Practice};
use medfactor::flow::{Begin, Challenge, Decision, FirstFactor, Pass, Remember, Ruling, Signal, Verdict};
use medfactor::ids::{PracticeId, Subject, SubjectId};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::{Layer, Population, Requirement, presets};
use medfactor::purpose::Purpose;
use medfactor::store::MemoryStore;
use medfactor::time::{Clock as _, SystemClock};
use medfactor::verifier::{self, Verifier};

type Video = Verifier<MemoryStore, ConsoleDelivery, Arc<MemoryDirectory>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let people = Arc::new(MemoryDirectory::new());
    let practice = PracticeId::new("harbour-physio")?;
    people.put_practice(practice.clone(), Practice::new("Harbour Physio"));
    let pat = Subject::parse("harbour-physio", "p-771")?;
    let known = Person::new(pat.clone(), Population::Patient);
    people.put_person(known.destination(Destination::sms("+447700900123")?));
    let ada = Actor::staff(SubjectId::new("ada")?);
    people.permit(&ada, Action::SaveSettings);
    let keys = KeyRing::new(KeyId::new(1), *b"an example key of thirty-two byt")?;
    let video: Video = Verifier::builder(presets::writeupp_video(), keys)
        .store(MemoryStore::new())
        .delivery(ConsoleDelivery::new())
        .directory(people)
        .build()?;

    // Off until the administrator saves the switch; it counts from the next click on.
    let visit = Purpose::parse("video_join/A1")?;
    if let Ruling::Pass(pass) = click(&video, &pat, &visit, None).await? {
        println!("Before the switch: in, {:?}", pass.why());
    }
    let on = Layer::practice(practice.clone())
        .for_populations([Population::Patient])
        .for_purposes([Purpose::new("video_join")?])
        .requirement(Requirement::Required);
    let version = video.settings(&practice).await?.version;
    match video.save_settings(&practice, version, &[on], &ada, None).await? {
        Decision::Made(version) => println!("Switched on, version {version}"),
        Decision::Refused(why) => println!("Not saved: {why}"),
    }

    // At booking: is a number on file? And for the reminder: will the telephone be needed?
    let ready = video.readiness(&pat, &visit).await?;
    println!("Ready for the visit: {}", ready.is_ready());
    let tomorrow = SystemClock::new()
        .now()?
        .saturating_add(std::time::Duration::from_secs(86_400));
    if video.will_require(&pat, &visit, tomorrow).await?.required {
        println!("Reminder: have your telephone at hand");
    }

    let Ruling::Challenge(challenge) = click(&video, &pat, &visit, None).await? else {
        return Err("a challenge was expected".into());
    };
    let Some(pass) = answered(&video, &challenge).await? else {
        return Ok(println!("Not joined"));
    };
    println!("Joined {}", pass.purpose());

    // The line drops; the same browser comes back with its cookie, until the visit is closed.
    let cookie = pass.device_cookie().map(|cookie| cookie.value().to_owned());
    let Ruling::Pass(again) = click(&video, &pat, &visit, cookie.as_deref()).await? else {
        return Err("the same device was expected to be let in".into());
    };
    println!("Back again: {:?}", again.why());
    video.signal(&pat, Signal::ObjectClosed(&visit), &ada).await?;
    let closed = click(&video, &pat, &visit, cookie.as_deref()).await?;
    println!(
        "After the visit: asked again: {}",
        matches!(closed, Ruling::Challenge(_))
    );
    Ok(())
}

/// Following the link is the first factor, checked by the host just now.
async fn click(
    video: &Video,
    who: &Subject,
    visit: &Purpose,
    cookie: Option<&str>,
) -> Result<Ruling, Box<dyn Error>> {
    let opened = FirstFactor::passed_at(SystemClock::new().now()?);
    let request = Begin::new(who, visit.clone(), opened).device(cookie);
    Ok(video.begin(request).await?)
}

async fn answered(video: &Video, challenge: &Challenge) -> Result<Option<Pass>, verifier::Error> {
    let _sent = video.send(challenge.ticket(), Channel::Sms).await?;
    println!("Type the code:");
    for typed in stdin().lock().lines().map_while(Result::ok) {
        match video.submit(challenge.ticket(), &typed, Remember::No).await? {
            Verdict::Pass(pass) => return Ok(Some(pass)),
            Verdict::Rejected(rejection) => println!("{}", rejection.english()),
        }
    }
    Ok(None)
}
