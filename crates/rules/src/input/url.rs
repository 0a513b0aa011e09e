//! URLs, by the rules of Django's `URLValidator`.

use std::net::{Ipv4Addr, Ipv6Addr};

use model::{Field, Value};
use serde_json::Value as Json;

use super::spelling::is_blank;
use super::{Read, text, texts};

/// A URL of at most `max` characters, as it was written.
pub(super) fn read(field: &Field, json: &Json, max: u16) -> Read<Value<'static>> {
    let url = text::trimmed(json).map_err(super::one)?;
    if url.is_empty() {
        return text::blank(field).map_err(super::one);
    }
    let mut faults = text::faults(&url, max);
    if !is_url(&url, schemes(field)) {
        faults.push(texts::NOT_A_URL.plain());
    }
    text::done(url, faults)
}

/// The schemes that a field accepts.
fn schemes(field: &Field) -> &'static [&'static str] {
    match field.name {
        "looking_glass" | "route_server" => &["http", "https", "telnet", "ssh"],
        _ => &["http", "https", "ftp", "ftps"],
    }
}

/// Whether a text is an absolute URL with a host, of one of these schemes.
pub(super) fn is_url(url: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host_and_port = match authority.rsplit_once('@') {
        Some((person, rest)) if is_userinfo(person) => rest,
        Some(_) => return false,
        None => authority,
    };
    schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known))
        && !path.contains(is_blank)
        && is_host_with_port(host_and_port)
}

/// A name, perhaps with a password behind a colon.
fn is_userinfo(text: &str) -> bool {
    let (name, password) = text.split_once(':').unwrap_or((text, ""));
    let is_plain = |part: &str| !part.contains(|c: char| is_blank(c) || matches!(c, ':' | '@' | '/'));
    !name.is_empty() && is_plain(name) && is_plain(password)
}

fn is_host_with_port(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']').unwrap_or(("", rest));
        return address.parse::<Ipv6Addr>().is_ok()
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    match text.split_once(':') {
        Some((host, port)) => is_host(host) && is_port(port),
        None => is_host(text),
    }
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// An IPv4 address, `localhost`, or a domain name of at most 253 characters with a top-level domain.
fn is_host(host: &str) -> bool {
    if host.parse::<Ipv4Addr>().is_ok() || host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    match name.rsplit_once('.') {
        Some((labels, top)) => {
            host.chars().count() <= 253 && labels.split('.').all(is_label) && is_top_level(top)
        }
        None => false,
    }
}

/// Letters, digits and hyphens; letters of any script. A hyphen stands inside.
fn is_label(label: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || is_international(c);
    !label.starts_with('-')
        && !label.ends_with('-')
        && (1..=63).contains(&label.chars().count())
        && label.chars().all(fits)
}

fn is_international(c: char) -> bool {
    c >= '\u{a1}' && !is_blank(c)
}

/// A label of at least two characters without digits, or one in its encoded form (RFC 5890).
fn is_top_level(label: &str) -> bool {
    let is_encoded = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    is_label(label)
        && label.chars().nth(1).is_some()
        && (is_encoded || !label.contains(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &[&str] = &["http", "https", "ftp", "ftps"];

    #[test]
    fn urls_have_a_scheme_and_a_host() {
        for url in [
            "ftp://x.example.net",
            "HTTP://EXAMPLE.NET/",
            "http://localhost",
            "http://localhost:80/x",
            "https://user:pw@example.net:8443/p?q#f",
            "https://user@example.net",
            "https://example.net.",
            "https://example.net?x=[y]",
            "http://1.2.3.4/",
            "http://[2001:db8::1]:80/",
            "https://bücher.example",
            "https://例え.テスト",
            "https://example.xn--p1ai/",
            "https://a-b.example/%20",
        ] {
            assert!(is_url(url, WEB), "{url}");
        }
    }

    #[test]
    fn what_is_no_url() {
        for url in [
            "nourl",
            "5",
            "http://",
            "javascript:alert(1)",
            "//example.net",
            "https://exa mple.net",
            "https://example.net/a b",
            "https://example.net/a\tb",
            "http://example",
            "http://1.2.3",
            "http://256.1.1.1",
            "http://[::1",
            "http://[nonsense]/",
            "http://-a.example",
            "http://a-.example",
            "http://a..example",
            "http://a.example:",
            "http://a.example:123456",
            "http://a.example:x",
            "http://@a.example",
            "http://a@b@c.example",
            "telnet://x.example.net",
            "http://example.n",
            "http://.example.net",
            "",
        ] {
            assert!(!is_url(url, WEB), "{url}");
        }
        assert!(!is_url(&format!("https://{}.example", "a".repeat(64)), WEB));
        assert!(!is_url(&format!("https://{}example", "a.".repeat(130)), WEB));
    }
}
