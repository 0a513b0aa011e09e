//! Images of records in the log: every stored field as JSON, in the form of its column.
//!
//! Personal values are not in the image. It lists the names of those that the record has under [`PERSONAL`].

use std::borrow::Cow;

use model::{AnyRecord, Field, Show, Tag, Value};
use serde_json::{Map, Value as Json};

use crate::error::Error;
use crate::row::{from_cell, to_cell};
use crate::session::Cell;

/// Version of the form; stored with each change.
pub(crate) const FORMAT: i64 = 1;

/// The key under which an image lists its personal fields. No field has this name.
const PERSONAL: &str = "personal";

/// A record ready for the log.
pub(crate) struct Image {
    /// Everything but personal values.
    pub(crate) text: String,
    /// Personal values by field, without empty ones.
    pub(crate) personal: Vec<(&'static str, String)>,
}

fn is_personal(field: &Field) -> bool {
    field.show == Show::Personal
}

/// Makes the image of a record.
pub(crate) fn encode(record: &AnyRecord) -> Image {
    let mut image = Image { text: String::with_capacity(256), personal: Vec::new() };
    for (position, field) in record.tag().table().stored() {
        let value = record.get(position);
        if is_personal(field) {
            let text = value.as_text().unwrap_or_default();
            if !text.is_empty() {
                image.personal.push((field.name, text.to_owned()));
            }
        } else {
            push_key(&mut image.text, field.name);
            push_cell(&mut image.text, &to_cell(field.kind, value));
        }
    }
    if !image.personal.is_empty() {
        push_key(&mut image.text, PERSONAL);
        let names = image.personal.iter().map(|(name, _)| *name);
        model::json::write_strings(names, &mut image.text);
    }
    image.text.push('}');
    image
}

fn push_key(text: &mut String, key: &str) {
    text.push_str(if text.is_empty() { "{\"" } else { ",\"" });
    text.push_str(key);
    text.push_str("\":");
}

fn push_cell(text: &mut String, cell: &Cell<'_>) {
    match cell {
        Cell::Null => text.push_str("null"),
        Cell::Int(n) => text.push_str(&n.to_string()),
        // Not the escapes of the API: the log may hold any script and is read by us alone.
        Cell::Text(value) => text.push_str(&Json::from(value.as_ref()).to_string()),
        // No field has a value of this form.
        Cell::Real(_) | Cell::Bytes(_) => text.push_str("null"),
    }
}

/// A record out of the log.
pub(crate) struct Decoded {
    pub(crate) record: AnyRecord,
    /// Personal fields that the image names and `personal` has no value for.
    pub(crate) erased: Vec<String>,
}

/// Reads an image. Fields that it lacks, because they are younger, keep their defaults.
pub(crate) fn decode(
    tag: Tag,
    seq: i64,
    text: &str,
    personal: &[(String, String)],
) -> Result<Decoded, Error> {
    let corrupt = |why| Error::Corrupt { table: "change_row", id: seq, column: "image", why };
    let image: Map<String, Json> = serde_json::from_str(text).map_err(|_| corrupt("is no JSON object"))?;
    let mut record = AnyRecord::new(tag);
    for (position, field) in tag.table().stored() {
        let Some(json) = image.get(field.name) else { continue };
        let value = json_cell(json).and_then(|cell| from_cell(field, cell)).map_err(corrupt)?;
        record.put(position, value).map_err(|_| corrupt("holds a value that does not fit its field"))?;
    }
    for (name, value) in personal {
        if let Some(position) = tag.table().position(name) {
            let put = record.put(position, Value::text(value));
            put.map_err(|_| corrupt("has a personal value that does not fit its field"))?;
        }
    }
    let named = image.get(PERSONAL).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let erased = named
        .iter()
        .filter_map(Json::as_str)
        .filter(|name| personal.iter().all(|(field, _)| field != name))
        .map(str::to_owned)
        .collect();
    Ok(Decoded { record, erased })
}

fn json_cell(json: &Json) -> Result<Cell<'_>, &'static str> {
    match json {
        Json::Null => Ok(Cell::Null),
        Json::Number(n) => n.as_i64().map(Cell::Int).ok_or("holds a number that is no integer"),
        Json::String(text) => Ok(Cell::Text(Cow::Borrowed(text))),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => Err("holds a value of another form"),
    }
}

#[cfg(test)]
mod tests {
    use model::records::{Net, Poc};
    use model::{MultiChoice, SocialLink, Time};

    use super::*;

    #[test]
    fn images_are_complete() {
        let net = Net {
            id: 5,
            name: "Zürich \"Net\"".into(),
            info_types: MultiChoice(3),
            social_media: Box::new([SocialLink { service: "x".into(), identifier: "y".into() }]),
            updated: Time(1_234_567),
            ..Default::default()
        };
        let record = AnyRecord::from(net);
        let image = encode(&record);
        assert!(image.text.contains("\"updated\":1234567"), "{}", image.text);
        let decoded = decode(Tag::Net, 1, &image.text, &[]).expect("an image");
        assert_eq!((decoded.record, decoded.erased.len()), (record, 0));
    }

    #[test]
    fn personal_values_stand_apart_and_may_be_erased() {
        let poc = Poc { id: 7, name: "Ada".into(), email: "ada@example.net".into(), ..Default::default() };
        let record = AnyRecord::from(poc);
        let image = encode(&record);
        assert!(!image.text.contains("Ada") && !image.text.contains("example"), "{}", image.text);
        assert!(image.text.ends_with("\"personal\":[\"name\", \"email\"]}"), "{}", image.text);
        let own = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
        let personal: Vec<_> = image.personal.iter().map(own).collect();
        let whole = decode(Tag::Poc, 1, &image.text, &personal).expect("an image");
        assert_eq!(whole.record, record);
        let rest = decode(Tag::Poc, 1, &image.text, &personal[..1]).expect("an image");
        assert_eq!(rest.erased, ["email"]);
        assert_eq!(rest.record.value("email"), Value::text(""));
    }

    #[test]
    fn no_field_is_named_like_the_list_of_personal_fields() {
        assert!(Tag::ALL.iter().all(|tag| tag.table().field(PERSONAL).is_none()));
    }

    #[test]
    fn damaged_images_are_told() {
        for text in ["", "[]", "{\"asn\":\"x\"}", "{\"asn\":1.5}", "{\"asn\":-1}"] {
            assert!(matches!(decode(Tag::Net, 9, text, &[]), Err(Error::Corrupt { id: 9, .. })), "{text}");
        }
    }
}
