//! Each event in the words of DICOM PS3.15 A.5.3, which FHIR uses as well.

use crate::audit::{Entry, Event};

/// What kind of event it is to an audit repository: a DICOM code and its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventType {
    /// 110101: somebody used the audit trail itself.
    AuditLogUsed,
    /// 110113: something that bears on security happened to a person, or was changed.
    SecurityAlert,
    /// 110114: somebody tries to get in, or leaves.
    UserAuthentication,
}

impl EventType {
    /// The DICOM code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AuditLogUsed => "110101",
            Self::SecurityAlert => "110113",
            Self::UserAuthentication => "110114",
        }
    }

    /// The meaning DICOM gives that code.
    #[must_use]
    pub const fn display(self) -> &'static str {
        match self {
            Self::AuditLogUsed => "Audit Log Used",
            Self::SecurityAlert => "Security Alert",
            Self::UserAuthentication => "User Authentication",
        }
    }
}

/// How an event ended, as DICOM counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// 0: done, or allowed.
    Success,
    /// 4: not done; no harm, and it may be tried again.
    MinorFailure,
    /// 8: not done, and the person or factor is out of use until something is done.
    SeriousFailure,
    /// 12: somebody seems to hold what they should not.
    MajorFailure,
}

impl Outcome {
    /// The code, in FHIR and DICOM alike.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Success => "0",
            Self::MinorFailure => "4",
            Self::SeriousFailure => "8",
            Self::MajorFailure => "12",
        }
    }
}

/// An entry in the words of an audit repository.
///
/// ```
/// use medfactor::audit::export::{Coding, EventType, Outcome, from_json};
///
/// let line = r#"{"id":"00000000000000000000000000000001","schema":1,"at":"2026-06-15T09:00:00.000Z",
///     "practice":"t1","subject":"rex","actor":{"kind":"subject","name":null},"event":"attempt_failed",
///     "reason":"wrong","method":"sms"}"#;
/// let coding = Coding::of(&from_json(line)?);
/// assert_eq!(coding.event_type, EventType::UserAuthentication);
/// assert_eq!((coding.subtype, coding.action), (Some(("110122", "Login")), 'E'));
/// assert_eq!(coding.outcome, Outcome::MinorFailure);
/// # Ok::<(), medfactor::audit::export::LineError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coding {
    /// What kind of event.
    pub event_type: EventType,
    /// The DICOM code and meaning of what exactly happened, where DICOM has one.
    pub subtype: Option<(&'static str, &'static str)>,
    /// `E` for something done, `R` for something read.
    pub action: char,
    /// How it ended.
    pub outcome: Outcome,
}

const LOGIN: Option<(&str, &str)> = Some(("110122", "Login"));
const LOGOUT: Option<(&str, &str)> = Some(("110123", "Logout"));
const EMERGENCY: Option<(&str, &str)> = Some(("110127", "Emergency Override Started"));
const CONFIGURATION: Option<(&str, &str)> = Some(("110129", "Security Configuration"));
const OBJECT: Option<(&str, &str)> = Some(("110135", "Object Security Attributes Changed"));
const ROLES: Option<(&str, &str)> = Some(("110136", "Security Roles Changed"));
const USER: Option<(&str, &str)> = Some(("110137", "User Security Attributes Changed"));

impl Coding {
    /// The words for an entry.
    ///
    /// Only what decides a sign-in is a `Login`, so that a repository can count them; what leads up to one, such as a
    /// message on its way, is `User Authentication` with the event's own name alone.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        use EventType::{AuditLogUsed, SecurityAlert, UserAuthentication};
        use Outcome::{MajorFailure, MinorFailure, SeriousFailure, Success};
        // What somebody asked for and was refused is told by the same event, with the reason.
        let asked = match entry.reason {
            None => Success,
            Some(_) => MinorFailure,
        };
        // Without a wildcard: an event that is added finds its words here before anything compiles.
        let (event_type, subtype, outcome) = match entry.event {
            Event::Begin
            | Event::CodeIssued
            | Event::SendRequested
            | Event::SendAccepted
            | Event::Sent
            | Event::Delivered
            | Event::CodeSuperseded
            | Event::NewDeviceVerified
            | Event::Cancelled => (UserAuthentication, None, Success),
            Event::SendNotSent | Event::SendUnknown | Event::SendFailed | Event::SendRefused => {
                (UserAuthentication, None, MinorFailure)
            }
            Event::NotRequired
            | Event::Trusted
            | Event::Granted
            | Event::Asserted
            | Event::AccessRedeemed
            | Event::Verified => (UserAuthentication, LOGIN, Success),
            Event::Blocked | Event::EnrolmentRequired | Event::AttemptFailed | Event::AccessRefused => {
                (UserAuthentication, LOGIN, MinorFailure)
            }
            Event::GrantGiven | Event::GrantEnded => (UserAuthentication, None, Success),
            Event::NoticeNotSent | Event::NoticeUnknown => (UserAuthentication, None, MinorFailure),
            Event::SingleChannel | Event::NumberRisk => (SecurityAlert, None, MinorFailure),
            Event::SettingsSaved | Event::SettingChanged | Event::WaiverGranted | Event::WaiverWithdrawn => {
                (SecurityAlert, CONFIGURATION, Success)
            }
            Event::WaiverOverridden | Event::DecisionRefused => (SecurityAlert, CONFIGURATION, MinorFailure),
            Event::EmergencyRequested | Event::EmergencyApproved => (SecurityAlert, EMERGENCY, asked),
            Event::EmergencyPass => (SecurityAlert, EMERGENCY, Success),
            Event::EmergencyRefused => (SecurityAlert, EMERGENCY, MinorFailure),
            Event::AccessOpened
            | Event::AccessRevealed
            | Event::AccessCancelled
            | Event::AccessRemoved
            | Event::AccessRescheduled
            | Event::AccessChangeRefused => (SecurityAlert, OBJECT, asked),
            Event::SignedOut => (UserAuthentication, LOGOUT, Success),
            Event::EnrolmentBegun
            | Event::BypassCodeIssued
            | Event::FirstContactEntered
            | Event::AuthenticatorAdded
            | Event::AuthenticatorRenamed
            | Event::AuthenticatorRemoved
            | Event::RecoveryCodesMade
            | Event::DeviceForgotten => (SecurityAlert, USER, asked),
            Event::TrustGranted
            | Event::DevicesForgotten
            | Event::RecoveryCodeUsed
            | Event::RecoveryCodesLow
            | Event::Unlocked
            | Event::AuthenticatorsReset
            | Event::PasswordChanged
            | Event::ContactChanged
            | Event::Offboarded
            | Event::Reinstated
            | Event::OptedOut
            | Event::OptedIn
            | Event::GraceGranted
            | Event::FirstUseAcknowledged => (SecurityAlert, USER, Success),
            Event::RoleChanged => (SecurityAlert, ROLES, Success),
            Event::AuthenticatorDisabled | Event::Throttled | Event::Locked => {
                (SecurityAlert, USER, SeriousFailure)
            }
            Event::SharedLoginSuspected | Event::GuessingSuspected => (SecurityAlert, None, SeriousFailure),
            Event::TrustTheft => (SecurityAlert, USER, MajorFailure),
            Event::Sealed => (AuditLogUsed, None, Success),
        };
        Self {
            event_type,
            subtype,
            action: if event_type == AuditLogUsed { 'R' } else { 'E' },
            outcome,
        }
    }
}
