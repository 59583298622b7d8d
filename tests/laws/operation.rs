//! What can happen, drawn at random.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// One thing that happens. Numbers choose among what is there, counted from the newest, so that every
/// sequence means something and shrinks well.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Begin {
        who: u8,
        purpose: u8,
        cookie: Cookie,
        session: Option<u8>,
        stale: bool,
        by: bool,
    },
    Send {
        ticket: u8,
        email: bool,
        again: bool,
        outcome: u8,
        by: bool,
    },
    Submit {
        ticket: u8,
        typed: Typed,
        remember: bool,
        by: bool,
    },
    Cancel {
        ticket: u8,
    },
    EnrolBegin {
        by_ticket: bool,
        which: u8,
    },
    EnrolConfirm {
        right: bool,
        remember: bool,
    },
    Remove {
        which: u8,
    },
    Rename {
        which: u8,
    },
    MakeRecoveryCodes {
        which: u8,
    },
    ForgetDevice {
        which: u8,
    },
    ForgetAllDevices {
        who: u8,
    },
    PasswordChanged {
        who: u8,
        keep: bool,
    },
    ContactChanged {
        who: u8,
        email: bool,
        told: bool,
    },
    SignedOut {
        which: u8,
    },
    RoleChanged {
        who: u8,
    },
    Offboarded {
        who: u8,
    },
    Reinstated {
        who: u8,
    },
    Unlock {
        who: u8,
    },
    Reset {
        who: u8,
    },
    NoteDelivery {
        which: u8,
        state: u8,
    },
    SetConsent {
        who: u8,
        out: bool,
    },
    Forward {
        milliseconds: u64,
    },
    Back {
        seconds: u64,
    },
    Policy {
        number: u8,
        by: bool,
    },
    Rotate {
        by: bool,
    },
    Faults {
        load: u8,
        commit: u8,
        lost_answer: u8,
        conflict: u8,
    },
    Entropy {
        broken: bool,
    },
    Clock {
        broken: bool,
    },
    Corrupt {
        who: u8,
        how: u8,
    },
    Garbage {
        text: String,
        spoil: u8,
    },
}

/// Which device token a browser presents.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cookie {
    None,
    /// The newest one of this person.
    Own,
    /// Some earlier one of this person.
    Old(u8),
    /// Somebody else's.
    Foreign(u8),
}

/// What is typed into a page.
#[derive(Clone, Debug)]
pub(crate) enum Typed {
    /// The newest code of this challenge.
    Newest,
    /// An earlier code of this challenge.
    Older(u8),
    /// A code of another challenge of the same person.
    OtherChallenge(u8),
    /// A code somebody else got.
    Foreign(u8),
    Random(u32),
    Malformed(u8),
    /// The code of this person's authenticator, so many steps away.
    Totp(u8, i8),
    /// The code of somebody else's authenticator.
    ForeignTotp(u8),
    /// A recovery code that has not been used.
    Recovery(u8),
    /// A recovery code that has been used, or of an older set.
    UsedRecovery(u8),
    /// What opened something before.
    Again(u8),
}

/// What a sequence is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// A bit of everything.
    Everything,
    /// Many wrong answers.
    Guesses,
    /// Stores, clocks and randomness that fail.
    Faults,
    /// The clock moves, both ways.
    Time,
}

pub(crate) fn operations(flavour: Flavour, length: usize) -> impl Strategy<Value = Vec<Operation>> {
    let one = operation(flavour).prop_map(|operation| vec![operation]).boxed();
    let bursts = if flavour == Flavour::Guesses { 4 } else { 1 };
    let some =
        prop_oneof![24 => one, 4 => sign_in(), 2 => enrolment(), bursts => guessing(), 1 => put_right()]
            .boxed();
    // Mostly long, but short ones are there to shrink to.
    let short = prop::collection::vec(some.clone(), 1..=length / 2);
    let long = prop::collection::vec(some, length / 2..=length * 3 / 4);
    prop_oneof![1 => short, 6 => long].prop_map(|some| some.concat())
}

/// A whole sign-in.
fn sign_in() -> BoxedStrategy<Vec<Operation>> {
    (
        begin(busy().boxed()),
        send(Just(0).boxed()),
        submit(Just(0).boxed(), right()),
    )
        .prop_map(|(begin, send, submit)| {
            let milliseconds = 30_000;
            vec![Operation::Forward { milliseconds }, begin, send, submit]
        })
        .boxed()
}

/// Somebody who only guesses, in one challenge after another.
fn guessing() -> BoxedStrategy<Vec<Operation>> {
    let round = |guesses| {
        let wrong = submit(Just(0).boxed(), wrong());
        let guesses = prop::collection::vec(wrong, guesses);
        (begin(Just(0).boxed()), send(Just(0).boxed()), guesses)
            .prop_map(|(begin, send, guesses)| [vec![begin, send], guesses].concat())
    };
    let policy = select(vec![0_u8, 3, 7, 7]).prop_map(|number| {
        let policy = |by| Operation::Policy { number, by };
        vec![policy(false), policy(true)]
    });
    (policy, round(2..12), round(2..12))
        .prop_map(|(policy, first, second)| [policy, first, second].concat())
        .boxed()
}

