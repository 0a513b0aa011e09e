//! Reading one's own writes on every process: `X-Change-Seq`.
//!
//! Changes are numbered in the order in which they were committed. Who knows the number of a change, and asks a process
//! that may not have heard of it yet, sends the number along; the answer then shows the change, unless the process
//! does not learn of it in time. Requests without the header pay nothing for it.

use std::time::Duration;

use app::App;
use axum::http::HeaderName;

use crate::answer::Answer;
use crate::request::ApiRequest;

/// Of a request: the number of a change that the answer has to show. Of its answer: the number of a change that it
/// shows, with all before it.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-change-seq");

/// Longest wait for a change. A process hears of others' changes within a tenth of a second.
const WAIT: Duration = Duration::from_millis(500);

/// Waits for the change that a request wants to see. Gives the number of the newest change that is published now, which
/// is lower where the wait was in vain; `None` for requests that want nothing of the kind.
///
/// # Errors
/// The answer for a header that names no change.
pub(crate) async fn reached(app: &App, request: &ApiRequest) -> Result<Option<u64>, Answer> {
    let mut wanted = None;
    for value in request.headers.get_all(HEADER) {
        let text = value.to_str().unwrap_or_default();
        let number = parse(text).ok_or_else(|| refuse(&String::from_utf8_lossy(value.as_bytes())))?;
        wanted = wanted.max(Some(number));
    }
    let Some(wanted) = wanted else { return Ok(None) };
    let published = app.snapshot().sequence();
    if published >= wanted {
        return Ok(Some(published));
    }
    Ok(Some(app.wait_for(wanted, WAIT).await))
}

/// Digits alone: what the standard library takes beside them, a sign, is no part of a change's number.
fn parse(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn refuse(text: &str) -> Answer {
    /// Enough to recognize the value by, in characters.
    const SHOWN: usize = 40;
    let shown: String = text.chars().take(SHOWN).collect();
    Answer::error(
        400,
        &format!(
            "X-Change-Seq: `{shown}` is not the number of a change; send the header as an answer had it, or leave it \
             out"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn numbers_of_changes_are_digits() {
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse("0017"), Some(17));
        assert_eq!(parse("18446744073709551615"), Some(u64::MAX));
        for text in ["", "+1", "-1", " 1", "1, 2", "1.0", "x", "18446744073709551616"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
