//! What each operation does.

use medfactor::contact::Channel;
use medfactor::flow::{Authority, Begin, FirstFactor, Managed, Remember, Ruling, Verdict};
use medfactor::ids::DeviceId;
use medfactor::method::AuthenticatorKind;
use medfactor::testing::AuthenticatorApp;
use pollster::block_on;

use super::model::{Begun, Secret, Shown};
use super::operation::{Cookie, Operation, Typed};
use super::world::{HeardCall, World};

impl World {
    pub(crate) fn step(&mut self, operation: &Operation) {
        match *operation {
            Operation::Begin {
                who,
                purpose,
                cookie,
                session,
                stale,
                by,
            } => self.begin(who.into(), purpose, cookie, session, stale, by.into()),
            Operation::Send {
                ticket,
                email,
                again,
                outcome,
                by,
            } => self.send(ticket, channel(email), again, outcome, by.into()),
            Operation::Submit {
                ticket,
                ref typed,
                remember,
                by,
            } => self.submit(ticket, typed, remembering(remember), by.into()),
            Operation::Cancel { ticket } => {
                if let Some(place) = self.place(ticket) {
                    let answer = block_on(self.verifiers[0].cancel(&self.model.challenges[place].ticket));
                    self.heard(answer, &HeardCall::default());
                }
            }
            Operation::EnrolBegin { by_ticket, which } => self.enrol_begin(by_ticket, which),
            Operation::EnrolConfirm { right, remember } => self.enrol_confirm(right, remembering(remember)),
            Operation::Remove { .. } | Operation::Rename { .. } | Operation::MakeRecoveryCodes { .. } => {
                self.manage(operation);
            }
            Operation::Corrupt { who, how } => self.corrupt(who.into(), how),
            Operation::Garbage { ref text, spoil } => self.garbage(text, spoil),
            Operation::Forward { .. }
            | Operation::Back { .. }
            | Operation::Policy { .. }
            | Operation::Rotate { .. }
            | Operation::Faults { .. }
            | Operation::Entropy { .. }
            | Operation::Clock { .. } => self.change_surroundings(operation),
            _ => self.tell(operation),
        }
    }

    /// The place of a challenge, counted from the newest.
    pub(crate) fn place(&self, ticket: u8) -> Option<usize> {
        self.model.challenges.len().checked_sub(1 + usize::from(ticket))
    }

    pub(crate) fn begin(
        &mut self,
        who: usize,
        purpose: u8,
        cookie: Cookie,
        session: Option<u8>,
        stale: bool,
        by: usize,
    ) {
        let purpose = Self::purpose(purpose);
        let shown = match cookie {
            Cookie::None => None,
            Cookie::Own => self.model.people[who].cookies.last().cloned(),
            Cookie::Old(number) => nth_back(&self.model.people[who].cookies, number).cloned(),
            Cookie::Foreign(number) => {
                let other = self.model.other(who, number);
                self.model.people[other].cookies.last().cloned()
            }
        };
        let age = core::time::Duration::from_secs(if stale { 3_601 } else { 5 });
        let passed_at = self
            .clinic
            .clock
            .read()
            .max(self.model.people[who].latest)
            .saturating_sub(age);
        let subject = self.model.people[who].subject.clone();
        let mut request =
            Begin::new(&subject, purpose.clone(), FirstFactor::passed_at(passed_at)).device(shown.as_deref());
        if let Some(session) = session {
            request = request.session(&format!("session {session}"));
        }
        let answer = block_on(self.verifiers[by].begin(request));
        let call = HeardCall {
            by,
            cookie: shown.as_deref(),
            ..HeardCall::default()
        };
        let (id, ticket, enrolling, expires_at) = match self.heard(answer, &call) {
            Some(Ruling::Pass(pass)) => {
                if stale {
                    self.model.breach(1, "a stale first factor opened something");
                }
                return self.take(who, &purpose, pass);
            }
            Some(Ruling::Challenge(c)) => (c.id(), c.ticket().clone(), false, c.expires_at()),
            Some(Ruling::Enrol(e)) => (e.id(), e.ticket().clone(), true, e.expires_at()),
            Some(Ruling::Blocked(_)) | None => return,
        };
        self.model.secrets.push(Secret::Text(ticket.as_str().into()));
        let device = self.device_of(who, shown.as_deref());
        if let Some(begun) = self.model.challenge(Some(id)) {
            let slid =
                begun.expires_at != expires_at || begun.over || begun.who != who || begun.purpose != purpose;
            begun.devices.extend(device);
            if slid {
                self.model.breach(
                    8,
                    "a challenge that was over, or somebody else's, or ends at another time",
                );
            }
            return;
        }
        self.model.challenges.push(Begun {
            who,
            id,
            ticket,
            purpose,
            enrolling,
            expires_at,
            over: false,
            codes: Vec::new(),
            wrong: 0,
            most_wrong: 0,
            outdated: 0,
            devices: device.into_iter().collect(),
        });
    }

