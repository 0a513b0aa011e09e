//! Addresses that organizations want to be told about changes, and what became of it.

use model::Time;

use crate::error::Error;
use crate::session::{Cell, Row, Session};
use crate::{serial, sql};

/// Attempts that are kept of each address.
pub const DELIVERIES_KEPT: u32 = 200;

/// Characters that are kept of what went wrong.
const ERROR_MAX: usize = 500;

/// A place in the feed: a change, and how many of its rows lie before it.
pub type Place = (u64, u32);

/// An address to be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id; 0 for one that is not stored yet.
    pub id: u32,
    /// The organization.
    pub org_id: u32,
    /// Where messages go.
    pub url: String,
    /// The key of its signatures, encrypted.
    pub secret: Vec<u8>,
    /// Tags of the types that it is told about, with commas between them; all when empty.
    pub tags: String,
    /// Whether it is told about records of the organization alone.
    pub own: bool,
    /// Whether it is told anything.
    pub active: bool,
    /// Why the program no longer tells it anything.
    pub stopped: Option<String>,
    /// When it was made.
    pub created: Time,
    /// Who made it.
    pub created_by: String,
    /// Who is told when it stops.
    pub email: Option<String>,
    /// Moves with what people change: who delivered meanwhile notes nothing.
    pub revision: u32,
    /// How far it has been told.
    pub progress: Progress,
    /// The name of a message to try it with.
    pub test: Option<String>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Webhook({} of organization {})", self.id, self.org_id)
    }
}

/// How far an address has been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The place behind what was delivered.
    pub next: Place,
    /// The end of the message that is tried again.
    pub until: Option<Place>,
    /// Attempts of that message so far.
    pub attempts: u32,
    /// Since when nothing was delivered although it was tried.
    pub failing_since: Option<Time>,
    /// When the next attempt may be made.
    pub due: Time,
}

/// An attempt to deliver a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The message's name, the same at each attempt.
    pub message: String,
    /// Which attempt, from 1 on.
    pub attempt: u32,
    /// When.
    pub at: Time,
    /// Events in it.
    pub events: u32,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// Whether it was delivered.
    pub delivered: bool,
}

/// What is noted after an attempt, or when there was nothing to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The address.
    pub webhook: u32,
    /// What people had decided when it began.
    pub revision: u32,
    /// How far it had been told when it began.
    pub from: Place,
    /// How far it is told now.
    pub progress: Progress,
    /// Why it is not told anything any more.
    pub stopped: Option<String>,
    /// The message to try it with that was sent.
    pub tested: Option<String>,
    /// The attempt.
    pub delivery: Option<Delivery>,
}

const COLUMNS: &str = "id, org_id, url, secret, tags, own, active, stopped, created, created_by, email, revision, \
                       next_seq, next_n, until_seq, until_n, attempts, failing_since, due, test";

fn read(row: &Row) -> Result<Webhook, Error> {
    let number = |at| row.get::<i64>(at).map(i64::unsigned_abs);
    let until = row.get::<Option<i64>>(14)?.map(i64::unsigned_abs).zip(row.get::<Option<u32>>(15)?);
    Ok(Webhook {
        id: row.get(0)?,
        org_id: row.get(1)?,
        url: row.get(2)?,
        secret: row.get(3)?,
        tags: row.get(4)?,
        own: row.get(5)?,
        active: row.get(6)?,
        stopped: row.get(7)?,
        created: Time(row.get(8)?),
        created_by: row.get(9)?,
        email: row.get(10)?,
        revision: row.get(11)?,
        progress: Progress {
            next: (number(12)?, row.get(13)?),
            until,
            attempts: row.get(16)?,
            failing_since: row.get::<Option<i64>>(17)?.map(Time),
            due: Time(row.get(18)?),
        },
        test: row.get(19)?,
    })
}

/// The addresses of an organization, or all, by id.
pub(crate) async fn list(session: &mut Session, org: Option<u32>) -> Result<Vec<Webhook>, Error> {
    match org {
        Some(org) => {
            let query =
                sql::generated(format!("SELECT {COLUMNS} FROM webhook WHERE org_id = $1 ORDER BY id"));
            session.fetch(query, vec![org.into()], read).await
        }
        None => {
            let query = sql::generated(format!("SELECT {COLUMNS} FROM webhook ORDER BY id"));
            session.fetch(query, vec![], read).await
        }
    }
}

