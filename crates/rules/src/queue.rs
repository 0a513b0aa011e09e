//! The queue of approval: what waits in it, and what is decided about it (data-model specification, 13).

use model::access::bits;
use model::{AnyRecord, Status, Tag, Value};

use crate::checks;
use crate::context::Context;
use crate::delete;
use crate::permission;
use crate::rejection::{Rejection, Stop};
use crate::stage::{Effect, Plan, Stage, set};
use crate::tickets::{self, Decision};

/// What is said about decisions.
pub(crate) mod texts {
    use crate::message::texts;

    texts! {
        NOT_LOOKED_AT = "not-looked-at": "{tag} {id} is of a type that does not wait in the queue: organizations, facilities, exchanges, networks and carriers do.";
        NOT_WAITING = "not-waiting": "{tag} {id} does not wait for approval: its status is {status}.";
        NO_OWNER = "no-owner": "There is no published organization {org} to give {tag} {id} to. Name another one.";
        OWNS_ITSELF = "owns-itself": "An organization belongs to nobody: leave the owner out.";
        FAMILY_IS_KNOWN = "family-is-known": "{tag} {id} cannot be removed for good, since {child} {child_id} below it is or was published. Delete {tag} {id} instead of denying it.";
        PREFIX_CLASHES = "prefix-clashes": "{tag} {id} cannot be published: {reason}";
    }
}

/// Whether somebody looks at records of a type before they are published.
pub fn is_looked_at(tag: Tag) -> bool {
    match tag {
        Tag::Org | Tag::Fac | Tag::Ix | Tag::Net | Tag::Carrier => true,
        Tag::Campus
        | Tag::Ixlan
        | Tag::Ixpfx
        | Tag::Poc
        | Tag::Carrierfac
        | Tag::Netfac
        | Tag::Ixfac
        | Tag::Netixlan => false,
    }
}

fn waits(record: &AnyRecord) -> bool {
    is_looked_at(record.tag()) && record.status() == Status::Pending
}

/// Whoever begins to wait stands in the queue, and whoever waits no more does not, however that came about.
pub(crate) fn bring_up_to_date(stage: &mut Stage<'_>, touched: &[(Tag, u32)]) {
    let effects = touched.iter().flat_map(|(tag, id)| {
        let was = stage.context.snapshot.record(*tag, *id).is_some_and(waits);
        let is = stage.snapshot().record(*tag, *id).filter(|record| waits(record));
        match (was, is) {
            (false, Some(record)) => {
                vec![Effect::Enqueue(*tag, *id), Effect::Ticket(tickets::queued(stage, record))]
            }
            (true, None) => vec![Effect::Dequeue(*tag, *id), Effect::CloseTicket(*tag, *id)],
            (false, None) | (true, Some(_)) => Vec::new(),
        }
    });
    let effects: Vec<Effect> = effects.collect();
    effects.into_iter().for_each(|effect| stage.effect(effect));
}

/// The record that is decided about.
fn waiting<'a>(context: &Context<'a>, tag: Tag, id: u32) -> Result<&'a AnyRecord, Rejection> {
    let named: [(_, &dyn std::fmt::Display); 2] = [("tag", &tag), ("id", &id)];
    if !is_looked_at(tag) {
        return Err(Rejection::Refused(texts::NOT_LOOKED_AT.with(named)));
    }
    let record = context.snapshot.record(tag, id).ok_or(Rejection::NotFound(tag))?;
    if record.status() != Status::Pending {
        let [tag, id] = named;
        let status = record.status();
        return Err(Rejection::Refused(texts::NOT_WAITING.with([tag, id, ("status", &status.as_str())])));
    }
    Ok(record)
}

/// Publishes a record, an exchange with its LAN and prefixes; `owner` is the organization that it is given to.
pub(crate) fn approve(context: &Context<'_>, tag: Tag, id: u32, owner: Option<u32>) -> Result<Plan, Stop> {
    let grant = permission::to_decide(context, bits::UPDATE)?;
    let stored = waiting(context, tag, id)?;
    let mut draft = stored.clone();
    set(&mut draft, "status", Value::text(Status::Ok.as_str()));
    if let Some(owner) = owner {
        give(context, &mut draft, owner)?;
    }
    checks::parents(context, &draft, false)?;
    checks::campus_place(context, &draft, Some(stored))?;
    let mut stage = Stage::new(*context, grant);
    stage.effect(tickets::decided(context, stored, Decision::Approved));
    stage.save_one(draft);
    if tag == Tag::Ix {
        publish_lan(&mut stage, id)?;
    }
    Ok(stage.finish(Some((tag, id))))
}

/// Gives a record to its real owner.
fn give(context: &Context<'_>, draft: &mut AnyRecord, owner: u32) -> Result<(), Stop> {
    let (tag, id) = (draft.tag(), draft.id());
    if tag == Tag::Org {
        return Err(Rejection::Refused(texts::OWNS_ITSELF.plain()).into());
    }
    let org = context.snapshot.record(Tag::Org, owner).filter(|org| org.status() == Status::Ok);
    if org.is_none() {
        let message = texts::NO_OWNER.with([("org", &owner), ("tag", &tag), ("id", &id)]);
        return Err(Rejection::Refused(message).into());
    }
    set(draft, "org_id", Value::Int(i64::from(owner)));
    Ok(checks::website_of(context, draft)?)
}

