//! Databases for tests: each test has its own, and runs on both kinds.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use store::{DatabaseUrl, Error, Mode, Store};
use tempfile::TempDir;

/// Names a database of a PostgreSQL server that may be littered. `cargo xtask test` starts one.
const SERVER: &str = "PEERINGD_TEST_POSTGRES";

/// Names the recorded data set. `cargo xtask test` sets it on machines that have one.
const DATASET: &str = "PEERINGD_TEST_DATASET";

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A database of a server.
    Postgres,
}

impl Kind {
    /// Whether there are databases of this kind here. Says so where there are none, once.
    pub fn is_here(self) -> bool {
        static TOLD: Once = Once::new();
        let here = self == Kind::Sqlite || server().is_some();
        if !here {
            // Past the test runner, which keeps back what tests print.
            TOLD.call_once(|| {
                let _ = writeln!(
                    std::io::stderr(),
                    "skipping the tests on PostgreSQL: `cargo xtask test` starts a server and runs them"
                );
            });
        }
        here
    }
}

/// Where the recorded data set is, a file that `load` reads. Says so where there is none.
pub fn dataset() -> Option<PathBuf> {
    let file = std::env::var_os(DATASET).filter(|file| !file.is_empty()).map(PathBuf::from);
    if file.is_none() {
        // Past the test runner, which keeps back what tests print.
        let _ = writeln!(std::io::stderr(), "skipping a test: {DATASET} names no recorded data set");
    }
    file
}

fn server() -> Option<String> {
    std::env::var(SERVER).ok().filter(|url| !url.is_empty())
}

/// Runs tests, each a function of a [`Kind`], on both kinds of databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($test:ident)+) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test($crate::Kind::Sqlite).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    if $crate::Kind::Postgres.is_here() {
                        super::$test($crate::Kind::Postgres).await;
                    }
                }
            )+
        }
    };
}

/// A scratch folder, and databases by name.
#[derive(Debug)]
pub struct Bench {
    folder: TempDir,
    kind: Kind,
    /// The databases of the server that were made already.
    made: Mutex<HashMap<String, String>>,
}

impl Bench {
    /// A place for databases of this kind.
    ///
    /// # Panics
    /// When there is no room for a folder.
    pub fn new(kind: Kind) -> Bench {
        Bench { folder: TempDir::new().expect("a folder"), kind, made: Mutex::default() }
    }

    /// The kind of its databases.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of a database: a file that may not be there yet, or an empty database that is made now.
    ///
    /// # Panics
    /// When the server makes none.
    pub async fn url(&self, name: &str) -> String {
        if self.kind == Kind::Sqlite {
            return format!("sqlite:{}", self.path(name).display());
        }
        let known = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(url) = known {
            return url;
        }
        let url = make_database().await;
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), url.clone());
        url
    }

    /// The same for the store.
    ///
    /// # Panics
    /// As [`Bench::url`].
    pub async fn database(&self, name: &str) -> DatabaseUrl {
        self.url(name).await.parse().expect("the address of a database")
    }

    /// Opens a database.
    ///
    /// # Errors
    /// As [`Store::open`].
    ///
    /// # Panics
    /// As [`Bench::url`].
    pub async fn try_open(&self, name: &str, mode: Mode) -> Result<Store, Error> {
        Store::open(&self.database(name).await, mode).await
    }

    /// Opens a database, which is made when it is not there.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn store(&self, name: &str) -> Store {
        self.try_open(name, Mode::Create).await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs statements behind the program's back, and against the rules about references.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn run(&self, name: &str, statements: &str) {
        match self.raw(name).await {
            Raw::Sqlite(mut connection) => {
                sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.expect("statements");
                connection.close().await.expect("closed");
            }
            Raw::Postgres(mut connection) => {
                sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.expect("statements");
                connection.close().await.expect("closed");
            }
        }
    }

    /// The rows of a query of texts.
    ///
    /// # Panics
    /// When the query fails.
    pub async fn rows(&self, name: &str, query: &str) -> Vec<String> {
        let query = AssertSqlSafe(query);
        let rows = match self.raw(name).await {
            Raw::Sqlite(mut connection) => sqlx::query_scalar(query).fetch_all(&mut connection).await,
            Raw::Postgres(mut connection) => sqlx::query_scalar(query).fetch_all(&mut connection).await,
        };
        rows.expect("rows")
    }

    async fn raw(&self, name: &str) -> Raw {
        let url = self.url(name).await;
        match self.kind {
            Kind::Sqlite => {
                let options = SqliteConnectOptions::new()
                    .filename(self.path(name))
                    .create_if_missing(true)
                    .foreign_keys(false);
                Raw::Sqlite(options.connect().await.expect("a connection"))
            }
            Kind::Postgres => Raw::Postgres(connect(&url, "session_replication_role=replica").await),
        }
    }
}

enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

async fn connect(url: &str, setting: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).expect("the address of a database");
    let setting = setting.split_once('=');
    options.options(setting).connect().await.expect("a connection")
}

async fn make_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = server().expect("a server, or the test would not run");
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(&server, "client_min_messages=warning").await;
    for statement in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!("CREATE DATABASE {name} TEMPLATE template0"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("a new database");
    }
    connection.close().await.expect("closed");
    on(&server, &name)
}

/// The address of another database of the same server.
fn on(server: &str, name: &str) -> String {
    let (address, settings) = server.split_once('?').map_or((server, None), |(a, s)| (a, Some(s)));
    let (host, _) = address.rsplit_once('/').expect("the address names a database");
    let settings = settings.map(|settings| format!("?{settings}")).unwrap_or_default();
    format!("{host}/{name}{settings}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_lie_side_by_side() {
        assert_eq!(on("postgres://u@h/postgres?host=/x/y", "a"), "postgres://u@h/a?host=/x/y");
        assert_eq!(on("postgres://u@h:1/postgres", "a"), "postgres://u@h:1/a");
    }
}
