//! One question for each kind of filter on each type, with a value that some records have and others have not.

use catalog::Snapshot;
use model::field::Derived;
use model::{Field, Kind, Show, Source, Tag, Value};

use crate::client::{Request, encoded};
use crate::facts::published;
use crate::rows::publishing::guest;

/// Records that are looked at for a value.
const LOOKED_AT: usize = 4_000;

/// One kind of filter on one type.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) tag: Tag,
    pub(crate) request: Request,
}

/// Filters with a meaning of their own: type and parameters, without values of the directory.
const SPECIAL: &[(Tag, &str)] = &[
    (Tag::Ix, "capacity__gt=100000"),
    (Tag::Ix, "hide_ix_no_fac=1"),
    (Tag::Net, "hide_ix_no_fac=1"),
    (Tag::Netixlan, "hide_ix_no_fac=1"),
    (Tag::Net, "info_type=NSP"),
    (Tag::Net, "info_types__contains=NSP"),
];

/// Parameters that name a related record by its id: type, parameter, and the links of which one names such a record.
const RELATED: &[(Tag, &str, Tag, &str)] = &[
    (Tag::Fac, "net", Tag::Netfac, "net_id"),
    (Tag::Fac, "ix", Tag::Ixfac, "ix_id"),
    (Tag::Fac, "not_net", Tag::Netfac, "net_id"),
    (Tag::Ix, "net", Tag::Netixlan, "net_id"),
    (Tag::Ix, "fac", Tag::Ixfac, "fac_id"),
    (Tag::Ix, "not_net", Tag::Netixlan, "net_id"),
    (Tag::Net, "ix", Tag::Netixlan, "ixlan_id"),
    (Tag::Net, "fac", Tag::Netfac, "fac_id"),
    (Tag::Net, "not_ix", Tag::Netixlan, "ixlan_id"),
    (Tag::Net, "not_fac", Tag::Netfac, "fac_id"),
];

/// Parameters that ask for a text in related records: the dearest of their kind.
const BY_TEXT: &[(Tag, &str, Tag)] = &[
    (Tag::Netixlan, "net__name__contains", Tag::Net),
    (Tag::Netfac, "fac__name__contains", Tag::Fac),
    (Tag::Netixlan, "ix__name__contains", Tag::Ix),
    (Tag::Net, "org__name__contains", Tag::Org),
    (Tag::Poc, "net__name__contains", Tag::Net),
];

/// Every question.
pub(crate) fn all(snapshot: &Snapshot) -> Vec<Question> {
    let mut questions = Vec::new();
    for tag in Tag::ALL {
        for (position, field) in tag.table().fields.iter().enumerate() {
            if field.filterable && field.is_flat() && field.show != Show::FeedUrl && field.name != "status" {
                questions.extend(of_field(snapshot, tag, position, field));
            }
        }
    }
    questions.extend(SPECIAL.iter().map(|(tag, parameter)| question(*tag, parameter)));
    for (tag, parameter, link, field) in RELATED {
        let id = published(snapshot, *link).find_map(|record| record.reference(field));
        questions.extend(id.map(|id| question(*tag, &format!("{parameter}={id}"))));
    }
    for (tag, parameter, other) in BY_TEXT {
        let name = published(snapshot, *other).find_map(|record| piece(record.value("name").as_text()?));
        questions.extend(name.map(|piece| question(*tag, &format!("{parameter}={}", encoded(&piece)))));
    }
    questions
}

fn question(tag: Tag, parameter: &str) -> Question {
    Question { tag, request: Request::plain(format!("/api/{tag}?{parameter}")) }
}

/// The operators that suit a field, each with a value.
fn of_field(snapshot: &Snapshot, tag: Tag, position: usize, field: &Field) -> Vec<Question> {
    let mut values = values(snapshot, tag, position);
    values.sort_unstable();
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return Vec::new() };
    if first == last {
        return Vec::new();
    }
    let value = &values[values.len() / 2];
    let of =
        |operator: &str, value: &str| question(tag, &format!("{}{operator}={}", field.name, encoded(value)));
    let mut questions = Vec::new();
    if field.kind != Kind::Time {
        questions.push(of("", value));
        // A comma would make two values of it.
        questions.extend((!value.contains(',')).then(|| of("__in", value)));
    }
    if field.kind == Kind::Bool {
        // Equality is all that is asked of a boolean.
        questions.truncate(1);
    } else if is_ordered(field.kind) {
        questions.push(of(if value == last { "__lt" } else { "__gt" }, value));
    } else if let Some(piece) = piece(value) {
        questions.extend([of("__contains", &piece), of("__startswith", value)]);
    }
    questions
}

/// Values of a field that everybody may see.
fn values(snapshot: &Snapshot, tag: Tag, position: usize) -> Vec<String> {
    let guest = guest();
    let readable = published(snapshot, tag).filter(|record| snapshot.may_read(&guest, record));
    let values = readable.take(LOOKED_AT).filter_map(|record| operand(&snapshot.value(record, position)));
    let is_port_name = tag.table().fields[position].source == Source::Derived(Derived::PortName);
    values
        .map(|value| match value.split_once(": ") {
            // A port shows the name of its LAN as well, and is found by that of its exchange.
            Some((exchange, _)) if is_port_name => exchange.to_owned(),
            _ => value,
        })
        .collect()
}

fn is_ordered(kind: Kind) -> bool {
    matches!(kind, Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } | Kind::Time | Kind::Degrees)
}

/// A value as people ask for it; `None` where there is nothing to ask for.
fn operand(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Int(n) => Some(n.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Time(time) => Some(time.sql_text().get(..19)?.to_owned()),
        Value::Degrees(degrees) => Some(format!("{:.6}", degrees.to_f64())),
        Value::Text(text) => Some(text.to_string()).filter(|text| !text.is_empty()),
        Value::Null | Value::Multi(_) | Value::Social(_) | Value::Words(_) => None,
    }
}

/// Three letters from the middle of a text.
fn piece(text: &str) -> Option<String> {
    let letters: String = text.chars().skip(text.chars().count() / 2).take(3).collect();
    (letters.chars().count() == 3 && !letters.contains([' ', ','])).then_some(letters)
}
