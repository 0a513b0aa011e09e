//! Webhooks over a real database of either kind, with receivers on this machine that behave, and others that do not.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use app::locate::OfflineLocator;
use app::outside::Offline;
use app::write::Writing;
use auth::seal::MasterKey;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use model::Tag;
use model::directory::Grant;
use rules::Policy;
use serde_json::{Value as Json, json};
use store::Store;
use testkit::{Ask, Bench, Caller, Counted, FixedClock, Kind, PUBLIC_URL, Reply, Site, World, people};
use testkit::{on_both_databases, serve_app};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::*;
use crate::http::{Limits, Settings};
use crate::reach::Rules;

const FILE: &str = "site.db";
const THIS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Stands for the body as it was sent, among the headers.
const RAW: &str = ":body";
const HOUR: i64 = 3_600 * Time::SECOND;

/// One address of this machine counts as public, and the others do not.
const TESTING: Rules = Rules {
    resolve: |name| {
        Box::pin(async move {
            match name.as_str() {
                "good.example" => Ok(vec![THIS]),
                "evil.example" => Ok(vec![IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))]),
                _ => Err(io::Error::other("no such name")),
            }
        })
    },
    allowed: |address| address == THIS,
};

on_both_databases! {
    changes_are_told_in_order_signed_and_once
    what_fails_is_tried_again_with_the_same_name_and_end
    a_receiver_that_fails_for_days_is_given_up_and_its_owner_told
    redirects_and_private_addresses_are_refused
    an_organization_is_told_what_its_members_see
    only_who_manages_an_organization_sees_and_changes_its_webhooks
    wrong_wishes_are_refused_by_name
    a_webhook_is_tried_out_and_removed
    what_can_no_longer_be_followed_begins_anew
    a_message_keeps_its_end_when_the_process_dies_before_it_is_noted
    a_note_that_fails_holds_up_no_other_webhook
    ids_never_come_back
    a_late_note_counts_for_nothing
    a_change_leaves_the_place_and_the_message_to_try_with
    what_was_removed_meanwhile_cannot_be_changed
}

/// A message: its headers, and its body.
type Message = (Vec<(String, String)>, Json);

/// An answer that never comes.
const SILENCE: u16 = 0;
/// Time for what comes soon.
const SOON: Duration = Duration::from_secs(60);

/// A receiver: what it got, and what it answers next; 200 when nothing is left.
#[derive(Default)]
struct Receiver {
    got: Mutex<Vec<Message>>,
    answers: Mutex<VecDeque<u16>>,
    reached: Notify,
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    if request.uri().path() == "/away" {
        return Redirect::temporary("http://evil.example/").into_response();
    }
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let mut headers: Vec<(String, String)> = headers.collect();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    headers.push((RAW.to_owned(), String::from_utf8(body.to_vec()).expect("text")));
    receiver.got.lock().expect("a lock").push((headers, serde_json::from_slice(&body).expect("JSON")));
    let status = receiver.answers.lock().expect("a lock").pop_front().unwrap_or(200);
    receiver.reached.notify_one();
    if status == SILENCE {
        std::future::pending::<()>().await;
    }
    StatusCode::from_u16(status).expect("a status").into_response()
}

/// A directory, its job, and a receiver.
struct Desk {
    bench: Bench,
    app: Arc<App>,
    clock: Arc<FixedClock>,
    router: Router,
    job: Webhooks,
    receiver: Arc<Receiver>,
    address: SocketAddr,
    world: World,
}

