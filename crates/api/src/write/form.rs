//! Forms: `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578).
//!
//! A form knows texts only. What a list or a missing value is, the field table tells.

use model::{Field, Kind, Tag};
use multer::Multipart;
use serde_json::{Map, Value as Json};

use super::body::VALUES_MAX;
use crate::request::decode_strictly;

/// Names and values of a form, in their order.
pub(super) type Pairs = Vec<(String, String)>;

/// The pairs of an encoded form.
///
/// # Errors
/// Tells which bytes are no text.
pub(super) fn pairs(bytes: &[u8]) -> Result<Pairs, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| "Form parse error - not encoded in UTF-8".to_owned())?;
    decode_strictly(text).map_err(|part| format!("Form parse error - {part:?} is not UTF-8 when decoded"))
}

/// The pairs of a form in parts.
///
/// # Errors
/// Tells what is wrong with a part: among others, that it is a file, which no record takes.
pub(super) async fn parts(bytes: &[u8], boundary: String) -> Result<Pairs, String> {
    let told = |error: multer::Error| format!("Multipart form parse error - {error}");
    let mut parts = Multipart::with_reader(bytes, boundary);
    let mut pairs = Pairs::new();
    while let Some(part) = parts.next_field().await.map_err(told)? {
        let Some(name) = part.name().map(str::to_owned) else {
            return Err("Multipart form parse error - a part has no name".to_owned());
        };
        if part.file_name().is_some() {
            return Err(format!("Multipart form parse error - {name:?} is a file; send a text"));
        }
        let value = String::from_utf8(part.bytes().await.map_err(told)?.to_vec())
            .map_err(|_| format!("Multipart form parse error - {name:?} is not encoded in UTF-8"))?;
        if pairs.len() == VALUES_MAX {
            return Err(format!("Multipart form parse error - more than {VALUES_MAX} parts"));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// The object that a form stands for; one about no type holds texts. Of a name that stands twice the last value counts, except where
/// the field holds several words.
pub(super) fn object(tag: Option<Tag>, pairs: Pairs) -> Map<String, Json> {
    let mut object = Map::new();
    for (name, text) in pairs {
        let field = tag.and_then(|tag| tag.table().field(&name));
        match field.map(|field| field.kind) {
            Some(Kind::MultiChoice(_)) => {
                let list = object.entry(name).or_insert_with(|| Json::Array(Vec::new()));
                if let (Json::Array(list), false) = (list, text.is_empty()) {
                    list.push(Json::String(text));
                }
            }
            _ => {
                object.insert(name, value(field, text));
            }
        }
    }
    object
}

fn value(field: Option<&Field>, text: String) -> Json {
    let Some(field) = field else { return Json::String(text) };
    match field.kind {
        Kind::Social | Kind::Words(_) | Kind::Nested => {
            serde_json::from_str(&text).unwrap_or(Json::String(text))
        }
        // Nothing at all: a form has no other way to say it.
        Kind::Id
        | Kind::Ref(_)
        | Kind::Asn
        | Kind::Int { .. }
        | Kind::Bool
        | Kind::Time
        | Kind::Degrees
        | Kind::Prefix
        | Kind::Mac
            if text.is_empty() && field.null =>
        {
            Json::Null
        }
        _ => Json::String(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(tag: Tag, form: &str) -> Json {
        Json::Object(object(Some(tag), pairs(form.as_bytes()).expect("a form")))
    }

    #[test]
    fn a_form_holds_texts_lists_and_nothing() {
        let form = "name=a+b%C3%BC&name=c&info_types=NSP&info_types=Content&other=1&info_prefixes4=";
        let expected =
            json!({ "name": "c", "info_types": ["NSP", "Content"], "other": "1", "info_prefixes4": null });
        assert_eq!(read(Tag::Net, form), expected);
        assert_eq!(read(Tag::Net, "info_types="), json!({ "info_types": [] }));
        let social = "social_media=%5B%7B%22service%22%3A%22x%22%7D%5D&name=";
        assert_eq!(read(Tag::Org, social), json!({ "social_media": [{ "service": "x" }], "name": "" }));
        assert_eq!(read(Tag::Org, "social_media=x"), json!({ "social_media": "x" }));
        assert_eq!(read(Tag::Netixlan, "ipaddr4=&speed="), json!({ "ipaddr4": "", "speed": "" }));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(pairs(b"name=%ff").expect_err("no text").contains("%ff"));
        assert!(pairs(b"name=\xff").is_err());
    }

    #[tokio::test]
    async fn parts_are_texts() {
        let form = |part: &str| format!("--XX\r\n{part}\r\n--XX--\r\n").into_bytes();
        let named = form("Content-Disposition: form-data; name=\"name\"\r\n\r\nTëst");
        let found = parts(&named, "XX".into()).await;
        assert_eq!(found, Ok(vec![("name".to_owned(), "Tëst".to_owned())]));
        for (part, why) in [
            ("Content-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n\r\nx", "is a file"),
            ("Content-Disposition: form-data\r\n\r\nx", "no name"),
        ] {
            let error = parts(&form(part), "XX".into()).await.expect_err(why);
            assert!(error.contains(why), "{error}");
        }
        assert!(parts(b"--XX\r\nbroken", "XX".into()).await.is_err());
    }
}
