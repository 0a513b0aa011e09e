//! What holds for all types.

use std::collections::BTreeMap;

use catalog::filter::{self, Group, Op};
use model::Tag;
use serde_json::Value as Json;

use super::markup::{code, curl, escape, name, prose, section, table};
use crate::openapi::parameters;

/// The introduction, with questions to begin with.
pub(super) fn start(url: &str, introduction: &str) -> String {
    let mut body: String =
        introduction.split("\n\n").map(|text| format!("<p>{}</p>\n", prose(text))).collect();
    let examples = [
        ("Three networks, and only some of their keys.", "/api/net?limit=3&fields=id,asn,name&pretty=1"),
        (
            "One network by its AS number, with its ports, facilities and contacts.",
            "/api/net?asn=64500&depth=2",
        ),
        ("The ports of a network at an exchange.", "/api/netixlan?asn=64500&ix_id=1"),
        ("What changed since a moment, deletions included.", "/api/netixlan?since=1700000000&limit=5"),
    ];
    body.push_str("<h3>Questions to begin with</h3>\n");
    for (text, path) in examples {
        body.push_str(&format!("<p>{text}</p>\n{}", curl(&format!("{url}{path}"))));
    }
    section("start", "Start", &body)
}

/// How callers say who they are.
pub(super) fn credentials(url: &str) -> String {
    let key = "The header `Authorization: Api-Key KEY` carries the key of a user or of an \
         organization. The word \
               `Api-Key` may be written in any case; one blank stands behind it.";
    let password = "User name and password go as `Basic` (RFC 7617), for accounts that may still use them \
         for the API.";
    let body = format!(
        "<p>{}</p>\n{}<p>{}</p>\n",
        prose(key),
        code(&format!("curl -H \"Authorization: Api-Key $KEY\" '{url}/api/poc?net_id=1'")),
        prose(password)
    );
    section("credentials", "Credentials", &body)
}

/// The operators.
pub(super) fn filters() -> String {
    let meaning = |op: Op| match op {
        Op::Exact => {
            "Equality. Places are more lenient: a part of an address, city or state is enough, \
             and a country \
                      may be told by its English name."
        }
        Op::Lt => "Less. Texts compare without regard to case and accents.",
        Op::Lte => "Less or equal. A date without a time means the end of that day.",
        Op::Gt => "Greater. A date without a time means the end of that day.",
        Op::Gte => "Greater or equal.",
        Op::Contains => "The value is a part of the text, or of the digits of a number.",
        Op::StartsWith => "The text, or the digits of a number, begin with the value.",
        Op::In => "One of several values, joined by commas.",
    };
    let rows: Vec<[String; 2]> =
        Op::ALL.map(|op| [name(&format!("{}=value", op.parameter("name"))), prose(meaning(op))]).into();
    let relations = "`relation__field=value` asks for a field of related records, with the same \
         operators: \
                     `net__asn=64500`, `org__name__contains=university`. `fac` may be spelt \
                     `facility` and `net` \
                     `network`, and the `_id` at the end of a reference may be left out.";
    let body = format!(
        "{}<p>{}</p>\n",
        table(
            "What stands behind a name says how to compare. The tables of fields name these operators.",
            ["Parameter", "Meaning"],
            &rows
        ),
        prose(relations)
    );
    section("filters", "Filters", &body)
}

/// Parameters that steer the answer.
pub(super) fn steering() -> String {
    let mut found: BTreeMap<usize, (String, &str, Vec<Tag>, bool)> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for tag in Tag::INDEX {
        for parameter in filter::parameters(tag) {
            let Group::Steering { detail, .. } = parameter.group else { continue };
            let at = order.iter().position(|name| *name == parameter.name).unwrap_or_else(|| {
                order.push(parameter.name.clone());
                order.len() - 1
            });
            let entry =
                found.entry(at).or_insert((parameter.name, parameter.description, Vec::new(), detail));
            entry.2.push(tag);
        }
    }
    let rows: Vec<[String; 3]> = found
        .into_values()
        .map(|(parameter, description, tags, detail)| {
            let types = if tags.len() == Tag::ALL.len() {
                "all types".to_owned()
            } else {
                tags.iter().map(|tag| name(tag.as_str())).collect::<Vec<_>>().join(" ")
            };
            let place = if detail { types } else { format!("{types}, lists") };
            [name(&parameter), prose(description), place]
        })
        .collect();
    let body =
        table("Parameters that say how much to show, and how.", ["Parameter", "Meaning", "Where"], &rows);
    section("steering", "Depth, pages and the rest", &body)
}

/// Forms of answers: headers, and errors by status.
pub(super) fn answers(document: &Json) -> String {
    let headers = document.pointer("/components/headers").and_then(Json::as_object);
    let rows: Vec<[String; 2]> = headers
        .into_iter()
        .flatten()
        .map(|(header, facts)| {
            let text = facts.get("description").and_then(Json::as_str).unwrap_or_default();
            [name(header), prose(text)]
        })
        .collect();
    let errors = "An error has its text in `meta.error`. Errors of single parameters stand beside it.";
    let body = format!(
        "{}<p>{}</p>\n{}{}",
        table("Headers of answers.", ["Header", "Meaning"], &rows),
        prose(errors),
        code("{\"meta\": {\"error\": \"Invalid value for 'speed'\"}}"),
        code(
            "{\"country\": \"Required for distance filtering\", \"city\": \"Required for \
             distance filtering\", \
             \"meta\": {\"error\": \"Bad Request\"}}"
        )
    );
    section("answers", "Answers and errors", &body)
}

/// How operators are written in a table cell.
pub(super) fn operators(ops: &[Op]) -> String {
    if ops.len() == Op::ALL.len() {
        return "all".to_owned();
    }
    let words = ops.iter().map(|op| {
        let shown = if *op == Op::Exact { "=" } else { op.word() };
        format!("<code title=\"{}\">{shown}</code>", escape(parameters::relation_of(*op)))
    });
    words.collect::<Vec<_>>().join(" ")
}
