use serde_json::json;
use testkit::{Ask, Caller, Kind, World, on_both_databases};

use crate::{Desk, ask};

on_both_databases! {
    creating_needs_the_right_and_valid_values_first
    changing_what_is_not_ones_own_asks_for_credentials
    deleting_needs_the_right_unless_there_is_nothing
    keys_that_only_read_change_nothing
    methods_and_ids_that_do_not_fit
    rows_of_a_former_member_take_nothing_from_an_administrator
    actions_need_their_rights
    a_password_signs_no_request
}

/// Callers without rights on organization 100.
const STRANGERS: [Caller; 4] = [Caller::Anonymous, Caller::Plain, Caller::Unverified, Caller::Member];

async fn creating_needs_the_right_and_valid_values_first(kind: Kind) {
    let desk = Desk::small(kind).await;
    let valid = json!({ "net_id": 10, "fac_id": 42 });
    for caller in STRANGERS.into_iter().chain([Caller::Org, Caller::Reader]) {
        let reply = desk.send(caller, ask("POST", "/api/netfac", valid.clone())).await;
        assert_eq!((reply.code(), reply.text()), (403, ""), "{caller:?}");
        let reply = desk.send(caller, ask("POST", "/api/netfac", json!({ "net_id": 10 }))).await;
        assert_eq!(reply.code(), 400, "{caller:?} {}", reply.text());
        assert_eq!(reply.json()["fac_id"], json!(["This field is required."]), "{caller:?}");
    }
    assert_eq!(desk.get("/api/netfac").await.ids(), [91]);
    let reply = desk.send(Caller::Admin, ask("POST", "/api/netfac", valid)).await;
    assert_eq!(reply.code(), 201, "{}", reply.text());
}

async fn changing_what_is_not_ones_own_asks_for_credentials(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "org_id": 200, "name": "Carrier One", "website": "https://c.example/" });
    for caller in STRANGERS.into_iter().chain([Caller::Org, Caller::Reader]) {
        let reply = desk.send(caller, ask("PUT", "/api/carrier/51", body.clone())).await;
        assert_eq!(reply.code(), 401, "{caller:?} {}", reply.text());
        assert_eq!(reply.error(), "Authentication credentials were not provided.");
        assert_eq!(reply.header("www-authenticate"), Some("Basic realm=\"api\""));
    }
    // To an organization of somebody else.
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body)).await;
    assert_eq!((reply.code(), reply.text()), (403, ""));
}

async fn deleting_needs_the_right_unless_there_is_nothing(kind: Kind) {
    let desk = Desk::small(kind).await;
    for caller in STRANGERS.into_iter().chain([Caller::Org, Caller::Reader]) {
        let reply = desk.send(caller, Ask::new("DELETE", "/api/netfac/91")).await;
        assert_eq!((reply.code(), reply.text()), (403, ""), "{caller:?}");
        let reply = desk.send(caller, Ask::new("DELETE", "/api/netfac/99999")).await;
        assert_eq!((reply.code(), reply.text()), (204, ""), "{caller:?}");
    }
    assert_eq!(desk.get("/api/netfac").await.ids(), [91]);
}

async fn keys_that_only_read_change_nothing(kind: Kind) {
    let mut people = testkit::people(testkit::World::small().now());
    people.user_keys.iter_mut().filter(|key| key.user_id == 5).for_each(|key| key.readonly = true);
    let desk = Desk::with_people(kind, people).await;
    assert_eq!(desk.get("/api/poc").await.ids(), [71, 72, 73], "a superuser still reads everything");
    let body = json!({ "net_id": 10, "fac_id": 42 });
    assert_eq!(desk.send(Caller::Superuser, ask("POST", "/api/netfac", body)).await.code(), 403);
    let body = json!({ "org_id": 100, "name": "Other" });
    assert_eq!(desk.send(Caller::Superuser, ask("PUT", "/api/carrier/51", body)).await.code(), 401);
    assert_eq!(desk.send(Caller::Superuser, Ask::new("DELETE", "/api/netfac/91")).await.code(), 403);
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 1);
}

