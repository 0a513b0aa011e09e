//! Carriers and campuses: items 332 to 342.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::{List, Row, id, with};

on_both_databases! {
    carriers_and_campuses_wait_and_come_back
    carriers_and_campuses_need_a_website_and_a_published_owner
    two_facilities_publish_a_campus
    facilities_join_a_campus_where_they_belong
    a_campus_that_goes_leaves_its_facilities
    facilities_of_a_campus_that_moves_keep_their_owner
}

/// A carrier or campus of organization 100.
fn new(n: u32) -> Json {
    json!({ "org_id": 100, "name": format!("New {n}"), "website": "https://new.example/" })
}

async fn carriers_and_campuses_wait_and_come_back(kind: Kind) {
    let list = List::new(kind, |world| {
        world.add(Tag::Carrier, 52, json!({ "org_id": 100, "name": "Gone", "status": "deleted" })).add(
            Tag::Campus,
            62,
            json!({ "org_id": 100, "name": "Gone", "status": "deleted" }),
        );
    })
    .await;
    for (made, again, tag, old) in [(341, 341, Tag::Carrier, 52_u64), (332, 339, Tag::Campus, 62)] {
        let request = format!("POST /api/{tag}");
        let fresh = list.ask(made, Caller::Admin, &request, new(1), 201, "\"status\": \"pending\"").await;
        list.is(made, id(&fresh) > old, true);
        let body = with(new(1), "name", json!("gone"));
        let back = list.ask(again, Caller::Admin, &request, body, 201, "\"status\": \"pending\"").await;
        list.is(again, id(&back), old);
    }
    let (queue, tickets) = list.waiting().await;
    list.is(341, queue.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), vec![Tag::Carrier, Tag::Carrier]);
    list.is(341, tickets.len(), 2);
}

async fn carriers_and_campuses_need_a_website_and_a_published_owner(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    for tag in [Tag::Carrier, Tag::Campus] {
        let request = format!("POST /api/{tag}");
        let below = |org: u32| move |n| with(new(n), "org_id", json!(org));
        let rows: [Row<'_>; 2] = [
            (340, "website", None, 400, "\"website\": [\"Website required\"]"),
            (340, "website", Some(json!("")), 400, "\"website\": [\"Website required\"]"),
        ];
        list.each(Caller::Superuser, &request, below(200), &rows).await;
        let said = "'org/300' has not yet been approved";
        list.ask(342, Caller::Superuser, &request, below(300)(1), 400, said).await;
        list.each(Caller::Admin, &request, new, &[(340, "website", None, 201, "\"https://one.example/\"")])
            .await;
    }
    let body = json!({ "org_id": 300, "name": "IX", "city": "C", "country": "US", "region_continent": "Europe",
        "tech_email": "noc@ix.example", "website": "https://ix.example/", "prefix": "23.128.1.0/24" });
    list.ask(342, Caller::Superuser, "POST /api/ix", body, 400, "'org/300' has not yet been approved").await;
}

/// Facility 45 beside facility 41, 46 in another city, and 47 without coordinates.
fn neighbours(world: &mut World) {
    for (id, latitude) in [(45, json!(41.9)), (46, json!(42.9)), (47, json!(null))] {
        world.add(
            Tag::Fac,
            id,
            json!({ "org_id": 100, "name": format!("Fac {id}"), "address1": "S", "city": "Evanston",
                "country": "US", "zipcode": "1", "latitude": latitude, "longitude": -87.63 }),
        );
    }
}

async fn two_facilities_publish_a_campus(kind: Kind) {
    let list = List::new(kind, neighbours).await;
    let add = "POST /api/campus/61/add-facility";
    list.ask(333, Caller::Admin, &format!("{add}/41"), json!(null), 200, "\"campus_id\": 61").await;
    list.has(333, &list.record("/api/campus/61").await, json!({ "status": "pending" }));
    list.ask(333, Caller::Admin, &format!("{add}/45"), json!(null), 200, "\"campus_id\": 61").await;
    let expected =
        json!({ "status": "ok", "city": "Chicago", "country": "US", "state": "IL", "zipcode": "60601" });
    list.has(333, &list.record("/api/campus/61").await, expected);
    let remove = "POST /api/campus/61/remove-facility/45";
    list.ask(337, Caller::Admin, remove, json!(null), 200, "\"campus_id\": null").await;
    list.has(337, &list.record("/api/campus/61").await, json!({ "status": "pending" }));
}

async fn facilities_join_a_campus_where_they_belong(kind: Kind) {
    let list = List::new(kind, neighbours).await;
    let add = "POST /api/campus/61/add-facility";
    list.ask(335, Caller::Admin, &format!("{add}/41"), json!(null), 200, "").await;
    list.silent(334, Caller::Admin, &format!("{add}/42"), json!(null), 403).await;
    for (item, caller, fac, said) in [
        (
            334,
            Caller::Superuser,
            42,
            "The facility belongs to organization 200 and the campus to organization 100.",
        ),
        (335, Caller::Admin, 46, "\"non_field_errors\": [\"Facility out of campus bounds (max. 50km)\"]"),
        (
            335,
            Caller::Admin,
            47,
            "\"non_field_errors\": [\"Facility cannot be made part of a campus as it is missing",
        ),
    ] {
        list.ask(item, caller, &format!("{add}/{fac}"), json!(null), 400, said).await;
    }
    list.ask(336, Caller::Admin, &format!("{add}/999"), json!(null), 404, "No Facility matches").await;
    let unknown = "POST /api/campus/999/add-facility/41";
    list.ask(336, Caller::Admin, unknown, json!(null), 404, "No Campus matches").await;
}

async fn a_campus_that_goes_leaves_its_facilities(kind: Kind) {
    let list = List::new(kind, neighbours).await;
    for fac in [41, 45] {
        let request = format!("POST /api/campus/61/add-facility/{fac}");
        list.ask(338, Caller::Admin, &request, json!(null), 200, "").await;
    }
    list.silent(338, Caller::Admin, "DELETE /api/campus/61", json!(null), 204).await;
    list.is(338, list.status(Tag::Campus, 61), "deleted");
    for fac in [41, 45] {
        let record = list.record(&format!("/api/fac/{fac}")).await;
        list.has(338, &record, json!({ "campus_id": null, "status": "ok" }));
    }
}

/// Data-model specification, 8.1.
async fn facilities_of_a_campus_that_moves_keep_their_owner(kind: Kind) {
    let list = List::new(kind, neighbours).await;
    list.ask(0, Caller::Admin, "POST /api/campus/61/add-facility/41", json!(null), 200, "").await;
    let body = with(with(new(1), "name", json!("Campus One")), "org_id", json!(200));
    list.ask(0, Caller::Superuser, "PUT /api/campus/61", body, 200, "\"org_id\": 200").await;
    list.has(0, &list.record("/api/fac/41").await, json!({ "org_id": 100, "campus_id": 61 }));
}
