//! Whether anybody has touched the audit trail.

use crate::audit::Chain;
use crate::rehearsal::arguments::Argument;
use crate::rehearsal::fields::Field;
use crate::rehearsal::file::steps::Step;
use crate::rehearsal::observed::Observed;
use crate::rehearsal::outcomes::Outcome;
use crate::rehearsal::stage::{Played, Stage, impossible};
use crate::rehearsal::value::Value;
use crate::store::Store;

pub(super) async fn seal<S: Store>(stage: &mut Stage<'_, S>, step: &Step) -> Played {
    let (practice, actor) = (stage.practice(step)?.id.clone(), stage.staff(step)?);
    let seal = stage.verifier.seal(&practice, &actor).await?;
    stage.seals.push(seal);
    Ok(Observed::new(Outcome::Done))
}

pub(super) async fn verify_trail<S: Store>(stage: &Stage<'_, S>, step: &Step) -> Played {
    let chain = match step.text(Argument::Whom) {
        Some(name) => Chain::from(&stage.subject(name)?),
        None => Chain::from(&stage.practice(step)?.id),
    };
    let report = stage.verifier.verify_chain(&chain).await?;
    let count = usize::try_from(report.entries()).unwrap_or(usize::MAX);
    Ok(found(report.is_intact()).with(Field::Count, Value::count(count)))
}

pub(super) async fn verify_seal<S: Store>(stage: &Stage<'_, S>) -> Played {
    let Some(seal) = stage.seals.last() else {
        return impossible("nothing was sealed");
    };
    Ok(found(stage.verifier.verify_seal(seal).await?.is_intact()))
}

fn found(is_intact: bool) -> Observed {
    Observed::new(if is_intact {
        Outcome::Intact
    } else {
        Outcome::Tampered
    })
}
