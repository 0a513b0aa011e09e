//! Logos of records (rest-api specification, 11).

use model::Tag;
use serde_json::{Value as Json, json};

use super::operation::Operation;
use super::paths::in_path;
use super::{parameters, responses, texts};

/// Adds the operations on the logos of a type.
pub(super) fn all(tag: Tag, add: &mut dyn FnMut(String, Operation)) {
    let path = format!("/api/asset/{tag}/{{id}}/logo");
    let title = |what: &str| format!("{}: {what}", texts::plural(tag));
    let logo = |status: u16, operation: Operation, text: &str| {
        operation.answers(status, responses::changed(text, Some(responses::envelope(object(tag), Some(1)))))
    };
    add(path.clone(), read(tag));
    for (method, id, status) in [("post", "create", 201), ("put", "update", 200)] {
        let operation = changing(method, &format!("{id} logo of {tag}"), tag, &title("give one a logo"))
            .text("A PNG or JPEG picture of 50 KiB and 75 pixels in height at most, in the place of what is there.")
            .reads(upload(), true);
        add(path.clone(), logo(status, operation, "The logo, in a list of one."));
    }
    add(
        path,
        changing("delete", &format!("delete logo of {tag}"), tag, &title("take a logo away"))
            .answers(204, responses::changed("There is no logo any more.", None)),
    );
}

fn changing(method: &'static str, id: &str, tag: Tag, summary: &str) -> Operation {
    Operation::changing(method, id, tag.as_str(), summary)
        .repeatable()
        .takes([in_path("id", "Id of the record."), parameters::reference("pretty")])
        .answers(404, responses::no_such_path())
}

/// The schema of a logo.
fn object(tag: Tag) -> Json {
    let time = json!({ "type": "string", "format": "date-time" });
    json!({
        "type": "object",
        "properties": {
            "ref_tag": { "const": tag.as_str() },
            "ref_id": { "type": "integer", "minimum": 1 },
            "asset_type": { "const": "logo" },
            "file_type": { "type": ["string", "null"], "enum": ["image/png", "image/jpeg", null] },
            "file_data": {
                "type": ["string", "null"],
                "description": "The file in Base64, as it was uploaded; null where there is none.",
            },
            "created": time,
            "updated": time,
        },
        "required": ["ref_tag", "ref_id", "asset_type", "file_type", "file_data", "created", "updated"],
        "additionalProperties": false,
    })
}

fn upload() -> Json {
    json!({
        "type": "object",
        "properties": {
            "file_type": { "type": "string", "enum": ["image/png", "image/jpeg"] },
            "file_data": { "type": "string", "description": "The file in Base64." },
        },
        "required": ["file_type", "file_data"],
    })
}

fn read(tag: Tag) -> Operation {
    Operation::new(&format!("retrieve logo of {tag}"), tag.as_str(), &format!("{}: logo", texts::plural(tag)))
        .text("The logo of a record, or nulls where it has none. Times are those of the record.")
        .takes([in_path("id", "Id of the record.")])
        .plain()
        .succeeds(responses::success("What there is.", responses::envelope(object(tag), Some(1))))
        .answers(400, responses::reference("BadQuery"))
        .answers(503, responses::reference("Busy"))
}
