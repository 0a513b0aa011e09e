//! `peeringd mail` and `peeringd tickets`: what was written to people, and what the support has to look at.

use std::path::PathBuf;

use app::clock::Clock;
use serde_json::{Value as Json, json};
use store::mail::{Mail, MailState};
use store::ticket::Ticket;

use super::load::plural;
use crate::clock::SystemClock;
use crate::failure::{Done, End, Failure};
use crate::output;
use crate::settings::Settings;

/// Mails that are listed.
const LISTED: u32 = 1000;

/// Lists outgoing mail, the newest first.
pub(super) async fn list_mail(settings: &Settings) -> Done {
    let store = super::open(settings).await?;
    let mails = async { store.reader().await?.mails(settings.state, LISTED).await }.await;
    store.close().await;
    let mails = mails.map_err(|error| Failure::told(&error))?;
    if settings.json {
        let mails: Vec<Json> = mails.iter().map(mail_as_json).collect();
        output::print(&format!("{:#}\n", Json::Array(mails)))?;
        return Ok(End::Fine);
    }
    let mut text: String = mails.iter().map(mail_line).collect();
    if mails.is_empty() {
        text.push_str("no mail\n");
    }
    if mails.len() == LISTED as usize {
        text.push_str(&format!("… the newest {LISTED}; there may be older ones\n"));
    }
    output::print(&text)?;
    Ok(End::Fine)
}

fn mail_line(mail: &Mail) -> String {
    let to = mail.mail.to.join(", ");
    format!("{:>6}  {}  {:<7}  {to}  {}\n", mail.id, mail.created, mail.state.as_str(), mail.mail.subject)
}

fn mail_as_json(mail: &Mail) -> Json {
    let own = &mail.mail;
    json!({
        "id": mail.id,
        "created": mail.created.to_string(),
        "kind": own.kind,
        "to": own.to,
        "cc": own.cc,
        "subject": own.subject,
        "body": own.body,
        "key": own.key,
        "answers": own.answers,
        "state": mail.state.as_str(),
        "attempts": mail.attempts,
        "next_attempt": (mail.state == MailState::Queued).then(|| mail.next_attempt.to_string()),
        "sent": mail.sent.map(|at| at.to_string()),
        "last_error": mail.last_error,
    })
}

/// Shows one mail.
pub(super) async fn show_mail(settings: &Settings, ids: &[PathBuf]) -> Done {
    let id = number(ids.first())?;
    let store = super::open(settings).await?;
    let mail = async { store.reader().await?.mail(id).await }.await;
    store.close().await;
    let mail = mail.map_err(|error| Failure::told(&error))?.ok_or_else(|| no_mail(id))?;
    if settings.json {
        output::print(&format!("{:#}\n", mail_as_json(&mail)))?;
    } else {
        output::print(&mail_text(&mail))?;
    }
    Ok(End::Fine)
}

fn mail_text(mail: &Mail) -> String {
    let own = &mail.mail;
    let mut lines = vec![
        format!("Mail: {} ({})", mail.id, own.kind),
        format!("Posted: {}", mail.created),
        format!("State: {}", state(mail)),
    ];
    if let Some(error) = &mail.last_error {
        lines.push(format!("Last error: {error}"));
    }
    if let Some(answers) = own.answers {
        lines.push(format!("Answers: mail {answers}"));
    }
    lines.push(format!("To: {}", own.to.join(", ")));
    if !own.cc.is_empty() {
        lines.push(format!("Cc: {}", own.cc.join(", ")));
    }
    lines.push(format!("Subject: {}", own.subject));
    format!("{}\n\n{}\n", lines.join("\n"), own.body.trim_end())
}

fn state(mail: &Mail) -> String {
    let attempts = match mail.attempts {
        0 => String::new(),
        count => format!(", after {count} {}", plural(u64::from(count), "attempt")),
    };
    match (mail.state, mail.sent) {
        (MailState::Queued, _) => format!("queued, to be tried from {}{attempts}", mail.next_attempt),
        (MailState::Sent, Some(at)) => format!("sent {at}{attempts}"),
        (other, _) => format!("{other}{attempts}"),
    }
}

/// Queues mails again.
pub(super) async fn retry_mail(settings: &Settings, ids: &[PathBuf]) -> Done {
    let ids = numbers(ids)?;
    let store = super::open(settings).await?;
    let now = SystemClock.now();
    // All of them or none.
    let retried = async {
        let mut side = store.side().await?;
        for id in &ids {
            if !side.retry_mail(*id, now).await? {
                return Ok(Some(*id));
            }
        }
        side.finish().await?;
        Ok(None)
    };
    let refused: Result<Option<u32>, store::Error> = retried.await;
    store.close().await;
    if let Some(id) = refused.map_err(|error| Failure::told(&error))? {
        let remedy = "see `peeringd mail list`; none was queued again";
        return Err(Failure::new(id, "no mail that is queued, failed or held", remedy).into());
    }
    let count = ids.len() as u64;
    output::print(&format!("queued {count} {} again\n", plural(count, "mail")))?;
    Ok(End::Fine)
}

