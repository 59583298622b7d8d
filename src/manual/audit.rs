//! The audit trail: what is found when somebody changed it, what is not, and how to keep it so.
//!
//! # What there is
//!
//! Every entry about a person has a number and a MAC over itself and the entry before it: the person's
//! [`Chain`](crate::audit::Chain). The last MAC stands in the person's record, written in the same commit. What a
//! practice does as such, taking note of a STOP or sealing, is a chain of its own. No chain waits for another.
//!
//! A [`Seal`](crate::audit::Seal) is a short text over the heads of all chains of a practice. It is worth something
//! where it is kept by somebody else: in a mail to the practice owner, a write-once bucket, a log of another provider,
//! on paper.
//!
//! ```
//! use medfactor::audit::{Actor, Chain, FindingKind, Seal, SealFindingKind};
//! use medfactor::policy::Policy;
//! use medfactor::record::RecordKey;
//! use medfactor::testing::{Clinic, Unexpected};
//!
//! let clinic = Clinic::new(Policy::new())?;
//! let rex = clinic.staff("rex", None, None)?;
//! pollster::block_on(async {
//!     clinic.begin(&rex, None).await?;
//!     // Every night:
//!     let kept = clinic.verifier.seal(rex.practice(), &Actor::host("nightly")).await?.to_string();
//!
//!     // Somebody removes an entry from the database ...
//!     clinic.store.inner().tamper(|entries| entries.retain(|entry| entry.subject.is_none()));
//!     let report = clinic.verifier.verify_chain(&Chain::from(&rex)).await?;
//!     let finding = report.broken().expect("something is wrong");
//!     assert_eq!((finding.kind, finding.sequence), (FindingKind::TailCut, 1));
//!
//!     // ... and the record with it: the chain alone says nothing any more, the seal does.
//!     clinic.store.inner().remove(&RecordKey::Subject(rex.clone()));
//!     assert!(clinic.verifier.verify_chain(&Chain::from(&rex)).await?.is_intact());
//!     let seal: Seal = kept.parse().expect("a seal");
//!     let report = clinic.verifier.verify_seal(&seal).await?;
//!     let finding = report.broken().expect("something is wrong");
//!     assert_eq!((finding.kind, &finding.chain), (SealFindingKind::RecordMissing, &Some(Chain::from(&rex))));
//!     Ok::<(), Unexpected>(())
//! })?;
//! # Ok::<(), Unexpected>(())
//! ```
//!
//! # What is found
//!
//! | What somebody does to the database | Found by | As |
//! |---|---|---|
//! | changes any field of an entry | [`verify_chain`] | `Changed`, this entry |
//! | removes an entry | [`verify_chain`] | `Missing`, its number |
//! | exchanges entries, or moves one | [`verify_chain`] | `Reordered`, the first that is not where it was |
//! | adds an entry, a copy, one of somebody else's | [`verify_chain`] | `Inserted`, its place |
//! | removes the newest entries | [`verify_chain`] | `TailCut`, the first that is gone |
//! | removes a record, or sets it back | [`verify_chain`] | `HeadMissing`; `HeadBehind`, the first entry it forgot |
//! | says that an entry was made with a key nobody has | [`verify_chain`] | `KeyUnknown`, this entry: see below |
//! | removes a person wholly | [`verify_seal`] | `RecordMissing`, the person |
//! | sets back a record and its entries together | [`verify_seal`] | `HistoryCut`, the person |
//! | the same, with the keys, and writes another history | [`verify_seal`] | `HistoryChanged`, the person |
//! | changes what is kept for a seal, or sets back the seals | [`verify_seal`] | `HeadsChanged`, `HeadsMissing`, `NewestBehind` and their kin |
//!
//! # What is not found
//!
//! - **Whoever has the keys and the database** can write anew everything since the last seal that is kept elsewhere.
//!   Before it, nothing can be changed without contradicting it.
//! - **Whoever has the database alone** can set back a person, record and entries together, to any time after the
//!   last seal kept elsewhere, or remove who came after it. How often you seal is how much that can be.
//! - **What was never told.** A chain proves what was written, not that everything was.
//! - **What stands under a key that the ring no longer holds.** The report names the first such entry apart from
//!   contradictions. An operator who has dropped no key knows what to think of it.
//! - **A host that lies** about who asks, or calls with somebody else's name.
//!
//! # Sealing
//!
//! Call [`seal`] for each practice from a job, once a night or once an hour, and keep its text elsewhere. A seal is made
//! over whatever is there, so hold the trail against the seal before first. Sealing reads every subject's record of the
//! practice, a thousand at a time, and stops nobody from signing in. Each seal names the one before it
//! ([`Seal::follows`](crate::audit::Seal::follows)), so one that is missing among those you kept shows. About 60 bytes
//! for each person stay in the store for each seal, for seven years.
//!
//! # Retention
//!
//! Entries have to be kept for years (HIPAA: six, 45 CFR 164.316(b)(2)(i)) and may go afterwards. Seal the practice,
//! wait as long as entries are kept, and then remove, in each chain, what was there at that seal: the entries whose
//! number is at most that of the sealed head. From then on use
//! [`verify_seal_after`](crate::verifier::Verifier::verify_seal_after) with that seal as the older one, and
//! [`verify_chain_after`](crate::verifier::Verifier::verify_chain_after) with the link of the last entry removed.
//! Never remove a person's record.
//!
//! # Exports
//!
//! With the feature `serde`, `audit::export` writes each entry as a line of JSON, which can be read again,
//! and as a FHIR R4 `AuditEvent`, in the codes of DICOM PS3.15 A.5.3 (110114 User Authentication, 110113 Security
//! Alert, 110101 Audit Log Used). It writes text; sending it is yours.
//!
//! [`verify_chain`]: crate::verifier::Verifier::verify_chain
//! [`verify_seal`]: crate::verifier::Verifier::verify_seal
//! [`seal`]: crate::verifier::Verifier::seal
