//! What writers are told while there is too much to do.

use std::sync::Arc;

use serde_json::json;
use testkit::{Ask, Caller, Kind, on_both_databases};
use tokio::task::JoinSet;

use crate::{Desk, ask};

on_both_databases! {
    a_change_is_answered_whole_though_answers_fill_the_memory
    a_flood_of_refused_commands_lets_others_change_and_read
}

async fn a_change_is_answered_whole_though_answers_fill_the_memory(kind: Kind) {
    let desk = Desk::small(kind).await;
    let app = &desk.site.app;
    let unread: Vec<_> = std::iter::from_fn(|| app.hold(64 << 10).ok()).collect();
    let rest: Vec<_> = std::iter::from_fn(|| app.hold(1 << 10).ok()).collect();
    let path = "/api/net/10?depth=2";
    assert_eq!(desk.send(Caller::Admin, Ask::get(path)).await.code(), 503, "reading has to wait");
    // It was committed: anything but the answer to it would make the client try again.
    let body = json!({ "org_id": 100, "name": "Net Uno", "asn": 64496 });
    let reply = desk.send(Caller::Admin, ask("PUT", path, body)).await;
    assert_eq!(reply.code(), 200, "{}", reply.text());
    assert!(reply.body.len() > 1 << 10, "an answer that would need room: {}", reply.body.len());
    assert_eq!((&reply.data()[0]["name"], reply.header("x-change-seq")), (&json!("Net Uno"), Some("2")));
    // A refusal is told as well.
    let reply =
        desk.send(Caller::Admin, ask("PUT", path, json!({ "org_id": 100, "name": "", "asn": 64496 }))).await;
    assert_eq!((reply.code(), &reply.json()["name"]), (400, &json!(["This field may not be blank."])));
    let reply = desk.send(Caller::Admin, Ask::new("DELETE", "/api/netfac/91")).await;
    assert_eq!((reply.code(), reply.header("x-change-seq")), (204, Some("3")));
    drop((unread, rest));
    assert_eq!(desk.send(Caller::Admin, Ask::get(path)).await.data()[0]["name"], "Net Uno");
}

/// Commands that are refused at the same time: many times the connections to the database that read.
const FLOOD: usize = 400;

async fn a_flood_of_refused_commands_lets_others_change_and_read(kind: Kind) {
    let desk = Arc::new(Desk::small(kind).await);
    let mut flood = JoinSet::new();
    for _ in 0..FLOOD {
        let desk = Arc::clone(&desk);
        let refused = async move { desk.send(Caller::Plain, Ask::new("DELETE", "/api/carrier/51")).await };
        flood.spawn(async move { refused.await.code() });
    }
    for name in ["Uno", "Due", "Tre"] {
        let body = json!({ "org_id": 100, "name": format!("Carrier {name}") });
        let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body)).await;
        assert_eq!(reply.code(), 200, "{}", reply.text());
        let read = desk.send(Caller::Anonymous, Ask::get("/api/carrier/51")).await;
        assert_eq!(read.data()[0]["name"], format!("Carrier {name}"));
    }
    assert_eq!(flood.join_all().await, [403; FLOOD]);
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 4);
}
