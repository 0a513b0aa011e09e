//! From the `Authorization` header to a caller (rest-api specification, section 7).

use app::App;
use app::directory::Credential;
use app::principals::{Identity, Refusal};
use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::answer::Answer;
use crate::door::Cause;
use crate::request::ApiRequest;

/// Longest name of a failed caller that an answer repeats, in characters.
const LABEL_CHARS_MAX: usize = 16;

/// Finds out who asks.
///
/// # Errors
/// The answer for a header that is malformed or opens nothing.
pub(crate) async fn identify(app: &App, request: &ApiRequest) -> Result<Identity, (Cause, Answer)> {
    let parsed = parse(request).map_err(|answer| (Cause::Other, answer))?;
    let (credential, label) = match &parsed {
        Parsed::None => (Credential::Anonymous, None),
        Parsed::Key(key) => (Credential::Key(key), Some(key_label(key))),
        Parsed::Basic(name, password) => (Credential::Password(name, password), Some(cut(name))),
    };
    app.identify(credential).await.map_err(|refusal| (cause(refusal), answer(refusal, label.as_deref())))
}

fn answer(refusal: Refusal, label: Option<&str>) -> Answer {
    match refusal {
        // The one refusal after the proof of who it is.
        Refusal::BasicWithdrawn { user } => refuse(refusal).of_caller(Some(&format!("u{user}"))),
        Refusal::InactiveOwner { user } => {
            let label = label.unwrap_or_default();
            refuse(refusal).of_claimant(Some(&format!("u{user}_{label}")))
        }
        _ => refuse(refusal).of_claimant(label),
    }
}

fn cause(refusal: Refusal) -> Cause {
    match refusal {
        Refusal::InactiveKey | Refusal::InactiveOwner { .. } | Refusal::InactiveAccount => Cause::Inactive,
        Refusal::InvalidKey | Refusal::InvalidPassword | Refusal::BasicWithdrawn { .. } | Refusal::Busy => {
            Cause::Other
        }
    }
}

/// The key that a request claims to be signed with, right or wrong.
pub(crate) fn claimed_key(request: &ApiRequest) -> Option<String> {
    match parse(request) {
        Ok(Parsed::Key(key)) => Some(key),
        Ok(Parsed::None | Parsed::Basic(..)) | Err(_) => None,
    }
}

enum Parsed {
    None,
    Key(String),
    Basic(String, String),
}

/// What a failed key is called: its public part only.
fn key_label(key: &str) -> String {
    format!("apikey_{}", cut(key.split('.').next().unwrap_or_default()))
}

fn cut(text: &str) -> String {
    text.chars().take(LABEL_CHARS_MAX).collect()
}

fn parse(request: &ApiRequest) -> Result<Parsed, Answer> {
    let unknown = || Answer::error(400, "Unknown authorization method");
    let Some(value) = request.headers.get(header::AUTHORIZATION) else {
        let misspelt = request.headers.keys().any(|name| name.as_str().starts_with("auth"));
        return if misspelt {
            Err(Answer::error(400, "Malformed authorization header"))
        } else {
            Ok(Parsed::None)
        };
    };
    let text = value.to_str().map_err(|_| unknown())?;
    let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    // One blank stands between scheme and key; a second one would belong to the key.
    match scheme.to_ascii_lowercase().as_str() {
        "api-key" if !rest.is_empty() => Ok(Parsed::Key(rest.to_owned())),
        "basic" => basic(rest.trim()),
        _ => Err(unknown()),
    }
}

/// RFC 7617.
fn basic(encoded: &str) -> Result<Parsed, Answer> {
    let bytes = STANDARD.decode(encoded).map_err(|_| Answer::error(400, "Corrupt base64 input."))?;
    let pair = String::from_utf8(bytes).ok();
    let pair = pair.as_deref().and_then(|text| text.split_once(':'));
    let (name, password) = pair.ok_or_else(|| Answer::error(400, "Invalid Input."))?;
    Ok(Parsed::Basic(name.to_owned(), password.to_owned()))
}

/// The answer to a credential that opens nothing.
pub(crate) fn refuse(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::InvalidKey => Answer::error(401, "Invalid API key"),
        Refusal::InactiveKey => Answer::error(401, "Inactive API key"),
        Refusal::InactiveOwner { .. } => {
            Answer::error(403, "Inactive API key - please contact PeeringDB support for assistance.")
        }
        Refusal::InvalidPassword => Answer::error(401, "Invalid username or password"),
        Refusal::InactiveAccount => Answer::error(401, "Inactive account"),
        Refusal::BasicWithdrawn { .. } => Answer::error(
            403,
            "Basic authentication support has been deprecated and is no longer supported, please switch to API \
             key authentication.",
        ),
        Refusal::Busy => {
            Answer::error(503, "Too many sign-ins are being checked").with(header::RETRY_AFTER, "1")
        }
    }
}