    fn device_of(&self, who: usize, token: Option<&str>) -> Option<DeviceId> {
        let devices = self.model.people[who].devices.iter();
        let mut owns = devices.filter(|device| {
            device
                .tokens
                .iter()
                .any(|(own, _)| own.is_some() && own.as_deref() == token)
        });
        owns.next().map(|device| device.id)
    }

    fn send(&mut self, ticket: u8, channel: Channel, again: bool, outcome: u8, by: usize) {
        let Some(place) = self.place(ticket) else { return };
        let ticket = self.model.challenges[place].ticket.clone();
        self.clinic.outbox.answer(Self::handover(outcome));
        let verifier = &self.verifiers[by];
        let answer = block_on(async {
            if again {
                verifier.resend(&ticket, channel).await
            } else {
                verifier.send(&ticket, channel).await
            }
        });
        self.heard(
            answer,
            &HeardCall {
                by,
                ..HeardCall::default()
            },
        );
    }

    fn submit(&mut self, ticket: u8, typed: &Typed, remember: Remember, by: usize) {
        let Some(place) = self.place(ticket) else { return };
        let Some(text) = self.text(place, typed) else {
            return;
        };
        let begun = &self.model.challenges[place];
        let (who, purpose, id) = (begun.who, begun.purpose.clone(), begun.id);
        let answer = block_on(self.verifiers[by].submit(&begun.ticket, &text, remember));
        let call = HeardCall {
            by,
            typed: Some(&text),
            remember,
            ..HeardCall::default()
        };
        if let Some(Verdict::Pass(pass)) = self.heard(answer, &call) {
            if pass.challenge() != Some(id) {
                self.model.breach(1, "a pass for another challenge");
            }
            self.take(who, &purpose, pass);
        }
    }

    /// What a person types.
    fn text(&self, place: usize, typed: &Typed) -> Option<String> {
        let begun = &self.model.challenges[place];
        let somebody = &self.model.people[begun.who];
        let digits = |begun: &Begun| {
            let sent = begun.codes.iter().rev().find(|sent| !sent.digits.is_empty());
            sent.map(|sent| sent.digits.clone())
        };
        let now = self.clinic.clock.read();
        match *typed {
            Typed::Newest => digits(begun),
            Typed::Older(number) => {
                let codes: Vec<_> = begun
                    .codes
                    .iter()
                    .rev()
                    .skip(1)
                    .filter(|sent| !sent.digits.is_empty())
                    .collect();
                nth_back(&codes, number).map(|sent| sent.digits.clone())
            }
            Typed::OtherChallenge(number) => {
                let others = self.model.challenges.iter();
                let codes: Vec<_> = others
                    .filter(|other| other.who == begun.who && other.id != begun.id)
                    .filter_map(digits)
                    .collect();
                nth_back(&codes, number).cloned()
            }
            Typed::Foreign(number) => {
                let others = self.model.challenges.iter();
                let codes: Vec<_> = others
                    .filter(|other| other.who != begun.who)
                    .filter_map(digits)
                    .collect();
                nth_back(&codes, number).cloned()
            }
            Typed::Random(number) => Some(format!("{:06}", number % 1_000_000)),
            Typed::Malformed(number) => nth_back(
                &["", "12345a", "１２３４５", "000000000000", "'; --", "\0"],
                number,
            )
            .map(|text| (*text).into()),
            Typed::Totp(number, steps) => {
                nth_back(&somebody.apps, number).map(|app| app.app.code_of_step(now, steps.into()))
            }
            Typed::ForeignTotp(number) => {
                let other = &self.model.people[self.model.other(begun.who, number)];
                other.apps.last().map(|app| app.app.code(now))
            }
            Typed::Recovery(number) => nth_back(&somebody.recovery, number).cloned(),
            Typed::UsedRecovery(number) => nth_back(&somebody.void_recovery, number).cloned(),
            Typed::Again(number) => nth_back(&self.model.opened_with, number).cloned(),
        }
    }

