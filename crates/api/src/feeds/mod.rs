//! The feed of changes: `/changes` as JSON and as a stream of events, and Atom feeds for people's readers.
//!
//! Who asks with a key gets the events of what it may see, everybody else those of the public lists. Atom feeds tell of
//! public records alone. Errors are problem documents (RFC 9457).

mod atom;
mod cursor;
mod question;
mod stream;
#[cfg(test)]
mod tests;
mod text;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::feeds::Moment;
use app::listeners::{NoPlace, Place};
use app::principals::Identity;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::response::Response;
use axum::routing::any;
use catalog::feed::{Missing, Page, Position};

pub(crate) use self::atom::Subject;
use self::cursor::Stamp;
pub(crate) use self::question::PARAMETERS;
use self::question::Question;
use crate::answer::Answer;
use crate::door::{Cause, Door};
use crate::request::ApiRequest;
use crate::{credential, index, limits, respond, sequence};

/// The path of the feed.
pub(crate) const PATH: &str = "/changes";

/// Longest wait for a change that this process may not have heard of yet.
const WAIT_FOR_OTHERS: Duration = Duration::from_millis(500);
/// A process that has looked into the database so long ago knows what is the newest change, microseconds.
const CURRENT: i64 = 5 * model::Time::SECOND;

const METHODS: &str = "GET, HEAD, OPTIONS";
const CORS_HEADERS: &str = "accept, authorization, cache-control, last-event-id, x-change-seq";

/// The routes of the feed.
pub(crate) fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route(PATH, any(handle))
        .route("/changes.atom", any(handle))
        .route("/changes/{*rest}", any(handle))
        .with_state(door)
}

/// Whether a path is one of the feed.
pub(crate) fn serves(path: &str) -> bool {
    path == PATH || Subject::of(path).is_some()
}

async fn handle(State(door): State<Arc<Door>>, request: Request) -> Response {
    let app = &door.app;
    let start = app.now();
    let request = ApiRequest::new(request);
    let answer = answer(&door, &request).await;
    respond(app, &request, start, answer)
}

async fn answer(door: &Door, request: &ApiRequest) -> Answer {
    let app = &door.app;
    if !request.reads() {
        return index::not_allowed(&request.method).into_problem().with(header::ALLOW, METHODS);
    }
    let subject = Subject::of(&request.path);
    if subject.is_none() && request.path != PATH {
        return Answer::problem(
            404,
            "There is no feed at this address; the feed of all changes is at /changes",
        );
    }
    if request.method == Method::OPTIONS {
        return Answer::empty(204)
            .with(header::ALLOW, METHODS)
            .with(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS)
            .with(header::ACCESS_CONTROL_ALLOW_HEADERS, CORS_HEADERS)
            .with(header::ACCESS_CONTROL_MAX_AGE, "86400");
    }
    if let Err(refusal) = sequence::reached(app, request).await {
        return refusal.into_problem();
    }
    if let Some(subject) = subject {
        return match limits::count_other(app, request, &app.anonymous()) {
            Ok(_) => atom::answer(app, request, &subject),
            Err(refusal) => refusal.into_problem(),
        };
    }
    let visit = match door.admit(request) {
        Ok(visit) => visit,
        Err(refusal) => return refusal.into_problem(),
    };
    let identity = match credential::identify(app, request).await {
        Ok(identity) => identity,
        Err((cause, refusal)) => return door.refused(request, &visit, cause, refusal).into_problem(),
    };
    let label = identity.label.clone();
    if let Some(refusal) = door.silenced(&visit, &identity) {
        return refusal.into_problem().of_caller(label.as_deref());
    }
    let answer = counted(app, request, &identity).await.of_caller(label.as_deref());
    door.note(request, &visit, Some(&identity), Cause::Other, answer)
}

/// The feed, unless the caller asks too often.
async fn counted(app: &Arc<App>, request: &ApiRequest, identity: &Identity) -> Answer {
    match limits::count_other(app, request, identity) {
        Ok(counted) => {
            let answer = changes(app, request, identity.clone()).await;
            counted.told(app, request, identity, answer)
        }
        Err(refusal) => refusal.into_problem(),
    }
}

/// The feed as whoever asks wants it.
async fn changes(app: &Arc<App>, request: &ApiRequest, identity: Identity) -> Answer {
    let form = match question::form(request) {
        Some(form) => form,
        None => return Answer::problem(406, "The feed is had as application/json or as text/event-stream"),
    };
    let stamp = Stamp::of(app, &identity.viewer);
    let question = match Question::parse(app, request, form, stamp) {
        Ok(question) => question,
        Err(refusal) => return refusal,
    };
    let from = match question.after {
        Some(after) => match reached(app, after).await {
            Ok(()) => after,
            Err(refusal) => return refusal,
        },
        None => Position::behind(app.moment().journal.newest()),
    };
    match form {
        question::Form::Events => stream::answer(app, request, identity, question, from, stamp),
        question::Form::Json => json(app, request, &identity, &question, from, stamp).await,
    }
}

