//! The REST API under `/api`: paths, credentials, answers and headers as clients of the reference server know them.
//!
//! A request passes, in this order: cross-origin preflight, credentials, client version, routing, content
//! negotiation, parameters, visibility. What it then finds is rendered from one snapshot of the catalog.

mod answer;
mod credential;
mod describe;
mod gate;
mod index;
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
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;

/// The routes of the API, for a directory. Every path that is none of them answers 404.
pub fn router(app: Arc<App>) -> Router {
    Router::new().fallback(handle).with_state(app).layer(CatchPanicLayer::custom(panicked))
}

async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let start = app.now();
    let request = request::ApiRequest::new(request);
    let answer = serve::answer(&app, &request).await;
    let micros = app.now().0 - start.0;
    tracing::info!(
        method = %request.method,
        path = %request.path,
        status = answer.status().as_u16(),
        micros,
        "answered"
    );
    answer.finish(&app, &request)
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
