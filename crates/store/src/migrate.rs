//! Brings the schema of a database up to date.
//!
//! Migrations are numbered without gaps and only add, so that the program before this one can still read. The
//! number of the newest one is the database's *schema epoch*. All of it happens in one transaction under the write
//! lock: several processes may start at the same time.

use std::collections::HashMap;
use std::sync::Arc;

use model::{Table, Tag, collate};

use crate::error::Error;
use crate::schema::{self, UNIQUE, has_name_key};
use crate::session::Session;
use crate::sql;
use crate::tables::{get_meta, set_meta};

/// One step of the way from an empty database to the present schema.
struct Migration {
    /// The epoch that it leads to.
    epoch: u32,
    steps: &'static [Step],
}

enum Step {
    /// A script.
    Script(&'static str),
    /// Makes the tables of records that are missing, and adds the columns that they lack of the field table.
    Records,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        epoch: 1,
        steps: &[
            Step::Records,
            Step::Script(include_str!("../migrations/0001_log.sql")),
            Step::Script(include_str!("../migrations/0001_people.sql")),
            Step::Script(include_str!("../migrations/0001_files.sql")),
        ],
    },
    Migration {
        epoch: 2,
        steps: &[
            Step::Script(include_str!("../migrations/0002_jobs.sql")),
            Step::Script(include_str!("../migrations/0002_queue.sql")),
            Step::Script(include_str!("../migrations/0002_answers.sql")),
            Step::Script(include_str!("../migrations/0002_webhooks.sql")),
        ],
    },
];

/// The schema epoch of this program.
pub(crate) const EPOCH: u32 = MIGRATIONS[MIGRATIONS.len() - 1].epoch;

/// Keys of the table `meta`.
pub(crate) mod key {
    /// The schema epoch.
    pub(crate) const EPOCH: &str = "schema_epoch";
    /// The version of the algorithm behind the columns `name_key`.
    pub(crate) const NAME_KEY_VERSION: &str = "name_key_version";
    /// Identifies this directory among others.
    pub(crate) const INSTALLATION: &str = "installation_id";
    /// Moved by every change of people, keys and permissions.
    pub(crate) const PRINCIPALS: &str = "principals_sequence";
}

const META: &str =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT";

/// What a database needs before it can be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing.
    Current,
    /// [`migrate`].
    Behind,
}

/// Looks whether the database is up to date.
pub(crate) async fn state(session: &mut Session, place: &Arc<str>) -> Result<State, Error> {
    if !tables(session).await?.iter().any(|table| table == "meta") {
        return Ok(State::Behind);
    }
    let epoch = epoch(session).await?;
    if epoch > EPOCH {
        return Err(too_new(place, epoch));
    }
    let keys = get_meta(session, key::NAME_KEY_VERSION).await?;
    let current = epoch == EPOCH && keys == Some(collate::KEY_VERSION.to_string());
    Ok(if current { State::Current } else { State::Behind })
}

/// The names of all tables of the database.
pub(crate) async fn tables(session: &mut Session) -> Result<Vec<String>, Error> {
    session.list(session.dialect().tables(), vec![]).await
}

/// The database's schema epoch; 0 before the first migration.
pub(crate) async fn epoch(session: &mut Session) -> Result<u32, Error> {
    let text = get_meta(session, key::EPOCH).await?;
    match text.as_deref().map(str::parse) {
        None => Ok(0),
        Some(Ok(epoch)) => Ok(epoch),
        Some(Err(_)) => Err(Error::Corrupt { table: "meta", id: 0, column: key::EPOCH, why: "is no number" }),
    }
}

pub(crate) fn too_new(place: &Arc<str>, found: u32) -> Error {
    Error::SchemaTooNew { place: Arc::clone(place), found, known: EPOCH }
}

/// Looks, under the write lock, whether this program may write: a newer one may have changed the schema, or another
/// one made the keys of names anew, since the database was opened. Keys of two versions must not stand side by side,
/// for they would let two names be the same.
pub(crate) async fn check_writer(session: &mut Session, place: &Arc<str>) -> Result<(), Error> {
    check_epoch(session, place).await?;
    let found = get_meta(session, key::NAME_KEY_VERSION).await?.unwrap_or_default();
    if found == collate::KEY_VERSION.to_string() {
        return Ok(());
    }
    Err(Error::OtherNameKeys { place: Arc::clone(place), found, known: collate::KEY_VERSION })
}

/// Looks whether a newer program has changed the schema since the database was opened.
pub(crate) async fn check_epoch(session: &mut Session, place: &Arc<str>) -> Result<(), Error> {
    match epoch(session).await? {
        found if found > EPOCH => Err(too_new(place, found)),
        _ => Ok(()),
    }
}

