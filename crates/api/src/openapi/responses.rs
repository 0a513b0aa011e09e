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
            "description": "Where the request changed something: the number of the change. Where the request had the \
             header, and with dump files: the number of a change that the answer shows, with all changes before it; the \
             feed of changes goes on from there. Lower than that of the request when the change did not arrive in time.",
            "schema": { "type": "integer", "minimum": 0 },
        }),
    );
    let status = json!({ "type": "string", "enum": ["authenticated", "unauthenticated"] });
    all.insert(
        "X-Auth-Status".into(),
        json!({ "description": "Whether the caller proved who they are.", "required": true, "schema": status }),
    );
    all.insert("X-App-Version".into(), header("Version of the API.", true));
    all.insert("RateLimit".into(), header("What is left of the caller's limit, and for how long.", false));
    all.insert(
        "RateLimit-Policy".into(),
        header("The limit that the caller's requests count towards.", false),
    );
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
    let names = [
        "X-App-Version",
        "X-Request-ID",
        "X-Auth-Status",
        "X-Auth-ID",
        "X-Change-Seq",
        "RateLimit",
        "RateLimit-Policy",
    ];
    let names = names.iter().chain(extra);
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
            "`distance` without credentials of a verified account; or `as_of` without \
             credentials; or the owner of the key is \
             not active, or the account \
             may not sign in with a password any more.",
            &[],
        ),
    );
    all.insert(
        "RecordForbidden".into(),
        error(
            "`distance` without credentials of a verified account; or `as_of` with a filter or a \
             `depth` and without credentials; or the owner of the key is \
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
        "TooMany".into(),
        answer(
            "The caller asks too often; then there is a text in `message` as well. Or it was answered 401 or 403 too \
             often.",
            &["Retry-After"],
            Some(json!({ "anyOf": [schemas::reference("Throttled"), schemas::reference("Error")] })),
        ),
    );
    all.insert(
        "Busy".into(),
        error(
            "Too many passwords are being checked at the moment, or too \
         many long questions wait for their answers.",
            &["Retry-After"],
        ),
    );
    all.extend(of_changes());
    all
}

/// Answers to what would change something, by name.
fn of_changes() -> Map<String, Json> {
    let mut all = Map::new();
    let either = json!({ "anyOf": [schemas::reference("RecordErrors"), schemas::reference("Error")] });
    all.insert(
        "BadBody".into(),
        answer(
            "Values are wrong, each told under the name of its field, and what concerns several under \
             `non_field_errors`; or there is no body, or it cannot be read; or the Authorization header is malformed; \
             or the client library is too old.",
            &[],
            Some(either),
        ),
    );
    all.insert(
        "KeyNeeded".into(),
        error("There are no credentials; or they are wrong; or the caller may not change this record.", &[]),
    );
    all.insert(
        "NotPermitted".into(),
        perhaps_empty(
            "The caller lacks the right: no body. Where something stands in the way, such as records that rely on this \
             one, the body is an `Error` that tells what.",
        ),
    );
    all.insert(
        "NotThere".into(),
        error("There is no such record, or it is deleted; or `format` asks for another form than JSON.", &[]),
    );
    all.insert("UnderWay".into(), error("The first request with this `Idempotency-Key` is under way.", &[]));
    all.insert("OtherRequest".into(), error("The `Idempotency-Key` belongs to another request.", &[]));
    all.insert("BodyTooSlow".into(), error("The body did not arrive in time.", &[]));
    all.insert("BodyTooLong".into(), error("The body is too long.", &[]));
    all.insert("OtherMedia".into(), error("The body is in a form that is not understood.", &[]));
    all.insert(
        "NotNow".into(),
        error(
            "Nothing can be changed at the moment; `Retry-After` is absent where it is not known whether the change has \
             taken place.",
            &[],
        ),
    );
    all
}

/// 404 of a path with several parts: where an id is no number there is no such path.
pub(crate) fn no_such_path() -> Json {
    let mut answer = error("There is no such record, or it is deleted; or an id is no number: a page.", &[]);
    if let Some(content) = answer.get_mut("content").and_then(Json::as_object_mut) {
        content.insert("text/html".into(), json!({}));
    }
    answer
}

/// The answer to a change that has taken place.
pub(crate) fn changed(description: &str, schema: Option<Json>) -> Json {
    answer(description, &[], schema)
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
    all.insert(
        "Throttled".into(),
        json!({
            "type": "object",
            "description": "The caller asks too often.",
            "properties": {
                "message": { "type": "string", "description": "When to ask again." },
                "meta": meta(json!({ "const": "Too Many Requests" })),
            },
            "required": ["message", "meta"],
            "additionalProperties": false,
        }),
    );
    all.insert("RecordErrors".into(), record_errors());
    all.insert("Meta".into(), meta_schema());
    all.insert("Pagination".into(), pagination());
    all
}

/// Errors of the values of a record.
fn record_errors() -> Json {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let parts = json!({ "type": "object", "additionalProperties": texts });
    json!({
        "type": "object",
        "description": "What is wrong with values, each under the name of its field: a list of sentences; one sentence; \
                        or, for lists of objects, what is wrong with each entry.",
        "properties": {
            "meta": {
                "type": "object",
                "properties": {
                    "error": { "const": "Bad Request" },
                    "ignore_field_error": {
                        "const": "True",
                        "description": "The error under a field repeats the general one.",
                    },
                },
                "required": ["error"],
                "additionalProperties": false,
            },
        },
        "required": ["meta"],
        "additionalProperties": {
            "anyOf": [text, texts, { "type": "array", "items": parts }, parts],
        },
    })
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
            "geovalidation_warning": {
                "type": "string",
                "description": "Present when the address of a record that was changed could not be located.",
            },
            "as_of": {
                "type": "string",
                "format": "date-time",
                "description": "Present with `as_of`: the time of the last change that the answer shows.",
            },
            "sequence": {
                "type": "integer",
                "minimum": 1,
                "description": "Present with `as_of`: the number of that change.",
            },
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

/// What the body of a 403 says that has one.
pub(crate) const NO_LONGER_ACTIVE: &str = "Otherwise the body is an `Error`: the owner of the key is not active, or \
                                           the account may not sign in with a password any more.";

/// 404 with an error that says what is missing.
pub(crate) fn missing(description: &str) -> Json {
    error(description, &["X-Ignored-Filters"])
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
