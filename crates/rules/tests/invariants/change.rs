//! Invariants of a change: I10, I11 and I12.

use std::collections::BTreeSet;

use catalog::Snapshot;
use model::{AnyRecord, Status, Tag, Time, Value};
use rules::Plan;

/// A part of a network, and the column of the network that tells when one last changed.
pub(super) const LAST_CHANGES: [(Tag, &str); 3] =
    [(Tag::Netixlan, "netixlan_updated"), (Tag::Netfac, "netfac_updated"), (Tag::Poc, "poc_updated")];

/// Columns that are no change of their record.
const DERIVED: [&str; 10] = [
    "ix_count",
    "fac_count",
    "net_count",
    "carrier_count",
    "netixlan_updated",
    "netfac_updated",
    "poc_updated",
    "ixf_import_request",
    "ixf_import_request_status",
    "ixf_import_request_user_id",
];

/// Values that no other record may take from a record that is deleted now.
const KEPT: [&str; 12] = [
    "name",
    "asn",
    "prefix",
    "ipaddr4",
    "ipaddr6",
    "net_id",
    "fac_id",
    "ix_id",
    "ixlan_id",
    "carrier_id",
    "arp_sponge",
    "id",
];

/// Everything that is wrong with the change from one directory to the next, in words.
pub(crate) fn of_change(before: &Snapshot, after: &Snapshot, plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    let rows: BTreeSet<(Tag, u32)> = plan.rows.iter().map(|row| (row.tag(), row.id())).collect();
    if rows.len() != plan.rows.len() {
        found.push("the plan has a record twice".to_owned());
    }
    for row in &plan.rows {
        let (tag, id) = (row.tag(), row.id());
        let old = before.record(tag, id);
        match old {
            Some(old) if old == row => found.push(format!("{tag} {id} is planned and stays as it is")),
            Some(old) => changed(old, row, &mut found),
            None => made(row, &mut found),
        }
        if after.record(tag, id) != Some(row) {
            found.push(format!("{tag} {id} is not what was planned"));
        }
        told(after, old, row, &mut found);
    }
    for (tag, id) in &plan.purged {
        if before.record(*tag, *id).is_none() || after.record(*tag, *id).is_some() {
            found.push(format!("{tag} {id} is to be removed for good"));
        }
    }
    found
}

fn version(record: &AnyRecord) -> i64 {
    record.value("version").as_int().unwrap_or_default()
}

/// I10 and I11: a change moves time and version once; derived columns move neither. I12: deleted records keep what
/// is theirs.
fn changed(old: &AnyRecord, new: &AnyRecord, found: &mut Vec<String>) {
    let name = format!("{} {}", old.tag(), old.id());
    let table = old.tag().table();
    let differing: Vec<&str> = table
        .stored()
        .filter(|(position, _)| old.get(*position) != new.get(*position))
        .map(|(_, field)| field.name)
        .filter(|field| !["version", "updated"].contains(field))
        .collect();
    // A record that is saved as it was has changed as well.
    let is_own = differing.is_empty() || differing.iter().any(|field| !DERIVED.contains(field));
    let moves = i64::from(is_own);
    if version(new) != version(old) + moves {
        found.push(format!("I11: {name} has version {} after {}: {differing:?}", version(new), version(old)));
    }
    if (new.updated() > old.updated()) != is_own || new.updated() < old.updated() {
        found.push(format!("I10: {name} has time {} after {}: {differing:?}", new.updated(), old.updated()));
    }
    if new.created() != old.created() {
        found.push(format!("I12: {name} was created {} and not {}", old.created(), new.created()));
    }
    if new.status() == Status::Deleted && old.status() != Status::Deleted {
        for field in differing.iter().filter(|field| KEPT.contains(field)) {
            found.push(format!("I12: {name} lost its {field} when it was deleted"));
        }
    }
}

fn made(new: &AnyRecord, found: &mut Vec<String>) {
    if version(new) != 1 || new.created() != new.updated() || new.created() == Time::default() {
        let (tag, id) = (new.tag(), new.id());
        found.push(format!(
            "I11: the new {tag} {id} has version {}, created {}, updated {}",
            version(new),
            new.created(),
            new.updated()
        ));
    }
}

/// The networks of a changed part, the old one and the new one, know when it changed.
fn told(after: &Snapshot, old: Option<&AnyRecord>, new: &AnyRecord, found: &mut Vec<String>) {
    let Some((_, field)) = LAST_CHANGES.into_iter().find(|(tag, _)| *tag == new.tag()) else { return };
    let nets: BTreeSet<u32> =
        old.into_iter().chain([new]).filter_map(|part| part.reference("net_id")).collect();
    for net in nets {
        let known = after.record(Tag::Net, net).map(|net| net.value(field));
        if !matches!(known, Some(Value::Time(known)) if known >= new.updated()) {
            found.push(format!("I6: net {net} has {field} {known:?} after {} {}", new.tag(), new.id()));
        }
    }
}
