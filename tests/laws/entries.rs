//! Reads what was written, and holds it against the model.

use medfactor::audit::{Entry, Event, Reason};
use medfactor::flow::Remember;
use medfactor::ids::DeviceId;
use medfactor::method::Method;
use medfactor::policy::{Policy, Requirement};
use medfactor::purpose::Purpose;
use medfactor::time::Timestamp;
use medfactor::trust::RememberMode;

use super::model::{App, Device, Model, Sent};

/// What the model has to know of the call that caused the entries.
pub(crate) struct Call<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) clock: Timestamp,
    pub(crate) typed: Option<&'a str>,
    pub(crate) remember: Remember,
    pub(crate) cookie: Option<&'a str>,
    /// It confirms an enrolment.
    pub(crate) enrolling: bool,
}

impl Model {
    /// Takes note of one committed change.
    pub(crate) fn read(&mut self, entries: &[Entry], call: &Call<'_>) {
        for (place, entry) in entries.iter().enumerate() {
            self.count(entry.event.as_str());
            let owner = self.people.iter().position(|somebody| {
                *somebody.subject.practice() == entry.practice
                    && Some(somebody.subject.id()) == entry.subject.as_ref()
            });
            let Some(who) = owner else { continue };
            self.read_time(who, entry);
            self.read_one(who, entry, call, &entries[place..]);
        }
    }

    /// Time goes forward for each person; only staff put it right, and then nothing that was goes on.
    fn read_time(&mut self, who: usize, entry: &Entry) {
        if entry.at >= self.people[who].latest {
            self.people[who].latest = entry.at;
        } else if matches!(entry.event, Event::Unlocked | Event::Offboarded) {
            self.people[who].latest = entry.at;
            self.end(who, None);
            self.count("time put right");
        } else {
            self.breach(8, format!("{:?} goes back in time", entry.event));
        }
    }

    fn read_one(&mut self, who: usize, entry: &Entry, call: &Call<'_>, rest: &[Entry]) {
        let done = entry.reason.is_none();
        match entry.event {
            Event::NotRequired => self.not_required(who, entry, call),
            Event::Trusted => {
                let shown = (entry.device.unwrap(), entry.until.unwrap(), entry.at);
                let purpose = entry.purpose.as_ref().unwrap();
                if let Err(why) = self.explain_trust(who, call.cookie, shown, purpose, call.policy) {
                    self.breach(1, format!("trusted by {why}"));
                }
            }
            Event::Verified => self.verified(who, entry, call, rest),
            Event::TrustGranted => self.granted(who, entry, call),
            Event::CodeIssued => self.issued(who, entry, call),
            Event::CodeSuperseded | Event::SendNotSent => {
                if let Some(begun) = self.challenge(entry.challenge) {
                    let codes = begun.codes.iter_mut();
                    codes
                        .filter(|sent| Some(sent.delivery) == entry.delivery)
                        .for_each(|sent| sent.over = true);
                }
            }
            Event::SendAccepted => {
                if let Some(begun) = self.challenge(entry.challenge) {
                    let codes = begun.codes.iter_mut();
                    let older = codes.take_while(|sent| Some(sent.delivery) != entry.delivery);
                    older.for_each(|sent| sent.over = true);
                }
            }
            Event::AttemptFailed => self.attempt_failed(who, entry, call, rest),
            Event::Throttled => self.end_challenges(who),
            Event::Locked => {
                self.people[who].locked = true;
                self.end(who, None);
            }
            Event::Unlocked => {
                let somebody = &mut self.people[who];
                somebody.locked = false;
                somebody.wrong.clear();
                somebody.in_a_row = 0;
            }
            Event::Cancelled if done => {
                if let Some(begun) = self.challenge(entry.challenge) {
                    begun.over = true;
                }
            }
            Event::AuthenticatorAdded => self.added(who, entry, call),
            Event::AuthenticatorRemoved if done => {
                let somebody = &mut self.people[who];
                let apps = somebody.apps.iter_mut();
                apps.filter(|app| Some(app.id) == entry.authenticator)
                    .for_each(|app| app.gone = true);
                if !somebody.has_app() {
                    somebody.void_recovery.append(&mut somebody.recovery);
                }
                self.end(who, None);
            }
            Event::RecoveryCodesMade if done => {
                let somebody = &mut self.people[who];
                somebody.void_recovery.append(&mut somebody.recovery);
                if !call.enrolling {
                    self.end(who, None);
                }
            }
            Event::AuthenticatorsReset | Event::Offboarded => {
                let somebody = &mut self.people[who];
                somebody.apps.iter_mut().for_each(|app| app.gone = true);
                somebody.void_recovery.append(&mut somebody.recovery);
                if entry.event == Event::Offboarded {
                    somebody.offboarded = true;
                    somebody.devices.iter_mut().for_each(|device| device.gone = true);
                }
                self.end(who, None);
            }
            Event::Reinstated => self.people[who].offboarded = false,
            Event::TrustTheft | Event::DevicesForgotten => {
                let theft = entry.device;
                let devices = self.people[who].devices.iter_mut();
                devices
                    .filter(|device| theft.is_none_or(|id| device.id == id))
                    .for_each(|device| device.gone = true);
                self.end(who, None);
            }
            Event::DeviceForgotten if done => {
                let devices = self.people[who].devices.iter_mut();
                devices
                    .filter(|device| Some(device.id) == entry.device)
                    .for_each(|device| device.gone = true);
            }
            Event::PasswordChanged => {
                let rules = self.people[who].rules(call.policy, &Purpose::sign_in(), entry.at);
                if entry.device.is_some() && !rules.keep_device_on_password_change() {
                    self.breach(1, "a device kept against the policy");
                }
                self.end(who, entry.device);
            }
            Event::ContactChanged => {
                self.end_trust(who, None);
                for begun in self.challenges.iter_mut().filter(|begun| begun.who == who) {
                    let codes = begun.codes.iter_mut();
                    codes
                        .filter(|sent| Some(Method::from(sent.channel)) == entry.method)
                        .for_each(|sent| sent.over = true);
                }
            }
            Event::RoleChanged => {
                let rules = self.people[who].rules(call.policy, &Purpose::sign_in(), entry.at);
                if rules.trust_ends_on_role_change() {
                    self.end(who, None);
                }
            }
            Event::GraceGranted => {
                if self.people[who].grace_until.is_some() {
                    self.breach(8, "grace was granted twice");
                }
                self.people[who].grace_until = entry.until;
            }
            _ => {}
        }
    }

