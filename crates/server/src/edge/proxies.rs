//! The proxies that the operator trusts to tell whom a request comes from.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::{HeaderMap, Uri, header};
use ipnet::IpNet;

use super::NAME;
use super::forwarded::{hops, is_secure, last};

/// The addresses of trusted proxies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proxies(Vec<IpNet>);

/// What is known of a request from its connection, and from its headers where a trusted proxy wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The nearest hop that is no trusted proxy.
    pub(crate) client: IpAddr,
    /// Whether the client used https, where that is known.
    pub(crate) secure: Option<bool>,
    /// The host that the client asked for.
    pub(crate) host: Option<String>,
    /// The proxy's name of the request.
    pub(crate) id: Option<String>,
}

impl fmt::Display for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefixes: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&prefixes.join(","))
    }
}

impl FromStr for Proxies {
    type Err = String;

    /// Addresses and prefixes, separated by commas or blanks.
    fn from_str(text: &str) -> Result<Proxies, String> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let prefix = |word: &str| {
            let address = word.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
            let prefix = address.or_else(|_| word.parse::<IpNet>());
            prefix.map_err(|_| format!("`{word}` is neither an address nor a prefix"))
        };
        words.map(prefix).collect::<Result<_, _>>().map(Proxies)
    }
}

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|prefix| prefix.contains(&address))
    }

    /// What is known of a request of a peer. Headers of peers that are not trusted tell nothing but the host.
    pub(crate) fn tell(&self, peer: IpAddr, target: &Uri, headers: &HeaderMap) -> Told {
        let peer = peer.to_canonical();
        let asked = target.authority().map(|authority| authority.as_str());
        let asked = asked.or_else(|| headers.get(header::HOST)?.to_str().ok()).map(str::to_owned);
        let mut told = Told { client: peer, secure: None, host: asked, id: None };
        if !self.trusts(peer) {
            return told;
        }
        let mut outermost = None;
        for hop in hops(headers).into_iter().rev() {
            // Whoever is not trusted may have written all that stands before its own address.
            if !self.trusts(told.client) {
                break;
            }
            let from = hop.from;
            outermost = Some(hop);
            let Some(from) = from else { break };
            told.client = from;
        }
        let outermost = outermost.unwrap_or_default();
        told.secure = outermost.secure.or_else(|| is_secure(last(headers, "x-forwarded-proto")?));
        let host = outermost.host.or_else(|| last(headers, "x-forwarded-host").map(str::to_owned));
        told.host = host.or(told.host);
        told.id = headers.get(NAME).and_then(|name| name.to_str().ok()).filter(is_name).map(str::to_owned);
        told
    }
}

