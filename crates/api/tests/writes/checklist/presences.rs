//! Presences at facilities: items 301 to 313.

use model::Tag;
use model::directory::Grant;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases, people};

use super::{List, PUBLISHED, first, id};

on_both_databases! {
    presences_show_their_facility_and_count
    presences_are_unique_and_come_back
    presences_need_published_facilities
    presences_move
    carriers_come_to_facilities_of_others
    owners_of_facilities_decide_about_carriers
}

async fn presences_show_their_facility_and_count(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let place = json!({ "name": "Fac Two", "city": "Berlin", "country": "DE", "status": "ok" });
    let body = json!({ "net_id": 10, "fac_id": 42, "local_asn": 64499, "name": "x" });
    let made = list.ask(301, Caller::Admin, "POST /api/netfac", body, 201, "").await;
    list.shows(301, &made, place.clone());
    list.shows(307, &made, json!({ "local_asn": 64496 }));
    list.has(
        301,
        &list.record("/api/net/10").await,
        json!({ "fac_count": 2, "netfac_updated": first(&made)["created"] }),
    );
    let made =
        list.ask(301, Caller::Admin, "POST /api/ixfac", json!({ "ix_id": 11, "fac_id": 42 }), 201, "").await;
    list.shows(301, &made, place);
    list.has(301, &list.record("/api/ix/11").await, json!({ "fac_count": 2 }));
    list.has(301, &list.record("/api/fac/42").await, json!({ "net_count": 1, "ix_count": 1 }));
}

const PAIRS: [(Tag, u32, &str, u32); 3] =
    [(Tag::Netfac, 91, "net_id", 10), (Tag::Ixfac, 92, "ix_id", 11), (Tag::Carrierfac, 93, "carrier_id", 51)];

fn pair(owner: &str, id: u32, fac: u32) -> Json {
    let mut body = json!({ "fac_id": fac });
    body[owner] = json!(id);
    body
}

async fn presences_are_unique_and_come_back(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    for (tag, own, owner, parent) in PAIRS {
        let request = format!("POST /api/{tag}");
        let said = format!("\"non_field_errors\": [\"The fields {owner}, fac_id must make a unique set.\"]");
        list.ask(302, Caller::Admin, &request, pair(owner, parent, 41), 400, &said).await;
        list.ask(304, Caller::Admin, &request, pair(owner, parent, 999), 400, "object does not exist.").await;
        let before = list.record(&format!("/api/{tag}/{own}")).await;
        list.silent(303, Caller::Admin, &format!("DELETE /api/{tag}/{own}"), json!(null), 204).await;
        let back = list.ask(303, Caller::Admin, &request, pair(owner, parent, 41), 201, "").await;
        list.shows(303, &back, json!({ "id": own, "status": "ok", "created": before["created"] }));
    }
}

async fn presences_need_published_facilities(kind: Kind) {
    for (status, said) in
        [("pending", "has not yet been approved"), ("deleted", "has been marked as deleted")]
    {
        let list = List::new(kind, |world| {
            world.change(Tag::Fac, 42, json!({ "status": status }));
        })
        .await;
        for (tag, _, owner, parent) in PAIRS {
            let said =
                format!("Object of type '{tag}' cannot be saved because its parent entity 'fac/42' {said}");
            list.ask(305, Caller::Admin, &format!("POST /api/{tag}"), pair(owner, parent, 42), 400, &said)
                .await;
        }
    }
}

async fn presences_move(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    for (tag, own, owner, parent) in PAIRS {
        let request = format!("PUT /api/{tag}/{own}");
        let moved = list.ask(306, Caller::Admin, &request, pair(owner, parent, 42), 200, "").await;
        list.shows(306, &moved, json!({ "fac_id": 42, "name": "Fac Two" }));
    }
    let mut body = pair("net_id", 10, 42);
    body["local_asn"] = json!(64499);
    list.ask(307, Caller::Admin, "PUT /api/netfac/91", body, 200, "\"local_asn\": 64496").await;
}

async fn carriers_come_to_facilities_of_others(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let there = |fac: u32| pair("carrier_id", 51, fac);
    let request = "POST /api/carrierfac";
    let made = list.ask(308, Caller::Admin, request, there(42), 201, PUBLISHED).await;
    for (link, fac, status) in [(93, 41, "ok"), (id(&made), 42, "pending")] {
        list.silent(309, Caller::Admin, &format!("DELETE /api/carrierfac/{link}"), json!(null), 204).await;
        let back = list.ask(309, Caller::Admin, request, there(fac), 201, "").await;
        list.shows(309, &back, json!({ "id": link, "status": status }));
    }
    list.silent(313, Caller::Admin, "DELETE /api/carrier/51", json!(null), 204).await;
    list.is(
        313,
        (list.status(Tag::Carrier, 51), list.status(Tag::Carrierfac, 93)),
        ("deleted".to_owned(), "deleted".to_owned()),
    );
}

/// Carrier 51 of organization 100 waits at facility 42 of organization 200, and is at facility 41.
fn waits(world: &mut World) {
    world.add(Tag::Carrierfac, 94, json!({ "carrier_id": 51, "fac_id": 42, "status": "pending" }));
}

async fn owners_of_facilities_decide_about_carriers(kind: Kind) {
    let mut people = people(World::small().now());
    // The plain user runs the facility.
    people.user_rows.push((1, Grant { namespace: "peeringdb.organization.200".into(), permission: 15 }));
    let list = List::with_people(kind, people, waits).await;
    let approve = "POST /api/carrierfac/94/approve";
    list.silent(310, Caller::Admin, approve, json!(null), 403).await;
    list.ask(
        312,
        Caller::Plain,
        "GET /api/carrierfac/94/approve",
        json!(null),
        405,
        "\\\"GET\\\" not allowed.",
    )
    .await;
    list.ask(310, Caller::Plain, approve, json!(null), 200, PUBLISHED).await;
    list.is(310, list.status(Tag::Carrierfac, 94), "ok");
    list.ask(311, Caller::Plain, "POST /api/carrierfac/94/reject", json!(null), 200, PUBLISHED).await;
    list.is(311, list.status(Tag::Carrierfac, 94), "deleted");
}
