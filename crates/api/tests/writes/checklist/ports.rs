//! Ports: items 280 to 300.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::{List, PUBLISHED, Row, first, id, with};

on_both_databases! {
    ports_count_for_network_and_exchange
    ports_have_addresses_of_their_lan
    ports_keep_the_rules_of_their_fields
    ports_need_networks_that_can_be_reached
    ports_need_published_parents
    addresses_of_deleted_ports_are_taken_over
    updates_take_addresses_from_deleted_ports
    sides_are_facilities_where_their_owner_is
    deleted_ports_keep_their_addresses
    ports_of_old_times_change_otherwise
}

/// A port of network 10 at LAN 11.
fn new(n: u32) -> Json {
    json!({ "net_id": 10, "ixlan_id": 11, "speed": 1000, "asn": 64496, "ipaddr4": format!("192.0.2.{}", 100 + n),
        "ipaddr6": "" })
}

const POST: &str = "POST /api/netixlan";
const PUT: &str = "PUT /api/netixlan/81";

async fn ports_count_for_network_and_exchange(kind: Kind) {
    let list = List::new(kind, |world| {
        world.add(Tag::Netixlan, 84, port(json!("192.0.2.99"), json!(null)));
        world.change(Tag::Netixlan, 81, json!({ "status": "deleted" }));
    })
    .await;
    let before = (list.record("/api/net/10").await, list.record("/api/ix/11").await);
    list.has(280, &before.0, json!({ "ix_count": 0, "netixlan_updated": null }));
    list.has(280, &before.1, json!({ "net_count": 1 }));
    let body = with(new(1), "asn", json!(64499));
    let made = list.ask(280, Caller::Admin, POST, body, 201, PUBLISHED).await;
    list.shows(286, &made, json!({ "asn": 64496 }));
    list.shows(280, &made, json!({ "asn": 64496, "ix_id": 11, "name": "IX One" }));
    let net = list.record("/api/net/10").await;
    list.has(280, &net, json!({ "ix_count": 1, "netixlan_updated": first(&made)["created"] }));
    list.has(280, &list.record("/api/ix/11").await, json!({ "net_count": 2 }));
}

