//! What is SQLite's own: the file, its connections, and what SQLite tells about itself.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};

use crate::error::{Error, Foreign};
use crate::session::Session;
use crate::store::{Mode, PATIENCE, READERS, TURN, look_inside};

/// Rows that a reading connection prepares ahead of its consumer.
const ROWS_AHEAD: usize = 1024;

/// Page cache of the writing connection, in KiB (negative by SQLite's convention): a large load touches many pages.
const WRITER_CACHE: &str = "-65536";

const HEADER: &[u8] = b"SQLite format 3\0";

/// How often a follower looks; the look costs microseconds.
const LOOK: Duration = Duration::from_millis(50);

/// Connections to one file.
#[derive(Clone)]
pub(crate) struct Connections {
    writer: SqlitePool,
    readers: SqlitePool,
    reading: SqliteConnectOptions,
}

impl Connections {
    /// Connects to the file, which is made when it is missing and may be.
    pub(crate) async fn open(path: &Path, mode: Mode, place: &Arc<str>) -> Result<Connections, Error> {
        if look_at_file(path, mode, place)? {
            create(path, place)?;
        } else {
            look_before_touching(path, mode, place).await?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let writing = options.clone().pragma("cache_size", WRITER_CACHE);
        let writer = pool().max_connections(1).connect_with(writing).await?;
        let reading = options.pragma("query_only", "ON").row_buffer_size(ROWS_AHEAD);
        let readers = pool().max_connections(READERS).connect_with(reading.clone()).await?;
        Ok(Connections { writer, readers, reading })
    }

    /// Begins to read one moment.
    pub(crate) async fn read(&self) -> Result<Session, Error> {
        Ok(Session::Sqlite(self.readers.begin().await?))
    }

    /// Takes the write lock.
    pub(crate) async fn write(&self) -> Result<Session, Error> {
        Ok(Session::Sqlite(self.writer.begin_with("BEGIN IMMEDIATE").await?))
    }

    /// Follows the commits of everybody.
    pub(crate) fn watch(&self) -> Watch {
        Watch { options: self.reading.clone(), looking: None }
    }

    pub(crate) async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Connections that stay open.
pub(crate) fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // SQLite undoes a transaction by itself when the disk fails or is full. The driver does not notice, and takes the
        // connection for one within a transaction, on which no other can begin.
        .before_acquire(|connection, _| {
            let is_free = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_free) })
        })
}

/// Looks from outside; tells whether a new database is to be made.
fn look_at_file(path: &Path, mode: Mode, place: &Arc<str>) -> Result<bool, Error> {
    let not = |why| Error::NotADatabase { place: Arc::clone(place), why };
    let missing = || match mode {
        Mode::Create => Ok(true),
        Mode::Existing => Err(Error::Missing { place: Arc::clone(place) }),
    };
    let unreachable =
        |source: std::io::Error| Error::Unreachable { place: Arc::clone(place), source: Box::new(source) };
    if path.is_dir() {
        return Err(not(Foreign::Directory));
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return missing(),
        opened => opened.map_err(unreachable)?,
    };
    let mut begins = Vec::with_capacity(HEADER.len());
    file.take(HEADER.len() as u64).read_to_end(&mut begins).map_err(unreachable)?;
    match begins.as_slice() {
        [] => missing(),
        HEADER => Ok(false),
        _ => Err(not(Foreign::File)),
    }
}

/// Makes an empty file that only its owner may read: it will hold contacts and hashes. SQLite gives the files that
/// it puts beside it the same rights.
fn create(path: &Path, place: &Arc<str>) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let created = options.open(path).map(drop);
    created.map_err(|source| Error::Unreachable { place: Arc::clone(place), source: Box::new(source) })
}

/// Looks at the tables through a connection that changes nothing: opening a foreign database must leave it as it
/// is, and the settings of ours would be written to it.
async fn look_before_touching(path: &Path, mode: Mode, place: &Arc<str>) -> Result<(), Error> {
    let plain = plain(path).await?;
    let mut session = Session::Sqlite(plain.begin().await?);
    let looked = look_inside(&mut session, mode, place).await;
    drop(session);
    plain.close().await;
    looked
}

async fn plain(path: &Path) -> Result<SqlitePool, Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .pragma("query_only", "ON")
        .disable_statement_logging();
    Ok(pool().max_connections(1).connect_with(options).await?)
}

/// Begins to read a database of ours that is left as it is.
pub(crate) async fn look(path: &Path, place: &Arc<str>) -> Result<Session, Error> {
    look_at_file(path, Mode::Existing, place)?;
    let mut session = Session::Sqlite(plain(path).await?.begin().await?);
    look_inside(&mut session, Mode::Existing, place).await?;
    Ok(session)
}

/// What SQLite finds wrong with itself: damaged pages, indexes that miss rows, broken references.
pub(crate) async fn complaints(session: &mut Session) -> Result<Vec<String>, Error> {
    let lines: Vec<String> = session.list("PRAGMA integrity_check", vec![]).await?;
    let mut found: Vec<String> = lines.into_iter().filter(|line| line != "ok").collect();
    let broken = session.fetch("PRAGMA foreign_key_check", vec![], |row| {
        let (table, rowid, parent): (&str, Option<i64>, &str) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let id = rowid.map_or_else(String::new, |rowid| format!(" {rowid}"));
        Ok(format!("{table}{id} refers to a missing row of {parent}"))
    });
    found.extend(broken.await?);
    Ok(found)
}

/// A connection that looks whether others committed.
pub(crate) struct Watch {
    options: SqliteConnectOptions,
    looking: Option<Looking>,
}

struct Looking {
    connection: SqliteConnection,
    seen: i64,
}

impl Watch {
    /// Looks after a while, the first time at once, whether anybody has committed since the last time.
    pub(crate) async fn changed(&mut self) -> Result<bool, Error> {
        let Some(looking) = &mut self.looking else {
            let mut connection = self.options.connect().await?;
            let seen = data_version(&mut connection).await?;
            self.looking = Some(Looking { connection, seen });
            return Ok(true);
        };
        tokio::time::sleep(LOOK).await;
        let version = data_version(&mut looking.connection).await?;
        let before = std::mem::replace(&mut looking.seen, version);
        Ok(version != before)
    }
}

/// A number that every commit of another connection moves.
async fn data_version(connection: &mut SqliteConnection) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await?)
}
