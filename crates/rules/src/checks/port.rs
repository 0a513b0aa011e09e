//! Ports of networks at exchanges (data-model specification, 8.4).

use std::net::IpAddr;

use ipnet::IpNet;
use model::records::Netixlan;
use model::{AnyRecord, Status, Tag, Value};

use super::{shared, texts};
use crate::context::Context;
use crate::rejection::Errors;
use crate::{input, unique};

pub(super) fn check(
    context: &Context<'_>,
    port: &mut Netixlan,
    stored: Option<&AnyRecord>,
) -> Result<(), Errors> {
    let stored = match stored {
        Some(AnyRecord::Netixlan(stored)) => Some(&**stored),
        _ => None,
    };
    if let Some(AnyRecord::Net(net)) = context.snapshot.record(Tag::Net, port.net_id) {
        port.asn = net.asn;
    }
    if !shared::is_reachable(context, port.net_id) {
        return Err(Errors::general(texts::PORT_NEEDS_CONTACT.plain()));
    }
    addresses(context, port, stored)?;
    speed(context, port)?;
    sides(context, port, stored)
}

fn addresses(context: &Context<'_>, port: &Netixlan, stored: Option<&Netixlan>) -> Result<(), Errors> {
    let mut errors = Errors::new();
    if port.ipaddr4.is_none() && port.ipaddr6.is_none() {
        errors.add("ipaddr4", texts::ADDRESS_REQUIRED.plain());
        errors.add("ipaddr6", texts::ADDRESS_REQUIRED.plain());
        return Err(errors);
    }
    let moved = stored.is_none_or(|stored| stored.ixlan_id != port.ixlan_id);
    let four =
        port.ipaddr4.map(IpAddr::V4).filter(|_| moved || stored.is_some_and(|s| s.ipaddr4 != port.ipaddr4));
    let six =
        port.ipaddr6.map(IpAddr::V6).filter(|_| moved || stored.is_some_and(|s| s.ipaddr6 != port.ipaddr6));
    for (field, address, text) in
        [("ipaddr4", four, texts::OUTSIDE_PREFIX4), ("ipaddr6", six, texts::OUTSIDE_PREFIX6)]
    {
        let is_outside = |address: IpAddr| !is_inside(context, port.ixlan_id, address);
        if address.is_some_and(is_outside) {
            return Err(Errors::of(field, text.plain()));
        }
    }
    for (field, address) in [("ipaddr4", four), ("ipaddr6", six)] {
        let holder = unique::address_holder(context, port.id, address);
        if holder.is_some_and(|holder| holder.status() != Status::Deleted) {
            errors.add(field, texts::ADDRESS_TAKEN.plain());
        }
    }
    errors.done()
}

/// Whether a LAN has a published prefix with this address in it; the first and the last one are nobody's.
fn is_inside(context: &Context<'_>, lan: u32, address: IpAddr) -> bool {
    context.snapshot.prefixes_around(address).any(|record| match record {
        AnyRecord::Ixpfx(prefix) => prefix.ixlan_id == lan && !is_edge(&prefix.prefix, address),
        _ => false,
    })
}

fn is_edge(prefix: &IpNet, address: IpAddr) -> bool {
    address == prefix.network() || address == prefix.broadcast()
}

fn speed(context: &Context<'_>, port: &Netixlan) -> Result<(), Errors> {
    let field = Tag::Netixlan.table().field("speed");
    match field {
        Some(field) if !context.author.viewer.is_superuser() => {
            let bounds = input::number::bounds(field, &Value::Int(i64::from(port.speed)));
            bounds.map_err(|message| Errors::of("speed", message))
        }
        _ => Ok(()),
    }
}

/// Facilities named as sides are those of the network and of the exchange.
fn sides(context: &Context<'_>, port: &Netixlan, stored: Option<&Netixlan>) -> Result<(), Errors> {
    let mut errors = Errors::new();
    // A port that moves takes along no side that is not there.
    let net = (port.net_side_id, stored.filter(|s| s.net_id == port.net_id).and_then(|s| s.net_side_id));
    let ix = (port.ix_side_id, stored.filter(|s| s.ixlan_id == port.ixlan_id).and_then(|s| s.ix_side_id));
    for (field, (now, before), owner, (link, reference, id)) in [
        ("net_side_id", net, "network", (Tag::Netfac, "net_id", port.net_id)),
        ("ix_side_id", ix, "exchange", (Tag::Ixfac, "ix_id", port.ixlan_id)),
    ] {
        let Some(fac) = now.filter(|_| now != before) else { continue };
        let mut links = context.snapshot.children(link, reference, id);
        if !links.any(|link| link.record().reference("fac_id") == Some(fac)) {
            errors.add(field, texts::NO_SUCH_SIDE.with([("owner", &owner)]));
        }
    }
    errors.done()
}
