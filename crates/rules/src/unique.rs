//! Values that only one record may have, deleted records included (data-model specification, 6).

use std::net::IpAddr;

use model::{AnyRecord, Status, Tag};

use crate::checks::texts;
use crate::context::Context;
use crate::rejection::{Errors, Rejection};

/// What a type is called in sentences.
pub(crate) const fn type_name(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => "Organization",
        Tag::Campus => "Campus",
        Tag::Fac => "Facility",
        Tag::Ix => "Internet Exchange",
        Tag::Ixlan => "Internet Exchange LAN",
        Tag::Ixpfx => "Internet Exchange LAN Prefix",
        Tag::Net => "Network",
        Tag::Poc => "Network Contact",
        Tag::Carrier => "Carrier",
        Tag::Carrierfac => "Carrier Facility",
        Tag::Netfac => "Network Facility",
        Tag::Ixfac => "Internet Exchange Facility",
        Tag::Netixlan => "Public Peering Exchange Network",
    }
}

/// What is said when the database finds that the values in these fields, together, are those of another record: the
/// same as when a rule finds it.
pub fn taken(tag: Tag, fields: &[&'static str]) -> Rejection {
    let exists = |field: &'static str, named: &str| {
        Errors::of(field, texts::TAKEN.with([("type", &type_name(tag)), ("field", &named)]))
    };
    Rejection::Invalid(match fields {
        ["name"] => exists("name", "Name"),
        ["asn"] => exists("asn", "ASN"),
        [field @ ("ipaddr4" | "ipaddr6")] => Errors::of(field, texts::ADDRESS_TAKEN.plain()),
        [first, second] => Errors::general(texts::PAIR_TAKEN.with([("first", first), ("second", second)])),
        other => {
            let mut errors = Errors::new();
            other.iter().for_each(|field| errors.add(field, texts::MUST_BE_UNIQUE.plain()));
            errors
        }
    })
}

/// The other record that has the draft's name.
pub(crate) fn name_holder<'a>(context: &Context<'a>, draft: &AnyRecord) -> Option<&'a AnyRecord> {
    let name = draft.value("name");
    let name = name.as_text().filter(|name| !name.is_empty())?;
    let ids = context.snapshot.ids_by_name(draft.tag(), name);
    let other = ids.into_iter().find(|id| *id != draft.id())?;
    context.snapshot.record(draft.tag(), other)
}

/// Says which values another record has. Those of deleted records may be taken over by new ones, and by nobody else.
pub(crate) fn live_values(
    context: &Context<'_>,
    draft: &AnyRecord,
    stored: Option<&AnyRecord>,
    errors: &mut Errors,
) {
    let blocks = |holder: &&AnyRecord| stored.is_some() || holder.status() != Status::Deleted;
    let tag = draft.tag();
    if !errors.concerns("name") && name_holder(context, draft).is_some_and(|holder| blocks(&holder)) {
        errors.add("name", texts::TAKEN.with([("type", &type_name(tag)), ("field", &"Name")]));
    }
    match draft {
        AnyRecord::Ixpfx(prefix) if !errors.concerns("prefix") && !prefix.prefix.addr().is_unspecified() => {
            let holder = context.snapshot.prefix(&prefix.prefix).filter(|holder| holder.id() != prefix.id);
            if holder.is_some_and(|holder| blocks(&holder)) {
                errors.add("prefix", texts::MUST_BE_UNIQUE.plain());
            }
        }
        AnyRecord::Ixlan(lan) if lan.arp_sponge.is_some() => {
            let same = |other: &AnyRecord| match other {
                AnyRecord::Ixlan(other) => {
                    other.id != lan.id && equal_macs(&other.arp_sponge, &lan.arp_sponge)
                }
                _ => false,
            };
            if context.snapshot.entries(Tag::Ixlan).any(|entry| same(entry.record())) {
                errors.add("arp_sponge", texts::MUST_BE_UNIQUE.plain());
            }
        }
        _ => {}
    }
}

fn equal_macs(a: &Option<Box<str>>, b: &Option<Box<str>>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b))
}

/// The link between the same two records as the draft's, in any status.
pub(crate) fn same_pair<'a>(context: &Context<'a>, draft: &AnyRecord) -> Option<&'a AnyRecord> {
    let (first, second) = pair(draft.tag())?;
    let (one, other) = (draft.reference(first)?, draft.reference(second)?);
    let ids = context.snapshot.child_ids(draft.tag(), first, one);
    let mut links = ids.filter_map(|id| context.snapshot.record(draft.tag(), id));
    links.find(|link| link.id() != draft.id() && link.reference(second) == Some(other))
}

/// The two references of a link.
pub(crate) const fn pair(tag: Tag) -> Option<(&'static str, &'static str)> {
    match tag {
        Tag::Netfac => Some(("net_id", "fac_id")),
        Tag::Ixfac => Some(("ix_id", "fac_id")),
        Tag::Carrierfac => Some(("carrier_id", "fac_id")),
        _ => None,
    }
}

/// The other port with this address, in any status.
pub(crate) fn address_holder<'a>(
    context: &Context<'a>,
    own: u32,
    address: Option<IpAddr>,
) -> Option<&'a AnyRecord> {
    let holder = context.snapshot.port_by_address(address?)?;
    (holder.id() != own).then_some(holder)
}
