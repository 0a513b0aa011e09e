//! Addresses and prefixes.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use model::Value;
use serde_json::Value as Json;

use super::{Read, text, texts};
use crate::message::Message;

fn canonical(value: impl ToString) -> Value<'static> {
    Value::Text(Cow::Owned(value.to_string()))
}

/// An IPv4 address; none for an empty text.
pub(super) fn ipv4(json: &Json) -> Result<Value<'static>, Message> {
    let text = text::trimmed(json)?;
    match text.parse::<Ipv4Addr>() {
        _ if text.is_empty() => Ok(Value::Null),
        Ok(address) => Ok(canonical(address)),
        Err(_) => Err(not_ipv4(&text)),
    }
}

/// An IPv6 address; none for an empty text.
pub(super) fn ipv6(json: &Json) -> Result<Value<'static>, Message> {
    let text = text::trimmed(json)?;
    match text.parse::<Ipv6Addr>() {
        _ if text.is_empty() => Ok(Value::Null),
        Ok(address) => Ok(canonical(address)),
        Err(_) => Err(not_ipv6(&text)),
    }
}

/// Why a text is no IPv4 address.
fn not_ipv4(text: &str) -> Message {
    let about = |sentence: crate::message::Text| sentence.with([("text", &text)]);
    if text.contains('/') {
        return about(texts::UNEXPECTED_SLASH);
    }
    let octets: Vec<&str> = text.split('.').collect();
    if octets.len() != 4 {
        return about(texts::FOUR_OCTETS);
    }
    let fault = |octet: &str| {
        if octet.is_empty() || !octet.bytes().all(|b| b.is_ascii_digit()) {
            Some(texts::NOT_AN_OCTET)
        } else if octet.len() > 3 {
            Some(texts::LONG_OCTET)
        } else if octet.len() > 1 && octet.starts_with('0') {
            Some(texts::LEADING_ZEROS)
        } else {
            octet.parse::<u8>().is_err().then_some(texts::LARGE_OCTET)
        }
    };
    let wrong = octets.iter().find_map(|octet| fault(octet).map(|sentence| (octet, sentence)));
    match wrong {
        Some((octet, sentence)) => sentence.with([("octet", octet), ("text", &text)]),
        None => about(texts::FOUR_OCTETS),
    }
}

/// Why a text is no IPv6 address.
fn not_ipv6(text: &str) -> Message {
    let sentence = match text.split(':').count() {
        _ if text.contains('/') => texts::UNEXPECTED_SLASH,
        0..3 => texts::THREE_PARTS,
        _ => texts::NOT_IPV6,
    };
    sentence.with([("text", &text)])
}

/// A prefix without bits behind its length. An address alone is a prefix of full length.
pub(super) fn prefix(json: &Json) -> Read<Value<'static>> {
    let text = text::trimmed(json).map_err(super::one)?;
    if text.is_empty() {
        return Err(super::one(texts::NOT_BLANK.plain()));
    }
    let invalid = |why: crate::message::Text| {
        let named = |sentence: crate::message::Text| sentence.with([("prefix", &text)]);
        vec![named(texts::INVALID_PREFIX), named(why)]
    };
    match parse(&text) {
        Some(prefix) if prefix == prefix.trunc() => Ok(canonical(prefix)),
        Some(_) => Err(invalid(texts::HOST_BITS)),
        None => Err(invalid(texts::NOT_A_PREFIX)),
    }
}

fn parse(text: &str) -> Option<IpNet> {
    let Some((address, length)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(IpNet::from);
    };
    let is_length = !length.is_empty() && length.len() <= 3 && length.bytes().all(|b| b.is_ascii_digit());
    match address.parse::<IpAddr>().ok()? {
        address if is_length => IpNet::new(address, length.parse().ok()?).ok(),
        IpAddr::V4(address) => Ipv4Net::with_netmask(address, length.parse().ok()?).ok().map(IpNet::from),
        IpAddr::V6(_) => None,
    }
}

/// What keeps a prefix from being that of a peering LAN (data-model specification, 10.5): its address space, and
/// its length. A directory to learn with takes the space for documentation and private use as well.
pub fn prefix_rules(prefix: &IpNet, bypass_length: bool, tutorial: bool) -> Vec<Message> {
    let mut faults = Vec::new();
    let is_for_learning = tutorial && FOR_LEARNING.iter().any(|space| space.contains(prefix));
    if !is_for_learning && !is_global(prefix) {
        faults.push(texts::ADDRESS_SPACE.with([("prefix", prefix)]));
    }
    let (shortest, longest) = match prefix {
        IpNet::V4(_) => (18, 28),
        IpNet::V6(_) => (64, 116),
    };
    if !bypass_length && prefix.prefix_len() < shortest {
        faults.push(texts::PREFIX_TOO_SHORT.with([("limit", &shortest)]));
    }
    if !bypass_length && prefix.prefix_len() > longest {
        faults.push(texts::PREFIX_TOO_LONG.with([("limit", &longest)]));
    }
    faults
}

