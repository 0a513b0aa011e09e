//! First answers of commands that their clients named (`Idempotency-Key`).

use model::Time;

use crate::error::Error;
use crate::session::{Cell, Row, Session};

/// Rows that are deleted beside one that is written: more than one, so that the table shrinks.
const SWEPT: u32 = 16;

/// The first answer of a command.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Who gave the command: the public part of the key.
    pub owner: String,
    /// How its client named it.
    pub name: String,
    /// Tells what the client asked for from everything else.
    pub fingerprint: [u8; 32],
    /// Status of the answer.
    pub status: u16,
    /// Body of the answer, if it has one.
    pub body: Option<String>,
    /// The number of the change; of the newest one where there was nothing to do.
    pub seq: u64,
    /// Until when it is kept.
    pub expires: Time,
}

impl std::fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptAnswer({} {} of {}, change {})", self.status, self.name, self.owner, self.seq)
    }
}

/// The answer that is kept under a name, unless its time is over.
pub(crate) async fn get(
    session: &mut Session,
    owner: &str,
    name: &str,
    now: Time,
) -> Result<Option<KeptAnswer>, Error> {
    const GET: &str = "SELECT fingerprint, status, body, seq, expires FROM answer \
                       WHERE owner = $1 AND name = $2 AND expires > $3";
    let corrupt = |column| Error::Corrupt { table: "answer", id: 0, column, why: "does not fit" };
    let read = |row: &Row| {
        Ok(KeptAnswer {
            owner: owner.to_owned(),
            name: name.to_owned(),
            fingerprint: row.get::<Vec<u8>>(0)?.try_into().map_err(|_| corrupt("fingerprint"))?,
            status: u16::try_from(row.get::<u32>(1)?).map_err(|_| corrupt("status"))?,
            body: row.get(2)?,
            seq: row.get::<i64>(3)?.unsigned_abs(),
            expires: Time(row.get(4)?),
        })
    };
    let cells = vec![owner.into(), name.into(), now.0.into()];
    Ok(session.fetch(GET, cells, read).await?.into_iter().next())
}

/// Keeps an answer, in the place of one whose time is over, and deletes a few such rows.
pub(crate) async fn put(session: &mut Session, answer: &KeptAnswer, now: Time) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO answer (owner, name, fingerprint, status, body, seq, expires) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner, name) DO UPDATE SET \
                       fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, \
                       seq = excluded.seq, expires = excluded.expires";
    let cells = vec![
        answer.owner.as_str().into(),
        answer.name.as_str().into(),
        Cell::Bytes(&answer.fingerprint),
        u32::from(answer.status).into(),
        answer.body.as_deref().into(),
        answer.seq.cast_signed().into(),
        answer.expires.0.into(),
    ];
    session.execute(PUT, cells).await?;
    delete_expired(session, now, SWEPT).await.map(|_| ())
}

/// Deletes at most `limit` answers whose time is over, those that have waited longest first. Gives their number.
pub(crate) async fn delete_expired(session: &mut Session, now: Time, limit: u32) -> Result<u64, Error> {
    const DELETE: &str = "DELETE FROM answer WHERE (owner, name) IN \
                          (SELECT owner, name FROM answer WHERE expires <= $1 ORDER BY expires LIMIT $2) \
                          RETURNING name";
    Ok(session.list::<String>(DELETE, vec![now.0.into(), limit.into()]).await?.len() as u64)
}

/// How many answers are kept.
pub(crate) async fn count(session: &mut Session) -> Result<u64, Error> {
    let count: i64 = session.one("SELECT count(*) FROM answer", vec![]).await?;
    Ok(count.unsigned_abs())
}
