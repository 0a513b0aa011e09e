//! One JSON object of a file, taken apart field by field, with errors that name file, record and field.

use std::borrow::Cow;
use std::fmt::Display;

use model::Time;
use serde_json::{Map, Value as Json};

use super::error::{BadValue, LoadError, Place, shown};

/// An object of a file. Each field is taken once; [`Object::finish`] complains about what is left.
pub(super) struct Object {
    place: Place,
    fields: Map<String, Json>,
}

impl Object {
    /// Takes an object that is called `record` in messages.
    pub(super) fn new(file: &str, record: String, fields: Map<String, Json>) -> Object {
        Object { place: Place { file: file.to_owned(), record }, fields }
    }

    /// Where the object stands.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// An error about a field.
    pub(super) fn bad(&self, field: &str, json: &Json, rule: impl Into<Cow<'static, str>>) -> LoadError {
        bad_value(&self.place, field, shown(json), rule)
    }

    /// An error about a field whose value must not be shown.
    pub(super) fn bad_secret(&self, field: &str, rule: impl Display) -> LoadError {
        bad_value(&self.place, field, "(hidden)".to_owned(), rule.to_string())
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// The value of a field that may be absent or null.
    pub(super) fn take_optional(&mut self, field: &str) -> Option<Json> {
        self.fields.remove(field).filter(|json| !json.is_null())
    }

    /// The value of a field.
    pub(super) fn take(&mut self, field: &'static str) -> Result<Json, LoadError> {
        let taken = self.fields.remove(field);
        taken.ok_or_else(|| LoadError::MissingField { record: self.place.clone(), field })
    }

    /// A text of at most `max` characters.
    pub(super) fn text(&mut self, field: &'static str, max: usize) -> Result<String, LoadError> {
        let json = self.take(field)?;
        self.as_text(field, &json, max)
    }

    /// A text that may be absent or null.
    pub(super) fn optional_text(
        &mut self,
        field: &'static str,
        max: usize,
    ) -> Result<Option<String>, LoadError> {
        self.take_optional(field).map(|json| self.as_text(field, &json, max)).transpose()
    }

    fn as_text(&self, field: &str, json: &Json, max: usize) -> Result<String, LoadError> {
        match json.as_str() {
            Some(text) if text.contains('\0') => Err(self.bad(field, json, "not contain a NUL character")),
            Some(text) if text.chars().count() > max => {
                Err(self.bad(field, json, format!("have at most {max} characters")))
            }
            Some(text) => Ok(text.to_owned()),
            None => Err(self.bad(field, json, "be a text")),
        }
    }

    /// One of some words.
    pub(super) fn word(
        &mut self,
        field: &'static str,
        words: &'static [&'static str],
    ) -> Result<&'static str, LoadError> {
        let json = self.take(field)?;
        let word = words.iter().find(|word| json.as_str() == Some(word));
        word.copied().ok_or_else(|| self.bad(field, &json, format!("be one of {}", words.join(", "))))
    }

    /// A boolean.
    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, LoadError> {
        let json = self.take(field)?;
        json.as_bool().ok_or_else(|| self.bad(field, &json, "be true or false"))
    }

    /// An id.
    pub(super) fn id(&mut self, field: &'static str) -> Result<u32, LoadError> {
        let json = self.take(field)?;
        self.as_id(field, &json)
    }

    /// An id that may be absent or null.
    pub(super) fn optional_id(&mut self, field: &'static str) -> Result<Option<u32>, LoadError> {
        self.take_optional(field).map(|json| self.as_id(field, &json)).transpose()
    }

    fn as_id(&self, field: &str, json: &Json) -> Result<u32, LoadError> {
        let id = json.as_u64().and_then(|id| u32::try_from(id).ok()).filter(|id| *id > 0);
        id.ok_or_else(|| self.bad(field, json, format!("be an integer from 1 to {}", u32::MAX)))
    }

    /// A list of ids.
    pub(super) fn ids(&mut self, field: &'static str) -> Result<Vec<u32>, LoadError> {
        let json = self.take(field)?;
        let list = json.as_array().ok_or_else(|| self.bad(field, &json, "be a list of ids"))?;
        list.iter().map(|id| self.as_id(field, id)).collect()
    }

    /// A number of a few bits.
    pub(super) fn bits(&mut self, field: &'static str, max: u8) -> Result<u8, LoadError> {
        let json = self.take(field)?;
        let bits = json.as_u64().and_then(|bits| u8::try_from(bits).ok()).filter(|bits| *bits <= max);
        bits.ok_or_else(|| self.bad(field, &json, format!("be an integer from 0 to {max}")))
    }

    /// A time that may be absent or null.
    pub(super) fn optional_time(&mut self, field: &'static str) -> Result<Option<Time>, LoadError> {
        let Some(json) = self.take_optional(field) else { return Ok(None) };
        let time = json.as_str().and_then(|text| Time::parse(text).ok());
        time.map(Some).ok_or_else(|| self.bad(field, &json, "be a time such as 2026-01-31T12:00:00Z"))
    }

    /// A time.
    pub(super) fn time(&mut self, field: &'static str) -> Result<Time, LoadError> {
        let missing = LoadError::MissingField { record: self.place.clone(), field };
        self.optional_time(field)?.ok_or(missing)
    }

    /// A list of objects.
    pub(super) fn objects(&mut self, field: &'static str) -> Result<Vec<Map<String, Json>>, LoadError> {
        let json = self.take(field)?;
        let Json::Array(list) = json else { return Err(self.bad(field, &json, "be a list")) };
        list.into_iter()
            .map(|item| match item {
                Json::Object(fields) => Ok(fields),
                other => Err(self.bad(field, &other, "be an object")),
            })
            .collect()
    }

    /// Drops a field that says nothing of its own.
    pub(super) fn ignore(&mut self, field: &str) {
        self.fields.remove(field);
    }

    /// Complains about fields that nobody took.
    pub(super) fn finish(self) -> Result<(), LoadError> {
        match self.fields.into_iter().next() {
            None => Ok(()),
            Some((field, _)) => Err(LoadError::UnknownField { record: self.place, field }),
        }
    }
}

/// An error about a value.
pub(super) fn bad_value(
    place: &Place,
    field: &str,
    value: String,
    rule: impl Into<Cow<'static, str>>,
) -> LoadError {
    LoadError::Value(Box::new(BadValue {
        record: place.clone(),
        field: field.to_owned(),
        value,
        rule: rule.into(),
    }))
}
