//! Directories made by hand.

use std::collections::BTreeSet;

use catalog::Snapshot;
use model::directory::Directory;
use model::{AnyRecord, Status, Tag, Time, Value};
use serde_json::Value as Json;

/// The URL under which test directories are served.
pub const PUBLIC_URL: &str = "https://directory.example";

/// Time between two changes of a world, so that every record has a moment of its own.
const TICK: i64 = 60 * Time::SECOND;

/// A directory under construction. Each change happens a minute after the one before.
#[derive(Clone, Debug)]
pub struct World {
    directory: Directory,
    now: Time,
}

impl World {
    /// A directory without records; its first change happens at the start of 2026.
    pub fn empty() -> World {
        let start = Time::parse("2026-01-01").expect("a date is a time");
        World { directory: Directory::default(), now: start }
    }

    /// A directory that is made already; its last change was at `now`.
    pub fn holding(directory: Directory, now: Time) -> World {
        World { directory, now }
    }

    /// The moment of the last change.
    pub fn now(&self) -> Time {
        self.now
    }

    fn tick(&mut self) -> Time {
        self.now = Time(self.now.0 + TICK);
        self.now
    }

    /// Adds a record with this id: `fields` holds stored fields by name, every other field has its default.
    ///
    /// # Panics
    /// When a field does not exist or does not take its value.
    pub fn add(&mut self, tag: Tag, id: u32, fields: Json) -> &mut World {
        let now = self.tick();
        let mut record = AnyRecord::new(tag);
        put(&mut record, "id", Value::Int(i64::from(id)));
        put(&mut record, "created", Value::Time(now));
        put(&mut record, "updated", Value::Time(now));
        put(&mut record, "status", Value::text("ok"));
        fill(&mut record, &fields);
        self.directory.push(record);
        self
    }

    /// Changes stored fields of a record, and stamps it.
    ///
    /// # Panics
    /// When there is no such record or field, or the value does not fit.
    pub fn change(&mut self, tag: Tag, id: u32, fields: Json) -> &mut World {
        let now = self.tick();
        let record = self.find(tag, id);
        put(record, "updated", Value::Time(now));
        fill(record, &fields);
        self
    }

    /// Deletes a record as the API does: it keeps its place and gets the status `deleted`.
    ///
    /// # Panics
    /// When there is no such record.
    pub fn delete(&mut self, tag: Tag, id: u32) -> &mut World {
        self.change(tag, id, serde_json::json!({ "status": "deleted" }))
    }

    fn find(&mut self, tag: Tag, id: u32) -> &mut AnyRecord {
        let list = &mut self.directory.records[tag.index()];
        let found = list.iter_mut().find(|record| record.id() == id);
        found.unwrap_or_else(|| panic!("the world has no {tag} {id}"))
    }

    /// Makes the counters of networks, exchanges, facilities and carriers agree with the published links.
    pub fn recount(&mut self) -> &mut World {
        // Owner, counter, link, the link's reference to the owner, and what is counted.
        const COUNTERS: [(Tag, &str, Tag, &str, &str); 8] = [
            (Tag::Net, "ix_count", Tag::Netixlan, "net_id", "ixlan_id"),
            (Tag::Net, "fac_count", Tag::Netfac, "net_id", "fac_id"),
            (Tag::Ix, "net_count", Tag::Netixlan, "ixlan_id", "net_id"),
            (Tag::Ix, "fac_count", Tag::Ixfac, "ix_id", "fac_id"),
            (Tag::Fac, "net_count", Tag::Netfac, "fac_id", "net_id"),
            (Tag::Fac, "ix_count", Tag::Ixfac, "fac_id", "ix_id"),
            (Tag::Fac, "carrier_count", Tag::Carrierfac, "fac_id", "carrier_id"),
            (Tag::Carrier, "fac_count", Tag::Carrierfac, "carrier_id", "fac_id"),
        ];
        for (tag, counter, link, owner, counted) in COUNTERS {
            let pairs: BTreeSet<(Option<u32>, Option<u32>)> = self
                .of(link)
                .iter()
                .filter(|record| record.status() == Status::Ok)
                .map(|record| (record.reference(owner), record.reference(counted)))
                .collect();
            for record in &mut self.directory.records[tag.index()] {
                let id = Some(record.id());
                let count = pairs.iter().filter(|(owner, _)| *owner == id).count();
                put(record, counter, Value::Int(i64::try_from(count).unwrap_or(i64::MAX)));
            }
        }
        self
    }

    /// The records of a type.
    pub fn of(&self, tag: Tag) -> &[AnyRecord] {
        self.directory.of(tag)
    }

    /// All records as plain data.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// All records in memory, as surfaces read them.
    pub fn snapshot(&self) -> Snapshot {
        let records = self.directory.records.iter().flatten().cloned();
        Snapshot::build(&format!("{PUBLIC_URL}/m/"), records, 1)
    }
}

fn put(record: &mut AnyRecord, name: &str, value: Value<'_>) {
    let tag = record.tag();
    let at = tag.table().position(name).unwrap_or_else(|| panic!("{tag} has no field {name}"));
    record.put(at, value).unwrap_or_else(|_| panic!("{tag}.{name} is not stored, or not so"));
}

fn fill(record: &mut AnyRecord, fields: &Json) {
    let tag = record.tag();
    for (name, json) in fields.as_object().into_iter().flatten() {
        let field = tag.table().field(name).unwrap_or_else(|| panic!("{tag} has no field {name}"));
        let value = field.read_json(json).unwrap_or_else(|fault| panic!("{tag}.{name} must {}", fault.0));
        put(record, name, value);
    }
}