impl Desk {
    async fn small(kind: Kind) -> Desk {
        let world = World::small();
        let bench = Bench::new(kind);
        let store = bench.store(FILE).await;
        let mut people = people(world.now());
        people
            .admin_template
            .push(Grant { namespace: "peeringdb.manage_organization.{org_id}".into(), permission: 15 });
        Site::fill(&store, &world, &people).await;
        let receiver = Arc::new(Receiver::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let routes = Router::new().fallback(receive).with_state(Arc::clone(&receiver));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let clock = Arc::new(FixedClock::at(world.now()));
        let app = open(&store, &clock).await;
        let limits = Limits { total: Duration::from_secs(60), ..Limits::default() };
        let client = HttpClient::with_rules(Settings { limits, egress_gateway: None }, TESTING);
        let job = Webhooks::new(Arc::clone(&app), &client.expect("a client"));
        let router = serve_app(&app);
        Desk { bench, router, app, clock, job, receiver, address, world }
    }

    fn url(&self, path: &str) -> String {
        format!("http://good.example:{}{path}", self.address.port())
    }

    async fn ask(&self, caller: Caller, method: &str, path: &str, body: Json) -> Reply {
        testkit::exchange(self.router.clone(), Ask::new(method, path).json(&body).by(caller)).await
    }

    async fn add(&self, wishes: Json) -> Json {
        let reply = self.ask(Caller::Admin, "POST", "/api/org/100/webhooks", wishes).await;
        assert_eq!(reply.code(), 201, "{}", reply.text());
        reply.data()[0].clone()
    }

    async fn rename(&self, name: &str) {
        let body = json!({ "org_id": 100, "name": name });
        let reply = self.ask(Caller::Superuser, "PUT", "/api/carrier/51", body).await;
        assert_eq!(reply.code(), 200, "{}", reply.text());
    }

    /// Lets the job do all that is to be done now.
    async fn run(&self) {
        while self.job.round().await.expect("a round").1 {}
    }

    fn got(&self) -> Vec<Message> {
        std::mem::take(&mut *self.receiver.got.lock().expect("a lock"))
    }

    fn answer(&self, statuses: &[u16]) {
        self.receiver.answers.lock().expect("a lock").extend(statuses);
    }

    fn wait(&self, micros: i64) {
        self.clock.set(Time(self.app.now().0 + micros));
    }

    /// The webhook that is to be told something.
    async fn due(&self) -> Webhook {
        self.app.due_webhooks().await.expect("read").pop().expect("one is due")
    }

    async fn rows(&self, sql: &str) -> Vec<String> {
        self.bench.rows(FILE, sql).await
    }

    async fn shown(&self) -> Json {
        let reply = self.ask(Caller::Admin, "GET", "/api/org/100/webhooks/1", Json::Null).await;
        assert_eq!(reply.code(), 200, "{}", reply.text());
        reply.data()[0].clone()
    }

    async fn deliveries(&self) -> Vec<Json> {
        self.ask(Caller::Admin, "GET", "/api/org/100/webhooks/1/deliveries", Json::Null).await.data()
    }
}

async fn open(store: &Store, clock: &Arc<FixedClock>) -> Arc<App> {
    let settings = app::Settings { webhooks_over_http: true, ..app::Settings::at(PUBLIC_URL) };
    let clock_of_app: Arc<FixedClock> = Arc::clone(clock);
    let app = App::open(store, Arc::new(OfflineLocator), clock_of_app, settings).await.expect("a directory");
    let writing = Writing {
        store: store.clone(),
        outside: Arc::new(Offline),
        random: Arc::new(Counted),
        policy: Policy::default(),
    };
    let key = Arc::new(Arc::new(MasterKey::new([7; 32])));
    Arc::new(app.with_writing(writing).with_keys(key))
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let found = headers.iter().find(|(own, _)| own == name);
    found.map_or_else(|| panic!("no {name}"), |(_, value)| value)
}

/// The names of carriers in a message.
fn names(message: &Json) -> Vec<String> {
    let events = message["data"].as_array().expect("events").iter();
    let carriers = events.filter(|event| event["type"] == "carrier");
    carriers.map(|event| event["record"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn changes_are_told_in_order_signed_and_once(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.rename("Before").await;
    let made = desk.add(json!({ "url": desk.url("/hook"), "types": ["carrier"] })).await;
    let secret = made["secret"].as_str().expect("a secret").strip_prefix("whsec_").expect("its form");
    desk.run().await;
    assert_eq!(desk.got(), [], "what was before is not told");
    desk.rename("One").await;
    desk.run().await;
    desk.rename("Two").await;
    desk.rename("Three").await;
    desk.run().await;
    desk.run().await;
    let got = desk.got();
    let told: Vec<_> = got.iter().map(|(_, message)| names(message)).collect();
    assert_eq!(told, [vec!["One"], vec!["Three", "Three"]], "a late message shows the state of now");
    let key = decode(secret);
    for (headers, _) in &got {
        let (id, at) = (header(headers, "webhook-id"), header(headers, "webhook-timestamp"));
        let body = header(headers, RAW);
        let expected = auth::signature::sign(&key, id, at.parse().expect("seconds"), body.as_bytes());
        assert_eq!(header(headers, "webhook-signature"), expected);
        assert_eq!(header(headers, "content-type"), "application/json");
    }
    assert_ne!(header(&got[0].0, "webhook-id"), header(&got[1].0, "webhook-id"));
    let shown = desk.shown().await;
    assert!(shown.get("secret").is_none(), "{shown}");
    let stored = desk.bench.rows(FILE, "SELECT url FROM webhook").await;
    assert_eq!(stored.len(), 1);
    // Another process goes on where this one ended.
    let other = open(&desk.bench.store(FILE).await, &desk.clock).await;
    assert_eq!(other.due_webhooks().await.expect("read"), []);
}

fn decode(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).expect("Base64")
}

async fn what_fails_is_tried_again_with_the_same_name_and_end(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "types": ["carrier"] })).await;
    desk.answer(&[500, 503]);
    desk.rename("One").await;
    desk.run().await;
    desk.run().await;
    assert_eq!(desk.got().len(), 1, "not again at once");
    desk.rename("Two").await;
    desk.wait(5 * Time::SECOND);
    desk.run().await;
    desk.wait(30 * Time::SECOND);
    desk.run().await;
    let got = desk.got();
    assert_eq!(got.len(), 3, "{got:?}");
    let ids: Vec<_> = got.iter().map(|(headers, _)| header(headers, "webhook-id").to_owned()).collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2], "what came meanwhile is another message");
    let lengths: Vec<_> = got.iter().map(|(_, message)| names(message).len()).collect();
    assert_eq!(lengths, [1, 1, 1]);
    let log = desk.deliveries().await;
    assert_eq!(log.len(), 4, "{log:?}");
    let of_first = log.iter().rev().filter(|one| one["message"] == ids[0].as_str());
    let told: Vec<_> = of_first
        .map(|one| (one["attempt"].clone(), one["status"].clone(), one["delivered"].clone()))
        .collect();
    let attempt = |n: u32, status: u32, delivered: bool| (json!(n), json!(status), json!(delivered));
    assert_eq!(told, [attempt(1, 500, false), attempt(2, 503, false), attempt(3, 200, true)]);
    assert_eq!(desk.shown().await["failing_since"], Json::Null);
}

