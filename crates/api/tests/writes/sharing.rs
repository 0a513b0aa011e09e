use std::sync::Arc;
use std::time::{Duration, Instant};

use app::outside::{Asked, Outside};
use ipnet::IpNet;
use model::geo::Point;
use rules::{Place, Registration};
use serde_json::{Value as Json, json};
use store::change::ActorKind;
use testkit::{Ask, Caller, Kind, Site, on_both_databases};

use crate::{Desk, FILE, ask};

on_both_databases! {
    of_two_who_want_the_same_value_one_gets_it
    no_change_of_a_counter_is_lost
    what_one_process_commits_the_other_decides_on_and_shows
    a_plan_that_the_database_refuses_leaves_nothing_behind
    facts_are_found_out_without_the_lock
    a_key_that_was_revoked_elsewhere_changes_nothing
    the_log_tells_who_did_it
    a_newer_schema_stops_changes_and_no_reads
    who_is_locked_out_is_told_to_come_back
    a_crowd_that_is_locked_out_does_not_wait_for_each_other
}

async fn of_two_who_want_the_same_value_one_gets_it(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    let port = |net: u32| {
        let body = json!({ "net_id": net, "ixlan_id": 11, "speed": 1000, "ipaddr4": "192.0.2.50", "ipaddr6": "2001:db8:0:1::50" });
        ask("POST", "/api/netixlan", body).by(Caller::Superuser)
    };
    let org = |name: &str| ask("POST", "/api/org", json!({ "name": name })).by(Caller::Superuser);
    for (one, two, field, text) in [
        (org("Ällein"), org("allein"), "name", "Organization with this Name already exists."),
        (port(10), port(10), "ipaddr4", "IP already exists"),
    ] {
        let (one, two) = tokio::join!(desk.site.send(one), other.send(two));
        let mut codes = [one.code(), two.code()];
        codes.sort_unstable();
        assert_eq!(codes, [201, 400], "{} {}", one.text(), two.text());
        let refused = if one.code() == 400 { &one } else { &two };
        assert_eq!(refused.json()[field], json!([text]), "{}", refused.text());
    }
}

async fn no_change_of_a_counter_is_lost(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    let link = |tag: &str, body: Json| ask("POST", &format!("/api/{tag}"), body).by(Caller::Superuser);
    let (a, b, c, d) = tokio::join!(
        desk.site.send(link("netfac", json!({ "net_id": 11, "fac_id": 41 }))),
        other.send(link("ixfac", json!({ "ix_id": 12, "fac_id": 41 }))),
        other.send(link("netfac", json!({ "net_id": 10, "fac_id": 42 }))),
        desk.site.send(link("netfac", json!({ "net_id": 11, "fac_id": 42 }))),
    );
    for reply in [a, b, c, d] {
        assert_eq!(reply.code(), 201, "{}", reply.text());
    }
    desk.site.app.catch_up(&desk.site.store).await.expect("caught up");
    let counts = async |path: &str, name: &str| desk.get(path).await.data()[0][name].clone();
    assert_eq!(counts("/api/fac/41", "net_count").await, 2);
    assert_eq!(counts("/api/fac/41", "ix_count").await, 2);
    assert_eq!(counts("/api/fac/42", "net_count").await, 2);
    assert_eq!(counts("/api/net/11", "fac_count").await, 2);
    assert_eq!(desk.site.store.reader().await.expect("a reader").gaps().await.expect("an answer"), [0; 0]);
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 5);
}

async fn what_one_process_commits_the_other_decides_on_and_shows(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    let made = desk.send(Caller::Superuser, ask("POST", "/api/org", json!({ "name": "Org Four" }))).await;
    let id = made.ids()[0];
    let path = format!("/api/org/{id}");
    let get = || Ask::get(&path).by(Caller::Superuser);
    assert_eq!(other.send(get()).await.code(), 404, "it was not told yet");
    // The other process has never heard of the record, and changes it.
    let body = json!({ "name": "Org Vier" });
    let changed = other.send(ask("PUT", &path, body).by(Caller::Superuser)).await;
    assert_eq!(changed.code(), 200, "{}", changed.text());
    assert_eq!(other.send(get()).await.data()[0]["name"], "Org Vier");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let followed = desk.site.app.follow(&desk.site.store, async {
        let _ = stopped.await;
    });
    let seen = async {
        // Waits on the condition; the runner's own limit is the deadline.
        while desk.get(&path).await.data()[0]["name"] != "Org Vier" {
            tokio::task::yield_now().await;
        }
        stop.send(()).expect("the follower listens");
    };
    tokio::join!(followed, seen);
}

async fn a_plan_that_the_database_refuses_leaves_nothing_behind(kind: Kind) {
    let desk = Desk::small(kind).await;
    // A row that no log tells of holds the pair: rules cannot know.
    desk.bench.run(FILE, "UPDATE netfac SET fac_id = 42 WHERE id = 91").await;
    let body = json!({ "net_id": 10, "fac_id": 42 });
    let reply = desk.send(Caller::Admin, ask("POST", "/api/netfac", body)).await;
    assert_eq!(reply.code(), 400, "{}", reply.text());
    assert_eq!(
        reply.json()["non_field_errors"],
        json!(["The fields net_id, fac_id must make a unique set."])
    );
    assert_eq!(desk.site.store.sequence().await.expect("a number"), 1);
    assert_eq!(desk.site.app.snapshot().sequence(), 1);
    assert_eq!(desk.bench.rows(FILE, "SELECT CAST(fac_count AS TEXT) FROM net WHERE id = 10").await, ["1"]);
    // The lock is free again.
    let body = json!({ "org_id": 100, "name": "Carrier Uno" });
    assert_eq!(desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body)).await.code(), 200);
}

