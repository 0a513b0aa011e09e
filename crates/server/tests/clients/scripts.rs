//! Scripts around bgpq4 and the like: the AS-set of a network, asked for in the ways that have come about.

use model::Tag;
use serde_json::json;
use testkit::{Ask, Client, World};

fn client() -> Client {
    let mut world = World::small();
    world.change(Tag::Net, 10, json!({ "irr_as_set": "RIPE::AS-ONE AS-OTHER" })).delete(Tag::Net, 11);
    Client::of(&world)
}

/// The first AS-set of a text, and the registry before it where one is named.
fn first_as_set(text: &str) -> (Option<&str>, &str) {
    let first = text.split_whitespace().next().unwrap_or_default();
    match first.split_once("::") {
        Some((source, name)) => (Some(source), name),
        None => (None, first),
    }
}

#[test]
fn the_as_set_of_a_network_is_found_under_every_name_of_the_host() {
    let client = client();
    for host in ["www.directory.example", "directory.example", "api.directory.example"] {
        let reply = client.send(Ask::get("/api/net?asn=64496").header("host", host));
        let rows = reply.data();
        assert_eq!(
            first_as_set(rows[0]["irr_as_set"].as_str().expect("a text")),
            (Some("RIPE"), "AS-ONE"),
            "{host}"
        );
    }
}

#[test]
fn paths_and_parameters_of_old_clients_are_understood() {
    let client = client();
    let plain = client.get("/api/net?asn=64496").data();
    for path in [
        "/api/net.json?asn=64496",
        "/api//net?asn=64496",
        "//api/net?asn=64496",
        "/api/net?asn=64496&since=0",
        "/api/net?pk=10",
        "/api/net/10.json?depth=0",
    ] {
        let reply = client.get(path);
        assert_eq!(reply.data(), plain, "{path}");
        assert_eq!(reply.header("x-ignored-filters"), None, "{path}");
    }
    assert_eq!(
        client.get("/api/net?since=0").ids(),
        [10],
        "deleted records are told to those who ask since when"
    );
}

#[test]
fn errors_are_told_where_clients_look_for_them() {
    let client = client();
    let unknown = client.get("/api/net?asn=64511");
    assert_eq!((unknown.code(), unknown.json()["data"].clone()), (404, json!([])));
    let refused = client.get("/api/net?since=yesterday");
    assert_eq!(refused.code(), 400);
    assert!(refused.error().contains("'since'"), "{}", refused.text());
}
