//! Whether the audit trail is as it was told.

use alloc::vec::Vec;

use super::drive::MAX_CONFLICTS;
use super::{Error, ErrorKind, Verifier};
use crate::audit::{
    Actor, Chain, ChainReport, EntryQuery, Leaf, Link, Seal, SealFinding, SealFindingKind, SealReport,
    SealedHead, Walk,
};
use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::entropy;
use crate::flow::{self, Folded};
use crate::ids::{PracticeId, Subject};
use crate::record::{HeadsRecord, PracticeRecord, RecordError, RecordKey, SealRecord, SubjectRecord};
use crate::store::{Change, Commit, Store, Write};

/// What a record says of its chain.
enum Head {
    NoRecord,
    Unreadable,
    At(Option<Link>),
}

impl Head {
    const fn link(&self) -> Option<Link> {
        match self {
            Self::At(link) => *link,
            Self::NoRecord | Self::Unreadable => None,
        }
    }
}

/// The heads of a seal, read page by page.
struct Leaves<'a> {
    seal: Option<&'a Seal>,
    page: u32,
    read: alloc::vec::IntoIter<Leaf>,
}

impl<'a> Leaves<'a> {
    fn of(seal: Option<&'a Seal>) -> Self {
        Self {
            seal,
            page: 0,
            read: Vec::new().into_iter(),
        }
    }
}

/// What a walk along one chain showed.
struct Walked {
    has_record: bool,
    sealed: SealedHead,
    report: ChainReport,
}

impl<S: Store, D: Delivery, P: Directory> Verifier<S, D, P> {
    /// Whether every entry of a chain is as it was written, none is missing, none too many, and the last is the
    /// one the record knows of. Reads all of them; calls that tell more meanwhile disturb nothing.
    ///
    /// # Security
    /// Somebody who sets back the record and the entries together, both to an earlier time, leaves a chain that
    /// is whole: hold it against a seal that was kept elsewhere ([`verify_seal`](Self::verify_seal)).
    ///
    /// # Errors
    /// [`Error`]: what there is could not be read, or the record was written by a newer version. That is not
    /// "intact".
    ///
    /// ```
    /// use medfactor::audit::Chain;
    /// use medfactor::policy::Policy;
    /// use medfactor::testing::Clinic;
    ///
    /// let clinic = Clinic::new(Policy::new())?;
    /// let rex = clinic.staff("rex", None, None)?;
    /// pollster::block_on(async {
    ///     clinic.begin(&rex, None).await?;
    ///     let report = clinic.verifier.verify_chain(&Chain::from(&rex)).await?;
    ///     assert!(report.is_intact() && report.entries() > 0);
    ///
    ///     clinic.store.inner().tamper(|entries| drop(entries.remove(0)));
    ///     let report = clinic.verifier.verify_chain(&Chain::from(&rex)).await?;
    ///     assert_eq!(report.broken().map(|finding| finding.sequence), Some(1));
    ///     Ok::<(), medfactor::testing::Unexpected>(())
    /// })?;
    /// # Ok::<(), medfactor::testing::Unexpected>(())
    /// ```
    pub async fn verify_chain(&self, chain: &Chain) -> Result<ChainReport, Error> {
        Ok(self.walk(chain, None, None).await?.report)
    }

    /// The same for a chain whose oldest entries were removed because they need not be kept any longer: `last`
    /// is the link of the last one removed, which whoever removed it has kept.
    ///
    /// # Errors
    /// As [`verify_chain`](Self::verify_chain).
    pub async fn verify_chain_after(&self, chain: &Chain, last: &Link) -> Result<ChainReport, Error> {
        Ok(self.walk(chain, Some(*last), None).await?.report)
    }

    /// Folds the heads of all chains of a practice into a seal, to be kept where nobody can change it who can
    /// change the database. Reads every subject's record of the practice once, a page at a time; whoever signs
    /// in meanwhile waits for nothing, and is sealed as of before or after.
    ///
    /// # Errors
    /// [`Error`]: there is no new seal, or it is not known whether there is; make another one.
    pub async fn seal(&self, practice: &PracticeId, actor: &Actor) -> Result<Seal, Error> {
        let folded = self.fold(practice).await?;
        let newest = RecordKey::Seal(practice.clone());
        self.drive_practice(
            practice,
            actor,
            core::slice::from_ref(&newest),
            |scene, record, rows| {
                let newest = rows.read(&newest, SealRecord::decode)?;
                Ok(flow::seal(scene, record, newest.as_ref(), &folded)?)
            },
        )
        .await
    }

