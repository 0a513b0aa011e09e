//! Tests of a record's own fields (rest-api specification, section 5.1).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use model::collate::{Needle, key, transliterate};
use model::field::Derived;
use model::{AnyRecord, Field, Kind, MultiChoice, Source, Tag, Time, Value, country};

use super::QueryError;
use crate::index::Indexes;
use crate::snapshot::Snapshot;

/// Comparison that a parameter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equality, or what stands for it; the parameter has no operator.
    Exact,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// A part of the text.
    Contains,
    /// The beginning of the text.
    StartsWith,
    /// One of several.
    In,
}

impl Op {
    /// Every operator.
    pub const ALL: [Op; 8] =
        [Op::Exact, Op::Lt, Op::Lte, Op::Gt, Op::Gte, Op::Contains, Op::StartsWith, Op::In];

    /// The word behind `__` in a parameter; empty for equality.
    pub const fn word(self) -> &'static str {
        match self {
            Op::Exact => "",
            Op::Lt => "lt",
            Op::Lte => "lte",
            Op::Gt => "gt",
            Op::Gte => "gte",
            Op::Contains => "contains",
            Op::StartsWith => "startswith",
            Op::In => "in",
        }
    }

    /// The parameter that asks a name with this operator.
    pub fn parameter(self, name: &str) -> String {
        if self == Op::Exact { name.to_owned() } else { format!("{name}__{}", self.word()) }
    }

    pub(crate) fn parse(word: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|op| *op != Op::Exact && op.word() == word)
    }

    /// Whether the operator compares in an order.
    pub(crate) const fn orders(self) -> bool {
        matches!(self, Op::Lt | Op::Lte | Op::Gt | Op::Gte)
    }

    /// Whether a value that stands in this order to the operand meets an ordering operator.
    pub(crate) fn accepts(self, order: Ordering) -> bool {
        match self {
            Op::Lt => order == Ordering::Less,
            Op::Lte => order != Ordering::Greater,
            Op::Gt => order == Ordering::Greater,
            Op::Gte => order != Ordering::Less,
            Op::Exact | Op::In => order == Ordering::Equal,
            Op::Contains | Op::StartsWith => false,
        }
    }
}

/// How a parameter addresses a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Manner {
    /// What equality means where the reference bends it.
    pub(crate) exact: Exact,
    /// Whether a number that is none is an error even with equality (otherwise nothing matches).
    pub(crate) strict: bool,
    /// Whether texts are compared as they are, without transliteration.
    pub(crate) verbatim: bool,
}

/// What equality means for places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exact {
    /// Equality.
    Equal,
    /// `address1`, `city` and `state` are contained; a country may be told by its English name.
    Loose,
}

/// A test of one field.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    position: usize,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    /// Nothing matches.
    Never,
    Text(Form, Op, Vec<Needle>),
    Number(Op, Vec<f64>),
    Flag(Op, Vec<bool>),
    /// Prefix of the textual time.
    TimeText(String),
    Moment(Op, Time),
}

/// Which text of a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Own,
    /// English name of a country code.
    CountryName,
    /// Each member of a multi-choice on its own.
    Members,
}

impl Test {
    /// The same test with the operands of equality in order, each once: a list of thousands is then searched and
    /// not walked for each record.
    fn in_order(self) -> Test {
        match self {
            Test::Text(form, op @ (Op::Exact | Op::In), mut needles) => {
                needles.sort_unstable_by(|a, b| a.key().cmp(b.key()));
                needles.dedup();
                Test::Text(form, op, needles)
            }
            Test::Number(op @ (Op::Exact | Op::In), mut numbers) => {
                numbers.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
                numbers.dedup();
                Test::Number(op, numbers)
            }
            other => other,
        }
    }
}

impl Column {
    /// Builds a test.
    ///
    /// # Errors
    /// When the operand does not fit field and operator; the message names `param`.
    pub(crate) fn parse(
        tag: Tag,
        position: usize,
        op: Op,
        operand: &str,
        manner: Manner,
        param: &str,
    ) -> Result<Column, QueryError> {
        let field = &tag.table().fields[position];
        let test = test(field, op, operand, manner).map_err(|Unusable| QueryError::value(param))?;
        Ok(Column { position, test: test.in_order() })
    }

