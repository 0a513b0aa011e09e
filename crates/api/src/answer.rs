//! Answers before they become HTTP responses: status, body, and the headers that belong to them.

use std::sync::Arc;

use app::App;
use app::pool::Held;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use catalog::bulk::{Member, compress};
use http_body::Body as _;
use model::json::write_text;
use xxhash_rust::xxh3::xxh3_128;

use crate::download::Part;
use crate::kept::Kept;
use crate::request::{ApiRequest, Route};
use crate::stream::{FlatList, gzip_of, without_content};

/// The release of the reference server whose API this is; clients read it from `X-App-Version`.
pub(crate) const API_VERSION: &str = "2.82.0";

/// What an answer says.
#[derive(Debug)]
enum Content {
    Nothing,
    Json(String),
    Html(String),
    /// A text of another media type.
    Typed(&'static str, String),
    /// A stream of events, which ends when it is over.
    Events(Body),
    List(Box<FlatList>),
    Kept(Arc<Kept>),
    File(Part),
}

/// How a body is encoded for transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
}

/// The headers of a request that an answer may depend on.
const VARY: &str = "Authorization, Accept, Accept-Encoding, Accept-Language, Prefer, Origin, X-Change-Seq";

/// Bodies shorter than this are sent as they are, in bytes: a packet holds them anyway.
const GZIP_BYTES_MIN: u64 = 1_400;

/// Texts longer than this are compressed while they are sent, so that nobody waits for their end.
const AT_ONCE_BYTES: usize = 64 * 1024;

/// An answer to one request.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    content: Content,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the answer depends on who asks.
    private: bool,
    /// Whether the caller proved who they are.
    authenticated: bool,
    /// What caches may do with an answer that is the same for everybody, where that is not the usual.
    cache: Option<&'static str>,
}

/// A short answer, to be given again.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    status: StatusCode,
    /// JSON, if there is a body.
    body: Option<Arc<str>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    private: bool,
    authenticated: bool,
}

impl From<Replica> for Answer {
    fn from(replica: Replica) -> Answer {
        let Replica { status, body, headers, private, authenticated } = replica;
        let content = body.map_or(Content::Nothing, |text| Content::Json(text.as_ref().to_owned()));
        Answer { status, content, headers, private, authenticated, cache: None }
    }
}

impl Answer {
    fn new(status: u16, content: Content) -> Answer {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Answer { status, content, headers: Vec::new(), private: false, authenticated: false, cache: None }
    }

    /// 200 with a JSON document.
    pub(crate) fn json(text: String) -> Answer {
        Answer::new(200, Content::Json(text))
    }

    /// A JSON document with a status.
    pub(crate) fn json_with(status: u16, text: String) -> Answer {
        Answer::new(status, Content::Json(text))
    }

    /// An error in the envelope of the API: `{"meta": {"error": …}}`.
    pub(crate) fn error(status: u16, message: &str) -> Answer {
        let mut text = String::from("{\"meta\": {\"error\": ");
        write_text(message, &mut text);
        text.push_str("}}");
        Answer::new(status, Content::Json(text))
    }

    /// An error of single parameters: name and message of each.
    pub(crate) fn field_errors(fields: &[(&str, &str)]) -> Answer {
        let mut text = String::new();
        for (n, (name, message)) in fields.iter().enumerate() {
            text.push_str(if n > 0 { ", " } else { "" });
            write_text(name, &mut text);
            text.push_str(": ");
            write_text(message, &mut text);
        }
        Answer::errors(&text, "")
    }

    /// 400 with errors by field: the inside of the object, and of its meta object beside the error.
    pub(crate) fn errors(fields: &str, meta: &str) -> Answer {
        let comma = |text: &str| if text.is_empty() { "" } else { ", " };
        let (before, behind) = (comma(fields), comma(meta));
        let text = format!("{{{fields}{before}\"meta\": {{\"error\": \"Bad Request\"{behind}{meta}}}}}");
        Answer::new(400, Content::Json(text))
    }

