//! Histories made by a real verifier: people of two practices sign in, fail, enrol, are locked and leave.

use core::time::Duration;

use medfactor::audit::{Actor, Chain, ChainReport, Entry};
use medfactor::contact::Destination;
use medfactor::directory::Practice;
use medfactor::flow::{Consent, Remember, Ruling, Signal};
use medfactor::ids::{PracticeId, Subject};
use medfactor::method::Method;
use medfactor::policy::{Layer, Policy, Requirement};
use medfactor::record::RecordKey;
use medfactor::store::{MemoryStore, Store};
use medfactor::testing::Clinic;
use medfactor::trust::{RememberMode, TrustRule};
use pollster::block_on;

pub(crate) const PHONE: &str = "+12125550142";

pub(crate) fn policy() -> Policy {
    let layer = Layer::vendor()
        .requirement(Requirement::Required)
        .methods(Method::ALL)
        .trust(TrustRule::default())
        .remember(RememberMode::OptIn);
    Policy::new().layer(layer)
}

/// A clinic, and what is asked of it over and over.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) clinic: Clinic,
    pub(crate) people: Vec<Subject>,
    device: Option<String>,
}

impl History {
    /// Nothing has happened yet. The third person is unknown to the directory; the last is of another practice.
    pub(crate) fn new() -> Self {
        let clinic = Clinic::new(policy()).unwrap();
        let elsewhere = PracticeId::new("t2").unwrap();
        clinic
            .directory
            .put_practice(elsewhere, Practice::new("Elsewhere"));
        let people = vec![
            clinic.staff("ann", Some(PHONE), None).unwrap(),
            clinic.staff("bob", Some(PHONE), Some("bob@x.org")).unwrap(),
            Subject::parse("t1", "nobody").unwrap(),
            Subject::parse("t2", "ann").unwrap(),
        ];
        Self {
            clinic,
            people,
            device: None,
        }
    }

    pub(crate) fn of(steps: &[u8]) -> Self {
        let mut history = Self::new();
        history.play(steps);
        history
    }

    pub(crate) fn play(&mut self, steps: &[u8]) {
        for step in steps {
            block_on(self.step(step % 11, usize::from(step / 11)));
            self.clinic.clock.forward(Duration::from_secs(61));
        }
    }

    async fn step(&mut self, what: u8, who: usize) {
        let subject = &self.people[who % self.people.len()].clone();
        let (clinic, staff) = (&self.clinic, Actor::host("test"));
        let verifier = &clinic.verifier;
        // What is refused tells of itself too, so no answer matters here.
        match what {
            0 => drop(clinic.begin(subject, self.device.as_deref()).await),
            1 | 2 => {
                if let Ok(Ruling::Challenge(challenge)) = clinic.begin(subject, None).await {
                    let code = clinic.send_sms(&challenge).await;
                    let typed = code.as_deref().unwrap_or("123456");
                    let answer = clinic.submit(&challenge, typed, Remember::Yes).await.unwrap();
                    self.device = answer
                        .ok()
                        .and_then(|pass| pass.device_cookie().map(|cookie| cookie.value().into()));
                }
            }
            3 => {
                if let Ok(Ruling::Challenge(challenge)) = clinic.begin(subject, None).await {
                    drop(clinic.submit(&challenge, "123456", Remember::No).await);
                }
            }
            4 => drop(clinic.enrol(subject, "phone").await),
            5 | 6 => {
                let consent = if what == 5 {
                    Consent::OptOut
                } else {
                    Consent::OptIn
                };
                let number = Destination::sms("+12125550199").unwrap();
                let practice = subject.practice();
                verifier
                    .set_consent(practice, &number, consent, &staff)
                    .await
                    .unwrap();
            }
            7 => verifier.unlock(subject, &staff, "asked for it").await.unwrap(),
            8 => {
                let signal = Signal::PasswordChanged { keep: None };
                verifier.signal(subject, signal, &Actor::Subject).await.unwrap();
            }
            9 => verifier
                .signal(subject, Signal::Offboarded, &staff)
                .await
                .unwrap(),
            _ => {
                verifier
                    .signal(subject, Signal::Reinstated, &staff)
                    .await
                    .unwrap();
                verifier.purge(100).await.unwrap();
            }
        }
    }

    pub(crate) fn memory(&self) -> &MemoryStore {
        self.clinic.store.inner()
    }

    pub(crate) fn practice(&self) -> PracticeId {
        self.people[0].practice().clone()
    }

    /// Every chain there can be.
    pub(crate) fn chains(&self) -> Vec<Chain> {
        let mut chains: Vec<Chain> = self.people.iter().map(Chain::from).collect();
        chains.push(Chain::Practice(self.practice()));
        chains.push(Chain::from(self.people[3].practice()));
        chains
    }

    pub(crate) fn entries(&self, chain: &Chain) -> Vec<Entry> {
        block_on(self.memory().entries(&chain.query().limit(1000)))
            .unwrap()
            .entries
    }

    pub(crate) fn verify(&self, chain: &Chain) -> ChainReport {
        block_on(self.clinic.verifier.verify_chain(chain)).unwrap()
    }

    /// The stored bytes of the record that holds the head of a chain.
    pub(crate) fn record(&self, chain: &Chain) -> Option<Vec<u8>> {
        let rows = block_on(self.memory().load(&[key(chain)])).unwrap();
        rows[0].as_ref().map(|row| row.bytes.clone())
    }

    /// Changes the entries of one chain, which keep their places among all others.
    pub(crate) fn tamper(&self, chain: &Chain, change: impl FnOnce(&mut Vec<Entry>)) {
        let query = chain.query();
        self.memory().tamper(|all| {
            let (mut own, others): (Vec<Entry>, Vec<Entry>) = std::mem::take(all)
                .into_iter()
                .partition(|entry| query.matches(entry));
            change(&mut own);
            // Only the order within a chain means anything.
            *all = others.into_iter().chain(own).collect();
        });
    }
}

pub(crate) fn key(chain: &Chain) -> RecordKey {
    match chain {
        Chain::Subject(subject) => RecordKey::Subject(subject.clone()),
        Chain::Practice(practice) => RecordKey::Practice(practice.clone()),
    }
}
