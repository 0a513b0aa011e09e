//! `OPTIONS`: what a path is and which fields its records have, from the field table.

use model::field::Api;
use model::{Field, Kind, Tag};
use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// Describes the index.
pub(crate) fn index() -> Answer {
    describe("Api Root", "The default basic root view for DefaultRouter", None)
}

/// Describes one record of a type.
pub(crate) fn record(tag: Tag) -> Answer {
    describe(&format!("{} Instance", spaced(tag.model_name())), "", None)
}

/// Describes what belongs to a record.
pub(crate) fn asset() -> Answer {
    describe("Asset", "The logo of a record", None)
}

/// Describes a list of a type, with the fields that `POST` takes.
pub(crate) fn list(tag: Tag) -> Answer {
    let shown = tag.table().fields.iter().filter(|field| field.api != Api::Hidden);
    let fields: Map<String, Value> =
        shown.map(|field| (field.name.to_owned(), describe_field(field))).collect();
    let actions = json!({ "POST": fields });
    describe(&format!("{} List", spaced(tag.model_name())), "", Some(actions))
}

fn describe(name: &str, description: &str, actions: Option<Value>) -> Answer {
    let mut data = json!({
        "name": name,
        "description": description,
        "renders": ["application/json"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    });
    if let (Some(actions), Some(object)) = (actions, data.as_object_mut()) {
        object.insert("actions".into(), actions);
    }
    Answer::json(json!({ "data": [data], "meta": {} }).to_string())
}

fn describe_field(field: &Field) -> Value {
    let mut facts = Map::new();
    facts.insert("type".into(), type_name(field.kind).into());
    facts.insert("required".into(), (field.api == Api::Required).into());
    facts.insert("read_only".into(), (field.api == Api::Read).into());
    facts.insert("label".into(), label(field.name).into());
    match field.kind {
        Kind::Text { max } | Kind::Url { max } | Kind::Phone { max } if max > 0 => {
            facts.insert("max_length".into(), max.into());
        }
        Kind::Int { min, max } => {
            facts.insert("min_value".into(), min.into());
            facts.insert("max_value".into(), max.into());
        }
        Kind::Asn => {
            facts.insert("min_value".into(), 0.into());
            facts.insert("max_value".into(), u32::MAX.into());
        }
        Kind::Choice(words) | Kind::MultiChoice(words) | Kind::Words(words) => {
            let choices = words.iter().map(|word| json!({ "value": word, "display_name": word }));
            facts.insert("choices".into(), choices.collect());
        }
        _ => {}
    }
    Value::Object(facts)
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Asn | Kind::Int { .. } => "integer",
        Kind::Bool => "boolean",
        Kind::Url { .. } => "url",
        Kind::Email => "email",
        Kind::Choice(_) => "choice",
        Kind::MultiChoice(_) => "multiple choice",
        Kind::Time => "datetime",
        Kind::Degrees => "decimal",
        Kind::Text { .. }
        | Kind::Phone { .. }
        | Kind::Country
        | Kind::Ipv4
        | Kind::Ipv6
        | Kind::Prefix
        | Kind::Mac => "string",
        Kind::Ref(_) | Kind::Social | Kind::Words(_) | Kind::Nested => "field",
    }
}

/// `info_prefixes4` → `Info prefixes4`.
fn label(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// `InternetExchange` → `Internet Exchange`; runs of capitals stay together.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            out.push(' ');
        }
        out.push(c);
        before = c;
    }
    out
}
