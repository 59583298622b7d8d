//! Laws 1 and 8 for what stands in for a second factor: waivers, grants for a line that dropped, bypass codes,
//! emergencies. A small model says who may pass and why; a pass it does not know of is a breach.

#![expect(clippy::panic, reason = "tests stop where they fail")]

use std::collections::BTreeMap;
use std::time::Duration;

use medfactor::audit::{Actor, Reason};
use medfactor::contact::{Channel, Destination};
use medfactor::directory::{Action, Person};
use medfactor::flow::{
    Begin, Decision, Emergency, FirstFactor, Managed, Pass, Remember, Ruling, Signal, Verdict, Why,
};
use medfactor::ids::{PracticeId, RoleName, Subject, SubjectId, WaiverId};
use medfactor::method::Method;
use medfactor::policy::{Layer, Policy, Population, PurposeGrant, Requirement, WaiverRequest};
use medfactor::purpose::Purpose;
use medfactor::testing::{Clinic, Faults};
use medfactor::time::Timestamp;
use pollster::FutureExt as _;
use proptest::prelude::*;

const GRANT: Duration = Duration::from_secs(7_200);
const BYPASS: Duration = Duration::from_secs(900);

#[derive(Clone, Debug)]
enum Step {
    Begin {
        object: u8,
        device: u8,
        answer: bool,
        remember: bool,
    },
    Close {
        object: u8,
    },
    Waive {
        minutes: Option<u16>,
    },
    Withdraw,
    Issue {
        object: u8,
    },
    UseBypass {
        object: u8,
        again: bool,
    },
    BreakGlass {
        reason: bool,
    },
    PasswordChanged,
    Forward {
        seconds: u16,
    },
    Back {
        seconds: u8,
    },
    Fault {
        commit: bool,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..2u8, 0..2u8, any::<bool>(), any::<bool>())
            .prop_map(|(object, device, answer, remember)| Step::Begin { object, device, answer, remember }),
        1 => (0..3u8).prop_map(|object| Step::Close { object }),
        1 => proptest::option::of(1..300u16).prop_map(|minutes| Step::Waive { minutes }),
        1 => Just(Step::Withdraw),
        1 => (0..2u8).prop_map(|object| Step::Issue { object }),
        2 => (0..2u8, any::<bool>()).prop_map(|(object, again)| Step::UseBypass { object, again }),
        1 => any::<bool>().prop_map(|reason| Step::BreakGlass { reason }),
        1 => Just(Step::PasswordChanged),
        4 => (0..4_000u16).prop_map(|seconds| Step::Forward { seconds }),
        1 => (1..120u8).prop_map(|seconds| Step::Back { seconds }),
        1 => any::<bool>().prop_map(|commit| Step::Fault { commit }),
    ];
    proptest::collection::vec(step, 1..40)
}

struct World {
    clinic: Clinic,
    pat: Subject,
    cookies: BTreeMap<u8, String>,
    /// Until when each object was granted on each device.
    grants: BTreeMap<(u8, u8), Timestamp>,
    waivers: Vec<(WaiverId, Option<Timestamp>)>,
    bypass: Option<(u8, String, Timestamp)>,
    used: Vec<(u8, String)>,
    emergencies: Vec<Timestamp>,
    passes: usize,
}

fn vera() -> Actor {
    Actor::staff(SubjectId::new("vera").unwrap())
}

fn object(number: u8) -> Purpose {
    match number {
        2 => Purpose::new("video_join").unwrap(),
        _ => Purpose::parse(&format!("video_join/A{number}")).unwrap(),
    }
}

impl World {
    fn new() -> Self {
        let physician = RoleName::new("physician").unwrap();
        let layer = Layer::vendor()
            .waivable()
            .requirement(Requirement::Required)
            .methods([Method::Sms, Method::BypassCode])
            .purpose_grant(PurposeGrant::VIDEO_VISIT)
            .break_glass_roles([physician.clone()])
            .sends_per_subject(medfactor::policy::SubjectSends::MAX)
            .sends_per_destination(medfactor::policy::DestinationSends::MAX)
            .sends_per_challenge(medfactor::policy::ChallengeSends::MAX);
        let clinic = Clinic::new(Policy::new().layer(layer)).unwrap();
        for action in [
            Action::GrantWaiver,
            Action::WithdrawWaiver,
            Action::IssueBypassCode,
        ] {
            clinic.directory.permit(&vera(), action);
        }
        let pat = Subject::parse("t1", "pat").unwrap();
        let phone = Destination::sms("+447700900123").unwrap();
        let person = Person::new(pat.clone(), Population::Staff)
            .role(physician)
            .destination(phone);
        clinic.directory.put_person(person);
        Self {
            clinic,
            pat,
            cookies: BTreeMap::new(),
            grants: BTreeMap::new(),
            waivers: Vec::new(),
            bypass: None,
            used: Vec::new(),
            emergencies: Vec::new(),
            passes: 0,
        }
    }

