//! Opening a database, and the short forms of reading and writing.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::directory::People;
use model::{AnyRecord, Tag};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use crate::change::{Change, ChangeSet};
use crate::error::{Error, Foreign};
use crate::migrate::{self, State};
use crate::reader::Reader;
use crate::tables::{Blob, CachedPlace};
use crate::url::DatabaseUrl;
use crate::writer::{Committed, Writer};

/// Whether a database that is not there is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Create,
    /// It has to be there.
    Existing,
}

/// How long a statement waits for another process before it gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long work inside this process waits for its turn at the one writing connection.
const TURN: Duration = Duration::from_secs(30);

/// Connections that read; more would not be quicker, since readers of one file share its pages.
const READERS: u32 = 4;

/// Rows that a reading connection prepares ahead of its consumer.
const ROWS_AHEAD: usize = 1024;

/// Page cache of the writing connection, in KiB (negative by SQLite's convention): a large load touches many pages.
const WRITER_CACHE: &str = "-65536";

const HEADER: &[u8] = b"SQLite format 3\0";

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    place: Arc<str>,
    writer: SqlitePool,
    readers: SqlitePool,
    /// Apart from the others: `data_version` tells what other connections did since this one looked last.
    watch: Arc<Mutex<SqliteConnection>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.place)
    }
}

impl Store {
    /// Opens a database and brings its schema up to date.
    ///
    /// # Errors
    /// When there is no database, none of this program, one of a newer program, or one that cannot be reached or
    /// written; each names the database and what to do.
    pub async fn open(url: &DatabaseUrl, mode: Mode) -> Result<Store, Error> {
        let place: Arc<str> = url.to_string().into();
        match url {
            DatabaseUrl::Postgres(_) => Err(Error::NotServed { place }),
            DatabaseUrl::Sqlite(path) => {
                open_sqlite(path, mode, &place).await.map_err(|error| error.at(&place))
            }
        }
    }

    /// The database's name, without secrets.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Closes all connections. What was committed is safe without it; this one tidies the files up.
    pub async fn close(self) {
        if let Some(watch) = Arc::into_inner(self.watch) {
            // Whatever this says, the connection is gone.
            let _ = watch.into_inner().close().await;
        }
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins to read: all that the reader tells is of one moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn reader(&self) -> Result<Reader, Error> {
        let begun = self.readers.begin().await;
        begun
            .map(|transaction| Reader::new(transaction, Arc::clone(&self.place)))
            .map_err(|error| Error::from(error).at(&self.place))
    }

    /// Takes the write lock of the database.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process keeps it; [`Error::SchemaTooNew`] when a newer program has changed the
    /// schema since the database was opened.
    pub async fn writer(&self) -> Result<Writer, Error> {
        let begun = async {
            let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
            let epoch = migrate::epoch(&mut transaction).await?;
            if epoch > migrate::EPOCH {
                return Err(migrate::too_new(&self.place, epoch));
            }
            Ok(Writer::new(transaction, Arc::clone(&self.place)))
        };
        begun.await.map_err(|error: Error| error.at(&self.place))
    }

    /// Commits a change set.
    ///
    /// # Errors
    /// When a rule of the database is broken or the database cannot be written; nothing is written then.
    pub async fn commit(&self, set: &ChangeSet) -> Result<Committed, Error> {
        let mut writer = self.writer().await?;
        if let Some(seq) = writer.start(&set.header).await? {
            return Ok(Committed { seq, repeated: true });
        }
        writer.apply(&set.rows).await?;
        writer.finish().await
    }

    /// All records of a type, by id.
    ///
    /// # Errors
    /// When the database cannot be read, or a value does not fit its column.
    pub async fn records(&self, tag: Tag) -> Result<Vec<AnyRecord>, Error> {
        self.reader().await?.records(tag).await
    }

    /// Accounts, keys, permission rows and the queue of approval.
    ///
    /// # Errors
    /// When the database cannot be read, or a value does not fit its column.
    pub async fn people(&self) -> Result<People, Error> {
        self.reader().await?.people().await
    }

    /// The number of the newest change; 0 before the first one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sequence(&self) -> Result<u64, Error> {
        self.reader().await?.sequence().await
    }

