//! The eight laws, and where each is kept.
//!
//! 1. **A pass has a reason.** [`Pass`](crate::flow::Pass) has no public constructor, is not `Clone` and not
//!    serialisable. It is made in one function of the flow, after a code, a TOTP step, a recovery code or a device
//!    token was found good for exactly that practice, subject and purpose, or the policy asked for nothing.
//!    An [`Admission`](crate::flow::access::Admission) is another type, for another door: no law turns one into a pass.
//! 2. **Everything opens once.** What was proved is spent in the record before the pass leaves, and the record is
//!    written by compare-and-swap: of two that race, one commits and the other is decided again, on the spent record.
//!    An access code is no proof of this kind: it admits its participant as often as needed, within its window.
//! 3. **Guesses are bounded.** Wrong answers count for the challenge, for each factor they were compared with, and
//!    for the subject; the counters live in the subject's record and know nothing of browsers or processes. There is
//!    no setting for "unlimited".
//! 4. **Doubt denies.** No store, directory, clock or randomness: `Err`. An unreadable record: `Err`, and the record
//!    stays as it is. An unknown person, role, fact or zone: the strictest reading.
//! 5. **Layers only tighten.** Each setting has one rule for what "stricter" means
//!    ([`Tighten`](crate::policy::Tighten)); folding the layers is nothing else.
//! 6. **Nothing leaks.** Codes, secrets and tokens have no `Display` and a `Debug` without content; destinations
//!    show masked. Stored are keyed fingerprints and sealed secrets.
//! 7. **No change without a trace.** A [`Change`](crate::store::Change) holds records and entries, and a store
//!    writes both or neither. The answer waits for the commit. The one write without an entry are the heads kept for
//!    a seal: they are nothing until the seal that names them is committed, which tells of itself.
//! 8. **Time is one value.** The clock is read once per call; intervals are half-open; no use prolongs anything. A
//!    record remembers the latest instant it has seen. A clock up to two minutes behind that waits there; one that
//!    is further behind decides nothing.
