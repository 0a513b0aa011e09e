//! The one place where texts that are put together at run time become SQL.
//!
//! They are put together from the field table and from constants of this crate, never from data.

use std::fmt::Write;
use std::sync::Arc;

use model::{Field, Table, Tag};
use sqlx::AssertSqlSafe;

use crate::dialect::Dialect;
use crate::schema::has_name_key;

/// A statement made from the field table.
pub(crate) fn generated(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

/// The same for a statement that is run often.
pub(crate) fn shared(text: Arc<str>) -> AssertSqlSafe<Arc<str>> {
    AssertSqlSafe(text)
}

/// Reads all rows of a type by id, to be read by [`crate::row::read`].
pub(crate) fn select_all(dialect: Dialect, table: Table) -> String {
    let columns = match dialect {
        Dialect::Sqlite => packed(table),
        Dialect::Postgres => table.stored().map(|(_, field)| field.name).collect::<Vec<_>>().join(", "),
    };
    format!("SELECT {columns} FROM {} ORDER BY id", table.tag)
}

/// The stored fields in their order as one text, with a NUL between them. Of a field that may be null, nothing
/// stands for null, and an equals sign goes before any value.
///
/// A hundred thousand rows of sixty columns are millions of values, and to have SQLite hand each over by itself
/// costs several times what reading it costs. The driver of PostgreSQL hands rows over whole. No text holds a NUL:
/// the store takes none.
fn packed(table: Table) -> String {
    let mut text = String::from("concat_ws(char(0)");
    for (_, field) in table.stored() {
        let name = field.name;
        let _ = match field.null {
            true => write!(text, ", coalesce('=' || {name}, '')"),
            false => write!(text, ", {name}"),
        };
    }
    text.push(')');
    text
}

/// Writes `rows` rows of a type, over rows that are there. Parameters are [`written`] columns, row by row.
pub(crate) fn upsert(dialect: Dialect, table: Table, rows: usize) -> String {
    let columns: Vec<&str> = written(table).map(|(column, _)| column).collect();
    let mut text = format!("INSERT INTO {} ({}) VALUES ", table.tag, columns.join(", "));
    dialect.push_rows(&mut text, rows, columns.len());
    text.push_str(" ON CONFLICT (id) DO UPDATE SET ");
    for (n, column) in columns.iter().filter(|column| **column != "id").enumerate() {
        let _ = write!(text, "{}{column} = excluded.{column}", if n > 0 { ", " } else { "" });
    }
    text
}

/// Inserts `rows` rows of `columns` columns.
pub(crate) fn insert(dialect: Dialect, into: &str, columns: usize, rows: usize) -> String {
    let mut text = format!("INSERT INTO {into} VALUES ");
    dialect.push_rows(&mut text, rows, columns);
    text
}

/// Deletes a row of a type by id.
pub(crate) fn delete(tag: Tag) -> String {
    format!("DELETE FROM {tag} WHERE id = $1")
}

/// What a written column holds.
#[derive(Clone, Copy)]
pub(crate) enum Written {
    /// The field at this position.
    Field(usize, &'static Field),
    /// The key of the name at this position.
    NameKey(usize),
}

/// The columns that a row is written to.
pub(crate) fn written(table: Table) -> impl Iterator<Item = (&'static str, Written)> {
    let stored = table.fields.iter().enumerate().filter(|(_, field)| field.is_stored());
    stored.flat_map(move |(position, field)| {
        let key = (field.name == "name" && has_name_key(table.tag))
            .then_some(("name_key", Written::NameKey(position)));
        std::iter::once((field.name, Written::Field(position, field))).chain(key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_follow_the_field_table() {
        let table = Tag::Carrierfac.table();
        assert_eq!(
            select_all(Dialect::Sqlite, table),
            "SELECT concat_ws(char(0), id, carrier_id, fac_id, created, updated, status, version) \
             FROM carrierfac ORDER BY id"
        );
        assert_eq!(
            select_all(Dialect::Postgres, table),
            "SELECT id, carrier_id, fac_id, created, updated, status, version FROM carrierfac ORDER BY id"
        );
        assert_eq!(
            upsert(Dialect::Sqlite, table, 2),
            "INSERT INTO carrierfac (id, carrier_id, fac_id, created, updated, status, version) VALUES \
             (?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
             carrier_id = excluded.carrier_id, fac_id = excluded.fac_id, created = excluded.created, \
             updated = excluded.updated, status = excluded.status, version = excluded.version"
        );
        assert!(packed(Tag::Fac.table()).contains(", coalesce('=' || campus_id, ''), name, "));
        assert!(upsert(Dialect::Postgres, Tag::Net.table(), 1).contains("name, name_key, aka"));
        assert_eq!(insert(Dialect::Postgres, "x (a, b)", 2, 1), "INSERT INTO x (a, b) VALUES ($1, $2)");
    }
}