/// Looks whether the feed can go on from a place.
async fn reached(app: &App, after: Position) -> Result<(), Answer> {
    if app.moment().journal.newest() < after.seq {
        app.wait_for(after.seq, WAIT_FOR_OTHERS).await;
    }
    let journal = app.moment().journal;
    if after < Position::behind(journal.floor()) {
        return Err(missing(app, Missing::Gone { floor: journal.floor() }));
    }
    if after.seq > journal.newest() {
        return Err(missing(app, Missing::Ahead { newest: journal.newest() }));
    }
    Ok(())
}

/// The answer to who wants to go on from where that is not possible.
fn missing(app: &App, missing: Missing) -> Answer {
    match missing {
        Missing::Gone { floor } => gone(
            app,
            &format!(
                "Changes up to number {floor} are no longer kept, and the feed cannot go on from before them"
            ),
        ),
        // Whoever has seen more than the database holds has followed another one, or this one before it was restored.
        Missing::Ahead { newest } if app.now().0 - app.as_of().0 < CURRENT => {
            gone(app, &format!("The newest change has the number {newest}, and the cursor is behind it"))
        }
        Missing::Ahead { .. } => {
            Answer::problem(503, "This change was not heard of here yet").with(header::RETRY_AFTER, "2")
        }
    }
}

/// 410: nothing leads on from the cursor. Tells where to begin anew.
fn gone(app: &App, why: &str) -> Answer {
    let base = &app.settings().public_url;
    let detail = format!(
        "{why}. Take a file of `start`, or the lists of the API with your key and the header `X-Change-Seq: 0`, and \
         follow the feed from the number in the answer's header X-Change-Seq"
    );
    let starts = ["dumps/directory.tar.gz", "dumps/directory.sqlite.gz"];
    let starts: Vec<String> = starts.iter().map(|path| format!("{base}/{path}")).collect();
    let floor = app.moment().journal.floor();
    Answer::problem_with(410, &detail, &[("start", starts.into()), ("oldest", floor.into())])
}

/// The answer where a listener finds no place.
fn no_place(why: NoPlace) -> Answer {
    const LATER: &str = "30";
    let (status, detail) = match why {
        NoPlace::Client => (429, "As many connections of yours wait for changes as one client may have"),
        NoPlace::Server => (503, "As many connections wait for changes as there is room for"),
        NoPlace::Ending => (503, "The server is about to stop"),
    };
    Answer::problem(status, detail).with(header::RETRY_AFTER, LATER)
}

/// The feed as JSON; waits for an event where the question says so.
async fn json(
    app: &App,
    request: &ApiRequest,
    identity: &Identity,
    question: &Question,
    from: Position,
    stamp: Stamp,
) -> Answer {
    let place = match question.wait.is_zero() {
        true => None,
        false => match app.listeners().take(request.client) {
            Ok(place) => Some(place),
            Err(why) => return no_place(why),
        },
    };
    match waited(app, identity, question, from, place).await {
        Ok((moment, page)) => {
            let text = text::page(&moment, &identity.viewer, &page, stamp);
            Answer::json(text).cached("no-cache").with(header::ALLOW, METHODS)
        }
        Err(refusal) => refusal,
    }
}

/// The first page with an event on it, or the empty one when time is up.
async fn waited(
    app: &App,
    identity: &Identity,
    question: &Question,
    mut from: Position,
    mut place: Option<Place>,
) -> Result<(Moment, Page), Answer> {
    let mut end = pin!(tokio::time::sleep(question.wait));
    let (mut news, mut entitlements) = (app.news(), app.entitlements());
    loop {
        news.mark_unchanged();
        let moment = app.moment();
        let page =
            moment.journal.page(&moment.snapshot, &identity.viewer, &question.filter, from, question.limit);
        let page = page.map_err(|why| missing(app, why))?;
        let Some(place) = place.as_mut().filter(|_| page.events.is_empty() && !page.more) else {
            return Ok((moment, page));
        };
        from = page.next;
        tokio::select! {
            _ = news.changed() => {}
            // Rights that changed may have ended: the next request finds out.
            _ = entitlements.changed() => return Ok((moment, page)),
            () = place.ended() => return Ok((moment, page)),
            () = &mut end => return Ok((moment, page)),
        }
    }
}
