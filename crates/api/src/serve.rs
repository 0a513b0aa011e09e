//! The way of a request to its answer.

use std::sync::Arc;

use app::App;
use app::principals::Identity;
use axum::body::Body;
use axum::http::{Method, header};

use crate::answer::Answer;
use crate::door::{Cause, Door};
use crate::request::{ApiRequest, Route, is_zero};
use crate::{
    asset, credential, describe, download, dump, gate, history, index, limits, page, records, search, users,
    webhooks, write,
};

/// What cross-origin readers may send.
const CORS_HEADERS: &str = "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with";

/// Answers a request.
pub(crate) async fn answer(door: &Door, request: &ApiRequest, body: Body) -> Answer {
    if is_preflight(request) {
        return preflight();
    }
    let visit = match door.admit(request) {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let identity = match credential::identify(&door.app, request).await {
        Ok(identity) => identity,
        Err((cause, refusal)) => return door.refused(request, &visit, cause, refusal),
    };
    if let Some(answer) = door.silenced(&visit, &identity) {
        return answer.of_caller(identity.label.as_deref());
    }
    let answer = counted(&door.app, request, &identity, body).await.of_caller(identity.label.as_deref());
    door.note(request, &visit, Some(&identity), Cause::Other, answer)
}

/// Answers a request of a caller that is known, unless it is one too many.
async fn counted(app: &Arc<App>, request: &ApiRequest, identity: &Identity, body: Body) -> Answer {
    let route = Route::of(&request.path);
    let counted = match limits::count(app, request, &route, identity) {
        Ok(counted) => counted,
        Err(refusal) => return refusal,
    };
    let answer = match request.header("user-agent").and_then(gate::refusal) {
        Some(text) => Answer::error(400, text),
        None => routed(app, request, &route, identity, body).await,
    };
    counted.told(app, request, identity, answer)
}

fn is_preflight(request: &ApiRequest) -> bool {
    request.method == Method::OPTIONS
        && request.header("origin").is_some()
        && request.header("access-control-request-method").is_some()
}

fn preflight() -> Answer {
    Answer::html(200, String::new())
        .with(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS")
        .with(header::ACCESS_CONTROL_ALLOW_HEADERS, CORS_HEADERS)
        .with(header::ACCESS_CONTROL_MAX_AGE, "86400")
}

async fn routed(
    app: &Arc<App>,
    request: &ApiRequest,
    route: &Route,
    identity: &Identity,
    body: Body,
) -> Answer {
    match route {
        Route::Bare => return Answer::redirect(301, "/api/"),
        Route::Unknown => return Answer::html(404, page::NOT_FOUND.into()),
        _ => {}
    }
    if !route.allows(&request.method) {
        let is_as_set = matches!(route, Route::AsSets | Route::AsSet(_));
        return match is_as_set {
            true => index::as_set_refusal(&request.method, identity.label.is_none()),
            false => index::not_allowed(&request.method),
        };
    }
    let is_file = matches!(route, Route::Download(_));
    if !is_file && !accepts_json(request) {
        return Answer::error(406, "Could not satisfy the request Accept header.");
    }
    let other_format = !is_file && request.params.last("format").is_some_and(|f| f != "json");
    if *route == Route::OtherFormat || other_format {
        return Answer::error(404, "Not found.");
    }
    match request.method {
        Method::OPTIONS => options(route),
        Method::GET | Method::HEAD => read(app, request, route, identity).await,
        Method::PATCH => Answer::empty(403),
        _ => match route {
            Route::OrgUsers { org, path } => users::change(app, request, identity, *org, *path, body).await,
            Route::Webhooks(path) => webhooks::change(app, request, *path, identity, body).await,
            _ => write::answer(app, request, route, identity, body).await,
        },
    }
}

async fn read(app: &App, request: &ApiRequest, route: &Route, identity: &Identity) -> Answer {
    let ignored = unused(request, route);
    match records::refuse_ignored(request, &ignored) {
        Some(refusal) => refusal,
        None => records::name_ignored(read_route(app, request, route, identity).await, &ignored),
    }
}

/// Parameters without a meaning on paths that take next to none.
fn unused(request: &ApiRequest, route: &Route) -> Vec<String> {
    const FORMING: [&str; 3] = ["pretty", "format", "callback"];
    let is_used = |name: &&str| FORMING.contains(name) || (*route == Route::Search && *name == "q");
    match route {
        Route::Index
        | Route::AsSets
        | Route::AsSet(_)
        | Route::Asset(_)
        | Route::Search
        | Route::OrgUsers { .. }
        | Route::Webhooks(_) => {
            request.params.names().filter(|name| !is_used(name)).map(str::to_owned).collect()
        }
        Route::List(_)
        | Route::Detail(..)
        | Route::Own(_)
        | Route::History(..)
        | Route::OrgChanges(_)
        | Route::Action(_)
        | Route::Bare
        | Route::OtherFormat
        | Route::Unknown => Vec::new(),
        Route::Dump(_) | Route::Download(_) => request.params.names().map(str::to_owned).collect(),
    }
}

async fn read_route(app: &App, request: &ApiRequest, route: &Route, identity: &Identity) -> Answer {
    let viewer = &identity.viewer;
    match route {
        Route::Index => index::index(app, request),
        Route::List(tag) => records::list(app, request, viewer, *tag).await,
        Route::Detail(tag, id) => records::detail(app, request, viewer, *tag, id).await,
        Route::Own(tag) => index::own(app, request, *tag),
        Route::AsSets => index::as_sets(app, request, viewer),
        Route::AsSet(asn) => index::as_set(app, request, viewer, asn),
        Route::Dump(tag) => dump::answer(app, request, *tag),
        Route::Download(form) => download::answer(app, request, *form).await,
        Route::Search => search::answer(app, request, viewer, identity.label.is_some()),
        Route::OrgUsers { org, .. } => users::list(app, request, identity, *org),
        Route::History(tag, id) => history::of_record(app, request, viewer, *tag, id).await,
        Route::OrgChanges(id) => history::of_org(app, request, viewer, id).await,
        Route::Webhooks(path) => webhooks::read(app, request, *path, identity).await,
        Route::Action(_) => index::not_allowed(&request.method),
        Route::Asset(path) => asset::get(app, request, viewer, path).await,
        Route::Bare | Route::OtherFormat | Route::Unknown => Answer::html(404, page::NOT_FOUND.into()),
    }
}

fn options(route: &Route) -> Answer {
    match route {
        Route::List(tag) => describe::list(*tag),
        Route::Detail(tag, _) | Route::Own(tag) => describe::record(*tag),
        Route::Asset(_) => describe::asset(),
        _ => describe::index(),
    }
}

/// Whether one of the ranges of the `Accept` header takes JSON (RFC 9110, 12.5.1).
fn accepts_json(request: &ApiRequest) -> bool {
    let mut headers = request.headers.get_all(header::ACCEPT).iter().peekable();
    if headers.peek().is_none() {
        return true;
    }
    headers.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(is_zero));
        !refused && matches!(media.as_str(), "*/*" | "application/*" | "application/json" | "")
    })
}
