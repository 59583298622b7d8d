//! Records that somebody else has written over: nothing opens, and they are left as they are.

use medfactor::contact::Channel;
use medfactor::flow::{Begin, FirstFactor, Remember};
use medfactor::record::RecordKey;
use medfactor::store::Store;
use medfactor::verifier::ErrorKind;
use pollster::block_on;

use super::world::{HeardCall, World};

impl World {
    /// Spoils the record of a person, sees what happens, and mends it again.
    pub(crate) fn corrupt(&mut self, who: usize, how: u8) {
        let subject = self.model.people[who].subject.clone();
        let keys = [RecordKey::Subject(subject.clone())];
        let store = self.clinic.store.clone();
        let memory = store.inner().inner().inner();
        let load = || {
            block_on(memory.load(&keys))
                .unwrap()
                .remove(0)
                .map(|row| row.bytes)
        };
        let Some(good) = load() else { return };
        let bad = match how % 6 {
            0 => Vec::new(),
            1 => vec![0],
            2 => [&[2], &good[1..]].concat(),
            3 => good[..good.len() - 1].to_vec(),
            4 => [good.clone(), vec![0]].concat(),
            _ => vec![0xff; 300_000],
        };
        memory.corrupt(&keys[0], bad.clone());

        let now = self.clinic.clock.read();
        let request = Begin::new(&subject, Self::purpose(how % 3), FirstFactor::passed_at(now));
        let answer = block_on(self.verifiers[0].begin(request));
        self.must_refuse(answer.as_ref().err().map(|error| error.kind()));
        self.heard(answer, &HeardCall::default());
        if let Some(begun) = self.model.challenges.iter().rev().find(|begun| begun.who == who) {
            let ticket = begun.ticket.clone();
            let code = begun
                .codes
                .last()
                .map_or("000000".into(), |sent| sent.digits.clone());
            let answer = block_on(self.verifiers[0].submit(&ticket, &code, Remember::Yes));
            self.must_refuse(answer.as_ref().err().map(|error| error.kind()));
            self.heard(answer, &HeardCall::default());
            let answer = block_on(self.verifiers[0].send(&ticket, Channel::Sms));
            self.must_refuse(answer.as_ref().err().map(|error| error.kind()));
            self.heard(answer, &HeardCall::default());
        }
        let answer = block_on(self.verifiers[0].unlock(&subject, &Self::staff(), "try"));
        self.must_refuse(answer.as_ref().err().map(|error| error.kind()));
        self.heard(answer, &HeardCall::default());
        if load() != Some(bad) {
            self.model
                .breach(4, "a record that cannot be read was written over");
        }
        memory.corrupt(&keys[0], good);
    }

    fn must_refuse(&mut self, kind: Option<ErrorKind>) {
        // A ticket under a key this verifier does not know is turned away before anything is read.
        let whole = self.rings[0].ids().count() >= self.rings[1].ids().count();
        let faultless = self.clock_broke_at.is_none();
        match kind {
            None if whole => self
                .model
                .breach(4, "an answer from a record that cannot be read"),
            Some(ErrorKind::Record | ErrorKind::Store) | None => {}
            Some(kind) if faultless => self.model.breach(4, format!("{kind:?} for a corrupt record")),
            Some(_) => {}
        }
    }
}
