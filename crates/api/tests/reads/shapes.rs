//! What records look like: keys, depth, chosen fields.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Client};

use crate::{assert_errors, changed, small};

/// All keys of each type in their order; those in brackets depend on the depth.
const KEYS: [(Tag, &str); 13] = [
    (
        Tag::Org,
        "id name aka name_long website social_media notes [net_set fac_set ix_set carrier_set campus_set] \
        logo address1 address2 city country state zipcode floor suite latitude longitude created updated status",
    ),
    (
        Tag::Net,
        "id org_id [org] name aka name_long website social_media asn looking_glass route_server irr_as_set \
        info_type info_types info_prefixes4 info_prefixes6 info_traffic info_ratio info_scope info_unicast \
        info_multicast info_ipv6 info_never_via_route_servers ix_count fac_count notes netixlan_updated \
        netfac_updated poc_updated policy_url policy_general policy_locations policy_ratio policy_contracts \
        [netfac_set netixlan_set poc_set] allow_ixp_update ixp_update_exclude status_dashboard rir_status \
        rir_status_updated logo created updated status",
    ),
    (
        Tag::Ix,
        "id org_id [org] name aka name_long city country region_continent media notes proto_unicast \
        proto_multicast proto_ipv6 website social_media url_stats tech_email tech_phone policy_email policy_phone \
        sales_phone sales_email [fac_set ixlan_set] net_count fac_count ixf_net_count ixf_last_import \
        ixf_import_request ixf_import_request_status service_level terms status_dashboard logo created updated \
        status",
    ),
    (
        Tag::Ixlan,
        "id ix_id [ix] name descr mtu dot1q_support rs_asn arp_sponge [net_set ixpfx_set] \
        ixf_ixp_member_list_url ixf_ixp_member_list_url_visible ixf_ixp_import_enabled created updated status",
    ),
    (Tag::Ixpfx, "id [ixlan] ixlan_id protocol prefix in_dfz created updated status"),
    (
        Tag::Fac,
        "id org_id org_name [org] campus_id [campus] name aka name_long website social_media clli rencode \
        npanxx notes net_count ix_count carrier_count sales_email sales_phone tech_email tech_phone \
        available_voltage_services diverse_serving_substations property region_continent status_dashboard logo \
        created updated status address1 address2 city country state zipcode floor suite latitude longitude",
    ),
    (
        Tag::Carrier,
        "id org_id org_name [org] name aka name_long website social_media notes [carrierfac_set] \
        fac_count logo created updated status",
    ),
    (Tag::Carrierfac, "id name carrier_id [carrier] fac_id [fac] created updated status"),
    (
        Tag::Campus,
        "id org_id org_name [org] status created updated name name_long notes aka website social_media \
        [fac_set] country city zipcode state logo",
    ),
    (Tag::Ixfac, "id name city country ix_id [ix] fac_id [fac] created updated status"),
    (Tag::Netfac, "id name city country net_id [net] fac_id [fac] local_asn created updated status"),
    (
        Tag::Netixlan,
        "id net_id [net] ix_id name ixlan_id [ixlan] notes speed asn ipaddr4 ipaddr6 is_rs_peer \
        bfd_support operational net_side_id ix_side_id created updated status",
    ),
    (Tag::Poc, "id net_id [net] role visible name phone email url created updated status"),
];

/// The keys of a type: flat ones, with sets, with nested objects too.
fn keys_of(listed: &str, sets: bool, objects: bool) -> Vec<String> {
    let mut nested = false;
    let mut keys = Vec::new();
    for word in listed.split_whitespace() {
        nested |= word.starts_with('[');
        let name = word.trim_matches(['[', ']']);
        let shown = if name.ends_with("_set") { sets } else { objects };
        if !nested || shown {
            keys.push(name.to_owned());
        }
        nested &= !word.ends_with(']');
    }
    keys
}

fn keys(row: &Json) -> Vec<String> {
    row.as_object().expect("an object").keys().cloned().collect()
}

/// Whether a network shows nothing of its neighbourhood.
fn is_flat(net: &Json) -> bool {
    ["org", "netfac_set", "netixlan_set", "poc_set"].iter().all(|key| net.get(key).is_none())
}

fn ids(list: &Json) -> Vec<u64> {
    let id = |element: &Json| element.as_u64().or(element["id"].as_u64()).expect("an id");
    list.as_array().expect("a list").iter().map(id).collect()
}

fn first(client: &Client, path: &str) -> Json {
    client.get(&format!("/api/{path}")).data().remove(0)
}

#[test]
fn every_type_has_its_keys_in_their_order_at_every_depth() {
    let client = small();
    for (tag, listed) in KEYS {
        for depth in 0..=3 {
            let rows = client.get_by(Caller::Superuser, &format!("/api/{tag}?depth={depth}&since=1")).data();
            assert_eq!(keys(&rows[0]), keys_of(listed, depth > 0, false), "{tag} list {depth}");
        }
        let id = client.get_by(Caller::Superuser, &format!("/api/{tag}?since=1&limit=1")).ids()[0];
        for depth in 0..=4 {
            let path = format!("/api/{tag}/{id}?depth={depth}");
            let row = client.get_by(Caller::Superuser, &path).data().remove(0);
            assert_eq!(keys(&row), keys_of(listed, depth > 0, depth > 0), "{tag} detail {depth}");
        }
    }
}

