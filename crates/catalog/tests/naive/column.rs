//! Conditions on one value (rest-api specification, section 5.1).

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::{Field, Kind, Tag, country};
use serde_json::Value as Json;
use testkit::language::Op;

use super::text::{compare, contains, fold, operands};
use super::time::micros;
use super::{Unusable, accepts};

/// Counters that refuse what is no number.
const STRICT: [(Tag, &str); 4] =
    [(Tag::Net, "fac_count"), (Tag::Fac, "net_count"), (Tag::Ix, "net_count"), (Tag::Ix, "fac_count")];

/// How a parameter addresses a field.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// Places are contained, and countries may be named.
    loose: bool,
    /// Equality refuses what is no number.
    strict: bool,
    /// Texts are not transliterated.
    verbatim: bool,
}

impl Manner {
    /// For a field of a related record.
    pub(crate) fn related(strict: bool) -> Manner {
        Manner { loose: false, strict, verbatim: false }
    }
}

/// A condition on a value.
pub(crate) struct Test(Box<dyn Fn(&Json) -> bool>);

impl Test {
    /// Whether the value meets it.
    pub(crate) fn accepts(&self, value: &Json) -> bool {
        (self.0)(value)
    }

    fn when(test: impl Fn(&Json) -> bool + 'static) -> Test {
        Test(Box::new(test))
    }

    fn never() -> Test {
        Test::when(|_| false)
    }

    /// The condition of a parameter on the record's own field.
    pub(crate) fn of_own(tag: Tag, field: &'static Field, op: Op, operand: &str) -> Result<Test, Unusable> {
        match (tag, field.name) {
            (Tag::Net, "info_type") if op == Op::Exact && operand.is_empty() => Ok(Test::when(|_| true)),
            (Tag::Net, "info_type") => Ok(by_member(op, operand)),
            (Tag::Net, "info_types") if matches!(op, Op::Contains | Op::StartsWith | Op::In) => {
                Ok(by_member(op, operand))
            }
            _ => {
                let op = if (tag, field.name, op) == (Tag::Fac, "org_name", Op::Exact) {
                    Op::Contains
                } else {
                    op
                };
                let of_facility = matches!(tag, Tag::Netfac | Tag::Ixfac);
                let strict = STRICT.contains(&(tag, field.name));
                Test::new(field, op, operand, Manner { loose: !of_facility, strict, verbatim: of_facility })
            }
        }
    }

    /// The condition of an operator and operand on a field.
    pub(crate) fn new(
        field: &'static Field,
        op: Op,
        operand: &str,
        manner: Manner,
    ) -> Result<Test, Unusable> {
        let partial = matches!(op, Op::Contains | Op::StartsWith);
        match field.kind {
            Kind::Ref(_) if partial => Err(Unusable),
            Kind::Id | Kind::Ref(_) | Kind::Asn | Kind::Int { .. } | Kind::Degrees if !partial => {
                number(field.kind, op, operand, manner)
            }
            Kind::Bool if !partial => flag(op, operand),
            Kind::Time => moment(op, operand),
            Kind::Country => Ok(by_country(field, op, operand, manner)),
            Kind::MultiChoice(choices) => Ok(multi(field, choices, op, operand)),
            Kind::Ipv4 | Kind::Ipv6 if matches!(op, Op::Exact | Op::In) => {
                Ok(address(field.kind, op, operand))
            }
            Kind::Prefix if op == Op::Exact && operand.parse::<ipnet::IpNet>().is_err() => Ok(Test::never()),
            _ => Ok(text(field, op, operand, manner)),
        }
    }
}

/// The text of a value that texts are compared with.
fn text_of(field: &Field, value: &Json) -> Option<String> {
    Some(match (value, field.kind) {
        (Json::Null, _) => return None,
        (Json::String(text), _) => text.clone(),
        (Json::Bool(flag), _) => if *flag { "1" } else { "0" }.into(),
        (Json::Number(number), Kind::Degrees) => format!("{:.6}", number.as_f64()?),
        (Json::Number(number), _) => number.to_string(),
        (Json::Array(words), Kind::MultiChoice(_)) => {
            words.iter().filter_map(Json::as_str).collect::<Vec<&str>>().join(",")
        }
        (json, _) => spelled(json),
    })
}

