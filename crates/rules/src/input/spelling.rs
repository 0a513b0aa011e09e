//! How sentences of the API name values that clients sent: in the notation of Python, which its readers know.

use std::fmt::Write;

use serde_json::{Number, Value as Json};

/// Blanks in the sense of Unicode, and the four separators of ASCII.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The name of a value's type, in the words that clients of the reference know.
pub fn type_name(json: &Json) -> &'static str {
    match json {
        Json::Null => "NoneType",
        Json::Bool(_) => "bool",
        Json::Number(number) if number.is_f64() => "float",
        Json::Number(_) => "int",
        Json::String(_) => "str",
        Json::Array(_) => "list",
        Json::Object(_) => "dict",
    }
}

/// The text that a value turns into where a text is expected.
pub(crate) fn as_text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        _ => {
            let mut out = String::new();
            write_value(json, &mut out);
            out
        }
    }
}

fn write_value(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("None"),
        Json::Bool(true) => out.push_str("True"),
        Json::Bool(false) => out.push_str("False"),
        Json::Number(number) => out.push_str(&number_text(number)),
        Json::String(text) => write_quoted(text, out),
        Json::Array(list) => {
            out.push('[');
            for (n, entry) in list.iter().enumerate() {
                out.push_str(if n > 0 { ", " } else { "" });
                write_value(entry, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            out.push('{');
            for (n, (key, value)) in object.iter().enumerate() {
                out.push_str(if n > 0 { ", " } else { "" });
                write_quoted(key, out);
                out.push_str(": ");
                write_value(value, out);
            }
            out.push('}');
        }
    }
}

fn write_quoted(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

/// A number's text: whole floats keep their `.0`, and exponents begin at 1e16 and below 1e-4.
pub(super) fn number_text(number: &Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(float) => float_text(float),
        None => number.to_string(),
    }
}

fn float_text(float: f64) -> String {
    let scientific = format!("{float:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if float != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.unsigned_abs());
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{float}");
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_named_as_python_names_them() {
        for (value, text) in [
            (json!(null), "None"),
            (json!(true), "True"),
            (json!(5), "5"),
            (json!(1.5), "1.5"),
            (json!(5.0), "5.0"),
            (json!(1e15), "1000000000000000.0"),
            (json!(1e16), "1e+16"),
            (json!(-1.25e-5), "-1.25e-05"),
            (json!(0.0), "0.0"),
            (json!(9.223372036854776e18), "9.223372036854776e+18"),
            (json!(["Open", 1]), "['Open', 1]"),
            (json!({"a": "it's"}), "{'a': \"it's\"}"),
            (json!(["a\n'\"\\"]), r#"['a\n\'"\\']"#),
            (json!("as it is"), "as it is"),
        ] {
            assert_eq!(as_text(&value), text);
        }
    }
}
