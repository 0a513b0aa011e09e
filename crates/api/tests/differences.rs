//! Where an answer differs from the reference on purpose: each accepted difference, as a promise.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Ask, Caller, Client, World};

fn small() -> Client {
    Client::of(&World::small())
}

/// The keys of the first row.
fn keys(rows: &[Json]) -> Vec<String> {
    let row = rows.first().and_then(Json::as_object).expect("a row");
    row.keys().cloned().collect()
}

#[test]
fn fields_gives_exactly_the_keys_that_were_asked_for() {
    let client = small();
    assert_eq!(keys(&client.get("/api/fac/41?fields=id,name").data()), ["id", "name"]);
    assert_eq!(keys(&client.get("/api/fac?fields=id").data()), ["id"]);
    assert_eq!(keys(&client.get("/api/net?fields=asn,id").data()), ["id", "asn"]);
    let mut world = World::small();
    world.delete(Tag::Poc, 71);
    let deleted = Client::of(&world).get("/api/poc?since=1&id=71&fields=id,status");
    assert_eq!(keys(&deleted.data()), ["id", "status"]);
}

#[test]
fn unknown_fields_leave_an_empty_object_in_details_as_in_lists() {
    let client = small();
    for path in ["/api/ixpfx/31", "/api/netixlan/81", "/api/poc/71", "/api/ixpfx?id=31"] {
        let separator = if path.contains('?') { '&' } else { '?' };
        assert_eq!(client.get(&format!("{path}{separator}fields=nosuch")).data(), [json!({})], "{path}");
    }
}

#[test]
fn social_media_does_not_depend_on_the_fields_that_were_asked_for() {
    let mut world = World::small();
    let links = json!([{ "service": "website", "identifier": "https://old.example/" }]);
    world.change(Tag::Org, 100, json!({ "social_media": links }));
    let client = Client::of(&world);
    let all = client.get("/api/org/100?depth=0").data();
    let one = client.get("/api/org/100?fields=social_media").data();
    assert_eq!(all[0]["social_media"], one[0]["social_media"]);
    assert_eq!(one[0]["social_media"][0]["identifier"], "https://one.example/");
}

#[test]
fn a_hidden_contact_is_not_there_when_it_is_asked_for_by_its_id() {
    let mut world = World::small();
    world.change(Tag::Poc, 71, json!({ "visible": "Users" }));
    let client = Client::of(&world);
    for path in ["/api/poc?id=71", "/api/poc?id=71&since=1", "/api/poc?id=99999"] {
        assert_eq!(client.get(path).code(), 404, "{path}");
    }
    assert_eq!(client.get_by(Caller::Plain, "/api/poc?id=71").ids(), [71]);
}

#[test]
fn a_deleted_network_has_no_as_set() {
    let mut world = World::small();
    world.delete(Tag::Net, 10);
    assert_eq!(Client::of(&world).get("/api/as_set/64496").code(), 404);
}

#[test]
fn options_describes_the_fields_of_the_field_table() {
    let reply = small().send(Ask::new("OPTIONS", "/api/net"));
    let fields = &reply.data()[0]["actions"]["POST"];
    assert_eq!(fields["asn"]["type"], "integer");
    assert_eq!(fields["name"]["max_length"], 255);
    assert_eq!(fields["name"]["required"], true);
    assert_eq!(fields["ix_count"]["read_only"], true);
    assert!(fields.get("notes_private").is_none());
}

#[test]
fn pages_of_deep_lists_go_on_behind_the_250th_row() {
    let mut world = World::empty();
    for id in 1..=260 {
        world.add(Tag::Org, id, json!({ "name": format!("Org {id}") }));
    }
    let client = Client::of(&world);
    let whole = client.get("/api/org?depth=1");
    assert_eq!(whole.ids().len(), 250);
    assert!(whole.json()["meta"]["truncated"].is_string());
    let second = client.get("/api/org?depth=1&page=2");
    assert_eq!(second.ids(), (251..=260).collect::<Vec<_>>());
    assert_eq!(second.json()["meta"]["pagination"]["count"], 260);
}

#[test]
fn changes_of_the_same_moment_come_by_id() {
    let mut world = World::empty();
    for id in [5, 3, 4] {
        world.add(Tag::Org, id, json!({ "name": format!("Org {id}"), "updated": "2024-02-03T04:05:06Z" }));
    }
    let client = Client::of(&world);
    assert_eq!(client.get("/api/org?since=1").ids(), [3, 4, 5]);
    assert_eq!(client.get("/api/org?since=1&skip=1&limit=1").ids(), [4]);
}

#[test]
fn slices_and_pages_count_only_what_the_reader_may_see() {
    let client = small();
    assert_eq!(client.get("/api/poc?limit=3").ids(), [71]);
    assert_eq!(client.get("/api/poc?skip=1").ids(), [0; 0]);
    let page = client.get("/api/poc?page=1&per_page=1").json();
    assert_eq!(page["meta"]["pagination"]["count"], 1);
    assert_eq!(client.get_by(Caller::Member, "/api/poc?skip=1").ids(), [72, 73]);
}

