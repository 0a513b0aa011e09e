//! What is PostgreSQL's own: the server, its connections, its lock, and its notifications.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use model::Time;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use crate::error::{Error, Foreign};
use crate::inspect::Server;
use crate::session::{Row, Session};
use crate::sql;
use crate::store::{Mode, PATIENCE, READERS, TURN, look_inside};

/// The write lock: a number that other programs on the same database are unlikely to lock. "peeringd" in ASCII.
const LOCK: i64 = i64::from_be_bytes(*b"peeringd");

/// Told by every transaction that writes, when it commits.
const CHANNEL: &str = "peeringd";

/// How long a follower trusts that no notification means no commit. Some proxies lose them.
const POLL: Duration = Duration::from_secs(1);

/// What a writing transaction needs of its server, set for this transaction, since the server's own settings can
/// change at any time. Whoever switched durability off did so for the sake of other programs: here, what is
/// acknowledged has to be on disk. A lock is waited for as long as [`PATIENCE`] says.
const WRITER_SETTINGS: &str = "SELECT set_config('lock_timeout', '5s', true), \
     CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END";

/// Settings that let a server lose what it acknowledged. Ours is not `synchronous_commit`, which each writing
/// transaction sets for itself.
const NOT_DURABLE: &str = "SELECT name || '=' || setting FROM pg_settings \
                           WHERE name IN ('fsync', 'full_page_writes') AND setting <> 'on' ORDER BY name";

const CLOSED_TABLES: &str = "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relkind = 'r' \
                             AND relnamespace = CAST(current_schema() AS regnamespace) \
                             AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') \
                             AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE') \
                             AND pg_has_role(relowner, 'USAGE')) ORDER BY relname";

const CONNECTIONS_MAX: &str = "SELECT CAST(current_setting('max_connections') AS BIGINT) \
                               - CAST(current_setting('superuser_reserved_connections') AS BIGINT)";

const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'";

/// Microseconds since 1970.
const CLOCK: &str = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";

/// Connections to one database of a server.
#[derive(Clone)]
pub(crate) struct Connections {
    writer: PgPool,
    /// Short transactions that do not take the write lock.
    side: PgPool,
    readers: PgPool,
    options: PgConnectOptions,
}

impl Connections {
    /// Connects to the server, and looks whether the database is one for us.
    pub(crate) async fn open(url: &str, mode: Mode, place: &Arc<str>) -> Result<Connections, Error> {
        let options =
            PgConnectOptions::from_str(url)?.application_name("peeringd").disable_statement_logging();
        greet(&options, place).await?;
        let writer =
            PgPoolOptions::new().max_connections(1).acquire_timeout(TURN).connect_lazy_with(options.clone());
        let side =
            PgPoolOptions::new().max_connections(1).acquire_timeout(TURN).connect_lazy_with(options.clone());
        let readers = PgPoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options.clone());
        let connections = Connections { writer, side, readers, options };
        look_inside(&mut connections.read().await?, mode, place).await?;
        Ok(connections)
    }

    /// Begins to read one moment.
    pub(crate) async fn read(&self) -> Result<Session, Error> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let begun = self.readers.begin_with(BEGIN).await;
        // Readers wait for each other for moments only, so that what does not come is the server.
        begun.map(Session::Postgres).map_err(|error| match error {
            sqlx::Error::PoolTimedOut => Error::Sql(away()),
            other => Error::Sql(other),
        })
    }

    /// Takes the write lock, before anything is read: at this level of isolation each later statement sees all
    /// that former holders of the lock committed.
    pub(crate) async fn write(&self) -> Result<Session, Error> {
        let mut session = begin(&self.writer).await?;
        session.execute("SELECT pg_advisory_xact_lock($1)", vec![LOCK.into()]).await?;
        Ok(session)
    }

    /// Begins to write without the write lock.
    pub(crate) async fn side(&self) -> Result<Session, Error> {
        begin(&self.side).await
    }

    /// Follows the commits of everybody.
    pub(crate) fn watch(&self) -> Watch {
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        Watch { pool: pool.connect_lazy_with(self.options.clone()), listener: None }
    }

    /// The same database through connections that are yet to be made.
    pub(crate) fn afresh(&self) -> Connections {
        let pool = || PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        let options = || self.options.clone();
        Connections {
            writer: pool().connect_lazy_with(options()),
            side: pool().connect_lazy_with(options()),
            readers: pool().connect_lazy_with(options()),
            options: options(),
        }
    }

    /// What the server tells of itself.
    pub(crate) async fn inspect(&self) -> Result<Server, Error> {
        let mut session = self.read().await?;
        let standby: bool =
            session.one("SELECT CAST(pg_is_in_recovery() AS INTEGER)::BIGINT", vec![]).await?;
        let create = "SELECT CAST(has_schema_privilege(current_schema(), 'CREATE') AS INTEGER)::BIGINT";
        Ok(Server {
            version: session.one("SELECT current_setting('server_version')", vec![]).await?,
            version_number: session
                .one("SELECT CAST(current_setting('server_version_num') AS BIGINT)", vec![])
                .await?,
            not_durable: session.list(NOT_DURABLE, vec![]).await?,
            standby,
            may_create: session.one(create, vec![]).await?,
            closed_tables: session.list(CLOSED_TABLES, vec![]).await?,
            connections_max: session.one(CONNECTIONS_MAX, vec![]).await?,
            connections: session.one(CONNECTIONS, vec![]).await?,
            // Whoever takes no writes takes no listeners either.
            notifies: !standby && self.notifies().await?,
            // Last: what comes before it takes its time.
            clock: Time(session.one(CLOCK, vec![]).await?),
        })
    }

    /// Whether a notification of one connection reaches another one.
    async fn notifies(&self) -> Result<bool, Error> {
        const CHANNEL: &str = "peeringd_doctor";
        let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
        let pool = pool.connect_lazy_with(self.options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&pool).await?;
        Ok(matches!(tokio::time::timeout(POLL, listener.try_recv()).await, Ok(Ok(Some(_)))))
    }

    pub(crate) async fn close(self) {
        self.readers.close().await;
        self.side.close().await;
        self.writer.close().await;
    }
}

