//! People at computers: each step goes through the real engine, and what it answered is printed.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use medfactor::audit::{Actor, Entry, Event};
use medfactor::contact::Channel;
use medfactor::flow::{Authority, Challenge, Managed, Pass, Remember, Ruling, Sending, Ticket, Verdict, Why};
use medfactor::ids::{Subject, SubjectId};
use medfactor::method::{AuthenticatorKind, Method};
use medfactor::purpose::Purpose;
use medfactor::testing::{AuthenticatorApp, Clinic, ClinicVerifier};
use medfactor::time::{Date, Timestamp, Zone, format_time, parse_time};

use crate::words;

pub(crate) type Told<T> = Result<T, Box<dyn Error>>;

/// Somebody who signs in, under the rules of their practice.
pub(crate) struct Person<'a>(
    pub(crate) &'static str,
    pub(crate) Subject,
    pub(crate) &'a ClinicVerifier,
);

/// Who sits at which computer.
pub(crate) type Seat<'a> = (&'a Person<'a>, &'static str);

/// Somebody who has been asked for a code.
pub(crate) struct Asked<'a>(Seat<'a>, Challenge);

/// The day as it is told.
pub(crate) struct Day<'a> {
    pub(crate) clinic: &'a Clinic,
    pub(crate) zone: &'a Zone,
    pub(crate) date: Date,
    /// Whether the next line belongs to the same sign-in as the one before.
    pub(crate) goes_on: bool,
    /// What each browser keeps for each person: a computer can be shared.
    pub(crate) cookies: BTreeMap<(&'static str, Subject), String>,
    /// The apps and printed recovery codes that people carry.
    pub(crate) pockets: BTreeMap<&'static str, (AuthenticatorApp, Vec<String>)>,
}

