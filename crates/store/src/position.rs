//! Where the database stands: what whoever holds the write lock has to know before a command is planned.

use model::{Tag, Time};

use crate::error::Error;
use crate::migrate::key;
use crate::session::Session;
use crate::sql;

/// The end of the log of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEnd {
    /// Identifies this directory among others.
    pub installation: String,
    /// The number of the newest change; 0 before the first one.
    pub sequence: u64,
    /// The time of the newest change; the beginning of time before the first one.
    pub at: Time,
}

pub(crate) async fn log_end(session: &mut Session) -> Result<LogEnd, Error> {
    const NEWEST: &str = "SELECT coalesce((SELECT value FROM meta WHERE key = $1), ''), \
                          coalesce((SELECT max(seq) FROM change), 0), \
                          coalesce((SELECT at FROM change ORDER BY seq DESC LIMIT 1), 0)";
    let read = |row: &crate::session::Row| {
        Ok(LogEnd {
            installation: row.get(0)?,
            sequence: row.get::<i64>(1)?.unsigned_abs(),
            at: Time(row.get(2)?),
        })
    };
    let found = session.fetch(NEWEST, vec![key::INSTALLATION.into()], read).await?;
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
    let read = |row: &crate::session::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Vec<(String, u32, u32)> = session.fetch(query, vec![], read).await?;
    let of = |tag: Tag| found.iter().find(|(name, _, _)| name == tag.as_str());
    Ok(Tag::ALL.map(|tag| of(tag).map_or(0, |(_, row, log)| *row.max(log))))
}
