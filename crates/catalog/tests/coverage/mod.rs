//! The coverage of type × query key × operator: every key that could filter does, or stands in a table of exceptions
//! that may only shrink.

use std::collections::BTreeSet;

use model::{Api, Field, Kind, Source, Tag};
use testkit::language::{Meaning, Op, RELATIONS, SPECIALS, meaning};

use crate::naive::{Answer, Unusable};
use crate::questions::{is_number, operand_of};
use crate::{Both, LIFELIKE, SMALL, catalog_answer, naive};

/// Fields that are shown and cannot be filtered by: type, field, operators, reason.
const IGNORED: &[(Tag, &str, &[Op], &str)] = &[
    (
        Tag::Campus,
        "org_name",
        &Op::ALL,
        "the reference ignores it, and clients rely on getting the whole list",
    ),
    (Tag::Campus, "country", &Op::ALL, "taken from the first facility; the reference ignores it"),
    (Tag::Campus, "city", &Op::ALL, "taken from the first facility; the reference ignores it"),
    (Tag::Campus, "zipcode", &Op::ALL, "taken from the first facility; the reference ignores it"),
    (Tag::Campus, "state", &Op::ALL, "taken from the first facility; the reference ignores it"),
    (Tag::Carrier, "org_name", &Op::ALL, "the reference ignores it (rest-api specification, 6.4)"),
    (Tag::Carrier, "fac_count", &Op::ALL, "the reference ignores it"),
    (Tag::Carrierfac, "name", &Op::ALL, "the facility's; `fac__name` filters by it"),
    (Tag::Netfac, "local_asn", &Op::ALL, "the network's; `net__asn` filters by it"),
    (Tag::Net, "info_type", &[Op::Lt, Op::Lte, Op::Gt, Op::Gte], "one of several types has no order"),
];

/// Shown values that do not find their own row when they are asked for as they are: types, field, reason.
const NOT_FOUND_AS_SHOWN: &[(&[Tag], &str, &str)] = &[
    (OWNED, "website", "shown with the organization's as a fallback, filtered by the record's own"),
    (NAMED, "logo", "shown as a URL, filtered by its path"),
    (NAMED, "social_media", "shown as a list, filtered by its text"),
    (&[Tag::Net], "info_types", "shown in alphabetical order, filtered in the order of the list of choices"),
    (&[Tag::Net], "ixp_update_exclude", "shown as a list, filtered by its text"),
    (&[Tag::Netixlan], "name", "shown with the name of the LAN, filtered by the exchange's"),
];
const OWNED: &[Tag] = &[Tag::Net, Tag::Ix, Tag::Fac, Tag::Carrier, Tag::Campus];
const NAMED: &[Tag] = &[Tag::Org, Tag::Net, Tag::Ix, Tag::Fac, Tag::Carrier, Tag::Campus];

fn shown(tag: Tag) -> impl Iterator<Item = &'static Field> {
    tag.table().fields.iter().filter(|field| field.is_flat())
}

fn ask(both: &Both, tag: Tag, param: &str, operand: &str) -> Result<Answer, Unusable> {
    catalog_answer(both, tag, &[(param.to_owned(), operand.to_owned())])
}

fn expected(both: &Both, tag: Tag, param: &str, operand: &str) -> Result<Answer, Unusable> {
    naive::answer(&both.lists, tag, &[(param.to_owned(), operand.to_owned())])
}

fn published(both: &Both, tag: Tag) -> usize {
    both.lists.of(tag).iter().filter(|row| row.is_published()).count()
}

/// The values of a field in published rows, each once, in their order.
fn values(both: &Both, tag: Tag, field: &Field) -> Vec<String> {
    let rows = both.lists.of(tag).iter().filter(|row| row.is_published());
    let mut seen = BTreeSet::new();
    rows.map(|row| operand_of(row.get(field.name))).filter(|value| seen.insert(value.clone())).collect()
}

/// A value of a field that the operator can find, as an operand.
fn usable_value(both: &Both, tag: Tag, field: &Field, op: Op) -> Option<String> {
    let partial = matches!(op, Op::Contains | Op::StartsWith);
    let value = values(both, tag, field).into_iter().find(|text| {
        let is_list = op == Op::In && text.contains(',');
        !text.is_empty() && !is_list
    })?;
    Some(match field.kind {
        Kind::Time if op == Op::Exact => value.chars().take(10).collect(),
        Kind::Country if partial => model::country::name(&value)?.to_owned(),
        Kind::Social | Kind::Words(_) => "[]".to_owned(),
        _ if partial => value.chars().take(3).collect(),
        _ => value,
    })
}

/// Operands below and above all values of a field.
fn extremes(field: &Field) -> [String; 2] {
    let (low, high) = match field.kind {
        Kind::Time => ("1990-01-01", "2100-01-01"),
        Kind::Bool => ("0", "1"),
        kind if is_number(kind) => ("-1000", "4294967295"),
        _ => ("!", "zzzz"),
    };
    [low.to_owned(), high.to_owned()]
}

