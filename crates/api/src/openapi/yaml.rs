//! JSON values as YAML (1.2): blocks by indentation, every text and key in double quotes, so that no text can be taken
//! for anything else.

use std::fmt::Write;

use serde_json::Value as Json;

/// The value as a YAML document.
pub(crate) fn emit(value: &Json) -> String {
    let mut out = String::new();
    node(value, 0, &mut out);
    out.push('\n');
    out
}

/// Writes a value whose lines after the first one are indented by so many levels.
fn node(value: &Json, level: usize, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Json::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Json::String(text) => quote(text, out),
        Json::Array(items) if items.is_empty() => out.push_str("[]"),
        Json::Object(pairs) if pairs.is_empty() => out.push_str("{}"),
        Json::Array(items) => lines(items.iter(), level, out, |item, out| {
            out.push_str("- ");
            node(item, level + 1, out);
        }),
        Json::Object(pairs) => lines(pairs.iter(), level, out, |(key, value), out| {
            quote(key, out);
            out.push(':');
            let is_block = match value {
                Json::Array(items) => !items.is_empty(),
                Json::Object(pairs) => !pairs.is_empty(),
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
            };
            if is_block {
                indent(level + 1, out)
            } else {
                out.push(' ')
            }
            node(value, level + 1, out);
        }),
    }
}

/// One line per item, the first one where the text stands.
fn lines<T>(items: impl Iterator<Item = T>, level: usize, out: &mut String, write: impl Fn(T, &mut String)) {
    for (n, item) in items.enumerate() {
        if n > 0 {
            indent(level, out);
        }
        write(item, out);
    }
}

fn indent(level: usize, out: &mut String) {
    out.push('\n');
    (0..level).for_each(|_| out.push_str("  "));
}

/// A text in double quotes (YAML 1.2, 7.3.1).
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' => {
                out.push(c)
            }
            c => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use yaml_rust2::{Yaml, YamlLoader};

    use super::*;

    /// What another reader makes of the text, as JSON.
    fn read(text: &str) -> Json {
        let documents = YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
        assert_eq!(documents.len(), 1, "{text}");
        as_json(&documents[0])
    }

    fn as_json(yaml: &Yaml) -> Json {
        match yaml {
            Yaml::Null => Json::Null,
            Yaml::Boolean(flag) => (*flag).into(),
            Yaml::Integer(number) => (*number).into(),
            Yaml::Real(text) => text.parse::<f64>().expect("a number").into(),
            Yaml::String(text) => text.as_str().into(),
            Yaml::Array(items) => items.iter().map(as_json).collect(),
            Yaml::Hash(pairs) => pairs
                .iter()
                .map(|(key, value)| (key.as_str().expect("keys are texts").to_owned(), as_json(value)))
                .collect(),
            Yaml::Alias(_) | Yaml::BadValue => panic!("{yaml:?}"),
        }
    }

    fn values() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "\\PC{0,12}|[\\x00-\\x7f]{0,12}|true|null|~|1e3|- a|: b|#".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::vec(("\\PC{0,6}", inner), 0..5)
                    .prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn another_reader_reads_what_was_written(value in values()) {
            prop_assert_eq!(read(&emit(&value)), value);
        }
    }

    #[test]
    fn blocks_are_indented_and_texts_quoted() {
        let value = json!({ "a": [1, { "b": "yes", "c": [] }, [true]], "d": { "e": null } });
        let expected =
            "\"a\":\n  - 1\n  - \"b\": \"yes\"\n    \"c\": []\n  - - true\n\"d\":\n  \"e\": null\n";
        assert_eq!(emit(&value), expected);
    }

    #[test]
    fn the_document_survives() {
        let document = super::super::document::document("https://directory.example", "1", "");
        assert_eq!(read(&emit(&document)), document);
    }
}
