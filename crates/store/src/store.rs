//! Opening a database, and the short forms of reading and writing.

use std::sync::Arc;
use std::time::Duration;

use model::directory::People;
use model::{AnyRecord, Tag, Time};

use crate::change::{Change, ChangeSet};
use crate::error::{Error, Foreign};
use crate::logos::Logo;
use crate::migrate::{self, State};
use crate::reader::Reader;
use crate::session::Session;
use crate::side::Side;
use crate::tables::{Blob, CachedPlace};
use crate::url::DatabaseUrl;
use crate::watch::Watch;
use crate::writer::{Committed, Writer};
use crate::{postgres, sqlite};

/// Whether a database that is not there is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Create,
    /// It has to be there.
    Existing,
}

/// How long a statement waits for another process before it gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How long work inside this process waits for its turn at the one writing connection.
pub(crate) const TURN: Duration = Duration::from_secs(30);

/// Connections that read; more would not be quicker, since a directory is read in whole tables.
pub(crate) const READERS: u32 = 4;

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    place: Arc<str>,
    connections: Connections,
}

/// Connections to either database.
#[derive(Clone)]
pub(crate) enum Connections {
    Sqlite(sqlite::Connections),
    Postgres(postgres::Connections),
}

impl Connections {
    async fn open(url: &DatabaseUrl, mode: Mode, place: &Arc<str>) -> Result<Connections, Error> {
        let connections = match url {
            DatabaseUrl::Sqlite(path) => {
                Connections::Sqlite(sqlite::Connections::open(path, mode, place).await?)
            }
            DatabaseUrl::Postgres(url) => {
                Connections::Postgres(postgres::Connections::open(url, mode, place).await?)
            }
        };
        connections.bring_up_to_date(place).await?;
        Ok(connections)
    }

    async fn bring_up_to_date(&self, place: &Arc<str>) -> Result<(), Error> {
        if migrate::state(&mut self.read().await?, place).await? == State::Current {
            return Ok(());
        }
        let mut session = self.write().await?;
        migrate::migrate(&mut session, place).await?;
        session.commit().await
    }

    async fn read(&self) -> Result<Session, Error> {
        match self {
            Connections::Sqlite(connections) => connections.read().await,
            Connections::Postgres(connections) => connections.read().await,
        }
    }

    pub(crate) async fn write(&self) -> Result<Session, Error> {
        match self {
            Connections::Sqlite(connections) => connections.write().await,
            Connections::Postgres(connections) => connections.write().await,
        }
    }

    async fn side(&self) -> Result<Session, Error> {
        match self {
            Connections::Sqlite(connections) => connections.write().await,
            Connections::Postgres(connections) => connections.side().await,
        }
    }

    /// The same database through connections that share nothing with these. Those to a file do not break.
    pub(crate) fn afresh(&self) -> Connections {
        match self {
            Connections::Sqlite(connections) => Connections::Sqlite(connections.clone()),
            Connections::Postgres(connections) => Connections::Postgres(connections.afresh()),
        }
    }
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
        match Connections::open(url, mode, &place).await {
            Ok(connections) => Ok(Store { place, connections }),
            Err(error) => Err(error.at(&place)),
        }
    }

    /// The database's name, without secrets.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Closes all connections. What was committed is safe without it; this one tidies the files up.
    pub async fn close(self) {
        match self.connections {
            Connections::Sqlite(connections) => connections.close().await,
            Connections::Postgres(connections) => connections.close().await,
        }
    }

    /// Begins to read: all that the reader tells is of one moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn reader(&self) -> Result<Reader, Error> {
        let begun = self.connections.read().await;
        begun
            .map(|session| Reader::new(session, Arc::clone(&self.place)))
            .map_err(|error| error.at(&self.place))
    }

    /// Follows what anybody commits from now on.
    pub fn watch(&self) -> Watch {
        let place = Arc::clone(&self.place);
        match &self.connections {
            Connections::Sqlite(connections) => Watch::sqlite(connections.watch(), place),
            Connections::Postgres(connections) => Watch::postgres(connections.watch(), place),
        }
    }

    /// Takes the write lock of the database.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process keeps it; [`Error::SchemaTooNew`] and [`Error::OtherNameKeys`] when
    /// another program has changed the schema, or the keys of names, since the database was opened.
    pub async fn writer(&self) -> Result<Writer, Error> {
        let begun = async {
            let mut session = self.connections.write().await?;
            migrate::check_writer(&mut session, &self.place).await?;
            Ok(Writer::new(session, Arc::clone(&self.place), self.connections.clone()))
        };
        begun.await.map_err(|error: Error| error.at(&self.place))
    }

    /// Begins a short transaction beside the log of changes: for mail, tickets and work on a schedule.
    ///
    /// # Errors
    /// [`Error::Busy`] when others keep the database; [`Error::SchemaTooNew`] when a newer program has changed the
    /// schema since the database was opened.
    pub async fn side(&self) -> Result<Side, Error> {
        let begun = async {
            let mut session = self.connections.side().await?;
            migrate::check_epoch(&mut session, &self.place).await?;
            Ok(Side::new(session, Arc::clone(&self.place)))
        };
        begun.await.map_err(|error: Error| error.at(&self.place))
    }

    /// Commits a change set that was planned on nothing that others may change: [`Store::writer`] and
    /// [`Writer::commit`] in one.
    ///
    /// # Errors
    /// As those two.
    pub async fn commit(&self, set: &ChangeSet) -> Result<Committed, Error> {
        self.writer().await?.commit(set).await
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

    /// Deletes at most `limit` first answers of named commands whose time is over, as work on a schedule, and gives
    /// their number. Each answer that is kept deletes some as well.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn expire_answers(&self, now: Time, limit: u32) -> Result<u64, Error> {
        let mut writer = self.writer().await?;
        let deleted = writer.expire_answers(now, limit).await?;
        writer.finish().await?;
        Ok(deleted)
    }

    /// A file by the SHA-256 of its content.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn get_blob(&self, sha256: &[u8; 32]) -> Result<Option<Blob>, Error> {
        self.reader().await?.get_blob(sha256).await
    }

    /// The logo of a record with its files; `None` where there are none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn logo(&self, tag: Tag, id: u32) -> Result<Option<Logo>, Error> {
        self.reader().await?.logo(tag, id).await
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

/// Looks at the tables before anything is changed.
pub(crate) async fn look_inside(session: &mut Session, mode: Mode, place: &Arc<str>) -> Result<(), Error> {
    let tables = migrate::tables(session).await?;
    if tables.is_empty() && mode == Mode::Existing {
        return Err(Error::Missing { place: Arc::clone(place) });
    }
    let ours = ["meta", "org", "change"].iter().all(|own| tables.iter().any(|table| table == own));
    let epoch = if ours { migrate::epoch(session).await? } else { 0 };
    if !tables.is_empty() && epoch == 0 {
        return Err(Error::NotADatabase { place: Arc::clone(place), why: Foreign::Program });
    }
    Ok(())
}
