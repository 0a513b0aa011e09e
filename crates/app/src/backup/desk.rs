//! Mail that has not left and tickets that are open, in backups.
//!
//! A backup may be loaded after its mail has left, or beside a server that sends it: mail that is loaded is held, and a
//! person decides what is sent.

use model::Tag;
use serde_json::Value as Json;
use store::mail::{Mail, MailState, NewMail, SUBJECT_MAX};
use store::ticket::{Requester, Ticket};

use super::dump::{ObjectWriter, write_optional_time, write_text_list, write_time};
use super::error::LoadError;
use super::object::Object;

/// Longest address, word or key.
const TEXT_MAX: usize = 255;
/// Longest text.
const BODY_MAX: usize = 1_000_000;

/// The states that a backup tells.
const STATES: &[&str] = &["queued", "sending", "failed", "held"];

/// Why a mail that was loaded is held.
const LOADED: &str = "it came with a backup, and may have been sent since that was made";

pub(super) fn write_mail(mail: &Mail, line: &mut String) {
    let NewMail { kind, to, cc, subject, body, key, answers } = &mail.mail;
    let mut object = ObjectWriter::new(line);
    object.plain("id", mail.id);
    write_time(mail.created, object.key("created"));
    object.text("kind", kind);
    write_text_list(to, object.key("to"));
    write_text_list(cc, object.key("cc"));
    object.text("subject", subject);
    object.text("body", body);
    object.optional_text("key", key.as_deref());
    object.optional_plain("answers", *answers);
    object.text("state", mail.state.as_str());
    object.plain("attempts", mail.attempts);
    object.optional_text("last_error", mail.last_error.as_deref());
    object.end();
}

pub(super) fn write_ticket(ticket: &Ticket, line: &mut String) {
    let mut object = ObjectWriter::new(line);
    object.plain("id", ticket.id);
    write_time(ticket.created, object.key("created"));
    object.text("kind", &ticket.kind);
    object.text("subject", &ticket.subject);
    object.text("body", &ticket.body);
    object.optional_plain("user_id", ticket.requester.user);
    object.optional_text("org_key", ticket.requester.org_key.as_deref());
    object.optional_text("email", ticket.requester.email.as_deref());
    object.optional_text("type", ticket.about.map(|(tag, _)| tag.as_str()));
    object.optional_plain("object_id", ticket.about.map(|(_, id)| id));
    object.text("key", &ticket.key);
    object.optional_plain("mail_id", ticket.mail);
    write_optional_time("close_requested", ticket.close_requested, &mut object);
    object.end();
}

pub(super) fn take_mail(mut object: Object) -> Result<Mail, LoadError> {
    let id = object.id("id")?;
    let created = object.time("created")?;
    let mail = NewMail {
        kind: object.text("kind", TEXT_MAX)?,
        to: texts(&mut object, "to")?,
        cc: texts(&mut object, "cc")?,
        subject: object.text("subject", SUBJECT_MAX)?,
        body: object.text("body", BODY_MAX)?,
        key: object.optional_text("key", TEXT_MAX)?,
        answers: object.optional_id("answers")?,
    };
    let state = object.word("state", STATES)?;
    let attempts = object.take("attempts")?;
    let attempts = attempts
        .as_u64()
        .and_then(|count| u32::try_from(count).ok())
        .ok_or_else(|| object.bad("attempts", &attempts, "be a number from 0 on"))?;
    let last_error = object.optional_text("last_error", BODY_MAX)?;
    object.finish()?;
    let (state, last_error) = match state {
        "failed" => (MailState::Failed, last_error),
        "held" => (MailState::Held, last_error),
        _ => (MailState::Held, Some(LOADED.to_owned())),
    };
    Ok(Mail { id, created, mail, state, attempts, next_attempt: created, sent: None, last_error })
}

pub(super) fn take_ticket(mut object: Object) -> Result<Ticket, LoadError> {
    let tag = match object.take_optional("type") {
        None => None,
        Some(json) => {
            let tag: Option<Tag> = json.as_str().and_then(|text| text.parse().ok());
            Some(tag.ok_or_else(|| object.bad("type", &json, "be a record type such as net"))?)
        }
    };
    let about = match (tag, object.optional_id("object_id")?) {
        (Some(tag), Some(id)) => Some((tag, id)),
        (None, None) => None,
        (tag, id) => {
            let json = Json::from(id);
            let rule = if tag.is_some() { "be an id beside a type" } else { "be absent without a type" };
            return Err(object.bad("object_id", &json, rule));
        }
    };
    let ticket = Ticket {
        id: object.id("id")?,
        created: object.time("created")?,
        kind: object.text("kind", TEXT_MAX)?,
        subject: object.text("subject", SUBJECT_MAX)?,
        body: object.text("body", BODY_MAX)?,
        requester: Requester {
            user: object.optional_id("user_id")?,
            org_key: object.optional_text("org_key", TEXT_MAX)?,
            email: object.optional_text("email", TEXT_MAX)?,
        },
        about,
        key: object.text("key", TEXT_MAX)?,
        mail: object.optional_id("mail_id")?,
        close_requested: object.optional_time("close_requested")?,
        closed: None,
    };
    object.finish()?;
    Ok(ticket)
}

fn texts(object: &mut Object, field: &'static str) -> Result<Vec<String>, LoadError> {
    let json = object.take(field)?;
    let list: Option<Vec<String>> =
        json.as_array().and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    let fits = |list: &Vec<String>| list.iter().all(|text| text.len() <= TEXT_MAX && !text.contains('\0'));
    list.filter(fits).ok_or_else(|| object.bad(field, &json, "be a list of mail addresses"))
}
