//! Loading, dumping and checking directories.

mod desk;
mod kit;
mod lists;
mod logos;
mod refusals;
mod webhooks;
mod whole;
