//! The files behind the logos of records.
//!
//! A record has at most one. What nobody refers to any more is removed with the change that let go of it.

use model::Tag;

use crate::error::Error;
use crate::session::{Cell, Row, Session};
use crate::tables::{self, Blob};

/// Which files belong to the logo of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoRow {
    /// The record's type.
    pub tag: Tag,
    /// The record's id.
    pub object_id: u32,
    /// The name that the record's field `logo` has while the files belong to it.
    pub name: String,
    /// SHA-256 of what was uploaded.
    pub uploaded: [u8; 32],
    /// SHA-256 of the copy that pages are served.
    pub shown: [u8; 32],
}

/// The logo of a record with its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// The record's type.
    pub tag: Tag,
    /// The record's id.
    pub object_id: u32,
    /// The name that the record's field `logo` has while the files belong to it.
    pub name: String,
    /// What was uploaded.
    pub uploaded: Blob,
    /// The copy that pages are served.
    pub shown: Blob,
}

const COLUMNS: &str = "SELECT tag, object_id, name, uploaded, shown FROM logo";

fn read(row: &Row) -> Result<LogoRow, Error> {
    let object_id: u32 = row.get(1)?;
    let corrupt = |column, why| Error::Corrupt { table: "logo", id: i64::from(object_id), column, why };
    let digest = |at: usize, column| {
        row.get::<Vec<u8>>(at)?.try_into().map_err(|_| corrupt(column, "has another length"))
    };
    Ok(LogoRow {
        tag: row.get::<&str>(0)?.parse().map_err(|_| corrupt("tag", "is no known type"))?,
        object_id,
        name: row.get(2)?,
        uploaded: digest(3, "uploaded")?,
        shown: digest(4, "shown")?,
    })
}

/// All rows, by type and id.
pub(crate) async fn rows(session: &mut Session) -> Result<Vec<LogoRow>, Error> {
    session.fetch(crate::sql::generated(format!("{COLUMNS} ORDER BY tag, object_id")), vec![], read).await
}

async fn row(session: &mut Session, tag: Tag, id: u32) -> Result<Option<LogoRow>, Error> {
    let query = crate::sql::generated(format!("{COLUMNS} WHERE tag = $1 AND object_id = $2"));
    Ok(session.fetch(query, vec![tag.as_str().into(), id.into()], read).await?.into_iter().next())
}

/// The logo of a record, where its files are here.
pub(crate) async fn get(session: &mut Session, tag: Tag, id: u32) -> Result<Option<Logo>, Error> {
    let Some(row) = row(session, tag, id).await? else { return Ok(None) };
    let missing = |column| Error::Corrupt { table: "logo", id: i64::from(id), column, why: "names no file" };
    let uploaded = tables::get_blob(session, &row.uploaded).await?.ok_or_else(|| missing("uploaded"))?;
    let shown = tables::get_blob(session, &row.shown).await?.ok_or_else(|| missing("shown"))?;
    Ok(Some(Logo { tag, object_id: id, name: row.name, uploaded, shown }))
}

/// Gives a record these files in the place of those that it has. The files have to be stored.
pub(crate) async fn put_row(session: &mut Session, row: &LogoRow) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO logo (tag, object_id, name, uploaded, shown) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (tag, object_id) DO UPDATE SET name = excluded.name, \
                       uploaded = excluded.uploaded, shown = excluded.shown";
    let cells = vec![
        row.tag.as_str().into(),
        row.object_id.into(),
        row.name.as_str().into(),
        Cell::Bytes(&row.uploaded),
        Cell::Bytes(&row.shown),
    ];
    session.execute(PUT, cells).await
}

/// Stores a logo; the files that the record had go, unless another logo has the same.
pub(crate) async fn put(session: &mut Session, logo: &Logo) -> Result<(), Error> {
    let former = row(session, logo.tag, logo.object_id).await?;
    tables::put_blob(session, &logo.uploaded).await?;
    tables::put_blob(session, &logo.shown).await?;
    let row = LogoRow {
        tag: logo.tag,
        object_id: logo.object_id,
        name: logo.name.clone(),
        uploaded: logo.uploaded.sha256,
        shown: logo.shown.sha256,
    };
    put_row(session, &row).await?;
    match former {
        Some(former) => let_go(session, &former).await,
        None => Ok(()),
    }
}

/// Takes the files of a record away, where it has some.
pub(crate) async fn remove(session: &mut Session, tag: Tag, id: u32) -> Result<(), Error> {
    const REMOVE: &str = "DELETE FROM logo WHERE tag = $1 AND object_id = $2";
    let Some(former) = row(session, tag, id).await? else { return Ok(()) };
    session.execute(REMOVE, vec![tag.as_str().into(), id.into()]).await?;
    let_go(session, &former).await
}

/// Removes files that no logo has any more.
async fn let_go(session: &mut Session, former: &LogoRow) -> Result<(), Error> {
    const LET_GO: &str = "DELETE FROM blob WHERE sha256 = $1 AND NOT EXISTS \
                          (SELECT 1 FROM logo WHERE logo.uploaded = blob.sha256 OR logo.shown = blob.sha256)";
    for digest in [&former.uploaded, &former.shown] {
        session.execute(LET_GO, vec![Cell::Bytes(digest)]).await?;
    }
    Ok(())
}
