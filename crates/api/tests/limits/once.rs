use std::sync::Arc;

use app::limits::Rules;
use app::outside::{Asked, Outside};
use app::write::once::KEPT;
use ipnet::IpNet;
use model::Time;
use model::geo::Point;
use rules::{Place, Registration};
use serde_json::json;
use testkit::{Ask, Caller, Kind, Reply, Site, on_both_databases};
use tokio::sync::Notify;

use crate::{Desk, FILE, ask};

on_both_databases! {
    a_repetition_gets_the_first_answer_and_changes_nothing
    what_had_nothing_to_do_does_nothing_later_either
    a_name_stands_for_one_request_of_one_key
    refusals_are_not_kept
    the_answer_is_there_after_a_restart_and_in_every_process
    two_processes_that_get_it_at_once_do_it_once
    a_request_under_way_is_told_as_such
    answers_are_forgotten_after_a_day
    names_that_are_none_are_refused
    reads_and_callers_without_a_key_have_no_names
}

const NAME: &str = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";

fn named(ask: Ask, name: &str) -> Ask {
    ask.header("idempotency-key", name)
}

fn org(name: &str) -> Ask {
    ask("POST", "/api/org", json!({ "name": name }))
}

fn replayed(reply: &Reply) -> bool {
    reply.header("idempotent-replayed") == Some("true")
}

async fn sequence(desk: &Desk) -> u64 {
    desk.site.store.sequence().await.expect("a number")
}

async fn kept(desk: &Desk) -> u64 {
    desk.site.store.reader().await.expect("a reader").kept_answers().await.expect("a number")
}

async fn a_repetition_gets_the_first_answer_and_changes_nothing(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let put =
        |name: &str| ask("PUT", "/api/carrier/51?depth=1&pretty", json!({ "org_id": 100, "name": name }));
    let writes: [(&dyn Fn() -> Ask, u16); 4] = [
        (&|| org("Org Four"), 201),
        (&|| put("Carrier Uno"), 200),
        (&|| Ask::new("DELETE", "/api/netfac/91"), 204),
        (&|| Ask::new("POST", "/api/ix/11/request_ixf_import"), 200),
    ];
    for (n, (write, code)) in writes.into_iter().enumerate() {
        let name = format!("name-{n}");
        let first = desk.send(Caller::Superuser, named(write(), &name)).await;
        assert_eq!((first.code(), replayed(&first)), (code, false), "{}", first.text());
        let after = sequence(&desk).await;
        assert_eq!(first.header("x-change-seq"), Some(&*after.to_string()));
        let again = desk.send(Caller::Superuser, named(write(), &name)).await;
        assert!(replayed(&again));
        assert_eq!((again.code(), again.text()), (first.code(), first.text()));
        for header in ["x-change-seq", "content-type", "cache-control", "x-auth-id", "allow"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
        assert_eq!(sequence(&desk).await, after, "nothing was changed");
    }
    let unnamed = desk.send(Caller::Superuser, org("Org Four")).await;
    assert_eq!(unnamed.code(), 400, "without the name it is another wish");
}

async fn what_had_nothing_to_do_does_nothing_later_either(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let delete = || named(Ask::new("DELETE", "/api/netfac/92"), NAME);
    let first = desk.send(Caller::Admin, delete()).await;
    assert_eq!((first.code(), sequence(&desk).await), (204, 1), "there is no such record");
    let made = ask("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 }));
    assert_eq!(desk.send(Caller::Admin, made).await.ids(), [92]);
    let again = desk.send(Caller::Admin, delete()).await;
    assert_eq!((again.code(), replayed(&again)), (204, true));
    assert_eq!(desk.get(Caller::Admin, "/api/netfac/92").await.code(), 200);
}

async fn a_name_stands_for_one_request_of_one_key(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let link = |fac: u32| ask("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": fac }));
    assert_eq!(desk.send(Caller::Admin, named(link(42), NAME)).await.code(), 201);
    for other in [
        named(link(41), NAME),
        named(ask("POST", "/api/netfac?depth=1", json!({ "net_id": 10, "fac_id": 42 })), NAME),
        named(Ask::new("DELETE", "/api/netfac/91"), NAME),
        // The same name, without its quotation marks.
        named(Ask::new("DELETE", "/api/netfac/91"), NAME.trim_matches('"')),
    ] {
        let reply = desk.send(Caller::Admin, other).await;
        assert_eq!(reply.code(), 422, "{}", reply.text());
        assert!(reply.error().starts_with("Idempotency-Key: it was used for another request"));
    }
    assert_eq!(desk.get(Caller::Admin, "/api/netfac/91").await.code(), 200);
    let other = desk.send(Caller::Superuser, named(Ask::new("DELETE", "/api/netfac/91"), NAME)).await;
    assert_eq!((other.code(), replayed(&other)), (204, false), "names of another key are others");
}

