//! The filter language, evaluated slowly and simply: over the JSON of whole lists, without an index, with
//! comparators of its own. What the catalog answers has to be the same.

mod column;
mod lists;
mod special;
mod text;
mod time;

use model::{Kind, Tag};
use serde_json::Value as Json;
use testkit::language::{Meaning, Op, Relation, Way, meaning};

use column::{Manner, Test};
pub(crate) use lists::{Lists, Row};
use time::micros;

/// The question cannot be answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unusable;

/// What the language says about a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Ids of the records, in order.
    pub(crate) ids: Vec<u64>,
    /// Parameters that mean nothing.
    pub(crate) ignored: Vec<String>,
}

/// A condition on a row.
type Condition = Box<dyn Fn(&Row) -> bool>;

/// Answers a question about a list, for the viewer for whom the lists were rendered.
pub(crate) fn answer(lists: &Lists, tag: Tag, params: &[(String, String)]) -> Result<Answer, Unusable> {
    let mut ignored = Vec::new();
    let mut conditions: Vec<Condition> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in params {
        if names.contains(&name.as_str()) {
            continue;
        }
        names.push(name);
        let values = || params.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let (first, last) = (values().next().unwrap_or_default(), values().next_back().unwrap_or_default());
        match meaning(tag, name) {
            Meaning::Steering => {}
            Meaning::Unknown => ignored.push(name.clone()),
            Meaning::Refused => return Err(Unusable),
            Meaning::Special(special, op) => {
                conditions.extend(special::condition(lists, tag, special, op, first)?)
            }
            Meaning::Own(field, op) => {
                let test = Test::of_own(tag, field, op, last)?;
                // The first type of a network is found through all of them.
                let key =
                    if (tag, field.name) == (Tag::Net, "info_type") { "info_types" } else { field.name };
                conditions.push(Box::new(move |row| test.accepts(row.get(key))));
            }
            Meaning::Related(relation, field, op) => {
                let manner = Manner::related(field.kind == Kind::Id);
                let ids = follow(lists, relation, &Test::new(field, op, last, manner)?, field.name);
                conditions.push(Box::new(move |row| ids.contains(&row.id())));
            }
        }
    }
    let ids = select(lists, tag, params, &conditions)?;
    Ok(Answer { ids, ignored })
}

/// The rows that the status rule and all conditions admit, in order, cut.
fn select(
    lists: &Lists,
    tag: Tag,
    params: &[(String, String)],
    conditions: &[Condition],
) -> Result<Vec<u64>, Unusable> {
    let last =
        |name: &str| params.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.trim());
    let number = |name: &str| last(name).map_or(Ok(0), |text| text.parse::<i64>().map_err(|_| Unusable));
    let (limit, skip) = (number("limit")?, number("skip")?);
    if skip < 0 {
        return Err(Unusable);
    }
    let since = last("since").map_or(Ok(0.0), |text| text.parse::<f64>().map_err(|_| Unusable))?;
    let since = (since >= 1.0).then(|| since.trunc() as i64 * 1_000_000);
    let admitted = |row: &&Row| {
        let status = row.text("status");
        let moved = |key: &str| micros(row.text(key)) > since;
        match since {
            None => status == "ok",
            Some(_) => (moved("updated") || moved("created")) && (status != "pending" || tag == Tag::Campus),
        }
    };
    let rows = lists.of(tag).iter().filter(admitted);
    let mut rows: Vec<&Row> = rows.filter(|row| conditions.iter().all(|holds| holds(row))).collect();
    if since.is_some() {
        rows.sort_by_key(|row| (micros(row.text("updated")), row.id()));
    }
    let wanted = if limit > 0 { limit as usize } else { usize::MAX };
    Ok(rows.into_iter().skip(skip as usize).take(wanted).map(Row::id).collect())
}

/// Ids of the owners of related rows whose value passes a test.
fn follow(lists: &Lists, relation: &Relation, test: &Test, key: &str) -> Vec<u64> {
    let targets: Vec<&Row> =
        lists.of(relation.target).iter().filter(|row| test.accepts(row.get(key))).collect();
    let ids: Vec<u64> = targets.iter().map(|row| row.id()).collect();
    owners(lists, relation, &ids)
}

/// Ids of the owners that a relation joins with these targets.
fn owners(lists: &Lists, relation: &Relation, targets: &[u64]) -> Vec<u64> {
    let holds = |row: &&Row, key: &str| row.reference(key).is_some_and(|id| targets.contains(&id));
    match relation.way {
        Way::Parent(key) => {
            lists.of(relation.owner).iter().filter(|row| holds(row, key)).map(Row::id).collect()
        }
        Way::Child(key) => lists
            .of(relation.target)
            .iter()
            .filter(|row| row.is_published() && targets.contains(&row.id()))
            .filter_map(|row| row.reference(key))
            .collect(),
        Way::Through { link, own, far } => lists
            .of(link)
            .iter()
            .filter(|row| row.is_published() && holds(row, far))
            .filter_map(|row| row.reference(own))
            .collect(),
    }
}

/// A JSON number as an integer.
fn integer(json: &Json) -> Option<u64> {
    json.as_u64()
}

/// An operator applied to an order.
fn accepts(op: Op, order: std::cmp::Ordering) -> bool {
    match op {
        Op::Exact | Op::In => order.is_eq(),
        Op::Lt => order.is_lt(),
        Op::Lte => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Gte => order.is_ge(),
        Op::Contains | Op::StartsWith => false,
    }
}
