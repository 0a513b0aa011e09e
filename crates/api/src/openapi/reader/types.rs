//! One section per type, and one unfolding part per operation.

use catalog::filter::{self, Group, Parameter};
use model::field::Source;
use model::{Field, Kind, Show, Tag};
use rules::describe::{self, Key};
use serde_json::Value as Json;

use super::markup::{code, curl, escape, name, prose, section, table, unfolding};
use super::sections::operators;
use crate::openapi::{paths, texts, values};

/// The section of a type.
pub(super) fn section_of(tag: Tag, document: &Json, url: &str) -> String {
    let parameters = filter::parameters(tag);
    let mut body = format!("<p>{}</p>\n", prose(texts::record(tag)));
    body.push_str(&operations(tag, document, url));
    body.push_str(&fields(tag, &parameters));
    body.push_str(&special(&parameters));
    body.push_str(&relations(tag, &parameters));
    body.push_str(&nested(tag));
    let title = format!("{} <code class=\"tag\">{tag}</code>", texts::plural(tag));
    section(tag.as_str(), &title, &body)
}

/// A question that many have.
const fn example(tag: Tag) -> &'static str {
    match tag {
        Tag::Org => "name__contains=university",
        Tag::Campus => "org_id=1&depth=2",
        Tag::Fac => "country=DE&city=Berlin",
        Tag::Ix => "country=DE&name__contains=ix",
        Tag::Ixlan => "ix__name__contains=ix",
        Tag::Ixpfx => "whereis=192.0.2.1",
        Tag::Net => "asn=64500",
        Tag::Poc => "net__asn=64500&role=NOC",
        Tag::Carrier => "carrierfac_set__fac_id=1",
        Tag::Carrierfac => "fac_id=1",
        Tag::Netfac => "net__asn=64500",
        Tag::Ixfac => "ix_id=1",
        Tag::Netixlan => "asn=64500&speed__gte=100000",
    }
}

fn fields(tag: Tag, parameters: &[Parameter]) -> String {
    let of_field = |field: &Field| {
        let own = parameters.iter().find(|parameter| {
            parameter.name == field.name && matches!(parameter.group, Group::Own(_) | Group::Related { .. })
        });
        own.map_or((String::new(), ""), |own| (operators(&own.operators), own.description))
    };
    let flat = tag.table().fields.iter().filter(|field| field.is_flat());
    let (new, changed) = (describe::keys(tag, false), describe::keys(tag, true));
    let rows: Vec<[String; 5]> = flat
        .map(|field| {
            let (filters, remark) = of_field(field);
            let text = format!("{} {remark}", texts::field(tag, field.name));
            let meaning = format!("{}{}", prose(text.trim_end()), choices(field));
            [name(field.name), kind(field), meaning, filters, taken(&new, &changed, field).to_owned()]
        })
        .collect();
    format!(
        "<h3>Fields</h3>\n{}",
        table(
            "Keys of a row in their order, the operators that filter by them, and what `POST` and `PUT` take.",
            ["Field", "Type", "Meaning", "Filter", "Written"],
            &rows
        )
    )
}

/// Whether bodies give a field its value.
fn taken(new: &[Key], changed: &[Key], field: &Field) -> &'static str {
    let find = |keys: &[Key]| keys.iter().find(|key| key.name == field.name).map(|key| key.required);
    match (find(new), find(changed)) {
        (None, None) => "",
        (Some(true), Some(true)) => "needed",
        (Some(true), Some(false)) => "needed in <code>POST</code>",
        (_, Some(true)) => "needed in <code>PUT</code>",
        (_, Some(false)) => "yes",
        (Some(_), None) => "<code>POST</code>",
    }
}

/// The words of a list, folded away.
fn choices(field: &Field) -> String {
    let (Kind::Choice(words) | Kind::MultiChoice(words) | Kind::Words(words)) = field.kind else {
        return String::new();
    };
    if matches!(field.show, Show::Fixed(_)) {
        return String::new();
    }
    let shown = words.iter().map(|word| if word.is_empty() { "<i>empty</i>".to_owned() } else { name(word) });
    let list: String = shown.map(|word| format!("<li>{word}</li>\n")).collect();
    unfolding("choices", &format!("{} words", words.len()), &format!("<ul>\n{list}</ul>\n"))
}

