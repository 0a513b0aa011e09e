//! Invariants of a directory: I1 to I7.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use catalog::Snapshot;
use model::{AnyRecord, Kind, Status, Tag, Value};

/// All records of all types, as they stand in the tables.
struct All<'a>(BTreeMap<Tag, BTreeMap<u32, &'a AnyRecord>>);

impl<'a> All<'a> {
    fn of(snapshot: &'a Snapshot) -> All<'a> {
        let table = |tag| snapshot.entries(tag).map(|entry| (entry.record().id(), entry.record())).collect();
        All(Tag::ALL.into_iter().map(|tag| (tag, table(tag))).collect())
    }

    fn each(&self, tag: Tag) -> impl Iterator<Item = &'a AnyRecord> + '_ {
        self.0[&tag].values().copied()
    }

    fn get(&self, tag: Tag, id: u32) -> Option<&'a AnyRecord> {
        self.0[&tag].get(&id).copied()
    }
}

/// Everything that is wrong with a directory, in words; nothing when all invariants hold.
pub(crate) fn of_state(snapshot: &Snapshot) -> Vec<String> {
    let all = All::of(snapshot);
    let mut found = Vec::new();
    for tag in Tag::ALL {
        all.each(tag).for_each(|record| parents(&all, record, &mut found));
    }
    for tag in Tag::ALL {
        all.each(tag).for_each(|record| references(&all, record, &mut found));
    }
    unique(&all, &mut found);
    addresses(&all, &mut found);
    lans(&all, &mut found);
    numbers(&all, &mut found);
    counters(&all, &mut found);
    last_changes(&all, &mut found);
    campuses(&all, &mut found);
    found
}

/// Types that cannot be published below what waits for approval.
const CHECKED: [Tag; 7] = [Tag::Fac, Tag::Ix, Tag::Ixfac, Tag::Net, Tag::Poc, Tag::Netfac, Tag::Netixlan];

/// I1: nothing lives below what is deleted, and nothing is published below what waits.
fn parents(all: &All<'_>, record: &AnyRecord, found: &mut Vec<String>) {
    if record.status() == Status::Deleted {
        return;
    }
    let (tag, id) = (record.tag(), record.id());
    for (position, field) in tag.table().stored() {
        let Kind::Ref(above) = field.kind else { continue };
        let Some(parent) = record.get(position).as_int().and_then(|id| u32::try_from(id).ok()) else {
            continue;
        };
        // Where a port is at says nothing about whom it belongs to.
        if field.name.ends_with("_side_id") {
            continue;
        }
        let status = all.get(above, parent).map(AnyRecord::status);
        let waits = status == Some(Status::Pending) && record.status() == Status::Ok;
        let below_pending = waits && CHECKED.contains(&tag) && above != Tag::Campus;
        if status.is_none_or(|status| status == Status::Deleted) || below_pending {
            let own = record.status();
            found.push(format!("I1: {tag} {id} is {own} below {above} {parent}, which is {status:?}"));
        }
    }
}

/// Whatever a record names is there, in whatever status.
fn references(all: &All<'_>, record: &AnyRecord, found: &mut Vec<String>) {
    for (_, field) in record.tag().table().stored() {
        let Kind::Ref(to) = field.kind else { continue };
        if let Some(id) = record.reference(field.name).filter(|id| all.get(to, *id).is_none()) {
            found.push(format!("{} {} names {to} {id}, which is not there", record.tag(), record.id()));
        }
    }
}

/// I3: what only one record may have, deleted ones included.
fn unique(all: &All<'_>, found: &mut Vec<String>) {
    let alone: [(Tag, &[&str]); 13] = [
        (Tag::Org, &["name"]),
        (Tag::Campus, &["name"]),
        (Tag::Fac, &["name"]),
        (Tag::Ix, &["name"]),
        (Tag::Net, &["name"]),
        (Tag::Carrier, &["name"]),
        (Tag::Net, &["asn"]),
        (Tag::Ixpfx, &["prefix"]),
        (Tag::Netixlan, &["ipaddr4"]),
        (Tag::Netixlan, &["ipaddr6"]),
        (Tag::Netfac, &["net_id", "fac_id"]),
        (Tag::Ixfac, &["ix_id", "fac_id"]),
        (Tag::Carrierfac, &["carrier_id", "fac_id"]),
    ];
    for (tag, fields) in alone {
        let mut seen = BTreeMap::new();
        for record in all.each(tag) {
            let values: Vec<Value<'_>> = fields.iter().map(|field| record.value(field)).collect();
            if values.contains(&Value::Null) {
                continue;
            }
            let key = model::collate::key(&format!("{values:?}"));
            if let Some(first) = seen.insert(key, record.id()) {
                found.push(format!("I3: {tag} {first} and {} share {fields:?} {values:?}", record.id()));
            }
        }
    }
}

