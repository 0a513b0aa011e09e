use std::collections::BTreeMap;
use std::time::Duration;

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::{Ask, Caller, Kind, Site, on_both_databases};

use crate::{Desk, FILE, event, events, next};

on_both_databases! {
    yesterdays_dump_and_the_feed_give_todays
    a_process_that_starts_tells_what_was_changed_before
    rights_decide_about_events
    a_purge_is_told_and_leaves_no_value
    without_a_cursor_the_end_is_told
    who_waits_is_answered_by_a_change_of_another_process
    what_cannot_be_followed_is_gone
    a_lagging_process_does_not_send_its_readers_away
    wrong_questions_are_refused_by_name
    an_unchanged_page_is_not_sent_again
    records_are_asked_for_by_owner_and_as_number
}

type Lists = BTreeMap<(String, u64), Json>;

/// The thirteen dump files, and the number of the first change that one of them may lack.
async fn dumps(site: &Site) -> (Lists, u64) {
    let (mut lists, mut lowest) = (Lists::new(), u64::MAX);
    for tag in Tag::ALL {
        let reply = site.send(Ask::get(&format!("/{tag}-0.json"))).await;
        let seq = reply.header("x-change-seq").expect("a number").parse().expect("a number");
        lowest = lowest.min(seq);
        for row in reply.data() {
            lists.insert((tag.to_string(), row["id"].as_u64().expect("an id")), row);
        }
    }
    (lists, lowest)
}

/// Applies the feed from a cursor on, in pages of so many events. Gives the cursor behind it.
async fn replay(site: &Site, lists: &mut Lists, cursor: String, limit: usize) -> String {
    let mut cursor = cursor;
    loop {
        let page = site.send(Ask::get(&format!("/changes?after={cursor}&limit={limit}"))).await;
        assert_eq!(page.code(), 200, "{}", page.text());
        let data = page.data();
        assert!(data.len() <= limit);
        for event in data {
            let key =
                (event["type"].as_str().expect("a type").to_owned(), event["id"].as_u64().expect("an id"));
            match event["event"].as_str() {
                Some("enter" | "update") => lists.insert(key, event["record"].clone()),
                Some("leave" | "purge") => lists.remove(&key),
                other => panic!("{other:?}"),
            };
        }
        cursor = next(&page);
        if page.json()["meta"]["more"] == json!(false) {
            return cursor;
        }
    }
}

/// Changes of many kinds.
async fn change_much(desk: &Desk, round: u32) {
    let name = |what: &str| format!("{what} {round}");
    desk.change("PUT", "/api/org/100", json!({ "name": name("Org") })).await;
    desk.change("PUT", "/api/ix/11", json!({ "org_id": 100, "name": name("IX"), "city": "Chicago", "country": "US", "region_continent": "North America", "media": "Ethernet", "tech_email": "noc@one.example" })).await;
    let body = json!({ "net_id": 10, "role": "Sales", "email": "sales@one.example", "visible": "Public" });
    let contact = desk.change("POST", "/api/poc", body).await.ids()[0];
    let body = json!({ "net_id": 10, "role": "Sales", "email": "sales@one.example", "visible": "Users" });
    desk.change("PUT", &format!("/api/poc/{contact}"), body).await;
    let carrier =
        desk.change("POST", "/api/carrier", json!({ "org_id": 100, "name": name("Carrier") })).await;
    let (net, fac) = [(11, 41), (11, 42), (10, 42)][round as usize];
    desk.change("POST", "/api/netfac", json!({ "net_id": net, "fac_id": fac })).await;
    let path = format!("/api/carrier/{}", carrier.ids()[0]);
    desk.change("DELETE", &path, Json::Null).await;
}

