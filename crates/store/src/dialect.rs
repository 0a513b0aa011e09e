//! Where the SQL of the two databases differs.
//!
//! Texts are written for SQLite, in the part of its language that PostgreSQL has as well. What remains is here.

use std::fmt::Write;

/// The language of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What PostgreSQL calls the words of our schemas. Texts get the one order that no setting of a server changes.
const POSTGRES_WORDS: [(&str, &str); 3] =
    [("INTEGER", "BIGINT"), ("BLOB", "BYTEA"), ("TEXT", "TEXT COLLATE \"C\"")];

/// SQLite's word for tables whose columns keep to their types, which those of PostgreSQL always do.
const STRICT: &str = ") STRICT";

impl Dialect {
    /// The names of all tables.
    pub(crate) const fn tables(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Dialect::Postgres => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            }
        }
    }

    /// The names of the columns of table `$1`; none where there is no such table.
    pub(crate) const fn columns(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SELECT name FROM pragma_table_info($1)",
            Dialect::Postgres => {
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1"
            }
        }
    }

    /// 32 random hexadecimal digits.
    pub(crate) const fn new_id(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SELECT lower(hex(randomblob(16)))",
            Dialect::Postgres => "SELECT replace(CAST(gen_random_uuid() AS TEXT), '-', '')",
        }
    }

    /// A script of our schema in the words of the database.
    pub(crate) fn schema(self, script: &str) -> String {
        match self {
            Dialect::Sqlite => script.to_owned(),
            Dialect::Postgres => translate(&script.replace(STRICT, ")")),
        }
    }

    /// Writes parameter lists for rows of an `INSERT`.
    ///
    /// SQLite looks numbered parameters up by name, in time that grows with their square; PostgreSQL knows no
    /// others.
    pub(crate) fn push_rows(self, text: &mut String, rows: usize, columns: usize) {
        for row in 0..rows {
            text.push_str(if row > 0 { ", (" } else { "(" });
            for column in 0..columns {
                text.push_str(if column > 0 { ", " } else { "" });
                match self {
                    Dialect::Sqlite => text.push('?'),
                    Dialect::Postgres => {
                        let _ = write!(text, "${}", row * columns + column + 1);
                    }
                }
            }
            text.push(')');
        }
    }
}

fn translate(script: &str) -> String {
    let mut text = String::with_capacity(script.len() + script.len() / 4);
    for part in script.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (word, rest) = part.split_at(end);
        let known = POSTGRES_WORDS.iter().find(|(ours, _)| *ours == word);
        text.push_str(known.map_or(word, |(_, theirs)| theirs));
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_translated_word_by_word() {
        let script = "CREATE TABLE a (\n  id INTEGER PRIMARY KEY,\n  TEXTS BLOB,b TEXT\n) STRICT";
        assert_eq!(Dialect::Sqlite.schema(script), script);
        assert_eq!(
            Dialect::Postgres.schema(script),
            "CREATE TABLE a (\n  id BIGINT PRIMARY KEY,\n  TEXTS BYTEA,b TEXT COLLATE \"C\"\n)"
        );
    }

    #[test]
    fn parameters_have_the_form_of_the_database() {
        for (dialect, expected) in
            [(Dialect::Sqlite, "(?, ?), (?, ?)"), (Dialect::Postgres, "($1, $2), ($3, $4)")]
        {
            let mut text = String::new();
            dialect.push_rows(&mut text, 2, 2);
            assert_eq!(text, expected);
        }
    }
}
