//! What is told and changed beside a sign-in: factors, devices, signals, staff, and bytes that were spoilt.

use medfactor::contact::{Channel, Destination};
use medfactor::delivery::{DeliveryState, Report};
use medfactor::flow::{Authority, Begin, Consent, FirstFactor, Managed, Remember, Signal, Ticket, Verdict};
use medfactor::method::AuthenticatorKind;
use pollster::block_on;

use super::operation::Operation;
use super::steps::{channel, nth_back};
use super::world::{HeardCall, World};

impl World {
    pub(super) fn manage(&mut self, operation: &Operation) {
        let (Operation::Remove { which }
        | Operation::Rename { which }
        | Operation::MakeRecoveryCodes { which }) = *operation
        else {
            return;
        };
        let Some((who, pass)) = self.kept(which) else {
            return;
        };
        let ended = self.model.people[who].passes[pass].ended;
        let authority = Authority::Fresh(&self.model.people[who].passes[pass].pass);
        let app = self.model.people[who].apps.last().map(|app| app.id);
        let verifier = &self.verifiers[0];
        let done = match (operation, app) {
            (Operation::MakeRecoveryCodes { .. }, _) => {
                let answer = block_on(verifier.make_recovery_codes(authority));
                match self.heard(answer, &HeardCall::default()) {
                    Some(Managed::Done(codes)) => {
                        self.keep_recovery_codes(who, codes.expose().map(str::to_string).collect());
                        true
                    }
                    _ => false,
                }
            }
            (Operation::Remove { .. }, Some(id)) => {
                let answer = block_on(verifier.remove_authenticator(authority, id));
                matches!(self.heard(answer, &HeardCall::default()), Some(Managed::Done(())))
            }
            (_, Some(id)) => {
                let answer = block_on(verifier.rename_authenticator(authority, id, "my \"phone\""));
                matches!(self.heard(answer, &HeardCall::default()), Some(Managed::Done(())))
            }
            _ => false,
        };
        if done && ended {
            self.model.breach(1, "an ended pass changed factors");
        }
    }

    /// What the host and its staff tell.
    pub(super) fn tell(&mut self, operation: &Operation) {
        let verifier = &self.verifiers[0];
        let subject = |who: u8| self.model.people[usize::from(who)].subject.clone();
        let staff = Self::staff();
        let answer = match *operation {
            Operation::ForgetDevice { which } => {
                let people = self.model.people.iter();
                let devices: Vec<_> = people
                    .flat_map(|s| s.devices.iter().map(|device| (s.subject.clone(), device.id)))
                    .collect();
                let Some((subject, device)) = nth_back(&devices, which) else {
                    return;
                };
                block_on(verifier.forget_device(subject, *device, &staff)).map(|_| ())
            }
            Operation::ForgetAllDevices { who } => {
                block_on(verifier.forget_all_devices(&subject(who), &staff)).map(|_| ())
            }
            Operation::PasswordChanged { who, keep } => {
                let passes = &self.model.people[usize::from(who)].passes;
                let keep = passes.last().filter(|_| keep).map(|kept| &kept.pass);
                block_on(verifier.signal(&subject(who), Signal::PasswordChanged { keep }, &staff))
            }
            Operation::ContactChanged { who, email, told } => {
                let somebody = &mut self.model.people[usize::from(who)];
                let (channel, contact) = (
                    channel(email),
                    if email {
                        &mut somebody.email
                    } else {
                        &mut somebody.sms
                    },
                );
                // There and back again, so that an old contact can become the present one.
                *contact = match contact.as_str() {
                    "+12125550199" => format!("+121255501{}", 60 + who),
                    "new@mail.example" => format!("old{who}@mail.example"),
                    _ if email => "new@mail.example".into(),
                    _ => "+12125550199".into(),
                };
                self.put_person(who.into());
                if !told {
                    return;
                }
                let subject = self.model.people[usize::from(who)].subject.clone();
                block_on(self.verifiers[0].signal(&subject, Signal::ContactChanged(channel), &staff))
            }
            Operation::SignedOut { which } => {
                let people = self.model.people.iter();
                let cookies: Vec<_> = people
                    .flat_map(|s| s.cookies.last().map(|cookie| (s.subject.clone(), cookie.clone())))
                    .collect();
                let Some((subject, cookie)) = nth_back(&cookies, which) else {
                    return;
                };
                block_on(verifier.signal(subject, Signal::SignedOut { device: Some(cookie) }, &staff))
            }
            Operation::RoleChanged { who } => {
                block_on(verifier.signal(&subject(who), Signal::RoleChanged, &staff))
            }
            Operation::Offboarded { who } => {
                block_on(verifier.signal(&subject(who), Signal::Offboarded, &staff))
            }
            Operation::Reinstated { who } => {
                block_on(verifier.signal(&subject(who), Signal::Reinstated, &staff))
            }
            Operation::Unlock { who } => block_on(verifier.unlock(&subject(who), &staff, "called in person")),
            Operation::Reset { who } => {
                block_on(verifier.reset_authenticators(&subject(who), &staff, "phone lost"))
            }
            Operation::NoteDelivery { which, state } => {
                let challenges = self.model.challenges.iter();
                let sent: Vec<_> = challenges
                    .flat_map(|begun| begun.codes.iter().map(|sent| (begun.who, sent.delivery)))
                    .collect();
                let Some((who, delivery)) = nth_back(&sent, which) else {
                    return;
                };
                let state = [
                    DeliveryState::Sent,
                    DeliveryState::Delivered,
                    DeliveryState::Failed,
                ][usize::from(state)];
                let subject = self.model.people[*who].subject.clone();
                block_on(verifier.note_delivery(&subject, *delivery, &Report::new(state).why("30003")))
                    .map(|_| ())
            }
            Operation::SetConsent { who, out } => {
                let somebody = &self.model.people[usize::from(who)];
                let destination = Destination::sms(&somebody.sms).unwrap();
                let consent = if out { Consent::OptOut } else { Consent::OptIn };
                block_on(verifier.set_consent(somebody.subject.practice(), &destination, consent, &staff))
            }
            _ => return,
        };
        self.heard(answer, &HeardCall::default());
    }

