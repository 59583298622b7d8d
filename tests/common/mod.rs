//! What several files of tests need: a clinic under a preset, browsers that keep cookies, short ways to ask.
#![allow(dead_code, reason = "each file of tests uses another part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on should stop"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use medfactor::audit::{Entry, EntryQuery, Event, Reason};
use medfactor::contact::{Channel, Destination};
use medfactor::delivery::{CapturingDelivery, CodeMessage, Delivery, Handover, Notice};
use medfactor::directory::{MemoryDirectory, Person};
use medfactor::flow::{Challenge, Pass, Refusal, Rejection, Remember, Ruling, Sending, SentCodeInfo, Why};
use medfactor::ids::{PracticeId, Subject};
use medfactor::method::Method;
use medfactor::policy::{Layer, Policy, Population, Requirement, TrustRules, ZoneSource, presets};
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, SharedStore};
use medfactor::time::{Date, Time, Timestamp, Zone, parse_date, parse_time};
use medfactor::trust::{DeviceCookie, PracticeDay, RememberMode, TrustRule};
use medfactor::verifier::Verifier;
use pollster::FutureExt as _;

/// One millisecond: the least by which two instants differ.
pub(crate) const MILLISECOND: Duration = Duration::from_millis(1);
/// Past every limit on messages and tries, so that one round of a test does not disturb the next.
/// The pause between two messages.
pub(crate) const COOLDOWN: Duration = Duration::from_secs(30);
pub(crate) const LONG: Duration = Duration::from_secs(7 * 3600);

pub(crate) const MOBILE: &str = "+12125550142";
pub(crate) const MAIL: &str = "rex@x.org";

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

pub(crate) fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

pub(crate) fn first_of_september() -> Date {
    parse_date("2026-09-01").unwrap()
}

/// The preset `wrs_staff` from 1 September 2026 on.
pub(crate) fn wrs_policy() -> Policy {
    presets::wrs_staff(first_of_september())
}

/// A clinic in `zone` under `policy`, on Monday 2026-09-14, at 10:00 there.
pub(crate) fn clinic_at(zone: &Zone, policy: Policy) -> Clinic {
    let clinic = Clinic::new(policy).unwrap();
    clinic.zone(zone.clone()).unwrap();
    clinic.clock.set(wall(zone, "2026-09-14", "10:00", 0));
    clinic
}

/// A clinic under `wrs_staff`, in UTC: for what no zone matters to.
pub(crate) fn wrs() -> Clinic {
    clinic_at(&Zone::utc(), wrs_policy())
}

/// A second factor is required of staff, by these methods, and every device is remembered under these rules.
pub(crate) fn remembering(trust: impl Into<TrustRules>) -> Layer {
    Layer::vendor()
        .requirement(Requirement::Required)
        .methods([Method::Sms, Method::Email])
        .trust(trust)
        .remember(RememberMode::Always)
}

/// Authenticator apps, recovery codes and messages, all of them.
pub(crate) fn every_method() -> Policy {
    Policy::new().layer(
        Layer::vendor()
            .requirement(Requirement::Required)
            .methods(Method::ALL)
            .trust(TrustRule::default())
            .remember(RememberMode::OptIn),
    )
}

/// The day of the practice from `starts_at` on.
pub(crate) fn practice_day(starts_at: &str) -> PracticeDay<ZoneSource> {
    PracticeDay::new(ZoneSource::Practice, parse_time(starts_at).unwrap())
}

/// The instant at which the clock on the wall shows this.
pub(crate) fn wall(zone: &Zone, date: &str, time: &str, seconds: u64) -> Timestamp {
    let date: Date = parse_date(date).unwrap();
    let time: Time = parse_time(time).unwrap();
    zone.first_instant(date, time)
        .saturating_add(Duration::from_secs(seconds))
}

