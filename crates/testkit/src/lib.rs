//! What tests share: small directories made by hand, callers of every kind, a clock that stands still, and a client
//! that speaks to the routes without a socket.
//!
//! Only tests and their runners use this crate. Everything here is deterministic: ids and times are given, never
//! drawn. AS numbers, addresses and domains are those reserved for documentation.

#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod clock;
#[cfg(feature = "databases")]
mod command;
#[cfg(feature = "databases")]
mod database;
mod fixture;
pub mod language;
#[cfg(feature = "http")]
mod people;
#[cfg(all(feature = "http", feature = "databases"))]
mod site;
#[cfg(feature = "smtp")]
mod smtp;
mod world;

#[cfg(feature = "http")]
pub use client::{Ask, Client, Reply, exchange};
#[cfg(feature = "http")]
pub use clock::FixedClock;
#[cfg(feature = "databases")]
pub use command::{change_set, name_org};
#[cfg(feature = "databases")]
pub use database::{Bench, Kind, dataset};
#[cfg(feature = "http")]
pub use people::{Caller, people};
#[cfg(all(feature = "http", feature = "databases"))]
pub use site::{Counted, Site, serve_app};
#[cfg(feature = "smtp")]
pub use smtp::{Manner, Received, SmtpFake};
pub use world::{PUBLIC_URL, World};