    /// A test that some member of a multi-choice meets some of the words (rest-api specification, 6.3).
    pub(crate) fn members(position: usize, op: Op, words: &[&str]) -> Column {
        let needles = words.iter().map(|word| Needle::new(word)).collect();
        Column { position, test: Test::Text(Form::Members, op, needles).in_order() }
    }

    pub(crate) fn field(&self, tag: Tag) -> &'static Field {
        &tag.table().fields[self.position]
    }

    pub(crate) fn matches(&self, snapshot: &Snapshot, record: &AnyRecord) -> bool {
        if matches!(self.test, Test::Never) {
            return false;
        }
        self.meets(self.field(record.tag()), &snapshot.value(record, self.position))
    }

    /// Whether a value of the field meets the test; null never does.
    fn meets(&self, field: &Field, value: &Value<'_>) -> bool {
        match &self.test {
            Test::Never => false,
            Test::Text(Form::Members, op, needles) => {
                members(field, value).any(|member| text_meets(member, *op, needles))
            }
            Test::Text(Form::CountryName, op, needles) => {
                country_names(value).any(|name| text_meets(name, *op, needles))
            }
            Test::Text(Form::Own, op, needles) => {
                text_of(field, value).is_some_and(|text| text_meets(&text, *op, needles))
            }
            Test::Number(Op::Exact | Op::In, operands) => number_of(value).is_some_and(|n| {
                let against = |operand: &f64| operand.partial_cmp(&n).unwrap_or(Ordering::Less);
                operands.binary_search_by(against).is_ok()
            }),
            Test::Number(op, operands) => number_of(value).is_some_and(|n| {
                operands.iter().any(|operand| op.accepts(n.partial_cmp(operand).unwrap_or(Ordering::Less)))
            }),
            Test::Flag(op, operands) => match value {
                Value::Bool(flag) => operands.iter().any(|operand| op.accepts(flag.cmp(operand))),
                _ => false,
            },
            Test::TimeText(start) => match value {
                Value::Time(time) => time.sql_text().starts_with(start.as_str()),
                _ => false,
            },
            Test::Moment(op, moment) => match value {
                Value::Time(time) => op.accepts(time.cmp(moment)),
                _ => false,
            },
        }
    }

    /// Ids of all records that can match, ascending, when an index gives them.
    pub(crate) fn candidates(&self, snapshot: &Snapshot, tag: Tag) -> Option<Vec<u32>> {
        let index = snapshot.index(tag);
        let field = self.field(tag);
        if let Source::Join { via, field: name } = field.source {
            return self.joined(snapshot, tag, via, name);
        }
        // A port's exchange has the id of its LAN.
        let reference = match field.source {
            Source::Derived(Derived::PortIx) => tag.table().position("ixlan_id")?,
            _ => self.position,
        };
        let ids: Vec<u32> = match (&self.test, field.kind) {
            (Test::Never, _) => Vec::new(),
            (Test::Number(Op::Exact | Op::In, operands), kind) => {
                let numbers = operands.iter().filter_map(|n| whole(*n));
                match kind {
                    Kind::Id => numbers.collect(),
                    Kind::Asn => numbers.flat_map(|asn| index.by_asn(asn)).collect(),
                    Kind::Ref(_) if index.has_reference(reference) => {
                        numbers.flat_map(|id| index.children(reference, id)).collect()
                    }
                    _ => return None,
                }
            }
            (Test::Text(Form::Own, op, needles), Kind::Text { .. })
                if field.name == "name" && has_unique_name(tag) =>
            {
                named(index, *op, needles)?
            }
            _ => return None,
        };
        Some(super::sorted(ids))
    }

    /// Records whose reference names a record with a value that meets the test: each value is tested once, however
    /// many records show it.
    fn joined(&self, snapshot: &Snapshot, tag: Tag, via: &str, name: &str) -> Option<Vec<u32>> {
        let reference = tag.table().position(via)?;
        let Kind::Ref(target) = tag.table().fields[reference].kind else { return None };
        if !snapshot.index(tag).has_reference(reference) {
            return None;
        }
        let (own, position) = (self.field(tag), target.table().position(name)?);
        let targets = snapshot.entries(target).map(|entry| entry.record());
        let meeting = targets.filter(|record| self.meets(own, &record.get(position)));
        let index = snapshot.index(tag);
        Some(super::sorted(meeting.flat_map(|record| index.children(reference, record.id()))))
    }
}

