//! Whatever is sent, the answer is an answer, and what is published stays what is stored.

use std::collections::BTreeMap;

use model::{Kind as Type, Status, Tag};
use rules::describe::{self, Key, Takes};
use serde_json::{Map, Value as Json, json};
use testkit::{Ask, Caller, Kind, Reply, Site, on_both_databases};

use crate::{Desk, ask};

on_both_databases! {
    any_change_is_answered_and_leaves_a_whole_directory
}

/// Requests per database.
const REQUESTS: u32 = 1_000;

const CALLERS: [Caller; 4] = [Caller::Superuser, Caller::Superuser, Caller::Admin, Caller::Member];

/// Numbers that are the same in each run (a linear congruential generator, the constants of Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Values that somebody might send by mistake or on purpose.
fn odd() -> Vec<Json> {
    let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
    vec![
        Json::Null,
        json!(""),
        json!(" "),
        json!(-1),
        json!(0),
        json!(1e300),
        json!(18_446_744_073_709_551_615_u64),
        json!(0.1),
        json!(true),
        json!([]),
        json!({}),
        json!("nul \u{0} nul"),
        json!("ÅÉ\u{301}\u{202e}😀"),
        json!("x".repeat(3_000)),
        json!("2001:db8::/129"),
        json!("::ffff:192.0.2.1"),
        json!("javascript:alert(1)"),
        json!([{ "service": "website", "identifier": "x" }, 1]),
        json!(["Content", "Content"]),
        deep,
    ]
}

/// A value that a field may take.
fn plausible(dice: &mut Dice, site: &Site, tag: Tag, key: &Key) -> Json {
    let Takes::Field(_, field) = key.takes else { return json!(dice.one_in(2)) };
    match field.kind {
        Type::Ref(target) => some_id(dice, site, target).into(),
        Type::Asn => json!(4_200_000_000_u64 + dice.below(900) as u64),
        Type::Int { .. } => json!(dice.below(20_000)),
        Type::Bool => json!(dice.one_in(2)),
        Type::Choice(words) => json!(dice.of(words)),
        Type::MultiChoice(words) | Type::Words(words) => json!([dice.of(words)]),
        Type::Country => json!(dice.of(&["DE", "US", "ZZ", ""])),
        Type::Degrees => json!(dice.below(180)),
        Type::Ipv4 => json!(format!("192.0.2.{}", dice.below(255))),
        Type::Ipv6 => json!(format!("2001:db8:0:1::{:x}", dice.below(0xffff))),
        Type::Prefix => json!(format!("23.128.{}.0/24", dice.below(255))),
        Type::Url { .. } => json!("https://any.example/"),
        Type::Email => json!("any@mail.example"),
        Type::Phone { .. } => json!("+14155552671"),
        Type::Mac => json!("00:00:5e:00:53:01"),
        Type::Social => json!([{ "service": "x", "identifier": "somebody" }]),
        Type::Text { .. } if field.name == "name" => json!(format!("{tag} {}", dice.below(60))),
        Type::Text { .. } => json!("Any text"),
        Type::Id | Type::Time | Type::Nested => Json::Null,
    }
}

/// The id of a record of any status; now and then of none.
fn some_id(dice: &mut Dice, site: &Site, tag: Tag) -> u32 {
    let snapshot = site.app.snapshot();
    let ids: Vec<u32> = snapshot.entries(tag).map(|entry| entry.record().id()).collect();
    if ids.is_empty() || dice.one_in(20) { 9_999 } else { *dice.of(&ids) }
}

fn body(dice: &mut Dice, site: &Site, tag: Tag, update: bool) -> Json {
    let odd = odd();
    let mut body = Map::new();
    for key in describe::keys(tag, update) {
        if !key.required && dice.one_in(2) {
            continue;
        }
        let value = if dice.one_in(12) { dice.of(&odd).clone() } else { plausible(dice, site, tag, &key) };
        body.insert(key.name.to_owned(), value);
    }
    body.into()
}

fn request(dice: &mut Dice, site: &Site) -> Ask {
    let tag = *dice.of(&Tag::ALL);
    let id = some_id(dice, site, tag);
    let path = format!("/api/{tag}/{id}");
    let request = match dice.below(20) {
        0..9 => ask("POST", &format!("/api/{tag}?depth={}", dice.below(4)), body(dice, site, tag, false)),
        9..17 => ask("PUT", &path, body(dice, site, tag, true)),
        17 => Ask::new("DELETE", &path),
        _ => action(dice, site),
    };
    request.by(*dice.of(&CALLERS))
}

fn action(dice: &mut Dice, site: &Site) -> Ask {
    let mut id = |tag| some_id(dice, site, tag);
    let (campus, fac, link, port) = (id(Tag::Campus), id(Tag::Fac), id(Tag::Carrierfac), id(Tag::Netixlan));
    let paths = [
        format!("/api/campus/{campus}/add-facility/{fac}"),
        format!("/api/campus/{campus}/remove-facility/{fac}"),
        format!("/api/carrierfac/{link}/approve"),
        format!("/api/carrierfac/{link}/reject"),
        format!("/api/netixlan/{port}/set-net-side"),
        format!("/api/netixlan/{port}/set-ix-side"),
    ];
    let path: &String = dice.of(&paths);
    ask("POST", path, json!({ "fac_id": fac }))
}

/// What is wrong with an answer.
fn fault(reply: &Reply) -> Option<String> {
    let told = || format!("{} {}", reply.code(), reply.text());
    match reply.code() {
        200 | 201 if reply.data().len() == 1 => None,
        204 | 403 if reply.body.is_empty() => None,
        400..500 if reply.json()["meta"]["error"].is_string() => None,
        _ => Some(told()),
    }
}

/// All that a process shows.
async fn shown(site: &Site) -> Vec<Vec<Json>> {
    let mut lists = Vec::new();
    for tag in Tag::ALL {
        let list = Ask::get(&format!("/api/{tag}?since=1")).by(Caller::Superuser);
        let mut rows = site.send(list).await.data();
        rows.sort_by_key(|row| row["id"].as_u64());
        lists.push(rows);
    }
    lists
}

async fn any_change_is_answered_and_leaves_a_whole_directory(kind: Kind) {
    let desk = Desk::small(kind).await;
    let other = desk.another().await;
    let mut dice = Dice(7);
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    for n in 0..REQUESTS {
        let site = if n % 3 == 0 { &other } else { &desk.site };
        let request = request(&mut dice, site);
        let reply = site.send(request.clone()).await;
        assert_eq!(fault(&reply), None, "{request:?}");
        *statuses.entry(reply.code()).or_default() += 1;
    }
    // A run in which nothing succeeds, or nothing is refused, would prove nothing.
    let many = |status: u16| statuses.get(&status).copied().unwrap_or_default() >= REQUESTS / 50;
    assert!([200, 201, 204, 400, 403].into_iter().all(many), "{statuses:?}");

    for site in [&desk.site, &other] {
        site.app.catch_up(&site.store).await.expect("caught up");
    }
    let fresh = desk.another().await;
    let stored = shown(&fresh).await;
    let published: usize = stored.iter().flatten().filter(|row| row["status"] == Status::Ok.as_str()).count();
    assert!(published > 20, "{published}");
    assert_eq!(shown(&desk.site).await, stored, "one process shows what is stored");
    assert_eq!(shown(&other).await, stored, "and so does the other");
    let findings = app::backup::check(&desk.site.store, &app::backup::Silent).await.expect("a check");
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == app::backup::Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert_eq!(errors, [""; 0]);
}
