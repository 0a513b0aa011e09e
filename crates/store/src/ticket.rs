//! Tickets: what people of the support have to look at. Each is a row and a mail.

use std::fmt::Write;

use model::{Tag, Time};

use crate::error::Error;
use crate::mail::{self, NewMail};
use crate::serial;
use crate::session::{Cell, Row, Session};
use crate::sql;

/// Who a ticket is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requester {
    /// The account.
    pub user: Option<u32>,
    /// The public part of an organization's key.
    pub org_key: Option<String>,
    /// A mail address for questions.
    pub email: Option<String>,
}

/// A ticket to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// What it is about, as one word.
    pub kind: String,
    /// Subject; cut as that of a mail.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Who it is for.
    pub requester: Requester,
    /// The record that it is about.
    pub about: Option<(Tag, u32)>,
    /// Tickets of one key are one matter.
    pub key: String,
    /// Microseconds during which one matter is one ticket. `None`: each time is a ticket of its own.
    pub once_per: Option<i64>,
}

/// A ticket with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub id: u32,
    /// When it was opened.
    pub created: Time,
    /// What it is about, as one word.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Who it is for.
    pub requester: Requester,
    /// The record that it is about.
    pub about: Option<(Tag, u32)>,
    /// Tickets of one key are one matter.
    pub key: String,
    /// The mail that told the support; it may be gone.
    pub mail: Option<u32>,
    /// When it turned out that nothing is left to do.
    pub close_requested: Option<Time>,
    /// When it was closed.
    pub closed: Option<Time>,
}

/// Opens a ticket and mails it to the support. `None` when its matter has one.
pub(crate) async fn open(
    session: &mut Session,
    ticket: &NewTicket,
    support: &str,
    now: Time,
) -> Result<Option<u32>, Error> {
    const RECENT: &str = "SELECT id FROM ticket WHERE dedupe_key = $1 AND created > $2 LIMIT 1";
    // Whoever opens one holds this row: nobody else can open one of the same matter meanwhile.
    let id = serial::next(session, "ticket").await?;
    if let Some(span) = ticket.once_per {
        let since = now.0.saturating_sub(span);
        let cells = vec![ticket.key.as_str().into(), since.into()];
        if session.value::<i64>(RECENT, cells).await?.is_some() {
            return Ok(None);
        }
    }
    let mail = mail::post(session, &announcement(id, ticket, support), now).await?;
    let NewTicket { kind, subject, body, requester, about, key, once_per: _ } = ticket.clone();
    let subject = mail::subject(&subject);
    let ticket = Ticket {
        id,
        created: now,
        kind,
        subject,
        body,
        requester,
        about,
        key,
        mail: Some(mail),
        close_requested: None,
        closed: None,
    };
    add(session, &ticket).await?;
    Ok(Some(id))
}

/// The mail that tells the support of a ticket.
fn announcement(id: u32, ticket: &NewTicket, support: &str) -> NewMail {
    let mut body = ticket.body.trim_end().to_owned();
    let _ = write!(body, "\n\nTicket: {id} ({})\n", ticket.kind);
    if let Some((tag, object)) = ticket.about {
        let _ = writeln!(body, "About: {tag} {object}");
    }
    let Requester { user, org_key, email } = &ticket.requester;
    if let Some(user) = user {
        let _ = writeln!(body, "User: {user}");
    }
    if let Some(key) = org_key {
        let _ = writeln!(body, "Key of an organization: {key}");
    }
    if let Some(email) = email {
        let _ = writeln!(body, "Mail address: {email}");
    }
    NewMail {
        kind: "ticket".to_owned(),
        to: vec![support.to_owned()],
        subject: format!("[#{id}] {}", ticket.subject),
        body,
        key: Some(format!("ticket/{id}")),
        ..NewMail::default()
    }
}