/// The addresses of an organization, by id.
pub(crate) async fn of(session: &mut Session, org: u32) -> Result<Vec<Webhook>, Error> {
    list(session, Some(org)).await
}

/// The addresses that may be told something now, when the newest change has this number; by id.
pub(crate) async fn due(session: &mut Session, now: Time, newest: u64) -> Result<Vec<Webhook>, Error> {
    // Behind a change nothing is left, and within one something is.
    let query = sql::generated(format!(
        "SELECT {COLUMNS} FROM webhook WHERE test IS NOT NULL OR (active = 1 AND due <= $1 AND (next_seq < $2 \
         OR (next_seq = $2 AND next_n < $3))) ORDER BY id"
    ));
    session.fetch(query, vec![now.0.into(), signed(newest).into(), u32::MAX.into()], read).await
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The serial of ids.
const SERIAL: &str = "webhook";

/// Adds an address and gives its id, which no other one ever gets. The caller holds the write lock.
pub(crate) async fn add(session: &mut Session, webhook: &Webhook) -> Result<u32, Error> {
    let query = sql::generated(format!(
        "INSERT INTO webhook ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         $16, $17, $18, $19, $20)"
    ));
    let id = if webhook.id == 0 { serial::next(session, SERIAL).await? } else { webhook.id };
    serial::skip(session, SERIAL, id).await?;
    let Progress { next, until, attempts, failing_since, due } = &webhook.progress;
    let cells: Vec<Cell<'_>> = vec![
        id.into(),
        webhook.org_id.into(),
        webhook.url.as_str().into(),
        webhook.secret.as_slice().into(),
        webhook.tags.as_str().into(),
        webhook.own.into(),
        webhook.active.into(),
        webhook.stopped.as_deref().into(),
        webhook.created.0.into(),
        webhook.created_by.as_str().into(),
        webhook.email.as_deref().into(),
        webhook.revision.into(),
        signed(next.0).into(),
        next.1.into(),
        until.map(|until| signed(until.0)).into(),
        until.map(|until| until.1).into(),
        (*attempts).into(),
        failing_since.map(|since| since.0).into(),
        due.0.into(),
        webhook.test.as_deref().into(),
    ];
    session.execute(query, cells).await?;
    Ok(id)
}

/// Moves the revision of an organization's address and gives it as it is then: nobody else writes it before this
/// transaction ends, and what is under way notes nothing.
pub(crate) async fn hold(session: &mut Session, org: u32, id: u32) -> Result<Option<Webhook>, Error> {
    let query = sql::generated(format!(
        "UPDATE webhook SET revision = revision + 1 WHERE id = $1 AND org_id = $2 RETURNING {COLUMNS}"
    ));
    Ok(session.fetch(query, vec![id.into(), org.into()], read).await?.pop())
}

/// Removes an address that is held, with its attempts, if it is there. Notes take their locks in the same order: its
/// row, then its attempts.
pub(crate) async fn remove(session: &mut Session, id: u32) -> Result<(), Error> {
    session.execute("DELETE FROM webhook_delivery WHERE webhook_id = $1", vec![id.into()]).await?;
    session.execute("DELETE FROM webhook WHERE id = $1", vec![id.into()]).await
}

/// Stores what people decided about an address that is held. How far it was told stays, and so do its attempts.
pub(crate) async fn change(session: &mut Session, webhook: &Webhook) -> Result<(), Error> {
    const CHANGE: &str = "UPDATE webhook SET url = $1, secret = $2, tags = $3, own = $4, active = $5, stopped = $6, \
                          email = $7, until_seq = NULL, until_n = NULL, attempts = 0, failing_since = NULL, \
                          due = $8 WHERE id = $9";
    let cells: Vec<Cell<'_>> = vec![
        webhook.url.as_str().into(),
        webhook.secret.as_slice().into(),
        webhook.tags.as_str().into(),
        webhook.own.into(),
        webhook.active.into(),
        webhook.stopped.as_deref().into(),
        webhook.email.as_deref().into(),
        webhook.progress.due.0.into(),
        webhook.id.into(),
    ];
    session.execute(CHANGE, cells).await
}

