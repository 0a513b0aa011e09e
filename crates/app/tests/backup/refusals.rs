//! Files that are refused, and why. They touch no database, so that one kind is enough.

use std::fs;

use model::Tag;
use serde_json::{Value as Json, json};
use testkit::Kind;

use crate::kit::{Bench, STRICT, load, net, org, row, shown, small, user};

#[tokio::test]
async fn bad_values_are_named_with_file_record_field_and_rule() {
    let bench = Bench::new(Kind::Sqlite);
    let with = |section: &str, row: Json| json!({ "org": [org(1, "Acme")], section: [row] });
    let mut short = net(6, 1, 64500, "Net");
    short.as_object_mut().expect("an object").remove("asn");
    for (document, message) in [
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "asn": "x" }))),
            "in.json: net 6: field asn: value \"x\": must be an integer from 0 to 4294967295",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "status": "gone" }))),
            "in.json: net 6: field status: value \"gone\": must be one of ok, pending, deleted",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "aka": "x".repeat(300) }))),
            "in.json: net 6: field aka: value \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…: \
             must have at most 255 characters",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "logo": "../../etc/passwd" }))),
            "in.json: net 6: field logo: value \"../../etc/passwd\": must be a relative path such as \
             logos_user_supplied/net-1.png, without empty, . or .. segments, backslashes and control characters",
        ),
        (
            with("fac", row(Tag::Fac, json!({ "id": 6, "org_id": 1, "latitude": 91 }))),
            "in.json: fac 6: field latitude: value 91: must be degrees from -90 to 90",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": "a", "org_id": 1 }))),
            "in.json: net number 1: field id: value \"a\": must be an integer from 1 to 4294967295",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "colour": 1 }))),
            "in.json: net 6: field colour: is not known; records of this kind do not have it",
        ),
        (
            with("net", row(Tag::Net, json!({ "id": 6, "org_id": 1, "info_type": "NSP" }))),
            "in.json: net 6: field info_type: is not known; records of this kind do not have it",
        ),
        (with("net", short), "in.json: net 6: field asn: is missing; records of this kind must have it"),
        (
            with("ixlan", row(Tag::Ixlan, json!({ "id": 6, "ix_id": 7 }))),
            "in.json: ixlan 6: field ix_id: value 7: must be 6, the id of the LAN",
        ),
        (with("net", json!(1)), "in.json: a list of objects is wanted under the key \"net\""),
        (json!({ "net": 1 }), "in.json: a list of objects is wanted under the key \"net\""),
        (
            json!({ "nets": [] }),
            "in.json: has the key \"nets\", which no data set has; a data set or an API list is wanted",
        ),
        (json!([]), "in.json: is no JSON object; a data set or an API list is wanted"),
        (json!(null), "in.json: is no JSON object; a data set or an API list is wanted"),
        (json!({}), "in.json: holds neither a part of a data set nor the `data` of an API list"),
        (
            with("users", user(json!({ "is_staff": 1 }))),
            "in.json: user 1: field is_staff: value 1: must be true or false",
        ),
        (
            with("users", user(json!({ "password": "x" }))),
            "in.json: user 1: field password: is a secret in clear; give a hash as password_hash, or allow it with \
             --allow-plaintext-secrets",
        ),
        (
            with("users", user(json!({ "password_hash": "md5$x" }))),
            "in.json: user 1: field password_hash: value (hidden): must be a known hash, and is not an argon2id or \
             pbkdf2_sha256 hash",
        ),
        (
            json!({ "permissions": { "group": [{ "group": "guest", "namespace": "peeringdb", "permission": 16 }] } }),
            "in.json: permissions: group number 1: field permission: value 16: must be an integer from 0 to 15",
        ),
        (
            json!({ "org": [org(1, "Acme")], "permissions": { "group": [
                { "group": "guest", "namespace": "peeringdb.organization.5", "permission": 1 },
                { "group": "guest", "namespace": "peeringdb.organization.05.*", "permission": 0 },
            ] } }),
            "in.json: permissions: field namespace: value \"peeringdb.organization.05.*\": must be unique, and \
             permissions has \"peeringdb.organization.5\", which covers the same",
        ),
        (
            json!({ "permissions": { "user": [{ "user_id": 1, "namespace": "peeringdb.net*", "permission": 1 }] } }),
            "in.json: permissions: user number 1: field namespace: value \"peeringdb.net*\": must have * as a whole \
             segment only",
        ),
    ] {
        let file = bench.json("in.json", &document);
        assert_eq!(bench.refusal(&[file], STRICT).await, message);
    }
}

#[tokio::test]
async fn damaged_files_are_refused_as_a_whole() {
    let bench = Bench::new(Kind::Sqlite);
    let whole = json!({ "org": [org(1, "Acme"), org(2, "Beta")] }).to_string();
    for (text, message) in [
        (&whole[..whole.len() / 2], "in.json: breaks off at line 1; get the whole file"),
        ("", "in.json: breaks off at line 1; get the whole file"),
        ("\u{1f}\u{8b} compressed", "in.json: is no JSON document"),
        ("<html></html>", "in.json: is no JSON document"),
        (&format!("{whole} {{}}"), "in.json: is no JSON document"),
    ] {
        let file = bench.file("in.json", text);
        assert_eq!(bench.refusal(&[file], STRICT).await, message);
    }
    assert_eq!(bench.refusal(&[bench.path("none.json")], STRICT).await, "none.json: cannot be read");
    let folder = bench.refusal(&[bench.folder().to_owned()], STRICT).await;
    assert!(folder.ends_with(": cannot be read"), "{folder}");
}

