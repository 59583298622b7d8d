//! What can be expected of a step: one row per field.

use alloc::vec::Vec;

use super::arguments::{channels, methods};
use super::outcomes::Outcome;
use super::value::{Kind, Label};
use crate::audit::{Event, Reason};
use crate::delivery::NoticeKind;
use crate::flow::Assurance;
use crate::message::Text;

/// How what was expected is compared with what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// The same.
    Equal,
    /// All of these, in this order, among others.
    Includes,
    /// None of these.
    Lacks,
    /// The text holds each of these.
    Contains,
    /// The text holds none of these.
    ContainsNot,
    /// Each of these pairs, among others.
    Pairs,
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $field:ident = $name:literal: $kind:expr $(, $compare:ident)?;)*) => {
        /// Something that can be expected of a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Field {
            $($(#[doc = $doc])+ $field,)*
        }

        impl Field {
            pub(super) const ALL: &[Self] = &[$(Self::$field,)*];

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }

            pub(super) const fn about(self) -> &'static str {
                match self { $(Self::$field => concat!($($doc),+),)* }
            }

            pub(super) fn kind(self) -> Kind {
                match self { $(Self::$field => $kind,)* }
            }

            pub(super) fn compare(self) -> Compare {
                match self { $(Self::$field => None $(.or(Some(Compare::$compare)))?.unwrap_or(Compare::Equal),)* }
            }
        }
    };
}

fields! {
    /// How it ended.
    Outcome = "outcome": Kind::Word(outcomes);
    /// The exact reason, as the audit trail writes it.
    Reason = "reason": Kind::Word(reasons);
    /// What is the matter with a contact, exactly, for staff; otherwise the reason.
    ExactReason = "exact_reason": Kind::Word(reasons);
    /// Why a decision was refused.
    Refusal = "refusal": Kind::Word(refusals);
    /// The method that was proved, or the channel a code went by.
    Method = "method": Kind::Word(methods);
    /// Why no answer was reached.
    Error = "error": Kind::Word(errors);
    /// What the person may read, by the key of the text.
    Text = "text": Kind::Word(texts);
    /// What the person may read, in English, without the reference of a code.
    Says = "says": Kind::Text;
    /// The methods that are or would be offered, in their order.
    Methods = "methods": Kind::Words(methods);
    /// The masked destinations that are offered or were used, in their order.
    To = "to": Kind::Texts;
    /// Until when the device is remembered, or `none`.
    Until = "until": Kind::Instant;
    /// When the challenge or the code ends.
    ExpiresAt = "expires_at": Kind::Instant;
    /// From when another message may be asked for, or `none`.
    ResendAt = "resend_at": Kind::Instant;
    /// From when trying again makes sense, or `none`.
    RetryAt = "retry_at": Kind::Instant;
    /// How many wrong answers the challenge still takes.
    AttemptsLeft = "attempts_left": Kind::Number;
    /// Whether the person meets a required second factor for the first time.
    FirstUse = "first_use": Kind::Truth;
    /// What the pass is worth.
    Assurance = "assurance": Kind::Word(assurances);
    /// Whether the answer sets a device cookie.
    Cookie = "cookie": Kind::Truth;
    /// It is the challenge of this name.
    Challenge = "challenge": Kind::Known(Label::Challenge);
    /// Whether a code is out for the challenge.
    CodeOut = "code_out": Kind::Truth;
    /// The answer names the reference of this code as the newest.
    Newest = "newest": Kind::Known(Label::Code);
    /// Whether the person was asked for anything, for `sign in` and `begin`.
    Asked = "asked": Kind::Truth;
    /// How many messages the carrier was given in this step.
    Messages = "messages": Kind::Number;
    /// Where they went, masked, in their order.
    MessagesTo = "messages_to": Kind::Texts;
    /// Texts that the newest message of this step holds.
    MessageHas = "message_has": Kind::Texts, Contains;
    /// Texts that the newest message of this step does not hold.
    MessageLacks = "message_lacks": Kind::Texts, ContainsNot;
    /// How often the newest message of this step holds its code as a word of its own.
    CodeInMessage = "code_in_message": Kind::Number;
    /// What the newest message of this step says of its end, in the person's own zone.
    MessageUntil = "message_until": Kind::Text;
    /// The notices that were sent in this step, in their order; they are no `messages`.
    Notices = "notices": Kind::Words(notices);
    /// Where they went, masked, in their order.
    NoticeTo = "notice_to": Kind::Texts;
    /// All audit entries that the step wrote, in their order.
    Entries = "entries": Kind::Words(events);
    /// Audit entries that the step wrote among others, in their order.
    EntriesInclude = "entries_include": Kind::Words(events), Includes;
    /// Audit entries that the step did not write.
    EntriesLack = "entries_lack": Kind::Words(events), Lacks;
    /// The reasons in the entries of the step that hold one, in their order.
    EntryReasons = "entry_reasons": Kind::Words(reasons);
    /// Who caused the last entry of the step: `subject`, `host`, `library` or the identifier of a member of staff.
    Actor = "actor": Kind::Text;
    /// The number in the last entry of the step that holds one.
    EntryCount = "entry_count": Kind::Number;
    /// How many time steps a wrong code was off, in the last entry of the step that says so.
    NearMiss = "near_miss": Kind::Number;
    /// The note in the last entry of the step that holds one.
    EntryNote = "entry_note": Kind::Text;
    /// The layer that decided whether a second factor is required, such as `mandate:ONC` or `vendor`, or the waiver,
    /// by its name in the file: `waiver:w1`.
    DecidedBy = "decided_by": Kind::Text;
    /// The rule that layer names.
    Reference = "reference": Kind::Text;
    /// Settings in force, by their names in a policy file: `{ code_lifetime = "5 min" }`.
    Settings = "settings": Kind::Pairs, Pairs;
    /// Whether a second factor is required now.
    Required = "required": Kind::Truth;
    /// What stands in the way.
    Problems = "problems": Kind::Words(problems);
    /// The channels those problems are about.
    Channels = "channels": Kind::Words(channels);
    /// How many people were looked at.
    People = "people": Kind::Number;
    /// How many of them are ready.
    ReadyPeople = "ready_people": Kind::Number;
    /// Who is not ready, by identifier.
    NotReady = "not_ready": Kind::Texts;
    /// The names of the authenticators.
    Authenticators = "authenticators": Kind::Texts;
    /// How many devices are known.
    Devices = "devices": Kind::Number;
    /// How many devices are remembered.
    TrustedDevices = "trusted_devices": Kind::Number;
    /// How many recovery codes are on the new sheet.
    RecoveryCodes = "recovery_codes": Kind::Number;
    /// How many were forgotten, dropped, or are in the list.
    Count = "count": Kind::Number;
    /// What became of the newest message in the log, in its order.
    States = "states": Kind::Words(states);
    /// The events that were read, in their order.
    Events = "events": Kind::Words(events);
    /// Events that were read among others, in their order.
    EventsInclude = "events_include": Kind::Words(events), Includes;
    /// Who caused what was read, each once, in order of appearance.
    Actors = "actors": Kind::Texts;
    /// The layers that refuse a change, such as `mandate:ONC`.
    LockedBy = "locked_by": Kind::Texts;
    /// Who alone can let a practice off, such as `vendor`.
    WaivedBy = "waived_by": Kind::Text;
    /// The version of the settings that holds.
    Version = "version": Kind::Number;
    /// In whose name the saved layers speak, in their order.
    Scopes = "scopes": Kind::Texts;
    /// The waivers that hold, by their names in the file, oldest first.
    Waivers = "waivers": Kind::Texts;
    /// The channels by which a first contact of one's own may be entered.
    FirstContact = "first_contact": Kind::Words(channels);
    /// From when the access codes work.
    OpensAt = "opens_at": Kind::Instant;
    /// From when they work no more.
    ClosesAt = "closes_at": Kind::Instant;
    /// How many digits the code has that is to be read out.
    Digits = "digits": Kind::Number;
    /// Whether the code was made just now.
    New = "new": Kind::Truth;
    /// Whom to ring, masked; `none` when there is no number on file.
    Call = "call": Kind::Text;
    /// Whom the code admits, by identifier.
    Admits = "admits": Kind::Text;
    /// To what.
    Opens = "opens": Kind::Text;
}

