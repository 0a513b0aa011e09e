//! Parameters and schemas of the answers that tell history.

use app::history::{Action, LIMIT, LIMIT_MAX};
use model::Tag;
use serde_json::{Map, Value as Json, json};

use super::parameters::query;
use super::schemas;

/// The parameters of a history.
pub(crate) fn parameters() -> [Json; 4] {
    let switch = json!({ "type": "string", "enum": ["1", "true", "0", "false"] });
    [
        query(
            "limit",
            "How many entries to show. There may be fewer although more follow.",
            json!({ "type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT }),
        ),
        query(
            "cursor",
            "Goes on where another answer ended: its `meta.next_cursor`.",
            json!({ "type": "string", "pattern": "^[0-9]+-[0-9]+$" }),
        ),
        query("derived", "With `1`: what moves counters and marks of importers as well.", switch.clone()),
        query("full", "With `1`: the own fields of the record as they were afterwards, in `record`.", switch),
    ]
}

/// A page of a history.
pub(crate) fn page() -> Json {
    json!({
        "type": "object",
        "properties": {
            "data": { "type": "array", "items": schemas::reference("HistoryEntry"), "maxItems": LIMIT_MAX },
            "meta": schemas::reference("HistoryMeta"),
        },
        "required": ["data", "meta"],
        "additionalProperties": false,
    })
}

/// The schemas, by name.
pub(crate) fn schemas() -> Map<String, Json> {
    let mut all = Map::new();
    all.insert("HistoryEntry".into(), entry());
    all.insert("HistoryActor".into(), actor());
    all.insert(
        "HistoryMeta".into(),
        json!({
            "type": "object",
            "description": "What there is to say about a history.",
            "properties": {
                "log_begins": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When the log begins; nothing is known of earlier changes.",
                },
                "next_cursor": {
                    "type": ["string", "null"],
                    "description": "The `cursor` of the next, older page; `null` at the end.",
                },
            },
            "required": ["log_begins", "next_cursor"],
            "additionalProperties": false,
        }),
    );
    all
}

fn entry() -> Json {
    let origins = ["api", "web", "ix-f", "admin", "mirror", "cli"];
    json!({
        "type": "object",
        "description": "What one change did to one record.",
        "properties": {
            "seq": { "type": "integer", "minimum": 1, "description": "Number of the change." },
            "at": { "type": "string", "format": "date-time", "description": "When it happened." },
            "action": {
                "type": "string",
                "enum": Action::ALL.map(Action::as_str),
                "description": "What it was; `load` says that the record is older than the log.",
            },
            "origin": {
                "type": "string",
                "enum": origins,
                "description": "Where it came from: the API, the web site, the member list of an exchange, the \
                                staff, another directory, or a command on the server.",
            },
            "tag": { "type": "string", "enum": Tag::ALL.map(Tag::as_str), "description": "Type of the record." },
            "id": { "type": "integer", "minimum": 1, "description": "Id of the record." },
            "actor": {
                "description": "Who did it, for the people of the organization and staff; `null` for others.",
                "anyOf": [schemas::reference("HistoryActor"), { "type": "null" }],
            },
            "changes": {
                "type": "object",
                "description": "The fields that changed: value before, value afterwards. `null` also stands where \
                                the caller may not see the record as it was.",
                "additionalProperties": { "type": "array", "minItems": 2, "maxItems": 2 },
            },
            "record": {
                "type": "object",
                "description": "With `full`: the own fields of the record afterwards, without those that other \
                                records lend it. Absent where it was gone or may not be seen.",
            },
        },
        "required": ["seq", "at", "action", "origin", "tag", "id", "actor", "changes"],
        "additionalProperties": false,
    })
}

fn actor() -> Json {
    json!({
        "type": "object",
        "description": "Who changed something.",
        "properties": {
            "kind": {
                "type": "string",
                "enum": ["system", "user", "user_key", "org_key"],
                "description": "The program itself, a person, a person's key, or an organization's key.",
            },
            "id": {
                "type": ["integer", "null"],
                "minimum": 1,
                "description": "The person, or the organization whose key it is.",
            },
            "name": { "type": ["string", "null"], "description": "Name; `null` when it was erased." },
        },
        "required": ["kind", "id", "name"],
        "additionalProperties": false,
    })
}
