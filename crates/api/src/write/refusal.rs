//! The one place where what became of a refused command turns into an answer.

use app::write::WriteError;
use axum::http::header;
use model::Tag;
use model::json::write_text;
use rules::{Errors, Message, Rejection, Said};

use crate::answer::Answer;
use crate::{credential, index};

/// Seconds after which it makes sense to try again, in several cases.
const SOON: &str = "2";
const AFTER_REPAIR: &str = "30";

/// The answer for a command that was not carried out.
pub(super) fn answer(error: &WriteError) -> Answer {
    match error {
        WriteError::Rejected(rejection) => rejected(rejection),
        WriteError::Refused(refusal) => credential::refuse(*refusal),
        WriteError::ReadOnly => read_only(),
        WriteError::Busy => later("Others are writing to the directory: try again in a moment", SOON),
        WriteError::Unsettled => {
            later("The directory changed again and again meanwhile: try again in a moment", SOON)
        }
        WriteError::Outdated => {
            tracing::error!(%error, "changes are refused");
            later(
                "The directory is moving to a newer program: changes are taken again in a while",
                AFTER_REPAIR,
            )
        }
        WriteError::Unwritable(source) => {
            tracing::error!(%source, "changes are refused");
            later(
                "The database cannot be written at the moment: nothing was changed, try again later",
                AFTER_REPAIR,
            )
        }
        // Not to be tried again without a look.
        WriteError::Unknown(_) => Answer::error(
            503,
            "The database did not tell whether it has stored the change: read the record before you try again",
        ),
        WriteError::Broken(source) => {
            tracing::error!(%source, "a planned change broke a rule of the database");
            Answer::error(500, "Internal server error")
        }
    }
}

/// The answer while nothing can be changed.
pub(crate) fn read_only() -> Answer {
    Answer::error(503, "The site is currently in maintenance mode: records can be read only.")
}

fn later(text: &str, seconds: &str) -> Answer {
    Answer::error(503, text).with(header::RETRY_AFTER, seconds)
}

fn rejected(rejection: &Rejection) -> Answer {
    match rejection {
        Rejection::Invalid(errors) => invalid(errors),
        Rejection::Refused(message) => Answer::error(400, &message.to_string()),
        // Whoever comes here is anonymous or known by a key alone, which does not make a person.
        Rejection::NotYours => index::unauthenticated(),
        Rejection::Forbidden => Answer::empty(403),
        Rejection::ForbiddenBecause(message) | Rejection::Protected(message) => {
            Answer::error(403, &message.to_string())
        }
        Rejection::NotFound(tag) => not_found(*tag),
    }
}

/// There is no such record.
pub(super) fn not_found(tag: Tag) -> Answer {
    Answer::error(404, &format!("No {} matches the given query.", tag.model_name()))
}

/// Errors by field (rest-api specification, 2.2).
fn invalid(errors: &Errors) -> Answer {
    let mut fields = String::new();
    for (field, said) in errors.iter() {
        key(field, &mut fields);
        write_said(said, &mut fields);
    }
    Answer::errors(&fields, if errors.ignore_field { "\"ignore_field_error\": \"True\"" } else { "" })
}

fn key(name: &str, out: &mut String) {
    if !out.is_empty() {
        out.push_str(", ");
    }
    write_text(name, out);
    out.push_str(": ");
}

fn write_said(said: &Said, out: &mut String) {
    match said {
        Said::List(messages) => write_list(messages, out),
        Said::One(message) => write_text(&message.to_string(), out),
        Said::General(message) => {
            let mut object = String::new();
            key(rules::GENERAL, &mut object);
            write_list(std::slice::from_ref(message), &mut object);
            out.push('{');
            out.push_str(&object);
            out.push('}');
        }
        Said::Entries(entries) => {
            out.push('[');
            for (n, parts) in entries.iter().enumerate() {
                out.push_str(if n > 0 { ", {" } else { "{" });
                let mut object = String::new();
                for (part, message) in parts {
                    key(part, &mut object);
                    write_list(std::slice::from_ref(message), &mut object);
                }
                out.push_str(&object);
                out.push('}');
            }
            out.push(']');
        }
    }
}

fn write_list(messages: &[Message], out: &mut String) {
    let texts: Vec<String> = messages.iter().map(Message::to_string).collect();
    model::json::write_strings(texts.iter().map(String::as_str), out);
}
