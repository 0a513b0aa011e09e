//! `/api/org/<id>/webhooks`: addresses that an organization wants to be told about changes, for its administrators and
//! for its keys that may manage it.

use app::App;
use app::principals::Identity;
use app::webhooks::{Delivery, Webhook, WebhookError, Wishes};
use axum::body::Body;
use axum::http::Method;
use model::{Tag, Time};
use serde_json::{Map, Value as Json, json};

use crate::answer::Answer;
use crate::records::wrap;
use crate::request::ApiRequest;
use crate::write::body;
use crate::{index, write};

/// A path below `/api/org/<id>/webhooks`; ids that nothing can have are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebhookPath {
    /// All of an organization.
    All(u32),
    /// One of them.
    One(u32, u32),
    /// The attempts to deliver to one.
    Deliveries(u32, u32),
    /// Trying one.
    Test(u32, u32),
}

impl WebhookPath {
    /// The path that the parts behind `/api/` name.
    pub(crate) fn of(parts: &[&str]) -> Option<WebhookPath> {
        let id = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(0))
        };
        Some(match *parts {
            ["org", org, "webhooks"] => WebhookPath::All(id(org)?),
            ["org", org, "webhooks", one] => WebhookPath::One(id(org)?, id(one)?),
            ["org", org, "webhooks", one, "deliveries"] => WebhookPath::Deliveries(id(org)?, id(one)?),
            ["org", org, "webhooks", one, "test"] => WebhookPath::Test(id(org)?, id(one)?),
            _ => return None,
        })
    }

    /// Methods that the path answers.
    pub(crate) const fn allowed(self) -> &'static str {
        match self {
            WebhookPath::All(_) => "GET, POST, HEAD, OPTIONS",
            WebhookPath::One(..) => "GET, PUT, DELETE, HEAD, OPTIONS",
            WebhookPath::Deliveries(..) => "GET, HEAD, OPTIONS",
            WebhookPath::Test(..) => "POST, OPTIONS",
        }
    }
}

/// Answers a request that reads.
pub(crate) async fn read(app: &App, request: &ApiRequest, path: WebhookPath, identity: &Identity) -> Answer {
    read_or_refuse(app, request, path, identity).await.unwrap_or_else(|refusal| refusal)
}

async fn read_or_refuse(
    app: &App,
    request: &ApiRequest,
    path: WebhookPath,
    identity: &Identity,
) -> Result<Answer, Answer> {
    let told = |error: WebhookError| refusal(identity, &error);
    let data: Vec<Json> = match path {
        WebhookPath::All(org) => {
            app.webhooks(identity, org).await.map_err(told)?.iter().map(|one| shown(one, None)).collect()
        }
        WebhookPath::One(org, id) => {
            let all = app.webhooks(identity, org).await.map_err(told)?;
            let one = all.iter().find(|one| one.id == id).ok_or(WebhookError::NotFound).map_err(told)?;
            vec![shown(one, None)]
        }
        WebhookPath::Deliveries(org, id) => {
            app.webhook_deliveries(identity, org, id).await.map_err(told)?.iter().map(attempt).collect()
        }
        WebhookPath::Test(..) => return Err(index::not_allowed(&request.method)),
    };
    Ok(Answer::json(wrap(request, &Json::Array(data).to_string(), "")))
}

/// Carries out a request that changes something.
pub(crate) async fn change(
    app: &App,
    request: &ApiRequest,
    path: WebhookPath,
    identity: &Identity,
    body: Body,
) -> Answer {
    change_or_refuse(app, request, path, identity, body).await.unwrap_or_else(|refusal| refusal)
}

