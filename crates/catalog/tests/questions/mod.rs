//! Random questions whose operands come from the data.
//!
//! What proptest draws and shrinks is a plan: numbers that choose a parameter and a value. Only together with the
//! lists does a plan become a query.

use model::{Field, Kind, Tag};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value as Json;
use testkit::language::{Meaning, Op, RELATIONS, SPECIALS, Way, meaning};

use crate::naive::{Lists, Row};

/// A question before it meets a directory.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    tag: Index,
    row: Index,
    filters: Vec<FilterPlan>,
    since: Option<SincePlan>,
    limit: Option<i64>,
    skip: Option<i64>,
}

#[derive(Clone, Debug)]
enum SincePlan {
    /// The moment of a row, that many seconds later.
    Near(Index, i64),
    Text(String),
}

#[derive(Clone, Debug)]
struct FilterPlan {
    kind: NameKind,
    name: Index,
    field: Index,
    op: Op,
    operand: OperandPlan,
}

#[derive(Clone, Copy, Debug)]
enum NameKind {
    Own,
    Related,
    Special,
    Unknown,
}

#[derive(Clone, Debug)]
enum OperandPlan {
    /// The value of the row that all filters of the question turn around.
    Pivot,
    /// The value of another row.
    Other(Index),
    /// A value, changed.
    Changed(Index, Change),
    /// Values joined by commas.
    List(Vec<Index>),
    /// Anything.
    Text(String),
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Upper,
    Lower,
    Accents,
    Half,
    Tail,
    Middle,
    Blanks,
    More,
    Less,
    /// The day of a time.
    Day,
}

/// Plans of questions with up to four filters.
pub(crate) fn plans() -> impl Strategy<Value = Plan> {
    let since = prop_oneof![
        6 => Just(None),
        3 => (any::<Index>(), -1..=1i64).prop_map(|(row, more)| Some(SincePlan::Near(row, more))),
        1 => prop_oneof!["0", "-5", "1", "1.5", "x", "", "99999999999", " 7 "]
            .prop_map(|text| Some(SincePlan::Text(text))),
    ];
    let limit = prop_oneof![4 => Just(None), 1 => (-1..20i64).prop_map(Some)];
    let skip = prop_oneof![4 => Just(None), 1 => (-1..20i64).prop_map(Some)];
    let count = prop_oneof![4 => Just(1usize), 3 => Just(2), 1 => Just(3), 1 => Just(4)];
    let filters = count.prop_flat_map(|count| prop::collection::vec(filter(), count));
    (any::<Index>(), any::<Index>(), filters, since, limit, skip)
        .prop_map(|(tag, row, filters, since, limit, skip)| Plan { tag, row, filters, since, limit, skip })
}

fn filter() -> impl Strategy<Value = FilterPlan> {
    let kind = prop_oneof![
        6 => Just(NameKind::Own),
        4 => Just(NameKind::Related),
        3 => Just(NameKind::Special),
        1 => Just(NameKind::Unknown),
    ];
    let op = prop_oneof![1 => Just(Op::Exact), 1 => prop::sample::select(Op::ALL.to_vec())];
    (kind, any::<Index>(), any::<Index>(), op, operand())
        .prop_map(|(kind, name, field, op, operand)| FilterPlan { kind, name, field, op, operand })
}

fn operand() -> impl Strategy<Value = OperandPlan> {
    use Change::{Accents, Blanks, Day, Half, Less, Lower, Middle, More, Tail, Upper};
    let change =
        prop::sample::select(vec![Upper, Lower, Accents, Half, Tail, Middle, Blanks, More, Less, Day]);
    let garbage = prop_oneof![
        Just(String::new()),
        "[a-z]{1,2}",
        "\\PC{0,6}",
        "-?[0-9]{1,12}",
        "[0-9]{4}-[01][0-9](-[0-3][0-9])?([T ][0-2][0-9]:[0-5][0-9])?(Z|-02:00)?",
        prop::sample::select(vec![
            "true", "TRUE", "True", "t", "f", "0", "1", "None", "null", ",", "1,", "%", "_", "AS1"
        ])
        .prop_map(str::to_owned),
    ];
    prop_oneof![
        5 => Just(OperandPlan::Pivot),
        3 => any::<Index>().prop_map(OperandPlan::Other),
        4 => (any::<Index>(), change).prop_map(|(row, change)| OperandPlan::Changed(row, change)),
        2 => prop::collection::vec(any::<Index>(), 1..5).prop_map(OperandPlan::List),
        2 => garbage.prop_map(OperandPlan::Text),
    ]
}

