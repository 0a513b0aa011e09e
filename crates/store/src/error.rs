//! What can go wrong with the database.

use std::fmt;
use std::sync::Arc;

use model::Tag;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::schema;

/// An error of the store. Those that an operator can mend name the database and what to do.
#[derive(Debug)]
pub enum Error {
    /// There is nothing at the place.
    Missing {
        /// The database, without secrets.
        place: Arc<str>,
    },
    /// The server has no database of that name.
    NoSuchDatabase {
        /// The database.
        place: Arc<str>,
    },
    /// The server does not let the user in, or not do what is needed.
    Denied {
        /// The database.
        place: Arc<str>,
        /// What the server says.
        source: sqlx::Error,
    },
    /// The database cannot be opened or reached.
    Unreachable {
        /// The database.
        place: Arc<str>,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process holds the database for longer than we wait.
    Busy {
        /// The database.
        place: Arc<str>,
    },
    /// What is there is no database of this program.
    NotADatabase {
        /// The database.
        place: Arc<str>,
        /// What it is instead.
        why: Foreign,
    },
    /// The database was written by a newer program.
    SchemaTooNew {
        /// The database.
        place: Arc<str>,
        /// The schema's number there.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The stored keys of names are of another version than this program makes: another program has made them anew
    /// since the database was opened.
    OtherNameKeys {
        /// The database.
        place: Arc<str>,
        /// The version there; empty when there is none.
        found: String,
        /// The version that this program makes.
        known: u32,
    },
    /// The connection was lost while a change was being committed, and the database did not tell in time whether it
    /// holds it; or the disk did not confirm that it holds the change, which may be there after a crash. All other errors of a commit mean that nothing was written.
    OutcomeUnknown {
        /// The database.
        place: Arc<str>,
        /// Names the command; `None` when no record was touched.
        command: Option<String>,
        /// How the connection was lost, or what the disk did.
        source: Box<Error>,
    },
    /// The database is damaged.
    Damaged {
        /// The database.
        place: Arc<str>,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The disk is full.
    Full {
        /// The database.
        place: Arc<str>,
    },
    /// The database may not be written.
    ReadOnly {
        /// The database.
        place: Arc<str>,
    },
    /// A rule of the database was broken; nothing was written.
    Constraint {
        /// The name of the constraint, such as `net_asn_key`; what the database says where it tells no name.
        name: String,
    },
    /// A stored value does not fit its column.
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row.
        id: i64,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Two records have names that are the same but for case and accents.
    NameClash {
        /// Their type.
        tag: Tag,
        /// Their ids and names.
        records: [(u32, String); 2],
    },
    /// Rows were to be written outside of a change.
    NoChange,
    /// A password or key was to be written as the person knows it.
    PlainSecret,
    /// A text with a NUL character was to be written.
    Nul,
    /// Anything else that the database says.
    Sql(sqlx::Error),
}

/// What stands where a database was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A directory.
    Directory,
    /// A file of another kind.
    File,
    /// A database of another program.
    Program,
    /// A database that does not hold every character.
    Encoding,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Missing { place } if on_server(place) => {
                write!(f, "{place}: holds no directory; `peeringd load` fills it, or mend the name")
            }
            Error::Missing { place } => {
                write!(f, "{place}: there is no database; `peeringd load` makes one, or mend the path")
            }
            Error::NoSuchDatabase { place } => {
                write!(f, "{place}: the server has no such database; make it with createdb, or mend the name")
            }
            Error::Denied { place, .. } => {
                write!(f, "{place}: the server refuses; check name, password and rights of the user")
            }
            Error::Unreachable { place, .. } if on_server(place) => {
                write!(f, "{place}: cannot be reached; check address and port, and that the server runs")
            }
            Error::Unreachable { place, .. } => {
                write!(f, "{place}: cannot be opened; check that the folder exists and may be written")
            }
            Error::Busy { place } => {
                write!(f, "{place}: another process is writing to it; try again when that is done")
            }
            Error::NotADatabase { place, why: Foreign::Encoding } => {
                write!(f, "{place}: {}; make it anew with createdb -T template0 -E UTF8", Foreign::Encoding)
            }
            Error::NotADatabase { place, why } if on_server(place) => {
                write!(f, "{place}: {why}; give the name of another one")
            }
            Error::NotADatabase { place, why } => write!(f, "{place}: {why}; give the path of another file"),
            Error::SchemaTooNew { place, found, known } => write!(
                f,
                "{place}: has schema {found}, this program knows schemas up to {known}; use a newer program"
            ),
            Error::OtherNameKeys { place, found, known } => write!(
                f,
                "{place}: its keys of names have version {found:?}, this program makes version {known}; stop this \
                 program, and use the one that was started last"
            ),
            Error::OutcomeUnknown { place, command, .. } => {
                let lost = if on_server(place) { "the connection was lost" } else { "the disk failed" };
                write!(f, "{place}: {lost} while ")?;
                match command {
                    Some(command) => write!(f, "change {command:?} was committed")?,
                    None => f.write_str("a change was committed")?,
                }
                f.write_str(
                    ", and it is not known whether the database holds it; try again once the database answers: \
                     what it holds is not written twice",
                )
            }
            Error::Damaged { place, .. } => {
                write!(f, "{place}: the database is damaged; restore it from a backup")
            }
            Error::Full { place } => write!(f, "{place}: the disk is full; make room and try again"),
            Error::ReadOnly { place } if on_server(place) => {
                write!(f, "{place}: may not be written; give the server that takes writes")
            }
            Error::ReadOnly { place } => {
                write!(f, "{place}: may not be written; check the permissions of file and folder")
            }
            Error::Constraint { name } => write!(f, "the rule {name} of the database is broken"),
            Error::Corrupt { table, id, column, why } => {
                write!(f, "row {id} of table {table}: column {column} {why}")
            }
            Error::NameClash { tag, records: [a, b] } => write!(
                f,
                "{tag} {} {:?} and {tag} {} {:?}: their names are the same but for case and accents",
                a.0, a.1, b.0, b.1
            ),
            Error::NoChange => f.write_str("rows of records are written within a change only"),
            Error::PlainSecret => f.write_str("passwords and keys are stored as hashes only"),
            Error::Nul => f.write_str("texts are stored without NUL characters only"),
            Error::Sql(_) => f.write_str("the database refused a statement"),
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::Directory => "is a directory and no SQLite file",
            Foreign::File => "is no SQLite file",
            Foreign::Program => "is a database of another program",
            Foreign::Encoding => "is not encoded in UTF-8",
        })
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unreachable { source, .. } => Some(source.as_ref()),
            Error::OutcomeUnknown { source, .. } => Some(source.as_ref()),
            Error::Damaged { source, .. } | Error::Denied { source, .. } | Error::Sql(source) => Some(source),
            Error::Missing { .. }
            | Error::NoSuchDatabase { .. }
            | Error::Busy { .. }
            | Error::NotADatabase { .. }
            | Error::SchemaTooNew { .. }
            | Error::OtherNameKeys { .. }
            | Error::Full { .. }
            | Error::ReadOnly { .. }
            | Error::Constraint { .. }
            | Error::Corrupt { .. }
            | Error::NameClash { .. }
            | Error::NoChange
            | Error::PlainSecret
            | Error::Nul => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        Error::Sql(error)
    }
}

