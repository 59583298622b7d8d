//! Rehearsals: a day at a practice in a file, and what should happen, run on the real verifier.
//!
//! ```sh
//! cargo run --example rehearse -- FILE...
//! cargo run --example rehearse -- --against POLICY FILE...
//! cargo run --example rehearse -- --words
//! ```
//!
//! The first prints what came of each step, and which rule decided it. It ends with status 1 when anything came
//! otherwise than the file expects (`FILE:LINE: step N: expected X, got Y`), and with status 2 when a file cannot be
//! read. The second replays each day under another policy too, a preset or a policy file, and shows side by side who
//! would be asked more or less. The third prints the lists at the end of this page. In a program,
//! [`Rehearsal`](crate::rehearsal::Rehearsal) reads a file and [`run`](crate::rehearsal::run()) runs it on any store.
//!
//! # A first file
//!
//! ```
//! use medfactor::rehearsal::{Rehearsal, run};
//! use medfactor::store::MemoryStore;
//!
//! let rehearsal = Rehearsal::parse(r#"
//!     title = "A shared computer at the front desk"
//!     zone = "Europe/London"
//!     start = "2026-06-15 08:00"
//!     policy = { preset = "wrs_staff" }
//!     devices = ["front desk PC"]
//!
//!     [people.REX]
//!     mobile = "+44 7700 900123"
//!
//!     [people.RIA]
//!     email = "ria@example.org"
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "sign in"
//!     on = "front desk PC"
//!     expect = { outcome = "verified: sms", messages = 1, until = "02:00" }
//!
//!     [[steps]]
//!     at = "08:05"
//!     who = "RIA"
//!     does = "sign in"
//!     on = "front desk PC"
//!     expect = "verified: email"
//!
//!     [[steps]]
//!     at = "12:00"
//!     who = "REX"
//!     does = "sign in"
//!     on = "front desk PC"
//!     expect = { outcome = "trusted", messages = 0 }
//! "#)?;
//! let report = pollster::block_on(run(&rehearsal, MemoryStore::new()))?;
//! assert!(report.is_ok(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Above the steps
//!
//! A rehearsal is TOML, at most 1 MiB. What is not known is an error with its line, and all errors are told at once.
//!
//! | Field | Value | Left out |
//! |---|---|---|
//! | `title` | one line for the reader | an error |
//! | `zone` | the zone all times of the file are in, and of every practice that has none of its own: `Europe/London`, `UTC`, `+10:00` | an error |
//! | `start` | when the day begins: `2026-06-15 10:00` | an error |
//! | `policy` | see below | an error |
//! | `practice` | a table: `id`, and the fields of a practice | one practice `T1` |
//! | `practices` | instead of it, a table of practices by identifier | |
//! | `people` | a table of people by name | an error |
//! | `devices` | the names of the devices people share or have several of | none; everybody has one of their own |
//! | `shared_devices` | further devices, which the public can use | none |
//! | `steps` | the steps, at most 1000 with repetitions | an error |
//!
//! A practice has
//!
//! | Field | Value | Left out |
//! |---|---|---|
//! | `id` | its identifier, which scopes such as `practice:T1` name; only in `practice` | `T1` |
//! | `brand` | the name that messages bear | `Harbour Clinic` |
//! | `zone` | its time zone | that of the file |
//! | `sites` | a table of sites with their zones: `{ perth = "Australia/Perth" }` | none |
//! | `facts` | what the host knows of it: `{ country = "AU", integrations = ["xero"] }`; an empty list says that there is nothing | nothing is known, and what is unknown never opens anything |
//! | `without` | the channels that are not part of what it has: `["sms"]` | it has all |
//!
//! A person has
//!
//! | Field | Value | Left out |
//! |---|---|---|
//! | `practice` | the identifier of the practice | the only one; an error when there are several |
//! | `id` | the identifier there, which the audit trail and the scope `subject:ID` x
//! | `population` | `staff`, `patient`, `guest` or `service` | `staff` |
//! | `roles` | a list of roles | none |
//! | `site` | the site | none |
//! | `zone` | the zone that times are shown to them in | that of the site or practice |
//! | `mobile` | a number with its country, with or without spaces: `+44 7700 900123` | none on file |
//! | `mobile_line` | what kind of line that is: `mobile` or `landline` | nobody has looked |
//! | `mobile_risk` | what speaks against it: `recently_ported` or `sim_changed` | nothing is known |
//! | `mobile_proven` | whether they have shown that they receive what goes there | false |
//! | `email` | an address | none on file |
//! | `email_proven` | as for the number | false |
//! | `may` | what they may do as staff, in every practice: `save_settings`, `grant_waiver`, `withdraw_waiver`, `issue_bypass_code`, `approve_emergency` | nothing of the kind |
//!
//! A text in `mobile` or `email` that is no number or address is what staff typed there: it is on file and cannot
//! be used, and staff see that (`exact_reason = "malformed_contact"`). A slip of the pen in a file is therefore a
//! contact that cannot be used, not an error.
//!
//! # The policy
//!
//! A table with any of these; none at all is a policy without layers, which requires a second factor of everyone.
//!
//! | Field | Value |
//! |---|---|
//! | `preset` | the name of a preset (the list is below); `writeup_video` and `writeupp_video` are the same, however the product is spelled |
//! | `required_from` | the date from which a preset that has one requires; left out, long ago |
//! | `file` | instead of a preset, a policy file beside the rehearsal, TOML or JSON |
//! | `roles` | the roles there are, as in a policy file |
//! | `layers` | layers as in a policy file ([`Policy::from_toml`](crate::policy::Policy::from_toml)); they come after those of the preset or file |
//!
//! So `policy = { preset = "wrs_staff", required_from = "2026-09-01" }`, or `[[policy.layers]]` as often as needed.
//!
//! # A step
//!
//! | Field | Value | Left out |
//! |---|---|---|
//! | `at` | when | the instant of the step before |
//! | `who` | who does it, by name | an error; nobody for words of the world around |
//! | `does` | a word of the lists below | an error |
//! | `times` | how often, 1 to 100; what is expected holds each time | once |
//! | `expect` | what should come of it | anything but `error` and `impossible` |
//!
//! and the arguments of its word, which are the other fields in the lists below.
//!
//! **Times.** `10:05` is on the day of the step before; `10:05:30` and `10:05:30.500` have seconds and milliseconds;
//! `2026-06-16 08:00` has a date; `+30 s` counts from the step before (units `ms`, `s`, `min`, `h`, `d`). All are in
//! the zone of the file. An hour that summer time skips is the first instant after it, an hour that comes twice is the
//! first of both; `2026-10-25 01:30 +00:00` names the second. Time goes forward; only `set the clock` goes back. In
//! `expect`, `02:00` is the first such time from the step on, `+18 h` counts from the step, and `none` says that there
//! is none.
//!
//! **Devices.** Each is one browser that keeps the cookies of each person by itself. Without `on` it is the person's
//! own, `REX's device`. The host names one session before sign-in for each device, as a good host does.
//!
//! **Challenges.** `send`, `resend`, `submit` and `cancel` are about the newest challenge that the person began on that
//! device. Where there are several, `as = "first"` gives one a name and `challenge = "first"` is about it.
//!
//! **Codes.** No file knows the digits: `code = "a"` gives the code that is sent or typed a name, and `types = "a"`
//! types it. `types = "wrong"` is a code of the right length that nobody was sent. Without `types` the right code is
//! typed. An authenticator app shows its code by `authenticator = "phone"`, and by `steps = 4` the one of two minutes
//! later. `literal = "12ab"` types just that, and `style = "spaced"` writes a code as people do.
//!
//! **Links.** `make link` with `as = "L1"` makes a link that carries the version of the contacts on file then;
//! `link = "email"` and `contacts = "L1"` say how it was sent and that it is the one somebody followed.
//!
//! **Access codes.** `reveal access code` with `code = "c"` shows staff a code, and `redeem access code` with
//! `types = "c"` types it, at a door such as `purpose = "video_join"`, by somebody nobody knows. It needs no `who`.
//!
//! **Whom.** For what staff do to somebody else, `who` does it and `whom` is the other.
//!
//! # What is expected
//!
//! `expect = "rejected"` names how the step ends, `expect = "rejected: wrong"` with its detail as well: the reason of
//! `not_required`, `blocked`, `rejected` and `refused`, the method of `verified`, `sent`, `already` and `uncertain`, the
//! kind of `error`. A table says more, with `outcome` for the same, or without it:
//!
//! ```
//! use medfactor::rehearsal::{Rehearsal, run};
//! use medfactor::store::MemoryStore;
//!
//! let rehearsal = Rehearsal::parse(r#"
//!     title = "Codes, tries and a newer code"
//!     zone = "America/New_York"
//!     start = "2026-09-14 08:00"
//!     policy = { preset = "wrs_staff", required_from = "2026-09-01" }
//!     people.REX = { mobile = "+1 212 555 0142", email = "rex@example.org" }
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "begin"
//!     expect = { outcome = "challenge", methods = ["sms", "email"], attempts_left = 5, decided_by = "mandate:ONC" }
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "send"
//!     code = "a"
//!     expect = { outcome = "sent: sms", to = ["+1••••••0142"], expires_at = "+5 min", message_has = ["Harbour Clinic"] }
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "submit"
//!     types = "wrong"
//!     times = 2
//!     expect = { outcome = "rejected: wrong", text = "code_invalid", entries = ["attempt_failed"] }
//!
//!     [[steps]]
//!     at = "+40 s"
//!     who = "REX"
//!     does = "resend"
//!     by = "email"
//!     code = "b"
//!     expect = { outcome = "sent: email", entries_include = ["send_accepted", "code_superseded"] }
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "submit"
//!     types = "a"
//!     expect = { outcome = "rejected: superseded", newest = "b", attempts_left = 3 }
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "submit"
//!     types = "b"
//!     style = "spaced"
//!     expect = "verified: email"
//! "#)?;
//! let report = pollster::block_on(run(&rehearsal, MemoryStore::new()))?;
//! assert!(report.is_ok(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every field of the list below can be expected of every step; where a step has no such thing, the expectation
//! fails and the report says `none`. `entries`, `messages` and `notices` count what this step did; a notice holds
//! no code and is no message. Nothing in a report holds a code, a secret or a whole destination, nor the digits
//! that staff read out.
//!
//! # Authenticators
//!
//! `set up` does what a person does who scans the picture and types the first code; `begin enrolment` and `confirm
//! enrolment` are its halves. A code opens once, so the next sign-in comes at least 30 seconds later.
//!
//! ```
//! use medfactor::rehearsal::{Rehearsal, run};
//! use medfactor::store::MemoryStore;
//!
//! let rehearsal = Rehearsal::parse(r#"
//!     title = "A lost phone in Australia, with Xero"
//!     zone = "Australia/Sydney"
//!     start = "2026-06-15 08:00"
//!     policy = { preset = "cliniko_staff" }
//!     practice = { id = "bayside", facts = { country = "AU", integrations = ["xero"] } }
//!     people = { BEA = {}, MARGA = { roles = ["manager"] } }
//!
//!     [[steps]]
//!     who = "BEA"
//!     does = "sign in"
//!     expect = { outcome = "enrol", decided_by = "mandate:AU-XERO" }
//!
//!     [[steps]]
//!     who = "BEA"
//!     does = "set up"
//!     authenticator = "phone"
//!     expect = { outcome = "verified: totp", recovery_codes = 10 }
//!
//!     [[steps]]
//!     at = "13:00"
//!     who = "BEA"
//!     does = "sign in"
//!     using = "recovery_code"
//!     expect = "verified: recovery_code"
//!
//!     [[steps]]
//!     at = "13:05"
//!     who = "MARGA"
//!     does = "reset authenticators"
//!     whom = "BEA"
//!     note = "phone lost, identified in person"
//!     expect = { entries = ["authenticators_reset"], actor = "MARGA" }
//!
//!     [[steps]]
//!     at = "13:06"
//!     who = "BEA"
//!     does = "begin"
//!     expect = "enrol"
//! "#)?;
//! let report = pollster::block_on(run(&rehearsal, MemoryStore::new()))?;
//! assert!(report.is_ok(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Several practices, and a world that changes
//!
//! ```
//! use medfactor::rehearsal::{Rehearsal, run};
//! use medfactor::store::MemoryStore;
//!
//! let rehearsal = Rehearsal::parse(r#"
//!     title = "One practice tightens its rules at noon"
//!     zone = "Europe/London"
//!     start = "2026-06-15 08:00"
//!     devices = ["front desk PC"]
//!
//!     [[policy.layers]]
//!     scope = "vendor"
//!     requirement = "required"
//!     methods = ["sms"]
//!     trust = [{ rule = "rolling", window = "18 h" }]
//!     remember = "always"
//!
//!     [practices.T1]
//!     brand = "Harbour Clinic"
//!
//!     [practices.T2]
//!     brand = "Bayside Physio"
//!
//!     [people.REX]
//!     practice = "T1"
//!     mobile = "+44 7700 900123"
//!
//!     [people.BEA]
//!     practice = "T2"
//!     mobile = "+44 7700 900124"
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "sign in"
//!     on = "front desk PC"
//!
//!     [[steps]]
//!     who = "BEA"
//!     does = "sign in"
//!     on = "front desk PC"
//!
//!     [[steps]]
//!     at = "12:00"
//!     does = "add layer"
//!     layer = { scope = "practice:T1", trust = [{ rule = "never" }] }
//!
//!     [[steps]]
//!     who = "REX"
//!     does = "begin"
//!     on = "front desk PC"
//!     expect = "challenge"
//!
//!     [[steps]]
//!     who = "BEA"
//!     does = "begin"
//!     on = "front desk PC"
//!     expect = "trusted"
//!
//!     [[steps]]
//!     does = "break"
//!     what = "store_commit"
//!
//!     [[steps]]
//!     who = "BEA"
//!     does = "begin"
//!     on = "front desk PC"
//!     expect = "error: store"
//! "#)?;
//! let report = pollster::block_on(run(&rehearsal, MemoryStore::new()))?;
//! assert!(report.is_ok(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a practice decides, and who is let off
//!
//! `add layer` changes the policy the product runs with; `save settings` is what an administrator does, on the real
//! verifier: it replaces all layers of the practice by those in `layers`, if the person may and the version is
//! still the one that is saved over. A decision that is refused says why in `refusal`.
//!
//! ```
//! use medfactor::rehearsal::{Rehearsal, run};
//! use medfactor::store::MemoryStore;
//!
//! let rehearsal = Rehearsal::parse(r#"
//!     title = "A portal whose vendor can let a practice off, and a session by telephone"
//!     zone = "Europe/London"
//!     start = "2026-06-15 10:00"
//!     policy = { preset = "exact_portal" }
//!     people.PAT = { population = "patient", mobile = "+44 7700 900123", mobile_line = "mobile" }
//!     people.ADA = { may = ["save_settings"] }
//!     people.VERA = { may = ["grant_waiver", "withdraw_waiver"] }
//!
//!     [[steps]]
//!     who = "ADA"
//!     does = "make link"
//!     whom = "PAT"
//!     as = "L1"
//!
//!     [[steps]]
//!     who = "ADA"
//!     does = "save settings"
//!     layers = [{ scope = "practice:T1", populations = ["patient"], requirement = "off" }]
//!     expect = { outcome = "refused", refusal = "needs_waiver", waived_by = "vendor" }
//!
//!     [[steps]]
//!     who = "VERA"
//!     does = "grant waiver"
//!     requested_by = "ADA"
//!     accepted_text = "risk-notice-2026-01"
//!     purposes = ["portal_login"]
//!     as = "w1"
//!
//!     [[steps]]
//!     who = "PAT"
//!     does = "sign in"
//!     purpose = "portal_login"
//!     link = "email"
//!     contacts = "L1"
//!     expect = { outcome = "not_required: waived", decided_by = "waiver:w1" }
//!
//!     [[steps]]
//!     who = "ADA"
//!     does = "open appointment"
//!     purpose = "video_join/S1"
//!     start = "11:00"
//!     end = "11:30"
//!     participants = ["PAT"]
//!
//!     [[steps]]
//!     at = "11:00"
//!     who = "ADA"
//!     does = "reveal access code"
//!     whom = "PAT"
//!     purpose = "video_join/S1"
//!     code = "spoken"
//!     expect = { digits = 9, call = "+44••••••0123" }
//!
//!     [[steps]]
//!     does = "redeem access code"
//!     purpose = "video_join"
//!     types = "spoken"
//!     source = "203.0.113.7"
//!     expect = { outcome = "admitted", admits = "PAT", until = "11:45" }
//! "#)?;
//! let report = pollster::block_on(run(&rehearsal, MemoryStore::new()))?;
//! assert!(report.is_ok(), "{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The same day under another policy
//!
//! `--against` runs the day a second time and compares the steps that ask to get in, `begin`, `sign in` and `sign
//! in at once`: `nothing asked`, `asked for a code`, `must set up an app`, `not let in`, from least to most. What
//! the file expects belongs to its own policy and is not judged in the replay; `replace policy` is left out there,
//! since the other policy is the question. Who must set up an app to `sign in` does so in a replay, once, and uses
//! it from then on.
//!
//! The lists that follow are written from the tables the reader itself uses.
#![doc = include_str!("rehearsals.md")]
