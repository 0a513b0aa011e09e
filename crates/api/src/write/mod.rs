//! Changes: from a request to a command, and from what became of it to an answer.

pub(crate) mod body;
mod form;
mod logo;
mod once;
pub(crate) mod refusal;

pub(crate) use self::refusal::read_only;

use std::sync::Arc;

use app::App;
use app::principals::Identity;
use app::write::{Done, Origin, Request};
use axum::body::Body;
use axum::http::{HeaderName, Method};
use bytes::Bytes;
use catalog::query::Params;
use catalog::render::{Renderer, Sets, Shape};
use catalog::{Query, Snapshot};
use model::Tag;
use model::access::Viewer;
use model::json::write_text;
use rules::{Action, Command, Extras, Side};

use crate::answer::Answer;
use crate::records::{refuse_query, wrap};
use crate::request::{ActionPath, ApiRequest, Route};

/// Tells, beside the values of a new exchange, why it waits although its prefix belongs to the caller.
const PENDING_REASON: &str = "ixf_pending_reason";

/// Tells which change an answer speaks of: its number in the log.
const CHANGE_SEQ: HeaderName = HeaderName::from_static("x-change-seq");

/// `POST`, `PUT` and `DELETE` on paths that have them.
pub(crate) async fn answer(
    app: &Arc<App>,
    request: &ApiRequest,
    route: &Route,
    identity: &Identity,
    body: Body,
) -> Answer {
    carry_out(app, request, route, identity, body).await.unwrap_or_else(|refusal| refusal)
}

async fn carry_out(
    app: &Arc<App>,
    request: &ApiRequest,
    route: &Route,
    identity: &Identity,
    body: Body,
) -> Result<Answer, Answer> {
    if !app.is_writable() {
        return Err(refusal::read_only());
    }
    let named = once::named(request, identity)?;
    // Of a write that has a name, the whole body belongs to what it asks for.
    let (body, bytes, _room) = match &named {
        Some(_) => body::kept(app, request, body).await?,
        None => (body, Bytes::new(), None),
    };
    let (command, shown) = match route {
        Route::Asset(path) => logo::prepared(app, request, path, body).await?,
        _ => prepared(app, request, route, identity, body).await?,
    };
    let order = Request { command, identity: identity.clone(), origin: Origin::Api, address: request.client };
    if let Some(named) = named {
        return named.carry_out(app, request, &bytes, order, shown).await;
    }
    let done = app.execute(order).await.map_err(|error| refusal::answer(&error))?;
    let (status, text) = shown(&done);
    Ok(told(status, text, done.seq))
}

/// Makes status and body of the answer from what was done; no body where there is nothing to show.
type Shown = Arc<dyn Fn(&Done) -> (u16, Option<String>) + Send + Sync>;

/// The answer to a change that has taken place.
fn told(status: u16, body: Option<String>, seq: u64) -> Answer {
    let answer = match body {
        Some(text) => Answer::json_with(status, text),
        None => Answer::empty(status),
    };
    answer.with(CHANGE_SEQ, &seq.to_string())
}

/// What a request about records wants, and how the answer looks.
async fn prepared(
    app: &App,
    request: &ApiRequest,
    route: &Route,
    identity: &Identity,
    body: Body,
) -> Result<(Command, Shown), Answer> {
    let command = command(app, request, route, body).await?;
    // Before anything is changed, so that a fault in it leaves nothing behind.
    let wish = Wish::of(&app.snapshot(), request, &identity.viewer, &command)?;
    let (asked, viewer) = (request.clone(), identity.viewer.clone());
    let shown = move |done: &Done| match &wish {
        Some(wish) => (wish.status, Some(wish.text(&asked, &viewer, done))),
        None => (204, None),
    };
    Ok((command, Arc::new(shown)))
}

/// What a request wants.
async fn command(app: &App, request: &ApiRequest, route: &Route, body: Body) -> Result<Command, Answer> {
    let post = request.method == Method::POST;
    match route {
        Route::List(tag) if post => {
            Ok(Command::Create { tag: *tag, body: body::object(app, request, body, *tag).await? })
        }
        Route::Detail(tag, id) if request.method == Method::PUT => {
            let body = body::object(app, request, body, *tag).await?;
            let id = number(id).ok_or_else(|| Answer::error(404, "Not found."))?;
            Ok(Command::Update { tag: *tag, id, body })
        }
        Route::Detail(tag, id) if request.method == Method::DELETE => {
            let id = number(id).ok_or_else(|| Answer::errors("\"extra\": \"Invalid id\"", ""))?;
            Ok(Command::Delete { tag: *tag, id })
        }
        Route::Action(path) => Ok(Command::Act(action(app, request, *path, body).await?)),
        _ => Err(crate::index::not_allowed(&request.method)),
    }
}