impl Day<'_> {
    fn set(&mut self, time: &str) -> Told<()> {
        let now = self.zone.first_instant(self.date, parse_time(time)?);
        self.clinic.clock.set(now);
        self.goes_on = false;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.clinic.clock.read()
    }

    fn tell(&mut self, (who, place): Seat<'_>, what: &str, why: &str) {
        let time = format_time(self.zone.local(self.now()).1);
        let (who, place) = if self.goes_on { ("", "") } else { (who.0, place) };
        println!("  {time}  {who:<8}  {place:<13}  {what:<42}  {why}");
        self.goes_on = true;
    }

    /// The entry of this kind that the call just now left in the audit trail.
    async fn entry(&self, who: &Person<'_>, event: Event) -> Told<Option<Entry>> {
        let mut all = self.clinic.history(&who.1).await?.into_iter();
        Ok(all.rfind(|entry| entry.event == event && entry.at == self.now()))
    }

    /// Somebody gives the right password; who is asked for more does it the usual way.
    pub(crate) async fn signs_in(&mut self, time: &str, seat: Seat<'_>) -> Told<()> {
        let Some(asked) = self.arrives(time, seat).await? else {
            return Ok(());
        };
        let favourite = asked.1.methods().first().map(|offer| offer.method);
        let code = match (favourite.and_then(Method::channel), self.pockets.get(seat.0.0)) {
            (Some(channel), _) => self.sends(&asked, channel, false).await?,
            (None, Some((app, _))) => app.code(self.now()),
            (None, None) => return Err("no app at hand".into()),
        };
        self.types(&asked, &code).await
    }

    /// Somebody gives the right password. Gives back who is asked for a code.
    pub(crate) async fn arrives<'s>(&mut self, time: &str, seat: Seat<'s>) -> Told<Option<Asked<'s>>> {
        self.set(time)?;
        let (Person(_, subject, rules), computer) = seat;
        let cookie = self.cookies.get(&(computer, subject.clone()));
        let request = self
            .clinic
            .request(subject, Purpose::sign_in(), cookie.map(String::as_str));
        match rules.begin(request).await? {
            Ruling::Pass(pass) => self.passes(seat, &pass).await?,
            Ruling::Challenge(challenge) => {
                let begun = self.entry(seat.0, Event::Begin).await?.ok_or("no entry")?;
                let here = match begun.device {
                    _ if remembering(seat.0).await? == "never" => "every sign-in asks",
                    None => "not yet remembered here",
                    Some(_) => "no longer remembered here",
                };
                let what = words::offers(challenge.methods());
                self.tell(seat, &what, &format!("{}; {here}", words::rule(&begun)));
                return Ok(Some(Asked(seat, challenge)));
            }
            Ruling::Enrol(enrol) => {
                let entry = self.entry(seat.0, Event::EnrolmentRequired).await?;
                let why = words::rule(&entry.ok_or("no entry")?) + "; nothing set up yet";
                self.tell(seat, "must first set up an authenticator app", &why);
                self.sets_up(seat, enrol.ticket()).await?;
            }
            Ruling::Blocked(blocked) => {
                self.tell(seat, "not let in", &words::reason(blocked.reason()));
                println!("{:34}page: {}", "", blocked.public_text());
            }
        }
        Ok(None)
    }

    async fn passes(&mut self, seat: Seat<'_>, pass: &Pass) -> Told<()> {
        if let Some(cookie) = pass.device_cookie() {
            let browser = (seat.1, pass.subject().clone());
            self.cookies.insert(browser, cookie.value().into());
        }
        let what = match pass.why() {
            Why::Trusted { .. } | Why::Granted { .. } => "signed in, nothing asked".into(),
            Why::NotRequired(why) => format!("signed in: {}", words::reason(why)),
            Why::Verified(by) => format!("signed in by {}", words::method(by)),
            _ => "signed in".into(),
        };
        let mut why = words::remembered(self.zone, pass.trusted_until());
        if let Some(used) = self.entry(seat.0, Event::RecoveryCodeUsed).await? {
            why += &format!("; {} codes left", used.count.unwrap_or_default());
        }
        self.tell(seat, &what, &why);
        Ok(())
    }

    /// Scans the picture with the telephone and types the first code.
    async fn sets_up(&mut self, seat: Seat<'_>, ticket: &Ticket) -> Told<()> {
        let (Person(name, _, rules), may) = (seat.0, Authority::EnrolFirst(ticket));
        let new = rules.begin_enrolment(may, "my phone", AuthenticatorKind::Phone);
        let Managed::Done(new) = new.await? else {
            return Err("setting up was refused".into());
        };
        let app = AuthenticatorApp::scan(new.key_uri())?;
        let code = app.code(self.now());
        let enrolled = rules.confirm_enrolment(may, &code, Remember::Yes);
        let Managed::Done(enrolled) = enrolled.await? else {
            return Err("the first code was refused".into());
        };
        let codes = enrolled.recovery_codes.ok_or("no recovery codes")?;
        let what = format!("app set up; sheet of {} recovery codes", codes.len());
        self.tell(seat, &what, "each opens once if the phone is lost");
        let sheet = codes.expose().map(String::from).collect();
        self.pockets.insert(name, (app, sheet));
        let pass = enrolled.pass.ok_or("no sign-in waited")?;
        self.passes(seat, &pass).await
    }

    /// A manager who has looked somebody in the face takes the lost telephone off the account.
    pub(crate) async fn resets(&mut self, time: &str, seat: Seat<'_>, whom: &Person<'_>) -> Told<()> {
        self.set(time)?;
        let actor = Actor::staff(SubjectId::new(seat.0.1.id().as_str())?);
        let note = "phone lost, identified in person";
        whom.2.reset_authenticators(&whom.1, &actor, note).await?;
        if let Some(entry) = self.entry(whom, Event::AuthenticatorsReset).await? {
            let what = format!("removed {}'s app and recovery sheet", whom.0);
            self.tell(seat, &what, &entry.note.unwrap_or_default());
        }
        Ok(())
    }

    /// Asks for a code, or ("I got nothing") for another one; what arrives on the phone or in the mailbox.
    pub(crate) async fn sends(&mut self, asked: &Asked<'_>, channel: Channel, again: bool) -> Told<String> {
        let (rules, ticket) = (asked.0.0.2, asked.1.ticket());
        let (which, sending) = match again {
            true => ("new code", rules.resend(ticket, channel).await?),
            false => ("code", rules.send(ticket, channel).await?),
        };
        match sending {
            Sending::Sent(info) | Sending::Already(info) | Sending::Uncertain(info) => {
                let (by, to) = (words::method(info.method), info.destination);
                let what = format!("{which} by {by} to {to}");
                let until = words::day_and_time(self.zone, info.expires_at);
                self.tell(asked.0, &what, &format!("good until {until}"));
                Ok(self.clinic.newest_code()?)
            }
            Sending::Refused(no) => {
                let why = words::refusal(self.now(), no.reason(), None, no.retry_at());
                self.tell(asked.0, &format!("no {which}"), &why);
                Ok(String::new())
            }
        }
    }

    pub(crate) async fn types(&mut self, Asked(seat, challenge): &Asked<'_>, code: &str) -> Told<()> {
        self.clinic.clock.forward(Duration::from_secs(20)); // people take their time
        let verdict = seat.0.2.submit(challenge.ticket(), code, Remember::Yes);
        match verdict.await? {
            Verdict::Pass(pass) => self.passes(*seat, &pass).await?,
            Verdict::Rejected(no) => {
                let why = words::refusal(self.now(), no.reason(), no.attempts_left(), no.retry_at());
                self.tell(*seat, "code refused", &why);
            }
        }
        Ok(())
    }
}

/// How long a computer is remembered, as the engine explains it.
pub(crate) async fn remembering(who: &Person<'_>) -> Told<String> {
    let rules = who.2.explain(&who.1, &Purpose::sign_in()).await?;
    let row = rules.explanation.row("trust").ok_or("no such rule")?;
    Ok(row.value().into())
}