/// Whether an operator has no meaning for a kind of value, and is refused.
fn is_refused(field: &Field, op: Op) -> bool {
    match field.kind {
        Kind::Ref(_) => matches!(op, Op::Contains | Op::StartsWith),
        Kind::Time => matches!(op, Op::Contains | Op::StartsWith | Op::In),
        _ => false,
    }
}

/// What is wrong with a field and operator; `None` when it filters.
fn complaint(both: &Both, tag: Tag, field: &Field, op: Op) -> Option<String> {
    let param = format!("{}{}", field.name, op.suffix());
    let value = usable_value(both, tag, field, op).filter(|_| field.kind != Kind::Bool);
    let (all, mut narrowed, mut found) = (published(both, tag), false, false);
    for operand in value.iter().cloned().chain(extremes(field)) {
        match (ask(both, tag, &param, &operand), is_refused(field, op)) {
            (Err(Unusable), true) => {}
            (Err(Unusable), false) => return Some(format!("{tag}?{param}={operand} is refused")),
            (Ok(_), true) => return Some(format!("{tag}?{param}={operand} is not refused")),
            (Ok(answer), false) => {
                narrowed |= answer.ids.len() < all;
                found |= !answer.ids.is_empty();
                // The operators that look things up in an index.
                let looked_up = matches!(op, Op::Exact | Op::In);
                if looked_up && Ok(answer) != expected(both, tag, &param, &operand) {
                    return Some(format!("{tag}?{param}={operand} is not what the naive evaluator says"));
                }
            }
        }
    }
    // Where all rows have the same value, or none that the operator could find, all or none may be right.
    let constant = values(both, tag, field).len() < 2;
    let unfindable = value.is_none() && field.kind != Kind::Bool;
    let filters = is_refused(field, op) || ((narrowed || constant) && (found || constant || unfindable));
    (!filters).then(|| format!("{tag}?{param} never filters"))
}

fn is_ignored(both: &Both, tag: Tag, param: &str) -> bool {
    ask(both, tag, param, "1").is_ok_and(|answer| answer.ignored == [param])
}

fn exception(tag: Tag, field: &Field, op: Op) -> bool {
    IGNORED.iter().any(|(other, name, ops, _)| *other == tag && *name == field.name && ops.contains(&op))
}