fn outcomes() -> Vec<&'static str> {
    Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect()
}

fn reasons() -> Vec<&'static str> {
    Reason::ALL.iter().map(|reason| reason.as_str()).collect()
}

fn events() -> Vec<&'static str> {
    Event::ALL.iter().map(|event| event.as_str()).collect()
}

fn texts() -> Vec<&'static str> {
    Text::ALL.iter().map(|text| text.key()).collect()
}

fn errors() -> Vec<&'static str> {
    Vec::from([
        "clock",
        "contention",
        "directory",
        "entropy",
        "record",
        "store",
        "ticket",
    ])
}

/// What something can be worth, from least to most.
pub(super) const ASSURANCES: [Assurance; 7] = [
    Assurance::StaffRelayed,
    Assurance::FirstFactor,
    Assurance::StaffVouched,
    Assurance::RememberedDevice,
    Assurance::RestrictedSecondFactor,
    Assurance::SecondFactor,
    Assurance::PhishingResistant,
];

pub(super) fn assurances() -> Vec<&'static str> {
    ASSURANCES.iter().map(|assurance| assurance.as_str()).collect()
}

fn refusals() -> Vec<&'static str> {
    Vec::from([
        "not_permitted",
        "conflict",
        "locked",
        "needs_waiver",
        "foreign",
        "too_many",
        "not_waivable",
        "unbounded",
        "not_found",
        "unknown_practice",
    ])
}

/// What a notice is called in a file.
pub(super) const fn notice(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::NewDevice => "new_device",
        NoticeKind::DeviceCopied => "device_copied",
        NoticeKind::AuthenticatorAdded => "authenticator_added",
        NoticeKind::AuthenticatorRemoved => "authenticator_removed",
        NoticeKind::AuthenticatorsReset => "authenticators_reset",
        NoticeKind::ContactChanged => "contact_changed",
        NoticeKind::RecoveryCodeUsed => "recovery_code_used",
        NoticeKind::BypassCodeIssued => "bypass_code_issued",
        NoticeKind::RecoveryCodesLow => "recovery_codes_low",
        NoticeKind::Locked => "locked",
        NoticeKind::Emergency => "emergency",
    }
}

fn notices() -> Vec<&'static str> {
    let kinds = [
        NoticeKind::NewDevice,
        NoticeKind::DeviceCopied,
        NoticeKind::AuthenticatorAdded,
        NoticeKind::AuthenticatorRemoved,
        NoticeKind::AuthenticatorsReset,
        NoticeKind::ContactChanged,
        NoticeKind::RecoveryCodeUsed,
        NoticeKind::BypassCodeIssued,
        NoticeKind::RecoveryCodesLow,
        NoticeKind::Locked,
        NoticeKind::Emergency,
    ];
    kinds.into_iter().map(notice).collect()
}

fn problems() -> Vec<&'static str> {
    Vec::from([
        "missing_contact",
        "unusable_contact",
        "not_enrolled",
        "no_method",
        "locked",
        "methods_disabled",
        "unknown",
    ])
}

fn states() -> Vec<&'static str> {
    Vec::from(["requested", "unknown", "accepted", "sent", "delivered", "failed"])
}