async fn refusals_are_not_kept(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    for refused in [
        ask("POST", "/api/netfac", json!({ "net_id": 10 })),
        ask("PUT", "/api/org/200", json!({ "name": "Mine" })),
        Ask::new("DELETE", "/api/net/11"),
        ask("POST", "/api/net", json!([1])),
    ] {
        let reply = desk.send(Caller::Admin, named(refused, NAME)).await;
        assert!((400..500).contains(&reply.code()), "{}", reply.code());
    }
    assert_eq!(kept(&desk).await, 0);
    let link = ask("POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 }));
    assert_eq!(desk.send(Caller::Admin, named(link, NAME)).await.code(), 201);
    assert_eq!(kept(&desk).await, 1);
}

async fn the_answer_is_there_after_a_restart_and_in_every_process(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let other = desk.another().await;
    let first = desk.send(Caller::Superuser, named(org("Org Four"), NAME)).await;
    assert_eq!(first.code(), 201);
    // The other one has not heard of the change.
    let again = other.send(named(org("Org Four"), NAME).by(Caller::Superuser)).await;
    assert!(replayed(&again) && again.text() == first.text(), "{}", again.text());
    let reused = other.send(named(org("Org Five"), NAME).by(Caller::Superuser)).await;
    assert_eq!(reused.code(), 422);
    let restarted = desk.another().await;
    let again = restarted.send(named(org("Org Four"), NAME).by(Caller::Superuser)).await;
    assert!(replayed(&again) && again.text() == first.text());
    assert_eq!(sequence(&desk).await, 2);
}

async fn two_processes_that_get_it_at_once_do_it_once(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let other = desk.another().await;
    for n in 0..5 {
        let name = format!("name-{n}");
        let write = || named(org(&format!("Org {n}")), &name).by(Caller::Superuser);
        let (one, two) = tokio::join!(desk.site.send(write()), other.send(write()));
        assert_eq!((one.code(), two.code()), (201, 201), "{} {}", one.text(), two.text());
        assert_eq!(one.text(), two.text());
        assert!(replayed(&one) != replayed(&two), "one of them made it");
    }
    assert_eq!(sequence(&desk).await, 6);
}

/// A registry that knows the administrator, and takes its time.
#[derive(Default)]
struct Slow {
    asked: Notify,
    go_on: Notify,
}

impl Outside for Slow {
    fn asn(&self, _asn: u32) -> Asked<'_, Registration> {
        Box::pin(async {
            self.asked.notify_one();
            self.go_on.notified().await;
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

async fn a_request_under_way_is_told_as_such(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let registry = Arc::new(Slow::default());
    let outside: Arc<dyn Outside> = Arc::clone(&registry) as _;
    let site = Site::asking(desk.bench.store(FILE).await, desk.world.now(), outside).await;
    let body = json!({ "org_id": 100, "name": "Net Slow", "asn": 3_356, "website": "https://n.example/" });
    let write = || named(ask("POST", "/api/net", body.clone()), NAME).by(Caller::Admin);
    let meanwhile = async {
        registry.asked.notified().await;
        let early = site.send(write()).await;
        registry.go_on.notify_one();
        early
    };
    let (first, early) = tokio::join!(site.send(write()), meanwhile);
    assert_eq!(first.code(), 201, "{}", first.text());
    assert_eq!((early.code(), early.header("retry-after")), (409, Some("1")), "{}", early.text());
    let again = site.send(write()).await;
    assert!(replayed(&again) && again.text() == first.text());
}

async fn answers_are_forgotten_after_a_day(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let delete = || named(Ask::new("DELETE", "/api/netfac/91"), NAME);
    assert_eq!(desk.send(Caller::Admin, delete()).await.code(), 204);
    let day = KEPT / Time::SECOND;
    desk.at(day - 60);
    assert!(replayed(&desk.send(Caller::Admin, delete()).await));
    desk.at(day + 60);
    let later = desk.send(Caller::Admin, named(org("x"), NAME)).await;
    assert_ne!(later.code(), 422, "the name is free again: {}", later.text());
    // Whatever is written next deletes what is over.
    let other = desk.send(Caller::Admin, named(Ask::new("DELETE", "/api/netfac/91"), "another")).await;
    assert_eq!((other.code(), kept(&desk).await), (204, 1));
    let now = Time(desk.world.now().0 + 3 * KEPT);
    desk.site.store.expire_answers(now, 100).await.expect("deleted");
    assert_eq!(kept(&desk).await, 0);
}

async fn names_that_are_none_are_refused(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    let long = "x".repeat(256);
    for name in ["", "\"\"", "\"open", "two words", "\"a\", \"b\"", &long] {
        let reply = desk.send(Caller::Superuser, named(org("Org Four"), name)).await;
        assert_eq!(reply.code(), 400, "{name}");
        assert!(reply.error().starts_with("Idempotency-Key: "), "{}", reply.error());
    }
    let twice = named(named(org("Org Four"), "a"), "b");
    assert_eq!(desk.send(Caller::Superuser, twice).await.code(), 400);
    let binary = org("Org Four").header_bytes("idempotency-key", b"\xff");
    assert_eq!(desk.send(Caller::Superuser, binary).await.code(), 400);
    assert_eq!(sequence(&desk).await, 1);
}

async fn reads_and_callers_without_a_key_have_no_names(kind: Kind) {
    let desk = Desk::with(kind, Rules::off()).await;
    for _ in 0..2 {
        let read = desk.send(Caller::Admin, named(Ask::get("/api/net/10"), "two words")).await;
        assert_eq!((read.code(), replayed(&read)), (200, false));
        let write = desk.send(Caller::Anonymous, named(org("x"), NAME)).await;
        assert_eq!((write.code(), replayed(&write)), (403, false));
    }
    assert_eq!(kept(&desk).await, 0);
}
