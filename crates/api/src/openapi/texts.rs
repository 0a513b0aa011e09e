//! What the fields of the directory mean, in a sentence each, with units.

use model::Tag;

/// Fields that mean something else in one type than under the same name elsewhere.
const OF_TYPE: &[(Tag, &str, &str)] = &[
    (Tag::Fac, "net_count", "Networks present at the facility."),
    (Tag::Fac, "ix_count", "Exchanges present at the facility."),
    (Tag::Ix, "net_count", "Networks with a port at the exchange."),
    (Tag::Ix, "fac_count", "Facilities where the exchange is present."),
    (Tag::Net, "ix_count", "Exchanges where the network has a port."),
    (Tag::Net, "fac_count", "Facilities where the network is present."),
    (Tag::Carrier, "fac_count", "Facilities where the carrier is present."),
    (Tag::Campus, "country", "Country of the first facility of the campus, ISO 3166-1 alpha-2."),
    (Tag::Campus, "city", "City of the first facility of the campus."),
    (Tag::Campus, "zipcode", "Postal code of the first facility of the campus."),
    (Tag::Campus, "state", "State or province of the first facility of the campus."),
    (Tag::Campus, "status", "`ok` once the campus has two facilities, `pending` before."),
    (Tag::Netfac, "name", "Name of the facility."),
    (Tag::Netfac, "city", "City of the facility."),
    (Tag::Netfac, "country", "Country of the facility, ISO 3166-1 alpha-2."),
    (Tag::Ixfac, "name", "Name of the facility."),
    (Tag::Ixfac, "city", "City of the facility."),
    (Tag::Ixfac, "country", "Country of the facility, ISO 3166-1 alpha-2."),
    (Tag::Carrierfac, "name", "Name of the facility."),
    (
        Tag::Netixlan,
        "name",
        "Name of the exchange, with the name of its LAN behind a colon where that has one.",
    ),
    (Tag::Netixlan, "asn", "AS number that the network uses on this port."),
    (Tag::Netixlan, "notes", "Remarks of the network about this port."),
    (Tag::Ixlan, "name", "Name of the LAN, where it has one of its own."),
    (Tag::Ixlan, "id", "Id, the same as that of the exchange."),
    (Tag::Poc, "name", "Name of the person or team; empty once the contact is deleted."),
    (Tag::Poc, "phone", "Telephone number, E.164; empty once the contact is deleted."),
    (Tag::Poc, "email", "E-mail address; empty once the contact is deleted."),
    (Tag::Poc, "url", "URL; empty once the contact is deleted."),
    (Tag::Poc, "visible", "Who may see the contact."),
    (Tag::Org, "website", "Website."),
    (Tag::Org, "latitude", "Latitude of the address, in degrees north (WGS 84)."),
    (Tag::Org, "longitude", "Longitude of the address, in degrees east (WGS 84)."),
];

