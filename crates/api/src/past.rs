//! Lists and single records as they were: `as_of`.

use std::sync::Arc;

use app::App;
use app::history::{HistoryError, Past, write_time};
use catalog::query::{Moment, NoSuchPage};
use catalog::{Query, Snapshot};
use model::Tag;
use model::access::{Viewer, Who};

use crate::answer::Answer;
use crate::history::refuse;
use crate::records::{meta, name_ignored, refuse_busy, refuse_ignored, refuse_query, refuse_rows, render};
use crate::request::ApiRequest;

/// Rows that an answer about the past holds at most: it is put together before it is sent.
const ROWS_MAX: usize = 10_000;

/// What anonymous callers are told who ask for more than the flat row of a record.
const NEEDS_KEY: &str = "Lists, filters and depths of the past need an API key; without one, 'as_of' shows single \
                         records with depth=0";

/// Answers a question about the past.
///
/// # Errors
/// The answer for what cannot be asked, is not there, or is not for this viewer.
pub(crate) async fn answer(
    app: &App,
    request: &ApiRequest,
    viewer: &Viewer,
    tag: Tag,
    id: Option<u32>,
    moment: Moment,
) -> Result<Answer, Answer> {
    // What is asked does not depend on what there is.
    let asked = Query::parse(&Snapshot::empty(""), viewer, tag, id, &request.params).map_err(refuse_query)?;
    if let Some(refusal) = refuse_ignored(request, &asked.ignored) {
        return Err(refusal);
    }
    let answered = found(app, request, viewer, &asked, moment).await;
    Ok(name_ignored(answered.unwrap_or_else(|refusal| refusal), &asked.ignored))
}

async fn found(
    app: &App,
    request: &ApiRequest,
    viewer: &Viewer,
    asked: &Query,
    moment: Moment,
) -> Result<Answer, Answer> {
    let is_known = viewer.is_superuser() || viewer.who() != Who::Anonymous;
    let state = match asked.id.filter(|_| asked.is_flat_detail()) {
        None if !is_known => return Err(Answer::error(403, NEEDS_KEY)),
        single => {
            let past = app.past(moment).await.map_err(|error| refuse_past(asked, error))?;
            let state = match single {
                Some(id) => app.past_record(asked.tag, id, past).await,
                None => app.past_state(past).await,
            };
            (past, state.map_err(|error| refuse_past(asked, error))?)
        }
    };
    let (past, snapshot) = state;
    let parse = {
        let (snapshot, viewer, params) = (Arc::clone(&snapshot), viewer.clone(), request.params.clone());
        let (tag, id) = (asked.tag, asked.id);
        move || Query::parse(&snapshot, &viewer, tag, id, &params)
    };
    let query = app.compute(parse).await.map_err(refuse_busy)?.map_err(refuse_query)?;
    let origin = app.locate(&query).await;
    let (url, request, viewer) = (app.settings().public_url.clone(), request.clone(), viewer.clone());
    let find = move || {
        let rows = query
            .run(&snapshot, &viewer, origin)
            .map_err(|NoSuchPage| Answer::error(404, "Invalid page."))?;
        refuse_rows(&snapshot, &viewer, &query, &rows)?;
        if rows.entries.len() > ROWS_MAX {
            let text = format!(
                "An answer about the past holds at most {ROWS_MAX} rows, and this one would have {}: narrow it by \
                 filters, or page through it with limit and skip",
                rows.entries.len()
            );
            return Err(Answer::error(400, &text));
        }
        let meta = told(past, &meta(&url, &request, &query, &rows));
        Ok(Answer::json(render(&request, &viewer, &snapshot, &query, &rows, &meta)))
    };
    app.compute(find).await.map_err(refuse_busy)?
}

/// The inside of the meta object: which state this is, and what else there is to say.
fn told(past: Past, more: &str) -> String {
    let mut meta = String::from("\"as_of\": ");
    write_time(past.at, &mut meta);
    meta.push_str(&format!(", \"sequence\": {}", past.seq));
    if !more.is_empty() {
        meta.push_str(", ");
        meta.push_str(more);
    }
    meta
}

fn refuse_past(asked: &Query, error: HistoryError) -> Answer {
    refuse(asked.tag, error)
}