/// The clock was wrong, and staff put it right.
fn put_right() -> BoxedStrategy<Vec<Operation>> {
    (busy(), 121_u64..3_600, begin(busy().boxed()))
        .prop_map(|(who, seconds, begin)| vec![Operation::Back { seconds }, Operation::Unlock { who }, begin])
        .boxed()
}

/// A whole enrolment, for somebody who may.
fn enrolment() -> BoxedStrategy<Vec<Operation>> {
    let begin = (busy(), any::<bool>()).prop_map(|(who, by)| Operation::Begin {
        who,
        purpose: 2,
        cookie: Cookie::Own,
        session: None,
        stale: false,
        by,
    });
    let enrol = (any::<bool>(), any::<bool>()).prop_map(|(by_ticket, remember)| {
        let which = 0;
        let begin = Operation::EnrolBegin { by_ticket, which };
        vec![
            begin,
            Operation::EnrolConfirm {
                right: true,
                remember,
            },
        ]
    });
    let proof = (send(Just(0).boxed()), submit(Just(0).boxed(), right()));
    (begin, proof, enrol)
        .prop_map(|(begin, (send, submit), enrol)| [vec![begin, send, submit], enrol].concat())
        .boxed()
}

/// Two people out of six get most of the attention, so that something builds up.
fn busy() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(0_u8), 2 => Just(1), 1 => 0_u8..6]
}

fn operation(flavour: Flavour) -> impl Strategy<Value = Operation> {
    let (guesses, faults, time) = match flavour {
        Flavour::Everything => (4, 2, 6),
        Flavour::Guesses => (40, 1, 4),
        Flavour::Faults => (4, 16, 6),
        Flavour::Time => (4, 0, 24),
    };
    let faults = |weight: u32| weight.min(faults);
    let ticket = || prop_oneof![6 => Just(0_u8), 3 => 0_u8..8];
    let mut all = vec![
        (14, begin(busy().boxed())),
        (14, send(ticket().boxed())),
        (18, submit(ticket().boxed(), right())),
        (8, submit(ticket().boxed(), doubtful())),
        (guesses, submit(ticket().boxed(), wrong())),
        (
            1,
            ticket().prop_map(|ticket| Operation::Cancel { ticket }).boxed(),
        ),
        (6, enrol()),
        (4, manage(busy().boxed())),
        (4, staff(busy().boxed())),
        (time, clock()),
        (
            2,
            (0_u8..8, any::<bool>())
                .prop_map(|(number, by)| Operation::Policy { number, by })
                .boxed(),
        ),
        (1, any::<bool>().prop_map(|by| Operation::Rotate { by }).boxed()),
        (faults(16), fault()),
        (
            faults(2),
            (busy(), any::<u8>())
                .prop_map(|(who, how)| Operation::Corrupt { who, how })
                .boxed(),
        ),
        (faults(4), garbage()),
    ];
    all.retain(|(weight, _)| *weight > 0);
    Union::new_weighted(all)
}

fn begin(who: BoxedStrategy<u8>) -> BoxedStrategy<Operation> {
    let cookie = prop_oneof![
        3 => Just(Cookie::None),
        6 => Just(Cookie::Own),
        1 => any::<u8>().prop_map(Cookie::Old),
        1 => any::<u8>().prop_map(Cookie::Foreign),
    ];
    let purpose = prop_oneof![5 => Just(0_u8), 2 => Just(1), 2 => Just(2)];
    let session = prop::option::weighted(0.2, 0_u8..2);
    (
        who,
        purpose,
        cookie,
        session,
        prop::bool::weighted(0.05),
        any::<bool>(),
    )
        .prop_map(|(who, purpose, cookie, session, stale, by)| Operation::Begin {
            who,
            purpose,
            cookie,
            session,
            stale,
            by,
        })
        .boxed()
}

fn send(ticket: BoxedStrategy<u8>) -> BoxedStrategy<Operation> {
    let outcome = prop_oneof![6 => Just(0_u8), 1 => 1_u8..5];
    (ticket, any::<bool>(), any::<bool>(), outcome, any::<bool>())
        .prop_map(|(ticket, email, again, outcome, by)| Operation::Send {
            ticket,
            email,
            again,
            outcome,
            by,
        })
        .boxed()
}

fn submit(ticket: BoxedStrategy<u8>, typed: BoxedStrategy<Typed>) -> BoxedStrategy<Operation> {
    (ticket, typed, any::<bool>(), any::<bool>())
        .prop_map(|(ticket, typed, remember, by)| Operation::Submit {
            ticket,
            typed,
            remember,
            by,
        })
        .boxed()
}

fn right() -> BoxedStrategy<Typed> {
    prop_oneof![
        6 => Just(Typed::Newest),
        4 => (any::<u8>(), Just(0_i8)).prop_map(|(which, step)| Typed::Totp(which, step)),
        1 => any::<u8>().prop_map(Typed::Recovery),
    ]
    .boxed()
}

