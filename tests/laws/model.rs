//! What must be true, kept in the simplest way: who was handed what, and what has been used, ended or counted.
//!
//! It learns from the audit entries that were really written, also where the answer to them was lost.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use medfactor::contact::Channel;
use medfactor::flow::{Pass, Ticket};
use medfactor::ids::{AuthenticatorId, ChallengeId, DeliveryId, DeviceId, Subject};
use medfactor::method::Method;
use medfactor::policy::{Effective, Policy, Population, Situation, resolve};
use medfactor::purpose::Purpose;
use medfactor::testing::AuthenticatorApp;
use medfactor::time::{Timestamp, Zone};

/// The longest a code lives, whatever a policy says.
const CODE_CAP: Duration = Duration::from_secs(600);

/// How long the token before the newest is still taken.
const ROTATION_GRACE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) people: Vec<Somebody>,
    pub(crate) challenges: Vec<Begun>,
    /// Everything that has opened something.
    pub(crate) spent: BTreeSet<String>,
    /// Texts that opened something.
    pub(crate) opened_with: Vec<String>,
    /// What must not show anywhere.
    pub(crate) secrets: Vec<Secret>,
    pub(crate) breaches: Vec<(u8, String)>,
    /// How often each kind of thing happened.
    pub(crate) counts: BTreeMap<String, usize>,
}

pub(crate) enum Secret {
    /// Digits, which may stand by chance in a longer number.
    Digits(String),
    Text(String),
    Bytes(Vec<u8>),
}

pub(crate) struct Somebody {
    pub(crate) subject: Subject,
    pub(crate) sms: String,
    pub(crate) email: String,
    pub(crate) apps: Vec<App>,
    pub(crate) pending: Option<Shown>,
    pub(crate) recovery: Vec<String>,
    pub(crate) void_recovery: Vec<String>,
    pub(crate) devices: Vec<Device>,
    pub(crate) cookies: Vec<String>,
    pub(crate) passes: Vec<Kept>,
    pub(crate) latest: Timestamp,
    pub(crate) wrong: Vec<Timestamp>,
    pub(crate) in_a_row: u32,
    pub(crate) locked: bool,
    pub(crate) offboarded: bool,
    pub(crate) grace_until: Option<Timestamp>,
}

/// An authenticator that is or was active.
pub(crate) struct App {
    pub(crate) id: AuthenticatorId,
    pub(crate) app: AuthenticatorApp,
    pub(crate) gone: bool,
    pub(crate) last_step: u64,
}

/// An authenticator whose secret was shown.
pub(crate) struct Shown {
    pub(crate) id: AuthenticatorId,
    pub(crate) app: AuthenticatorApp,
    /// The challenge that waits for it.
    pub(crate) challenge: Option<ChallengeId>,
    pub(crate) pass: usize,
}

/// A pass for changing factors.
pub(crate) struct Kept {
    pub(crate) pass: Pass,
    pub(crate) ended: bool,
}

pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) gone: bool,
    /// Every token it was given, and when; the text is missing where the answer was lost.
    pub(crate) tokens: Vec<(Option<String>, Timestamp)>,
    /// By purpose: proved when, and until when it was to hold.
    pub(crate) trust: BTreeMap<String, (Timestamp, Timestamp)>,
}

impl Device {
    /// A new token, unless there was one just now.
    pub(crate) fn renew(&mut self, at: Timestamp) {
        let last = self
            .tokens
            .last()
            .map(|(_, last)| last.saturating_add(ROTATION_GRACE));
        if last.is_none_or(|pause| at >= pause) {
            self.tokens.push((None, at));
        }
    }
}

pub(crate) struct Begun {
    pub(crate) who: usize,
    pub(crate) id: ChallengeId,
    pub(crate) ticket: Ticket,
    pub(crate) purpose: Purpose,
    pub(crate) enrolling: bool,
    pub(crate) expires_at: Timestamp,
    pub(crate) over: bool,
    pub(crate) codes: Vec<Sent>,
    pub(crate) wrong: u32,
    pub(crate) most_wrong: u32,
    pub(crate) outdated: u32,
    pub(crate) devices: BTreeSet<DeviceId>,
}

pub(crate) struct Sent {
    pub(crate) delivery: DeliveryId,
    pub(crate) channel: Channel,
    /// Empty until it was handed over.
    pub(crate) digits: String,
    pub(crate) destination: String,
    pub(crate) at: Timestamp,
    pub(crate) lifetime: Duration,
    pub(crate) over: bool,
}

impl Model {
    pub(crate) fn breach(&mut self, law: u8, what: impl Into<String>) {
        self.breaches.push((law, what.into()));
    }

    pub(crate) fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn challenge(&mut self, id: Option<ChallengeId>) -> Option<&mut Begun> {
        self.challenges.iter_mut().find(|begun| Some(begun.id) == id)
    }

    /// All that was granted so far has ended, but for the trust of one device perhaps.
    pub(crate) fn end(&mut self, who: usize, kept: Option<DeviceId>) {
        self.end_challenges(who);
        self.end_trust(who, kept);
    }

    pub(crate) fn end_challenges(&mut self, who: usize) {
        for begun in self.challenges.iter_mut().filter(|begun| begun.who == who) {
            begun.over = true;
        }
    }

    pub(crate) fn end_trust(&mut self, who: usize, kept: Option<DeviceId>) {
        let somebody = &mut self.people[who];
        somebody.pending = None;
        somebody.passes.iter_mut().for_each(|kept| kept.ended = true);
        for device in somebody
            .devices
            .iter_mut()
            .filter(|device| Some(device.id) != kept)
        {
            device.trust.clear();
        }
    }

