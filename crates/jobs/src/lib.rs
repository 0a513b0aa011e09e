//! What the program does beside answering: for now, the one way out to other HTTP servers, and what stands
//! behind it: geocoder, registries, member lists.
//!
//! Every outgoing request of the program goes through [`http::HttpClient`].

pub mod feed;
pub mod geocode;
pub mod http;
pub mod outside;
pub mod rdap;
pub mod reach;
