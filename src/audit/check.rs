//! Walking along a chain, and naming the first place where it is not as it was told.

use super::{Chain, Entry, Link, SCHEMA};
use crate::ids::EntryId;
use crate::keys::KeyRing;

/// What is wrong at one place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The entry, or its link, is not as it was written.
    Changed,
    /// The record knows of fewer entries than there are: it was set back, and this is the first it forgot.
    HeadBehind,
    /// The head in the record is not the link of this entry.
    HeadChanged,
    /// There are entries, and no head: the record was removed.
    HeadMissing,
    /// The record that holds the head cannot be read.
    HeadUnreadable,
    /// An entry that does not belong here: made up, copied, or from another chain.
    Inserted,
    /// The link was made with a key that the ring does not hold, so nothing can be said.
    KeyUnknown,
    /// The entry of this number is gone.
    Missing,
    /// The entry was written by a newer version, whose fields this one does not know.
    Newer,
    /// The entry of this number comes later than it should.
    Reordered,
    /// The entries from this number on are gone; the record still knows of them.
    TailCut,
}

/// The first place where a chain is not as it was told.
///
/// The place is exact. The kind says what the place looks like: an entry that was removed and another that was
/// put in its stead look like one that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// The number, from 1 on, of the entry that should be there.
    pub sequence: u64,
    /// How many entries of the chain stand before it, as the store gave them.
    pub position: u64,
    /// The entry that is there, if one is.
    pub entry: Option<EntryId>,
}

/// What a look at a whole chain showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainReport {
    entries: u64,
    broken: Option<Finding>,
    unverifiable: Option<Finding>,
}

impl ChainReport {
    /// Whether every entry could be verified and is as it was written, none is missing and none too many.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.broken.is_none() && self.unverifiable.is_none()
    }

    /// How many entries were verified and found as they were written.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// The first contradiction: somebody has changed the trail or the record.
    #[must_use]
    pub const fn broken(&self) -> Option<&Finding> {
        self.broken.as_ref()
    }

    /// The first entry whose key the ring does not hold. What stands under such keys may have been changed; what
    /// follows under a known key was verified all the same.
    #[must_use]
    pub const fn unverifiable(&self) -> Option<&Finding> {
        self.unverifiable.as_ref()
    }

    /// The first of both.
    #[must_use]
    pub fn first(&self) -> Option<&Finding> {
        self.broken
            .iter()
            .chain(&self.unverifiable)
            .min_by_key(|finding| finding.sequence)
    }
}

/// A walk along a chain, entry by entry in the order of the store.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    keys: &'a KeyRing,
    chain: &'a Chain,
    /// Entries up to this link were removed by whoever may, and are passed over where they are still there.
    start: Option<Link>,
    /// The head in the record, before the first entry was read.
    head: Option<Link>,
    /// A head that was sealed once: the chain must go through it.
    sealed: Option<Link>,
    last: Option<Link>,
    position: u64,
    /// The first entry behind the head.
    beyond: Option<(EntryId, u64)>,
    first: Option<(EntryId, u64)>,
    suspect: Option<Finding>,
    contradicted: Option<Finding>,
    is_sealed_changed: bool,
    report: ChainReport,
}

impl<'a> Walk<'a> {
    pub(crate) const fn new(
        keys: &'a KeyRing,
        chain: &'a Chain,
        start: Option<Link>,
        head: Option<Link>,
        sealed: Option<Link>,
    ) -> Self {
        Self {
            keys,
            chain,
            start,
            head,
            sealed,
            last: start,
            position: 0,
            beyond: None,
            first: None,
            suspect: None,
            contradicted: None,
            is_sealed_changed: false,
            report: ChainReport {
                entries: 0,
                broken: None,
                unverifiable: None,
            },
        }
    }

    /// Takes the next entry.
    pub(crate) fn see(&mut self, entry: &Entry) {
        let position = self.position;
        self.position = position.saturating_add(1);
        if let (Some(link), Some(start)) = (entry.link, self.start)
            && link.sequence() <= start.sequence()
        {
            return;
        }
        self.first = self.first.or(Some((entry.id, position)));
        match (self.suspect, self.judge(entry)) {
            (None, Ok(link)) => self.accept(entry, link, position),
            (None, Err(kind)) => {
                self.suspect = Some(Finding {
                    kind,
                    sequence: Link::number_after(self.last.as_ref()),
                    position,
                    entry: Some(entry.id),
                });
            }
            // The entry that was missed turns up: the one in its place was too many, or it stands too late.
            (Some(suspect), Ok(_)) => {
                let kind = match suspect.kind {
                    FindingKind::Missing => FindingKind::Reordered,
                    FindingKind::Changed => FindingKind::Inserted,
                    kind => kind,
                };
                self.suspect = Some(Finding { kind, ..suspect });
            }
            (Some(_), Err(_)) => {}
        }
    }

    /// The link of an entry that follows `last`, or what is wrong with it.
    fn judge(&self, entry: &Entry) -> Result<Link, FindingKind> {
        let last = self.last.as_ref();
        let Some(link) = entry.link else {
            return Err(FindingKind::Changed);
        };
        if entry.schema > SCHEMA {
            return Err(FindingKind::Newer);
        }
        let expected = Link::number_after(last);
        let fits = link.fits(self.keys, self.chain, last, entry);
        if link.sequence() == expected {
            let is_open = fits || !self.keys.holds(link.key());
            return if is_open {
                Ok(link)
            } else {
                Err(FindingKind::Changed)
            };
        }
        Err(if fits {
            // Only its number was changed.
            FindingKind::Changed
        } else if link.sequence() < expected {
            FindingKind::Inserted
        } else {
            FindingKind::Missing
        })
    }

