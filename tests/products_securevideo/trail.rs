//! The trail: complete, in order, readable by participant and session, and never changed.

use medfactor::audit::EntryPage;
use medfactor::audit::{Entry, EntryQuery, Event, Reason};
use medfactor::contact::Channel;
use medfactor::flow::access::{AccessAttempt, Redemption, Source};
use medfactor::flow::{Begin, FirstFactor, Remember, Ruling};
use medfactor::ids::{PracticeId, Subject};
use medfactor::method::Method;
use medfactor::policy::{Layer, Requirement};
use medfactor::purpose::Purpose;
use medfactor::record::RecordKey;
use medfactor::store::{Change, Commit, Store, StoreError, Versioned};
use medfactor::testing::{Clinic, Faults, SharedStore};
use medfactor::time::Timestamp;
use medfactor::trust::{RememberMode, TrustRule};
use medfactor::verifier::ErrorKind;
use pollster::FutureExt as _;

use super::common::{hours, practice_id, seconds, wrong};
use super::{Video as _, and, session, video, video_under};

/// One session that asks for a code, and remembers the browser.
fn asking() -> Clinic {
    video_under(and(
        Layer::practice(practice_id()).requirement(Requirement::Required)
    ))
}

/// A join with one resend and one wrong code.
fn join(clinic: &Clinic, pat: &Subject) {
    let passed = FirstFactor::passed_at(clinic.clock.read());
    let request = Begin::new(pat, session("A1"), passed);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(request).block_on().unwrap() else {
        panic!("a challenge was expected")
    };
    let _sent = clinic
        .verifier
        .send(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap();
    clinic.clock.forward(seconds(30));
    let _again = clinic
        .verifier
        .resend(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap();
    let messages = clinic.outbox.messages();
    let neither = super::common::neither(&messages[0].code, &messages[1].code);
    let no = clinic
        .submit(&challenge, &neither, Remember::Yes)
        .block_on()
        .unwrap();
    assert_eq!(no.unwrap_err().reason(), Reason::Wrong);
    let pass = clinic
        .submit(&challenge, &messages[1].code, Remember::Yes)
        .block_on()
        .unwrap();
    assert!(pass.is_ok());
}

#[test]
fn v19_every_step_is_told_in_its_order() {
    let clinic = video_under(
        medfactor::policy::Policy::new().layer(
            Layer::vendor()
                .requirement(Requirement::Required)
                .methods([Method::Sms])
                .trust(TrustRule::default())
                .remember(RememberMode::Always),
        ),
    );
    let pat = clinic.patient("pat");
    join(&clinic, &pat);
    let entries = clinic.trail();
    let events: Vec<Event> = entries.iter().map(|entry| entry.event).collect();
    // The code before dies when the new one has been handed over, not when it is drawn: what failed to leave must
    // not take the code in somebody's hand with it.
    let expected = [
        Event::Begin,
        Event::CodeIssued,
        Event::SendRequested,
        Event::SendAccepted,
        Event::CodeIssued,
        Event::SendRequested,
        Event::SendAccepted,
        Event::CodeSuperseded,
        Event::AttemptFailed,
        Event::Verified,
        Event::TrustGranted,
        Event::NewDeviceVerified,
    ];
    assert_eq!(events, expected);
    let mut last = Timestamp::MIN;
    for entry in &entries {
        assert_eq!(entry.practice, practice_id());
        assert_eq!(entry.subject.as_ref(), Some(pat.id()));
        assert_eq!(entry.actor, medfactor::audit::Actor::Subject, "{}", entry.event);
        assert_eq!(entry.challenge, entries[0].challenge, "{}", entry.event);
        assert!(entry.challenge.is_some() && last <= entry.at);
        last = entry.at;
    }
}

fn pages(clinic: &Clinic, query: &EntryQuery) -> Vec<Entry> {
    let (mut all, mut query) = (Vec::new(), query.clone());
    loop {
        let page = clinic.verifier.history(&query).block_on().unwrap();
        assert!(page.entries.len() <= query.page_size());
        all.extend(page.entries);
        match page.next {
            Some(cursor) => query = query.after(cursor),
            None => return all,
        }
    }
}

#[test]
fn v20_history_of_one_participant_of_one_session_in_either_order_page_by_page() {
    let clinic = asking();
    let (pat, mum) = (clinic.patient("pat"), clinic.patient("mum"));
    clinic.open("A1", &[&pat, &mum]);
    clinic.open("A2", &[&pat]);
    join(&clinic, &pat);
    let code = clinic.read_out(&pat, "A1");
    assert!(clinic.redeem(&code).is_ok());
    let _other = clinic.read_out(&mum, "A1");
    let _other = clinic.read_out(&pat, "A2");
    let query = EntryQuery::subject(&pat).purpose(session("A1"));
    let whole = pages(&clinic, &query);
    let events: Vec<Event> = whole.iter().map(|entry| entry.event).collect();
    assert_eq!(events.first(), Some(&Event::AccessOpened));
    assert_eq!(events.last(), Some(&Event::AccessRedeemed));
    for event in [
        Event::SendAccepted,
        Event::AttemptFailed,
        Event::Verified,
        Event::AccessRevealed,
    ] {
        assert!(events.contains(&event), "{event} is missing in {events:?}");
    }
    let mut reversed = whole.clone();
    reversed.reverse();
    for size in [1, 2, 3, whole.len(), 1000] {
        let query = query.clone().limit(size);
        assert_eq!(pages(&clinic, &query), whole, "{size}");
        assert_eq!(pages(&clinic, &query.newest_first()), reversed, "{size}");
    }
    let told = format!("{whole:?}");
    assert!(!told.contains(&code) && !told.contains("7700900123"), "{told}");
    assert!(told.contains("+44••••••0123"));
}

#[test]
fn v20_a_cursor_holds_for_the_order_it_was_given_in() {
    let clinic = video();
    let people: Vec<_> = (0..4).map(|n| clinic.patient(&format!("p{n}"))).collect();
    clinic.open("S1", &people.iter().collect::<Vec<_>>());
    let query = EntryQuery::practice(practice_id()).limit(1);
    let page = clinic.verifier.history(&query).block_on().unwrap();
    let other_way = query.newest_first().after(page.next.unwrap());
    assert!(clinic.verifier.history(&other_way).block_on().is_err());
}

/// A store of a host's own, with every method there is: three read, one adds and one drops records. None of them
/// takes an entry that is there already.
#[derive(Debug)]
struct Own(SharedStore);

#[deny(
    clippy::missing_trait_methods,
    reason = "all that a store can be asked for stands here"
)]
impl Store for Own {
    async fn load(&self, keys: &[RecordKey]) -> Result<Vec<Option<Versioned>>, StoreError> {
        self.0.load(keys).await
    }

