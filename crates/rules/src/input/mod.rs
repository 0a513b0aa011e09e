//! From what a client sent to the value of a field, field by field and without a look at anything else.

pub mod texts;

use model::{Field, Value};
use serde_json::Value as Json;

use crate::rejection::Said;

/// Reads the value that a client sent for a field.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(field: &Field, json: &Json) -> Result<Value<'static>, Said> {
    field.read_json(json).map_err(|_| Said::One(texts::REQUIRED.plain()))
}
