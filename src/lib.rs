//! Second-factor decisions for healthcare backends.
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
pub mod message;
pub mod method;
pub mod otp;
pub mod policy;
pub mod purpose;
pub mod record;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod trust;
pub mod verifier;