/// A registry that knows the administrator, and needs the database to be free while it is asked.
struct Registry(store::Store);

impl Outside for Registry {
    fn asn(&self, _asn: u32) -> Asked<'_, Registration> {
        Box::pin(async {
            drop(self.0.writer().await.expect("nobody holds the lock"));
            Registration::Found { emails: vec!["admin@people.example".into()] }
        })
    }

    fn prefix(&self, _prefix: IpNet) -> Asked<'_, Registration> {
        Box::pin(std::future::ready(Registration::NotFound))
    }

    fn place<'a>(&'a self, _place: &'a Place) -> Asked<'a, Result<Option<Point>, String>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn feed<'a>(&'a self, _url: &'a str) -> Asked<'a, Result<Vec<u32>, String>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

async fn facts_are_found_out_without_the_lock(kind: Kind) {
    let desk = Desk::small(kind).await;
    let network = |asn: u32| {
        let body = json!({ "org_id": 100, "name": format!("Net {asn}"), "asn": asn, "website": "https://n.example/" });
        ask("POST", "/api/net", body).by(Caller::Admin)
    };
    let reply = desk.site.send(network(3_356)).await;
    assert_eq!(reply.code(), 400, "{}", reply.text());
    assert!(reply.text().contains("not configured"), "{}", reply.text());
    let registry = Arc::new(Registry(desk.site.store.clone()));
    let asking = Site::asking(desk.bench.store(FILE).await, desk.world.now(), registry).await;
    let reply = asking.send(network(3_356)).await;
    assert_eq!(reply.code(), 201, "{}", reply.text());
    assert_eq!(reply.data()[0]["status"], "ok");
}

async fn a_key_that_was_revoked_elsewhere_changes_nothing(kind: Kind) {
    let desk = Desk::small(kind).await;
    // Not followed yet: reading still knows the key.
    desk.bench
        .run(
            FILE,
            "UPDATE user_api_key SET status = 'inactive' WHERE prefix = 'admin000'; \
             UPDATE meta SET value = '77' WHERE key = 'principals_sequence'",
        )
        .await;
    let body = json!({ "org_id": 100, "name": "Carrier Uno" });
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body)).await;
    assert_eq!((reply.code(), reply.error()), (401, "Inactive API key".to_owned()));
    assert_eq!(desk.get("/api/carrier/51?depth=0").await.data()[0]["name"], "Carrier One");
}

async fn the_log_tells_who_did_it(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "org_id": 100, "name": "Carrier Uno" });
    assert_eq!(desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body)).await.code(), 200);
    let changes = desk.site.store.changes(1, 9).await.expect("changes");
    let actor = &changes[0].header.actor;
    assert_eq!((actor.kind, actor.id), (ActorKind::UserKey, Some(4)));
    assert_eq!(actor.name.as_deref(), Some("admin (admin000)"));
    assert_eq!(changes[0].header.origin, store::change::Origin::Api);
}

async fn a_newer_schema_stops_changes_and_no_reads(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.bench.run(FILE, "UPDATE meta SET value = '99' WHERE key = 'schema_epoch'").await;
    let body = json!({ "org_id": 100, "name": "Carrier Uno" });
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body)).await;
    assert_eq!(reply.code(), 503, "{}", reply.text());
    assert!(reply.error().contains("newer program") && reply.header("retry-after").is_some());
    assert_eq!(desk.get("/api/carrier/51").await.data()[0]["name"], "Carrier One");
}

async fn who_is_locked_out_is_told_to_come_back(kind: Kind) {
    let desk = Desk::small(kind).await;
    let elsewhere = desk.bench.store(FILE).await;
    let held = elsewhere.writer().await.expect("the lock");
    let body = || json!({ "org_id": 100, "name": "Carrier Uno" });
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body())).await;
    assert_eq!(reply.code(), 503, "{}", reply.text());
    assert!(reply.error().contains("try again") && reply.header("retry-after").is_some());
    assert_eq!(desk.get("/api/carrier/51").await.data()[0]["name"], "Carrier One");
    drop(held);
    assert_eq!(desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body())).await.code(), 200);
}

/// One after the other, each would wait for as long as the database waits for its lock.
async fn a_crowd_that_is_locked_out_does_not_wait_for_each_other(kind: Kind) {
    let desk = Desk::small(kind).await;
    let elsewhere = desk.bench.store(FILE).await;
    let held = elsewhere.writer().await.expect("the lock");
    let body = || json!({ "org_id": 100, "name": "Carrier Uno" });
    let writer = || desk.send(Caller::Admin, ask("PUT", "/api/carrier/51", body()));
    let began = Instant::now();
    let replies = tokio::join!(writer(), writer(), writer(), writer(), writer(), writer());
    for reply in [replies.0, replies.1, replies.2, replies.3, replies.4, replies.5] {
        assert_eq!(reply.code(), 503, "{}", reply.text());
        assert!(reply.header("retry-after").is_some());
    }
    assert!(began.elapsed() < Duration::from_secs(25), "{} s", began.elapsed().as_secs());
    drop(held);
}
