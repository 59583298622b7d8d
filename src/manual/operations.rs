//! What happens in a practice, and the one call for it.
//!
//! | What happened | Call | What follows |
//! |---|---|---|
//! | The phone is lost, recovery codes are there | none: the person types one | all remembered devices are forgotten |
//! | The phone is lost, nothing is left | [`reset_authenticators`] after identifying the person | the next sign-in begins with enrolment |
//! | A new phone, the old one at hand | `begin` for [`manage_authenticators`], then [`begin_enrolment`] | the old one works until it is removed |
//! | A new number or address | save it, then [`signal`] `ContactChanged` | codes to the old one are dead, trust ends |
//! | The password was changed | [`signal`] `PasswordChanged` | trust and open challenges end |
//! | The code does not come | [`resend`], or [`send`] by another channel | the old code works until the new one is handed over |
//! | Locked after wrong codes | [`unlock`] | counters are cleared, nothing else |
//! | Codes of an app never match | look for `near_miss` in the audit trail | "set the phone's clock to automatic" |
//! | A device was lost or sold | [`forget_device`], [`forget_all_devices`] | it is asked again |
//! | A patient on the telephone cannot get in | [`issue_bypass_code`], where the policy knows such codes, after identifying them | one sign-in within 15 minutes, no device remembered |
//! | A patient is in danger and the phone is elsewhere | [`break_glass`], and [`approve_emergency`] by somebody else where the policy asks | in for a short time; the person is told |
//! | A practice throws its switch | [`settings`], then [`save_settings`] over that version | it counts from the next call on |
//! | A practice accepts the risk of going without | [`grant_waiver`] by whom the directory lets | nothing is asked where a waivable layer asked; [`waivers`] lists it |
//! | That has come to an end | [`withdraw_waiver`], or its end date | asked again at the next sign-in |
//! | A link or a reminder goes out | [`contact_version`] for the link, [`will_require`] for "have your telephone at hand" | nothing changes |
//! | A carrier says a number does not exist | [`note_delivery`] with a permanent report | nothing is sent there until the number on file is another, or its owner writes START |
//! | The visit is over | [`signal`] `ObjectClosed` | nobody comes back to it without a code |
//! | Somebody leaves | [`signal`] `Offboarded` | nothing of theirs works; the trail stays |
//! | Somebody replies STOP | [`set_consent`] | that channel is not offered any more |
//! | A patient is late | [`send_for`], the 'Remind' button | another code, within the same limits |
//! | A patient can reach neither mail nor texts | ring the number on file, [`reveal_access_code`], read it out | it admits them to this appointment, and is no sign-in |
//! | The code may have been overheard | [`reveal_access_code`] again | by default the one before is void; else [`remove_participant`] and add them anew |
//! | An appointment is booked, moved, called off | [`open_access`], [`reschedule`], [`cancel_object`] | codes work at the new time only, or never again |
//! | It is repeated next week | [`open_access`] under another name | nothing is carried over |
//! | `guessing_suspected` in the trail | find the sources in your own log and block them | at the limit no access code is compared for up to an hour; links work |
//! | Is everybody ready for the date? | [`practice_readiness`] | who is not, and why |
//! | Has anybody touched the audit trail? | [`verify_chain`] for one, [`verify_seal`] for all | the first place that is not as it was told; see [`audit`](super::audit) |
//! | Why was I asked? | [`explain`] and [`history`] | the deciding layer, and what happened |
//!
//! [`issue_bypass_code`]: crate::verifier::Verifier::issue_bypass_code
//! [`break_glass`]: crate::verifier::Verifier::break_glass
//! [`approve_emergency`]: crate::verifier::Verifier::approve_emergency
//! [`settings`]: crate::verifier::Verifier::settings
//! [`save_settings`]: crate::verifier::Verifier::save_settings
//! [`grant_waiver`]: crate::verifier::Verifier::grant_waiver
//! [`withdraw_waiver`]: crate::verifier::Verifier::withdraw_waiver
//! [`waivers`]: crate::verifier::Verifier::waivers
//! [`contact_version`]: crate::verifier::Verifier::contact_version
//! [`will_require`]: crate::verifier::Verifier::will_require
//! [`note_delivery`]: crate::verifier::Verifier::note_delivery
//! [`reset_authenticators`]: crate::verifier::Verifier::reset_authenticators
//! [`manage_authenticators`]: crate::purpose::Purpose::manage_authenticators
//! [`begin_enrolment`]: crate::verifier::Verifier::begin_enrolment
//! [`signal`]: crate::verifier::Verifier::signal
//! [`resend`]: crate::verifier::Verifier::resend
//! [`send`]: crate::verifier::Verifier::send
//! [`unlock`]: crate::verifier::Verifier::unlock
//! [`forget_device`]: crate::verifier::Verifier::forget_device
//! [`forget_all_devices`]: crate::verifier::Verifier::forget_all_devices
//! [`set_consent`]: crate::verifier::Verifier::set_consent
//! [`send_for`]: crate::verifier::Verifier::send_for
//! [`reveal_access_code`]: crate::verifier::Verifier::reveal_access_code
//! [`remove_participant`]: crate::verifier::Verifier::remove_participant
//! [`open_access`]: crate::verifier::Verifier::open_access
//! [`reschedule`]: crate::verifier::Verifier::reschedule
//! [`cancel_object`]: crate::verifier::Verifier::cancel_object
//! [`practice_readiness`]: crate::verifier::Verifier::practice_readiness
//! [`explain`]: crate::verifier::Verifier::explain
//! [`history`]: crate::verifier::Verifier::history
//! [`verify_chain`]: crate::verifier::Verifier::verify_chain
//! [`verify_seal`]: crate::verifier::Verifier::verify_seal
//!
//! # Keys
//!
//! Put a new key in front with [`KeyRing::rotate`](crate::keys::KeyRing::rotate) and give the ring to every process.
//! Old codes, tickets and tokens keep working under the retired key. TOTP secrets are sealed anew as they are used.
//! Drop a retired key with [`without`](crate::keys::KeyRing::without) when the people who have not signed in since
//! may be asked to enrol again; recovery codes, opt-outs and send counts under it are lost with it, and entries
//! that were told under it can no longer be verified.
//!
//! # Clocks
//!
//! Keep servers within a few seconds of each other. A clock that ran ahead leaves its mark in the records it wrote:
//! once it is right again, those subjects are refused with [`ErrorKind::Clock`](crate::verifier::ErrorKind) until
//! time has caught up or staff [`unlock`] them.
//!
//! # Housekeeping
//!
//! [`purge`](crate::verifier::Verifier::purge) drops records of destinations nobody wrote to for a week, appointments
//! and their access codes a week after they have closed, counted misses after a day, and the heads kept for seals
//! after seven years. Subjects' records stay: they are bounded, and forgetting one forgets its guesses and the end of
//! its audit trail. Audit entries are kept until your own retention job removes them; [`audit`](super::audit) says how it
//! does so without breaking a chain.
