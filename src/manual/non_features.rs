//! What the library leaves to you, and why.
//!
//! - **Passwords, sessions, cookies on the wire.** You have them already. The library ends its part with a
//!   [`Pass`](crate::flow::Pass); end a person's other sessions yourself when their factors change.
//! - **Authorisation.** A role is a name that policy may mention. Whether an [`Actor`](crate::audit::Actor) may unlock,
//!   reset or reveal is decided before the call; for settings, waivers, bypass codes and emergencies the library asks
//!   [`Directory::may`](crate::directory::Directory::may), which by default says no.
//! - **Passkeys, identity providers.** The host checks them with a library of theirs and says so
//!   ([`Assertion`](crate::flow::Assertion)).
//! - **Fingerprinting.** A device is whoever holds the cookie. User agents and addresses decide nothing.
//! - **Sending the same code again.** A code exists in memory while it is handed over and is stored as a
//!   fingerprint, so it cannot be repeated; a resend is a new code.
//! - **A switch that lets a code be used twice, a limit of "none", trust that renews itself.** No policy can say so.
//! - **An access code that signs somebody in.** Whoever heard it could.
//! - **Look-ahead HOTP.** The primitive is there; counters that must be resynchronised are not.
//! - **Approve-or-deny pushes.** NIST SP 800-63B-4 3.1.3 no longer accepts them.