/// Ids of records by their names; `None` where the index of names does not help.
fn named(index: &Indexes, op: Op, needles: &[Needle]) -> Option<Vec<u32>> {
    Some(match op {
        Op::Exact | Op::In => needles.iter().flat_map(|needle| index.by_name(needle.key())).collect(),
        // The keys stand there ready, which a name in another script would have to be given first.
        Op::Contains => index.by_key(|key| needles.iter().any(|needle| needle.is_in_key(key))).collect(),
        Op::StartsWith => {
            index.by_key(|key| needles.iter().any(|needle| key.starts_with(needle.key()))).collect()
        }
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => return None,
    })
}

fn has_unique_name(tag: Tag) -> bool {
    matches!(tag, Tag::Org | Tag::Campus | Tag::Fac | Tag::Ix | Tag::Net | Tag::Carrier)
}

fn whole(n: f64) -> Option<u32> {
    (n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&n)).then_some(n as u32)
}

/// The operand cannot be used with the field and operator.
struct Unusable;

/// Whether an operator has no meaning for a kind of value, so that no operand is usable with it.
pub(crate) const fn refuses(kind: Kind, op: Op) -> bool {
    match kind {
        Kind::Ref(_) => matches!(op, Op::Contains | Op::StartsWith),
        Kind::Time => matches!(op, Op::Contains | Op::StartsWith | Op::In),
        _ => false,
    }
}

fn test(field: &Field, op: Op, operand: &str, manner: Manner) -> Result<Test, Unusable> {
    if refuses(field.kind, op) {
        return Err(Unusable);
    }
    match field.kind {
        Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } | Kind::Degrees => {
            number_test(field.kind, op, operand, manner)
        }
        Kind::Bool => flag_test(op, operand),
        Kind::Time => time_test(op, operand),
        Kind::Country => Ok(country_test(op, operand, manner)),
        Kind::MultiChoice(choices) => Ok(multi_test(choices, op, operand)),
        Kind::Ipv4 => Ok(address_test(op, operand, |text| text.parse::<Ipv4Addr>().ok().map(IpAddr::V4))),
        Kind::Ipv6 => Ok(address_test(op, operand, |text| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6))),
        Kind::Prefix if op == Op::Exact && operand.parse::<IpNet>().is_err() => Ok(Test::Never),
        Kind::Text { .. }
        | Kind::Url { .. }
        | Kind::Email
        | Kind::Phone { .. }
        | Kind::Choice(_)
        | Kind::Mac
        | Kind::Social
        | Kind::Words(_)
        | Kind::Prefix
        | Kind::Nested => Ok(text_test(field, op, operand, manner)),
    }
}

fn text_test(field: &Field, op: Op, operand: &str, manner: Manner) -> Test {
    if manner.verbatim {
        let words = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
        return Test::Text(Form::Own, op, words.into_iter().map(Needle::new).collect());
    }
    let loose = matches!(field.name, "address1" | "city" | "state") && manner.exact == Exact::Loose;
    let op = if loose && op == Op::Exact { Op::Contains } else { op };
    Test::Text(Form::Own, op, needles(op, operand))
}

fn needles(op: Op, operand: &str) -> Vec<Needle> {
    match op {
        Op::In => operand.split(',').flat_map(spellings).collect(),
        _ => spellings(operand),
    }
}

