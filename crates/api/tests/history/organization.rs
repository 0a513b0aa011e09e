//! What happened around an organization.

use model::Tag;
use serde_json::{Value as Json, json};
use store::change::RowChange;
use testkit::{Caller, Kind, on_both_databases};

use crate::{Archive, carrier};

on_both_databases! {
    all_that_belongs_to_an_organization_is_told
    what_left_an_organization_is_told_up_to_its_leaving
    pages_of_changes_follow_each_other
}

fn records(entries: &[Json]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| format!("{} {}", entry["tag"].as_str().expect("a type"), entry["id"]))
        .collect()
}

async fn all_that_belongs_to_an_organization_is_told(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    let path = "/api/org/100/changes";
    let all = records(&archive.entries(Caller::Superuser, &format!("{path}?limit=250")).await);
    let mut sorted = all.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            "campus 61",
            "carrier 51",
            "carrierfac 93",
            "fac 41",
            "ix 11",
            "ixfac 92",
            "ixlan 11",
            "ixpfx 31",
            "ixpfx 32",
            "net 10",
            "netfac 91",
            "netixlan 81",
            "org 100",
            "poc 71",
            "poc 72",
            "poc 73"
        ]
    );
    let public = records(&archive.entries(Caller::Anonymous, &format!("{path}?limit=250")).await);
    assert!(!public.contains(&"poc 72".to_owned()) && public.len() == all.len() - 2, "{public:?}");
    archive.change(Caller::Admin, "PUT", "/api/carrier/51", carrier("Uno", "")).await;
    archive.put(Tag::Ix, 12, json!({ "notes": "of somebody else" })).await;
    archive.put(Tag::Poc, 73, json!({ "role": "Policy" })).await;
    archive.change(Caller::Admin, "POST", "/api/netfac", json!({ "net_id": 10, "fac_id": 42 })).await;
    let newest = archive.entries(Caller::Member, &format!("{path}?limit=3")).await;
    assert_eq!(records(&newest)[1..], ["poc 73", "carrier 51"], "{newest:?}");
    assert_eq!((&newest[0]["tag"], &newest[0]["action"]), (&json!("netfac"), &json!("create")));
    assert_eq!(newest[2]["actor"]["name"], "admin (admin000)");
    let public = archive.entries(Caller::Anonymous, &format!("{path}?limit=2")).await;
    assert_eq!(records(&public)[1], "carrier 51");
    assert!(public.iter().all(|entry| entry["actor"].is_null()));
}

async fn what_left_an_organization_is_told_up_to_its_leaving(kind: Kind) {
    let mut archive = Archive::small(kind).await;
    archive.put(Tag::Net, 10, json!({ "notes": "before" })).await;
    archive.put(Tag::Net, 10, json!({ "org_id": 200 })).await;
    archive.put(Tag::Net, 10, json!({ "notes": "after" })).await;
    archive.put(Tag::Netixlan, 81, json!({ "speed": 20000 })).await;
    archive.put(Tag::Poc, 71, json!({ "status": "deleted" })).await;
    archive.commit(RowChange::Purge { tag: Tag::Poc, id: 71 }).await;
    let seqs = |entries: Vec<Json>| -> Vec<(u64, String)> {
        let names = records(&entries);
        entries
            .iter()
            .map(|e| e["seq"].as_u64().expect("a number"))
            .zip(names)
            .filter(|(seq, _)| *seq > 1)
            .collect()
    };
    let at = |seq: u64, name: &str| (seq, name.to_owned());
    let old = seqs(archive.entries(Caller::Superuser, "/api/org/100/changes?limit=250").await);
    assert_eq!(old, [at(3, "net 10"), at(2, "net 10")]);
    let new = seqs(archive.entries(Caller::Anonymous, "/api/org/200/changes?limit=250").await);
    assert_eq!(new, [at(7, "poc 71"), at(5, "netixlan 81"), at(4, "net 10"), at(3, "net 10")]);
}

async fn pages_of_changes_follow_each_other(kind: Kind) {
    let archive = Archive::small(kind).await;
    let whole = archive.entries(Caller::Superuser, "/api/org/100/changes?limit=250").await;
    let (mut pages, mut path) = (Vec::new(), "/api/org/100/changes?limit=5".to_owned());
    loop {
        let reply = archive.get(Caller::Superuser, &path).await;
        pages.extend(reply.data());
        let next = reply.json()["meta"]["next_cursor"].clone();
        let Some(next) = next.as_str() else { break };
        path = format!("/api/org/100/changes?limit=5&cursor={next}");
    }
    assert_eq!((pages.len(), pages), (16, whole));
}
