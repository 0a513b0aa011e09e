//! What records went through, and what happened around an organization.

use app::App;
use app::history::{Addresses, Eye, HistoryError, LIMIT, LIMIT_MAX, Page, Place, Wish, write_time};
use catalog::history::Scope;
use model::Tag;
use model::access::Viewer;
use model::json::write_text;

use crate::answer::Answer;
use crate::records::{name_ignored, refuse_ignored, wrap};
use crate::request::ApiRequest;

/// Parameters that have a meaning here.
const PARAMETERS: [&str; 7] = ["limit", "cursor", "derived", "full", "pretty", "format", "callback"];

/// `GET /api/<type>/<id>/history`.
pub(crate) async fn of_record(
    app: &App,
    request: &ApiRequest,
    viewer: &Viewer,
    tag: Tag,
    id: &str,
) -> Answer {
    let id = id.parse().unwrap_or(0);
    let ask = async |eye: Eye, wish| app.history(&eye, tag, id, wish).await;
    answered(app, request, viewer, tag, ask).await
}

/// `GET /api/org/<id>/changes`.
pub(crate) async fn of_org(app: &App, request: &ApiRequest, viewer: &Viewer, id: &str) -> Answer {
    let id = id.parse().unwrap_or(0);
    let ask = async |eye: Eye, wish| app.org_changes(&eye, id, wish).await;
    answered(app, request, viewer, Tag::Org, ask).await
}

async fn answered(
    app: &App,
    request: &ApiRequest,
    viewer: &Viewer,
    tag: Tag,
    ask: impl AsyncFnOnce(Eye, Wish) -> Result<Page, HistoryError>,
) -> Answer {
    let names = request.params.names();
    let ignored: Vec<String> = names.filter(|name| !PARAMETERS.contains(name)).map(str::to_owned).collect();
    if let Some(refusal) = refuse_ignored(request, &ignored) {
        return refusal;
    }
    let answer = match wish(request) {
        Err(refusal) => refusal,
        Ok(wish) => match ask(app.eye(viewer), wish).await {
            Ok(page) => told(request, &page),
            Err(error) => refuse(tag, error),
        },
    };
    name_ignored(answer, &ignored)
}

fn told(request: &ApiRequest, page: &Page) -> Answer {
    let mut data = String::from("[");
    for (n, entry) in page.entries.iter().enumerate() {
        data.push_str(if n > 0 { ", " } else { "" });
        entry.write_json(Addresses::Kept, &mut data);
    }
    data.push(']');
    let mut meta = String::from("\"log_begins\": ");
    write_time(page.begins, &mut meta);
    meta.push_str(", \"next_cursor\": ");
    match page.next {
        Some(place) => write_text(&cursor(place), &mut meta),
        None => meta.push_str("null"),
    }
    Answer::json(wrap(request, &data, &meta))
}

fn cursor(place: Place) -> String {
    format!("{}-{}", place.seq, place.row)
}

fn wish(request: &ApiRequest) -> Result<Wish, Answer> {
    let params = &request.params;
    let limit = match params.last("limit") {
        None => LIMIT,
        Some(text) => {
            text.trim().parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| {
                Answer::error(400, &format!("'limit' needs to be a number from 1 to {LIMIT_MAX}"))
            })?
        }
    };
    let before = params.last("cursor").map(|text| {
        let place = text.trim().split_once('-').and_then(|(seq, row)| {
            // The log counts in numbers of 63 bits.
            let number = |text: &str| text.parse::<i64>().ok().and_then(|n| u64::try_from(n).ok());
            Some(Place { seq: number(seq)?, row: number(row)? })
        });
        let wrong = "'cursor' needs to be the 'next_cursor' of an answer before";
        place.ok_or_else(|| Answer::error(400, wrong))
    });
    Ok(Wish {
        limit,
        before: before.transpose()?,
        scope: Scope { derived: flag(request, "derived")?, hidden: false },
        full: flag(request, "full")?,
    })
}

fn flag(request: &ApiRequest, name: &str) -> Result<bool, Answer> {
    match request.params.last(name) {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(_) => Err(Answer::error(400, &format!("'{name}' needs to be 1 or 0"))),
    }
}

/// The answer where the past cannot be told.
pub(crate) fn refuse(tag: Tag, error: HistoryError) -> Answer {
    match error {
        HistoryError::Busy => Answer::busy(&error.to_string()),
        HistoryError::NoLog => Answer::error(404, &error.to_string()),
        HistoryError::Store(ref cause) => {
            tracing::error!(error = %cause, "the log cannot be read");
            Answer::busy(&error.to_string())
        }
        HistoryError::NoSuchRecord => {
            Answer::error(404, &format!("No {} matches the given query.", tag.model_name()))
        }
        HistoryError::Hidden => Answer::empty(403),
        HistoryError::BeforeLog(_) | HistoryError::Future | HistoryError::TooFar | HistoryError::TooMany => {
            Answer::error(400, &error.to_string())
        }
    }
}
