//! The database of the directory: schema, rows, log of changes, people and keys. All SQL of the product is here.
//!
//! [`Store::open`] gives access. Reading goes through a [`Reader`], which sees one moment of the database, or
//! through the short forms on [`Store`]. Writing goes through a [`Writer`], which holds the database's write lock
//! until it is finished or dropped; dropping it undoes what it did. What a write has to do, in its order:
//!
//! 1. [`Store::writer`] takes the lock.
//! 2. [`Writer::known_command`] tells whether the command was committed before, whose outcome is then the answer.
//! 3. A [`Reader`] that begins now sees all that was committed: [`Reader::log_end`] and [`Reader::changes`] hand back
//!    what the process lacks, so that the change is planned on what is true.
//! 4. [`Writer::commit`] commits the change and gives its number; [`Writer::abandon`] gives the lock back instead.
//!
//! A commit whose answer is lost is looked up by its command id before anybody is told anything.
//!
//! The tables of records are made from the field table of `model`, so that a field cannot be forgotten here.
//! The other tables are SQL files in `migrations/`.
//!
//! The database is a SQLite file or one of a PostgreSQL server, and behaves the same. Each function is written once,
//! over a *session* that runs SQL on either; `dialect` holds the words that differ, `sqlite` and `postgres` the ways
//! to connect, to lock and to follow.
//!
//! [`export`] writes a database of another kind: a file of the public directory, for others to ask in SQL.
//!
//! Time and people's intentions come in from callers; nothing here reads a clock.

pub mod change;
pub mod delivery;
pub mod error;
pub mod export;
pub mod history;
pub mod inspect;
pub mod job;
pub mod logos;
pub mod mail;
pub mod members;
pub mod people;
pub mod reader;
pub mod schema;
pub mod side;
pub mod store;
pub mod tables;
pub mod ticket;
pub mod touched;
pub mod url;
pub mod watch;
pub mod webhook;
pub mod writer;

mod answers;
mod batch;
mod dialect;
mod former;
mod image;
mod migrate;
mod outcome;
mod position;
mod postgres;
mod privacy;
mod queue;
mod row;
mod serial;
mod session;
mod sql;
mod sqlite;

pub use answers::KeptAnswer;
pub use error::Error;
pub use position::LogEnd;
pub use reader::Reader;
pub use side::Side;
pub use store::{Mode, Store};
pub use url::DatabaseUrl;
pub use watch::Watch;
pub use writer::Writer;
