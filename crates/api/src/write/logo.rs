//! Changes of logos (rest-api specification, 11).

use std::sync::Arc;

use app::App;
use app::principals::Identity;
use app::write::{Origin, Request};
use axum::body::Body;
use axum::http::Method;
use rules::logo::Upload;
use rules::{Action, Command};

use super::{CHANGE_SEQ, body, refusal};
use crate::answer::Answer;
use crate::asset::{self, AssetPath};
use crate::records::wrap;
use crate::request::ApiRequest;

/// `POST`, `PUT` and `DELETE` on the path of a logo.
pub(super) async fn carry_out(
    app: &Arc<App>,
    request: &ApiRequest,
    path: &AssetPath,
    identity: &Identity,
    body: Body,
) -> Result<Answer, Answer> {
    let (tag, id) = (path.tag()?, path.id);
    let mut uploaded = None;
    let command = match request.method {
        Method::DELETE => Command::Act(Action::RemoveLogo { tag, id }),
        _ => {
            let body = body::optional(request, body, tag).await?;
            uploaded = Upload::read(&body).ok();
            app.logo_command(tag, id, body).ok_or_else(refusal::read_only)?
        }
    };
    let order = Request { command, identity: identity.clone(), origin: Origin::Api, address: request.client };
    let done = app.execute(order).await.map_err(|error| refusal::answer(&error))?;
    let record = done.shown.record(tag, id);
    let answer = match (uploaded, record) {
        (Some(upload), Some(record)) => {
            let status = if request.method == Method::POST { 201 } else { 200 };
            let data = asset::object(record, Some(&upload.content.0));
            Answer::json_with(status, wrap(request, &data, ""))
        }
        _ => Answer::empty(204),
    };
    Ok(answer.with(CHANGE_SEQ, &done.seq.to_string()))
}
