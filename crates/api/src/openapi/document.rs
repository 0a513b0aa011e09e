//! The document as a whole.

use model::Tag;
use serde_json::{Map, Value as Json, json};

use super::{bodies, history, parameters, paths, people, responses, schemas, texts, webhooks};

/// The OpenAPI 3.1 document of what the program serves under this URL, for a version of the API.
pub(crate) fn document(public_url: &str, version: &str, places: &str) -> Json {
    let description: Vec<&str> = texts::introduction(places).collect();
    let mut shared = parameters::common();
    for tag in Tag::INDEX {
        shared.extend(parameters::of(tag).components);
    }
    let mut all_schemas = schemas::all();
    all_schemas.extend(responses::schemas());
    all_schemas.extend(bodies::all());
    all_schemas.insert("Person".into(), people::person());
    all_schemas.extend(history::schemas());
    all_schemas.extend(webhooks::schemas());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "PeeringDB API",
            "version": version,
            "summary": "Networks, exchanges, facilities, carriers and campuses, and who is \
             present where.",
            "description": description.join("\n\n"),
        },
        "servers": [{ "url": public_url }],
        "tags": groups(),
        "paths": paths::all(&parameters::of),
        "components": {
            "securitySchemes": security_schemes(),
            "schemas": all_schemas,
            "parameters": shared,
            "headers": responses::headers(),
            "responses": responses::shared(),
        },
    })
}

fn groups() -> Json {
    let types = Tag::INDEX.map(|tag| (tag.as_str(), texts::record(tag)));
    let others = [
        ("as_set", "The AS-sets of networks, by AS number."),
        ("search", "Full-text search."),
        ("index", "What there is."),
        ("changes", "What changed: for those who keep a copy, and for those who want to know."),
        ("downloads", "The public directory in one file."),
    ];
    types.into_iter().chain(others).map(|(name, text)| json!({ "name": name, "description": text })).collect()
}

fn security_schemes() -> Map<String, Json> {
    let mut all = Map::new();
    all.insert(
        "key".into(),
        json!({
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The header `Authorization: Api-Key KEY`: the word `Api-Key` in any \
             case, one blank, and the key \
                            of a user or an organization.",
        }),
    );
    all.insert(
        "password".into(),
        json!({
            "type": "http",
            "scheme": "basic",
            "description": "User name and password (RFC 7617), for accounts that may still use \
             them for the API.",
        }),
    );
    all
}
