//! Whether what is told of changes is true.

use axum::http::Method;
use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Ask, Bench, Caller, Kind, Site, World, people};

use super::check::{Schemas, operations};
use super::made;
use crate::request::Route;

#[test]
fn every_operation_is_answered_and_every_change_is_described() {
    let document = made();
    let route = |path: &str| {
        let path = path
            .replace("{id}", "1")
            .replace("{fac_id}", "2")
            .replace("{user_id}", "3")
            .replace("{webhook}", "4")
            .replace("{asn}", "64500");
        Route::of(&path)
    };
    // The feed has routes of its own.
    for (path, method, _) in operations(&document).filter(|(path, ..)| !path.starts_with("/changes")) {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        assert!(route(path).allows(&method), "{method} {path}");
    }
    let described = |path: &str, method: &str| document["paths"][path][method].is_object();
    for tag in Tag::ALL {
        for (path, method) in [
            (format!("/api/{tag}"), "post"),
            (format!("/api/{tag}/{{id}}"), "put"),
            (format!("/api/{tag}/{{id}}"), "delete"),
        ] {
            let upper = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            assert_eq!(described(&path, method), route(&path).allows(&upper), "{method} {path}");
        }
    }
}

/// Who, how, what, the path of the description, the body, and the status that is expected.
type Question = (Caller, &'static str, &'static str, &'static str, Json, u16);

fn questions() -> Vec<Question> {
    let netfac = json!({ "net_id": 10, "fac_id": 42 });
    let ix = json!({ "org_id": 100, "name": "New IX", "city": "Berlin", "country": "DE", "region_continent": "Europe",
        "tech_email": "noc@ix.example", "website": "https://ix.example/", "prefix": "23.128.110.0/24" });
    let social = json!({ "name": "x", "social_media": [{ "service": "nobody", "identifier": 1 }] });
    vec![
        (Caller::Admin, "post", "/api/netfac", "/api/netfac", netfac.clone(), 201),
        (Caller::Admin, "post", "/api/netfac", "/api/netfac", netfac, 400),
        (Caller::Admin, "post", "/api/netfac", "/api/netfac", Json::Null, 400),
        (Caller::Admin, "post", "/api/netfac?format=xml", "/api/netfac", json!({ "net_id": 1 }), 404),
        (Caller::Plain, "post", "/api/netfac", "/api/netfac", json!({ "net_id": 10, "fac_id": 41 }), 400),
        (
            Caller::Plain,
            "post",
            "/api/poc",
            "/api/poc",
            json!({ "net_id": 10, "role": "NOC", "email": "a@b.example" }),
            403,
        ),
        (Caller::Admin, "post", "/api/ix", "/api/ix", ix.clone(), 201),
        (Caller::Admin, "post", "/api/ix?fields=id", "/api/ix", ix, 400),
        (Caller::Admin, "post", "/api/org", "/api/org", social, 400),
        (
            Caller::Admin,
            "put",
            "/api/net/10",
            "/api/net/{id}",
            json!({ "org_id": 100, "name": "N", "asn": "x" }),
            400,
        ),
        (
            Caller::Admin,
            "put",
            "/api/carrier/51",
            "/api/carrier/{id}",
            json!({ "org_id": 100, "name": "C" }),
            200,
        ),
        (Caller::Admin, "put", "/api/carrier/9999", "/api/carrier/{id}", json!({ "org_id": 100 }), 404),
        (Caller::Anonymous, "put", "/api/carrier/51", "/api/carrier/{id}", json!({ "org_id": 100 }), 401),
        (Caller::Admin, "delete", "/api/org/100", "/api/org/{id}", Json::Null, 403),
        (Caller::Admin, "delete", "/api/poc/x", "/api/poc/{id}", Json::Null, 400),
        (Caller::Admin, "delete", "/api/poc/1", "/api/poc/{id}", Json::Null, 204),
        (
            Caller::Admin,
            "post",
            "/api/ix/11/request_ixf_import",
            "/api/ix/{id}/request_ixf_import",
            Json::Null,
            200,
        ),
        (Caller::Admin, "post", "/api/carrierfac/9/approve", "/api/carrierfac/{id}/approve", Json::Null, 404),
    ]
}

#[tokio::test]
async fn answers_to_changes_are_as_documented() {
    let document = made();
    let schemas = Schemas::of(&document);
    let world = World::small();
    let bench = Bench::new(Kind::Sqlite);
    let store = bench.store("directory").await;
    let now = world.now();
    Site::fill(&store, &world, &people(now)).await;
    let site = Site::open(store, now).await;
    for (caller, method, uri, path, body, status) in questions() {
        let ask = Ask::new(&method.to_uppercase(), uri).by(caller);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let reply = site.send(ask).await;
        let place = format!("{method} {uri} {body}: {}", reply.text());
        assert_eq!(reply.code(), status, "{place}");
        let faults = schemas.faults_of_answer(method, path, status, &reply.body, &reply.headers);
        // A 403 and a 204 may come without a body.
        let faults: Vec<_> = faults.into_iter().filter(|_| !reply.body.is_empty()).collect();
        assert_eq!(faults, [""; 0], "{place}");
    }
    let other =
        Ask::new("POST", "/api/org").by(Caller::Admin).header("content-type", "text/csv").body(b"name");
    let reply = site.send(other).await;
    assert_eq!(reply.code(), 415, "{}", reply.text());
    assert_eq!(schemas.faults_of_answer("post", "/api/org", 415, &reply.body, &reply.headers), [""; 0]);
}
