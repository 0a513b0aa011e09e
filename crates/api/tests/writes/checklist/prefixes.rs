//! Prefixes: items 270 to 279.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::{List, PUBLISHED, Row, id, with};

on_both_databases! {
    prefixes_are_of_their_protocol_public_and_free
    prefixes_change_where_no_port_is_left_outside
    prefixes_go_when_nobody_uses_them
    deleted_prefixes_come_back_under_any_lan
    prefixes_need_a_published_lan
}

/// A prefix of LAN 11.
fn new(n: u32) -> Json {
    json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": format!("23.128.{n}.0/24") })
}

/// Prefix 34 of the other exchange, prefix 36 with port 83 of LAN 11, its unused neighbour 37, and 38, which is gone.
fn more(world: &mut World) {
    let prefix = |lan: u32, prefix: &str| json!({ "ixlan_id": lan, "protocol": "IPv4", "prefix": prefix });
    world
        .add(Tag::Ixpfx, 34, prefix(12, "23.129.2.0/23"))
        .add(Tag::Ixpfx, 36, prefix(11, "23.129.0.0/24"))
        .add(Tag::Ixpfx, 37, prefix(11, "23.131.0.0/24"))
        .add(Tag::Ixpfx, 38, with(prefix(12, "23.132.0.0/24"), "status", json!("deleted")))
        .add(
            Tag::Netixlan,
            83,
            json!({ "net_id": 10, "ixlan_id": 11, "asn": 64496, "speed": 1000, "ipaddr4": "23.129.0.200" }),
        );
}

const POST: &str = "POST /api/ixpfx";

async fn prefixes_are_of_their_protocol_public_and_free(kind: Kind) {
    let list = List::new(kind, more).await;
    let prefix = |text: &str| Some(json!(text));
    let mismatch = "Prefix address invalid, needs to be valid according to the selected protocol";
    let space = "\"prefix\": [\"Address space invalid: ";
    let rows: [Row<'_>; 13] = [
        (270, "prefix", prefix("23.128.200.0/24"), 201, PUBLISHED),
        (
            270,
            "protocol",
            Some(json!("ipv4")),
            400,
            "\"protocol\": [\"\\\"ipv4\\\" is not a valid choice.\"]",
        ),
        (270, "protocol", Some(json!("IPv6")), 400, mismatch),
        (270, "protocol", None, 400, "\"protocol\": [\"This field is required.\"]"),
        (270, "prefix", None, 400, "\"prefix\": [\"This field is required.\"]"),
        (271, "in_dfz", Some(json!(false)), 400, "The in_dfz property has been deprecated"),
        (271, "in_dfz", Some(json!("false")), 400, "The in_dfz property has been deprecated"),
        (273, "prefix", prefix("23.128.201.16/28"), 201, "\"prefix\": \"23.128.201.16/28\""),
        (273, "prefix", prefix("224.0.0.0/24"), 400, space),
        (273, "prefix", prefix("100.64.0.0/24"), 400, space),
        (274, "prefix", prefix("23.129.0.128/25"), 400, "overlaps with prefix 23.129.0.0/24 on IXP 'IX One'"),
        (274, "prefix", prefix("23.129.3.0/24"), 400, "overlaps with prefix 23.129.2.0/23 on IXP 'IX Two'"),
        (250, "prefix", prefix("23.129.0.0/24"), 400, "\"prefix\": [\"This field must be unique.\"]"),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
    let six = |n| with(new(n), "protocol", json!("IPv6"));
    let rows: [Row<'_>; 4] = [
        (272, "prefix", prefix("2001:504:F0:1::/64"), 201, "\"prefix\": \"2001:504:f0:1::/64\""),
        (273, "prefix", prefix("2001:504:f0:2::/116"), 201, "\"prefix\": \"2001:504:f0:2::/116\""),
        (273, "prefix", prefix("2001:504:f0:3::/117"), 400, "Minimum allowed prefix length is 116"),
        (273, "prefix", prefix("2002::/64"), 400, space),
    ];
    list.each(Caller::Admin, POST, six, &rows).await;
}

async fn prefixes_change_where_no_port_is_left_outside(kind: Kind) {
    let list = List::new(kind, more).await;
    let prefix = |text: &str| Some(json!(text));
    let used = "\"prefix\": [\"Cannot delete prefix ";
    let rows: [Row<'_>; 7] = [
        (276, "prefix", prefix("23.129.0.0/24"), 200, "\"prefix\": \"23.129.0.0/24\""),
        (275, "prefix", prefix("23.129.0.128/25"), 200, "\"prefix\": \"23.129.0.128/25\""),
        (275, "prefix", prefix("23.129.0.128/26"), 400, used),
        (275, "prefix", prefix("23.129.0.0/23"), 200, "\"prefix\": \"23.129.0.0/23\""),
        (275, "prefix", prefix("23.129.0.0/22"), 400, "overlaps with prefix 23.129.2.0/23 on IXP 'IX Two'"),
        (277, "prefix", prefix("23.140.0.0/24"), 400, used),
        (277, "ixlan_id", Some(json!(11)), 400, used),
    ];
    list.each(Caller::Admin, "PUT /api/ixpfx/36", new, &rows).await;
}

async fn prefixes_go_when_nobody_uses_them(kind: Kind) {
    let list = List::new(kind, more).await;
    let said =
        "Cannot delete prefix 192.0.2.0/24: IP address 192.0.2.10 from network ASN 64496 is still using";
    list.ask(278, Caller::Admin, "DELETE /api/ixpfx/31", json!(null), 403, said).await;
    list.silent(278, Caller::Admin, "DELETE /api/ixpfx/37", json!(null), 204).await;
    list.is(
        278,
        (list.status(Tag::Ixpfx, 31), list.status(Tag::Ixpfx, 37)),
        ("ok".to_owned(), "deleted".to_owned()),
    );
}

async fn deleted_prefixes_come_back_under_any_lan(kind: Kind) {
    let list = List::new(kind, more).await;
    let body = with(new(1), "prefix", json!("23.132.0.0/24"));
    let back = list.ask(279, Caller::Admin, POST, body, 201, PUBLISHED).await;
    list.is(279, id(&back), 38_u64);
    list.has(279, &list.record("/api/ixpfx/38").await, json!({ "ixlan_id": 11 }));
    list.silent(279, Caller::Admin, "DELETE /api/ixpfx/37", json!(null), 204).await;
    let body = with(new(2), "prefix", json!("23.131.0.0/24"));
    let back = list.ask(279, Caller::Admin, POST, body, 201, PUBLISHED).await;
    list.is(279, id(&back), 37_u64);
}

/// Data-model specification, 3.
async fn prefixes_need_a_published_lan(kind: Kind) {
    for (status, said) in [
        ("pending", "'ixlan/14' has not yet been approved"),
        ("deleted", "'ixlan/14' has been marked as deleted"),
    ] {
        let list = List::new(kind, |world| {
            world.add(Tag::Ix, 14, json!({ "org_id": 100, "name": "IX Four", "status": status })).add(
                Tag::Ixlan,
                14,
                json!({ "ix_id": 14, "status": status }),
            );
        })
        .await;
        list.ask(0, Caller::Admin, POST, with(new(1), "ixlan_id", json!(14)), 400, said).await;
    }
}
