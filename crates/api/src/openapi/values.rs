//! The schema of one value: of a field in answers, of an operand in parameters.
//!
//! Answers show what the database holds. It holds old records to types and lengths, not to today's lists of words
//! and bounds of numbers, so the schemas promise no more than that.

use catalog::filter::{Op, Operand};
use model::field::{Derived, Source};
use model::{Field, Kind, Show, Tag, choices};
use serde_json::{Map, Value as Json, json};

use super::bodies;

/// Whether a flat field can be `null` in an answer.
pub(crate) fn is_nullable(field: &Field) -> bool {
    match (field.source, field.kind) {
        // A set of words that is not disclosed is shown as an empty list.
        (_, Kind::MultiChoice(_)) => false,
        // References are never empty, so that what is taken from another record is as empty as it is there.
        (Source::Join { via, field: name }, _) => target_of(via).is_some_and(|other| is_null_in(other, name)),
        _ => field.null,
    }
}

fn target_of(via: &str) -> Option<Tag> {
    via.strip_suffix("_id").and_then(|name| name.parse().ok())
}

fn is_null_in(tag: Tag, name: &str) -> bool {
    tag.table().field(name).is_some_and(|field| field.null)
}

/// The schema of a flat field as answers show it, without a description.
pub(crate) fn shown(field: &Field) -> Map<String, Json> {
    let mut schema = match field.show {
        Show::Fixed(preset) => fixed(field, preset),
        Show::RirStatus => object(json!({ "type": "string", "enum": ["ok"] })),
        Show::Logo => object(json!({ "type": "string", "format": "uri" })),
        Show::Website => url(website_max(field)),
        Show::Plain | Show::Social | Show::Personal | Show::FeedUrl | Show::Alphabetical => plain(field),
    };
    if is_nullable(field) {
        allow_null(&mut schema);
    }
    schema
}

/// The schema of a flat field as bodies of requests give it, without a description: the form that answers show. What
/// means the same is taken as well, such as a number in quotation marks.
pub(crate) fn taken(field: &Field) -> Map<String, Json> {
    let mut schema = match field.kind {
        Kind::Choice(words) => object(json!({ "type": "string", "enum": words })),
        Kind::Words(words) => {
            object(json!({ "type": "array", "items": { "type": "string", "enum": words } }))
        }
        Kind::Int { min, max } if max > 0 => {
            object(json!({ "type": "integer", "minimum": min, "maximum": max }))
        }
        // A port without an address of one protocol says so by an empty text.
        Kind::Ipv4 => object(json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "const": "" }] })),
        Kind::Ipv6 => object(json!({ "type": "string", "anyOf": [{ "format": "ipv6" }, { "const": "" }] })),
        _ => plain(field),
    };
    if bodies::takes_null(field) {
        allow_null(&mut schema);
    }
    schema
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

fn allow_null(schema: &mut Map<String, Json>) {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    if let Some(Json::Array(words)) = schema.get_mut("enum") {
        words.push(Json::Null);
    }
    if let Some(Json::Array(forms)) = schema.get_mut("anyOf") {
        forms.push(json!({ "type": "null" }));
    }
}

fn fixed(field: &Field, preset: model::field::Preset) -> Map<String, Json> {
    let mut schema = plain(field);
    schema.retain(|key, _| key == "type");
    let mut text = String::new();
    if let Some(value) = preset.value() {
        field.write_json(&value, &mut text);
    }
    schema.insert("const".into(), serde_json::from_str(&text).unwrap_or_default());
    schema
}

