//! Statuses, headers and bodies of answers.

use model::Tag;
use serde_json::{Map, Value as Json, json};

use super::schemas::{self, Form};

/// Reference to a shared answer.
pub(crate) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

fn header_reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The headers of answers, by name.
pub(crate) fn headers() -> Map<String, Json> {
    let text = json!({ "type": "string" });
    let header = |description: &str, required: bool| json!({ "description": description, "required": required, "schema": text });
    let mut all = Map::new();
    all.insert("ETag".into(), header("Changes whenever the bytes of the answer change.", true));
    all.insert(
        "X-Ignored-Filters".into(),
        header("Parameters of the request that mean nothing here, joined by commas.", false),
    );
    all.insert(
        "X-Auth-ID".into(),
        header(
            "Who asked: `u1` for a user's password, `u1_apikey_PREFIX` and `o1_apikey_PREFIX` \
             for the key of a user or an \
             organization; on a refusal, whom the credentials claim. Absent without credentials.",
            false,
        ),
    );
    all.insert(
        "X-Request-ID".into(),
        header(
            "Name of the request in the server's log; that of a proxy which the operator trusts is kept.",
            true,
        ),
    );
    all.insert(
        "X-Change-Seq".into(),
        json!({
            "description": "Where the request had the header, and with dump files: number of a change that the answer \
             shows, with all changes before it; the feed of changes goes on from there. Lower than that of the request when the change did not arrive in time.",
            "schema": { "type": "integer", "minimum": 0 },
        }),
    );
    let status = json!({ "type": "string", "enum": ["authenticated", "unauthenticated"] });
    all.insert(
        "X-Auth-Status".into(),
        json!({ "description": "Whether the caller proved who they are.", "required": true, "schema": status }),
    );
    all.insert("X-App-Version".into(), header("Version of the API.", true));
    all.insert("Location".into(), header("Where to go.", true));
    all.insert("Last-Modified".into(), header("The moment that the file shows.", true));
    all.insert(
        "Repr-Digest".into(),
        header("SHA-256 of the whole file in Base64, as `sha-256=:…:` (RFC 9530).", true),
    );
    all.insert(
        "Content-Range".into(),
        header(
            "Which bytes these are, and the length of the whole: `bytes 0-99/1234`, or `bytes */1234`.",
            true,
        ),
    );
    all.insert(
        "Retry-After".into(),
        json!({
            "description": "Seconds after which to ask again.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
        }),
    );
    all
}

/// An answer with these headers, beside those that all answers have.
fn answer(description: &str, extra: &[&str], schema: Option<Json>) -> Json {
    let names =
        ["X-App-Version", "X-Request-ID", "X-Auth-Status", "X-Auth-ID", "X-Change-Seq"].iter().chain(extra);
    let headers: Map<String, Json> = names.map(|name| ((*name).to_owned(), header_reference(name))).collect();
    let mut answer = json!({ "description": description, "headers": headers });
    if let (Some(schema), Some(object)) = (schema, answer.as_object_mut()) {
        object.insert("content".into(), json!({ "application/json": { "schema": schema } }));
    }
    answer
}

fn error(description: &str, extra: &[&str]) -> Json {
    answer(description, extra, Some(schemas::reference("Error")))
}

