//! What a request wants of the feed.

use std::time::Duration;

use app::App;
use axum::http::header;
use catalog::feed::{Filter, PAGE_EVENTS_MAX, Position};
use model::Tag;

use super::cursor::{self, BadCursor, Stamp};
use super::gone;
use crate::answer::Answer;
use crate::request::{ApiRequest, is_zero};

/// Events on a page when the request names no number.
const LIMIT: usize = 250;
/// Longest wait for an event.
const WAIT_SECONDS_MAX: u64 = 30;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One page.
    Json,
    /// A stream of events.
    Events,
}

/// The form that the `Accept` header asks for (RFC 9110, 12.5.1); JSON where it takes both. `None` when it takes
/// neither.
pub(super) fn form(request: &ApiRequest) -> Option<Form> {
    let mut headers = request.headers.get_all(header::ACCEPT).iter().peekable();
    if headers.peek().is_none() {
        return Some(Form::Json);
    }
    let mut events = false;
    for range in headers.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        if parts.any(|part| part.strip_prefix("q=").is_some_and(is_zero)) {
            continue;
        }
        match media.as_str() {
            "application/json" => return Some(Form::Json),
            "text/event-stream" => events = true,
            // Whoever takes anything takes JSON, unless a stream is named.
            "*/*" | "application/*" | "" if !events => return Some(Form::Json),
            _ => {}
        }
    }
    events.then_some(Form::Events)
}

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The place to go on from; `None` for the end.
    pub(super) after: Option<Position>,
    /// Events on a page.
    pub(super) limit: usize,
    /// How long to wait for an event.
    pub(super) wait: Duration,
    /// Which events.
    pub(super) filter: Filter,
}

/// The parameters of the feed, and what each of them means.
pub(crate) const PARAMETERS: [(&str, &str); 6] = [
    (
        "after",
        "The cursor of an answer, or the number of its header X-Change-Seq; without it, the end of the feed.",
    ),
    ("limit", "Events on a page, from 1 to 1000; 250 when left out. Of JSON alone."),
    ("wait", "Seconds to wait for an event where there is none yet, up to 30. Of JSON alone."),
    ("type", "Types of records, with commas between them."),
    ("org", "The id of an organization: its records, and those at its exchanges and facilities."),
    ("asn", "The AS number of a network: the network with its contacts, presences and ports."),
];

impl Question {
    /// Reads the parameters, and the place that a stream broke off at.
    ///
    /// # Errors
    /// The answer to what is none.
    pub(super) fn parse(
        app: &App,
        request: &ApiRequest,
        form: Form,
        stamp: Stamp,
    ) -> Result<Question, Answer> {
        let known = |name: &str| PARAMETERS.iter().any(|(known, _)| *known == name);
        if let Some(name) = request.params.names().find(|name| !known(name)) {
            let names: Vec<&str> = PARAMETERS.iter().map(|(name, _)| *name).collect();
            return Err(bad(
                name,
                "",
                &format!("is no parameter of the feed, which has {}", names.join(", ")),
            ));
        }
        // Who comes back with the place where a stream broke off still has the older one in its URL.
        let last = request.header("last-event-id").filter(|_| form == Form::Events);
        let after = last.map(|text| ("Last-Event-ID", text)).or_else(|| given(request, "after"));
        let after = after.map(|(name, text)| place(app, name, text, stamp)).transpose()?;
        let limit = ranged(request, "limit", 1, PAGE_EVENTS_MAX as u64)?;
        let wait = ranged(request, "wait", 0, WAIT_SECONDS_MAX)?.unwrap_or(0);
        Ok(Question {
            after,
            limit: limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(LIMIT),
            wait: Duration::from_secs(wait),
            filter: filter(app, request)?,
        })
    }
}

fn given<'r>(request: &'r ApiRequest, name: &'static str) -> Option<(&'static str, &'r str)> {
    request.params.last(name).map(|text| (name, text))
}

fn bad(name: &str, text: &str, rule: &str) -> Answer {
    /// Enough to recognize the value by, in characters.
    const SHOWN: usize = 40;
    let shown: String = text.chars().take(SHOWN).collect();
    let value = if text.is_empty() { String::new() } else { format!(": `{shown}`") };
    Answer::problem(400, &format!("{name}{value} {rule}"))
}

fn place(app: &App, name: &str, text: &str, stamp: Stamp) -> Result<Position, Answer> {
    cursor::parse(text.trim(), stamp).map_err(|error| match error {
        BadCursor::Text => bad(name, text, "is no cursor: send one as an answer had it in `meta.next`"),
        BadCursor::Stamp => {
            gone(app, "The cursor belongs to another directory, or to other rights than you have")
        }
    })
}

fn ranged(request: &ApiRequest, name: &'static str, low: u64, high: u64) -> Result<Option<u64>, Answer> {
    let Some((_, text)) = given(request, name) else { return Ok(None) };
    let number = cursor::number(text).filter(|number| (low..=high).contains(number));
    let rule = format!("is no whole number from {low} to {high}");
    number.map(Some).ok_or_else(|| bad(name, text, &rule))
}

fn filter(app: &App, request: &ApiRequest) -> Result<Filter, Answer> {
    let mut filter = Filter::default();
    let types = given(request, "type").into_iter().flat_map(|(_, list)| list.split(','));
    for text in types.map(str::trim) {
        let all = Tag::ALL.map(Tag::as_str).join(", ");
        let tag = text.parse().map_err(|_| bad("type", text, &format!("is no type of records: {all}")))?;
        if !filter.tags.contains(&tag) {
            filter.tags.push(tag);
        }
    }
    if let Some((name, text)) = given(request, "org") {
        let id = cursor::number(text).ok_or_else(|| bad(name, text, "is no id of an organization"))?;
        filter.org = Some(id);
    }
    if let Some((name, text)) = given(request, "asn") {
        let asn: u32 = cursor::number(text).ok_or_else(|| bad(name, text, "is no AS number"))?;
        let snapshot = app.snapshot();
        let net = snapshot.net_by_asn(asn).filter(|net| net.status() != model::Status::Pending);
        let net = net.ok_or_else(|| bad(name, text, "is the AS number of no network here"))?;
        filter.about = Some((Tag::Net, net.id()));
    }
    Ok(filter)
}
