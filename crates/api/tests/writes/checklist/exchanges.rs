//! Exchanges and their LANs: items 246 to 269.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::{List, Row, first, id, with};

on_both_databases! {
    exchanges_wait_with_their_lan_and_prefix
    exchanges_keep_the_rules_of_their_fields
    prefixes_of_new_exchanges_are_public_and_free
    names_and_prefixes_of_deleted_exchanges_are_free
    exchanges_change_what_is_theirs
    exchanges_go_when_nobody_is_there
    imports_are_requested_by_owners
    lans_change_and_stay_with_their_exchange
    lans_keep_the_rules_of_their_fields
}

/// An exchange of organization 100 with a prefix of its own.
fn new(n: u32) -> Json {
    json!({ "org_id": 100, "name": format!("New IX {n}"), "city": "Chicago", "country": "US",
        "region_continent": "North America", "tech_email": "noc@ix.example", "website": "https://ix.example/",
        "prefix": format!("23.128.{n}.0/24") })
}

const POST: &str = "POST /api/ix";

async fn exchanges_wait_with_their_lan_and_prefix(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let made = list.ask(246, Caller::Admin, POST, new(1), 201, "\"status\": \"pending\"").await;
    let ix = id(&made);
    let (lan, prefix) = (first(&made)["ixlan_id"].clone(), first(&made)["ixpfx_id"].clone());
    list.is(246, &lan, &json!(ix));
    list.has(
        246,
        &list.record(&format!("/api/ixlan/{lan}")).await,
        json!({ "status": "pending", "ix_id": ix }),
    );
    let expected =
        json!({ "status": "pending", "ixlan_id": ix, "protocol": "IPv4", "prefix": "23.128.1.0/24" });
    list.has(246, &list.record(&format!("/api/ixpfx/{prefix}")).await, expected);
    list.is(
        246,
        list.waiting().await,
        (vec![(Tag::Ix, ix)], vec!["Internet Exchange - New IX 1".to_owned()]),
    );
}

