//! What the commands about the queue say.

use std::error::Error;
use std::fmt::Write;

use app::queue::{Requester, Waiting};
use app::write::WriteError;
use model::{AnyRecord, Tag, Value};
use rules::{Rejection, Said};
use serde_json::{Value as Json, json};

use super::super::load::{grouped, plural};
use crate::failure::Failure;

fn name(record: &AnyRecord) -> String {
    record.value("name").as_text().unwrap_or_default().to_owned()
}

fn requester(requester: &Requester) -> String {
    match requester {
        Requester::User { id, name, email } => {
            let email = email.as_ref().map(|email| format!(" <{email}>")).unwrap_or_default();
            format!("user {id} {name}{email}")
        }
        Requester::OrgKey { prefix, org, email } => {
            let org = org.map(|org| format!(" of org {org}")).unwrap_or_default();
            let email = if email.is_empty() { String::new() } else { format!(" <{email}>") };
            format!("key {prefix}{org}{email}")
        }
    }
}

fn line(waiting: &Waiting) -> String {
    let Waiting { record, parts: _, owner, since, requester: who } = waiting;
    let mut line = format!("{} {}  {}", record.tag(), record.id(), name(record));
    if let Some((id, name)) = owner {
        let _ = write!(line, "  (org {id} {name})");
    }
    let _ = write!(line, "  since {since}");
    if let Some(who) = who {
        let _ = write!(line, "  by {}", requester(who));
    }
    line
}

fn object(waiting: &Waiting) -> Json {
    let Waiting { record, parts: _, owner, since, requester } = waiting;
    let requester = requester.as_ref().map(|requester| match requester {
        Requester::User { id, name, email } => json!({ "user_id": id, "username": name, "email": email }),
        Requester::OrgKey { prefix, org, email } => {
            json!({ "org_key": prefix, "org_id": org, "email": email })
        }
    });
    json!({
        "type": record.tag().as_str(),
        "id": record.id(),
        "name": name(record),
        "org": owner.as_ref().map(|(id, name)| json!({ "id": id, "name": name })),
        "since": since.to_string(),
        "requester": requester,
    })
}

/// All of the queue.
pub(super) fn list(waiting: &[Waiting], as_json: bool) -> String {
    if as_json {
        return format!("{:#}\n", Json::Array(waiting.iter().map(object).collect()));
    }
    let mut text: String = waiting.iter().map(|waiting| format!("{}\n", line(waiting))).collect();
    let count = waiting.len() as u64;
    let verb = if count == 1 { "waits" } else { "wait" };
    let _ = writeln!(text, "{} {} {verb} for approval", grouped(count), plural(count, "record"));
    text
}

fn is_empty(value: &Value<'_>) -> bool {
    matches!(value, Value::Null) || value.as_text() == Some("")
}

/// The stored values of a record by name, as JSON texts; all of them, or those that are not empty.
fn values(record: &AnyRecord, all: bool) -> Vec<(&'static str, String)> {
    let table = record.tag().table();
    let stored = table.stored().map(|(position, field)| (field, record.get(position)));
    stored
        .filter(|(_, value)| all || !is_empty(value))
        .map(|(field, value)| {
            let mut text = String::new();
            field.write_json(&value, &mut text);
            (field.name, text)
        })
        .collect()
}

fn whole(record: &AnyRecord) -> Json {
    let named = values(record, true).into_iter();
    Json::Object(named.map(|(name, own)| (name.to_owned(), own.parse().unwrap_or_default())).collect())
}

/// One record with all that is stored of it, and of what is published with it.
pub(super) fn one(waiting: &Waiting, as_json: bool) -> String {
    if as_json {
        let mut object = object(waiting);
        object["record"] = whole(&waiting.record);
        let parts = waiting.parts.iter();
        let parts = parts.map(|part| json!({ "type": part.tag().as_str(), "record": whole(part) }));
        object["parts"] = parts.collect();
        return format!("{object:#}\n");
    }
    let mut text = format!("{}\n", line(waiting));
    for record in std::iter::once(&waiting.record).chain(&waiting.parts) {
        if record.tag() != waiting.record.tag() {
            let _ = writeln!(text, "with it {} {}", record.tag(), record.id());
        }
        for (name, own) in values(record, false) {
            let _ = writeln!(text, "  {name}: {own}");
        }
    }
    text
}

/// What was decided.
pub(super) fn decision((tag, id): (Tag, u32), decision: &str, seq: u64, as_json: bool) -> String {
    match as_json {
        true => {
            format!("{}\n", json!({ "type": tag.as_str(), "id": id, "decision": decision, "change": seq }))
        }
        false => format!("{tag} {id} {decision} (change {seq})\n"),
    }
}

/// What would be deleted.
pub(super) fn expiring(old: &[Waiting], days: u32, as_json: bool) -> String {
    if as_json {
        return format!("{:#}\n", Json::Array(old.iter().map(object).collect()));
    }
    let mut text: String = old.iter().map(|waiting| format!("{}\n", line(waiting))).collect();
    let count = old.len() as u64;
    let verb = if count == 1 { "has" } else { "have" };
    let remedy = if count == 0 { "" } else { "; --commit deletes them, and tells those who asked for them" };
    let _ = writeln!(
        text,
        "{} {} {verb} waited for more than {days} days{remedy}",
        grouped(count),
        plural(count, "record")
    );
    text
}

/// Why nothing was decided.
pub(super) fn failure((tag, id): (Tag, u32), error: &WriteError) -> Failure {
    let what = format!("{tag} {id}");
    match error {
        WriteError::Rejected(rejection) => Failure::new(
            what,
            rejected(rejection),
            "see `peeringd queue list`, and try again once that is mended",
        ),
        error => {
            let cause = error.source().map(|cause| format!("{error}, {cause}"));
            Failure::new(what, cause.unwrap_or_else(|| error.to_string()), "try again later")
        }
    }
}

fn rejected(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Refused(message)
        | Rejection::ForbiddenBecause(message)
        | Rejection::Protected(message)
        | Rejection::NotFoundBecause(message) => message.to_string(),
        Rejection::NotFound(tag) => format!("there is no such {tag}"),
        Rejection::NotYours | Rejection::Forbidden => "the right to decide is missing".to_owned(),
        Rejection::Invalid(errors) => {
            let fields = errors.iter().map(|(field, said)| match said {
                Said::List(list) => {
                    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
                    format!("{field}: {}", list.join(" "))
                }
                Said::One(message) | Said::General(message) => format!("{field}: {message}"),
                Said::Entries(_) => format!("{field}: has wrong entries"),
            });
            fields.collect::<Vec<_>>().join("; ")
        }
    }
}
