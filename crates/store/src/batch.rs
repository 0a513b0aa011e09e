//! Statements over many rows.

use std::sync::Arc;

use crate::error::Error;
use crate::session::{Cell, Session};
use crate::sql;

/// Parameters of one statement: enough that the cost of a call disappears among them.
const PARAMETERS: usize = 1000;

/// A statement over many rows. Its full form is prepared once; the last rows get a form of their own.
pub(crate) struct Batch<F> {
    /// Rows of the full form.
    pub(crate) rows: usize,
    text: F,
    full: Option<Arc<str>>,
}

impl<F: Fn(usize) -> String> Batch<F> {
    /// A statement over rows of so many columns; `text` gives its form for a number of rows.
    pub(crate) fn new(columns: usize, text: F) -> Batch<F> {
        Batch { rows: (PARAMETERS / columns).max(1), text, full: None }
    }

    /// Runs it over at most [`Batch::rows`] rows.
    pub(crate) async fn execute(
        &mut self,
        session: &mut Session,
        rows: usize,
        cells: Vec<Cell<'_>>,
    ) -> Result<(), Error> {
        let whole = rows == self.rows;
        let text = if whole {
            Arc::clone(self.full.get_or_insert_with(|| (self.text)(rows).into()))
        } else {
            (self.text)(rows).into()
        };
        // One row is the shape of everyday writes, and worth keeping as well.
        session.execute_kept(sql::shared(text), cells, whole || rows == 1).await
    }
}
