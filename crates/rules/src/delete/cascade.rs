//! What a deletion drags along (data-model specification, 7.1).

use std::collections::BTreeSet;

use catalog::Snapshot;
use model::{AnyRecord, Status, Tag, Value};

use crate::stage::{Stage, set};

/// Parent, child, and the reference that joins them: the child goes with its parent.
const CHILDREN: [(Tag, Tag, &str); 16] = [
    (Tag::Org, Tag::Campus, "org_id"),
    (Tag::Org, Tag::Fac, "org_id"),
    (Tag::Org, Tag::Ix, "org_id"),
    (Tag::Org, Tag::Net, "org_id"),
    (Tag::Org, Tag::Carrier, "org_id"),
    (Tag::Net, Tag::Poc, "net_id"),
    (Tag::Net, Tag::Netfac, "net_id"),
    (Tag::Net, Tag::Netixlan, "net_id"),
    (Tag::Ix, Tag::Ixfac, "ix_id"),
    (Tag::Ix, Tag::Ixlan, "ix_id"),
    (Tag::Ixlan, Tag::Ixpfx, "ixlan_id"),
    (Tag::Ixlan, Tag::Netixlan, "ixlan_id"),
    (Tag::Fac, Tag::Ixfac, "fac_id"),
    (Tag::Fac, Tag::Netfac, "fac_id"),
    (Tag::Fac, Tag::Carrierfac, "fac_id"),
    (Tag::Carrier, Tag::Carrierfac, "carrier_id"),
];

/// Deletes a record and everything that lives below it. Deleted ports keep their addresses.
pub(crate) fn delete(stage: &mut Stage<'_>, record: &AnyRecord) {
    let before = stage.context.snapshot;
    let mut gone = BTreeSet::from([(record.tag(), record.id())]);
    let mut level = vec![record];
    while !level.is_empty() {
        stage.save(level.iter().map(|record| deleted(record)));
        let below: Vec<&AnyRecord> =
            level.into_iter().flat_map(|parent| live_children(before, parent)).collect();
        level = below.into_iter().filter(|child| gone.insert((child.tag(), child.id()))).collect();
    }
    let campuses = gone.iter().filter(|(tag, _)| *tag == Tag::Campus).map(|(_, id)| *id);
    detach(stage, campuses);
}

/// A record and everything below it, whatever its status, each once and parents before their children.
pub(crate) fn family<'a>(snapshot: &'a Snapshot, record: &'a AnyRecord) -> Vec<&'a AnyRecord> {
    let mut seen = BTreeSet::from([(record.tag(), record.id())]);
    let mut family = vec![record];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        next += 1;
        family.extend(children(snapshot, parent).filter(|child| seen.insert((child.tag(), child.id()))));
    }
    // The order of the types is one in which parents come first; a port has two kinds of them.
    family.sort_by_key(|record| record.tag());
    family
}

fn live_children<'a>(
    snapshot: &'a Snapshot,
    parent: &AnyRecord,
) -> impl Iterator<Item = &'a AnyRecord> + use<'a> {
    children(snapshot, parent).filter(|child| child.status() != Status::Deleted)
}

fn children<'a>(snapshot: &'a Snapshot, parent: &AnyRecord) -> impl Iterator<Item = &'a AnyRecord> + use<'a> {
    let (tag, id) = (parent.tag(), parent.id());
    CHILDREN.into_iter().filter(move |(above, ..)| *above == tag).flat_map(move |(_, child, field)| {
        snapshot.child_ids(child, field, id).filter_map(move |id| snapshot.record(child, id))
    })
}

fn deleted(record: &AnyRecord) -> AnyRecord {
    let mut record = record.clone();
    set(&mut record, "status", Value::text(Status::Deleted.as_str()));
    record
}

/// Takes the facilities from campuses. They are saved, so that whoever follows the changes learns of it.
fn detach(stage: &mut Stage<'_>, campuses: impl Iterator<Item = u32>) {
    let snapshot = stage.snapshot();
    let members = campuses.flat_map(|campus| snapshot.child_ids(Tag::Fac, "campus_id", campus));
    let detached: Vec<AnyRecord> = members
        .filter_map(|fac| snapshot.record(Tag::Fac, fac).cloned())
        .map(|mut fac| {
            set(&mut fac, "campus_id", Value::Null);
            fac
        })
        .collect();
    stage.save(detached);
}
