//! The status of what a record stands below (data-model specification, 3).

use model::{AnyRecord, Kind, Status, Tag};

use super::texts;
use crate::context::Context;
use crate::rejection::Rejection;

/// Below a deleted record nothing lives, and below one that waits for approval nothing is published. New records
/// need published parents, whatever their own status.
pub(crate) fn check(context: &Context<'_>, draft: &AnyRecord, is_new: bool) -> Result<(), Rejection> {
    for (tag, id) in parents(draft) {
        let Some(parent) = context.snapshot.record(tag, id) else { continue };
        let named = || [("child", draft.tag().as_str()), ("parent", tag.as_str())];
        let text = match parent.status() {
            Status::Ok => continue,
            Status::Pending if !is_new && draft.status() == Status::Pending => continue,
            Status::Pending => texts::PARENT_PENDING,
            Status::Deleted => texts::PARENT_DELETED,
        };
        let [child, parent] = named();
        let message = text.with([(child.0, &child.1), (parent.0, &parent.1), ("id", &id)]);
        return Err(Rejection::Refused(message));
    }
    Ok(())
}

/// The records that this one belongs to. Campus and sides of a port are no owners.
fn parents(record: &AnyRecord) -> Vec<(Tag, u32)> {
    let table = record.tag().table();
    let references = table.stored().filter_map(|(_, field)| match field.kind {
        Kind::Ref(tag) if !field.null => Some((tag, record.reference(field.name)?)),
        _ => None,
    });
    references.collect()
}