impl Plan {
    /// The type and parameters that the plan means in a directory.
    pub(crate) fn question(&self, lists: &Lists) -> (Tag, Vec<(String, String)>) {
        let tag = Tag::ALL[self.tag.index(Tag::ALL.len())];
        let pivot = pick(lists.of(tag), &self.row);
        let mut params: Vec<(String, String)> =
            self.filters.iter().map(|filter| filter.param(lists, tag, pivot)).collect();
        let since = self.since.as_ref().map(|since| match since {
            SincePlan::Text(text) => text.clone(),
            SincePlan::Near(row, more) => {
                let moment = pick(lists.of(tag), row).map_or("", |row| row.text("updated"));
                let time = model::Time::parse(moment).unwrap_or_default();
                (time.unix() + more).to_string()
            }
        });
        let steering = [
            ("since", since),
            ("limit", self.limit.map(|n| n.to_string())),
            ("skip", self.skip.map(|n| n.to_string())),
        ];
        for (name, value) in steering {
            params.extend(value.map(|value| (name.to_owned(), value)));
        }
        (tag, params)
    }
}

impl FilterPlan {
    fn param(&self, lists: &Lists, tag: Tag, pivot: Option<&Row>) -> (String, String) {
        let name = match self.kind {
            NameKind::Own => own_name(tag, &self.field),
            NameKind::Related => related_name(tag, &self.name, &self.field),
            NameKind::Special => special_name(tag, &self.name),
            NameKind::Unknown => unknown_name(&self.name),
        };
        let param = format!("{name}{}", self.op.suffix());
        let operand = self.operand.text(|index| value(lists, tag, &param, index, pivot));
        (param, operand)
    }
}

fn pick<'a, T>(list: &'a [T], index: &Index) -> Option<&'a T> {
    if list.is_empty() { None } else { list.get(index.index(list.len())) }
}

fn own_name(tag: Tag, index: &Index) -> String {
    let names: Vec<String> = tag.table().fields.iter().flat_map(spellings).collect();
    pick(&names, index).cloned().unwrap_or_default()
}

/// The names under which a field can be asked for.
fn spellings(field: &Field) -> Vec<String> {
    let name = field.name.to_owned();
    let mut names = vec![name.clone()];
    if let Some(short) = name.strip_suffix("_id") {
        names.push(short.to_owned());
        names.extend(match short {
            "net" => vec!["network".to_owned(), "network_id".to_owned()],
            "fac" => vec!["facility".to_owned(), "facility_id".to_owned()],
            _ => Vec::new(),
        });
    }
    names
}

fn related_name(tag: Tag, relation: &Index, field: &Index) -> String {
    let relations: Vec<_> = RELATIONS.iter().filter(|relation| relation.owner == tag).collect();
    let Some(relation) = pick(&relations, relation) else { return "net__name".into() };
    let fields = relation.target.table().fields;
    let at = field.index(fields.len() + 2);
    match fields.get(at) {
        Some(field) => format!("{}__{}", relation.name, field.name),
        None if at == fields.len() => relation.name.to_owned(),
        None => format!("{}_id", relation.name),
    }
}

fn special_name(tag: Tag, index: &Index) -> String {
    let own = SPECIALS.iter().filter(|(owner, _, _)| *owner == tag).map(|(_, name, _)| *name);
    let mut names: Vec<&str> = own.collect();
    names.extend(["hide_ix_no_fac", "pk"]);
    pick(&names, index).map_or_else(String::new, |name| (*name).to_owned())
}

fn unknown_name(index: &Index) -> String {
    let names = [
        "foo",
        "pk__in",
        "q",
        "ordering",
        "org__foo",
        "net__org__name",
        "poc_set__email",
        "version",
        "name__foo",
        "net__net",
        "ix__bar",
        "asn_overlap",
        "whereis",
        "capacity",
        "distance_km",
        "",
    ];
    pick(&names, index).map_or_else(String::new, |name| (*name).to_owned())
}

