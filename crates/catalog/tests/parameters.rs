//! The description of the parameters, held against the parser that it describes and against the documented language.

use std::collections::BTreeSet;

use catalog::filter::{self, Group, Op, Operand, Parameter, parameters};
use catalog::query::Params;
use model::access::Viewer;
use model::{Kind, Tag};
use testkit::World;
use testkit::language::{Meaning, RELATIONS, SPECIALS, STEERING, meaning};

/// A value that can be used with a kind of field and an operator.
fn operand_of_kind(kind: Kind, op: Op) -> &'static str {
    let is_text = matches!(op, Op::Contains | Op::StartsWith);
    match kind {
        _ if is_text => "1",
        Kind::Bool if op == Op::Exact => "true",
        Kind::Bool => "True",
        Kind::Time => "2026-01-31",
        _ => "1",
    }
}

fn operand(parameter: &Parameter, op: Op) -> &'static str {
    match parameter.group {
        Group::Own(field) | Group::Related { field, .. } => operand_of_kind(field.kind, op),
        Group::Special(Operand::Address) => "192.0.2.1",
        Group::Special(_) | Group::Steering { .. } => "1,2",
    }
}

/// The value of a special or steering parameter may be a list or a number: one of the two is usable.
fn is_honoured(tag: Tag, param: &str, operand: &str) -> bool {
    let snapshot = World::empty().snapshot();
    [operand, "1"].iter().any(|value| {
        let params = Params::new(vec![
            (param.to_owned(), (*value).to_owned()),
            ("latitude".into(), "1".into()),
            ("longitude".into(), "1".into()),
        ]);
        let parsed = filter::parse(&snapshot, &Viewer::superuser(), tag, &params);
        parsed.is_ok_and(|parsed| !parsed.ignored.iter().any(|name| name == param))
    })
}

#[test]
fn the_parser_honours_every_described_parameter() {
    let mut complaints = Vec::new();
    for tag in Tag::ALL {
        for parameter in parameters(tag) {
            assert!(!parameter.operators.is_empty(), "{tag} {}", parameter.name);
            for op in &parameter.operators {
                let param = op.parameter(&parameter.name);
                if !is_honoured(tag, &param, operand(&parameter, *op)) {
                    complaints.push(format!("{tag}?{param}"));
                }
            }
        }
    }
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn the_parser_honours_no_operator_that_is_not_described() {
    let mut complaints = Vec::new();
    for tag in Tag::ALL {
        for parameter in parameters(tag) {
            for op in Op::ALL.into_iter().filter(|op| !parameter.operators.contains(op)) {
                let param = op.parameter(&parameter.name);
                if is_honoured(tag, &param, operand(&parameter, op)) {
                    complaints.push(format!("{tag}?{param}"));
                }
            }
        }
    }
    assert_eq!(complaints, [""; 0]);
}

#[test]
fn names_are_described_once() {
    for tag in Tag::ALL {
        let mut seen = BTreeSet::new();
        for parameter in parameters(tag) {
            assert!(seen.insert(parameter.name.clone()), "{tag} {}", parameter.name);
        }
    }
}

#[test]
fn everything_of_the_documented_language_is_described() {
    let mut complaints = Vec::new();
    for tag in Tag::ALL {
        let described: BTreeSet<String> =
            parameters(tag).into_iter().map(|parameter| parameter.name).collect();
        let mut names: Vec<String> = STEERING.iter().map(|name| (*name).to_owned()).collect();
        names.extend(["distance", "hide_ix_no_fac", "name_search", "pk"].map(str::to_owned));
        names.extend(
            SPECIALS.iter().filter(|(owner, ..)| *owner == tag).map(|(_, name, _)| (*name).to_owned()),
        );
        names.extend(tag.table().fields.iter().map(|field| field.name.to_owned()));
        for relation in RELATIONS.iter().filter(|relation| relation.owner == tag) {
            let fields = relation.target.table().fields.iter();
            names.extend(fields.map(|field| format!("{}__{}", relation.name, field.name)));
            names.push(format!("{}_id", relation.name));
        }
        for name in names {
            let documented = match meaning(tag, &name) {
                Meaning::Steering | Meaning::Special(..) | Meaning::Own(..) | Meaning::Related(..) => true,
                Meaning::Unknown | Meaning::Refused => false,
            };
            // The names of references may leave out `_id`; the description has the long form only.
            let is_described = described.contains(&name) || described.contains(&format!("{name}_id"));
            if documented != is_described {
                complaints.push(format!("{tag}?{name}: documented {documented}"));
            }
        }
    }
    assert_eq!(complaints, [""; 0]);
}