    fn not_required(&mut self, who: usize, entry: &Entry, call: &Call<'_>) {
        let purpose = entry.purpose.as_ref().unwrap();
        let somebody = &self.people[who];
        let rules = somebody.rules(call.policy, purpose, entry.at);
        let contact = rules
            .methods()
            .as_slice()
            .iter()
            .any(|method| method.channel().is_some());
        let manages = purpose.name() == Purpose::MANAGE_AUTHENTICATORS;
        let explained = !somebody.offboarded
            && match entry.reason {
                Some(Reason::PolicyOff) => {
                    !manages && rules.requirement() == Requirement::Off && !somebody.has_app()
                }
                Some(Reason::EnrolmentGrace) => {
                    !manages
                        && !contact
                        && !somebody.has_app()
                        && somebody.grace_until.is_some_and(|until| entry.at < until)
                }
                _ => false,
            };
        if !explained {
            self.breach(
                1,
                format!("{purpose:?} not required because of {:?}", entry.reason),
            );
        }
    }

    fn verified(&mut self, who: usize, entry: &Entry, call: &Call<'_>, rest: &[Entry]) {
        let (challenge, method) = (entry.challenge.unwrap(), entry.method.unwrap());
        if call.enrolling {
            // The code that confirmed an enrolment was judged with it.
            let waiting = self.challenge(Some(challenge)).is_some_and(|begun| {
                begun.enrolling && !begun.over && begun.who == who && entry.at < begun.expires_at
            });
            if !waiting || method != Method::Totp {
                self.breach(1, "an enrolment opened what did not wait for it");
            }
        } else {
            let typed = call.typed.unwrap_or_default();
            if let Err(why) = self.explain(challenge, typed, method, entry.at, call.clock, call.policy) {
                self.breach(1, format!("verified {why}"));
            }
            if self
                .challenge(Some(challenge))
                .is_none_or(|begun| begun.who != who)
            {
                self.breach(1, "a challenge of somebody else");
            }
        }
        let allowed = self.challenge(Some(challenge)).map(|begun| {
            begun.over = true;
            (begun.purpose.clone(), begun.devices.clone())
        });
        if let Some((purpose, devices)) = allowed
            && (Some(&purpose) != entry.purpose.as_ref()
                || entry.device.is_some_and(|id| !devices.contains(&id)))
        {
            self.breach(1, "for another purpose or device than was begun");
        }
        self.people[who].in_a_row = 0;
        let new = rest.iter().find(|entry| entry.event == Event::NewDeviceVerified);
        let device = new.and_then(|entry| entry.device).or(entry.device);
        if let Some(id) = device {
            self.renew(who, id, entry);
        }
        if method == Method::RecoveryCode {
            self.end(who, None);
        }
    }

    fn renew(&mut self, who: usize, id: DeviceId, entry: &Entry) {
        let devices = &mut self.people[who].devices;
        if !devices.iter().any(|device| device.id == id) {
            devices.push(Device {
                id,
                gone: false,
                tokens: Vec::new(),
                trust: Default::default(),
            });
        }
        let device = devices.iter_mut().find(|device| device.id == id).unwrap();
        device.renew(entry.at);
        device.trust.remove(entry.purpose.as_ref().unwrap().name());
    }

