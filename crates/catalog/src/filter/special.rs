//! Filters with a meaning of their own (rest-api specification, section 6).

use std::collections::BTreeMap;
use std::net::IpAddr;

use model::collate::Needle;
use model::{AnyRecord, Status, Tag};

use super::column::Op;
use super::describe::Operand;
use super::relation::relation;
use super::sight::Sight;
use super::{Condition, QueryError, is_published, sorted};

/// Bounds of the number of networks that `asn_overlap` takes.
const OVERLAP: std::ops::RangeInclusive<usize> = 2..=25;

/// A filter with a meaning of its own.
#[derive(Debug)]
pub(crate) struct Special {
    pub(crate) name: &'static str,
    /// The types that have it.
    pub(crate) tags: &'static [Tag],
    /// The operators that it goes with. With any other one the name is no parameter at all: without a meaning of
    /// its own, `asn__gt` must not be taken for `asn`.
    pub(crate) takes: &'static [Op],
    /// Operators that are understood and refused, whatever the operand.
    pub(crate) refuses: &'static [Op],
    pub(crate) operand: Operand,
    /// What it finds, for readers.
    pub(crate) description: &'static str,
    build: Build,
}

/// From the parameter and its operand to a condition on records of a type.
type Build = fn(Sight<'_>, Tag, Asked<'_>) -> Result<Condition, QueryError>;

/// A special parameter as it was asked.
#[derive(Clone, Copy)]
struct Asked<'a> {
    name: &'a str,
    op: Op,
    operand: &'a str,
}

const PLACES: &[Tag] = &[Tag::Fac, Tag::Ix];
/// Operators of a filter that takes one value.
const ONE: &[Op] = &[Op::Exact];
/// Operators of a filter that takes a list anyway.
const LIST: &[Op] = &[Op::Exact, Op::In];
const ORDERED: &[Op] = &[Op::Exact, Op::Lt, Op::Lte, Op::Gt, Op::Gte, Op::In];

/// All filters with a meaning of their own.
pub(crate) const SPECIALS: &[Special] = &[
    // What `peeringdb whois net1` asks. The reference ignores it, and the client shows the first record of the list.
    Special {
        name: "pk",
        tags: &Tag::ALL,
        takes: ONE,
        refuses: &[],
        operand: Operand::Integer,
        description: "The record with this id, for clients that call it so.",
        build: |_, _, asked| Ok(Condition::Among(vec![integer(asked.name, asked.operand)?])),
    },
    Special {
        name: "asn_overlap",
        tags: PLACES,
        takes: LIST,
        refuses: &[],
        operand: Operand::Integers { min: *OVERLAP.start(), max: *OVERLAP.end() },
        description: "Where all networks with these AS numbers are present.",
        build: |sight, tag, asked| Ok(Condition::Among(asn_overlap(sight, tag, asked.operand)?)),
    },
    Special {
        name: "all_net",
        tags: PLACES,
        takes: LIST,
        refuses: &[],
        operand: Operand::INTEGERS,
        description: "Where all networks with these ids are present.",
        build: |sight, tag, asked| Ok(Condition::Among(all_net(sight, tag, asked.operand)?)),
    },
    Special {
        name: "not_net",
        tags: PLACES,
        takes: LIST,
        refuses: &[],
        operand: Operand::INTEGERS,
        description: "Where none of the networks with these ids is present.",
        build: |sight, tag, asked| {
            let nets = integers(asked.name, asked.operand)?;
            let ids = nets.iter().flat_map(|id| present(sight, tag, "net", *id));
            Ok(Condition::NotAmong(sorted(ids)))
        },
    },
    Special {
        name: "org_present",
        tags: PLACES,
        takes: LIST,
        refuses: &[],
        operand: Operand::INTEGERS,
        description: "Where something that belongs to one of the organizations with these ids is present.",
        build: |sight, tag, asked| Ok(Condition::Among(of_orgs(sight, tag, asked)?)),
    },
    Special {
        name: "org_not_present",
        tags: PLACES,
        takes: LIST,
        refuses: &[],
        operand: Operand::INTEGERS,
        description: "Where nothing that belongs to the organizations with these ids is present.",
        build: |sight, tag, asked| Ok(Condition::NotAmong(of_orgs(sight, tag, asked)?)),
    },
    Special {
        name: "not_ix",
        tags: &[Tag::Net],
        takes: ONE,
        refuses: &[],
        operand: Operand::Integer,
        description: "Networks without a port at the exchange with this id.",
        build: |sight, tag, asked| {
            Ok(Condition::NotAmong(present(sight, tag, "ix", integer(asked.name, asked.operand)?)))
        },
    },
    Special {
        name: "not_fac",
        tags: &[Tag::Net],
        takes: ONE,
        refuses: &[],
        operand: Operand::Integer,
        description: "Networks that are not present at the facility with this id.",
        build: |sight, tag, asked| {
            Ok(Condition::NotAmong(present(sight, tag, "fac", integer(asked.name, asked.operand)?)))
        },
    },
    Special {
        name: "capacity",
        tags: &[Tag::Ix],
        takes: ORDERED,
        refuses: &[Op::Contains, Op::StartsWith],
        operand: Operand::Integer,
        description: "The sum of the speeds of all ports of the exchange, in Mbit/s. Exchanges without ports never \
                      match.",
        build: |sight, _, asked| Ok(Condition::Among(capacity(sight, asked.op, asked.operand)?)),
    },
    Special {
        name: "ipblock",
        tags: &[Tag::Ix],
        takes: ONE,
        refuses: &[],
        operand: Operand::Text,
        description: "Exchanges with a prefix whose text begins like this.",
        build: |sight, _, asked| Ok(Condition::Among(ipblock(sight, asked.operand))),
    },
    Special {
        name: "whereis",
        tags: &[Tag::Ixpfx],
        takes: ONE,
        refuses: &[],
        operand: Operand::Address,
        description: "Prefixes that contain this IPv4 or IPv6 address.",
        build: |sight, _, asked| Ok(Condition::Among(whereis(sight, asked.operand)?)),
    },
    Special {
        name: "asn",
        tags: &[Tag::Org],
        takes: ONE,
        refuses: &[],
        operand: Operand::Integer,
        description: "The organization that the network with this AS number belongs to.",
        build: |sight, _, asked| Ok(Condition::Among(owner_of_asn(sight, asked.operand)?)),
    },
];

