//! Texts.

use std::borrow::Cow;

use model::field::Api;
use model::{Field, Value};
use serde_json::Value as Json;

use super::spelling::{as_text, is_blank};
use super::{Read, texts};
use crate::message::Message;

/// Text of at most `max` characters, 0 for any number; without blanks around it.
pub(super) fn line(field: &Field, json: &Json, max: u16) -> Read<Value<'static>> {
    let text = trimmed(json).map_err(super::one)?;
    if text.is_empty() {
        return blank(field).map_err(super::one);
    }
    let mut faults = faults(&text, max);
    let has_gaps = || text.split(|c| !is_blank(c)).any(|blanks| blanks.chars().nth(1).is_some());
    if faults.is_empty() && field.name == "name" && has_gaps() {
        faults.push(texts::GAPS_IN_NAME.plain());
    }
    done(text, faults)
}

/// The text without blanks around it. Numbers are as good as their digits.
pub(super) fn trimmed(json: &Json) -> Result<String, Message> {
    match json {
        Json::String(text) => Ok(text.trim_matches(is_blank).to_owned()),
        Json::Number(_) => Ok(as_text(json)),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => Err(texts::NOT_A_TEXT.plain()),
    }
}

/// What an empty text means for a field.
pub(super) fn blank(field: &Field) -> Result<Value<'static>, Message> {
    match field.api {
        Api::Required => Err(texts::NOT_BLANK.plain()),
        Api::Write | Api::Read | Api::Hidden => Ok(Value::text("")),
    }
}

/// What is wrong with any text. A text of JSON holds no lone surrogates.
pub(super) fn faults(text: &str, max: u16) -> Vec<Message> {
    let mut faults = Vec::new();
    if is_longer(text, max) {
        faults.push(texts::TOO_LONG.with([("max", &max)]));
    }
    if text.contains('\0') {
        faults.push(texts::NUL.plain());
    }
    faults
}

/// Whether a text has more than `max` characters; 0 for no limit.
pub(super) fn is_longer(text: &str, max: u16) -> bool {
    max != 0 && text.chars().nth(usize::from(max)).is_some()
}

/// The value, unless something is wrong with it.
pub(super) fn done(text: String, faults: Vec<Message>) -> Read<Value<'static>> {
    if faults.is_empty() { Ok(Value::Text(Cow::Owned(text))) } else { Err(faults) }
}

/// A MAC address: six bytes in hexadecimal with `-` or `:` between them, as it was written.
pub(super) fn mac(json: &Json) -> Result<Value<'static>, Message> {
    let text = as_text(json);
    let text = text.trim_matches(is_blank);
    let fits = text.len() == 17
        && text.bytes().enumerate().all(|(n, b)| match n % 3 {
            2 => b == b'-' || b == b':',
            _ => b.is_ascii_hexdigit(),
        });
    match fits {
        true => Ok(Value::Text(Cow::Owned(text.to_owned()))),
        false => Err(texts::NOT_A_MAC.plain()),
    }
}
