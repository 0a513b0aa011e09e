//! The writes of the acceptance checklist (rest-api specification, 23.7 to 23.15), as requests to the directory that
//! it speaks of. `docs/checklist.tsv` tells which item is proved where; the numbers of items stand with the requests.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::future::ready;
use std::sync::Arc;

use app::outside::{Asked, Outside};
use ipnet::IpNet;
use model::Tag;
use model::directory::People;
use model::geo::Point;
use rules::{Place, Policy, Registration};
use serde_json::{Value as Json, json};
use testkit::{Ask, Bench, Caller, Kind, Reply, Site, World, people};

use crate::{Desk, FILE};

mod carriers;
mod contacts;
mod exchanges;
mod facilities;
mod networks;
mod organizations;
mod ports;
mod prefixes;
mod presences;

/// Registries that know some AS numbers, and a geocoder that knows Berlin.
struct Registries;

impl Outside for Registries {
    fn asn(&self, asn: u32) -> Asked<'_, Registration> {
        let known = |email: &str| Registration::Found { emails: vec![email.to_owned()] };
        Box::pin(ready(match asn {
            OTHERS_ASN => known("noc@else.example"),
            9_000_100..=9_000_999 => known("admin@people.example"),
            _ => Registration::NotFound,
        }))
    }

    fn prefix(&self, _prefix: IpNet) -> Asked<'_, Registration> {
        Box::pin(ready(Registration::NotFound))
    }

    fn place<'a>(&'a self, place: &'a Place) -> Asked<'a, Result<Option<Point>, String>> {
        let berlin = Point { latitude: 52.52, longitude: 13.4 };
        Box::pin(ready(Ok((place.city == "Berlin").then_some(berlin))))
    }

    fn feed<'a>(&'a self, _url: &'a str) -> Asked<'a, Result<Vec<u32>, String>> {
        Box::pin(ready(Err("status 503".to_owned())))
    }
}

/// An AS number that is registered by somebody else.
const OTHERS_ASN: u32 = 9_000_999;

/// How an answer ends whose record is published: the status is the last key of most types.
const PUBLISHED: &str = "\"status\": \"ok\"}], \"meta\": {}}";

/// One key of a body that differs, with its value (`None` leaves it out), and what is answered then.
type Row<'a> = (u16, &'a str, Option<Json>, u16, &'a str);

/// A directory with registries around it, and what was answered otherwise than the checklist says. Item 0 is what the
/// data-model specification asks for alone.
struct List {
    desk: Desk,
    /// How many bodies were made, so that each has a name of its own.
    made: Cell<u32>,
    wrong: RefCell<Vec<String>>,
}

impl Drop for List {
    /// All that is wrong is told together, and cannot be forgotten.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let wrong = self.wrong.take();
            assert!(wrong.is_empty(), "the checklist says otherwise:\n{}", wrong.join("\n"));
        }
    }
}

impl List {
    /// The small directory after some changes, with its usual people.
    async fn new(kind: Kind, change: impl FnOnce(&mut World)) -> List {
        List::with_people(kind, people(World::small().now()), change).await
    }

    /// The same with other people.
    async fn with_people(kind: Kind, people: People, change: impl FnOnce(&mut World)) -> List {
        let mut world = World::small();
        change(&mut world);
        world.recount();
        let bench = Bench::new(kind);
        let store = bench.store(FILE).await;
        Site::fill(&store, &world, &people).await;
        let policy = Policy {
            suggestion_org: Some(1234),
            support: "help@directory.example".to_owned(),
            ..Policy::default()
        };
        let site = Site::deciding(store, world.now(), Arc::new(Registries), policy).await;
        List { desk: Desk { bench, site, world }, made: Cell::new(0), wrong: RefCell::default() }
    }

    fn note(&self, what: String) {
        self.wrong.borrow_mut().push(what);
    }

    /// A number that no other body has.
    fn next(&self) -> u32 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    /// Sends a request, `null` for none as its body, and holds the answer against a status and a part of its text.
    async fn ask(&self, item: u16, by: Caller, request: &str, body: Json, status: u16, part: &str) -> Reply {
        let (method, path) = request.split_once(' ').expect("a method and a path");
        let ask = Ask::new(method, path);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let reply = self.desk.send(by, ask).await;
        if reply.code() != status || !reply.text().contains(part) {
            let (code, text) = (reply.code(), reply.text());
            self.note(format!(
                "{item}: {by:?} {request} {body}\n    gave {code} {text}\n    and not {status} {part}"
            ));
        }
        reply
    }

    /// The same for an answer that says nothing.
    async fn silent(&self, item: u16, by: Caller, request: &str, body: Json, status: u16) {
        let reply = self.ask(item, by, request, body, status, "").await;
        self.is(item, reply.text(), "");
    }

