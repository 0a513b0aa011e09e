//! The schemas of records: the flat row, the row of a list, the single record, a selection of keys, and the elements
//! of sets, which leave out the keys that point back to their owner.

use model::field::Source;
use model::{Field, SetPath, Show, Tag};
use serde_json::{Map, Value as Json, json};

use super::{texts, values};

/// The forms in which records of a type are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The flat row.
    Row,
    /// In a list, with its sets from depth 1.
    List,
    /// On its own, with its sets and the records that it refers to from depth 1.
    Detail,
    /// The keys that `fields` asks for.
    Selection,
}

/// The name of a schema.
pub(crate) fn name(tag: Tag, form: Form) -> String {
    let suffix = match form {
        Form::Row => "",
        Form::List => "List",
        Form::Detail => "Detail",
        Form::Selection => "Selection",
    };
    format!("{}{suffix}", tag.model_name())
}

/// A reference to a schema.
pub(crate) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The schemas of all types, by name.
pub(crate) fn all() -> Map<String, Json> {
    let mut schemas = Map::new();
    for tag in Tag::INDEX {
        schemas.insert(name(tag, Form::Row), row(tag, &[]));
        for form in [Form::List, Form::Detail] {
            schemas.insert(name(tag, form), unfolded(tag, form));
            for (_, path) in sets(tag).filter(|(_, path)| !path.dropped.is_empty()) {
                schemas.insert(element_name(tag, path, form), element(path, form));
            }
        }
        schemas.insert(name(tag, Form::Selection), selection(tag));
    }
    schemas
}

fn sets(tag: Tag) -> impl Iterator<Item = (&'static Field, SetPath)> {
    tag.table().fields.iter().filter_map(|field| match field.source {
        Source::Set(path) => Some((field, path)),
        Source::Stored | Source::Join { .. } | Source::Derived(_) | Source::Object { .. } => None,
    })
}

/// The flat row without some keys.
fn row(tag: Tag, dropped: &[&str]) -> Json {
    let shown =
        || tag.table().fields.iter().filter(|field| field.is_flat() && !dropped.contains(&field.name));
    let properties: Map<String, Json> =
        shown().map(|field| (field.name.to_owned(), property(tag, field))).collect();
    let always = shown().filter(|field| field.show != Show::FeedUrl);
    let required: Vec<&str> = always.map(|field| field.name).collect();
    json!({
        "type": "object",
        "description": texts::record(tag),
        "properties": properties,
        "required": required,
    })
}

fn property(tag: Tag, field: &Field) -> Json {
    let mut schema = values::shown(field);
    schema.insert("description".into(), texts::field(tag, field.name).into());
    Json::Object(schema)
}

/// The row with what it unfolds to.
fn unfolded(tag: Tag, form: Form) -> Json {
    let text = match form {
        Form::Row | Form::Selection => "",
        Form::List => "As in lists: sets are absent at depth 0, ids at depth 1, objects from depth 2.",
        Form::Detail => {
            "As a single record: sets and the records that it refers to are absent at depth 0; \
             sets are ids at depth 1, \
             objects from depth 2."
        }
    };
    json!({
        "description": format!("{} {text}", texts::record(tag)),
        "allOf": [reference(&name(tag, Form::Row))],
        "properties": nested(tag, form, &[]),
        "unevaluatedProperties": false,
    })
}

/// The properties that unfold.
pub(super) fn nested(tag: Tag, form: Form, dropped: &[&str]) -> Map<String, Json> {
    let fields = tag.table().fields.iter().filter(|field| !dropped.contains(&field.name));
    let shown = fields.filter_map(|field| match field.source {
        Source::Object { tag: target, via } if form == Form::Detail => Some((field, object(target, via))),
        Source::Set(path) => Some((field, set(tag, path, form))),
        Source::Object { .. } | Source::Stored | Source::Join { .. } | Source::Derived(_) => None,
    });
    shown.map(|(field, schema)| (field.name.to_owned(), schema)).collect()
}

/// A record that another one refers to.
fn object(target: Tag, via: &str) -> Json {
    json!({
        "description": format!("The record that `{via}` refers to; `null` where the caller may \
         not see it."),
        "anyOf": [reference(&name(target, Form::Detail)), { "type": "null" }],
    })
}

fn set(owner: Tag, path: SetPath, form: Form) -> Json {
    let ids = json!({ "type": "array", "items": { "type": "integer", "minimum": 1 } });
    let element = reference(&element_name(owner, path, form));
    json!({
        "description": format!("{} of this record.", texts::plural(path.element)),
        "anyOf": [ids, { "type": "array", "items": element }],
    })
}

fn element_name(owner: Tag, path: SetPath, form: Form) -> String {
    if path.dropped.is_empty() {
        return name(path.element, form);
    }
    let suffix = if form == Form::List { "List" } else { "Detail" };
    format!("{}Of{}{suffix}", path.element.model_name(), owner.model_name())
}

/// An element of a set.
fn element(path: SetPath, form: Form) -> Json {
    let mut schema = row(path.element, path.dropped);
    if let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) {
        // The row of the type has the texts.
        properties.values_mut().filter_map(Json::as_object_mut).for_each(|property| {
            property.shift_remove("description");
        });
        properties.extend(nested(path.element, form, path.dropped));
    }
    if let Some(schema) = schema.as_object_mut() {
        let text = format!(
            "{} Without the keys that point back to the owner of the set.",
            texts::record(path.element)
        );
        schema.insert("description".into(), text.into());
        schema.insert("additionalProperties".into(), false.into());
    }
    schema
}

/// Any keys of the single record.
pub(super) fn selection(tag: Tag) -> Json {
    let shown = tag.table().fields.iter().filter(|field| field.is_flat() || field.is_nested());
    let properties: Map<String, Json> = shown
        .map(|field| {
            let form = if field.is_flat() { Form::Row } else { Form::Detail };
            (field.name.to_owned(), reference(&format!("{}/properties/{}", name(tag, form), field.name)))
        })
        .collect();
    json!({
        "type": "object",
        "description": "The keys that the parameter `fields` asks for.",
        "properties": properties,
        "additionalProperties": false,
    })
}
