//! The edge: what happens to a request before any surface sees it.
//!
//! Each request gets a name and the address of its client, past the proxies that the operator trusts. Both stand in
//! its extensions as one [`RequestInfo`], and in every line of the log that belongs to it.

mod canonical;
mod forwarded;
mod proxies;

use std::net::SocketAddr;
use std::sync::Arc;

use app::App;
use app::request::{ClientAddress, RequestInfo};
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tracing::Instrument;

pub(crate) use self::canonical::{Canonical, redirecting};
pub(crate) use self::proxies::Proxies;

/// Names a request.
const NAME: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone)]
struct Edge {
    app: Arc<App>,
    proxies: Arc<Proxies>,
}

/// Puts the edge in front of routes.
pub(crate) fn around(app: &Arc<App>, proxies: &Arc<Proxies>, routes: Router) -> Router {
    let edge = Edge { app: Arc::clone(app), proxies: Arc::clone(proxies) };
    routes.layer(from_fn_with_state(edge, pass))
}

async fn pass(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    // The listener names the peer of every connection.
    let Some(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()) else {
        return next.run(request).await;
    };
    let told = edge.proxies.tell(peer, request.uri(), request.headers());
    let info = RequestInfo {
        id: told.id.unwrap_or_else(|| edge.app.name_request()),
        client: ClientAddress::new(told.client),
        secure: told.secure,
        host: told.host,
    };
    let name = HeaderValue::from_str(&info.id).ok();
    let span = tracing::info_span!("request", id = info.id, client = %info.client.ip());
    request.extensions_mut().insert(info);
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().extend(name.map(|name| (NAME, name)));
    response
}

#[cfg(test)]
mod tests;
