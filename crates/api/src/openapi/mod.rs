//! The description of the API for programs and people: an OpenAPI 3.1 document as JSON and YAML, and a page.
//!
//! Everything is told from the tables that the program itself works with: fields from the field table, parameters from
//! the tables of the filter language, paths from the routes.

mod bodies;
mod document;
mod feeds;
mod history;
mod logos;
mod operation;
mod parameters;
mod paths;
mod people;
mod reader;
mod responses;
mod schemas;
#[cfg(test)]
mod tests;
mod texts;
mod values;
mod webhooks;
mod writing;
mod yaml;

use std::sync::{Arc, OnceLock};

use app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::any;

use crate::answer::{API_VERSION, Answer};
use crate::kept::Kept;
use crate::request::ApiRequest;
use crate::{index, page, respond};

/// The description is the same for everybody, so that no credentials are looked at.
pub(crate) fn router(app: Arc<App>) -> Router {
    let docs = Arc::new(Docs { app, made: OnceLock::new() });
    Router::new()
        .route("/apidocs", any(handle))
        .route("/apidocs/", any(handle))
        .route("/apidocs/{name}", any(handle))
        .with_state(docs)
}

async fn handle(State(docs): State<Arc<Docs>>, request: Request) -> Response {
    let start = docs.app.now();
    let request = ApiRequest::new(request);
    let answer = docs.answer(&request);
    respond(&docs.app, &request, start, answer)
}

/// The pages, each made by the first reader who wants one.
struct Docs {
    app: Arc<App>,
    made: OnceLock<Made>,
}

struct Made {
    reader: Arc<Kept>,
    style: Arc<Kept>,
    json: Arc<Kept>,
    yaml: Arc<Kept>,
}

impl Docs {
    fn answer(&self, request: &ApiRequest) -> Answer {
        const METHODS: &str = "GET, HEAD, OPTIONS";
        if !request.reads() {
            return index::not_allowed(&request.method).with(header::ALLOW, METHODS);
        }
        let made = self.made.get_or_init(|| Made::of(&self.app));
        let document = match request.path.strip_prefix("/apidocs").unwrap_or_default() {
            "" => return Answer::redirect(StatusCode::MOVED_PERMANENTLY.as_u16(), "/apidocs/"),
            "/" => &made.reader,
            "/style.css" => &made.style,
            "/openapi.json" => &made.json,
            "/openapi.yaml" => &made.yaml,
            _ => return Answer::html(404, page::NOT_FOUND.into()),
        };
        Answer::kept(Arc::clone(document)).with(header::ALLOW, METHODS)
    }
}

impl Made {
    fn of(app: &App) -> Made {
        let document = document::document(&app.settings().public_url, API_VERSION, app.place_attribution());
        let kept = |kind, text: String| Arc::new(Kept::new(kind, text));
        Made {
            reader: kept("text/html; charset=utf-8", reader::page(&document)),
            style: kept("text/css; charset=utf-8", include_str!("style.css").to_owned()),
            json: kept("application/json; charset=utf-8", document.to_string()),
            yaml: kept("application/yaml", yaml::emit(&document)),
        }
    }
}