#[test]
fn every_shown_field_of_every_type_filters_with_every_operator_or_is_excepted() {
    let mut complaints = Vec::new();
    for tag in Tag::ALL {
        for field in shown(tag) {
            for op in Op::ALL {
                let param = format!("{}{}", field.name, op.suffix());
                match (is_ignored(&LIFELIKE, tag, &param), exception(tag, field, op)) {
                    (true, true) => {}
                    (true, false) => complaints.push(format!("{tag}?{param} is ignored without a reason")),
                    (false, true) => complaints.push(format!("{tag}?{param} need not be excepted")),
                    (false, false) => complaints.extend(complaint(&LIFELIKE, tag, field, op)),
                }
            }
        }
    }
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn operands_that_are_no_values_are_refused_or_find_nothing_as_the_rules_say() {
    for tag in Tag::ALL {
        for field in shown(tag) {
            for op in Op::ALL {
                let param = format!("{}{}", field.name, op.suffix());
                for operand in ["", "x", "1,x", "1.5", "\u{0}", "99999999999999999999999999999999999999999"] {
                    let (answer, expected) =
                        (ask(&SMALL, tag, &param, operand), expected(&SMALL, tag, &param, operand));
                    assert_eq!(answer, expected, "{tag}?{param}={operand}");
                }
            }
        }
    }
}

#[test]
fn exceptions_name_fields_that_exist_and_give_reasons() {
    for (tag, name, ops, reason) in IGNORED {
        assert!(tag.table().field(name).is_some_and(Field::is_flat), "{tag}.{name}");
        assert!(!ops.is_empty() && reason.split(' ').count() > 2, "{tag}.{name}");
    }
}

#[test]
fn hidden_fields_and_sets_never_filter_and_are_named_as_ignored() {
    for tag in Tag::ALL {
        for field in tag.table().fields {
            let hidden = field.api == Api::Hidden || matches!(field.source, Source::Set(_));
            let filters =
                RELATIONS.iter().any(|relation| relation.owner == tag && relation.name == field.name);
            for op in Op::ALL.into_iter().filter(|_| hidden && !filters) {
                let param = format!("{}{}", field.name, op.suffix());
                assert!(is_ignored(&SMALL, tag, &param), "{tag}?{param}");
            }
        }
    }
}

#[test]
fn every_relation_filters_by_every_open_field_of_the_related_type() {
    for relation in RELATIONS {
        let (tag, target) = (relation.owner, relation.target);
        let mut open = 0;
        for field in shown(target) {
            let Some(row) = SMALL.lists.of(target).first() else { continue };
            let operand = operand_of(row.get(field.name));
            for op in Op::ALL {
                let param = format!("{}__{}{}", relation.name, field.name, op.suffix());
                let answer = ask(&SMALL, tag, &param, &operand);
                assert_eq!(answer, expected(&SMALL, tag, &param, &operand), "{tag}?{param}={operand}");
                open += usize::from(meaning(tag, &param).filters());
            }
        }
        assert!(open > 0, "{tag} {}", relation.name);
    }
}

#[test]
fn related_records_are_found_by_id_under_the_name_of_the_relation() {
    for relation in RELATIONS {
        for name in
            [relation.name.to_owned(), format!("{}_id", relation.name), format!("{}__id", relation.name)]
        {
            let tag = relation.owner;
            let Some(target) = SMALL.lists.of(relation.target).first() else { continue };
            let answer = ask(&SMALL, tag, &name, &target.id().to_string()).expect("an id is usable");
            assert_eq!(answer.ignored, [""; 0], "{tag}?{name}");
            let nobody = ask(&SMALL, tag, &name, "4000000").expect("an id is usable");
            assert_eq!(nobody.ids, [0; 0], "{tag}?{name}");
        }
    }
}

/// Operands of a special filter that keep some rows and leave some out.
fn special_operands(name: &str) -> Vec<String> {
    let ids = |tag: Tag, key: &str| {
        let rows = LIFELIKE.lists.of(tag).iter().filter(|row| row.is_published());
        rows.map(|row| operand_of(row.get(key))).collect::<Vec<String>>()
    };
    match name {
        "asn_overlap" => ids(Tag::Net, "asn").windows(2).map(|pair| pair.join(",")).collect(),
        "all_net" | "not_net" => ids(Tag::Net, "id"),
        "org_present" | "org_not_present" => ids(Tag::Net, "org_id"),
        "capacity" => ["1000", "100000", "1000000", "20000000"].map(str::to_owned).into(),
        "ipblock" => ids(Tag::Ixpfx, "prefix").iter().map(|text| text[..6].to_owned()).collect(),
        "not_ix" => ids(Tag::Ix, "id"),
        "not_fac" => ids(Tag::Fac, "id"),
        "whereis" => ids(Tag::Netixlan, "ipaddr4").into_iter().filter(|text| !text.is_empty()).collect(),
        "asn" => ids(Tag::Net, "asn"),
        other => panic!("no operands for {other}"),
    }
}

#[test]
fn every_special_filter_narrows_the_list_and_other_operators_are_ignored() {
    for (tag, name, ops) in SPECIALS {
        for op in Op::ALL {
            let param = format!("{name}{}", op.suffix());
            if !ops.contains(&op) {
                assert!(is_ignored(&LIFELIKE, *tag, &param), "{tag}?{param}");
                assert!(matches!(meaning(*tag, &param), Meaning::Unknown), "{tag}?{param}");
                continue;
            }
            let operands = special_operands(name);
            let answers: Vec<_> =
                operands.iter().take(8).map(|text| ask(&LIFELIKE, *tag, &param, text)).collect();
            let all = published(&LIFELIKE, *tag);
            let refused = answers.iter().all(Result::is_err);
            let narrowed = answers.iter().flatten().any(|answer| answer.ids.len() < all);
            assert!(narrowed || refused, "{tag}?{param}");
            let is_partial = matches!(op, Op::Contains | Op::StartsWith);
            assert_eq!(refused, is_partial, "{tag}?{param}");
        }
    }
}

fn excepted_as_shown(tag: Tag, field: &Field) -> bool {
    NOT_FOUND_AS_SHOWN.iter().any(|(tags, name, _)| *name == field.name && tags.contains(&tag))
}

/// The shown values of a field that do not find their own row, out of the first few.
fn lost_values(tag: Tag, field: &Field) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let rows = LIFELIKE.lists.of(tag).iter().filter(|row| row.is_published());
    let fresh = rows.filter_map(|row| {
        let value = operand_of(row.shown(field.name));
        (!value.is_empty() && seen.insert(value.clone())).then_some((row.id(), value))
    });
    let found = |id: u64, value: &str| {
        ask(&LIFELIKE, tag, field.name, value).is_ok_and(|answer| answer.ids.contains(&id))
    };
    fresh.take(40).filter(|(id, value)| !found(*id, value)).map(|(_, value)| value).collect()
}

#[test]
fn a_shown_value_finds_its_row() {
    let mut complaints = Vec::new();
    for tag in Tag::ALL {
        for field in shown(tag).filter(|field| field.filterable && field.kind != Kind::Time) {
            match (lost_values(tag, field).first(), excepted_as_shown(tag, field)) {
                (Some(value), false) => complaints.push(format!("{tag}?{}={value}", field.name)),
                (None, true) => complaints.push(format!("{tag}.{} need not be excepted", field.name)),
                (Some(_), true) | (None, false) => {}
            }
        }
    }
    assert_eq!(complaints, [""; 0]);
}
