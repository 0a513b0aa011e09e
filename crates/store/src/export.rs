//! SQLite files of the public directory, for people who want to ask it in SQL.
//!
//! A table per record type has its tag for a name and the keys of the API for columns, so that
//! `SELECT asn, name FROM net` works. A view over each has the name that the table has in the databases which the
//! widespread mirror tools fill, so that queries written for those go on working. The table `meta` tells of when and
//! of what the file is.
//!
//! What goes into the file is decided by whoever calls: nothing here knows what is public. The same rows give the
//! same bytes.

use std::path::Path;
use std::sync::Arc;

use model::{Field, Kind, Tag, Time, Value};
use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool, SqliteSynchronous,
};

use crate::batch::Batch;
use crate::error::Error;
use crate::session::{Cell, Session};
use crate::{schema, sql, sqlite};

/// The number of the file's form. It moves when a table, a view or a column goes away or comes to mean something
/// else; what is added leaves it alone.
pub const FORMAT: u32 = 1;

/// Page cache while writing, in KiB (negative by SQLite's convention): what bounds the memory that it takes.
const CACHE: &str = "-32768";

/// What the file tells about itself.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// A moment before which no change is missing.
    pub generated: Time,
    /// The URL of the directory; empty when it has none.
    pub source: &'a str,
}

/// A SQLite file in the making. It is complete after [`PublicFile::finish`].
pub struct PublicFile {
    pool: SqlitePool,
    session: Session,
    place: Arc<str>,
    counts: Vec<(Tag, u64)>,
}

impl std::fmt::Debug for PublicFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicFile({})", self.place)
    }
}

impl PublicFile {
    /// Begins to write to `path`, where nothing or an empty file is. Errors call it `place`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn create(path: &Path, place: &str) -> Result<PublicFile, Error> {
        let place: Arc<str> = place.into();
        let began = begin(path).await.map_err(|error| error.at(&place));
        began.map(|(pool, session)| PublicFile { pool, session, place, counts: Vec::new() })
    }

    /// Writes the rows of a type: values of the flat fields in the order of the field table, lists as JSON texts.
    /// `done` is told how many rows are written, now and then.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn fill<'a>(
        &mut self,
        tag: Tag,
        rows: impl Iterator<Item = Vec<Value<'a>>>,
        done: impl FnMut(u64),
    ) -> Result<(), Error> {
        let filled = fill(&mut self.session, tag, rows, done).await;
        let count = filled.map_err(|error| error.at(&self.place))?;
        self.counts.push((tag, count));
        Ok(())
    }

    /// Adds indexes, views and what the file tells about itself, and closes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn finish(mut self, facts: Facts<'_>) -> Result<(), Error> {
        let finished = finish(&mut self.session, &self.counts, facts).await;
        let committed = match finished {
            Ok(()) => self.session.commit().await,
            Err(error) => Err(error),
        };
        self.pool.close().await;
        committed.map_err(|error| error.at(&self.place))
    }
}

/// One connection in one transaction. Whoever is interrupted throws the file away, so that neither a journal nor
/// waiting for the disk is of use; the caller makes the finished file durable.
async fn begin(path: &Path) -> Result<(SqlitePool, Session), Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .locking_mode(SqliteLockingMode::Exclusive)
        .pragma("cache_size", CACHE)
        .disable_statement_logging();
    let pool = sqlite::pool().max_connections(1).connect_with(options).await?;
    let mut session = Session::Sqlite(pool.begin().await?);
    session.run(&format!("PRAGMA user_version = {FORMAT}")).await?;
    for tag in Tag::ALL {
        session.run(&create_table(tag)).await?;
    }
    Ok((pool, session))
}

async fn fill<'a>(
    session: &mut Session,
    tag: Tag,
    mut rows: impl Iterator<Item = Vec<Value<'a>>>,
    mut done: impl FnMut(u64),
) -> Result<u64, Error> {
    let dialect = session.dialect();
    let width = columns(tag).count();
    let mut batch = Batch::new(width, |rows| sql::insert(dialect, tag.as_str(), width, rows));
    let mut count = 0;
    loop {
        let part: Vec<_> = rows.by_ref().take(batch.rows).collect();
        if part.is_empty() {
            return Ok(count);
        }
        let written = part.len();
        let cells = part.into_iter().flat_map(|row| columns(tag).zip(row));
        let cells = cells.map(|(field, value)| cell(field, value)).collect();
        batch.execute(session, written, cells).await?;
        count += written as u64;
        done(count);
    }
}

async fn finish(session: &mut Session, counts: &[(Tag, u64)], facts: Facts<'_>) -> Result<(), Error> {
    for tag in Tag::ALL {
        // After the rows: an index that is made at once is quick to make and small.
        for index in create_indexes(tag) {
            session.run(&index).await?;
        }
        let view = format!("CREATE VIEW peeringdb_{} AS SELECT * FROM {tag}", view_name(tag));
        session.run(&view).await?;
    }
    session.run("CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)").await?;
    let told = [
        ("format_version".to_owned(), FORMAT.to_string()),
        ("generated".to_owned(), facts.generated.to_string()),
        ("source".to_owned(), facts.source.to_owned()),
    ];
    let counted = counts.iter().map(|(tag, count)| (format!("rows.{tag}"), count.to_string()));
    for (key, value) in told.into_iter().chain(counted) {
        session
            .execute("INSERT INTO meta (key, value) VALUES ($1, $2)", vec![key.into(), value.into()])
            .await?;
    }
    Ok(())
}

