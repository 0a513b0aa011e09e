//! Delivering mail: which one is next, and what became of it.
//!
//! A mail is marked before it is handed over, and again afterwards. One that bears the first mark while nobody hands
//! mail over may have been delivered or not: it is held for a person to decide, and never sent again by itself.

use model::Time;

use crate::error::Error;
use crate::mail::{self, Mail};
use crate::session::Session;

/// What became of an attempt to hand a mail over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The mail server has taken it; addresses that it refused are named in the text.
    Sent {
        /// What is worth telling.
        note: Option<String>,
    },
    /// It is tried again.
    Again {
        /// When.
        at: Time,
        /// Why it failed.
        error: String,
        /// Whether the attempt counts: it does not where there was no mail server to talk to.
        counts: bool,
    },
    /// It is given up.
    Failed {
        /// Why.
        error: String,
    },
    /// Nobody knows whether the mail server has taken it.
    Held {
        /// Why not.
        error: String,
    },
}

/// Queued mails that nothing holds up: their time has come, and no older mail to one of their addresses is on its way.
const NEXT: &str = "SELECT m.id FROM mail m WHERE m.state = 'queued' AND m.next_attempt <= $1 AND NOT EXISTS \
                    (SELECT 1 FROM mail e JOIN mail_recipient b ON b.mail_id = e.id \
                    JOIN mail_recipient a ON a.address_key = b.address_key \
                    WHERE e.state IN ('queued', 'sending') AND e.id < m.id AND a.mail_id = m.id) \
                    ORDER BY m.id LIMIT 1";

/// Whether a mail can be delivered now.
pub(crate) async fn is_due(session: &mut Session, now: Time) -> Result<bool, Error> {
    Ok(session.value::<u32>(NEXT, vec![now.0.into()]).await?.is_some())
}

/// Marks the next mail as being handed over, and gives it.
pub(crate) async fn take(session: &mut Session, now: Time) -> Result<Option<Mail>, Error> {
    const TAKE: &str = "UPDATE mail SET state = 'sending', attempts = attempts + 1 \
                        WHERE id = $1 AND state = 'queued' RETURNING id";
    let Some(id) = session.value::<u32>(NEXT, vec![now.0.into()]).await? else { return Ok(None) };
    match session.value::<u32>(TAKE, vec![id.into()]).await? {
        Some(id) => mail::get(session, id).await,
        // It was taken back meanwhile.
        None => Ok(None),
    }
}

/// Notes what became of a mail that was being handed over. Tells whether it was: another process that took it for left
/// behind has marked it meanwhile otherwise, and its mark stays.
pub(crate) async fn settle(
    session: &mut Session,
    id: u32,
    settled: &Settled,
    now: Time,
) -> Result<bool, Error> {
    const SENT: &str = "UPDATE mail SET state = 'sent', sent = $1, last_error = $2 \
                        WHERE id = $3 AND state = 'sending' RETURNING id";
    const AGAIN: &str = "UPDATE mail SET state = 'queued', next_attempt = $1, last_error = $2, \
                         attempts = attempts - $3 WHERE id = $4 AND state = 'sending' RETURNING id";
    const ENDED: &str = "UPDATE mail SET state = $1, last_error = $2 \
                         WHERE id = $3 AND state = 'sending' RETURNING id";
    let (sql, cells) = match settled {
        Settled::Sent { note } => (SENT, vec![now.0.into(), told(note.as_deref()).into(), id.into()]),
        Settled::Again { at, error, counts } => {
            (AGAIN, vec![at.0.into(), told(Some(error)).into(), (!counts).into(), id.into()])
        }
        Settled::Failed { error } => (ENDED, vec!["failed".into(), told(Some(error)).into(), id.into()]),
        Settled::Held { error } => (ENDED, vec!["held".into(), told(Some(error)).into(), id.into()]),
    };
    Ok(session.value::<u32>(sql, cells).await?.is_some())
}

/// What others' servers say may be long, and hold anything.
fn told(text: Option<&str>) -> Option<String> {
    const ERROR_MAX: usize = 1000;
    text.map(|text| text.chars().filter(|c| *c != '\0').take(ERROR_MAX).collect())
}

/// Holds the mails that were being handed over when whoever did so came to an end. Gives their number. The caller is
/// the only one who hands mail over.
pub(crate) async fn hold_strays(session: &mut Session) -> Result<u64, Error> {
    const HOLD: &str = "UPDATE mail SET state = 'held', last_error = $1 WHERE state = 'sending' RETURNING id";
    const WHY: &str = "the program ended while it handed the mail over; the mail server may have taken it";
    Ok(session.list::<u32>(HOLD, vec![WHY.into()]).await?.len() as u64)
}

/// Queues a mail again that has failed, is held, or waits for its next attempt. Tells whether there is such a one.
pub(crate) async fn retry(session: &mut Session, id: u32, now: Time) -> Result<bool, Error> {
    const RETRY: &str = "UPDATE mail SET state = 'queued', attempts = 0, next_attempt = $1 \
                         WHERE id = $2 AND state IN ('queued', 'failed', 'held') RETURNING id";
    Ok(session.value::<u32>(RETRY, vec![now.0.into(), id.into()]).await?.is_some())
}

/// Forgets mails that were sent before a moment. Gives their number.
pub(crate) async fn forget_sent(session: &mut Session, before: Time) -> Result<u64, Error> {
    const RECIPIENTS: &str = "DELETE FROM mail_recipient WHERE mail_id IN \
                              (SELECT id FROM mail WHERE state = 'sent' AND sent < $1)";
    const MAILS: &str = "DELETE FROM mail WHERE state = 'sent' AND sent < $1 RETURNING id";
    session.execute(RECIPIENTS, vec![before.0.into()]).await?;
    Ok(session.list::<u32>(MAILS, vec![before.0.into()]).await?.len() as u64)
}