async fn yesterdays_dump_and_the_feed_give_todays(kind: Kind) {
    let desk = Desk::small(kind).await;
    let (yesterday, seq) = dumps(&desk.site).await;
    assert_eq!(seq, 1);
    let mut cursors = Vec::new();
    for (limit, lists) in [(1, yesterday.clone()), (3, yesterday.clone()), (1000, yesterday.clone())] {
        cursors.push((limit, lists, seq.to_string()));
    }
    for round in 0..2 {
        change_much(&desk, round).await;
        desk.purge(Tag::Poc, 71 + round).await;
        for (limit, lists, cursor) in &mut cursors {
            *cursor = replay(&desk.site, lists, cursor.clone(), *limit).await;
        }
    }
    let (today, _) = dumps(&desk.site).await;
    assert_ne!(today, yesterday);
    for (limit, lists, _) in cursors {
        assert_eq!(lists, today, "in pages of {limit}");
    }
    // Late, and all of it from a process that starts now. The purges were committed beside the server, which stores
    // what they touched when it has heard of them.
    desk.site.app.store_touches(&desk.site.store).await.expect("stored");
    change_much(&desk, 2).await;
    let other = desk.another().await;
    assert_eq!(other.app.moment().journal.floor(), seq);
    let mut lists = yesterday;
    replay(&other, &mut lists, seq.to_string(), 5).await;
    assert_eq!(lists, dumps(&desk.site).await.0);
}

async fn a_process_that_starts_tells_what_was_changed_before(kind: Kind) {
    let desk = Desk::small(kind).await;
    change_much(&desk, 0).await;
    let ask = || Ask::get("/changes?after=1");
    let told = desk.site.send(ask()).await;
    let restarted = desk.another().await.send(ask()).await;
    assert!(events(&told).len() > 5, "{}", told.text());
    assert_eq!(restarted.json(), told.json());
}

async fn rights_decide_about_events(kind: Kind) {
    let desk = Desk::small(kind).await;
    let contact = |visible: &str| json!({ "net_id": 10, "role": "NOC", "name": "Desk", "email": "noc@one.example", "phone": "+12065550100", "visible": visible });
    let told = async |caller: Caller, after: u32| {
        let reply = desk.site.send(Ask::get(&format!("/changes?after={after}&type=poc")).by(caller)).await;
        assert_eq!(reply.code(), 200, "{}", reply.text());
        assert_eq!(reply.json()["meta"]["newest"], json!(desk.site.app.snapshot().sequence()));
        events(&reply)
    };
    let own = [Caller::Member, Caller::Admin, Caller::Reader, Caller::Org, Caller::Superuser];
    let update = [event("update", "poc", 72)];
    desk.change("PUT", "/api/poc/72", contact("Public")).await;
    for (caller, kind) in
        [(Caller::Anonymous, "enter"), (Caller::Unverified, "enter"), (Caller::Plain, "update")]
    {
        assert_eq!(told(caller, 1).await, [event(kind, "poc", 72)], "{caller:?}");
    }
    desk.change("PUT", "/api/poc/72", contact("Users")).await;
    for caller in [Caller::Anonymous, Caller::Unverified] {
        assert_eq!(told(caller, 1).await, [event("leave", "poc", 72)], "late, {caller:?}");
    }
    assert_eq!(told(Caller::Plain, 2).await, update);
    // A contact that its organization alone sees.
    let body = json!({ "net_id": 10, "role": "Abuse", "name": "Abuse", "email": "abuse@one.example", "visible": "Users" });
    desk.change("PUT", "/api/poc/73", body).await;
    assert_eq!(told(Caller::Anonymous, 3).await, []);
    assert_eq!(told(Caller::Plain, 3).await, [event("enter", "poc", 73)]);
    for caller in own {
        assert_eq!(told(caller, 3).await, [event("update", "poc", 73)], "{caller:?}");
    }
    let refused = desk.site.send(Ask::get("/changes").by(Caller::RevokedKey)).await;
    assert_eq!((refused.code(), refused.json()["detail"].clone()), (401, json!("Invalid API key")));
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let own = desk.site.send(Ask::get("/changes").by(Caller::Admin)).await;
    assert_eq!(own.header("cache-control"), Some("private, no-store"));
}

async fn a_purge_is_told_and_leaves_no_value(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "net_id": 10, "role": "Technical", "visible": "Public", "name": "Erasmus Erased", "email": "erased@one.example" });
    desk.change("PUT", "/api/poc/71", body).await;
    desk.change("DELETE", "/api/poc/71", Json::Null).await;
    desk.purge(Tag::Poc, 71).await;
    for caller in [Caller::Anonymous, Caller::Superuser] {
        let reply = desk.site.send(Ask::get("/changes?after=1&type=poc").by(caller)).await;
        assert_eq!(events(&reply), [event("leave", "poc", 71), event("purge", "poc", 71)], "{caller:?}");
        assert!(!reply.text().to_lowercase().contains("erase"), "{}", reply.text());
    }
    let atom = desk.site.send(Ask::get("/changes.atom")).await;
    assert!(!atom.text().to_lowercase().contains("erase"), "{}", atom.text());
    let stored = desk.bench.rows(FILE, "SELECT touches FROM change_touched ORDER BY seq").await;
    assert_eq!(stored.len(), 2, "{stored:?}");
    assert!(stored.iter().all(|text| !text.to_lowercase().contains("erase")), "{stored:?}");
}

