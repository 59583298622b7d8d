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

/// Somebody who signs in under the rules of their practice, and what they carry.
pub(crate) struct Person<'a> {
    pub(crate) name: &'static str,
    pub(crate) subject: Subject,
    pub(crate) rules: &'a ClinicVerifier,
    pub(crate) app: RefCell<Option<AuthenticatorApp>>,
    pub(crate) recovery_sheet: RefCell<Vec<String>>,
}

/// A computer with one browser. It keeps a cookie of its own for each person, so it can be shared.
pub(crate) struct Computer {
    pub(crate) name: &'static str,
    pub(crate) cookies: RefCell<BTreeMap<String, String>>,
}

/// Who sits where.
pub(crate) type Seat<'a> = (&'a Person<'a>, &'a Computer);

/// Somebody who has been asked for a code.
pub(crate) struct Asked<'a>(&'a Day<'a>, Seat<'a>, Challenge);

/// The day as it is told.
pub(crate) struct Day<'a> {
    pub(crate) clinic: &'a Clinic,
    pub(crate) zone: &'a Zone,
    pub(crate) date: Cell<Date>,
    /// Whether the next line belongs to the same sign-in as the one before.
    pub(crate) goes_on: Cell<bool>,
}

impl<'a> Day<'a> {
    pub(crate) fn midnight(&self, heading: &str) {
        println!("\n{heading}");
        let today = self.date.get();
        self.date.set(today.next_day().unwrap_or(today));
    }

    fn set(&self, time: &str) -> Told<()> {
        let now = self.zone.first_instant(self.date.get(), parse_time(time)?);
        self.clinic.clock.set(now);
        self.goes_on.set(false);
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.clinic.clock.read()
    }

    fn line(&self, (who, place): (&str, &str), what: &str, why: &str) {
        let (_, time) = self.zone.local(self.now());
        let (hour, minute) = (time.hour(), time.minute());
        let again = self.goes_on.replace(true);
        let (who, place) = if again { ("", "") } else { (who, place) };
        println!("  {hour:02}:{minute:02}  {who:<8}  {place:<13}  {what:<42}  {why}");
    }

    fn tell(&self, (who, pc): Seat<'_>, what: &str, why: &str) {
        self.line((who.name, pc.name), what, why);
    }

    /// The entry of this kind that the call just now left in the audit trail.
    async fn entry(&self, who: &Person<'_>, event: Event) -> Told<Option<Entry>> {
        let mut all = self.clinic.history(&who.subject).await?.into_iter();
        Ok(all.rfind(|entry| entry.event == event && entry.at == self.now()))
    }

    /// Somebody gives the right password; who is asked for more does it the usual way.
    pub(crate) async fn signs_in(&'a self, time: &str, seat: Seat<'a>) -> Told<()> {
        let Some(asked) = self.arrives(time, seat).await? else {
            return Ok(());
        };
        let favourite = asked.2.methods().first().map(|offer| offer.method);
        let code = match favourite.and_then(Method::channel) {
            Some(channel) => asked.sends(channel).await?,
            None => {
                let app = seat.0.app.borrow();
                app.as_ref().ok_or("no app at hand")?.code(self.now())
            }
        };
        asked.types(&code).await
    }