#[test]
fn protocol_filters_match_the_value_that_is_shown() {
    let client = small();
    for (query, ids) in [
        ("proto_ipv6=1", vec![11]),
        ("proto_ipv6=0", vec![12]),
        ("proto_unicast=true", vec![11, 12]),
        ("proto_unicast=false", vec![]),
    ] {
        let reply = client.get(&format!("/api/ix?{query}"));
        assert_eq!(reply.ids(), ids, "{query}");
        assert!(reply.header("x-ignored-filters").is_none(), "{query}");
    }
}

#[test]
fn hidden_columns_are_unknown_parameters() {
    let client = small();
    for path in ["/api/ixpfx?notes__gte=foo", "/api/net?notes_private=x", "/api/org?org_flags=1"] {
        let reply = client.get(path);
        let name = path.split(['?', '=']).nth(1).expect("a parameter");
        assert_eq!(reply.header("x-ignored-filters"), Some(name), "{path}");
    }
}

#[test]
fn unknown_operators_are_ignored_and_named() {
    let client = small();
    for (path, rows) in [
        ("/api/netixlan?name__nosuch=x", 2),
        ("/api/netfac?name__endswith=x", 1),
        ("/api/ixfac?name__nosuch=x", 1),
        ("/api/net?name__regex=x", 2),
    ] {
        let reply = client.get(path);
        assert_eq!(reply.ids().len(), rows, "{path}");
        assert!(reply.header("x-ignored-filters").is_some(), "{path}");
    }
}

#[test]
fn deleted_links_are_no_presence() {
    let mut world = World::small();
    world.delete(Tag::Netfac, 91).delete(Tag::Ixfac, 92);
    let client = Client::of(&world);
    assert_eq!(client.get("/api/fac?org_present=100").ids(), [0; 0]);
    assert_eq!(client.get("/api/fac?org_not_present=100,200").ids(), [41, 42]);
}

#[test]
fn promised_relation_filters_are_honoured() {
    let mut world = World::small();
    world.change(Tag::Fac, 41, json!({ "campus_id": 61 }));
    world.change(Tag::Campus, 61, json!({ "status": "ok" }));
    world.add(Tag::Carrier, 52, json!({ "org_id": 200, "name": "Carrier Two" }));
    world.add(Tag::Campus, 62, json!({ "org_id": 200, "name": "Campus Two", "status": "ok" }));
    let client = Client::of(&world);
    for (path, ids) in [
        ("/api/carrier?carrierfac_set__facility_id__in=41,42", vec![51]),
        ("/api/carrier?carrierfac_set__fac_id=41", vec![51]),
        ("/api/campus?facility_id=41", vec![61]),
        ("/api/campus?fac_id=42", vec![]),
        ("/api/netixlan?net_side_id=41", vec![81]),
        ("/api/netixlan?ix_side__name__contains=one", vec![81]),
        ("/api/net?ix__name__contains=one", vec![10, 11]),
    ] {
        assert_eq!(client.get(path).ids(), ids, "{path}");
    }
}

#[test]
fn scheme_names_are_case_insensitive() {
    let client = small();
    let basic = |value: &str| client.send(Ask::get("/api/net").header("authorization", value)).code();
    assert_eq!(basic("Basic bm9ib2R5OndlYWs="), 401);
    assert_eq!(basic("basic bm9ib2R5OndlYWs="), 401);
}

#[test]
fn lists_are_ordered_by_id_whatever_the_filter() {
    let mut world = World::empty();
    for (id, name) in [(1, "Zeta"), (2, "Alpha"), (3, "Beta")] {
        world.add(Tag::Org, id, json!({ "name": name }));
    }
    assert_eq!(Client::of(&world).get("/api/org?name__lte=zz&limit=2").ids(), [1, 2]);
}

#[test]
fn letters_with_strokes_and_ligatures_equal_their_base_letters() {
    let mut world = World::small();
    world.change(Tag::Fac, 41, json!({ "name": "Ørestad House" }));
    let client = Client::of(&world);
    for query in
        ["name=Ørestad House", "name=orestad house", "name__contains=Ørest", "name__in=ørestad house"]
    {
        assert_eq!(client.get(&format!("/api/fac?{}", encoded(query))).ids(), [41], "{query}");
    }
    for query in ["address1=Hauptstraße", "address1__contains=HAUPTSTRASSE", "address1__contains=ß"] {
        assert_eq!(client.get(&format!("/api/fac?{}", encoded(query))).ids(), [42], "{query}");
    }
}

#[test]
fn names_in_other_scripts_are_found_by_their_own_spelling() {
    let mut world = World::small();
    world.change(Tag::Net, 11, json!({ "name": "東京ネット" }));
    let client = Client::of(&world);
    for query in ["name=東京ネット", "name__contains=東京", "name__startswith=東"] {
        assert_eq!(client.get(&format!("/api/net?{}", encoded(query))).ids(), [11], "{query}");
    }
}

/// Percent-encodes what a request line cannot hold.
fn encoded(text: &str) -> String {
    let byte = |b: u8| {
        if b.is_ascii_graphic() { char::from(b).to_string() } else { format!("%{b:02X}") }
    };
    text.bytes().map(byte).collect()
}
