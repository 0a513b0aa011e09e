//! Numbers: booleans, integers, AS numbers, coordinates, references.

use std::ops::RangeInclusive;

use model::{Degrees, Field, Kind, Value};
use serde_json::Value as Json;

use super::spelling::{as_text, is_blank, type_name};
use super::texts;
use crate::message::Message;

/// A boolean in one of its usual spellings; where it may be unknown, `""` and `null` say so.
pub(super) fn boolean(field: &Field, json: &Json) -> Result<Value<'static>, Message> {
    let spelled = match json {
        Json::Bool(flag) => return Ok(Value::Bool(*flag)),
        Json::String(text) => text.trim_matches(is_blank).to_ascii_lowercase(),
        Json::Number(number) if number.as_f64() == Some(1.0) => "1".to_owned(),
        Json::Number(number) if number.as_f64() == Some(0.0) => "0".to_owned(),
        Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_) => "neither".to_owned(),
    };
    match &*spelled {
        "t" | "y" | "yes" | "true" | "on" | "1" => Ok(Value::Bool(true)),
        "f" | "n" | "no" | "false" | "off" | "0" => Ok(Value::Bool(false)),
        "" | "null" if field.null => Ok(Value::Null),
        _ => Err(texts::NOT_A_BOOLEAN.plain()),
    }
}

/// An integer from 0 to 2³²−1; whole numbers may be spelled with decimals. An empty count of prefixes is none.
pub(super) fn integer(field: &Field, json: &Json, max: u32) -> Result<Value<'static>, Message> {
    let counts_prefixes = field.name.starts_with("info_prefixes");
    if counts_prefixes && json.as_str() == Some("") {
        return Ok(Value::Null);
    }
    let value = whole(json).ok_or_else(|| texts::NOT_AN_INTEGER.plain())?;
    if value < 0 {
        return Err(match counts_prefixes {
            true => texts::NEGATIVE.plain(),
            false => texts::TOO_SMALL.with([("min", &0)]),
        });
    }
    if value > i64::from(u32::MAX) {
        return Err(match counts_prefixes {
            true => texts::MAXIMUM.with([("max", &max)]),
            false => texts::TOO_LARGE.with([("max", &u32::MAX)]),
        });
    }
    Ok(Value::Int(value))
}

/// The integer that a number or its text stands for; what lies outside of 64 bits becomes the nearest that does not.
fn whole(json: &Json) -> Option<i64> {
    if let Json::Bool(_) | Json::Null | Json::Array(_) | Json::Object(_) = json {
        return None;
    }
    let text = as_text(json);
    let text = text.trim_matches(is_blank);
    let text = match text.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    saturated(text)
}

fn saturated(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nearest = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(nearest))
}

/// Bounds that are no limits of the column: speed of ports in Mbit/s, numbers of prefixes (data-model
/// specification, 10.4). Superusers may go beyond them, so the caller decides whether they are held.
///
/// # Errors
/// When the value lies outside.
pub fn bounds(field: &Field, value: &Value<'_>) -> Result<(), Message> {
    let (Kind::Int { max, .. }, Some(number)) = (field.kind, value.as_int()) else {
        return Ok(());
    };
    let is_speed = field.name == "speed";
    if is_speed && (1..50).contains(&number) {
        return Err(texts::SPEED_TOO_LOW.plain());
    }
    match number > i64::from(max) {
        true if is_speed => Err(texts::SPEED_TOO_HIGH.plain()),
        true => Err(texts::MAXIMUM.with([("max", &max)])),
        false => Ok(()),
    }
}

/// An AS number, which may have `AS` or `ASN` before it.
pub(super) fn asn(json: &Json) -> Result<Value<'static>, Message> {
    let invalid = || texts::NOT_AN_ASN.plain();
    let text = match json {
        Json::String(_) | Json::Number(_) => as_text(json).trim_matches(is_blank).to_ascii_lowercase(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(invalid()),
    };
    let digits = text.strip_prefix("as").map_or(&*text, |rest| rest.strip_prefix('n').unwrap_or(rest));
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid());
    }
    let number = digits.parse::<u32>().map_err(|_| texts::TOO_LARGE.with([("max", &u32::MAX)]))?;
    Ok(Value::Int(i64::from(number)))
}

