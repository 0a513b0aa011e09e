//! The public dump files: `/<type>-0.json`, each the whole public list of a type (automation specification, 9).
//!
//! Mirrors take `meta.generated` as the start of their first `since`: it is a moment before which nothing is missing.

use app::App;
use app::export::Public;
use catalog::Query;
use catalog::query::Params;
use model::Tag;

use crate::answer::Answer;
use crate::request::ApiRequest;
use crate::{records, sequence};

/// What stands behind the type in the name of a dump file: depth 0, as JSON.
pub(crate) const SUFFIX: &str = "-0.json";

/// Answers with the public list of a type, whoever asks.
pub(crate) fn answer(app: &App, request: &ApiRequest, tag: Tag) -> Answer {
    let public = app.public();
    let Public { snapshot, viewer, .. } = &public;
    // Whoever follows the feed of changes begins with this number.
    let told = |answer: Answer| answer.with(sequence::HEADER, &snapshot.sequence().to_string());
    let Ok(query) = Query::parse(snapshot, viewer, tag, None, &Params::default()) else {
        return Answer::empty(400);
    };
    if let Some(answer) = records::whole(request, viewer, snapshot, &query, public.meta()) {
        return told(answer);
    }
    let Ok(rows) = query.run(snapshot, viewer, None) else { return Answer::empty(404) };
    told(records::list_answer(request, viewer, snapshot, &query, &rows, public.meta()))
}
