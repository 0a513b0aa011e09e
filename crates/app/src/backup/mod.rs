//! Backups: loading a directory into an empty database, writing one out, and checking one.
//!
//! The format is one JSON object. A key per record type holds the list of its records with every stored column;
//! `users`, `user_api_keys`, `org_api_keys`, `permissions`, `verification_queue`, `mails`, `tickets`, `webhooks`, `blobs`
//! and `logos` hold the rest: of mail what has not left, and of tickets the open ones. It carries hashes of passwords
//! and keys, never these themselves, and secrets of webhooks as they are stored, encrypted with the master key. It is
//! the present state: the log of changes, the log of what was done to the people of organizations, and the attempts to
//! deliver to webhooks are not part of it. `load` reads API list documents, `{"data": […]}`, as well.
//!
//! These functions read and write files and compute for seconds; call them from commands, not from a server's
//! request.

pub mod check;
pub mod dump;
pub mod error;
pub mod load;

mod derived;
mod desk;
mod document;
mod logo;
mod object;
mod odd;
mod people;
mod strict;
mod typing;
mod verify;
mod webhook;

pub use check::{Finding, Severity, check};
pub use dump::dump;
pub use error::LoadError;
pub use load::{Oddity, Options, Prepared, Summary, import, load, read, write};

/// Follows long work.
pub trait Progress: Sync {
    /// So much is done of what `label` names; `total` is `None` where the end is not known. Units are bytes for
    /// reading and records for everything else.
    fn step(&self, label: &str, done: u64, total: Option<u64>);
}

/// Follows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: &str, _: u64, _: Option<u64>) {}
}