/// Writes a ticket as it is.
pub(crate) async fn add(session: &mut Session, ticket: &Ticket) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO ticket (id, created, kind, subject, body, user_id, org_key, email, tag, \
                       object_id, dedupe_key, mail_id, close_requested, closed) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let Requester { user, org_key, email } = &ticket.requester;
    let cells = vec![
        ticket.id.into(),
        ticket.created.0.into(),
        ticket.kind.as_str().into(),
        ticket.subject.as_str().into(),
        ticket.body.as_str().into(),
        (*user).into(),
        org_key.as_deref().into(),
        email.as_deref().into(),
        ticket.about.map(|(tag, _)| tag.as_str()).into(),
        ticket.about.map(|(_, id)| id).into(),
        ticket.key.as_str().into(),
        ticket.mail.into(),
        ticket.close_requested.map(|time| time.0).into(),
        ticket.closed.map(|time| time.0).into(),
    ];
    session.execute(ADD, cells).await
}

/// Says of all tickets about a record that nothing is left to do. Those that nobody was told of yet are closed at
/// once, and their mails taken back; of the others, the support gets an answer to the first mail.
pub(crate) async fn close_of(
    session: &mut Session,
    tag: Tag,
    object: u32,
    support: &str,
    now: Time,
) -> Result<(), Error> {
    const ASK: &str = "UPDATE ticket SET close_requested = $1 WHERE id = $2";
    let open = select(
        session,
        "WHERE tag = $1 AND object_id = $2 AND close_requested IS NULL AND closed IS NULL ORDER BY id",
        vec![tag.as_str().into(), object.into()],
    );
    for ticket in open.await? {
        session.execute(ASK, vec![now.0.into(), ticket.id.into()]).await?;
        let withdrawn = match ticket.mail {
            Some(mail) => mail::withdraw(session, mail).await?,
            None => false,
        };
        if withdrawn {
            close(session, ticket.id, now).await?;
        } else {
            mail::post(session, &all_clear(&ticket, support), now).await?;
        }
    }
    Ok(())
}

/// The mail that tells the support that a ticket has nothing left to do.
fn all_clear(ticket: &Ticket, support: &str) -> NewMail {
    let id = ticket.id;
    let about = ticket.about.map_or_else(String::new, |(tag, id)| format!(" of {tag} {id}"));
    NewMail {
        kind: "ticket-done".to_owned(),
        to: vec![support.to_owned()],
        subject: format!("Re: [#{id}] {}", ticket.subject),
        body: format!("The matter{about} is settled. Ticket {id} can be closed.\n"),
        key: Some(format!("ticket/{id}/done")),
        answers: ticket.mail,
        ..NewMail::default()
    }
}

/// Closes a ticket. Tells whether it was open.
pub(crate) async fn close(session: &mut Session, id: u32, now: Time) -> Result<bool, Error> {
    const CLOSE: &str = "UPDATE ticket SET closed = $1 WHERE id = $2 AND closed IS NULL RETURNING id";
    Ok(session.value::<u32>(CLOSE, vec![now.0.into(), id.into()]).await?.is_some())
}

/// Tickets by their numbers: the open ones, or all.
pub(crate) async fn list(session: &mut Session, all: bool) -> Result<Vec<Ticket>, Error> {
    let condition = if all { "ORDER BY id" } else { "WHERE closed IS NULL ORDER BY id" };
    select(session, condition, vec![]).await
}

async fn select(session: &mut Session, condition: &str, cells: Vec<Cell<'_>>) -> Result<Vec<Ticket>, Error> {
    let query = sql::generated(format!(
        "SELECT id, created, kind, subject, body, user_id, org_key, email, tag, object_id, dedupe_key, mail_id, \
         close_requested, closed FROM ticket {condition}"
    ));
    session.fetch(query, cells, read).await
}

fn read(row: &Row) -> Result<Ticket, Error> {
    let id: u32 = row.get(0)?;
    let corrupt =
        |_| Error::Corrupt { table: "ticket", id: i64::from(id), column: "tag", why: "is no known type" };
    let tag: Option<Tag> = row.get::<Option<&str>>(8)?.map(str::parse).transpose().map_err(corrupt)?;
    Ok(Ticket {
        id,
        created: Time(row.get(1)?),
        kind: row.get(2)?,
        subject: row.get(3)?,
        body: row.get(4)?,
        requester: Requester { user: row.get(5)?, org_key: row.get(6)?, email: row.get(7)? },
        about: tag.zip(row.get(9)?),
        key: row.get(10)?,
        mail: row.get(11)?,
        close_requested: row.get::<Option<i64>>(12)?.map(Time),
        closed: row.get::<Option<i64>>(13)?.map(Time),
    })
}
