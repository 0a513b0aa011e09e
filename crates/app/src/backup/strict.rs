//! JSON values in whose objects every key stands once.
//!
//! The usual reader keeps the last of several equal keys, and the others would be lost without a word.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

/// Reads one value. When a key stands twice in an object, reading fails and the key is left here.
pub(super) struct Strict<'a>(pub(super) &'a mut Option<String>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Json, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Strict(&mut *self.0))? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if fields.contains_key(&key) {
                *self.0 = Some(key);
                return Err(A::Error::custom("a key stands twice"));
            }
            let value = map.next_value_seed(Strict(&mut *self.0))?;
            fields.insert(key, value);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Json>, Option<String>) {
        let mut twice = None;
        let mut json = serde_json::Deserializer::from_str(text);
        let read = Strict(&mut twice).deserialize(&mut json).ok();
        (read, twice)
    }

    #[test]
    fn values_are_what_the_usual_reader_says() {
        let text = r#"{"a": [1, -2, 2.5, true, null, "x\n", {"a": {}}], "b": 18446744073709551615}"#;
        assert_eq!(read(text), (serde_json::from_str(text).ok(), None));
    }

    #[test]
    fn a_key_that_stands_twice_is_told() {
        assert_eq!(read(r#"[{"b": {"a": 1, "a": 1}}]"#), (None, Some("a".to_owned())));
        assert_eq!(read(r#"[{"a": 1}, {"a": 1}]"#).1, None);
    }
}
