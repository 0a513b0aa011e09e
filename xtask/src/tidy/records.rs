//! Rules about the two lists that account for behaviour: accepted differences from the reference, and
//! the checklist of what the specification asks for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

const ACCEPTED: &str = "conformance/accepted.jsonl";
const CHECKLIST: &str = "docs/checklist.tsv";
const CHECKLIST_HEADER: &str = "source\titem\ttext\tproof-or-reason";

/// The items of a source: what each name begins with, and up to which number they go, from 1 and without a gap.
type Items = &'static [(&'static str, u16)];

/// The sources of which every item stands in the checklist. The API's specification numbers its items. Those of the
/// data model are named by section: its rows and rules in their order; `I` and `D` are invariants and defects.
const COMPLETE: &[(&str, Items)] = &[
    ("rest-api", &[("", 372)]),
    (
        "data-model",
        &[
            ("3.", 14),
            ("6.", 22),
            ("7.", 22),
            ("8.", 26),
            ("9.", 14),
            ("10.", 76),
            ("12.2.", 4),
            ("13.", 14),
            ("I", 12),
            ("D", 19),
        ],
    ),
];

/// Checks both lists of the workspace.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    let source = |path: &str| fs::read_to_string(root.join(path)).ok();
    let mut found = check_accepted(&read(ACCEPTED)?, &source);
    found.extend(check_checklist(&read(CHECKLIST)?, &source));
    Ok(found)
}

/// Gives the text of a source file, where there is one.
type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

fn check_accepted(text: &str, source: Source<'_>) -> Vec<String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let complaints = lines.flat_map(|(index, line)| {
        let all = accepted_line(line, source);
        all.into_iter().map(move |why| format!("{ACCEPTED}:{}: {why}", index + 1))
    });
    complaints.collect()
}

fn accepted_line(line: &str, source: Source<'_>) -> Vec<String> {
    let Ok(Value::Object(entry)) = serde_json::from_str(line) else {
        return vec!["is not a JSON object".to_owned()];
    };
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut found = Vec::new();
    if !matches!(text("file"), "reads" | "writes" | "throttle" | "negative_cache") {
        found.push("`file` has to be \"reads\", \"writes\", \"throttle\" or \"negative_cache\"".to_owned());
    }
    let by_id = entry.get("id").is_some_and(Value::is_u64);
    if !by_id && !text("path_prefix").starts_with('/') {
        found.push("needs a number as `id`, or a `path_prefix` that starts with /".to_owned());
    }
    if !says_something(text("reason")) {
        found.push("needs a `reason` that a user of the API would agree with".to_owned());
    }
    if entry.contains_key("test") {
        found.extend(test_reference(text("test"), source));
    }
    found
}

