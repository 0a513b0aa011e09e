//! The bridge between typed struct fields and [`Value`].

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::scalar::{Asn, Degrees, MultiChoice, Protocol, SocialLink, Status, Text, Time, Visibility};
use crate::value::Value;

/// A value of the wrong type, or out of the column's range, was given to a field.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch;

/// A struct field type of a record.
pub trait Cell: Sized {
    /// Reads the field.
    fn get(&self) -> Value<'_>;

    /// Builds the field from a value.
    ///
    /// # Errors
    /// When the value has another type or lies outside the type's range.
    fn from_value(value: Value<'_>) -> Result<Self, Mismatch>;
}

/// The struct field type of a field without a column: joined, derived, or a nested object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Virtual;

impl Cell for Virtual {
    fn get(&self) -> Value<'_> {
        Value::Null
    }

    fn from_value(_: Value<'_>) -> Result<Virtual, Mismatch> {
        Err(Mismatch)
    }
}

impl Cell for bool {
    fn get(&self) -> Value<'_> {
        Value::Bool(*self)
    }

    fn from_value(value: Value<'_>) -> Result<bool, Mismatch> {
        match value {
            Value::Bool(v) => Ok(v),
            _ => Err(Mismatch),
        }
    }
}

impl Cell for u32 {
    fn get(&self) -> Value<'_> {
        Value::Int(i64::from(*self))
    }

    fn from_value(value: Value<'_>) -> Result<u32, Mismatch> {
        value.as_int().and_then(|v| u32::try_from(v).ok()).ok_or(Mismatch)
    }
}

impl Cell for Asn {
    fn get(&self) -> Value<'_> {
        self.0.get().into_owned()
    }

    fn from_value(value: Value<'_>) -> Result<Asn, Mismatch> {
        u32::from_value(value).map(Asn)
    }
}

impl Cell for Time {
    fn get(&self) -> Value<'_> {
        Value::Time(*self)
    }

    fn from_value(value: Value<'_>) -> Result<Time, Mismatch> {
        match value {
            Value::Time(v) => Ok(v),
            _ => Err(Mismatch),
        }
    }
}

impl Cell for Degrees {
    fn get(&self) -> Value<'_> {
        Value::Degrees(*self)
    }

    fn from_value(value: Value<'_>) -> Result<Degrees, Mismatch> {
        match value {
            Value::Degrees(v) => Ok(v),
            _ => Err(Mismatch),
        }
    }
}

impl Cell for MultiChoice {
    fn get(&self) -> Value<'_> {
        Value::Multi(*self)
    }

    fn from_value(value: Value<'_>) -> Result<MultiChoice, Mismatch> {
        match value {
            Value::Multi(v) => Ok(v),
            _ => Err(Mismatch),
        }
    }
}

impl Cell for Text {
    fn get(&self) -> Value<'_> {
        Value::text(self)
    }

    fn from_value(value: Value<'_>) -> Result<Text, Mismatch> {
        match value {
            Value::Text(v) => Ok(v.into()),
            _ => Err(Mismatch),
        }
    }
}

impl Cell for Box<[SocialLink]> {
    fn get(&self) -> Value<'_> {
        Value::Social(Cow::Borrowed(self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Social(v) => Ok(v.into_owned().into()),
            _ => Err(Mismatch),
        }
    }
}

impl Cell for Box<[Text]> {
    fn get(&self) -> Value<'_> {
        Value::Words(Cow::Borrowed(self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Words(v) => Ok(v.into_owned().into()),
            _ => Err(Mismatch),
        }
    }
}

macro_rules! parsed_cells {
    ($($type:ty => $text:expr),+ $(,)?) => { $(
        impl Cell for $type {
            fn get(&self) -> Value<'_> {
                let text: fn(&$type) -> Cow<'static, str> = $text;
                Value::Text(text(self))
            }

            fn from_value(value: Value<'_>) -> Result<$type, Mismatch> {
                value.as_text().and_then(|text| text.parse().ok()).ok_or(Mismatch)
            }
        }
    )+ };
}

parsed_cells! {
    Status => |v| Cow::Borrowed(v.as_str()),
    Visibility => |v| Cow::Borrowed(v.as_str()),
    Protocol => |v| Cow::Borrowed(v.as_str()),
    Ipv4Addr => |v| Cow::Owned(v.to_string()),
    Ipv6Addr => |v| Cow::Owned(v.to_string()),
    IpNet => |v| Cow::Owned(v.to_string()),
}

impl<T: Cell> Cell for Option<T> {
    fn get(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Cell::get)
    }

    fn from_value(value: Value<'_>) -> Result<Option<T>, Mismatch> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}
