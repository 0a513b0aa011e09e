//! The schemas of what is sent: bodies of new records, and of new values.

use model::{Field, Kind, Tag};
use rules::describe::{self, Key, Takes};
use serde_json::{Map, Value as Json, json};

use super::schemas::{self, reference};
use super::{texts, values};

/// What a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new record.
    Create,
    /// New values of a record.
    Update,
}

/// The name of a schema.
pub(super) fn name(tag: Tag, purpose: Purpose) -> String {
    let suffix = match purpose {
        Purpose::Create => "Create",
        Purpose::Update => "Update",
    };
    format!("{}{suffix}", tag.model_name())
}

/// The schemas of all types, by name.
pub(super) fn all() -> Map<String, Json> {
    let mut all = Map::new();
    for tag in Tag::INDEX {
        for purpose in [Purpose::Create, Purpose::Update] {
            let keys = describe::keys(tag, purpose == Purpose::Update);
            if !keys.is_empty() {
                all.insert(name(tag, purpose), body(tag, purpose, &keys));
            }
        }
    }
    all.insert("Side".into(), side());
    all.extend(made());
    all
}

fn body(tag: Tag, purpose: Purpose, keys: &[Key]) -> Json {
    let text = match purpose {
        Purpose::Create => "What a new record begins with. Keys that are not named here are passed over.",
        Purpose::Update => {
            "The new values of a record: keys that are left out keep what they have, apart from a few that \
             fall back. Keys that are not named here are passed over."
        }
    };
    let properties: Map<String, Json> =
        keys.iter().map(|key| (key.name.to_owned(), property(tag, key))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "description": format!("{} {text}", texts::record(tag)),
        "properties": properties,
        "required": required,
    })
}

fn property(tag: Tag, key: &Key) -> Json {
    match key.takes {
        Takes::Suggestion => json!({
            "type": "boolean",
            "description": "Whether the record is only suggested: it waits in the organization for suggestions \
                            until its owner is known, and `org_id` is not needed.",
        }),
        Takes::Field(owner, field) => {
            let mut schema = values::taken(field);
            let text = match (owner == tag, key.name) {
                (true, _) => texts::field(tag, key.name),
                (false, "prefix") => "First prefix of the peering LAN that is made with the exchange.",
                (false, _) => {
                    "URL of the member list (IX-F) of the peering LAN that is made with the exchange."
                }
            };
            schema.insert("description".into(), text.into());
            Json::Object(schema)
        }
    }
}

/// The body of the actions that say where an end of a port is.
fn side() -> Json {
    json!({
        "type": "object",
        "properties": {
            "fac_id": {
                "type": ["integer", "null"],
                "description": "Id of the facility where that end is; without one it is nowhere in particular.",
            },
        },
    })
}

/// The keys beside its own that the answer about an exchange has.
fn parts() -> Map<String, Json> {
    let id = |text: &str| json!({ "type": "integer", "minimum": 1, "description": text });
    let mut all = Map::new();
    all.insert("ixlan_id".into(), id("Id of the peering LAN."));
    all.insert("ixpfx_id".into(), id("Id of a prefix of the peering LAN."));
    all.insert(
        "ixf_pending_reason".into(),
        json!({
            "type": ["string", "null"],
            "description": "Why the exchange waits although its prefix is registered by the caller.",
        }),
    );
    all
}

/// Exchanges as the answers to `POST` show them: with the ids of what comes with them.
fn made() -> [(String, Json); 2] {
    let row = schemas::name(Tag::Ix, schemas::Form::Row);
    let mut whole = schemas::nested(Tag::Ix, schemas::Form::Detail, &[]);
    whole.extend(parts());
    let whole = json!({
        "description": "An exchange with the ids of its LAN and of a prefix.",
        "allOf": [reference(&row)],
        "properties": whole,
        "unevaluatedProperties": false,
    });
    let mut some = schemas::selection(Tag::Ix);
    if let Some(properties) = some.get_mut("properties").and_then(Json::as_object_mut) {
        properties.extend(parts());
    }
    [(made_name(false), whole), (made_name(true), some)]
}

/// The name of the schema of an exchange as the answers to `POST` show it: as a whole, or as `fields` asks.
pub(super) fn made_name(selection: bool) -> String {
    let suffix = if selection { "MadeSelection" } else { "Made" };
    format!("{}{suffix}", Tag::Ix.model_name())
}

/// Whether a field takes null.
pub(super) fn takes_null(field: &Field) -> bool {
    match field.kind {
        Kind::Asn | Kind::Ipv4 | Kind::Ipv6 => false,
        Kind::MultiChoice(_) => true,
        _ => field.null,
    }
}