/// What a value is compared as: its transliteration to ASCII, as clients of the reference expect; and its own
/// spelling where transliteration would turn the letters of another script into Latin ones.
fn spellings(text: &str) -> Vec<Needle> {
    let foreign = |c: char| c.is_alphabetic() && c > '\u{24f}';
    let ascii = Needle::new(&transliterate(text));
    if text.chars().any(foreign) { vec![ascii, Needle::new(text)] } else { vec![ascii] }
}

/// Exactly two characters are a code, everything else is looked for in the English name.
fn country_test(op: Op, operand: &str, manner: Manner) -> Test {
    match op {
        Op::Contains | Op::StartsWith => Test::Text(Form::CountryName, op, needles(op, operand)),
        Op::Exact if manner.exact == Exact::Loose && operand.chars().count() != 2 => {
            Test::Text(Form::CountryName, Op::Contains, needles(Op::Contains, operand))
        }
        _ => Test::Text(Form::Own, op, needles(op, operand)),
    }
}

/// Order and membership compare with the known choices in the operand; unknown words fall away.
fn multi_test(choices: &'static [&'static str], op: Op, operand: &str) -> Test {
    let known = |text: &str| {
        let mut set = MultiChoice::default();
        text.split(',').for_each(|word| {
            set.insert(choices, word);
        });
        Needle::new(&set.csv(choices))
    };
    match op {
        Op::Exact | Op::Contains | Op::StartsWith => Test::Text(Form::Own, op, needles(op, operand)),
        Op::In => Test::Text(Form::Own, op, operand.split(',').map(known).collect()),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => Test::Text(Form::Own, op, vec![known(operand)]),
    }
}

fn number_test(kind: Kind, op: Op, operand: &str, manner: Manner) -> Result<Test, Unusable> {
    let strict = manner.strict || matches!(kind, Kind::Ref(_));
    match op {
        Op::Contains | Op::StartsWith => Ok(Test::Text(Form::Own, op, needles(op, operand))),
        Op::Exact => match number(kind, operand) {
            Some(n) => Ok(Test::Number(op, vec![n])),
            None if strict => Err(Unusable),
            None => Ok(Test::Never),
        },
        Op::In => {
            let numbers: Option<Vec<f64>> = operand.split(',').map(|part| number(kind, part)).collect();
            numbers.map(|numbers| Test::Number(op, numbers)).ok_or(Unusable)
        }
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => {
            number(kind, operand).map(|n| Test::Number(op, vec![n])).ok_or(Unusable)
        }
    }
}

fn number(kind: Kind, text: &str) -> Option<f64> {
    let text = text.trim();
    if kind == Kind::Degrees {
        let degrees: f64 = text.parse().ok()?;
        return degrees.is_finite().then(|| (degrees * 1e6).round());
    }
    text.parse::<i128>().ok().map(|n| n as f64)
}

/// Equality takes `true` (in any case) and `1` as true, everything else as false; other operators need a boolean
/// as the reference spells it.
fn flag_test(op: Op, operand: &str) -> Result<Test, Unusable> {
    let flag = |text: &str| match text {
        "True" | "t" | "1" => Ok(true),
        "False" | "f" | "0" => Ok(false),
        _ => Err(Unusable),
    };
    match op {
        Op::Exact => Ok(Test::Flag(op, vec![operand == "1" || operand.eq_ignore_ascii_case("true")])),
        Op::In => {
            let flags: Result<Vec<bool>, Unusable> = operand.split(',').map(flag).collect();
            flags.map(|flags| Test::Flag(op, flags))
        }
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => flag(operand).map(|flag| Test::Flag(op, vec![flag])),
        Op::Contains | Op::StartsWith => Ok(Test::Text(Form::Own, op, needles(op, operand))),
    }
}

fn time_test(op: Op, operand: &str) -> Result<Test, Unusable> {
    match op {
        Op::Exact => Ok(Test::TimeText(operand.to_owned())),
        Op::Contains | Op::StartsWith | Op::In => Err(Unusable),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => moment(op, operand).map(|time| Test::Moment(op, time)),
    }
}