    async fn commit(&self, change: &Change) -> Result<Commit, StoreError> {
        // What a change holds: records to write, and entries to add.
        let Change {
            writes: _,
            entries: _,
            ..
        } = change;
        self.0.commit(change).await
    }

    async fn entries(&self, query: &EntryQuery) -> Result<EntryPage, StoreError> {
        self.0.entries(query).await
    }

    async fn list(
        &self,
        practice: &PracticeId,
        kind: &str,
        after: Option<&RecordKey>,
        limit: usize,
    ) -> Result<Vec<(RecordKey, Versioned)>, StoreError> {
        self.0.list(practice, kind, after, limit).await
    }

    async fn purge(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.0.purge(now, limit).await
    }
}

#[test]
fn v21_the_trail_outlives_the_session_and_nothing_changes_it() {
    let clinic = asking();
    let pat = clinic.patient("pat");
    clinic.open("A1", &[&pat]);
    join(&clinic, &pat);
    let code = clinic.read_out(&pat, "A1");
    assert!(clinic.redeem(&code).is_ok());
    let before = clinic.trail();
    clinic.clock.forward(hours(30 * 24));
    let store = Own(clinic.store.clone());
    assert!(
        store.purge(clinic.clock.read(), 10_000).block_on().unwrap() > 0,
        "records go"
    );
    assert_eq!(clinic.trail(), before, "entries stay");
    // The same entry once more is one more entry, in no place but the end.
    let change = Change::new(Vec::new(), before[..1].to_vec());
    assert_eq!(store.commit(&change).block_on().unwrap(), Commit::Committed);
    let after = clinic.trail();
    assert_eq!(
        (&after[..before.len()], after.len()),
        (&before[..], before.len() + 1)
    );
}

/// Law 7: there is no change without its trace. A store that cannot keep the trace keeps neither.
#[test]
fn v22_without_a_trail_there_is_no_answer_and_nothing_is_used_up() {
    let clinic = asking();
    let pat = clinic.patient("pat");
    let passed = FirstFactor::passed_at(clinic.clock.read());
    let request = Begin::new(&pat, session("A1"), passed);
    let Ruling::Challenge(challenge) = clinic.verifier.begin(request).block_on().unwrap() else {
        panic!("a challenge was expected")
    };
    let _sent = clinic
        .verifier
        .send(challenge.ticket(), Channel::Sms)
        .block_on()
        .unwrap();
    let code = clinic.newest_code().unwrap();
    clinic.open("A1", &[&pat]);
    let spoken = clinic.read_out(&pat, "A1");
    let entries = clinic.trail().len();
    let fails = || {
        let mut faults = Faults::default();
        faults.commit = u8::MAX;
        clinic.store.set(faults);
    };
    fails();
    let error = clinic.submit(&challenge, &code, Remember::No).block_on();
    assert!(error.is_err(), "{error:?}");
    let door = Purpose::new("video_join").unwrap();
    for typed in [&spoken, &wrong(&spoken)] {
        let attempt = AccessAttempt::new(&practice_id(), door.clone(), typed, Source::unknown());
        let error = clinic.verifier.redeem(&attempt).block_on().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
    }
    let error = clinic
        .verifier
        .reveal_access_code(&pat, &session("A1"), &super::clio())
        .block_on()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    clinic.store.set(Faults::default());
    assert_eq!(clinic.trail().len(), entries);
    assert!(
        clinic
            .submit(&challenge, &code, Remember::No)
            .block_on()
            .unwrap()
            .is_ok()
    );
    assert!(clinic.redeem(&spoken).is_ok());
    // One that did not fail but was not heard of is told all the same.
    let mut faults = Faults::default();
    faults.lost_answer = u8::MAX;
    clinic.store.set(faults);
    let attempt = AccessAttempt::new(&practice_id(), door, &spoken, Source::unknown());
    assert!(matches!(
        clinic.verifier.redeem(&attempt).block_on(),
        Err(_) | Ok(Redemption::Admitted(_))
    ));
    clinic.store.set(Faults::default());
    assert_eq!(clinic.told(Event::AccessRedeemed).len(), 2);
}