    /// Holds the audit trail of a practice against a seal that was kept elsewhere: the seal is genuine, and every
    /// chain in it is whole and still goes through the head it had then. What was told since may be more, and
    /// people who came since are not looked at. Reads the whole trail of everybody in the seal.
    ///
    /// # Errors
    /// [`Error`]: what there is could not be read. That is not "intact".
    pub async fn verify_seal(&self, seal: &Seal) -> Result<SealReport, Error> {
        self.verify_seals(seal, None).await
    }

    /// The same where the oldest entries were removed because they need not be kept any longer: those up to the
    /// heads in `older`, a seal of the same practice that was made before. What contradicts either seal is named.
    ///
    /// # Errors
    /// As [`verify_seal`](Self::verify_seal).
    pub async fn verify_seal_after(&self, seal: &Seal, older: &Seal) -> Result<SealReport, Error> {
        self.verify_seals(seal, Some(older)).await
    }

    async fn verify_seals(&self, seal: &Seal, older: Option<&Seal>) -> Result<SealReport, Error> {
        let mut report = SealReport::default();
        for seal in older.into_iter().chain([seal]) {
            if !self.keys.holds(seal.key()) {
                report.unverifiable = Some(SealFinding::new(SealFindingKind::KeyUnknown));
                return Ok(report);
            }
            if let Some(kind) = self.contradiction(seal).await? {
                report.broken = Some(SealFinding::new(kind));
                return Ok(report);
            }
        }
        if older.is_some_and(|older| older.practice() != seal.practice() || older.number() > seal.number()) {
            report.broken = Some(SealFinding::new(SealFindingKind::NotOlder));
            return Ok(report);
        }
        let (mut starts, mut leaves) = (Leaves::of(older), Leaves::of(Some(seal)));
        let mut start = self.next_leaf(&mut starts).await?;
        while let Some(leaf) = self.next_leaf(&mut leaves).await? {
            // Both stand in the order of their subjects.
            if let Some(gone) = start.as_ref().filter(|start| start.subject < leaf.subject) {
                report.broken = Some(vanished(seal, gone));
                return Ok(report);
            }
            let known = start.as_ref().is_some_and(|start| start.subject == leaf.subject);
            let head = start.as_ref().filter(|_| known).map(|start| start.head);
            if known {
                start = self.next_leaf(&mut starts).await?;
            }
            let chain = Chain::Subject(Subject::new(seal.practice().clone(), leaf.subject));
            if self.hold_against(&mut report, chain, head, leaf.head).await? {
                return Ok(report);
            }
        }
        if let Some(gone) = &start {
            report.broken = Some(vanished(seal, gone));
            return Ok(report);
        }
        if let Some(own) = seal.contents().own {
            let start = older.and_then(|older| older.contents().own);
            self.hold_against(&mut report, Chain::from(seal.practice()), start, own)
                .await?;
        }
        Ok(report)
    }

    /// Holds one chain against its sealed head; whether it contradicts it.
    async fn hold_against(
        &self,
        report: &mut SealReport,
        chain: Chain,
        start: Option<Link>,
        head: Link,
    ) -> Result<bool, Error> {
        let walked = self.walk(&chain, start, Some(head)).await?;
        let kind = if !walked.has_record {
            Some(SealFindingKind::RecordMissing)
        } else if walked.report.broken().is_some() {
            Some(SealFindingKind::ChainBroken)
        } else {
            match walked.sealed {
                SealedHead::Held => None,
                SealedHead::Changed => Some(SealFindingKind::HistoryChanged),
                SealedHead::Cut => Some(SealFindingKind::HistoryCut),
            }
        };
        if let Some(kind) = kind {
            report.broken = Some(SealFinding {
                kind,
                chain: Some(chain),
                finding: walked.report.broken().copied(),
            });
            return Ok(true);
        }
        report.chains = report.chains.saturating_add(1);
        if report.unverifiable.is_none()
            && let Some(finding) = walked.report.unverifiable()
        {
            report.unverifiable = Some(SealFinding {
                kind: SealFindingKind::KeyUnknown,
                chain: Some(chain),
                finding: Some(*finding),
            });
        }
        Ok(false)
    }

