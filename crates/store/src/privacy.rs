//! Personal values that have had their time: contacts that were deleted, and addresses of those who changed something.

use model::{Tag, Time};

use crate::error::Error;
use crate::reader::ACTOR_ADDRESS;
use crate::session::{Row, Session};

/// Contacts that were deleted before a moment, by id.
pub(crate) async fn deleted_contacts(
    session: &mut Session,
    before: Time,
    limit: u32,
) -> Result<Vec<u32>, Error> {
    const GONE: &str = "SELECT id FROM poc WHERE status = 'deleted' AND updated < $1 ORDER BY id LIMIT $2";
    session.list(GONE, vec![before.0.into(), limit.into()]).await
}

/// Erases what the log holds of a record's personal values, in all of its former images. The log goes on to tell that
/// there were some.
pub(crate) async fn erase(session: &mut Session, tag: Tag, id: u32) -> Result<(), Error> {
    const ERASE: &str = "DELETE FROM change_personal WHERE (seq, n) IN \
                         (SELECT seq, n FROM change_row WHERE tag = $1 AND id = $2)";
    session.execute(ERASE, vec![tag.as_str().into(), id.into()]).await
}

/// Addresses of clients in changes before a moment that are whole: they have no length of a prefix. Each with the
/// number of its change, behind a number and in their order.
pub(crate) async fn whole_addresses(
    session: &mut Session,
    before: Time,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, String)>, Error> {
    const WHOLE: &str = "SELECT p.seq, p.value FROM change_personal p JOIN change c ON c.seq = p.seq \
                         WHERE p.seq > $1 AND p.n = 0 AND p.field = $2 AND c.at < $3 AND p.value NOT LIKE '%/%' \
                         ORDER BY p.seq LIMIT $4";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let cells = vec![after.into(), ACTOR_ADDRESS.into(), before.0.into(), limit.into()];
    let read = |row: &Row| Ok((row.get::<i64>(0)?.unsigned_abs(), row.get(1)?));
    session.fetch(WHOLE, cells, read).await
}

/// Puts another text in the place of the client's address of a change; `None` erases it.
pub(crate) async fn put_address(session: &mut Session, seq: u64, text: Option<&str>) -> Result<(), Error> {
    const PUT: &str = "UPDATE change_personal SET value = $3 WHERE seq = $1 AND n = 0 AND field = $2";
    const ERASE: &str = "DELETE FROM change_personal WHERE seq = $1 AND n = 0 AND field = $2";
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let mut cells = vec![seq.into(), ACTOR_ADDRESS.into()];
    cells.extend(text.map(Into::into));
    session.execute(if text.is_some() { PUT } else { ERASE }, cells).await
}

/// Erases the addresses of clients in changes before a moment. Gives their number.
pub(crate) async fn erase_addresses(session: &mut Session, before: Time) -> Result<u64, Error> {
    const ERASE: &str = "DELETE FROM change_personal WHERE n = 0 AND field = $1 \
                         AND seq IN (SELECT seq FROM change WHERE at < $2) RETURNING seq";
    let cells = vec![ACTOR_ADDRESS.into(), before.0.into()];
    Ok(session.list::<i64>(ERASE, cells).await?.len() as u64)
}

/// As [`whole_addresses`], of the log of people: each with the number of its entry.
pub(crate) async fn whole_people_addresses(
    session: &mut Session,
    before: Time,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, String)>, Error> {
    const WHOLE: &str = "SELECT id, actor_address FROM people_log WHERE id > $1 AND at < $2 \
                         AND actor_address NOT LIKE '%/%' ORDER BY id LIMIT $3";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let read = |row: &Row| Ok((row.get::<i64>(0)?.unsigned_abs(), row.get(1)?));
    session.fetch(WHOLE, vec![after.into(), before.0.into(), limit.into()], read).await
}

/// Puts another text in the place of the client's address of an entry in the log of people; `None` erases it.
pub(crate) async fn put_people_address(
    session: &mut Session,
    id: u64,
    text: Option<&str>,
) -> Result<(), Error> {
    const PUT: &str = "UPDATE people_log SET actor_address = $1 WHERE id = $2";
    let id = i64::try_from(id).unwrap_or(i64::MAX);
    session.execute(PUT, vec![text.into(), id.into()]).await
}

/// Erases the addresses of clients in entries of the log of people before a moment. Gives their number.
pub(crate) async fn erase_people_addresses(session: &mut Session, before: Time) -> Result<u64, Error> {
    const ERASE: &str = "UPDATE people_log SET actor_address = NULL \
                         WHERE at < $1 AND actor_address IS NOT NULL RETURNING id";
    Ok(session.list::<i64>(ERASE, vec![before.0.into()]).await?.len() as u64)
}