/// A wrong code: as long as the right one and different from it.
pub(crate) fn wrong(code: &str) -> String {
    let last = code.chars().last().unwrap().to_digit(10).unwrap();
    format!("{}{}", &code[..code.len() - 1], (last + 1) % 10)
}

/// A code that is neither of these.
pub(crate) fn neither(one: &str, other: &str) -> String {
    [wrong(one), wrong(&wrong(one))]
        .into_iter()
        .find(|code| code != other)
        .unwrap()
}

/// A person of this population with these contacts.
pub(crate) fn person(clinic: &Clinic, id: &str, population: Population, sms: Option<&str>) -> Subject {
    let subject = Subject::parse(Clinic::<SharedStore>::PRACTICE, id).unwrap();
    let mut person = Person::new(subject.clone(), population);
    if let Some(number) = sms {
        person = person.destination(Destination::sms(number).unwrap());
    }
    clinic.directory.put_person(person);
    subject
}

pub(crate) fn practice_id() -> PracticeId {
    PracticeId::new(Clinic::<SharedStore>::PRACTICE).unwrap()
}

/// Short ways to ask a clinic.
pub(crate) trait Ask {
    fn rex(&self) -> Subject;
    fn asks(&self, subject: &Subject) -> Challenge;
    fn asks_session(&self, subject: &Subject, session: &str) -> Challenge;
    fn code(&self, challenge: &Challenge) -> String;
    fn answer(&self, challenge: &Challenge, typed: &str) -> Result<Pass, Rejection>;
    fn why_not(&self, challenge: &Challenge, typed: &str) -> Reason;
    fn resend(&self, challenge: &Challenge, channel: Channel) -> Sending;
    fn log(&self, subject: &Subject) -> Vec<Entry>;
    fn count(&self, subject: &Subject, event: Event) -> usize;
    fn last(&self, subject: &Subject) -> Entry;
    fn sent(&self) -> usize;
}

impl Ask for Clinic {
    /// Rex of the staff, with a mobile and a mailbox.
    fn rex(&self) -> Subject {
        self.staff("rex", Some(MOBILE), Some(MAIL)).unwrap()
    }

    fn asks(&self, subject: &Subject) -> Challenge {
        self.challenge(subject, None).block_on().unwrap()
    }

    /// A challenge of a browser of its own.
    fn asks_session(&self, subject: &Subject, session: &str) -> Challenge {
        let request = self.request(subject, Purpose::sign_in(), None).session(session);
        match self.verifier.begin(request).block_on().unwrap() {
            Ruling::Challenge(challenge) => challenge,
            other => panic!("{other:?}"),
        }
    }

    /// The code that is sent for a challenge; after one that was given up or ran out of tries, once the pause between
    /// two messages is over.
    fn code(&self, challenge: &Challenge) -> String {
        if let Ok(code) = self.send_sms(challenge).block_on() {
            return code;
        }
        self.clock.forward(COOLDOWN);
        self.send_sms(challenge).block_on().unwrap()
    }

    fn answer(&self, challenge: &Challenge, typed: &str) -> Result<Pass, Rejection> {
        self.submit(challenge, typed, Remember::No).block_on().unwrap()
    }

    fn why_not(&self, challenge: &Challenge, typed: &str) -> Reason {
        self.answer(challenge, typed).unwrap_err().reason()
    }

    fn resend(&self, challenge: &Challenge, channel: Channel) -> Sending {
        self.verifier
            .resend(challenge.ticket(), channel)
            .block_on()
            .unwrap()
    }

    /// All entries about a person, over all pages.
    fn log(&self, subject: &Subject) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut query = EntryQuery::subject(subject).limit(EntryQuery::MAX_PAGE);
        loop {
            let page = self.verifier.history(&query).block_on().unwrap();
            entries.extend(page.entries);
            match page.next {
                Some(cursor) => query = query.after(cursor),
                None => return entries,
            }
        }
    }

    fn count(&self, subject: &Subject, event: Event) -> usize {
        let log = self.log(subject);
        log.iter().filter(|entry| entry.event == event).count()
    }

    fn last(&self, subject: &Subject) -> Entry {
        self.log(subject).pop().unwrap()
    }

    /// How many messages were handed over so far.
    fn sent(&self) -> usize {
        self.outbox.messages().len()
    }
}

