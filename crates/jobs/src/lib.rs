//! What the program does beside answering: for now, the one way out to other HTTP servers, and the geocoder
//! behind it.
//!
//! Every outgoing request of the program goes through [`http::HttpClient`].

pub mod geocode;
pub mod http;
pub mod reach;
