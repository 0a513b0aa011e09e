//! Former parents: what a record belonged to before it moved or was purged.
//!
//! The rows of records tell what belongs to a record now. What left it would be found by reading the whole log; a
//! line about each departure leads to it at once.

use std::fmt::Write;

use model::Tag;

use crate::change::RowChange;
use crate::error::Error;
use crate::reader::read_tag;
use crate::session::{Cell, Row, Session};
use crate::sql;

/// Rows of one statement.
const ROWS_MAX: usize = 100;

/// Notes the parents that these rows, all of one type or all purged, are about to lose. The rows are not written yet.
pub(crate) async fn remember(session: &mut Session, rows: &[RowChange]) -> Result<(), Error> {
    for run in rows.chunk_by(|a, b| a.record().0 == b.record().0) {
        let Some((tag, _)) = run.first().map(RowChange::record) else { continue };
        let Some((via, parent)) = tag.parent() else { continue };
        for chunk in run.chunks(ROWS_MAX) {
            let cells = chunk.iter().flat_map(|row| [row.record().1.into(), next_parent(row, via).into()]);
            let query = sql::generated(statement(tag, via, parent, chunk.len()));
            session.execute(query, cells.collect::<Vec<Cell<'_>>>()).await?;
        }
    }
    Ok(())
}

/// The parent that a row has afterwards; 0, which no record has, when it is purged.
fn next_parent(row: &RowChange, via: &str) -> u32 {
    match row {
        RowChange::Put(record) => record.reference(via).unwrap_or(0),
        RowChange::Purge { .. } => 0,
    }
}

fn statement(tag: Tag, via: &str, parent: Tag, rows: usize) -> String {
    let mut text = format!(
        "INSERT INTO former_parent (parent_tag, parent_id, tag, id) \
         SELECT '{parent}', {via}, '{tag}', id FROM {tag} WHERE "
    );
    for row in 0..rows {
        let or = if row > 0 { " OR " } else { "" };
        let _ = write!(text, "{or}(id = ${} AND {via} <> ${})", 2 * row + 1, 2 * row + 2);
    }
    text.push_str(" ON CONFLICT DO NOTHING");
    text
}

/// The records that belonged to one of these once and left it.
pub(crate) async fn children(
    session: &mut Session,
    parents: &[(Tag, u32)],
) -> Result<Vec<(Tag, u32)>, Error> {
    let mut all = Vec::new();
    for run in parents.chunk_by(|(a, _), (b, _)| a == b) {
        for chunk in run.chunks(ROWS_MAX) {
            let Some((parent, _)) = chunk.first() else { continue };
            let names: Vec<String> = (2..=chunk.len() + 1).map(|n| format!("${n}")).collect();
            let text = format!(
                "SELECT tag, id FROM former_parent WHERE parent_tag = $1 AND parent_id IN ({})",
                names.join(", ")
            );
            let mut cells: Vec<Cell<'_>> = vec![parent.as_str().into()];
            cells.extend(chunk.iter().map(|(_, id)| Cell::from(*id)));
            let read = |row: &Row| Ok((read_tag(row.get(0)?, 0)?, row.get(1)?));
            all.extend(session.fetch(sql::generated(text), cells, read).await?);
        }
    }
    Ok(all)
}
