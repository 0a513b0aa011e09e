//! The vocabulary of the directory: record types, their fields, values, comparison of texts,
//! and who may see what.
//!
//! Everything here is pure data and pure functions: no I/O, no clock, no randomness.
//! The centre is the **field table** ([`field`], [`records`]): each field of each record type is declared
//! once, and every surface (JSON, filters, SQL columns, forms, documents) walks that declaration.

pub mod access;
pub mod cell;
pub mod choices;
pub mod collate;
pub mod country;
pub mod directory;
pub mod field;
pub mod geo;
pub mod json;
pub mod records;
pub mod region;
pub mod scalar;
pub mod tag;
pub mod value;

pub use field::{Api, Field, Kind, SetPath, Show, Source, Table};
pub use records::{AnyRecord, Record};
pub use scalar::{Asn, Degrees, MultiChoice, Protocol, SocialLink, Status, Time, Visibility};
pub use tag::Tag;
pub use value::Value;
