//! What has to hold between records.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use ipnet::IpNet;
use model::records::{Campus, Carrier, Carrierfac, Fac, Ix, Ixfac, Ixlan, Ixpfx, Net, Netfac, Netixlan};
use model::{AnyRecord, Kind, Protocol, Status, Tag};
use store::schema::UNIQUE;

use super::Findings;
use super::world::{World, name};

/// Runs every check.
pub(super) fn check(world: &World, findings: &mut Findings) {
    check_parents(world, findings);
    check_unique(world, findings);
    check_lans(world, findings);
    check_ports(world, findings);
    check_prefixes(world, findings);
    check_campuses(world, findings);
    check_counters(world, findings);
}

/// Declares functions that give the records of one type as what they are.
macro_rules! typed {
    ($($name:ident: $Record:ident;)+) => { $(
        fn $name<'a>(records: impl Iterator<Item = &'a AnyRecord>) -> impl Iterator<Item = &'a $Record> {
            records.filter_map(|record| if let AnyRecord::$Record(own) = record { Some(&**own) } else { None })
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
    ixlans: Ixlan;
    ixpfxes: Ixpfx;
    nets: Net;
    netfacs: Netfac;
    netixlans: Netixlan;
}

/// References lead to records, and those live at least as long. A port may name a side that has gone.
fn check_parents(world: &World, findings: &mut Findings) {
    for tag in Tag::ALL {
        for (position, field) in tag.table().stored() {
            let Kind::Ref(parent_tag) = field.kind else { continue };
            for record in world.of(tag) {
                let Some(id) = record.get(position).as_int().and_then(|id| u32::try_from(id).ok()) else {
                    continue;
                };
                match world.get(parent_tag, id) {
                    None => findings.error("references lead to records", || {
                        format!("{}: field {}: {parent_tag} {id} is not there", name(record), field.name)
                    }),
                    Some(parent) if !field.null => check_status(record, parent, findings),
                    Some(_) => {}
                }
            }
        }
    }
}

fn check_status(record: &AnyRecord, parent: &AnyRecord, findings: &mut Findings) {
    match (record.status(), parent.status()) {
        (Status::Ok | Status::Pending, Status::Deleted) => {
            findings.note("what belongs to something deleted is deleted", || {
                format!("{}: is {}, and {} is deleted", name(record), record.status(), name(parent))
            });
        }
        (Status::Ok, Status::Pending) => {
            findings.note("what belongs to something pending is not published", || {
                format!("{}: is ok, and {} is pending", name(record), name(parent))
            });
        }
        (Status::Deleted, _) | (_, Status::Ok) | (Status::Pending, Status::Pending) => {}
    }
}

fn check_unique(world: &World, findings: &mut Findings) {
    for unique in UNIQUE {
        let mut seen: HashMap<String, u32> = HashMap::new();
        for record in world.of(unique.tag) {
            let Some(key) = unique.key(record) else { continue };
            if let Some(first) = seen.insert(key, record.id()) {
                findings.error("unique values occur once", || {
                    let fields = unique.fields.join(" and ");
                    format!("{}: shares {fields} with {} {first}", name(record), unique.tag)
                });
            }
        }
    }
}

/// An exchange has one LAN, which has its id.
fn check_lans(world: &World, findings: &mut Findings) {
    const RULE: &str = "an exchange has one LAN with its id";
    for lan in ixlans(world.of(Tag::Ixlan).iter()) {
        if lan.id != lan.ix_id {
            findings.error(RULE, || format!("ixlan {}: belongs to ix {}", lan.id, lan.ix_id));
        }
    }
    for ix in ixes(world.of(Tag::Ix).iter()) {
        if world.get(Tag::Ixlan, ix.id).is_none() {
            findings.error(RULE, || format!("ix {}: has no LAN", ix.id));
        }
    }
}

/// A port has its network's number, and addresses out of its LAN's prefixes.
fn check_ports(world: &World, findings: &mut Findings) {
    let asns: HashMap<u32, _> = nets(world.of(Tag::Net).iter()).map(|net| (net.id, net.asn)).collect();
    let mut prefixes: HashMap<u32, Vec<IpNet>> = HashMap::new();
    for prefix in ixpfxes(world.published(Tag::Ixpfx)) {
        prefixes.entry(prefix.ixlan_id).or_default().push(prefix.prefix);
    }
    for port in netixlans(world.of(Tag::Netixlan).iter()) {
        if let Some(asn) = asns.get(&port.net_id)
            && *asn != port.asn
        {
            findings.error("a port has its network's AS number", || {
                format!("netixlan {}: has AS {}, and net {} has {}", port.id, port.asn.0, port.net_id, asn.0)
            });
        }
        if port.status == Status::Ok {
            check_addresses(port, prefixes.get(&port.ixlan_id).map_or(&[], Vec::as_slice), findings);
        }
    }
}

fn check_addresses(port: &Netixlan, prefixes: &[IpNet], findings: &mut Findings) {
    let addresses = [port.ipaddr4.map(IpAddr::V4), port.ipaddr6.map(IpAddr::V6)];
    if addresses.iter().all(Option::is_none) {
        findings.note("a port has an address", || format!("netixlan {}: has no address", port.id));
    }
    for address in addresses.into_iter().flatten() {
        if !prefixes.iter().any(|prefix| prefix.contains(&address)) {
            findings.note("addresses lie in prefixes of their LAN", || {
                format!("netixlan {}: {address} lies in no prefix of ixlan {}", port.id, port.ixlan_id)
            });
        }
    }
}

fn check_prefixes(world: &World, findings: &mut Findings) {
    for prefix in ixpfxes(world.of(Tag::Ixpfx).iter()) {
        let protocol = match prefix.prefix {
            IpNet::V4(_) => Protocol::IPv4,
            IpNet::V6(_) => Protocol::IPv6,
        };
        if prefix.protocol != protocol {
            findings.note("a prefix is of its protocol", || {
                format!("ixpfx {}: {} is called {}", prefix.id, prefix.prefix, prefix.protocol)
            });
        }
    }
}

/// Published facilities that make a campus.
const CAMPUS_FACILITIES: usize = 2;

/// A campus is published when it has enough published facilities, and pending otherwise.
fn check_campuses(world: &World, findings: &mut Findings) {
    let members = count(facs(world.published(Tag::Fac)).filter_map(|fac| Some((fac.campus_id?, fac.id))));
    for campus in campuses(world.of(Tag::Campus).iter()) {
        let facilities = members.get(&campus.id).map_or(0, HashSet::len);
        let wanted = if facilities >= CAMPUS_FACILITIES { Status::Ok } else { Status::Pending };
        if campus.status != Status::Deleted && campus.status != wanted {
            findings.error("a campus is published with two facilities", || {
                format!("campus {}: is {} with {facilities} published facilities", campus.id, campus.status)
            });
        }
    }
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
fn check_counter(
    tag: Tag,
    field: &str,
    stored: impl Iterator<Item = (u32, u32)>,
    counts: &Counts,
    findings: &mut Findings,
) {
    for (id, stored) in stored {
        let counted = counts.get(&id).map_or(0, HashSet::len);
        if usize::try_from(stored) != Ok(counted) {
            findings.error("counters agree with what they count", || {
                format!("{tag} {id}: field {field}: says {stored}, and there are {counted}")
            });
        }
    }
}

/// Counters count published links; of ports the distinct networks and exchanges.
fn check_counters(world: &World, findings: &mut Findings) {
    let ports = || netixlans(world.published(Tag::Netixlan));
    let net_facs = || netfacs(world.published(Tag::Netfac));
    let ix_facs = || ixfacs(world.published(Tag::Ixfac));
    let carrier_facs = || carrierfacs(world.published(Tag::Carrierfac));

    let all = || nets(world.of(Tag::Net).iter());
    // The id of a LAN is that of its exchange.
    let counts = count(ports().map(|port| (port.net_id, port.ixlan_id)));
    check_counter(Tag::Net, "ix_count", all().map(|net| (net.id, net.ix_count)), &counts, findings);
    let counts = count(net_facs().map(|link| (link.net_id, link.id)));
    check_counter(Tag::Net, "fac_count", all().map(|net| (net.id, net.fac_count)), &counts, findings);

    let all = || ixes(world.of(Tag::Ix).iter());
    let counts = count(ports().map(|port| (port.ixlan_id, port.net_id)));
    check_counter(Tag::Ix, "net_count", all().map(|ix| (ix.id, ix.net_count)), &counts, findings);
    let counts = count(ix_facs().map(|link| (link.ix_id, link.id)));
    check_counter(Tag::Ix, "fac_count", all().map(|ix| (ix.id, ix.fac_count)), &counts, findings);

    let all = || facs(world.of(Tag::Fac).iter());
    let counts = count(net_facs().map(|link| (link.fac_id, link.id)));
    check_counter(Tag::Fac, "net_count", all().map(|fac| (fac.id, fac.net_count)), &counts, findings);
    let counts = count(ix_facs().map(|link| (link.fac_id, link.id)));
    check_counter(Tag::Fac, "ix_count", all().map(|fac| (fac.id, fac.ix_count)), &counts, findings);
    let counts = count(carrier_facs().map(|link| (link.fac_id, link.id)));
    let stored = all().map(|fac| (fac.id, fac.carrier_count));
    check_counter(Tag::Fac, "carrier_count", stored, &counts, findings);

    let counts = count(carrier_facs().map(|link| (link.carrier_id, link.id)));
    let stored = carriers(world.of(Tag::Carrier).iter()).map(|carrier| (carrier.id, carrier.fac_count));
    check_counter(Tag::Carrier, "fac_count", stored, &counts, findings);
}