/// I5: a published port has an address, and each of its addresses lies in a published prefix of its LAN.
fn addresses(all: &All<'_>, found: &mut Vec<String>) {
    let prefixes: Vec<_> = all
        .each(Tag::Ixpfx)
        .filter_map(|record| match record {
            AnyRecord::Ixpfx(prefix) if prefix.status == Status::Ok => Some((prefix.ixlan_id, prefix.prefix)),
            _ => None,
        })
        .collect();
    for record in all.each(Tag::Netixlan).filter(|record| record.status() == Status::Ok) {
        let AnyRecord::Netixlan(port) = record else { continue };
        let own: Vec<IpAddr> =
            port.ipaddr4.map(IpAddr::V4).into_iter().chain(port.ipaddr6.map(IpAddr::V6)).collect();
        let lies = |address: &IpAddr| {
            prefixes.iter().any(|(lan, prefix)| *lan == port.ixlan_id && prefix.contains(address))
        };
        if own.is_empty() || !own.iter().all(lies) {
            found.push(format!("I5: netixlan {} at {} has {own:?}", port.id, port.ixlan_id));
        }
    }
}

/// I2: each exchange has one LAN, which has its id and its status.
fn lans(all: &All<'_>, found: &mut Vec<String>) {
    for lan in all.each(Tag::Ixlan) {
        if lan.reference("ix_id") != Some(lan.id()) {
            found.push(format!("I2: ixlan {} belongs to ix {:?}", lan.id(), lan.reference("ix_id")));
        }
    }
    for ix in all.each(Tag::Ix) {
        let lans = all.each(Tag::Ixlan).filter(|lan| lan.reference("ix_id") == Some(ix.id()));
        let statuses: Vec<Status> = lans.map(AnyRecord::status).collect();
        if statuses != [ix.status()] {
            found.push(format!("I2: ix {} is {} and its LANs are {statuses:?}", ix.id(), ix.status()));
        }
    }
}

/// I4: a port has the number of its network.
fn numbers(all: &All<'_>, found: &mut Vec<String>) {
    for port in all.each(Tag::Netixlan) {
        let net = port.reference("net_id").and_then(|net| all.get(Tag::Net, net));
        if net.map(|net| net.value("asn")) != Some(port.value("asn")) {
            found.push(format!("I4: netixlan {} has number {:?}", port.id(), port.value("asn")));
        }
    }
}

/// I6: owner, counter, link, the link's reference to the owner, and what is counted.
const COUNTERS: [(Tag, &str, Tag, &str, &str); 8] = [
    (Tag::Net, "ix_count", Tag::Netixlan, "net_id", "ixlan_id"),
    (Tag::Net, "fac_count", Tag::Netfac, "net_id", "id"),
    (Tag::Ix, "net_count", Tag::Netixlan, "ixlan_id", "net_id"),
    (Tag::Ix, "fac_count", Tag::Ixfac, "ix_id", "id"),
    (Tag::Fac, "net_count", Tag::Netfac, "fac_id", "id"),
    (Tag::Fac, "ix_count", Tag::Ixfac, "fac_id", "id"),
    (Tag::Fac, "carrier_count", Tag::Carrierfac, "fac_id", "id"),
    (Tag::Carrier, "fac_count", Tag::Carrierfac, "carrier_id", "id"),
];

fn counters(all: &All<'_>, found: &mut Vec<String>) {
    for (owner, counter, link, of, counted) in COUNTERS {
        let mut pairs: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for link in all.each(link).filter(|link| link.status() == Status::Ok) {
            let (Some(owner), Some(counted)) = (link.reference(of), link.reference(counted)) else {
                continue;
            };
            pairs.entry(owner).or_default().insert(counted);
        }
        for record in all.each(owner) {
            let right = pairs.get(&record.id()).map_or(0, BTreeSet::len);
            let says = record.value(counter).as_int();
            if says != i64::try_from(right).ok() {
                found.push(format!("I6: {owner} {} has {counter} {says:?}, not {right}", record.id()));
            }
        }
    }
}

/// I6: a network knows of the last change of its parts, if of any: older directories did not note it.
fn last_changes(all: &All<'_>, found: &mut Vec<String>) {
    for (part, field) in super::change::LAST_CHANGES {
        for part in all.each(part) {
            let net = part.reference("net_id").and_then(|net| all.get(Tag::Net, net));
            let known = net.map(|net| net.value(field));
            let is_right = match known {
                Some(Value::Time(known)) => known >= part.updated(),
                Some(Value::Null) => true,
                _ => false,
            };
            if !is_right {
                found.push(format!("I6: {field} is {known:?} before {} {} changed", part.tag(), part.id()));
            }
        }
    }
}

/// I7: two published facilities make a campus, all of its own organization.
fn campuses(all: &All<'_>, found: &mut Vec<String>) {
    for campus in all.each(Tag::Campus) {
        let id = campus.id();
        let of_campus = |fac: &&AnyRecord| fac.reference("campus_id") == Some(id);
        let members: Vec<&AnyRecord> = all.each(Tag::Fac).filter(of_campus).collect();
        let published = members.iter().filter(|fac| fac.status() == Status::Ok).count();
        let right = match campus.status() {
            Status::Deleted => members.is_empty(),
            Status::Ok => published >= 2,
            Status::Pending => published < 2,
        };
        if !right {
            let (status, members) = (campus.status(), members.len());
            found.push(format!(
                "I7: campus {id} is {status} with {published} of {members} facilities published"
            ));
        }
        let live = members.iter().filter(|fac| fac.status() != Status::Deleted);
        for fac in live.filter(|fac| fac.reference("org_id") != campus.reference("org_id")) {
            found.push(format!("I7: fac {} of campus {id} has another organization", fac.id()));
        }
    }
}
