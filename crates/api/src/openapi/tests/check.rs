//! A small checker of OpenAPI documents, and of values against their schemas: as much of both rules as the document
//! uses. A keyword that it does not know is a fault, so that nothing goes unchecked.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use serde_json::{Map, Value as Json};

/// What is wrong with a document.
pub(super) fn well_formed(document: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    if document["openapi"] != "3.1.0" || !document["info"]["title"].is_string() {
        faults.push("no OpenAPI 3.1 document".to_owned());
    }
    references(document, document, &mut faults);
    keywords(document, &mut faults);
    let names: BTreeSet<&str> =
        document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(document) {
        let place = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_default();
        if id.is_empty() || !ids.insert(id) {
            faults.push(format!("{place}: operation id {id:?}"));
        }
        for tag in operation["tags"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if !names.contains(tag) {
                faults.push(format!("{place}: unknown tag {tag}"));
            }
        }
        parameters_of(document, path, operation, &mut faults);
        responses_of(document, path, operation, &mut faults);
    }
    faults
}

/// All operations: path, method and description.
pub(super) fn operations(document: &Json) -> impl Iterator<Item = (&str, &str, &Json)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn resolve<'a>(document: &'a Json, value: &'a Json) -> &'a Json {
    match value.get("$ref").and_then(Json::as_str).and_then(|name| name.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(&Json::Null),
        None => value,
    }
}

/// Every reference leads somewhere.
fn references(document: &Json, value: &Json, faults: &mut Vec<String>) {
    if value.get("$ref").is_some_and(Json::is_string) && resolve(document, value).is_null() {
        faults.push(format!("{value} leads nowhere"));
    }
    match value {
        Json::Object(map) => map.values().for_each(|inner| references(document, inner, faults)),
        Json::Array(items) => items.iter().for_each(|inner| references(document, inner, faults)),
        _ => {}
    }
}

/// Schemas use known keywords only.
fn keywords(document: &Json, faults: &mut Vec<String>) {
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        unknown_keywords(name, schema, faults);
    }
    for (name, parameter) in document["components"]["parameters"].as_object().into_iter().flatten() {
        unknown_keywords(name, &parameter["schema"], faults);
    }
}

fn unknown_keywords(place: &str, schema: &Json, faults: &mut Vec<String>) {
    const KNOWN: &[&str] = &[
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "default",
        "description",
        "enum",
        "examples",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minProperties",
        "minimum",
        "pattern",
        "patternProperties",
        "properties",
        "propertyNames",
        "required",
        "type",
        "unevaluatedProperties",
        "uniqueItems",
    ];
    let Some(map) = schema.as_object() else { return };
    faults
        .extend(map.keys().filter(|key| !KNOWN.contains(&key.as_str())).map(|key| format!("{place}: {key}")));
    for key in ["properties", "patternProperties"] {
        for inner in map.get(key).and_then(Json::as_object).into_iter().flat_map(Map::values) {
            unknown_keywords(place, inner, faults);
        }
    }
    for inner in ["allOf", "anyOf"].iter().filter_map(|key| map.get(*key)?.as_array()).flatten() {
        unknown_keywords(place, inner, faults);
    }
    for inner in ["items", "additionalProperties", "propertyNames"].iter().filter_map(|key| map.get(*key)) {
        unknown_keywords(place, inner, faults);
    }
}

fn parameters_of(document: &Json, path: &str, operation: &Json, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    let mut in_path = BTreeSet::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolve(document, parameter);
        let (name, place) = (parameter["name"].as_str().unwrap_or_default(), parameter["in"].as_str());
        if name.is_empty() || !parameter["schema"].is_object() || !seen.insert((name, place)) {
            faults.push(format!("{path}: parameter {name:?} in {place:?}"));
        }
        match place {
            Some("path") if parameter["required"] == true => {
                in_path.insert(name);
            }
            Some("query" | "header") => {}
            _ => faults.push(format!("{path}: parameter {name:?} in {place:?}")),
        }
    }
    let templated: BTreeSet<&str> =
        path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default()).collect();
    if templated != in_path {
        faults.push(format!("{path}: {templated:?} in the path, {in_path:?} among the parameters"));
    }
}

fn responses_of(document: &Json, path: &str, operation: &Json, faults: &mut Vec<String>) {
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let response = resolve(document, response);
        let is_status = status.parse().is_ok_and(|status: u16| (200..600).contains(&status));
        if !is_status || !response["description"].is_string() {
            faults.push(format!("{path}: response {status}"));
        }
    }
}