    /// Somebody gives the right password. Gives back who is asked for a code.
    pub(crate) async fn arrives(&'a self, time: &str, seat: Seat<'a>) -> Told<Option<Asked<'a>>> {
        self.set(time)?;
        let (who, pc) = seat;
        let cookie = DeviceCookie::name_for(&who.subject);
        let cookie = pc.cookies.borrow().get(&cookie).cloned();
        let purpose = Purpose::sign_in();
        let explained = who.rules.explain(&who.subject, &purpose).await?;
        let trust = explained.explanation.row("trust").map(|row| row.value());
        let request = self.clinic.request(&who.subject, purpose, cookie.as_deref());
        match who.rules.begin(request).await? {
            Ruling::Pass(pass) => self.passes(seat, &pass).await?,
            Ruling::Challenge(challenge) => {
                let begun = self.entry(who, Event::Begin).await?.ok_or("no entry")?;
                let here = match begun.device {
                    _ if trust == Some("never") => "every sign-in asks",
                    None => "not yet remembered here",
                    Some(_) => "no longer remembered here",
                };
                let methods = challenge.methods().iter();
                let methods: Vec<_> = methods.map(|offer| words::method(offer.method)).collect();
                let what = format!("asked for a code by {}", methods.join(" or "));
                self.tell(seat, &what, &format!("{}; {here}", words::rule(&begun)));
                return Ok(Some(Asked(self, seat, challenge)));
            }
            Ruling::Enrol(enrol) => {
                let entry = self.entry(who, Event::EnrolmentRequired).await?;
                let rule = words::rule(&entry.ok_or("no entry")?);
                let why = format!("{rule}; nothing set up yet");
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

    async fn passes(&self, seat: Seat<'_>, pass: &Pass) -> Told<()> {
        if let Some(cookie) = pass.device_cookie() {
            let mut cookies = seat.1.cookies.borrow_mut();
            cookies.insert(cookie.name().into(), cookie.value().into());
        }
        let until = |end| format!("remembered here until {}", words::day_and_time(self.zone, end));
        let nothing = "signed in, nothing asked";
        match pass.why() {
            Why::Trusted { until: end } => self.tell(seat, nothing, &until(end)),
            Why::NotRequired(reason) => self.tell(seat, nothing, &words::reason(reason)),
            Why::Verified(method) => {
                let granted = self.entry(seat.0, Event::TrustGranted).await?;
                let end = granted.and_then(|entry| entry.until);
                let mut why = end.map_or("not remembered".into(), until);
                if let Some(used) = self.entry(seat.0, Event::RecoveryCodeUsed).await? {
                    why += &format!("; {} codes left", used.count.unwrap_or_default());
                }
                let what = format!("signed in by {}", words::method(method));
                self.tell(seat, &what, &why);
            }
        }
        Ok(())
    }

    /// Scans the picture with the telephone and types the first code.
    async fn sets_up(&self, seat: Seat<'_>, ticket: &Ticket) -> Told<()> {
        let (rules, may) = (seat.0.rules, Authority::EnrolFirst(ticket));
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
        seat.0.app.replace(Some(app));
        if let Some(codes) = enrolled.recovery_codes {
            let what = format!("app set up; sheet of {} recovery codes", codes.len());
            self.tell(seat, &what, "each opens once if the phone is lost");
            let codes = codes.expose().map(String::from).collect();
            seat.0.recovery_sheet.replace(codes);
        }
        let pass = enrolled.pass.ok_or("no sign-in waited")?;
        self.passes(seat, &pass).await
    }

    /// A manager who has looked somebody in the face takes the lost telephone off the account.
    pub(crate) async fn resets(&self, time: &str, manager: &str, whom: &Person<'_>) -> Told<()> {
        self.set(time)?;
        let actor = Actor::staff(SubjectId::new(manager.to_lowercase())?);
        let note = "phone lost, identified in person";
        let reset = whom.rules.reset_authenticators(&whom.subject, &actor, note);
        reset.await?;
        let entry = self.entry(whom, Event::AuthenticatorsReset).await?;
        let note = entry.and_then(|entry| entry.note).ok_or("no entry")?;
        let what = format!("removed {}'s app and recovery sheet", whom.name);
        self.line((manager, "office"), &what, &note);
        Ok(())
    }
}

impl Asked<'_> {
    /// Asks for a code; what arrives on the phone or in the mailbox.
    pub(crate) async fn sends(&self, channel: Channel) -> Told<String> {
        let sending = self.1.0.rules.send(self.2.ticket(), channel).await?;
        self.tell_sending("code", &sending)
    }

    /// "I got nothing": asks for another code.
    pub(crate) async fn sends_again(&self, channel: Channel) -> Told<String> {
        let sending = self.1.0.rules.resend(self.2.ticket(), channel).await?;
        self.tell_sending("new code", &sending)
    }

    fn tell_sending(&self, which: &str, sending: &Sending) -> Told<String> {
        let Self(day, seat, _) = self;
        match sending {
            Sending::Sent(info) | Sending::Already(info) | Sending::Uncertain(info) => {
                let by = words::method(info.method);
                let until = words::day_and_time(day.zone, info.expires_at);
                let what = format!("{which} by {by} to {}", info.destination);
                day.tell(*seat, &what, &format!("good until {until}"));
                Ok(day.clinic.newest_code()?)
            }
            Sending::Refused(refusal) => {
                let why = words::reason(refusal.reason());
                let wait = words::wait(day.now(), refusal.retry_at());
                day.tell(*seat, &format!("no {which}"), &(why + &wait));
                Ok(String::new())
            }
        }
    }

    pub(crate) async fn types(&self, code: &str) -> Told<()> {
        let Self(day, seat, challenge) = self;
        day.clinic.clock.forward(Duration::from_secs(20)); // people take their time
        let rules = seat.0.rules;
        match rules.submit(challenge.ticket(), code, Remember::Yes).await? {
            Verdict::Pass(pass) => day.passes(*seat, &pass).await,
            Verdict::Rejected(rejection) => {
                let left = words::tries_left(rejection.attempts_left());
                let wait = words::wait(day.now(), rejection.retry_at());
                let why = words::reason(rejection.reason()) + &left + &wait;
                day.tell(*seat, "code refused", &why);
                Ok(())
            }
        }
    }
}
