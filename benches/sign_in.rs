//! What one step of a sign-in costs: through the verifier on a store in memory, and in the core alone.
//!
//! Verdicts stand side by side, since time must not tell a wrong answer from an unknown challenge. Every
//! measured call starts from the same state, which is made anew outside the measurement.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use medfactor::audit::Actor;
use medfactor::contact::{Channel, Destination};
use medfactor::directory::{Directory as _, Person, Practice};
use medfactor::entropy::Entropy as _;
use medfactor::flow::{self, Answer, Challenge, DestinationState, Remember, Ruling, Scene, Verdict};
use medfactor::ids::Subject;
use medfactor::keys::KeyRing;
use medfactor::method::Method;
use medfactor::policy::{Layer, Methods, Policy, Requirement, presets};
use medfactor::purpose::Purpose;
use medfactor::record::{RecordKey, SubjectRecord};
use medfactor::store::Store as _;
use medfactor::testing::Clinic;
use medfactor::time::parse_date;
use pollster::block_on;

const PHONE: &str = "+12125550142";
const WRONG: &str = "000000";

/// A subject in the middle of a sign-in.
struct State {
    clinic: Clinic,
    subject: Subject,
    challenge: Option<Challenge>,
    cookie: Option<String>,
    typed: String,
}

/// Makes the state a measured call starts from.
type Setup = fn() -> State;

const BEGIN: [(&str, Setup); 4] = [
    ("policy_off", || by_sms(off())),
    ("challenge_new", || by_sms(wrs())),
    ("challenge_again", || challenged(by_sms(wrs()))),
    ("remembered_device", remembered),
];

const SUBMIT: [(&str, Setup); 6] = [
    ("sms_right", sms_right),
    ("sms_wrong", || State {
        typed: WRONG.into(),
        ..sms_right()
    }),
    ("sms_unknown", || unknown(sms_right(), by_sms(wrs()))),
    ("totp_right", totp_right),
    ("totp_wrong", || State {
        typed: WRONG.into(),
        ..totp_right()
    }),
    ("totp_unknown", || unknown(totp_right(), by_app().0)),
];

fn off() -> Policy {
    Policy::new().layer(Layer::vendor().requirement(Requirement::Off))
}

/// Codes by text message, remembered for 18 hours.
fn wrs() -> Policy {
    presets::wrs_staff(parse_date("2026-01-01").unwrap())
}

fn by_sms(policy: Policy) -> State {
    let clinic = Clinic::new(policy).unwrap();
    State {
        subject: clinic.staff("rex", Some(PHONE), None).unwrap(),
        clinic,
        challenge: None,
        cookie: None,
        typed: String::new(),
    }
}

/// With an authenticator app, and the code it shows.
fn by_app() -> (State, String) {
    let methods = Methods::new([Method::Totp, Method::RecoveryCode]);
    let state = by_sms(Policy::new().layer(Layer::vendor().methods(methods)));
    let app = block_on(state.clinic.enrol(&state.subject, "phone")).unwrap();
    let code = app.code(state.clinic.clock.read());
    (state, code)
}

fn challenged(state: State) -> State {
    let challenge = block_on(state.clinic.challenge(&state.subject, None)).unwrap();
    State {
        challenge: Some(challenge),
        ..state
    }
}

fn sms_right() -> State {
    let state = challenged(by_sms(wrs()));
    let typed = block_on(state.clinic.send_sms(state.challenge.as_ref().unwrap())).unwrap();
    State { typed, ..state }
}

fn totp_right() -> State {
    let (state, typed) = by_app();
    State {
        typed,
        ..challenged(state)
    }
}

fn remembered() -> State {
    let state = sms_right();
    let challenge = state.challenge.as_ref().unwrap();
    let verdict = block_on(state.clinic.submit(challenge, &state.typed, Remember::Yes));
    let pass = verdict.unwrap().unwrap();
    let cookie = pass.device_cookie().map(|cookie| cookie.value().into());
    State { cookie, ..state }
}

/// The state as it is, and the genuine ticket of a challenge that nobody there has begun.
fn unknown(state: State, elsewhere: State) -> State {
    // The seeds are the same, so without this the identifiers would be too.
    elsewhere.clinic.entropy.fill(&mut [0; 32]).unwrap();
    State {
        challenge: challenged(elsewhere).challenge,
        typed: WRONG.into(),
        ..state
    }
}

