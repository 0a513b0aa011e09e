//! Exchanges, their LANs, prefixes and ports.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::record;
use super::shared::*;
use crate::choices;
use crate::field::{Derived, Kind, Preset, Route, SetPath, Show};
use crate::scalar::{Asn, Protocol, SocialLink, Status, Text, Time, Visibility};
use crate::tag::Tag;

record! {
    /// An internet exchange.
    Ix = Tag::Ix;
    id: u32 = id();
    org_id: u32 = reference(Tag::Org);
    org = object(Tag::Org, "org_id");
    name: Text = text(64).required();
    aka: Text = text(255);
    name_long: Text = text(255);
    city: Text = text(192).required();
    country: Text = country().required();
    region_continent: Text = choice(choices::REGIONS).required();
    media: Text =
        choice(choices::MEDIA).read_only().default(ETHERNET).show(Show::Fixed(ETHERNET));
    notes: Text = text(0);
    proto_unicast = derived(Kind::Bool, Derived::HasPrefix(Protocol::IPv4));
    proto_multicast: bool = boolean().read_only();
    proto_ipv6 = derived(Kind::Bool, Derived::HasPrefix(Protocol::IPv6));
    website: Text = website(255);
    social_media: Box<[SocialLink]> = social();
    url_stats: Text = url(255);
    tech_email: Text = email().required();
    tech_phone: Text = phone(192);
    policy_email: Text = email();
    policy_phone: Text = phone(192);
    sales_phone: Text = phone(192);
    sales_email: Text = email();
    fac_set = set(SetPath {
        element: Tag::Fac,
        route: Route::Through { link: Tag::Ixfac, owner: "ix_id", element: "fac_id" },
        dropped: &[],
    });
    ixlan_set = children(Tag::Ixlan, "ix_id", &["ix_id", "ix"]);
    net_count: u32 = counter();
    fac_count: u32 = counter();
    ixf_net_count: u32 = counter();
    ixf_last_import: Option<Time> = stamp().null();
    ixf_import_request: Option<Time> = stamp().null();
    ixf_import_request_status: Text =
        choice(choices::IXF_REQUEST_STATUS).read_only().default(Preset::Text("queued"));
    service_level: Text = choice(choices::SERVICE_LEVELS).default(UNDISCLOSED);
    terms: Text = choice(choices::TERMS).default(UNDISCLOSED);
    status_dashboard: Option<Text> = url(255).null();
    logo: Option<Text> = logo();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
    ixf_import_request_user_id: Option<u32> = counter().null().hidden();
}

const ETHERNET: Preset = Preset::Text("Ethernet");

record! {
    /// The peering LAN of an exchange: one per exchange, with the same id.
    Ixlan = Tag::Ixlan;
    id: u32 = id();
    ix_id: u32 = reference(Tag::Ix);
    ix = object(Tag::Ix, "ix_id");
    name: Text = text(255);
    descr: Text = text(0);
    mtu: u32 = int(0, u32::MAX).default(Preset::Int(1500));
    dot1q_support: bool = boolean().read_only().show(Show::Fixed(Preset::Bool(false)));
    rs_asn: Option<u32> = int(0, u32::MAX).null().default(Preset::Int(0));
    arp_sponge: Option<Text> = of_kind(Kind::Mac).null();
    net_set = set(SetPath {
        element: Tag::Net,
        route: Route::Through { link: Tag::Netixlan, owner: "ixlan_id", element: "net_id" },
        dropped: &[],
    });
    ixpfx_set = children(Tag::Ixpfx, "ixlan_id", &["ixlan_id", "ixlan"]);
    ixf_ixp_member_list_url: Option<Text> = url(200).null().show(Show::FeedUrl);
    ixf_ixp_member_list_url_visible: Visibility =
        choice(choices::VISIBILITY).default(Preset::Text("Private"));
    ixf_ixp_import_enabled: bool = boolean();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
    vlan: Option<u32> = counter().null().hidden();
    ixf_ixp_import_error: Option<Text> = text(0).null().hidden();
    ixf_ixp_import_error_notified: Option<Time> = stamp().null().hidden();
    ixf_ixp_import_protocol_conflict: Option<u32> =
        counter().null().default(Preset::Int(0)).hidden();
}

record! {
    /// A prefix of a peering LAN.
    Ixpfx = Tag::Ixpfx;
    id: u32 = id();
    ixlan = object(Tag::Ixlan, "ixlan_id");
    ixlan_id: u32 = reference(Tag::Ixlan);
    protocol: Protocol = choice(choices::PROTOCOLS).required();
    prefix: IpNet = of_kind(Kind::Prefix).required();
    in_dfz: bool = boolean().default(YES);
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
    notes: Text = text(255).hidden();
}

record! {
    /// A port: the presence of a network at an exchange LAN.
    Netixlan = Tag::Netixlan;
    id: u32 = id();
    net_id: u32 = reference(Tag::Net);
    net = object(Tag::Net, "net_id");
    ix_id = derived(Kind::Ref(Tag::Ix), Derived::PortIx);
    name = derived(NAME, Derived::PortName);
    ixlan_id: u32 = reference(Tag::Ixlan);
    ixlan = object(Tag::Ixlan, "ixlan_id");
    notes: Text = text(255);
    speed: u32 = int(0, 5_000_000).required();
    asn: Asn = asn().required();
    ipaddr4: Option<Ipv4Addr> = of_kind(Kind::Ipv4).null().required();
    ipaddr6: Option<Ipv6Addr> = of_kind(Kind::Ipv6).null().required();
    is_rs_peer: bool = boolean();
    bfd_support: bool = boolean();
    operational: bool = boolean().default(YES);
    net_side_id: Option<u32> = of_kind(Kind::Ref(Tag::Fac)).null();
    ix_side_id: Option<u32> = of_kind(Kind::Ref(Tag::Fac)).null();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
}