async fn exchanges_keep_the_rules_of_their_fields(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let required = "[\"This field is required.\"]";
    let rows: [Row<'_>; 17] = [
        (247, "prefix", None, 400, required),
        (247, "city", None, 400, required),
        (247, "country", None, 400, required),
        (247, "region_continent", None, 400, required),
        (247, "tech_email", None, 400, required),
        (247, "website", None, 400, "{\"website\": \"This field may not be blank.\""),
        (248, "country", Some(json!("us")), 400, "\"country\": [\"\\\"us\\\" is not a valid choice.\"]"),
        (248, "region_continent", Some(json!("foo")), 400, "\\\"foo\\\" is not a valid choice."),
        (248, "name", Some(json!("x".repeat(65))), 400, "no more than 64 characters."),
        (
            248,
            "service_level",
            Some(json!("x")),
            400,
            "\"service_level\": [\"\\\"x\\\" is not a valid choice.\"]",
        ),
        (248, "tech_email", Some(json!("nomail")), 400, "\"tech_email\": [\"Enter a valid email address.\"]"),
        (
            248,
            "policy_email",
            Some(json!("nomail")),
            400,
            "\"policy_email\": [\"Enter a valid email address.\"]",
        ),
        (
            248,
            "sales_email",
            Some(json!("nomail")),
            400,
            "\"sales_email\": [\"Enter a valid email address.\"]",
        ),
        (251, "suggest", Some(json!(true)), 201, "\"org_id\": 100"),
        (252, "org_id", Some(json!(1234)), 400, "{\"org\": \""),
        (
            253,
            "tech_phone",
            Some(json!("call us")),
            400,
            "\"tech_phone\": [\"Not a valid phone number (E.164)\"]",
        ),
        (253, "tech_phone", Some(json!("312-555-0199")), 201, "\"tech_phone\": \"+13125550199\""),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
}

async fn prefixes_of_new_exchanges_are_public_and_free(kind: Kind) {
    let list = List::new(kind, |world| {
        world.add(Tag::Ixpfx, 34, json!({ "ixlan_id": 12, "protocol": "IPv4", "prefix": "23.129.0.0/23" }));
    })
    .await;
    let prefix = |text: &str| Some(json!(text));
    let rows: [Row<'_>; 8] = [
        (249, "prefix", prefix("23.129.64.1/24"), 400, "has host bits set"),
        (249, "prefix", prefix("10.0.0.0/24"), 400, "Address space invalid: 10.0.0.0/24"),
        (249, "prefix", prefix("23.129.64.0/29"), 400, "Minimum allowed prefix length is 28"),
        (249, "prefix", prefix("23.129.128.0/17"), 400, "Maximum allowed prefix length is 18"),
        (249, "prefix", prefix("2001:504:f0::/48"), 400, "Maximum allowed prefix length is 64"),
        (249, "prefix", prefix("2001:db8::/64"), 400, "Address space invalid: 2001:db8::/64"),
        (250, "prefix", prefix("23.129.0.0/23"), 400, "\"prefix\": [\"This field must be unique.\"]"),
        (250, "prefix", prefix("23.129.1.0/24"), 400, "overlaps with prefix 23.129.0.0/23 on IXP 'IX Two'"),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
}

/// Exchange 13 of organization 100 is gone, and its prefix 35 with it.
fn gone(world: &mut World) {
    world
        .add(
            Tag::Ix,
            13,
            json!({ "org_id": 100, "name": "Gone IX", "city": "Chicago", "country": "US",
                "region_continent": "North America", "status": "deleted" }),
        )
        .add(Tag::Ixlan, 13, json!({ "ix_id": 13, "status": "deleted" }))
        .add(
            Tag::Ixpfx,
            35,
            json!({ "ixlan_id": 13, "protocol": "IPv4", "prefix": "23.130.0.0/24", "status": "deleted" }),
        );
}

async fn names_and_prefixes_of_deleted_exchanges_are_free(kind: Kind) {
    let list = List::new(kind, gone).await;
    let body = with(with(new(1), "name", json!("Gone IX")), "prefix", json!("23.130.0.0/24"));
    let made = list.ask(256, Caller::Admin, POST, body, 201, "\"Gone IX\"").await;
    list.is(256, id(&made) > 13, true);
    list.shows(256, &made, json!({ "status": "pending" }));
    let old = list.desk.get("/api/ix?since=1&id=13").await;
    list.shows(256, &old, json!({ "name": "Gone IX #13", "status": "deleted" }));
    list.shows(257, &made, json!({ "ixpfx_id": 35 }));
    let expected = json!({ "ixlan_id": id(&made), "status": "pending" });
    list.has(257, &list.record("/api/ixpfx/35").await, expected);
}

async fn exchanges_change_what_is_theirs(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let same = |_| {
        json!({ "org_id": 100, "name": "IX One", "city": "Chicago", "country": "US",
            "region_continent": "North America", "tech_email": "noc@one.example" })
    };
    let rows: [Row<'_>; 10] = [
        (258, "media", Some(json!("ATM")), 200, "\"media\": \"Ethernet\""),
        (258, "proto_unicast", Some(json!(false)), 200, "\"proto_unicast\": true"),
        (258, "proto_multicast", Some(json!(true)), 200, "\"proto_multicast\": false"),
        (258, "proto_ipv6", Some(json!(false)), 200, "\"proto_ipv6\": true"),
        (258, "net_count", Some(json!(99)), 200, "\"net_count\": 2"),
        (258, "fac_count", Some(json!(99)), 200, "\"fac_count\": 1"),
        (258, "ixf_net_count", Some(json!(99)), 200, "\"ixf_net_count\": 0"),
        (
            258,
            "ixf_import_request_status",
            Some(json!("error")),
            200,
            "\"ixf_import_request_status\": \"queued\"",
        ),
        // The prefix came with the exchange; the reference takes its own for somebody else's.
        (258, "prefix", Some(json!("192.0.2.0/24")), 200, "\"name\": \"IX One\""),
        (259, "website", Some(json!("")), 200, "\"website\": \"https://one.example/\""),
    ];
    list.each(Caller::Admin, "PUT /api/ix/11", same, &rows).await;
}

async fn exchanges_go_when_nobody_is_there(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let request = "DELETE /api/ix/11";
    let said = "Exchange has active facility connection(s): Fac One ...";
    list.ask(260, Caller::Admin, request, json!(null), 403, said).await;
    list.silent(260, Caller::Admin, "DELETE /api/ixfac/92", json!(null), 204).await;
    list.ask(260, Caller::Admin, request, json!(null), 403, "Exchange has active peer(s)").await;
    for port in [81, 82] {
        let request = format!("DELETE /api/netixlan/{port}");
        list.silent(260, Caller::Superuser, &request, json!(null), 204).await;
    }
    list.silent(260, Caller::Admin, request, json!(null), 204).await;
    for (tag, id) in [(Tag::Ix, 11), (Tag::Ixlan, 11), (Tag::Ixpfx, 31), (Tag::Ixpfx, 32)] {
        list.is(260, list.status(tag, id), "deleted");
    }
}

async fn imports_are_requested_by_owners(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let request = "POST /api/ix/11/request_ixf_import";
    list.ask(261, Caller::Anonymous, request, json!(null), 401, "credentials").await;
    let reply = list.ask(261, Caller::Admin, request, json!(null), 200, "").await;
    list.shows(261, &reply, json!({ "id": 11, "ixlan_id": 11, "ixf_import_request_status": "queued" }));
    list.is(261, first(&reply)["ixf_import_request"].is_string(), true);
}

/// Everything that an update of LAN 11 can send.
fn lan(_: u32) -> Json {
    json!({ "ix_id": 11, "name": "Peering", "descr": "The LAN", "mtu": 1500, "rs_asn": 64496,
        "arp_sponge": "00:00:5E:00:53:01", "ixf_ixp_member_list_url": "https://one.example/new.json",
        "ixf_ixp_member_list_url_visible": "Users", "ixf_ixp_import_enabled": true })
}

async fn lans_change_and_stay_with_their_exchange(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let request = "PUT /api/ixlan/11";
    let reply = list.ask(266, Caller::Admin, request, json!({ "ix_id": 11 }), 200, "").await;
    let kept = json!({ "ixf_ixp_member_list_url": "https://one.example/members.json", "ixf_ixp_import_enabled": false });
    list.shows(266, &reply, kept);
    let reply = list.ask(264, Caller::Admin, request, lan(0), 200, "").await;
    let mut expected = lan(0);
    expected["arp_sponge"] = json!("00:00:5E:00:53:01");
    list.shows(264, &reply, expected);
    list.ask(
        265,
        Caller::Admin,
        request,
        json!({ "name": "x" }),
        400,
        "\"ix_id\": [\"This field is required.\"]",
    )
    .await;
    let said = "\"ix_id\": [\"A LAN stays with its exchange.\"]";
    list.ask(265, Caller::Admin, request, json!({ "ix_id": 12 }), 400, said).await;
}

async fn lans_keep_the_rules_of_their_fields(kind: Kind) {
    let list = List::new(kind, |world| {
        world.change(Tag::Ixlan, 12, json!({ "arp_sponge": "00:00:5e:00:53:02" }));
    })
    .await;
    let no_url =
        "\"non_field_errors\": [\"Cannot enable IX-F import without specifying the IX-F member list url\"]";
    let rows: [Row<'_>; 10] = [
        (267, "ixf_ixp_member_list_url", Some(json!("")), 400, no_url),
        (267, "ixf_ixp_member_list_url", Some(json!(null)), 400, no_url),
        (268, "mtu", Some(json!(1400)), 400, "\"mtu\": [\"\\\"1400\\\" is not a valid choice.\"]"),
        (268, "arp_sponge", Some(json!("no mac")), 400, "\"arp_sponge\": [\""),
        (268, "rs_asn", Some(json!(-1)), 400, "\"rs_asn\": [\""),
        (
            268,
            "ixf_ixp_member_list_url_visible",
            Some(json!("foo")),
            400,
            "\\\"foo\\\" is not a valid choice.",
        ),
        (
            268,
            "arp_sponge",
            Some(json!("00:00:5E:00:53:02")),
            400,
            "\"arp_sponge\": [\"This field must be unique.\"]",
        ),
        (269, "dot1q_support", Some(json!(true)), 200, "\"dot1q_support\": false"),
        (269, "vlan", Some(json!(7)), 200, "\"mtu\": 1500"),
        (269, "mtu", Some(json!(9000)), 200, "\"mtu\": 9000"),
    ];
    list.each(Caller::Admin, "PUT /api/ixlan/11", lan, &rows).await;
    let snapshot = list.desk.site.app.snapshot();
    let lan = snapshot.record(Tag::Ixlan, 11).expect("a record");
    list.is(269, lan.value("vlan").as_int(), None);
}