/// The condition that a special parameter stands for; `None` when the parameter is none of this type's.
pub(crate) fn condition(
    sight: Sight<'_>,
    tag: Tag,
    name: &str,
    op: Op,
    operand: &str,
) -> Result<Option<Condition>, QueryError> {
    let named = SPECIALS.iter().find(|special| special.name == name && special.tags.contains(&tag));
    match named {
        Some(special) if special.refuses.contains(&op) => Err(QueryError::value(name)),
        Some(special) if special.takes.contains(&op) => {
            (special.build)(sight, tag, Asked { name, op, operand }).map(Some)
        }
        _ => Ok(None),
    }
}

/// The types that `hide_ix_no_fac` means something for.
pub(crate) const HIDING: &[Tag] = &[Tag::Ix, Tag::Ixlan, Tag::Netixlan, Tag::Net];

/// `hide_ix_no_fac`: only what has to do with exchanges that are in a facility.
pub(crate) fn hide_ix_no_fac(sight: Sight<'_>, tag: Tag, operand: &str) -> Option<Condition> {
    if operand != "1" && !operand.eq_ignore_ascii_case("true") {
        return None;
    }
    let at_facilities = || {
        sight.entries(Tag::Ix).filter_map(|entry| match entry.record() {
            AnyRecord::Ix(ix) if ix.fac_count > 0 => Some(ix.id),
            _ => None,
        })
    };
    let ids = match tag {
        Tag::Ix | Tag::Ixlan => at_facilities().collect(),
        Tag::Netixlan => {
            sorted(at_facilities().flat_map(|ix| sight.snapshot().child_ids(Tag::Netixlan, "ixlan_id", ix)))
        }
        Tag::Net => sorted(sight.entries(Tag::Net).filter_map(|entry| match entry.record() {
            AnyRecord::Net(net) if net.ix_count > 0 => Some(net.id),
            _ => None,
        })),
        _ => return None,
    };
    Some(Condition::Among(ids))
}

/// Records of type `tag` where a network, exchange or facility is present.
fn present(sight: Sight<'_>, tag: Tag, name: &str, id: u32) -> Vec<u32> {
    relation(tag, name).map_or(Vec::new(), |relation| relation.owners_of(sight, tag, id))
}

fn integer(param: &str, text: &str) -> Result<u32, QueryError> {
    let n: i128 = text.trim().parse().map_err(|_| QueryError::value(param))?;
    // Ids that cannot exist match nothing; 0 is never assigned.
    Ok(u32::try_from(n).unwrap_or(0))
}

