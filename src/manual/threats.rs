//! Who may attack, with what, and what stops them.
//!
//! # What is assumed
//!
//! The host checks the first factor before it calls, over TLS; it tells the library the truth about who asks and
//! when; the [`Directory`](crate::directory::Directory) names only contacts that the practice has recorded; the keys
//! are kept apart from the database; the store keeps the promises of [`Store`](crate::store::Store).
//!
//! # Who attacks
//!
//! | Attacker | What they can try | What stops them |
//! |---|---|---|
//! | has the password | guess codes | 5 per challenge, 10 in 15 minutes, 100 in a row, over all challenges and devices |
//! | has the password | ask for many codes, to annoy or to cost | 30 s apart, 3 per challenge, 5 in 15 minutes, 10 per destination in 6 hours |
//! | has the password | add a factor of their own | adding one takes a fresh proof of one that exists; a remembered device is none |
//! | has the password, before anyone has enrolled | enrol first | nothing the library can tell apart; enrol people early, and tell them when it happens |
//! | has the link and the mailbox | have the code follow the link | by e-mail refused; a policy forbids it for every channel |
//! | had somebody's number moved to a SIM of theirs | get the code | where the host knows of it, a policy rules the number out |
//! | talks to the front desk | get a bypass code, a new number, an emergency | off by default; permitted actors, a reason, a second person; the person is told, at the old contact too |
//! | administers a practice | switch the second factor off | locked layers refuse, waivable ones need the vendor's waiver, and both are told |
//! | has the mailbox | take the code there | a policy that leaves e-mail out; by default it is out |
//! | copies the cookie | use it on another machine | it needs the password too; the first use of either copy renews the token, the other then ends all trust |
//! | reads the database | codes, secrets, tokens | keyed fingerprints and sealed secrets; without the keys none of it opens anything |
//! | writes the database | change, remove, move or add entries of the audit trail | each is tied to the one before it by a MAC, the last is named in the record; [`audit`](super::audit) says what is found |
//! | writes the database | set back a record and its entries together, or remove both | a seal that was kept elsewhere |
//! | writes the database, and has the keys | write anew what happened since the last seal kept elsewhere | nothing; seal often, and keep seals where nobody can change them |
//! | writes the database | put another's sealed secret in place | seals are bound to practice, subject and authenticator |
//! | reads over a shoulder | type the same code | spent at first use, older TOTP steps too |
//! | another practice | use its tickets, cookies, people | the practice is part of every key, seal and fingerprint |
//! | has the password | fill the audit trail with begun sign-ins and malformed answers | nothing here: each is told once it happened; bound the requests of one source before they reach the library |
//! | has nothing | guess access codes | 20 misses of a source in 10 minutes, an alarm at 1 000 an hour at a practice, an end at 10 000; live only around an appointment; every refusal reads the same |
//! | has many addresses | shut the door for access codes by guessing | nothing here below the limit of an hour; links and sign-ins are not concerned, and the alarm comes long before |
//! | rings staff as the patient | have an access code read out | staff ring the number on file, which is shown masked with the code; the rest is procedure |
//! | overhears an access code | join in the patient's place | it opens one appointment, around its time, and no account; revealing again voids it |
//! | has no password | lock somebody out | without a first factor nothing of a subject changes |
//! | sets the clock back | revive what has ended | see law 8 |
//!
//! # What is stored of each secret
//!
//! | Secret | Strength | Lives | Stored as | Who can read it |
//! |---|---|---|---|---|
//! | code sent to a subject | 6 digits (4 to 10) | 5 minutes, at most 10 | HMAC-SHA-256 under a subkey, bound to practice, subject, challenge and message | nobody; it exists in memory while it is sent |
//! | TOTP secret | 160 bits or more | until removed | XChaCha20-Poly1305, bound to practice, subject and authenticator | the library with the key ring; shown once at enrolment |
//! | recovery code | 120 bits | until used | HMAC-SHA-256 under a subkey, with a salt for each set | nobody after it was shown |
//! | access code (relayed by staff) | 9 digits (8 to 10), among all live ones of the practice | from being revealed to 15 minutes after the appointment | HMAC-SHA-256 under a subkey, bound to the practice; sealed too where the policy says `recoverable` | staff, at the moment of reveal; with `recoverable` whenever they ask |
//! | device token | 256-bit MAC over a 128-bit identifier and a generation | as the policy says, at most 30 days | nothing secret: identifier and generation | the browser |
//! | ticket | sealed | a challenge's life | not stored | nobody but the library |
//! | source of a wrong access code | – | a day | HMAC-SHA-256 under a subkey | nobody |
//! | telephone number, address | – | – | HMAC-SHA-256 under a subkey; masked in entries | the directory |
//!
//! # What is not covered
//!
//! Luck: one wrong answer is compared with everything the person could have meant, so with two codes out and five
//! authenticators, each guess of six digits hits one in 10⁶ / (2 + 5 × 3), and the limits above are what bounds it.
//! Name the method the person chose ([`Answer::method`](crate::flow::Answer::method)) and it is compared with that one
//! alone. Phishing in real time: whoever makes a person type a code into a false page can use it once. A stolen session.
//! Somebody who talks staff into resetting a factor. A host that calls `begin` without having checked a password.
//! Timing differences below what the same number of comparisons and store calls hides. Secrets in memory: they are
//! wiped on drop, but copies made by the allocator or inside the hash functions may remain.