/// The columns of a type's table: the keys of the API.
fn columns(tag: Tag) -> impl Iterator<Item = &'static Field> {
    tag.table().fields.iter().filter(|field| field.is_flat())
}

/// References are columns without a constraint: what is public may refer to what is not, such as a facility to a
/// campus that waits for approval. The tables are not `STRICT`, which readers from before 2021 do not know.
fn create_table(tag: Tag) -> String {
    let lines: Vec<String> = columns(tag)
        .map(|field| {
            let key = if field.kind == Kind::Id { " PRIMARY KEY NOT NULL" } else { "" };
            format!("  {} {}{key}", field.name, column_type(field.kind))
        })
        .collect();
    format!("CREATE TABLE {tag} (\n{}\n)", lines.join(",\n"))
}

/// As in our own database, but for what people read more easily in another form.
fn column_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Degrees => "REAL",
        Kind::Time => "TEXT",
        kind => schema::column_type(kind),
    }
}

/// A value in the form of its column; times as the API writes them.
fn cell<'a>(field: &Field, value: Value<'a>) -> Cell<'a> {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(yes) => yes.into(),
        Value::Int(n) => n.into(),
        Value::Degrees(degrees) => Cell::Real(degrees.to_f64()),
        Value::Time(time) => time.to_string().into(),
        Value::Text(text) => Cell::Text(text),
        Value::Multi(_) | Value::Social(_) | Value::Words(_) => {
            let mut text = String::new();
            field.write_json(&value, &mut text);
            text.into()
        }
    }
}

/// Indexes on what people join by and look for: references, AS numbers, addresses, prefixes, and names of one's own.
fn create_indexes(tag: Tag) -> impl Iterator<Item = String> {
    let is_looked_for = |field: &&Field| match field.kind {
        Kind::Ref(_) | Kind::Asn | Kind::Ipv4 | Kind::Ipv6 | Kind::Prefix => true,
        _ => field.name == "name" && field.is_stored(),
    };
    columns(tag)
        .filter(is_looked_for)
        .map(move |field| format!("CREATE INDEX {tag}_{0}_idx ON {tag} ({0})", field.name))
}

/// What the table of a type is called, behind `peeringdb_`, in the databases that the common mirror tools fill.
const fn view_name(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => "organization",
        Tag::Campus => "campus",
        Tag::Fac => "facility",
        Tag::Ix => "ix",
        Tag::Ixlan => "ixlan",
        Tag::Ixpfx => "ixlan_prefix",
        Tag::Net => "network",
        Tag::Poc => "network_contact",
        Tag::Carrier => "carrier",
        Tag::Carrierfac => "ix_carrier_facility",
        Tag::Netfac => "network_facility",
        Tag::Ixfac => "ix_facility",
        Tag::Netixlan => "network_ixlan",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_the_keys_of_the_api_for_columns() {
        assert_eq!(
            create_table(Tag::Netfac),
            "CREATE TABLE netfac (\n  id INTEGER PRIMARY KEY NOT NULL,\n  name TEXT,\n  city TEXT,\n  country TEXT,\n  \
             net_id INTEGER,\n  fac_id INTEGER,\n  local_asn INTEGER,\n  created TEXT,\n  updated TEXT,\n  \
             status TEXT\n)"
        );
        assert!(create_table(Tag::Fac).contains("\n  latitude REAL,\n"));
    }

    #[test]
    fn what_people_join_by_has_an_index() {
        let indexes: Vec<String> = create_indexes(Tag::Netixlan).collect();
        let columns: Vec<&str> = indexes.iter().filter_map(|sql| sql.split(['(', ')']).nth(1)).collect();
        assert_eq!(
            columns,
            ["net_id", "ix_id", "ixlan_id", "asn", "ipaddr4", "ipaddr6", "net_side_id", "ix_side_id"]
        );
        assert!(create_indexes(Tag::Org).any(|sql| sql == "CREATE INDEX org_name_idx ON org (name)"));
    }

    #[test]
    fn values_have_the_form_of_their_columns() {
        let fac = |name| Tag::Fac.table().field(name).expect("declared");
        for (name, value, expected) in [
            ("latitude", Value::Degrees(model::Degrees(52_520_000)), Cell::Real(52.52)),
            ("created", Value::Time(Time::from_unix(0)), Cell::Text("1970-01-01T00:00:00Z".into())),
            ("diverse_serving_substations", Value::Bool(true), Cell::Int(1)),
            ("campus_id", Value::Null, Cell::Null),
        ] {
            assert_eq!(cell(fac(name), value), expected, "{name}");
        }
    }
}