/// Begins a transaction that writes, over the one connection of a pool.
async fn begin(pool: &PgPool) -> Result<Session, Error> {
    const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    // The one connection is busy, or there is none to be had.
    let begun = pool.begin_with(BEGIN).await.map_err(|error| match error {
        sqlx::Error::PoolTimedOut if pool.size() == 0 => away(),
        other => other,
    });
    let mut session = Session::Postgres(begun?);
    session.execute(WRITER_SETTINGS, vec![]).await?;
    Ok(session)
}

/// The server did not answer in time.
fn away() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// Connects once by hand. A pool would try again and again, and tell in the end only that time ran out.
async fn greet(options: &PgConnectOptions, place: &Arc<str>) -> Result<(), Error> {
    const ENCODING: &str = "SELECT current_setting('server_encoding')";
    let connected = tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await;
    let mut connection = connected.map_err(|_| away())??;
    let encoding: String = sqlx::query_scalar(ENCODING).fetch_one(&mut connection).await?;
    connection.close().await?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(Error::NotADatabase { place: Arc::clone(place), why: Foreign::Encoding })
}

/// Tells the followers, once the transaction is committed.
pub(crate) async fn announce(session: &mut Session) -> Result<(), Error> {
    session.execute("SELECT pg_notify($1, '')", vec![CHANNEL.into()]).await
}

/// References that lead nowhere. The server keeps references itself, but for those who switch that off.
pub(crate) async fn complaints(session: &mut Session) -> Result<Vec<String>, Error> {
    const KEYS: &str = "SELECT CAST(c.conrelid::regclass AS TEXT), CAST(a.attname AS TEXT), \
                        CAST(c.confrelid::regclass AS TEXT), CAST(f.attname AS TEXT) \
                        FROM pg_constraint c \
                        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
                        JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1] \
                        WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace ORDER BY 1, 2";
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let keys: Vec<(String, String, String, String)> = session.fetch(KEYS, vec![], read).await?;
    let mut found = Vec::new();
    for (table, column, parent, key) in keys {
        // Names out of the catalog of a database whose tables are ours.
        let query = sql::generated(format!(
            "SELECT to_jsonb(c) ->> 'id' FROM {table} c WHERE {column} IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.{key} = c.{column})"
        ));
        let lost: Vec<Option<String>> = session.list(query, vec![]).await?;
        found.extend(lost.into_iter().map(|id| {
            let id = id.map_or_else(String::new, |id| format!(" {id}"));
            format!("{table}{id} refers to a missing row of {parent}")
        }));
    }
    Ok(found)
}

/// A connection that listens for commits.
pub(crate) struct Watch {
    pool: PgPool,
    listener: Option<PgListener>,
}

impl Watch {
    /// Waits for a commit since the last time. What no notification told is taken for one after a while.
    pub(crate) async fn changed(&mut self) -> Result<bool, Error> {
        let Some(listener) = &mut self.listener else {
            let mut listener = PgListener::connect_with(&self.pool).await?;
            listener.listen(CHANNEL).await?;
            self.listener = Some(listener);
            // Whatever happened before this moment was told to nobody.
            return Ok(true);
        };
        let lost = match tokio::time::timeout(POLL, listener.try_recv()).await {
            Err(_) => false,
            Ok(told) => !matches!(told, Ok(Some(_))),
        };
        // One look at the log serves all that were told by now.
        while listener.next_buffered().is_some() {}
        if lost {
            self.listener = None;
        }
        Ok(true)
    }
}
