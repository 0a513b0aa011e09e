//! The directory as the JSON of whole lists.

use catalog::render::{Renderer, Shape};
use catalog::{Entry, Snapshot};
use model::access::Viewer;
use model::{AnyRecord, Kind, Show, Tag};
use serde_json::{Map, Value as Json};

use super::integer;

/// A record as JSON, in the words that filters compare.
#[derive(Debug)]
pub(crate) struct Row {
    filtered: Map<String, Json>,
    shown: Map<String, Json>,
}

impl Row {
    /// The value of a key as filters see it; null when it is missing.
    pub(crate) fn get(&self, key: &str) -> &Json {
        self.filtered.get(key).unwrap_or(&Json::Null)
    }

    /// The value of a key as the API shows it; null when it is missing.
    pub(crate) fn shown(&self, key: &str) -> &Json {
        self.shown.get(key).unwrap_or(&Json::Null)
    }

    /// The record's id.
    pub(crate) fn id(&self) -> u64 {
        self.reference("id").expect("every record has an id")
    }

    /// A text; empty when there is none.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.get(key).as_str().unwrap_or_default()
    }

    /// An integer.
    pub(crate) fn reference(&self, key: &str) -> Option<u64> {
        integer(self.get(key))
    }

    /// Whether lists show it.
    pub(crate) fn is_published(&self) -> bool {
        self.text("status") == "ok"
    }
}

/// All rows of all types that a viewer may read, in every status, by id.
#[derive(Debug)]
pub(crate) struct Lists([Vec<Row>; 13]);

impl Lists {
    /// Renders every list for a viewer, and reads it back.
    pub(crate) fn of_snapshot(snapshot: &Snapshot, viewer: &Viewer) -> Lists {
        Lists(Tag::ALL.map(|tag| rows(snapshot, viewer, tag)))
    }

    /// The rows of a type.
    pub(crate) fn of(&self, tag: Tag) -> &[Row] {
        &self.0[tag.index()]
    }
}

fn rows(snapshot: &Snapshot, viewer: &Viewer, tag: Tag) -> Vec<Row> {
    let readable = snapshot.entries(tag).filter(|entry| snapshot.may_read(viewer, entry.record()));
    let entries: Vec<&Entry> = readable.map(|entry| &**entry).collect();
    let shape = Shape::default();
    let mut text = String::new();
    Renderer::new(snapshot, viewer, &shape).list(entries.iter().copied(), &mut text);
    let list: Vec<Map<String, Json>> = serde_json::from_str(&text).expect("a list is JSON");
    let row = |(shown, entry): (_, &Entry)| Row { filtered: with_stored(&shown, entry.record()), shown };
    list.into_iter().zip(entries).map(row).collect()
}

/// Some fields are filtered by what is stored and not by what is shown: as in a backup of the record.
fn with_stored(shown: &Map<String, Json>, record: &AnyRecord) -> Map<String, Json> {
    let mut row = shown.clone();
    for (position, field) in record.tag().table().stored() {
        let replaced = matches!(field.show, Show::Website | Show::Social | Show::Logo);
        if replaced || matches!(field.kind, Kind::MultiChoice(_)) {
            let mut text = String::new();
            field.write_json(&record.get(position), &mut text);
            row.insert(field.name.into(), serde_json::from_str(&text).expect("a value is JSON"));
        }
    }
    row
}
