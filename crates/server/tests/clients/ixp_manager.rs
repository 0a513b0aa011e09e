//! IXP Manager: details of a member by its AS number, and lists of exchanges and facilities to choose from.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::site::{Reply, SIGN_IN, Site};

on_both_databases! {
    members_are_looked_up_by_their_as_number
    exchanges_and_facilities_are_listed
    a_key_opens_contacts_and_a_password_in_the_url_is_answered_with_the_reason
}

/// What it makes of an answer about a network.
#[derive(Debug, PartialEq)]
enum Found {
    Network(Json),
    Nobody,
    /// With the text that it shows.
    Failed(String),
}

fn read(reply: &Reply) -> Found {
    match reply.status {
        200 => Found::Network(reply.body["data"][0].clone()),
        404 => Found::Nobody,
        _ => Found::Failed(reply.body["message"].as_str().unwrap_or("Error").to_owned()),
    }
}

fn member(asn: u32) -> String {
    format!("/api/net.json?asn={asn}&depth=2")
}

fn key() -> String {
    Caller::Plain.authorization().expect("a key")
}

async fn members_are_looked_up_by_their_as_number(kind: Kind) {
    let site = Site::of(kind, World::small()).await;
    let Found::Network(net) = read(&site.get_as(&key(), &member(64496)).await) else {
        panic!("the network is there")
    };
    for (field, value) in [("name", "Net One"), ("website", "https://net.one.example/"), ("aka", "")] {
        assert_eq!(net[field], value, "{field}");
    }
    for field in ["name_long", "policy_general", "notes"] {
        assert!(net[field].is_string(), "{field}");
    }
    assert_eq!(net["netixlan_set"][0]["ipaddr4"], "192.0.2.10");
    let unknown = site.get_as(&key(), &member(64511)).await;
    assert_eq!(read(&unknown), Found::Nobody);
    assert_eq!(unknown.body["data"], json!([]));
}

async fn exchanges_and_facilities_are_listed(kind: Kind) {
    let site = Site::of(kind, World::small()).await;
    for (path, expected) in [
        ("/api/ix.json", [(11, "IX One", "Chicago", "US"), (12, "IX Two", "Berlin", "DE")]),
        ("/api/fac.json", [(41, "Fac One", "Chicago", "US"), (42, "Fac Two", "Berlin", "DE")]),
    ] {
        let reply = site.get_as(&key(), path).await;
        let rows: BTreeMap<u64, &Json> =
            reply.data().iter().map(|row| (row["id"].as_u64().expect("an id"), row)).collect();
        assert_eq!(rows.len(), expected.len(), "{path}");
        for (id, name, city, country) in expected {
            let row = rows[&id];
            assert_eq!(
                (&row["name"], &row["city"], &row["country"]),
                (&name.into(), &city.into(), &country.into())
            );
        }
    }
}

async fn a_key_opens_contacts_and_a_password_in_the_url_is_answered_with_the_reason(kind: Kind) {
    let site = Site::of(kind, World::small()).await;
    let contacts = |found: &Found| match found {
        Found::Network(net) => net["poc_set"].as_array().expect("contacts").len(),
        other => panic!("the network is there, and not {other:?}"),
    };
    let anonymous = read(&site.get(&member(64496)).await);
    let by_key = read(&site.get_as(&key(), &member(64496)).await);
    assert_eq!((contacts(&anonymous), contacts(&by_key)), (1, 2));

    let (name, password) = SIGN_IN;
    for (password, status, text) in [
        (password, 403, "please switch to API key"),
        ("another password", 401, "Invalid username or password"),
    ] {
        let refused = site.get_signed_in((name, password), &member(64496)).await;
        assert_eq!(refused.status, status);
        let error = refused.body["meta"]["error"].as_str().unwrap_or_default();
        assert!(error.contains(text), "{error}");
        // It looks for the text of an error in a place where only a throttled client finds one.
        assert_eq!(read(&refused), Found::Failed("Error".to_owned()));
    }
}
