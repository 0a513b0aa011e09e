//! What the program does beside answering: work on a schedule, outgoing mail, and the one way out to other HTTP
//! servers with what stands behind it: geocoder, registries, member lists.
//!
//! A [`job::Job`] is run by the [`runner::Runner`] of one process at a time.
//!
//! Every outgoing request of the program goes through [`http::HttpClient`].

pub mod feed;
pub mod geocode;
pub mod http;
pub mod job;
pub mod mail;
pub mod outside;
pub mod purge;
pub mod rdap;
pub mod reach;
pub mod retention;
pub mod runner;
pub mod webhooks;
