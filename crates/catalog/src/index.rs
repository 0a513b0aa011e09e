//! Indexes over a snapshot's records: all persistent, all keyed so that a range gives ids in order.

use std::net::IpAddr;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use ipnet::IpNet;
use model::{AnyRecord, Kind, Tag, Time, collate};

/// Indexes of one record type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes {
    /// For each stored reference field (by position): pairs of referenced id and own id, all statuses.
    references: Vec<(usize, OrdSet<(u32, u32)>)>,
    /// Comparison key of the name to ids.
    names: OrdSet<(Arc<str>, u32)>,
    /// ASN to ids.
    asns: OrdSet<(u32, u32)>,
    /// Time of the last change to ids.
    updated: OrdSet<(Time, u32)>,
    /// Port addresses to ids.
    addresses: OrdMap<IpAddr, u32>,
    /// LAN prefixes to ids.
    prefixes: OrdMap<IpNet, u32>,
}

impl Indexes {
    pub(crate) fn new(tag: Tag) -> Indexes {
        let references = tag
            .table()
            .stored()
            .filter(|(_, field)| matches!(field.kind, Kind::Ref(_)))
            .map(|(position, _)| (position, OrdSet::new()))
            .collect();
        Indexes { references, ..Indexes::default() }
    }

    pub(crate) fn add(&mut self, record: &AnyRecord) {
        let id = record.id();
        for (position, set) in &mut self.references {
            if let Some(parent) = reference(record, *position) {
                set.insert((parent, id));
            }
        }
        self.updated.insert((record.updated(), id));
        if let Some(name) = name_of(record) {
            self.names.insert((collate::key(name).into(), id));
        }
        match record {
            AnyRecord::Net(net) => {
                self.asns.insert((net.asn.0, id));
            }
            AnyRecord::Netixlan(port) => {
                self.asns.insert((port.asn.0, id));
                addresses(port).for_each(|address| {
                    self.addresses.insert(address, id);
                });
            }
            AnyRecord::Ixpfx(prefix) => {
                self.prefixes.insert(prefix.prefix, id);
            }
            _ => {}
        }
    }

    pub(crate) fn take(&mut self, record: &AnyRecord) {
        let id = record.id();
        for (position, set) in &mut self.references {
            if let Some(parent) = reference(record, *position) {
                set.remove(&(parent, id));
            }
        }
        self.updated.remove(&(record.updated(), id));
        if let Some(name) = name_of(record) {
            self.names.remove(&(collate::key(name).into(), id));
        }
        match record {
            AnyRecord::Net(net) => {
                self.asns.remove(&(net.asn.0, id));
            }
            AnyRecord::Netixlan(port) => {
                self.asns.remove(&(port.asn.0, id));
                addresses(port).for_each(|address| {
                    // Another row may have taken the address over in the same change.
                    if self.addresses.get(&address) == Some(&id) {
                        self.addresses.remove(&address);
                    }
                });
            }
            AnyRecord::Ixpfx(prefix) if self.by_prefix(&prefix.prefix) == Some(id) => {
                self.prefixes.remove(&prefix.prefix);
            }
            _ => {}
        }
    }

    /// Ids whose reference field at this position names the parent, ascending.
    pub(crate) fn children(&self, position: usize, parent: u32) -> impl Iterator<Item = u32> + '_ {
        self.references
            .iter()
            .find(|(at, _)| *at == position)
            .into_iter()
            .flat_map(move |(_, set)| set.range((parent, 0)..=(parent, u32::MAX)))
            .map(|(_, id)| *id)
    }

    /// Whether the field at this position is an indexed reference.
    pub(crate) fn has_reference(&self, position: usize) -> bool {
        self.references.iter().any(|(at, _)| *at == position)
    }

    pub(crate) fn by_asn(&self, asn: u32) -> impl Iterator<Item = u32> + '_ {
        self.asns.range((asn, 0)..=(asn, u32::MAX)).map(|(_, id)| *id)
    }

    /// Ids of records with this name key.
    pub(crate) fn by_name(&self, key: &str) -> impl Iterator<Item = u32> + '_ {
        let key: Arc<str> = key.into();
        self.names.range((key.clone(), 0)..=(key, u32::MAX)).map(|(_, id)| *id)
    }

    /// Ids of records whose name key meets a test.
    pub(crate) fn by_key(&self, meets: impl Fn(&str) -> bool) -> impl Iterator<Item = u32> {
        self.names.iter().filter(move |(key, _)| meets(key)).map(|(_, id)| *id)
    }

    /// Ids of records changed after a moment, in the order of their change.
    pub(crate) fn changed_after(&self, time: Time) -> impl Iterator<Item = u32> + '_ {
        self.updated.range((time, u32::MAX)..).map(|(_, id)| *id)
    }

    pub(crate) fn by_address(&self, address: IpAddr) -> Option<u32> {
        self.addresses.get(&address).copied()
    }

    pub(crate) fn by_prefix(&self, prefix: &IpNet) -> Option<u32> {
        self.prefixes.get(prefix).copied()
    }

    /// Ids of the prefixes that contain the address, longest first.
    pub(crate) fn prefixes_around(&self, address: IpAddr) -> impl Iterator<Item = u32> + '_ {
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (0..=longest).rev().filter_map(move |len| {
            let prefix = IpNet::new(address, len).ok()?.trunc();
            self.by_prefix(&prefix)
        })
    }
}

fn reference(record: &AnyRecord, position: usize) -> Option<u32> {
    record.get(position).as_int().and_then(|id| u32::try_from(id).ok())
}

fn addresses(port: &model::records::Netixlan) -> impl Iterator<Item = IpAddr> {
    port.ipaddr4.map(IpAddr::V4).into_iter().chain(port.ipaddr6.map(IpAddr::V6))
}

/// The name of types whose names are unique.
pub(crate) fn name_of(record: &AnyRecord) -> Option<&str> {
    match record {
        AnyRecord::Org(r) => Some(&r.name),
        AnyRecord::Campus(r) => Some(&r.name),
        AnyRecord::Fac(r) => Some(&r.name),
        AnyRecord::Ix(r) => Some(&r.name),
        AnyRecord::Net(r) => Some(&r.name),
        AnyRecord::Carrier(r) => Some(&r.name),
        AnyRecord::Ixlan(_)
        | AnyRecord::Ixpfx(_)
        | AnyRecord::Poc(_)
        | AnyRecord::Carrierfac(_)
        | AnyRecord::Netfac(_)
        | AnyRecord::Ixfac(_)
        | AnyRecord::Netixlan(_) => None,
    }
}
