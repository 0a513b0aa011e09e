//! All records in memory, found by id.

use std::collections::HashMap;

use model::{AnyRecord, Status, Tag};

use super::super::derived::Records;

/// All records.
#[derive(Default)]
pub(super) struct World {
    records: [Vec<AnyRecord>; 13],
    by_id: [HashMap<u32, usize>; 13],
}

impl World {
    /// Takes the records of a type.
    pub(super) fn add(&mut self, tag: Tag, records: Vec<AnyRecord>) {
        self.by_id[tag.index()] = records.iter().enumerate().map(|(at, record)| (record.id(), at)).collect();
        self.records[tag.index()] = records;
    }

    /// The records of a type, by id.
    pub(super) fn of(&self, tag: Tag) -> &[AnyRecord] {
        &self.records[tag.index()]
    }

    /// All records, as [`super::super::derived`] looks at them.
    pub(super) fn view(&self) -> Records<'_> {
        std::array::from_fn(|tag| self.records[tag].iter().collect())
    }

    /// The published records of a type.
    pub(super) fn published(&self, tag: Tag) -> impl Iterator<Item = &AnyRecord> {
        self.of(tag).iter().filter(|record| record.status() == Status::Ok)
    }

    /// A record.
    pub(super) fn get(&self, tag: Tag, id: u32) -> Option<&AnyRecord> {
        self.by_id[tag.index()].get(&id).map(|at| &self.records[tag.index()][*at])
    }
}

/// How messages name a record.
pub(super) fn name(record: &AnyRecord) -> String {
    format!("{} {}", record.tag(), record.id())
}
