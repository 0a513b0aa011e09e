//! The small directory that the checklist of the API speaks of (rest-api specification, section 23).

use model::Tag;
use serde_json::json;

use crate::World;

impl World {
    /// Two organizations with a network, an exchange and a facility each, a third that waits for approval, and one
    /// of everything that joins them.
    pub fn small() -> World {
        let mut world = World::empty();
        add_owners(&mut world);
        add_places(&mut world);
        add_exchanges(&mut world);
        add_networks(&mut world);
        add_links(&mut world);
        world.recount();
        world
    }
}

fn add_owners(world: &mut World) {
    world
        .add(
            Tag::Org,
            100,
            json!({ "name": "Org One", "website": "https://one.example/", "country": "US",
            "city": "Chicago", "state": "IL", "latitude": 41.88, "longitude": -87.63 }),
        )
        .add(Tag::Org, 200, json!({ "name": "Org Two", "country": "DE", "city": "Berlin" }))
        .add(Tag::Org, 300, json!({ "name": "Org Three", "status": "pending" }))
        .add(Tag::Org, 1234, json!({ "name": "Suggested Entities" }));
}

fn add_places(world: &mut World) {
    world
        .add(Tag::Campus, 61, json!({ "org_id": 100, "name": "Campus One", "status": "pending" }))
        .add(
            Tag::Fac,
            41,
            json!({ "org_id": 100, "name": "Fac One", "address1": "350 Main Street",
            "city": "Chicago", "state": "IL", "country": "US", "zipcode": "60601",
            "region_continent": "North America", "latitude": 41.88, "longitude": -87.63,
            "diverse_serving_substations": true, "property": "Owner",
            "available_voltage_services": ["48 VDC", "400 VAC"] }),
        )
        .add(
            Tag::Fac,
            42,
            json!({ "org_id": 200, "name": "Fac Two", "address1": "Hauptstraße 1",
            "city": "Berlin", "country": "DE", "zipcode": "10115", "region_continent": "Europe",
            "latitude": 52.52, "longitude": 13.4 }),
        )
        .add(Tag::Carrier, 51, json!({ "org_id": 100, "name": "Carrier One" }));
}

fn add_exchanges(world: &mut World) {
    world
        .add(
            Tag::Ix,
            11,
            json!({ "org_id": 100, "name": "IX One", "city": "Chicago", "country": "US",
            "region_continent": "North America", "tech_email": "noc@one.example" }),
        )
        .add(
            Tag::Ix,
            12,
            json!({ "org_id": 200, "name": "IX Two", "city": "Berlin", "country": "DE",
            "region_continent": "Europe", "tech_email": "noc@two.example" }),
        )
        .add(
            Tag::Ixlan,
            11,
            json!({ "ix_id": 11, "ixf_ixp_member_list_url": "https://one.example/members.json",
            "ixf_ixp_member_list_url_visible": "Private", "mtu": 9000 }),
        )
        .add(
            Tag::Ixlan,
            12,
            json!({ "ix_id": 12, "ixf_ixp_member_list_url": "https://two.example/members.json",
            "ixf_ixp_member_list_url_visible": "Public" }),
        )
        .add(Tag::Ixpfx, 31, json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": "192.0.2.0/24" }))
        .add(Tag::Ixpfx, 32, json!({ "ixlan_id": 11, "protocol": "IPv6", "prefix": "2001:db8:0:1::/64" }))
        .add(Tag::Ixpfx, 33, json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "198.51.100.0/24" }));
}

fn add_networks(world: &mut World) {
    world
        .add(
            Tag::Net,
            10,
            json!({ "org_id": 100, "name": "Net One", "asn": 64496,
            "website": "https://net.one.example/", "info_types": ["NSP", "Content"],
            "irr_as_set": "AS-ONE", "rir_status": "assigned", "info_prefixes4": 20 }),
        )
        .add(
            Tag::Net,
            11,
            json!({ "org_id": 200, "name": "Net Two", "aka": "tëst", "asn": 64497,
            "allow_ixp_update": true, "rir_status": "missing" }),
        )
        .add(
            Tag::Poc,
            71,
            json!({ "net_id": 10, "role": "Technical", "visible": "Public", "name": "Technik",
            "email": "tech@one.example" }),
        )
        .add(
            Tag::Poc,
            72,
            json!({ "net_id": 10, "role": "NOC", "visible": "Users", "name": "Desk",
            "email": "noc@one.example", "phone": "+12065550100" }),
        )
        .add(
            Tag::Poc,
            73,
            json!({ "net_id": 10, "role": "Abuse", "visible": "Private", "name": "Abuse",
            "email": "abuse@one.example" }),
        );
}

fn add_links(world: &mut World) {
    world
        .add(
            Tag::Netixlan,
            81,
            json!({ "net_id": 10, "ixlan_id": 11, "asn": 64496, "speed": 10000,
            "ipaddr4": "192.0.2.10", "ipaddr6": "2001:db8:0:1::10", "net_side_id": 41, "ix_side_id": 41 }),
        )
        .add(
            Tag::Netixlan,
            82,
            json!({ "net_id": 11, "ixlan_id": 11, "asn": 64497, "speed": 1000,
            "ipaddr4": "192.0.2.11", "ipaddr6": null }),
        )
        .add(Tag::Netfac, 91, json!({ "net_id": 10, "fac_id": 41 }))
        .add(Tag::Ixfac, 92, json!({ "ix_id": 11, "fac_id": 41 }))
        .add(Tag::Carrierfac, 93, json!({ "carrier_id": 51, "fac_id": 41 }));
}
