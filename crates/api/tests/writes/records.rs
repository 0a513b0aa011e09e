use model::{Tag, Time};
use serde_json::json;
use testkit::{Ask, Caller, Kind, Site, World, on_both_databases};

use crate::{Desk, ask};

on_both_databases! {
    a_record_is_made_changed_and_deleted
    what_is_stored_is_what_is_shown
    counters_and_stamps_of_neighbours_are_shown_with_the_next_question
    answers_show_what_the_caller_may_see
    answers_to_writes_show_values_as_reading_does
    new_records_wait_in_the_queue
    ids_of_purged_records_are_not_given_again
    times_never_go_back
}

async fn a_record_is_made_changed_and_deleted(kind: Kind) {
    let desk = Desk::small(kind).await;
    let made =
        desk.send(Caller::Admin, ask("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 }))).await;
    assert_eq!(made.code(), 201, "{}", made.text());
    assert_eq!(
        (made.header("x-change-seq"), made.header("cache-control")),
        (Some("2"), Some("private, no-store"))
    );
    assert_eq!((made.header("location"), made.header("etag")), (None, None));
    let row = &made.data()[0];
    assert_eq!(row["net"]["org"]["name"], "Org One", "what it refers to is shown");
    assert!(row["net"].get("poc_set").is_none(), "and no sets of that");
    let path = format!("/api/netfac/{}", made.ids()[0]);
    assert_eq!(desk.get("/api/net/10?depth=0").await.data()[0]["fac_count"], 2);

    let changed = json!({ "org_id": 100, "name": "Carrier Uno", "notes": "Ünïcode" });
    let order = ask("PUT", "/api/carrier/51", changed).header("x-change-seq", "1");
    let reply = desk.send(Caller::Admin, order).await;
    assert_eq!(reply.code(), 200, "{}", reply.text());
    assert_eq!((reply.header("x-change-seq"), reply.count_of("x-change-seq")), (Some("3"), 1));
    assert_eq!(
        (&reply.data()[0]["name"], &reply.data()[0]["notes"]),
        (&json!("Carrier Uno"), &json!("Ünïcode"))
    );
    assert!(reply.data()[0]["carrierfac_set"][0].is_object(), "sets are objects: {}", reply.text());
    assert!(reply.data()[0]["org"].get("net_set").is_none());
    assert_eq!(desk.get("/api/carrier/51?depth=0").await.data()[0]["name"], "Carrier Uno");
    let flat = json!({ "org_id": 100, "name": "Carrier Uno" });
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51?depth=0&fields=id,name", flat)).await;
    assert_eq!(reply.data()[0], json!({ "id": 51, "name": "Carrier Uno" }));
    let reply = desk.send(Caller::Admin, ask("PUT", "/api/carrier/51?depth=x", json!({ "name": "y" }))).await;
    assert_eq!((reply.code(), reply.error().contains("depth")), (400, true));

    let gone = desk.send(Caller::Admin, Ask::new("DELETE", &path)).await;
    assert_eq!((gone.code(), gone.text()), (204, ""));
    assert_eq!(desk.get(&path).await.code(), 404);
    assert_eq!(desk.get("/api/net/10?depth=0").await.data()[0]["fac_count"], 1);
    let again = desk.send(Caller::Admin, Ask::new("DELETE", &path)).await;
    assert_eq!(again.code(), 204, "as often as they like");
    let nothing = desk.send(Caller::Admin, Ask::new("DELETE", "/api/netfac/99999")).await;
    let newest = desk.site.app.snapshot().sequence().to_string();
    assert_eq!((nothing.code(), nothing.header("x-change-seq")), (204, Some(&*newest)), "nothing was done");
    let back =
        desk.send(Caller::Admin, ask("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 }))).await;
    assert_eq!((back.code(), back.ids()), (201, made.ids()), "it comes back");
}

async fn counters_and_stamps_of_neighbours_are_shown_with_the_next_question(kind: Kind) {
    let desk = Desk::small(kind).await;
    assert_eq!(desk.get("/api/net/10?depth=0").await.data()[0]["netfac_updated"], json!(null));
    let reply =
        desk.send(Caller::Admin, ask("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 }))).await;
    let row = &reply.data()[0];
    assert_eq!(
        (&row["net"]["fac_count"], &row["fac"]["net_count"]),
        (&json!(1), &json!(0)),
        "{}",
        reply.text()
    );
    assert_eq!(row["net"]["netfac_updated"], json!(null));
    let net = &desk.get("/api/net/10?depth=0").await.data()[0];
    assert_eq!((&net["fac_count"], &net["netfac_updated"]), (&json!(2), &row["created"]));
}

/// All records of a directory as text.
fn all(site: &Site) -> Vec<String> {
    let snapshot = site.app.snapshot();
    let records = Tag::ALL.into_iter().flat_map(|tag| snapshot.entries(tag));
    records.map(|entry| format!("{:?}", entry.record())).collect()
}

async fn what_is_stored_is_what_is_shown(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (method, path, body) in [
        ("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 })),
        (
            "POST",
            "/api/poc",
            json!({ "net_id": 10, "role": "Sales", "email": "sales@one.example", "visible": "Users" }),
        ),
        ("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": "Carriér", "social_media": [] })),
        (
            "PUT",
            "/api/net/10",
            json!({ "org_id": 100, "name": "Net Uno", "asn": 64496, "info_types": ["Content"] }),
        ),
        ("PUT", "/api/org/100", json!({ "name": "Org One", "latitude": 41.5, "longitude": -87.123456 })),
        (
            "POST",
            "/api/campus",
            json!({ "org_id": 100, "name": "Campus Two", "website": "https://c.example/" }),
        ),
    ] {
        let reply = desk.send(Caller::Superuser, ask(method, path, body)).await;
        assert!(matches!(reply.code(), 200 | 201), "{method} {path}: {}", reply.text());
    }
    for path in ["/api/poc/71", "/api/carrierfac/93", "/api/campus/61"] {
        let reply = desk.send(Caller::Superuser, Ask::new("DELETE", path)).await;
        assert_eq!(reply.code(), 204, "{path}: {}", reply.text());
    }
    let restarted = desk.another().await;
    assert_eq!(all(&restarted), all(&desk.site));
    assert_eq!(restarted.app.snapshot().sequence(), desk.site.app.snapshot().sequence());
    let followed = Site::open(desk.bench.store(crate::FILE).await, desk.world.now()).await;
    assert!(!followed.app.catch_up(&followed.store).await.expect("an answer"), "nothing is missing");
}

async fn answers_show_what_the_caller_may_see(kind: Kind) {
    let mut people = testkit::people(World::small().now());
    // May change the network, and is no member who sees its private contacts.
    let row =
        model::directory::Grant { namespace: "peeringdb.organization.100.network.10".into(), permission: 15 };
    people.user_rows.push((1, row));
    let desk = Desk::with_people(kind, people).await;
    let body = json!({ "org_id": 100, "name": "Net One", "asn": 64496 });
    let reply = desk.send(Caller::Plain, ask("PUT", "/api/net/10", body)).await;
    assert_eq!(reply.code(), 200, "{}", reply.text());
    let row = &reply.data()[0];
    let contacts = row["poc_set"].as_array().expect("a set");
    let ids: Vec<Option<u64>> = contacts.iter().map(|contact| contact["id"].as_u64()).collect();
    assert_eq!(ids, [Some(71), Some(72)]);
}

/// The reference shows some values of a written record as they were sent, or as they are stored.
async fn answers_to_writes_show_values_as_reading_does(kind: Kind) {
    let desk = Desk::small(kind).await;
    let body = json!({ "org_id": 100, "name": "Net One", "asn": 64496, "info_types": ["Content", "NSP"] });
    let put = desk.send(Caller::Admin, ask("PUT", "/api/net/10", body)).await.data();
    let get = desk.get("/api/net/10").await.data();
    assert_eq!(put[0]["info_type"], "NSP", "the first in the order of their definition");
    assert_eq!((&put[0]["info_type"], &put[0]["info_types"]), (&get[0]["info_type"], &get[0]["info_types"]));
    let body = json!({ "org_id": 100, "name": "Fac One", "address1": "350 Main Street", "city": "Chicago",
        "country": "US", "zipcode": "60601", "latitude": 41.88, "longitude": -87.63,
        "available_voltage_services": null, "campus_id": 61 });
    let put = desk.send(Caller::Admin, ask("PUT", "/api/fac/41", body)).await.data();
    let get = desk.get("/api/fac/41").await.data();
    let voltage = "available_voltage_services";
    assert_eq!((&put[0][voltage], &get[0][voltage]), (&json!([]), &json!([])));
    assert!(put[0]["campus"].get("fac_set").is_none(), "records that it refers to show no sets");
}

async fn new_records_wait_in_the_queue(kind: Kind) {
    let desk = Desk::small(kind).await;
    let reply = desk.send(Caller::Superuser, ask("POST", "/api/org", json!({ "name": "Org Four" }))).await;
    assert_eq!((reply.code(), &reply.data()[0]["status"]), (201, &json!("pending")), "{}", reply.text());
    let queue = desk.site.store.people().await.expect("people").queue;
    let waiting: Vec<_> =
        queue.iter().map(|item| (item.tag, u64::from(item.object_id), item.user_id)).collect();
    assert_eq!(waiting, [(Tag::Org, reply.ids()[0], Some(5))]);
    let path = format!("/api/org/{}", reply.ids()[0]);
    assert_eq!(desk.send(Caller::Superuser, Ask::new("DELETE", &path)).await.code(), 204);
    assert_eq!(desk.site.store.people().await.expect("people").queue, []);
}

async fn ids_of_purged_records_are_not_given_again(kind: Kind) {
    use store::change::{Actor, ChangeSet, Header, Origin, RowChange};
    let desk = Desk::small(kind).await;
    let body = |name: &str| json!({ "net_id": 10, "role": "Sales", "email": format!("{name}@one.example"), "visible": "Public" });
    let first = desk.send(Caller::Admin, ask("POST", "/api/poc", body("a"))).await;
    assert_eq!(first.ids(), [74], "{}", first.text());
    let header = Header {
        at: desk.world.now(),
        actor: Actor::SYSTEM,
        origin: Origin::Cli,
        command_id: "purge".into(),
    };
    let rows = vec![RowChange::Purge { tag: Tag::Poc, id: 74 }];
    desk.site.store.commit(&ChangeSet { header, rows }).await.expect("a commit");
    let second = desk.send(Caller::Admin, ask("POST", "/api/poc", body("b"))).await;
    assert_eq!(second.ids(), [75], "{}", second.text());
    assert_eq!(second.header("x-change-seq"), Some("4"));
    let restarted = desk.another().await;
    let third = restarted.send(ask("POST", "/api/poc", body("c")).by(Caller::Admin)).await;
    assert_eq!(third.ids(), [76], "{}", third.text());
}

async fn times_never_go_back(kind: Kind) {
    let desk = Desk::small(kind).await;
    let updated = async |path: &str| {
        let snapshot = desk.site.app.snapshot();
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
        snapshot.record(Tag::Carrier, id).expect("a record").updated()
    };
    let change = || ask("PUT", "/api/carrier/51", json!({ "org_id": 100, "name": "Carrier One" }));
    assert_eq!(desk.send(Caller::Admin, change()).await.code(), 200);
    let first = updated("/api/carrier/51").await;
    desk.site.clock.set(Time(desk.world.now().0 - 3_600 * Time::SECOND));
    assert_eq!(desk.send(Caller::Admin, change()).await.code(), 200);
    let second = updated("/api/carrier/51").await;
    assert!(second > first, "{second:?} comes after {first:?}");
    let at: Vec<Time> =
        desk.site.store.changes(0, 9).await.expect("changes").iter().map(|change| change.header.at).collect();
    assert!(at.is_sorted_by(|a, b| a < b), "{at:?}");
}