/// Answers that several operations give, by name.
pub(crate) fn shared() -> Map<String, Json> {
    const IGNORED: &[&str] = &["X-Ignored-Filters"];
    let any_error = json!({ "anyOf": [schemas::reference("Error"), schemas::reference("FieldErrors")] });
    let mut all = Map::new();
    all.insert(
        "NotModified".into(),
        answer("The client has this answer already.", &["ETag", "X-Ignored-Filters"], None),
    );
    all.insert(
        "BadRequest".into(),
        error(
            "A parameter has an unusable value; or, with `Prefer: handling=strict`, no meaning; \
             or the Authorization \
             header is malformed; or the client library is too old.",
            IGNORED,
        ),
    );
    all.insert(
        "BadQuery".into(),
        answer(
            "There are too many parameters; or a parameter has an unusable value; or, with \
             `Prefer: handling=strict`, no meaning; or `distance` lacks the \
             place; or the Authorization header is malformed; or the client library is too old.",
            IGNORED,
            Some(any_error),
        ),
    );
    all.insert(
        "Unauthorized".into(),
        error("The credentials are wrong, or their account is not active.", &[]),
    );
    all.insert(
        "Forbidden".into(),
        error(
            "The owner of the key is not active, or the account may not sign in with a password \
             any more.",
            &[],
        ),
    );
    all.insert(
        "NotForCaller".into(),
        error(
            "`distance` without credentials of a verified account; or the owner of the key is \
             not active, or the account \
             may not sign in with a password any more.",
            &[],
        ),
    );
    all.insert(
        "RecordForbidden".into(),
        error(
            "`distance` without credentials of a verified account; or the owner of the key is \
             not active, or the account \
             may not sign in with a password any more. Where rules of the operator hide the \
             record from the caller, the \
             answer has no body.",
            IGNORED,
        ),
    );
    all.insert("NoSuchFormat".into(), error("`format` asks for another form than JSON.", IGNORED));
    all.insert("NotAcceptable".into(), error("The header `Accept` does not take JSON.", &[]));
    all.insert(
        "Busy".into(),
        error(
            "Too many passwords are being checked at the moment, or too \
         many long questions wait for their answers.",
            &["Retry-After"],
        ),
    );
    all
}

/// The schemas of errors, by name.
pub(crate) fn schemas() -> Map<String, Json> {
    let meta =
        |text: Json| json!({ "type": "object", "properties": { "error": text }, "required": ["error"] });
    let text = json!({ "type": "string", "description": "What is wrong." });
    let mut all = Map::new();
    all.insert(
        "Error".into(),
        json!({
            "type": "object",
            "description": "An error.",
            "properties": { "meta": meta(text.clone()) },
            "required": ["meta"],
            "additionalProperties": false,
        }),
    );
    all.insert(
        "NothingFound".into(),
        json!({
            "type": "object",
            "description": "A question for one certain record that does not exist: an error \
             with an empty list.",
            "properties": { "data": { "type": "array", "maxItems": 0 }, "meta": meta(text) },
            "required": ["data", "meta"],
            "additionalProperties": false,
        }),
    );
    all.insert(
        "FieldErrors".into(),
        json!({
            "type": "object",
            "description": "Errors of single parameters, each under the name of its parameter.",
            "properties": { "meta": meta(json!({ "const": "Bad Request" })) },
            "required": ["meta"],
            "additionalProperties": {
                "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
            },
        }),
    );
    all.insert("Meta".into(), meta_schema());
    all.insert("Pagination".into(), pagination());
    all
}

fn meta_schema() -> Json {
    json!({
        "type": "object",
        "description": "What there is to say about the answer.",
        "properties": {
            "truncated": {
                "type": "string",
                "description": "Present when a list with a depth was cut after 250 rows.",
            },
            "pagination": schemas::reference("Pagination"),
        },
        "additionalProperties": false,
    })
}

fn pagination() -> Json {
    let count = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let link = |description: &str| json!({ "type": ["string", "null"], "format": "uri", "description": description });
    json!({
        "type": "object",
        "description": "Present when `page` is given.",
        "properties": {
            "count": count("Rows of the whole list."),
            "has_next": { "type": "boolean" },
            "has_previous": { "type": "boolean" },
            "next": link("URL of the next page."),
            "previous": link("URL of the page before."),
            "page": count("This page, from 1."),
            "per_page": count("Rows per page."),
            "total_pages": count("Pages, at least 1."),
        },
        "required": ["count", "has_next", "has_previous", "next", "previous", "page", "per_page", "total_pages"],
        "additionalProperties": false,
    })
}

/// A list of these in the envelope.
pub(crate) fn envelope(items: Json, most: Option<u32>) -> Json {
    let mut data = json!({ "type": "array", "items": items });
    if let (Some(most), Some(object)) = (most, data.as_object_mut()) {
        object.insert("maxItems".into(), most.into());
    }
    json!({
        "type": "object",
        "properties": { "data": data, "meta": schemas::reference("Meta") },
        "required": ["data", "meta"],
        "additionalProperties": false,
    })
}

