//! The directory as it was.

use model::Tag;
use serde_json::{Value as Json, json};
use store::change::RowChange;
use testkit::{Ask, Caller, Kind, on_both_databases};

use crate::Archive;

on_both_databases! {
    a_single_record_is_shown_as_it_was_to_everybody
    rows_of_the_past_show_what_neighbours_lent_them_then
    lists_filters_and_depths_of_the_past_are_for_callers_with_a_key
    moments_outside_of_the_log_are_refused
    what_is_deleted_or_purged_meanwhile_is_gone_from_a_view_that_was_made
    a_second_shows_what_happened_in_it
}

async fn one(archive: &Archive, caller: Caller, path: &str) -> Json {
    let reply = archive.get(caller, path).await;
    assert_eq!(reply.code(), 200, "{caller:?} {path} {}", reply.text());
    assert_eq!(reply.header("x-ignored-filters"), None, "{path}");
    reply.data().remove(0)
}

async fn a_single_record_is_shown_as_it_was_to_everybody(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let start = crate::text(archive.now);
    let was = one(&archive, Caller::Anonymous, "/api/net/10?depth=0").await;
    archive.put(Tag::Net, 10, json!({ "name": "Net Uno", "notes": "new" })).await;
    let then = archive.put(Tag::Net, 10, json!({ "status": "deleted" })).await;
    archive.put(Tag::Net, 10, json!({ "status": "ok", "name": "Net Eins" })).await;
    let path = format!("/api/net/10?as_of={start}");
    let reply = archive.get(Caller::Anonymous, &path).await;
    assert_eq!(reply.data(), [was], "as it was, flat unless a depth is asked for");
    assert_eq!(reply.json()["meta"], json!({ "as_of": start, "sequence": 1 }));
    let gone = archive.get(Caller::Anonymous, &format!("/api/net/10?as_of={then}")).await;
    assert_eq!((gone.code(), gone.error().as_str()), (404, "No Network matches the given query."));
    let some = one(&archive, Caller::Anonymous, &format!("{path}&fields=name")).await;
    assert_eq!(some, json!({ "name": "Net One" }));
    archive.change(Caller::Admin, "POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 })).await;
    let id = archive.get(Caller::Anonymous, "/api/netfac?net_id=10&fac_id=42").await.ids()[0];
    let unborn = archive.get(Caller::Anonymous, &format!("/api/netfac/{id}?as_of={start}")).await;
    assert_eq!(unborn.code(), 404);
    let head = archive.site.send(Ask::new("HEAD", &path)).await;
    assert_eq!((head.code(), head.body.len()), (200, 0));
    let tag = reply.header("etag").expect("a tag");
    let again = archive.site.send(Ask::get(&path).header("if-none-match", tag)).await;
    assert_eq!(again.code(), 304);
}

async fn rows_of_the_past_show_what_neighbours_lent_them_then(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let start = crate::text(archive.now);
    let paths =
        ["netfac/91", "netixlan/81", "ix/11", "fac/41", "carrier/51", "campus/61", "ixlan/12", "poc/71"];
    let mut was = Vec::new();
    for path in paths {
        was.push(one(&archive, Caller::Anonymous, &format!("/api/{path}?depth=0")).await);
    }
    archive.put(Tag::Org, 100, json!({ "name": "Org Uno", "website": "https://uno.example/" })).await;
    archive.put(Tag::Fac, 41, json!({ "name": "Fac Uno", "city": "Elsewhere", "campus_id": 61 })).await;
    archive.put(Tag::Ix, 11, json!({ "name": "IX Uno" })).await;
    archive.put(Tag::Net, 10, json!({ "asn": 64499 })).await;
    archive.put(Tag::Ixpfx, 31, json!({ "status": "deleted" })).await;
    archive.put(Tag::Ixpfx, 32, json!({ "ixlan_id": 12 })).await;
    for (path, was) in paths.iter().zip(&was) {
        let now = one(&archive, Caller::Anonymous, &format!("/api/{path}?depth=0")).await;
        assert!(
            now != *was || path.starts_with("poc") || path.starts_with("ixlan"),
            "{path} shows the change"
        );
        for caller in [Caller::Anonymous, Caller::Superuser] {
            let past = one(&archive, caller, &format!("/api/{path}?as_of={start}")).await;
            assert_eq!(past, *was, "{path} {caller:?}");
        }
        // The other way to the same row: a view of the whole directory.
        let (tag, id) = path.split_once('/').expect("a type and an id");
        if *path != "campus/61" {
            let list = format!("/api/{tag}?id={id}&as_of={start}");
            assert_eq!(one(&archive, Caller::Plain, &list).await, *was, "{path} in a list");
        }
    }
}

async fn lists_filters_and_depths_of_the_past_are_for_callers_with_a_key(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let start = crate::text(archive.now);
    let paths = [
        "/api/net?",
        "/api/net/10?depth=2",
        "/api/net/10?name=Net One&depth=0",
        "/api/netixlan?net__name=Net One",
        "/api/poc?",
        "/api/ix?name_search=one",
        "/api/net?page=1&per_page=1",
        "/api/fac?limit=1&skip=1",
        "/api/net?depth=1",
        "/api/ixlan?",
        "/api/ix?ipblock=192.0.2.0/24",
    ];
    let paths = paths.map(|path| path.replace(' ', "%20"));
    let mut was = Vec::new();
    for path in &paths {
        was.push(archive.get(Caller::Plain, path).await.data());
    }
    archive.put(Tag::Net, 10, json!({ "name": "Net Uno", "org_id": 200 })).await;
    archive.put(Tag::Netixlan, 81, json!({ "status": "deleted", "ipaddr4": null })).await;
    archive.put(Tag::Netixlan, 82, json!({ "net_id": 10, "ipaddr4": "192.0.2.10" })).await;
    archive.put(Tag::Ix, 11, json!({ "name": "IX Eins" })).await;
    archive.put(Tag::Ixpfx, 31, json!({ "prefix": "203.0.113.0/24" })).await;
    archive.put(Tag::Fac, 41, json!({ "status": "deleted" })).await;
    archive.change(Caller::Superuser, "POST", "/api/carrier", crate::carrier("Zwei", "")).await;
    for (path, was) in paths.iter().zip(&was) {
        let asked = format!("{path}&as_of={start}");
        let reply = archive.get(Caller::Plain, &asked).await;
        assert_eq!(reply.code(), 200, "{asked} {}", reply.text());
        assert_eq!(reply.data(), *was, "{asked}");
        assert_eq!(reply.json()["meta"]["as_of"], start, "{asked}");
        let refused = archive.get(Caller::Anonymous, &asked).await;
        assert_eq!(refused.code(), 403, "{asked}");
        assert!(refused.error().contains("need an API key"), "{asked}");
    }
    let both = archive.get(Caller::Plain, &format!("/api/net?since=1&as_of={start}")).await;
    let text = "'as_of' and 'since' cannot be used together: leave one of them out";
    assert_eq!((both.code(), both.error().as_str()), (400, text));
    let unknown = archive.get(Caller::Plain, &format!("/api/net?foo=1&as_of={start}")).await;
    assert_eq!((unknown.code(), unknown.header("x-ignored-filters")), (200, Some("foo")));
    let none = archive.get(Caller::Plain, &format!("/api/net?asn=1&as_of={start}")).await;
    assert_eq!((none.code(), none.error().as_str()), (404, "Entity not found"));
}

async fn moments_outside_of_the_log_are_refused(kind: Kind) {
    let archive = Archive::small(kind).await;
    let begins = crate::text(archive.now);
    for (moment, told) in [
        ("2025-06-01", format!("which begins at {begins}")),
        ("2999-01-01", "lies in the future".to_owned()),
        ("12", "needs to be a date or a time".to_owned()),
    ] {
        for path in ["/api/net/10", "/api/net"] {
            let reply = archive.get(Caller::Plain, &format!("{path}?as_of={moment}")).await;
            assert_eq!(reply.code(), 400, "{path} {moment}");
            assert!(reply.error().contains(&told), "{}", reply.error());
        }
    }
    // A day that has begun is not yet over, and what it has been so far can be asked for.
    let day = begins.split('T').next().expect("a date");
    assert_eq!(one(&archive, Caller::Anonymous, &format!("/api/net/10?as_of={day}")).await["id"], 10);
}

async fn what_is_deleted_or_purged_meanwhile_is_gone_from_a_view_that_was_made(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let start = crate::text(archive.now);
    archive.put(Tag::Net, 11, json!({ "notes": "later" })).await;
    let path = format!("/api/poc?as_of={start}");
    let before = archive.get(Caller::Admin, &path).await;
    assert_eq!(before.ids(), [71, 72, 73]);
    let tag = before.header("etag").expect("a tag").to_owned();
    archive.put(Tag::Poc, 72, json!({ "status": "deleted" })).await;
    archive.put(Tag::Poc, 73, json!({ "status": "deleted" })).await;
    archive.commit(RowChange::Purge { tag: Tag::Poc, id: 73 }).await;
    let after = archive.site.send(Ask::get(&path).by(Caller::Admin).header("if-none-match", &tag)).await;
    assert_eq!((after.code(), after.ids()), (200, vec![71, 72]));
    let (was, now) = (&before.data()[1], &after.data()[1]);
    assert_eq!(
        (&was["email"], &now["email"], &now["name"]),
        (&json!("noc@one.example"), &json!(""), &json!(""))
    );
    assert_eq!(now["role"], "NOC");
    let single = one(&archive, Caller::Admin, &format!("/api/poc/72?as_of={start}")).await;
    assert_eq!(single, *now);
    assert_eq!(archive.get(Caller::Superuser, &format!("/api/poc/73?as_of={start}")).await.code(), 404);
    let found = archive.get(Caller::Admin, &format!("{path}&email__startswith=noc")).await;
    assert_eq!(found.ids(), [0; 0], "and cannot be found by what it was");
    // What becomes private meanwhile is private then as well.
    archive.put(Tag::Poc, 71, json!({ "visible": "Private" })).await;
    assert_eq!(archive.get(Caller::Plain, &path).await.ids(), [72]);
    assert_eq!(archive.get(Caller::Admin, &path).await.ids(), [71, 72]);
    let hidden = archive.get(Caller::Anonymous, &format!("/api/poc/71?as_of={start}")).await;
    assert_eq!((hidden.code(), hidden.text()), (403, ""));
}

async fn a_second_shows_what_happened_in_it(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let at = archive.put(Tag::Carrier, 51, json!({ "notes": "first" })).await;
    archive.put(Tag::Carrier, 51, json!({ "notes": "second" })).await;
    let entries = archive.entries(Caller::Anonymous, "/api/carrier/51/history").await;
    assert_eq!(entries[1]["at"], at);
    let then = one(&archive, Caller::Anonymous, &format!("/api/carrier/51?as_of={at}")).await;
    assert_eq!(then["notes"], "first", "the time of an entry leads to what it made");
}
