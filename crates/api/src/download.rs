//! The public directory in one file: `/dumps/directory.sqlite.gz` and `/dumps/directory.tar.gz`.
//!
//! Both are the same for everybody. A download that broke off goes on where it ended (RFC 9110, 14), and who has a
//! file already is told so, by its entity tag or by its time.

use std::future::Future;
use std::io;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use app::App;
use app::export::Form;
use app::export::download::{Download, NotMade};
use axum::http::{HeaderName, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_range_header::{EndPosition, StartPosition, SyntacticallyCorrectRange};
use tokio::task::JoinHandle;

use crate::answer::{Answer, is_known};
use crate::request::ApiRequest;
use crate::sequence;

/// The path of a form, behind the first slash.
pub(crate) const fn path(form: Form) -> &'static str {
    match form {
        Form::Sqlite => "dumps/directory.sqlite.gz",
        Form::Json => "dumps/directory.tar.gz",
    }
}

/// All forms.
pub(crate) const FORMS: [Form; 2] = [Form::Sqlite, Form::Json];

/// Seconds after which it is worth to ask again for a file that could not be made.
const RETRY: &str = "60";

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// Answers with the file of a form, whoever asks.
pub(crate) async fn answer(app: &App, request: &ApiRequest, form: Form) -> Answer {
    match app.download(form).await {
        Ok(download) => of_file(request, form, download),
        Err(NotMade) => {
            Answer::error(503, "The file cannot be made at the moment").with(header::RETRY_AFTER, RETRY)
        }
    }
}

fn of_file(request: &ApiRequest, form: Form, download: Arc<Download>) -> Answer {
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(download.modified().unsigned_abs());
    let date = httpdate::fmt_http_date(modified);
    let sequence = download.sequence().to_string();
    let part = Part::whole(download);
    let digest = part.digest();
    let described = |answer: Answer| {
        let name = path(form).rsplit('/').next().unwrap_or_default();
        answer
            .with(REPR_DIGEST, &digest)
            .with(sequence::HEADER, &sequence)
            .with(header::LAST_MODIFIED, &date)
            .with(header::ACCEPT_RANGES, "bytes")
            .with(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""))
    };
    if is_another(request, &part, modified) {
        return Answer::error(412, "The file is another one by now").with(header::ETAG, &part.entity_tag());
    }
    if has_already(request, &part, modified) {
        return described(Answer::empty(304).with(header::ETAG, &part.entity_tag()));
    }
    let length = part.length();
    match asked(request, &part, &date) {
        Asked::Whole => described(Answer::file(200, part)),
        Asked::Part(range) => {
            let about = format!("bytes {}-{}/{length}", range.start(), range.end());
            described(Answer::file(206, part.only(range))).with(header::CONTENT_RANGE, &about)
        }
        Asked::Nothing => Answer::error(416, "The file is shorter than that")
            .with(header::CONTENT_RANGE, &format!("bytes */{length}"))
            .with(header::ACCEPT_RANGES, "bytes"),
    }
}

/// Whether the client wants a file that it knows alone, and this is another. Entity tags count before the time, and only
/// strong ones (RFC 9110, 13.1.1 and 13.1.4).
fn is_another(request: &ApiRequest, part: &Part, modified: SystemTime) -> bool {
    if request.headers.contains_key(header::IF_MATCH) {
        let own = part.entity_tag();
        let mut lists =
            request.headers.get_all(header::IF_MATCH).iter().filter_map(|list| list.to_str().ok());
        return !lists.any(|list| list.split(',').map(str::trim).any(|known| known == "*" || known == own));
    }
    let since = request.header("if-unmodified-since");
    since.and_then(|since| httpdate::parse_http_date(since).ok()).is_some_and(|since| modified > since)
}

