//! peeringdb-plus: whole lists, then pages of what changed, and what is missing by its ids.

use std::collections::{BTreeMap, BTreeSet};

use demo::Scale;
use model::{Tag, Time};
use serde_json::Value as Json;
use testkit::{Ask, Client, World};

/// Rows of a page; a shorter one is the last.
const PAGE: usize = 250;
/// Ids in one question.
const IDS: usize = 100;

/// What it keeps of a type.
type Copy = BTreeMap<u64, Json>;

fn lifelike() -> Client {
    let now = Time::parse("2026-06-01").expect("a date");
    Client::of(&World::holding(demo::generate(Scale::Small, 7, now), now))
}

fn ask(client: &Client, path: &str) -> Vec<Json> {
    let named = Ask::get(path).header("user-agent", "peeringdb-plus/1.25.0 (+mailto:noc@one.example)");
    client.send(named).data()
}

fn id(row: &Json) -> u64 {
    row["id"].as_u64().expect("an id")
}

fn updated(row: &Json) -> Time {
    Time::parse(row["updated"].as_str().expect("a text")).expect("a time")
}

/// What changed since a moment, page by page.
fn delta(client: &Client, tag: Tag, since: i64) -> Vec<Json> {
    let mut all = Vec::new();
    loop {
        let skip = all.len();
        let page = ask(client, &format!("/api/{tag}?limit={PAGE}&skip={skip}&depth=0&since={since}"));
        let last = page.len() < PAGE;
        assert!(page.len() <= PAGE, "{tag}: {} rows", page.len());
        all.extend(page);
        if last {
            return all;
        }
    }
}

/// Applies rows as they come; only a deleted row takes one away.
fn apply(copy: &mut Copy, rows: Vec<Json>) {
    for row in rows {
        if row["status"] == "deleted" {
            copy.remove(&id(&row))
        } else {
            copy.insert(id(&row), row)
        };
    }
}

#[test]
fn pages_of_changes_bring_an_empty_copy_to_the_whole_list() {
    let client = lifelike();
    let mut pages = 0;
    for tag in Tag::ALL {
        let mut full = Copy::new();
        apply(&mut full, ask(&client, &format!("/api/{tag}?depth=0")));
        assert!(!full.is_empty(), "{tag}");
        let changes = delta(&client, tag, 1);
        pages += changes.len() / PAGE;
        assert!(changes.is_sorted_by_key(updated), "{tag} is not in the order of change");
        let ids: BTreeSet<u64> = changes.iter().map(id).collect();
        assert_eq!(ids.len(), changes.len(), "{tag}: a row came twice");
        let mut copy = Copy::new();
        apply(&mut copy, changes);
        // Campuses that wait for approval are told here, and in no list.
        copy.retain(|_, row| tag != Tag::Campus || row["status"] == "ok");
        assert_eq!(copy, full, "{tag}");
    }
    assert!(pages > 10, "a page is large enough for everything");
}

#[test]
fn a_run_from_the_newest_row_that_is_held_brings_no_older_ones() {
    let client = lifelike();
    for tag in Tag::ALL {
        let full = ask(&client, &format!("/api/{tag}?depth=0"));
        let newest = full.iter().map(updated).max().expect("a row").unix();
        let changes = delta(&client, tag, newest);
        assert!(changes.iter().all(|row| updated(row).unix() >= newest), "{tag}");
        assert!(changes.len() < full.len().min(PAGE), "{tag}: {} changes", changes.len());
    }
}

#[test]
fn parents_are_fetched_by_their_ids_even_when_they_are_deleted() {
    let client = lifelike();
    let mut gone = 0;
    for tag in [Tag::Org, Tag::Net, Tag::Fac, Tag::Ix] {
        let all = delta(&client, tag, 1);
        let wanted: Vec<u64> = all.iter().map(id).collect();
        gone += all.iter().filter(|row| row["status"] == "deleted").count();
        let mut got = Vec::new();
        for ids in wanted.chunks(IDS) {
            let list: Vec<String> = ids.iter().map(u64::to_string).collect();
            got.extend(ask(&client, &format!("/api/{tag}?since=1&id__in={}", list.join(","))));
        }
        let (got, all): (Copy, Copy) = (
            got.into_iter().map(|row| (id(&row), row)).collect(),
            all.into_iter().map(|row| (id(&row), row)).collect(),
        );
        assert_eq!(got, all, "{tag}");
    }
    assert!(gone > 10, "nothing is deleted");
}
