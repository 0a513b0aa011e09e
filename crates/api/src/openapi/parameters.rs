//! The query parameters of lists and single records, from the description that the parser's own tables give.

use std::collections::BTreeMap;

use catalog::filter::{self, Group, Op, Parameter};
use model::{Field, Tag};
use serde_json::{Map, Value as Json, json};

use super::{texts, values};

/// Reference to a component.
pub(crate) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// The parameters that all operations share, by name of their component.
pub(crate) fn common() -> Map<String, Json> {
    let mut all = Map::new();
    all.insert(
        "IfNoneMatch".into(),
        json!({
            "name": "If-None-Match",
            "in": "header",
            "description": "Entity tags of answers that the client has already; 304 when the \
             answer is one of them.",
            "schema": { "type": "string" },
        }),
    );
    all.insert(
        "IfModifiedSince".into(),
        json!({
            "name": "If-Modified-Since",
            "in": "header",
            "description": "`Last-Modified` of the file that the client has already; 304 when there is no newer one. \
             Passed over beside `If-None-Match`.",
            "schema": { "type": "string" },
        }),
    );
    all.insert(
        "IfMatch".into(),
        json!({
            "name": "If-Match",
            "in": "header",
            "description": "Entity tags of the files that are wanted; 412 when there is another one by now.",
            "schema": { "type": "string" },
        }),
    );
    all.insert(
        "IfUnmodifiedSince".into(),
        json!({
            "name": "If-Unmodified-Since",
            "in": "header",
            "description": "`Last-Modified` of the file that is wanted; 412 when there is a newer one by now. Passed \
             over beside `If-Match`.",
            "schema": { "type": "string" },
        }),
    );
    all.insert(
        "Range".into(),
        json!({
            "name": "Range",
            "in": "header",
            "description": "The part that is wanted, such as `bytes=1000-`, to go on with a download; with the \
             file's `ETag` in `If-Range`, the whole file when it is another one by now.",
            "schema": { "type": "string" },
        }),
    );
    all.insert(
        "Prefer".into(),
        json!({
            "name": "Prefer",
            "in": "header",
            "description": "Makes parameters that mean nothing an error (RFC 7240).",
            "schema": { "type": "string", "enum": ["handling=strict"] },
        }),
    );
    all.insert(
        "XChangeSeq".into(),
        json!({
            "name": "X-Change-Seq",
            "in": "header",
            "description": "Number of a change that the answer has to show, as the answer to another request had it. A \
             server that has not heard of the change waits for it, at most half a second, and answers then in any case.",
            "schema": { "type": "integer", "minimum": 0 },
        }),
    );
    all.insert(
        "IdempotencyKey".into(),
        json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The client's own name of the request, best a fresh UUID: sent again with it within 24 \
             hours, the request changes nothing and gets its first answer.",
            "schema": { "type": "string", "pattern": "^[0-9A-Za-z-]{1,255}$" },
        }),
    );
    all.insert(
        "pretty".into(),
        query("pretty", "Indents the answer, whatever the value.", json!({ "type": "string" })),
    );
    let format = json!({ "type": "string", "enum": ["json"] });
    all.insert("format".into(), query("format", "The form of the answer: there is one.", format));
    all
}

/// A query parameter. Lists are joined by commas.
pub(crate) fn query(name: &str, description: &str, schema: Json) -> Json {
    let mut parameter = json!({ "name": name, "in": "query" });
    if let Some(object) = parameter.as_object_mut() {
        if !description.is_empty() {
            object.insert("description".into(), description.into());
        }
        if schema.get("type").is_some_and(|kind| kind == "array") {
            object.insert("style".into(), "form".into());
            object.insert("explode".into(), false.into());
        }
        object.insert("schema".into(), schema);
    }
    parameter
}

/// The parameters of a type.
pub(crate) struct Parameters {
    /// Definitions by name of their component.
    pub(crate) components: Map<String, Json>,
    /// Those of the list, by name of their component.
    pub(crate) list: Vec<String>,
    /// Those of single records.
    pub(crate) detail: Vec<String>,
}

/// The parameters of a type.
pub(crate) fn of(tag: Tag) -> Parameters {
    let mut all = Parameters { components: Map::new(), list: Vec::new(), detail: Vec::new() };
    let mut related: BTreeMap<&str, (Tag, Vec<Parameter>)> = BTreeMap::new();
    for parameter in filter::parameters(tag) {
        match parameter.group {
            Group::Steering { detail, operand } => all.steer(tag, &parameter, detail, operand),
            Group::Special(operand) => {
                for op in &parameter.operators {
                    let schema = values::operand(tag, operand, *op, false);
                    all.add(tag, &parameter, *op, parameter.description, schema);
                }
            }
            Group::Own(field) => all.filter_by(tag, &parameter, field),
            // The id of a relation, and the name of a port's exchange: single parameters like those of fields.
            Group::Related { field, .. } if !parameter.name.contains("__") => {
                all.filter_by(tag, &parameter, field)
            }
            Group::Related { relation, target, .. } => {
                related.entry(relation).or_insert((target, Vec::new())).1.push(parameter);
            }
        }
    }
    for (relation, (target, parameters)) in related {
        all.relate(tag, relation, target, &parameters);
    }
    all
}