impl OperandPlan {
    fn text(&self, value: impl Fn(Option<&Index>) -> String) -> String {
        match self {
            OperandPlan::Pivot => value(None),
            OperandPlan::Other(row) => value(Some(row)),
            OperandPlan::Changed(row, change) => change.apply(&value(Some(row))),
            OperandPlan::List(rows) => {
                rows.iter().map(|row| value(Some(row))).collect::<Vec<String>>().join(",")
            }
            OperandPlan::Text(text) => text.clone(),
        }
    }
}

impl Change {
    fn apply(self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let half = chars.len() / 2;
        let number =
            |more: i128| text.parse::<i128>().map_or_else(|_| text.to_owned(), |n| (n + more).to_string());
        match self {
            Change::Upper => text.to_uppercase(),
            Change::Lower => text.to_lowercase(),
            Change::Accents => text.replace('a', "á").replace('o', "Ö").replace('e', "ê").replace("ss", "ß"),
            Change::Half => chars[..half].iter().collect(),
            Change::Tail => chars[half..].iter().collect(),
            Change::Middle => chars[chars.len() / 4..chars.len() - chars.len() / 4].iter().collect(),
            Change::Blanks => format!(" {text} "),
            Change::More => number(1),
            Change::Less => number(-1),
            Change::Day => chars.iter().take(10).collect(),
        }
    }
}

/// A value that the parameter could be compared with, from the data.
fn value(lists: &Lists, tag: Tag, param: &str, index: Option<&Index>, pivot: Option<&Row>) -> String {
    let of = |tag: Tag, key: &str| {
        let row = match index {
            Some(index) => pick(lists.of(tag), index),
            None => lists.of(tag).first(),
        };
        row.map_or_else(String::new, |row| operand_of(row.get(key)))
    };
    match meaning(tag, param) {
        Meaning::Own(field, _) => match (index, pivot) {
            (None, Some(row)) => operand_of(row.get(field.name)),
            _ => of(tag, field.name),
        },
        Meaning::Related(relation, field, _) => match (index, pivot, relation.way) {
            (None, Some(row), Way::Parent(key)) => {
                let target =
                    lists.of(relation.target).iter().find(|other| Some(other.id()) == row.reference(key));
                target.map_or_else(String::new, |target| operand_of(target.get(field.name)))
            }
            _ => of(relation.target, field.name),
        },
        Meaning::Special(name, _) => match name {
            "asn_overlap" | "asn" => of(Tag::Net, "asn"),
            "all_net" | "not_net" => of(Tag::Net, "id"),
            "org_present" | "org_not_present" => of(Tag::Org, "id"),
            "pk" => of(tag, "id"),
            "not_ix" => of(Tag::Ix, "id"),
            "not_fac" => of(Tag::Fac, "id"),
            "capacity" => capacity(lists, index),
            "ipblock" => of(Tag::Ixpfx, "prefix"),
            "whereis" => of(Tag::Netixlan, "ipaddr4"),
            _ => "1".into(),
        },
        Meaning::Steering | Meaning::Unknown | Meaning::Refused => of(tag, "id"),
    }
}

/// What the live ports of an exchange add up to.
fn capacity(lists: &Lists, index: Option<&Index>) -> String {
    let ix = index.and_then(|index| pick(lists.of(Tag::Ix), index)).or(lists.of(Tag::Ix).first());
    let ports = lists.of(Tag::Netixlan).iter().filter(|port| port.is_published());
    let own = ports.filter(|port| port.reference("ixlan_id") == ix.map(Row::id));
    own.filter_map(|port| port.reference("speed")).sum::<u64>().to_string()
}

/// A JSON value as it would stand in a query string.
pub(crate) fn operand_of(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(words) if words.iter().all(Json::is_string) => {
            words.iter().filter_map(Json::as_str).collect::<Vec<&str>>().join(",")
        }
        other => other.to_string(),
    }
}

/// Whether a field holds numbers.
pub(crate) fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } | Kind::Degrees)
}
