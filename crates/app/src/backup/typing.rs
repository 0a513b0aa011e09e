//! Which type the records of an API list are of.

use std::path::Path;

use model::{Field, Show, Tag};
use serde_json::{Map, Value as Json};

/// Whether every API list shows the field in its records.
pub(super) fn is_always_shown(field: &Field) -> bool {
    field.is_flat() && field.show != Show::FeedUrl
}

/// The type that a file is named after: `net.json`, `net-0.json`.
pub(super) fn type_by_name(file: &str) -> Option<Tag> {
    let stem = Path::new(file).file_stem()?.to_str()?;
    let word = match stem.split_once('-') {
        Some((word, number)) if number.bytes().all(|b| b.is_ascii_digit()) => word,
        Some(_) => return None,
        None => stem,
    };
    word.parse().ok()
}

/// The type all of whose flat keys a record has; of several the one that knows most of its keys.
pub(super) fn type_by_keys(fields: &Map<String, Json>) -> Option<Tag> {
    let fits = |tag: &Tag| {
        let mut shown = tag.table().fields.iter().filter(|field| is_always_shown(field));
        shown.all(|field| fields.contains_key(field.name))
    };
    let unknown = |tag: Tag| fields.keys().filter(|key| tag.table().field(key).is_none()).count();
    let mut fitting: Vec<(usize, Tag)> =
        Tag::ALL.into_iter().filter(fits).map(|tag| (unknown(tag), tag)).collect();
    fitting.sort_by_key(|(unknown, _)| *unknown);
    match fitting.as_slice() {
        [(_, tag)] => Some(*tag),
        [(first, tag), (second, _), ..] if first < second => Some(*tag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tag: Tag) -> Map<String, Json> {
        let fields = tag.table().fields.iter().filter(|field| is_always_shown(field));
        fields.map(|field| (field.name.to_owned(), Json::Null)).collect()
    }

    #[test]
    fn keys_tell_every_type() {
        for tag in Tag::ALL {
            let mut fields = shown(tag);
            assert_eq!(type_by_keys(&fields), Some(tag));
            fields.insert("novelty".to_owned(), Json::Null);
            assert_eq!(type_by_keys(&fields), Some(tag));
            fields.remove("id");
            assert_eq!(type_by_keys(&fields), None);
        }
    }

    #[test]
    fn names_tell_types_or_nothing() {
        for (name, tag) in [
            ("net.json", Some(Tag::Net)),
            ("a/net-0.json", Some(Tag::Net)),
            ("net-old.json", None),
            ("nets.json", None),
        ] {
            assert_eq!(type_by_name(name), tag, "{name}");
        }
    }
}
