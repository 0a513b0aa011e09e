//! From query parameters to a filter.

use model::access::Viewer;
use model::collate::transliterate;
use model::{Field, Kind, Tag};

use super::column::{Column, Exact, Manner, Op, moment_range};
use super::describe::STEERING;
use super::relation::{Question, relation};
use super::sight::Sight;
use super::{Ask, Condition, Filter, QueryError, spatial, special};
use crate::query::Params;
use crate::render::NestedTime;
use crate::search::SEARCHED;
use crate::snapshot::Snapshot;

/// What the parameters of a request mean.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Conditions on the records.
    pub filter: Filter,
    /// A distance search: what has to be located first.
    pub ask: Option<Ask>,
    /// Conditions on the place as plain text filters, for when the place is not searched by distance.
    pub place_text: Filter,
    /// Conditions that elements of nested sets must meet as well.
    pub nested: Vec<NestedTime>,
    /// Names of parameters that mean nothing here.
    pub ignored: Vec<String>,
}

/// Counters whose equality filter refuses what is no number (`serializers.py`: those that the type's own filter
/// function handles).
const STRICT: [(Tag, &str); 4] =
    [(Tag::Net, "fac_count"), (Tag::Fac, "net_count"), (Tag::Ix, "net_count"), (Tag::Ix, "fac_count")];

/// Understands the parameters of a request for records of a type.
///
/// # Errors
/// When a known filter has an unusable value.
pub fn parse(snapshot: &Snapshot, viewer: &Viewer, tag: Tag, params: &Params) -> Result<Parsed, QueryError> {
    let sight = Sight::new(snapshot, viewer);
    let mut parsed = Parsed { ask: spatial::ask(sight, tag, params)?, ..Parsed::default() };
    if let Some(question) = params.first("name_search").filter(|text| !text.is_empty()) {
        let ids = if SEARCHED.contains(&tag) { sight.search(tag, question) } else { Vec::new() };
        parsed.filter.push(Condition::Among(super::sorted(ids)));
    }
    if let Some(condition) =
        params.first("hide_ix_no_fac").and_then(|v| special::hide_ix_no_fac(sight, tag, v))
    {
        parsed.filter.push(condition);
    }
    for name in params.names() {
        if let Some(steering) = STEERING.iter().find(|steering| steering.name == name) {
            if !steering.tags.contains(&tag) {
                parsed.ignored.push(name.to_owned());
            }
            continue;
        }
        match condition(sight, tag, params, name)? {
            Some(condition) if parsed.ask.is_some() && spatial::PLACE_PARAMS.contains(&name) => {
                parsed.place_text.push(condition);
            }
            Some(condition) => parsed.filter.push(condition),
            None => parsed.ignored.push(name.to_owned()),
        }
        if params.last("_ctf").is_some() {
            parsed.nested.extend(nested_time(params, name));
        }
    }
    Ok(parsed)
}

/// The condition that a parameter stands for; `None` when it means nothing for this type.
fn condition(
    sight: Sight<'_>,
    tag: Tag,
    params: &Params,
    param: &str,
) -> Result<Option<Condition>, QueryError> {
    let (name, op) = split_operator(param);
    let first = params.first(param).unwrap_or_default();
    if let Some(special) = special::condition(sight, tag, name, op, &transliterate(first))? {
        return Ok(Some(special));
    }
    let operand = params.last(param).unwrap_or_default();
    let key = canonical(name);
    match own_field(tag, &key, op, operand, param)? {
        Own::Test(column) => Ok(Some(Condition::Field(column))),
        // Asking for nothing is understood, not ignored: every record meets it.
        Own::Anything => Ok(Some(Condition::NotAmong(Vec::new()))),
        Own::Unknown => related(sight, tag, &key, op, operand, param),
    }
}

/// `name__op` taken apart; the operator is equality when there is none.
fn split_operator(param: &str) -> (&str, Op) {
    match param.rsplit_once("__").and_then(|(name, word)| Some((name, Op::parse(word)?))) {
        Some((name, op)) => (name, op),
        None => (param, Op::Exact),
    }
}

/// The parameter with the legacy spellings of its parts replaced by the tags.
fn canonical(name: &str) -> String {
    let parts = name.split("__").map(|part| match part {
        "facility" => "fac",
        "facility_id" => "fac_id",
        "network" => "net",
        "network_id" => "net_id",
        part => part,
    });
    parts.collect::<Vec<_>>().join("__")
}

