//! What load balancers, monitors and operators ask: is the process alive, is it ready, and in figures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::App;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use model::Tag;
use serde_json::json;
use store::Store;

/// Longest time that a question to the database may take before it counts as away.
const DATABASE: Duration = Duration::from_secs(2);
/// Upper bounds of the buckets of answer times, seconds.
const BUCKETS: &[f64] = &[0.000_25, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

const REQUESTS: &str = "peeringd_http_requests_total";
const DURATION: &str = "peeringd_http_request_duration_seconds";
const RECORDS: &str = "peeringd_records";
const SEQUENCE: &str = "peeringd_change_sequence";
const UPTIME: &str = "peeringd_uptime_seconds";

#[derive(Clone)]
struct Watched {
    app: Arc<App>,
    store: Store,
}

/// The paths that tell how the program is, in front of those that it serves.
pub(crate) fn router(app: &Arc<App>, store: &Store, served: Router) -> Router {
    let watched = Watched { app: Arc::clone(app), store: store.clone() };
    let health = Router::new()
        .route("/healthz", get(|| async { plain("alive\n") }))
        .route("/readyz", get(ready))
        .route("/healthcheck", get(healthcheck))
        .with_state(watched);
    health.fallback_service(served)
}

/// What connections get that there is no room for: a moment later there may be, and health is told all the same.
pub(crate) fn refusing() -> Router {
    const BODY: &str = r#"{"meta": {"error": "Too many connections: please try again in a moment"}}"#;
    /// Seconds.
    const LATER: &str = "5";
    let refusal = || async {
        let headers = [
            (header::CONTENT_TYPE, "application/json; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::RETRY_AFTER, LATER),
        ];
        (StatusCode::SERVICE_UNAVAILABLE, headers, BODY)
    };
    Router::new().fallback(refusal)
}

fn plain(text: &'static str) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], text).into_response()
}

/// Whether the process should get requests: 200 with what it publishes, 503 while the database is away. Reads are
/// answered even then, from what was published last.
async fn ready(State(watched): State<Watched>) -> Response {
    let published = watched.app.snapshot().sequence();
    let stored = stored(&watched.store).await;
    let (status, word) = match stored {
        Some(_) => (StatusCode::OK, "ready"),
        None => (StatusCode::SERVICE_UNAVAILABLE, "the database is away"),
    };
    let body = json!({ "status": word, "published": published, "stored": stored }).to_string();
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")];
    (status, headers, body).into_response()
}

/// As the reference has it: an empty 200 after a question to the database.
async fn healthcheck(State(watched): State<Watched>) -> Response {
    let status = match stored(&watched.store).await {
        Some(_) => StatusCode::OK,
        None => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// The newest change in the database, when it answers in time.
async fn stored(store: &Store) -> Option<u64> {
    match tokio::time::timeout(DATABASE, store.sequence()).await {
        Ok(Ok(sequence)) => Some(sequence),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database does not answer");
            None
        }
        Err(_) => {
            tracing::error!("the database does not answer in time");
            None
        }
    }
}

/// Starts counting. Without it, what is counted goes nowhere.
///
/// # Errors
/// When something else counts in this process already.
pub(crate) fn count() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.into()), BUCKETS)?;
    let handle = builder.install_recorder()?;
    describe_counter!(REQUESTS, "Requests by method and status");
    describe_histogram!(DURATION, "Time from a request's head to its answer's head, seconds");
    describe_gauge!(RECORDS, "Records in memory by type, in every status");
    describe_gauge!(SEQUENCE, "Number of the newest change that is published");
    describe_gauge!(UPTIME, "Seconds since the program was ready");
    Ok(handle)
}

/// The figures of the program, for a listener of their own: they are not for the public.
pub(crate) fn figures(app: &Arc<App>, handle: PrometheusHandle) -> Router {
    let (app, started) = (Arc::clone(app), Instant::now());
    let page = move || {
        let snapshot = app.snapshot();
        for tag in Tag::ALL {
            gauge!(RECORDS, "type" => tag.as_str()).set(snapshot.len(tag) as f64);
        }
        gauge!(SEQUENCE).set(snapshot.sequence() as f64);
        gauge!(UPTIME).set(started.elapsed().as_secs_f64());
        let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
        std::future::ready((kind, handle.render()))
    };
    Router::new().route("/metrics", get(page))
}

/// Counts an answer.
pub(crate) fn answered(method: &axum::http::Method, status: StatusCode, began: Instant) {
    // Clients may invent methods; each would be a series of its own.
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE") => known.to_owned(),
        _ => "other".to_owned(),
    };
    counter!(REQUESTS, "method" => method, "status" => status.as_u16().to_string()).increment(1);
    histogram!(DURATION).record(began.elapsed().as_secs_f64());
}
