//! Prefixes of LANs (data-model specification, 8.3 and 10.5).

use std::net::IpAddr;

use ipnet::IpNet;
use model::records::{Ixpfx, Netixlan};
use model::scalar::Protocol;
use model::{AnyRecord, Status, Tag};

use super::texts;
use crate::context::Context;
use crate::delete;
use crate::input;
use crate::message::Message;
use crate::rejection::{Errors, Said};

pub(super) fn check(context: &Context<'_>, draft: &Ixpfx, stored: Option<&AnyRecord>) -> Result<(), Errors> {
    if !draft.in_dfz {
        return Err(Errors::general(texts::NOT_IN_DFZ.plain()));
    }
    let stored = match stored {
        Some(AnyRecord::Ixpfx(stored)) => Some(&**stored),
        _ => None,
    };
    if protocol(&draft.prefix) != draft.protocol {
        return Err(Errors::general(texts::PREFIX_PROTOCOL.plain()));
    }
    if stored.is_some_and(|stored| stored.prefix == draft.prefix && stored.ixlan_id == draft.ixlan_id) {
        return Ok(());
    }
    rules(context, &draft.prefix)?;
    if let Some(message) = overlap(context, &draft.prefix, draft.id) {
        return Err(Errors::general(message));
    }
    match stored.and_then(|stored| left_outside(context, stored, draft)) {
        Some(message) => Err(Errors::of("prefix", message)),
        None => Ok(()),
    }
}

/// The protocol of a prefix.
pub(crate) fn protocol(prefix: &IpNet) -> Protocol {
    match prefix {
        IpNet::V4(_) => Protocol::IPv4,
        IpNet::V6(_) => Protocol::IPv6,
    }
}

/// Address space and length.
pub(super) fn rules(context: &Context<'_>, prefix: &IpNet) -> Result<(), Errors> {
    let faults =
        input::address::prefix_rules(prefix, context.author.viewer.is_superuser(), context.policy.tutorial);
    if faults.is_empty() {
        return Ok(());
    }
    let mut errors = Errors::new();
    errors.say("prefix", Said::List(faults));
    Err(errors)
}

/// The published prefix that shares addresses with this one, as a sentence. `own` is the prefix's own id.
pub(crate) fn overlap(context: &Context<'_>, prefix: &IpNet, own: u32) -> Option<Message> {
    let entries = context.snapshot.entries(Tag::Ixpfx);
    let other = entries.map(|entry| entry.record()).find_map(|record| match record {
        AnyRecord::Ixpfx(other)
            if other.status == Status::Ok && other.id != own && overlaps(&other.prefix, prefix) =>
        {
            Some(other)
        }
        _ => None,
    })?;
    let ix = context.snapshot.record(Tag::Ix, other.ixlan_id);
    let name = ix.map(|ix| ix.value("name").as_text().unwrap_or_default().to_owned()).unwrap_or_default();
    Some(texts::PREFIX_OVERLAPS.with([("prefix", &other.prefix), ("ix", &name)]))
}

fn overlaps(a: &IpNet, b: &IpNet) -> bool {
    a.contains(b) || b.contains(a)
}

/// The port that would be left without a prefix, as a sentence.
fn left_outside(context: &Context<'_>, stored: &Ixpfx, draft: &Ixpfx) -> Option<Message> {
    let ports = context.snapshot.children(Tag::Netixlan, "ixlan_id", stored.ixlan_id);
    let left = ports.filter_map(|entry| match entry.record() {
        AnyRecord::Netixlan(port) => Some(&**port),
        _ => None,
    });
    let inside_no_more = |address: &IpAddr| {
        stored.prefix.contains(address)
            && !(draft.prefix.contains(address) && draft.ixlan_id == stored.ixlan_id)
    };
    left.flat_map(|port| addresses(port).map(move |address| (address, port.asn)))
        .find(|(address, _)| inside_no_more(address))
        .map(|(address, asn)| delete::prefix_in_use(&stored.prefix, address, asn))
}

fn addresses(port: &Netixlan) -> impl Iterator<Item = IpAddr> + use<> {
    port.ipaddr4.map(IpAddr::V4).into_iter().chain(port.ipaddr6.map(IpAddr::V6))
}
