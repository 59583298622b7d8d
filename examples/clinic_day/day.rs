//! People at computers: each step goes through the real engine, and what it answered is printed.

use std::cell::{Cell, RefCell};
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
use medfactor::time::{Date, Timestamp, Zone, parse_time};
use medfactor::trust::DeviceCookie;

use crate::words;

pub(crate) type Told<T> = Result<T, Box<dyn Error>>;

/// Somebody who signs in, under the rules of their practice, with what they carry.
pub(crate) struct Person<'a> {
    pub(crate) name: &'static str,
    pub(crate) subject: Subject,
    pub(crate) rules: &'a ClinicVerifier,
    app: RefCell<Option<AuthenticatorApp>>,
    pub(crate) recovery_codes: RefCell<Vec<String>>,
}

impl<'a> Person<'a> {
    pub(crate) fn new(name: &'static str, subject: Subject, rules: &'a ClinicVerifier) -> Self {
        let (app, recovery_codes) = Default::default();
        Self {
            name,
            subject,
            rules,
            app,
            recovery_codes,
        }
    }
}

/// A computer with one browser. It keeps a cookie of its own for each person, so it can be shared.
pub(crate) struct Computer {
    name: &'static str,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Computer {
    pub(crate) fn new(name: &'static str) -> Self {
        let cookies = RefCell::default();
        Self { name, cookies }
    }

    fn keep(&self, pass: &Pass) {
        let pair = |cookie: &DeviceCookie| (cookie.name().to_owned(), cookie.value().to_owned());
        self.cookies.borrow_mut().extend(pass.device_cookie().map(pair));
    }
}

/// The day as it is told.
pub(crate) struct Day<'a> {
    clinic: &'a Clinic,
    zone: &'a Zone,
    date: Cell<Date>,
    last: Cell<(&'static str, &'static str)>,
}

/// Somebody who stands before the page that asks for a code.
pub(crate) struct Asked<'a> {
    day: &'a Day<'a>,
    who: &'a Person<'a>,
    pc: &'a Computer,
    challenge: Challenge,
}

impl<'a> Day<'a> {
    pub(crate) fn new(clinic: &'a Clinic, zone: &'a Zone, date: Date) -> Self {
        let (date, last) = (Cell::new(date), Cell::default());
        Self {
            clinic,
            zone,
            date,
            last,
        }
    }

    pub(crate) fn part(&self, heading: &str) {
        println!("\n{heading}");
        self.last.set(("", ""));
    }

    pub(crate) fn midnight(&self) {
        self.date.set(self.date.get().next_day().unwrap_or(Date::MAX));
    }

    fn set(&self, time: &str) -> Told<()> {
        let now = self.zone.first_instant(self.date.get(), parse_time(time)?);
        self.clinic.clock.set(now);
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.clinic.clock.read()
    }

    fn line(&self, who: &'static str, place: &'static str, what: &str, why: &str) {
        let time = words::time(self.zone, self.now());
        let same = self.last.replace((who, place)) == (who, place);
        let (who, place) = if same { ("", "") } else { (who, place) };
        let line = format!("  {time}  {who:<8}  {place:<17}  {what:<47}  {why}");
        println!("{}", line.trim_end());
    }

    /// The newest entry of this kind that was made by the call just now.
    async fn just_now(&self, who: &Person<'_>, event: Event) -> Told<Option<Entry>> {
        let mut all = self.clinic.history(&who.subject).await?.into_iter().rev();
        Ok(all.find(|entry| entry.event == event && entry.at == self.now()))
    }

    /// Somebody gives the right password; who is asked for more does it the usual way.
    pub(crate) async fn signs_in(&'a self, time: &str, who: &'a Person<'a>, pc: &'a Computer) -> Told<()> {
        let Some(asked) = self.arrives(time, who, pc).await? else {
            return Ok(());
        };
        let favourite = asked.challenge.methods().first().map(|offer| offer.method);
        let code = match favourite.and_then(Method::channel) {
            Some(channel) => asked.sends(channel).await?,
            None => who
                .app
                .borrow()
                .as_ref()
                .map_or_else(String::new, |app| app.code(self.now())),
        };
        asked.types(&code).await
    }

