//! Webhooks of organizations.

use model::Tag;
use serde_json::{Map, Value as Json, json};

use super::operation::{Access, Operation};
use super::paths::in_path;
use super::schemas::reference;
use super::{parameters, responses};

const ALL: &str = "/api/org/{id}/webhooks";
const ONE: &str = "/api/org/{id}/webhooks/{webhook}";

/// Adds the operations.
pub(super) fn all(add: &mut dyn FnMut(String, Operation)) {
    let listed = || responses::envelope(reference("Webhook"), None);
    let shown = || responses::envelope(reference("Webhook"), Some(1));
    let reading = |id: &str, summary: &str, schema: Json| {
        let mut operation = Operation::new(id, "changes", summary)
            .text(FOR_WHOM)
            .takes([in_path("id", "Id of the organization.")])
            .plain()
            .succeeds(responses::success("What there is.", schema))
            .answers(404, responses::missing_record());
        operation.access = Access::Key;
        operation
    };
    let changing = |method, id: &str, summary: &str| {
        Operation::changing(method, id, "changes", summary)
            .text(FOR_WHOM)
            .takes([in_path("id", "Id of the organization."), parameters::reference("pretty")])
            .answers(404, responses::no_such_path())
    };
    let one = || [in_path("webhook", "Id of the webhook.")];
    add(ALL.into(), reading("list webhooks", "The webhooks of an organization", listed()));
    add(
        ALL.into(),
        changing("post", "create webhook", "A new webhook of an organization")
            .reads(wishes(&["url"]), true)
            .answers(
                201,
                responses::changed("The webhook with its secret, which is shown now only.", Some(shown())),
            ),
    );
    add(ONE.into(), reading("retrieve webhook", "One webhook of an organization", shown()).takes(one()));
    add(
        ONE.into(),
        changing("put", "update webhook", "What a webhook is told, and where")
            .takes(one())
            .reads(wishes(&[]), true)
            .answers(200, responses::changed("The webhook.", Some(shown()))),
    );
    add(
        ONE.into(),
        changing("delete", "delete webhook", "Removes a webhook")
            .takes(one())
            .answers(204, responses::changed("There is no such webhook any more.", None)),
    );
    add(
        format!("{ONE}/deliveries"),
        reading(
            "list webhook deliveries",
            "The last attempts to deliver to a webhook, the newest one first",
            responses::envelope(reference("WebhookDelivery"), None),
        )
        .takes(one()),
    );
    let message = json!({
        "type": "object",
        "properties": { "message": { "type": "string" } },
        "required": ["message"],
        "additionalProperties": false,
    });
    add(
        format!("{ONE}/test"),
        changing("post", "test webhook", "Sends a message to a webhook to try it").takes(one()).answers(
            202,
            responses::changed(
                "The id of the message that is on its way.",
                Some(responses::envelope(message, Some(1))),
            ),
        ),
    );
}

const FOR_WHOM: &str = "For who manages the organization.";

/// The schemas of webhooks and of attempts to deliver, by name.
pub(super) fn schemas() -> Map<String, Json> {
    let mut all = Map::new();
    all.insert("Webhook".into(), webhook());
    all.insert("WebhookDelivery".into(), delivery());
    all
}

fn types() -> Json {
    let words: Vec<&str> = Tag::INDEX.map(Tag::as_str).into();
    json!({
        "type": "array",
        "items": { "type": "string", "enum": words },
        "description": "The types of records that it is told about; none means all of them.",
    })
}

fn webhook() -> Json {
    let time = |text: &str| json!({ "type": ["string", "null"], "format": "date-time", "description": text });
    json!({
        "type": "object",
        "description": "An address that is told about changes.",
        "properties": {
            "id": { "type": "integer", "minimum": 1 },
            "org_id": { "type": "integer", "minimum": 1 },
            "url": { "type": "string", "format": "uri" },
            "types": types(),
            "own": { "type": "boolean", "description": "Whether it is told about what belongs to the organization only." },
            "active": { "type": "boolean", "description": "Whether it is told anything." },
            "stopped": { "type": ["string", "null"], "description": "Why it was switched off by itself." },
            "failing_since": time("Since when nothing arrives there."),
            "next_attempt": time("When the next attempt is due, while nothing arrives."),
            "created": { "type": "string", "format": "date-time" },
            "created_by": { "type": "string", "description": "Who made it." },
            "secret": { "type": "string", "description": "What messages are signed with; in the answer that makes it." },
        },
        "required": [
            "id", "org_id", "url", "types", "own", "active", "stopped", "failing_since", "next_attempt", "created",
            "created_by",
        ],
        "additionalProperties": false,
    })
}

fn delivery() -> Json {
    json!({
        "type": "object",
        "description": "An attempt to deliver a message.",
        "properties": {
            "message": { "type": "string", "description": "Id of the message." },
            "attempt": { "type": "integer", "minimum": 1 },
            "at": { "type": "string", "format": "date-time" },
            "events": { "type": "integer", "minimum": 0, "description": "Events in the message." },
            "status": { "type": ["integer", "null"], "description": "What the address answered." },
            "error": { "type": ["string", "null"], "description": "Why there was no answer." },
            "delivered": { "type": "boolean" },
        },
        "required": ["message", "attempt", "at", "events", "status", "error", "delivered"],
        "additionalProperties": false,
    })
}

fn wishes(required: &[&str]) -> Json {
    json!({
        "type": "object",
        "properties": {
            "url": { "type": "string", "format": "uri" },
            "types": types(),
            "own": { "type": "boolean" },
            "active": { "type": "boolean" },
            "new_secret": { "type": "boolean", "description": "Whether a new secret takes the place of the old one." },
        },
        "required": required,
        "additionalProperties": false,
    })
}
