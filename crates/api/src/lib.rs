//! The REST API under `/api`: paths, credentials, answers and headers as clients of the reference server know them.
//!
//! A request passes, in this order: cross-origin preflight, repeated refusals, credentials, limits, client version, routing, content
//! negotiation, parameters, visibility. What it then finds is rendered from one snapshot of the catalog. A change has
//! its body read in the place of parameters, and becomes a command.

mod answer;
mod asset;
mod credential;
mod describe;
mod door;
mod download;
mod dump;
mod feeds;
mod gate;
mod history;
mod index;
mod kept;
mod limits;
mod media;
mod openapi;
mod page;
mod past;
mod records;
mod request;
mod search;
mod sequence;
mod serve;
mod stream;
mod users;
mod webhooks;
mod write;

use std::sync::Arc;

use app::App;
use app::request::RequestInfo;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use model::Time;
use tower_http::catch_panic::CatchPanicLayer;

/// The routes of the API, for a directory. Every path that is none of them answers 404.
pub fn router(app: Arc<App>) -> Router {
    let door = Arc::new(door::Door::new(Arc::clone(&app)));
    Router::new()
        .fallback(handle)
        .with_state(Arc::clone(&door))
        .merge(openapi::router(Arc::clone(&app)))
        .merge(media::router(Arc::clone(&app)))
        .merge(feeds::router(door))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app, name_request))
}

/// Whether a path is one of the API or of its dump files: what programs ask for, as against pages for people.
pub fn serves(path: &str) -> bool {
    let path = request::decoded(path);
    path.starts_with("/api/")
        || feeds::serves(&path)
        || !matches!(request::Route::of(&path), request::Route::Unknown)
}

/// Names requests that nothing in front of the API has named.
async fn name_request(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.extensions().get::<RequestInfo>().is_some() {
        return next.run(request).await;
    }
    let mut response = next.run(request).await;
    let name = HeaderValue::from_str(&app.name_request()).ok();
    response.headers_mut().extend(name.map(|name| (NAME, name)));
    response
}

const NAME: HeaderName = HeaderName::from_static("x-request-id");

async fn handle(State(door): State<Arc<door::Door>>, request: Request) -> Response {
    let app = &door.app;
    let start = app.now();
    let (request, body) = request::ApiRequest::split(request);
    let answer = match sequence::reached(app, &request).await {
        // A write tells the number of its own change.
        Ok(Some(shown)) if request.reads() => {
            let answer = serve::answer(&door, &request, body).await;
            answer.with_missing(sequence::HEADER, &shown.to_string())
        }
        Ok(_) => serve::answer(&door, &request, body).await,
        Err(refusal) => refusal,
    };
    respond(app, &request, start, answer)
}

/// Sends an answer on its way to a request that came at `start`.
fn respond(app: &App, request: &request::ApiRequest, start: Time, answer: answer::Answer) -> Response {
    log(app, request, start, answer.status());
    answer.finish(app, request)
}

fn log(app: &App, request: &request::ApiRequest, start: Time, status: StatusCode) {
    let micros = app.now().0 - start.0;
    tracing::info!(
        method = %request.method,
        path = %request.path,
        status = status.as_u16(),
        micros,
        "answered"
    );
}

/// A panic is a bug: it is logged with its message, and the client learns no more than that.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = text, "a request ended in a panic");
    answer::Answer::error(500, "Internal server error").bare()
}
