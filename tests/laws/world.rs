//! Runs operations on two real verifiers over one store, and has everything that is written held against the
//! model.

use core::fmt::Debug;
use std::sync::Arc;

use medfactor::audit::{Actor, Entry};
use medfactor::contact::Destination;
use medfactor::delivery::Handover;
use medfactor::directory::{Person, Practice};
use medfactor::flow::{Pass, Remember};
use medfactor::ids::{PracticeId, Subject};
use medfactor::keys::{KeyId, KeyRing};
use medfactor::policy::Population;
use medfactor::purpose::Purpose;
use medfactor::store::Change;
use medfactor::testing::{Clinic, ClinicVerifier, Faults};
use medfactor::time::{Timestamp, Zone};
use medfactor::verifier::Error;

use super::entries::Call;
use super::model::{Model, Secret, Somebody};
use super::operation::{Flavour, Operation};
use super::policies;
use super::watch::{Stack, Told, stack};

pub(crate) struct World {
    pub(crate) clinic: Clinic<Arc<Stack>>,
    pub(crate) verifiers: [ClinicVerifier<Arc<Stack>>; 2],
    pub(crate) policies: [u8; 2],
    pub(crate) rings: [KeyRing; 2],
    /// What the clock showed before it broke.
    pub(crate) clock_broke_at: Option<Timestamp>,
    pub(crate) entropy_is_broken: bool,
    pub(crate) model: Model,
    /// All that was ever answered, as `Debug` shows it.
    pub(crate) said: String,
    messages: usize,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let clinic = Clinic::on(Arc::new(stack(seed)), policies::policy(0)).unwrap();
        let ring = Clinic::<Arc<Stack>>::keys().unwrap();
        let verifier = || {
            clinic
                .another_verifier(policies::policy(0), ring.clone())
                .unwrap()
        };
        let verifiers = [verifier(), verifier()];
        let mut world = Self {
            clinic,
            verifiers,
            policies: [0, 0],
            rings: [ring.clone(), ring],
            clock_broke_at: None,
            entropy_is_broken: false,
            model: Model::default(),
            said: String::new(),
            messages: 0,
        };
        for practice in ["north", "south"] {
            let here = Practice::new("Harbour Clinic").zone(Zone::utc());
            world
                .clinic
                .directory
                .put_practice(PracticeId::new(practice).unwrap(), here);
        }
        // The same three names in both practices; the third person of each has the telephone of the first.
        for (number, (id, phone)) in [("ann", 41), ("bob", 42), ("cat", 41)].into_iter().enumerate() {
            for practice in ["north", "south"] {
                let subject = Subject::parse(practice, id).unwrap();
                let (sms, email) = (
                    format!("+121255501{phone}"),
                    format!("{id}.{number}@mail.example"),
                );
                world.model.people.push(Somebody::new(subject, &sms, &email));
                world.put_person(world.model.people.len() - 1);
            }
        }
        world
    }

    /// Puts the person into the directory as the model has them.
    pub(crate) fn put_person(&mut self, who: usize) {
        let somebody = &self.model.people[who];
        let person = Person::new(somebody.subject.clone(), Population::Staff)
            .account_name(format!("{}@clinic.example", somebody.subject.id().as_str()))
            .destination(Destination::sms(&somebody.sms).unwrap())
            .destination(Destination::email(&somebody.email).unwrap());
        self.model.secrets.push(Secret::Text(somebody.sms.clone()));
        self.model.secrets.push(Secret::Text(somebody.email.clone()));
        self.clinic.directory.put_person(person);
    }

    pub(crate) fn run(operations: &[Operation], seed: u64) -> Self {
        let mut world = Self::new(seed);
        for operation in operations {
            world.step(operation);
            if !world.model.breaches.is_empty() {
                world
                    .model
                    .breaches
                    .iter_mut()
                    .for_each(|(_, what)| *what += &format!(", at {operation:?}"));
                break;
            }
        }
        world
    }

    /// What a call was answered, held against what was written meanwhile. Gives the answer back.
    pub(crate) fn heard<T: Debug>(&mut self, answer: Result<T, Error>, call: &HeardCall<'_>) -> Option<T> {
        self.said += &format!("{answer:?}\n");
        let told = self.clinic.store.take();
        let written = self.clinic.store.inner().inner().take();
        if let (Ok(_), Some((_, told))) = (&answer, told.last())
            && *told != Told::Committed
        {
            self.model.breach(7, format!("an answer left on {told:?}"));
        }
        let policy = policies::policy(self.policies[call.by]);
        let call = Call {
            policy: &policy,
            clock: self.clinic.clock.read(),
            typed: call.typed,
            remember: call.remember,
            cookie: call.cookie,
            enrolling: call.enrolling,
        };
        for (change, told) in written.iter().filter(|(_, told)| *told == Told::Committed) {
            self.whole(change, *told);
            self.model.read(&change.entries, &call);
        }
        self.read_messages();
        if self.clock_broke_at.is_some() || self.entropy_is_broken {
            let opened = written.iter().flat_map(|(change, _)| &change.entries).any(opens);
            if opened {
                self.model
                    .breach(4, "something was opened without a clock or randomness");
            }
        }
        answer.ok()
    }

    /// Every written change tells what it is, about those it is about.
    fn whole(&mut self, change: &Change, told: Told) {
        self.said += &format!("{change:?} {told:?}\n");
        if change.entries.is_empty() {
            self.model.breach(7, "a record was written without an entry");
        }
        for write in &change.writes {
            let about = |entry: &Entry| {
                let same = entry
                    .subject
                    .as_ref()
                    .is_some_and(|id| id.as_str() == write.key.name());
                entry.practice == *write.key.practice() && (same || write.key.kind() != "subject")
            };
            if !change.entries.iter().all(about) {
                self.model
                    .breach(7, "an entry about somebody else than the record");
            }
        }
    }

    /// The codes that were handed over belong to codes whose issue is written.
    fn read_messages(&mut self) {
        let messages = self.clinic.outbox.messages();
        for message in &messages[self.messages..] {
            self.model.secrets.push(Secret::Digits(message.code.clone()));
            let codes = self
                .model
                .challenges
                .iter_mut()
                .flat_map(|begun| &mut begun.codes);
            match codes.into_iter().find(|sent| sent.delivery == message.id) {
                Some(sent) if sent.destination == message.destination.expose() => {
                    sent.digits.clone_from(&message.code);
                }
                Some(_) => self
                    .model
                    .breach(1, "a code went to another destination than the directory's"),
                None => self.model.breach(7, "a message left before its code was written"),
            }
        }
        self.messages = messages.len();
    }

    /// Takes a pass: it must be what was just written, and its token goes to the browser.
    pub(crate) fn take(&mut self, who: usize, purpose: &Purpose, pass: Pass) {
        let why = match pass.why() {
            medfactor::flow::Why::Verified(method) => format!("passed by {method:?}"),
            medfactor::flow::Why::Trusted { .. } => "passed by trust".into(),
            medfactor::flow::Why::Granted { .. } => "passed by a grant".into(),
            medfactor::flow::Why::NotRequired(reason) => format!("passed by {reason:?}"),
            why => format!("passed by {why:?}"),
        };
        self.model.count(why);
        let somebody = &self.model.people[who];
        let page = pollster::block_on(
            self.verifiers[0].history(
                &medfactor::audit::EntryQuery::subject(&somebody.subject)
                    .limit(medfactor::audit::EntryQuery::MAX_PAGE),
            ),
        );
        let told = page.unwrap().entries.into_iter().rev().find(opens);
        let told =
            told.filter(|entry| entry.at == pass.at() && entry.purpose.as_ref() == Some(pass.purpose()));
        let method = told.as_ref().and_then(|entry| entry.method);
        if told.is_none()
            || method != pass.method()
            || *pass.subject() != somebody.subject
            || pass.purpose() != purpose
        {
            self.model.breach(1, "a pass that is not what was written");
        }
        let somebody = &mut self.model.people[who];
        if let (Some(cookie), Some(id)) = (pass.device_cookie(), pass.device()) {
            let token = cookie.value().to_string();
            let mac = token.rsplit('.').next().unwrap_or_default().to_string();
            self.model.secrets.push(Secret::Text(mac));
            let device = somebody.devices.iter_mut().find(|device| device.id == id);
            if let Some(newest) = device.and_then(|device| device.tokens.last_mut()) {
                newest.0 = Some(token.clone());
            }
            somebody.cookies.push(token);
        }
        if purpose.name() == Purpose::MANAGE_AUTHENTICATORS {
            somebody.passes.push(super::model::Kept { pass, ended: false });
        }
    }

    pub(crate) fn staff() -> Actor {
        Actor::host("front desk")
    }

    pub(crate) fn purpose(number: u8) -> Purpose {
        match number {
            0 => Purpose::sign_in(),
            1 => Purpose::new("prescribe").unwrap(),
            _ => Purpose::manage_authenticators(),
        }
    }

    /// What surrounds the verifiers changes.
    pub(crate) fn change_surroundings(&mut self, operation: &Operation) {
        match operation {
            Operation::Forward { milliseconds } if self.clock_broke_at.is_none() => {
                self.clinic
                    .clock
                    .forward(core::time::Duration::from_millis(*milliseconds));
            }
            Operation::Back { seconds } if self.clock_broke_at.is_none() => {
                self.clinic.clock.back(core::time::Duration::from_secs(*seconds));
            }
            Operation::Policy { number, by } => {
                let by = usize::from(*by);
                self.policies[by] = *number;
                self.rebuild(by);
            }
            Operation::Rotate { by } => {
                let by = usize::from(*by);
                let next = self.rings[by].current().number() + 1;
                let mut key = *b"the clinic's next key, for tests";
                key[0] = u8::try_from(next).unwrap();
                if let Ok(ring) = self.rings[by].clone().rotate(KeyId::new(next), key) {
                    self.rings[by] = ring;
                    self.rebuild(by);
                }
            }
            Operation::Faults {
                load,
                commit,
                lost_answer,
                conflict,
            } => {
                let mut faults = Faults::default();
                (faults.load, faults.commit) = (*load, *commit);
                (faults.lost_answer, faults.conflict) = (*lost_answer, *conflict);
                self.clinic.store.inner().set(faults);
            }
            Operation::Entropy { broken } => {
                self.entropy_is_broken = *broken;
                self.clinic.entropy.set_broken(*broken);
            }
            Operation::Clock { broken: true } if self.clock_broke_at.is_none() => {
                self.clock_broke_at = Some(self.clinic.clock.read());
                self.clinic.clock.break_down();
            }
            Operation::Clock { broken: false } => {
                if let Some(at) = self.clock_broke_at.take() {
                    self.clinic.clock.set(at);
                }
            }
            _ => {}
        }
    }

    fn rebuild(&mut self, by: usize) {
        let policy = policies::policy(self.policies[by]);
        self.verifiers[by] = self
            .clinic
            .another_verifier(policy, self.rings[by].clone())
            .unwrap();
    }

    pub(crate) fn handover(outcome: u8) -> Handover {
        use medfactor::delivery::NotSent;
        match outcome {
            0 => Handover::Accepted {
                provider_id: Some("carrier-1".into()),
            },
            1 => Handover::Unknown,
            2 => Handover::NotSent(NotSent::Unavailable),
            3 => Handover::NotSent(NotSent::BadDestination),
            _ => Handover::Accepted { provider_id: None },
        }
    }
}

/// What [`World::heard`] has to know of a call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeardCall<'a> {
    pub(crate) by: usize,
    pub(crate) typed: Option<&'a str>,
    pub(crate) remember: Remember,
    pub(crate) cookie: Option<&'a str>,
    pub(crate) enrolling: bool,
}

/// Whether an entry tells of something opened.
pub(crate) fn opens(entry: &Entry) -> bool {
    use medfactor::audit::Event;
    matches!(entry.event, Event::Verified | Event::Trusted | Event::NotRequired)
}

/// The length of sequences, and the number of them unless `PROPTEST_CASES` says more.
pub(crate) const LENGTH: usize = 60;

pub(crate) fn config() -> proptest::test_runner::Config {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    proptest::test_runner::Config {
        cases: cases.unwrap_or(64),
        failure_persistence: None,
        ..Default::default()
    }
}

pub(crate) fn walks(flavour: Flavour) -> impl proptest::strategy::Strategy<Value = (Vec<Operation>, u64)> {
    (
        super::operation::operations(flavour, LENGTH),
        proptest::num::u64::ANY,
    )
}