    /// A number that every change of people, keys and permissions moves.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn principals_sequence(&self) -> Result<u64, Error> {
        self.reader().await?.principals_sequence().await
    }

    /// At most `limit` changes behind the one numbered `after`, in their order.
    ///
    /// # Errors
    /// When the database cannot be read, or the log is damaged.
    pub async fn changes(&self, after: u64, limit: u32) -> Result<Vec<Change>, Error> {
        self.reader().await?.changes(after, limit).await
    }

    /// The number of the change that a command became, if it was committed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn known_command(&self, command_id: &str) -> Result<Option<u64>, Error> {
        self.reader().await?.known_command(command_id).await
    }

    /// Identifies this directory among others: 32 hexadecimal digits, made with the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn installation_id(&self) -> Result<String, Error> {
        self.reader().await?.installation_id().await
    }

    /// A number that differs from the last one when anybody has committed in between, this process included.
    /// Asking costs microseconds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn data_version(&self) -> Result<i64, Error> {
        let mut watch = self.watch.lock().await;
        let asked = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *watch).await;
        asked.map_err(|error| Error::from(error).at(&self.place))
    }

    /// A kept answer of the geocoder.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn get_place(&self, query: &str) -> Result<Option<CachedPlace>, Error> {
        self.reader().await?.get_place(query).await
    }

    /// Keeps an answer of the geocoder.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_place(&self, query: &str, place: &CachedPlace) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        writer.put_place(query, place).await?;
        writer.finish().await.map(|_| ())
    }

    /// A file by the SHA-256 of its content.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn get_blob(&self, sha256: &[u8; 32]) -> Result<Option<Blob>, Error> {
        self.reader().await?.get_blob(sha256).await
    }

    /// Stores a file; one that is there already stays as it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put_blob(&self, blob: &Blob) -> Result<(), Error> {
        let mut writer = self.writer().await?;
        writer.put_blob(blob).await?;
        writer.finish().await.map(|_| ())
    }
}

async fn open_sqlite(path: &Path, mode: Mode, place: &Arc<str>) -> Result<Store, Error> {
    if look_at_file(path, mode, place)? {
        create(path, place)?;
    } else {
        look_inside(path, mode, place).await?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(TURN)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let writing = options.clone().pragma("cache_size", WRITER_CACHE);
    let writer = pool().max_connections(1).connect_with(writing).await?;
    bring_up_to_date(&writer, place).await?;
    let reading = options.pragma("query_only", "ON").row_buffer_size(ROWS_AHEAD);
    let watch = reading.connect().await?;
    let readers = pool().max_connections(READERS).connect_with(reading).await?;
    Ok(Store { place: Arc::clone(place), writer, readers, watch: Arc::new(Mutex::new(watch)) })
}

async fn bring_up_to_date(writer: &SqlitePool, place: &Arc<str>) -> Result<(), Error> {
    let mut connection = writer.acquire().await?;
    if migrate::state(&mut connection, place).await? == State::Current {
        return Ok(());
    }
    drop(connection);
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    migrate::migrate(&mut transaction, place).await?;
    Ok(transaction.commit().await?)
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

/// Looks at the tables before anything is changed: opening a foreign database must leave it as it is.
async fn look_inside(path: &Path, mode: Mode, place: &Arc<str>) -> Result<(), Error> {
    let options =
        SqliteConnectOptions::new().filename(path).busy_timeout(PATIENCE).disable_statement_logging();
    let mut connection = options.connect().await?;
    const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await?;
    if tables.is_empty() && mode == Mode::Existing {
        return Err(Error::Missing { place: Arc::clone(place) });
    }
    let ours = ["meta", "org", "change"].iter().all(|own| tables.iter().any(|table| table == own));
    let epoch = if ours { migrate::epoch(&mut connection).await? } else { 0 };
    if !tables.is_empty() && epoch == 0 {
        return Err(Error::NotADatabase { place: Arc::clone(place), why: Foreign::Program });
    }
    Ok(())
}
