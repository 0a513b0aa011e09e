//! Snapshots in this process: what a change costs before its readers see it, and what a directory takes in memory.

use std::time::{Duration, Instant};

use catalog::{Change, Snapshot};
use model::access::{RuleSet, Viewer, Who, bits};
use model::{AnyRecord, Status, Tag, Value};

use super::Plan;
use crate::facts::{Facts, published};
use crate::failure::{Failure, Outcome, require};
use crate::samples::Samples;
use crate::table::Row;

/// A caller who sees what everybody sees.
pub(crate) fn guest() -> Viewer {
    let rules = [("peeringdb.organization", bits::READ)];
    Viewer::new(Who::Anonymous, false, RuleSet::new(rules))
}

/// Publishing rows; the snapshot is rendered first, as it is after a day of service.
pub(crate) fn measure(snapshot: &Snapshot, facts: &Facts, plan: &Plan) -> Outcome<Vec<Row>> {
    snapshot.warm(&guest());
    let nets: Vec<u32> = published(snapshot, Tag::Net).map(AnyRecord::id).collect();
    let step = (nets.len() / 200).max(1);
    let small: Vec<(Tag, u32)> = nets.into_iter().step_by(step).map(|id| (Tag::Net, id)).collect();
    let times = plan.rounds * 5;
    let (ix, ports) = facts.largest_ix;
    let (org, owned) = facts.largest_org;
    let rename = |tag, id| vec![(tag, id); times];
    Ok(vec![
        row("publishing a change of a network", snapshot, &small)?.p99_below(Duration::from_millis(1)),
        row("publishing the largest exchange's new name", snapshot, &rename(Tag::Ix, ix))?
            .p99_below(Duration::from_millis(20))
            .noted(format!("{ports} ports show it")),
        row("publishing the largest organization's new name", snapshot, &rename(Tag::Org, org))?
            .p99_below(Duration::from_millis(20))
            .noted(format!("{owned} records show it")),
    ])
}

/// Renames records one after the other. The time includes letting go of the state before, as a server does.
fn row(name: &str, snapshot: &Snapshot, changes: &[(Tag, u32)]) -> Outcome<Row> {
    let mut current = snapshot.clone();
    let mut times = Vec::new();
    for (number, (tag, id)) in changes.iter().enumerate() {
        let renamed = renamed(&current, *tag, *id, number)?;
        let sequence = current.sequence() + 1;
        let begun = Instant::now();
        current = current.apply([Change::Put(renamed.clone())], sequence);
        times.push(begun.elapsed());
        require(current.record(*tag, *id) == Some(&renamed), || format!("{tag} {id} has its new name"))?;
    }
    let samples = Samples::new(times);
    Ok(Row { median: Some(samples.median()), p99: Some(samples.p99()), ..Row::new(name) })
}

fn renamed(snapshot: &Snapshot, tag: Tag, id: u32, number: usize) -> Outcome<AnyRecord> {
    let missing = || Failure::new(format!("there is no {tag} {id}"));
    let mut record = snapshot.record(tag, id).cloned().ok_or_else(missing)?;
    let position = tag.table().position("name").ok_or_else(missing)?;
    let name = format!("Renamed {id} {number}");
    record.put(position, Value::text(&name)).map_err(|_| missing())?;
    Ok(record)
}

/// What the directory takes in memory, by structure.
pub(crate) fn structures(snapshot: &Snapshot, built: u64) -> Vec<Row> {
    let viewer = guest();
    let mut texts = 0;
    let mut packed = 0;
    for tag in Tag::ALL {
        let published: Vec<_> = snapshot.entries(tag).filter(|entry| entry.status() == Status::Ok).collect();
        texts += snapshot.flat_rows(&published).length();
        packed += snapshot.packed(tag, &viewer).map_or(0, |list| list.bytes() as u64);
    }
    let row = |name, bytes| Row { bytes: Some(bytes), ..Row::new(name) };
    vec![
        row("catalog: records and indexes, by growth of this process", built),
        row("catalog: rendered rows", texts),
        row("catalog: compressed lists", packed),
    ]
}
