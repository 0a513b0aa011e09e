//! AS-sets of the Internet routing registries (RFC 2622, section 5; data-model specification, 10.7).

use super::texts;
use crate::message::Message;

/// Names of routing registries.
const SOURCES: [&str; 16] = [
    "AFRINIC", "ALTDB", "APNIC", "ARIN", "BBOI", "BELL", "CANARIE", "IDNIC", "JPIRR", "LACNIC", "LEVEL3",
    "NTTCOM", "RADB", "REACH", "RIPE", "TC",
];

/// Parts of a hierarchical name.
const DEPTH_MAX: usize = 3;

/// The normal form of a list of sets: upper case, one blank between two. An empty list is an empty text.
///
/// # Errors
/// When something in it is no set and no AS number. What an earlier rule let pass goes through: see [`strict`].
pub fn normalize(sets: &str) -> Result<String, Message> {
    let mut normal = String::with_capacity(sets.len());
    for set in tokens(sets) {
        check(set)?;
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(&set.to_ascii_uppercase());
    }
    Ok(normal)
}

/// Rules for sets that somebody enters now, on their normal form: each tells where it is registered, is no
/// route-set, and is no deeper than three parts. Superusers may break them, and old values stay.
///
/// # Errors
/// The first rule that is broken.
pub fn strict(normal: &str) -> Result<(), Message> {
    tokens(normal).try_for_each(strict_one)
}

fn strict_one(set: &str) -> Result<(), Message> {
    let Some((source, name)) = set.split_once("::") else {
        return Err(texts::IRR_NO_SOURCE.with([("set", &set)]));
    };
    if !SOURCES.contains(&source) {
        return Err(texts::IRR_UNKNOWN_SOURCE.with([("source", &source)]));
    }
    if name.split(':').any(|part| part.starts_with("RS-")) {
        return Err(texts::IRR_ROUTE_SET.with([("set", &set)]));
    }
    match name.split(':').count() > DEPTH_MAX {
        true => Err(texts::IRR_DEPTH.with([("max", &DEPTH_MAX)])),
        false => Ok(()),
    }
}

fn tokens(sets: &str) -> impl Iterator<Item = &str> {
    sets.split([',', ' ']).filter(|set| !set.is_empty())
}

/// The kind of one part of a hierarchical name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    AsSet,
    RouteSet,
    Number,
}

fn part(text: &str) -> Option<Part> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(is_name_byte);
    if let Some(name) = text.strip_prefix("AS-") {
        return is_name(name).then_some(Part::AsSet);
    }
    if let Some(name) = text.strip_prefix("RS-") {
        return is_name(name).then_some(Part::RouteSet);
    }
    let digits = text.strip_prefix("AS")?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(Part::Number)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn check(set: &str) -> Result<(), Message> {
    // Letters of other scripts are refused before their upper case could become letters of this one.
    let upper = set.to_ascii_uppercase();
    let named = || set.to_uppercase();
    let wrong = || texts::IRR_FORMAT.with([("set", &named())]);
    let name = match upper.split_once("::") {
        Some((source, name)) if !source.is_empty() && source.bytes().all(is_name_byte) => name,
        Some(_) => return Err(wrong()),
        None => &upper,
    };
    let parts: Option<Vec<Part>> = name.split(':').map(part).collect();
    let parts = parts.ok_or_else(wrong)?;
    let has = |kind: Part| parts.contains(&kind);
    if has(Part::AsSet) && has(Part::RouteSet) {
        return Err(texts::IRR_TYPES.with([("set", &named())]));
    }
    match parts.len() > 1 && !has(Part::AsSet) && !has(Part::RouteSet) {
        true => Err(texts::IRR_NO_SET.with([("set", &named())])),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_get_their_normal_form() {
        for (sets, normal) in [
            ("", ""),
            (" , ", ""),
            ("as-example", "AS-EXAMPLE"),
            ("ripe::as-a,  radb::AS-B,as64500", "RIPE::AS-A RADB::AS-B AS64500"),
            ("RIPE::AS123", "RIPE::AS123"),
            ("RIPE::AS64500:AS-CUSTOMERS:AS-X_1", "RIPE::AS64500:AS-CUSTOMERS:AS-X_1"),
            ("RS-ROUTES", "RS-ROUTES"),
            ("AS-A:AS-B:AS-C:AS-D", "AS-A:AS-B:AS-C:AS-D"),
        ] {
            assert_eq!(normalize(sets).as_deref(), Ok(normal), "{sets}");
        }
    }

    #[test]
    fn what_is_no_set_is_named() {
        for (sets, code) in [
            ("123", "irr-format"),
            ("PADDED", "irr-format"),
            ("AS-FOO@RIPE", "irr-format"),
            ("tab\there", "irr-format"),
            ("<b>html</b>", "irr-format"),
            ("ünïcödé", "irr-format"),
            ("AS-", "irr-format"),
            ("AS", "irr-format"),
            ("AS12X", "irr-format"),
            ("::AS-A", "irr-format"),
            ("RIPE:AS-A", "irr-format"),
            ("RIPE::", "irr-format"),
            ("RIPE::A::AS-B", "irr-format"),
            ("AS-A::AS-B:", "irr-format"),
            ("AS-A:RS-B", "irr-types"),
            ("AS1:AS2", "irr-no-set"),
            ("RIPE::AS-A wrong", "irr-format"),
            ("AS-\u{17f}", "irr-format"),
        ] {
            assert_eq!(normalize(sets).map_err(|message| message.code()), Err(code), "{sets}");
        }
        let message = normalize("wrong").unwrap_err().to_string();
        assert_eq!(message, "Invalid formatting: WRONG - should be AS-SET, ASx, or SOURCE::AS-SET");
    }

    #[test]
    fn new_sets_keep_strict_rules() {
        for sets in ["", "RIPE::AS-A", "TC::AS1 LEVEL3::AS-A:AS-B:AS1"] {
            assert_eq!(strict(sets), Ok(()), "{sets}");
        }
        for (sets, code) in [
            ("AS-A", "irr-no-source"),
            ("RIPE::AS-A AS64500", "irr-no-source"),
            ("XX::AS-A", "irr-unknown-source"),
            ("RIPE::RS-A", "irr-route-set"),
            ("RIPE::AS-A:AS-B:AS-C:AS-D", "irr-depth"),
        ] {
            assert_eq!(strict(sets).map_err(|message| message.code()), Err(code), "{sets}");
        }
    }
}