#[tokio::test]
async fn keys_of_files_are_escaped_in_messages() {
    let bench = Bench::new(Kind::Sqlite);
    for (document, message) in [
        (
            json!({ "org": [row(Tag::Org, json!({ "id": 1, "a\u{1b}[2J\n\u{9b}": 1 }))] }),
            "in.json: org 1: field \"a\\u001b[2J\\n\\u009b\": is not known; records of this kind do not have it",
        ),
        (
            json!({ "user_api_keys": [{ "prefix": "a\u{1b}[2J\n" }] }),
            "in.json: user_api_key \"a\\u001b[2J\\n\": field prefix: value \"a\\u001b[2J\\n\": must have 8 characters",
        ),
    ] {
        assert_eq!(bench.refusal(&[bench.json("in.json", &document)], STRICT).await, message);
    }
    let list = json!({ "data": [shown(Tag::Org, json!({ "id": 1, "name": "Acme", "\u{1b}": 1 }))] });
    let summary = load(&bench.store("a.db").await, &[bench.json("org.json", &list)], STRICT).await;
    assert_eq!(summary.expect("a load").ignored, [("org.\"\\u001b\"".to_owned(), 1)]);
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused() {
    let bench = Bench::new(Kind::Sqlite);
    for (text, part) in [
        (r#"{"org": [], "org": []}"#, r#"the whole document: the key "org""#),
        (r#"{"org": {"data": [], "data": []}}"#, r#"the list of org: the key "data""#),
        (r#"{"org": [{"id": 1, "id": 2}]}"#, r#"number 1 under the key "org": the key "id""#),
        (r#"{"users": [{"id": {"a": 1, "a": 2}}]}"#, r#"number 1 under the key "users": the key "a""#),
        (
            r#"{"permissions": {"user": [], "user": []}}"#,
            r#"what stands under the key "permissions": the key "user""#,
        ),
    ] {
        assert_eq!(
            bench.refusal(&[bench.file("in.json", text)], STRICT).await,
            format!("in.json: {part} stands twice in one object; keep one of them")
        );
    }
}

#[tokio::test]
async fn other_encodings_are_named() {
    let bench = Bench::new(Kind::Sqlite);
    let sixteen = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (bytes, message) in [
        ("\u{feff}{}".into(), "in.json: begins with a byte order mark; save it as UTF-8 without one"),
        (sixteen("\u{feff}{}"), "in.json: is encoded as UTF-16; save it as UTF-8"),
        (sixteen("{}"), "in.json: is encoded as UTF-16; save it as UTF-8"),
    ] {
        let path = bench.path("in.json");
        fs::write(&path, bytes).expect("a file");
        assert_eq!(bench.refusal(&[path], STRICT).await, message);
    }
}

#[tokio::test]
async fn what_must_be_unique_names_both_records() {
    let bench = Bench::new(Kind::Sqlite);
    let two = |a: Json, b: Json| json!({ "org": [org(1, "Acme")], "net": [a, b] });
    for (document, message) in [
        (
            two(net(6, 1, 1, "A"), net(6, 1, 2, "B")),
            "in.json: net 6: field id: value 6: must be unique, and net 6 has it too",
        ),
        (
            two(net(6, 1, 1, "A"), net(7, 1, 1, "B")),
            "in.json: net 7: field asn: value 1: must be unique, and net 6 has it too",
        ),
        (
            two(net(6, 1, 1, "Zürich"), net(7, 1, 2, "ZURICH")),
            "in.json: net 7: field name: value \"ZURICH\": must be unique, and net 6 has \"Zürich\", which is the same \
             but for case and accents",
        ),
        (
            json!({ "org": [org(1, "Acme")],
                "users": [user(json!({})), user(json!({ "id": 2, "username": "b", "email": "ADA@example.net" }))] }),
            "in.json: user 2: field email: value \"ADA@example.net\": must be unique, and user 1 has \
             \"ada@example.net\", which is the same but for case and accents",
        ),
    ] {
        let file = bench.json("in.json", &document);
        assert_eq!(bench.refusal(&[file], STRICT).await, message);
    }
    let (a, b) = (
        bench.json("a.json", &json!({ "org": [org(1, "A")] })),
        bench.json("b.json", &json!({ "org": [org(1, "B")] })),
    );
    assert_eq!(
        bench.refusal(&[a, b], STRICT).await,
        "b.json: org 1: field id: value 1: must be unique, and org 1 of a.json has it too"
    );
}

#[tokio::test]
async fn columns_that_contradict_other_records_are_refused_in_backups() {
    let bench = Bench::new(Kind::Sqlite);
    for (section, field, value, message) in [
        ("net", "ix_count", 2, "net 6: field ix_count: value 2: must be 1, the number of"),
        ("net", "fac_count", 0, "net 6: field fac_count: value 0: must be 1, the number of"),
        ("ix", "net_count", 2, "ix 4: field net_count: value 2: must be 1, the number of"),
        ("ix", "fac_count", 2, "ix 4: field fac_count: value 2: must be 1, the number of"),
        ("fac", "net_count", 2, "fac 3: field net_count: value 2: must be 1, the number of"),
        ("fac", "ix_count", 2, "fac 3: field ix_count: value 2: must be 1, the number of"),
        ("fac", "carrier_count", 2, "fac 3: field carrier_count: value 2: must be 1, the number of"),
        ("carrier", "fac_count", 2, "carrier 8: field fac_count: value 2: must be 1, the number of"),
        ("netixlan", "asn", 1, "netixlan 12: field asn: value 1: must be 64500, the AS number of net 6"),
    ] {
        let mut document = small();
        document[section][0][field] = json!(value);
        let told = bench.refusal(&[bench.json("in.json", &document)], STRICT).await;
        assert!(told.starts_with(&format!("in.json: {message}")), "{told}");
    }
}
