//! Lists that are filtered or searched.

use std::time::Duration;

use model::Tag;

use super::Scene;
use crate::client::Request;
use crate::facts::Facts;
use crate::failure::{Outcome, require};
use crate::filters::Question;
use crate::load;
use crate::premise;
use crate::table::Row;

/// Kinds of filters that are named: the dearest ones.
const NAMED: usize = 3;

/// Look-ups by key, parts of names, and searches.
pub(crate) fn measure(scene: &Scene<'_>) -> Outcome<Vec<Row>> {
    let facts = scene.facts;
    let lookup = Duration::from_micros(500);
    let by_asn = |tag: Tag| Facts::requests(&facts.asns, |asn| format!("/api/{tag}?asn={asn}"));
    let ports = Facts::requests(&facts.ports, |(ix, asn)| format!("/api/netixlan?ix_id={ix}&asn={asn}"));
    let pieces = Facts::requests(&facts.pieces, |piece| format!("/api/net?name__contains={piece}"));
    let typed = Facts::requests(&facts.typed, |text| format!("/api/net?name_search={text}&limit=10"));
    let all = Facts::requests(&facts.typed, |text| format!("/api/net?name_search={text}"));
    let row = |name: &str, tag, requests: &[Request]| row(scene, name, tag, requests);
    Ok(vec![
        row("netixlan?ix_id=&asn=", Tag::Netixlan, &ports)?.median_below(lookup),
        row("net?asn=", Tag::Net, &by_asn(Tag::Net))?.median_below(lookup),
        row("netixlan?asn=", Tag::Netixlan, &by_asn(Tag::Netixlan))?.median_below(lookup),
        row("org?asn=", Tag::Org, &by_asn(Tag::Org))?.median_below(lookup),
        row("net?name__contains=, three letters", Tag::Net, &pieces)?.median_below(Duration::from_millis(10)),
        row("net?name_search=, first ten", Tag::Net, &typed)?.p99_below(Duration::from_millis(10)),
        row("net?name_search=, all", Tag::Net, &all)?,
    ])
}

fn row(scene: &Scene<'_>, name: &str, tag: Tag, requests: &[Request]) -> Outcome<Row> {
    let mut client = scene.client()?;
    let mut found = 0;
    for request in requests {
        found += premise::filtered(&mut client, request, scene.facts.published(tag))?;
    }
    let load = scene.plan.best(|| load::one_by_one(scene.server, requests, scene.plan.rounds))?;
    let note = format!("{} questions, {} rows each", requests.len(), found / requests.len().max(1));
    Ok(Row::latency(name, &load).noted(note))
}

/// Every kind of filter: a row for the dearest ones.
pub(crate) fn every_filter(scene: &Scene<'_>, questions: &[Question]) -> Outcome<Vec<Row>> {
    let mut client = scene.client()?;
    let mut measured = Vec::new();
    let mut failed = Vec::new();
    for question in questions {
        let table = scene.facts.published(question.tag);
        match premise::filtered(&mut client, &question.request, table) {
            Ok(found) => {
                let load = load::one_by_one(scene.server, std::slice::from_ref(&question.request), 3)?;
                measured.push((load, found, question));
            }
            Err(failure) => failed.push(failure.to_string()),
        }
    }
    // All at once, since each run takes minutes.
    require(failed.is_empty(), || failed.join("\n"))?;
    measured.sort_by_key(|(load, _, _)| std::cmp::Reverse(load.samples.median()));
    let dearest = measured.iter().take(NAMED).enumerate().map(|(place, (load, found, question))| {
        let name = format!("filters, {} of {} by cost", place + 1, questions.len());
        let note = format!("{}, {found} rows", question.request.path);
        Row::latency(name, load).median_below(Duration::from_millis(50)).noted(note)
    });
    Ok(dearest.collect())
}