/// Whether the place, as [`crate::DatabaseUrl`] writes it, is on a server.
fn on_server(place: &str) -> bool {
    place.starts_with("postgres")
}

/// Primary result codes of SQLite.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const IOERR: i32 = 10;
    /// Extended: a write reached the system, and the disk did not confirm it.
    pub(super) const IOERR_FSYNC: i32 = IOERR | 4 << 8;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const NOTADB: i32 = 26;
}

/// States of PostgreSQL, and classes of them.
mod state {
    pub(super) const NO_SUCH_DATABASE: &str = "3D000";
    pub(super) const DENIED: [&str; 3] = ["28000", "28P01", "42501"];
    pub(super) const READ_ONLY: &str = "25006";
    pub(super) const LOCK_NOT_AVAILABLE: &str = "55P03";
    pub(super) const DISK_FULL: &str = "53100";
    pub(super) const FOREIGN_KEY: &str = "23503";
    pub(super) const CONSTRAINTS: &str = "23";
    /// Damaged data, damaged index. The other internal errors say nothing about the data.
    pub(super) const DAMAGED: [&str; 2] = ["XX001", "XX002"];
    /// Lost connections, exhausted servers, and those that are going down or coming up.
    pub(super) const UNREACHABLE: [&str; 3] = ["08", "53", "57P"];
    /// Lost connections, of which proxies tell as well, and a statement whose end is not known.
    pub(super) const OPEN: [&str; 2] = ["08", "40003"];
}

impl Error {
    /// Whether a commit that ends with this bare error of the database may have been made all the same. A server that
    /// refuses it has undone it; one that goes down, or a connection that breaks, leaves the question open.
    pub(crate) fn leaves_a_commit_open(&self) -> bool {
        let Error::Sql(source) = self else { return false };
        let Some(told) = source.as_database_error() else { return true };
        if let Some(told) = told.try_downcast_ref::<PgDatabaseError>() {
            return matches!(told.severity(), PgSeverity::Fatal | PgSeverity::Panic)
                || state::OPEN.iter().any(|class| told.code().starts_with(class));
        }
        details(source).is_some_and(|(code, _)| code == code::IOERR)
    }

