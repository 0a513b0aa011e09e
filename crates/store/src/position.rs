//! Where the database stands: what a process has to know before it shows it, or plans a command on it.

use model::{Tag, Time};

use crate::error::Error;
use crate::migrate::key;
use crate::session::{Row, Session};
use crate::{sql, tables};

/// The end of the log of changes, and of those of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEnd {
    /// Identifies this directory among others.
    pub installation: String,
    /// The number of the newest change; 0 before the first one.
    pub sequence: u64,
    /// The time of the newest change; the beginning of time before the first one.
    pub at: Time,
    /// A number that every change of people, keys and permissions moves.
    pub principals: u64,
}

pub(crate) async fn log_end(session: &mut Session) -> Result<LogEnd, Error> {
    const NEWEST: &str = "SELECT coalesce((SELECT value FROM meta WHERE key = $1), ''), \
                          coalesce((SELECT max(seq) FROM change), 0), \
                          coalesce((SELECT at FROM change ORDER BY seq DESC LIMIT 1), 0), \
                          coalesce((SELECT value FROM meta WHERE key = $2), '')";
    let read = |row: &Row| {
        Ok(LogEnd {
            installation: row.get(0)?,
            sequence: row.get::<i64>(1)?.unsigned_abs(),
            at: Time(row.get(2)?),
            principals: tables::number(row.get(3)?, key::PRINCIPALS)?,
        })
    };
    let keys = vec![key::INSTALLATION.into(), key::PRINCIPALS.into()];
    let found = session.fetch(NEWEST, keys, read).await?;
    found.into_iter().next().ok_or(Error::Sql(sqlx::Error::RowNotFound))
}

/// The highest ids, by [`Tag::index`]: of the rows, and of the log, which remembers purged ones. Both are looked up
/// at the end of an index.
pub(crate) async fn highest_ids(session: &mut Session) -> Result<[u32; 13], Error> {
    let lines = Tag::ALL.map(|tag| {
        format!(
            "SELECT '{tag}', coalesce((SELECT max(id) FROM {tag}), 0), \
             coalesce((SELECT max(id) FROM change_row WHERE tag = '{tag}'), 0)"
        )
    });
    let query = sql::generated(lines.join(" UNION ALL "));
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Vec<(String, u32, u32)> = session.fetch(query, vec![], read).await?;
    let of = |tag: Tag| found.iter().find(|(name, _, _)| name == tag.as_str());
    Ok(Tag::ALL.map(|tag| of(tag).map_or(0, |(_, row, log)| *row.max(log))))
}