/// Whether the client has the file. The time counts where it names no entity tag (RFC 9110, 13.1.3).
fn has_already(request: &ApiRequest, part: &Part, modified: SystemTime) -> bool {
    if request.headers.contains_key(header::IF_NONE_MATCH) {
        return is_known(request, &part.entity_tag());
    }
    let since = request.header("if-modified-since");
    since.and_then(|since| httpdate::parse_http_date(since).ok()).is_some_and(|since| modified <= since)
}

/// What of the file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(RangeInclusive<u64>),
    /// Nothing that there is.
    Nothing,
}

/// A range is honoured when it is one, and when it is of this file. Several are answered with the whole, as a server
/// may.
fn asked(request: &ApiRequest, part: &Part, date: &str) -> Asked {
    let same = request.header("if-range").is_none_or(|known| known == part.entity_tag() || known == date);
    let range = request.header("range").filter(|_| same && !request.is_head());
    let Some(Ok(ranges)) = range.map(http_range_header::parse_range_header) else { return Asked::Whole };
    match *ranges.ranges {
        [range] => within(range, part.length()),
        _ => Asked::Whole,
    }
}

/// The part of a file that a range means (RFC 9110, 14.1.2): a range that ends before it begins is none, and the last
/// bytes of a shorter file are all of it.
fn within(range: SyntacticallyCorrectRange, length: u64) -> Asked {
    let Some(last) = length.checked_sub(1) else { return Asked::Whole };
    match (range.start, range.end) {
        (StartPosition::FromLast(bytes), _) => Asked::Part(length.saturating_sub(bytes)..=last),
        (StartPosition::Index(from), EndPosition::Index(to)) if to < from => Asked::Whole,
        (StartPosition::Index(from), _) if from > last => Asked::Nothing,
        (StartPosition::Index(from), EndPosition::Index(to)) => Asked::Part(from..=to.min(last)),
        (StartPosition::Index(from), EndPosition::LastByte) => Asked::Part(from..=last),
    }
}

/// A part of a file.
#[derive(Debug)]
pub(crate) struct Part {
    file: Arc<Download>,
    at: u64,
    end: u64,
}

impl Part {
    fn whole(file: Arc<Download>) -> Part {
        Part { at: 0, end: file.length(), file }
    }

    fn only(self, range: RangeInclusive<u64>) -> Part {
        Part { at: *range.start(), end: range.end() + 1, file: self.file }
    }

    /// Bytes of the part.
    pub(crate) fn length(&self) -> u64 {
        self.end - self.at
    }

    /// A strong entity tag of the whole file.
    pub(crate) fn entity_tag(&self) -> String {
        let begin: String = self.file.sha256().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("\"{begin}\"")
    }

    /// The checksum of the whole file, for who wants to know whether all of it arrived (RFC 9530).
    fn digest(&self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.file.sha256()))
    }

    /// The bytes as a body.
    pub(crate) fn body(self) -> axum::body::Body {
        axum::body::Body::new(Reading { part: self, next: None })
    }
}

/// Bytes that are read at a time.
const READ: u64 = 64 * 1024;

/// A file that is read as it is sent, away from the threads that serve connections.
struct Reading {
    part: Part,
    next: Option<JoinHandle<io::Result<Vec<u8>>>>,
}

impl Body for Reading {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Reading { part, next } = &mut *self;
        if part.length() == 0 {
            return Poll::Ready(None);
        }
        let (file, at) = (Arc::clone(&part.file), part.at);
        let most = usize::try_from(part.length().min(READ)).unwrap_or(0);
        let reading = next.get_or_insert_with(|| tokio::task::spawn_blocking(move || file.read(at, most)));
        let read = ready!(Pin::new(reading).poll(context));
        *next = None;
        let bytes = read.map_err(io::Error::other).and_then(|read| read);
        if let Err(error) = &bytes {
            tracing::error!(%error, "a download broke off");
        }
        part.at += bytes.as_ref().map_or(part.length(), |bytes| bytes.len() as u64);
        Poll::Ready(Some(bytes.map(|bytes| Frame::data(bytes.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.part.length() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.part.length())
    }
}
