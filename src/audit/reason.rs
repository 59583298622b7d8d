use core::fmt;

use minicbor::{Decode, Encode};

macro_rules! reasons {
    ($($(#[$doc:meta])* $number:literal $name:ident = $text:literal;)*) => {
        /// Why something was decided as it was, exactly. Staff and auditors see it; the person signing in sees
        /// only the public text, which tells less.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(index_only)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* #[n($number)] $name,)*
        }

        impl Reason {
            /// Every reason of this schema.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name, in snake case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

reasons! {
    /// The policy asks for no second factor here.
    0 PolicyOff = "policy_off";
    /// The subject still has time to enrol.
    1 EnrolmentGrace = "enrolment_grace";
    /// There is no factor yet that could be asked for, and none is required.
    2 NothingEnrolled = "nothing_enrolled";
    /// The proof of the first factor is too old, or from the future.
    3 FirstFactorStale = "first_factor_stale";
    /// The directory does not know the subject, or says it is not active.
    4 UnknownSubject = "unknown_subject";
    /// The subject has left the practice.
    5 Offboarded = "offboarded";
    /// No allowed channel has a destination on file that can be used.
    6 NoUsableContact = "no_usable_contact";
    /// The policy leaves no method at all.
    7 NoMethod = "no_method";
    /// Every method the subject has is out of use after too many failures.
    8 MethodsDisabled = "methods_disabled";
    /// Too many failures in a short time.
    9 Throttled = "throttled";
    /// Too many failures in a row; staff must unlock.
    10 Locked = "locked";
    /// Not a code at all; it cost no attempt.
    11 Malformed = "malformed";
    /// Not the right code.
    12 Wrong = "wrong";
    /// The right code, too late.
    13 CodeExpired = "code_expired";
    /// The challenge is over its time.
    14 ChallengeExpired = "challenge_expired";
    /// A code that a newer one has replaced.
    15 Superseded = "superseded";
    /// A code that has been used.
    16 AlreadyUsed = "already_used";
    /// The challenge has no attempts left, was passed or was given up.
    17 ChallengeDead = "challenge_dead";
    /// The challenge was made void: a password change, a reset, a departure.
    18 Revoked = "revoked";
    /// No such challenge.
    19 UnknownChallenge = "unknown_challenge";
    /// The policy does not allow this method here.
    20 MethodNotAllowed = "method_not_allowed";
    /// The last message is too recent.
    21 Cooldown = "cooldown";
    /// The challenge has used up its messages.
    22 ChallengeSendLimit = "challenge_send_limit";
    /// The subject has used up its messages for now.
    23 SubjectSendLimit = "subject_send_limit";
    /// The destination has had its messages for now.
    24 DestinationSendLimit = "destination_send_limit";
    /// The message could not be handed over.
    25 DeliveryFailed = "delivery_failed";
    /// The owner of the destination wants no messages.
    26 OptedOut = "opted_out";
    /// Devices are not remembered: the policy says never, or nobody asked for it.
    27 NotRemembered = "not_remembered";
    /// One login seems to be used by several people, and the policy refuses that.
    28 SharedLogin = "shared_login";
    /// The time for confirming the new authenticator is over, or nothing was begun.
    29 NoPendingEnrolment = "no_pending_enrolment";
    /// There are as many authenticators as the policy allows.
    30 AuthenticatorLimit = "authenticator_limit";
    /// It is the last factor, and a second factor is required.
    31 LastAuthenticator = "last_authenticator";
    /// There is no such authenticator or device.
    32 NotFound = "not_found";
    /// The pass is for another subject or purpose, too old, or not from a fresh factor.
    33 ProofNotFresh = "proof_not_fresh";
    /// The provider says the number or mailbox does not exist or refuses.
    34 BadDestination = "bad_destination";
    /// The channel is not part of what the practice has.
    35 NotEntitled = "not_entitled";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