impl Parameters {
    /// A parameter that steers; lists and single records may differ in its default.
    fn steer(&mut self, tag: Tag, parameter: &Parameter, detail: bool, operand: filter::Operand) {
        let name = &parameter.name;
        let list_schema = values::operand(tag, operand, Op::Exact, false);
        let detail_schema = values::operand(tag, operand, Op::Exact, true);
        let same = list_schema == detail_schema;
        let component = format!("{tag}.{name}");
        self.components.insert(component.clone(), query(name, parameter.description, list_schema));
        self.list.push(component.clone());
        if detail && same {
            self.detail.push(component);
        } else if detail {
            let component = format!("{component}.detail");
            self.components.insert(component.clone(), query(name, parameter.description, detail_schema));
            self.detail.push(component);
        }
    }

    fn add(&mut self, tag: Tag, parameter: &Parameter, op: Op, description: &str, schema: Json) {
        let name = op.parameter(&parameter.name);
        let component = format!("{tag}.{name}");
        self.components.insert(component.clone(), query(&name, description, schema));
        self.list.push(component.clone());
        self.detail.push(component);
    }

    /// One parameter per operator.
    fn filter_by(&mut self, tag: Tag, parameter: &Parameter, field: &'static Field) {
        for op in &parameter.operators {
            let text = match op {
                Op::Exact => sentence(tag, parameter, field),
                _ => format!("`{}` {}.", parameter.name, relation_of(*op)),
            };
            self.add(tag, parameter, *op, &text, values::compared(field.kind, *op));
        }
    }

    /// The fields of related records: names by a rule, as the properties of one object whose own name is not sent.
    fn relate(&mut self, tag: Tag, relation: &str, target: Tag, parameters: &[Parameter]) {
        let fields = || {
            parameters.iter().filter_map(|parameter| match parameter.group {
                Group::Related { field, .. } => Some((parameter, field)),
                Group::Own(_) | Group::Steering { .. } | Group::Special(_) => None,
            })
        };
        let properties: Map<String, Json> = fields()
            .map(|(parameter, field)| (parameter.name.clone(), values::compared(field.kind, Op::Exact)))
            .collect();
        let patterns = patterns(relation, fields());
        let component = format!("{tag}.{relation}");
        let text = format!(
            "Filters by the fields of related records ({}): `{relation}__FIELD=value` or \
             `{relation}__FIELD__OPERATOR=value`.",
            texts::plural(target).to_lowercase()
        );
        let parameter = json!({
            "name": format!("{relation}__*"),
            "in": "query",
            "description": text,
            "style": "form",
            "explode": true,
            "schema": {
                "type": "object",
                "properties": properties,
                "patternProperties": patterns,
                "additionalProperties": false,
            },
        });
        self.components.insert(component.clone(), parameter);
        self.list.push(component.clone());
        self.detail.push(component);
    }
}

/// The names of parameters with an operator as regular expressions, with the schemas of their values.
fn patterns<'a>(
    relation: &str,
    fields: impl Iterator<Item = (&'a Parameter, &'static Field)>,
) -> Map<String, Json> {
    // Fields that an operator compares with the same kind of value, by that kind's schema and the operator.
    let mut alike: BTreeMap<(String, &str), (Vec<&str>, Json)> = BTreeMap::new();
    for (parameter, field) in fields {
        for op in parameter.operators.iter().filter(|op| **op != Op::Exact) {
            let schema = values::compared_in_text(field.kind, *op);
            let names = alike.entry((schema.to_string(), op.word())).or_insert((Vec::new(), schema));
            names.0.push(field.name);
        }
    }
    // The same fields with another operator share an expression.
    let mut shared: BTreeMap<(String, String), (Vec<&str>, Json)> = BTreeMap::new();
    for ((text, word), (names, schema)) in alike {
        shared.entry((text, names.join("|"))).or_insert((Vec::new(), schema)).0.push(word);
    }
    let expression = |names: &str, words: &[&str]| format!("^{relation}__({names})__({})$", words.join("|"));
    shared.into_iter().map(|((_, names), (words, schema))| (expression(&names, &words), schema)).collect()
}

/// What a filter compares with.
fn sentence(tag: Tag, parameter: &Parameter, field: &Field) -> String {
    let about = match parameter.group {
        Group::Own(_) => texts::field(tag, field.name),
        Group::Related { .. } | Group::Steering { .. } | Group::Special(_) => "",
    };
    format!("{about} {}", parameter.description).trim().to_owned()
}

/// What an operator asks, completing a sentence that begins with the name of a field.
pub(crate) const fn relation_of(op: Op) -> &'static str {
    match op {
        Op::Exact => "equals the value",
        Op::Lt => "is less than the value",
        Op::Lte => "is at most the value",
        Op::Gt => "is greater than the value",
        Op::Gte => "is at least the value",
        Op::Contains => "contains the value",
        Op::StartsWith => "starts with the value",
        Op::In => "equals one of the values, which are joined by commas",
    }
}