#[test]
fn lists_are_flat_without_a_depth() {
    assert!(is_flat(&first(&small(), "net")));
}

#[test]
fn a_detail_unfolds_two_levels_by_itself() {
    let net = first(&small(), "net/10");
    assert_eq!(net["org"]["id"], 100);
    assert_eq!(ids(&net["org"]["net_set"]), [10]);
    for (set, expected) in [("netfac_set", 91), ("netixlan_set", 81), ("poc_set", 71)] {
        assert_eq!(net[set][0]["id"], expected, "{set}");
        let keys = keys(&net[set][0]);
        let unfolded = ["net_id", "net", "fac", "ixlan"];
        assert!(keys.iter().all(|key| !unfolded.contains(&key.as_str())), "{set}: {keys:?}");
    }
}

#[test]
fn the_depth_of_a_detail_decides_what_unfolds() {
    let client = small();
    assert!(is_flat(&first(&client, "net/10?depth=0")));
    let one = first(&client, "net/10?depth=1");
    assert_eq!((one["org"]["id"].as_u64(), one["org"].get("net_set")), (Some(100), None));
    assert_eq!(one["netixlan_set"], json!([81]));
    let three = first(&client, "net/10?depth=3");
    assert_eq!(three["netfac_set"][0]["fac"]["id"], 41);
    assert_eq!(three["netixlan_set"][0]["ixlan"]["id"], 11);
    let four = first(&client, "net/10?depth=4");
    assert_eq!(four["netfac_set"][0]["fac"]["org"]["id"], 100);
    assert_eq!(client.get("/api/net/10?depth=4").body, client.get("/api/net/10?depth=9").body);
    assert_eq!(client.get("/api/net/10?depth=-1").body, client.get("/api/net/10?depth=0").body);
}

#[test]
fn the_depth_of_a_list_decides_between_ids_and_objects() {
    let client = small();
    let one = first(&client, "net?depth=1");
    assert_eq!((one["netixlan_set"].clone(), one.get("org")), (json!([81]), None));
    let two = first(&client, "net?depth=2");
    assert_eq!((two["netixlan_set"][0]["id"].as_u64(), two.get("org")), (Some(81), None));
    let three = first(&client, "org?depth=3");
    assert_eq!(three["net_set"][0]["poc_set"], json!([71]));
    assert_eq!(client.get("/api/org?depth=3").body, client.get("/api/org?depth=4").body);
}

#[test]
fn sets_hold_what_belongs_to_the_record() {
    let client = small();
    let ix = first(&client, "ix/11?depth=1");
    assert_eq!((ix["fac_set"].clone(), ix["ixlan_set"].clone()), (json!([41]), json!([11])));
    let carrierfac = first(&client, "carrier/51?depth=2")["carrierfac_set"][0].clone();
    assert_eq!((carrierfac["fac_id"].as_u64(), carrierfac.get("fac")), (Some(41), None));
    let fac = first(&client, "fac/41");
    assert_eq!((fac["campus"].clone(), fac["org"]["id"].as_u64()), (Json::Null, Some(100)));
}

#[test]
fn a_network_with_two_ports_is_twice_in_the_set_of_the_lan() {
    let client = changed(|world| {
        world.add(
            Tag::Netixlan,
            83,
            json!({ "net_id": 10, "ixlan_id": 11, "asn": 64496, "speed": 100, "ipaddr4": "192.0.2.12" }),
        );
    });
    assert_eq!(first(&client, "ixlan/11?depth=1")["net_set"], json!([10, 11, 10]));
}

#[test]
fn types_without_sets_look_the_same_at_every_depth() {
    let client = small();
    for tag in ["fac", "ixfac", "netfac", "netixlan", "carrierfac", "ixpfx", "poc"] {
        let flat = client.get(&format!("/api/{tag}")).body;
        for depth in 1..=3 {
            assert_eq!(client.get(&format!("/api/{tag}?depth={depth}")).body, flat, "{tag} {depth}");
        }
    }
}

#[test]
fn a_depth_that_is_no_integer_is_refused() {
    let text = "'depth' needs to be a number";
    assert_errors(
        &small(),
        &[("net?depth=abc", 400, text), ("net?depth=", 400, text), ("net/10?depth=1.5", 400, text)],
    );
}

#[test]
fn chosen_fields_are_exactly_those_that_are_shown() {
    let client = small();
    assert_eq!(first(&client, "net?fields=id,asn"), json!({ "id": 10, "asn": 64496 }));
    assert_eq!(first(&client, "net?fields=asn,id"), json!({ "id": 10, "asn": 64496 }));
    assert_eq!(client.get("/api/net?fields=bogus").data(), [json!({}), json!({})]);
    let org = first(&client, "org/100?depth=2&fields=net_set");
    assert_eq!(keys(&org), ["net_set"]);
    assert_eq!(org["net_set"][0]["name"], "Net One");
}

#[test]
fn websites_fall_back_to_the_organization() {
    let client = small();
    assert_eq!(first(&client, "net/10")["website"], "https://net.one.example/");
    for path in ["fac/41", "ix/11", "carrier/51", "campus/61"] {
        assert_eq!(first(&client, path)["website"], "https://one.example/", "{path}");
    }
    assert_eq!(first(&client, "net/11")["website"], "");
}
