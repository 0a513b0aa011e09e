//! `GET /api/search`: hits over all types, for callers with a key (rest-api specification, section 15).

use app::App;
use catalog::search::SEARCHED;
use model::AnyRecord;
use model::access::Viewer;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::request::ApiRequest;

/// Hits per type.
pub(crate) const HITS_MAX: usize = 100;

/// Answers a search. The document has no envelope: one list per type.
pub(crate) fn answer(app: &App, request: &ApiRequest, viewer: &Viewer, authorized: bool) -> Answer {
    if !authorized {
        let text = "No API key provided. Please include an Authorization header with your API key.";
        return Answer::json_with(401, json!({ "error": text }).to_string());
    }
    let words: Vec<&str> = request
        .params
        .pairs()
        .iter()
        .filter(|(name, value)| name == "q" && !value.trim().is_empty())
        .map(|(_, value)| value.as_str())
        .collect();
    let mut found = Map::new();
    if !words.is_empty() {
        let snapshot = app.snapshot();
        let question = words.join(" ");
        for tag in SEARCHED {
            let hits = snapshot.search(viewer, tag, &question).into_iter();
            let records = hits.filter_map(|id| snapshot.record(tag, id));
            let rows = records.filter(|record| snapshot.may_read(viewer, record)).map(hit);
            found.insert(tag.as_str().into(), rows.take(HITS_MAX).collect());
        }
    }
    Answer::json(serde_json::to_string_pretty(&found).unwrap_or_default())
}

fn hit(record: &AnyRecord) -> Value {
    let mut row = Map::new();
    row.insert("id".into(), record.id().into());
    row.insert("name".into(), record.value("name").as_text().into());
    let org = record.reference("org_id").unwrap_or(record.id());
    row.insert("org_id".into(), org.into());
    if let AnyRecord::Net(net) = record {
        row.insert("asn".into(), net.asn.0.into());
        row.insert("sub_name".into(), format!("AS{}", net.asn.0).into());
    }
    row.into()
}
