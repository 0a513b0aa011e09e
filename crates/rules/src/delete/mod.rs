//! Deletions (rest-api specification, 9.3; data-model specification, 7).

mod cascade;
mod protection;
pub(crate) mod texts;

use model::{AnyRecord, Status, Tag};

use crate::checks;
use crate::context::Context;
use crate::message::Message;
use crate::permission;
use crate::rejection::{Rejection, Stop};
use crate::stage::{Plan, Stage};

pub(crate) use cascade::{delete as delete_all, family};
pub(crate) use protection::{NEEDED_ROLES, prefix_in_use};

/// Why a record cannot be deleted, and where to get help, if so.
pub(crate) fn protected(context: &Context<'_>, stored: &AnyRecord) -> Option<Message> {
    let reason = protection::reason(context.snapshot, stored);
    let reason = reason.filter(|_| stored.status() != Status::Deleted)?;
    Some(texts::PROTECTED.with([("reason", &reason), ("support", &context.policy.support)]))
}

/// Plans a deletion. What does not exist need not be deleted. The right is looked for before anything else is told.
/// A record that is deleted already is deleted once more, as mirrors know it: it moves to the end of what changed.
pub(crate) fn plan(context: &Context<'_>, tag: Tag, id: u32) -> Result<Plan, Stop> {
    let Some(stored) = context.snapshot.record(tag, id) else { return Ok(Plan::nothing(None)) };
    let grant = permission::to_delete(context, stored)?;
    if tag == Tag::Ixlan {
        return Err(Rejection::Refused(checks::texts::LAN_FIXED.plain()).into());
    }
    if let Some(message) = protected(context, stored) {
        return Err(Rejection::Protected(message).into());
    }
    let mut stage = Stage::new(*context, grant);
    cascade::delete(&mut stage, stored);
    Ok(stage.finish(Some((tag, id))))
}