    /// What proves that `typed` opens this challenge, or why nothing does; what it was is spent with it.
    pub(crate) fn explain(
        &mut self,
        challenge: ChallengeId,
        typed: &str,
        method: Method,
        at: Timestamp,
        clock: Timestamp,
        policy: &Policy,
    ) -> Result<(), String> {
        let place = self
            .challenges
            .iter()
            .position(|begun| begun.id == challenge)
            .ok_or("of a challenge nobody began")?;
        let who = self.challenges[place].who;
        let rules = self.people[who].rules(policy, &self.challenges[place].purpose, at);
        let (begun, somebody) = (&mut self.challenges[place], &mut self.people[who]);
        if begun.over || begun.enrolling || at >= begun.expires_at {
            return Err(format!("a challenge that was over {}", begun.over));
        }
        if somebody.locked || somebody.offboarded {
            return Err("for somebody locked or gone".into());
        }
        if !rules.methods().contains(method) {
            return Err(format!("by {method:?}, which the policy does not know"));
        }
        let plain = plain(typed);
        let key = match method {
            Method::Sms | Method::Email => {
                let today = somebody.contact(method.channel().unwrap()).to_string();
                let live = |sent: &&mut Sent| {
                    let end = sent
                        .at
                        .saturating_add(sent.lifetime + rules.receipt_allowance().get());
                    Method::from(sent.channel) == method
                        && !sent.digits.is_empty()
                        && sent.digits == plain
                        && sent.destination == today
                        && !sent.over
                        && at < end.min(sent.at.saturating_add(CODE_CAP))
                };
                let sent = begun.codes.iter_mut().find(live).ok_or("without a live code")?;
                sent.over = true;
                format!("{:?}", sent.delivery)
            }
            Method::Totp => {
                let skew = i64::from(rules.totp_skew().steps());
                let now = clock.unix_seconds() / 30;
                let mut found = None;
                for app in somebody.apps.iter_mut().filter(|app| !app.gone) {
                    for steps in -skew..=skew {
                        let step = now.saturating_add_signed(steps);
                        if step > app.last_step && app.app.code_of_step(clock, steps) == plain {
                            found = Some((app.id, step));
                            app.last_step = step;
                        }
                    }
                }
                format!("{:?}", found.ok_or("without an unspent step")?)
            }
            _ => {
                let plain = plain.to_uppercase();
                let known = somebody
                    .recovery
                    .iter()
                    .position(|code| self::plain(code) == plain);
                let code = somebody
                    .recovery
                    .remove(known.ok_or("without an unused recovery code")?);
                somebody.void_recovery.push(code);
                plain
            }
        };
        self.opened_with.push(typed.to_string());
        if self.spent.insert(key.clone()) {
            Ok(())
        } else {
            self.breach(2, format!("{key} opened twice"));
            Ok(())
        }
    }

    /// Whether a token shown by a browser lets this person in until then.
    pub(crate) fn explain_trust(
        &mut self,
        who: usize,
        shown: Option<&str>,
        (device, until, at): (DeviceId, Timestamp, Timestamp),
        purpose: &Purpose,
        policy: &Policy,
    ) -> Result<(), String> {
        let rules = self.people[who].rules(policy, purpose, at);
        let known = self.people[who]
            .devices
            .iter_mut()
            .find(|known| known.id == device);
        let known = known.filter(|known| !known.gone).ok_or("a device nobody knows")?;
        let from_newest = known
            .tokens
            .iter()
            .rev()
            .position(|(token, _)| token.is_some() && token.as_deref() == shown)
            .ok_or("a token nobody was given")?;
        let renewed_at = known.tokens.last().map_or(at, |(_, at)| *at);
        if from_newest > 1 || (from_newest == 1 && at >= renewed_at.saturating_add(ROTATION_GRACE)) {
            return Err(format!("a token {from_newest} renewals old"));
        }
        let (proved, end) = *known
            .trust
            .get(purpose.name())
            .ok_or("trust that was never granted, or has ended")?;
        let today = rules.trust_end(proved).ok_or("trust no policy gives")?;
        if from_newest == 0 {
            known.renew(at);
        }
        if until != end.min(today) || at >= until {
            self.breach(
                8,
                format!("trusted at {at:?} until {until:?}, granted until {end:?}"),
            );
        }
        Ok(())
    }

    /// Who else than the person at `who` is there, chosen by a number.
    pub(crate) fn other(&self, who: usize, number: u8) -> usize {
        (who + 1 + usize::from(number) % (self.people.len() - 1)) % self.people.len()
    }
}

impl Somebody {
    pub(crate) fn new(subject: Subject, sms: &str, email: &str) -> Self {
        Self {
            subject,
            sms: sms.into(),
            email: email.into(),
            apps: Vec::new(),
            pending: None,
            recovery: Vec::new(),
            void_recovery: Vec::new(),
            devices: Vec::new(),
            cookies: Vec::new(),
            passes: Vec::new(),
            latest: Timestamp::MIN,
            wrong: Vec::new(),
            in_a_row: 0,
            locked: false,
            offboarded: false,
            grace_until: None,
        }
    }

    pub(crate) fn contact(&self, channel: Channel) -> &str {
        match channel {
            Channel::Sms => &self.sms,
            _ => &self.email,
        }
    }

    pub(crate) fn has_app(&self) -> bool {
        self.apps.iter().any(|app| !app.gone)
    }

    /// The rules that hold for this person.
    pub(crate) fn rules(&self, policy: &Policy, purpose: &Purpose, at: Timestamp) -> Effective {
        let zone = Zone::utc();
        let situation = Situation::new(&self.subject, Population::Staff, purpose, at).zone(&zone);
        resolve(policy, &situation)
    }
}

/// A code without what people put between its characters.
pub(crate) fn plain(typed: &str) -> String {
    typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect()
}
