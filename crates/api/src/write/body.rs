//! From the body of a request to the object in it: JSON (RFC 8259) or a form.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use http_body::Body as _;
use model::Tag;
use rules::input::type_name;
use serde_json::{Map, Value as Json};

use super::form;
use crate::answer::Answer;
use crate::request::ApiRequest;

/// Longest body, bytes: many times what the largest record needs.
pub(super) const BYTES_MAX: usize = 1 << 20;

/// Time for the whole body: at 300 kbit/s the longest one arrives.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Why there is no object.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// There is no body, or one that holds nothing.
    Missing,
    /// It is longer than [`BYTES_MAX`].
    TooLong,
    /// It took longer than [`TIME_MAX`].
    TooSlow,
    /// It ended before its end.
    Cut,
    /// It is in a form that is not understood; the header as it came.
    Media(String),
    /// It is not what its media type says; the text tells why.
    Broken(String),
    /// It is JSON and no object; the name of what it is.
    NoObject(&'static str),
}

impl Fault {
    fn answer(self, request: &ApiRequest) -> Answer {
        let method = &request.method;
        match self {
            Fault::Missing => Answer::error(400, &format!("No data was supplied with the {method} request")),
            Fault::Broken(why) => Answer::error(
                400,
                &format!("Data supplied with the {method} request could not be parsed: {why}"),
            ),
            Fault::NoObject(kind) => {
                let text = format!("Invalid data. Expected a dictionary, but got {kind}.");
                Answer::errors(&format!("\"non_field_errors\": [\"{text}\"]"), "")
            }
            Fault::Media(named) => {
                Answer::error(415, &format!("Unsupported media type \"{named}\" in request."))
            }
            Fault::TooLong => Answer::error(
                413,
                &format!(
                    "The body of the {method} request is longer than {BYTES_MAX} bytes, the most that is taken"
                ),
            ),
            Fault::TooSlow => Answer::error(
                408,
                &format!(
                    "The body of the {method} request did not arrive within {} seconds",
                    TIME_MAX.as_secs()
                ),
            ),
            Fault::Cut => {
                Answer::error(400, &format!("The body of the {method} request ended before its end"))
            }
        }
    }
}

/// The object that a request about a type carries.
///
/// # Errors
/// The answer for a body that holds none.
pub(super) async fn object(request: &ApiRequest, body: Body, tag: Tag) -> Result<Map<String, Json>, Answer> {
    read(request, body, tag).await.map_err(|fault| fault.answer(request))
}

/// The same where the body may be left out.
///
/// # Errors
/// The answer for a body that holds something else.
pub(crate) async fn optional(
    request: &ApiRequest,
    body: Body,
    tag: Tag,
) -> Result<Map<String, Json>, Answer> {
    match read(request, body, tag).await {
        Ok(object) => Ok(object),
        Err(Fault::Missing) => Ok(Map::new()),
        Err(fault) => Err(fault.answer(request)),
    }
}

async fn read(request: &ApiRequest, body: Body, tag: Tag) -> Result<Map<String, Json>, Fault> {
    let collected = tokio::time::timeout(TIME_MAX, collect(request, body)).await;
    let bytes = collected.map_err(|_| Fault::TooSlow)??;
    if bytes.is_empty() {
        return Err(Fault::Missing);
    }
    let object = match media(request)? {
        Media::Json => json_object(&bytes)?,
        Media::Form => form::object(tag, form::pairs(&bytes).map_err(Fault::Broken)?),
        Media::Multipart(boundary) => {
            form::object(tag, form::parts(&bytes, boundary).await.map_err(Fault::Broken)?)
        }
    };
    if object.is_empty() { Err(Fault::Missing) } else { Ok(object) }
}