/// JSON as the API spells it: blanks behind separators, nothing but ASCII.
fn spelled(json: &Json) -> String {
    match json {
        Json::Array(list) => format!("[{}]", list.iter().map(spelled).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("\"{key}\": {}", spelled(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        Json::String(text) => {
            let quoted = Json::from(text.as_str()).to_string();
            let units =
                quoted.chars().map(|c| if (' '..='~').contains(&c) { c.to_string() } else { escaped(c) });
            units.collect()
        }
        other => other.to_string(),
    }
}

fn escaped(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn by_text(field: &'static Field, op: Op, wanted: Vec<Vec<char>>) -> Test {
    Test::when(move |value| text_of(field, value).is_some_and(|text| meets(&text, op, &wanted)))
}

fn meets(text: &str, op: Op, wanted: &[Vec<char>]) -> bool {
    let text = fold(text);
    wanted.iter().any(|operand| match op {
        Op::Exact | Op::In => text == *operand,
        Op::Contains => contains(&text, operand),
        Op::StartsWith => text.starts_with(operand),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => accepts(op, compare(&text, operand)),
    })
}

fn all_operands(op: Op, operand: &str) -> Vec<Vec<char>> {
    match op {
        Op::In => operand.split(',').flat_map(operands).collect(),
        _ => operands(operand),
    }
}

fn text(field: &'static Field, op: Op, operand: &str, manner: Manner) -> Test {
    if manner.verbatim && !matches!(field.kind, Kind::Id | Kind::Asn | Kind::Int { .. }) {
        let words: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
        return by_text(field, op, words.into_iter().map(fold).collect());
    }
    let place = manner.loose && matches!(field.name, "address1" | "city" | "state");
    let op = if place && op == Op::Exact { Op::Contains } else { op };
    by_text(field, op, all_operands(op, operand))
}

fn by_country(field: &'static Field, op: Op, operand: &str, manner: Manner) -> Test {
    let named = manner.loose && op == Op::Exact && operand.chars().count() != 2;
    let op = if named { Op::Contains } else { op };
    let wanted = all_operands(op, operand);
    if !matches!(op, Op::Contains | Op::StartsWith) {
        return by_text(field, op, wanted);
    }
    Test::when(move |value| {
        let code = value.as_str().unwrap_or_default().to_uppercase();
        country::names(&code).any(|name| meets(name, op, &wanted))
    })
}

/// Some member of a multi-choice meets some word.
fn by_member(op: Op, operand: &str) -> Test {
    let words: Vec<Vec<char>> =
        if op == Op::In { operand.split(',').map(fold).collect() } else { vec![fold(operand)] };
    let op = if op == Op::In { Op::Contains } else { op };
    Test::when(move |value| {
        let members = value.as_array().into_iter().flatten().filter_map(Json::as_str);
        members.into_iter().any(|member| meets(member, op, &words))
    })
}

/// Order and membership compare with the known choices of the operand.
fn multi(field: &'static Field, choices: &'static [&'static str], op: Op, operand: &str) -> Test {
    let known = |text: &str| {
        let given: Vec<&str> = text.split(',').collect();
        let kept: Vec<&str> = choices.iter().copied().filter(|choice| given.contains(choice)).collect();
        fold(&kept.join(","))
    };
    let wanted = match op {
        Op::Exact | Op::Contains | Op::StartsWith => operands(operand),
        Op::In => operand.split(',').map(known).collect(),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => vec![known(operand)],
    };
    by_text(field, op, wanted)
}

fn number(kind: Kind, op: Op, operand: &str, manner: Manner) -> Result<Test, Unusable> {
    let parse = |text: &str| -> Option<f64> {
        let text = text.trim();
        if kind == Kind::Degrees {
            return text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| (n * 1e6).round() / 1e6);
        }
        text.parse::<i128>().ok().map(|n| n as f64)
    };
    let parts: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
    let numbers: Option<Vec<f64>> = parts.into_iter().map(parse).collect();
    let Some(numbers) = numbers else {
        let forgiven = op == Op::Exact && !manner.strict && !matches!(kind, Kind::Ref(_));
        return if forgiven { Ok(Test::never()) } else { Err(Unusable) };
    };
    Ok(Test::when(move |value| {
        let order = |operand: &f64| value.as_f64().map(|n| n.partial_cmp(operand).unwrap_or(Ordering::Less));
        numbers.iter().filter_map(order).any(|order| accepts(op, order))
    }))
}

fn flag(op: Op, operand: &str) -> Result<Test, Unusable> {
    let parse = |text: &str| match text {
        "True" | "t" | "1" => Ok(true),
        "False" | "f" | "0" => Ok(false),
        _ => Err(Unusable),
    };
    let flags: Vec<bool> = match op {
        Op::Exact => vec![operand == "1" || operand.eq_ignore_ascii_case("true")],
        Op::In => operand.split(',').map(parse).collect::<Result<_, _>>()?,
        _ => vec![parse(operand)?],
    };
    Ok(Test::when(move |value| {
        value.as_bool().is_some_and(|flag| flags.iter().any(|other| accepts(op, flag.cmp(other))))
    }))
}

fn moment(op: Op, operand: &str) -> Result<Test, Unusable> {
    if op == Op::Exact {
        let start = operand.to_owned();
        return Ok(Test::when(move |value| {
            let text = value.as_str().map(|text| text.replace('T', " ").replace('Z', ".000000"));
            text.is_some_and(|text| text.starts_with(&start))
        }));
    }
    if matches!(op, Op::Contains | Op::StartsWith | Op::In) {
        return Err(Unusable);
    }
    let mut limit = micros(operand.trim()).ok_or(Unusable)?;
    if operand.len() == 10 && matches!(op, Op::Gt | Op::Lte) {
        limit += 86_399_999_000;
    }
    Ok(Test::when(move |value| {
        value.as_str().and_then(micros).is_some_and(|time| accepts(op, time.cmp(&limit)))
    }))
}

/// Addresses are equal when they are the same address, however they are written.
fn address(kind: Kind, op: Op, operand: &str) -> Test {
    let parse = move |text: &str| -> Option<IpAddr> {
        match kind {
            Kind::Ipv4 => text.trim().parse::<Ipv4Addr>().ok().map(IpAddr::V4),
            _ => text.trim().parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        }
    };
    let parts: Vec<&str> = if op == Op::In { operand.split(',').collect() } else { vec![operand] };
    let wanted: Vec<IpAddr> = parts.into_iter().filter_map(parse).collect();
    Test::when(move |value| value.as_str().and_then(parse).is_some_and(|address| wanted.contains(&address)))
}
