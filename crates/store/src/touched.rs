//! What changes did to the rows of public lists, beside the log: feeds begin with it after a start.

use model::Time;

use crate::error::Error;
use crate::session::Session;

/// What a change did, as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The number of the change.
    pub seq: u64,
    /// When it was made.
    pub at: Time,
    /// The touches, in the form of whoever stored them.
    pub touches: String,
}

pub(crate) async fn put(session: &mut Session, seq: i64, touches: &str) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO change_touched (seq, touches) VALUES ($1, $2)";
    session.execute(PUT, vec![seq.into(), touches.into()]).await
}

/// Stores the touches of a change that is committed already; touches that are there stay.
pub(crate) async fn add(session: &mut Session, seq: u64, touches: &str) -> Result<(), Error> {
    const ADD: &str =
        "INSERT INTO change_touched (seq, touches) VALUES ($1, $2) ON CONFLICT (seq) DO NOTHING";
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    session.execute(ADD, vec![seq.into(), touches.into()]).await
}

/// The touches of changes before the one numbered `before`, made at a moment or later; the newest ones first.
pub(crate) async fn read(
    session: &mut Session,
    before: u64,
    earliest: Time,
    limit: u32,
) -> Result<Vec<Touched>, Error> {
    const READ: &str = "SELECT t.seq, c.at, t.touches FROM change_touched t JOIN change c ON c.seq = t.seq \
                        WHERE t.seq < $1 AND c.at >= $2 ORDER BY t.seq DESC LIMIT $3";
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let cells = vec![before.into(), earliest.0.into(), limit.into()];
    let read = |row: &crate::session::Row| {
        let seq: i64 = row.get(0)?;
        Ok(Touched {
            seq: seq.unsigned_abs(),
            at: Time(row.get(1)?),
            touches: row.get::<&str>(2)?.to_owned(),
        })
    };
    session.fetch(READ, cells, read).await
}
