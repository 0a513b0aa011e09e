//! The header `Forwarded` (RFC 7239), and the older headers that do the same.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// What one proxy told about the request as it came to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// Who sent it; `None` where the proxy does not know or does not tell.
    pub(super) from: Option<IpAddr>,
    /// Whether it came over https.
    pub(super) secure: Option<bool>,
    /// The host that it asked for.
    pub(super) host: Option<String>,
}

/// The hops of a request in the order in which it took them: the client's own address comes first.
///
/// `X-Forwarded-For` counts where it is present: proxies that speak of it alone pass on a `Forwarded` that a client
/// made up.
pub(super) fn hops(headers: &HeaderMap) -> Vec<Hop> {
    if headers.contains_key("x-forwarded-for") {
        let hop = |text: &str| Hop { from: address(text.trim()), ..Hop::default() };
        return texts(headers, "x-forwarded-for").flat_map(|text| text.split(',')).map(hop).collect();
    }
    texts(headers, "forwarded").flat_map(|text| split(text, ',')).map(element).collect()
}

/// The values of a header. One that is no text stands for a proxy that tells nothing.
fn texts<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default())
}

/// What the nearest proxy says in a header of which each proxy writes the last entry.
pub(super) fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let text = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let entry = text.rsplit(',').next()?.trim();
    (!entry.is_empty()).then_some(entry)
}

/// Whether a word for a scheme means https; `None` for other schemes than that of the web.
pub(super) fn is_secure(scheme: &str) -> Option<bool> {
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Some(true),
        "http" => Some(false),
        _ => None,
    }
}

/// `for=192.0.2.1;proto=https;host=directory.example`.
fn element(text: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in split(text, ';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = unquoted(value.trim());
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.from = address(&value),
            "proto" => hop.secure = is_secure(&value),
            "host" => hop.host = Some(value),
            _ => {}
        }
    }
    hop
}

/// The parts between separators that stand outside of quotation marks.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c: char| {
        let is_separator = c == separator && !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        is_separator
    })
}

/// A token, or what a quoted string says (RFC 9110, 5.6.4).
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

/// An address as proxies write it: with a port or without, IPv6 in brackets or not.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn of(lines: &[(&'static str, &'static str)]) -> Vec<Hop> {
        let lines = lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        hops(&lines.collect())
    }

    fn from(address: &str) -> Hop {
        Hop { from: Some(address.parse().expect("an address")), ..Hop::default() }
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (text, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:4711", Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:4711", Some("2001:db8::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
            ("192.0.2.1:", None),
            ("192.0.2.256", None),
            ("client.example", None),
        ] {
            assert_eq!(address(text), expected.map(|text| text.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn older_headers_are_one_list_over_all_their_lines() {
        let hops = of(&[("x-forwarded-for", "192.0.2.1, x,2001:db8::1"), ("x-forwarded-for", "192.0.2.3")]);
        assert_eq!(hops, [from("192.0.2.1"), Hop::default(), from("2001:db8::1"), from("192.0.2.3")]);
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotation_marks() {
        let hops = of(&[
            (
                "forwarded",
                "For=\"[2001:db8::1]:4711\" ; Proto=HTTPS;by=_x, for=192.0.2.2;host=\"a.example:80\"",
            ),
            ("forwarded", "for=\"_a,b;c\\\"=d\";host=\"q\\\"u\", proto=ftp"),
        ]);
        let expected = [
            Hop { secure: Some(true), ..from("2001:db8::1") },
            Hop { host: Some("a.example:80".into()), ..from("192.0.2.2") },
            Hop { host: Some("q\"u".into()), ..Hop::default() },
            Hop::default(),
        ];
        assert_eq!(hops, expected);
    }

    #[test]
    fn a_made_up_standard_header_does_not_stand_beside_the_older_one() {
        let hops = of(&[("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "192.0.2.1")]);
        assert_eq!(hops, [from("192.0.2.1")]);
    }
}