/// The bytes of a body, as far as they are taken.
async fn collect(request: &ApiRequest, mut body: Body) -> Result<Vec<u8>, Fault> {
    let announced = request.header("content-length").and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BYTES_MAX as u64) {
        return Err(Fault::TooLong);
    }
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        // What is no data is a trailer.
        let Ok(data) = frame.map_err(|_| Fault::Cut)?.into_data() else { continue };
        if bytes.len() + data.len() > BYTES_MAX {
            return Err(Fault::TooLong);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// The forms of bodies that are understood.
enum Media {
    Json,
    Form,
    Multipart(String),
}

fn media(request: &ApiRequest) -> Result<Media, Fault> {
    let header = request.headers.get(header::CONTENT_TYPE);
    let text = header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default();
    let charset = parameter(&text, "charset");
    let is_utf8 = charset
        .is_none_or(|name| matches!(name.to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "us-ascii"));
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" if is_utf8 => Ok(Media::Json),
        "application/x-www-form-urlencoded" if is_utf8 => Ok(Media::Form),
        "multipart/form-data" => match multer::parse_boundary(&text) {
            Ok(boundary) => Ok(Media::Multipart(boundary)),
            Err(_) => {
                Err(Fault::Broken("Multipart form parse error - Invalid boundary in multipart: None".into()))
            }
        },
        _ => Err(Fault::Media(text)),
    }
}

/// A parameter of a media type (RFC 9110, 8.3.1).
fn parameter<'a>(media: &'a str, name: &str) -> Option<&'a str> {
    media.split(';').skip(1).find_map(|part| {
        let (own, value) = part.split_once('=')?;
        own.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// The object of a JSON text. Of a key that stands twice, the last value counts. Objects and lists are read up to a
/// depth of 127, which bounds the stack that they need.
fn json_object(bytes: &[u8]) -> Result<Map<String, Json>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        Fault::Broken(format!("JSON parse error - byte 0x{byte:02x} in position {at} is not UTF-8"))
    })?;
    let json =
        serde_json::from_str(text).map_err(|error| Fault::Broken(format!("JSON parse error - {error}")))?;
    match json {
        Json::Object(object) => Ok(object),
        json if is_nothing(&json) => Err(Fault::Missing),
        json => Err(Fault::NoObject(type_name(&json))),
    }
}

/// What clients of the reference know as no data.
fn is_nothing(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(object) => object.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_counts() {
        let object = json_object(br#"{"a": 1, "b": 2, "a": 3}"#).expect("an object");
        assert_eq!(Json::Object(object), serde_json::json!({ "a": 3, "b": 2 }));
    }

    #[test]
    fn what_holds_nothing_is_missing_and_what_is_no_object_is_named() {
        for text in ["null", "[]", "\"\"", "0", "0.0", "false"] {
            assert_eq!(json_object(text.as_bytes()), Err(Fault::Missing), "{text}");
        }
        for (text, kind) in
            [("\"x\"", "str"), ("5", "int"), ("1.5", "float"), ("true", "bool"), ("[{}]", "list")]
        {
            assert_eq!(json_object(text.as_bytes()), Err(Fault::NoObject(kind)), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for (text, why) in [
            (&b"{bad"[..], "line 1 column 2"),
            (b"{\"name\":\"\xff\"}", "byte 0xff in position 9"),
            (b"\xef\xbb\xbf{}", "line 1 column 1"),
            (b"{\"notes\": NaN}", "line 1 column"),
            (b"{\"notes\": \"\\ud800\"}", "hex escape"),
            (b"{} {}", "trailing"),
            (b" ", "EOF"),
            (deep.as_bytes(), "recursion limit"),
        ] {
            let Err(Fault::Broken(message)) = json_object(text) else { panic!("{text:?}") };
            assert!(message.starts_with("JSON parse error - ") && message.contains(why), "{message}");
        }
    }

    #[test]
    fn parameters_of_media_types_are_found() {
        let media = "application/json; Charset=\"UTF-8\" ;x=y";
        assert_eq!(parameter(media, "charset"), Some("UTF-8"));
        assert_eq!(parameter(media, "x"), Some("y"));
        assert_eq!(parameter("application/json", "charset"), None);
    }
}
