//! Loading, dumping and checking directories.

mod kit;
mod lists;
mod refusals;
mod whole;