fn check_checklist(text: &str, source: Source<'_>) -> Vec<String> {
    let mut lines = text.lines();
    if lines.next() != Some(CHECKLIST_HEADER) {
        return vec![format!(
            "{CHECKLIST}:1: the header has to be `{}`",
            CHECKLIST_HEADER.replace('\t', "<tab>")
        )];
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (index, line) in lines.enumerate() {
        let complain = |why: String| format!("{CHECKLIST}:{}: {why}", index + 2);
        let columns: Vec<&str> = line.split('\t').collect();
        let &[origin, item, wanted, proof] = columns.as_slice() else {
            found.push(complain(format!("has {} columns and not 4", columns.len())));
            continue;
        };
        if [origin, item, wanted].iter().any(|column| column.trim().is_empty()) {
            found.push(complain("source, item and text may not be empty".to_owned()));
        }
        if !seen.insert((origin, item)) {
            found.push(complain(format!("item {item} of {origin} stands here twice")));
        }
        found.extend(proof_complaints(proof, source).into_iter().map(complain));
    }
    found.extend(COMPLETE.iter().flat_map(|(origin, items)| incomplete(origin, items, &seen)));
    found
}

/// Items of a source that the checklist lacks, and items that the source lacks.
fn incomplete(origin: &str, items: Items, seen: &BTreeSet<(&str, &str)>) -> Vec<String> {
    let names =
        items.iter().flat_map(|(start, last)| (1..=*last).map(move |number| format!("{start}{number}")));
    let known: BTreeSet<String> = names.collect();
    let here: BTreeSet<&str> =
        seen.iter().filter(|(source, _)| *source == origin).map(|(_, item)| *item).collect();
    let missing = known.iter().filter(|item| !here.contains(item.as_str()));
    let missing = missing.map(|item| format!("{CHECKLIST}: item {item} of {origin} is missing"));
    let unknown = here.iter().filter(|item| !known.contains(**item));
    let unknown = unknown.map(|item| format!("{CHECKLIST}: {origin} has no item {item}"));
    missing.chain(unknown).collect()
}

/// A proof is a list of tests, or the recorded exchanges that show it; a struck item says why.
fn proof_complaints(proof: &str, source: Source<'_>) -> Vec<String> {
    let (word, said) = if let Some(reason) = proof.strip_prefix("struck: ") {
        ("struck", says_something(reason))
    } else if let Some(groups) = proof.strip_prefix("replay: ") {
        ("replay", !groups.trim().is_empty())
    } else {
        return proof.split(", ").flat_map(|reference| test_reference(reference, source)).collect();
    };
    if said { Vec::new() } else { vec![format!("`{word}:` needs more words")] }
}

/// `path/of/file.rs::name_of_test`, checked against the file, since tests get renamed.
fn test_reference(reference: &str, source: Source<'_>) -> Option<String> {
    let Some((path, name)) = reference.rsplit_once("::") else {
        return Some(format!(
            "`{reference}` has to be PATH.rs::TEST, and in the checklist may be `struck: …` or `replay: GROUP`"
        ));
    };
    let Some(text) = source(path) else {
        return Some(format!("`{reference}`: there is no file {path}"));
    };
    let declared = text.contains(&format!("fn {name}("));
    (!declared).then(|| format!("`{reference}`: {path} has no function {name}"))
}

fn says_something(reason: &str) -> bool {
    reason.split_whitespace().count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str) -> Option<String> {
        (path == "crates/api/tests/reads.rs").then(|| "fn lists_are_sorted() {}".to_owned())
    }

    fn accepted(line: &str) -> Vec<String> {
        check_accepted(line, &source)
    }

    /// What is said about lines, but for the items that are missing.
    fn checklist(lines: &str) -> Vec<String> {
        let mut found = check_checklist(&format!("{CHECKLIST_HEADER}\n{lines}"), &source);
        found.retain(|complaint| !complaint.ends_with(" is missing"));
        found
    }

    #[test]
    fn an_accepted_difference_names_its_exchange_and_its_reason() {
        let fine = r#"{"file":"reads","id":7,"reason":"the order is unspecified"}
{"file":"writes","path_prefix":"/api/net?x","reason":"a hidden field leaks","test":"crates/api/tests/reads.rs::lists_are_sorted"}"#;
        assert_eq!(accepted(fine), [""; 0]);
        assert_eq!(accepted(""), [""; 0]);
        assert_eq!(accepted("{}").len(), 3);
        assert_eq!(accepted("[]"), ["conformance/accepted.jsonl:1: is not a JSON object"]);
    }

    #[test]
    fn each_part_of_an_accepted_difference_is_checked() {
        for (line, part) in [
            (r#"{"file":"other","id":7,"reason":"a b c"}"#, "`file`"),
            (r#"{"file":"reads","id":"7","reason":"a b c"}"#, "`id`"),
            (r#"{"file":"reads","path_prefix":"api","reason":"a b c"}"#, "`path_prefix`"),
            (r#"{"file":"reads","id":7,"reason":"because"}"#, "`reason`"),
            (r#"{"file":"reads","id":7,"reason":"a b c","test":"none"}"#, "PATH.rs::TEST"),
        ] {
            let found = accepted(line);
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            assert!(found[0].contains(part), "{line}: {found:?}");
        }
    }

    #[test]
    fn a_checklist_item_has_a_proof_or_is_struck() {
        let lines = "rest-api\t1\tlists are sorted\tcrates/api/tests/reads.rs::lists_are_sorted\n\
                     rest-api\t2\tas recorded\treplay: list\n\
                     rest-api\t3\tnot ours\tstruck: the feature was withdrawn\n";
        assert_eq!(checklist(lines), [""; 0]);
    }

    #[test]
    fn each_part_of_a_checklist_line_is_checked() {
        for (line, part) in [
            ("a\t1\ttext", "3 columns"),
            ("a\t\ttext\treplay: list", "may not be empty"),
            ("a\t1\ttext\t", "PATH.rs::TEST"),
            ("a\t1\ttext\tstruck: no", "needs more words"),
            ("a\t1\ttext\tcrates/api/tests/gone.rs::x", "there is no file"),
            ("a\t1\ttext\tcrates/api/tests/reads.rs::renamed", "no function renamed"),
            ("a\t1\ttext\treplay: list\na\t1\ttext\treplay: list", "twice"),
        ] {
            let found = checklist(line);
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            assert!(found[0].contains(part), "{line}: {found:?}");
        }
    }

    #[test]
    fn no_item_of_a_complete_source_is_missing_and_none_is_made_up() {
        const ITEMS: Items = &[("", 2), ("D", 1)];
        let seen = |items: &[&'static str]| items.iter().map(|item| ("a", *item)).collect();
        assert_eq!(incomplete("a", ITEMS, &seen(&["1", "2", "D1"])), [""; 0]);
        let found = incomplete("a", ITEMS, &seen(&["2", "3"]));
        assert_eq!(found.len(), 3, "{found:?}");
        for (complaint, end) in
            found.iter().zip(["item 1 of a is missing", "item D1 of a is missing", "no item 3"])
        {
            assert!(complaint.ends_with(end), "{complaint}");
        }
        let said = check_checklist(&format!("{CHECKLIST_HEADER}\nrest-api\t1\ttext\treplay: list"), &source);
        assert!(said.contains(&format!("{CHECKLIST}: item 372 of rest-api is missing")), "{said:?}");
        assert!(!said.contains(&format!("{CHECKLIST}: item 1 of rest-api is missing")), "{said:?}");
    }

    #[test]
    fn the_header_is_fixed() {
        assert_eq!(check_checklist("source\titem\n", &source).len(), 1);
    }
}