pub(crate) fn is_sent(sending: Sending) -> SentCodeInfo {
    match sending {
        Sending::Sent(info) => info,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn is_refused(sending: Sending) -> Refusal {
    match sending {
        Sending::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// A browser: it keeps the cookie of each person who signed in on it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// How a sign-in went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// A code was asked for and given.
    Asked,
    /// The device is remembered until then.
    Trusted(Timestamp),
    /// Nothing was asked, for this reason.
    NotRequired(Reason),
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn cookie(&self, subject: &Subject) -> Option<&str> {
        self.cookies
            .get(&DeviceCookie::name_for(subject))
            .map(String::as_str)
    }

    pub(crate) fn cookies(&self) -> usize {
        self.cookies.len()
    }

    pub(crate) fn clear(&mut self) {
        self.cookies.clear();
    }

    /// Sets the cookie of a pass, as a browser does.
    pub(crate) fn keep(&mut self, pass: &Pass) {
        if let Some(cookie) = pass.device_cookie() {
            self.cookies.insert(cookie.name().into(), cookie.value().into());
        }
    }

    pub(crate) fn begin(&mut self, clinic: &Clinic, subject: &Subject) -> Ruling {
        let ruling = clinic.begin(subject, self.cookie(subject)).block_on().unwrap();
        if let Ruling::Pass(pass) = &ruling {
            self.keep(pass);
        }
        ruling
    }

    /// Signs in with whatever it takes, by text message.
    pub(crate) fn sign_in(&mut self, clinic: &Clinic, subject: &Subject) -> SignIn {
        match self.begin(clinic, subject) {
            Ruling::Challenge(challenge) => {
                let code = clinic.code(&challenge);
                self.keep(&clinic.answer(&challenge, &code).unwrap());
                SignIn::Asked
            }
            Ruling::Pass(pass) => match pass.why() {
                Why::Trusted { until } => SignIn::Trusted(until),
                Why::NotRequired(reason) => SignIn::NotRequired(reason),
                why => panic!("{why:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    /// Whether this browser would be let in without a code now.
    pub(crate) fn is_trusted(&mut self, clinic: &Clinic, subject: &Subject) -> bool {
        match self.begin(clinic, subject) {
            Ruling::Pass(pass) => matches!(pass.why(), Why::Trusted { .. }),
            _ => false,
        }
    }
}

/// Something happens right after a message was handed over, before the library hears of it.
pub(crate) struct Hooked {
    inner: Arc<CapturingDelivery>,
    hook: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Hooked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hooked")
    }
}

impl Delivery for Hooked {
    async fn deliver(&self, message: &CodeMessage) -> Handover {
        let handover = self.inner.deliver(message).await;
        (self.hook)();
        handover
    }

    async fn notify(&self, notice: &Notice) -> Handover {
        self.inner.notify(notice).await
    }
}

/// A verifier of the same clinic whose deliveries are followed by `hook`.
pub(crate) fn hooked(
    clinic: &Clinic,
    hook: impl Fn() + Send + Sync + 'static,
) -> Verifier<SharedStore, Hooked, Arc<MemoryDirectory>> {
    Verifier::builder(
        clinic.verifier.policy().clone(),
        Clinic::<SharedStore>::keys().unwrap(),
    )
    .store(Arc::clone(&clinic.store))
    .delivery(Hooked {
        inner: Arc::clone(&clinic.outbox),
        hook: Box::new(hook),
    })
    .directory(Arc::clone(&clinic.directory))
    .clock(clinic.clock.clone())
    .entropy(clinic.entropy.clone())
    .build()
    .unwrap()
}
