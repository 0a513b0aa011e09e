//! The public dump files: `/<type>-0.json`, each the whole public list of a type (automation specification, 9).
//!
//! Mirrors take `meta.generated` as the start of their first `since`: it is a moment before which nothing is missing.

use app::App;
use app::directory::Credential;
use catalog::Query;
use catalog::query::Params;
use model::Tag;

use crate::answer::Answer;
use crate::records;
use crate::request::ApiRequest;

/// What stands behind the type in the name of a dump file: depth 0, as JSON.
pub(crate) const SUFFIX: &str = "-0.json";

/// Answers with the public list of a type, whoever asks.
pub(crate) async fn answer(app: &App, request: &ApiRequest, tag: Tag) -> Answer {
    // Before the snapshot: a change in between is then in the list and asked for again, never missed.
    let generated = app.as_of();
    let Ok(guest) = app.identify(Credential::Anonymous).await else { return Answer::empty(403) };
    let snapshot = app.snapshot();
    let Ok(query) = Query::parse(&snapshot, &guest.viewer, tag, None, &Params::default()) else {
        return Answer::empty(400);
    };
    let seconds = generated.0 as f64 / model::Time::SECOND as f64;
    let meta = format!("\"generated\": {seconds:.3}");
    if let Some(answer) = records::whole(request, &guest.viewer, &snapshot, &query, meta.clone()) {
        return answer;
    }
    let Ok(rows) = query.run(&snapshot, &guest.viewer, None) else { return Answer::empty(404) };
    records::list_answer(request, &guest.viewer, &snapshot, &query, &rows, meta)
}