async fn action(app: &App, request: &ApiRequest, path: ActionPath, body: Body) -> Result<Action, Answer> {
    Ok(match path {
        ActionPath::RequestImport(ix) => Action::RequestImport { ix },
        ActionPath::Approve(id) => Action::ApprovePresence { id },
        ActionPath::Reject(id) => Action::RejectPresence { id },
        ActionPath::AddFacility(campus, fac) => Action::AddFacility { campus, fac },
        ActionPath::RemoveFacility(campus, fac) => Action::RemoveFacility { campus, fac },
        ActionPath::SetNetSide(port) => set_side(app, request, port, Side::Net, body).await?,
        ActionPath::SetIxSide(port) => set_side(app, request, port, Side::Ix, body).await?,
    })
}

async fn set_side(
    app: &App,
    request: &ApiRequest,
    port: u32,
    side: Side,
    body: Body,
) -> Result<Action, Answer> {
    let mut object = body::optional(app, request, body, Some(Tag::Netixlan)).await?;
    let fac = object.remove("fac_id").unwrap_or_default();
    Ok(Action::SetSide { port, side, fac })
}

/// The id in a path. Id 0 is never assigned: what lies outside the range of ids is as unknown.
fn number(text: &str) -> Option<u32> {
    let number: i128 = text.parse().ok()?;
    Some(u32::try_from(number).unwrap_or(0))
}

/// What the answer to a command shows.
struct Wish {
    status: u16,
    depth: u32,
    fields: Option<Vec<String>>,
    sets: Sets,
    /// Whether the record is shown as it was before.
    former: bool,
}

impl Wish {
    /// What the answer shall show; `None` when it has no body. Of the parameters, `depth`, `fields` and `pretty` say
    /// something about it.
    fn of(
        snapshot: &Snapshot,
        request: &ApiRequest,
        viewer: &Viewer,
        command: &Command,
    ) -> Result<Option<Wish>, Answer> {
        let (tag, status, sets) = match command {
            Command::Delete { .. }
            | Command::Approve { .. }
            | Command::Deny { .. }
            | Command::Expire { .. } => return Ok(None),
            Command::Create { tag, .. } => (*tag, 201, Sets::Nowhere),
            Command::Update { tag, .. } => (*tag, 200, Sets::Root),
            Command::Act(Action::RequestImport { .. }) => (Tag::Ix, 200, Sets::Everywhere),
            Command::Act(Action::AddFacility { .. } | Action::RemoveFacility { .. }) => {
                (Tag::Fac, 200, Sets::Nowhere)
            }
            Command::Act(Action::ApprovePresence { .. } | Action::RejectPresence { .. }) => {
                (Tag::Carrierfac, 200, Sets::Nowhere)
            }
            Command::Act(Action::SetSide { .. }) => (Tag::Netixlan, 200, Sets::Nowhere),
            // Logos have paths and answers of their own.
            Command::Act(Action::SetLogo { .. } | Action::RemoveLogo { .. }) => return Ok(None),
        };
        let forming = ["depth", "fields"]
            .iter()
            .filter_map(|name| request.params.last(name).map(|value| ((*name).to_owned(), value.to_owned())));
        let query = Query::parse(snapshot, viewer, tag, Some(0), &Params::new(forming.collect()));
        let query = query.map_err(refuse_query)?;
        let former = matches!(command, Command::Act(Action::RejectPresence { .. }));
        Ok(Some(Wish { status, depth: query.depth, fields: query.fields, sets, former }))
    }

    /// The body of the answer.
    fn text(&self, request: &ApiRequest, viewer: &Viewer, done: &Done) -> String {
        let snapshot = if self.former { &done.before } else { &done.shown };
        let entry = done.subject.and_then(|(tag, id)| snapshot.entry(tag, id));
        let shape = Shape {
            depth: self.depth,
            objects: true,
            fields: self.fields.as_deref(),
            nested: &[],
            sets: self.sets,
        };
        let mut data = String::new();
        Renderer::new(snapshot, viewer, &shape).list(entry.map(|entry| &**entry), &mut data);
        add_keys(&done.extras, self.fields.as_deref(), &mut data);
        wrap(request, &data, &meta(&done.extras))
    }
}

/// Adds keys to the one object of a list.
fn add_keys(extras: &Extras, fields: Option<&[String]>, data: &mut String) {
    let Some(end) = data.len().checked_sub("}]".len()).filter(|end| data.get(*end..) == Some("}]")) else {
        return;
    };
    let ids = extras.keys.iter().map(|(name, id)| (*name, id.to_string()));
    let reason = extras.pending_reason.as_ref().map(|reason| {
        let mut text = String::new();
        write_text(reason, &mut text);
        (PENDING_REASON, text)
    });
    let mut keys = String::new();
    for (name, value) in ids.chain(reason) {
        if fields.is_some_and(|fields| !fields.iter().any(|field| field == name)) {
            continue;
        }
        keys.push_str(if data.get(..end).is_some_and(|before| before.ends_with('{')) && keys.is_empty() {
            ""
        } else {
            ", "
        });
        write_text(name, &mut keys);
        keys.push_str(": ");
        keys.push_str(&value);
    }
    data.insert_str(end, &keys);
}

/// The inside of the meta object.
fn meta(extras: &Extras) -> String {
    let mut meta = String::new();
    if let Some(text) = &extras.geovalidation_warning {
        meta.push_str("\"geovalidation_warning\": ");
        write_text(text, &mut meta);
    }
    meta
}