    fn enrol_begin(&mut self, by_ticket: bool, which: u8) {
        let mut found = None;
        if by_ticket {
            let waiting = self.model.challenges.iter().rev().filter(|begun| begun.enrolling);
            let waiting: Vec<_> = waiting.collect();
            if let Some(begun) = waiting.get(usize::from(which) % waiting.len().max(1)) {
                found = Some((begun.who, Some(begun.id), 0));
            }
        } else if let Some((who, pass)) = self.kept(which) {
            found = Some((who, None, pass));
        }
        let Some((who, challenge, pass)) = found else {
            return;
        };
        let ticket = self.model.challenge(challenge).map(|begun| begun.ticket.clone());
        let authority = match &ticket {
            Some(ticket) => Authority::EnrolFirst(ticket),
            None => Authority::Fresh(&self.model.people[who].passes[pass].pass),
        };
        let answer =
            block_on(self.verifiers[0].begin_enrolment(authority, "phone", AuthenticatorKind::Phone));
        if let Some(Managed::Done(new)) = self.heard(answer, &HeardCall::default()) {
            self.must_not_have_ended(who, challenge, pass);
            self.model.secrets.push(Secret::Text(new.secret().into()));
            let bytes = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, new.secret()).unwrap();
            self.model.secrets.push(Secret::Bytes(bytes));
            self.model.people[who].pending = Some(Shown {
                id: new.id(),
                app: AuthenticatorApp::scan(new.key_uri()).unwrap(),
                challenge,
                pass,
            });
        }
    }

    fn enrol_confirm(&mut self, right: bool, remember: Remember) {
        let Some(who) = self
            .model
            .people
            .iter()
            .position(|somebody| somebody.pending.is_some())
        else {
            return;
        };
        let pending = self.model.people[who].pending.as_ref().unwrap();
        let (challenge, pass) = (pending.challenge, pending.pass);
        let code = if right {
            pending.app.code(self.clinic.clock.read())
        } else {
            "000000".into()
        };
        let waiting = self
            .model
            .challenges
            .iter()
            .find(|begun| Some(begun.id) == challenge);
        let (ticket, purpose) = (
            waiting.map(|begun| begun.ticket.clone()),
            waiting.map(|begun| begun.purpose.clone()),
        );
        let authority = match &ticket {
            Some(ticket) => Authority::EnrolFirst(ticket),
            None => Authority::Fresh(&self.model.people[who].passes[pass].pass),
        };
        let ended = challenge.is_none() && self.model.people[who].passes[pass].ended;
        let answer = block_on(self.verifiers[0].confirm_enrolment(authority, &code, remember));
        let call = HeardCall {
            typed: Some(&code),
            remember,
            enrolling: true,
            ..HeardCall::default()
        };
        if let Some(Managed::Done(enrolled)) = self.heard(answer, &call) {
            if ended {
                self.model.breach(1, "an ended pass confirmed an enrolment");
            }
            if let Some(codes) = &enrolled.recovery_codes {
                self.keep_recovery_codes(who, codes.expose().map(str::to_string).collect());
            }
            if let (Some(pass), Some(purpose)) = (enrolled.pass, purpose) {
                self.take(who, &purpose, pass);
            }
        }
    }

    pub(super) fn keep_recovery_codes(&mut self, who: usize, codes: Vec<String>) {
        let secrets = codes
            .iter()
            .flat_map(|code| [code.clone(), code.replace('-', "")]);
        self.model.secrets.extend(secrets.map(Secret::Text));
        self.model.people[who].recovery = codes;
    }

    /// A pass for changing factors, and whose it is; counted from the newest.
    pub(super) fn kept(&self, which: u8) -> Option<(usize, usize)> {
        let people = self.model.people.iter().enumerate();
        let all: Vec<_> = people
            .flat_map(|(who, somebody)| (0..somebody.passes.len()).map(move |pass| (who, pass)))
            .collect();
        let mut by_age = all;
        by_age.sort_by_key(|(who, pass)| self.model.people[*who].passes[*pass].pass.at());
        nth_back(&by_age, which).copied()
    }

    fn must_not_have_ended(
        &mut self,
        who: usize,
        challenge: Option<medfactor::ids::ChallengeId>,
        pass: usize,
    ) {
        let latest = self.model.people[who].latest;
        let over = match self.model.challenge(challenge) {
            Some(begun) => begun.over || latest >= begun.expires_at,
            None => {
                let kept = &self.model.people[who].passes[pass];
                kept.ended || latest.since(kept.pass.at()) >= core::time::Duration::from_secs(600)
            }
        };
        if over {
            self.model.breach(1, "what had ended changed factors");
        }
    }
}

pub(super) fn channel(email: bool) -> Channel {
    if email { Channel::Email } else { Channel::Sms }
}

fn remembering(yes: bool) -> Remember {
    if yes { Remember::Yes } else { Remember::No }
}

/// One of these, 0 being the last.
pub(super) fn nth_back<T>(all: &[T], number: u8) -> Option<&T> {
    let back = usize::from(number) % all.len().max(1);
    all.len().checked_sub(1 + back).and_then(|place| all.get(place))
}
