//! Folding the heads of all chains of a practice into one seal.

use super::practice::PracticeWork;
use super::{FlowError, PracticeScene, PracticeStep};
use crate::audit::{Chain, Contents, Event, Leaf, Seal, Tree, leaf_bytes};
use crate::ids::{PracticeId, Subject};
use crate::record::{PracticeRecord, Record, RecordKey, SealRecord};

/// The heads of the subjects, as far as they have been folded.
#[derive(Debug)]
pub(crate) struct Folded {
    series: [u8; 16],
    subjects: u64,
    tree: Tree,
}

impl Folded {
    pub(crate) fn new(series: [u8; 16]) -> Self {
        Self {
            series,
            subjects: 0,
            tree: Tree::default(),
        }
    }

    /// Adds the head of the subject that comes next.
    pub(crate) fn add(&mut self, practice: &PracticeId, leaf: &Leaf) {
        let chain = Chain::Subject(Subject::new(practice.clone(), leaf.subject.clone()));
        self.tree.add(&leaf_bytes(&chain, &leaf.head));
        self.subjects = self.subjects.saturating_add(1);
    }

    /// Whether these are the heads that `seal` was made over.
    pub(crate) fn are_those_of(mut self, seal: &Seal) -> bool {
        self.close(seal.contents().own.as_ref(), seal.practice()) == seal.contents().root
            && self.subjects == seal.subjects()
    }

    /// The root, with the head of the practice's own chain behind those of its people.
    fn close(&mut self, own: Option<&crate::audit::Link>, practice: &PracticeId) -> [u8; 32] {
        if let Some(own) = own {
            self.tree.add(&leaf_bytes(&Chain::from(practice), own));
        }
        self.tree.root()
    }
}

/// Makes the seal that follows `newest`.
///
/// # Errors
/// [`FlowError::ClockBehind`] or [`FlowError::Entropy`]; nothing has changed.
pub(crate) fn seal(
    scene: &PracticeScene<'_>,
    record: Option<PracticeRecord>,
    newest: Option<&SealRecord>,
    folded: &Folded,
) -> Result<PracticeStep<Seal>, FlowError> {
    let mut work = PracticeWork::open(scene, record);
    let own = work.record.chain;
    let mut tree = Folded {
        tree: folded.tree.clone(),
        ..*folded
    };
    let contents = Contents {
        number: newest
            .map_or(0, |record| record.newest.number())
            .saturating_add(1),
        at: work.now,
        practice: scene.id.clone(),
        subjects: folded.subjects,
        own,
        root: tree.close(own.as_ref(), scene.id),
        previous: newest.map_or([0; 32], |record| *record.newest.tag()),
        series: folded.series,
    };
    let seal = Seal::make(scene.keys, contents);
    let entry = work.tell(Event::Sealed)?;
    entry.count = u32::try_from(seal.subjects()).ok();
    entry.note = Some(alloc::format!("seal {}", seal.number()));
    let newest = SealRecord { newest: seal.clone() };
    let mut step = work.close(seal);
    step.others = [(RecordKey::Seal(scene.id.clone()), Record::Seal(newest))].into();
    Ok(step)
}
