//! Loading, dumping and checking directories.

mod kit;
mod lists;
mod logos;
mod refusals;
mod whole;