async fn without_a_cursor_the_end_is_told(kind: Kind) {
    let desk = Desk::small(kind).await;
    let end = desk.site.send(Ask::get("/changes")).await;
    assert_eq!((end.code(), events(&end)), (200, vec![]));
    desk.change("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": "Carrier Uno" })).await;
    let reply = desk.site.send(Ask::get(&format!("/changes?after={}", next(&end)))).await;
    assert_eq!(events(&reply)[0], event("update", "carrier", 51));
    let told = &reply.data()[0];
    assert_eq!(told["record"]["name"], "Carrier Uno");
    let row = desk.site.send(Ask::get("/api/carrier?id=51")).await.data()[0].clone();
    assert_eq!(told["record"], row, "as the API shows it at depth 0");
    assert_eq!((told["seq"].clone(), told["at"].clone()), (json!(2), row["updated"].clone()));
    assert_eq!(reply.header("access-control-allow-origin"), None);
    let head = desk.site.send(Ask::new("HEAD", "/changes?after=1")).await;
    assert_eq!((head.code(), head.body.len()), (200, 0));
}

async fn who_waits_is_answered_by_a_change_of_another_process(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    let end = next(&other.send(Ask::get("/changes")).await);
    let waiting = other.send(Ask::get(&format!("/changes?after={end}&wait=30&type=carrier")));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let followed = other.app.follow(&other.store, async {
        let _ = stopped.await;
    });
    let changed = async {
        // Of no interest to who waits.
        desk.change("PUT", "/api/org/200", json!({ "name": "Org Zwei" })).await;
        desk.change("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": "Carrier Uno" })).await;
    };
    let answered = async {
        let reply = tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("an answer in time");
        stop.send(()).expect("the follower listens");
        reply
    };
    let (reply, (), ()) = tokio::join!(answered, changed, followed);
    assert_eq!(events(&reply), [event("update", "carrier", 51)]);
    assert_eq!(other.app.listeners().count(), 0, "the place is free again");
    // Nothing comes: time is up.
    let reply = other.send(Ask::get(&format!("/changes?after={}&wait=1", next(&reply)))).await;
    assert_eq!((reply.code(), events(&reply)), (200, vec![]));
}

async fn what_cannot_be_followed_is_gone(kind: Kind) {
    let desk = Desk::small(kind).await;
    let own = next(&desk.site.send(Ask::get("/changes").by(Caller::Admin)).await);
    let foreign = next(&desk.site.send(Ask::get("/changes").by(Caller::Plain)).await);
    assert_ne!(own, foreign);
    let first = desk.another().await;
    desk.change("PUT", "/api/org/100", json!({ "name": "Org Eins" })).await;
    for (cursor, site) in [
        // Before what is kept.
        ("0", &desk.site),
        // Never made.
        ("17", &desk.site),
        // For other rights.
        (foreign.as_str(), &desk.site),
    ] {
        for accept in ["application/json", "text/event-stream"] {
            let ask =
                Ask::get(&format!("/changes?after={cursor}")).by(Caller::Admin).header("accept", accept);
            let reply = site.send(ask).await;
            assert_eq!(reply.code(), 410, "{cursor} {accept}: {}", reply.text());
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
            let problem = reply.json();
            assert_eq!(problem["status"], 410);
            assert_eq!(problem["start"][0], "https://directory.example/dumps/directory.tar.gz");
            assert_eq!(problem["oldest"], 1);
        }
    }
    let reply = desk.site.send(Ask::get(&format!("/changes?after={own}")).by(Caller::Admin)).await;
    assert_eq!(reply.code(), 200, "{}", reply.text());
    // What `start` names tells its number.
    let dump = first.send(Ask::get("/dumps/directory.tar.gz")).await;
    assert_eq!((dump.code(), dump.header("x-change-seq")), (200, Some("1")));
    let dump = desk.site.send(Ask::get("/dumps/directory.sqlite.gz").header("x-change-seq", "2")).await;
    assert_eq!((dump.header("x-change-seq"), dump.count_of("x-change-seq")), (Some("2"), 1));
}

