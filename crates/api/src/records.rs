//! Lists and single records.

use std::sync::Arc;

use app::App;
use app::directory::DistanceRefusal;
use app::pool::Busy;
use axum::http::HeaderName;
use catalog::filter::{Origin, QueryError};
use catalog::query::{NoSuchPage, Page, as_of, is_quick};
use catalog::render::{Renderer, Sets, Shape, pretty};
use catalog::{Query, Rows, Snapshot};
use model::Tag;
use model::access::Viewer;
use model::json::write_text;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::Answer;
use crate::past;
use crate::request::ApiRequest;
use crate::stream::FlatList;

/// What clients read when a deep list was cut (`rest.py`: `ModelViewSet.list`).
const TRUNCATED: &str = "returned more than 250 rows and has been truncated. Please be more specific in your \
    filters, use the limit and skip parameters to page through the resultset or drop the depth parameter";

/// `GET /api/<type>`.
pub(crate) async fn list(app: &App, request: &ApiRequest, viewer: &Viewer, tag: Tag) -> Answer {
    answer(app, request, viewer, tag, None).await.unwrap_or_else(|refusal| refusal)
}

/// `GET /api/<type>/<id>`.
pub(crate) async fn detail(app: &App, request: &ApiRequest, viewer: &Viewer, tag: Tag, id: &str) -> Answer {
    let Ok(number) = id.parse::<i128>() else { return Answer::error(404, "Not found.") };
    // Id 0 is never assigned: what lies outside the range of ids is as unknown.
    let id = u32::try_from(number).unwrap_or(0);
    answer(app, request, viewer, tag, Some(id)).await.unwrap_or_else(|refusal| refusal)
}

async fn answer(
    app: &App,
    request: &ApiRequest,
    viewer: &Viewer,
    tag: Tag,
    id: Option<u32>,
) -> Result<Answer, Answer> {
    if request.params.last("distance").is_some() {
        App::may_search_by_distance(viewer).map_err(refuse_distance)?;
    }
    if let Some(moment) = as_of(&request.params).map_err(refuse_query)? {
        return past::answer(app, request, viewer, tag, id, moment).await;
    }
    let snapshot = app.snapshot();
    let quick = is_quick(tag, id.is_some(), &request.params);
    let parse = {
        let (snapshot, viewer, params) = (Arc::clone(&snapshot), viewer.clone(), request.params.clone());
        move || Query::parse(&snapshot, &viewer, tag, id, &params)
    };
    let parsed = if quick { parse() } else { app.compute(parse).await.map_err(refuse_busy)? };
    let query = parsed.map_err(refuse_query)?;
    if let Some(refusal) = refuse_ignored(request, &query.ignored) {
        return Err(refusal);
    }
    let origin = app.locate(&query).await;
    let ignored = query.ignored.clone();
    let answer = if quick {
        found(&app.settings().public_url, request, viewer, &snapshot, &query, origin)
    } else {
        let (url, request, viewer) = (app.settings().public_url.clone(), request.clone(), viewer.clone());
        let find = move || found(&url, &request, &viewer, &snapshot, &query, origin);
        app.compute(find).await.map_err(refuse_busy)?
    };
    Ok(name_ignored(answer.unwrap_or_else(|refusal| refusal), &ignored))
}

/// The answer to a question that is understood.
fn found(
    public_url: &str,
    request: &ApiRequest,
    viewer: &Viewer,
    snapshot: &Snapshot,
    query: &Query,
    origin: Option<Origin>,
) -> Result<Answer, Answer> {
    if let Some(answer) = whole(request, viewer, snapshot, query, String::new()) {
        return Ok(answer);
    }
    let rows =
        query.run(snapshot, viewer, origin).map_err(|NoSuchPage| Answer::error(404, "Invalid page."))?;
    refuse_rows(snapshot, viewer, query, &rows)?;
    let meta = meta(public_url, request, query, &rows);
    Ok(list_answer(request, viewer, snapshot, query, &rows, meta))
}

/// The answer with these rows; `meta` is the inside of the meta object.
pub(crate) fn list_answer(
    request: &ApiRequest,
    viewer: &Viewer,
    snapshot: &Snapshot,
    query: &Query,
    rows: &Rows<'_>,
    meta: String,
) -> Answer {
    // Whether a LAN's row shows its feed URL depends on the viewer.
    if query.is_flat_list() && query.tag != Tag::Ixlan {
        flat(snapshot, query, rows, meta)
    } else {
        Answer::json(render(request, viewer, snapshot, query, rows, &meta))
    }
}

/// The answer for those who want no parameter to be ignored; `None` when none is, or they do not mind.
pub(crate) fn refuse_ignored(request: &ApiRequest, ignored: &[String]) -> Option<Answer> {
    let refused = request.is_strict() && !ignored.is_empty();
    refused.then(|| Answer::error(400, &format!("Unknown parameters: {}", ignored.join(", "))))
}

/// Says in the answer, whatever it is, which parameters it ignores.
pub(crate) fn name_ignored(answer: Answer, ignored: &[String]) -> Answer {
    if ignored.is_empty() {
        return answer;
    }
    answer.with(HeaderName::from_static("x-ignored-filters"), &header_list(ignored))
}

