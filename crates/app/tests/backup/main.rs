//! Loading, dumping and checking directories.

mod desk;
mod kit;
mod lists;
mod refusals;
mod whole;
