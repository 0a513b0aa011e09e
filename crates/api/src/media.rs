//! `/m/<name>`: the pictures that records and pages link to.
//!
//! What is served was encoded by this program, not by whoever uploaded it. Beside that, headers tell browsers to take
//! it for nothing but a picture: a file that is a picture and a page at once would run scripts in our name.

use std::sync::Arc;

use app::App;
use app::logo::{Logo, Unreadable};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;

use crate::answer::{Answer, is_known};
use crate::request::ApiRequest;
use crate::{asset, index, page};

/// Where media stand.
const PREFIX: &str = "/m/";

const METHODS: &str = "GET, HEAD, OPTIONS";

/// A name never gets another content, but a picture that was taken away shall be gone for everybody within a day.
const CACHE: &str = "public, max-age=86400, immutable";

/// Pictures are the same for everybody, so that no credentials are looked at.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new().route("/m/{*name}", any(handle)).with_state(app)
}

async fn handle(State(app): State<Arc<App>>, request: Request) -> Response {
    let start = app.now();
    let request = ApiRequest::new(request);
    match found(&app, &request).await {
        Ok(logo) => {
            let response = picture(&request, &logo);
            crate::log(&app, &request, start, response.status());
            response
        }
        Err(answer) => crate::respond(&app, &request, start, answer),
    }
}

async fn found(app: &App, request: &ApiRequest) -> Result<Arc<Logo>, Answer> {
    if !request.fetches() {
        let answer = match request.method {
            Method::OPTIONS => Answer::empty(204),
            _ => index::not_allowed(&request.method),
        };
        return Err(answer.with(header::ALLOW, METHODS));
    }
    let name = request.path.strip_prefix(PREFIX).unwrap_or_default();
    match app.public_logo(name).await {
        Ok(Some(logo)) => Ok(logo),
        Ok(None) => Err(Answer::html(404, page::NOT_FOUND.into())),
        Err(Unreadable) => Err(asset::unreadable()),
    }
}

fn picture(request: &ApiRequest, logo: &Logo) -> Response {
    let tag = format!("\"{}\"", logo.digest);
    let is_known = is_known(request, &tag);
    let file = logo.name.rsplit('/').next().unwrap_or_default();
    let length = logo.shown.len().to_string();
    let disposition = format!("inline; filename=\"{file}\"");
    let name = HeaderName::from_static;
    let body = if is_known || request.is_head() { Body::empty() } else { Body::from(logo.shown.clone()) };
    let mut response = Response::new(body);
    let headers = [
        (header::ETAG, &*tag),
        (header::CACHE_CONTROL, CACHE),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        // Pages of others show logos too.
        (name("cross-origin-resource-policy"), "cross-origin"),
    ];
    let of_content = [
        (header::CONTENT_TYPE, &*logo.media_type),
        (header::CONTENT_LENGTH, &*length),
        (header::CONTENT_DISPOSITION, &*disposition),
    ];
    let of_content = of_content.into_iter().filter(|_| !is_known);
    for (name, value) in headers.into_iter().chain(of_content) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response
}