/// Fields that mean the same wherever they stand.
const TEXTS: &[(&str, &str)] = &[
    ("address1", "First line of the street address."),
    ("address2", "Second line of the street address."),
    ("aka", "Other name."),
    ("allow_ixp_update", "Whether exchanges may change the ports of the network by their member list."),
    ("arp_sponge", "MAC address of the ARP sponge."),
    ("asn", "AS number; every network has its own."),
    ("available_voltage_services", "Electrical services on offer."),
    ("bfd_support", "Whether the port does BFD."),
    ("campus_id", "Id of the campus that the facility belongs to."),
    ("carrier_count", "Carriers present at the facility."),
    ("carrier_id", "Id of the carrier."),
    ("city", "City."),
    ("clli", "CLLI code of the building."),
    ("country", "Country, ISO 3166-1 alpha-2, or empty."),
    ("created", "When the record was made, UTC."),
    ("descr", "Description of the LAN."),
    (
        "diverse_serving_substations",
        "Whether two substations serve the building; `null` when \
         not disclosed.",
    ),
    ("dot1q_support", "Kept for old clients: always false."),
    ("fac_id", "Id of the facility."),
    ("floor", "Floor."),
    ("id", "Id, given by the server and never used again."),
    ("in_dfz", "Whether the prefix is announced to the default-free zone."),
    ("info_ipv6", "Whether the network does IPv6."),
    ("info_multicast", "Whether the network does multicast."),
    ("info_never_via_route_servers", "Whether the network asks never to be reached over route servers."),
    ("info_prefixes4", "IPv4 prefixes to expect, for the limit of a session; a count."),
    ("info_prefixes6", "IPv6 prefixes to expect, for the limit of a session; a count."),
    ("info_ratio", "Ratio of outgoing to incoming traffic."),
    ("info_scope", "Where the network is."),
    ("info_traffic", "Traffic level; the words carry their unit, bits per second."),
    ("info_type", "First of the network's types in the order of the list, or empty."),
    ("info_types", "The network's types, in alphabetical order."),
    ("info_unicast", "Whether the network does unicast."),
    ("ipaddr4", "IPv4 address of the port."),
    ("ipaddr6", "IPv6 address of the port."),
    ("irr_as_set", "AS-set or route-set in a routing registry, as `SOURCE::AS-NAME` or `AS-NAME`."),
    ("is_rs_peer", "Whether the port peers with the route servers."),
    ("ix_id", "Id of the exchange."),
    ("ix_side_id", "Id of the facility where the exchange's end of the port is."),
    ("ixf_import_request", "When an import of the member list was asked for last, UTC."),
    ("ixf_import_request_status", "How far that import is."),
    ("ixf_ixp_import_enabled", "Whether the member list is imported."),
    (
        "ixf_ixp_member_list_url",
        "URL of the member list (IX-F). The key is absent for those who may not see it.",
    ),
    ("ixf_ixp_member_list_url_visible", "Who may see the URL of the member list."),
    ("ixf_last_import", "When the member list was imported last, UTC."),
    ("ixf_net_count", "Networks in the member list that was imported last."),
    ("ixlan_id", "Id of the peering LAN, the same as that of its exchange."),
    ("ixp_update_exclude", "What of its ports the network keeps exchanges from changing."),
    ("latitude", "Latitude in degrees north (WGS 84)."),
    ("local_asn", "AS number of the network."),
    ("logo", "URL of the logo."),
    ("longitude", "Longitude in degrees east (WGS 84)."),
    ("looking_glass", "URL of the looking glass."),
    ("media", "Medium of the exchange: always Ethernet."),
    ("mtu", "Largest packet of the LAN, in bytes."),
    ("name", "Name; no other published record of the type has it."),
    ("name_long", "Long name."),
    ("net_id", "Id of the network."),
    ("net_side_id", "Id of the facility where the network's end of the port is."),
    ("netfac_updated", "When the facilities of the network changed last, UTC."),
    ("netixlan_updated", "When the ports of the network changed last, UTC."),
    ("notes", "Remarks, Markdown."),
    ("npanxx", "NPA-NXX of the building."),
    ("operational", "Whether the port is in operation."),
    ("org_id", "Id of the organization that the record belongs to."),
    ("org_name", "Name of that organization."),
    ("poc_updated", "When the contacts of the network changed last, UTC."),
    ("policy_contracts", "Whether peering needs a contract."),
    ("policy_email", "E-mail address for questions of policy."),
    ("policy_general", "Peering policy in a word."),
    ("policy_locations", "Whether peering needs several locations."),
    ("policy_phone", "Telephone number for questions of policy, E.164."),
    ("policy_ratio", "Whether peering needs a traffic ratio."),
    ("policy_url", "URL of the peering policy."),
    ("prefix", "Prefix in CIDR notation."),
    ("property", "Whether the operator owns the building."),
    ("proto_ipv6", "Whether the exchange has a published IPv6 prefix."),
    ("proto_multicast", "Whether the exchange does multicast."),
    ("proto_unicast", "Whether the exchange has a published IPv4 prefix."),
    ("protocol", "IP protocol of the prefix."),
    ("region_continent", "Region of the world."),
    ("rencode", "Kept for old clients."),
    ("rir_status", "`ok` while a regional registry lists the AS number as assigned, else `null`."),
    ("rir_status_updated", "When the registries were asked last, UTC."),
    ("role", "What the contact is for."),
    ("route_server", "URL of the route server."),
    ("rs_asn", "AS number of the route servers; 0 when there is none."),
    ("sales_email", "E-mail address of sales."),
    ("sales_phone", "Telephone number of sales, E.164."),
    ("service_level", "Level of service."),
    ("social_media", "Accounts at social media. The record's own website is among them."),
    ("speed", "Speed of the port, in Mbit/s."),
    ("state", "State or province."),
    (
        "status",
        "Stage of life: `ok` is published, `pending` waits for approval, `deleted` is seen with \
         `since` only.",
    ),
    ("status_dashboard", "URL of a page about the state of operations."),
    ("suite", "Suite or room."),
    ("tech_email", "E-mail address of the technical staff."),
    ("tech_phone", "Telephone number of the technical staff, E.164."),
    ("terms", "Commercial terms."),
    ("updated", "When the record changed last, UTC."),
    ("url_stats", "URL of traffic statistics."),
    ("website", "Website; that of the organization where the record has none of its own."),
    ("zipcode", "Postal code."),
];

/// What a flat field of a type means. Empty for what is no flat field.
pub(crate) fn field(tag: Tag, name: &str) -> &'static str {
    let special = OF_TYPE.iter().find(|(owner, key, _)| *owner == tag && *key == name);
    let common = || TEXTS.iter().find(|(key, _)| *key == name).map(|(_, text)| *text);
    special.map(|(.., text)| *text).or_else(common).unwrap_or_default()
}

