//! Outgoing mail: posted in the transaction of what it tells about, delivered later.

use model::Time;

use crate::error::Error;
use crate::serial;
use crate::session::{Cell, Row, Session};
use crate::sql;

/// The longest subject of a mail or ticket, in characters.
pub const SUBJECT_MAX: usize = 255;

/// A mail to be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMail {
    /// What it is about, as one word; operators look for it.
    pub kind: String,
    /// Addresses of those it is for.
    pub to: Vec<String>,
    /// Addresses of those who get a copy.
    pub cc: Vec<String>,
    /// Subject. What does not fit into [`SUBJECT_MAX`] characters on one line is cut off.
    pub subject: String,
    /// Plain text; lines end in `\n`.
    pub body: String,
    /// A mail with the key of one that is there already is not posted.
    pub key: Option<String>,
    /// The mail that it refers to.
    pub answers: Option<u32>,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It waits for its next attempt.
    Queued,
    /// It is being handed over. When nobody does so, it is unknown whether it was.
    Sending,
    /// The mail server has taken it.
    Sent,
    /// It was refused for good, or too often.
    Failed,
    /// It waits for a person to decide: nobody knows whether the mail server has taken it.
    Held,
}

impl MailState {
    /// All states.
    pub const ALL: [MailState; 5] =
        [MailState::Queued, MailState::Sending, MailState::Sent, MailState::Failed, MailState::Held];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            MailState::Queued => "queued",
            MailState::Sending => "sending",
            MailState::Sent => "sent",
            MailState::Failed => "failed",
            MailState::Held => "held",
        }
    }

    fn read(text: &str, id: u32) -> Result<MailState, Error> {
        let corrupt =
            Error::Corrupt { table: "mail", id: i64::from(id), column: "state", why: "is no known word" };
        MailState::ALL.into_iter().find(|state| state.as_str() == text).ok_or(corrupt)
    }
}

impl std::fmt::Display for MailState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A mail with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its number; it leaves behind those with lower numbers to the same address.
    pub id: u32,
    /// When it was posted.
    pub created: Time,
    /// What it says, and to whom.
    pub mail: NewMail,
    /// What became of it.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, if it is queued.
    pub next_attempt: Time,
    /// When the mail server took it.
    pub sent: Option<Time>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// One line of at most [`SUBJECT_MAX`] characters: control characters become spaces, so that no text of a person can
/// begin a header of its own.
pub(crate) fn subject(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    match line.char_indices().nth(SUBJECT_MAX) {
        None => line.to_owned(),
        Some(_) => line.chars().take(SUBJECT_MAX - 1).chain(['…']).collect(),
    }
}

/// Posts a mail and gives its number, or that of the one with the same key.
pub(crate) async fn post(session: &mut Session, mail: &NewMail, now: Time) -> Result<u32, Error> {
    const KNOWN: &str = "SELECT id FROM mail WHERE idempotency_key = $1";
    // Whoever posts holds this row: nobody else can post the same key meanwhile.
    let id = serial::next(session, "mail").await?;
    if let Some(key) = &mail.key
        && let Some(known) = session.value(KNOWN, vec![key.as_str().into()]).await?
    {
        return Ok(known);
    }
    let mail = Mail {
        id,
        created: now,
        mail: NewMail { subject: subject(&mail.subject), ..mail.clone() },
        state: MailState::Queued,
        attempts: 0,
        next_attempt: now,
        sent: None,
        last_error: None,
    };
    add(session, &mail).await?;
    Ok(id)
}

/// Writes a mail as it is.
pub(crate) async fn add(session: &mut Session, mail: &Mail) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO mail (id, created, kind, subject, body, idempotency_key, answers, state, \
                       attempts, next_attempt, sent, last_error) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let NewMail { kind, to, cc, subject, body, key, answers } = &mail.mail;
    let cells = vec![
        mail.id.into(),
        mail.created.0.into(),
        kind.as_str().into(),
        subject.as_str().into(),
        body.as_str().into(),
        key.as_deref().into(),
        (*answers).into(),
        mail.state.as_str().into(),
        mail.attempts.into(),
        mail.next_attempt.0.into(),
        mail.sent.map(|time| time.0).into(),
        mail.last_error.as_deref().into(),
    ];
    session.execute(ADD, cells).await?;
    let to = to.iter().map(|address| ("to", address));
    let cc = cc.iter().map(|address| ("cc", address));
    for (n, (role, address)) in (1_u32..).zip(to.chain(cc)) {
        add_recipient(session, mail.id, n, role, address).await?;
    }
    Ok(())
}