    fn granted(&mut self, who: usize, entry: &Entry, call: &Call<'_>) {
        let purpose = entry.purpose.as_ref().unwrap();
        let rules = self.people[who].rules(call.policy, purpose, entry.at);
        let wanted = match rules.remember() {
            RememberMode::Never => false,
            RememberMode::OptIn => call.remember == Remember::Yes,
            RememberMode::Always => true,
        };
        if !wanted
            || rules.trust_end(entry.at) != entry.until
            || purpose.name() == Purpose::MANAGE_AUTHENTICATORS
        {
            self.breach(1, "trust that the policy does not give");
        }
        let devices = &mut self.people[who].devices;
        if let Some(device) = devices.iter_mut().find(|device| Some(device.id) == entry.device) {
            device
                .trust
                .insert(purpose.name().into(), (entry.at, entry.until.unwrap()));
        }
    }

    fn issued(&mut self, who: usize, entry: &Entry, call: &Call<'_>) {
        let purpose = entry.purpose.as_ref().unwrap();
        let rules = self.people[who].rules(call.policy, purpose, entry.at);
        let channel = entry.method.unwrap().channel().unwrap();
        let destination = self.people[who].contact(channel).to_string();
        let sent = Sent {
            delivery: entry.delivery.unwrap(),
            channel,
            digits: String::new(),
            destination,
            at: entry.at,
            lifetime: rules.code_lifetime().get(),
            over: false,
        };
        if let Some(begun) = self.challenge(entry.challenge) {
            begun.codes.push(sent);
        }
    }

    fn attempt_failed(&mut self, who: usize, entry: &Entry, call: &Call<'_>, rest: &[Entry]) {
        let Some(place) = self
            .challenges
            .iter()
            .position(|begun| Some(begun.id) == entry.challenge)
        else {
            return;
        };
        match entry.reason {
            Some(Reason::Wrong) => self.wrong(who, place, entry, call, rest),
            Some(Reason::CodeExpired | Reason::Superseded | Reason::AlreadyUsed)
                if !self.challenges[place].over =>
            {
                self.challenges[place].outdated += 1;
                if self.challenges[place].outdated > 3 {
                    self.breach(3, "outdated codes were forgiven too often");
                }
            }
            Some(Reason::SharedLogin) => {
                // A right answer that was turned away all the same: it is spent, and the challenge over.
                let typed = call.typed.unwrap_or_default();
                for method in Method::ALL {
                    let id = self.challenges[place].id;
                    if self
                        .explain(id, typed, method, entry.at, call.clock, call.policy)
                        .is_ok()
                    {
                        if method == Method::RecoveryCode {
                            self.end(who, None);
                        }
                        break;
                    }
                }
                self.challenges[place].over = true;
            }
            _ => {}
        }
    }

    fn wrong(&mut self, who: usize, place: usize, entry: &Entry, call: &Call<'_>, rest: &[Entry]) {
        let (begun, somebody) = (&mut self.challenges[place], &mut self.people[who]);
        let rules = somebody.rules(call.policy, &begun.purpose, entry.at);
        let mut told = Vec::new();
        if begun.over || somebody.locked || entry.at >= begun.expires_at {
            told.push("a guess was judged in a challenge that was over");
        }
        begun.wrong += 1;
        begun.most_wrong = begun.most_wrong.max(rules.tries_per_challenge().get().into());
        if begun.wrong > begun.most_wrong {
            told.push("too many guesses in one challenge");
        }
        if begun.wrong >= rules.tries_per_challenge().get().into() {
            begun.over = true;
        }
        somebody.wrong.push(entry.at);
        let from = entry.at.saturating_sub(rules.tries_window().get());
        let recent = somebody.wrong.iter().filter(|at| **at > from).count();
        if recent > usize::from(rules.tries_per_subject().get()) {
            told.push("too many guesses in the window");
        }
        somebody.in_a_row += 1;
        let limit = u32::from(rules.tries_in_a_row().get());
        let locks = rest.iter().any(|entry| entry.event == Event::Locked);
        if somebody.in_a_row > 100 || (somebody.in_a_row >= limit && !locks) {
            told.push("too many guesses in a row");
        }
        told.into_iter().for_each(|told| self.breach(3, told));
    }

    fn added(&mut self, who: usize, entry: &Entry, call: &Call<'_>) {
        let somebody = &mut self.people[who];
        let Some(shown) = somebody
            .pending
            .take()
            .filter(|shown| Some(shown.id) == entry.authenticator)
        else {
            return self.breach(1, "an authenticator that nobody was shown");
        };
        let rules = somebody.rules(call.policy, &Purpose::manage_authenticators(), entry.at);
        let skew = i64::from(rules.totp_skew().steps());
        let typed = call.typed.unwrap_or_default();
        let proved = (-skew..=skew).find(|steps| shown.app.code_of_step(call.clock, *steps) == typed);
        let now = call.clock.unix_seconds() / 30;
        somebody.apps.push(App {
            id: shown.id,
            app: shown.app,
            gone: false,
            last_step: now.saturating_add_signed(proved.unwrap_or_default()),
        });
        if proved.is_none() {
            self.breach(1, "an authenticator that has not proved itself");
        }
        let waiting = shown.challenge;
        let over = self.challenge(waiting).map(|begun| begun.over);
        self.end(who, None);
        if let (Some(begun), Some(over)) = (self.challenge(waiting), over) {
            begun.over = over;
        }
    }
}