/// A bare date means the end of that day for "after" and "until", its start otherwise.
fn moment(op: Op, operand: &str) -> Result<Time, Unusable> {
    let time = Time::parse(operand.trim()).map_err(|_| Unusable)?;
    let end_of_day = operand.len() == 10 && matches!(op, Op::Gt | Op::Lte);
    Ok(if end_of_day { Time(time.0 + 86_399_999_000) } else { time })
}

/// The earliest and latest moment, inclusive, that an ordering condition on a time admits.
pub(crate) fn moment_range(op: Op, operand: &str) -> Option<(Option<Time>, Option<Time>)> {
    let time = moment(op, operand).ok()?;
    match op {
        Op::Lt => Some((None, Some(Time(time.0 - 1)))),
        Op::Lte => Some((None, Some(time))),
        Op::Gt => Some((Some(Time(time.0 + 1)), None)),
        Op::Gte => Some((Some(time), None)),
        Op::Exact | Op::Contains | Op::StartsWith | Op::In => None,
    }
}

/// Addresses compare in canonical form; what is no address equals nothing.
fn address_test(op: Op, operand: &str, parse: impl Fn(&str) -> Option<IpAddr>) -> Test {
    let canonical = |text: &str| parse(text.trim()).map(|address| Needle::new(&address.to_string()));
    match op {
        Op::Exact | Op::In => {
            let parts: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
            let addresses: Vec<Needle> = parts.into_iter().filter_map(canonical).collect();
            if addresses.is_empty() { Test::Never } else { Test::Text(Form::Own, Op::In, addresses) }
        }
        _ => Test::Text(Form::Own, op, needles(op, operand)),
    }
}

/// Up to so many needles are compared without making a key of the text.
const NEEDLES_FEW: usize = 4;

fn text_meets(text: &str, op: Op, needles: &[Needle]) -> bool {
    if matches!(op, Op::Exact | Op::In) && needles.len() > NEEDLES_FEW {
        let key = key(text);
        return needles.binary_search_by(|needle| needle.key().cmp(&key)).is_ok();
    }
    needles.iter().any(|needle| match op {
        Op::Exact | Op::In => needle.equals(text),
        Op::Contains => needle.within(text),
        Op::StartsWith => needle.begins(text),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => op.accepts(needle.order(text)),
    })
}

fn number_of(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Degrees(degrees) => Some(f64::from(degrees.0)),
        Value::Null
        | Value::Bool(_)
        | Value::Time(_)
        | Value::Text(_)
        | Value::Multi(_)
        | Value::Social(_)
        | Value::Words(_) => None,
    }
}

fn members<'a>(field: &Field, value: &Value<'a>) -> impl Iterator<Item = &'static str> + use<'a> {
    let (set, choices) = match (value, field.kind) {
        (Value::Multi(set), Kind::MultiChoice(choices)) => (*set, choices),
        _ => (MultiChoice::default(), &[] as &'static [&'static str]),
    };
    set.members(choices)
}

fn country_names(value: &Value<'_>) -> impl Iterator<Item = &'static str> {
    let code = value.as_text().map(str::to_ascii_uppercase);
    code.into_iter().flat_map(|code| country::names(&code))
}

/// The text that text operators compare; `None` for null, which matches nothing.
fn text_of<'v>(field: &Field, value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    Some(match value {
        Value::Null => return None,
        Value::Text(text) => Cow::Borrowed(&**text),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "1" } else { "0" }),
        Value::Int(n) => Cow::Owned(n.to_string()),
        Value::Degrees(degrees) => Cow::Owned(format!("{:.6}", degrees.to_f64())),
        Value::Time(time) => Cow::Owned(time.sql_text()),
        Value::Multi(set) => match field.kind {
            Kind::MultiChoice(choices) => Cow::Owned(set.csv(choices)),
            _ => return None,
        },
        Value::Social(_) | Value::Words(_) => {
            let mut text = String::new();
            field.write_json(value, &mut text);
            Cow::Owned(text)
        }
    })
}