    /// Whether a commit that ends with this bare error, and that the database does not show, may show after a crash: all
    /// of it stands in SQLite's log already, which is read from its beginning then.
    pub(crate) fn may_come_back(&self) -> bool {
        let Error::Sql(source) = self else { return false };
        extended(source) == Some(code::IOERR_FSYNC)
    }

    /// Tells what a bare error of the database means, for the database at `place`.
    pub(crate) fn at(self, place: &Arc<str>) -> Error {
        let source = match self {
            Error::Sql(source) => source,
            other => return other,
        };
        if matches!(source, sqlx::Error::PoolTimedOut) {
            return Error::Busy { place: Arc::clone(place) };
        }
        if on_server(place) { postgres_error(source, place) } else { sqlite_error(source, place) }
    }
}

fn sqlite_error(source: sqlx::Error, place: &Arc<str>) -> Error {
    let place = Arc::clone(place);
    let Some((code, message)) = details(&source) else { return Error::Sql(source) };
    match code {
        code::BUSY | code::LOCKED => Error::Busy { place },
        code::READONLY => Error::ReadOnly { place },
        code::IOERR | code::CANTOPEN => Error::Unreachable { place, source: Box::new(source) },
        code::CORRUPT => Error::Damaged { place, source },
        code::FULL => Error::Full { place },
        code::CONSTRAINT => Error::Constraint { name: constraint_name(&message) },
        code::NOTADB => Error::NotADatabase { place, why: Foreign::File },
        _ => Error::Sql(source),
    }
}

fn postgres_error(source: sqlx::Error, place: &Arc<str>) -> Error {
    let place = Arc::clone(place);
    let Some(told) = source.as_database_error() else {
        return match source {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Configuration(_) => Error::Unreachable { place, source: Box::new(source) },
            other => Error::Sql(other),
        };
    };
    let state = told.code().unwrap_or_default().into_owned();
    let named = || told.constraint().unwrap_or(told.message()).to_owned();
    match state.as_str() {
        state::NO_SUCH_DATABASE => Error::NoSuchDatabase { place },
        state::READ_ONLY => Error::ReadOnly { place },
        state::LOCK_NOT_AVAILABLE => Error::Busy { place },
        state::DISK_FULL => Error::Full { place },
        // By the name that SQLite has for all of them.
        state::FOREIGN_KEY => Error::Constraint { name: FOREIGN_KEY.to_owned() },
        state if state::DENIED.contains(&state) => Error::Denied { place, source },
        state if state.starts_with(state::CONSTRAINTS) => Error::Constraint { name: named() },
        state if state::DAMAGED.contains(&state) => Error::Damaged { place, source },
        state if state::UNREACHABLE.iter().any(|class| state.starts_with(class)) => {
            Error::Unreachable { place, source: Box::new(source) }
        }
        _ => Error::Sql(source),
    }
}

fn details(error: &sqlx::Error) -> Option<(i32, String)> {
    Some((extended(error)? & 0xff, error.as_database_error()?.message().to_owned()))
}

/// The extended result code of SQLite.
fn extended(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// What broken references are called: SQLite does not tell which one it was.
const FOREIGN_KEY: &str = "foreign key";

/// SQLite names checks and indexes on expressions, but tells only the columns of other unique indexes.
fn constraint_name(message: &str) -> String {
    let Some((_, what)) = message.split_once("constraint failed: ") else {
        return if message.starts_with("FOREIGN KEY") { FOREIGN_KEY.to_owned() } else { message.to_owned() };
    };
    if let Some(index) = what.strip_prefix("index ") {
        return index.trim_matches('\'').to_owned();
    }
    match schema::unique_by_columns(what) {
        Some(name) => name.to_owned(),
        None => index_name(what).unwrap_or_else(|| what.to_owned()),
    }
}

/// The name that a unique index over `table.a, table.b` has by our custom: `table_a_b_key`.
fn index_name(columns: &str) -> Option<String> {
    let mut name = columns.split_once('.')?.0.to_owned();
    for column in columns.split(", ") {
        name.push('_');
        name.push_str(column.split_once('.')?.1);
    }
    name.push_str("_key");
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_get_their_names() {
        for (message, name) in [
            ("UNIQUE constraint failed: net.asn", "net_asn_key"),
            ("UNIQUE constraint failed: netfac.net_id, netfac.fac_id", "netfac_net_id_fac_id_key"),
            ("UNIQUE constraint failed: index 'ixlan_arp_sponge_key'", "ixlan_arp_sponge_key"),
            ("UNIQUE constraint failed: net.name_key", "net_name_key"),
            ("UNIQUE constraint failed: users.username", "users_username_key"),
            ("CHECK constraint failed: net_status_check", "net_status_check"),
            ("FOREIGN KEY constraint failed", "foreign key"),
        ] {
            assert_eq!(constraint_name(message), name);
        }
    }
}
