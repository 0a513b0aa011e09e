//! Filters with a meaning of their own (rest-api specification, section 6).

use std::net::IpAddr;

use model::collate::Needle;
use model::{AnyRecord, Status, Tag};

use super::column::Op;
use super::relation::relation;
use super::{Condition, QueryError, is_published, sorted};
use crate::snapshot::Snapshot;

/// Bounds of the number of networks that `asn_overlap` takes.
const OVERLAP: std::ops::RangeInclusive<usize> = 2..=25;

/// The condition that a special parameter stands for; `None` when the parameter is none of this type's.
pub(crate) fn condition(
    snapshot: &Snapshot,
    tag: Tag,
    name: &str,
    op: Op,
    operand: &str,
) -> Result<Option<Condition>, QueryError> {
    if !takes(name, op) {
        return Ok(None);
    }
    let places = matches!(tag, Tag::Fac | Tag::Ix);
    let condition = match (name, tag) {
        ("asn_overlap", _) if places => Condition::Among(asn_overlap(snapshot, tag, operand)?),
        ("all_net", _) if places => Condition::Among(all_net(snapshot, tag, operand)?),
        ("not_net", _) if places => {
            let nets = integers(name, operand)?;
            Condition::NotAmong(sorted(nets.iter().flat_map(|id| present(snapshot, tag, "net", *id))))
        }
        ("org_present", _) if places => Condition::Among(of_orgs(snapshot, tag, name, operand)?),
        ("org_not_present", _) if places => Condition::NotAmong(of_orgs(snapshot, tag, name, operand)?),
        ("not_ix", Tag::Net) => Condition::NotAmong(present(snapshot, tag, "ix", integer(name, operand)?)),
        ("not_fac", Tag::Net) => Condition::NotAmong(present(snapshot, tag, "fac", integer(name, operand)?)),
        ("capacity", Tag::Ix) => Condition::Among(capacity(snapshot, op, operand)?),
        ("ipblock", Tag::Ix) => Condition::Among(ipblock(snapshot, operand)),
        ("whereis", Tag::Ixpfx) => Condition::Among(whereis(snapshot, operand)?),
        ("asn", Tag::Org) => Condition::Among(owner_of_asn(snapshot, operand)?),
        _ => return Ok(None),
    };
    Ok(Some(condition))
}

/// Whether a special parameter goes with an operator. Without a meaning of its own, `asn__gt` must not be taken for
/// `asn`: it is no parameter at all.
fn takes(name: &str, op: Op) -> bool {
    match name {
        "capacity" => true,
        "asn_overlap" | "all_net" | "not_net" | "org_present" | "org_not_present" => {
            matches!(op, Op::Exact | Op::In)
        }
        _ => op == Op::Exact,
    }
}

/// `hide_ix_no_fac`: only what has to do with exchanges that are in a facility.
pub(crate) fn hide_ix_no_fac(snapshot: &Snapshot, tag: Tag, operand: &str) -> Option<Condition> {
    if operand != "1" && !operand.eq_ignore_ascii_case("true") {
        return None;
    }
    let at_facilities = || {
        snapshot.entries(Tag::Ix).filter_map(|entry| match entry.record() {
            AnyRecord::Ix(ix) if ix.fac_count > 0 => Some(ix.id),
            _ => None,
        })
    };
    let ids = match tag {
        Tag::Ix | Tag::Ixlan => at_facilities().collect(),
        Tag::Netixlan => {
            sorted(at_facilities().flat_map(|ix| snapshot.child_ids(Tag::Netixlan, "ixlan_id", ix)))
        }
        Tag::Net => sorted(snapshot.entries(Tag::Net).filter_map(|entry| match entry.record() {
            AnyRecord::Net(net) if net.ix_count > 0 => Some(net.id),
            _ => None,
        })),
        _ => return None,
    };
    Some(Condition::Among(ids))
}

/// Records of type `tag` where a network, exchange or facility is present.
fn present(snapshot: &Snapshot, tag: Tag, name: &str, id: u32) -> Vec<u32> {
    relation(tag, name).map_or(Vec::new(), |relation| relation.owners_of(snapshot, tag, id))
}

fn integer(param: &str, text: &str) -> Result<u32, QueryError> {
    let n: i128 = text.trim().parse().map_err(|_| QueryError::value(param))?;
    // Ids that cannot exist match nothing; 0 is never assigned.
    Ok(u32::try_from(n).unwrap_or(0))
}

fn integers(param: &str, list: &str) -> Result<Vec<u32>, QueryError> {
    list.split(',').map(|part| integer(param, part)).collect()
}

