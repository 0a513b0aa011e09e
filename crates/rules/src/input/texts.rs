//! What is said about single values.

use crate::message::texts;

texts! {
    REQUIRED = "required": "This field is required.";
}
