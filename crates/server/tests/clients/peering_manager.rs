//! peering-manager: ten types in an order, each asked for what changed since the last run began.

use std::collections::BTreeMap;

use model::{Status, Tag};
use serde_json::{Value as Json, json};
use testkit::{Caller, Kind, World, on_both_databases};

use super::site::Site;

on_both_databases! {
    what_changes_during_the_first_run_arrives_with_the_next
    answers_other_than_success_change_nothing
}

/// The order in which it asks: what a record refers to is there before it.
const ORDER: [Tag; 10] = [
    Tag::Org,
    Tag::Fac,
    Tag::Net,
    Tag::Ix,
    Tag::Ixfac,
    Tag::Ixlan,
    Tag::Ixpfx,
    Tag::Netfac,
    Tag::Netixlan,
    Tag::Poc,
];

/// References that have to lead somewhere. It knows no campuses.
const REFERENCES: [(&str, Tag); 5] = [
    ("org_id", Tag::Org),
    ("fac_id", Tag::Fac),
    ("net_id", Tag::Net),
    ("ix_id", Tag::Ix),
    ("ixlan_id", Tag::Ixlan),
];

/// What it keeps.
#[derive(Debug, Default)]
struct Copy {
    rows: BTreeMap<(Tag, u64), Json>,
    /// When the last run that changed anything began, in seconds since 1970; 0 before the first.
    cursor: i64,
    /// Changes of the present run.
    changes: usize,
}

impl Copy {
    /// Asks for the types of a part of the run. Only an answer with status 200 has data.
    async fn take(&mut self, site: &Site, key: &str, tags: &[Tag]) {
        for tag in tags {
            let reply = site.get_as(key, &format!("/api/{tag}?since={}&depth=0", self.cursor)).await;
            if reply.status == 200 {
                reply.data().iter().for_each(|row| self.put(*tag, row));
            }
        }
    }

    fn put(&mut self, tag: Tag, row: &Json) {
        let key = (tag, row["id"].as_u64().expect("an id"));
        self.changes += 1;
        if row["status"] == "deleted" && self.rows.remove(&key).is_some() {
            return;
        }
        for (reference, target) in REFERENCES {
            if let Some(id) = row.get(reference).filter(|id| !id.is_null()) {
                let id = id.as_u64().expect("an id");
                assert!(self.rows.contains_key(&(target, id)), "{tag} {row} came before its {reference}");
            }
        }
        for coordinate in ["latitude", "longitude"] {
            let value = row.get(coordinate).unwrap_or(&Json::Null);
            assert!(value.is_null() || value.is_number(), "{coordinate} is written as text: {value}");
        }
        self.rows.insert(key, row.clone());
    }

    /// Ends a run that began at this moment. The cursor moves only when something changed.
    fn finish(&mut self, started: i64) -> usize {
        if self.changes > 0 {
            self.cursor = started;
        }
        std::mem::take(&mut self.changes)
    }

    fn ids(&self, tag: Tag) -> Vec<u64> {
        self.rows.keys().filter(|(of, _)| *of == tag).map(|(_, id)| *id).collect()
    }
}

fn key() -> String {
    Caller::Plain.authorization().expect("a key")
}

/// Ids of what is published, of a type that everybody sees.
fn published(site: &Site, tag: Tag) -> Vec<u64> {
    let records = site.world.of(tag).iter().filter(|record| record.status() == Status::Ok);
    records.map(|record| u64::from(record.id())).collect()
}

async fn what_changes_during_the_first_run_arrives_with_the_next(kind: Kind) {
    let mut site = Site::of(kind, World::small()).await;
    let mut copy = Copy::default();
    let started = site.world.now().unix();
    let (first, second) = ORDER.split_at(5);
    copy.take(&site, &key(), first).await;
    // Organizations have been read, ports have not.
    site.change(|world| {
        world.change(Tag::Org, 200, json!({ "name": "Org Zwei" }));
        world.delete(Tag::Netixlan, 82);
    })
    .await;
    copy.take(&site, &key(), second).await;
    assert!(copy.finish(started) > 0);
    for tag in ORDER.into_iter().filter(|tag| *tag != Tag::Poc) {
        assert_eq!(copy.ids(tag), published(&site, tag), "{tag}");
    }
    assert_eq!(copy.ids(Tag::Poc), [71, 72], "a key opens what registered users see");
    assert_eq!(copy.rows[&(Tag::Org, 200)]["name"], "Org Two");

    let started = site.world.now().unix();
    copy.take(&site, &key(), &ORDER).await;
    assert!(copy.finish(started) > 0);
    assert_eq!(copy.rows[&(Tag::Org, 200)]["name"], "Org Zwei");

    site.change(|world| {
        world.delete(Tag::Netfac, 91).delete(Tag::Poc, 72);
    })
    .await;
    copy.take(&site, &key(), &ORDER).await;
    copy.finish(site.world.now().unix());
    assert_eq!((copy.ids(Tag::Netfac), copy.ids(Tag::Poc)), (vec![], vec![71]));

    let cursor = copy.cursor;
    copy.take(&site, &key(), &ORDER).await;
    assert_eq!((copy.finish(cursor + 3600), copy.cursor), (0, cursor), "nothing changed since");
}

async fn answers_other_than_success_change_nothing(kind: Kind) {
    let site = Site::of(kind, World::small()).await;
    let mut copy = Copy::default();
    copy.take(&site, "Api-Key revoked0.of-somebody-else", &ORDER).await;
    assert_eq!((copy.finish(site.world.now().unix()), copy.cursor), (0, 0));
    assert!(copy.rows.is_empty());
}
