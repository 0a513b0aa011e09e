//! What a record was and became, for those who may see it: the stricter of what they could read then and can read now.
//!
//! A version of a record is looked at in a *world*: a state that holds the record and whatever it belonged to then.
//! With [`Snapshot::seen_from`], that world asks the present as well, so that there is one rule of who sees what.

use model::access::Viewer;
use model::{AnyRecord, Api, Field, Show, Status, Value};

use crate::render::write_shown_value;
use crate::snapshot::Snapshot;

/// Stored fields that follow from other records or from the work of importers: they move without anybody having
/// changed the record, and neither its version nor `updated` moves with them.
pub const DERIVED: [&str; 12] = [
    "net_count",
    "fac_count",
    "ix_count",
    "carrier_count",
    "netixlan_updated",
    "netfac_updated",
    "poc_updated",
    "rir_status_updated",
    "ixf_net_count",
    "ixf_last_import",
    "ixf_import_request",
    "ixf_import_request_status",
];

/// Fields that every change moves, or none: what they would tell, the entry tells already.
const SELF_EVIDENT: [&str; 3] = ["id", "updated", "version"];

/// A version of a record in its world.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The record with what it belonged to.
    pub world: &'a Snapshot,
    /// The record.
    pub record: &'a AnyRecord,
}

/// Which fields count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Those of [`DERIVED`] as well.
    pub derived: bool,
    /// Those that the API never shows as well.
    pub hidden: bool,
}

impl Scope {
    fn holds(self, field: &Field) -> bool {
        field.is_stored()
            && !SELF_EVIDENT.contains(&field.name)
            && (self.derived || !DERIVED.contains(&field.name))
            && (self.hidden || field.api != Api::Hidden)
    }
}

/// A field that changed. Values are JSON as the API spells it; `None` where there was no record, or none that the
/// viewer may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: &'static str,
    /// Its value before.
    pub before: Option<String>,
    /// Its value afterwards.
    pub after: Option<String>,
}

/// What a viewer sees of a change to a record, in the order of the field table.
pub fn differences(
    viewer: &Viewer,
    before: Option<Side<'_>>,
    after: Option<Side<'_>>,
    scope: Scope,
) -> Vec<Difference> {
    let before = before.filter(|side| side.is_seen_by(viewer));
    let after = after.filter(|side| side.is_seen_by(viewer));
    let Some(tag) = before.or(after).map(|side| side.record.tag()) else { return Vec::new() };
    let fields = tag.table().fields.iter().enumerate().filter(|(_, field)| scope.holds(field));
    let difference = |(position, field): (usize, &'static Field)| {
        let text = |side: Option<Side<'_>>| side.and_then(|side| side.text(viewer, position, field));
        let (before, after) = (text(before), text(after));
        (before != after).then_some(Difference { field: field.name, before, after })
    };
    fields.filter_map(difference).collect()
}

/// A record's own fields as JSON, in the order of the field table. `None` when the viewer may not see the record.
pub fn row(viewer: &Viewer, side: Side<'_>, scope: Scope) -> Option<Vec<(&'static str, String)>> {
    if !side.is_seen_by(viewer) {
        return None;
    }
    let counts = |field: &Field| field.is_stored() && (scope.hidden || field.api != Api::Hidden);
    let fields = side.record.tag().table().fields.iter().enumerate().filter(|(_, field)| counts(field));
    Some(
        fields
            .filter_map(|(at, field)| side.text(viewer, at, field).map(|text| (field.name, text)))
            .collect(),
    )
}

impl Side<'_> {
    fn is_seen_by(&self, viewer: &Viewer) -> bool {
        self.world.may_read(viewer, self.record)
    }

    /// A field's own value, without what other records lend it; `None` when it is kept from the viewer.
    fn text(&self, viewer: &Viewer, position: usize, field: &Field) -> Option<String> {
        let value = match field.show {
            Show::FeedUrl if !self.world.sees_feed_url(viewer, self.record) => return None,
            Show::Logo => self.world.shown(self.record, position),
            _ => self.world.value(self.record, position),
        };
        let mut text = String::new();
        write_shown_value(&value, field, &mut text);
        Some(text)
    }
}

/// A former version of a record as it may still be kept: without personal values once the record is deleted or purged.
pub fn kept(version: &AnyRecord, present: &Snapshot) -> AnyRecord {
    let now = present.record(version.tag(), version.id());
    let mut kept = version.clone();
    if now.is_some_and(|now| now.status() != Status::Deleted) {
        return kept;
    }
    for (position, field) in version.tag().table().stored() {
        if field.show == Show::Personal {
            // Every personal field is a text.
            let _ = kept.put(position, Value::text(""));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use model::Tag;
    use model::records::Poc;

    use super::*;

    #[test]
    fn derived_and_self_evident_fields_are_stored_somewhere() {
        for name in DERIVED.iter().chain(&SELF_EVIDENT) {
            let stored = |tag: &Tag| tag.table().field(name).is_some_and(Field::is_stored);
            assert!(Tag::ALL.iter().any(stored), "{name}");
        }
    }

    #[test]
    fn the_way_to_the_owner_is_the_one_that_permissions_know() {
        let world = testkit::World::small();
        let records = || world.directory().records.iter().flatten();
        let snapshot = Snapshot::build("", records().cloned(), 1);
        for record in records() {
            let mut owner = record.clone();
            while let Some((via, tag)) = owner.tag().parent() {
                let id = owner.reference(via).expect("everything belongs to something");
                owner = snapshot.record(tag, id).expect("a parent").clone();
            }
            assert_eq!(owner.id(), snapshot.owner(record), "{} {}", record.tag(), record.id());
        }
    }

    #[test]
    fn every_personal_field_is_cleared_once_its_record_is_deleted_or_purged() {
        let was = Poc {
            id: 1,
            name: "Ada".into(),
            email: "ada@example.net".into(),
            phone: "+12065550100".into(),
            url: "https://ada.example".into(),
            ..Poc::default()
        };
        let mut now = was.clone();
        let present = |now: &Poc| Snapshot::build("", [AnyRecord::from(now.clone())], 1);
        assert_eq!(kept(&was.clone().into(), &present(&now)), was.clone().into());
        now.status = Status::Deleted;
        for present in [present(&now), Snapshot::empty("")] {
            let AnyRecord::Poc(kept) = kept(&was.clone().into(), &present) else { panic!("a contact") };
            assert_eq!([&kept.name, &kept.email, &kept.phone, &kept.url].map(|text| text.len()), [0; 4]);
        }
    }
}
