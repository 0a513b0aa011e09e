//! The filter language of the API: from query parameters to a decision per record.
//!
//! A filter is a conjunction of conditions. Conditions on the record's own fields are tested per record; conditions
//! on related records are resolved first, to the set of ids that meet them. Whatever can be looked up in an index
//! gives candidates, the smallest candidate list is walked, and every condition is tested on each candidate: so an
//! index can only make an answer quicker, never different.

mod column;
mod describe;
mod parse;
mod relation;
mod sight;
mod spatial;
mod special;

use model::access::Viewer;
use model::{AnyRecord, Show, Status, Tag};

pub use column::Op;
pub use describe::{Group, Operand, Parameter, parameters};
pub use parse::{Parsed, parse};
pub use spatial::{Ask, Origin};

pub(crate) use column::Column;
pub(crate) use sight::Sight;
pub(crate) use spatial::distance_from;

use crate::snapshot::Snapshot;
use crate::table::Entry;

/// A question that cannot be answered as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// A parameter's value is unusable; the text says which and why.
    Invalid(String),
    /// Parameters are missing: name and message of each.
    Missing(Vec<(&'static str, &'static str)>),
}

impl QueryError {
    pub(crate) fn value(param: &str) -> QueryError {
        QueryError::Invalid(format!("Invalid value for '{param}'"))
    }
}

/// A conjunction of conditions on records of one type.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    conditions: Vec<Condition>,
}

/// One condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// A test of a field.
    Field(Column),
    /// The id is among these (ascending).
    Among(Vec<u32>),
    /// The id is not among these (ascending).
    NotAmong(Vec<u32>),
}

impl Filter {
    pub(crate) fn push(&mut self, condition: Condition) {
        self.conditions.push(condition);
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether a record meets all conditions, for a viewer.
    pub fn matches(&self, snapshot: &Snapshot, viewer: &Viewer, record: &AnyRecord) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Field(column) => {
                is_visible(snapshot, viewer, record, column) && column.matches(snapshot, record)
            }
            Condition::Among(ids) => ids.binary_search(&record.id()).is_ok(),
            Condition::NotAmong(ids) => ids.binary_search(&record.id()).is_err(),
        })
    }

    /// Ids of all records that can match, ascending, when an index gives them.
    pub(crate) fn candidates(&self, snapshot: &Snapshot, tag: Tag) -> Option<Vec<u32>> {
        let lists = self.conditions.iter().filter_map(|condition| match condition {
            Condition::Field(column) => column.candidates(snapshot, tag),
            Condition::Among(ids) => Some(ids.clone()),
            Condition::NotAmong(_) => None,
        });
        lists.min_by_key(Vec::len)
    }
}

/// A value that the viewer may not see matches nothing: a filter must not tell it.
fn is_visible(snapshot: &Snapshot, viewer: &Viewer, record: &AnyRecord, column: &Column) -> bool {
    column.field(record.tag()).show != Show::FeedUrl || snapshot.sees_feed_url(viewer, record)
}

/// Records of a type that meet a condition on a field, in any status, by id.
pub(crate) fn select<'a>(
    sight: Sight<'a>,
    tag: Tag,
    column: &'a Column,
) -> Box<dyn Iterator<Item = &'a Entry> + 'a> {
    let entries: Box<dyn Iterator<Item = &Entry>> = match column.candidates(sight.snapshot(), tag) {
        Some(ids) => Box::new(ids.into_iter().filter_map(move |id| sight.entry(tag, id)).map(|e| &**e)),
        None => Box::new(sight.entries(tag).map(|entry| &**entry)),
    };
    Box::new(entries.filter(move |entry| column.matches(sight.snapshot(), entry.record())))
}

pub(crate) fn is_published(entry: &Entry) -> bool {
    entry.status() == Status::Ok
}

pub(crate) fn sorted(ids: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut ids: Vec<u32> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
