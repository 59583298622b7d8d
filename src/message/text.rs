use core::fmt;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $english:literal;)*) => {
        /// A text for the person signing in, by stable key, with English wording.
        ///
        /// Texts tell less than audit entries: why exactly an answer was refused, or what is missing in a
        /// profile, is no business of whoever holds only a password. Words in braces are to be replaced.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Text {
            $($(#[$doc])* $name,)*
        }

        impl Text {
            /// Every text.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable key, for a host's own translations.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// The English wording.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self {
                    $(Self::$name => $english,)*
                }
            }
        }
    };
}

texts! {
    /// Wrong, malformed, for another purpose, or void: all the same to whoever typed it.
    CodeInvalid = "code_invalid", "That code is not right. Check it and try again.";
    /// The right code, or the challenge, is over its time.
    CodeExpired = "code_expired", "That code is too old. Ask for a new one.";
    /// A newer code was sent; `{reference}` is its reference.
    CodeSuperseded = "code_superseded", "A newer code has been sent. Use the one with the reference {reference}.";
    /// An authenticator's code that has been used.
    CodeAlreadyUsed = "code_already_used", "That code has been used. Wait for the next one.";
    /// No attempts are left for now.
    TooManyTries = "too_many_tries", "Too many wrong codes. Try again later.";
    /// No message may be sent for now.
    SendLimit = "send_limit", "No more codes can be sent for now. Try again later.";
    /// Nothing on file that a code could be sent to, for a patient.
    NoContactPatient = "no_contact.patient",
        "Please contact the practice to provide the information they require to sign in.";
    /// The same for staff.
    NoContactStaff = "no_contact.staff",
        "Ask your administrator to add a mobile number or e-mail to your profile.";
    /// A second factor must first be set up.
    EnrolFirst = "enrol_first", "Set up a second step to sign in.";
    /// There is still time to set it up; `{date}` is the last day.
    EnrolGrace = "enrol_grace", "Set up a second step before {date}.";
    /// Only staff can help.
    Locked = "locked", "Signing in is locked after too many wrong codes. Ask your administrator.";
    /// Something does not work, or is not said.
    Unavailable = "unavailable", "Signing in does not work right now. Try again later or ask your practice.";
    /// The first factor must be given again.
    SignInAgain = "sign_in_again", "Too much time has passed. Start signing in again.";
    /// Above the list of channels.
    ChannelChoice = "channel_choice", "Choose how to receive your code.";
    /// The text message. The code stands alone, the reference in its own sentence away from it.
    SmsBody = "sms_body",
        "{code} is your code for {brand}. It is valid for {minutes} minutes. Reference: {reference}. Never share it. If you did not try to sign in, tell your practice.";
    /// The subject line of a mail. It never holds the code.
    MailSubject = "mail_subject", "Your sign-in code for {brand}";
    /// The body of a mail.
    MailBody = "mail_body",
        "Your code for {brand} is:\n\n{code}\n\nIt is valid for {minutes} minutes. Reference: {reference}.\n\nNever share it. If you did not try to sign in, tell your practice.\n";
    /// The subject line of a notice.
    NoticeSubject = "notice_subject", "About your sign-in at {brand}";
    /// A second factor was proved on a device not seen before.
    NewDeviceNotice = "new_device_notice",
        "Somebody signed in to {brand} with your code on a new device. If it was not you, tell your practice at once.";
    /// A copy of a remembered device turned up.
    DeviceCopiedNotice = "device_copied_notice",
        "{brand} has signed out your remembered devices, because a copy of one was used. If you do not know why, tell your practice at once.";
    /// An authenticator was added.
    FactorAddedNotice = "factor_added_notice",
        "An authenticator was added to your sign-in at {brand}. If it was not you, tell your practice at once.";
    /// An authenticator was removed.
    FactorRemovedNotice = "factor_removed_notice",
        "An authenticator was removed from your sign-in at {brand}. If it was not you, tell your practice at once.";
    /// Staff removed all authenticators.
    FactorResetNotice = "factor_reset_notice",
        "Your second step for {brand} was reset at the practice. If you did not ask for it, tell your practice at once.";
    /// A contact was changed; this goes to the one before.
    ContactChangedNotice = "contact_changed_notice",
        "This contact is no longer used for your sign-in at {brand}. If you did not ask for it, tell your practice at once.";
    /// A recovery code was used.
    RecoveryUsedNotice = "recovery_used_notice",
        "A recovery code was used to sign in to {brand}. If it was not you, tell your practice at once.";
    /// Staff were given a code that lets the person in.
    BypassNotice = "bypass_notice",
        "The practice made a code that opens your sign-in at {brand} once. If you did not ask for it, tell your practice at once.";
    /// Few recovery codes are left.
    RecoveryLowNotice = "recovery_low_notice",
        "Few recovery codes are left for your sign-in at {brand}. Make new ones and put them away safely.";
    /// Somebody got in without a second factor.
    EmergencyNotice = "emergency_notice",
        "Your sign-in at {brand} was used without a second step, as an emergency. If it was not you, tell your practice at once.";
    /// Signing in is locked.
    LockedNotice = "locked_notice",
        "Your sign-in at {brand} was locked after too many wrong codes. Your practice can unlock it.";
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.english())
    }
}
