//! Looking at a database without changing anything: the facts on which a tool for operators judges.

use std::sync::Arc;

use model::{Time, collate};

use crate::error::Error;
use crate::migrate;
use crate::session::Session;
use crate::store::Mode;
use crate::url::DatabaseUrl;
use crate::{postgres, reader, sqlite};

/// What a database tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The schema's number there.
    pub schema: u32,
    /// The newest schema that this program knows.
    pub known_schema: u32,
    /// The version of the stored keys of names; empty when there is none.
    pub name_keys: String,
    /// The version that this program makes.
    pub known_name_keys: u32,
    /// Changes in the log. Numbers run from 1 on without a gap, so that this is the number of the newest one.
    pub changes: u64,
    /// The number of the newest change; 0 before the first one.
    pub sequence: u64,
    /// The time of the newest change.
    pub last_change: Option<Time>,
    /// What only one kind of database has.
    pub own: Own,
}

/// What only one kind of database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Own {
    /// A SQLite file.
    File {
        /// How SQLite keeps transactions whole: `wal` is ours.
        journal_mode: String,
    },
    /// A database of a PostgreSQL server.
    Server(Server),
}

/// What a PostgreSQL server tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Version, such as `16.4`.
    pub version: String,
    /// The same as a number, such as 160004.
    pub version_number: u32,
    /// Settings that are not as they have to be for commits to be durable, as `name=value`.
    pub not_durable: Vec<String>,
    /// Whether it is a copy of another server, and takes no writes.
    pub standby: bool,
    /// Whether the user may make tables, as a new version of the program does.
    pub may_create: bool,
    /// Tables of ours that the user may not read or write, or not change, as a new version of the program does.
    pub closed_tables: Vec<String>,
    /// Connections that the server takes from ordinary users at a time.
    pub connections_max: u32,
    /// Connections that it has.
    pub connections: u32,
    /// Whether a notification reaches another connection that listens. A proxy that gives each transaction another
    /// connection to the server loses them.
    pub notifies: bool,
    /// Its clock.
    pub clock: Time,
}

/// Looks at a database, which stays as it is: an older schema is not brought up to date.
///
/// # Errors
/// When there is no database, none of this program, or it cannot be reached or read; each names the database and what
/// to do.
pub async fn inspect(url: &DatabaseUrl) -> Result<Facts, Error> {
    let place: Arc<str> = url.to_string().into();
    let looked = match url {
        DatabaseUrl::Sqlite(path) => {
            async {
                let mut session = sqlite::look(path, &place).await?;
                let journal_mode = session.one("PRAGMA journal_mode", vec![]).await?;
                facts(&mut session, Own::File { journal_mode }).await
            }
            .await
        }
        DatabaseUrl::Postgres(url) => {
            async {
                let connections = postgres::Connections::open(url, Mode::Existing, &place).await?;
                let server = connections.inspect().await?;
                facts(&mut connections.read().await?, Own::Server(server)).await
            }
            .await
        }
    };
    looked.map_err(|error| error.at(&place))
}

async fn facts(session: &mut Session, own: Own) -> Result<Facts, Error> {
    let changes: i64 = session.one("SELECT count(*) FROM change", vec![]).await?;
    let last: Option<i64> = session.value("SELECT at FROM change ORDER BY seq DESC LIMIT 1", vec![]).await?;
    Ok(Facts {
        schema: migrate::epoch(session).await?,
        known_schema: migrate::EPOCH,
        name_keys: reader::name_key_version(session).await?.unwrap_or_default(),
        known_name_keys: collate::KEY_VERSION,
        changes: changes.unsigned_abs(),
        sequence: reader::sequence(session).await?,
        last_change: last.map(Time),
        own,
    })
}
