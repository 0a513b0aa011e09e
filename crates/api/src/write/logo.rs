//! Changes of logos (rest-api specification, 11).

use std::sync::Arc;

use app::App;
use app::write::Done;
use axum::body::Body;
use axum::http::Method;
use rules::logo::Upload;
use rules::{Action, Command};

use super::{Shown, body, refusal};
use crate::answer::Answer;
use crate::asset::{self, AssetPath};
use crate::records::wrap;
use crate::request::ApiRequest;

/// What `POST`, `PUT` and `DELETE` on the path of a logo want, and how the answer looks.
pub(super) async fn prepared(
    app: &App,
    request: &ApiRequest,
    path: &AssetPath,
    body: Body,
) -> Result<(Command, Shown), Answer> {
    let (tag, id) = (path.tag()?, path.id);
    if request.method == Method::DELETE {
        return Ok((Command::Act(Action::RemoveLogo { tag, id }), Arc::new(|_| (204, None))));
    }
    let body = body::optional(app, request, body, Some(tag)).await?;
    let uploaded = Upload::read(&body).ok();
    let command = app.logo_command(tag, id, body).ok_or_else(refusal::read_only)?;
    let asked = request.clone();
    let shown = move |done: &Done| {
        let status = if asked.method == Method::POST { 201 } else { 200 };
        let content = uploaded.as_ref().map(|upload| &*upload.content.0);
        let data = done.shown.record(tag, id).map(|record| asset::object(record, content));
        (status, Some(wrap(&asked, &data.unwrap_or_default(), "")))
    };
    Ok((command, Arc::new(shown)))
}