async fn a_lagging_process_does_not_send_its_readers_away(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    let body = json!({ "name": "Org Eins" });
    let made = desk.change("PUT", "/api/org/100", body).await;
    let seq = made.header("x-change-seq").expect("a number").to_owned();
    // It has not looked into the database for a while, so that it cannot say that there is no such change.
    other.clock.set(model::Time(desk.world.now().0 + 60 * model::Time::SECOND));
    let reply = other.send(Ask::get(&format!("/changes?after={seq}"))).await;
    assert_eq!((reply.code(), reply.header("retry-after")), (503, Some("2")), "{}", reply.text());
    other.app.catch_up(&other.store).await.expect("caught up");
    assert_eq!(other.send(Ask::get(&format!("/changes?after={seq}"))).await.code(), 200);
}

async fn wrong_questions_are_refused_by_name(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (query, detail) in [
        ("after=x", "after: `x` is no cursor"),
        ("after=1.0", "after: `1.0` is no cursor"),
        ("limit=0", "limit: `0` is no whole number from 1 to 1000"),
        ("limit=1001", "limit: `1001` is no"),
        ("wait=31", "wait: `31` is no whole number from 0 to 30"),
        ("wait=-1", "wait: `-1` is no"),
        ("type=nets", "type: `nets` is no type of records"),
        ("org=x", "org: `x` is no id"),
        ("asn=65000", "asn: `65000` is the AS number of no network"),
        ("since=1", "since is no parameter of the feed, which has after"),
    ] {
        let reply = desk.site.send(Ask::get(&format!("/changes?{query}"))).await;
        assert_eq!(reply.code(), 400, "{query}: {}", reply.text());
        let told = reply.json()["detail"].as_str().expect("a text").to_owned();
        assert!(told.starts_with(detail), "{query}: {told}");
    }
    let reply = desk.site.send(Ask::get("/changes").header("accept", "text/html")).await;
    assert_eq!(reply.code(), 406);
    let reply = desk.site.send(Ask::new("POST", "/changes")).await;
    assert_eq!((reply.code(), reply.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(desk.site.send(Ask::get("/changes/nothing")).await.code(), 404);
    let reply = desk.site.send(Ask::new("OPTIONS", "/changes").header("origin", "https://a.example")).await;
    assert_eq!((reply.code(), reply.header("access-control-allow-origin")), (204, Some("https://a.example")));
}

async fn an_unchanged_page_is_not_sent_again(kind: Kind) {
    let desk = Desk::small(kind).await;
    let ask = || Ask::get("/changes?after=1");
    let first = desk.site.send(ask()).await;
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let tag = first.header("etag").expect("a tag").to_owned();
    assert_eq!(desk.site.send(ask().header("if-none-match", &tag)).await.code(), 304);
    desk.change("PUT", "/api/org/100", json!({ "name": "Org Eins" })).await;
    assert_eq!(desk.site.send(ask().header("if-none-match", &tag)).await.code(), 200);
}

async fn records_are_asked_for_by_owner_and_as_number(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.change("PUT", "/api/org/100", json!({ "name": "Org Eins" })).await;
    desk.change("POST", "/api/netfac", json!({ "net_id": 11, "fac_id": 42 })).await;
    let told =
        async |query: &str| events(&desk.site.send(Ask::get(&format!("/changes?after=1&{query}"))).await);
    let all = told("limit=1000").await;
    assert!(told("org=100").await.iter().all(|event| all.contains(event)));
    assert!(told("org=100").await.contains(&event("update", "org", 100)));
    assert!(!told("org=200").await.contains(&event("update", "org", 100)));
    assert!(told("asn=64497").await.contains(&event("update", "net", 11)), "its counter moved");
    assert!(
        told("asn=64497")
            .await
            .iter()
            .any(|(kind, tag, _)| (kind.as_str(), tag.as_str()) == ("enter", "netfac"))
    );
    assert_eq!(told("asn=64496").await, []);
    let types = told("type=net,%20fac").await;
    assert!(types.iter().all(|(_, tag, _)| tag == "net" || tag == "fac") && types.len() > 1, "{types:?}");
}
