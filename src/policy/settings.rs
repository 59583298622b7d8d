//! The one table of settings. Everything that goes through all of them is generated from it: what a layer may
//! say, what holds in the end, merging, explaining, the change check, reading and writing.

use super::bounds::*;
use super::choices::{
    AccessStorage, Allowance, Assertions, AuthenticatorKinds, ChannelSeparation, ContactBinding, Duty,
    FirstContact, Methods, OnNumberRisk, OnSharedLogin, Requirement, Roles, ValidFrom,
};
use super::layer::Layer;
use super::trust_rules::TrustRules;
use crate::code::CodeLength;
use crate::method::Method;
use crate::otp::{Algorithm, Digits, Skew};
use crate::trust::{RememberMode, TrustWindow};

/// Calls a macro with every setting: documentation, how the effective value is handed out, name, type and
/// default. The order is the order of explanations and files.
macro_rules! for_each_setting {
    ($callback:ident) => {
        $callback! {
            /// Whether a second factor is required. Default: required.
            [copy] requirement: Requirement = Requirement::Required;
            /// How long a subject without an authenticator may still pass. Default: not at all.
            [copy] enrolment_grace: EnrolmentGrace = EnrolmentGrace::DEFAULT;
            /// The methods a subject may use. Default: an authenticator app and recovery codes, the two that
            /// no network carries.
            [borrow] methods: Methods = Methods::new([Method::Totp, Method::RecoveryCode]);
            /// How many digits a sent code has. Default: 6. Below that [`Policy::warnings`] speaks (row H26).
            ///
            /// [`Policy::warnings`]: crate::policy::Policy::warnings
            [copy] code_length: CodeLength = CodeLength::DEFAULT;
            /// How long a sent code can be used. Default: 5 min (row H11).
            [copy] code_lifetime: CodeLifetime = CodeLifetime::DEFAULT;
            /// How much longer than announced a sent code is taken. Default: no longer.
            [copy] receipt_allowance: ReceiptAllowance = ReceiptAllowance::DEFAULT;
            /// From when the lifetime of a sent code counts. Default: from when it was drawn.
            [copy] code_valid_from: ValidFrom = ValidFrom::Issued;
            /// How long a challenge stays open. Default: 15 min.
            [copy] challenge_lifetime: ChallengeLifetime = ChallengeLifetime::DEFAULT;
            /// Wrong codes one challenge bears. Default: 5.
            [copy] tries_per_challenge: AttemptLimit = AttemptLimit::DEFAULT;
            /// Wrong codes one subject may type within `tries_window`. Default: 10.
            [copy] tries_per_subject: SubjectTries = SubjectTries::DEFAULT;
            /// The time over which `tries_per_subject` counts. Default: 15 min.
            [copy] tries_window: TriesWindow = TriesWindow::DEFAULT;
            /// Wrong codes in a row that disable one authenticator. Default: 50.
            [copy] tries_per_authenticator: AuthenticatorTries = AuthenticatorTries::DEFAULT;
            /// Wrong codes in a row that lock a subject. Default: 100 (NIST SP 800-63B-4 3.2.2).
            [copy] tries_in_a_row: TriesInARow = TriesInARow::DEFAULT;
            /// The least time between two sends by one channel in one browser. Default: 30 s.
            [copy] send_cooldown: SendCooldown = SendCooldown::DEFAULT;
            /// Messages one challenge may cause. Default: 3.
            [copy] sends_per_challenge: ChallengeSends = ChallengeSends::DEFAULT;
            /// Messages one subject may cause within `sends_window`. Default: 5.
            [copy] sends_per_subject: SubjectSends = SubjectSends::DEFAULT;
            /// The time over which `sends_per_subject` counts. Default: 15 min.
            [copy] sends_window: SendsWindow = SendsWindow::DEFAULT;
            /// Messages one destination gets within `destination_window`. Default: 10.
            [copy] sends_per_destination: DestinationSends = DestinationSends::DEFAULT;
            /// The time over which `sends_per_destination` counts. Default: 6 h.
            [copy] destination_window: DestinationWindow = DestinationWindow::DEFAULT;
            /// Until when a device stays trusted. Default: never trusted.
            [trust] trust: TrustRules = TrustRules::never();
            /// The longest trust, whatever `trust` says. Default: the most the type allows, 30 days.
            [copy] trust_maximum: TrustWindow = TrustWindow::MAX;
            /// Whether a device is remembered by itself, on wish or not at all. Default: on wish (row H17).
            [copy] remember: RememberMode = RememberMode::OptIn;
            /// Kinds of authenticators whose pass makes no device trusted. Default: none (row C18).
            [borrow] trust_refused_for: AuthenticatorKinds = AuthenticatorKinds::default();
            /// Whether a device the host marks as shared may be trusted. Default: no (products 3.4).
            [truth] trust_on_shared_devices: Allowance = Allowance::new(false);
            /// Whether signing out ends the trust of that device. Default: no, since a shared workstation would
            /// then ask at every return (row C20).
            [truth] trust_ends_on_sign_out: Duty = Duty::new(false);
            /// Whether a change of roles ends all trust of the subject. Default: no; the new role's rules hold
            /// at the next sign-in in any case.
            [truth] trust_ends_on_role_change: Duty = Duty::new(false);
            /// Whether the device on which a second factor was passed for a change of password stays trusted.
            /// Default: no, all trust ends (row H24).
            [truth] keep_device_on_password_change: Allowance = Allowance::new(false);
            /// Devices one subject may have remembered. Default: 20.
            [copy] device_limit: DeviceLimit = DeviceLimit::DEFAULT;
            /// Authenticators one subject may have. Default: 5.
            [copy] authenticator_limit: AuthenticatorLimit = AuthenticatorLimit::DEFAULT;
            /// Steps of 30 s before and after the present one whose codes are taken. Default: 1, at most 2
            /// (RFC 6238 5.2; bypass row 60).
            [copy] totp_skew: Skew = Skew::DEFAULT;
            /// The digits of an authenticator app's codes, for new enrolments. Default: 6.
            [copy] totp_digits: Digits = Digits::DEFAULT;
            /// The hash of an authenticator app's codes, for new enrolments. Default: SHA-1, the only one many
            /// apps know.
            [copy] totp_algorithm: Algorithm = Algorithm::Sha1;
            /// How old the first factor may be. Default: 10 min (row V01).
            [copy] first_factor_age: FirstFactorAge = FirstFactorAge::DEFAULT;
            /// How old a second factor may be when authenticators are managed. Default: 5 min (OWASP ASVS 5.0
            /// 7.5.1).
            [copy] management_age: ManagementAge = ManagementAge::DEFAULT;
            /// How long an enrolment waits for its first code. Default: 10 min (row C03).
            [copy] pending_enrolment_lifetime: PendingEnrolmentLifetime = PendingEnrolmentLifetime::DEFAULT;
            /// Whether codes are sent to practices that have not bought messages. Default: no (row H08).
            [truth] security_messages_need_no_entitlement: Allowance = Allowance::new(false);
            /// Recovery codes in one set. Default: 10.
            [copy] recovery_codes: RecoveryCodeCount = RecoveryCodeCount::DEFAULT;
            /// Devices on which a second factor is proved within `shared_login_window` that look like a shared
            /// login. Default: 4 (row C02).
            [copy] shared_login_devices: SharedLoginDevices = SharedLoginDevices::DEFAULT;
            /// The time over which `shared_login_devices` counts. Default: 10 min.
            [copy] shared_login_window: SharedLoginWindow = SharedLoginWindow::DEFAULT;
            /// What follows when a login looks shared. Default: a signal.
            [copy] on_shared_login: OnSharedLogin = OnSharedLogin::Signal;
            /// How long a pass for an object also opens it again on the same device, for a line that dropped
            /// (row W24). Default: not at all.
            [copy] purpose_grant: PurposeGrant = PurposeGrant::DEFAULT;
            /// Whether a link made before a contact changed still leads to a code. Default: yes (row E17).
            [copy] contact_binding: ContactBinding = ContactBinding::Live;
            /// Whether a code may go by the channel of the link. Default: not by e-mail, else with an entry (row
            /// E12).
            [copy] channel_separation: ChannelSeparation = ChannelSeparation::Warn;
            /// Whether codes go only to contacts that have been proven. Default: no, the practice vouches for them.
            [truth] proven_contacts_only: Duty = Duty::new(false);
            /// What follows when something speaks against a number (row E24). Default: an entry.
            [copy] on_number_risk: OnNumberRisk = OnNumberRisk::Signal;
            /// Whether the person is told of new devices, changed factors and locks. Default: yes.
            [truth] notices: Duty = Duty::new(true);
            /// Whether staff without any contact may enter their own first one. Default: no, the record is kept by
            /// the practice (ambiguity A09).
            [copy] first_contact: FirstContact = FirstContact::RecordOnly;
            /// Proofs from elsewhere that count as a second factor. Default: none.
            [borrow] accepted_assertions: Assertions = Assertions::default();
            /// The roles that may get in without a second factor in an emergency. Default: none.
            [borrow] break_glass_roles: Roles = Roles::default();
            /// Whether another person must approve an emergency first. Default: no.
            [truth] break_glass_approval: Duty = Duty::new(false);
            /// How long an emergency pass is good. Default: 15 min.
            [copy] break_glass_duration: BreakGlassDuration = BreakGlassDuration::DEFAULT;
            /// How many digits an access code has. Default: 9 (row V09).
            [copy] access_code_length: AccessCodeLength = AccessCodeLength::DEFAULT;
            /// Whether an access code can be shown again. Default: no, revealing makes a new one (row V13).
            [copy] access_code_storage: AccessStorage = AccessStorage::RegenerateOnReveal;
            /// How long before the start of an appointment its access codes work. Default: 30 min.
            [copy] access_opens_before: AccessLead = AccessLead::DEFAULT;
            /// How long after the end of an appointment its access codes work. Default: 15 min.
            [copy] access_closes_after: AccessOverrun = AccessOverrun::DEFAULT;
            /// Wrong access codes one source may type within `access_tries_window`. Default: 20.
            [copy] access_tries: AccessTries = AccessTries::DEFAULT;
            /// The time over which `access_tries` counts. Default: 10 min.
            [copy] access_tries_window: AccessTriesWindow = AccessTriesWindow::DEFAULT;
            /// Wrong access codes at a practice within an hour that raise the alarm. Default: 1 000.
            [copy] access_alarm: AccessAlarm = AccessAlarm::DEFAULT;
            /// Wrong access codes at a practice within an hour at which none is compared any more. Default: 10 000.
            [copy] access_limit: AccessLimit = AccessLimit::DEFAULT;
        }
    };
}
pub(super) use for_each_setting;

macro_rules! define {
    ($($(#[$doc:meta])* [$how:ident] $name:ident: $type:ty = $default:expr;)*) => {
        /// What one layer says: of every setting a value, or nothing.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Settings {
            $(pub(super) $name: Option<$type>,)*
        }

        impl Settings {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(&self) -> Option<&$type> {
                    self.$name.as_ref()
                }
            )*
        }

        /// One setter for each setting.
        impl Layer {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(mut self, value: impl Into<$type>) -> Self {
                    self.settings.$name = Some(value.into());
                    self
                }
            )*
        }

        /// Every setting with a value.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(super) struct Values {
            $(pub(super) $name: $type,)*
        }

        impl Values {
            /// What holds when no layer speaks.
            pub(super) fn defaults() -> Self {
                Self { $($name: $default,)* }
            }
        }
    };
}

for_each_setting!(define);