/// Asks for a message to try an address with.
pub(crate) async fn test(session: &mut Session, id: u32, message: &str) -> Result<(), Error> {
    session.execute("UPDATE webhook SET test = $1 WHERE id = $2", vec![message.into(), id.into()]).await
}

/// Notes what became of an attempt, unless people changed the address meanwhile, or somebody else told it more. Tells
/// whether it did.
pub(crate) async fn note(session: &mut Session, note: &Note) -> Result<bool, Error> {
    const NOTE: &str = "UPDATE webhook SET next_seq = $1, next_n = $2, until_seq = $3, until_n = $4, attempts = $5, \
                        failing_since = $6, due = $7, stopped = coalesce($8, stopped), \
                        active = CASE WHEN $9 = 1 THEN 0 ELSE active END, \
                        test = CASE WHEN test = $10 THEN NULL ELSE test END \
                        WHERE id = $11 AND revision = $12 AND next_seq = $13 AND next_n = $14 RETURNING id";
    let Progress { next, until, attempts, failing_since, due } = &note.progress;
    let cells = vec![
        signed(next.0).into(),
        next.1.into(),
        until.map(|until| signed(until.0)).into(),
        until.map(|until| until.1).into(),
        (*attempts).into(),
        failing_since.map(|since| since.0).into(),
        due.0.into(),
        note.stopped.as_deref().into(),
        note.stopped.is_some().into(),
        note.tested.as_deref().into(),
        note.webhook.into(),
        note.revision.into(),
        signed(note.from.0).into(),
        note.from.1.into(),
    ];
    let noted: Option<u32> = session.value(NOTE, cells).await?;
    if let (Some(_), Some(delivery)) = (noted, &note.delivery) {
        keep(session, note.webhook, delivery).await?;
    }
    Ok(noted.is_some())
}

async fn keep(session: &mut Session, webhook: u32, delivery: &Delivery) -> Result<(), Error> {
    const KEEP: &str = "INSERT INTO webhook_delivery (message, attempt, webhook_id, at, events, status, error, \
                        delivered) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                        ON CONFLICT (message, attempt) DO NOTHING";
    const FORGET: &str = "DELETE FROM webhook_delivery WHERE webhook_id = $1 AND at < \
                          (SELECT min(at) FROM (SELECT at FROM webhook_delivery WHERE webhook_id = $1 \
                          ORDER BY at DESC LIMIT $2) AS kept)";
    let error: Option<String> =
        delivery.error.as_ref().map(|text| text.chars().filter(|c| *c != '\0').take(ERROR_MAX).collect());
    let cells = vec![
        delivery.message.as_str().into(),
        delivery.attempt.into(),
        webhook.into(),
        delivery.at.0.into(),
        delivery.events.into(),
        delivery.status.map(u32::from).into(),
        error.into(),
        delivery.delivered.into(),
    ];
    session.execute(KEEP, cells).await?;
    session.execute(FORGET, vec![webhook.into(), DELIVERIES_KEPT.into()]).await
}

/// The newest attempts of an address, the newest one first.
pub(crate) async fn deliveries(
    session: &mut Session,
    webhook: u32,
    limit: u32,
) -> Result<Vec<Delivery>, Error> {
    const LIST: &str = "SELECT message, attempt, at, events, status, error, delivered FROM webhook_delivery \
                        WHERE webhook_id = $1 ORDER BY at DESC, attempt DESC LIMIT $2";
    let read = |row: &Row| {
        Ok(Delivery {
            message: row.get(0)?,
            attempt: row.get(1)?,
            at: Time(row.get(2)?),
            events: row.get(3)?,
            status: row.get::<Option<u32>>(4)?.and_then(|status| u16::try_from(status).ok()),
            error: row.get(5)?,
            delivered: row.get(6)?,
        })
    };
    session.fetch(LIST, vec![webhook.into(), limit.into()], read).await
}
