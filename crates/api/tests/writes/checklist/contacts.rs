//! Contacts of networks: items 344 to 352.

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, on_both_databases};

use super::{List, Row};

on_both_databases! {
    contacts_can_be_reached_and_are_not_private
    contacts_change_as_they_are_made
    the_last_contact_of_a_network_with_ports_stays
    a_network_without_contacts_stays_open_to_automatic_updates
}

/// A contact of network 10.
fn new(n: u32) -> Json {
    json!({ "net_id": 10, "role": "Policy", "visible": "Users", "email": format!("policy{n}@one.example") })
}

async fn contacts_can_be_reached_and_are_not_private(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let both = "\"phone\": [\"Phone or email required\"], \"email\": [\"Phone or email required\"]";
    let rows: [Row<'_>; 10] = [
        (344, "name", Some(json!("Policy")), 201, "\"name\": \"Policy\""),
        (345, "email", Some(json!("")), 400, both),
        (345, "email", None, 400, both),
        (346, "role", None, 400, "\"role\": [\"This field is required.\"]"),
        (346, "role", Some(json!("Boss")), 400, "\"role\": [\"\\\"Boss\\\" is not a valid choice.\"]"),
        (
            347,
            "visible",
            Some(json!("Private")),
            400,
            "\"visible\": [\"Private contacts are no longer supported.\"]",
        ),
        (348, "visible", None, 201, "\"visible\": \"Public\""),
        (349, "phone", Some(json!("206 555 0100")), 400, "\"phone\": [\"Not a valid phone number (E.164)\"]"),
        (350, "phone", Some(json!(null)), 400, "\"phone\": [\"This field may not be null.\"]"),
        (350, "email", Some(json!(null)), 400, "\"email\": [\"This field may not be null.\"]"),
    ];
    list.each(Caller::Admin, "POST /api/poc", new, &rows).await;
    let body = json!({ "net_id": 10, "role": "Policy", "phone": "+1 206 555 0100" });
    list.ask(344, Caller::Admin, "POST /api/poc", body, 201, "\"phone\": \"+12065550100\"").await;
}

async fn contacts_change_as_they_are_made(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    let rows: [Row<'_>; 5] = [
        (
            347,
            "visible",
            Some(json!("Private")),
            400,
            "\"visible\": [\"Private contacts are no longer supported.\"]",
        ),
        (346, "role", None, 400, "\"role\": [\"This field is required.\"]"),
        (345, "email", Some(json!("")), 400, "Phone or email required"),
        (349, "phone", Some(json!("+1 206 555 0101")), 200, "\"phone\": \"+12065550101\""),
        (350, "email", Some(json!(null)), 400, "\"email\": [\"This field may not be null.\"]"),
    ];
    list.each(Caller::Admin, "PUT /api/poc/71", new, &rows).await;
    list.silent(199, Caller::Admin, "PUT /api/poc/71", super::with(new(1), "net_id", json!(11)), 403).await;
}

async fn the_last_contact_of_a_network_with_ports_stays(kind: Kind) {
    let list = List::new(kind, |_| {}).await;
    list.silent(351, Caller::Admin, "DELETE /api/poc/71", json!(null), 204).await;
    let said =
        "Last technical contact point for network with active peers - Please contact help@directory.example";
    list.ask(351, Caller::Admin, "DELETE /api/poc/72", json!(null), 403, said).await;
    list.silent(352, Caller::Admin, "DELETE /api/netixlan/81", json!(null), 204).await;
    list.silent(352, Caller::Admin, "DELETE /api/poc/72", json!(null), 204).await;
    list.is(
        352,
        (list.status(Tag::Poc, 71), list.status(Tag::Poc, 72)),
        ("deleted".to_owned(), "deleted".to_owned()),
    );
}

/// Data-model specification, 8.5.
async fn a_network_without_contacts_stays_open_to_automatic_updates(kind: Kind) {
    let list = List::new(kind, |world| {
        world.change(Tag::Net, 10, json!({ "allow_ixp_update": true })).delete(Tag::Netixlan, 81);
    })
    .await;
    for contact in [71, 72] {
        list.silent(0, Caller::Admin, &format!("DELETE /api/poc/{contact}"), json!(null), 204).await;
    }
    list.has(0, &list.record("/api/net/10").await, json!({ "allow_ixp_update": true }));
}