    /// There is too much to do at the moment.
    pub(crate) fn busy(message: &str) -> Answer {
        /// Seconds.
        const LATER: &str = "2";
        Answer::error(503, message).with(header::RETRY_AFTER, LATER)
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Answer {
        Answer::new(status, Content::Nothing)
    }

    /// 200 with a list of flat rows.
    pub(crate) fn list(list: FlatList) -> Answer {
        Answer::new(200, Content::List(Box::new(list)))
    }

    /// A page for people.
    pub(crate) fn html(status: u16, page: String) -> Answer {
        Answer::new(status, Content::Html(page))
    }

    /// 200 with a document that is made once.
    pub(crate) fn kept(document: Arc<Kept>) -> Answer {
        Answer::new(200, Content::Kept(document))
    }

    /// A file, or a part of one, that is compressed already.
    pub(crate) fn file(status: u16, part: Part) -> Answer {
        Answer::new(status, Content::File(part))
    }

    /// 200 with a text of a media type.
    pub(crate) fn typed(kind: &'static str, text: String) -> Answer {
        Answer::new(200, Content::Typed(kind, text))
    }

    /// 200 with a stream of events.
    pub(crate) fn events(body: Body) -> Answer {
        Answer::new(200, Content::Events(body))
    }

    /// An error as a problem document (RFC 9457).
    pub(crate) fn problem(status: u16, detail: &str) -> Answer {
        Answer::problem_with(status, detail, &[])
    }

    /// An error as a problem document with members of its own.
    pub(crate) fn problem_with(status: u16, detail: &str, more: &[(&str, serde_json::Value)]) -> Answer {
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let mut problem = serde_json::json!({
            "type": "about:blank",
            "title": title.unwrap_or_default(),
            "status": status,
            "detail": detail,
        });
        for (name, value) in more {
            problem[*name] = value.clone();
        }
        Answer::new(status, Content::Typed("application/problem+json", problem.to_string()))
    }

    /// An error of the API as a problem document, with the same headers.
    pub(crate) fn into_problem(self) -> Answer {
        let Content::Json(text) = &self.content else { return self };
        let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let told = json.pointer("/meta/error").and_then(serde_json::Value::as_str);
        let problem = Answer::problem(self.status.as_u16(), told.unwrap_or_default());
        Answer { content: problem.content, ..self }
    }

    /// Lets caches do with the answer what this says (RFC 9111), where it is the same for everybody.
    pub(crate) fn cached(mut self, policy: &'static str) -> Answer {
        self.cache = Some(policy);
        self
    }

    /// Leads elsewhere.
    pub(crate) fn redirect(status: u16, location: &str) -> Answer {
        Answer::html(status, String::new()).with(header::LOCATION, location)
    }

    /// Adds a header; a value that cannot stand in one is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Answer {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Adds a header where the answer does not have it yet.
    pub(crate) fn with_missing(self, name: HeaderName, value: &str) -> Answer {
        if self.headers.iter().any(|(own, _)| *own == name) { self } else { self.with(name, value) }
    }

    /// Names the caller, and keeps the answer out of shared caches.
    pub(crate) fn of_caller(self, label: Option<&str>) -> Answer {
        let mut answer = self.of_claimant(label);
        answer.authenticated = label.is_some();
        answer
    }

    /// Names whom the caller claims to be, without believing it.
    pub(crate) fn of_claimant(self, label: Option<&str>) -> Answer {
        match label {
            Some(label) => {
                let mut answer = self.with(HeaderName::from_static("x-auth-id"), &label.replace(' ', "_"));
                answer.private = true;
                answer
            }
            None => self,
        }
    }

    /// The same answer, to be given again; `None` for those that are long or no JSON.
    pub(crate) fn replica(&self) -> Option<Replica> {
        const BYTES_MAX: usize = 1_024;
        let body = match &self.content {
            Content::Nothing => None,
            Content::Json(text) if text.len() <= BYTES_MAX => Some(text.as_str().into()),
            Content::Json(_)
            | Content::Html(_)
            | Content::Typed(..)
            | Content::Events(_)
            | Content::List(_)
            | Content::Kept(_)
            | Content::File(_) => return None,
        };
        let Answer { status, headers, private, authenticated, .. } = self;
        Some(Replica {
            status: *status,
            body,
            headers: headers.clone(),
            private: *private,
            authenticated: *authenticated,
        })
    }

    /// Length of the body before it is encoded for transport, bytes.
    pub(crate) fn length(&self) -> u64 {
        self.content.length()
    }

    /// The answer's status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The response without what depends on the request.
    pub(crate) fn bare(self) -> Response {
        self.encoded(Coding::Identity, None)
    }

    fn encoded(self, coding: Coding, held: Option<Held>) -> Response {
        let kind = self.content_type();
        let body = self.content.body(coding, held);
        let length = body.size_hint().exact();
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if coding == Coding::Gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Some(length) = length.filter(|_| self.status != StatusCode::NOT_MODIFIED) {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        headers.extend(self.headers);
        response
    }

    /// The response to a request: common headers, encoding, revalidation, and no body for `HEAD`.
    pub(crate) fn finish(mut self, app: &App, request: &ApiRequest) -> Response {
        let route = Route::of(&request.path);
        let coding = self.coding(request);
        // `OPTIONS` selects no representation, so there is none to be fresh (RFC 9110, 13.2.1).
        let cacheable =
            request.fetches() && matches!(self.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT);
        let tag = cacheable.then(|| self.entity_tag(app, coding)).flatten();
        let known = tag.as_ref().is_some_and(|tag| is_known(request, tag));
        if known {
            self.status = StatusCode::NOT_MODIFIED;
            self.content = Content::Nothing;
        }
        self = self.common_headers(app, request, &route);
        if let Some(tag) = tag {
            self = self.with(header::ETAG, &tag);
        }
        let held = app.hold(self.content.buffered()).ok();
        // What was changed was changed, whether there is room for its answer or not.
        if held.is_none() && request.reads() {
            return Answer::busy("Too many answers are waiting for their readers").finish(app, request);
        }
        let response = self.encoded(if known { Coding::Identity } else { coding }, held);
        if request.is_head() { response.map(without_content) } else { response }
    }

    /// What the client takes, where it pays.
    fn coding(&self, request: &ApiRequest) -> Coding {
        let gains = !matches!(self.content, Content::File(_)) && self.content.length() >= GZIP_BYTES_MIN;
        if gains && request.takes_gzip() { Coding::Gzip } else { Coding::Identity }
    }

    fn common_headers(self, app: &App, request: &ApiRequest, route: &Route) -> Answer {
        let name = HeaderName::from_static;
        let authenticated = if self.authenticated { "authenticated" } else { "unauthenticated" };
        let private = self.private;
        let policy = self.content.policy();
        let mut answer = self
            .with(name("x-auth-status"), authenticated)
            .with(name("x-app-version"), API_VERSION)
            .with(header::VARY, VARY)
            .with(header::CONTENT_LANGUAGE, "en")
            .with(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .with(header::X_FRAME_OPTIONS, "DENY")
            .with(header::REFERRER_POLICY, "strict-origin-when-cross-origin")
            .with(header::CONTENT_SECURITY_POLICY, policy)
            .with(name("cross-origin-opener-policy"), "same-origin");
        if !matches!(route, Route::Unknown | Route::Bare | Route::OtherFormat) {
            answer = answer.with(header::ALLOW, route.allowed());
        }
        // Only what the address alone decides may be kept by shared caches. Refusals depend on more: on the client's
        // name and version, on limits, on how strict it asks us to be.
        let shared =
            matches!(answer.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED);
        if private {
            answer = answer.with(header::CACHE_CONTROL, "private, no-store");
        } else if let Some(policy) = answer.cache {
            answer = answer.with(header::CACHE_CONTROL, policy);
        } else if request.reads() {
            answer = answer.with(header::CACHE_CONTROL, if shared { "s-maxage=10" } else { "no-store" });
        } else {
            answer = answer.with(header::CACHE_CONTROL, "no-store");
        }
        if app.settings().public_url.starts_with("https://") {
            let hsts = "max-age=47304000; includeSubDomains";
            answer = answer.with(header::STRICT_TRANSPORT_SECURITY, hsts);
        }
        match request.header("origin") {
            Some(origin) if request.reads() && !request.is_head() => {
                answer.with(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
            }
            _ => answer,
        }
    }

    fn content_type(&self) -> Option<&'static str> {
        match self.content {
            Content::Nothing => None,
            Content::Json(_) | Content::List(_) => Some("application/json; charset=utf-8"),
            Content::Html(_) => Some("text/html; charset=utf-8"),
            Content::Typed(kind, _) => Some(kind),
            Content::Events(_) => Some("text/event-stream"),
            Content::Kept(ref document) => Some(document.kind),
            Content::File(_) => Some("application/gzip"),
        }
    }

    /// A strong entity tag: different for different bytes.
    fn entity_tag(&self, app: &App, coding: Coding) -> Option<String> {
        let suffix = if coding == Coding::Gzip { "-gz" } else { "" };
        match &self.content {
            Content::Json(text) | Content::Typed(_, text) => {
                Some(format!("\"{:032x}{suffix}\"", xxh3_128(text.as_bytes())))
            }
            Content::List(list) => {
                // What rows say depends on the directory, on this program, and on where logos are served.
                let origin =
                    format!("{} {} {}", app.epoch(), env!("CARGO_PKG_VERSION"), app.settings().public_url);
                let mixed = list.fingerprint() ^ xxh3_128(origin.as_bytes());
                Some(format!("\"{mixed:032x}{suffix}\""))
            }
            Content::Kept(document) => Some(format!("\"{:032x}{suffix}\"", document.hash)),
            Content::File(part) => Some(part.entity_tag()),
            Content::Nothing | Content::Html(_) | Content::Events(_) => None,
        }
    }
}

impl Content {
    /// What a browser may load for the document. Documents that are kept may have a style sheet of ours.
    fn policy(&self) -> &'static str {
        match self {
            Content::Kept(_) => {
                "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            }
            Content::Nothing
            | Content::Json(_)
            | Content::Html(_)
            | Content::Typed(..)
            | Content::Events(_)
            | Content::List(_)
            | Content::File(_) => "default-src 'none'; frame-ancestors 'none'",
        }
    }

    /// Length of the text, bytes.
    fn length(&self) -> u64 {
        match self {
            Content::Nothing | Content::Events(_) => 0,
            Content::Json(text) | Content::Html(text) | Content::Typed(_, text) => text.len() as u64,
            Content::List(list) => list.length(),
            Content::Kept(document) => document.plain.len() as u64,
            Content::File(part) => part.length(),
        }
    }

    /// Bytes that the answer holds until they are sent.
    fn buffered(&self) -> usize {
        match self {
            Content::Json(text) | Content::Html(text) | Content::Typed(_, text) => text.len(),
            // These belong to the directory, or are made while they are sent.
            Content::Nothing
            | Content::Events(_)
            | Content::List(_)
            | Content::Kept(_)
            | Content::File(_) => 0,
        }
    }

    fn body(self, coding: Coding, held: Option<Held>) -> Body {
        let text = match self {
            Content::Json(text) | Content::Html(text) | Content::Typed(_, text) => text,
            Content::Nothing => return Body::empty(),
            Content::Events(body) => return body,
            Content::File(part) => return part.body(),
            Content::List(list) if coding == Coding::Gzip => return list.gzip(),
            Content::List(list) => return list.plain(),
            Content::Kept(document) if coding == Coding::Gzip => return Body::from(document.gzip.clone()),
            Content::Kept(document) => return Body::from(document.plain.clone()),
        };
        match coding {
            Coding::Identity => whole(text.into_bytes(), held),
            Coding::Gzip if text.len() > AT_ONCE_BYTES => gzip_of(text, held),
            Coding::Gzip => {
                let mut member = Member::default();
                member.push(&compress(text.as_bytes()));
                whole(member.finish().concat(), held)
            }
        }
    }
}

/// A body that is complete, and holds its memory until the last byte is sent.
fn whole(bytes: Vec<u8>, held: Option<Held>) -> Body {
    struct Owner {
        bytes: Vec<u8>,
        _held: Option<Held>,
    }
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.bytes
        }
    }
    Body::from(Bytes::from_owner(Owner { bytes, _held: held }))
}

/// Whether the client says that it has these bytes (RFC 9110, 13.1.2: weak comparison).
pub(crate) fn is_known(request: &ApiRequest, tag: &str) -> bool {
    let mut lists = request.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    lists.any(|list| {
        list.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    })
}
