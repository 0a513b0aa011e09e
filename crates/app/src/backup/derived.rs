//! Stored columns that follow from other records: `load` refuses or corrects them, `check` reports them.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::records::{Campus, Carrier, Carrierfac, Fac, Ix, Ixfac, Net, Netfac, Netixlan};
use model::{AnyRecord, Status, Tag};

/// All records by type, in the order of [`Tag::ALL`], each list by id.
pub(super) type Records<'a> = [Vec<&'a AnyRecord>; 13];

/// A column that says something else than the records that it follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The type of the record.
    pub(super) tag: Tag,
    /// Its id.
    pub(super) id: u32,
    /// The column.
    pub(super) field: &'static str,
    /// What it says.
    pub(super) says: u32,
    /// What it has to say.
    pub(super) right: u32,
    /// What it follows from.
    pub(super) source: Source,
}

/// What a column follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The number of records that it counts.
    Count,
    /// The AS number of this network.
    Net(u32),
}

/// Finds all of them.
pub(super) fn wrong_columns(records: &Records<'_>) -> Vec<Wrong> {
    let mut wrong = wrong_counters(records);
    wrong.extend(wrong_asns(records));
    wrong
}

/// Declares functions that give the records of one type as what they are.
macro_rules! typed {
    ($($name:ident: $Record:ident;)+) => { $(
        pub(super) fn $name<'a>(records: &Records<'a>) -> impl Iterator<Item = &'a $Record> {
            records[Tag::$Record.index()].iter().filter_map(|record| {
                if let AnyRecord::$Record(own) = *record { Some(&**own) } else { None }
            })
        }
    )+ };
}

typed! {
    campuses: Campus;
    carriers: Carrier;
    carrierfacs: Carrierfac;
    facs: Fac;
    ixes: Ix;
    ixfacs: Ixfac;
    nets: Net;
    netfacs: Netfac;
    netixlans: Netixlan;
}

/// A port has its network's number.
fn wrong_asns(records: &Records<'_>) -> Vec<Wrong> {
    let asns: HashMap<u32, u32> = nets(records).map(|net| (net.id, net.asn.0)).collect();
    let wrong = netixlans(records).filter_map(|port| {
        let right = asns.get(&port.net_id).copied().filter(|asn| *asn != port.asn.0)?;
        let source = Source::Net(port.net_id);
        Some(Wrong { tag: Tag::Netixlan, id: port.id, field: "asn", says: port.asn.0, right, source })
    });
    wrong.collect()
}

/// For each owner the distinct things that count for it.
type Counts = BTreeMap<u32, HashSet<u32>>;

fn count(pairs: impl Iterator<Item = (u32, u32)>) -> Counts {
    let mut counts = Counts::new();
    for (owner, counted) in pairs {
        counts.entry(owner).or_default().insert(counted);
    }
    counts
}

/// Compares a counter of each record, `(id, stored)`, with what it counts.
fn compare(
    (tag, field): (Tag, &'static str),
    stored: impl Iterator<Item = (u32, u32)>,
    counts: &Counts,
    wrong: &mut Vec<Wrong>,
) {
    for (id, says) in stored {
        let counted = counts.get(&id).map_or(0, HashSet::len);
        let right = u32::try_from(counted).unwrap_or(u32::MAX);
        if says != right {
            wrong.push(Wrong { tag, id, field, says, right, source: Source::Count });
        }
    }
}

/// Counters count published links; of ports the distinct networks and exchanges.
fn wrong_counters(records: &Records<'_>) -> Vec<Wrong> {
    let ports = || netixlans(records).filter(|port| port.status == Status::Ok);
    let net_facs = || netfacs(records).filter(|link| link.status == Status::Ok);
    let ix_facs = || ixfacs(records).filter(|link| link.status == Status::Ok);
    let carrier_facs = || carrierfacs(records).filter(|link| link.status == Status::Ok);
    let mut wrong = Vec::new();
    let out = &mut wrong;

    // The id of a LAN is that of its exchange.
    let counts = count(ports().map(|port| (port.net_id, port.ixlan_id)));
    compare((Tag::Net, "ix_count"), nets(records).map(|net| (net.id, net.ix_count)), &counts, out);
    let counts = count(net_facs().map(|link| (link.net_id, link.id)));
    compare((Tag::Net, "fac_count"), nets(records).map(|net| (net.id, net.fac_count)), &counts, out);

    let counts = count(ports().map(|port| (port.ixlan_id, port.net_id)));
    compare((Tag::Ix, "net_count"), ixes(records).map(|ix| (ix.id, ix.net_count)), &counts, out);
    let counts = count(ix_facs().map(|link| (link.ix_id, link.id)));
    compare((Tag::Ix, "fac_count"), ixes(records).map(|ix| (ix.id, ix.fac_count)), &counts, out);

    let counts = count(net_facs().map(|link| (link.fac_id, link.id)));
    compare((Tag::Fac, "net_count"), facs(records).map(|fac| (fac.id, fac.net_count)), &counts, out);
    let counts = count(ix_facs().map(|link| (link.fac_id, link.id)));
    compare((Tag::Fac, "ix_count"), facs(records).map(|fac| (fac.id, fac.ix_count)), &counts, out);
    let counts = count(carrier_facs().map(|link| (link.fac_id, link.id)));
    let stored = facs(records).map(|fac| (fac.id, fac.carrier_count));
    compare((Tag::Fac, "carrier_count"), stored, &counts, out);

    let counts = count(carrier_facs().map(|link| (link.carrier_id, link.id)));
    let stored = carriers(records).map(|carrier| (carrier.id, carrier.fac_count));
    compare((Tag::Carrier, "fac_count"), stored, &counts, out);
    wrong
}
