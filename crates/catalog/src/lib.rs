//! The directory in memory: immutable snapshots that answer every public read.
//!
//! A [`Snapshot`] holds all records with their indexes. Applying changes gives a new snapshot that shares
//! almost everything with the old one; readers keep the one they started with. On top of it stand the filter
//! language ([`filter`]), queries ([`query`]), rendering to the bytes of the API ([`render`]), search
//! ([`search`]), and the feed of changes ([`feed`]).
//!
//! Nothing here does I/O or reads a clock.

pub mod bulk;
pub mod feed;
pub mod filter;
pub mod history;
mod index;
pub mod query;
pub mod render;
pub mod search;
mod shown;
mod snapshot;
mod table;

pub use filter::QueryError;
pub use query::{Page, Query, Rows};
pub use snapshot::{Change, Snapshot};
pub use table::Entry;
