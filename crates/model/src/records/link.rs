//! Presence of networks, exchanges and carriers at facilities.

use super::record;
use super::shared::*;
use crate::field::Kind;
use crate::scalar::{Status, Time};
use crate::tag::Tag;

record! {
    /// Presence of a network at a facility.
    Netfac = Tag::Netfac;
    id: u32 = id();
    name = join("fac_id", "name", NAME);
    city = join("fac_id", "city", NAME);
    country = join("fac_id", "country", Kind::Country);
    net_id: u32 = reference(Tag::Net);
    net = object(Tag::Net, "net_id");
    fac_id: u32 = reference(Tag::Fac);
    fac = object(Tag::Fac, "fac_id");
    local_asn = join("net_id", "asn", Kind::Asn).unfilterable();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
    avail_sonet: bool = boolean().hidden();
    avail_ethernet: bool = boolean().hidden();
    avail_atm: bool = boolean().hidden();
}

record! {
    /// Presence of an exchange at a facility.
    Ixfac = Tag::Ixfac;
    id: u32 = id();
    name = join("fac_id", "name", NAME);
    city = join("fac_id", "city", NAME);
    country = join("fac_id", "country", Kind::Country);
    ix_id: u32 = reference(Tag::Ix);
    ix = object(Tag::Ix, "ix_id");
    fac_id: u32 = reference(Tag::Fac);
    fac = object(Tag::Fac, "fac_id");
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
}

record! {
    /// Presence of a carrier at a facility.
    Carrierfac = Tag::Carrierfac;
    id: u32 = id();
    name = join("fac_id", "name", NAME).unfilterable();
    carrier_id: u32 = reference(Tag::Carrier);
    carrier = object(Tag::Carrier, "carrier_id");
    fac_id: u32 = reference(Tag::Fac);
    fac = object(Tag::Fac, "fac_id");
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
}