    fn now(&self) -> Timestamp {
        self.clinic.clock.read()
    }

    fn practice(&self) -> &PracticeId {
        self.pat.practice()
    }

    /// The first factor was given just now, by the latest time anybody has seen.
    fn first(&self) -> FirstFactor {
        FirstFactor::passed_at(self.now())
    }

    /// A pass that came from asking alone: only a waiver or a grant may give one.
    fn judge_asked(&mut self, number: u8, device: u8, pass: &Pass) {
        let now = self.now();
        assert_eq!(pass.purpose(), &object(number));
        match pass.why() {
            Why::NotRequired(Reason::Waived) => {
                let live = self
                    .waivers
                    .iter()
                    .any(|(_, end)| end.is_none_or(|end| now < end));
                assert!(live, "no waiver holds");
            }
            Why::Granted { until } => {
                assert_eq!(
                    self.grants.get(&(number, device)),
                    Some(&until),
                    "nothing was granted"
                );
                assert!(now < until, "the grant is over");
            }
            why => panic!("passed by {why:?}"),
        }
        self.keep(device, pass);
    }

    fn keep(&mut self, device: u8, pass: &Pass) {
        self.passes += 1;
        if let Some(cookie) = pass.device_cookie() {
            self.cookies.insert(device, cookie.value().into());
        }
    }

    fn step(&mut self, step: &Step) {
        let vera = vera();
        match step {
            Step::Begin {
                object: number,
                device,
                answer,
                remember,
            } => self.begin(*number, *device, *answer, *remember),
            Step::Close { object: number } => {
                let closed = object(*number);
                let signal = Signal::ObjectClosed(&closed);
                if self
                    .clinic
                    .verifier
                    .signal(&self.pat, signal, &vera)
                    .block_on()
                    .is_ok()
                {
                    self.grants
                        .retain(|(known, _), _| *number != 2 && known != number);
                }
            }
            Step::Waive { minutes } => {
                let end = minutes.map(|m| self.now().saturating_add(Duration::from_secs(u64::from(m) * 60)));
                let mut request = WaiverRequest::practice(vera.clone(), "risk-notice-1");
                if let Some(end) = end {
                    request = request.until(end);
                }
                let granted = self
                    .clinic
                    .verifier
                    .grant_waiver(self.practice(), &request, &vera);
                if let Ok(Decision::Made(id)) = granted.block_on() {
                    self.waivers.push((id, end));
                }
            }
            Step::Withdraw => {
                if let Some((id, _)) = self.waivers.last().copied() {
                    let done = self
                        .clinic
                        .verifier
                        .withdraw_waiver(self.practice(), id, "over", &vera);
                    if matches!(done.block_on(), Ok(Decision::Made(())) | Ok(Decision::Refused(_))) {
                        self.waivers.pop();
                    }
                }
            }
            Step::Issue { object: number } => {
                let purpose = object(*number);
                let issued = self
                    .clinic
                    .verifier
                    .issue_bypass_code(&self.pat, &purpose, &vera, "rang up");
                if let Ok(Managed::Done(code)) = issued.block_on() {
                    self.bypass = Some((*number, code.expose().into(), code.expires_at()));
                }
            }
            Step::UseBypass {
                object: number,
                again,
            } => self.use_bypass(*number, *again),
            Step::BreakGlass { reason } => {
                let why = if *reason { "unconscious patient" } else { " " };
                let (first, purpose) = (self.first(), object(0));
                let emergency = self.clinic.verifier.break_glass(&self.pat, &purpose, first, why);
                if let Ok(Emergency::Pass(pass)) = emergency.block_on() {
                    assert!(*reason, "an emergency without a reason");
                    let day = Duration::from_secs(24 * 3600);
                    let from = pass.at().saturating_sub(day);
                    self.emergencies.retain(|at| *at > from);
                    self.emergencies.push(pass.at());
                    assert!(self.emergencies.len() <= 3, "too many emergencies");
                }
            }
            Step::PasswordChanged => {
                let signal = Signal::PasswordChanged { keep: None };
                if self
                    .clinic
                    .verifier
                    .signal(&self.pat, signal, &vera)
                    .block_on()
                    .is_ok()
                {
                    self.grants.clear();
                    self.bypass = None;
                }
            }
            Step::Forward { seconds } => self.clinic.clock.forward(Duration::from_secs((*seconds).into())),
            Step::Back { seconds } => self.clinic.clock.back(Duration::from_secs((*seconds).into())),
            Step::Fault { commit } => {
                let mut faults = Faults::default();
                faults.commit = if *commit { 60 } else { 0 };
                faults.conflict = 30;
                self.clinic.store.set(faults);
            }
        }
    }

