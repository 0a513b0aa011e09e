//! Field values as JSON, in the spelling of the API: `", "` and `": "` as separators, non-ASCII escaped.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use serde_json::Value as Json;

use crate::field::{Field, Kind};
use crate::scalar::{Degrees, MultiChoice, SocialLink, Time};
use crate::value::Value;

/// Why a JSON value does not fit a field; the text completes "the value must …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub Cow<'static, str>);

impl From<&'static str> for Fault {
    fn from(rule: &'static str) -> Fault {
        Fault(Cow::Borrowed(rule))
    }
}

impl Field {
    /// Reads the stored value of the field from a backup or API document.
    ///
    /// # Errors
    /// When type, length or range do not fit. Words of choice lists are not held against their list: old records
    /// keep words that new ones may not use.
    pub fn read_json(&self, json: &Json) -> Result<Value<'static>, Fault> {
        if json.is_null() {
            return if self.null { Ok(Value::Null) } else { Err("not be null".into()) };
        }
        match self.kind {
            Kind::Id | Kind::Ref(_) => read_int(json, 1, u32::MAX),
            Kind::Asn => read_int(json, 0, u32::MAX),
            // Old records may lie outside today's bounds; the column's range is the limit here.
            Kind::Int { .. } => read_int(json, 0, u32::MAX),
            Kind::Bool => json.as_bool().map(Value::Bool).ok_or("be true or false".into()),
            Kind::Text { max } | Kind::Url { max } | Kind::Phone { max } => read_text(json, max),
            Kind::Email => read_text(json, 254),
            Kind::Choice(_) => read_text(json, 255),
            Kind::Country => read_text(json, 2),
            Kind::Mac => read_text(json, 17),
            Kind::MultiChoice(choices) => read_multi(json, choices),
            Kind::Time => read_time(json),
            Kind::Degrees => read_degrees(json, if self.name == "latitude" { 90 } else { 180 }),
            Kind::Ipv4 => read_parsed::<Ipv4Addr>(json, "be an IPv4 address"),
            Kind::Ipv6 => read_parsed::<Ipv6Addr>(json, "be an IPv6 address"),
            Kind::Prefix => read_prefix(json),
            Kind::Social => read_social(json),
            Kind::Words(_) => read_words(json),
            Kind::Nested => Err("not be given".into()),
        }
    }

    /// Appends a value of this field as JSON.
    pub fn write_json(&self, value: &Value<'_>, out: &mut String) {
        match (value, self.kind) {
            (Value::Multi(set), Kind::MultiChoice(choices)) => write_strings(set.members(choices), out),
            _ => write_value(value, out),
        }
    }
}

fn text_of(json: &Json) -> Result<&str, Fault> {
    json.as_str().ok_or("be a text".into())
}

fn read_int(json: &Json, min: u32, max: u32) -> Result<Value<'static>, Fault> {
    match json.as_i64() {
        Some(n) if (i64::from(min)..=i64::from(max)).contains(&n) => Ok(Value::Int(n)),
        _ => Err(Fault(format!("be an integer from {min} to {max}").into())),
    }
}

fn read_text(json: &Json, max: u16) -> Result<Value<'static>, Fault> {
    let text = text_of(json)?;
    if text.contains('\0') {
        return Err("not contain a NUL character".into());
    }
    if max != 0 && text.chars().nth(usize::from(max)).is_some() {
        return Err(Fault(format!("have at most {max} characters").into()));
    }
    Ok(Value::Text(Cow::Owned(text.to_owned())))
}

fn read_multi(json: &Json, choices: &'static [&'static str]) -> Result<Value<'static>, Fault> {
    let mut set = MultiChoice::default();
    for word in json.as_array().ok_or(Fault::from("be a list"))? {
        let word = text_of(word)?;
        if !set.insert(choices, word) {
            return Err(Fault(format!("hold only known choices, not {word:?}").into()));
        }
    }
    Ok(Value::Multi(set))
}

fn read_time(json: &Json) -> Result<Value<'static>, Fault> {
    Time::parse(text_of(json)?).map(Value::Time).map_err(|_| "be a time such as 2026-01-31T12:00:00Z".into())
}

fn read_degrees(json: &Json, max: u8) -> Result<Value<'static>, Fault> {
    let degrees = json.as_f64().filter(|degrees| degrees.abs() <= f64::from(max));
    let degrees = degrees.and_then(Degrees::from_f64).map(Value::Degrees);
    degrees.ok_or_else(|| Fault(format!("be degrees from -{max} to {max}").into()))
}

fn read_parsed<T: std::str::FromStr + ToString>(
    json: &Json,
    rule: &'static str,
) -> Result<Value<'static>, Fault> {
    let parsed: T = text_of(json)?.parse().map_err(|_| Fault::from(rule))?;
    Ok(Value::Text(Cow::Owned(parsed.to_string())))
}

fn read_prefix(json: &Json) -> Result<Value<'static>, Fault> {
    let prefix: IpNet = text_of(json)?.parse().map_err(|_| Fault::from("be an IP prefix"))?;
    if prefix.trunc() != prefix {
        return Err("have no bits behind its length".into());
    }
    Ok(Value::Text(Cow::Owned(prefix.to_string())))
}

