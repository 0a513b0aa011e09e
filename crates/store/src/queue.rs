//! The queue of records that wait for approval.

use model::directory::QueueItem;
use model::{Tag, Time};

use crate::error::Error;
use crate::session::{Cell, Row, Session};

pub(crate) async fn read(session: &mut Session) -> Result<Vec<QueueItem>, Error> {
    const QUEUE: &str = "SELECT tag, object_id, user_id, org_key, created FROM verification_queue \
                         ORDER BY tag, object_id";
    let read = |row: &Row| {
        let object_id: u32 = row.get(1)?;
        let corrupt = |_| Error::Corrupt {
            table: "verification_queue",
            id: i64::from(object_id),
            column: "tag",
            why: "is no known type",
        };
        let tag: Tag = row.get::<&str>(0)?.parse().map_err(corrupt)?;
        Ok(QueueItem {
            tag,
            object_id,
            user_id: row.get(2)?,
            org_key: row.get(3)?,
            created: row.get::<Option<i64>>(4)?.map(Time),
        })
    };
    session.fetch(QUEUE, vec![], read).await
}

/// Adds an item; one that waits already keeps its place and the person who asked for it first.
pub(crate) async fn add(session: &mut Session, item: &QueueItem) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO verification_queue (tag, object_id, user_id, org_key, created) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tag, object_id) DO NOTHING";
    session.execute(ADD, cells(item)).await
}

/// The columns in their order.
pub(crate) fn cells(item: &QueueItem) -> Vec<Cell<'_>> {
    vec![
        item.tag.as_str().into(),
        item.object_id.into(),
        item.user_id.into(),
        item.org_key.as_deref().into(),
        item.created.map(|time| time.0).into(),
    ]
}

pub(crate) async fn remove(session: &mut Session, tag: Tag, id: u32) -> Result<(), Error> {
    const REMOVE: &str = "DELETE FROM verification_queue WHERE tag = $1 AND object_id = $2";
    session.execute(REMOVE, vec![tag.as_str().into(), id.into()]).await
}

/// The mail address of whoever asked for a record that waits: a person's confirmed one, or that of an organization's
/// key.
pub(crate) async fn requester(session: &mut Session, tag: Tag, id: u32) -> Result<Option<String>, Error> {
    const ADDRESS: &str = "SELECT coalesce(users.email, org_api_key.email) FROM verification_queue \
                           LEFT JOIN users ON users.id = verification_queue.user_id \
                           AND users.email_verified = 1 AND users.is_active = 1 \
                           LEFT JOIN org_api_key ON org_api_key.prefix = verification_queue.org_key \
                           AND org_api_key.revoked = 0 WHERE tag = $1 AND object_id = $2";
    let found: Vec<Option<String>> = session.list(ADDRESS, vec![tag.as_str().into(), id.into()]).await?;
    Ok(found.into_iter().flatten().find(|address| !address.is_empty()))
}
