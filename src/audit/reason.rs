use super::vocabulary::vocabulary;

vocabulary! {
    /// Why something was decided as it was, exactly. Staff and auditors see it; the person signing in sees only
    /// the public text, which tells less.
    Reason {
        /// The policy asks for no second factor here.
        0 PolicyOff = "policy_off";
        /// The subject still has time to enrol.
        1 EnrolmentGrace = "enrolment_grace";
        /// The proof of the first factor is too old, or from the future.
        2 FirstFactorStale = "first_factor_stale";
        /// The directory does not know the subject, or says it is not active.
        3 UnknownSubject = "unknown_subject";
        /// The subject has left the practice.
        4 Offboarded = "offboarded";
        /// No allowed channel has a destination on file that can be used.
        5 NoUsableContact = "no_usable_contact";
        /// The policy leaves no method at all.
        6 NoMethod = "no_method";
        /// Every method the subject has is out of use after too many failures.
        7 MethodsDisabled = "methods_disabled";
        /// Too many failures in a short time.
        8 Throttled = "throttled";
        /// Too many failures in a row; staff must unlock.
        9 Locked = "locked";
        /// Not a code at all; it cost no attempt.
        10 Malformed = "malformed";
        /// Not the right code.
        11 Wrong = "wrong";
        /// The right code, too late.
        12 CodeExpired = "code_expired";
        /// The challenge is over its time.
        13 ChallengeExpired = "challenge_expired";
        /// A code that a newer one has replaced.
        14 Superseded = "superseded";
        /// A code that has been used.
        15 AlreadyUsed = "already_used";
        /// The challenge has no attempts left, was passed or was given up.
        16 ChallengeDead = "challenge_dead";
        /// The challenge was made void: a password change, a reset, a departure.
        17 Revoked = "revoked";
        /// No such challenge.
        18 UnknownChallenge = "unknown_challenge";
        /// The policy does not allow this method here.
        19 MethodNotAllowed = "method_not_allowed";
        /// The last message is too recent.
        20 Cooldown = "cooldown";
        /// The challenge has used up its messages.
        21 ChallengeSendLimit = "challenge_send_limit";
        /// The subject has used up its messages for now.
        22 SubjectSendLimit = "subject_send_limit";
        /// The destination has had its messages for now.
        23 DestinationSendLimit = "destination_send_limit";
        /// The message could not be handed over.
        24 DeliveryFailed = "delivery_failed";
        /// The owner of the destination wants no messages.
        25 OptedOut = "opted_out";
        /// Devices are not remembered: the policy says never, or nobody asked for it.
        26 NotRemembered = "not_remembered";
        /// One login seems to be used by several people, and the policy refuses that.
        27 SharedLogin = "shared_login";
        /// The time for confirming the new authenticator is over, or nothing was begun.
        28 NoPendingEnrolment = "no_pending_enrolment";
        /// There are as many authenticators as the policy allows.
        29 AuthenticatorLimit = "authenticator_limit";
        /// It is the last factor, and a second factor is required.
        30 LastAuthenticator = "last_authenticator";
        /// There is no such authenticator or device.
        31 NotFound = "not_found";
        /// The pass is for another subject or purpose, too old, or not from a fresh factor.
        32 ProofNotFresh = "proof_not_fresh";
        /// The provider says the number or mailbox does not exist or refuses.
        33 BadDestination = "bad_destination";
        /// The channel is not part of what the practice has.
        34 NotEntitled = "not_entitled";
        /// The practice or the subject was let off, on the record.
        35 Waived = "waived";
        /// What is required here is required of others: another population.
        36 PopulationExempt = "population_exempt";
        /// The directory does not let this actor do that.
        37 NotPermitted = "not_permitted";
        /// Somebody else saved in between.
        38 VersionConflict = "version_conflict";
        /// A locked layer of the policy holds it fast.
        39 LockedByMandate = "locked_by_mandate";
        /// Only a waiver can lower this.
        40 NeedsWaiver = "needs_waiver";
        /// The policy does not allow it at all.
        41 NotAllowed = "not_allowed";
        /// What is on file is no number or address.
        42 MalformedContact = "malformed_contact";
        /// The contacts have changed since the link was made, or the link does not say which it was made for.
        43 StaleContact = "stale_contact";
        /// The number is a fixed line.
        44 Landline = "landline";
        /// Nobody has shown that the contact is theirs.
        45 UnprovenContact = "unproven_contact";
        /// The code would follow the channel of the link.
        46 SingleChannel = "single_channel";
        /// Something speaks against the number.
        47 NumberRisk = "number_risk";
        /// The practice has no credit left for messages.
        48 BudgetExhausted = "budget_exhausted";
        /// A reason must be given, and was not.
        49 ReasonMissing = "reason_missing";
        /// There is no authenticator yet, and none can be enrolled here.
        50 NotEnrolled = "not_enrolled";
        /// The right access code, before its time.
        80 TooEarly = "too_early";
        /// The appointment, with what is added to its end, is over.
        81 WindowOver = "window_over";
        /// The appointment ends before it starts, lasts longer than a day or lies too far ahead.
        82 WindowNotAllowed = "window_not_allowed";
        /// The appointment exists already, at another time.
        83 OpenAlready = "open_already";
        /// The appointment has as many participants as there may be.
        84 ParticipantLimit = "participant_limit";
        /// So many wrong access codes at the practice that none is compared for now.
        85 GuessingLimit = "guessing_limit";
    }
}
