//! Which addresses a URL that somebody typed may lead to.
//!
//! A request that the program makes on behalf of a stranger must not reach what only the program can: its own
//! machine, its network, the metadata service of its host. Names are therefore resolved here, and a connection
//! goes to an address that was checked, not to a name that may mean something else the next time.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Ranges of IPv4 that are not the public internet: address and prefix length, from IANA's registry of
/// special-purpose addresses, with multicast and the reserved rest.
const NOT_PUBLIC_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Global unicast, the only range of IPv6 that is given out.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Exceptions in it: protocol assignments with Teredo, documentation twice, and 6to4, whose addresses stand
/// for IPv4 addresses.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The prefix under which networks without IPv4 reach it (RFC 6052).
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(inner) => is_public_v4(inner),
            None => {
                within_v6(address, &GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(|range| within_v6(address, range))
            }
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    !NOT_PUBLIC_V4.iter().any(|(start, length)| (bits ^ u32::from(*start)) >> (32 - length) == 0)
}

fn within_v6(address: Ipv6Addr, (start, length): &(Ipv6Addr, u32)) -> bool {
    (u128::from(address) ^ u128::from(*start)) >> (128 - length) == 0
}

/// The IPv4 address that packets to this address end at.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    let inner = Ipv4Addr::new(a, b, c, d);
    (address.to_ipv4_mapped().is_some() || within_v6(address, &NAT64)).then_some(inner)
}

/// A host that is not on the public internet; the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPublic(pub String);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not on the public internet", self.0)
    }
}

impl std::error::Error for NotPublic {}

/// Names being resolved.
pub(crate) type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// How addresses are found and judged. Tests bring their own names, and live on 127.0.0.1.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// All addresses of a name.
    pub(crate) resolve: fn(String) -> Answer,
    /// Whether an address may be connected to.
    pub(crate) allowed: fn(IpAddr) -> bool,
}

impl Rules {
    /// Names of the system's resolver, addresses of the public internet.
    pub(crate) const PUBLIC: Rules = Rules { resolve: resolve_by_system, allowed: is_public };

    /// Refuses a URL whose host is an address that may not be connected to. For such a URL no name is
    /// resolved, so nothing else would look at it.
    pub(crate) fn check_literal(&self, url: &Url) -> Result<(), NotPublic> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if (self.allowed)(address) { Ok(()) } else { Err(NotPublic(address.to_string())) }
    }
}

fn resolve_by_system(name: String) -> Answer {
    Box::pin(async move {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    })
}

/// A resolver that gives allowed addresses only, so that nothing else can be connected to.
pub(crate) struct Guard(pub(crate) Rules);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.0;
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let mut found = (rules.resolve)(name.clone()).await?;
            let known = !found.is_empty();
            found.retain(|address| (rules.allowed)(*address));
            if known && found.is_empty() {
                return Err(NotPublic(name).into());
            }
            // The port is filled in from the URL.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

impl Guard {
    /// As a resolver that clients share.
    pub(crate) fn shared(rules: Rules) -> Arc<Guard> {
        Arc::new(Guard(rules))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().expect("an address"))
    }

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.255.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.2.1",
            "192.168.1.1",
            "198.19.255.255",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn addresses_next_to_special_ones_are_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.3.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2001:200::1",
            "2001:db7::1",
            "2001:db9::1",
            "2606:4700::1111",
            "2a00:1450::1",
            "3ffe::1",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_checked() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1:8080/",
            "http://user@127.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://①②⑦.0.0.1/",
        ] {
            let url = Url::parse(text).expect("a URL");
            assert!(Rules::PUBLIC.check_literal(&url).is_err(), "{text}");
        }
        for text in ["http://1.1.1.1/", "https://[2a00:1450::1]/", "http://example.net/"] {
            let url = Url::parse(text).expect("a URL");
            assert_eq!(Rules::PUBLIC.check_literal(&url), Ok(()), "{text}");
        }
    }
}