/// Runs what is missing. The caller holds the write lock.
pub(crate) async fn migrate(session: &mut Session, place: &Arc<str>) -> Result<(), Error> {
    session.run(META).await?;
    let found = epoch(session).await?;
    if found > EPOCH {
        return Err(too_new(place, found));
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.epoch > found) {
        for step in migration.steps {
            match step {
                Step::Script(script) => session.run(script).await?,
                Step::Records => add_records(session).await?,
            }
        }
        set_meta(session, key::EPOCH, &migration.epoch.to_string()).await?;
    }
    if get_meta(session, key::INSTALLATION).await?.is_none() {
        let id: String = session.one(session.dialect().new_id(), vec![]).await?;
        set_meta(session, key::INSTALLATION, &id).await?;
        set_meta(session, key::PRINCIPALS, "0").await?;
    }
    renew_name_keys(session).await
}

async fn add_records(session: &mut Session) -> Result<(), Error> {
    for tag in Tag::ALL {
        let present = columns(session, tag).await?;
        for statement in missing(tag.table(), &present) {
            session.run(&statement).await?;
        }
    }
    Ok(())
}

/// The statements that lead from the columns a table has to those of the field table.
fn missing(table: Table, present: &[String]) -> Vec<String> {
    if present.is_empty() {
        return schema::create_table(table);
    }
    table
        .stored()
        .filter(|(_, field)| !present.iter().any(|column| column == field.name))
        .map(|(position, field)| {
            format!("ALTER TABLE {} ADD COLUMN {}", table.tag, schema::column(table.tag, position, field))
        })
        .collect()
}

async fn columns(session: &mut Session, tag: Tag) -> Result<Vec<String>, Error> {
    session.list(session.dialect().columns(), vec![tag.as_str().into()]).await
}

/// Makes the keys of names again when the algorithm has changed.
async fn renew_name_keys(session: &mut Session) -> Result<(), Error> {
    let version = collate::KEY_VERSION.to_string();
    if get_meta(session, key::NAME_KEY_VERSION).await?.as_deref() == Some(&*version) {
        return Ok(());
    }
    for unique in UNIQUE.iter().filter(|unique| unique.same == schema::Same::Name) {
        session.run(&format!("DROP INDEX IF EXISTS {}", unique.name)).await?;
        renew_keys_of(session, unique.tag).await?;
        session.run(&unique.create_index()).await?;
    }
    set_meta(session, key::NAME_KEY_VERSION, &version).await
}

async fn renew_keys_of(session: &mut Session, tag: Tag) -> Result<(), Error> {
    debug_assert!(has_name_key(tag));
    let names = sql::generated(format!("SELECT id, name FROM {tag} ORDER BY id"));
    let rows: Vec<(u32, String)> = session.fetch(names, vec![], |row| Ok((row.get(0)?, row.get(1)?))).await?;
    let mut seen: HashMap<String, (u32, String)> = HashMap::with_capacity(rows.len());
    for (id, name) in rows {
        let key = collate::key(&name);
        let update = sql::generated(format!("UPDATE {tag} SET name_key = $1 WHERE id = $2"));
        session.execute(update, vec![key.as_str().into(), id.into()]).await?;
        if let Some(first) = seen.insert(key, (id, name.clone())) {
            return Err(Error::NameClash { tag, records: [first, (id, name)] });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_numbered_without_gaps() {
        assert!(MIGRATIONS.iter().map(|migration| migration.epoch).eq(1..=EPOCH));
    }

    /// A new field needs a migration that holds `Step::Records`, and then a new number here: FNV-1a over the
    /// statements that make the tables of records.
    #[test]
    fn the_tables_of_records_change_with_the_epoch_only() {
        let statements = Tag::ALL.iter().flat_map(|tag| schema::create_table(tag.table()));
        let print = statements.flat_map(String::into_bytes).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        assert_eq!((EPOCH, format!("{print:016x}").as_str()), (2, "ca224b3781e32936"));
    }

    #[test]
    fn a_table_gets_the_columns_that_it_lacks() {
        let table = Tag::Ixpfx.table();
        let present: Vec<String> =
            table.stored().map(|(_, field)| field.name.to_owned()).filter(|name| name != "notes").collect();
        assert_eq!(missing(table, &present), ["ALTER TABLE ixpfx ADD COLUMN notes TEXT NOT NULL DEFAULT ''"]);
        assert!(missing(table, &[])[0].starts_with("CREATE TABLE ixpfx ("));
    }
}