/// Whether all addresses of a prefix can be used everywhere on the internet.
fn is_global(prefix: &IpNet) -> bool {
    let overlaps = |space: &IpNet| space.contains(prefix) || prefix.contains(space);
    let is_unicast = match prefix {
        IpNet::V4(_) => true,
        IpNet::V6(_) => UNICAST6.contains(prefix),
    };
    is_unicast && !NOT_GLOBAL.iter().chain(FOR_LEARNING).any(overlaps)
}

const fn v4(octets: [u8; 4], length: u8) -> IpNet {
    let [a, b, c, d] = octets;
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length))
}

const fn v6(first: u16, second: u16, length: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), length))
}

/// Global unicast addresses (RFC 4291, 2.4, as IANA assigns them).
const UNICAST6: IpNet = v6(0x2000, 0, 3);

/// Blocks for special purposes (RFC 6890 and the registries of IANA), and what only few networks accept.
const NOT_GLOBAL: &[IpNet] = &[
    v4([0, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([192, 0, 0, 0], 24),
    v4([224, 0, 0, 0], 3),
    // Special purposes, 6to4, the former test network 6bone.
    v6(0x2001, 0, 23),
    v6(0x2002, 0, 16),
    v6(0x3ffe, 0, 16),
];

/// Blocks for documentation, benchmarks and private use (RFC 1918, RFC 2544, RFC 3849, RFC 4193, RFC 5737, RFC 9637).
const FOR_LEARNING: &[IpNet] = &[
    v4([10, 0, 0, 0], 8),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 2, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v6(0x2001, 0xdb8, 32),
    v6(0x3fff, 0, 20),
    v6(0xfc00, 0, 7),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(prefix: &str, bypass: bool, tutorial: bool) -> Vec<&'static str> {
        let prefix: IpNet = prefix.parse().expect("is a prefix");
        prefix_rules(&prefix, bypass, tutorial).iter().map(Message::code).collect()
    }

    #[test]
    fn every_block_is_a_prefix() {
        for space in NOT_GLOBAL.iter().chain(FOR_LEARNING).chain([&UNICAST6]) {
            assert_eq!(*space, space.trunc());
        }
    }

    #[test]
    fn prefixes_of_peering_lans_are_global_and_of_usual_length() {
        for prefix in
            ["23.128.105.0/24", "23.128.0.0/18", "23.128.105.0/28", "2001:504:f0::/64", "2001:7f8::/116"]
        {
            assert_eq!(codes(prefix, false, false), [""; 0], "{prefix}");
        }
        for prefix in [
            "10.0.0.0/24",
            "192.0.2.0/24",
            "100.64.0.0/24",
            "224.0.0.0/24",
            "240.0.0.0/24",
            "127.0.0.0/24",
            "169.254.1.0/24",
            "172.31.0.0/24",
            "192.168.1.0/24",
            "198.51.100.0/24",
            "0.0.0.0/18",
            "fe80::/64",
            "2002::/64",
            "2001:db8::/64",
            "3ffe::/64",
            "fec0::/64",
            "ff00::/64",
            "fd00::/64",
            "::/64",
            "2001::/64",
            "4000::/64",
        ] {
            assert_eq!(codes(prefix, false, false), ["address-space"], "{prefix}");
        }
        for (prefix, code) in [
            ("23.0.0.0/17", "prefix-too-short"),
            ("23.128.115.0/29", "prefix-too-long"),
            ("23.128.114.0/32", "prefix-too-long"),
            ("2001:504:f7::/63", "prefix-too-short"),
            ("2001:504:f6::/117", "prefix-too-long"),
        ] {
            assert_eq!(codes(prefix, false, false), [code], "{prefix}");
            assert_eq!(codes(prefix, true, false), [""; 0], "{prefix}");
        }
        assert_eq!(codes("0.0.0.0/0", false, false), ["address-space", "prefix-too-short"]);
        let message = prefix_rules(&"23.0.0.0/17".parse().expect("is a prefix"), false, false);
        assert_eq!(
            message.iter().map(Message::to_string).collect::<Vec<_>>(),
            ["Maximum allowed prefix length is 18"]
        );
    }

    #[test]
    fn a_directory_to_learn_with_takes_other_space_too() {
        for prefix in ["10.0.0.0/24", "192.0.2.0/24", "2001:db8::/64", "fd00::/64"] {
            assert_eq!(codes(prefix, false, true), [""; 0], "{prefix}");
        }
        for prefix in ["127.0.0.0/24", "224.0.0.0/24", "fe80::/64", "0.0.0.0/18"] {
            assert_eq!(codes(prefix, false, true), ["address-space"], "{prefix}");
        }
    }
}
