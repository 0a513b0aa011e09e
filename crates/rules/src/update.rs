//! New values for records (rest-api specification, 9.2).

use model::{AnyRecord, Status, Tag};

use crate::checks;
use crate::command::Body;
use crate::context::Context;
use crate::rejection::{Rejection, Stop};
use crate::stage::{Extras, Plan, Stage};
use crate::{form, permission, readd};

/// Plans new values for a record.
pub(crate) fn plan(context: &Context<'_>, tag: Tag, id: u32, body: &Body) -> Result<Plan, Stop> {
    let stored = context.snapshot.record(tag, id).filter(|record| record.status() != Status::Deleted);
    let stored = stored.ok_or(Rejection::NotFound(tag))?;
    permission::to_change(context, stored)?;
    let mut draft = stored.clone();
    if tag == Tag::Net {
        checks::asn_sent(body)?;
    }
    form::fill(context, &mut draft, body, Some(stored))?;
    checks::record(context, &mut draft, Some(stored), body)?;
    let grant = permission::to_become(context, &draft)?;
    permission::to_set_ix_side(context, &draft, Some(stored))?;
    checks::parents(context, &draft, false)?;
    let mut extras = Extras::default();
    checks::locate(context, &mut draft, Some(stored), &mut extras)?;
    checks::campus_place(context, &draft, Some(stored))?;
    let mut stage = Stage::new(*context, grant);
    stage.extras = extras;
    if let AnyRecord::Netixlan(port) = &draft {
        stage.save(readd::addresses(context, port, false).released);
    }
    stage.save_one(draft);
    Ok(stage.finish(Some((tag, id))))
}
