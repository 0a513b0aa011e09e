//! Networks: items 215 to 245.

use model::Tag;
use model::directory::Grant;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases, people};

use super::{List, OTHERS_ASN, Row, first, id, with};

on_both_databases! {
    networks_are_made_by_whom_their_registry_knows
    numbers_and_names_of_networks_are_their_own
    networks_keep_the_rules_of_their_fields
    as_sets_are_read_strictly_where_they_are_new
    networks_change_except_for_their_number
    automatic_updates_are_for_networks_that_can_be_reached
    suggested_networks_wait_below_the_organization_for_suggestions
    networks_go_with_their_ports
    keys_that_nobody_reads_are_ignored
    superusers_go_beyond_bounds_and_no_further
}

/// A network of organization 100 whose number its administrator has registered.
fn new(n: u32) -> Json {
    json!({ "org_id": 100, "name": format!("New {n}"), "asn": 9_000_200 + n, "website": "https://new.example/" })
}

/// The least that an update of network 12 sends.
fn own(_: u32) -> Json {
    json!({ "org_id": 100, "name": "Net Three", "asn": 9_000_001 })
}

/// Network 12 without contacts and with an AS-set of old times, and network 13, which is gone.
fn more(world: &mut World) {
    world
        .add(
            Tag::Net,
            12,
            json!({ "org_id": 100, "name": "Net Three", "asn": 9_000_001, "irr_as_set": "AS-LEGACY",
                "website": "https://three.example/" }),
        )
        .add(
            Tag::Net,
            13,
            json!({ "org_id": 100, "name": "Gone Net", "asn": 9_000_002, "status": "deleted" }),
        );
}

const POST: &str = "POST /api/net";
const PUT: &str = "PUT /api/net/12";

async fn networks_are_made_by_whom_their_registry_knows(kind: Kind) {
    let list = List::new(kind, more).await;
    let made = list.ask(215, Caller::Admin, POST, new(0), 201, "\"rir_status\": \"ok\"").await;
    list.shows(215, &made, json!({ "status": "ok", "org_id": 100, "asn": 9_000_200 }));
    let body = with(new(1), "asn", json!(OTHERS_ASN));
    let reply = list.ask(216, Caller::Admin, POST, body, 400, "\"non_field_errors\": [\"").await;
    list.is(216, &reply.json()["asn"], &json!("Your email address and ASN emails mismatch"));
    list.is(216, &reply.json()["meta"]["ignore_field_error"], &json!("True"));
    let body = with(new(1), "asn", json!(9_001_000));
    list.ask(217, Caller::Admin, POST, body, 400, "\"asn\": [\"This ASN is not assigned by any RIR\"]").await;
    // Who may not create there is told so only when the values are right.
    let pending = with(new(2), "org_id", json!(300));
    let said =
        "Object of type 'net' cannot be saved because its parent entity 'org/300' has not yet been approved";
    list.ask(244, Caller::Admin, POST, pending, 400, said).await;
}