fn plain(field: &Field) -> Map<String, Json> {
    match field.kind {
        Kind::Id | Kind::Ref(_) => object(json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })),
        Kind::Asn | Kind::Int { .. } => {
            object(json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }))
        }
        Kind::Bool => object(json!({ "type": "boolean" })),
        Kind::Text { max } => text(text_max(field, max)),
        Kind::Phone { max } => text(usize::from(max)),
        Kind::Url { max } => url(usize::from(max)),
        Kind::Email => with_format(254, "email"),
        Kind::Choice(words) => choice(field, words),
        Kind::MultiChoice(words) => object(
            json!({ "type": "array", "items": { "type": "string", "enum": words }, "uniqueItems": true }),
        ),
        Kind::Country => object(json!({ "type": "string", "maxLength": 2 })),
        Kind::Time => object(json!({ "type": "string", "format": "date-time" })),
        Kind::Degrees => object(json!({ "type": "number", "minimum": -180, "maximum": 180 })),
        Kind::Ipv4 => object(json!({ "type": "string", "format": "ipv4" })),
        Kind::Ipv6 => object(json!({ "type": "string", "format": "ipv6" })),
        Kind::Prefix => object(json!({ "type": "string", "pattern": "^[0-9a-f.:]+/[0-9]{1,3}$" })),
        Kind::Mac => object(json!({ "type": "string", "maxLength": 17 })),
        Kind::Social => social(),
        Kind::Words(words) => object(json!({ "type": "array", "items": open_list(words) })),
        Kind::Nested => Map::new(),
    }
}

fn text(max: usize) -> Map<String, Json> {
    if max == 0 {
        object(json!({ "type": "string" }))
    } else {
        object(json!({ "type": "string", "maxLength": max }))
    }
}

/// The name of a port is put together from two names.
fn text_max(field: &Field, own: u16) -> usize {
    if field.source != Source::Derived(Derived::PortName) {
        return usize::from(own);
    }
    const SEPARATOR: usize = ": ".len();
    length_of(Tag::Ix, "name") + SEPARATOR + length_of(Tag::Ixlan, "name")
}

/// A website may be that of the organization.
fn website_max(field: &Field) -> usize {
    let own = match field.kind {
        Kind::Url { max } => usize::from(max),
        _ => 0,
    };
    own.max(length_of(Tag::Org, "website"))
}

fn length_of(tag: Tag, name: &str) -> usize {
    match tag.table().field(name).map(|field| field.kind) {
        Some(Kind::Text { max } | Kind::Url { max }) => usize::from(max),
        _ => 0,
    }
}

fn url(max: usize) -> Map<String, Json> {
    with_format(max, "uri")
}

/// A text of a format, or nothing.
fn with_format(max: usize, format: &str) -> Map<String, Json> {
    object(json!({ "type": "string", "maxLength": max, "anyOf": [{ "format": format }, { "const": "" }] }))
}

fn choice(field: &Field, words: &[&str]) -> Map<String, Json> {
    if field.source == Source::Derived(Derived::FirstInfoType) {
        let with_none: Vec<&str> = words.iter().copied().chain([""]).collect();
        return object(json!({ "type": "string", "enum": with_none }));
    }
    // These have a type of their own in the program: nothing else can be stored.
    let closed = [choices::STATUS, choices::VISIBILITY, choices::PROTOCOLS].contains(&words);
    if closed { object(json!({ "type": "string", "enum": words })) } else { object(open_list(words)) }
}

/// A word of a list; records from earlier times may hold others.
fn open_list(words: &[&str]) -> Json {
    let forms = json!([{ "enum": words }, { "description": "A word of earlier times." }]);
    json!({ "type": "string", "maxLength": 255, "anyOf": forms })
}

fn social() -> Map<String, Json> {
    object(json!({
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "service": open_list(choices::SOCIAL_SERVICES),
                "identifier": { "type": "string", "description": "Name of the account there, or a URL." },
            },
            "required": ["service", "identifier"],
            "additionalProperties": false,
        },
    }))
}

/// The schema of what a field is compared with.
pub(crate) fn compared(kind: Kind, op: Op) -> Json {
    match op {
        Op::Contains | Op::StartsWith => json!({ "type": "string" }),
        Op::In => json!({ "type": "array", "items": single(kind, op), "minItems": 1 }),
        Op::Exact | Op::Lt | Op::Lte | Op::Gt | Op::Gte => single(kind, op),
    }
}

/// The same where a list has to be one text.
pub(crate) fn compared_in_text(kind: Kind, op: Op) -> Json {
    if op != Op::In {
        return compared(kind, op);
    }
    let one = match kind {
        Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } => "-?[0-9]+",
        Kind::Degrees => "-?[0-9]+([.][0-9]+)?",
        Kind::Bool => "(True|t|1|False|f|0)",
        _ => return json!({ "type": "string" }),
    };
    json!({ "type": "string", "pattern": format!("^{one}(,{one})*$") })
}