    /// Sends a body once for each row, with the row's value in it.
    async fn each(&self, by: Caller, request: &str, body: impl Fn(u32) -> Json, rows: &[Row<'_>]) {
        for (item, key, value, status, part) in rows {
            let mut body = body(self.next());
            match value {
                Some(value) => body[*key] = value.clone(),
                None => {
                    body.as_object_mut().and_then(|body| body.remove(*key)).expect("a key to leave out");
                }
            }
            self.ask(*item, by, request, body, *status, part).await;
        }
    }

    /// Holds a value against what it should be.
    fn is<T: PartialEq<U> + Debug, U: Debug>(&self, item: u16, found: T, expected: U) {
        if found != expected {
            self.note(format!("{item}: {found:?} and not {expected:?}"));
        }
    }

    /// Holds the first record of an answer against some of its values.
    fn shows(&self, item: u16, reply: &Reply, expected: Json) {
        self.has(item, &first(reply), expected);
    }

    /// Holds a record against some of its values.
    fn has(&self, item: u16, record: &Json, expected: Json) {
        for (key, value) in expected.as_object().expect("keys and values") {
            if record.get(key) != Some(value) {
                let found = record.get(key);
                self.note(format!("{item}: {key} is {found:?} and not {value} in {record}"));
            }
        }
    }

    /// A record as superusers see it, flat.
    async fn record(&self, path: &str) -> Json {
        first(&self.desk.get(&format!("{path}?depth=0")).await)
    }

    /// The status of a record that may be deleted.
    fn status(&self, tag: Tag, id: u32) -> String {
        let snapshot = self.desk.site.app.snapshot();
        snapshot.record(tag, id).map_or("none", |record| record.status().as_str()).to_owned()
    }

    /// The version of a record.
    fn version(&self, tag: Tag, id: u32) -> i64 {
        let snapshot = self.desk.site.app.snapshot();
        snapshot.record(tag, id).and_then(|record| record.value("version").as_int()).unwrap_or_default()
    }

    /// The records that wait in the queue, and the subjects of all tickets.
    async fn waiting(&self) -> (Vec<(Tag, u64)>, Vec<String>) {
        let queue = self.desk.site.store.people().await.expect("people").queue;
        let mut reader = self.desk.site.store.reader().await.expect("a reader");
        let tickets = reader.tickets(true).await.expect("tickets");
        let items = queue.into_iter().map(|item| (item.tag, u64::from(item.object_id))).collect();
        (items, tickets.into_iter().map(|ticket| ticket.subject).collect())
    }
}

/// The first record of an answer; null where there is none.
fn first(reply: &Reply) -> Json {
    let json: Json = serde_json::from_slice(&reply.body).unwrap_or_default();
    json["data"][0].clone()
}

/// The id of the first record of an answer; 0 where there is none.
fn id(reply: &Reply) -> u64 {
    first(reply)["id"].as_u64().unwrap_or_default()
}

/// A body with another value in it.
fn with(mut body: Json, key: &str, value: Json) -> Json {
    body[key] = value;
    body
}

/// A list that notes nothing would prove nothing.
#[tokio::test]
async fn what_is_answered_otherwise_is_noted() {
    let list = List::new(Kind::Sqlite, |_| {}).await;
    let reply = list.ask(0, Caller::Anonymous, "GET /api/net/10", Json::Null, 200, "Net One").await;
    list.shows(0, &reply, json!({ "asn": 64496 }));
    list.is(0, 1, 1);
    assert_eq!(list.wrong.take(), [""; 0]);
    list.ask(1, Caller::Anonymous, "GET /api/net/10", Json::Null, 404, "").await;
    list.ask(2, Caller::Anonymous, "GET /api/net/10", Json::Null, 200, "Net Two").await;
    list.silent(3, Caller::Anonymous, "GET /api/net/10", Json::Null, 200).await;
    list.shows(4, &reply, json!({ "asn": 64497 }));
    list.has(5, &Json::Null, json!({ "asn": 64496 }));
    list.is(6, 1, 2);
    let rows = [(7, "name", Some(json!("Org Two")), 201, "")];
    list.each(Caller::Superuser, "POST /api/org", |_| json!({ "name": "New" }), &rows).await;
    let noted = list.wrong.take();
    let items: Vec<&str> = noted.iter().filter_map(|text| text.get(..2)).collect();
    assert_eq!(items, ["1:", "2:", "3:", "4:", "5:", "6:", "7:"], "{noted:?}");
    list.is(0, 1, 2);
    let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(list)));
    assert!(end.is_err(), "what was noted ends the test");
}