async fn ports_have_addresses_of_their_lan(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let four = |text: &str| Some(json!(text));
    let outside = "{\"ipaddr4\": [\"IPv4 address outside of prefix\"]";
    let taken = "{\"ipaddr4\": [\"IP already exists\"]";
    let required =
        "\"ipaddr4\": [\"Input required for IPv4 or IPv6\"], \"ipaddr6\": [\"Input required for IPv4";
    let rows: [Row<'_>; 12] = [
        (281, "ipaddr6", Some(json!("")), 201, "\"ipaddr6\": null"),
        (281, "ipaddr6", Some(json!(null)), 400, "\"ipaddr6\": [\"This field may not be null.\"]"),
        (281, "ipaddr6", None, 400, "\"ipaddr6\": [\"This field is required.\"]"),
        (282, "ipaddr4", Some(json!("")), 400, required),
        (283, "ipaddr4", four("198.51.100.7"), 400, outside),
        (283, "ipaddr4", four("192.0.2.0"), 400, outside),
        (283, "ipaddr4", four("192.0.2.255"), 400, outside),
        (284, "ipaddr4", four("192.0.2.10"), 400, taken),
        (284, "ipaddr4", four("192.0.2.11"), 400, taken),
        (284, "ipaddr6", Some(json!("2001:db8:0:1::10")), 400, "{\"ipaddr6\": [\"IP already exists\"]"),
        (289, "ipaddr6", Some(json!("2001:0DB8:0:1:0:0:0:99")), 201, "\"ipaddr6\": \"2001:db8:0:1::99\""),
        (289, "ipaddr4", four(" 192.0.2.77 "), 201, "\"ipaddr4\": \"192.0.2.77\""),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
}

async fn ports_keep_the_rules_of_their_fields(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let speed = |speed: i64| Some(json!(speed));
    let rows: [Row<'_>; 9] = [
        (285, "speed", speed(0), 201, "\"speed\": 0,"),
        (285, "speed", speed(50), 201, "\"speed\": 50,"),
        (285, "speed", speed(5_000_000), 201, "\"speed\": 5000000,"),
        (285, "speed", speed(49), 400, "\"speed\": [\"Minimum speed: 50M\"]"),
        (285, "speed", speed(5_000_001), 400, "\"speed\": [\"Maximum speed: 5T\"]"),
        (285, "speed", speed(-1), 400, "\"speed\": [\"Ensure this value is greater than or equal to 0.\"]"),
        (285, "speed", Some(json!(null)), 400, "\"speed\": [\"This field may not be null.\"]"),
        (286, "asn", None, 201, "\"asn\": 64496"),
        (297, "net_side_id", Some(json!(42)), 400, "The facility is not one of the network's"),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
    let reply = list.ask(294, Caller::Admin, PUT, json!({ "speed": 100 }), 400, "").await;
    for key in ["net_id", "ixlan_id", "ipaddr4", "ipaddr6", "asn"] {
        list.is(294, &reply.json()[key], &json!(["This field is required."]));
    }
}

async fn ports_need_networks_that_can_be_reached(kind: Kind) {
    let list = List::new(kind, |world| {
        let net = |n: u32| json!({ "org_id": 100, "name": format!("Net {n}"), "asn": 9_000_000 + n });
        world.add(Tag::Net, 12, net(1)).add(Tag::Net, 14, net(2)).add(Tag::Net, 15, net(3));
        let contact = |net: u32, role: &str, visible: &str, email: &str| {
            json!({ "net_id": net, "role": role, "visible": visible, "email": email, "phone": "+12065550100" })
        };
        world
            .add(Tag::Poc, 74, contact(14, "Technical", "Private", "noc@one.example"))
            .add(Tag::Poc, 75, contact(15, "NOC", "Public", ""))
            .add(Tag::Poc, 76, contact(15, "Sales", "Public", "sales@one.example"));
    })
    .await;
    let said = "\"non_field_errors\": [\"Network must have a Technical, NOC, or Policy point of contact";
    for (item, net) in [(287, 12), (288, 14), (287, 15)] {
        list.ask(item, Caller::Admin, POST, with(new(net), "net_id", json!(net)), 400, said).await;
    }
}

async fn ports_need_published_parents(kind: Kind) {
    for (tag, status, said) in [
        (Tag::Net, "pending", "'net/12' has not yet been approved"),
        (Tag::Net, "deleted", "'net/12' has been marked as deleted"),
        (Tag::Ixlan, "pending", "'ixlan/13' has not yet been approved"),
        (Tag::Ixlan, "deleted", "'ixlan/13' has been marked as deleted"),
    ] {
        let list = List::new(kind, |world| {
            let of = |own: Tag| if own == tag { status } else { "ok" };
            world
                .add(
                    Tag::Net,
                    12,
                    json!({ "org_id": 100, "name": "N", "asn": 9_000_001, "status": of(Tag::Net) }),
                )
                .add(Tag::Poc, 74, json!({ "net_id": 12, "role": "NOC", "email": "noc@one.example" }))
                .add(Tag::Ix, 13, json!({ "org_id": 100, "name": "I", "status": of(Tag::Ixlan) }))
                .add(Tag::Ixlan, 13, json!({ "ix_id": 13, "status": of(Tag::Ixlan) }))
                .add(
                    Tag::Ixpfx,
                    35,
                    json!({ "ixlan_id": 13, "protocol": "IPv4", "prefix": "203.0.113.0/24" }),
                );
        })
        .await;
        let body =
            json!({ "net_id": 12, "ixlan_id": 13, "speed": 100, "ipaddr4": "203.0.113.7", "ipaddr6": "" });
        list.ask(300, Caller::Admin, POST, body, 400, said).await;
    }
}

/// A port of network 11, which belongs to somebody else.
fn port(four: Json, six: Json) -> Json {
    json!({ "net_id": 11, "ixlan_id": 11, "asn": 64497, "speed": 100, "ipaddr4": four, "ipaddr6": six })
}

/// Deleted ports: 84 of network 10, and 85 to 87 of network 11.
fn deleted(world: &mut World) {
    let gone = |four: &str, six: Json| with(port(json!(four), six), "status", json!("deleted"));
    let own = with(with(gone("192.0.2.50", json!(null)), "net_id", json!(10)), "asn", json!(64496));
    world
        .add(Tag::Netixlan, 84, own)
        .add(Tag::Netixlan, 85, gone("192.0.2.51", json!(null)))
        .add(Tag::Netixlan, 86, gone("192.0.2.52", json!(null)))
        .add(Tag::Netixlan, 87, gone("192.0.2.53", json!("2001:db8:0:1::53")));
}

async fn addresses_of_deleted_ports_are_taken_over(kind: Kind) {
    let list = List::new(kind, deleted).await;
    for (item, four, six, expected) in [
        (290, "192.0.2.50", "", 84_u64),
        (291, "192.0.2.51", "", 85),
        (292, "192.0.2.52", "2001:db8:0:1::53", 86),
    ] {
        let body = with(with(new(1), "ipaddr4", json!(four)), "ipaddr6", json!(six));
        let back = list.ask(item, Caller::Admin, POST, body, 201, PUBLISHED).await;
        list.is(item, id(&back), expected);
        list.shows(item, &back, json!({ "net_id": 10, "asn": 64496, "ipaddr4": four }));
    }
    let loser = list.desk.get("/api/netixlan?since=1&id=87").await;
    list.shows(292, &loser, json!({ "ipaddr4": "192.0.2.53", "ipaddr6": null, "status": "deleted" }));
}

async fn updates_take_addresses_from_deleted_ports(kind: Kind) {
    let list = List::new(kind, deleted).await;
    let body = with(new(1), "ipaddr4", json!("192.0.2.53"));
    list.ask(293, Caller::Admin, PUT, body, 200, "\"ipaddr4\": \"192.0.2.53\"").await;
    let loser = list.desk.get("/api/netixlan?since=1&id=87").await;
    list.shows(293, &loser, json!({ "ipaddr4": null, "ipaddr6": "2001:db8:0:1::53", "status": "deleted" }));
}

async fn sides_are_facilities_where_their_owner_is(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let net_side = "POST /api/netixlan/81/set-net-side";
    for (sent, shown) in [
        (json!(41), json!(41)),
        (json!(null), json!(null)),
        (json!(0), json!(null)),
        (json!(""), json!(null)),
    ] {
        list.ask(295, Caller::Admin, net_side, json!({ "fac_id": 41 }), 200, "\"net_side_id\": 41").await;
        let reply = list.ask(295, Caller::Admin, net_side, json!({ "fac_id": sent }), 200, "").await;
        list.shows(295, &reply, json!({ "net_side_id": shown }));
    }
    list.ask(296, Caller::Admin, net_side, json!({ "fac_id": "abc" }), 400, "invalid facility").await;
    let said = "Only admins of net can set or unset the net_side";
    list.ask(296, Caller::Anonymous, net_side, json!({ "fac_id": 41 }), 403, said).await;
    let foreign = "POST /api/netixlan/82/set-net-side";
    list.ask(296, Caller::Admin, foreign, json!({ "fac_id": 41 }), 403, said).await;
    let unknown = "POST /api/netixlan/999/set-net-side";
    list.ask(296, Caller::Admin, unknown, json!({ "fac_id": 41 }), 404, "NetworkIXLan not found.").await;
    let elsewhere = "The facility is not one of the network's";
    list.ask(297, Caller::Admin, net_side, json!({ "fac_id": 42 }), 400, elsewhere).await;
    // The network is somebody else's, and the exchange is one's own.
    let ix_side = "POST /api/netixlan/82/set-ix-side";
    list.ask(298, Caller::Admin, ix_side, json!({ "fac_id": 41 }), 200, "\"ix_side_id\": 41").await;
}

async fn deleted_ports_keep_their_addresses(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    list.silent(299, Caller::Admin, "DELETE /api/netixlan/81", json!(null), 204).await;
    let gone = list.desk.get("/api/netixlan?since=1&id=81").await;
    let kept = json!({ "status": "deleted", "ipaddr4": "192.0.2.10", "ipaddr6": "2001:db8:0:1::10" });
    list.shows(299, &gone, kept);
}

/// Data-model specification, I5: what was outside of every prefix before stays there until its address changes.
async fn ports_of_old_times_change_otherwise(kind: Kind) {
    let list = List::new(kind, |world| {
        world.change(Tag::Netixlan, 81, json!({ "ipaddr4": "198.51.100.99", "ipaddr6": null }));
    })
    .await;
    let body = with(new(1), "ipaddr4", json!("198.51.100.99"));
    list.ask(0, Caller::Admin, PUT, with(body.clone(), "speed", json!(100)), 200, "\"speed\": 100,").await;
    let moved = with(body, "ipaddr4", json!("198.51.100.98"));
    list.ask(0, Caller::Admin, PUT, moved, 400, "IPv4 address outside of prefix").await;
}