/// The answers for rows that are not there or not for this viewer.
pub(crate) fn refuse_rows(
    snapshot: &Snapshot,
    viewer: &Viewer,
    query: &Query,
    rows: &Rows<'_>,
) -> Result<(), Answer> {
    match (query.id, rows.entries.first()) {
        (Some(_), None) => {
            Err(Answer::error(404, &format!("No {} matches the given query.", query.tag.model_name())))
        }
        (Some(_), Some(entry)) if !snapshot.may_read(viewer, entry.record()) => Err(Answer::empty(403)),
        (None, None) if query.unique => {
            let text = "{\"data\": [], \"meta\": {\"error\": \"Entity not found\"}}";
            Err(Answer::json_with(404, text.into()))
        }
        _ => Ok(()),
    }
}

/// The whole list of a type, put together from what is rendered and compressed already; `None` for other questions,
/// and where the list depends on the viewer. `meta` is the inside of the meta object.
pub(crate) fn whole(
    request: &ApiRequest,
    viewer: &Viewer,
    snapshot: &Snapshot,
    query: &Query,
    meta: String,
) -> Option<Answer> {
    let tag = query.tag;
    let rows = query.is_whole_list().then(|| snapshot.whole_list(tag, viewer)).flatten()?;
    let packed = request.takes_gzip().then(|| snapshot.packed(tag, viewer)).flatten().cloned();
    let version = Some((snapshot.touched(tag), viewer.mask()));
    Some(Answer::list(FlatList { tag, rows, packed, meta, version }))
}

/// A list of flat rows, written while it is sent.
fn flat(snapshot: &Snapshot, query: &Query, rows: &Rows<'_>, meta: String) -> Answer {
    let rows = snapshot.flat_rows(&rows.entries);
    // Which rows a viewer sees can change without any of them: when their owner moves to another organization.
    Answer::list(FlatList { tag: query.tag, rows, packed: None, meta, version: None })
}

pub(crate) fn render(
    request: &ApiRequest,
    viewer: &Viewer,
    snapshot: &Snapshot,
    query: &Query,
    rows: &Rows<'_>,
    meta: &str,
) -> String {
    let shape = Shape {
        depth: query.depth,
        objects: query.id.is_some(),
        fields: query.fields.as_deref(),
        nested: &query.nested,
        sets: Sets::Everywhere,
    };
    let mut data = String::new();
    Renderer::new(snapshot, viewer, &shape).list(rows.entries.iter().map(|entry| &***entry), &mut data);
    wrap(request, &data, meta)
}

/// The envelope around rendered rows; `meta` is the inside of the meta object.
pub(crate) fn wrap(request: &ApiRequest, data: &str, meta: &str) -> String {
    let text = format!("{{\"data\": {data}, \"meta\": {{{meta}}}}}");
    if request.params.last("pretty").is_some() { pretty(&text) } else { text }
}

pub(crate) fn meta(public_url: &str, request: &ApiRequest, query: &Query, rows: &Rows<'_>) -> String {
    let mut meta = String::new();
    if rows.truncated {
        meta.push_str("\"truncated\": ");
        write_text(&format!("Your search query (with depth {}) {TRUNCATED}", query.depth), &mut meta);
    }
    if let Some(page) = rows.page {
        let base = format!("{public_url}{}", request.path);
        meta.push_str(&pagination(&base, request, page));
    }
    meta
}

fn pagination(base: &str, request: &ApiRequest, page: Page) -> String {
    let link = |number: Option<usize>| {
        let mut text = String::from("null");
        if let Some(number) = number {
            text.clear();
            write_text(&page_url(base, request, number), &mut text);
        }
        text
    };
    let next = (page.number < page.pages).then_some(page.number + 1);
    let previous = (page.number > 1).then(|| page.number - 1);
    format!(
        "\"pagination\": {{\"count\": {}, \"has_next\": {}, \"has_previous\": {}, \"next\": {}, \"previous\": {}, \
         \"page\": {}, \"per_page\": {}, \"total_pages\": {}}}",
        page.count,
        next.is_some(),
        previous.is_some(),
        link(next),
        link(previous),
        page.number,
        page.rows,
        page.pages
    )
}

/// The same request for another page: parameters by name, `page` left out for the first page.
fn page_url(base: &str, request: &ApiRequest, number: usize) -> String {
    let others = request.params.pairs().iter().filter(|(name, _)| name != "page").cloned();
    let mut pairs: Vec<(String, String)> = others.collect();
    if number > 1 {
        pairs.push(("page".into(), number.to_string()));
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let encoded: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    if encoded.is_empty() { base.to_owned() } else { format!("{base}?{}", encoded.join("&")) }
}

/// What stays as it is in an encoded parameter.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b' ');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string().replace(' ', "+")
}

/// Names as they can stand in a header, whatever clients sent; dots stand for those that do not fit.
fn header_list(names: &[String]) -> String {
    const LENGTH_MAX: usize = 1_000;
    let mut list = String::new();
    for name in names {
        let name = encode(name);
        let fits = list.len() + name.len() <= LENGTH_MAX;
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(if fits { &name } else { "..." });
        if !fits {
            break;
        }
    }
    list
}

pub(crate) fn refuse_query(error: QueryError) -> Answer {
    match error {
        QueryError::Invalid(message) => Answer::error(400, &message),
        QueryError::Missing(fields) => Answer::field_errors(&fields),
    }
}

pub(crate) fn refuse_busy(Busy: Busy) -> Answer {
    Answer::busy("Too many long questions are waiting for their answers")
}

fn refuse_distance(refusal: DistanceRefusal) -> Answer {
    Answer::error(
        403,
        match refusal {
            DistanceRefusal::Anonymous => "Please authenticate to use the `distance` filter",
            DistanceRefusal::Unverified => "Please verify your account to use the `distance` filter",
        },
    )
}
