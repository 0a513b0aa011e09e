//! What single records went through.

use model::Tag;
use serde_json::json;
use store::change::RowChange;
use testkit::{Ask, Caller, Client, Kind, World, on_both_databases};

use crate::{Archive, carrier};

on_both_databases! {
    a_history_tells_what_changed_newest_first
    pages_follow_each_other_without_a_gap
    counters_are_told_to_those_who_ask
    actors_are_told_to_the_people_of_the_organization_and_staff
    a_purged_contact_is_told_as_purged_and_nothing_more
    what_cannot_be_asked_is_refused_by_name
    clients_that_have_a_history_do_not_get_it_again
}

async fn a_history_tells_what_changed_newest_first(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let begins = crate::text(archive.now);
    let renamed = archive.change(Caller::Admin, "PUT", "/api/carrier/51", carrier("Uno", "Ünïcode")).await;
    archive.change(Caller::Admin, "DELETE", "/api/carrier/51", json!(null)).await;
    let link = json!({ "net_id": 10, "fac_id": 42 });
    let made = archive.change(Caller::Admin, "POST", "/api/netfac", link).await;
    let reply = archive.get(Caller::Anonymous, "/api/carrier/51/history").await;
    assert_eq!(reply.json()["meta"], json!({ "log_begins": begins, "next_cursor": null }));
    let entries = reply.data();
    let actions: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().expect("a word")).collect();
    assert_eq!(actions, ["delete", "update", "load"], "{}", reply.text());
    assert_eq!(
        entries[1],
        json!({ "seq": 2, "at": renamed, "action": "update", "origin": "api", "tag": "carrier", "id": 51,
            "actor": null, "changes": {
                "name": ["Carrier One", "Uno"], "website": ["", "https://c.example/"], "notes": ["", "Ünïcode"] } })
    );
    assert_eq!(entries[0]["changes"], json!({ "status": ["ok", "deleted"] }));
    assert_eq!(
        (&entries[2]["changes"]["name"], &entries[2]["origin"]),
        (&json!([null, "Carrier One"]), &json!("cli"))
    );
    let full = archive.entries(Caller::Anonymous, "/api/carrier/51/history?full=1").await;
    assert_eq!(
        (&full[1]["record"]["name"], &full[0]["record"]["status"]),
        (&json!("Uno"), &json!("deleted"))
    );
    assert!(full[1]["record"].get("version").is_none() && full[1]["record"].get("org_name").is_none());
    let id = archive.get(Caller::Anonymous, "/api/netfac?net_id=10&fac_id=42").await.ids()[0];
    let new = archive.entries(Caller::Anonymous, &format!("/api/netfac/{id}/history")).await;
    assert_eq!((&new[0]["action"], &new[0]["at"]), (&json!("create"), &json!(made)));
    archive.put(Tag::Carrier, 51, json!({ "status": "ok" })).await;
    let again = archive.entries(Caller::Anonymous, "/api/carrier/51/history?limit=1").await;
    assert_eq!((&again[0]["action"], again.len()), (&json!("undelete"), 1));
}

async fn pages_follow_each_other_without_a_gap(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    for n in 0..7 {
        archive.put(Tag::Carrier, 51, json!({ "notes": format!("n{n}") })).await;
    }
    let whole = archive.entries(Caller::Anonymous, "/api/carrier/51/history").await;
    assert_eq!(whole.len(), 8);
    let (mut pages, mut path) = (Vec::new(), "/api/carrier/51/history?limit=3".to_owned());
    loop {
        let reply = archive.get(Caller::Anonymous, &path).await;
        pages.extend(reply.data());
        // What happens between two pages belongs to neither.
        archive.put(Tag::Carrier, 51, json!({ "notes": format!("later {}", pages.len()) })).await;
        let next = reply.json()["meta"]["next_cursor"].clone();
        let Some(next) = next.as_str() else { break };
        path = format!("/api/carrier/51/history?limit=3&cursor={next}");
    }
    assert_eq!(pages, whole);
}