/// The public list of a type with the moment that it was taken.
pub(crate) fn dump(tag: Tag) -> Json {
    let row = schemas::reference(&schemas::name(tag, Form::Row));
    json!({
        "type": "object",
        "properties": {
            "data": { "type": "array", "items": { "allOf": [row], "unevaluatedProperties": false } },
            "meta": {
                "type": "object",
                "properties": {
                    "generated": {
                        "type": "number",
                        "minimum": 0,
                        "description": "When the list was taken, in seconds since 1970.",
                    },
                },
                "required": ["generated"],
                "additionalProperties": false,
            },
        },
        "required": ["data", "meta"],
        "additionalProperties": false,
    })
}

/// 200 with a body.
pub(crate) fn success(description: &str, schema: Json) -> Json {
    answer(description, &["ETag", "X-Ignored-Filters"], Some(schema))
}

/// 200 with a file.
pub(crate) fn file(description: &str) -> Json {
    packed(description, &["ETag", "Last-Modified", "Repr-Digest", "X-Ignored-Filters"])
}

/// 206.
pub(crate) fn part_of_file() -> Json {
    let headers = ["ETag", "Last-Modified", "Repr-Digest", "Content-Range", "X-Ignored-Filters"];
    packed("The part of the file that was asked for.", &headers)
}

/// 412.
pub(crate) fn other_file() -> Json {
    error("The file is not the one that was asked for.", &["ETag", "X-Ignored-Filters"])
}

/// 416.
pub(crate) fn beyond_file() -> Json {
    error("The file is shorter than that.", &["Content-Range", "X-Ignored-Filters"])
}

/// 503 of a file.
pub(crate) fn not_made() -> Json {
    error(
        "The file cannot be made, or too many passwords are being checked at the moment.",
        &["Retry-After", "X-Ignored-Filters"],
    )
}

fn packed(description: &str, headers: &[&str]) -> Json {
    let mut answer = answer(description, headers, None);
    if let Some(object) = answer.as_object_mut() {
        object.insert("content".into(), json!({ "application/gzip": {} }));
    }
    answer
}

/// 200 with rows of a type.
pub(crate) fn rows(tag: Tag, form: Form) -> Json {
    let whole = schemas::reference(&schemas::name(tag, form));
    let some = schemas::reference(&schemas::name(tag, Form::Selection));
    let items = json!({ "anyOf": [whole, some] });
    let (text, most) = match form {
        Form::Detail => ("The record, in a list of one.", Some(1)),
        Form::Row | Form::List | Form::Selection => ("The records.", None),
    };
    success(text, envelope(items, most))
}

/// 404 of a list: a question for one record, or a page that does not exist.
pub(crate) fn missing_rows() -> Json {
    let schema = json!({ "anyOf": [schemas::reference("NothingFound"), schemas::reference("Error")] });
    answer(
        "A question with `id` (for networks: or `asn`) finds nothing; or the page does not \
         exist; or `format` asks for \
         another form than JSON.",
        &["X-Ignored-Filters"],
        Some(schema),
    )
}

/// 404 of a record.
pub(crate) fn missing_record() -> Json {
    error("There is no such record, or it does not meet the filters.", &["X-Ignored-Filters"])
}

/// An answer whose body may be empty.
pub(crate) fn perhaps_empty(description: &str) -> Json {
    answer(description, &["X-Ignored-Filters"], None)
}

/// 302.
pub(crate) fn found() -> Json {
    answer("Leads to the record; the query goes with it.", &["Location"], None)
}

/// 401 of the search, which has a form of its own.
pub(crate) fn search_unauthorized() -> Json {
    let own = json!({
        "type": "object",
        "properties": { "error": { "type": "string" } },
        "required": ["error"],
        "additionalProperties": false,
    });
    answer(
        "There are no credentials, or they are wrong.",
        &["X-Ignored-Filters"],
        Some(json!({ "anyOf": [own, schemas::reference("Error")] })),
    )
}