    /// What contradicts a seal before any chain is looked at.
    async fn contradiction(&self, seal: &Seal) -> Result<Option<SealFindingKind>, Error> {
        if !seal.is_genuine(&self.keys) {
            return Ok(Some(SealFindingKind::Forged));
        }
        let key = RecordKey::Seal(seal.practice().clone());
        let row = self.store.load(&[key]).await?.into_iter().next().flatten();
        let Some(row) = row else {
            return Ok(Some(SealFindingKind::NewestMissing));
        };
        let newest = match SealRecord::decode(&row.bytes) {
            Ok(record) => record.newest,
            Err(error @ RecordError::Format) => return Err(error.into()),
            Err(_) => return Ok(Some(SealFindingKind::NewestChanged)),
        };
        // One under a key that was dropped cannot be judged, and nothing but the number is taken from it.
        let is_other = newest.number() == seal.number() && newest != *seal;
        let is_forged = self.keys.holds(newest.key()) && !newest.is_genuine(&self.keys);
        if is_other || is_forged || newest.practice() != seal.practice() {
            return Ok(Some(SealFindingKind::NewestChanged));
        }
        if newest.number() < seal.number() {
            return Ok(Some(SealFindingKind::NewestBehind));
        }
        let mut folded = Folded::new(seal.contents().series);
        for page in 0..pages(seal) {
            let Some(leaves) = self.leaves(seal, page).await? else {
                return Ok(Some(SealFindingKind::HeadsMissing));
            };
            for leaf in &leaves {
                folded.add(seal.practice(), leaf);
            }
        }
        Ok((!folded.are_those_of(seal)).then_some(SealFindingKind::HeadsChanged))
    }

    async fn next_leaf(&self, leaves: &mut Leaves<'_>) -> Result<Option<Leaf>, Error> {
        loop {
            if let Some(leaf) = leaves.read.next() {
                return Ok(Some(leaf));
            }
            let Some(seal) = leaves.seal.filter(|seal| leaves.page < pages(seal)) else {
                return Ok(None);
            };
            // A page that went away since it was counted is no answer; the next call names it.
            let page = self.leaves(seal, leaves.page).await?;
            leaves.read = page.ok_or_else(|| Error::new(ErrorKind::Contention))?.into_iter();
            leaves.page = leaves.page.saturating_add(1);
        }
    }

    /// One page of the heads of a seal; `None` when it is gone. A page that cannot be read holds no heads.
    async fn leaves(&self, seal: &Seal, page: u32) -> Result<Option<Vec<Leaf>>, Error> {
        let key = RecordKey::sealed_heads(seal.practice(), &seal.contents().series, page);
        let row = self.store.load(&[key]).await?.into_iter().next().flatten();
        match row.map(|row| HeadsRecord::decode(&row.bytes)) {
            None => Ok(None),
            Some(Ok(record)) => Ok(Some(record.leaves)),
            Some(Err(error @ RecordError::Format)) => Err(error.into()),
            Some(Err(_)) => Ok(Some(Vec::new())),
        }
    }