async fn counters_are_told_to_those_who_ask(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    archive.change(Caller::Admin, "POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 })).await;
    let plain = archive.entries(Caller::Anonymous, "/api/fac/42/history").await;
    assert_eq!(plain.len(), 1, "{plain:?}");
    let derived = archive.entries(Caller::Anonymous, "/api/fac/42/history?derived=1").await;
    assert_eq!(derived[0]["changes"], json!({ "net_count": [0, 1] }));
    assert_eq!(derived.len(), 2);
}

async fn actors_are_told_to_the_people_of_the_organization_and_staff(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    archive.change(Caller::Admin, "PUT", "/api/carrier/51", carrier("Uno", "")).await;
    archive.put(Tag::Ix, 12, json!({ "notes": "of somebody else" })).await;
    let admin = json!({ "kind": "user_key", "id": 4, "name": "admin (admin000)" });
    for caller in [Caller::Member, Caller::Admin, Caller::Reader, Caller::Org, Caller::Superuser] {
        let entries = archive.entries(caller, "/api/carrier/51/history").await;
        assert_eq!(entries[0]["actor"], admin, "{caller:?}");
        let others = archive.entries(caller, "/api/ix/12/history").await;
        assert_eq!(others[0]["actor"].is_null(), caller != Caller::Superuser, "{caller:?}");
    }
    for caller in [Caller::Anonymous, Caller::Plain, Caller::Unverified] {
        let entries = archive.entries(caller, "/api/carrier/51/history").await;
        assert!(entries.iter().all(|entry| entry["actor"].is_null()), "{caller:?}");
    }
    let whole = archive.get(Caller::Superuser, "/api/ix/12/history").await;
    assert!(!whole.text().contains("192.0.2.77"), "addresses are for the operator: {}", whole.text());
    // Who belongs to the present owner only does not learn who acted for the one before.
    archive.put(Tag::Ix, 12, json!({ "org_id": 100 })).await;
    let moved = archive.entries(Caller::Admin, "/api/ix/12/history").await;
    assert!(moved.iter().all(|entry| entry["actor"].is_null()), "{moved:?}");
    archive.put(Tag::Ix, 12, json!({ "notes": "mine" })).await;
    let own = archive.entries(Caller::Admin, "/api/ix/12/history").await;
    assert_eq!(own[0]["actor"]["name"], "member");
}

async fn a_purged_contact_is_told_as_purged_and_nothing_more(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    for id in [71, 73] {
        archive.put(Tag::Poc, id, json!({ "status": "deleted" })).await;
        let before = archive.get(Caller::Superuser, &format!("/api/poc/{id}/history?full=1")).await;
        assert!(!before.text().contains("one.example"), "deleted contacts have no values: {}", before.text());
        archive.commit(RowChange::Purge { tag: Tag::Poc, id }).await;
    }
    let entries = archive.entries(Caller::Anonymous, "/api/poc/71/history?full=1&derived=1").await;
    let told: Vec<_> = entries.iter().map(|entry| (&entry["action"], &entry["changes"])).collect();
    assert_eq!(told, [(&json!("purge"), &json!({}))]);
    assert!(entries[0].get("record").is_none());
    assert_eq!(archive.get(Caller::Anonymous, "/api/poc/73/history").await.code(), 404);
    assert_eq!(archive.entries(Caller::Superuser, "/api/poc/73/history").await.len(), 3);
    let all = archive.get(Caller::Superuser, "/api/poc/73/history?full=1").await;
    assert!(!all.text().contains("Abuse") && !all.text().contains("one.example"), "{}", all.text());
}

async fn what_cannot_be_asked_is_refused_by_name(kind: Kind) {
    let archive = Archive::small(kind).await;
    for (path, status, error) in [
        ("/api/net/10/history?limit=0", 400, "'limit' needs to be a number from 1 to 250"),
        ("/api/net/10/history?limit=251", 400, "'limit' needs to be a number from 1 to 250"),
        ("/api/net/10/history?cursor=7", 400, "'cursor' needs to be the 'next_cursor' of an answer before"),
        ("/api/net/10/history?full=yes", 400, "'full' needs to be 1 or 0"),
        ("/api/net/99/history", 404, "No Network matches the given query."),
        ("/api/org/99/changes", 404, "No Organization matches the given query."),
        ("/api/net/99999999999/history", 404, "No Network matches the given query."),
    ] {
        let reply = archive.get(Caller::Anonymous, path).await;
        assert_eq!((reply.code(), reply.error().as_str()), (status, error), "{path}");
    }
    let hidden = archive.get(Caller::Plain, "/api/poc/73/history").await;
    assert_eq!((hidden.code(), hidden.text()), (403, ""));
    let unknown = archive.get(Caller::Anonymous, "/api/net/10/history?since=1").await;
    assert_eq!((unknown.code(), unknown.header("x-ignored-filters")), (200, Some("since")));
    let strict = Ask::get("/api/net/10/history?since=1").header("prefer", "handling=strict");
    assert_eq!(archive.site.send(strict).await.error(), "Unknown parameters: since");
    let post = archive.site.send(Ask::new("POST", "/api/net/10/history")).await;
    assert_eq!((post.code(), post.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
}

async fn clients_that_have_a_history_do_not_get_it_again(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let path = "/api/carrier/51/history";
    let first = archive.get(Caller::Anonymous, path).await;
    let tag = first.header("etag").expect("a tag").to_owned();
    let again = || Ask::get(path).header("if-none-match", &tag);
    assert_eq!(archive.site.send(again()).await.code(), 304);
    archive.put(Tag::Carrier, 51, json!({ "notes": "new" })).await;
    assert_eq!(archive.site.send(again()).await.code(), 200);
    let head = archive.site.send(Ask::new("HEAD", path)).await;
    assert_eq!((head.code(), head.body.len()), (200, 0));
}

#[test]
fn a_directory_without_a_database_has_no_history() {
    let client = Client::of(&World::small());
    for path in ["/api/net/10/history", "/api/org/100/changes", "/api/net/10?as_of=2026-01-01"] {
        let reply = client.get(path);
        assert_eq!(
            (reply.code(), reply.error().as_str()),
            (404, "This directory keeps no log of changes"),
            "{path}"
        );
    }
}