async fn add_recipient(
    session: &mut Session,
    mail: u32,
    n: u32,
    role: &str,
    address: &str,
) -> Result<(), Error> {
    const ADD: &str =
        "INSERT INTO mail_recipient (mail_id, n, role, address, address_key) VALUES ($1, $2, $3, $4, $5)";
    let cells = vec![mail.into(), n.into(), role.into(), address.into(), address.to_lowercase().into()];
    session.execute(ADD, cells).await
}

const COLUMNS: &str = "SELECT id, created, kind, subject, body, idempotency_key, answers, state, attempts, \
                       next_attempt, sent, last_error FROM mail";

/// The mails that a condition over `$1…` finds, oldest first.
async fn select(session: &mut Session, condition: &str, cells: Vec<Cell<'_>>) -> Result<Vec<Mail>, Error> {
    let query = sql::generated(format!("{COLUMNS} {condition}"));
    let mut mails = session.fetch(query, cells, read).await?;
    for mail in &mut mails {
        add_addresses(session, mail).await?;
    }
    Ok(mails)
}

fn read(row: &Row) -> Result<Mail, Error> {
    let id = row.get(0)?;
    Ok(Mail {
        id,
        created: Time(row.get(1)?),
        mail: NewMail {
            kind: row.get(2)?,
            to: Vec::new(),
            cc: Vec::new(),
            subject: row.get(3)?,
            body: row.get(4)?,
            key: row.get(5)?,
            answers: row.get(6)?,
        },
        state: MailState::read(row.get(7)?, id)?,
        attempts: row.get(8)?,
        next_attempt: Time(row.get(9)?),
        sent: row.get::<Option<i64>>(10)?.map(Time),
        last_error: row.get(11)?,
    })
}

async fn add_addresses(session: &mut Session, mail: &mut Mail) -> Result<(), Error> {
    const ADDRESSES: &str = "SELECT role, address FROM mail_recipient WHERE mail_id = $1 ORDER BY n";
    let read = |row: &Row| Ok((row.get::<String>(0)?, row.get::<String>(1)?));
    for (role, address) in session.fetch(ADDRESSES, vec![mail.id.into()], read).await? {
        let list = if role == "to" { &mut mail.mail.to } else { &mut mail.mail.cc };
        list.push(address);
    }
    Ok(())
}

/// The newest mails, newest first: of a state, or of all.
pub(crate) async fn list(
    session: &mut Session,
    state: Option<MailState>,
    limit: u32,
) -> Result<Vec<Mail>, Error> {
    match state {
        Some(state) => {
            let cells = vec![state.as_str().into(), limit.into()];
            select(session, "WHERE state = $1 ORDER BY id DESC LIMIT $2", cells).await
        }
        None => select(session, "ORDER BY id DESC LIMIT $1", vec![limit.into()]).await,
    }
}

/// A mail by its number.
pub(crate) async fn get(session: &mut Session, id: u32) -> Result<Option<Mail>, Error> {
    Ok(select(session, "WHERE id = $1", vec![id.into()]).await?.into_iter().next())
}

/// Takes a mail back that has not begun to leave. Tells whether it did.
pub(crate) async fn withdraw(session: &mut Session, id: u32) -> Result<bool, Error> {
    // The state holds the row until the end of the transaction, so that nobody begins to send it.
    const TAKE: &str = "UPDATE mail SET next_attempt = next_attempt WHERE id = $1 AND state = 'queued' \
                        AND attempts = 0 RETURNING id";
    let taken: Option<u32> = session.value(TAKE, vec![id.into()]).await?;
    if taken.is_none() {
        return Ok(false);
    }
    session.execute("DELETE FROM mail_recipient WHERE mail_id = $1", vec![id.into()]).await?;
    session.execute("DELETE FROM mail WHERE id = $1", vec![id.into()]).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line_of_bounded_length() {
        assert_eq!(subject("A\r\nBcc: x@y.example"), "A  Bcc: x@y.example");
        assert_eq!(subject(" a\tb\u{0}\u{85} "), "a b");
        let long = subject(&"ä".repeat(300));
        assert_eq!((long.chars().count(), long.chars().last()), (SUBJECT_MAX, Some('…')));
        assert_eq!(subject(&"ä".repeat(SUBJECT_MAX)), "ä".repeat(SUBJECT_MAX));
    }
}