/// The type of a field in a few words.
fn kind(field: &Field) -> String {
    let kind = match field.kind {
        _ if field.show == Show::Logo => "URL".to_owned(),
        Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } => "integer".to_owned(),
        Kind::Bool => "boolean".to_owned(),
        Kind::Text { max: 0 } => "text".to_owned(),
        Kind::Text { max } => format!("text, {max}"),
        Kind::Url { .. } => "URL".to_owned(),
        Kind::Email => "e-mail address".to_owned(),
        Kind::Phone { .. } => "telephone number".to_owned(),
        Kind::Choice(_) => "word".to_owned(),
        Kind::MultiChoice(_) | Kind::Words(_) => "list of words".to_owned(),
        Kind::Country => "country code".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Degrees => "degrees".to_owned(),
        Kind::Ipv4 => "IPv4 address".to_owned(),
        Kind::Ipv6 => "IPv6 address".to_owned(),
        Kind::Prefix => "prefix".to_owned(),
        Kind::Mac => "MAC address".to_owned(),
        Kind::Social => "list of <code>service</code> and <code>identifier</code>".to_owned(),
        Kind::Nested => String::new(),
    };
    if values::is_nullable(field) { format!("{kind} or <code>null</code>") } else { kind }
}

/// Filters with a meaning of their own.
fn special(parameters: &[Parameter]) -> String {
    let rows: Vec<[String; 3]> = parameters
        .iter()
        .filter(|parameter| matches!(parameter.group, Group::Special(_)))
        .map(|parameter| {
            [name(&parameter.name), prose(parameter.description), operators(&parameter.operators)]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let table = table("Filters with a meaning of their own.", ["Parameter", "Meaning", "Operators"], &rows);
    format!("<h3>Special filters</h3>\n{table}")
}

/// Filters by fields of related records.
fn relations(tag: Tag, parameters: &[Parameter]) -> String {
    let mut found: Vec<(&str, Tag, Vec<String>)> = Vec::new();
    for parameter in parameters {
        let Group::Related { relation, target, .. } = parameter.group else { continue };
        if !parameter.name.contains("__") && tag.table().field(&parameter.name).is_some() {
            continue;
        }
        match found.iter_mut().find(|(name, ..)| *name == relation) {
            Some((.., names)) => names.push(parameter.name.clone()),
            None => found.push((relation, target, vec![parameter.name.clone()])),
        }
    }
    let rows: Vec<[String; 3]> = found
        .into_iter()
        .map(|(relation, target, names)| {
            let list: String = names.iter().map(|each| format!("<li>{}</li>\n", name(each))).collect();
            let fields =
                unfolding("choices", &format!("{} parameters", names.len()), &format!("<ul>\n{list}</ul>\n"));
            let link = format!("<a href=\"#{target}\">{}</a>", texts::plural(target));
            [name(&format!("{relation}__…")), link, fields]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let table =
        table("Filters by the fields of related records.", ["Relation", "Records", "Parameters"], &rows);
    format!("<h3>Related records</h3>\n{table}")
}

/// What unfolds with `depth`.
fn nested(tag: Tag) -> String {
    let rows: Vec<[String; 3]> = tag
        .table()
        .fields
        .iter()
        .filter_map(|field| {
            let (target, text) = match field.source {
                Source::Object { tag, .. } => (tag, "the record, in single records from depth 1".to_owned()),
                Source::Set(path) if path.dropped.is_empty() => (path.element, SET.to_owned()),
                Source::Set(path) => {
                    let keys: Vec<String> = path.dropped.iter().map(|key| name(key)).collect();
                    (path.element, format!("{SET}, without {}", keys.join(" and ")))
                }
                Source::Stored | Source::Join { .. } | Source::Derived(_) => return None,
            };
            let link = format!("<a href=\"#{target}\">{}</a>", texts::plural(target));
            Some([name(field.name), link, text])
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let table = table("What unfolds with `depth`.", ["Key", "Records", "Shown as"], &rows);
    format!("<h3>Nested records</h3>\n{table}")
}

const SET: &str = "ids at depth 1, objects from depth 2";

/// The operations of a type.
fn operations(tag: Tag, document: &Json, url: &str) -> String {
    let (list, below, dump) = (format!("/api/{tag}"), format!("/api/{tag}/"), paths::dump_path(tag));
    let paths = document.get("paths").and_then(Json::as_object).into_iter().flatten();
    let own = paths.filter(|(path, _)| **path == list || path.starts_with(&below) || **path == dump);
    own.map(|(path, _)| {
        let question = match path.strip_prefix(&below) {
            None if *path == list => format!("{path}?{}", example(tag)),
            Some("{id}") => format!("{below}1?depth=1"),
            _ => path
                .replace("{id}", "1")
                .replace("{fac_id}", "2")
                .replace("{user_id}", "2")
                .replace("{webhook}", "3"),
        };
        operation(document, path, &format!("{url}{question}"))
    })
    .collect()
}

/// What a path answers, by method: how to ask, and what comes back. `example` is a URL to read from.
pub(super) fn operation(document: &Json, path: &str, example: &str) -> String {
    let methods = document.get("paths").and_then(|paths| paths.get(path)).and_then(Json::as_object);
    methods.into_iter().flatten().map(|(method, facts)| one(document, path, method, facts, example)).collect()
}

fn one(document: &Json, path: &str, method: &str, operation: &Json, example: &str) -> String {
    let text = |key: &str| operation.get(key).and_then(Json::as_str).unwrap_or_default();
    let mut body = String::new();
    if !text("description").is_empty() {
        body.push_str(&format!("<p>{}</p>\n", prose(text("description"))));
    }
    body.push_str(&match method {
        "get" if path == "/api/search" => {
            code(&format!("curl -H \"Authorization: Api-Key $KEY\" '{example}'"))
        }
        "get" if path.starts_with("/dumps/") => code(&format!("curl -O '{example}'")),
        "get" => curl(example),
        _ => code(&change(document, method, operation, example)),
    });
    body.push_str(&statuses(document, operation));
    let summary = format!(
        "<span class=\"method\">{}</span> <code>{}</code> <span class=\"about\">{}</span>",
        method.to_uppercase(),
        escape(path),
        escape(text("summary"))
    );
    unfolding("operation", &summary, &body)
}

/// A command line that changes something. The body, where there is one, is read from a file.
fn change(document: &Json, method: &str, operation: &Json, example: &str) -> String {
    let url = example.split('?').next().unwrap_or_default();
    let mut line = format!("curl -X {} -H \"Authorization: Api-Key $KEY\"", method.to_uppercase());
    let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref");
    let schema = schema.and_then(Json::as_str).and_then(|name| document.pointer(name.strip_prefix('#')?));
    if let Some(schema) = schema {
        let keys = schema.get("required").and_then(Json::as_array).into_iter().flatten();
        let keys: Vec<String> = keys.filter_map(Json::as_str).map(|key| format!("\"{key}\": …")).collect();
        let keys = if keys.is_empty() { "…".to_owned() } else { keys.join(", ") };
        line.push_str(&format!(" \\\n  -H 'Content-Type: application/json' -d '{{{keys}}}' \\\n "));
    }
    format!("{line} '{url}'")
}

fn statuses(document: &Json, operation: &Json) -> String {
    let answers = operation.get("responses").and_then(Json::as_object);
    let rows: Vec<[String; 2]> = answers
        .into_iter()
        .flatten()
        .map(|(status, answer)| {
            let target = answer.get("$ref").and_then(Json::as_str).and_then(|name| name.strip_prefix('#'));
            let answer = target.and_then(|pointer| document.pointer(pointer)).unwrap_or(answer);
            let text = answer.get("description").and_then(Json::as_str).unwrap_or_default();
            [name(status), prose(text)]
        })
        .collect();
    table("What comes back.", ["Status", "When"], &rows)
}
