//! Facilities: items 314 to 331 and 343.

use model::Tag;
use model::directory::Grant;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases, people};

use super::{List, Row, id, with};

on_both_databases! {
    facilities_wait_with_their_region
    facilities_keep_the_rules_of_their_fields
    facilities_keep_their_position
    facilities_are_located_anew_when_their_address_changes
    names_of_deleted_facilities_are_for_new_ones
    facilities_go_when_nobody_is_there
    suggested_facilities_wait_below_the_organization_for_suggestions
    facilities_name_campuses_where_they_belong
}

/// A facility of organization 100.
fn new(n: u32) -> Json {
    json!({ "org_id": 100, "name": format!("New Fac {n}"), "address1": "1 Street", "city": "Chicago",
        "country": "US", "zipcode": "60601", "website": "https://fac.example/" })
}

/// Everything that an update of facility 41 has to send.
fn same(_: u32) -> Json {
    json!({ "org_id": 100, "name": "Fac One", "address1": "350 Main Street", "city": "Chicago", "state": "IL",
        "country": "US", "zipcode": "60601", "latitude": 41.88, "longitude": -87.63 })
}

const POST: &str = "POST /api/fac";
const PUT: &str = "PUT /api/fac/41";

async fn facilities_wait_with_their_region(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let made = list.ask(314, Caller::Admin, POST, new(1), 201, "\"status\": \"pending\"").await;
    list.shows(314, &made, json!({ "region_continent": "North America" }));
    list.is(
        314,
        list.waiting().await,
        (vec![(Tag::Fac, id(&made))], vec!["Facility - New Fac 1".to_owned()]),
    );
}