    /// Folds the heads of all subjects, and keeps them for the day somebody holds the trail against the seal.
    ///
    /// They are written before the seal that names them, in pages: nothing is decided by them, and the entry
    /// that tells of the seal is committed with it. Without the seal they are nothing, and are dropped in time.
    async fn fold(&self, practice: &PracticeId) -> Result<Folded, Error> {
        let now = self.clock.now()?;
        let series = entropy::bytes(self.entropy.as_ref())?;
        let mut folded = Folded::new(series);
        let mut leaves = Vec::new();
        let (mut page, mut after) = (0_u32, None);
        loop {
            let limit = HeadsRecord::MAX_HEADS.saturating_sub(leaves.len());
            let rows = self
                .store
                .list(practice, "subject", after.as_ref(), limit)
                .await?;
            for (key, row) in &rows {
                let RecordKey::Subject(subject) = key else {
                    continue;
                };
                if let Some(head) = SubjectRecord::decode(&row.bytes)?.chain {
                    let subject = subject.id().clone();
                    let leaf = Leaf { subject, head };
                    folded.add(practice, &leaf);
                    leaves.push(leaf);
                }
            }
            let is_last = rows.len() < limit;
            let last = rows.into_iter().next_back().map(|(key, _)| key);
            // A store that does not move on would be asked for ever.
            if last.is_some() && last <= after {
                return Err(Error::new(ErrorKind::Store));
            }
            after = last;
            if leaves.len() >= HeadsRecord::MAX_HEADS || (is_last && !leaves.is_empty()) {
                let key = RecordKey::sealed_heads(practice, &series, page);
                let record = HeadsRecord {
                    at: now,
                    leaves: core::mem::take(&mut leaves),
                };
                let write = Write::new(key, None, record.encode()?, Some(record.deadline()));
                self.keep_page(&Change::new([write].into(), Vec::new())).await?;
                page = page.saturating_add(1);
            }
            if is_last {
                return Ok(folded);
            }
        }
    }

    /// Writes a page of heads under its new name. Nobody else writes there, so a conflict is the store's own trouble.
    async fn keep_page(&self, change: &Change) -> Result<(), Error> {
        for _ in 0..MAX_CONFLICTS {
            match self.store.commit(change).await? {
                Commit::Committed => return Ok(()),
                Commit::Conflict => {}
            }
        }
        Err(Error::new(ErrorKind::Contention))
    }

    /// Walks along one chain. The head is read before the first entry and after the last: what was committed
    /// before must be there, and nothing that is there may be unknown to the record afterwards.
    async fn walk(&self, chain: &Chain, start: Option<Link>, sealed: Option<Link>) -> Result<Walked, Error> {
        let before = self.head(chain).await?;
        let mut walk = Walk::new(&self.keys, chain, start, before.link(), sealed);
        let mut query = chain.query().limit(EntryQuery::MAX_PAGE);
        loop {
            let page = self.store.entries(&query).await?;
            for entry in page.entries.iter().filter(|entry| Chain::of(entry) == *chain) {
                walk.see(entry);
            }
            match page.next {
                Some(cursor) => query = query.after(cursor),
                None => break,
            }
        }
        let after = self.head(chain).await?;
        if matches!(before, Head::Unreadable) || matches!(after, Head::Unreadable) {
            return Ok(Walked {
                has_record: true,
                sealed: SealedHead::Held,
                report: walk.unreadable(),
            });
        }
        let (sealed, report) = walk.finish(after.link());
        Ok(Walked {
            has_record: matches!(after, Head::At(_)),
            sealed,
            report,
        })
    }

    async fn head(&self, chain: &Chain) -> Result<Head, Error> {
        let key = match chain {
            Chain::Subject(subject) => RecordKey::Subject(subject.clone()),
            Chain::Practice(practice) => RecordKey::Practice(practice.clone()),
        };
        let Some(row) = self.store.load(&[key]).await?.into_iter().next().flatten() else {
            return Ok(Head::NoRecord);
        };
        let head = match chain {
            Chain::Subject(_) => SubjectRecord::decode(&row.bytes).map(|record| record.chain),
            Chain::Practice(_) => PracticeRecord::decode(&row.bytes).map(|record| record.chain),
        };
        match head {
            Ok(head) => Ok(Head::At(head)),
            // A newer version wrote it, which is nobody's fault.
            Err(error @ RecordError::Format) => Err(error.into()),
            Err(_) => Ok(Head::Unreadable),
        }
    }
}

/// How many records hold the heads of a seal.
fn pages(seal: &Seal) -> u32 {
    let per_page = u64::try_from(HeadsRecord::MAX_HEADS).unwrap_or(u64::MAX);
    u32::try_from(seal.subjects().div_ceil(per_page)).unwrap_or(u32::MAX)
}

/// Somebody was sealed before and is not sealed any more, though records are never dropped.
fn vanished(seal: &Seal, leaf: &Leaf) -> SealFinding {
    SealFinding {
        chain: Some(Chain::Subject(Subject::new(
            seal.practice().clone(),
            leaf.subject.clone(),
        ))),
        ..SealFinding::new(SealFindingKind::RecordMissing)
    }
}
