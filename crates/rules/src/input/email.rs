//! Mail addresses, by the rules of Django's `EmailValidator`.

use std::net::IpAddr;

use model::{Field, Value};
use serde_json::Value as Json;

use super::{Read, text, texts};

/// Characters of a mail address (RFC 5321, 4.5.3.1.3, without the brackets).
const MAX: u16 = 254;

/// A mail address, as it was written.
pub(super) fn read(field: &Field, json: &Json) -> Read<Value<'static>> {
    let address = text::trimmed(json).map_err(super::one)?;
    if address.is_empty() {
        return text::blank(field).map_err(super::one);
    }
    let mut faults = text::faults(&address, MAX);
    if !is_address(&address) {
        faults.push(texts::NOT_AN_EMAIL.plain());
    }
    text::done(address, faults)
}

fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(user, domain)| is_user(user) && is_domain(domain))
}

/// Words with dots between them, or a quoted text.
fn is_user(user: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-!#$%&'*+/=?^_`{}|~".contains(&b))
    };
    user.split('.').all(is_word) || is_quoted(user)
}

fn is_quoted(user: &str) -> bool {
    let Some(inner) = user.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return false;
    };
    let mut bytes = inner.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'\\' => bytes.next().is_some_and(|escaped| matches!(escaped, 1..=9 | 11 | 12 | 14..=127)),
            other => matches!(other, 1..=8 | 11 | 12 | 14..=31 | b'!' | b'#'..=b'[' | b']'..=127),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// `localhost`, an address in brackets, or a domain name with a dot; names of other scripts in their encoded form.
fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return literal.parse::<IpAddr>().is_ok();
    }
    let encoded = match domain.is_ascii() {
        true => domain.to_owned(),
        false => match ::url::Host::parse(domain) {
            Ok(::url::Host::Domain(encoded)) => encoded,
            Ok(::url::Host::Ipv4(_) | ::url::Host::Ipv6(_)) | Err(_) => return false,
        },
    };
    encoded.eq_ignore_ascii_case("localhost")
        || encoded
            .rsplit_once('.')
            .is_some_and(|(labels, top)| top.len() >= 2 && is_label(top) && labels.split('.').all(is_label))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for address in [
            "A@EXAMPLE.NET",
            "a.b+c@sub.example.net",
            "a@localhost",
            "a@[192.0.2.1]",
            "a@[2001:db8::1]",
            "a@bücher.example",
            "\"ab\\\"c!\"@example.net",
            "o'hara@example.net",
        ] {
            assert!(is_address(address), "{address}");
        }
        for address in [
            "noat",
            "a@b",
            "a@b.c",
            "ä@example.net",
            "5",
            "@example.net",
            "a@",
            "a..b@example.net",
            ".a@example.net",
            "a b@example.net",
            "a@-b.example",
            "a@b-.example",
            "a@exa mple.net",
            "a@[300.1.1.1]",
            "a@example.net\n",
            "\"a\"b\"@example.net",
        ] {
            assert!(!is_address(address), "{address}");
        }
    }
}
