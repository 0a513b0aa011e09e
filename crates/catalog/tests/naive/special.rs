//! Filters with a meaning of their own (rest-api specification, section 6).

use std::net::IpAddr;

use ipnet::IpNet;
use model::Tag;
use testkit::language::{Op, RELATIONS};

use super::text::fold;
use super::{Condition, Lists, Row, Unusable, accepts, owners};

/// The condition of a special filter; `None` when its value asks for nothing.
pub(crate) fn condition(
    lists: &Lists,
    tag: Tag,
    name: &str,
    op: Op,
    operand: &str,
) -> Result<Option<Condition>, Unusable> {
    if name == "hide_ix_no_fac" {
        return Ok(hide_ix_no_fac(lists, tag, operand));
    }
    let operand = &model::collate::transliterate(operand);
    let ids = match name {
        "pk" => vec![integer(operand)?],
        "asn_overlap" => asn_overlap(lists, tag, operand)?,
        "all_net" => present_everywhere(lists, tag, &integers(operand)?),
        "not_net" => {
            return Ok(Some(without(
                integers(operand)?.iter().flat_map(|net| present(lists, tag, "net", *net)).collect(),
            )));
        }
        "org_present" => of_orgs(lists, tag, &integers(operand)?),
        "org_not_present" => return Ok(Some(without(of_orgs(lists, tag, &integers(operand)?)))),
        "not_ix" => return Ok(Some(without(present(lists, tag, "ix", integer(operand)?)))),
        "not_fac" => return Ok(Some(without(present(lists, tag, "fac", integer(operand)?)))),
        "capacity" => capacity(lists, op, operand)?,
        "ipblock" => ipblock(lists, operand),
        "whereis" => whereis(lists, operand)?,
        "asn" => owner_of_asn(lists, integer(operand)?),
        other => panic!("the naive evaluator does not know {other}"),
    };
    Ok(Some(Box::new(move |row: &Row| ids.contains(&row.id()))))
}

fn without(ids: Vec<u64>) -> Condition {
    Box::new(move |row: &Row| !ids.contains(&row.id()))
}

/// An id or ASN; what cannot be one stands for nothing.
fn integer(text: &str) -> Result<u64, Unusable> {
    let number: i128 = text.trim().parse().map_err(|_| Unusable)?;
    Ok(u32::try_from(number).map_or(u64::MAX, u64::from))
}

fn integers(list: &str) -> Result<Vec<u64>, Unusable> {
    list.split(',').map(integer).collect()
}

/// Owners that a relation joins with a record that the viewer may see.
fn present(lists: &Lists, tag: Tag, name: &str, id: u64) -> Vec<u64> {
    let relation = RELATIONS.iter().find(|relation| relation.owner == tag && relation.name == name);
    let relation = relation.expect("the relation is documented");
    let seen = lists.of(relation.target).iter().map(Row::id).find(|target| *target == id);
    owners(lists, relation, seen.as_slice())
}

/// Places where each of some networks is present.
fn present_everywhere(lists: &Lists, tag: Tag, nets: &[u64]) -> Vec<u64> {
    let places = lists.of(tag).iter().map(Row::id);
    let present: Vec<Vec<u64>> = nets.iter().map(|net| present(lists, tag, "net", *net)).collect();
    places.filter(|place| present.iter().all(|ids| ids.contains(place))).collect()
}

fn asn_overlap(lists: &Lists, tag: Tag, operand: &str) -> Result<Vec<u64>, Unusable> {
    let asns = integers(operand)?;
    if !(2..=25).contains(&asns.len()) {
        return Err(Unusable);
    }
    let net = |asn: &u64| {
        let nets = lists.of(Tag::Net).iter();
        nets.filter(|net| net.reference("asn") == Some(*asn)).map(Row::id).next().unwrap_or(u64::MAX)
    };
    let nets: Vec<u64> = asns.iter().map(net).collect();
    Ok(present_everywhere(lists, tag, &nets))
}

/// Places where something of these organizations is present.
fn of_orgs(lists: &Lists, tag: Tag, orgs: &[u64]) -> Vec<u64> {
    let other = if tag == Tag::Fac { Tag::Ix } else { Tag::Fac };
    let mut places = Vec::new();
    for kind in [Tag::Net, other] {
        for own in lists.of(kind) {
            if own.reference("org_id").is_some_and(|org| orgs.contains(&org)) {
                places.extend(present(lists, tag, kind.as_str(), own.id()));
            }
        }
    }
    places
}

fn capacity(lists: &Lists, op: Op, operand: &str) -> Result<Vec<u64>, Unusable> {
    if matches!(op, Op::Contains | Op::StartsWith) {
        return Err(Unusable);
    }
    let parts: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
    let wanted: Result<Vec<i128>, _> = parts.iter().map(|part| part.trim().parse::<i128>()).collect();
    let wanted = wanted.map_err(|_| Unusable)?;
    let holds = |ix: &u64| {
        let ports = lists.of(Tag::Netixlan).iter();
        let live =
            ports.filter(|port| port.reference("ixlan_id") == Some(*ix) && port.text("status") != "deleted");
        let speeds: Vec<i128> = live.filter_map(|port| port.reference("speed")).map(i128::from).collect();
        let sum: i128 = speeds.iter().sum();
        !speeds.is_empty() && wanted.iter().any(|operand| accepts(op, sum.cmp(operand)))
    };
    Ok(lists.of(Tag::Ix).iter().map(Row::id).filter(holds).collect())
}

fn ipblock(lists: &Lists, operand: &str) -> Vec<u64> {
    let start = fold(operand);
    let prefixes = lists.of(Tag::Ixpfx).iter().filter(|row| row.is_published());
    let named = prefixes.filter(|row| fold(row.text("prefix")).starts_with(&start));
    named.filter_map(|row| row.reference("ixlan_id")).collect()
}

fn whereis(lists: &Lists, operand: &str) -> Result<Vec<u64>, Unusable> {
    let address: IpAddr = operand.trim().parse().map_err(|_| Unusable)?;
    let holds =
        |row: &&Row| row.text("prefix").parse::<IpNet>().is_ok_and(|prefix| prefix.contains(&address));
    Ok(lists.of(Tag::Ixpfx).iter().filter(holds).map(Row::id).collect())
}

fn owner_of_asn(lists: &Lists, asn: u64) -> Vec<u64> {
    let nets =
        lists.of(Tag::Net).iter().filter(|net| net.is_published() && net.reference("asn") == Some(asn));
    nets.filter_map(|net| net.reference("org_id")).collect()
}

fn hide_ix_no_fac(lists: &Lists, tag: Tag, operand: &str) -> Option<Condition> {
    if operand != "1" && operand.to_lowercase() != "true" {
        return None;
    }
    let counts = |row: &&Row, key: &str| row.reference(key).is_some_and(|count| count > 0);
    let in_facilities: Vec<u64> =
        lists.of(Tag::Ix).iter().filter(|ix| counts(ix, "fac_count")).map(Row::id).collect();
    Some(match tag {
        Tag::Ix | Tag::Ixlan => Box::new(move |row: &Row| in_facilities.contains(&row.id())),
        Tag::Netixlan => {
            Box::new(move |row: &Row| row.reference("ixlan_id").is_some_and(|ix| in_facilities.contains(&ix)))
        }
        _ => Box::new(|row: &Row| row.reference("ix_count").is_some_and(|count| count > 0)),
    })
}