/// Whether a proxy's name of a request can stand in a log: what UUIDs, trace ids and Base64 are made of.
fn is_name(name: &&str) -> bool {
    /// In bytes.
    const LENGTH_MAX: usize = 64;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+/=@".contains(&byte);
    !name.is_empty() && name.len() <= LENGTH_MAX && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    const PROXIES: &str = "10.0.0.0/8, 2001:db8:ffff::/48 192.0.2.200";

    fn tell(peer: &str, lines: &[(&'static str, &str)]) -> Told {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        let proxies: Proxies = PROXIES.parse().expect("prefixes");
        let headers = lines.iter().map(line).collect();
        proxies.tell(peer.parse().expect("an address"), &Uri::from_static("/"), &headers)
    }

    fn client(peer: &str, forwarded_for: &str) -> String {
        tell(peer, &[("x-forwarded-for", forwarded_for)]).client.to_string()
    }

    #[test]
    fn the_client_is_the_nearest_hop_that_is_not_trusted() {
        for (peer, forwarded_for, expected) in [
            // Nobody in between, or somebody who is not trusted.
            ("198.51.100.7", "", "198.51.100.7"),
            ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
            ("198.51.100.7", "10.0.0.1", "198.51.100.7"),
            // One proxy, and what a client put in front of what it wrote.
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.9, 203.0.113.9", "203.0.113.9"),
            ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
            // A chain of proxies.
            ("10.0.0.1", "203.0.113.9, 192.0.2.200", "203.0.113.9"),
            ("10.0.0.1", "192.0.2.1, 203.0.113.9, 2001:db8:ffff::5, 10.2.3.4", "203.0.113.9"),
            ("10.0.0.1", "2001:db8::1, 10.2.3.4", "2001:db8::1"),
            ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
            // Trusted all the way: the request began at the first one.
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            // What nobody can read ends the walk at the hop that wrote it.
            ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            assert_eq!(client(peer, forwarded_for), expected, "{peer} {forwarded_for}");
        }
    }

    #[test]
    fn scheme_host_and_name_are_believed_of_trusted_proxies_alone() {
        let lines = [
            ("host", "inner.example"),
            ("x-forwarded-proto", "http, https"),
            ("x-forwarded-host", "made.up, outer.example"),
            ("x-request-id", "a7-b"),
        ];
        let told = tell("10.0.0.1", &lines);
        assert_eq!((told.secure, told.host.as_deref()), (Some(true), Some("outer.example")));
        assert_eq!(told.id.as_deref(), Some("a7-b"));
        let told = tell("203.0.113.9", &lines);
        assert_eq!((told.secure, told.host.as_deref(), told.id), (None, Some("inner.example"), None));
        let told = tell("10.0.0.1", &[("x-forwarded-proto", "gopher"), ("host", "h.example")]);
        assert_eq!((told.secure, told.host.as_deref()), (None, Some("h.example")));
    }

    #[test]
    fn the_standard_header_tells_scheme_and_host_of_the_hop_that_counts() {
        let chain = "for=192.0.2.1;proto=http;host=made.up, for=203.0.113.9;proto=https;host=outer.example, \
                     for=10.0.0.2;proto=http;host=inner.example";
        let told = tell("10.0.0.1", &[("forwarded", chain), ("host", "inmost.example")]);
        assert_eq!(told.client.to_string(), "203.0.113.9");
        assert_eq!((told.secure, told.host.as_deref()), (Some(true), Some("outer.example")));
        let hidden = tell("10.0.0.1", &[("forwarded", "for=_x7;proto=https")]);
        assert_eq!((hidden.client.to_string().as_str(), hidden.secure), ("10.0.0.1", Some(true)));
    }

    #[test]
    fn names_of_requests_are_taken_where_a_log_can_hold_them() {
        let id = |name: &str| tell("10.0.0.1", &[("x-request-id", name)]).id;
        let longest = "x".repeat(64);
        for name in ["7", "0f8fad5b-d9cb-469f-a165-70867728950e", "Root=1-67891233-abcdef", &longest] {
            assert_eq!(id(name).as_deref(), Some(name));
        }
        for name in ["", "two words", "\u{fc}", "\"", "{}", "a;b", &"x".repeat(65)] {
            assert_eq!(id(name), None, "{name}");
        }
    }

    #[test]
    fn proxies_are_addresses_and_prefixes() {
        for text in ["", "10.0.0.0/8", "::1,127.0.0.1", " 2001:db8::/32 ,, 192.0.2.1 "] {
            assert!(text.parse::<Proxies>().is_ok(), "{text}");
        }
        for (text, word) in [("10.0.0.0/33", "10.0.0.0/33"), ("::1, localhost", "localhost")] {
            let error = text.parse::<Proxies>().expect_err(text);
            assert_eq!(error, format!("`{word}` is neither an address nor a prefix"));
        }
    }

    mod chains {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            /// Whatever a client sends along, what its proxy wrote behind it decides.
            #[test]
            fn no_prefix_of_the_header_moves_the_client(made_up in "[ -~]{0,60}", standard in "[ -~]{0,60}") {
                let chain = format!("{made_up}, 203.0.113.9, 10.0.0.2");
                let told = tell("10.0.0.1", &[("x-forwarded-for", &chain), ("forwarded", &standard)]);
                prop_assert_eq!(told.client.to_string(), "203.0.113.9");
                let direct = tell("203.0.113.9", &[("x-forwarded-for", &made_up), ("forwarded", &standard)]);
                prop_assert_eq!(direct.client.to_string(), "203.0.113.9");
            }
        }
    }
}