    fn begin(&mut self, number: u8, device: u8, answer: bool, remember: bool) {
        let request = Begin::new(&self.pat, object(number), self.first())
            .device(self.cookies.get(&device).map(String::as_str));
        let challenge = match self.clinic.verifier.begin(request).block_on() {
            Ok(Ruling::Pass(pass)) => return self.judge_asked(number, device, &pass),
            Ok(Ruling::Challenge(challenge)) => challenge,
            Ok(Ruling::Enrol(_) | Ruling::Blocked(_)) | Err(_) => return,
        };
        if !answer {
            return;
        }
        let sent = self.clinic.outbox.messages().len();
        let _ = self
            .clinic
            .verifier
            .send(challenge.ticket(), Channel::Sms)
            .block_on();
        let messages = self.clinic.outbox.messages();
        let Some(message) = messages.last().filter(|_| messages.len() > sent) else {
            return;
        };
        let remember = if remember { Remember::Yes } else { Remember::No };
        let verdict = self
            .clinic
            .verifier
            .submit(challenge.ticket(), &message.code, remember);
        if let Ok(Verdict::Pass(pass)) = verdict.block_on() {
            assert_eq!(pass.why(), Why::Verified(Method::Sms));
            assert_eq!(pass.trusted_until(), Some(pass.at().saturating_add(GRANT)));
            self.grants
                .insert((number, device), pass.at().saturating_add(GRANT));
            self.keep(device, &pass);
        }
    }

    fn use_bypass(&mut self, number: u8, again: bool) {
        let spent = self.used.last().cloned().filter(|_| again);
        let live = self.bypass.clone().map(|(object, code, _)| (object, code));
        let Some((issued_for, code)) = spent.or(live) else {
            return;
        };
        let request = Begin::new(&self.pat, object(number), self.first());
        let Ok(Ruling::Challenge(challenge)) = self.clinic.verifier.begin(request).block_on() else {
            return;
        };
        let answer = medfactor::flow::Answer::new(&code).method(Method::BypassCode);
        if let Ok(Verdict::Pass(pass)) = self.clinic.verifier.answer(challenge.ticket(), answer).block_on() {
            let (object, known, expires_at) = self.bypass.take().unwrap();
            assert_eq!(
                (object, known.as_str()),
                (number, code.as_str()),
                "another code, or for another thing"
            );
            assert_eq!(issued_for, number);
            assert!(pass.at() < expires_at && pass.at().since(expires_at.saturating_sub(BYPASS)) < BYPASS);
            assert_eq!(pass.trusted_until(), None, "a bypass code is remembered");
            self.used.push((number, code));
            self.passes += 1;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.min(128)))]

    #[test]
    fn laws_1_and_8_nothing_stands_in_for_a_factor_but_what_was_given_and_while_it_holds(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
    }
}

/// The walks are worth nothing if nobody ever passes.
#[test]
fn the_walk_passes_in_every_way() {
    let mut world = World::new();
    let begin = |answer| Step::Begin {
        object: 0,
        device: 0,
        answer,
        remember: false,
    };
    let walk = [
        begin(true),
        Step::Forward { seconds: 60 },
        begin(false),
        Step::Close { object: 0 },
        Step::Issue { object: 0 },
        Step::UseBypass {
            object: 0,
            again: false,
        },
        Step::UseBypass {
            object: 0,
            again: true,
        },
        Step::Waive { minutes: None },
        begin(false),
        Step::Withdraw,
        Step::Back { seconds: 60 },
        begin(false),
        Step::BreakGlass { reason: true },
    ];
    for step in &walk {
        world.step(step);
    }
    assert_eq!(world.passes, 4, "a code, a grant, a bypass code, a waiver");
    assert_eq!(world.emergencies.len(), 1);
}
