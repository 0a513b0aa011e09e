//! Rows against the newest images of the log.

use std::cmp::Ordering;

use model::{AnyRecord, Field, Value};
use store::change::Newest;

use super::Findings;
use super::world::name;

const KNOWN: &str = "the log knows every record";
const EQUAL: &str = "the log says of every column what the row says";

/// Compares the records of a type with the log; both are in the order of ids.
pub(super) fn compare(records: &[AnyRecord], log: &[Newest], findings: &mut Findings) {
    let (mut records, mut log) = (records.iter().peekable(), log.iter().peekable());
    loop {
        let order = match (records.peek(), log.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(record), Some(newest)) => record.id().cmp(&newest.id),
        };
        let record = if order.is_le() { records.next() } else { None };
        let newest = if order.is_ge() { log.next() } else { None };
        compare_one(record, newest, findings);
    }
}

fn compare_one(record: Option<&AnyRecord>, newest: Option<&Newest>, findings: &mut Findings) {
    let logged = newest.and_then(|newest| newest.record.as_ref());
    match (record, logged, newest) {
        (Some(record), None, None) => {
            findings.error(KNOWN, || format!("{}: the log does not know it", name(record)));
        }
        (Some(record), None, Some(newest)) => {
            findings.error(KNOWN, || {
                format!("{}: is there, and change {} of the log removed it", name(record), newest.seq)
            });
        }
        (None, Some(logged), Some(newest)) => {
            findings.error(KNOWN, || {
                format!("{}: is in change {} of the log, and is not there", name(logged), newest.seq)
            });
        }
        (Some(record), Some(logged), Some(newest)) => compare_columns(record, logged, newest, findings),
        (None, ..) | (Some(_), Some(_), None) => {}
    }
}

fn compare_columns(record: &AnyRecord, logged: &AnyRecord, newest: &Newest, findings: &mut Findings) {
    if record == logged {
        return;
    }
    for (position, field) in record.tag().table().stored() {
        let (row, log) = (record.get(position), logged.get(position));
        let erased = newest.erased.iter().any(|erased| erased == field.name);
        if row != log && !erased {
            findings.error(EQUAL, || {
                let (row, log) = (shown(field, &row), shown(field, &log));
                let seq = newest.seq;
                format!(
                    "{}: field {}: the row says {row}, change {seq} of the log {log}",
                    name(record),
                    field.name
                )
            });
        }
    }
}

fn shown(field: &Field, value: &Value<'_>) -> String {
    let mut text = String::new();
    if let Value::Time(time) = value {
        text.push_str(&time.sql_text());
    } else {
        field.write_json(value, &mut text);
    }
    text
}