fn asn_overlap(snapshot: &Snapshot, tag: Tag, operand: &str) -> Result<Vec<u32>, QueryError> {
    let count = operand.split(',').count();
    if count < *OVERLAP.start() {
        return Err(QueryError::Invalid("Need to specify at least two asns".into()));
    }
    if count > *OVERLAP.end() {
        let text = format!("Can only compare a maximum of {} asns", OVERLAP.end());
        return Err(QueryError::Invalid(text));
    }
    let asns = integers("asn_overlap", operand)?;
    Ok(common(asns.into_iter().map(|asn| {
        let net = snapshot.net_by_asn(asn).map(AnyRecord::id);
        net.map_or(Vec::new(), |id| present(snapshot, tag, "net", id))
    })))
}

fn all_net(snapshot: &Snapshot, tag: Tag, operand: &str) -> Result<Vec<u32>, QueryError> {
    let nets = integers("all_net", operand)?;
    Ok(common(nets.into_iter().map(|id| present(snapshot, tag, "net", id))))
}

/// Ids that all lists hold (each ascending).
fn common(lists: impl Iterator<Item = Vec<u32>>) -> Vec<u32> {
    lists
        .reduce(|both, list| both.into_iter().filter(|id| list.binary_search(id).is_ok()).collect())
        .unwrap_or_default()
}

/// Facilities or exchanges where the networks, exchanges or facilities of some organizations are present.
fn of_orgs(snapshot: &Snapshot, tag: Tag, param: &str, operand: &str) -> Result<Vec<u32>, QueryError> {
    let orgs = integers(param, operand)?;
    // A facility is reached through networks and exchanges, an exchange through networks and facilities.
    let other = if tag == Tag::Fac { Tag::Ix } else { Tag::Fac };
    let mut ids = Vec::new();
    for kind in [Tag::Net, other] {
        for org in &orgs {
            for own in snapshot.child_ids(kind, "org_id", *org) {
                ids.extend(present(snapshot, tag, kind.as_str(), own));
            }
        }
    }
    Ok(sorted(ids))
}

/// Exchanges by the sum of their ports' speeds, Mbit/s; exchanges without ports never match.
fn capacity(snapshot: &Snapshot, op: Op, operand: &str) -> Result<Vec<u32>, QueryError> {
    let unusable = || QueryError::value("capacity");
    if matches!(op, Op::Contains | Op::StartsWith) {
        return Err(unusable());
    }
    let parts: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
    let wanted: Result<Vec<i128>, _> = parts.iter().map(|part| part.trim().parse::<i128>()).collect();
    let wanted = wanted.map_err(|_| unusable())?;
    let sum = |ix: u32| {
        let ports = snapshot.child_ids(Tag::Netixlan, "ixlan_id", ix).filter_map(|id| {
            match snapshot.record(Tag::Netixlan, id) {
                Some(AnyRecord::Netixlan(port)) if port.status != Status::Deleted => {
                    Some(i128::from(port.speed))
                }
                _ => None,
            }
        });
        ports.reduce(|a, b| a + b)
    };
    let ids = snapshot.entries(Tag::Ix).map(|entry| entry.record().id());
    Ok(ids.filter(|ix| sum(*ix).is_some_and(|sum| wanted.iter().any(|w| op.accepts(sum.cmp(w))))).collect())
}

/// Exchanges with a published prefix whose text begins with the operand.
fn ipblock(snapshot: &Snapshot, operand: &str) -> Vec<u32> {
    let needle = Needle::new(operand);
    let prefixes = snapshot.entries(Tag::Ixpfx).filter(|entry| is_published(entry));
    sorted(prefixes.filter_map(|entry| match entry.record() {
        AnyRecord::Ixpfx(prefix) if needle.begins(&prefix.prefix.to_string()) => Some(prefix.ixlan_id),
        _ => None,
    }))
}

/// Prefixes that contain an address.
fn whereis(snapshot: &Snapshot, operand: &str) -> Result<Vec<u32>, QueryError> {
    let address: IpAddr = operand.trim().parse().map_err(|_| {
        QueryError::Invalid(format!("'{operand}' does not appear to be an IPv4 or IPv6 address"))
    })?;
    Ok(sorted(snapshot.index(Tag::Ixpfx).prefixes_around(address)))
}

fn owner_of_asn(snapshot: &Snapshot, operand: &str) -> Result<Vec<u32>, QueryError> {
    let asn = integer("asn", operand)?;
    let net = snapshot.net_by_asn(asn).filter(|net| net.status() == Status::Ok);
    Ok(net.and_then(|net| net.reference("org_id")).into_iter().collect())
}