async fn change_or_refuse(
    app: &App,
    request: &ApiRequest,
    path: WebhookPath,
    identity: &Identity,
    body: Body,
) -> Result<Answer, Answer> {
    let told = |error: WebhookError| refusal(identity, &error);
    let one = |status, webhook: &Webhook, secret: Option<&str>| {
        let data = Json::Array(vec![shown(webhook, secret)]).to_string();
        Answer::json_with(status, wrap(request, &data, ""))
    };
    match (path, &request.method) {
        (WebhookPath::All(org), &Method::POST) => {
            let wishes = wishes(body::optional(app, request, body, Some(Tag::Org)).await?)?;
            let (webhook, secret) = app.add_webhook(identity, org, wishes).await.map_err(told)?;
            Ok(one(201, &webhook, Some(&secret)))
        }
        (WebhookPath::One(org, id), &Method::PUT) => {
            let wishes = wishes(body::optional(app, request, body, Some(Tag::Org)).await?)?;
            let (webhook, secret) = app.change_webhook(identity, org, id, wishes).await.map_err(told)?;
            Ok(one(200, &webhook, secret.as_deref()))
        }
        (WebhookPath::One(org, id), &Method::DELETE) => {
            app.remove_webhook(identity, org, id).await.map_err(told)?;
            Ok(Answer::empty(204))
        }
        (WebhookPath::Test(org, id), &Method::POST) => {
            let message = app.test_webhook(identity, org, id).await.map_err(told)?;
            let data = json!([{ "message": message }]).to_string();
            Ok(Answer::json_with(202, wrap(request, &data, "")))
        }
        _ => Err(index::not_allowed(&request.method)),
    }
}

/// What the body of a request wishes.
fn wishes(object: Map<String, Json>) -> Result<Wishes, Answer> {
    let mut wishes = Wishes::default();
    for (name, value) in object {
        let wrong = |rule: &str| Answer::field_errors(&[(name.as_str(), rule)]);
        let flag = || value.as_bool().ok_or_else(|| wrong("must be true or false"));
        match name.as_str() {
            "url" => wishes.url = Some(value.as_str().ok_or_else(|| wrong("must be a text"))?.to_owned()),
            "types" => wishes.types = Some(types(&value).ok_or_else(|| wrong("must be a list of types"))?),
            "own" => wishes.own = Some(flag()?),
            "active" => wishes.active = Some(flag()?),
            "new_secret" => wishes.new_secret = flag()?,
            _ => return Err(wrong("is not known; a webhook has url, types, own, active and new_secret")),
        }
    }
    Ok(wishes)
}

/// Types, each once and in the order of all types.
fn types(value: &Json) -> Option<Vec<Tag>> {
    let words = value.as_array()?.iter();
    let named: Option<Vec<Tag>> = words.map(|word| word.as_str()?.parse().ok()).collect();
    let named = named?;
    Some(Tag::ALL.into_iter().filter(|tag| named.contains(tag)).collect())
}

fn time(time: Time) -> String {
    let mut text = String::new();
    time.write(&mut text);
    text
}

/// A webhook as its organization sees it. The secret is shown when it is made, and never again.
fn shown(webhook: &Webhook, secret: Option<&str>) -> Json {
    let types: Vec<&str> = webhook.tags.split(',').filter(|tag| !tag.is_empty()).collect();
    let mut object = json!({
        "id": webhook.id,
        "org_id": webhook.org_id,
        "url": webhook.url,
        "types": types,
        "own": webhook.own,
        "active": webhook.active,
        "stopped": webhook.stopped,
        "failing_since": webhook.progress.failing_since.map(time),
        "next_attempt": (webhook.progress.attempts > 0).then(|| time(webhook.progress.due)),
        "created": time(webhook.created),
        "created_by": webhook.created_by,
    });
    if let Some(secret) = secret {
        object["secret"] = secret.into();
    }
    object
}

fn attempt(delivery: &Delivery) -> Json {
    json!({
        "message": delivery.message,
        "attempt": delivery.attempt,
        "at": time(delivery.at),
        "events": delivery.events,
        "status": delivery.status,
        "error": delivery.error,
        "delivered": delivery.delivered,
    })
}

fn refusal(identity: &Identity, error: &WebhookError) -> Answer {
    match error {
        WebhookError::Forbidden if identity.label.is_none() => index::unauthenticated(),
        WebhookError::Forbidden => Answer::error(403, "Only who manages the organization may do this."),
        WebhookError::NotFound => Answer::error(404, "Not found."),
        WebhookError::Invalid(name, rule) => Answer::field_errors(&[(name, rule)]),
        WebhookError::NoKey(error) => {
            tracing::error!(%error, "secrets of webhooks cannot be encrypted");
            Answer::error(
                503,
                "This server has no master key to encrypt secrets with; its operator has to give it one",
            )
        }
        WebhookError::ReadOnly => write::read_only(),
        WebhookError::Store(error) => {
            tracing::error!(%error, "a webhook cannot be stored");
            Answer::busy("The database cannot be used at the moment")
        }
    }
}
