//! A client that calls the routes of a directory in this process.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use app::locate::OfflineLocator;
use app::principals::Principals;
use app::request::{ClientAddress, RequestInfo};
use app::{App, Settings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::Value as Json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::{Caller, FixedClock, PUBLIC_URL, World, people};

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    method: Method,
    uri: String,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Where it comes from, as the edge of the server would tell.
    from: Option<IpAddr>,
}

impl Ask {
    /// A request with a method for a path with its query.
    ///
    /// # Panics
    /// When the text is no method.
    pub fn new(method: &str, uri: &str) -> Ask {
        let method = Method::from_bytes(method.as_bytes()).expect("a method is a token");
        Ask { method, uri: uri.into(), headers: HeaderMap::new(), body: Vec::new(), from: None }
    }

    /// `GET` for a path with its query.
    pub fn get(uri: &str) -> Ask {
        Ask::new("GET", uri)
    }

    /// Lets a caller sign the request.
    #[must_use]
    pub fn by(self, caller: Caller) -> Ask {
        match caller.authorization() {
            Some(value) => self.header("authorization", &value),
            None => self,
        }
    }

    /// Lets the request come from an address.
    ///
    /// # Panics
    /// When the text is no address.
    #[must_use]
    pub fn from(mut self, address: &str) -> Ask {
        self.from = Some(address.parse().expect("an address"));
        self
    }

    /// Adds a header.
    ///
    /// # Panics
    /// When name or value cannot stand in a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Ask {
        self.header_bytes(name, value.as_bytes())
    }

    /// Adds a header whose value need not be text.
    ///
    /// # Panics
    /// When name or value cannot stand in a header.
    #[must_use]
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Ask {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name is a token");
        self.headers.append(name, HeaderValue::from_bytes(value).expect("a header value has no line break"));
        self
    }

    /// Gives the request a body, with its length.
    #[must_use]
    pub fn body(mut self, body: &[u8]) -> Ask {
        self.body = body.to_vec();
        let length = body.len().to_string();
        self.header("content-length", &length)
    }

    /// Gives the request a body that does not tell its length beforehand.
    #[must_use]
    pub fn chunked(mut self, body: &[u8]) -> Ask {
        self.body = body.to_vec();
        self.header("transfer-encoding", "chunked")
    }

    /// Gives the request a JSON body.
    #[must_use]
    pub fn json(self, body: &Json) -> Ask {
        self.header("content-type", "application/json").body(body.to_string().as_bytes())
    }

    /// Whether HTTP can carry the request: its target may be no URI.
    pub fn is_sendable(&self) -> bool {
        self.uri.parse::<axum::http::Uri>().is_ok()
    }

    fn into_request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.uri_mut() = self.uri.parse().expect("the path and query of a request are a URI");
        *request.method_mut() = self.method;
        *request.headers_mut() = self.headers;
        if let Some(address) = self.from {
            let client = ClientAddress::new(address);
            let info = RequestInfo { id: "test".to_owned(), client, secure: None, host: None };
            request.extensions_mut().insert(info);
        }
        request
    }
}

/// A response, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status code.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Status code as a number.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// A header's text; `None` when it is absent or no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// How often a header is there.
    pub fn count_of(&self, name: &str) -> usize {
        self.headers.get_all(name).iter().count()
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is none.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }

    /// The objects of the envelope's `data`.
    ///
    /// # Panics
    /// When the body is no success in the envelope.
    pub fn data(&self) -> Vec<Json> {
        let json = self.json();
        let data = json.get("data").and_then(Json::as_array);
        data.unwrap_or_else(|| panic!("no data in {} {}", self.code(), self.text())).clone()
    }

    /// The ids of the objects in `data`, in their order.
    ///
    /// # Panics
    /// When the body is no success in the envelope, or an object has no id.
    pub fn ids(&self) -> Vec<u64> {
        let id = |row: &Json| row.get("id").and_then(Json::as_u64).expect("every record has an id");
        self.data().iter().map(id).collect()
    }

    /// The text of `meta.error`; empty when there is none.
    pub fn error(&self) -> String {
        let json = self.json();
        json.pointer("/meta/error").and_then(Json::as_str).unwrap_or_default().to_owned()
    }
}

/// A directory behind its routes.
#[derive(Debug)]
pub struct Client {
    app: Arc<App>,
    router: Router,
    runtime: Runtime,
}

impl Client {
    /// Serves a world to the callers of [`people`], at the moment of its last change.
    pub fn of(world: &World) -> Client {
        Client::with(world, Settings::at(PUBLIC_URL))
    }

    /// Serves a world under settings of its own.
    ///
    /// # Panics
    /// When the machine refuses what a runtime needs.
    pub fn with(world: &World, settings: Settings) -> Client {
        let now = world.now();
        let clock = Arc::new(FixedClock::at(now));
        let principals = Principals::new(people(now));
        let app = App::new(world.snapshot(), principals, Arc::new(OfflineLocator), clock, settings);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts");
        let app = Arc::new(app);
        Client { router: api::router(Arc::clone(&app)), app, runtime }
    }

    /// The directory behind the routes.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Asks something while the pool for long questions is full to its last place.
    ///
    /// # Panics
    /// When called inside another runtime.
    pub fn while_crowded<T>(&self, ask: impl FnOnce(&Client) -> T) -> T {
        let gate = Arc::new(Mutex::new(()));
        let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = self.runtime.block_on(async {
            let mut jobs = JoinSet::new();
            loop {
                let (app, gate) = (Arc::clone(&self.app), Arc::clone(&gate));
                let wait = move || drop(gate.lock());
                let mut job = Box::pin(async move { app.compute(wait).await });
                // A job that has a place, or may wait for one, is not done; one for which there is none is.
                if poll_fn(|cx| Poll::Ready(job.as_mut().poll(cx).is_ready())).await {
                    return jobs;
                }
                jobs.spawn(job);
            }
        });
        let asked = ask(self);
        drop(closed);
        self.runtime.block_on(jobs.join_all());
        asked
    }

    /// Sends a request and waits for its response.
    ///
    /// # Panics
    /// When called inside another runtime.
    pub fn send(&self, ask: Ask) -> Reply {
        self.runtime.block_on(exchange(self.router.clone(), ask))
    }

    /// `GET` without credentials.
    pub fn get(&self, uri: &str) -> Reply {
        self.send(Ask::get(uri))
    }

    /// `GET` by a caller.
    pub fn get_by(&self, caller: Caller, uri: &str) -> Reply {
        self.send(Ask::get(uri).by(caller))
    }
}

pub(crate) async fn begin(router: Router, ask: Ask) -> Response {
    match router.oneshot(ask.into_request()).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Sends a request to routes and waits for the response.
///
/// # Panics
/// When the body breaks off.
pub async fn exchange(router: Router, ask: Ask) -> Reply {
    let response = begin(router, ask).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body of an answer in memory is complete");
    Reply { status: parts.status, headers: parts.headers, body: body.to_vec() }
}
