//! Who belongs to an organization that is gone: nobody (data-model specification, 7.1).

use model::{AnyRecord, Status, Tag};

use crate::stage::{Effect, Stage};

/// Disbands the organizations that a change deletes or removes.
pub(crate) fn bring_up_to_date(stage: &mut Stage<'_>, touched: &[(Tag, u32)]) {
    let lives = |record: Option<&AnyRecord>| record.is_some_and(|org| org.status() != Status::Deleted);
    let orgs = touched.iter().filter(|(tag, _)| *tag == Tag::Org);
    let disbanded: Vec<Effect> = orgs
        .filter_map(|(tag, id)| {
            let (before, now) =
                (stage.context.snapshot.record(*tag, *id), stage.snapshot().record(*tag, *id));
            let gone = before.is_some() && now.is_none();
            let ends = gone || (lives(before) && !lives(now));
            ends.then_some(Effect::Disband { org: *id, gone })
        })
        .collect();
    disbanded.into_iter().for_each(|effect| stage.effect(effect));
}
