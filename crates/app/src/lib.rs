//! What the program can do, free of HTTP and SQL texts: use cases, and the ports to the world outside.

pub mod backup;
pub mod clock;
pub mod directory;
pub mod export;
pub mod feeds;
pub mod follow;
mod glance;
pub mod history;
pub mod keys;
pub mod limits;
pub mod listeners;
pub mod locate;
pub mod logo;
pub mod members;
pub mod new_file;
pub mod outside;
mod part_file;
pub mod pool;
pub mod principals;
pub mod queue;
pub mod random;
pub mod request;
pub mod webhooks;
pub mod write;

pub use directory::{App, Settings};
