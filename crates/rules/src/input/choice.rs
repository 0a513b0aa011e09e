//! Words out of lists.

use std::borrow::Cow;

use model::{MultiChoice, Value, choices, country};
use serde_json::Value as Json;

use super::spelling::{as_text, type_name};
use super::texts;
use crate::message::Message;

fn unknown(word: &str) -> Message {
    texts::NOT_A_CHOICE.with([("value", &word)])
}

/// One word, spelled as in the list.
pub(super) fn word(json: &Json, choices: &[&str]) -> Result<Value<'static>, Message> {
    let word = as_text(json);
    match choices.contains(&&*word) {
        true => Ok(Value::Text(Cow::Owned(word))),
        false => Err(unknown(&word)),
    }
}

/// Maximum transmission unit of a peering LAN, in bytes.
pub(super) fn mtu(json: &Json) -> Result<Value<'static>, Message> {
    match &*as_text(json) {
        "1500" => Ok(Value::Int(1500)),
        "9000" => Ok(Value::Int(9000)),
        other => Err(unknown(other)),
    }
}

/// An ISO 3166-1 code; empty for a place that need not tell.
pub(super) fn country(json: &Json, required: bool) -> Result<Value<'static>, Message> {
    let code = as_text(json);
    let is_known = country::COUNTRIES.binary_search_by(|(known, _)| (*known).cmp(&code)).is_ok();
    match is_known || (code.is_empty() && !required) {
        true => Ok(Value::Text(Cow::Owned(code))),
        false => Err(unknown(&code)),
    }
}

/// Several words. An object stands for the list of its keys.
pub(super) fn words(json: &Json, choices: &[&'static str]) -> Result<Value<'static>, Message> {
    let sent: Vec<String> = match json {
        Json::Array(list) => list.iter().map(as_text).collect(),
        Json::Object(object) => object.keys().cloned().collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            return Err(texts::NOT_A_LIST.with([("type", &type_name(json))]));
        }
    };
    let mut set = MultiChoice::default();
    if let Some(word) = sent.iter().find(|word| !set.insert(choices, word)) {
        return Err(unknown(word));
    }
    match excludes_others(choices, set) {
        true => Err(texts::NO_POWER.plain()),
        false => Ok(Value::Multi(set)),
    }
}

/// Whether a facility without power has a voltage (data-model specification, 10.13).
fn excludes_others(choices: &[&'static str], set: MultiChoice) -> bool {
    choices == choices::VOLTAGE
        && set.members(choices).any(|word| word == "No Power")
        && set.members(choices).count() > 1
}

/// The list of port attributes that automatic updates leave alone: each once, in the order sent.
pub(super) fn exclusions(json: &Json, valid: &[&'static str]) -> Result<Value<'static>, Message> {
    let list = json.as_array().ok_or_else(|| texts::MUST_BE_A_LIST.plain())?;
    let is_known = |entry: &&Json| entry.as_str().is_some_and(|word| valid.contains(&word));
    let mut wrong: Vec<String> = list.iter().filter(|entry| !is_known(entry)).map(as_text).collect();
    if !wrong.is_empty() {
        wrong.sort();
        wrong.dedup();
        let mut valid = valid.to_vec();
        valid.sort_unstable();
        return Err(texts::UNKNOWN_WORDS.with([("words", &wrong.join(", ")), ("valid", &valid.join(", "))]));
    }
    let mut kept: Vec<Box<str>> = Vec::new();
    for word in list.iter().filter_map(Json::as_str) {
        if !kept.iter().any(|own| **own == *word) {
            kept.push(word.into());
        }
    }
    Ok(Value::Words(Cow::Owned(kept)))
}
