//! The REST API under `/api`: paths, credentials, answers and headers as clients of the reference server know them.
//!
//! A request passes, in this order: cross-origin preflight, credentials, client version, routing, content
//! negotiation, parameters, visibility. What it then finds is rendered from one snapshot of the catalog.

mod answer;
mod credential;
mod describe;
mod download;
mod dump;
mod gate;
mod index;
mod kept;
mod openapi;
mod page;
mod records;
mod request;
mod search;
mod serve;
mod stream;

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use model::Time;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

/// The routes of the API, for a directory. Every path that is none of them answers 404.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .fallback(handle)
        .with_state(Arc::clone(&app))
        .merge(openapi::router(Arc::clone(&app)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app, name_request))
}

/// Longest name of a request that is taken over from a proxy, in characters.
const NAME_CHARS_MAX: usize = 64;

/// Gives the request a name that stands in the log and in the answer, so that the one leads to the other. A proxy's
/// own name for it is kept.
async fn name_request(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let named = request.headers().get(NAME).filter(|name| {
        let name = name.as_bytes();
        !name.is_empty() && name.len() <= NAME_CHARS_MAX && name.iter().all(u8::is_ascii_graphic)
    });
    let name = named.cloned().or_else(|| HeaderValue::from_str(&app.name_request()).ok());
    let Some(name) = name else { return next.run(request).await };
    let span = tracing::info_span!("request", id = name.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(NAME, name);
    response
}

const NAME: HeaderName = HeaderName::from_static("x-request-id");

async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let start = app.now();
    let request = request::ApiRequest::new(request);
    let answer = serve::answer(&app, &request).await;
    respond(&app, &request, start, answer)
}

/// Sends an answer on its way to a request that came at `start`.
fn respond(app: &App, request: &request::ApiRequest, start: Time, answer: answer::Answer) -> Response {
    let micros = app.now().0 - start.0;
    tracing::info!(
        method = %request.method,
        path = %request.path,
        status = answer.status().as_u16(),
        micros,
        "answered"
    );
    answer.finish(app, request)
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