/// AS numbers that no registry assigns to networks (RFC 5398, RFC 6793, RFC 6996, RFC 7300, RFC 7607).
const RESERVED: [RangeInclusive<u32>; 8] = [
    0..=0,
    23_456..=23_456,
    64_496..=64_511,
    64_512..=65_534,
    65_535..=65_535,
    65_536..=65_551,
    65_552..=131_071,
    4_200_000_000..=u32::MAX,
];

/// AS numbers for documentation and private use (RFC 5398, RFC 6996).
const FOR_LEARNING: [RangeInclusive<u32>; 4] =
    [64_496..=64_511, 64_512..=65_534, 65_536..=65_551, 4_200_000_000..=4_294_967_294];

/// Whether an AS number is private, reserved or 0 (data-model specification, 10.2).
pub fn is_reserved(asn: u32) -> bool {
    RESERVED.iter().any(|range| range.contains(&asn))
}

/// Whether an AS number is for documentation or private use: a directory to learn with takes it, and asks no
/// registry about it.
pub fn is_for_learning(asn: u32) -> bool {
    FOR_LEARNING.iter().any(|range| range.contains(&asn))
}

/// A coordinate in decimal degrees, rounded to six decimals.
pub(super) fn degrees(field: &Field, json: &Json) -> Result<Value<'static>, Message> {
    let invalid = || texts::NOT_A_NUMBER.plain();
    let float = match json {
        Json::Bool(flag) => f64::from(u8::from(*flag)),
        Json::Number(number) => number.as_f64().ok_or_else(invalid)?,
        Json::String(text) => text.trim_matches(is_blank).parse::<f64>().map_err(|_| invalid())?,
        Json::Null | Json::Array(_) | Json::Object(_) => return Err(invalid()),
    };
    let max = if field.name == "latitude" { 90.0 } else { 180.0 };
    let fitting = Degrees::from_f64(float).filter(|_| float.abs() <= max);
    fitting
        .map(Value::Degrees)
        .ok_or_else(|| texts::OFF_THE_GLOBE.with([("value", &as_text(json)), ("field", &field.name)]))
}

/// The id of another record. Decimals are cut; whether there is such a record, the caller knows.
pub(super) fn reference(field: &Field, json: &Json) -> Result<Value<'static>, Message> {
    let wrong_type = || texts::NOT_AN_ID.with([("type", &type_name(json))]);
    match json {
        Json::String(text) if text.is_empty() => super::null(field),
        Json::String(text) => saturated(text.trim_matches(is_blank)).map(Value::Int).ok_or_else(wrong_type),
        // The cast keeps to the range of its type.
        Json::Number(number) => {
            let float = || number.as_f64().map(|float| float as i64);
            let beyond = || number.as_u64().map(|_| i64::MAX);
            number.as_i64().or_else(beyond).or_else(float).map(Value::Int).ok_or_else(wrong_type)
        }
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => Err(wrong_type()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_numbers_and_numbers_to_learn_with() {
        for asn in [0, 23_456, 64_496, 65_535, 65_551, 65_552, 131_071, 4_200_000_000, u32::MAX] {
            assert!(is_reserved(asn), "{asn}");
        }
        for asn in [1, 23_455, 23_457, 64_495, 131_072, 4_199_999_999] {
            assert!(!is_reserved(asn), "{asn}");
        }
        for asn in [64_496, 65_534, 65_536, 65_551, 4_200_000_000, 4_294_967_294] {
            assert!(is_for_learning(asn), "{asn}");
        }
        for asn in [0, 23_456, 64_495, 65_535, 65_552, u32::MAX] {
            assert!(!is_for_learning(asn), "{asn}");
        }
    }
}
