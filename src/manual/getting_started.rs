//! From an empty crate to a first sign-in.
//!
//! # Three ways in, each built on the one before
//!
//! 1. **Primitives**: [`otp`](crate::otp), [`code`](crate::code), [`trust`](crate::trust) are plain functions. A
//!    TOTP in one line, no state.
//! 2. **Core**: [`flow`](crate::flow) takes what is stored and what is known and returns what to store and what to
//!    answer. No I/O. For a host that must write with its own ORM in its own transaction.
//! 3. **Verifier**: [`Verifier`](crate::verifier::Verifier) drives the core over three traits of yours. Start here.
//!
//! # What you supply
//!
//! | Trait | It answers | To start with |
//! |---|---|---|
//! | [`Store`](crate::store::Store) | where records and entries are kept | [`MemoryStore`](crate::store::MemoryStore) |
//! | [`Delivery`](crate::delivery::Delivery) | who carries a message | [`CapturingDelivery`](crate::delivery::CapturingDelivery) |
//! | [`Directory`](crate::directory::Directory) | who people are and where they are reached | [`MemoryDirectory`](crate::directory::MemoryDirectory) |
//!
//! # A whole sign-in
//!
//! ```
//! use std::sync::Arc;
//!
//! use medfactor::contact::{Channel, Destination};
//! use medfactor::delivery::CapturingDelivery;
//! use medfactor::directory::{MemoryDirectory, Person, Practice};
//! use medfactor::flow::{Begin, FirstFactor, Remember, Ruling, Sending, Verdict};
//! use medfactor::ids::{PracticeId, Subject};
//! use medfactor::keys::{KeyId, KeyRing};
//! use medfactor::method::Method;
//! use medfactor::policy::{Layer, Methods, Policy, Population, Requirement, Scope};
//! use medfactor::purpose::Purpose;
//! use medfactor::store::MemoryStore;
//! use medfactor::time::{Clock, SystemClock};
//! use medfactor::verifier::Verifier;
//!
//! // Who must, and how. Of several layers the strictest wins.
//! let policy = Policy::new().layer(
//!     Layer::new(Scope::Vendor)
//!         .requirement(Requirement::Required)
//!         .methods(Methods::new([Method::Sms, Method::Email])),
//! );
//! // In a service the key comes from where your other keys are kept.
//! let keys = KeyRing::new(KeyId::new(1), *b"thirty-two bytes, for this demo.")?;
//!
//! let people = Arc::new(MemoryDirectory::new());
//! people.put_practice(PracticeId::new("harbour")?, Practice::new("Harbour Clinic"));
//! let rex = Subject::parse("harbour", "u-1042")?;
//! people.put_person(
//!     Person::new(rex.clone(), Population::Staff).destination(Destination::sms("+12125550142")?),
//! );
//! let outbox = Arc::new(CapturingDelivery::new());
//! let verifier = Verifier::builder(policy, keys)
//!     .store(MemoryStore::new())
//!     .delivery(Arc::clone(&outbox))
//!     .directory(people)
//!     .build()?;
//!
//! pollster::block_on(async {
//!     // The password was right just now.
//!     let first = FirstFactor::passed_at(SystemClock::new().now()?);
//!     let ruling = verifier.begin(Begin::new(&rex, Purpose::sign_in(), first)).await?;
//!     let Ruling::Challenge(challenge) = ruling else { panic!("a challenge was expected") };
//!     assert_eq!(challenge.methods()[0].destination.as_deref(), Some("+1••••••0142"));
//!
//!     let Sending::Sent(info) = verifier.send(challenge.ticket(), Channel::Sms).await? else {
//!         panic!("a message was expected")
//!     };
//!     let message = outbox.last().ok_or("no message")?;
//!     assert_eq!(message.reference, info.reference.as_str());
//!
//!     match verifier.submit(challenge.ticket(), &message.code, Remember::No).await? {
//!         Verdict::Pass(pass) => assert_eq!(pass.method(), Some(Method::Sms)),
//!         Verdict::Rejected(no) => panic!("{}", no.english()),
//!     }
//!     Ok::<(), Box<dyn std::error::Error>>(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The order of calls
//!
//! 1. Check the first factor. Only then call `begin`; it takes the time of that check and refuses a stale one. Give
//!    it your reference to the browser's session before sign-in ([`session`](crate::flow::Begin::session)): without
//!    one, all browsers that are not yet known share one open challenge.
//! 2. `Ruling::Pass`: raise the session, and set [`device_cookie`](crate::flow::Pass::device_cookie) if there is one.
//!    `Ruling::Challenge`: show its methods; put its ticket into the page. `Ruling::Enrol`: show the enrolment page
//!    and nothing else. `Ruling::Blocked`: show its text.
//! 3. `send` when the person has chosen a channel, or at once; calling it again sends nothing twice.
//! 4. `submit` what was typed, as it was typed. Spaces and hyphens are the library's business.
//! 5. `Verdict::Pass`: compare [`subject`](crate::flow::Pass::subject) and
//!    [`purpose`](crate::flow::Pass::purpose) with those of the session that waits, since a ticket comes back from
//!    the page and could be another person's; then raise the session and set the cookie. `Verdict::Rejected`: show its text, and
//!    [`retry_at`](crate::flow::Rejection::retry_at) if there is one.
//! 6. `Err` at any point: no answer was reached. Deny.
//!
//! # The cookie
//!
//! One per person and browser, named after a hash of the person, so that several people at one computer do not
//! disturb each other. Read it with [`DeviceCookie::find`](crate::trust::DeviceCookie::find), write what
//! [`set_cookie`](crate::trust::DeviceCookie::set_cookie) says. Whenever a pass carries one, set it: the token
//! before it is void half a minute later, and an outdated token that turns up afterwards is taken for a theft.