async fn a_receiver_that_fails_for_days_is_given_up_and_its_owner_told(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "types": ["carrier"] })).await;
    desk.answer(&[500; 100]);
    desk.rename("One").await;
    for _ in 0..40 {
        desk.run().await;
        desk.wait(8 * HOUR);
    }
    let shown = desk.shown().await;
    assert_eq!((shown["active"].clone(), shown["stopped"].is_string()), (json!(false), true), "{shown}");
    let attempts = desk.got().len();
    assert!((10..40).contains(&attempts), "{attempts}");
    let mails = desk.bench.rows(FILE, "SELECT subject FROM mail").await;
    assert_eq!(mails, ["Webhook 1 of organization 100 was switched off"]);
    let to = desk.bench.rows(FILE, "SELECT address FROM mail_recipient").await;
    assert_eq!(to, ["admin@people.example"]);
    // It goes on where it broke off.
    desk.receiver.answers.lock().expect("a lock").clear();
    let reply = desk.ask(Caller::Admin, "PUT", "/api/org/100/webhooks/1", json!({ "active": true })).await;
    assert_eq!(reply.code(), 200, "{}", reply.text());
    desk.run().await;
    assert_eq!(names(&desk.got()[0].1), ["One"]);
    // Whoever says that it is gone is believed.
    desk.answer(&[410]);
    desk.rename("Two").await;
    desk.run().await;
    assert_eq!(desk.shown().await["active"], false);
}

