//! What the rules want to know of the world outside: the port through which commands ask, and the answer of a
//! program that may ask nobody.

use std::future::{Future, ready};
use std::pin::Pin;

use ipnet::IpNet;
use model::geo::Point;
use rules::{Place, Registration};

/// An answer that is under way.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Finds facts out. Whoever implements it sets the limits on time and size; nothing waits for a lock meanwhile.
pub trait Outside: Send + Sync {
    /// What the registries say about an AS number (RFC 9083).
    fn asn(&self, asn: u32) -> Asked<'_, Registration>;

    /// What the registries say about a prefix (RFC 9083).
    fn prefix(&self, prefix: IpNet) -> Asked<'_, Registration>;

    /// Where an address is: `Ok(None)` when it is not known, `Err` with the reason when it could not be found out.
    fn place<'a>(&'a self, place: &'a Place) -> Asked<'a, Result<Option<Point>, String>>;

    /// The AS numbers in the member list at a URL, or why it cannot be read.
    fn feed<'a>(&'a self, url: &'a str) -> Asked<'a, Result<Vec<u32>, String>>;
}

/// Asks nobody: registries and member lists fail, and addresses stay where they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offline;

/// Why nothing is known about a number or prefix.
const NO_REGISTRIES: &str = "registry look-ups are not configured on this server";

/// Why a member list is not known.
const NO_FEEDS: &str = "member lists are not fetched on this server";

impl Outside for Offline {
    fn asn(&self, _asn: u32) -> Asked<'_, Registration> {
        Box::pin(ready(Registration::Failed(NO_REGISTRIES.to_owned())))
    }

    fn prefix(&self, _prefix: IpNet) -> Asked<'_, Registration> {
        Box::pin(ready(Registration::Failed(NO_REGISTRIES.to_owned())))
    }

    fn place<'a>(&'a self, _place: &'a Place) -> Asked<'a, Result<Option<Point>, String>> {
        Box::pin(ready(Ok(None)))
    }

    fn feed<'a>(&'a self, _url: &'a str) -> Asked<'a, Result<Vec<u32>, String>> {
        Box::pin(ready(Err(NO_FEEDS.to_owned())))
    }
}