/// The numbers of a list, each once.
fn integers(param: &str, list: &str) -> Result<Vec<u32>, QueryError> {
    let numbers: Result<Vec<u32>, QueryError> = list.split(',').map(|part| integer(param, part)).collect();
    Ok(sorted(numbers?))
}

fn asn_overlap(sight: Sight<'_>, tag: Tag, operand: &str) -> Result<Vec<u32>, QueryError> {
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
        let net = sight.net_by_asn(asn).map(AnyRecord::id);
        net.map_or(Vec::new(), |id| present(sight, tag, "net", id))
    })))
}

fn all_net(sight: Sight<'_>, tag: Tag, operand: &str) -> Result<Vec<u32>, QueryError> {
    let nets = integers("all_net", operand)?;
    Ok(common(nets.into_iter().map(|id| present(sight, tag, "net", id))))
}

/// Ids that all lists hold (each ascending).
fn common(lists: impl Iterator<Item = Vec<u32>>) -> Vec<u32> {
    lists
        .reduce(|both, list| both.into_iter().filter(|id| list.binary_search(id).is_ok()).collect())
        .unwrap_or_default()
}

/// Facilities or exchanges where the networks, exchanges or facilities of some organizations are present.
fn of_orgs(sight: Sight<'_>, tag: Tag, asked: Asked<'_>) -> Result<Vec<u32>, QueryError> {
    let orgs = integers(asked.name, asked.operand)?;
    // A facility is reached through networks and exchanges, an exchange through networks and facilities.
    let other = if tag == Tag::Fac { Tag::Ix } else { Tag::Fac };
    let mut ids = Vec::new();
    for kind in [Tag::Net, other] {
        for org in &orgs {
            for own in sight.snapshot().child_ids(kind, "org_id", *org) {
                ids.extend(present(sight, tag, kind.as_str(), own));
            }
        }
    }
    Ok(sorted(ids))
}

/// Exchanges by the sum of their ports' speeds, Mbit/s; exchanges without ports never match.
fn capacity(sight: Sight<'_>, op: Op, operand: &str) -> Result<Vec<u32>, QueryError> {
    let unusable = || QueryError::value("capacity");
    let parts: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
    let wanted: Result<Vec<i128>, _> = parts.iter().map(|part| part.trim().parse::<i128>()).collect();
    let wanted = wanted.map_err(|_| unusable())?;
    // The id of an exchange is that of its LAN.
    let mut sums: BTreeMap<u32, i128> = BTreeMap::new();
    for entry in sight.entries(Tag::Netixlan).filter(|entry| entry.status() != Status::Deleted) {
        if let AnyRecord::Netixlan(port) = entry.record() {
            *sums.entry(port.ixlan_id).or_default() += i128::from(port.speed);
        }
    }
    let meets = |sum: &i128| wanted.iter().any(|wanted| op.accepts(sum.cmp(wanted)));
    Ok(sums.into_iter().filter(|(_, sum)| meets(sum)).map(|(ix, _)| ix).collect())
}

/// Exchanges with a published prefix whose text begins with the operand.
fn ipblock(sight: Sight<'_>, operand: &str) -> Vec<u32> {
    let needle = Needle::new(operand);
    let prefixes = sight.entries(Tag::Ixpfx).filter(|entry| is_published(entry));
    sorted(prefixes.filter_map(|entry| match entry.record() {
        AnyRecord::Ixpfx(prefix) if needle.begins(&prefix.prefix.to_string()) => Some(prefix.ixlan_id),
        _ => None,
    }))
}

/// Prefixes that contain an address.
fn whereis(sight: Sight<'_>, operand: &str) -> Result<Vec<u32>, QueryError> {
    let address: IpAddr = operand.trim().parse().map_err(|_| {
        QueryError::Invalid(format!("'{operand}' does not appear to be an IPv4 or IPv6 address"))
    })?;
    Ok(sorted(sight.prefix_ids_around(address)))
}

fn owner_of_asn(sight: Sight<'_>, operand: &str) -> Result<Vec<u32>, QueryError> {
    let asn = integer("asn", operand)?;
    let net = sight.net_by_asn(asn).filter(|net| net.status() == Status::Ok);
    Ok(net.and_then(|net| net.reference("org_id")).into_iter().collect())
}