async fn numbers_and_names_of_networks_are_their_own(kind: Kind) {
    let list = List::new(kind, more).await;
    let alone = "{\"asn\": [\"ASN contains invalid value\"], \"meta\": {\"error\": \"Bad Request\"}}";
    let reserved = "{\"asn\": [\"ASNs in this range are private or reserved\"]";
    let rows = [
        (218, "asn", None, 400, alone),
        (218, "asn", Some(json!("foo")), 400, alone),
        (218, "asn", Some(json!(-5)), 400, alone),
        (219, "asn", Some(json!("AS9000100")), 201, "\"asn\": 9000100,"),
        (219, "asn", Some(json!("asn9000101")), 201, "\"asn\": 9000101,"),
        (220, "asn", Some(json!(64500)), 400, reserved),
        (220, "asn", Some(json!(65535)), 400, reserved),
        (220, "asn", Some(json!(4_200_000_000_u32)), 400, reserved),
        (220, "asn", Some(json!(23456)), 400, reserved),
        (221, "asn", Some(json!(9_000_001)), 400, "Network with this ASN already exists."),
        (221, "name", Some(json!("NET one")), 400, "Network with this Name already exists."),
        (
            222,
            "asn",
            Some(json!(9_000_002)),
            400,
            "\"asn\": \"Network has been deleted. Please contact help@",
        ),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
    let body = with(new(90), "name", json!("Gone Net"));
    let reply = list.ask(223, Caller::Admin, POST, body, 201, "\"Gone Net\"").await;
    list.is(223, id(&reply) > 13, true);
    let old = list.desk.get("/api/net?since=1&id=13").await;
    list.shows(223, &old, json!({ "name": "Gone Net #13", "status": "deleted" }));
}

async fn networks_keep_the_rules_of_their_fields(kind: Kind) {
    let list = List::new(kind, more).await;
    let rows: [Row<'_>; 26] = [
        (224, "name", Some(json!("a  b")), 400, "Name cannot contain consecutive whitespace characters."),
        (225, "name", Some(json!("x".repeat(256))), 400, "no more than 255 characters."),
        (226, "website", None, 400, "{\"website\": \"This field may not be blank.\""),
        (226, "website", Some(json!("")), 400, "{\"website\": \"This field may not be blank.\""),
        (227, "website", Some(json!("ftp://new.example/")), 201, "\"website\": \"ftp://new.example/\""),
        (228, "looking_glass", Some(json!("foo://lg.example/")), 400, "Enter a valid URL."),
        (228, "looking_glass", Some(json!("telnet://lg.example")), 201, "\"telnet://lg.example\""),
        (229, "info_types", Some(json!(["Foo"])), 400, "\\\"Foo\\\" is not a valid choice."),
        (229, "info_types", Some(json!("NSP")), 400, "Expected a list of items but got type \\\"str\\\"."),
        (230, "info_type", Some(json!("NSP")), 201, "\"info_types\": [\"NSP\"]"),
        (
            230,
            "info_type",
            Some(json!("Foo")),
            400,
            "\"info_type\": [\"\\\"Foo\\\" is not a valid choice.\"]",
        ),
        (230, "info_type", Some(json!("Not Disclosed")), 201, "\"info_types\": []"),
        (231, "info_prefixes4", Some(json!(-1)), 400, "\"info_prefixes4\": [\"Negative value not allowed\"]"),
        (231, "info_prefixes4", Some(json!(1_200_001)), 400, "Maximum value allowed 1200000"),
        (231, "info_prefixes4", Some(json!("")), 201, "\"info_prefixes4\": null"),
        (235, "social_media", Some(twice()), 400, "Duplicate social media services set."),
        (235, "social_media", Some(social("nosuch", "x")), 400, "\\\"nosuch\\\" is not a valid choice."),
        (235, "social_media", Some(social("x", "a!")), 400, "Invalid identifier a! for service x!"),
        (235, "social_media", Some(json!({})), 400, "Expected a list of items but got type \\\"dict\\\"."),
        (238, "ixp_update_exclude", Some(json!(["foo"])), 400, "Invalid field(s): foo. Valid values: "),
        (238, "ixp_update_exclude", Some(json!("speed")), 400, "Must be a list."),
        (238, "ixp_update_exclude_speed", Some(json!(true)), 201, "\"ixp_update_exclude\": [\"speed\"]"),
        (240, "suggest", Some(json!(false)), 201, "\"org_id\": 100"),
        (242, "ix_count", Some(json!(7)), 201, "\"ix_count\": 0"),
        (242, "fac_count", Some(json!(7)), 201, "\"fac_count\": 0"),
        (245, "notes", Some(json!(null)), 400, "\"notes\": [\"This field may not be null.\"]"),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
}

fn social(service: &str, identifier: &str) -> Json {
    json!([{ "service": service, "identifier": identifier }])
}

fn twice() -> Json {
    json!([{ "service": "x", "identifier": "name1" }, { "service": "x", "identifier": "name2" }])
}

async fn as_sets_are_read_strictly_where_they_are_new(kind: Kind) {
    let list = List::new(kind, more).await;
    let rows: [Row<'_>; 6] = [
        (232, "irr_as_set", Some(json!("AS-FOO")), 400, "An IRR source prefix is required: AS-FOO"),
        (232, "irr_as_set", Some(json!("RIPE::AS-FOO")), 201, "\"irr_as_set\": \"RIPE::AS-FOO\""),
        (232, "irr_as_set", Some(json!("XX::AS-FOO")), 400, "Unknown IRR source: XX"),
        (232, "irr_as_set", Some(json!("RIPE::RS-FOO")), 400, "Route-set names (RS-*) are not accepted"),
        (
            232,
            "irr_as_set",
            Some(json!("RIPE::AS1:AS-B:AS-C:AS-D")),
            400,
            "Maximum AS-SET hierarchy depth: 3",
        ),
        (232, "irr_as_set", Some(json!("AS-FOO@RIPE")), 400, "Invalid formatting: AS-FOO@RIPE"),
    ];
    list.each(Caller::Admin, POST, new, &rows).await;
    let rows: [Row<'_>; 2] = [
        (233, "irr_as_set", Some(json!("AS-LEGACY")), 200, "\"irr_as_set\": \"AS-LEGACY\""),
        (234, "irr_as_set", Some(json!("ripe::as-foo, ripe::as-bar")), 200, "\"RIPE::AS-FOO RIPE::AS-BAR\""),
    ];
    list.each(Caller::Admin, PUT, own, &rows).await;
}

async fn networks_change_except_for_their_number(kind: Kind) {
    let list = List::new(kind, more).await;
    let flags = json!({ "org_id": 100, "name": "Net Three", "asn": 9_000_001, "ixp_update_exclude_operational": true,
        "ixp_update_exclude_speed": "true" });
    let folded = "\"ixp_update_exclude\": [\"speed\", \"operational\"]";
    list.ask(238, Caller::Admin, PUT, flags, 200, folded).await;
    let rows: [Row<'_>; 7] = [
        (236, "asn", Some(json!(9_000_100)), 400, "\"asn\": \"ASN cannot be changed.\""),
        // Flags that are not sent keep their state.
        (
            238,
            "ixp_update_exclude_speed",
            Some(json!(false)),
            200,
            "\"ixp_update_exclude\": [\"operational\"]",
        ),
        (241, "suggest", Some(json!(true)), 200, "\"org_id\": 100"),
        (242, "ix_count", Some(json!(7)), 200, "\"ix_count\": 0"),
        (242, "fac_count", Some(json!(7)), 200, "\"fac_count\": 0"),
        (245, "notes", Some(json!(null)), 400, "\"notes\": [\"This field may not be null.\"]"),
        (244, "org_id", Some(json!(300)), 400, "'org/300' has not yet been approved"),
    ];
    list.each(Caller::Superuser, PUT, own, &rows).await;
}

async fn automatic_updates_are_for_networks_that_can_be_reached(kind: Kind) {
    let list = List::new(kind, more).await;
    let said = "\"allow_ixp_update\": \"Cannot be enabled - must have a Technical, NOC, or Policy";
    let wanted = with(own(0), "allow_ixp_update", json!(true));
    list.ask(237, Caller::Admin, PUT, wanted.clone(), 400, said).await;
    let contact = json!({ "net_id": 12, "role": "NOC", "email": "noc@one.example" });
    list.ask(237, Caller::Admin, "POST /api/poc", contact, 201, "").await;
    list.ask(237, Caller::Admin, PUT, wanted, 200, "\"allow_ixp_update\": true").await;
}

async fn suggested_networks_wait_below_the_organization_for_suggestions(kind: Kind) {
    let mut people = people(World::small().now());
    let row = Grant { namespace: "peeringdb.organization.1234".into(), permission: 5 };
    people.user_rows.push((1, row));
    let list = List::with_people(kind, people, more).await;
    let suggestion = with(with(new(1), "asn", json!(OTHERS_ASN)), "suggest", json!(true));
    let made = list.ask(239, Caller::Plain, POST, suggestion, 201, "").await;
    list.shows(239, &made, json!({ "org_id": 1234, "status": "pending" }));
    let (queue, tickets) = list.waiting().await;
    list.is(239, queue, vec![(Tag::Net, id(&made))]);
    list.is(239, tickets, vec!["[SUGGEST] Network - New 1"]);
    list.silent(240, Caller::Plain, POST, with(new(2), "suggest", json!(false)), 403).await;
}

async fn networks_go_with_their_ports(kind: Kind) {
    let list = List::new(kind, more).await;
    let parts = [(Tag::Net, 10), (Tag::Poc, 71), (Tag::Poc, 73), (Tag::Netfac, 91), (Tag::Netixlan, 81)];
    let before = parts.map(|(tag, id)| list.version(tag, id));
    list.silent(243, Caller::Admin, "DELETE /api/net/10", json!(null), 204).await;
    for ((tag, id), before) in parts.into_iter().zip(before) {
        list.is(243, (list.status(tag, id), list.version(tag, id)), ("deleted".to_owned(), before + 1));
        let since = list.desk.get(&format!("/api/{tag}?since={}", list.desk.world.now().unix() - 1)).await;
        list.is(243, since.ids().contains(&u64::from(id)), true);
    }
    list.is(243, first(&list.desk.get("/api/ix/11").await)["net_count"].clone(), json!(1));
}

async fn keys_that_nobody_reads_are_ignored(kind: Kind) {
    let list = List::new(kind, more).await;
    let mut body = new(1);
    for (key, value) in [
        ("id", json!(5)),
        ("status", json!("pending")),
        ("created", json!("2001-01-01T00:00:00Z")),
        ("nonsense", json!({ "a": [1] })),
        ("poc_set", json!([71])),
    ] {
        body[key] = value;
    }
    let made = list.ask(31, Caller::Admin, POST, body, 201, "").await;
    list.shows(31, &made, json!({ "id": 14, "status": "ok" }));
    list.is(31, first(&made)["created"] == json!("2001-01-01T00:00:00Z"), false);
}

/// Data-model specification, 10.1: bounds and the strict rules of AS-sets are not for superusers; syntax, uniqueness
/// and address space are for everybody.
async fn superusers_go_beyond_bounds_and_no_further(kind: Kind) {
    let list = List::new(kind, |world| {
        more(world);
        world.add(Tag::Poc, 74, json!({ "net_id": 12, "role": "NOC", "email": "noc@one.example" }));
    })
    .await;
    let rows = |status| -> [Row<'_>; 3] {
        [
            (0, "info_prefixes4", Some(json!(1_200_001)), status, ""),
            (0, "info_prefixes6", Some(json!(180_001)), status, ""),
            (0, "irr_as_set", Some(json!("AS-FOO")), status, ""),
        ]
    };
    list.each(Caller::Admin, PUT, own, &rows(400)).await;
    list.each(Caller::Superuser, PUT, own, &rows(200)).await;
    let rows: [Row<'_>; 2] = [
        (0, "irr_as_set", Some(json!("AS-FOO@RIPE")), 400, "Invalid formatting"),
        (0, "info_prefixes4", Some(json!(-1)), 400, "Negative value not allowed"),
    ];
    list.each(Caller::Superuser, PUT, own, &rows).await;
    let port =
        json!({ "net_id": 10, "ixlan_id": 11, "ipaddr4": "192.0.2.10", "ipaddr6": "", "speed": 5_000_001 });
    list.ask(0, Caller::Admin, "PUT /api/netixlan/81", port.clone(), 400, "Maximum speed: 5T").await;
    list.ask(0, Caller::Superuser, "PUT /api/netixlan/81", port, 200, "\"speed\": 5000001").await;
    let prefix = |text: &str| json!({ "ixlan_id": 11, "protocol": "IPv4", "prefix": text });
    let request = "POST /api/ixpfx";
    list.ask(0, Caller::Admin, request, prefix("23.128.9.0/29"), 400, "Minimum allowed prefix length").await;
    list.ask(0, Caller::Superuser, request, prefix("23.128.9.0/29"), 201, "").await;
    list.ask(0, Caller::Superuser, request, prefix("10.0.0.0/24"), 400, "Address space invalid").await;
}