fn doubtful() -> BoxedStrategy<Typed> {
    prop_oneof![
        3 => any::<u8>().prop_map(Typed::Older),
        2 => any::<u8>().prop_map(Typed::OtherChallenge),
        2 => any::<u8>().prop_map(Typed::Foreign),
        3 => (any::<u8>(), -3_i8..=3).prop_map(|(which, step)| Typed::Totp(which, step)),
        1 => any::<u8>().prop_map(Typed::ForeignTotp),
        1 => any::<u8>().prop_map(Typed::UsedRecovery),
        4 => any::<u8>().prop_map(Typed::Again),
    ]
    .boxed()
}

fn wrong() -> BoxedStrategy<Typed> {
    prop_oneof![
        9 => any::<u32>().prop_map(Typed::Random),
        1 => any::<u8>().prop_map(Typed::Malformed),
    ]
    .boxed()
}

fn enrol() -> BoxedStrategy<Operation> {
    let which = || prop_oneof![3 => Just(0_u8), 1 => 0_u8..4];
    prop_oneof![
        4 => (any::<bool>(), which()).prop_map(|(by_ticket, which)| Operation::EnrolBegin { by_ticket, which }),
        4 => (prop::bool::weighted(0.8), any::<bool>())
            .prop_map(|(right, remember)| Operation::EnrolConfirm { right, remember }),
        1 => which().prop_map(|which| Operation::Remove { which }),
        1 => which().prop_map(|which| Operation::Rename { which }),
        1 => which().prop_map(|which| Operation::MakeRecoveryCodes { which }),
    ]
    .boxed()
}

fn manage(who: BoxedStrategy<u8>) -> BoxedStrategy<Operation> {
    prop_oneof![
        1 => any::<u8>().prop_map(|which| Operation::ForgetDevice { which }),
        1 => who.clone().prop_map(|who| Operation::ForgetAllDevices { who }),
        1 => any::<u8>().prop_map(|which| Operation::SignedOut { which }),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, keep)| Operation::PasswordChanged { who, keep }),
        1 => (any::<u8>(), 0_u8..3).prop_map(|(which, state)| Operation::NoteDelivery { which, state }),
        1 => (who, any::<bool>()).prop_map(|(who, out)| Operation::SetConsent { who, out: out && who > 1 }),
    ]
    .boxed()
}

fn staff(who: BoxedStrategy<u8>) -> BoxedStrategy<Operation> {
    prop_oneof![
        2 => (who.clone(), any::<bool>(), any::<bool>())
            .prop_map(|(who, email, told)| Operation::ContactChanged { who, email, told }),
        1 => who.clone().prop_map(|who| Operation::RoleChanged { who }),
        1 => who.clone().prop_map(|who| Operation::Offboarded { who }),
        2 => who.clone().prop_map(|who| Operation::Reinstated { who }),
        3 => who.clone().prop_map(|who| Operation::Unlock { who }),
        1 => who.prop_map(|who| Operation::Reset { who }),
    ]
    .boxed()
}

fn clock() -> BoxedStrategy<Operation> {
    // Around the ends that matter, and far away.
    let forward = prop_oneof![
        4 => select(vec![1_u64, 29_999, 30_000, 59_999, 60_000, 299_999, 300_000, 600_000, 900_000]),
        3 => 1_u64..120_000,
        1 => 1_u64..72_000_000,
    ];
    let back = prop_oneof![3 => 1_u64..=120, 1 => 1_u64..3_600];
    prop_oneof![
        4 => forward.prop_map(|milliseconds| Operation::Forward { milliseconds }),
        1 => back.prop_map(|seconds| Operation::Back { seconds }),
    ]
    .boxed()
}

fn fault() -> BoxedStrategy<Operation> {
    let chance = || prop_oneof![2 => Just(0_u8), 1 => Just(60), 1 => Just(200)];
    let store = (chance(), chance(), chance(), chance()).prop_map(|(load, commit, lost_answer, conflict)| {
        Operation::Faults {
            load,
            commit,
            lost_answer,
            conflict,
        }
    });
    prop_oneof![
        2 => Just(Operation::Faults { load: 0, commit: 0, lost_answer: 0, conflict: 0 }),
        2 => store,
        1 => any::<bool>().prop_map(|broken| Operation::Entropy { broken }),
        2 => Just(Operation::Entropy { broken: false }),
        1 => any::<bool>().prop_map(|broken| Operation::Clock { broken }),
        2 => Just(Operation::Clock { broken: false }),
    ]
    .boxed()
}

fn garbage() -> BoxedStrategy<Operation> {
    let text = prop_oneof![
        "\\PC{0,40}",
        "v1\\.[a-z2-7]{0,200}",
        "v1\\.1\\.[0-9a-f]{32}\\.[0-9]{1,3}\\.[0-9a-f]{64}"
    ];
    (text, any::<u8>())
        .prop_map(|(text, spoil)| Operation::Garbage { text, spoil })
        .boxed()
}
