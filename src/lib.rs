//! Second-factor decisions for healthcare backends: who must prove one, by which way, was it proved, who says so.
//!
//! ```
//! use medfactor::otp::{Check, Secret, Skew, Totp};
//!
//! // The primitives are plain functions.
//! let (totp, secret) = (Totp::default(), Secret::from_bytes(b"12345678901234567890")?);
//! let code = totp.code(&secret, 1);
//! assert_eq!(code.expose(), "287082"); // RFC 6238, appendix B, at 59 seconds
//! assert_eq!(totp.check(&secret, "287082", 59, Skew::DEFAULT, None), Check::Accepted { step: 1 });
//! assert_eq!(totp.check(&secret, "287082", 59, Skew::DEFAULT, Some(1)), Check::AlreadyUsed { step: 1 });
//! # Ok::<(), medfactor::otp::SecretError>(())
//! ```
//!
//! A whole sign-in stands in [`manual::getting_started`].
//!
//! # The main types
//!
//! - [`verifier::Verifier`] is what a host calls: `begin`, `send`, `submit`, enrolment, devices, signals, staff.
//! - [`flow::Ruling`] and [`flow::Verdict`] are its answers; [`flow::Pass`] is the proof a session is raised with.
//! - [`flow::access`] is for codes that staff read out; its proof is an [`Admission`](flow::access::Admission), no pass.
//! - [`policy::Policy`] says who must do what; [`policy::Layer`] is one voice in it.
//! - [`store::Store`], [`delivery::Delivery`], [`directory::Directory`] are the three traits a host implements.
//! - [`keys::KeyRing`] holds the keys; [`audit::Entry`] tells what happened, [`audit::Seal`] that
//!   nobody changed it.
//!
//! # The layers
//!
//! `verifier` drives `flow`; `flow` decides with `policy`, `trust`, `code`, `otp` over `record`, `audit` and
//! `message`; these stand on `ids`, `time`, `entropy`, `keys`, `contact`, `method` and `purpose`. `otp`, `policy`
//! and `trust` never see a record, and nothing but `verifier` is asynchronous.
//!
//! # What an attacker controls
//!
//! Typed codes, device tokens, tickets, Key URIs and policy files may come from anywhere: each is read within
//! bounds and answered with a refusal or a typed error, never with a panic. Records come from the store; one that
//! does not decode is an error and stays as it is.
//!
//! # What it does not do
//!
//! See [`manual::non_features`].
//!
//! # Features
//!
//! `std` (default): system clock and randomness, in-memory store and directory, capturing and console delivery.
//! `serde`: policies as TOML and JSON, the trail as JSON lines and FHIR. `tz`: named time zones. `testing`: tools for
//! tests. `rehearsal`: days at a practice told in files, with what should happen. Without any the crate is `no_std` with
//! `alloc`. Features only add; none changes behaviour.
//!
//! # The manual
//!
//! [`getting_started`](manual::getting_started), [`laws`](manual::laws), [`threats`](manual::threats),
//! [`defaults`](manual::defaults), [`audit`](manual::audit), [`operations`](manual::operations),
//! [`non_features`](manual::non_features), and with the feature `rehearsal` the page `rehearsals`.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod audit;
pub mod code;
pub mod contact;
pub mod delivery;
pub mod directory;
pub mod entropy;
pub mod flow;
pub mod ids;
pub mod keys;
pub mod manual;
pub mod message;
pub mod method;
pub mod otp;
pub mod policy;
pub mod purpose;
pub mod record;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod trust;
pub mod verifier;

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
