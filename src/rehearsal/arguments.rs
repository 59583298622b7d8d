//! What a step may say beside `at`, `who`, `does`, `times` and `expect`: one row per argument.

use alloc::vec::Vec;

use super::fields::assurances;
use super::value::{Kind, Label};
use crate::contact::Channel;
use crate::method::{AssertionKind, AuthenticatorKind, Method};
use crate::policy::Population;

macro_rules! arguments {
    ($($(#[doc = $doc:literal])+ $argument:ident = $name:literal: $kind:expr;)*) => {
        /// An argument of a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Argument {
            $($(#[doc = $doc])+ $argument,)*
        }

        impl Argument {
            pub(super) const ALL: &[Self] = &[$(Self::$argument,)*];

            /// The name, as a file writes it. Two arguments may share one, never for the same word.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$argument => $name,)* }
            }

            pub(super) const fn about(self) -> &'static str {
                match self { $(Self::$argument => concat!($($doc),+),)* }
            }

            pub(super) fn kind(self) -> Kind {
                match self { $(Self::$argument => $kind,)* }
            }
        }
    };
}

arguments! {
    /// The device. Left out: the person's own, called `NAME's device`.
    On = "on": Kind::Device;
    /// What is to be opened. Left out: `sign_in`.
    Purpose = "purpose": Kind::Purpose;
    /// The host's reference to the session before sign-in; `""` for a host that gives none. Left out: one for each
    /// device, until its cookies are cleared.
    Session = "session": Kind::Text;
    /// How long ago the first factor was given. Left out: 5 s.
    FirstFactorAge = "first_factor_age": Kind::Span;
    /// How far in the future the first factor lies, for hosts whose clocks differ.
    FirstFactorAhead = "first_factor_ahead": Kind::Span;
    /// Whether the device is one the public can use. Left out: as `shared_devices` says.
    Shared = "shared": Kind::Truth;
    /// Sends the cookie this device keeps for somebody else.
    CookieOf = "cookie_of": Kind::Person;
    /// The person followed a link that was sent by this channel.
    LinkBy = "link": Kind::Word(channels);
    /// The link they followed: it carries the version of their contacts at the time it was made.
    Contacts = "contacts": Kind::Known(Label::Link);
    /// A second factor was proved elsewhere, as the host says.
    Asserted = "asserted": Kind::Word(assertions);
    /// How long ago that was. Left out: 5 s.
    AssertedAge = "asserted_age": Kind::Span;
    /// What it is worth, as the host says. Left out: `phishing_resistant` for a passkey, otherwise `second_factor`.
    AssertedAssurance = "asserted_assurance": Kind::Word(assurances);
    /// A name for the link, for later steps.
    NamesLink = "as": Kind::Names(Label::Link);
    /// A name for the request, for later steps.
    NamesEmergency = "as": Kind::Names(Label::Emergency);
    /// Which request. Left out: the newest of `whom`.
    Emergency = "emergency": Kind::Known(Label::Emergency);
    /// A name for the challenge, for later steps.
    NamesChallenge = "as": Kind::Names(Label::Challenge);
    /// Which challenge. Left out: the newest of the person on this device.
    Challenge = "challenge": Kind::Known(Label::Challenge);
    /// By which channel. Left out: the first one offered, or the first on file.
    By = "by": Kind::Word(channels);
    /// By which method. Left out: the first one offered that is at hand.
    Using = "using": Kind::Word(methods);
    /// A name for the code that is sent or typed, for later steps.
    NamesCode = "code": Kind::Names(Label::Code);
    /// What is typed: the name of a code, `newest` (the newest message to the person), `app` (what the newest
    /// authenticator shows), `recovery` (an unused line of the sheet) or `wrong`. Left out: `newest` when a message
    /// was sent for this challenge, otherwise `app`.
    Types = "types": Kind::Typed;
    /// Types exactly this text.
    Literal = "literal": Kind::Text;
    /// How the code is written. Left out: as it was shown.
    Style = "style": Kind::Word(styles);
    /// Which authenticator.
    Authenticator = "authenticator": Kind::Known(Label::Authenticator);
    /// What the authenticator is called. Left out: `app`.
    NamesAuthenticator = "authenticator": Kind::Names(Label::Authenticator);
    /// What the authenticator is called from now on.
    NewName = "name": Kind::Names(Label::Authenticator);
    /// The code the app shows so many steps of 30 seconds later, or earlier when negative.
    Steps = "steps": Kind::Number;
    /// Which sheet of recovery codes. Left out: the newest.
    Sheet = "sheet": Kind::Known(Label::Sheet);
    /// A name for the sheet of recovery codes that is shown.
    NamesSheet = "sheet": Kind::Names(Label::Sheet);
    /// Which line of the sheet, from 1 on. Left out: the first one not yet used.
    Position = "line": Kind::Number;
    /// The page knows that the answer is meant for this method.
    Method = "method": Kind::Word(methods);
    /// The page knows that the answer is meant for the authenticator. Left out: false.
    Addressed = "addressed": Kind::Truth;
    /// Whether the person wants the device remembered. Left out: false.
    Remember = "remember": Kind::Truth;
    /// What the authenticator runs on. Left out: `phone`.
    AppKind = "kind": Kind::Word(kinds);
    /// By which right: `enrol_first` (a sign-in that waits for it) or `fresh` (the newest pass of the person on this
    /// device). Left out: whichever came last.
    ByRight = "right": Kind::Word(|| Vec::from(["enrol_first", "fresh"]));
    /// Whom it is about. Left out: `who`.
    Whom = "whom": Kind::Person;
    /// Why, in the words of whoever does it.
    Note = "note": Kind::Text;
    /// Whether the device `on` should stay remembered, on the word of its newest pass. Left out: false.
    Keep = "keep": Kind::Truth;
    /// The new mobile number; `""` for none.
    Mobile = "mobile": Kind::Mobile;
    /// The new address; `""` for none.
    Email = "email": Kind::Email;
    /// Whether the host tells the library. Left out: true.
    Told = "told": Kind::Truth;
    /// The roles from now on.
    Roles = "roles": Kind::Texts;
    /// The device that gets the cookies.
    Onto = "onto": Kind::Device;
    /// The practice. Left out: that of `who`, or the first.
    Practice = "practice": Kind::Practice;
    /// The instant asked about.
    When = "when": Kind::Clock;
    /// When the appointment begins.
    Start = "start": Kind::Clock;
    /// When it ends.
    End = "end": Kind::Clock;
    /// Who takes part.
    Participants = "participants": Kind::People;
    /// Where the attempt comes from: an address. Left out: nothing is known of it.
    Source = "source": Kind::Text;
    /// All layers the practice has of its own from now on, each as in a policy file; `[]` for none.
    Layers = "layers": Kind::Layers;
    /// The version that is saved over. Left out: the one that holds.
    Version = "version": Kind::Number;
    /// Who approved it, if that is somebody else.
    ApprovedBy = "approved_by": Kind::Person;
    /// The text about the risk that was accepted, by its version.
    AcceptedText = "accepted_text": Kind::Text;
    /// Who asked for it. Left out: `who`.
    RequestedBy = "requested_by": Kind::Person;
    /// The one person it is for. Left out: everybody of the practice or site.
    ForPerson = "for_person": Kind::Person;
    /// The one site it is for.
    ForSite = "for_site": Kind::Text;
    /// For these populations only.
    Populations = "populations": Kind::Words(populations);
    /// For these purposes only; without an object, for every one of that name.
    Purposes = "purposes": Kind::Purposes;
    /// When it ends by itself. Left out: not before it is withdrawn.
    Ends = "until": Kind::Instant;
    /// A name for the waiver, for later steps.
    NamesWaiver = "as": Kind::Names(Label::Waiver);
    /// Which waiver.
    Waiver = "waiver": Kind::Known(Label::Waiver);
    /// Why it makes no sense to send there again, for `failed`. Left out: it may.
    Permanent = "permanent": Kind::Word(not_sent);
    /// What the carrier reports.
    State = "state": Kind::Word(|| Vec::from(["sent", "delivered", "failed"]));
    /// What becomes of a message: `accepted`, not sent for one of the reasons `bad_destination`, `opted_out`,
    /// `no_credit` and `unavailable`, or `unknown`.
    Answer = "answer": Kind::Word(answers);
    /// How long handing a message over takes; the clock moves on meanwhile. Left out: no time.
    Take = "take": Kind::Span;
    /// Whether that becomes of notices too. Left out: they arrive.
    OfNotices = "notices": Kind::Truth;
    /// What the clock shows.
    To = "to": Kind::Clock;
    /// What does not work: reading from the store, writing to it, its answer after it has written, the clock, or the
    /// source of randomness.
    What = "what": Kind::Word(breakable);
    /// The policy, written as at the top of the file.
    NewPolicy = "policy": Kind::Policy;
    /// The layer, written as in a policy file.
    NewLayer = "layer": Kind::Layer;
    /// The name messages bear.
    Brand = "brand": Kind::Text;
    /// The time zone of the practice.
    PracticeZone = "zone": Kind::Zone;
    /// What the host knows of the practice; an empty list says that there is nothing.
    Facts = "facts": Kind::Facts;
    /// The channels that are not part of what the practice has.
    Without = "without": Kind::Words(channels);
    /// At most so many. Left out: 1000.
    Limit = "limit": Kind::Number;
}

pub(super) fn channels() -> Vec<&'static str> {
    Channel::ALL.iter().map(|channel| channel.as_str()).collect()
}

pub(super) fn methods() -> Vec<&'static str> {
    Method::ALL.iter().map(|method| method.as_str()).collect()
}

fn kinds() -> Vec<&'static str> {
    AuthenticatorKind::ALL.iter().map(|kind| kind.as_str()).collect()
}

fn styles() -> Vec<&'static str> {
    Vec::from(["spaced", "hyphens", "wide", "short", "letter"])
}

fn answers() -> Vec<&'static str> {
    Vec::from([
        "accepted",
        "bad_destination",
        "opted_out",
        "no_credit",
        "unavailable",
        "unknown",
    ])
}

fn not_sent() -> Vec<&'static str> {
    Vec::from(["bad_destination", "opted_out", "no_credit", "unavailable"])
}

fn assertions() -> Vec<&'static str> {
    AssertionKind::ALL.iter().map(|kind| kind.as_str()).collect()
}

fn populations() -> Vec<&'static str> {
    Population::ALL
        .iter()
        .map(|population| population.as_str())
        .collect()
}

fn breakable() -> Vec<&'static str> {
    Vec::from([
        "store_load",
        "store_commit",
        "store_answer",
        "clock",
        "randomness",
    ])
}