async fn facilities_keep_the_rules_of_their_fields(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let required = "[\"This field is required.\"]";
    let exclusive = "\\\"No Power\\\" is mutually exclusive with other voltage options.";
    let rows: [Row<'_>; 20] = [
        (315, "address1", None, 400, required),
        (315, "city", None, 400, required),
        (316, "country", None, 400, "\"country\": [\"This field is required.\"]"),
        (316, "country", Some(json!("")), 400, "\"country\": [\""),
        (317, "country", Some(json!("XX")), 400, "\"country\": [\"\\\"XX\\\" is not a valid choice.\"]"),
        (318, "zipcode", None, 400, "\"zipcode\": [\"Input required\"]"),
        (318, "country", Some(json!("ZW")), 201, "\"zipcode\": \"\""),
        (319, "website", None, 201, "\"website\": \"https://one.example/\""),
        (319, "website", Some(json!("")), 201, "\"website\": \"https://one.example/\""),
        (320, "available_voltage_services", Some(json!(["No Power", "48 VDC"])), 400, exclusive),
        (
            320,
            "available_voltage_services",
            Some(json!("48 VDC")),
            400,
            "Expected a list of items but got type",
        ),
        (321, "property", Some(json!("Foo")), 400, "\"property\": [\"\\\"Foo\\\" is not a valid choice.\"]"),
        (321, "property", Some(json!(null)), 201, "\"property\": null"),
        (321, "property", Some(json!("")), 201, "\"property\": \"\""),
        (322, "diverse_serving_substations", Some(json!("x")), 400, "Must be a valid boolean."),
        (323, "latitude", Some(json!(12.5)), 201, "\"latitude\": null"),
        (
            324,
            "tech_phone",
            Some(json!("call us")),
            400,
            "\"tech_phone\": [\"Not a valid phone number (E.164)\"]",
        ),
        (324, "sales_phone", Some(json!("312 555 0199")), 201, "\"sales_phone\": \"+13125550199\""),
        (342, "org_id", Some(json!(300)), 400, "'org/300' has not yet been approved"),
        (210, "floor", Some(json!("3")), 400, "\"floor\": [\"Field is being deprecated."),
    ];
    list.each(Caller::Superuser, POST, new, &rows).await;
    let foreign = |n| with(with(new(n), "org_id", json!(200)), "website", json!(""));
    let rows: [Row<'_>; 1] = [(319, "website", None, 400, "\"website\": [\"Website required\"]")];
    list.each(Caller::Superuser, POST, foreign, &rows).await;
}

async fn facilities_keep_their_position(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let far = "\"latitude\": [\"The new position exceeds the maximum distance of 1KM from the previous geocode\"], \
               \"longitude\": [\"The new position exceeds";
    let rows: [Row<'_>; 7] = [
        (325, "latitude", None, 400, "\"latitude\": [\"Valid latitude is required\"]"),
        (325, "latitude", Some(json!(null)), 400, "\"latitude\": [\"Valid latitude is required\"]"),
        (325, "longitude", Some(json!(null)), 400, "\"longitude\": [\"Valid longitude is required\"]"),
        (326, "latitude", Some(json!(41.885)), 200, "\"latitude\": 41.885"),
        (326, "latitude", Some(json!(41.9)), 400, far),
        (326, "latitude", Some(json!(99)), 400, "\"latitude\": [\"Invalid 99 latitude!\"]"),
        (326, "longitude", Some(json!(-181)), 400, "\"longitude\": [\"Invalid -181 longitude!\"]"),
    ];
    list.each(Caller::Admin, PUT, same, &rows).await;
}

async fn facilities_are_located_anew_when_their_address_changes(kind: Kind) {
    let list = List::new(kind, |world| {
        world.change(Tag::Fac, 41, json!({ "geocode_status": true }));
    })
    .await;
    let is_located = || {
        let snapshot = list.desk.site.app.snapshot();
        snapshot.record(Tag::Fac, 41).map(|fac| fac.value("geocode_status").into_owned())
    };
    let other = with(same(0), "website", json!("https://fac.example/"));
    list.ask(327, Caller::Admin, PUT, other, 200, "https://fac.example/").await;
    list.is(327, is_located(), Some(model::Value::Bool(true)));
    list.ask(327, Caller::Admin, PUT, with(same(0), "address1", json!("351 Main Street")), 200, "351 Main")
        .await;
    list.is(327, is_located(), Some(model::Value::Bool(false)));
}

async fn names_of_deleted_facilities_are_for_new_ones(kind: Kind) {
    let list = List::new(kind, |world| {
        world.add(Tag::Fac, 48, json!({ "org_id": 100, "name": "Gone Fac", "status": "deleted" }));
    })
    .await;
    let gone = async || list.desk.get("/api/fac?since=1&id=48").await;
    let said = "Facility with this Name already exists.";
    list.ask(328, Caller::Admin, PUT, with(same(0), "name", json!("Gone Fac")), 400, said).await;
    list.shows(328, &gone().await, json!({ "name": "Gone Fac", "status": "deleted" }));
    let made =
        list.ask(329, Caller::Admin, POST, with(new(1), "name", json!("Gone Fac")), 201, "pending").await;
    list.is(329, id(&made) > 48, true);
    list.shows(329, &gone().await, json!({ "name": "Gone Fac #48", "status": "deleted" }));
}

async fn facilities_go_when_nobody_is_there(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let request = "DELETE /api/fac/41";
    let said = "Facility has active exchange presence(s): IX One ... - Please contact help@directory.example";
    list.ask(330, Caller::Admin, request, json!(null), 403, said).await;
    list.silent(330, Caller::Admin, "DELETE /api/ixfac/92", json!(null), 204).await;
    let said = "Facility has active network presence(s): Net One ...";
    list.ask(330, Caller::Admin, request, json!(null), 403, said).await;
    list.silent(330, Caller::Admin, "DELETE /api/netfac/91", json!(null), 204).await;
    list.silent(330, Caller::Admin, request, json!(null), 204).await;
    list.is(
        330,
        (list.status(Tag::Fac, 41), list.status(Tag::Carrierfac, 93)),
        ("deleted".to_owned(), "deleted".to_owned()),
    );
}

async fn suggested_facilities_wait_below_the_organization_for_suggestions(kind: Kind) {
    let mut people = people(World::small().now());
    people.user_rows.push((1, Grant { namespace: "peeringdb.organization.1234".into(), permission: 5 }));
    let list = List::with_people(kind, people, |_| {}).await;
    let made = list.ask(331, Caller::Plain, POST, with(new(1), "suggest", json!(true)), 201, "").await;
    list.shows(331, &made, json!({ "org_id": 1234, "status": "pending" }));
}

async fn facilities_name_campuses_where_they_belong(kind: Kind) {
    let list = List::new(kind, |world| {
        world
            .add(Tag::Campus, 63, json!({ "org_id": 200, "name": "Campus Three", "status": "pending" }))
            .add(
                Tag::Fac,
                47,
                json!({ "org_id": 100, "name": "Fac 47", "address1": "S", "city": "Chicago", "country": "US",
                "zipcode": "1" }),
            );
    })
    .await;
    let said =
        "\"campus_id\": [\"The facility belongs to organization 100 and the campus to organization 200.";
    list.ask(343, Caller::Admin, PUT, with(same(0), "campus_id", json!(63)), 400, said).await;
    let body = json!({ "org_id": 100, "name": "Fac 47", "address1": "S", "city": "Chicago", "country": "US",
        "zipcode": "1", "campus_id": 61 });
    let said = "\"campus_id\": [\"Facility cannot be made part of a campus as it is missing its geolocation";
    list.ask(343, Caller::Admin, "PUT /api/fac/47", body, 400, said).await;
    list.ask(343, Caller::Admin, POST, with(new(1), "campus_id", json!(61)), 400, said).await;
    list.ask(343, Caller::Admin, PUT, with(same(0), "campus_id", json!(61)), 200, "\"campus_id\": 61").await;
}
