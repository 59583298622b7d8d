//! Second-factor decisions for healthcare backends.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod code;
pub mod contact;
pub mod entropy;
pub mod ids;
pub mod keys;
pub mod method;
pub mod otp;
pub mod policy;
pub mod purpose;
pub mod time;
pub mod trust;
