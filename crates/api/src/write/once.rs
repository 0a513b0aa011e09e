//! Writes that their clients name with the header `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header-07): a repetition gets the first answer.

use std::sync::Arc;

use app::App;
use app::principals::Identity;
use app::write::Request;
use app::write::once::{OnceError, Outcome, Promise, fingerprint};
use axum::http::{HeaderName, header};

use super::{Shown, refusal, told};
use crate::answer::Answer;
use crate::request::ApiRequest;

const HEADER: &str = "idempotency-key";

/// Tells that an answer is the one that the first request with this key got.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Longest name, bytes: several times what a UUID takes.
const LENGTH_MAX: usize = 255;

/// Seconds after which the first request is likely to be over.
const SOON: &str = "1";

/// A write as its client names it.
#[derive(Debug)]
pub(super) struct Named {
    owner: String,
    name: String,
}

/// How the client names a write; `None` where it does not, and for callers without a key: whoever they are, they may
/// change nothing.
///
/// # Errors
/// The answer for a name that cannot be one.
pub(super) fn named(request: &ApiRequest, identity: &Identity) -> Result<Option<Named>, Answer> {
    let mut headers = request.headers.get_all(HEADER).iter();
    let (Some(value), Some(owner)) = (headers.next(), identity.key.clone()) else { return Ok(None) };
    if headers.next().is_some() {
        return Err(refuse("given more than once: give it once"));
    }
    let name = value.to_str().map_err(|_| refuse("not printable ASCII: give a UUID, such as a fresh one"))?;
    let name = read(name.trim()).map_err(refuse)?;
    Ok(Some(Named { owner, name }))
}

fn refuse(why: &str) -> Answer {
    Answer::error(400, &format!("Idempotency-Key: {why}"))
}

/// A string (RFC 9651, 3.3.3), with parameters that mean nothing, or the same without its quotation marks.
fn read(text: &str) -> Result<String, &'static str> {
    let name = match text.strip_prefix('"') {
        None if text.contains(['"', ',', ';', ' ']) => {
            return Err("holds a quotation mark, comma, semicolon or blank: put it between quotation marks");
        }
        None => text.to_owned(),
        Some(quoted) => unquoted(quoted)?,
    };
    match name.len() {
        0 => Err("empty: give a UUID, such as a fresh one"),
        1..=LENGTH_MAX => Ok(name),
        _ => Err("longer than 255 characters, the most that is kept: give a UUID, such as a fresh one"),
    }
}

fn unquoted(quoted: &str) -> Result<String, &'static str> {
    let mut name = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let rest = letters.as_str().trim_start();
                let alone = rest.is_empty() || rest.starts_with(';');
                return if alone { Ok(name) } else { Err("more than one value: give one string") };
            }
            '\\' => match letters.next() {
                Some(escaped @ ('"' | '\\')) => name.push(escaped),
                _ => return Err("a backslash escapes neither a quotation mark nor a backslash"),
            },
            ' '..='~' => name.push(letter),
            _ => return Err("not printable ASCII: give a UUID, such as a fresh one"),
        }
    }
    Err("the closing quotation mark is missing")
}

impl Named {
    /// Carries the command out, unless that was done before.
    pub(super) async fn carry_out(
        self,
        app: &Arc<App>,
        request: &ApiRequest,
        bytes: &[u8],
        order: Request,
        shown: Shown,
    ) -> Result<Answer, Answer> {
        let media = request.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let parts = [request.method.as_str(), &request.path, &request.query, media].map(str::as_bytes);
        let fingerprint = fingerprint(&[&parts[..], &[bytes]].concat());
        let render = Arc::clone(&shown);
        let Named { owner, name } = self;
        let promise = Promise { owner, name, fingerprint, render: Box::new(move |done| render(done)) };
        match app.execute_once(order, promise).await {
            Ok(Outcome::Done(done)) => {
                let (status, body) = shown(&done);
                Ok(told(status, body, done.seq))
            }
            Ok(Outcome::Repeated(kept)) => {
                Ok(told(kept.status, kept.body, kept.seq).with(REPLAYED, "true"))
            }
            Err(OnceError::Write(error)) => Err(refusal::answer(&error)),
            Err(OnceError::Reused) => Err(Answer::error(
                422,
                "Idempotency-Key: it was used for another request within the last 24 hours: give each request one of \
                 its own",
            )),
            Err(OnceError::UnderWay) => Err(Answer::error(
                409,
                "Idempotency-Key: the request with this key is still being carried out: ask again in a moment",
            )
            .with(header::RETRY_AFTER, SOON)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_string_with_or_without_its_quotation_marks() {
        for (text, name) in [
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("\"a b;c\\\"\\\\\"; v=1", "a b;c\"\\"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(name));
        }
        let long = "x".repeat(LENGTH_MAX + 1);
        for text in ["", "\"\"", "\"a", "a b", "a,b", "\"a\", \"b\"", "\"\\n\"", "\"ä\"", &long] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
