//! Who belongs to an organization.

use model::Tag;
use model::directory::OrgRole;
use serde_json::{Value as Json, json};

use super::operation::{Access, Operation};
use super::parameters;
use super::paths::in_path;
use super::{responses, schemas};

/// Adds the operations.
pub(super) fn all(add: &mut dyn FnMut(String, Operation)) {
    add("/api/org/{id}/users".into(), list());
    add("/api/org/{id}/users/add".into(), join());
    add("/api/org/{id}/users/{user_id}".into(), change());
    add("/api/org/{id}/users/remove".into(), remove());
}

/// The schema of a person.
pub(super) fn person() -> Json {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "description": "A person of an organization.",
        "properties": {
            "id": { "type": "integer", "minimum": 1 },
            "first_name": text("Given name."),
            "last_name": text("Family name."),
            "full_name": text("Both names."),
            "is_active": { "type": "boolean", "description": "Whether the account may be used." },
            "date_joined": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "When the account was made, UTC.",
            },
            "status": { "type": "string", "enum": ["ok", "pending"] },
            "role": role(),
        },
        "required": [
            "id", "first_name", "last_name", "full_name", "is_active", "date_joined", "status", "role"
        ],
        "additionalProperties": false,
    })
}

fn role() -> Json {
    json!({ "type": "string", "enum": OrgRole::ALL.map(OrgRole::as_str) })
}

const FOR_WHOM: &str = "For keys of people who administrate the organization, and for its own keys that have the \
                        permission `peeringdb.organization.<id>.users`.";

fn list() -> Operation {
    let mut operation =
        Operation::new("list people of org", Tag::Org.as_str(), "Organizations: their people")
            .text(FOR_WHOM)
            .takes([in_path("id", "Id of the organization.")])
            .plain()
            .succeeds(responses::success("The people, by id.", people(None)))
            .answers(404, responses::missing_record());
    operation.access = Access::Known;
    operation
}

fn people(most: Option<u32>) -> Json {
    responses::envelope(schemas::reference("Person"), most)
}

fn changing(method: &'static str, id: &str, summary: &str) -> Operation {
    Operation::changing(method, id, Tag::Org.as_str(), summary)
        .text(FOR_WHOM)
        .takes([in_path("id", "Id of the organization."), parameters::reference("pretty")])
        .answers(404, responses::no_such_path())
}

fn join() -> Operation {
    changing("post", "add person to org", "Organizations: let a person belong to one")
        .reads(body(&["user_email"]), true)
        .answers(201, responses::changed("The person, in a list of one.", Some(people(Some(1)))))
}

fn change() -> Operation {
    changing("put", "change person of org", "Organizations: what a person is there")
        .takes([in_path("user_id", "Id of the person.")])
        .reads(body(&["role"]), true)
        .answers(200, responses::changed("The person, in a list of one.", Some(people(Some(1)))))
}

fn remove() -> Operation {
    changing("delete", "remove person from org", "Organizations: let a person leave one")
        .reads(body(&["user_email"]), true)
        .answers(204, responses::changed("The person belongs to it no longer.", None))
}

fn body(required: &[&str]) -> Json {
    let email = json!({ "type": "string", "description": "The confirmed first address of the account." });
    let mut properties = json!({ "user_email": email, "role": role() });
    if let Some(keys) = properties.as_object_mut() {
        keys.retain(|key, _| required.contains(&key.as_str()) || key == "role");
    }
    json!({ "type": "object", "properties": properties, "required": required })
}
