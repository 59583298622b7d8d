//! Every number, its reason and its source.
//!
//! What a layer of policy may say, within which bounds, stands beside each type in [`policy`](crate::policy); this
//! page gathers the defaults.
//!
//! | Rule | Default | Bounds | Why |
//! |---|---|---|---|
//! | a second factor | required | off, required | what nobody has decided must not be open |
//! | methods | TOTP, recovery codes | any list | no network carries them; e-mail is no factor for NIST (SP 800-63B-4 3.1.3.1) |
//! | code length | 6 digits | 4 to 10 | at least 6 for NIST (3.1.3.2); shorter ones bring a warning |
//! | code lifetime | 5 min | 30 s to 10 min | WRS; NIST's cap (3.1.3.2) |
//! | challenge lifetime | 15 min | 1 to 30 min | room for three messages |
//! | wrong answers per challenge | 5 | 1 to 10 | ISM-1403, ATO |
//! | wrong answers per subject | 10 in 15 min | 1 to 50; 5 min to 24 h | at most 960 guesses a day: one in a thousand for 6 digits |
//! | wrong answers in a row per factor | 50 | 5 to 100 | NIST 3.2.2 |
//! | wrong answers in a row | 100 | 10 to 100 | NIST 3.2.2: at most 100 |
//! | messages | 30 s apart, 3 per challenge, 5 in 15 min, 10 per destination in 6 h | see the types | NHSBSA's ten in six hours; cost and annoyance |
//! | TOTP | SHA-1, 6 digits, 30 s, ±1 step | 6 to 8 digits, ±0 to ±2 | what every app can; RFC 6238 5.2 |
//! | trust | never | up to 30 days | NIST 5.1 takes no remembered browser past a session; presets say what products do |
//! | remembering | on wish | never, on wish, always | a public computer is not remembered by accident |
//! | first factor | at most 10 min old | 10 s to 1 h | a forgotten tab is not a sign-in |
//! | changing factors | proof at most 5 min old | 30 s to 10 min | OWASP ASVS 5.0 7.5.1 |
//! | enrolment | 10 min to confirm | 1 to 30 min | time to fetch a phone |
//! | recovery codes | 10 of 120 bits | 5 to 20 | past the 112 bits of NIST 3.1.2.2 |
//! | access code | 9 digits, made anew at each reveal | 8 to 10 | an own kind, no factor; SecureVideo |
//! | access code works | 30 min before to 15 min after | nothing to 4 h each | late and early, not all day |
//! | wrong access codes of one source | 20 in 10 min | 3 to 50; 5 min to 24 h | a waiting room behind one address mistypes too |
//! | wrong access codes at a practice | alarm at 1 000, end at 10 000 an hour | 10 to 10 000, 100 to 100 000 | one code is name and key: each guess is at all of them |
//! | devices, authenticators | 20, 5 | up to 100, 20 | a record stays small |
//!
//! How long an access code must be follows from how many are live at one practice:
//! [`AccessCodeLength::advised_for`](crate::policy::AccessCodeLength::advised_for).
//!
//! ```
//! use medfactor::policy::{AccessCodeLength, AccessLimit, AccessTries};
//!
//! assert_eq!((AccessCodeLength::DEFAULT.get(), AccessTries::DEFAULT.get()), (9, 20));
//! assert_eq!(AccessLimit::DEFAULT.get(), 10_000);
//! assert_eq!(AccessCodeLength::DEFAULT.guesses_per_hit(50), 20_000_000);
//! ```
//!
//! ```
//! use medfactor::policy::{AttemptLimit, CodeLifetime, SubjectTries, TriesInARow};
//! use medfactor::trust::TrustWindow;
//!
//! assert_eq!(AttemptLimit::DEFAULT.get(), 5);
//! assert_eq!(SubjectTries::DEFAULT.get(), 10);
//! assert_eq!(TriesInARow::MAX.get(), 100);
//! assert_eq!(CodeLifetime::DEFAULT.get().as_secs(), 300);
//! assert_eq!(CodeLifetime::MAX.get().as_secs(), 600);
//! assert_eq!(TrustWindow::DEFAULT.duration().as_secs(), 18 * 3600);
//! ```
