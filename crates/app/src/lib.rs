//! What the program can do, free of HTTP and SQL texts: use cases, and the ports to the world outside.

pub mod backup;
pub mod clock;
pub mod directory;
pub mod export;
pub mod feeds;
pub mod follow;
pub mod keys;
pub mod listeners;
pub mod locate;
pub mod new_file;
pub mod outside;
pub mod pool;
pub mod principals;
pub mod random;
pub mod request;
pub mod webhooks;
pub mod write;

pub use directory::{App, Settings};