async fn redirects_and_private_addresses_are_refused(kind: Kind) {
    let desk = Desk::small(kind).await;
    let port = desk.address.port();
    let cases = [
        (desk.url("/away"), json!(307), "the answer had the status 307"),
        (format!("http://evil.example:{port}/"), Json::Null, "the address is not on the public internet"),
        (format!("http://127.0.0.2:{port}/"), Json::Null, "the address is not on the public internet"),
        (format!("http://[::1]:{port}/"), Json::Null, "the address is not on the public internet"),
        ("http://nobody.example/".to_owned(), Json::Null, "no connection: "),
    ];
    for (n, (url, status, error)) in cases.into_iter().enumerate() {
        let made = desk.add(json!({ "url": url })).await;
        desk.rename(&format!("For {n}")).await;
        desk.run().await;
        let path = format!("/api/org/100/webhooks/{}", made["id"]);
        let log = desk.ask(Caller::Admin, "GET", &format!("{path}/deliveries"), Json::Null).await.data();
        let told = log[0]["error"].as_str().unwrap_or_default();
        assert!(told.starts_with(error), "{url}: {told}");
        assert_eq!(log[0]["status"], status, "{url}");
        let reply = desk.ask(Caller::Admin, "DELETE", &path, Json::Null).await;
        assert_eq!(reply.code(), 204);
    }
    assert_eq!(desk.got(), []);
}

async fn an_organization_is_told_what_its_members_see(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "own": true })).await;
    // A port at its exchange, a network of somebody else, and a contact for registered users.
    let contact = json!({ "net_id": 10, "role": "NOC", "name": "Desk", "email": "desk@one.example", "visible": "Users" });
    for (path, body) in [("/api/poc/72", contact), ("/api/org/200", json!({ "name": "Org Zwei" }))] {
        let reply = desk.ask(Caller::Superuser, "PUT", path, body).await;
        assert_eq!(reply.code(), 200, "{path}: {}", reply.text());
    }
    let reply = desk.ask(Caller::Superuser, "DELETE", "/api/netixlan/82", Json::Null).await;
    assert_eq!(reply.code(), 204, "{}", reply.text());
    desk.run().await;
    let told: Vec<(String, u64)> = desk
        .got()
        .iter()
        .flat_map(|(_, message)| message["data"].as_array().expect("events").clone())
        .map(|event| {
            (event["type"].as_str().expect("a type").to_owned(), event["id"].as_u64().expect("an id"))
        })
        .collect();
    assert!(told.contains(&("poc".to_owned(), 72)), "{told:?}");
    assert!(told.contains(&("netixlan".to_owned(), 82)), "{told:?}");
    assert!(!told.contains(&("org".to_owned(), 200)), "{told:?}");
}

async fn only_who_manages_an_organization_sees_and_changes_its_webhooks(kind: Kind) {
    let desk = Desk::small(kind).await;
    let made = desk.add(json!({ "url": desk.url("/hook") })).await;
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    for (caller, code) in [
        (Caller::Anonymous, 401),
        (Caller::Plain, 403),
        (Caller::Member, 403),
        (Caller::Reader, 403),
        (Caller::Org, 403),
    ] {
        for (method, path) in [
            ("GET", "/api/org/100/webhooks"),
            ("GET", "/api/org/100/webhooks/1"),
            ("GET", "/api/org/100/webhooks/1/deliveries"),
            ("POST", "/api/org/100/webhooks"),
            ("PUT", "/api/org/100/webhooks/1"),
            ("POST", "/api/org/100/webhooks/1/test"),
            ("DELETE", "/api/org/100/webhooks/1"),
        ] {
            let reply = desk.ask(caller, method, path, json!({ "url": "https://a.example/" })).await;
            assert_eq!(reply.code(), code, "{caller:?} {method} {path}: {}", reply.text());
            assert!(!reply.text().contains("good.example"), "{}", reply.text());
        }
    }
    assert_eq!(desk.ask(Caller::Admin, "GET", "/api/org/200/webhooks", Json::Null).await.code(), 403);
    assert_eq!(desk.ask(Caller::Superuser, "GET", "/api/org/999/webhooks", Json::Null).await.code(), 404);
    let all = desk.ask(Caller::Superuser, "GET", "/api/org/100/webhooks", Json::Null).await;
    assert_eq!((all.ids(), all.text().contains(&secret)), (vec![1], false));
    // A new secret takes the place of the old one.
    let reply =
        desk.ask(Caller::Admin, "PUT", "/api/org/100/webhooks/1", json!({ "new_secret": true })).await;
    let new = reply.data()[0]["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(new, secret);
    assert_eq!(reply.header("cache-control"), Some("private, no-store"));
}

async fn wrong_wishes_are_refused_by_name(kind: Kind) {
    let desk = Desk::small(kind).await;
    for (wishes, name) in [
        (json!({}), "url"),
        (json!({ "url": 1 }), "url"),
        (json!({ "url": "ftp://a.example/" }), "url"),
        (json!({ "url": "https://user:pass@a.example/" }), "url"),
        (json!({ "url": "https://a.example/#part" }), "url"),
        (json!({ "url": "https://a.example/", "types": ["nets"] }), "types"),
        (json!({ "url": "https://a.example/", "types": "net" }), "types"),
        (json!({ "url": "https://a.example/", "own": "yes" }), "own"),
        (json!({ "url": "https://a.example/", "secret": "x" }), "secret"),
    ] {
        let reply = desk.ask(Caller::Admin, "POST", "/api/org/100/webhooks", wishes.clone()).await;
        assert_eq!(reply.code(), 400, "{wishes}: {}", reply.text());
        assert!(reply.json().get(name).is_some(), "{wishes}: {}", reply.text());
    }
    for _ in 0..app::webhooks::WEBHOOKS_MAX {
        desk.add(json!({ "url": "https://a.example/" })).await;
    }
    let reply = desk
        .ask(Caller::Admin, "POST", "/api/org/100/webhooks", json!({ "url": "https://a.example/" }))
        .await;
    assert_eq!(reply.code(), 400, "{}", reply.text());
}

async fn a_webhook_is_tried_out_and_removed(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "active": false })).await;
    let reply = desk.ask(Caller::Admin, "POST", "/api/org/100/webhooks/1/test", Json::Null).await;
    assert_eq!(reply.code(), 202, "{}", reply.text());
    desk.run().await;
    desk.run().await;
    let got = desk.got();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].1["type"], "test");
    assert_eq!(reply.data()[0]["message"], header(&got[0].0, "webhook-id"));
    assert_eq!(desk.deliveries().await[0]["delivered"], true);
    let reply = desk.ask(Caller::Admin, "DELETE", "/api/org/100/webhooks/1", Json::Null).await;
    assert_eq!(reply.code(), 204, "{}", reply.text());
    let reply = desk.ask(Caller::Admin, "GET", "/api/org/100/webhooks/1", Json::Null).await;
    assert_eq!(reply.code(), 404);
    assert_eq!(desk.bench.rows(FILE, "SELECT message FROM webhook_delivery").await, [""; 0]);
}

