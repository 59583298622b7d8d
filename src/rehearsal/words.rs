//! What a person or the practice does in a step: one row per word. The parser, the manual and its test read it.
//!
//! A new word is a row here and an arm in `play::play`.

use super::arguments::Argument;
use super::outcomes::Outcome;

/// Which part of the manual a word stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    SigningIn,
    Factors,
    Devices,
    Events,
    Staff,
    Access,
    Decisions,
    Surroundings,
}

impl Group {
    pub(super) const ALL: [Self; 8] = [
        Self::SigningIn,
        Self::Factors,
        Self::Devices,
        Self::Events,
        Self::Staff,
        Self::Access,
        Self::Decisions,
        Self::Surroundings,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::SigningIn => "Signing in",
            Self::Factors => "Authenticators and recovery codes",
            Self::Devices => "Devices",
            Self::Events => "What happened to a person",
            Self::Staff => "What staff ask and do",
            Self::Access => "Appointments and the codes that are read out",
            Self::Decisions => "What a practice decides",
            Self::Surroundings => "The world around",
        }
    }

    /// Whether `who` must be given: a carrier, a clock and a job have no name, and nobody knows who knocks with an
    /// access code.
    pub(super) const fn needs_somebody(self) -> bool {
        !matches!(self, Self::Access | Self::Surroundings)
    }
}

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $group:ident $word:ident = $text:literal
        needs [$($need:ident),*] takes [$($take:ident),*] gives [$($gives:ident),*];)*) => {
        /// What is done in a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Does {
            $($(#[doc = $doc])+ $word,)*
        }

        impl Does {
            pub(super) const ALL: &[Self] = &[$(Self::$word,)*];

            /// The word, as a file writes it.
            pub(super) const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)* }
            }

            /// What the manual says of it.
            pub(super) const fn about(self) -> &'static str {
                match self { $(Self::$word => concat!($($doc),+),)* }
            }

            pub(super) const fn group(self) -> Group {
                match self { $(Self::$word => Group::$group,)* }
            }

            /// The arguments it cannot do without.
            pub(super) const fn needs(self) -> &'static [Argument] {
                match self { $(Self::$word => &[$(Argument::$need),*],)* }
            }

            /// The arguments it may have.
            pub(super) const fn takes(self) -> &'static [Argument] {
                match self { $(Self::$word => &[$(Argument::$take),*],)* }
            }

            /// The outcomes it can have, besides `error` and `impossible`.
            pub(super) const fn gives(self) -> &'static [Outcome] {
                match self { $(Self::$word => &[$(Outcome::$gives),*],)* }
            }
        }
    };
}

