use super::vocabulary::vocabulary;

vocabulary! {
    /// What an entry tells. Names and numbers never change their meaning; new ones may be added.
    Event {
        /// Someone with a first factor asked to get in.
        0 Begin = "begin";
        /// No second factor was asked for; the reason says why.
        1 NotRequired = "not_required";
        /// A remembered device stood in for the second factor.
        2 Trusted = "trusted";
        /// Nothing could be asked, and nothing was opened.
        3 Blocked = "blocked";
        /// A second factor is required and must first be enrolled.
        4 EnrolmentRequired = "enrolment_required";
        /// A code was drawn.
        5 CodeIssued = "code_issued";
        /// A message was about to be handed over.
        6 SendRequested = "send_requested";
        /// The provider took the message.
        7 SendAccepted = "send_accepted";
        /// The message did not leave.
        8 SendNotSent = "send_not_sent";
        /// Nobody knows whether the message left.
        9 SendUnknown = "send_unknown";
        /// The provider says the message left it.
        10 Sent = "sent";
        /// The provider says the message arrived.
        11 Delivered = "delivered";
        /// The provider says the message did not arrive.
        12 SendFailed = "send_failed";
        /// A code was replaced by a newer one.
        13 CodeSuperseded = "code_superseded";
        /// A send was refused; the reason says why.
        14 SendRefused = "send_refused";
        /// An answer was not accepted; the reason says why.
        15 AttemptFailed = "attempt_failed";
        /// The second factor was proved.
        16 Verified = "verified";
        /// A device was remembered.
        17 TrustGranted = "trust_granted";
        /// The second factor was proved on a device not seen before.
        18 NewDeviceVerified = "new_device_verified";
        /// An outdated device token was presented: a copy is about. All trust of the subject ended.
        19 TrustTheft = "trust_theft";
        /// A remembered device was forgotten.
        20 DeviceForgotten = "device_forgotten";
        /// All remembered devices were forgotten.
        21 DevicesForgotten = "devices_forgotten";
        /// A secret for a new authenticator was shown.
        22 EnrolmentBegun = "enrolment_begun";
        /// A new authenticator proved itself and is active.
        23 AuthenticatorAdded = "authenticator_added";
        /// An authenticator got another name.
        24 AuthenticatorRenamed = "authenticator_renamed";
        /// An authenticator was removed.
        25 AuthenticatorRemoved = "authenticator_removed";
        /// An authenticator failed too often and is out of use.
        26 AuthenticatorDisabled = "authenticator_disabled";
        /// A set of recovery codes was made; every older one is void.
        27 RecoveryCodesMade = "recovery_codes_made";
        /// A recovery code was used up.
        28 RecoveryCodeUsed = "recovery_code_used";
        /// Few recovery codes are left.
        29 RecoveryCodesLow = "recovery_codes_low";
        /// A challenge was given up.
        30 Cancelled = "cancelled";
        /// Too many failures in a short time: the subject has to wait.
        31 Throttled = "throttled";
        /// Too many failures in a row: only staff can open this again.
        32 Locked = "locked";
        /// Staff lifted a lock.
        33 Unlocked = "unlocked";
        /// Staff removed all authenticators of a subject.
        34 AuthenticatorsReset = "authenticators_reset";
        /// The subject's password changed.
        35 PasswordChanged = "password_changed";
        /// A contact of the subject changed.
        36 ContactChanged = "contact_changed";
        /// The subject signed out.
        37 SignedOut = "signed_out";
        /// The subject's roles changed.
        38 RoleChanged = "role_changed";
        /// The subject left the practice.
        39 Offboarded = "offboarded";
        /// The subject came back to the practice.
        40 Reinstated = "reinstated";
        /// The owner of a destination wants no more messages.
        41 OptedOut = "opted_out";
        /// The owner of a destination takes messages again.
        42 OptedIn = "opted_in";
        /// One login seems to be used by several people.
        43 SharedLoginSuspected = "shared_login_suspected";
        /// The time to enrol was granted; it is granted once.
        44 GraceGranted = "grace_granted";
        /// The host has dealt with the first use of a second factor.
        45 FirstUseAcknowledged = "first_use_acknowledged";
        /// A practice saved its settings; the count is their version.
        46 SettingsSaved = "settings_saved";
        /// One setting of a practice is another now; the note has both values.
        47 SettingChanged = "setting_changed";
        /// Somebody was let off a requirement.
        48 WaiverGranted = "waiver_granted";
        /// A waiver was withdrawn.
        49 WaiverWithdrawn = "waiver_withdrawn";
        /// A decision about a practice was refused; the reason says why.
        50 DecisionRefused = "decision_refused";
        /// Link and code go by one channel.
        51 SingleChannel = "single_channel";
        /// Something speaks against a number that codes could go to.
        52 NumberRisk = "number_risk";
        /// A pass for an object opens it again on the same device for a while.
        53 GrantGiven = "grant_given";
        /// Such a grant stood in for the second factor.
        54 Granted = "granted";
        /// Grants for an object ended.
        55 GrantEnded = "grant_ended";
        /// A notice to the person did not leave; the delivery names the entry it is about.
        56 NoticeNotSent = "notice_not_sent";
        /// Nobody knows whether a notice to the person left.
        57 NoticeUnknown = "notice_unknown";
        /// Staff got a bypass code to read out, or did not get one; the reason says why not.
        58 BypassCodeIssued = "bypass_code_issued";
        /// An emergency pass was asked for and awaits another person's approval.
        59 EmergencyRequested = "emergency_requested";
        /// Another person has approved an emergency, or was refused that.
        80 EmergencyApproved = "emergency_approved";
        /// Somebody got in without a second factor, in an emergency.
        81 EmergencyPass = "emergency_pass";
        /// An emergency pass was refused; the reason says why.
        82 EmergencyRefused = "emergency_refused";
        /// A second factor was proved elsewhere, and the policy accepts that.
        83 Asserted = "asserted";
        /// A member of staff entered a first contact of their own, or was refused that.
        84 FirstContactEntered = "first_contact_entered";
        /// Somebody was let off, and something stronger requires it all the same.
        85 WaiverOverridden = "waiver_overridden";
        /// A participant can be given an access code for an appointment.
        70 AccessOpened = "access_opened";
        /// An access code was shown to staff.
        71 AccessRevealed = "access_revealed";
        /// An appointment was cancelled: the participant's access code is void.
        72 AccessCancelled = "access_cancelled";
        /// A participant was removed from an appointment: their access code is void.
        73 AccessRemoved = "access_removed";
        /// An appointment was moved, and with it the time in which the participant's access code works.
        74 AccessRescheduled = "access_rescheduled";
        /// An access code let somebody in.
        75 AccessRedeemed = "access_redeemed";
        /// An access code was not accepted; the reason says why.
        76 AccessRefused = "access_refused";
        /// So many wrong access codes that somebody seems to be guessing.
        77 GuessingSuspected = "guessing_suspected";
        /// Staff asked for something about an access code that was not done; the reason says why.
        78 AccessChangeRefused = "access_change_refused";
        /// The heads of all chains of the practice were sealed.
        60 Sealed = "sealed";
    }
}