/// What a parameter asks of the record itself.
enum Own {
    /// A field meets a test.
    Test(Column),
    /// Nothing: every record meets it.
    Anything,
    /// The type has no such field to filter by.
    Unknown,
}

/// A test of a field of the record itself.
fn own_field(tag: Tag, key: &str, op: Op, operand: &str, param: &str) -> Result<Own, QueryError> {
    let table = tag.table();
    let position = table.position(key).filter(|at| !table.fields[*at].is_nested());
    let by_reference = || {
        let position = table.position(&format!("{key}_id"))?;
        matches!(table.fields[position].kind, Kind::Ref(_)).then_some(position)
    };
    let Some(position) = position.or_else(by_reference) else { return Ok(Own::Unknown) };
    let field = &table.fields[position];
    if !reaches(tag, field, op) {
        return Ok(Own::Unknown);
    }
    if matches!((tag, field.name), (Tag::Net, "info_type" | "info_types")) {
        return network_types(tag, field.name, op, operand, param);
    }
    // Facilities are found by a part of their organization's name.
    let op = if (tag, key, op) == (Tag::Fac, "org_name", Op::Exact) { Op::Contains } else { op };
    // The name and place of a presence are those of its facility, which are compared as they are.
    let of_facility = matches!(tag, Tag::Netfac | Tag::Ixfac);
    let manner = Manner {
        exact: if of_facility { Exact::Equal } else { Exact::Loose },
        strict: STRICT.contains(&(tag, field.name)),
        verbatim: of_facility,
    };
    Column::parse(tag, position, op, operand, manner, param).map(Own::Test)
}

/// Whether an operator on a field of the record itself is a filter.
pub(crate) fn reaches(tag: Tag, field: &Field, op: Op) -> bool {
    match (tag, field.name) {
        // A port is filtered by the exchange's own name, not by the name it shows.
        (Tag::Netixlan, "name") => false,
        // One of several types has no order.
        (Tag::Net, "info_type") if op.orders() => false,
        _ => field.filterable && !field.is_nested(),
    }
}

/// `info_type` and `info_types` of networks (rest-api specification, 6.3).
fn network_types(tag: Tag, name: &str, op: Op, operand: &str, param: &str) -> Result<Own, QueryError> {
    let Some(position) = tag.table().position("info_types") else { return Ok(Own::Unknown) };
    let legacy = name == "info_type";
    let words = || operand.split(',').collect::<Vec<_>>();
    Ok(match op {
        Op::Exact if legacy && operand.is_empty() => Own::Anything,
        Op::Exact if legacy => Own::Test(Column::members(position, op, &[operand])),
        Op::In => Own::Test(Column::members(position, Op::Contains, &words())),
        Op::Contains | Op::StartsWith => Own::Test(Column::members(position, op, &[operand])),
        Op::Exact | Op::Lt | Op::Lte | Op::Gt | Op::Gte => {
            let manner = Manner { exact: Exact::Equal, strict: false, verbatim: false };
            Own::Test(Column::parse(tag, position, op, operand, manner, param)?)
        }
    })
}

/// A condition on related records.
fn related(
    sight: Sight<'_>,
    tag: Tag,
    key: &str,
    op: Op,
    operand: &str,
    param: &str,
) -> Result<Option<Condition>, QueryError> {
    let (key, field) = match (tag, key) {
        (Tag::Netixlan, "name") => ("ix", "name"),
        (_, key) => key.split_once("__").unwrap_or((key, "id")),
    };
    let name = key.strip_suffix("_id").unwrap_or(key);
    let Some(relation) = relation(tag, name) else { return Ok(None) };
    let question = Question { column: field, op, operand, param };
    match relation.resolve(sight, tag, &question)? {
        Some(ids) => Ok(Some(Condition::Among(ids))),
        // The reference tells a wrong field of its special relations from an unknown parameter.
        None if !relation.is_parent()
            && !field.contains("__")
            && relation.target.table().field(field).is_none() =>
        {
            Err(QueryError::Invalid("Invalid query".into()))
        }
        None => Ok(None),
    }
}

/// With `_ctf`, an ordering condition on a time holds for the elements of nested sets too.
fn nested_time(params: &Params, param: &str) -> Option<NestedTime> {
    let (name, op) = split_operator(param);
    let field = match name {
        "created" => "created",
        "updated" => "updated",
        _ => return None,
    };
    let (from, to) = moment_range(op, params.last(param)?)?;
    Some(NestedTime { field, from, to })
}