fn read_social(json: &Json) -> Result<Value<'static>, Fault> {
    let mut links = Vec::new();
    for entry in json.as_array().ok_or(Fault::from("be a list"))? {
        let part = |key: &str| entry.get(key).and_then(Json::as_str).map(Box::from);
        match (part("service"), part("identifier")) {
            (Some(service), Some(identifier)) => links.push(SocialLink { service, identifier }),
            _ => return Err("be a list of objects with the texts service and identifier".into()),
        }
    }
    Ok(Value::Social(Cow::Owned(links)))
}

fn read_words(json: &Json) -> Result<Value<'static>, Fault> {
    let list = json.as_array().ok_or(Fault::from("be a list"))?;
    let words: Result<Vec<Box<str>>, Fault> = list.iter().map(|word| text_of(word).map(Box::from)).collect();
    words.map(|words| Value::Words(Cow::Owned(words)))
}

/// Appends a value as JSON. Sets of choices need their field's list: see [`Field::write_json`].
pub fn write_value(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => {
            let _ = write!(out, "{n}");
        }
        Value::Degrees(d) => {
            let _ = write!(out, "{:?}", d.to_f64());
        }
        Value::Time(t) => {
            out.push('"');
            t.write(out);
            out.push('"');
        }
        Value::Text(text) => write_text(text, out),
        Value::Multi(set) => {
            let _ = write!(out, "{}", set.0);
        }
        Value::Social(links) => write_social(links, out),
        Value::Words(words) => write_strings(words.iter().map(|word| &**word), out),
    }
}

/// Appends a list of texts.
pub fn write_strings<'a>(words: impl Iterator<Item = &'a str>, out: &mut String) {
    out.push('[');
    for (n, word) in words.enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        write_text(word, out);
    }
    out.push(']');
}

/// Appends social media entries.
pub fn write_social(links: &[SocialLink], out: &mut String) {
    out.push('[');
    for (n, link) in links.iter().enumerate() {
        out.push_str(if n > 0 { ", {\"service\": " } else { "{\"service\": " });
        write_text(&link.service, out);
        out.push_str(", \"identifier\": ");
        write_text(&link.identifier, out);
        out.push('}');
    }
    out.push(']');
}

/// Appends a text in quotes; everything but printable ASCII is escaped.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut plain_from = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, ' '..='~') && c != '"' && c != '\\' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + c.len_utf8();
        write_escape(c, out);
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}

fn write_escape(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{AnyRecord, Tag};

    #[test]
    fn faults_name_the_rule() {
        let net = Tag::Net.table();
        for (field, json, rule) in [
            ("asn", json!("x"), "be an integer from 0 to 4294967295"),
            ("name", json!(null), "not be null"),
            ("name", json!("x".repeat(256)), "have at most 255 characters"),
            ("info_types", json!(["NSP", "X"]), "hold only known choices, not \"X\""),
            ("created", json!("yesterday"), "be a time such as 2026-01-31T12:00:00Z"),
            ("info_unicast", json!(1), "be true or false"),
        ] {
            let fault = net.field(field).expect("declared").read_json(&json).expect_err(field);
            assert_eq!(fault.0, rule);
        }
        let fac = Tag::Fac.table();
        for (field, fitting, beyond, rule) in [
            ("latitude", -90.0, 90.000_001, "be degrees from -90 to 90"),
            ("longitude", -180.0, 180.000_001, "be degrees from -180 to 180"),
        ] {
            let field = fac.field(field).expect("declared");
            assert!(field.read_json(&json!(fitting)).is_ok());
            assert_eq!(field.read_json(&json!(beyond)).expect_err(rule).0, rule);
        }
        let prefix = Tag::Ixpfx.table().field("prefix").expect("declared");
        assert!(prefix.read_json(&json!("192.0.2.1/24")).is_err());
        assert_eq!(prefix.read_json(&json!("2001:DB8::/32")), Ok(Value::text("2001:db8::/32")));
    }

    #[test]
    fn values_are_spelled_as_in_the_api() {
        let mut out = String::new();
        write_value(&Value::Degrees(Degrees(50_000_000)), &mut out);
        write_text(" ü\u{1F600}\"\\\n\u{7f}", &mut out);
        assert_eq!(out, "50.0\" \\u00fc\\ud83d\\ude00\\\"\\\\\\n\\u007f\"");
    }

    #[test]
    fn every_default_survives_a_round_trip() {
        for tag in Tag::ALL {
            let record = AnyRecord::new(tag);
            for (position, field) in tag.table().stored() {
                let value = record.get(position);
                let mut out = String::new();
                field.write_json(&value, &mut out);
                let json: Json = serde_json::from_str(&out).expect("valid JSON");
                if !matches!(field.kind, Kind::Id | Kind::Ref(_) | Kind::Time) {
                    assert_eq!(
                        field.read_json(&json),
                        Ok(value.clone().into_owned()),
                        "{tag}.{}",
                        field.name
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn texts_survive_a_round_trip(text in "\\PC{0,20}|[\\x00-\\x7f]{0,20}") {
            let mut out = String::new();
            write_text(&text, &mut out);
            prop_assert!(out.is_ascii());
            prop_assert_eq!(serde_json::from_str::<String>(&out).expect("valid JSON"), text);
        }
    }
}
