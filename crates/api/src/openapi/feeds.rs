//! The feed of changes in the document: its answers have forms of their own.

use catalog::feed::{EventKind, PAGE_EVENTS_MAX};
use model::Tag;
use serde_json::{Map, Value as Json, json};

use crate::feeds::PARAMETERS;

/// The paths of the feed.
pub(super) fn paths() -> Map<String, Json> {
    let mut paths = Map::new();
    paths.insert("/changes".into(), changes());
    let id = json!({ "name": "id", "in": "path", "required": true, "description": "Id of the record.", "schema": { "type": "integer" } });
    let tag = json!({ "name": "type", "in": "path", "required": true, "description": "Type of the records.", "schema": { "type": "string", "enum": tags() } });
    for (path, name, text, parameters) in [
        ("/changes.atom", "read atom feed", "The newest changes of public records", vec![]),
        (
            "/changes/{type}.atom",
            "read atom feed of type",
            "The newest changes of the public records of a type",
            vec![tag.clone()],
        ),
        (
            "/changes/{type}/{id}.atom",
            "read atom feed of record",
            "The newest public changes of a record and of what belongs to it",
            vec![tag, id],
        ),
    ] {
        paths.insert(path.into(), atom(name, text, parameters));
    }
    paths
}

fn tags() -> Vec<&'static str> {
    Tag::INDEX.map(Tag::as_str).into()
}

fn problem(description: &str) -> Json {
    let schema = json!({
        "type": "object",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "start": { "type": "array", "items": { "type": "string", "format": "uri" }, "description": "Files to begin anew with." },
            "oldest": { "type": "integer", "description": "The earliest change to go on from." },
        },
        "required": ["type", "title", "status", "detail"],
    });
    json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
}

fn parameters() -> Vec<Json> {
    let schema = |name: &str| match name {
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": PAGE_EVENTS_MAX }),
        "wait" => json!({ "type": "integer", "minimum": 0, "maximum": 30 }),
        "org" | "asn" => json!({ "type": "integer", "minimum": 0 }),
        _ => json!({ "type": "string" }),
    };
    let query = |(name, description): (&str, &str)| json!({ "name": name, "in": "query", "description": description, "schema": schema(name) });
    let last = json!({
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The id of the last event that a stream told: it goes on behind that one.",
        "schema": { "type": "string" },
    });
    PARAMETERS.map(query).into_iter().chain([last]).collect()
}

fn event() -> Json {
    let kinds: Vec<&str> = EventKind::ALL.map(EventKind::as_str).into();
    json!({
        "type": "object",
        "properties": {
            "cursor": { "type": "string", "description": "The place behind the event." },
            "seq": { "type": "integer", "minimum": 1, "description": "Number of the change." },
            "at": { "type": "string", "format": "date-time", "description": "Time of the change." },
            "type": { "type": "string", "enum": tags() },
            "id": { "type": "integer", "minimum": 1 },
            "event": { "type": "string", "enum": kinds, "description": "`enter`: the record is in the caller's list \
                now; `update`: it looks different there; `leave`: it is there no longer; `purge`: it is gone for good." },
            "record": { "description": "The record as the list of its type shows it now; null when it left.", "type": ["object", "null"] },
        },
        "required": ["cursor", "seq", "at", "type", "id", "event", "record"],
        "additionalProperties": false,
    })
}

fn changes() -> Json {
    let meta = json!({
        "type": "object",
        "properties": {
            "next": { "type": "string", "description": "The cursor of the next page." },
            "newest": { "type": "integer", "description": "Number of the newest change." },
            "more": { "type": "boolean", "description": "Whether there may be more events now." },
        },
        "required": ["next", "newest", "more"],
        "additionalProperties": false,
    });
    let page = json!({
        "type": "object",
        "properties": { "data": { "type": "array", "items": event() }, "meta": meta },
        "required": ["data", "meta"],
        "additionalProperties": false,
    });
    json!({ "get": {
        "operationId": "list changes",
        "tags": ["changes"],
        "summary": "What changed, as the caller may know it",
        "description": "Events in the order of the changes. Who applies them to a list that was true at the first \
            cursor has the list of now. With `Accept: text/event-stream` a stream that tells events as they come, and \
            goes on from `Last-Event-ID` when it broke off.",
        "security": [{}, { "key": [] }],
        "parameters": parameters(),
        "responses": {
            "200": { "description": "A page, or a stream.", "content": {
                "application/json": { "schema": page },
                "text/event-stream": { "schema": { "type": "string" } },
            } },
            "304": { "description": "The client has this page already." },
            "400": problem("A parameter is unknown or has an unusable value."),
            "401": problem("The credentials open nothing."),
            "403": problem("The account may not be used."),
            "406": problem("Neither form is acceptable."),
            "410": problem("Nothing leads on from the cursor: begin anew."),
            "429": problem("The client asks too often, or has as many waiting connections as it may."),
            "503": problem("There is no room at the moment."),
        },
    } })
}

fn atom(name: &str, text: &str, parameters: Vec<Json>) -> Json {
    json!({ "get": {
        "operationId": name,
        "tags": ["changes"],
        "summary": text,
        "description": "An Atom feed (RFC 4287), the same for everybody.",
        "security": [{}],
        "parameters": parameters,
        "responses": {
            "200": { "description": "The feed.", "content": { "application/atom+xml": { "schema": { "type": "string" } } } },
            "304": { "description": "The client has this feed already." },
            "400": problem("The feed has no parameters."),
            "404": problem("There is no such feed."),
        },
    } })
}