/// What a record of a type is.
pub(crate) const fn record(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => {
            "An organization: the owner of networks, exchanges, facilities, carriers \
             and campuses."
        }
        Tag::Campus => "A campus: two or more facilities of one organization close to each other.",
        Tag::Fac => "A facility: a building where networks and exchanges are present.",
        Tag::Ix => "An internet exchange.",
        Tag::Ixlan => "The peering LAN of an exchange: one per exchange, with the same id.",
        Tag::Ixpfx => "A prefix of a peering LAN.",
        Tag::Net => "A network, identified by its AS number.",
        Tag::Poc => "A contact of a network. Lists show the contacts that the caller may see.",
        Tag::Carrier => "A carrier: an organization that sells transport between facilities.",
        Tag::Carrierfac => "The presence of a carrier at a facility.",
        Tag::Netfac => "The presence of a network at a facility.",
        Tag::Ixfac => "The presence of an exchange at a facility.",
        Tag::Netixlan => "A port: the presence of a network at an exchange.",
    }
}

/// Records of a type in the plural, for titles.
pub(crate) const fn plural(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => "Organizations",
        Tag::Campus => "Campuses",
        Tag::Fac => "Facilities",
        Tag::Ix => "Exchanges",
        Tag::Ixlan => "Peering LANs",
        Tag::Ixpfx => "Prefixes of peering LANs",
        Tag::Net => "Networks",
        Tag::Poc => "Contacts",
        Tag::Carrier => "Carriers",
        Tag::Carrierfac => "Carriers at facilities",
        Tag::Netfac => "Networks at facilities",
        Tag::Ixfac => "Exchanges at facilities",
        Tag::Netixlan => "Ports",
    }
}

/// What the page and the document say first, with the notice that the source of place data wants shown.
pub(crate) fn introduction(places: &str) -> impl Iterator<Item = &str> {
    INTRODUCTION.iter().copied().chain((!places.is_empty()).then_some(places))
}

const INTRODUCTION: &[&str] = &[
    "Every answer has the form `{\"data\": […], \"meta\": {…}}`: `data` is a list, also for a \
     single record. \
     An error has its text in `meta.error`; errors of single parameters stand beside it under the parameter's name.",
    "Everybody may read what is public. Credentials open what the caller's organizations and \
     registered users see; \
     wrong ones are refused with 401, never passed over.",
    "A parameter `name=value` or `name__operator=value` filters by a field. A parameter that \
     means nothing is passed \
     over and named in the header `X-Ignored-Filters`; `Prefer: handling=strict` makes an error of it. \
     Texts compare without regard to case and accents.",
    "`HEAD` answers like `GET` without the body. An answer has an `ETag`; a request with \
     `If-None-Match` gets 304 and \
     no body while nothing has changed. Answers are compressed for those who take gzip.",
    "With a key, `POST` on a list makes a record, `PUT` on a record gives it new values, and \
     `DELETE` deletes it. Bodies are objects as JSON or as a form, of 1 MiB at most. What is wrong with values stands \
     under the names of their fields, with status 400. The header `X-Change-Seq` of an answer numbers the change; 503 \
     with `Retry-After` means that nothing can be changed now.",
    "A change of a record or logo that may have to be sent twice, because its answer could get lost, is named with the header \
     `Idempotency-Key`, best with a fresh UUID. Sent again with the same key within 24 hours, it changes nothing, and \
     gets its first answer with `Idempotent-Replayed: true`. 409 means that the first request is under way, and 422 \
     that the key belongs to another request. Requests that were refused may be sent again with their key.",
    "Whoever asks too often gets 429, with `Retry-After` in seconds. Answers to those with a key tell their limit in \
     `RateLimit-Policy`, and what is left of it in `RateLimit`. Refusals of reads may be repeated for some seconds \
     without a look at the request; they then have the header `X-Cached-Response`.",
    "Several servers may share one directory, each a moment behind the others. A request with `X-Change-Seq: N` is \
     answered from a state that shows change `N`; its answer tells in the same header how far that state goes.",
    "A path may end in `.json`. Paths have no slash at the end.",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn flat_names(tag: Tag) -> impl Iterator<Item = &'static str> {
        tag.table().fields.iter().filter(|field| field.is_flat()).map(|field| field.name)
    }

    #[test]
    fn every_flat_field_has_a_text() {
        for tag in Tag::ALL {
            for name in flat_names(tag) {
                assert!(field(tag, name).ends_with('.'), "{tag}.{name}");
            }
        }
    }

    #[test]
    fn every_text_is_about_a_field() {
        for (tag, name, _) in OF_TYPE {
            assert!(flat_names(*tag).any(|other| other == *name), "{tag}.{name}");
        }
        for (name, _) in TEXTS {
            let owners: Vec<Tag> =
                Tag::ALL.into_iter().filter(|tag| flat_names(*tag).any(|n| n == *name)).collect();
            let is_hidden = |tag: &Tag| OF_TYPE.iter().any(|(owner, key, _)| owner == tag && key == name);
            assert!(!owners.iter().all(is_hidden), "{name} is told for no type");
        }
    }
}