fn single(kind: Kind, op: Op) -> Json {
    match kind {
        Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } => json!({ "type": "integer" }),
        Kind::Degrees => json!({ "type": "number" }),
        Kind::Bool if op == Op::Exact => json!({ "type": "boolean" }),
        Kind::Bool => json!({ "type": "string", "enum": ["True", "t", "1", "False", "f", "0"] }),
        Kind::Time if op == Op::Exact => json!({ "type": "string", "examples": ["2026-11"] }),
        Kind::Time => json!({ "type": "string", "anyOf": [{ "format": "date-time" }, { "format": "date" }] }),
        Kind::Text { .. }
        | Kind::Url { .. }
        | Kind::Email
        | Kind::Phone { .. }
        | Kind::Choice(_)
        | Kind::MultiChoice(_)
        | Kind::Country
        | Kind::Ipv4
        | Kind::Ipv6
        | Kind::Prefix
        | Kind::Mac
        | Kind::Social
        | Kind::Words(_)
        | Kind::Nested => json!({ "type": "string" }),
    }
}

/// The schema of what a parameter takes, where no field says it; `detail` for requests for single records.
pub(crate) fn operand(tag: Tag, operand: Operand, op: Op, detail: bool) -> Json {
    match operand {
        Operand::Anything | Operand::Text => json!({ "type": "string" }),
        Operand::Address => {
            json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] })
        }
        Operand::Words(words) => json!({ "type": "string", "enum": words }),
        Operand::Keys => {
            let shown = tag.table().fields.iter().filter(|field| field.is_flat() || field.is_nested());
            let keys: Vec<&str> = shown.map(|field| field.name).collect();
            json!({ "type": "array", "items": { "type": "string", "enum": keys } })
        }
        Operand::Integer if op == Op::In => {
            json!({ "type": "array", "items": { "type": "integer" }, "minItems": 1 })
        }
        Operand::Integer => json!({ "type": "integer" }),
        Operand::Count { list, detail: single, max } => {
            let mut schema = object(json!({ "type": "integer", "minimum": 0 }));
            schema.insert("default".into(), if detail { single } else { list }.into());
            if let Some((list, single)) = max {
                schema.insert("maximum".into(), if detail { single } else { list }.into());
            }
            Json::Object(schema)
        }
        Operand::Page => json!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "const": "last" }] }),
        Operand::Number => json!({ "type": "number" }),
        Operand::Moment => {
            json!({ "type": "string", "anyOf": [{ "format": "date" }, { "format": "date-time" }] })
        }
        Operand::Integers { min, max } => {
            let mut schema =
                object(json!({ "type": "array", "items": { "type": "integer" }, "minItems": min }));
            if max < usize::MAX {
                schema.insert("maxItems".into(), max.into());
            }
            Json::Object(schema)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(tag: Tag, name: &str) -> Json {
        Json::Object(shown(tag.table().field(name).expect("declared")))
    }

    #[test]
    fn values_have_the_schema_of_what_is_shown_not_of_what_is_stored() {
        assert_eq!(field_of(Tag::Ix, "media"), json!({ "type": "string", "const": "Ethernet" }));
        assert_eq!(
            field_of(Tag::Net, "rir_status"),
            json!({ "type": ["string", "null"], "enum": ["ok", null] })
        );
        assert_eq!(field_of(Tag::Fac, "available_voltage_services")["type"], "array");
        assert_eq!(field_of(Tag::Fac, "website")["maxLength"], 255);
        assert_eq!(field_of(Tag::Netixlan, "name")["maxLength"], 321);
        assert_eq!(
            field_of(Tag::Netixlan, "ipaddr4"),
            json!({ "type": ["string", "null"], "format": "ipv4" })
        );
        assert_eq!(field_of(Tag::Ixpfx, "protocol")["enum"], json!(["IPv4", "IPv6"]));
    }
}
