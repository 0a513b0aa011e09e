//! Networks.

use super::record;
use super::shared::*;
use crate::choices;
use crate::field::{Derived, Kind, Preset, Show};
use crate::scalar::{Asn, MultiChoice, SocialLink, Status, Text, Time};
use crate::tag::Tag;

record! {
    /// A network, identified by its ASN.
    Net = Tag::Net;
    id: u32 = id();
    org_id: u32 = reference(Tag::Org);
    org = object(Tag::Org, "org_id");
    name: Text = text(255).required();
    aka: Text = text(255);
    name_long: Text = text(255);
    website: Text = website(255);
    social_media: Box<[SocialLink]> = social();
    asn: Asn = asn().required();
    looking_glass: Text = url(255);
    route_server: Text = url(255);
    irr_as_set: Text = text(255);
    info_type = derived(Kind::Choice(choices::NET_TYPES), Derived::FirstInfoType);
    info_types: MultiChoice = multi(choices::NET_TYPES).show(Show::Alphabetical);
    info_prefixes4: Option<u32> = int(0, 1_200_000).null();
    info_prefixes6: Option<u32> = int(0, 180_000).null();
    info_traffic: Text = choice(choices::TRAFFIC);
    info_ratio: Text = choice(choices::RATIOS).default(UNDISCLOSED);
    info_scope: Text = choice(choices::SCOPES).default(UNDISCLOSED);
    info_unicast: bool = boolean();
    info_multicast: bool = boolean();
    info_ipv6: bool = boolean();
    info_never_via_route_servers: bool = boolean();
    ix_count: u32 = counter();
    fac_count: u32 = counter();
    notes: Text = text(0);
    netixlan_updated: Option<Time> = stamp().null();
    netfac_updated: Option<Time> = stamp().null();
    poc_updated: Option<Time> = stamp().null();
    policy_url: Text = url(255);
    policy_general: Text = choice(choices::POLICY_GENERAL);
    policy_locations: Text = choice(choices::POLICY_LOCATIONS);
    policy_ratio: bool = boolean();
    policy_contracts: Text = choice(choices::POLICY_CONTRACTS);
    netfac_set = children(Tag::Netfac, "net_id", &["net_id", "net"]);
    netixlan_set = children(Tag::Netixlan, "net_id", &["net_id", "net"]);
    poc_set = children(Tag::Poc, "net_id", &["net_id", "net"]);
    allow_ixp_update: bool = boolean();
    ixp_update_exclude: Box<[Text]> = of_kind(Kind::Words(choices::IXP_UPDATE_EXCLUDE));
    status_dashboard: Option<Text> = url(255).null();
    rir_status: Option<Text> = text(255).null().read_only().show(Show::RirStatus);
    rir_status_updated: Option<Time> = stamp().null();
    logo: Option<Text> = logo();
    created: Time = stamp();
    updated: Time = stamp();
    status: Status = status();
    version: u32 = version();
    notes_private: Text = text(0).hidden();
    rir_status_notified: Option<Time> = stamp().null().hidden();
    irr_as_set_status: Text =
        choice(choices::AS_SET_STATUS).default(Preset::Text("unknown")).hidden();
    irr_as_set_verified: Option<Time> = stamp().null().hidden();
    irr_as_set_missing_since: Option<Time> = stamp().null().hidden();
    irr_as_set_notified: Option<Time> = stamp().null().hidden();
    irr_as_set_cap_notified: Option<Time> = stamp().null().hidden();
    irr_as_set_verify_notified: Option<Time> = stamp().null().hidden();
    irr_as_set_auto_prefix_candidate: Text = text(255).hidden();
    irr_as_set_auto_prefix_checked: Option<Time> = stamp().null().hidden();
}