/// The schemas of a document.
pub(super) struct Schemas<'a> {
    document: &'a Json,
}

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Json) -> Schemas<'a> {
        Schemas { document }
    }

    /// What is wrong with a value by a schema.
    pub(super) fn faults(&self, name: &str, value: &Json) -> Vec<String> {
        let schema = &self.document["components"]["schemas"][name];
        assert!(schema.is_object(), "there is no schema {name}");
        let mut faults = Vec::new();
        self.check(schema, value, "", &mut faults);
        faults
    }

    /// What is wrong with a reply to a request for a path by `GET`.
    pub(super) fn faults_of_reply(
        &self,
        path: &str,
        status: u16,
        body: &[u8],
        headers: &HeaderMap,
    ) -> Vec<String> {
        self.faults_of_answer("get", path, status, body, headers)
    }

    /// What is wrong with a reply to a request for a path.
    pub(super) fn faults_of_answer(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: &[u8],
        headers: &HeaderMap,
    ) -> Vec<String> {
        let responses = &self.document["paths"][path][method]["responses"];
        let response = resolve(self.document, &responses[status.to_string()]);
        if response.is_null() {
            return vec![format!("{status} is not documented")];
        }
        let mut faults = Vec::new();
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            if resolve(self.document, header)["required"] == true && !headers.contains_key(name) {
                faults.push(format!("no header {name}"));
            }
        }
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_object() {
            match serde_json::from_slice(body) {
                Ok(value) => self.check(schema, &value, "", &mut faults),
                Err(error) => faults.push(error.to_string()),
            }
        }
        faults
    }

    fn check(&self, schema: &Json, value: &Json, at: &str, faults: &mut Vec<String>) {
        let schema = resolve(self.document, schema);
        if schema["type"] != Json::Null && !is_of_type(&schema["type"], value) {
            faults.push(format!("{at}: no {}", schema["type"]));
            return;
        }
        let fails = |keyword: &str, holds: bool| schema.get(keyword).is_some() && !holds;
        let is_word = schema["enum"].as_array().is_some_and(|words| words.contains(value));
        if fails("enum", is_word) || fails("const", schema["const"] == *value) {
            faults.push(format!("{at}: {value} is none of the words"));
        }
        if !is_within(schema, value) {
            faults.push(format!("{at}: {value} is out of bounds"));
        }
        if let (Some(format), Some(text)) = (schema["format"].as_str(), value.as_str())
            && !has_format(format, text)
        {
            faults.push(format!("{at}: {text:?} is no {format}"));
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check(part, value, at, faults);
        }
        if let Some(forms) = schema["anyOf"].as_array() {
            let attempts = forms.iter().map(|form| {
                let mut found = Vec::new();
                self.check(form, value, at, &mut found);
                found
            });
            faults.extend(attempts.min_by_key(Vec::len).unwrap_or_default());
        }
        for (n, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(&schema["items"], item, &format!("{at}/{n}"), faults);
        }
        if let Some(map) = value.as_object() {
            self.check_keys(schema, map, at, faults);
        }
    }

    fn check_keys(&self, schema: &Json, map: &Map<String, Json>, at: &str, faults: &mut Vec<String>) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(name) {
                faults.push(format!("{at}/{name}: missing"));
            }
        }
        let known = self.keys(schema);
        for (name, value) in map {
            let place = format!("{at}/{name}");
            match (schema["properties"].get(name), &schema["additionalProperties"]) {
                (Some(property), _) => self.check(property, value, &place, faults),
                (None, Json::Bool(false)) => faults.push(format!("{place}: no such key")),
                (None, rest) => self.check(rest, value, &place, faults),
            }
            if schema["unevaluatedProperties"] == false && !known.contains(name.as_str()) {
                faults.push(format!("{place}: no such key"));
            }
        }
    }

    /// The keys that a schema and those that it builds on speak of.
    fn keys(&self, schema: &'a Json) -> BTreeSet<&'a str> {
        let schema = resolve(self.document, schema);
        let own = schema["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        let parts = schema["allOf"].as_array().into_iter().flatten();
        own.chain(parts.flat_map(|part| self.keys(part))).collect()
    }
}

fn is_of_type(kinds: &Json, value: &Json) -> bool {
    let is = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match kinds {
        Json::String(kind) => is(kind),
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).any(is),
        _ => false,
    }
}

/// Lengths and sizes.
fn is_within(schema: &Json, value: &Json) -> bool {
    let size = match value {
        Json::String(text) => Some((text.chars().count(), "minLength", "maxLength")),
        Json::Array(items) => Some((items.len(), "minItems", "maxItems")),
        Json::Object(map) => Some((map.len(), "minProperties", "maxProperties")),
        _ => None,
    };
    let fits = |n: f64, min: &str, max: &str| {
        schema[min].as_f64().is_none_or(|min| n >= min) && schema[max].as_f64().is_none_or(|max| n <= max)
    };
    size.is_none_or(|(n, min, max)| fits(n as f64, min, max))
        && value.as_f64().is_none_or(|n| fits(n, "minimum", "maximum"))
}

/// RFC 3339 as the API writes it: whole seconds and a `Z`, or, of assets, the offset in figures and perhaps microseconds.
fn is_date_time(text: &str) -> bool {
    let asset = text.strip_suffix("+00:00").filter(|time| [19, 26].contains(&time.len()));
    let record = text.strip_suffix('Z').filter(|time| time.len() == 19);
    asset.or(record).is_some_and(|time| model::Time::parse(&format!("{time}Z")).is_ok())
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => is_date_time(text),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "uri" => text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty()),
        "email" => text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        _ => false,
    }
}
