//! What is said when the database finds that a value belongs to another record already.

use model::Tag;

use crate::message::texts;
use crate::rejection::{Errors, Rejection};

texts! {
    TAKEN = "taken": "This field must be unique.";
    PAIR_TAKEN = "pair-taken": "The fields {fields} must make a unique set.";
}

/// The refusal of a record whose values in these fields, together, are those of another record.
pub fn taken(_tag: Tag, fields: &[&'static str]) -> Rejection {
    Rejection::Invalid(match fields {
        [field] => Errors::of(field, TAKEN.plain()),
        several => Errors::general(PAIR_TAKEN.with([("fields", &several.join(", "))])),
    })
}