async fn methods_and_ids_that_do_not_fit(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "name": "x" });
    for (method, path, status) in [
        ("PUT", "/api/net", 405),
        ("DELETE", "/api/net", 405),
        ("POST", "/api/net/10", 405),
        ("POST", "/api/ixlan", 405),
        ("DELETE", "/api/ixlan/11", 405),
        ("PATCH", "/api/net/10", 403),
        ("PUT", "/api/net/abc", 404),
        ("PUT", "/api/net/999", 404),
        ("PUT", "/api/net/99999999999", 404),
        ("DELETE", "/api/net/abc", 400),
        ("DELETE", "/api/net/99999999999", 204),
        ("POST", "/api/net/10/approve", 404),
        ("PUT", "/api/carrierfac/93/approve", 405),
    ] {
        let reply = desk.send(Caller::Admin, ask(method, path, body.clone())).await;
        assert_eq!(reply.code(), status, "{method} {path}: {}", reply.text());
        assert_eq!(reply.header("cache-control"), Some("private, no-store"), "{method} {path}");
    }
    let reply = desk.send(Caller::Admin, Ask::new("DELETE", "/api/net/abc")).await;
    assert_eq!(reply.json(), json!({ "extra": "Invalid id", "meta": { "error": "Bad Request" } }));
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/net/999", body)).await;
    assert_eq!(reply.error(), "No Network matches the given query.");
    let reply = desk.send(Caller::Anonymous, Ask::new("DELETE", "/api/netfac/99999")).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

async fn rows_of_a_former_member_take_nothing_from_an_administrator(kind: Kind) {
    let mut people = testkit::people(World::small().now());
    let row = |namespace: &str| model::directory::Grant { namespace: namespace.into(), permission: 1 };
    people.user_rows.push((4, row("peeringdb.organization.100.network.10")));
    people.user_rows.push((4, row("peeringdb.organization.100")));
    let desk = Desk::with_people(kind, people).await;
    let body = json!({ "org_id": 100, "name": "Net One", "asn": 64496 });
    assert_eq!(desk.send(Caller::Admin, ask("PUT", "/api/net/10", body)).await.code(), 200);
}

async fn actions_need_their_rights(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (path, status) in [
        ("/api/ix/11/request_ixf_import", 401),
        ("/api/carrierfac/93/approve", 403),
        ("/api/carrierfac/93/reject", 403),
        ("/api/campus/61/add-facility/41", 403),
        ("/api/netixlan/81/set-net-side", 403),
        ("/api/netixlan/81/set-ix-side", 403),
    ] {
        for caller in [Caller::Anonymous, Caller::Plain] {
            let reply = desk.send(caller, Ask::new("POST", path)).await;
            assert_eq!(reply.code(), status, "{caller:?} {path}: {}", reply.text());
        }
        let reply = desk.send(Caller::Admin, Ask::new("POST", path)).await;
        assert_eq!(reply.code(), 200, "{path}: {}", reply.text());
    }
    assert_eq!(desk.get("/api/carrierfac").await.ids(), [0_u64; 0], "it was refused in the end");
    assert_eq!(desk.get("/api/fac/41").await.data()[0]["campus_id"], 61);
    assert_eq!(desk.get("/api/netixlan/81").await.data()[0]["net_side_id"], json!(null));
    for path in
        ["/api/ix/999/request_ixf_import", "/api/carrierfac/999/approve", "/api/campus/9/add-facility/41"]
    {
        let reply = desk.send(Caller::Admin, Ask::new("POST", path)).await;
        assert_eq!(reply.code(), 404, "{path}: {}", reply.text());
    }
    let body = json!({ "fac_id": 42 });
    let reply = desk.send(Caller::Admin, ask("POST", "/api/netixlan/81/set-net-side", body)).await;
    assert_eq!(reply.code(), 400, "the network is not there: {}", reply.text());
}

async fn a_password_signs_no_request(kind: Kind) {
    let mut people = testkit::people(World::small().now());
    // The word "right", as Django stores it.
    let hash = "pbkdf2_sha256$1000$saltsaltsalt$YzW1imJGX2fKfahd01/3uZBtOoeQdTLgqrqz0yfKLlk=";
    people.users[3].password = Some(model::directory::Secret::Hash(hash.to_owned()));
    let desk = Desk::with_people(kind, people).await;
    let body = json!({ "org_id": 100, "name": "Net Renamed", "asn": 64496 });
    for ask in
        [Ask::get("/api/net/10"), ask("PUT", "/api/net/10", body), Ask::new("DELETE", "/api/netfac/91")]
    {
        // admin:right
        let reply = desk.site.send(ask.header("authorization", "Basic YWRtaW46cmlnaHQ=")).await;
        assert_eq!(reply.code(), 403, "{}", reply.text());
        assert!(
            reply.error().starts_with("Basic authentication support has been deprecated"),
            "{}",
            reply.error()
        );
    }
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 1, "nothing is stored");
}
