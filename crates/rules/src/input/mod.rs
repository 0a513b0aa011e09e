//! From what a client sent to the value of a field, field by field and without a look at anything else.
//!
//! Clients send JSON of any type, and forms send texts: what means the same is taken as the same, so `"12"` is an
//! integer and `"on"` a boolean. Rules that some callers may break ([`number::bounds`], [`irr::strict`]) and rules
//! that need another field ([`phone::normalize`], [`zip::has_no_codes`]) are functions of their own.

pub mod address;
mod choice;
mod email;
pub mod irr;
pub mod number;
pub mod phone;
pub mod social;
mod spelling;
mod text;
pub(crate) mod texts;
mod url;
pub mod zip;

pub(crate) use spelling::as_text;
pub use spelling::type_name;

use model::field::Api;
use model::{Field, Kind, Value};
use serde_json::Value as Json;

use crate::message::Message;
use crate::rejection::Said;

/// A value, or all that is wrong with it.
type Read<T> = Result<T, Vec<Message>>;

/// Reads the value that a client sent for a field.
///
/// A value fits the column of the field, except an id of a reference: that is any integer, and whoever looks the
/// record up will miss it. Numbers beyond bounds, AS-sets and phone numbers in any spelling, and social media
/// entries that break the rules of their service are returned as sent.
///
/// # Errors
/// Everything that is wrong with the value.
pub fn read(field: &Field, json: &Json) -> Result<Value<'static>, Said> {
    if let Kind::Social = field.kind {
        return social::read(json);
    }
    match json {
        Json::Null => null(field).map_err(|message| Said::List(vec![message])),
        _ => present(field, json).map_err(Said::List),
    }
}

/// What null means for a field.
fn null(field: &Field) -> Result<Value<'static>, Message> {
    match field.kind {
        Kind::Asn => Err(texts::NOT_AN_ASN.plain()),
        Kind::MultiChoice(_) if !field.null => Ok(Value::Multi(model::MultiChoice::default())),
        // A port without an address of one protocol says so by an empty text.
        Kind::Ipv4 | Kind::Ipv6 => Err(texts::NOT_NULL.plain()),
        _ if field.null => Ok(Value::Null),
        _ => Err(texts::NOT_NULL.plain()),
    }
}

fn present(field: &Field, json: &Json) -> Read<Value<'static>> {
    match field.kind {
        Kind::Text { max } => text::line(field, json, max),
        Kind::Phone { max } => text::line(field, json, max),
        Kind::Url { max } => url::read(field, json, max),
        Kind::Email => email::read(field, json),
        Kind::Mac => text::mac(json).map_err(one),
        Kind::Bool => number::boolean(field, json).map_err(one),
        Kind::Int { .. } if field.name == "mtu" => choice::mtu(json).map_err(one),
        Kind::Int { max, .. } => number::integer(field, json, max).map_err(one),
        Kind::Asn => number::asn(json).map_err(one),
        Kind::Degrees => number::degrees(field, json).map_err(one),
        Kind::Ref(_) => number::reference(field, json).map_err(one),
        Kind::Choice(choices) => choice::word(json, choices).map_err(one),
        Kind::MultiChoice(choices) => choice::words(json, choices).map_err(one),
        Kind::Country => choice::country(json, field.api == Api::Required).map_err(one),
        Kind::Words(words) => choice::exclusions(json, words).map_err(one),
        Kind::Ipv4 => address::ipv4(json).map_err(one),
        Kind::Ipv6 => address::ipv6(json).map_err(one),
        Kind::Prefix => address::prefix(json),
        Kind::Social | Kind::Id | Kind::Time | Kind::Nested => Err(one(texts::READ_ONLY.plain())),
    }
}

fn one(message: Message) -> Vec<Message> {
    vec![message]
}

#[cfg(test)]
mod tests;