async fn what_can_no_longer_be_followed_begins_anew(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook") })).await;
    desk.rename("One").await;
    desk.bench.run(FILE, "UPDATE webhook SET next_seq = 0").await;
    desk.run().await;
    let got = desk.got();
    assert_eq!((got.len(), got[0].1["type"].clone()), (1, json!("restart")), "{got:?}");
    assert_eq!(got[0].1["start"][0], "https://directory.example/dumps/directory.tar.gz");
    desk.rename("Two").await;
    desk.run().await;
    assert_eq!(names(&desk.got()[0].1), ["Two"]);
    assert!(desk.world.of(Tag::Carrier).len() == 1);
}

async fn a_message_keeps_its_end_when_the_process_dies_before_it_is_noted(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "types": ["carrier"] })).await;
    desk.rename("One").await;
    desk.answer(&[SILENCE]);
    let job = desk.job.clone();
    let process = tokio::spawn(async move { job.round().await });
    tokio::time::timeout(SOON, desk.receiver.reached.notified()).await.expect("a message");
    process.abort();
    assert!(process.await.expect_err("it died").is_cancelled());
    desk.rename("Two").await;
    desk.run().await;
    let got = desk.got();
    let ids: Vec<_> = got.iter().map(|(headers, _)| header(headers, "webhook-id")).collect();
    let lengths: Vec<_> = got.iter().map(|(_, message)| names(message).len()).collect();
    assert_eq!(lengths, [1, 1, 1], "{ids:?}");
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

async fn a_note_that_fails_holds_up_no_other_webhook(kind: Kind) {
    let desk = Desk::small(kind).await;
    for n in 0..=AT_ONCE {
        let (org, wishes) = (if n < 10 { 100 } else { 200 }, json!({ "url": desk.url("/hook") }));
        let path = format!("/api/org/{org}/webhooks");
        let reply = desk.ask(Caller::Superuser, "POST", &path, wishes).await;
        assert_eq!(reply.code(), 201, "{}", reply.text());
    }
    // Whoever made the first ones is told by mail that they are gone, and no mail can be stored.
    let first = format!("UPDATE webhook SET email = 'somebody@people.example' WHERE id <= {AT_ONCE}");
    desk.bench.run(FILE, &first).await;
    desk.bench.run(FILE, "DELETE FROM serial WHERE name = 'mail'").await;
    desk.answer(&[410; AT_ONCE]);
    desk.rename("One").await;
    assert!(desk.job.round().await.is_err());
    assert_eq!(desk.got().len(), AT_ONCE + 1, "the last one was told as well");
    let delivered = "SELECT count(*) || '' FROM webhook_delivery WHERE delivered = 1";
    assert_eq!(desk.rows(delivered).await, ["1"]);
}

