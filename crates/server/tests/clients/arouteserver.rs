//! arouteserver: what a route server has to know of its clients.

use std::collections::BTreeMap;

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Client, Reply, World};

/// Two ports of route server peers, a network that shall not be reached through route servers, and AS-sets in the
/// ways in which people write them.
fn client() -> Client {
    let mut world = World::small();
    world
        .change(Tag::Net, 10, json!({ "irr_as_set": "RIPE::AS-ONE, AS-TWO", "info_prefixes6": 5 }))
        .change(Tag::Net, 11, json!({ "info_never_via_route_servers": true }))
        .change(Tag::Netixlan, 81, json!({ "is_rs_peer": true }))
        .change(Tag::Netixlan, 82, json!({ "is_rs_peer": false }));
    Client::of(&world)
}

/// The rows of an answer; `None` where there is no information: a 404, or an empty list.
fn rows(reply: &Reply) -> Option<Vec<Json>> {
    match reply.code() {
        404 => None,
        200 => Some(reply.data()).filter(|rows| !rows.is_empty()),
        other => panic!("it gives up after a status of {other}"),
    }
}

/// The AS-sets of a text: separated by slashes, commas, ampersands or blanks.
fn as_sets(text: &str) -> Vec<&str> {
    text.split(|c: char| "/,&".contains(c) || c.is_whitespace()).filter(|part| !part.is_empty()).collect()
}

#[test]
fn a_network_is_read_by_its_as_number() {
    let client = client();
    let nets = rows(&client.get_by(Caller::Plain, "/api/net?asn=64496")).expect("a network");
    assert_eq!((&nets[0]["info_prefixes4"], &nets[0]["info_prefixes6"]), (&json!(20), &json!(5)));
    assert_eq!(as_sets(nets[0]["irr_as_set"].as_str().expect("a text")), ["RIPE::AS-ONE", "AS-TWO"]);
    assert_eq!(rows(&client.get("/api/net?asn=64511")), None);
}

#[test]
fn networks_are_read_by_many_as_numbers_at_once() {
    // It asks for 150 at a time; most of them are nobody's.
    let asns: Vec<String> = (64400..64550).map(|asn: u32| asn.to_string()).collect();
    let reply = client().get(&format!("/api/net?asn__in={}", asns.join(",")));
    let by_asn: BTreeMap<u64, Json> =
        reply.data().into_iter().map(|net| (net["asn"].as_u64().expect("a number"), net)).collect();
    assert_eq!(by_asn.keys().copied().collect::<Vec<u64>>(), [64496, 64497]);
    assert_eq!(by_asn[&64497]["irr_as_set"], "");
}

#[test]
fn the_peers_of_a_route_server_are_read_from_the_ports() {
    let client = client();
    let ports = rows(&client.get("/api/netixlan?ixlan_id=11")).expect("ports");
    let peers: Vec<&Json> = ports.iter().filter(|port| port["is_rs_peer"] == true).collect();
    assert_eq!((ports.len(), peers.len()), (2, 1));
    let addresses: Vec<&str> =
        ["ipaddr4", "ipaddr6"].iter().filter_map(|version| peers[0][version].as_str()).collect();
    assert_eq!((&peers[0]["asn"], addresses), (&json!(64496), vec!["192.0.2.10", "2001:db8:0:1::10"]));
    assert_eq!(rows(&client.get("/api/netixlan?ixlan_id=12")), None);
}

#[test]
fn networks_that_shun_route_servers_and_all_exchanges_are_listed() {
    let client = client();
    let shunning = rows(&client.get("/api/net?info_never_via_route_servers=1")).expect("networks");
    assert_eq!(shunning.iter().map(|net| &net["asn"]).collect::<Vec<_>>(), [64497]);
    let exchanges = rows(&client.get("/api/ix")).expect("exchanges");
    assert_eq!(exchanges.iter().map(|ix| &ix["id"]).collect::<Vec<_>>(), [11, 12]);
    for (ix, key) in
        exchanges.iter().flat_map(|ix| ["city", "country", "name", "name_long"].map(|key| (ix, key)))
    {
        assert!(ix[key].is_string(), "{key} in {ix}");
    }
}