    pub(super) fn garbage(&mut self, text: &str, spoil: u8) {
        let who = usize::from(spoil) % self.model.people.len();
        let mut cookie = self.model.people[who].cookies.last().cloned().unwrap_or_default();
        spoil_one(&mut cookie, spoil);
        let mut tickets = vec![text.to_string()];
        if let Some(begun) = self.model.challenges.last() {
            let mut ticket = begun.ticket.as_str().to_string();
            spoil_one(&mut ticket, spoil);
            tickets.push(ticket);
        }
        for text in tickets {
            let Ok(ticket) = Ticket::parse(&text) else {
                continue;
            };
            let answer = block_on(self.verifiers[0].submit(&ticket, "000000", Remember::No));
            if let Some(Verdict::Pass(_)) = self.heard(answer, &HeardCall::default()) {
                self.model.breach(4, "a spoiled ticket opened something");
            }
            let answer = block_on(self.verifiers[0].send(&ticket, Channel::Sms));
            self.heard(answer, &HeardCall::default());
            let answer = block_on(self.verifiers[0].begin_enrolment(
                Authority::EnrolFirst(&ticket),
                "x",
                AuthenticatorKind::Phone,
            ));
            if let Some(Managed::Done(_)) = self.heard(answer, &HeardCall::default()) {
                self.model.breach(4, "a spoiled ticket began an enrolment");
            }
        }
        for token in [text, &cookie] {
            let now = self.clinic.clock.read();
            let request = Begin::new(
                &self.model.people[who].subject,
                Self::purpose(0),
                FirstFactor::passed_at(now),
            )
            .device(Some(token));
            let answer = block_on(self.verifiers[0].begin(request));
            self.heard(answer, &HeardCall::default());
        }
    }
}

fn spoil_one(text: &mut String, spoil: u8) {
    let mut bytes = std::mem::take(text).into_bytes();
    if !bytes.is_empty() {
        let place = usize::from(spoil) % bytes.len();
        bytes[place] = if bytes[place] == b'7' { b'6' } else { b'7' };
    }
    *text = String::from_utf8(bytes).unwrap();
}