async fn ids_never_come_back(kind: Kind) {
    let desk = Desk::small(kind).await;
    for id in 1..=3 {
        let made = desk.add(json!({ "url": desk.url("/hook") })).await;
        assert_eq!(made["id"], id);
        let path = format!("/api/org/100/webhooks/{id}");
        assert_eq!(desk.ask(Caller::Admin, "DELETE", &path, Json::Null).await.code(), 204);
    }
}

async fn a_late_note_counts_for_nothing(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "types": ["carrier"] })).await;
    desk.rename("One").await;
    let before = desk.due().await;
    let Step::Send(parcel) = desk.app.next_parcel(&before).await else { panic!("nothing to send") };
    desk.run().await;
    let place = "SELECT next_seq || '.' || next_n || ' ' || attempts FROM webhook";
    let told = desk.rows(place).await;
    let outcome = Outcome { status: Some(410), error: None };
    desk.app.note_webhook(&before, &desk.app.after(&before, &parcel, &outcome)).await.expect("noted");
    assert_eq!(desk.rows(place).await, told);
    assert_eq!(desk.shown().await["active"], true);
}

async fn a_change_leaves_the_place_and_the_message_to_try_with(kind: Kind) {
    let desk = Desk::small(kind).await;
    desk.add(json!({ "url": desk.url("/hook"), "types": ["carrier"] })).await;
    desk.rename("One").await;
    let before = desk.due().await;
    let test = async || desk.ask(Caller::Admin, "POST", "/api/org/100/webhooks/1/test", Json::Null).await;
    assert_eq!(test().await.code(), 202);
    let first = desk.due().await;
    let Step::Send(parcel) = desk.app.next_parcel(&first).await else { panic!("nothing to send") };
    desk.bench.run(FILE, "UPDATE webhook SET next_seq = next_seq + 1").await;
    let kept = "SELECT next_seq || ' ' || test FROM webhook";
    let told = desk.rows(kept).await;
    let store = desk.bench.store(FILE).await;
    let mut writer = store.writer().await.expect("the lock");
    writer.change_webhook(&before).await.expect("changed");
    writer.finish().await.expect("stored");
    assert_eq!(desk.rows(kept).await, told);
    // The one that was sent is done with; what was asked for meanwhile is not.
    desk.bench.run(FILE, "UPDATE webhook SET next_seq = next_seq - 1, revision = 1").await;
    assert_eq!(test().await.code(), 202);
    let second = desk.rows("SELECT test FROM webhook").await;
    let outcome = Outcome { status: Some(200), error: None };
    desk.app.note_webhook(&first, &desk.app.after(&first, &parcel, &outcome)).await.expect("noted");
    assert_eq!(desk.rows("SELECT test FROM webhook").await, second);
    assert_eq!(desk.deliveries().await.len(), 1);
}

async fn what_was_removed_meanwhile_cannot_be_changed(kind: Kind) {
    let desk = Desk::small(kind).await;
    let store = desk.bench.store(FILE).await;
    for method in ["PUT", "DELETE"] {
        let made = desk.add(json!({ "url": desk.url("/hook") })).await;
        let id = made["id"].as_u64().and_then(|id| u32::try_from(id).ok()).expect("an id");
        let mut writer = store.writer().await.expect("the lock");
        writer.remove_webhook(id).await.expect("removed");
        let path = format!("/api/org/100/webhooks/{id}");
        let asked = desk.ask(Caller::Admin, method, &path, json!({ "own": true }));
        // The question is asked first, and answered when the lock is free.
        let (reply, stored) = tokio::join!(asked, writer.finish());
        stored.expect("stored");
        assert_eq!(reply.code(), 404, "{method}: {}", reply.text());
    }
}
