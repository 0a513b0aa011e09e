//! What has to hold between records.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;
use model::records::{Ixlan, Ixpfx, Netixlan};
use model::{AnyRecord, Kind, Protocol, Status, Tag};
use store::schema::UNIQUE;

use super::super::derived::{Source, Wrong, wrong_columns};
use super::super::odd::{LAN, Odd, odd};
use super::Findings;
use super::world::{World, name};

/// Runs every check.
pub(super) fn check(world: &World, findings: &mut Findings) {
    check_parents(world, findings);
    check_unique(world, findings);
    check_lans(world, findings);
    check_ports(world, findings);
    check_prefixes(world, findings);
    check_odd(world, findings);
    check_derived(world, findings);
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
    ixlans: Ixlan;
    ixpfxes: Ixpfx;
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

/// A LAN has the id of its exchange.
fn check_lans(world: &World, findings: &mut Findings) {
    for lan in ixlans(world.of(Tag::Ixlan).iter()) {
        if lan.id != lan.ix_id {
            findings.error(LAN, || format!("ixlan {}: belongs to ix {}", lan.id, lan.ix_id));
        }
    }
}

/// A port has addresses out of its LAN's prefixes.
fn check_ports(world: &World, findings: &mut Findings) {
    let mut prefixes: HashMap<u32, Vec<IpNet>> = HashMap::new();
    for prefix in ixpfxes(world.published(Tag::Ixpfx)) {
        prefixes.entry(prefix.ixlan_id).or_default().push(prefix.prefix);
    }
    for port in netixlans(world.of(Tag::Netixlan).iter()) {
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

/// What `load` lets pass.
fn check_odd(world: &World, findings: &mut Findings) {
    for Odd { rule, tag, id, why } in odd(&world.view()) {
        findings.error(rule, || format!("{tag} {id}: {why}"));
    }
}

/// Columns agree with the records that they follow from.
fn check_derived(world: &World, findings: &mut Findings) {
    for Wrong { tag, id, field, says, right, source } in wrong_columns(&world.view()) {
        match source {
            Source::Count => findings.error("counters agree with what they count", || {
                format!("{tag} {id}: field {field}: says {says}, and there are {right}")
            }),
            Source::Net(net) => findings.error("a port has its network's AS number", || {
                format!("{tag} {id}: has AS {says}, and net {net} has {right}")
            }),
        }
    }
}