/// Lists tickets.
pub(super) async fn list_tickets(settings: &Settings) -> Done {
    let store = super::open(settings).await?;
    let tickets = async { store.reader().await?.tickets(settings.all).await }.await;
    store.close().await;
    let tickets = tickets.map_err(|error| Failure::told(&error))?;
    if settings.json {
        let tickets: Vec<Json> = tickets.iter().map(ticket_as_json).collect();
        output::print(&format!("{:#}\n", Json::Array(tickets)))?;
        return Ok(End::Fine);
    }
    let mut text: String = tickets.iter().map(ticket_line).collect();
    if tickets.is_empty() {
        text.push_str("no ticket is open\n");
    }
    output::print(&text)?;
    Ok(End::Fine)
}

fn ticket_line(ticket: &Ticket) -> String {
    let about = ticket.about.map_or_else(String::new, |(tag, id)| format!("  {tag} {id}"));
    let state = match (ticket.closed, ticket.close_requested) {
        (Some(_), _) => "closed",
        (None, Some(_)) => "settled",
        (None, None) => "open",
    };
    format!("{:>6}  {}  {state:<7}  {}{about}  {}\n", ticket.id, ticket.created, ticket.kind, ticket.subject)
}

fn ticket_as_json(ticket: &Ticket) -> Json {
    json!({
        "id": ticket.id,
        "created": ticket.created.to_string(),
        "kind": ticket.kind,
        "subject": ticket.subject,
        "body": ticket.body,
        "user_id": ticket.requester.user,
        "org_key": ticket.requester.org_key,
        "email": ticket.requester.email,
        "type": ticket.about.map(|(tag, _)| tag.as_str()),
        "object_id": ticket.about.map(|(_, id)| id),
        "mail_id": ticket.mail,
        "close_requested": ticket.close_requested.map(|at| at.to_string()),
        "closed": ticket.closed.map(|at| at.to_string()),
    })
}

/// Closes tickets.
pub(super) async fn close_tickets(settings: &Settings, ids: &[PathBuf]) -> Done {
    let ids = numbers(ids)?;
    let store = super::open(settings).await?;
    let now = SystemClock.now();
    // All of them or none.
    let closed = async {
        let mut side = store.side().await?;
        for id in &ids {
            if !side.close_ticket(*id, now).await? {
                return Ok(Some(*id));
            }
        }
        side.finish().await?;
        Ok(None)
    };
    let refused: Result<Option<u32>, store::Error> = closed.await;
    store.close().await;
    if let Some(id) = refused.map_err(|error| Failure::told(&error))? {
        return Err(Failure::new(id, "no open ticket", "see `peeringd tickets list`; none was closed").into());
    }
    let count = ids.len() as u64;
    output::print(&format!("closed {count} {}\n", plural(count, "ticket")))?;
    Ok(End::Fine)
}

fn no_mail(id: u32) -> Failure {
    Failure::new(id, "no such mail", "see `peeringd mail list`")
}

fn numbers(ids: &[PathBuf]) -> Result<Vec<u32>, Failure> {
    ids.iter().map(|id| number(Some(id))).collect()
}

fn number(id: Option<&PathBuf>) -> Result<u32, Failure> {
    let text = id.map(|id| id.to_string_lossy().into_owned()).unwrap_or_default();
    text.parse().map_err(|_| Failure::new(format!("ID {text}"), "not a number", "take one from the list"))
}

#[cfg(test)]
mod tests {
    use model::Time;
    use store::mail::NewMail;

    use super::*;

    fn mail() -> Mail {
        Mail {
            id: 12,
            created: Time::from_unix(0),
            mail: NewMail {
                kind: "ticket".to_owned(),
                to: vec!["ada@one.example".to_owned(), "bob@two.example".to_owned()],
                cc: vec![],
                subject: "Look".to_owned(),
                body: "Here.\n".to_owned(),
                key: None,
                answers: Some(3),
            },
            state: MailState::Queued,
            attempts: 2,
            next_attempt: Time::from_unix(60),
            sent: None,
            last_error: Some("later".to_owned()),
        }
    }

    #[test]
    fn a_mail_is_told_in_a_line_and_at_length() {
        let line = "    12  1970-01-01T00:00:00Z  queued   ada@one.example, bob@two.example  Look\n";
        assert_eq!(mail_line(&mail()), line);
        let text = "Mail: 12 (ticket)\nPosted: 1970-01-01T00:00:00Z\n\
                    State: queued, to be tried from 1970-01-01T00:01:00Z, after 2 attempts\nLast error: later\n\
                    Answers: mail 3\nTo: ada@one.example, bob@two.example\nSubject: Look\n\nHere.\n";
        assert_eq!(mail_text(&mail()), text);
        let sent = Mail { state: MailState::Sent, sent: Some(Time::from_unix(61)), attempts: 1, ..mail() };
        assert_eq!(state(&sent), "sent 1970-01-01T00:01:01Z, after 1 attempt");
        assert_eq!(mail_as_json(&sent)["next_attempt"], Json::Null);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let told = number(Some(&PathBuf::from("x"))).expect_err("no number").to_string();
        assert_eq!(told, "ID x: not a number: take one from the list");
    }
}