    fn accept(&mut self, entry: &Entry, link: Link, position: u64) {
        let finding = |kind| Finding {
            kind,
            sequence: link.sequence(),
            position,
            entry: Some(entry.id),
        };
        if self.keys.holds(link.key()) {
            self.report.entries = self.report.entries.saturating_add(1);
        } else if self.report.unverifiable.is_none() {
            self.report.unverifiable = Some(finding(FindingKind::KeyUnknown));
        }
        let is_other =
            |held: Option<Link>| held.is_some_and(|held| held.sequence() == link.sequence() && held != link);
        if is_other(self.head) {
            self.contradicted = Some(finding(FindingKind::HeadChanged));
        }
        self.is_sealed_changed |= is_other(self.sealed);
        if self.beyond.is_none() && number(self.head) < link.sequence() {
            self.beyond = Some((entry.id, position));
        }
        self.last = Some(link);
    }

    /// The report on a chain whose record cannot be read: nothing says where it ends.
    pub(crate) fn unreadable(self) -> ChainReport {
        let sequence = number(self.start).saturating_add(1);
        let unreadable = Finding {
            kind: FindingKind::HeadUnreadable,
            sequence,
            position: 0,
            entry: None,
        };
        ChainReport {
            broken: self
                .suspect
                .filter(|suspect| suspect.sequence <= sequence)
                .or(Some(unreadable)),
            ..self.report
        }
    }

    /// What became of the head that was sealed, and the report, with the head as the record shows it after the
    /// last entry was read. Meanwhile the chain may have grown.
    pub(crate) fn finish(mut self, after: Option<Link>) -> (SealedHead, ChainReport) {
        let end = number(self.last);
        let tail = (number(self.head) > end).then_some(Finding {
            kind: FindingKind::TailCut,
            sequence: end.saturating_add(1),
            position: self.position,
            entry: None,
        });
        let behind = (number(after) < end).then(|| {
            let (kind, place) = match after {
                None => (FindingKind::HeadMissing, self.first),
                Some(_) => (FindingKind::HeadBehind, self.beyond),
            };
            Finding {
                kind,
                sequence: number(after).max(number(self.start)).saturating_add(1),
                position: place.map_or(self.position, |(_, position)| position),
                entry: place.map(|(entry, _)| entry),
            }
        });
        // The chain grew meanwhile, up to a link that none of its entries has.
        let other = (number(after) == end && after != self.last).then_some(Finding {
            kind: FindingKind::HeadChanged,
            sequence: end,
            position: self.position.saturating_sub(1),
            entry: None,
        });
        // Of two at the same place the one with the entry's own kind stands first.
        self.report.broken = [self.suspect, self.contradicted, behind, other, tail]
            .into_iter()
            .flatten()
            .min_by_key(|finding| finding.sequence);
        let sealed = if self.is_sealed_changed {
            SealedHead::Changed
        } else if number(self.sealed) > end {
            SealedHead::Cut
        } else {
            SealedHead::Held
        };
        (sealed, self.report)
    }
}

/// What became of a head that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealedHead {
    /// The chain goes through it, or begins behind it.
    Held,
    /// Another link stands in its place.
    Changed,
    /// The chain, as far as it can be followed, ends before it.
    Cut,
}

fn number(link: Option<Link>) -> u64 {
    link.map_or(0, |link| link.sequence())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, append};
    use crate::ids::PracticeId;
    use crate::keys::KeyId;
    use crate::time::Timestamp;

    /// What a walk along three entries says, with this head before it and that one after it.
    fn walk(before: Option<usize>, after: impl FnOnce(Link) -> Option<Link>) -> Option<(FindingKind, u64)> {
        let keys = KeyRing::new(KeyId::new(1), *b"one key for the tests right here").unwrap();
        let practice = PracticeId::new("t1").unwrap();
        let chain = Chain::from(&practice);
        let mut entries = [1, 2, 3].map(|number| {
            let id = EntryId::from_bytes([number; 16]);
            Entry::new(id, Timestamp::MIN, practice.clone(), Event::OptedIn)
        });
        append(&keys, &chain, &mut None, &mut entries);
        let before = before.and_then(|place| entries[place].link);
        let mut walk = Walk::new(&keys, &chain, None, before, None);
        entries.iter().for_each(|entry| walk.see(entry));
        let (sealed, report) = walk.finish(after(entries[2].link.unwrap()));
        assert_eq!((sealed, report.entries()), (SealedHead::Held, 3));
        report.first().map(|finding| (finding.kind, finding.sequence))
    }

    fn other(sequence: u64) -> Option<Link> {
        Some(Link::new(sequence, KeyId::new(1), [0; 32]))
    }

    #[test]
    fn a_chain_may_grow_while_it_is_read() {
        for before in [None, Some(0), Some(2)] {
            assert_eq!(walk(before, Some), None);
            // It went on behind the last entry that was read.
            assert_eq!(walk(before, |_| other(4)), None);
        }
    }

    #[test]
    fn it_may_not_shrink_or_turn_meanwhile() {
        assert_eq!(walk(Some(0), |_| other(3)), Some((FindingKind::HeadChanged, 3)));
        assert_eq!(walk(Some(0), |_| other(2)), Some((FindingKind::HeadBehind, 3)));
        assert_eq!(walk(Some(0), |_| None), Some((FindingKind::HeadMissing, 1)));
    }
}
