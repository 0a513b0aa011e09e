//! What stands in the way of a deletion (data-model specification, 7.2).

use std::net::IpAddr;

use catalog::Snapshot;
use ipnet::IpNet;
use model::records::{Ixpfx, Poc};
use model::{AnyRecord, Asn, Tag};

use super::texts;
use crate::message::Message;

/// How many of the things in the way are named.
const NAMED: usize = 5;

/// Roles of contacts whom a network with ports must have one of.
pub(crate) const NEEDED_ROLES: [&str; 3] = ["Technical", "NOC", "Policy"];

/// Why a record cannot be deleted, if so.
pub(super) fn reason(snapshot: &Snapshot, record: &AnyRecord) -> Option<Message> {
    let id = record.id();
    let any = |tag: Tag, field: &str| snapshot.children(tag, field, id).next().is_some();
    match record {
        AnyRecord::Org(_) => {
            let is_used = [Tag::Net, Tag::Fac, Tag::Ix].into_iter().any(|tag| any(tag, "org_id"));
            is_used.then(|| texts::ORG_IN_USE.plain())
        }
        AnyRecord::Fac(_) => names(snapshot, (Tag::Ixfac, "fac_id", id), (Tag::Ix, "ix_id"))
            .map(|names| texts::FAC_HAS_EXCHANGES.with([("names", &names)]))
            .or_else(|| {
                let names = names(snapshot, (Tag::Netfac, "fac_id", id), (Tag::Net, "net_id"))?;
                Some(texts::FAC_HAS_NETWORKS.with([("names", &names)]))
            }),
        AnyRecord::Ix(_) => names(snapshot, (Tag::Ixfac, "ix_id", id), (Tag::Fac, "fac_id"))
            .map(|names| texts::IX_HAS_FACILITIES.with([("names", &names)]))
            // The id of a LAN is that of its exchange.
            .or_else(|| any(Tag::Netixlan, "ixlan_id").then(|| texts::IX_HAS_PEERS.plain())),
        AnyRecord::Ixpfx(prefix) => used_by(snapshot, prefix),
        AnyRecord::Poc(contact) => is_last(snapshot, contact).then(|| texts::LAST_CONTACT.plain()),
        AnyRecord::Campus(_)
        | AnyRecord::Ixlan(_)
        | AnyRecord::Net(_)
        | AnyRecord::Carrier(_)
        | AnyRecord::Carrierfac(_)
        | AnyRecord::Netfac(_)
        | AnyRecord::Ixfac(_)
        | AnyRecord::Netixlan(_) => None,
    }
}

/// The sentence about a prefix that a port still has an address in.
pub(crate) fn prefix_in_use(prefix: &IpNet, address: IpAddr, asn: Asn) -> Message {
    texts::PREFIX_IN_USE.with([("prefix", prefix), ("address", &address), ("asn", &asn.0)])
}

/// The names of the first records at the other end of published links, nothing without links.
fn names(
    snapshot: &Snapshot,
    (link, reference, id): (Tag, &str, u32),
    (other, via): (Tag, &str),
) -> Option<String> {
    let names: Vec<String> = snapshot
        .children(link, reference, id)
        .take(NAMED)
        .filter_map(|link| snapshot.record(other, link.record().reference(via)?))
        .map(|record| record.value("name").as_text().unwrap_or_default().to_owned())
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn used_by(snapshot: &Snapshot, prefix: &Ixpfx) -> Option<Message> {
    snapshot.children(Tag::Netixlan, "ixlan_id", prefix.ixlan_id).find_map(|entry| {
        let AnyRecord::Netixlan(port) = entry.record() else { return None };
        let mut addresses =
            [port.ipaddr4.map(IpAddr::V4), port.ipaddr6.map(IpAddr::V6)].into_iter().flatten();
        let address = addresses.find(|address| prefix.prefix.contains(address))?;
        Some(prefix_in_use(&prefix.prefix, address, port.asn))
    })
}

/// Whether a network with ports would be left without anybody to ask about them.
fn is_last(snapshot: &Snapshot, contact: &Poc) -> bool {
    let is_needed = |poc: &Poc| NEEDED_ROLES.contains(&&*poc.role);
    let another = || {
        snapshot.children(Tag::Poc, "net_id", contact.net_id).any(|entry| match entry.record() {
            AnyRecord::Poc(other) => other.id != contact.id && is_needed(other),
            _ => false,
        })
    };
    let has_ports = || snapshot.children(Tag::Netixlan, "net_id", contact.net_id).next().is_some();
    is_needed(contact) && has_ports() && !another()
}