fn through_the_verifier(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("begin/verifier");
    group.measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements(1));
    for (name, state) in BEGIN {
        group.bench_function(name, |bencher| {
            let begin = |s: &mut State| block_on(s.clinic.begin(&s.subject, s.cookie.as_deref())).unwrap();
            expect_ruling(name, &begin(&mut state()));
            bencher.iter_batched_ref(state, begin, BatchSize::SmallInput);
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("submit/verifier");
    group.measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements(1));
    for (name, state) in SUBMIT {
        group.bench_function(name, |bencher| {
            let submit = |s: &mut State| {
                let ticket = s.challenge.as_ref().unwrap().ticket();
                block_on(s.clinic.verifier.submit(ticket, &s.typed, Remember::Yes)).unwrap()
            };
            expect_verdict(name, &submit(&mut state()));
            bencher.iter_batched_ref(state, submit, BatchSize::SmallInput);
        });
    }
    group.finish();
}

/// What the verifier would have loaded: nothing is read or written while the core is measured.
struct Core {
    record: Option<SubjectRecord>,
    person: Person,
    practice: Practice,
    keys: KeyRing,
    destinations: Vec<DestinationState>,
}

impl Core {
    fn load(state: &State) -> Self {
        let (clinic, subject) = (&state.clinic, &state.subject);
        let rows = block_on(clinic.store.load(&[RecordKey::Subject(subject.clone())])).unwrap();
        let row = rows.into_iter().next().flatten();
        let keys = Clinic::<medfactor::testing::SharedStore>::keys().unwrap();
        let phone = Destination::sms(PHONE).unwrap();
        let records = DestinationState::keys(&keys, subject.practice(), &phone).into_iter();
        let records = records.map(|key| (key, Default::default())).collect();
        let practice = clinic.directory.practice(subject.practice());
        Self {
            record: row.map(|row| SubjectRecord::decode(&row.bytes).unwrap()),
            person: block_on(clinic.directory.person(subject)).unwrap().unwrap(),
            practice: block_on(practice).unwrap().unwrap(),
            destinations: vec![DestinationState::new(Channel::Sms, records)],
            keys,
        }
    }

    fn scene<'a>(&'a self, state: &'a State) -> Scene<'a> {
        Scene {
            subject: &state.subject,
            person: Some(&self.person),
            practice: Some(&self.practice),
            decided: None,
            policy: state.clinic.verifier.policy(),
            keys: &self.keys,
            entropy: &state.clinic.entropy,
            now: state.clinic.clock.read(),
            actor: &Actor::Subject,
        }
    }
}

fn in_the_core(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("begin/core");
    group.throughput(Throughput::Elements(1));
    for (name, state) in BEGIN {
        group.bench_function(name, |bencher| {
            let state = state();
            let core = Core::load(&state);
            let cookie = state.cookie.as_deref();
            let request = state.clinic.request(&state.subject, Purpose::sign_in(), cookie);
            let scene = core.scene(&state);
            let begin =
                |record| flow::begin(&scene, record, &core.destinations, black_box(&request)).unwrap();
            expect_ruling(name, &begin(core.record.clone()).answer);
            bencher.iter_batched(|| core.record.clone(), begin, BatchSize::SmallInput);
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("submit/core");
    group.throughput(Throughput::Elements(1));
    for (name, state) in SUBMIT {
        group.bench_function(name, |bencher| {
            let state = state();
            let core = Core::load(&state);
            let id = state.challenge.as_ref().unwrap().id();
            let answer = Answer::new(&state.typed).remember(Remember::Yes);
            let scene = core.scene(&state);
            let submit = |record| flow::submit(&scene, record, id, black_box(&answer)).unwrap();
            expect_verdict(name, &submit(core.record.clone()).answer);
            bencher.iter_batched(|| core.record.clone(), submit, BatchSize::SmallInput);
        });
    }
    group.finish();
}

/// A bench of something else than its name says would be worse than none.
fn expect_ruling(name: &str, ruling: &Ruling) {
    let passes = matches!(ruling, Ruling::Pass(_));
    assert_eq!(passes, !name.starts_with("challenge"), "{name}: {ruling:?}");
}

fn expect_verdict(name: &str, verdict: &Verdict) {
    let reason = match verdict {
        Verdict::Pass(_) => "right",
        Verdict::Rejected(rejection) => rejection.reason().as_str(),
    };
    let expected = name.rsplit('_').next().unwrap();
    assert!(reason.starts_with(expected), "{name}: {reason}");
}

criterion_group!(benches, through_the_verifier, in_the_core);
criterion_main!(benches);