/// Publishes the LAN of an exchange and its prefixes. Meanwhile another exchange may have been published with one of
/// them.
fn publish_lan(stage: &mut Stage<'_>, ix: u32) -> Result<(), Stop> {
    let context = stage.context;
    // The id of a LAN is that of its exchange.
    let lan = context.snapshot.record(Tag::Ixlan, ix).into_iter();
    let prefixes = context.snapshot.child_ids(Tag::Ixpfx, "ixlan_id", ix);
    let prefixes = prefixes.filter_map(|id| context.snapshot.record(Tag::Ixpfx, id));
    let pending = |record: &&AnyRecord| record.status() == Status::Pending;
    let waiting: Vec<&AnyRecord> = lan.chain(prefixes).filter(pending).collect();
    for record in &waiting {
        let AnyRecord::Ixpfx(prefix) = record else { continue };
        if let Some(reason) = checks::overlap(&context, &prefix.prefix, prefix.id) {
            let message = texts::PREFIX_CLASHES.with([("tag", &Tag::Ix), ("id", &ix), ("reason", &reason)]);
            return Err(Rejection::Refused(message).into());
        }
    }
    waiting.into_iter().for_each(|record| stage.set_status(record, Status::Ok));
    Ok(())
}

/// Removes a record for good, with everything below it. What others know is not removed: mirrors could not learn of
/// it.
pub(crate) fn deny(context: &Context<'_>, tag: Tag, id: u32, reason: &str) -> Result<Plan, Stop> {
    let grant = permission::to_decide(context, bits::DELETE)?;
    let stored = waiting(context, tag, id)?;
    let family = delete::family(context.snapshot, stored);
    if let Some(child) = family.iter().find(|record| is_known(record)) {
        let (child, child_id) = (child.tag(), child.id());
        let message = texts::FAMILY_IS_KNOWN.with([
            ("tag", &tag),
            ("id", &id),
            ("child", &child),
            ("child_id", &child_id),
        ]);
        return Err(Rejection::Refused(message).into());
    }
    let mut stage = Stage::new(*context, grant);
    stage.effect(tickets::decided(context, stored, Decision::Denied(reason)));
    let gone: Vec<(Tag, u32)> = family.iter().rev().map(|record| (record.tag(), record.id())).collect();
    detach(&mut stage, &gone);
    stage.purge(gone);
    Ok(stage.finish(Some((tag, id))))
}

/// Whether a record is published, or stood for itself until it was deleted: links and parts of deleted records are
/// worth nothing without them.
fn is_known(record: &AnyRecord) -> bool {
    match record.status() {
        Status::Ok => true,
        Status::Pending => false,
        Status::Deleted => is_looked_at(record.tag()) || record.tag() == Tag::Campus,
    }
}

/// References that may be without a value: to what, from what, and by which field.
const LOOSE: [(Tag, Tag, &str); 3] = [
    (Tag::Fac, Tag::Netixlan, "net_side_id"),
    (Tag::Fac, Tag::Netixlan, "ix_side_id"),
    (Tag::Campus, Tag::Fac, "campus_id"),
];

/// Takes references to what goes from what stays: the sides of ports, and the campus of facilities.
fn detach(stage: &mut Stage<'_>, gone: &[(Tag, u32)]) {
    for (to, from, field) in LOOSE {
        let ids = gone.iter().filter(|(tag, _)| *tag == to);
        let holders = ids.flat_map(|(_, id)| stage.snapshot().child_ids(from, field, *id));
        let loose: Vec<AnyRecord> = holders
            .filter(|holder| !gone.contains(&(from, *holder)))
            .filter_map(|holder| stage.snapshot().record(from, holder).cloned())
            .map(|mut record| {
                set(&mut record, field, Value::Null);
                record
            })
            .collect();
        stage.save(loose);
    }
}

/// Deletes a record that has waited for too long, and what lives below it.
pub(crate) fn expire(context: &Context<'_>, tag: Tag, id: u32) -> Result<Plan, Stop> {
    let grant = permission::to_decide(context, bits::DELETE)?;
    let stored = waiting(context, tag, id)?;
    if let Some(reason) = delete::protected(context, stored) {
        return Err(Rejection::Protected(reason).into());
    }
    let mut stage = Stage::new(*context, grant);
    stage.effect(tickets::decided(context, stored, Decision::Expired));
    delete::delete_all(&mut stage, stored);
    Ok(stage.finish(Some((tag, id))))
}

#[cfg(test)]
mod tests {
    use model::Kind;

    use super::*;

    #[test]
    fn every_reference_that_may_be_empty_is_known() {
        let mut found = Vec::new();
        for tag in Tag::ALL {
            for (_, field) in tag.table().stored().filter(|(_, field)| field.null) {
                if let Kind::Ref(to) = field.kind {
                    found.push((to, tag, field.name));
                }
            }
        }
        found.sort();
        let mut known = LOOSE.to_vec();
        known.sort();
        assert_eq!(found, known);
    }
}
