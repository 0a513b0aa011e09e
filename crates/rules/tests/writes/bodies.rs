//! What is described of bodies is what is read of them.

use model::{AnyRecord, Status, Tag};
use rules::describe::{self, Key, Takes};
use rules::{Command, Rejection, Stop};
use serde_json::{Map, Value as Json, json};

use crate::desk::Desk;

/// What no field takes.
fn nonsense() -> Json {
    json!({ "no": ["field", { "takes": "this" }] })
}

/// Whether something is said about a key of a body.
fn is_read(desk: &Desk, tag: Tag, update: bool, body: &Map<String, Json>, key: &str) -> bool {
    let body = body.clone();
    let command = match update {
        false => Command::Create { tag, body },
        true => Command::Update { tag, id: sample(desk, tag).id(), body },
    };
    match desk.plan(&command) {
        Err(Stop::Rejected(Rejection::Invalid(errors))) => errors.concerns(key),
        _ => false,
    }
}

/// A record of a type that is not deleted.
fn sample(desk: &Desk, tag: Tag) -> &AnyRecord {
    let mut records = desk.snapshot.entries(tag).map(|entry| entry.record());
    records.find(|record| record.status() != Status::Deleted).expect("one of each type")
}

/// Values that no record has yet, and that rules ask for.
const NEW: &[(&str, &str)] = &[
    ("name", "Another name"),
    ("website", "https://another.example/"),
    ("tech_email", "noc@another.example"),
];

/// The values that a record of the small world has for the keys of a body. What has to be unique is new, so that
/// nothing is refused because it is taken.
fn values(desk: &Desk, tag: Tag, keys: &[Key]) -> Map<String, Json> {
    let record = sample(desk, tag);
    let mut body = Map::new();
    for key in keys {
        let Takes::Field(owner, field) = key.takes else { continue };
        if owner == tag {
            let mut text = String::new();
            field.write_json(&record.value(field.name), &mut text);
            body.insert(key.name.to_owned(), serde_json::from_str(&text).expect("a field writes JSON"));
        }
    }
    for (name, value) in NEW {
        if body.contains_key(*name) {
            body.insert((*name).to_owned(), (*value).into());
        }
    }
    if body.contains_key("asn") && tag == Tag::Net {
        body.insert("asn".to_owned(), 9_000_100.into());
    }
    body
}

#[test]
fn each_key_that_is_described_is_read_and_no_other_one() {
    let desk = Desk::small(|_| {});
    for (tag, update) in Tag::ALL.into_iter().flat_map(|tag| [(tag, false), (tag, true)]) {
        let keys = describe::keys(tag, update);
        let mut asked = 0;
        for field in tag.table().fields.iter().filter(|field| field.is_flat()) {
            let mut body = values(&desk, tag, &keys);
            body.insert(field.name.to_owned(), nonsense());
            let described = keys.iter().any(|key| key.name == field.name);
            let read = is_read(&desk, tag, update, &body, field.name);
            assert_eq!(read, described, "{tag}.{} update {update}", field.name);
            asked += 1;
        }
        assert!(asked > 3, "{tag}");
    }
}

#[test]
fn each_key_that_is_required_is_missed() {
    let desk = Desk::small(|_| {});
    for (tag, update) in Tag::ALL.into_iter().flat_map(|tag| [(tag, false), (tag, true)]) {
        let keys = describe::keys(tag, update);
        for key in keys.iter().filter(|key| key.required) {
            let mut body = values(&desk, tag, &keys);
            body.remove(key.name);
            assert!(is_read(&desk, tag, update, &body, key.name), "{tag}.{} update {update}", key.name);
        }
    }
}

#[test]
fn an_exchange_takes_what_its_lan_and_its_prefix_need() {
    let desk = Desk::small(|_| {});
    let keys = describe::keys(Tag::Ix, false);
    for name in ["prefix", "ixf_ixp_member_list_url"] {
        assert!(keys.iter().any(|key| key.name == name), "{name}");
        let mut body = values(&desk, Tag::Ix, &keys);
        body.insert("prefix".to_owned(), "23.128.110.0/24".into());
        body.insert(name.to_owned(), nonsense());
        assert!(is_read(&desk, Tag::Ix, false, &body, name), "{name}");
    }
    assert!(describe::keys(Tag::Ixlan, false).is_empty());
}
