//! A field's value, detached from its record type.

use std::borrow::Cow;

use crate::scalar::{Degrees, MultiChoice, SocialLink, Time};

/// The value of one field of one record, as generic code (JSON, SQL, filters) sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A boolean.
    Bool(bool),
    /// Any integer: ids, ASNs, counters, speeds.
    Int(i64),
    /// A coordinate.
    Degrees(Degrees),
    /// A time.
    Time(Time),
    /// Text, choices, addresses and prefixes in canonical form.
    Text(Cow<'a, str>),
    /// A set of choices; the field's kind holds the list.
    Multi(MultiChoice),
    /// Social media entries.
    Social(Cow<'a, [SocialLink]>),
    /// A list of words.
    Words(Cow<'a, [Box<str>]>),
}

impl<'a> Value<'a> {
    /// A borrowed text.
    pub const fn text(text: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, when it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The same value without borrowing from the record.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(v) => Value::Bool(v),
            Value::Int(v) => Value::Int(v),
            Value::Degrees(v) => Value::Degrees(v),
            Value::Time(v) => Value::Time(v),
            Value::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Value::Multi(v) => Value::Multi(v),
            Value::Social(v) => Value::Social(Cow::Owned(v.into_owned())),
            Value::Words(v) => Value::Words(Cow::Owned(v.into_owned())),
        }
    }
}