words! {
    /// The password was right, or the link was opened: asks for `purpose` to be opened.
    SigningIn Begin = "begin" needs []
        takes [On, Purpose, Session, FirstFactorAge, FirstFactorAhead, Shared, CookieOf, LinkBy, Contacts, Asserted,
            AssertedAge, AssertedAssurance, NamesChallenge]
        gives [NotRequired, Trusted, Granted, Asserted, Challenge, Enrol, Blocked];
    /// Has a code sent for the open challenge; if one is out already, nothing is sent.
    SigningIn Send = "send" needs [] takes [On, Challenge, By, NamesCode]
        gives [Sent, Already, Uncertain, Refused];
    /// Has a new code sent although one is out.
    SigningIn Resend = "resend" needs [] takes [On, Challenge, By, NamesCode]
        gives [Sent, Already, Uncertain, Refused];
    /// Types an answer to the open challenge.
    SigningIn Submit = "submit" needs []
        takes [On, Challenge, Types, Literal, Style, Authenticator, Steps, Sheet, Position, Method, Addressed, Remember, NamesCode]
        gives [Verified, Rejected];
    /// Gives the open challenge up. `nothing` when it was not open.
    SigningIn Cancel = "cancel" needs [] takes [On, Challenge] gives [Done, Nothing];
    /// The everyday sign-in: `begin`, and when a code is asked for, `send` where one must be sent, and `submit` with
    /// the right code. Ends with what came last. It takes the first method that is offered and at hand, or that of
    /// `using`; without any it ends with `challenge`.
    SigningIn SignIn = "sign in" needs []
        takes [On, Purpose, Session, FirstFactorAge, Shared, CookieOf, LinkBy, Contacts, Asserted, AssertedAge,
            AssertedAssurance, NamesChallenge, Using, NamesCode, Remember]
        gives [NotRequired, Trusted, Granted, Asserted, Enrol, Blocked, Refused, Uncertain, Challenge, Verified,
            Rejected];
    /// A program sends its password and a code together: the code of its app, unless `types` or `literal` say
    /// otherwise.
    SigningIn SignInAtOnce = "sign in at once" needs []
        takes [On, Purpose, Session, FirstFactorAge, Shared, CookieOf, LinkBy, Contacts, Asserted, AssertedAge,
            AssertedAssurance, Types, Literal, Style, Authenticator, Steps, Sheet, Position, Method, Addressed,
            Remember, NamesCode]
        gives [NotRequired, Trusted, Granted, Asserted, Verified, Rejected, Blocked];
    /// Asks to be let in without a second factor, in an emergency, for the reason `note`.
    SigningIn BreakGlass = "break glass" needs [] takes [On, Purpose, FirstFactorAge, Note, NamesEmergency]
        gives [Emergency, AwaitsApproval, Refused];
    /// Enters a first `mobile` or `email` of their own, at a sign-in that waits. When the library lets them, the host
    /// saves it.
    SigningIn EnterFirstContact = "enter first contact" needs [] takes [On, Challenge, Mobile, Email]
        gives [Done, Refused];

    /// Has the secret of a new authenticator shown and scans it.
    Factors BeginEnrolment = "begin enrolment" needs [] takes [On, NamesAuthenticator, AppKind, ByRight]
        gives [Done, Refused];
    /// Types a code of the authenticator whose enrolment was begun: the right one, unless `types`, `literal` or
    /// `steps` say otherwise. When a sign-in waited for it, that sign-in is over and the outcome is `verified`.
    Factors ConfirmEnrolment = "confirm enrolment" needs []
        takes [On, Types, Literal, Style, Steps, Remember, ByRight, NamesSheet, NamesCode] gives [Verified, Done, Refused];
    /// The everyday way to an authenticator: `begin enrolment`, then `confirm enrolment`. Without a waiting sign-in or
    /// a fresh pass it first begins for `manage_authenticators`.
    Factors SetUp = "set up" needs []
        takes [On, NamesAuthenticator, AppKind, Remember, NamesSheet] gives [Verified, Done, Refused, Challenge, Blocked];
    /// Gives an authenticator another name.
    Factors Rename = "rename authenticator" needs [Authenticator, NewName] takes [On, ByRight] gives [Done, Refused];
    /// Removes an authenticator.
    Factors Remove = "remove authenticator" needs [Authenticator] takes [On, ByRight] gives [Done, Refused];
    /// Makes new recovery codes; older sheets open nothing any more.
    Factors MakeRecoveryCodes = "make recovery codes" needs [] takes [On, ByRight, NamesSheet] gives [Done, Refused];
    /// Lists the authenticators.
    Factors ListAuthenticators = "list authenticators" needs [] takes [Whom] gives [Done];

    /// Lists the devices of a person.
    Devices ListDevices = "list devices" needs [] takes [Whom] gives [Done];
    /// Forgets the device `on`, as its cookie names it.
    Devices ForgetDevice = "forget device" needs [] takes [On, Whom] gives [Done, Nothing];
    /// Forgets all devices of a person.
    Devices ForgetDevices = "forget all devices" needs [] takes [Whom] gives [Done];
    /// Clears all cookies of the device, of everybody, and its session before sign-in.
    Devices ClearCookies = "clear cookies" needs [] takes [On] gives [Done];
    /// Copies all cookies of the device `on` to the device `onto`: a backup, or a theft.
    Devices CopyCookies = "copy cookies" needs [Onto] takes [On] gives [Done];

    /// Changes the password. All trust and open challenges end.
    Events ChangePassword = "change password" needs [] takes [On, Whom, Keep] gives [Done];
    /// Changes the mobile number or the address in the directory, and tells the library, unless `told` is false. The
    /// one before is kept as a former one, and nothing is known of the new one.
    Events ChangeContact = "change contact" needs [] takes [Whom, Mobile, Email, Told] gives [Done];
    /// Signs out on the device.
    Events SignOut = "sign out" needs [] takes [On] gives [Done];
    /// Changes the roles in the directory, and tells the library, unless `told` is false.
    Events ChangeRoles = "change roles" needs [Roles] takes [Whom, Told] gives [Done];
    /// The visit `purpose` is over; without an object, every visit of that name.
    Events EndVisit = "end visit" needs [Purpose] takes [Whom] gives [Done];
    /// Leaves the practice.
    Events Leave = "leave" needs [] takes [Whom] gives [Done];
    /// Comes back to the practice.
    Events ComeBack = "come back" needs [] takes [Whom] gives [Done];

    /// Lifts every lock of `whom`.
    Staff Unlock = "unlock" needs [Whom] takes [Note] gives [Done];
    /// Removes all authenticators and recovery codes of `whom`.
    Staff Reset = "reset authenticators" needs [Whom] takes [Note] gives [Done];
    /// Sends `whom` a code again, when somebody is late or nothing arrived. Staff do not see it.
    Staff Remind = "remind" needs [Whom] takes [Purpose, By, NamesCode] gives [Sent, Already, Uncertain, Refused];
    /// Gets a code to read out to `whom`, for the reason `note`; `whom` types it by its name.
    Staff IssueBypassCode = "issue bypass code" needs [Whom] takes [Purpose, Note, NamesCode] gives [Done, Refused];
    /// Approves the emergency of `whom`.
    Staff ApproveEmergency = "approve emergency" needs [Whom] takes [Emergency] gives [Done, Refused];
    /// Makes a link for `whom` that carries the version of the contacts on file now.
    Staff MakeLink = "make link" needs [] takes [Whom, NamesLink] gives [Done];
    /// Notes that the first use of a second factor was dealt with.
    Staff AcknowledgeFirstUse = "acknowledge first use" needs [] takes [Whom] gives [Done];
    /// Asks whether a person could get in. Nothing changes.
    Staff CheckReadiness = "check readiness" needs [] takes [Whom, Purpose] gives [Ready, NotReady];
    /// Asks who of a practice could not get in. Nothing changes.
    Staff CheckPractice = "check practice" needs [] takes [Practice, Purpose] gives [Ready, NotReady];
    /// Asks what is required of a person and why. Nothing changes.
    Staff Explain = "explain" needs [] takes [Whom, Purpose] gives [Required, Off];
    /// Asks whether a second factor will be required of a person at the instant `when`, for a note in a reminder.
    /// Nothing changes.
    Staff LookAhead = "look ahead" needs [When] takes [Whom, Purpose] gives [Required, Off];
    /// Reads the audit trail about a person, only that about `purpose` when it is given.
    Staff ReadHistory = "read history" needs [] takes [Whom, Purpose] gives [Done];
    /// Reads the log of messages to a person.
    Staff ReadCommunications = "read communications" needs [] takes [Whom] gives [Done];

    /// Opens an appointment to access codes, or adds participants.
    Access OpenAppointment = "open appointment" needs [Purpose, Start, End] takes [Practice, Participants]
        gives [Done, Refused];
    /// Has the access code of `whom` shown, to read it out over the telephone.
    Access RevealAccessCode = "reveal access code" needs [Whom, Purpose] takes [NamesCode] gives [Done, Refused];
    /// Types an access code at the door `purpose`: the name of a code, or `wrong`.
    Access RedeemAccessCode = "redeem access code" needs [Purpose] takes [Practice, Types, Literal, Style, Source]
        gives [Admitted, Rejected];
    /// Moves an appointment; its codes stay.
    Access MoveAppointment = "move appointment" needs [Purpose, Start, End] takes [Practice] gives [Done, Refused];
    /// Removes one participant.
    Access RemoveParticipant = "remove participant" needs [Whom, Purpose] takes [] gives [Done, Refused];
    /// Cancels an appointment; all its codes are void.
    Access CancelAppointment = "cancel appointment" needs [Purpose] takes [Practice] gives [Done, Refused];

    /// Saves all settings of the practice anew.
    Decisions SaveSettings = "save settings" needs [Layers] takes [Practice, Version, ApprovedBy]
        gives [Done, Refused];
    /// Looks at the settings the practice saved. Nothing changes.
    Decisions ReadSettings = "read settings" needs [] takes [Practice] gives [Done];
    /// Lets a practice, a site or one person off a requirement that can be waived.
    Decisions GrantWaiver = "grant waiver" needs [AcceptedText]
        takes [Practice, RequestedBy, ForPerson, ForSite, Populations, Purposes, Ends, NamesWaiver]
        gives [Done, Refused];
    /// Ends a waiver, for the reason `note`.
    Decisions WithdrawWaiver = "withdraw waiver" needs [Waiver] takes [Practice, Note] gives [Done, Refused];
    /// Lists the waivers of a practice.
    Decisions ListWaivers = "list waivers" needs [] takes [Practice] gives [Done];

    /// Folds the ends of all trails of the practice into a seal, which is kept for `verify seal`.
    Decisions SealTrail = "seal trail" needs [] takes [Practice] gives [Done];
    /// Verifies the newest seal: nothing that it covers was changed or removed.
    Decisions VerifySeal = "verify seal" needs [] takes [] gives [Intact, Tampered];
    /// Verifies the audit trail of `whom`, or that of the practice alone.
    Decisions VerifyTrail = "verify trail" needs [] takes [Whom, Practice] gives [Intact, Tampered];

    /// The carrier reports what became of the newest message to `whom`. `nothing` when that was no news.
    Surroundings ReportDelivery = "report delivery" needs [Whom, State] takes [Note, Permanent]
        gives [Done, Nothing];
    /// The owner of a contact of `whom` wants no more messages there: a reply STOP.
    Surroundings StopMessages = "stop messages" needs [Whom] takes [By] gives [Done];
    /// The owner of a contact of `whom` wants messages again: a reply START.
    Surroundings ResumeMessages = "resume messages" needs [Whom] takes [By] gives [Done];
    /// From now on this becomes of every message that is handed over.
    Surroundings Deliveries = "deliveries" needs [Answer] takes [OfNotices, Take] gives [Done];
    /// Sets the clock to `to`, also back. The next step stands there.
    Surroundings SetClock = "set the clock" needs [To] takes [] gives [Done];
    /// From now on something does not work, until `mend`.
    Surroundings Break = "break" needs [What] takes [] gives [Done];
    /// Everything works again.
    Surroundings Mend = "mend" needs [] takes [] gives [Done];
    /// Puts another policy in force. Left out in a replay under another policy.
    Surroundings ReplacePolicy = "replace policy" needs [NewPolicy] takes [] gives [Done];
    /// Puts a layer into the policy, as an administrator who saves settings does; a locked layer above may refuse it.
    Surroundings AddLayer = "add layer" needs [NewLayer] takes [Practice] gives [Done, Refused];
    /// Changes what the directory says of a practice; what is not given stays.
    Surroundings ChangePractice = "change practice" needs [] takes [Practice, Brand, PracticeZone, Facts, Without]
        gives [Done];
    /// The directory forgets the person.
    Surroundings RemovePerson = "remove person" needs [Whom] takes [] gives [Done];
    /// Drops records that nobody needs any more.
    Surroundings Purge = "purge" needs [] takes [Limit] gives [Done];
    /// Nothing: for a line that only counts what a step should not have done, such as messages.
    Surroundings Wait = "wait" needs [] takes [] gives [Done];
}

impl Does {
    /// Whether the step asks to get in, so that replays can be compared.
    pub(super) const fn asks_to_get_in(self) -> bool {
        matches!(self, Self::Begin | Self::SignIn | Self::SignInAtOnce)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|does| does.as_str() == text)
    }
}