    /// Somebody gives the right password. Gives back who is asked for a code.
    pub(crate) async fn arrives(
        &'a self,
        time: &str,
        who: &'a Person<'a>,
        pc: &'a Computer,
    ) -> Told<Option<Asked<'a>>> {
        self.set(time)?;
        let cookies: Vec<_> = pc
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let header = cookies.join("; ");
        let cookie = DeviceCookie::find(&header, &who.subject);
        let request = self.clinic.request(&who.subject, Purpose::sign_in(), cookie);
        match who.rules.begin(request).await? {
            Ruling::Pass(pass) => self.tell_pass(who, pc, &pass).await?,
            Ruling::Challenge(challenge) => {
                let begun = self.just_now(who, Event::Begin).await?.ok_or("no entry")?;
                let rules = who.rules.explain(&who.subject, &Purpose::sign_in()).await?;
                let remembers = rules
                    .explanation
                    .row("trust")
                    .is_none_or(|row| row.value() != "never");
                let here = match (remembers, begun.device) {
                    (false, _) => "every sign-in asks",
                    (true, None) => "not yet remembered here",
                    (true, Some(_)) => "no longer remembered here",
                };
                let what = format!("asked for a code: {}", words::offers(challenge.methods()));
                self.line(
                    who.name,
                    pc.name,
                    &what,
                    &format!("{}; {here}", words::rule(&begun)),
                );
                return Ok(Some(Asked {
                    day: self,
                    who,
                    pc,
                    challenge,
                }));
            }
            Ruling::Enrol(enrol) => {
                let required = self
                    .just_now(who, Event::EnrolmentRequired)
                    .await?
                    .ok_or("no entry")?;
                let why = format!("{}; nothing set up yet", words::rule(&required));
                self.line(who.name, pc.name, "must first set up an authenticator app", &why);
                self.sets_up(who, pc, enrol.ticket()).await?;
            }
            Ruling::Blocked(blocked) => {
                self.line(who.name, pc.name, "not let in", &words::reason(blocked.reason()));
                println!("{:38}page: {}", "", blocked.public_text());
            }
        }
        Ok(None)
    }

    async fn tell_pass(&self, who: &Person<'_>, pc: &Computer, pass: &Pass) -> Told<()> {
        pc.keep(pass);
        let until = |end| format!("remembered here until {}", words::day_and_time(self.zone, end));
        let (what, why) = match pass.why() {
            Why::Trusted { until: end } => ("signed in, nothing asked".into(), until(end)),
            Why::NotRequired(reason) => ("signed in, nothing asked".into(), words::reason(reason)),
            Why::Verified(method) => {
                let granted = self.just_now(who, Event::TrustGranted).await?;
                let why = granted
                    .and_then(|entry| entry.until)
                    .map_or("not remembered".into(), until);
                let used = self
                    .just_now(who, Event::RecoveryCodeUsed)
                    .await?
                    .and_then(|entry| entry.count);
                let left = used.map_or_else(String::new, |left| format!("; {left} recovery codes left"));
                (format!("signed in by {}", words::method(method)), why + &left)
            }
        };
        self.line(who.name, pc.name, &what, &why);
        Ok(())
    }

    /// Scans the picture with the telephone and types the first code.
    async fn sets_up(&self, who: &Person<'_>, pc: &Computer, ticket: &Ticket) -> Told<()> {
        let right = Authority::EnrolFirst(ticket);
        let new = who
            .rules
            .begin_enrolment(right, "my phone", AuthenticatorKind::Phone);
        let Managed::Done(new) = new.await? else {
            return Err("setting up was refused".into());
        };
        let app = AuthenticatorApp::scan(new.key_uri())?;
        let code = app.code(self.now());
        let confirmed = who.rules.confirm_enrolment(right, &code, Remember::Yes);
        let Managed::Done(enrolled) = confirmed.await? else {
            return Err("the first code was refused".into());
        };
        *who.app.borrow_mut() = Some(app);
        if let Some(codes) = enrolled.recovery_codes {
            *who.recovery_codes.borrow_mut() = codes.expose().map(String::from).collect();
            let what = format!("app set up; {} recovery codes to print", codes.len());
            self.line(who.name, pc.name, &what, "each opens once if the phone is lost");
        }
        self.tell_pass(who, pc, &enrolled.pass.ok_or("no sign-in waited")?)
            .await
    }

    /// A manager who has looked somebody in the face takes the lost telephone off the account.
    pub(crate) async fn resets(&self, time: &str, manager: &'static str, whom: &Person<'_>) -> Told<()> {
        self.set(time)?;
        let actor = Actor::staff(SubjectId::new(manager.to_lowercase())?);
        let note = "phone lost, identified in person";
        whom.rules
            .reset_authenticators(&whom.subject, &actor, note)
            .await?;
        if let Some(entry) = self.just_now(whom, Event::AuthenticatorsReset).await? {
            let what = format!("removed {}'s app and recovery codes", whom.name);
            self.line(
                manager,
                "office",
                &what,
                entry.note.as_deref().unwrap_or_default(),
            );
        }
        Ok(())
    }
}

impl Asked<'_> {
    /// Asks for a code; what arrives on the phone or in the mailbox.
    pub(crate) async fn sends(&self, channel: Channel) -> Told<String> {
        let sending = self.who.rules.send(self.challenge.ticket(), channel).await?;
        self.tell_sending("code", sending)
    }

    /// "I got nothing": asks for another code.
    pub(crate) async fn sends_again(&self, channel: Channel) -> Told<String> {
        let sending = self.who.rules.resend(self.challenge.ticket(), channel).await?;
        self.tell_sending("new code", sending)
    }

    fn tell_sending(&self, which: &str, sending: Sending) -> Told<String> {
        let (what, why) = match &sending {
            Sending::Sent(info) | Sending::Already(info) | Sending::Uncertain(info) => (
                format!(
                    "{which} by {} to {}",
                    words::method(info.method),
                    info.destination
                ),
                format!("good until {}", words::time(self.day.zone, info.expires_at)),
            ),
            Sending::Refused(refusal) => {
                let wait = words::wait(self.day.now(), refusal.retry_at());
                (format!("no {which}"), words::reason(refusal.reason()) + &wait)
            }
        };
        self.tell(&what, &why);
        match sending {
            Sending::Sent(_) => Ok(self.day.clinic.newest_code()?),
            _ => Ok(String::new()),
        }
    }

    pub(crate) async fn types(&self, code: &str) -> Told<()> {
        self.day.clinic.clock.forward(Duration::from_secs(20)); // people take their time
        match self
            .who
            .rules
            .submit(self.challenge.ticket(), code, Remember::Yes)
            .await?
        {
            Verdict::Pass(pass) => self.day.tell_pass(self.who, self.pc, &pass).await,
            Verdict::Rejected(rejection) => {
                self.tell("code refused", &words::rejection(self.day.now(), &rejection));
                Ok(())
            }
        }
    }

    fn tell(&self, what: &str, why: &str) {
        self.day.line(self.who.name, self.pc.name, what, why);
    }
}
